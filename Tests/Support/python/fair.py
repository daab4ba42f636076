#!/usr/bin/env python3
"""Attacks the chat at its default limits, and checks that others hardly notice; and a busy day.

    fair.py [--untimed] [--seconds N] [--runs N] [--only NAME] [--state FILE] [--json FILE] -- ROOST
    fair.py --list | --check

Each attack comes from one address (some from three), `five_at_once` from 20; `busy_day` is no
attack but a thousand people. A scenario has a server of its own. What failed is said, a table
follows, and the status is 1 then. With a state file, scenarios that are in it are not run again.
Needs only Python 3's library.
"""

import argparse
import json
import resource
import sys
import time
from pathlib import Path

from fair_attacks import ATTACKS
from fair_day import busy_day
from fair_judge import Judged
from fair_rounds import judge, stop_attacked
from server import stop_when_terminated

DAYS = ["busy_day", "busy_day_attacked"]
SCENARIOS = [*ATTACKS, "five_at_once", "stop_attacked", *DAYS]


def run(name, options, results):
    if name in DAYS:
        plain = results.get("busy_day", {}).get("runs", [None])[0]
        return busy_day(options.command, name != "busy_day", options, plain)
    if name == "stop_attacked":
        return stop_attacked(options.command, options.seconds, options.flag)
    # Unfinished messages are open for 60 s.
    least = 75 if name == "partial_messages" and options.seconds >= 20 else 0
    return judge(options.command, name, max(options.seconds, least), options.runs,
                 options.flag)


def table(results):
    """One line a scenario; the worst run counts where no median does."""
    print(f"\n{'scenario':22}{'p99 +ms':>9}{'most +ms':>10}{'turn ms':>9}{'MiB':>7}"
          f"{'lobby s':>9}{'status s':>10}{'metrics s':>11}  faults")
    for name, result in results.items():
        def worst(key, runs=result["runs"]):
            values = [one[key] for one in runs if one.get(key) is not None]
            return f"{max(values):.1f}" if values else "unknown"

        more = result["more_ms"]
        shown = [str(more[part]) if more.get(part) is not None else "-" for part in more]
        print(f"{name:22}{shown[0]:>9}{shown[1]:>10}{worst('longest_turn_ms'):>9}"
              f"{worst('growth_mib'):>7}{worst('lobby_seconds'):>9}{worst('status_seconds'):>10}"
              f"{worst('metrics_seconds'):>11}  {len(result['faults'])}")


def main():
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--seconds", type=float, default=20, help="of each attack")
    p.add_argument("--runs", type=int, default=1, help="of each; round trips count by the median")
    p.add_argument("--people", type=int, default=1000, help="of the busy day")
    p.add_argument("--resume", type=int, default=15_000, help="clients that resume in the busy day")
    p.add_argument("--flag", action="append", default=[], help="one more flag for the server")
    p.add_argument("--only", action="append", choices=SCENARIOS)
    p.add_argument("--state", type=Path, help="what is done already; a line for each scenario")
    p.add_argument("--json", type=Path, help="write all figures to this file")
    p.add_argument("--list", action="store_true", help="name the scenarios")
    p.add_argument("--check", action="store_true", help="say what is missing: nothing ever is")
    p.add_argument("--untimed", action="store_true", help="figures of time are no faults")
    p.add_argument("command", nargs="*", help="the server, behind --")
    options = p.parse_args()
    if options.list:
        print("\n".join(SCENARIOS))
    if options.list or options.check:
        return 0
    if not options.command:
        p.error("no server")
    stop_when_terminated()
    Judged.untimed = options.untimed
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    results = {}
    if options.state and options.state.exists():
        results = {one["name"]: one["result"]
                   for one in map(json.loads, options.state.read_text().splitlines())}
    for name in options.only or SCENARIOS:
        if name in results:
            continue
        start = time.monotonic()
        results[name] = result = run(name, options, results)
        took = time.monotonic() - start
        print(f"{'FAIL' if result['faults'] else 'ok  '} {name:22}{took:6.1f} s  ",
              "; ".join(result["faults"]) or result["runs"][0].get("notes", ""), flush=True)
        if options.state:
            with options.state.open("a") as state:
                state.write(json.dumps({"name": name, "result": result}) + "\n")
    table(results)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")
    failed = sum(bool(result["faults"]) for result in results.values())
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
