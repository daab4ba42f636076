#!/usr/bin/env python3
"""A WebSocket client that reads all the time, on whatever line: what it saw, as JSON.

    slow_reader.py HOST PORT WISH SECONDS

It says its wish, reads for that many seconds or until the end, and answers each Ping when it comes
to it. Messages begin with the time at which they were published (CLOCK_MONOTONIC, hexadecimal).
"""

import json
import socket
import sys
import time

import wire


class Reader(wire.Client):
    def __init__(self, host, port, seconds):
        self.end = time.monotonic() + seconds
        self.socket = socket.create_connection((host, port), 20)
        self.received = b""
        self.is_reset = False
        self.socket.sendall(wire.REQUEST)
        status, _ = self.http_answer()
        wire.expect(status == 101, f"no handshake: {status}")

    def _more(self):
        left = self.end - time.monotonic()
        if left <= 0:
            return False
        self.socket.settimeout(left)
        try:
            more = self.socket.recv(65536)
        except ConnectionResetError:
            self.is_reset, more = True, b""
        except TimeoutError:
            return False
        self.received += more
        return bool(more)


def main():
    host, port, wish, seconds = sys.argv[1:]
    reader = Reader(host, int(port), float(seconds))
    reader.send(wire.frame(wire.TEXT, wish.encode()))
    ages, size, code = [], 0, None
    while (frame := reader.next_frame()) is not None:
        opcode, payload = frame
        if opcode == wire.PING:
            reader.send(wire.frame(wire.PONG, payload))
        elif opcode == wire.CLOSE:
            code = int.from_bytes(payload[:2], "big")
            reader.send(wire.frame(wire.CLOSE, payload[:2]))
        else:
            ages.append(time.monotonic() - int(payload[:16], 16) / 1e9)
            size += len(payload)
    ended_early = time.monotonic() < reader.end
    ages.sort()
    json.dump({"count": len(ages), "size": size, "code": code, "reset": reader.is_reset,
               "ended": ended_early, "oldest": round(ages[-1], 2) if ages else None,
               "median": round(ages[len(ages) // 2], 2) if ages else None}, sys.stdout)


main()
