#!/usr/bin/env python3
"""Readers that read all the time, on lines of 480 kbit/s with queues of 30 and 300 kB.

    slow_line.py [--seconds N] [--attempts N] [--oldest SECONDS] -- COMMAND that starts the server
    slow_line.py --list | --check

The server's host is added to the command. All readers run at the same time, each on a line of its
own, with each congestion control that the machine has. Prints what each of them saw, and ends with
1 if one saw something too old, was reset, or lost a message, in each attempt: other programs may
keep the machine from reading in time. `--check` prints in one line what is missing to run this.
"""

import json
import subprocess
import sys
from pathlib import Path

import line_scenarios
import server
import slow_network

QUEUES = (30_000, 300_000)
BURST, TOO_MUCH = 400_000, 640_000
READER = Path(__file__).resolve().parent / "slow_reader.py"


def faults_of(wish, saw, seconds, oldest):
    """What is wrong with what a reader saw."""
    if saw["reset"]:
        yield "it was reset"
    if wish in ("fresh", "many"):
        # It gets at least a third of what its line carries.
        if saw["size"] < slow_network.KILOBITS * 1000 / 8 * seconds / 3:
            yield f"it got {saw['size']} bytes in {seconds:.0f} s"
        if saw["oldest"] is None or saw["oldest"] > oldest:
            yield f"it was shown something {saw['oldest']} s old"
        if saw["ended"]:
            yield "its connection ended"
    elif wish in ("burst", "direct"):
        if saw["size"] != BURST:
            yield f"it got {saw['size']} of {BURST} bytes"
        if saw["ended"]:
            yield "its connection ended"
    else:
        if saw["code"] != 1008:
            yield f"its close code was {saw['code']} and not 1008"
        if wish == "too much" and saw["size"] != TOO_MUCH:
            yield f"it got {saw['size']} of the {TOO_MUCH} bytes before the Close"


def run(command, seconds, oldest):
    cases = [(wish, queue, control)
             for control in slow_network.congestion_controls()
             for queue in QUEUES
             for wish in ("fresh", "many", "flood", "burst", "direct", "too much")]
    router = slow_network.Router()
    failed = 0
    try:
        lines = [router.line(queue, control) for _, queue, control in cases]
        with server.Server([*command, slow_network.SERVER]) as running:
            readers = [
                subprocess.Popen(
                    line.enter(sys.executable, str(READER), slow_network.SERVER,
                               str(running.port), wish, str(seconds)),
                    stdout=subprocess.PIPE, preexec_fn=slow_network.die_with_parent)
                for line, (wish, _, _) in zip(lines, cases)]
            for reader, (wish, queue, control) in zip(readers, cases):
                output, _ = reader.communicate()
                saw = json.loads(output or b"{}")
                faults = list(faults_of(wish, saw, seconds, oldest)) if saw else ["it failed"]
                failed += bool(faults)
                print("FAILED" if faults else "ok", f"{wish}, a queue of {queue // 1000} kB,",
                      control or "the usual congestion control", json.dumps(saw), *faults,
                      sep=" ", flush=True)
    finally:
        router.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(line_scenarios.main(__doc__, run))
