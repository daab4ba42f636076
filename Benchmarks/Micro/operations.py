"""Whole operations of the released servers, counted over the kernel in memory of simulated.c.

The work of that kernel and its clients is left out, so a figure has only the server's own
instructions: from the return of one system call to the next.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "reference"))
from programs import BUILT, SIMULATED, build_simulated, simulated  # noqa: E402

ECHO = ("echo-server", "0", "--verbatim")
BROADCAST = ("broadcast-server", "0", "--no-limits")
# Name, server and load. Laps consist of whole rounds, so no round is counted in part.
OPERATIONS = {
    "echo, depth 1": (ECHO, "echo size=32 depth=1 laps=2 lap=10000"),
    "echo, depth 16": (ECHO, "echo size=32 depth=16 laps=2 lap=64000"),
    "broadcast, depth 1, per delivery": (
        BROADCAST, "fanout connections=1000 size=64 depth=1 laps=2 lap=50000"),
    "broadcast, depth 16, per delivery": (
        BROADCAST, "fanout connections=1000 size=64 depth=16 laps=2 lap=160000"),
    # The request head, the 101 and all other work until a connection is open.
    "handshake": (ECHO, "opening connections=16384 laps=1"),
}


class Operations:
    """The servers of one folder, made ready to be counted."""

    def __init__(self, binaries):
        self.folder = BUILT / "counted"
        build_simulated()
        self.folder.mkdir(exist_ok=True)
        for name in (ECHO[0], BROADCAST[0]):
            if not (binaries / name).exists():
                sys.exit(f"No {name} in {binaries}: "
                         f"swift build -c release --static-swift-stdlib --product {name}")
            # The code stays the same. Valgrind 3.19 cannot read clang's debug information.
            subprocess.run(
                ["strip", "--strip-debug", "-o", self.folder / name, binaries / name], check=True)
        names = subprocess.run(
            ["nm", "-D", "--defined-only", SIMULATED], capture_output=True, text=True, check=True)
        calls = re.findall(r" T (\w+)", names.stdout)
        self.callgrind = [
            "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
            "--instr-atstart=no", *(f"--toggle-collect={call}" for call in calls)]

    def instructions(self, name):
        """The number of instructions of the operation."""
        (program, *arguments), load = OPERATIONS[name]
        with tempfile.NamedTemporaryFile("r") as log:
            report = simulated(load, [
                *self.callgrind, f"--log-file={log.name}", str(self.folder / program), *arguments])
            collected = re.search(r"Collected : (\d+)", log.read())
        if not collected or collected[1] == "0":
            sys.exit(f"callgrind counted nothing of '{name}': "
                     "was valgrind/callgrind.h there when simulated.so was compiled?")
        return int(collected[1]) / report["counted"]
