#!/usr/bin/env python3
"""Lists the exported names that have no documentation, from the symbol graphs in a folder.

    Tests/Support/undocumented.py FOLDER MODULE ...

Members that the compiler made, and those that conformances bring along, do not count.
"""

import json
import pathlib
import sys

folder, modules = pathlib.Path(sys.argv[1]), sys.argv[2:]
bare = []
for module in modules:
    graphs = sorted(folder.rglob(f"{module}.symbols.json"))
    if not graphs:
        sys.exit(f"There is no symbol graph of {module} in {folder}.")
    for graph in graphs[-1:]:
        for symbol in json.loads(graph.read_text())["symbols"]:
            made = "::SYNTHESIZED::" in symbol["identifier"]["precise"]
            if symbol["accessLevel"] not in ("public", "open") or made or "location" not in symbol:
                continue
            if "docComment" not in symbol:
                path = ".".join(symbol["pathComponents"])
                place = symbol["location"]["uri"].rsplit("/Sources/", 1)[-1]
                bare.append(f"{module}: {path} ({place})")
print("\n".join(bare))
print(f"{len(bare)} exported names without a word")
sys.exit(1 if bare else 0)
