#!/usr/bin/env python3
"""The page of the map of trains in a headless Chromium, with trains that run.

    browser_trains.py --only NAME [--shots DIR] -- PATH/TO/train-map
    browser_trains.py --list | --check

Ends with 1 if the page does not do what it should. `--check` prints in one line what is missing to
run this, if anything.
"""

import sys

import scenarios

try:
    from browser_page import chromium
    import roost_server  # noqa: F401
    missing = None if chromium() else "there is no chromium on this machine"
except ImportError as problem:
    missing = f"Python has no {problem.name}; `make test` installs it"

SCENARIOS = {"train_scenes": ("trains_move", "the_server_is_away", "connections_end")}

if __name__ == "__main__":
    parser = scenarios.parser(__doc__)
    parser.add_argument("--shots", help="save screenshots in this folder")
    sys.exit(scenarios.main(parser, SCENARIOS, missing))
