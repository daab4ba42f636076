#!/usr/bin/env python3
"""A service that is restarted while clients chat: their connections wait in its manager's store.

    service_restart.py [--only NAME]… [--times N] -- FOLDER of our programs
    service_restart.py --list | --check

The scenarios are in service_restart_scenes.py and, for the chat server, service_restart_chat.py;
service_crash.py has those in which it is killed. service_manager.py stands in for systemd. Prints a
line for each, and ends with 1 if one failed.
"""

import sys

import scenarios

try:
    import websockets
    from tls_server import what_is_missing
    missing = what_is_missing()
except ImportError as problem:
    missing = f"Python has no {problem.name}; `make test` installs it"

MODULES = {"service_restart_scenes": [
    "chat", "encrypted_chat", "pieces", "request", "moved", "idle", "refused", "stopped", "killed",
    "damaged", "few_files", "refusing_handler"],
    "service_restart_chat": [
        "talk", "talk_in_memory", "another_place", "lost", "stopped_meanwhile",
        "bad_configuration"],
    "service_crash": ["crash", "crash_again", "crash_in_memory", "store_full"]}


def main():
    parser = scenarios.parser(__doc__)
    parser.add_argument("--times", type=int, default=20, help="how often it is restarted")
    parser.add_argument("--timed", action="store_true", help="figures of time count, too")
    parser.add_argument("--people", type=int, default=200, help="how many are there at a crash")
    sys.exit(scenarios.main(parser, MODULES, missing))


if __name__ == "__main__":
    main()
