#!/usr/bin/env python3
"""Kills the chat's server, takes its disk away, damages its database; and checks what it promises.

    keep.py [--kills N] [--seed N] [--only NAME] [--state FILE] [--flag FLAG] -- ROOST
    keep.py --list | --check

Twenty people talk in three rooms, with publishers and readers over HTTP, and each of them keeps a
place, resumes, and sends again what nobody has acknowledged. At the end everything that anybody saw
or was told is compared with the whole history. A scenario has a database of its own. What failed is
said, and the status is 1 then. With a state file, scenarios that are in it are not run again.
Needs only Python 3's library; some scenarios need root or a C compiler and say so.
"""

import argparse
import asyncio
import json
import sys
import time
from importlib import import_module
from pathlib import Path

from keep_machine import Skipped
from server import stop_when_terminated

SCENARIOS = {
    **dict.fromkeys(["kill", "fast"], "keep_kill"),
    **dict.fromkeys(["full", "read_only", "locked", "failing", "slow"], "keep_disk"),
    **dict.fromkeys(["corrupt", "newer", "half_wal"], "keep_damage"),
    **dict.fromkeys(["backup_restored", "copied", "clock_back"], "keep_copies"),
}


def run(name, options):
    """The scenario's faults, and what it counted."""
    scenario = getattr(import_module(SCENARIOS[name]), name)
    try:
        record = asyncio.run(scenario(options))
    except AssertionError as error:
        return {"faults": [str(error)], "counts": {}}
    except Skipped as error:
        return {"faults": [], "counts": {}, "skipped": str(error)}
    return {"faults": record.faults, "counts": dict(record.counts)}


def main():
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--kills", type=int, default=1000, help="in `kill` and `fast`")
    p.add_argument("--seed", type=int, default=None, help="of what people do, and of the moments")
    p.add_argument("--flag", action="append", default=[], help="one more flag for the server")
    p.add_argument("--only", action="append", choices=SCENARIOS)
    p.add_argument("--state", type=Path, help="what is done already; a line for each scenario")
    p.add_argument("--list", action="store_true", help="name the scenarios")
    p.add_argument("--check", action="store_true", help="say what is missing: nothing ever is")
    p.add_argument("command", nargs="*", help="the server, behind --")
    options = p.parse_args()
    if options.list:
        print("\n".join(SCENARIOS))
    if options.list or options.check:
        return 0
    if not options.command:
        p.error("no server")
    stop_when_terminated()
    if options.seed is None:
        options.seed = time.time_ns() % 1_000_000
    print(f"seed {options.seed}", flush=True)
    done = {}
    if options.state and options.state.exists():
        done = {one["name"]: one["result"]
                for one in map(json.loads, options.state.read_text().splitlines())}
    failed = sum(bool(result["faults"]) for result in done.values())
    for name in options.only or SCENARIOS:
        if name in done:
            continue
        start = time.monotonic()
        result = run(name, options)
        failed += bool(result["faults"])
        words = result.get("skipped") or ", ".join(
            f"{count} {what}" for what, count in sorted(result["counts"].items()))
        mark = "FAIL" if result["faults"] else "skip" if "skipped" in result else "ok  "
        print(f"{mark} {name:16}{time.monotonic() - start:7.1f} s  {words}", flush=True)
        for fault in result["faults"]:
            print(f"       {fault}", flush=True)
        if options.state:
            with options.state.open("a") as state:
                state.write(json.dumps({"name": name, "result": result}) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
