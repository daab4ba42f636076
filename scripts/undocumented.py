#!/usr/bin/env python3
"""Lists the exported names that have no documentation, from the symbol graphs in a folder.

    scripts/undocumented.py FOLDER MODULE ...

What a module adds to the types of another one stands in a graph of its own, MODULE@OTHER, and
counts too. Members that the compiler made, and those that conformances bring along, do not.
"""

import json
import pathlib
import sys

folder, modules = pathlib.Path(sys.argv[1]), sys.argv[2:]
bare, count = [], 0
for module in modules:
    graphs = [folder / f"{module}.symbols.json"]
    if not graphs[0].exists():
        sys.exit(f"There is no symbol graph of {module} in {folder}.")
    graphs += sorted(folder.glob(f"{module}@*.symbols.json"))
    for graph in graphs:
        for symbol in json.loads(graph.read_text())["symbols"]:
            made = "::SYNTHESIZED::" in symbol["identifier"]["precise"]
            if symbol["accessLevel"] not in ("public", "open") or made or "location" not in symbol:
                continue
            count += 1
            if "docComment" not in symbol:
                path = ".".join(symbol["pathComponents"])
                place = symbol["location"]["uri"].rsplit("/Sources/", 1)[-1]
                bare.append(f"{module}: {path} ({place})")
if not count:
    sys.exit(f"The symbol graphs in {folder} are empty.")
print("\n".join(bare + [f"{len(bare)} of {count} exported names without a word"]))
sys.exit(1 if bare else 0)
