#!/usr/bin/env python3
"""Compares the library's interface with what is committed, from the symbol graphs in a folder.

    scripts/api.py FOLDER DIGEST [--update] MODULE ...

The digest has a line for each exported declaration. A difference is an error, until `--update`
writes the digest anew: so nobody changes the interface without seeing it, and a review shows how.
"""

import difflib
import json
import pathlib
import sys

arguments = [argument for argument in sys.argv[1:] if argument != "--update"]
folder, digest, modules = pathlib.Path(arguments[0]), pathlib.Path(arguments[1]), arguments[2:]

lines = []
for module in modules:
    graphs = [folder / f"{module}.symbols.json"]
    if not graphs[0].exists():
        sys.exit(f"There is no symbol graph of {module} in {folder}: run `swift build` first.")
    graphs += sorted(folder.glob(f"{module}@*.symbols.json"))
    declarations = set()
    for graph in graphs:
        for symbol in json.loads(graph.read_text())["symbols"]:
            if "::SYNTHESIZED::" in symbol["identifier"]["precise"] or "location" not in symbol:
                continue
            text = "".join(part["spelling"] for part in symbol["declarationFragments"])
            owner = ".".join(symbol["pathComponents"][:-1])
            place = f"{module}.{owner}" if owner else module
            declarations.add(f"{place}: {' '.join(text.split())}")
    lines += sorted(declarations)

old = digest.read_text().splitlines() if digest.exists() else []
if "--update" in sys.argv:
    digest.write_text("\n".join(lines) + "\n")
    print(f"{digest} has {len(lines)} declarations.")
    sys.exit(0)
changes = [
    line for line in difflib.unified_diff(old, lines, "committed", "built", lineterm="", n=0)
    if not line.startswith("@@")
]
if changes:
    print("\n".join(changes))
    sys.exit(
        f"The library's interface is not that of {digest}. If it shall change, run "
        "`make api ARGS=--update`, commit the file, and tell users in CHANGELOG.md."
    )
print(f"The library's interface is that of {digest}: {len(lines)} declarations.")
