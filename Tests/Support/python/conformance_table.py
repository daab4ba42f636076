#!/usr/bin/env python3
"""Makes the table of Tests/Interop/RESULTS.md from the committed outcomes of every case.

    conformance_table.py             writes the table
    conformance_table.py --verify    ends with 1 if the table does not match the outcomes

`--list` and `--check` print nothing: there are no scenarios, and nothing can be missing. The
outcomes are in expected-server.json and expected-client.json beside it, as autobahn.py writes them
and the tests require them. Needs only Python 3's library.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "Interop"
RESULTS = FOLDER / "RESULTS.md"
SIDES = {"server": "expected-server.json", "client": "expected-client.json"}
TITLES = {
    1: "Framing", 2: "Pings and pongs", 3: "Reserved bits", 4: "Opcodes", 5: "Fragmentation",
    6: "UTF-8", 7: "Closing handshake", 9: "Limits and speed", 10: "Fragments of all sizes",
    12: "Compression: kinds of data", 13: "Compression: parameters",
}
HEAD = """\
# Conformance

What the [Autobahn test suite](https://github.com/crossbario/autobahn-testsuite) 25.10.1 finds, case by case; groups 8 and
11 have no cases. The server is `echo-server --verbatim` against the suite's fuzzing client, the client is our own against
its fuzzing server. The outcomes themselves are in the files `expected-*.json`: `make conformance` runs every case, `make
test` all but nine tenths of groups 12 and 13, and a single outcome that differs fails them.

INFORMATIONAL is what the suite does not judge: who closes first (7.1.6), and close codes that the RFC leaves open (7.13.1, 7.13.2).
"""


def counts(outcomes, group):
    """The `behavior`s of a group's cases, and how many of them did not close with OK."""
    mine = [o for case, o in outcomes.items() if case.split(".")[0] == str(group)]
    return Counter(o[0] for o in mine), sum(o[1] not in ("OK", "INFORMATIONAL") for o in mine)


def cell(found, closes):
    parts = [f"{found[kind]} {kind}" for kind in sorted(found, key=lambda k: (k != "OK", k))]
    if closes:
        parts.append(f"{closes} closed otherwise")
    return ", ".join(parts) or "–"


def table():
    sides = {side: json.loads((FOLDER / file).read_text())
             for side, file in SIDES.items() if (FOLDER / file).exists()}
    lines = [HEAD, "| group | cases | " + " | ".join(sides) + " |", "|---|---|" + "---|" * len(sides)]
    for group, title in TITLES.items():
        found = [counts(outcomes, group) for outcomes in sides.values()]
        cases = max(sum(each[0].values()) for each in found)
        cells = [cell(*each) for each in found]
        lines.append(f"| {group} {title} | {cases} | " + " | ".join(cells) + " |")
    total = [(Counter(o[0] for o in outcomes.values()), 0) for outcomes in sides.values()]
    cases = max(len(outcomes) for outcomes in sides.values())
    lines.append(f"| **all** | {cases} | " + " | ".join(cell(*each) for each in total) + " |")
    return "\n".join(lines) + "\n"


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for option in ("--verify", "--list", "--check"):
        p.add_argument(option, action="store_true")
    p.add_argument("nothing", nargs="*", help=argparse.SUPPRESS)
    options = p.parse_args()
    if options.list or options.check:
        return
    if options.verify:
        if not RESULTS.exists() or RESULTS.read_text() != table():
            sys.exit(f"{RESULTS.name} does not match the outcomes: run {Path(__file__).name}")
        return
    RESULTS.write_text(table())


if __name__ == "__main__":
    main()
