#!/usr/bin/env python3
"""Several servers that share their rooms through a real Redis: `roost serve --engine`.

    engine_chat.py [--only NAME]… -- PATH/TO/roost
    engine_chat.py --list | --check

The scenarios are in engine_scenes.py and engine_faults.py. Prints a line for each, and ends with 1
if one failed.
"""

import sys

import scenarios
from redis_chat import what_is_missing

MODULES = {
    "engine_scenes": [
        "shared", "retried", "resumed", "named", "present", "posted", "stopped", "lonely",
        "greedy", "slowed", "sent_away"],
    "engine_faults": ["killed", "emptied", "cut", "forgotten", "paused", "promoted"],
}


if __name__ == "__main__":
    sys.exit(scenarios.main(scenarios.parser(__doc__), MODULES, what_is_missing()))
