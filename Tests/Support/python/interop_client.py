#!/usr/bin/env python3
"""The chat protocol with another project's client: Python's `websockets` against `roost serve`.

    interop_client.py [--only NAME]… -- COMMAND that starts the server
    interop_client.py --list | --check

Prints a line for each scenario, and ends with 1 if one failed. `--check` prints in one line what is
missing to run this, if anything.
"""

import sys

import scenarios

try:
    import roost_server  # noqa: F401
    missing = None
except ImportError as problem:
    missing = f"Python has no {problem.name}; `make test` installs it"

# The scenarios by module, in which they are functions.
SCENARIOS = {
    "interop_connection": ("handshake", "closing", "compression", "plain_http"),
    "interop_commands": ("login", "messages", "retry", "order", "errors", "rooms", "rate"),
    "interop_history": ("resume", "history"),
}

if __name__ == "__main__":
    sys.exit(scenarios.main(scenarios.parser(__doc__), SCENARIOS, missing))
