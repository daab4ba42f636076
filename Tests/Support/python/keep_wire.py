"""Chat connections and HTTP requests on asyncio, for clients whose server is killed under them."""

import asyncio
import json

from wire import CLOSE, PING, PONG, REQUEST, TEXT, frame

UPGRADE = REQUEST.replace(b"GET / ", b"GET /chat ")
SECONDS = 60  # a reply that takes longer never comes
Ended = (OSError, asyncio.IncompleteReadError, EOFError)


class Line:
    """One WebSocket: commands out, objects in."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.count = 0

    @classmethod
    async def open(cls, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(UPGRADE)
            head = await reader.readuntil(b"\r\n\r\n")
        except BaseException:
            writer.close()
            raise
        if not head.startswith(b"HTTP/1.1 101 "):
            writer.close()
            raise EOFError(f"no handshake: {head!r}")
        return cls(reader, writer)

    def send(self, **fields):
        """Sends a command; returns its `ref`."""
        self.count += 1
        ref = str(self.count)
        self.writer.write(frame(TEXT, json.dumps({"ref": ref, **fields}).encode()))
        return ref

    async def next(self):
        """The next object; pings are answered. Raises one of `Ended` at the end."""
        while True:
            start = await self.reader.readexactly(2)
            length = start[1] & 127
            if length >= 126:
                more = await self.reader.readexactly(2 if length == 126 else 8)
                length = int.from_bytes(more, "big")
            payload = await self.reader.readexactly(length)
            opcode = start[0] & 15
            if opcode == TEXT:
                return json.loads(payload)
            if opcode == PING:
                self.writer.write(frame(PONG, payload))
            if opcode == CLOSE:
                raise EOFError(payload[2:].decode())

    def close(self):
        self.writer.transport.abort()


async def http(port, method, path, body=None, token=None):
    """One request: its status, and its body as JSON if it is (else as text)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        data = b"" if body is None else json.dumps(body).encode()
        authorization = f"Authorization: Bearer {token}\r\n" if token else ""
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n{authorization}"
            f"Content-Length: {len(data)}\r\n\r\n".encode() + data)
        head, _, got = (await asyncio.wait_for(reader.read(), SECONDS)).partition(b"\r\n\r\n")
    finally:
        writer.transport.abort()
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    if len(got) != int(fields.get(b"content-length", -1)):
        raise EOFError("a part of an answer")
    is_json = fields.get(b"content-type", b"").startswith(b"application/json")
    return int(head.split(b" ", 2)[1]), json.loads(got) if is_json else got.decode()


async def events(port, path, last):
    """The events of a stream: (event, id, data), without end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        since = f"Last-Event-ID: {last}\r\n" if last else ""
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{since}\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise EOFError(f"no stream: {head!r}")
        chunked = b"transfer-encoding: chunked" in head.lower()
        text = b""
        while True:
            if chunked:
                size = int(await reader.readuntil(b"\r\n"), 16)
                text += (await reader.readexactly(size + 2))[:size]
                if size == 0:
                    raise EOFError("the stream has ended")
            else:
                text += await reader.readuntil(b"\n")
            while b"\n\n" in text:
                one, text = text.split(b"\n\n", 1)
                fields = dict(
                    line.split(b": ", 1) for line in one.split(b"\n") if b": " in line)
                yield (fields.get(b"event", b"message").decode(), fields.get(b"id", b"").decode(),
                       fields.get(b"data", b"").decode())
    finally:
        writer.transport.abort()
