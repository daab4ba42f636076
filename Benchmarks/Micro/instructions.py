#!/usr/bin/env python3
"""Counts the instructions of each workload with callgrind, and holds them against those committed.

    instructions.py [NAME…]     compare with instructions.json; exit status 1 if one costs more
    instructions.py --update    write instructions.json

A workload runs N times and 2 N times; the difference is what N operations take, without the start
of the program and its warm-up. What the kernel does is not in it.
"""

import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent.parent / ".build-micro"
FIGURES = HERE / "instructions.json"
# Counts of pure work are the same each time; where sockets are involved they differ by 1 %.
TOLERANCE = 0.03
SWIFT = [
    *("swift", "build", "-c", "release", "--package-path", str(HERE)),
    *("--scratch-path", str(BUILD), "--product", "micro"),
    # It changes what is visible, and next to nothing of the code.
    *("-Xswiftc", "-enable-testing"),
]


def build():
    log = subprocess.run(SWIFT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if log.returncode != 0:
        sys.exit(log.stdout + "\nThe micro-benchmarks cannot be built.")
    where = subprocess.run(SWIFT + ["--show-bin-path"], capture_output=True, text=True, check=True)
    return pathlib.Path(where.stdout.strip()) / "micro"


def collected(program, name, count):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    run = subprocess.run(
        [*command, str(program), name, str(count)], capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not found:
        sys.exit(f"callgrind cannot count '{name}':\n{run.stderr}")
    return int(found.group(1))


def main(arguments):
    program = build()
    listing = subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout
    workloads = [line.split("\t") for line in listing.splitlines()]
    updating = arguments == ["--update"]
    chosen = [] if updating else arguments
    figures = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    worse = []
    print(f"{'instructions per operation':42} {'committed':>10} {'now':>10}")
    for count, name in workloads:
        if chosen and name not in chosen:
            continue
        count = int(count)
        base, double = (collected(program, name, n) for n in (count, 2 * count))
        now = round((double - base) / count, 1)
        before = figures.get(name)
        ratio = now / before if before else None
        change = f"{ratio - 1:+.1%}" if ratio else "new"
        mark = ""
        if not updating and (ratio is None or ratio > 1 + TOLERANCE):
            worse.append(name)
            mark = "  MORE" if ratio else "  not committed"
        elif ratio and ratio < 1 - TOLERANCE:
            mark = "  less: commit it with --update"
        print(f"{name:42} {before or '':>10} {now:>10} {change:>8}{mark}", flush=True)
        if updating:
            figures[name] = now
    if updating:
        names = [name for _, name in workloads]
        kept = {name: figures[name] for name in names}
        FIGURES.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
    if worse:
        print(f"More than {TOLERANCE:.0%} above what is committed: {', '.join(worse)}")
    return not worse


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
