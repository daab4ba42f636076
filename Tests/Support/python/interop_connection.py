"""Scenarios of the chat protocol: handshake, end, compression, and plain HTTP beside it."""

import json
import urllib.error
import urllib.request

from websockets.exceptions import InvalidStatus
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

import roost_server
from roost_server import Client, start_server


def handshake():
    """`/chat` and `/` upgrade, with the subprotocol and without; foreign pages do not."""
    with start_server() as server:
        for path, name in (("/chat", "ann"), ("/", "bob")):
            with Client(server, path) as client:
                assert client.socket.subprotocol == "roost.v1"
            with Client(server, path, subprotocols=None) as client:
                assert client.socket.subprotocol is None
                client.log_in(name)
        with Client(server, origin=server.page.rstrip("/")) as client:
            client.log_in("cy")
        for origin in ("https://evil.example", "null"):
            try:
                Client(server, origin=origin)
            except InvalidStatus as problem:
                assert problem.response.status_code == 403, problem
            else:
                raise AssertionError(f"{origin} was let in")


def closing():
    """Violations are closed with their code; a stop closes with 1001, and its status is 0."""
    with start_server() as server:
        for send, code in (
            (lambda socket: socket.send(b"binary"), 1003),
            (lambda socket: socket.send(b"\xff\xfe", text=True), 1007),
            (lambda socket: socket.send('"' + "x" * (65 << 10) + '"'), 1009),
        ):
            with Client(server) as client:
                send(client.socket)
                got, reason = client.closed()
                assert got == code, (code, got, reason)
                assert reason.strip(), code
        with Client(server) as client:
            client.log_in("ann")
            server.process.terminate()
            code, reason = client.closed()
            assert code == 1001 and reason.strip(), (code, reason)
        assert server.process.wait(roost_server.PATIENCE) == 0


def compression():
    """Compression: each kind of offer, a long conversation, and none if it is off."""
    offers = [
        dict(),
        dict(server_no_context_takeover=True, client_no_context_takeover=True),
        dict(server_max_window_bits=9, client_max_window_bits=9),
        dict(client_max_window_bits=None, compress_settings={"level": 9}),
        dict(client_no_context_takeover=True, compress_settings={"level": 0}),
    ]
    text = "naïve 🐓 " * 300
    for flags, kept in ((), None), (("--client-window", "15"), 15), (("--client-window", "9"), 9):
        with start_server("--rate-limit", "off", *flags) as server:
            for number, offer in enumerate(offers):
                extension = ClientPerMessageDeflateFactory(**offer)
                with Client(server, compression=None, extensions=[extension]) as client:
                    [agreed] = client.socket.protocol.extensions
                    assert agreed.remote_no_context_takeover
                    keeps = kept and not offer.get("client_no_context_takeover") and (
                        kept == 15 or offer.get("client_max_window_bits", True))
                    assert agreed.local_no_context_takeover != bool(keeps), (kept, offer)
                    client.log_in(f"user{number}")
                    for repeat in range(5):
                        client.say(f"{repeat} {text}")
                        assert client.wait_for("message")["text"] == f"{repeat} {text}"
    with start_server("--compression", "off") as server, Client(server) as client:
        assert client.socket.protocol.extensions == []
        client.log_in("ann")
        client.say(text)


def plain_http():
    """The page and the probes, beside the upgrade on the same port."""
    with start_server() as server:
        def get(path, **headers):
            request = urllib.request.Request(server.page.rstrip("/") + path, headers=headers)
            try:
                with urllib.request.urlopen(request, timeout=roost_server.PATIENCE) as response:
                    return response.status, response.headers, response.read()
            except urllib.error.HTTPError as problem:
                return problem.code, problem.headers, problem.read()

        status, headers, body = get("/")
        assert status == 200 and headers["Content-Type"].startswith("text/html"), headers
        assert b"<!doctype html>" in body.lower() and headers["X-Content-Type-Options"] == "nosniff"
        for path in ("/healthz", "/readyz"):
            status, headers, body = get(path)
            assert status == 200 and isinstance(json.loads(body), dict), (path, body)
        assert get("/nothing")[0] == 404
        assert get("/metrics")[0] == 404
        status, headers, body = get("/chat")
        assert 400 <= status < 500 and body.strip(), (status, body)
