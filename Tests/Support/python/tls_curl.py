"""Scenarios of TLS with curl."""

import hashlib
import subprocess
from pathlib import Path

from server import Server
from tls_server import (
    NAME, SECONDS, Authority, answers, chat, echo, encrypted, everything, path_of, plain)
from wire import REQUEST, Client

BLOCK = bytes((i // 251 ^ i) & 255 for i in range(1_000_003))  # what the test server repeats


def curl(authority, port, *words, path="", scheme="https", name=NAME, status=0):
    """curl's output; its error output is in it too if the request is to fail."""
    errors = subprocess.PIPE if status == 0 else subprocess.STDOUT
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", str(2 * SECONDS), "--noproxy", "*",
         "--cacert", authority.path, "--resolve", f"{name}:{port}:127.0.0.1", *words,
         f"{scheme}://{name}:{port}/{path}"], stdout=subprocess.PIPE, stderr=errors)
    assert done.returncode == status, (done.returncode, done.stdout[-500:], done.stderr)
    return done.stdout


def requests():
    """The page comes over TLS 1.3 and 1.2, as HTTP/1.1 also where HTTP/2 is preferred, and many
    times on one connection."""
    authority = Authority()
    with chat(authority) as server:
        for version in ["--tlsv1.3"], ["--tls-max", "1.2"]:
            said = curl(authority, server.port, *version, "--http2", "--include", "--verbose",
                        "--write-out", "version %{http_version}", status=0)
            assert said.startswith(b"HTTP/1.1 200 ") and said.endswith(b"version 1.1"), said[:200]
        # curl expands this to 50 URLs, and asks for them on one connection.
        said = curl(authority, server.port, "--write-out", "made %{num_connects}\\n",
                    "--output", "/dev/null", path="?[1-50]")
        assert said.count(b"made 0") == 49, said
        unknown = Authority()
        assert b"unable to get local issuer" in curl(unknown, server.port, status=60)
        # A name that is not the certificate's.
        assert b"no alternative certificate subject name" in curl(
            authority, server.port, name="evil.example", status=60)


def wrong_port():
    """Plain http where TLS is spoken is answered in words; TLS where http is spoken ends at once,
    and in nothing that could be taken for TLS."""
    authority = Authority()
    with echo(authority) as server:
        said = curl(authority, server.port, "--include", scheme="http").decode()
        assert said.startswith("HTTP/1.1 400 "), said
        assert "This port speaks TLS: use https:// or wss:// in the address." in said, said
        said = curl(authority, server.port, "--include", "--data", "x" * 10_000, scheme="http")
        assert said.startswith(b"HTTP/1.1 400 "), said
        # A WebSocket client sees the same words.
        with Client(server.port, upgrade=False) as client:
            client.send(REQUEST)
            status, words = client.http_answer()
        assert status == 400, words
    with Server([str(path_of("echo-server")), "0"]) as server:
        assert b"SSL" in curl(authority, server.port, status=35)
        with plain(server.port) as connection:
            connection.sendall(bytes([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]) + bytes(506))
            assert not everything(connection).startswith(b"\x16"), "TLS on the plain port"


def downloads():
    """Long answers arrive whole, at full speed and at a slow client's."""
    authority = Authority()
    with answers(authority) as server:
        for version in "1.3", "1.2":
            for size, rate in (1, "1G"), (16_384, "1G"), (16_385, "1G"), (48 << 20, "1G"), (
                    6 << 20, "4M"):
                found = curl(authority, server.port, "--tls-max", version, "--limit-rate", rate,
                             path=f"bytes/{size}")
                whole = (BLOCK * (size // len(BLOCK) + 1))[:size]
                assert hashlib.sha256(found).digest() == hashlib.sha256(whole).digest(), (
                    version, size, len(found))


def uploads():
    """Long requests arrive whole."""
    authority, text = Authority(), "".join(f"{i:07} " for i in range(2_000_000))
    file = Path(authority.file("upload"))
    with answers(authority) as server:
        for version in "1.3", "1.2":
            for size in 1, 16_384, 16_385, 16_000_000:
                file.write_text(text[:size])
                found = curl(authority, server.port, "--tls-max", version, "--data-binary",
                             f"@{file}", "--header", "Expect:")
                assert found.decode() == text[:size], (version, size, len(found))
        # A body over the limit is refused in words, and not by a broken TLS.
        with encrypted(authority.context(), server.port) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\n"
                               b"Content-Length: 99999999\r\n\r\n")
            assert everything(connection).startswith(b"HTTP/1.1 413 ")
