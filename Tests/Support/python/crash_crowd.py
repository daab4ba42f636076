"""A crowd in a room of the chat, in one loop: what each of many clients has seen, and what is due.

A person whose connection ends comes back at once, goes on from its place, and says again what was
not acknowledged, with the same id.
"""

import json
import select
import time

from wire import CLOSE, PING, PONG, TEXT, connect, frame

REQUEST = (b"GET /chat HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
           b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
           b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: roost.v1\r\n\r\n")


class Person:
    def __init__(self, crowd, name):
        self.crowd, self.name = crowd, name
        self.session = self.place = None
        self.seen, self.said = [], 0
        self.pending = {}  # text by id
        self.positions = {}  # offset by id
        self.is_in, self.returns, self.recovered = False, 0, []
        self.open()

    def open(self):
        self.socket = connect(self.crowd.server.port)
        self.received, self.is_in, self.is_upgraded = b"", False, False
        self.socket.sendall(REQUEST)
        login = {"type": "login", "user": self.name, "join": False}
        if self.session:
            login["session"] = self.session
        self.send(**login)
        self.socket.setblocking(False)
        self.crowd.watch(self)

    def send(self, **command):
        try:
            self.socket.send(frame(TEXT, json.dumps(command).encode()))
        except (BrokenPipeError, ConnectionResetError):
            pass  # the end comes by the other way, too

    def say(self):
        key = f"{self.name}-{self.said}"
        self.said += 1
        self.pending[key] = key
        if self.is_in:
            self.send(type="message", text=key, id=key, ref=key)

    def read(self):
        try:
            more = self.socket.recv(65536)
        except BlockingIOError:
            return
        except (ConnectionResetError, BrokenPipeError):
            more = b""
        if not more:
            return self.lose()
        self.received += more
        if not self.is_upgraded:
            if b"\r\n\r\n" not in self.received:
                return
            head, self.received = self.received.split(b"\r\n\r\n", 1)
            assert b" 101 " in head, head
            self.is_upgraded = True
        while (got := self.take_frame()) is not None:
            if got[0] == TEXT:
                self.take(json.loads(got[1]))
            elif got[0] == PING:
                self.socket.send(frame(PONG, got[1]))
            elif got[0] == CLOSE:
                code = int.from_bytes(got[1][:2], "big")
                assert code == 1012, (self.name, code, got[1])
                return self.lose()

    def take_frame(self):
        if len(self.received) < 2:
            return None
        start, length = 2, self.received[1] & 127
        if length == 126:
            start, length = 4, int.from_bytes(self.received[2:4], "big")
        elif length == 127:
            start, length = 10, int.from_bytes(self.received[2:10], "big")
        if len(self.received) < start + length:
            return None
        opcode, payload = self.received[0] & 15, self.received[start:start + length]
        self.received = self.received[start + length:]
        return opcode, payload

    def lose(self):
        self.crowd.ends.append(time.monotonic())
        self.crowd.forget(self)
        self.socket.close()
        self.returns += 1
        self.open()

    def take(self, got):
        kind = got["type"]
        if kind == "welcome" and "session" in got:
            self.session = got["session"]
        if kind == "login" or (kind == "welcome" and "user" in got):
            since = {"since": self.place} if self.place else {}
            self.send(type="join", room="lobby", **since)
        elif kind == "joined":
            if self.place:
                self.recovered.append(got["recovered"])
            for message in got["messages"]:
                self.note(message)
            self.place = {"epoch": got["epoch"], "offset": got["offset"]}
            self.is_in = True
            for key, text in self.pending.items():
                self.send(type="message", text=text, id=key, ref=key)
        elif kind == "message":
            self.note(got)
            epoch = got.get("epoch", self.place["epoch"] if self.place else None)
            self.place = {"epoch": epoch, "offset": got["offset"]}
        elif kind == "ok" and "offset" in got:
            assert got["ref"] in self.pending, (self.name, got)
            del self.pending[got["ref"]]
            self.positions[got["ref"]] = got["offset"]
        elif kind == "error":
            raise AssertionError((self.name, got))

    def note(self, message):
        if self.seen:
            assert message["offset"] == self.seen[-1][0] + 1, (
                self.name, self.seen[-1], message)
        self.seen.append((message["offset"], message["text"]))


class Crowd:
    def __init__(self, server, count):
        self.server, self.poll, self.by_number = server, select.poll(), {}
        self.ends = []
        self.people = []
        for number in range(count):
            self.people.append(Person(self, f"person{number}"))
            if number % 20 == 19:
                self.pump(0)
        self.until(lambda: all(person.is_in for person in self.people), "all to be in")

    def watch(self, person):
        self.by_number[person.socket.fileno()] = person
        self.poll.register(person.socket, select.POLLIN)

    def forget(self, person):
        self.poll.unregister(person.socket)
        del self.by_number[person.socket.fileno()]

    def pump(self, seconds=0.005):
        for number, _ in self.poll.poll(seconds * 1000):
            if number in self.by_number:
                self.by_number[number].read()

    def until(self, condition, what, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"waited for {what}: {self.server.said()[-1500:]!r}"
            self.pump()

    def talk(self, talkers, seconds):
        """Each of these people has one message under way at a time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for person in talkers:
                if not person.pending:
                    person.say()
            self.pump()

    def settle(self):
        """Waits until all has been answered, and everybody has seen everything once."""
        self.until(lambda: all(p.is_in and not p.pending for p in self.people), "the answers")
        last = max(max(p.positions.values(), default=0) for p in self.people)
        self.until(lambda: all(p.seen and p.seen[-1][0] >= last for p in self.people), "the last")
        whole = {}
        for person in self.people:
            for offset, text in person.seen:
                assert whole.setdefault(offset, text) == text, (person.name, offset, text)
        texts = list(whole.values())
        assert len(texts) == len(set(texts)), "something was said twice"
        for person in self.people:
            for key, offset in person.positions.items():
                assert whole[offset] == key, (person.name, key, offset)
        return len(whole)

    def close(self):
        for person in self.people:
            self.forget(person)
            person.socket.close()
