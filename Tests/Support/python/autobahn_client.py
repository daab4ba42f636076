#!/usr/bin/env python3
"""Runs the Autobahn test suite against a client, and compares every case with a committed file.

    autobahn_client.py --expected FILE [--cases GROUP.* ... | --sample] -- CLIENT
    autobahn_client.py --list | --check

The suite is the server here: it listens on a free port, and `CLIENT URL AGENT` is started once,
goes through all cases and asks for the report. Everything else is as in autobahn.py. Ends with 1
for a difference. Needs only Python 3's library.
"""

import argparse
import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from autobahn import (
    GROUPS, REPORT, SAMPLE, SUITE_SECONDS, case_order, differences, expected_outcomes, python2,
    wstest)
from server import stop_when_terminated

REPORT = REPORT.with_name("autobahn-client")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_until_listening(port, process):
    for _ in range(600):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    sys.exit(f"The suite does not listen: {REPORT / 'wstest.log'}")


def run_suite(program, cases, client):
    """Both outcomes of every case, by its number, and the client's exit status."""
    shutil.rmtree(REPORT, ignore_errors=True)
    REPORT.mkdir(parents=True)
    port = free_port()
    url = f"ws://127.0.0.1:{port}"
    specification = REPORT / "specification.json"
    specification.write_text(json.dumps({
        "outdir": str(REPORT), "url": url, "cases": cases, "exclude-cases": [],
        "exclude-agent-cases": {}}))
    command = [program, "-m", "fuzzingserver", "-s", specification]
    with open(REPORT / "wstest.log", "w") as log:
        suite = subprocess.Popen(command, cwd=REPORT, stdin=subprocess.DEVNULL, stdout=log,
                                 stderr=subprocess.STDOUT)
    try:
        wait_until_listening(port, suite)
        status = subprocess.run([*client, url, "client"], stdin=subprocess.DEVNULL,
                                timeout=SUITE_SECONDS).returncode
    finally:
        suite.kill()
        suite.wait()
    index = REPORT / "index.json"
    if not index.exists():
        sys.exit(f"The suite wrote no report (client: {status}): {REPORT / 'wstest.log'}")
    found = json.loads(index.read_text())["client"]
    return {case: [r["behavior"], r["behaviorClose"]] for case, r in found.items()}, status


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--list", action="store_true", help="name the groups of cases")
    p.add_argument("--check", action="store_true", help="say what is missing")
    p.add_argument("--expected", type=Path, help="the committed outcomes")
    p.add_argument("--cases", nargs="+", default=GROUPS)
    p.add_argument("--sample", dest="cases", action="store_const", const=SAMPLE)
    p.add_argument("--write", action="store_true", help="write the outcomes instead of comparing")
    p.add_argument("client", nargs="*", help="the client, behind --")
    options = p.parse_args()
    stop_when_terminated()
    if options.list:
        return print("\n".join(GROUPS))
    python = python2()
    if not python:
        return print("the Autobahn test suite needs Python 2.7, and there is none here")
    if options.check:
        return
    if not options.expected or not options.client:
        p.error("--expected and a client are needed")
    found, status = run_suite(wstest(python), options.cases, options.client)
    if options.write:
        lines = (f"  {json.dumps(case)}: {json.dumps(found[case])}"
                 for case in sorted(found, key=case_order))
        options.expected.write_text("{\n" + ",\n".join(lines) + "\n}\n")
        return
    changed = list(differences(found, expected_outcomes(options.expected, options.cases)))
    if changed:
        print(f"{len(changed)} of {len(found)} cases differ from {options.expected.name} "
              f"(behavior / behaviorClose):", *changed, sep="\n")
        print(f"What was sent and received: {REPORT / 'index.html'}")
    if status != 0:
        print(f"The client ended with status {status}")
    if changed or status != 0:
        sys.exit(1)
    print(f"{len(found)} cases of the Autobahn test suite, each as {options.expected.name} says")


if __name__ == "__main__":
    main()
