#!/usr/bin/env python3
"""Builds the Swift code of the README and the articles as readers would: in a package of its own
that depends on this one.

    scripts/examples.py FOLDER FILE.md ...

Every Swift block becomes a program in FOLDER. A block without an import gets the import of its
page's earlier blocks; a block that only uses `io` is the body of a callback. Manifests are left
out. Ends with 1 if anything does not build without a warning.
"""

import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
CALLBACK = """import WebSocketServer

func callback(_ id: ConnectionID, _ io: inout ServerContext) {
%s}
"""

folder, pages = pathlib.Path(sys.argv[1]), sys.argv[2:]
shutil.rmtree(folder / "Sources", ignore_errors=True)
names = []
for page in pages:
    for number, code in enumerate(
        re.findall(r"^```swift\n(.*?)^```", pathlib.Path(page).read_text(), re.S | re.M), 1
    ):
        if "import PackageDescription" in code:
            continue
        if "import " not in code:
            isWhole = re.search(r"^(struct|let server|try serve)", code, re.M)
            code = "import WebSocketServer\n\n" + code if isWhole else CALLBACK % code
        name = f"{pathlib.Path(page).stem}{number}"
        place = folder / "Sources" / name / "main.swift"
        place.parent.mkdir(parents=True)
        place.write_text(code)
        names.append(name)
if not names:
    sys.exit("The pages have no Swift code.")
targets = "\n".join(
    f"""        .executableTarget(
            name: "{name}",
            dependencies: [
                .product(name: "WebSocketServer", package: "roost"),
                .product(name: "WebSocketServerAsync", package: "roost"),
                .product(name: "WebSocketCore", package: "roost"),
            ]),"""
    for name in names
)
(folder / "Package.swift").write_text(f"""// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "examples",
    dependencies: [.package(name: "roost", path: "{ROOT}")],
    targets: [
{targets}
    ])
""")
build = subprocess.run(
    ["swift", "build", "--package-path", folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    text=True,
)
if build.returncode or "warning: " in build.stdout:
    print(build.stdout)
    sys.exit(1)
print(f"{len(names)} examples build: {', '.join(names)}")
