#!/usr/bin/env python3
"""Two servers that share a chat through a real Redis, which is killed, cut, held and encrypted.

    redis_chat.py [--only NAME]… -- PATH/TO/shared-chat
    redis_chat.py --list | --check

The scenarios are in redis_scenes.py and redis_addresses.py. Prints a line for each, and ends with 1
if one failed.
"""

import shutil
import sys

import scenarios

MODULES = {
    "redis_scenes": ["shared", "flooded", "killed", "cut", "held", "locked"],
    "redis_addresses": ["encrypted", "old_tls", "certificates", "ports", "others"],
}


def what_is_missing():
    if not shutil.which("redis-server") and not shutil.which("redis-check-rdb"):
        return "there is no redis-server; `make test` installs it"
    if not shutil.which("openssl"):
        return "there is no openssl here"
    try:
        import websockets.sync.client  # noqa: F401
    except ImportError as problem:
        return f"Python has no {problem.name}; `make test` installs it"
    return ""


if __name__ == "__main__":
    sys.exit(scenarios.main(scenarios.parser(__doc__), MODULES, what_is_missing()))
