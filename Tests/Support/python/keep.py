#!/usr/bin/env python3
"""Kills the chat's server, takes its disk away, damages its database; and checks what it promises.

    keep.py [--kills N] [--seed N] [--only NAME] [--state FILE] [--flag FLAG] -- ROOST
    keep.py --list | --check

Twenty people talk in three rooms, with publishers and readers over HTTP, and each of them keeps a
place, resumes, and sends again what nobody has acknowledged. At the end all that anybody has got is
compared with the whole history. A scenario has a database of its own. What failed is
said, and the status is 1 then. With a state file, scenarios that are in it are not run again.
Needs only Python 3's library; some scenarios need root or a C compiler and say so.
"""

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path

import keep_copies
import keep_damage
import keep_disk
import keep_kill
from keep_machine import Skipped
from server import stop_when_terminated

SCENARIOS = {
    scenario.__name__: scenario for scenario in (
        keep_kill.kill, keep_kill.fast, keep_kill.found_out,
        keep_disk.full, keep_disk.read_only, keep_disk.locked, keep_disk.failing, keep_disk.slow,
        keep_damage.corrupt, keep_damage.newer, keep_damage.half_wal,
        keep_copies.backup_restored, keep_copies.copied, keep_copies.clock_back)
}


def run(name, options):
    """The scenario's faults, and what it counted."""
    try:
        record = asyncio.run(SCENARIOS[name](options))
    except AssertionError as error:
        return {"faults": [str(error)], "counts": {}}
    except Skipped as error:
        return {"faults": [], "counts": {}, "skipped": str(error)}
    return {"faults": record.faults, "counts": dict(record.counts)}


def main():
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--kills", type=int, default=1000, help="of `kill` and `fast`")
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
