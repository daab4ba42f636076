#!/usr/bin/env python3
"""A reader of the map of trains that reads all the time, on whatever line: what it saw, as JSON.

    train_reader.py HOST PORT SECONDS

As a page does, it keeps the newest position of each train; "oldest" is the age of the oldest of
them at its worst, once all trains are there, and "median" what it was half of the time. "part" is
which part has come of the positions of those moments of which it has any.
"""

import json
import re
import socket
import sys
import time

import wire

POSITION = re.compile(rb'"train":"([^"]+)".*"at":([0-9.]+)')


class Reader(wire.Client):
    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), 20)
        self.received = b""
        self.socket.sendall(wire.REQUEST)
        status, _ = self.http_answer()
        wire.expect(status == 101, f"no handshake: {status}")
        self.socket.settimeout(20)


def main():
    host, port, seconds = sys.argv[1:]
    reader = Reader(host, int(port))
    end = time.monotonic() + float(seconds)
    newest, moments, oldest = {}, set(), []
    count = backward = 0
    next_look = 0
    while time.monotonic() < end:
        opcode, payload = reader.next_frame()
        if opcode == wire.PING:
            reader.send(wire.frame(wire.PONG, payload))
            continue
        train, at = POSITION.search(payload).groups()
        at = float(at)
        if len(newest) == 200:
            count += 1
            moments.add(at)
        backward += at < newest.get(train, 0)
        newest[train] = at
        # Just before the next change is when what is shown is the oldest.
        if len(newest) == 200 and time.monotonic() >= next_look:
            next_look = time.monotonic() + 0.02
            oldest.append(time.time() - min(newest.values()))
    oldest.sort()
    json.dump({"trains": len(newest), "positions": count, "backward": backward,
               "part": round(count / (200 * max(1, len(moments))), 3),
               "oldest": round(oldest[-1], 2) if oldest else 99,
               "median": round(oldest[len(oldest) // 2], 2) if oldest else None}, sys.stdout)


main()
