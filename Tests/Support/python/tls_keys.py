"""Scenarios of TLS: what is left of private keys in a server's memory."""

import base64
import json
import os
import socket
from pathlib import Path

import server
from tls_server import Authority, Encrypted, path_of
from wire import expect


class Credited(Encrypted):
    """The chat with the credentials of a folder, as systemd gives them."""

    def __init__(self, folder, *words):
        server.Server.__init__(self, [
            "env", f"CREDENTIALS_DIRECTORY={folder}", str(path_of("roost")), "serve", "--port", "0",
            "--history", "memory", *words])


def memory():
    """Of the files of keys nothing is left after the start and after a reload that brings others:
    libcrypto has each key in a form of its own."""
    authority = Authority()
    folder = Path(authority.file("credentials"))
    folder.mkdir()
    control = authority.file("control")
    first = install(folder, authority.sign())
    with Credited(folder, "--control", control) as chat:
        # The certificate is no secret, and shows that this looks in the right place.
        first_line = Path(folder, "tls-key").read_text().split("\n")[0]
        expect(first_line.startswith("-----BEGIN"), first_line)
        expect(in_memory(chat, [str(folder).encode()]), "not even the folder's name is found")
        expect(not in_memory(chat, secrets(first)), "the first key is in the server's memory")
        if os.geteuid() != 0:
            return print("   only root gives a server files")
        for kind in "ec", "rsa":
            chain, key = (Path(path).read_bytes() for path in authority.sign(kind=kind))
            body = json.dumps({"files": {
                "tls-certificate": url(chain), "tls-key": url(key)}}, separators=(",", ":"))
            answer = ask(control, body)
            expect(answer.startswith("HTTP/1.1 200 "), answer)
            parts = secrets(key) + pieces(url(key).encode())
            left = in_memory(chat, parts)
            expect(not left, f"{len(left)} of {len(parts)} parts of the {kind} key are in memory")


def install(folder, pair):
    for path, name in zip(pair, ("tls-certificate", "tls-key")):
        Path(folder, name).write_bytes(Path(path).read_bytes())
    return Path(pair[1]).read_bytes()


def url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def secrets(key):
    """The lines of a key in PEM."""
    return [line for line in key.split(b"\n") if line and not line.startswith(b"-----")]


def pieces(text):
    """Its pieces of 48 bytes, but for the last."""
    return [text[start:start + 48] for start in range(0, len(text) - 48, 48)]


def in_memory(chat, parts):
    """Those of these bytes that are somewhere in a server's memory."""
    found = set()
    process = chat.process.pid
    with open(f"/proc/{process}/maps") as maps, open(f"/proc/{process}/mem", "rb") as memory:
        for line in maps:
            place, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            start, end = (int(number, 16) for number in place.split("-"))
            memory.seek(start)
            try:
                data = memory.read(end - start)
            except OSError:
                continue  # it was given back meanwhile
            found.update(part for part in parts if part in data)
    return found


def ask(control, body):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(control)
        connection.sendall(
            f"POST /reload HTTP/1.1\r\nHost: roost\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
        return answer.decode()
