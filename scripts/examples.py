#!/usr/bin/env python3
"""Builds the Swift code of the README and the articles as readers would: in a package of its own
that depends on this one. Tests among it are run.

    scripts/examples.py FOLDER FILE.md ...

Every Swift block becomes a program in FOLDER. A block without an import gets the import of its
page's earlier blocks; a block that only uses `io` is the body of a callback. A block that imports
Testing is a test target, together with the page's earlier blocks that import no more than the
library. Manifests are left out. Ends with 1 if anything does not build without a warning, or if a
test fails.
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
for part in ["Sources", "Tests"]:
    shutil.rmtree(folder / part, ignore_errors=True)
names, tests = [], []
for page in pages:
    given = []
    for number, code in enumerate(
        re.findall(r"^```swift\n(.*?)^```", pathlib.Path(page).read_text(), re.S | re.M), 1
    ):
        if "import PackageDescription" in code:
            continue
        if "import " not in code:
            isWhole = re.search(r"^(struct|let server|serve)", code, re.M)
            code = "import WebSocketServer\n\n" + code if isWhole else CALLBACK % code
        name = f"{pathlib.Path(page).stem}{number}"
        if "import Testing" in code:
            place = folder / "Tests" / name
            place.mkdir(parents=True)
            for index, text in enumerate([*given, code]):
                (place / f"Part{index}.swift").write_text(text)
            tests.append(name)
            continue
        given.append(code)
        place = folder / "Sources" / name / "main.swift"
        place.parent.mkdir(parents=True)
        place.write_text(code)
        names.append(name)
if not names and not tests:
    sys.exit("The pages have no Swift code.")
targets = "\n".join(
    f"""        .executableTarget(
            name: "{name}",
            dependencies: [
                .product(name: "WebSocketServer", package: "roost"),
                .product(name: "WebSocketServerAsync", package: "roost"),
                .product(name: "WebSocketServerJSON", package: "roost"),
                .product(name: "SystemdSupport", package: "roost"),
                .product(name: "WebSocketCore", package: "roost"),
            ]),"""
    for name in names
) + "\n".join(
    f"""
        .testTarget(
            name: "{name}",
            dependencies: [
                .product(name: "WebSocketServer", package: "roost"),
                .product(name: "WebSocketServerTesting", package: "roost"),
            ]),"""
    for name in tests
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


def swift(*arguments):
    """Runs swift in the package, and ends with what it has printed if that is not good."""
    run = subprocess.run(
        ["swift", arguments[0], "--package-path", folder, *arguments[1:]],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    if run.returncode or "warning: " in run.stdout:
        print(run.stdout)
        sys.exit(1)


swift("build", *(["--build-tests"] if tests else []))
if tests:
    swift("test", "--skip-build", "--disable-xctest")
print(f"{len(names)} examples build: {', '.join(names)}")
if tests:
    print(f"{len(tests)} examples are tests, and pass: {', '.join(tests)}")
