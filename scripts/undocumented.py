#!/usr/bin/env python3
"""Lists the exported names that have no documentation, from the symbol graphs in a folder.

    scripts/undocumented.py FOLDER MODULE ...

Extensions of another module's types are in a graph of their own, MODULE@OTHER, and count too.
Members that the compiler made, or that come from conformances, do not.
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
print("\n".join(bare + [f"{len(bare)} of {count} exported names without documentation"]))
sys.exit(1 if bare else 0)
