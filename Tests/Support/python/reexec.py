#!/usr/bin/env python3
"""Servers whose programs take over from each other while clients chat, with Python's websockets.

    reexec.py [--only NAME]… [--times N] -- FOLDER of our programs
    reexec.py --list | --check

The scenarios are in reexec_scenes.py. Prints a line for each, and ends with 1 if one failed.
"""

import sys

import scenarios

try:
    import websockets
    from tls_server import what_is_missing
    missing = what_is_missing()
except ImportError as problem:
    missing = f"Python has no {problem.name}; `make test` installs it"

MODULES = {"reexec_scenes": ["chat", "encrypted_chat", "old_tls", "replaced_file", "signals",
                             "requests"]}


def main():
    parser = scenarios.parser(__doc__)
    parser.add_argument("--times", type=int, default=20, help="how often a program takes over")
    sys.exit(scenarios.main(parser, MODULES, missing))


if __name__ == "__main__":
    main()
