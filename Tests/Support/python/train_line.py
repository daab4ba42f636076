#!/usr/bin/env python3
"""The map of trains behind lines of 480 kbit/s: how old the positions are that its readers have.

    train_line.py [--seconds N] [--attempts N] [--oldest SECONDS] -- PATH/TO/train-map
    train_line.py --list | --check

200 trains say where they are ten times a second, which is twice what such a line carries. A reader
without a slow line has to get every position, and those with one each train's newest. Prints what
each of them saw, and ends with 1 if that was not so. `--check` prints in one line what is missing
to run this.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import line_scenarios
import server
import slow_network

QUEUES = (30_000, 300_000)
HERE = Path(__file__).resolve().parent
FEEDER = HERE.parents[2] / "Sources/Examples/TrainMap/trains.py"
TRAINS = 200


class Map(server.Server):
    ready = re.compile(rb"http://[0-9.]+:(\d+)")

    def stop(self):
        self.process.kill()  # SIGTERM may be blocked here, and the program inherits that.
        self.process.wait()


def faults_of(queue, saw, oldest, everything):
    """What is wrong with what a reader saw. Without a queue it had no slow line, and what it got is
    `everything`."""
    if saw["trains"] != TRAINS:
        yield f"it has {saw['trains']} trains"
    if saw["backward"]:
        yield f"{saw['backward']} positions came after newer ones"
    if saw["oldest"] > oldest:
        yield f"it was shown a position {saw['oldest']} s old"
    if queue is None and saw["part"] < 0.98:
        yield f"it missed {1 - saw['part']:.1%} of the positions"
    if queue is not None and saw["positions"] > 0.8 * everything:
        yield "its line was not slow"


def run(command, seconds, oldest):
    cases = [(None, None)] + [(queue, control) for control in slow_network.congestion_controls()
                              for queue in QUEUES]
    router = slow_network.Router()
    failed = 0
    try:
        with Map([*command, "0", slow_network.SERVER]) as running:
            feeder = subprocess.Popen(
                [sys.executable, FEEDER, f"http://{slow_network.SERVER}:{running.port}"],
                preexec_fn=slow_network.die_with_parent)
            readers = []
            for queue, control in cases:
                words = [sys.executable, str(HERE / "train_reader.py"), slow_network.SERVER,
                         str(running.port), str(seconds)]
                line = router.line(queue, control).enter(*words) if queue else words
                readers.append(subprocess.Popen(
                    line, stdout=subprocess.PIPE, preexec_fn=slow_network.die_with_parent))
            everything = 0
            for (queue, control), reader in zip(cases, readers):
                output, _ = reader.communicate()
                saw = json.loads(output or b"{}")
                everything = everything or saw.get("positions", 0)  # the first has no slow line
                faults = list(faults_of(queue, saw, oldest, everything)) if saw \
                    else ["it failed"]
                failed += bool(faults)
                line = f"a queue of {queue // 1000} kB, {control or 'usual control'}" if queue \
                    else "no slow line"
                print("FAILED" if faults else "ok", f"{line}:", json.dumps(saw), *faults,
                      flush=True)
            feeder.kill()  # as the map's program
            feeder.wait()
    finally:
        router.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(line_scenarios.main(__doc__, run))
