#!/usr/bin/env python3
"""A server that cheats: it passes everything on to an honest one, but tampers with the messages
that come back.

    tamper.py PORT UPSTREAM MODE COUNTS

PORT is where it listens, UPSTREAM the honest server's port. Every third message that carries a
stamp of bench (`~`) is tampered with as MODE says, each time in another place; how many were is
written to the file COUNTS. Only messages and HTTP bodies from the server are touched.
"""

import asyncio
import errno
import os
import sys

import wire

EVERY = 3
MODES = {}


def mode(change):
    """`change(payload, n, opcode)` gives the messages that go out instead, for the n-th time."""
    MODES[change.__name__] = change
    return change


@mode
def honest(payload, n, opcode):
    return [(opcode, payload)]


@mode
def cut(payload, n, opcode):
    return [(opcode, payload[:n % len(payload)])]


@mode
def flip(payload, n, opcode):
    place = n * 7 % len(payload)
    return [(opcode, payload[:place] + bytes([payload[place] ^ 1]) + payload[place + 1:])]


@mode
def append(payload, n, opcode):
    return [(opcode, payload + b"abcdefgh"[:1 + n % 8])]


@mode
def opcode(payload, n, opcode):
    return [(3 - opcode, payload)]


@mode
def duplicate(payload, n, opcode):
    return [(opcode, payload)] * 2


@mode
def unasked(payload, n, opcode):
    return [(opcode, payload), (opcode, b"one more" if n % 2 else b'{"type":"news"}')]


@mode
def late(payload, n, opcode):
    return []  # it comes when all is over: see Tamperer.late


@mode
def chatty(payload, n, opcode):
    return [(opcode, payload)]  # it says more than a greeting: see Tamperer.response


@mode
def none(payload, n, opcode):
    return []


class Tamperer:
    def __init__(self, change, path):
        self.change = change
        self.file = os.open(path, os.O_CREAT | os.O_WRONLY)
        self.seen = self.count = 0
        self.late = []

    def counted(self):
        """The file has a whole number at any time: this program may be killed."""
        self.count += 1
        os.pwrite(self.file, str(self.count).encode(), 0)

    def messages(self, payload, opcode, writer):
        if b"~" not in payload:
            return [(opcode, payload)]
        self.seen += 1
        if self.seen % EVERY:
            return [(opcode, payload)]
        changed = self.change(payload, self.count, opcode)
        self.counted()
        if self.change is late:
            self.late.append((writer, wire.frame(opcode, payload, masked=False)))
        return changed

    async def serve(self, reader, writer, upstream):
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", upstream)
        except OSError:
            return writer.close()
        forward = asyncio.create_task(pass_on(reader, to_server))
        try:
            while await self.response(from_server, writer):
                pass
            while True:
                await self.one_frame(from_server, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            for own, frame in self.late:
                if own is writer and not own.is_closing():
                    own.write(frame)
            writer.close()
            await forward

    async def response(self, reader, writer):
        """Passes one HTTP response on; false if the connection is a WebSocket from here on."""
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"HTTP/1.1 101"):
            writer.write(head)
            if self.change is chatty:
                self.counted()
                writer.write(wire.frame(wire.TEXT, b"hello", masked=False) * 2)
            return False
        fields = {name.lower(): value.strip() for name, _, value in
                  (line.partition(b":") for line in head.split(b"\r\n")[1:])}
        body = await reader.readexactly(int(fields.get(b"content-length", b"0")))
        for _, body in self.messages(body, wire.TEXT, writer)[:1]:
            length = b"\r\nContent-Length: %d\r\n" % len(body)
            lines = [line for line in head.split(b"\r\n")[:-2]
                     if not line.lower().startswith(b"content-length")]
            writer.write(b"\r\n".join(lines) + length + b"\r\n" + body)
        return True

    async def one_frame(self, reader, writer):
        first, length = await reader.readexactly(2)
        if length >= 126:
            length = int.from_bytes(await reader.readexactly(2 if length == 126 else 8), "big")
        payload = await reader.readexactly(length)
        if first & 0xF not in (wire.TEXT, wire.BINARY):
            writer.write(wire.frame(first & 0xF, payload, masked=False))
            return
        for opcode, payload in self.messages(payload, first & 0xF, writer):
            writer.write(wire.frame(opcode, payload, masked=False))


async def pass_on(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


async def listen(serve, host, port):
    """The port was free when the load chose it; somebody's connection may have it for a moment."""
    for _ in range(100):
        try:
            return await asyncio.start_server(serve, host, port, backlog=1024)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            await asyncio.sleep(0.05)
    raise TimeoutError(f"port {port} stays in use")


async def main(port, upstream, name, path):
    tamperer = Tamperer(MODES[name], path)
    server = await listen(
        lambda r, w: tamperer.serve(r, w, int(upstream)), "127.0.0.1", int(port))
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
