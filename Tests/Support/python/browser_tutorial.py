#!/usr/bin/env python3
"""The programs of the tutorial, each with two tabs of a headless Chromium.

    browser_tutorial.py --only step_1 [--shots DIR] [--pictures DIR] -- PATH/TO/chat-step-1
    browser_tutorial.py --list | --check

Ends with 1 if the step does not do what the tutorial says of it. `--check` prints in one line what
is missing to run this, if anything. `--pictures` saves the tutorial's picture of the step.
"""

import sys

import scenarios

try:
    from browser_page import chromium
    import roost_server  # noqa: F401
    missing = None if chromium() else "there is no chromium on this machine"
except ImportError as problem:
    missing = f"Python has no {problem.name}; `make test` installs it"

SCENARIOS = {"tutorial_steps": ("step_1", "step_2", "step_3", "step_4")}

if __name__ == "__main__":
    parser = scenarios.parser(__doc__)
    parser.add_argument("--shots", help="save screenshots in this folder")
    parser.add_argument("--pictures", help="save the pictures of the tutorial in this folder")
    sys.exit(scenarios.main(parser, SCENARIOS, missing))
