#!/usr/bin/env python3
"""Readers that read all the time, on lines of 480 kbit/s with queues of 30 and 300 kB.

    slow_line.py [--seconds N] [--attempts N] [--oldest SECONDS] -- COMMAND that starts the server
    slow_line.py --list | --check

The server's host is added to the command. All readers run at the same time, each on a line of its
own, with each congestion control that the machine has. Prints what each of them saw, and ends with
1 if one saw something too old, was reset, or lost a message, in each attempt: other programs may
keep the machine from reading in time. `--check` prints in one line what is missing to run this.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

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


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15, help="how long they read")
    parser.add_argument("--attempts", type=int, default=1, help="how often, until all is well")
    parser.add_argument("--oldest", type=float, default=2, help="seconds; more is too old")
    parser.add_argument("--list", action="store_true", help="name the scenarios: there is one")
    parser.add_argument("--check", action="store_true", help="print what is missing, if anything")
    parser.add_argument("command", nargs="*", help="starts the server")
    arguments = parser.parse_args()
    if arguments.list:
        return print("all")
    missing = slow_network.what_is_missing()
    if arguments.check or missing:
        print(missing)
        return 0 if arguments.check else 2
    slow_network.enter_own_network()
    server.stop_when_terminated()
    attempts = (run(arguments.command, arguments.seconds, arguments.oldest)
                for _ in range(arguments.attempts))
    return int(all(attempts))


if __name__ == "__main__":
    sys.exit(main())
