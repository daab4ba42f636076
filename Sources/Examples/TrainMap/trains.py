#!/usr/bin/env python3
"""Trains for the map: they run along its lines, and say where they are ten times a second.

    trains.py [--trains N] [--rate N] [--seconds N] [http://127.0.0.1:8080]

It needs nothing but Python. On Ctrl-C the trains leave the map.
"""

import argparse
import http.client
import json
import math
import signal
import sys
import threading
import time
from urllib.parse import urlsplit


class Train:
    """A train that goes along a line and back, or round and round if the line is a ring."""

    def __init__(self, number, line):
        self.name = f"{line['name']} {number}"
        self.stops = line["stops"]
        self.is_ring = self.stops[0] == self.stops[-1]
        self.speed = 14 + number * 7 % 12  # units of the map in a second
        gaps = [math.dist(a[1:], b[1:]) for a, b in zip(self.stops, self.stops[1:])]
        self.ends = [sum(gaps[:count]) for count in range(len(gaps) + 1)]
        self.start = number * 0.618 % 1 * 2 * self.ends[-1]

    def place(self, seconds):
        way, length = self.start + self.speed * seconds, self.ends[-1]
        if self.is_ring:
            way = way % length if self.speed % 2 else -way % length
        else:
            way %= 2 * length
            way = min(way, 2 * length - way)
        gap = next(index for index in range(len(self.ends) - 1) if way <= self.ends[index + 1])
        part = (way - self.ends[gap]) / (self.ends[gap + 1] - self.ends[gap])
        # Slower near a station, as trains are.
        part = part - math.sin(2 * math.pi * part) / (2 * math.pi) * 0.7
        (_, x, y), (_, to_x, to_y) = self.stops[gap], self.stops[gap + 1]
        return x + (to_x - x) * part, y + (to_y - y) * part

    def says(self, seconds, at, gone=False):
        x, y = self.place(seconds)
        text = f'{{"train":"{self.name}","x":{x:.1f},"y":{y:.1f},"at":{at:.3f}'
        return text + (',"gone":true}' if gone else "}")


def call(connection, method, path, body=None):
    """Sends it once more if the connection ended meanwhile: a server may end one that has been
    silent (RFC 9112 §9.3.1), and a position that comes twice does no harm."""
    try:
        return call_once(connection, method, path, body)
    except ConnectionError:
        connection.close()
    try:
        return call_once(connection, method, path, body)
    except OSError as error:
        sys.exit(f"The map at {connection.host}:{connection.port} does not answer: {error}")


def call_once(connection, method, path, body):
    connection.request(method, path, body)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        sys.exit(f"{method} {path}: {answer.status} {text.decode().strip()}")
    return text


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trains", type=int, default=200)
    parser.add_argument("--rate", type=float, default=10, help="positions of a train in a second")
    parser.add_argument("--seconds", type=float, default=math.inf)
    parser.add_argument("server", nargs="?", default="http://127.0.0.1:8080")
    arguments = parser.parse_args()
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    connection = http.client.HTTPConnection(urlsplit(arguments.server).netloc)
    lines = json.loads(call(connection, "GET", "/lines.json"))["lines"]
    trains = [Train(number, lines[number % len(lines)]) for number in range(arguments.trains)]
    start, count = time.monotonic(), 0

    def say(gone=False):
        seconds, at = time.monotonic() - start, time.time()
        body = "\n".join(train.says(seconds, at, gone) for train in trains)
        call(connection, "POST", "/positions", body.encode())

    while time.monotonic() - start < arguments.seconds and not over.is_set():
        say()
        count += 1
        # At even distances, whatever the last one took.
        over.wait(max(0, start + count / arguments.rate - time.monotonic()))
    say(gone=True)


if __name__ == "__main__":
    main()
