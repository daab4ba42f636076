#!/usr/bin/env python3
"""One attack on the chat, as a process of its own: its name and where to attack come as JSON.

    fair_attacks.py '{"attack": …, "port": …}'     prints "ready", attacks after a line of input

The numbers in the attacks' descriptions are those of the list of faults that they come from.
"""

import json
import os
import resource
import sys
from types import SimpleNamespace

import fair_attacks_chat as chat
import fair_attacks_http as http
from server import die_with_parent

ATTACKS = {attack.__name__: attack for attack in [
    http.pipelined_heads, http.pipelined_pages, chat.deflated_history, chat.deflated_joins,
    chat.rooms, chat.rooms_from_three, chat.stalled_members, chat.washed_room, chat.washed_rooms,
    chat.churn, http.other_hosts, chat.commands_then_reset, http.requests_then_reset,
    http.idle_metrics, http.gone_polls, chat.partial_messages,
    http.bodies_without_token, http.token_guesses, chat.large_refused,
]}
TOGETHER = ["pipelined_heads", "deflated_history", "rooms", "stalled_members", "large_refused"]
PER_ADDRESS = 64


class Place(SimpleNamespace):
    """Where and from which addresses: `port`, `metrics_port`, `pid`, `log`, `addresses`, …"""

    @property
    def connections(self):
        return PER_ADDRESS * len(self.addresses)

    def address(self, number):
        number = number if isinstance(number, int) else 0
        return self.addresses[number // PER_ADDRESS % len(self.addresses)]

    def name(self, number):
        """A name that no other attack uses."""
        return f"{self.prefix}{number}"


def main():
    die_with_parent()
    os.nice(10)  # the server is what should be short of the processor
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    place = Place(**json.loads(sys.argv[1]))
    steps = ATTACKS[place.attack](place)
    fault = note = None
    try:
        next(steps)
        print("ready", flush=True)
        sys.stdin.readline()
        next(steps)
    except StopIteration as end:
        note = end.value
    except (AssertionError, OSError) as error:
        fault = f"{type(error).__name__}: {error}"
    print(json.dumps({"note": note, "fault": fault}), flush=True)


if __name__ == "__main__":
    main()
