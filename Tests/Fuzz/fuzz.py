#!/usr/bin/env python3
"""Runs the fuzzing targets with libFuzzer and AddressSanitizer.

    fuzz.py [TARGET…]          each target for FUZZ_SECONDS (60), from its corpus on
    fuzz.py replay FILE…       run inputs again: crash files, named TARGET-…, or lines of a corpus
    fuzz.py keep [TARGET…]     add to the committed corpora the inputs that the last runs kept
    fuzz.py seeds              write first inputs, where a corpus is missing

A committed corpus is Corpora/TARGET.txt: an input a line, in base64; `#` begins a remark. The tests
replay them (`swift test --filter FuzzReplayTests`). What a run finds stays in .build-fuzz/.
"""

import base64
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / ".build-fuzz"
FINDINGS = BUILD / "findings"
# The longest input of each target: long enough for all its features, short for speed.
LONGEST = {
    "request-head": 1000,
    "client-handshake": 1000,
    "extensions": 300,
    "origins": 100,
    "frames": 1500,
    "deflate": 700,
    "chat-commands": 600,
    "chat": 500,
    "saved-state": 200,
    "server": 900,
    "tls-records": 600,
    "tls-sessions": 200,
    "redis-replies": 300,
}
SWIFT = [
    *("swift", "build", "--package-path", str(HERE), "--scratch-path", str(BUILD)),
    # Of two -sanitize flags only the last one counts, so both are in that one.
    *("-c", "release", "--sanitize", "fuzzer", "-Xswiftc", "-sanitize=fuzzer,address"),
    # The targets use internals of the modules.
    *("-Xswiftc", "-enable-testing"),
]


def build():
    """The executable, built if need be."""
    log = subprocess.run(SWIFT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if log.returncode != 0:
        sys.exit(log.stdout + "\nThe fuzzing targets cannot be built.")
    where = subprocess.run(SWIFT + ["--show-bin-path"], capture_output=True, text=True, check=True)
    return pathlib.Path(where.stdout.strip()) / "fuzz"


def run(program, target, arguments, **options):
    environment = dict(
        os.environ,
        FUZZ_TARGET=target,
        SWIFT_BACKTRACE="enable=no",
        SWIFT_DETERMINISTIC_HASHING="1",
    )
    command = [str(program), *map(str, arguments)]
    return subprocess.Popen(command, env=environment, text=True, errors="replace", **options)


def committed(target):
    """The inputs of a committed corpus, and its remarks with the lines below them."""
    path = HERE / "Corpora" / f"{target}.txt"
    lines = path.read_text().splitlines() if path.exists() else []
    return [base64.b64decode(line) for line in lines if line and not line.startswith("#")]


def unpack(target, inputs):
    """The directory that libFuzzer works in, with these inputs in it."""
    directory = BUILD / "corpus" / target
    directory.mkdir(parents=True, exist_ok=True)
    for data in inputs:
        (directory / hashlib.sha1(data).hexdigest()).write_bytes(data)
    return directory


def fuzz(program, target, seconds):
    """Runs one target, and prints its progress. True if nothing was found."""
    directory = unpack(target, committed(target))
    FINDINGS.mkdir(exist_ok=True)
    dictionary = HERE / "Dictionaries" / f"{target}.dict"
    arguments = [f"-max_total_time={seconds}", f"-max_len={LONGEST[target]}", "-timeout=20"]
    arguments += ["-print_final_stats=1", f"-artifact_prefix={FINDINGS}/{target}-"]
    arguments += [f"-dict={dictionary}"] if dictionary.exists() else []
    began = time.monotonic()
    log = BUILD / f"{target}.log"
    with open(log, "w", errors="replace") as output:
        status = run(program, target, [*arguments, directory], stdout=output, stderr=output).wait()
    text = log.read_text(errors="replace")
    executions = re.findall(r"number_of_executed_units: (\d+)", text)
    coverage = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", text)
    edges, features, size = coverage[-1] if coverage else ("?", "?", "?")
    count = int(executions[-1]) if executions else 0
    print(
        f"{target:18} {count:>11,} executions in {time.monotonic() - began:5.0f} s, "
        f"{edges} edges, {features} features, {size} inputs"
        + ("" if status == 0 else "  FAILED"),
        flush=True,
    )
    if status == 0:
        return True
    pattern = r"Fatal error|ERROR:|SUMMARY:"
    failure = [line for line in text.splitlines() if re.search(pattern, line)]
    print("\n".join("    " + line for line in failure[:4]))
    for path in re.findall(r"Test unit written to (\S+)", text):
        print(f"    Run it again: Tests/Fuzz/fuzz.py replay {os.path.relpath(path)}")
    print(f"    All of it: {os.path.relpath(log)}")
    return False


def replay(program, paths):
    good = True
    for path in map(pathlib.Path, paths):
        named = [name for name in LONGEST if path.name.startswith((name + "-", name + "."))]
        if not named:
            sys.exit(f"The name of {path} must begin with one of {', '.join(LONGEST)}.")
        target = max(named, key=len)
        inputs = [path]
        if path.suffix == ".txt":
            directory = BUILD / "replay"
            directory.mkdir(parents=True, exist_ok=True)
            inputs = []
            for number, data in enumerate(committed(target), start=1):
                inputs.append(directory / f"{target}-{number}")
                inputs[-1].write_bytes(data)
        for start in range(0, len(inputs), 500):
            status = run(program, target, inputs[start : start + 500]).wait()
            good = good and status == 0
    return good


def keep(program, target):
    """The smallest set of inputs that reaches everything; inputs with a remark stay."""
    path = HERE / "Corpora" / f"{target}.txt"
    remarked, lines = [], path.read_text().splitlines() if path.exists() else []
    for above, line in zip(["", *lines], lines):
        if line.startswith("#") or above.startswith("#"):
            remarked.append(line)
    source = unpack(target, committed(target))
    directory = BUILD / "kept" / target
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.iterdir():
        old.unlink()
    arguments = ["-merge=1", f"-max_len={LONGEST[target]}", directory, source]
    log = BUILD / f"{target}.merge.log"
    with open(log, "w") as output:
        if run(program, target, arguments, stdout=output, stderr=output).wait() != 0:
            sys.exit(f"The corpus of {target} cannot be merged, see {log}.")
    inputs = sorted((file.read_bytes() for file in directory.iterdir()), key=lambda x: (len(x), x))
    encoded = [base64.b64encode(data).decode() for data in inputs]
    write(target, remarked + [line for line in encoded if line not in remarked])


def write(target, lines):
    path = HERE / "Corpora" / f"{target}.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines if line))
    print(f"{target:18} {len(lines):>6} lines, {path.stat().st_size:,} bytes")


def main(arguments):
    if arguments[:1] == ["replay"]:
        return replay(build(), arguments[1:])
    if arguments[:1] == ["seeds"]:
        import seeds

        for target, inputs in seeds.all_seeds().items():
            if not committed(target):
                write(target, [base64.b64encode(data).decode() for data in inputs])
        return True
    keeping = arguments[:1] == ["keep"]
    targets = arguments[1:] if keeping else arguments
    for target in targets:
        if target not in LONGEST:
            sys.exit(f"There is no target {target}: {', '.join(LONGEST)}.")
    program = build()
    good = True
    for target in targets or LONGEST:
        if keeping:
            keep(program, target)
        else:
            good = fuzz(program, target, int(os.environ.get("FUZZ_SECONDS", "60"))) and good
    return good


if __name__ == "__main__":
    try:
        sys.exit(0 if main(sys.argv[1:]) else 1)
    except KeyboardInterrupt:
        sys.exit(130)
