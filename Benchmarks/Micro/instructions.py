#!/usr/bin/env python3
"""Counts the instructions of the server's work with callgrind, and compares with those committed.

    instructions.py [NAME…]            compare with instructions.json; status 1 if one costs more
    instructions.py --update [NAME…]   write them to instructions.json
    instructions.py --binaries DIR …   with the echo-server and broadcast-server of another folder

Two kinds: whole operations of the released servers (operations.py), and single steps. A step runs N
times and 2 N times; the difference is what N of them take, without the start of the program and its
warm-up. What the kernel does is in neither.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys

from operations import OPERATIONS, Operations

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILD = ROOT / ".build-micro"
FIGURES = HERE / "instructions.json"
# Counts of pure work are the same each time; counts of steps with sockets differ by 1 %.
OPERATION_TOLERANCE = 0.02
STEP_TOLERANCE = 0.03
SWIFT = [
    *("swift", "build", "-c", "release", "--package-path", str(HERE)),
    *("--scratch-path", str(BUILD), "--product", "micro"),
    # This flag changes what is visible, and hardly any code.
    *("-Xswiftc", "-enable-testing"),
    # Valgrind needs only the names, and does not understand all of clang's descriptions.
    *("-Xlinker", "--strip-debug"),
]


class Steps:
    """The program with the single steps, built anew."""

    def __init__(self):
        log = subprocess.run(SWIFT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if log.returncode != 0:
            sys.exit(log.stdout + "\nThe micro-benchmarks cannot be built.")
        where = subprocess.run(
            SWIFT + ["--show-bin-path"], capture_output=True, text=True, check=True)
        self.program = pathlib.Path(where.stdout.strip()) / "micro"
        listing = subprocess.run([self.program], capture_output=True, text=True, check=True).stdout
        lines = [line.split("\t") for line in listing.splitlines()]
        self.counts = {name: int(count) for count, name in lines}

    def instructions(self, name):
        count = self.counts[name]
        base, double = (self._collected(name, n) for n in (count, 2 * count))
        return (double - base) / count

    def _collected(self, name, count):
        command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
        run = subprocess.run(
            [*command, self.program, name, str(count)], capture_output=True, text=True)
        found = re.search(r"Collected : (\d+)", run.stderr)
        if run.returncode != 0 or not found:
            sys.exit(f"callgrind cannot count '{name}':\n{run.stderr}")
        return int(found.group(1))


def measured(options):
    """Name, figure and tolerance of all requested counts. Builds only what they need."""
    wanted = set(options.names)
    if not wanted or wanted & OPERATIONS.keys():
        operations = Operations(options.binaries)
        for name in OPERATIONS:
            if not wanted or name in wanted:
                yield name, round(operations.instructions(name), 1), OPERATION_TOLERANCE
    if not wanted or wanted - OPERATIONS.keys():
        steps = Steps()
        if unknown := wanted - OPERATIONS.keys() - steps.counts.keys():
            sys.exit(f"There is no '{', '.join(unknown)}'. The names are those in {FIGURES.name}.")
        for name in steps.counts:
            if not wanted or name in wanted:
                yield name, round(steps.instructions(name), 1), STEP_TOLERANCE


def main(options):
    committed = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    found, worse = {}, []
    print(f"{'instructions':42} {'committed':>10} {'now':>10}")
    for name, now, tolerance in measured(options):
        found[name] = now
        before = committed.get(name)
        ratio = now / before if before else None
        mark = ""
        if not options.update and (ratio is None or ratio > 1 + tolerance):
            worse.append(name)
            mark = f"  MORE than {tolerance:.0%}" if ratio else "  not committed"
        elif ratio and ratio < 1 - tolerance:
            mark = "  less: commit it with --update"
        change = f"{ratio - 1:+.1%}" if ratio else "new"
        print(f"{name:42} {before or '':>10} {now:>10} {change:>8}{mark}", flush=True)
    if options.update:
        # Without names these are all figures: any other is no longer measured.
        kept = committed | found if options.names else found
        FIGURES.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
    if worse:
        print(f"More than is committed, or not committed: {', '.join(worse)}")
    return not worse


def parse():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("names", nargs="*", metavar="NAME", help="some of those in instructions.json")
    p.add_argument("--update", action="store_true", help="write the figures to instructions.json")
    p.add_argument("--binaries", type=pathlib.Path, default=ROOT / ".build" / "release",
                   help="where the released echo-server and broadcast-server are")
    return p.parse_args()


if __name__ == "__main__":
    sys.exit(0 if main(parse()) else 1)
