"""People of a crowd: what each has to hear, with a client of our own or with websockets."""

import asyncio
import base64
import json
import os
import struct

import websockets

ADDRESS = ("127.0.0.1", 8080)


class Record:
    """What all have said and heard, and what went wrong."""

    def __init__(self, path):
        self.path = path
        self.said, self.heard, self.faults = 0, 0, []

    def fault(self, words):
        if not self.faults:
            self.path.write_text(words)
        self.faults.append(words)


class Person:
    """Checks what one person hears, who says each thing when the last was acknowledged."""

    def __init__(self, record, name, room):
        self.record, self.name, self.room = record, name, room
        self.said = 0
        # The last message's place in the room, and how much of each speaker was heard.
        self.offset, self.of_speaker = 0, {}
        self.is_in = asyncio.Event()
        self.answered = asyncio.Event()

    def hear(self, text):
        got = json.loads(text)
        kind = got["type"]
        if kind == "message":
            self.hear_message(got)
        elif kind == "ok":
            self.hear_answer(got)
        elif kind == "joined" and got["room"] == self.room:
            self.is_in.set()
        elif kind in ("error", "gap", "closed"):
            self.fault(f"got {got}")

    def hear_message(self, got):
        if got["room"] != self.room:
            return
        offset, (speaker, number) = got["offset"], got["text"].rsplit(" ", 1)
        if offset != self.offset + 1 or int(number) != self.of_speaker.get(speaker, 0):
            self.fault(f"'{got['text']}' at {offset} came after {self.offset}, and after "
                       f"{self.of_speaker.get(speaker, 0)} messages of {speaker}")
        self.offset = offset
        self.of_speaker[speaker] = int(number) + 1
        self.record.heard += 1

    def hear_answer(self, got):
        if got.get("ref") != f"m{self.said - 1}" or self.answered.is_set():
            return self.fault(f"got {got} after {self.said} messages")
        self.answered.set()

    def fault(self, words):
        self.record.fault(f"{self.name}: {words}")

    def count(self):
        """What to say next."""
        self.said += 1
        self.record.said += 1
        self.answered.clear()
        return f"{self.name} {self.said - 1}"

    async def say(self):
        text = self.count()
        self.send(type="message", room=self.room, text=text, ref=f"m{self.said - 1}",
                  id=f"{self.name}-{self.said}")
        await self.answered.wait()

    async def come_in(self):
        self.answered.set()
        self.send(type="login", user=self.name, join=False)
        self.send(type="join", room=self.room)
        await asyncio.wait_for(self.is_in.wait(), 30)
        return self

    async def check(self):
        """Nothing more to see at the end than what came."""


class Own(Person, asyncio.Protocol):
    """A client on a plain socket."""

    @classmethod
    async def enter(cls, record, name, room):
        person = cls(record, name, room)
        person.pending, person.has_head = bytearray(), False
        await asyncio.get_running_loop().create_connection(lambda: person, *ADDRESS)
        return await person.come_in()

    def connection_made(self, transport):
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: roost.v1\r\n\r\n".encode())

    def connection_lost(self, problem):
        self.fault(f"was disconnected: {problem}")

    def data_received(self, data):
        self.pending += data
        if not self.has_head:
            head, end, _ = self.pending.partition(b"\r\n\r\n")
            if not end:
                return
            if not head.startswith(b"HTTP/1.1 101 "):
                return self.fault(f"no WebSocket: {bytes(head)!r}")
            del self.pending[:len(head) + 4]
            self.has_head = True
        while frame := self.next_frame():
            opcode, payload = frame
            if opcode == 1:
                self.hear(payload)
            elif opcode == 9:
                self.send_frame(10, payload)
            else:
                self.fault(f"got a frame {opcode}: {payload!r}")

    def next_frame(self):
        pending = self.pending
        if len(pending) < 2:
            return None
        size, start = pending[1], 2
        if size >= 126:
            start = 4 if size == 126 else 10
            if len(pending) < start:
                return None
            size = int.from_bytes(pending[2:start], "big")
        if len(pending) < start + size:
            return None
        frame = pending[0] & 15, bytes(pending[start:start + size])
        del pending[:start + size]
        return frame

    def send_frame(self, opcode, payload):
        size = len(payload)
        head = bytes([0x80 | opcode, 0x80 | size]) if size < 126 else (
            bytes([0x80 | opcode, 0xFE]) + struct.pack(">H", size))
        self.transport.write(head + bytes(4) + payload)

    def send(self, **command):
        self.send_frame(1, json.dumps(command).encode())

    async def check(self):
        # Its end is no fault.
        self.connection_lost = lambda problem: None
        self.transport.abort()


class Library(Person):
    """A client of Python's websockets, with compression."""

    @classmethod
    async def enter(cls, record, name, room):
        person = cls(record, name, room)
        person.socket = await websockets.connect(
            "ws://{}:{}/chat".format(*ADDRESS), subprotocols=["roost.v1"], max_queue=None)
        person.reader = asyncio.create_task(person.read())
        return await person.come_in()

    async def read(self):
        try:
            async for text in self.socket:
                self.hear(text)
            self.fault(f"was closed with {self.socket.close_code}")
        except websockets.ConnectionClosed as problem:
            self.fault(f"was closed: {problem}")

    def send(self, **command):
        asyncio.create_task(self.socket.send(json.dumps(command)))

    async def check(self):
        self.reader.cancel()
        await self.socket.close()
