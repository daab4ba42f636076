#!/usr/bin/env python3
"""Well-behaved people, each in a room of their own, who speak while others misbehave.

    fair_bystander.py PORT ADDRESS        until its standard input ends; prints JSON then

ADDRESS is what they claim; '' if the server does not expect the PROXY protocol.

All together a message is due every 16 ms, each connection within its rate of commands. The time of
a message counts from when it was due until its `ok` is there, so a pause of the server counts for
all messages that it delayed.
"""

import json
import select
import sys
import time

import fair_wire as w
from server import die_with_parent
from wire import PONG, TEXT, frame

PEOPLE, PERIOD = 16, 0.256


def take(got, line):
    """What has arrived on a line: its whole frames, as (opcode, payload)."""
    line.received += got
    while len(line.received) >= 2:
        start, length = 2, line.received[1] & 127
        if length >= 126:
            start = 4 if length == 126 else 10
            length = int.from_bytes(line.received[2:start], "big")
        if len(line.received) < start + length:
            return
        opcode, payload = line.received[0] & 15, line.received[start:start + length]
        line.received = line.received[start + length:]
        yield opcode, payload


def main():
    die_with_parent()
    port, address = int(sys.argv[1]), sys.argv[2]
    poll, people, samples, faults = select.epoll(), {}, [], []
    for number in range(PEOPLE):
        person = w.Person(port, address, f"bystander{number}", join=False, seconds=60)
        person.join(f"quiet{number}")
        person.waiting, person.text = [], f"hello from {number}"
        person.due = time.monotonic() + 1 + PERIOD * number / PEOPLE
        people[person.socket.fileno()] = person
        poll.register(person.socket.fileno(), select.EPOLLIN)
    poll.register(sys.stdin.fileno(), select.EPOLLIN)
    print("ready", flush=True)
    while not faults:
        now, soonest = time.monotonic(), time.monotonic() + PERIOD
        for number, person in people.items():
            if now >= person.due:
                person.socket.sendall(w.command(
                    type="message", room=f"quiet{person.text.split()[-1]}", text=person.text,
                    ref="r"))
                person.waiting.append(person.due)
                person.due += PERIOD
            soonest = min(soonest, person.due)
        events = poll.poll(max(0, soonest - time.monotonic()))
        if any(number == sys.stdin.fileno() for number, _ in events):
            break
        for number, _ in events:
            person = people[number]
            got = person.socket.recv(65536)
            if not got:
                faults.append("a bystander was disconnected")
            for opcode, payload in take(got, person):
                if opcode == 9:
                    person.socket.sendall(frame(PONG, payload))
                elif opcode == 8:
                    faults.append(f"a bystander was closed: {payload!r}")
                elif opcode == TEXT and b'"ref":"r"' in payload:
                    due = person.waiting.pop(0)
                    samples.append((due, time.monotonic() - due))
                    # What a pause held back may come too fast afterwards.
                    if b'"ok"' not in payload and b"rate_limited" not in payload:
                        faults.append(f"a bystander got {payload!r}")
    now = time.monotonic()
    samples += [(due, now - due) for one in people.values() for due in one.waiting]
    print(json.dumps({"samples": samples, "faults": faults}))


if __name__ == "__main__":
    main()
