"""A WebSocket client that can send anything: raw bytes out, frames and HTTP responses in."""

import os
import socket
import struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
SECONDS = 10
REQUEST = (b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
PREFIX = b"RECEIVED : "  # how the echo server answers text unless it is --verbatim
ACCEPT = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # the answer to that key, RFC 6455 §1.3


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def header(opcode, length, fin=True, masked=True, rsv=0):
    """A frame's first bytes, without the mask key; `length` may be any lie."""
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    bit = 0x80 if masked else 0
    if length < 126:
        return bytes([first, bit | length])
    if length < 65536:
        return struct.pack(">BBH", first, bit | 126, length)
    return struct.pack(">BBQ", first, bit | 127, length)


def frame(opcode, payload=b"", fin=True, masked=True, rsv=0):
    head = header(opcode, len(payload), fin, masked, rsv)
    if not masked:
        return head + payload
    key = os.urandom(4)
    repeated = (key * (len(payload) // 4 + 1))[:len(payload)]
    mixed = int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")
    return head + key + mixed.to_bytes(len(payload), "big")


def connect(port, seconds=SECONDS):
    s = socket.create_connection(("127.0.0.1", port), seconds)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def reset(s):
    """Ends it with an RST instead of a FIN."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


class Client:
    """One connection; `received` has the bytes that were not consumed yet. With a `context` of
    Python's ssl it speaks TLS."""

    def __init__(self, port, upgrade=True, seconds=SECONDS, context=None):
        self.socket = connect(port, seconds)
        if context:
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.received = b""
        if upgrade:
            self.socket.sendall(REQUEST)
            status, head = self.http_answer()
            if status != 101 or ACCEPT not in head:
                raise AssertionError(f"no handshake: {head!r}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *pieces):
        """Sends it all, or as much as the server takes before it ends the connection."""
        try:
            for piece in pieces:
                self.socket.sendall(piece)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def _more(self):
        try:
            more = self.socket.recv(65536)
        except ConnectionResetError:
            more = b""
        self.received += more
        return bool(more)

    def _take(self, count):
        while len(self.received) < count:
            if not self._more():
                return None
        taken, self.received = self.received[:count], self.received[count:]
        return taken

    def http_answer(self):
        """(status, head); (None, the received bytes) if the connection ends without one."""
        while b"\r\n\r\n" not in self.received:
            if not self._more():
                return None, self.received
        head, self.received = self.received.split(b"\r\n\r\n", 1)
        return int(head.split(b" ", 2)[1]), head

    def next_frame(self):
        """(opcode, payload), or None at the end of the stream."""
        start = self._take(2)
        if start is None:
            return None
        length = start[1] & 127
        if length >= 126:
            extended = self._take(2 if length == 126 else 8)
            if extended is None:
                return None
            length = int.from_bytes(extended, "big")
        payload = self._take(length)
        return None if payload is None else (start[0] & 15, payload)

    def closing(self):
        """Reads on until the server's close frame: (its code, the messages before it)."""
        before = []
        while (got := self.next_frame()) is not None:
            if got[0] == CLOSE:
                code = int.from_bytes(got[1][:2], "big") if len(got[1]) >= 2 else 1005
                return code, before
            before.append(got)
        return None, before

    def at_end(self):
        """Whether the server ends the connection without sending more."""
        return self._take(1) is None
