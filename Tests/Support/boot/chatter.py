"""A chatter for the boot test: plain sockets, nothing but the standard library."""
import base64
import json
import os
import socket
import struct


class Chatter:
    """A WebSocket to the server, from the handshake on. Every wait ends after ten seconds."""

    def __init__(self, address=("127.0.0.1", 8080), handshake=True):
        self.socket = socket.create_connection(address, timeout=10)
        self.pending = b""
        if handshake:
            self.shake_hands()

    def shake_hands(self):
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /chat HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: roost.v1\r\n\r\n".encode())
        while b"\r\n\r\n" not in self.pending:
            self.receive()
        head, self.pending = self.pending.split(b"\r\n\r\n", 1)
        if not head.startswith(b"HTTP/1.1 101 "):
            raise AssertionError(f"no WebSocket: {head.splitlines()[0]}")

    def receive(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError("the server closed the connection")
        self.pending += data

    def frame(self):
        """The next frame: opcode and payload."""
        while True:
            if len(self.pending) >= 2:
                size, start = self.pending[1], 2
                if size == 126 and len(self.pending) >= 4:
                    size, start = struct.unpack(">H", self.pending[2:4])[0], 4
                elif size == 127 and len(self.pending) >= 10:
                    size, start = struct.unpack(">Q", self.pending[2:10])[0], 10
                elif size >= 126:
                    size = 1 << 62
                if len(self.pending) >= start + size:
                    frame = self.pending[0] & 15, self.pending[start:start + size]
                    self.pending = self.pending[start + size:]
                    return frame
            self.receive()

    def send_frame(self, opcode, payload):
        size = len(payload)
        head = bytes([0x80 | opcode, 0x80 | size]) if size < 126 else (
            bytes([0x80 | opcode, 0xFE]) + struct.pack(">H", size))
        self.socket.sendall(head + b"\0\0\0\0" + payload)

    def say(self, **command):
        self.send_frame(1, json.dumps(command).encode())

    def hear(self, kind):
        """The next message of this type; others are skipped."""
        while True:
            opcode, payload = self.frame()
            if opcode == 9:
                self.send_frame(10, payload)
            elif opcode == 8:
                raise AssertionError(f"closed: {payload!r} instead of '{kind}'")
            elif opcode == 1 and json.loads(payload)["type"] == kind:
                return json.loads(payload)

    def enter(self, name, room):
        self.say(type="login", user=name)
        self.hear("welcome")
        self.say(type="join", room=room)
        self.hear("joined")
        return self

    def close_code(self):
        """Waits for the server's Close, and answers it."""
        while True:
            opcode, payload = self.frame()
            if opcode == 9:
                self.send_frame(10, payload)
            if opcode == 8:
                self.send_frame(8, payload[:2])
                return struct.unpack(">H", payload[:2])[0]

    def leave(self, code=1000):
        self.send_frame(8, struct.pack(">H", code))
        self.close_code_or_end()

    def close_code_or_end(self):
        try:
            self.close_code()
        except (EOFError, OSError):
            pass


def get(path, address=("127.0.0.1", 8080)):
    """Status and body of a GET. The address may be the path of a local socket."""
    return ask("GET", path, address, b"")


def post(path, address, body=b""):
    """Status and body of a POST."""
    return ask("POST", path, address, body)


def ask(method, path, address, body):
    if isinstance(address, str):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(10)
        connection.connect(address)
    else:
        connection = socket.create_connection(address, timeout=10)
    connection.sendall(
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
    answer = b""
    while data := connection.recv(65536):
        answer += data
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body
