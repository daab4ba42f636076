#!/usr/bin/env python3
"""The chat server restarted in place while people talk: reloads, upgrades, and failures.

    reload.py [--only NAME]… [--times N] -- PATH/TO/roost serve
    reload.py --list | --check

The scenarios are in reload_scenes.py, reload_commits.py, reload_versions.py and reload_refusals.py.
Prints a line for each, and ends with 1 if one failed.
"""

import sys

import scenarios

try:
    import websockets
    missing = None
except ImportError as problem:
    missing = f"Python has no {problem.name}; `make test` installs it"

MODULES = {
    "reload_scenes": ["talk", "talk_in_memory", "state", "password", "upload"],
    "reload_commits": ["slow_commit", "stuck_commit", "commits_under_way"],
    "reload_versions": ["versions"],
    "reload_refusals": ["settings", "bad_settings", "bad_programs", "second_reload",
                        "other_history"],
}


def main():
    parser = scenarios.parser(__doc__)
    parser.add_argument("--times", type=int, default=20, help="how often a program takes over")
    sys.exit(scenarios.main(parser, MODULES, missing))


if __name__ == "__main__":
    main()
