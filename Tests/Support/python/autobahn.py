#!/usr/bin/env python3
"""Runs the Autobahn test suite against a server, and compares every case with a committed file.

    autobahn.py --expected FILE [--cases GROUP.* ... | --sample] [--tls] -- SERVER ARGUMENT ...
    autobahn.py --list | --check

The server is started with these arguments and has to print `ws://127.0.0.1:PORT`; it is stopped at
the end. Each case has two outcomes, `behavior` and `behaviorClose`, and both must be those of the
file. `--sample` takes a tenth of groups 12 and 13, which as a whole need a quarter of an hour and
are about compression, and all cases of the others. With `--tls` the server gets a certificate that
it makes itself, the suite connects over TLS, and every tenth case is run. The suite runs only on
Python 2.7, so an environment for it is made once, in .venv-autobahn at the root of the package.
Without Python 2.7 it prints a message and runs nothing. Ends with 1 for a difference. `--list`
names the groups of cases, and `--check` prints in one line what is missing to run this, if
anything. Needs only Python 3's library.
"""

import argparse
import fcntl
import json
import os
import shutil
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

from server import Server, stop_when_terminated

ROOT = Path(__file__).resolve().parents[3]
VENV = ROOT / ".venv-autobahn"
REPORT = ROOT / ".build" / "autobahn"
SUITE = "autobahntestsuite==25.10.1"
MAKER = "virtualenv==20.15.1"  # the last that makes environments for Python 2.7
GROUPS = [f"{number}.*" for number in range(1, 14)]
# Two sizes for each of 12 kinds of data and parameters: whole messages of 4 KiB, and 8 KiB in
# pieces.
SAMPLE = GROUPS[:11] + ["12.*.5", "12.*.12", "13.*.5", "13.*.12"]
SUITE_SECONDS = 3600


def python2():
    """A Python 2.7 that works: a shim of pyenv may exist for a version that is not installed."""
    candidates = [shutil.which("python2.7")]
    if pyenv := shutil.which("pyenv"):
        root = subprocess.run([pyenv, "root"], capture_output=True, text=True).stdout.strip()
        candidates += sorted(map(str, Path(root, "versions").glob("2.7*/bin/python2.7")))
    for candidate in filter(None, candidates):
        asked = [candidate, "-c", "import sys; print(sys.executable)"]
        found = subprocess.run(asked, capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.strip()
    return None


def wstest(python):
    """The suite's program, installed if this exact version is not there yet. Two runs at the same
    time install it once."""
    with open(VENV.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return installed(python)


def installed(python):
    program, stamp = VENV / "suite" / "bin" / "wstest", VENV / "stamp"
    wanted = f"{SUITE} {MAKER} {python}"
    if program.exists() and stamp.exists() and stamp.read_text() == wanted:
        return program
    print(f"Making {VENV.name}", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    quiet = {"check": True, "stdin": subprocess.DEVNULL}
    subprocess.run([sys.executable, "-m", "venv", VENV / "maker"], **quiet)
    maker = VENV / "maker" / "bin" / "python"
    subprocess.run([maker, *pip, MAKER], **quiet)
    subprocess.run([maker, "-m", "virtualenv", "--quiet", "-p", python, VENV / "suite"], **quiet)
    # Python 2.7 is past its end of life, and pip warns of it each time.
    silent = dict(os.environ, PYTHONWARNINGS="ignore", PIP_NO_PYTHON_VERSION_WARNING="1")
    subprocess.run([VENV / "suite" / "bin" / "python", *pip, SUITE], env=silent, **quiet)
    stamp.write_text(wanted)
    return program


def run_suite(program, url, cases, report):
    """Both outcomes of every case, by its number."""
    shutil.rmtree(report, ignore_errors=True)
    report.mkdir(parents=True)
    specification = report / "specification.json"
    specification.write_text(json.dumps({
        "outdir": str(report), "servers": [{"agent": "server", "url": url}],
        "cases": cases, "exclude-cases": [], "exclude-agent-cases": {}}))
    command = [program, "-m", "fuzzingclient", "-s", specification]
    with open(report / "wstest.log", "w") as log:  # its exit status says nothing
        subprocess.run(command, cwd=report, stdin=subprocess.DEVNULL, stdout=log,
                       stderr=subprocess.STDOUT, timeout=SUITE_SECONDS)
    index = report / "index.json"
    if not index.exists():
        sys.exit(f"The suite wrote no report: {report / 'wstest.log'}")
    found = json.loads(index.read_text())["server"]
    return {case: [r["behavior"], r["behaviorClose"]] for case, r in found.items()}


def expected_outcomes(file, cases):
    """The file's outcomes of the cases that match these patterns."""
    wanted = json.loads(file.read_text())
    return {case: wanted[case] for case in wanted if any(fnmatchcase(case, p) for p in cases)}


def differences(found, expected):
    for case in sorted(found.keys() | expected.keys(), key=case_order):
        is_now, should_be = found.get(case), expected.get(case)
        if is_now != should_be:
            yield f"  {case}: {' / '.join(is_now or ['not run'])}, " \
                  f"expected {' / '.join(should_be or ['no such case'])}"


def case_order(case):
    return [int(part) for part in case.split(".")]


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--list", action="store_true", help="name the groups of cases")
    p.add_argument("--check", action="store_true", help="say what is missing")
    p.add_argument("--expected", type=Path, help="the committed outcomes")
    p.add_argument("--cases", nargs="+", default=GROUPS)
    p.add_argument("--sample", dest="cases", action="store_const", const=SAMPLE)
    p.add_argument("--tls", action="store_true", help="a tenth of the cases, over wss")
    p.add_argument("--write", action="store_true", help="write the outcomes instead of comparing")
    p.add_argument("server", nargs="*", help="the server and its arguments, behind --")
    options = p.parse_args()
    stop_when_terminated()
    if options.list:
        return print("\n".join(GROUPS))
    python = python2()
    if not python:
        return print("the Autobahn test suite needs Python 2.7, and there is none here")
    if options.check:
        return
    if not options.expected or not options.server:
        p.error("--expected and a server are needed")
    program = wstest(python)
    scheme, more, report = "ws", [], REPORT
    if options.tls:
        scheme, more, report = "wss", ["--tls-self-signed"], REPORT.with_name("autobahn-tls")
        options.cases = sorted(json.loads(options.expected.read_text()), key=case_order)[::10]
    with Server(options.server + more) as server:
        found = run_suite(program, f"{scheme}://127.0.0.1:{server.port}", options.cases, report)
        alive = server.process.poll() is None
    if options.write:
        lines = (f"  {json.dumps(case)}: {json.dumps(found[case])}"
                 for case in sorted(found, key=case_order))
        options.expected.write_text("{\n" + ",\n".join(lines) + "\n}\n")
        return
    changed = list(differences(found, expected_outcomes(options.expected, options.cases)))
    if changed:
        print(f"{len(changed)} of {len(found)} cases differ from {options.expected.name} "
              f"(behavior / behaviorClose):", *changed, sep="\n")
        print(f"What was sent and received: {report / 'index.html'}")
    if not alive:
        print(f"The server ended with status {server.process.returncode}")
    if changed or not alive:
        sys.exit(1)
    print(f"{len(found)} cases of the Autobahn test suite, each as {options.expected.name} says")


if __name__ == "__main__":
    main()
