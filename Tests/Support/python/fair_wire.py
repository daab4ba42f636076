"""Chat clients that claim an address of their own, and floods of bytes made beforehand.

The server runs with `--proxy-protocol`, so each client begins with a PROXY header: loopback, where
all of them come from, is exempt from the limits per address.
"""

import json
import select
import socket
import time
import zlib

import wire
from wire import CLOSE, PING, PONG, TEXT, frame

PORT = 40_000  # that the headers claim; nobody looks at it
UPGRADE = wire.REQUEST.replace(b"GET / ", b"GET /chat ")
DEFLATE = UPGRADE.replace(
    b"\r\n\r\n", b"\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n")


def proxy_header(address):
    return f"PROXY TCP4 {address} 192.0.2.1 {PORT} 443\r\n".encode()


def connect(port, address, seconds=wire.SECONDS):
    """A connection that the server counts for `address`; without one if it takes no headers."""
    one = wire.connect(port, seconds)
    if address:
        one.sendall(proxy_header(address))
    return one


def command(**fields):
    """A command of the chat as a masked frame."""
    return frame(TEXT, json.dumps(fields).encode())


def deflated(**fields):
    """The same, compressed as permessage-deflate has it."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = squeeze.compress(json.dumps(fields).encode()) + squeeze.flush(zlib.Z_SYNC_FLUSH)
    return frame(TEXT, body[:-4], rsv=4)


class Line(wire.Client):
    """A WebSocket (or, without `upgrade`, a plain connection) from an address of its own."""

    def __init__(self, port, address, upgrade=UPGRADE, seconds=wire.SECONDS):
        self.socket = connect(port, address, seconds)
        self.received = b""
        if upgrade:
            self.socket.sendall(upgrade)
            status, head = self.http_answer()
            wire.expect(status == 101, f"no handshake: {head[:200]!r}")


class Person(Line):
    """Somebody in the chat: knows the protocol and no more."""

    def __init__(self, port, address, user=None, join=True, session=None, seconds=wire.SECONDS):
        super().__init__(port, address, seconds=seconds)
        self.count, self.pushes = 0, []
        if user:
            fields = {"session": session} if session else {}
            self.welcome = self.ask(type="login", user=user, join=join, **fields)
            wire.expect(self.welcome["type"] == "welcome", f"no login: {self.welcome}")

    def next(self):
        """The next object; pings are answered."""
        while (got := self.next_frame()) is not None:
            if got[0] == PING:
                self.socket.sendall(frame(PONG, got[1]))
            elif got[0] == TEXT:
                return json.loads(got[1])
            elif got[0] == CLOSE:
                break
        raise AssertionError(f"the server ended the line: {got}")

    def ask(self, **fields):
        """Sends a command: the object that brings its `ref` back."""
        self.count += 1
        ref = str(self.count)
        self.socket.sendall(command(ref=ref, **fields))
        while (got := self.next()).get("ref") != ref:
            self.pushes.append(got)
            del self.pushes[:-100]
        return got

    def join(self, room, **fields):
        got = self.ask(type="join", room=room, **fields)
        wire.expect(got["type"] == "joined", f"no way into {room}: {got}")
        return got

    def say(self, room, text, **fields):
        """Says something, waiting where the rate is limited: the offset."""
        while True:
            got = self.ask(type="message", room=room, text=text, **fields)
            if got["type"] == "ok":
                return got["offset"]
            wire.expect(got.get("code") == "rate_limited", f"not said: {got}")
            time.sleep(got["retry_after_ms"] / 1000)


class Flood:
    """Many connections that send prepared bytes as fast as they are taken, or at a pace.

    A connection is `(send, data, pace, reads)`: `data` once each `pace` seconds, or without end if
    it is 0, or never again if it is None. `data` may be a function that makes the next bytes.
    """

    def __init__(self):
        self.poll = select.epoll()
        self.lines = {}
        self.sent = self.received = self.ended = 0

    def add(self, one, data, pace=None, reads=True, first=b""):
        one.setblocking(False)
        at = time.monotonic()
        data = data if callable(data) else (lambda same=data: same)
        start = memoryview(first or data())
        self.lines[one.fileno()] = [one, start, data, pace, reads, at]
        self.poll.register(one.fileno(), self.events(True, reads))

    @staticmethod
    def events(writes, reads):
        return (select.EPOLLOUT if writes else 0) | (select.EPOLLIN if reads else 0)

    def run(self, seconds, each=None):
        """Until the end; `each` is called ten times a second."""
        end = time.monotonic() + seconds
        due = 0
        while (now := time.monotonic()) < end:
            if now >= due:
                due = now + 0.1
                self.wake(now)
                if each:
                    each()
            for number, event in self.poll.poll(0.05):
                self.serve(number, event)

    def wake(self, now):
        for number, line in self.lines.items():
            if line[3] and not line[1] and now >= line[5] + line[3]:
                line[1], line[5] = memoryview(line[2]()), now
                self.poll.modify(number, self.events(True, line[4]))

    def serve(self, number, event):
        line = self.lines[number]
        try:
            if event & select.EPOLLIN:
                data = line[0].recv(1 << 18)
                self.received += len(data)
                if not data:
                    return self.end(number)
            if event & select.EPOLLOUT:
                taken = line[0].send(line[1])
                self.sent += taken
                line[1] = line[1][taken:]
                if not line[1] and line[3] == 0:
                    line[1] = memoryview(line[2]())
                elif not line[1]:
                    self.poll.modify(number, self.events(False, line[4]))
            elif event & (select.EPOLLHUP | select.EPOLLERR):
                self.end(number)
        except BlockingIOError:
            pass
        except OSError:
            self.end(number)

    def end(self, number):
        self.ended += 1
        self.poll.unregister(number)
        self.lines.pop(number)[0].close()

    def close(self):
        for number in list(self.lines):
            self.end(number)


def many(count, make, seconds=10):
    """As many as the server lets in, one after the other, within some time."""
    made, end = [], time.monotonic() + seconds
    while len(made) < count and time.monotonic() < end:
        try:
            made.append(make(len(made)))
        except (AssertionError, OSError):
            time.sleep(0.1)  # too many at once from this address
    return made


def http(port, address, request, seconds=wire.SECONDS):
    """One request: (status, head, body as far as it came), status None if there was no answer."""
    with Line(port, address, upgrade=None, seconds=seconds) as line:
        line.send(request)
        status, head = line.http_answer()
        length = 0
        for part in head.split(b"\r\n"):
            if part.lower().startswith(b"content-length:"):
                length = int(part.split(b":")[1])
        while status and len(line.received) < length and line._more():
            pass
        return status, head, line.received[:length]


def raw_socket(port):
    """A connection without a PROXY header, as to the metrics' port."""
    return socket.create_connection(("127.0.0.1", port), wire.SECONDS)
