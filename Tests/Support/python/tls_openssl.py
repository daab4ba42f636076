"""Scenarios of TLS with `openssl s_client`."""

import contextlib
import os
import re
import signal
import subprocess
from pathlib import Path

from roost_server import until
from tls_server import NAME, SECONDS, Authority, answers, chat, echo
from wire import REQUEST, TEXT, frame

PLAIN_REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
UPGRADED = b"HTTP/1.1 101 "


class Peer:
    """s_client on a connection that stays open: what is written to it is encrypted."""

    def __init__(self, authority, port, *flags, commands=False):
        quiet = [] if commands else ["-nocommands"]
        self.process = subprocess.Popen(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", NAME,
             "-CAfile", authority.path, "-verify_return_error", *quiet, *flags],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.words = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def send(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def read(self):
        self.words += self.process.stdout.read() or b""
        return self.words

    def wait_for(self, part, count=1):
        until(lambda: self.read().count(part) >= count or self.process.poll() is not None,
              f"{part}, not {self.words}")
        found = self.read()
        assert found.count(part) >= count, found.decode(errors="replace")
        return found

    def end(self):
        self.process.stdin.close()
        until(lambda: self.read() is None or self.process.poll() is not None, "the end", SECONDS)
        return self.read()


def asked(authority, port, *flags, request=PLAIN_REQUEST, answer=b"HTTP/1.1 426 "):
    """One request and its answer: what s_client says of the connection."""
    with Peer(authority, port, *flags) as peer:
        peer.send(request)
        peer.wait_for(answer)
        return peer.read().decode(errors="replace")


def session_in(authority, port, version, file):
    """Saves a session; the ticket of TLS 1.3 comes before the answer."""
    asked(authority, port, version, "-sess_out", file)
    assert Path(file).exists(), "no ticket came"


def resumed(authority, port, version, file):
    said = asked(authority, port, version, "-sess_in", file)
    found = re.findall(r"^(New|Reused), TLSv1", said, re.MULTILINE)
    assert found, said
    return found[0] == "Reused"


def versions():
    """TLS 1.3 with each suite, TLS 1.2, keys of both kinds; older versions are refused in words."""
    authority = Authority()
    for pair in authority.sign(), authority.sign(kind="rsa:2048"):
        with echo(authority, pair=pair) as server:
            for flags in (
                    ["-tls1_3"], ["-tls1_2"],
                    ["-ciphersuites", "TLS_AES_256_GCM_SHA384"],
                    ["-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"],
                    ["-tls1_2", "-cipher", "ECDHE+CHACHA20"], ["-groups", "P-384"]):
                said = asked(authority, server.port, *flags, request=REQUEST + frame(TEXT, b"x"),
                             answer=b"RECEIVED : x")
                assert "Verify return code: 0 (ok)" in said, said
            with Peer(authority, server.port, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0") as peer:
                assert b"alert protocol version" in peer.end(), peer.words
    with echo(authority, "--tls-minimum-version", "1.3") as server:
        with Peer(authority, server.port, "-tls1_2") as peer:
            assert b"alert protocol version" in peer.end(), peer.words


def resumption():
    """A second connection resumes the session of the first, and gets tickets of its own."""
    authority = Authority()
    with echo(authority) as server:
        for version in "-tls1_3", "-tls1_2":
            file = authority.file("session")
            session_in(authority, server.port, version, file)
            assert resumed(authority, server.port, version, file)
            # The resumed connection has given another ticket.
            asked(authority, server.port, version, "-sess_in", file, "-sess_out", file)
            assert resumed(authority, server.port, version, file)
            Path(file).unlink()


def restart():
    """Sessions are resumed after a restart with the same ticket keys, or with one of them second,
    and not with others."""
    authority, pair = Authority(), None
    pair = authority.sign()
    old, new = os.urandom(80), os.urandom(80)
    keys, file = Path(authority.file("tickets")), authority.file("session")
    for version in "-tls1_3", "-tls1_2":
        for before, after, wanted in (old, old, True), (old, new + old, True), (old, new, False):
            keys.write_bytes(before)
            with echo(authority, "--tls-ticket-keys", keys, pair=pair) as server:
                session_in(authority, server.port, version, file)
            keys.write_bytes(after)
            with echo(authority, "--tls-ticket-keys", keys, pair=pair) as server:
                assert resumed(authority, server.port, version, file) == wanted, (version, wanted)


def exchange():
    """A reload takes another certificate: open connections go on, new ones get it, sessions of
    before are resumed, and a bad file changes nothing."""
    authority = Authority()
    chain, key = authority.sign("localhost")
    for version in "-tls1_3", "-tls1_2":
        keys, file = Path(authority.file("tickets")), authority.file("session")
        keys.write_bytes(os.urandom(80))
        control = authority.file("control")
        with chat(authority, "--tls-ticket-keys", keys, "--control", control,
                  pair=(chain, key)) as server:
            request = PLAIN_REQUEST
            with Peer(authority, server.port, version, "-sess_out", file) as peer:
                peer.send(request)
                peer.wait_for(b"</html>")
                serial = serial_of(peer.words)
                other = authority.sign("localhost")
                for source, target in zip(other, (chain, key)):
                    os.replace(source, target)
                server.process.send_signal(signal.SIGHUP)
                until(lambda: serial_at(authority, server.port, version) != serial,
                      "the other certificate")
                peer.send(request)
                peer.wait_for(b"</html>", 2)
            said = asked(authority, server.port, version, "-sess_in", file, answer=b"</html>")
            assert "Reused, TLSv1" in said, said
            now, good = serial_at(authority, server.port, version), Path(chain).read_bytes()
            Path(chain).write_text("no certificate")
            server.process.send_signal(signal.SIGHUP)
            until(lambda: chain.encode() in server.said(), "the sentence about the bad file")
            assert serial_at(authority, server.port, version) == now
            Path(chain).write_bytes(good)


def serial_of(words):
    pem = re.search(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", words, re.S)[0]
    return subprocess.run(["openssl", "x509", "-noout", "-serial"], input=pem,
                          capture_output=True).stdout


def serial_at(authority, port, version):
    with Peer(authority, port, version) as peer:
        return serial_of(peer.end())


def key_updates():
    """Keys are changed in both directions, again and again, between messages."""
    authority = Authority()
    with echo(authority) as server, Peer(
            authority, server.port, "-tls1_3", commands=True) as peer:
        peer.send(b"GET / HTTP/1.1\nHost: localhost\n\n".replace(b"\n", b"\r\n"))
        peer.wait_for(b"HTTP/1.1 426 ")
        for number in range(2, 12):
            peer.send(b"K\n" if number % 2 else b"k\n")
            peer.wait_for(b"KEYUPDATE", number - 1)
            peer.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            peer.wait_for(b"HTTP/1.1 426 ", number)


def renegotiation():
    """A client of TLS 1.2 that asks for new handshakes gets none, and its connection goes on or
    ends; others do not notice."""
    authority = Authority()
    with echo(authority) as server:
        with Peer(authority, server.port, "-tls1_2", commands=True) as peer:
            peer.send(PLAIN_REQUEST)
            peer.wait_for(b"HTTP/1.1 426 ")
            peer.send(b"R\n")
            peer.wait_for(b"RENEGOTIATING")
            until(lambda: peer.read() and peer.process.poll() is not None, "its end")
            assert b"no renegotiation" in peer.read(), peer.words
        asked(authority, server.port, "-tls1_2")


def client_certificates():
    """The name in a client's certificate reaches the program, also when a session is resumed;
    clients with none, or with one of another authority, or with one out of date are refused."""
    authority, other = Authority(), Authority("Other")
    required = ["--tls-client-ca", authority.path]
    good, bad, late = authority.sign("ann"), other.sign("eve"), authority.sign("old", days=-1)
    for version in "-tls1_3", "-tls1_2":
        file = authority.file("session")
        show = [version, "-cert", good[0], "-key", good[1]]
        with answers(authority, authority.path) as server:
            with Peer(authority, server.port, *show, "-sess_out", file) as peer:
                peer.send(REQUEST)
                peer.wait_for(b"X-Name: ann")
            said = asked(authority, server.port, *show, "-sess_in", file, request=REQUEST,
                         answer=b"X-Name: ann")
            assert "Reused, TLSv1" in said, said
            asked(authority, server.port, version, request=REQUEST, answer=b"X-Name: nobody")
        with echo(authority, *required) as server:
            asked(authority, server.port, *show)
            for pair, alert in (
                    (None, rb"alert (handshake failure|certificate required)"),
                    (bad, rb"alert unknown ca"), (late, rb"alert certificate expired")):
                flags = ["-cert", pair[0], "-key", pair[1]] if pair else []
                with Peer(authority, server.port, version, *flags) as peer:
                    # It may have been turned away by now.
                    with contextlib.suppress(BrokenPipeError):
                        peer.send(PLAIN_REQUEST)
                    until(lambda: peer.read() and peer.process.poll() is not None, "its end")
                    assert re.search(alert, peer.read()), (version, alert, peer.words)
