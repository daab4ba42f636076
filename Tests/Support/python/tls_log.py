"""Scenarios of TLS: what the log of the chat says about handshakes that fail."""

import socket

from roost_server import until
from tls_openssl import Peer
from tls_server import Authority, chat, everything, plain

OLD = "-cipher", "ALL:@SECLEVEL=0"


def sentences():
    """Each handshake that fails has its sentence in the log, with the client's address."""
    authority, other = Authority(), Authority("Other")
    eve, late = other.sign("eve"), authority.sign("late", days=-1)

    def sends(data):
        def action(port):
            with plain(port) as connection:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
                everything(connection)
        return action

    def openssl(*flags, trusting=authority):
        def action(port):
            with Peer(trusting, port, *flags) as peer:
                until(lambda: peer.read() and peer.process.poll() is not None, "its end")
        return action

    def shows(pair):
        return openssl("-cert", pair[0], "-key", pair[1])

    cases = [
        (sends(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "This port speaks TLS: use https://"),
        # SSL 2: one with nothing in it, and one with a suite.
        (sends(b"\x80\x2e\x01\x03\x01" + bytes(43)), "The client's first bytes are no TLS."),
        (sends(b"\x80\x1c\x01\x03\x01\0\x03\0\0\0\x10\0\0\x2f" + bytes(16)), "is allowed here"),
        (sends(bytes(100)), "The client's first bytes are no TLS."),
        (sends(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"), "before the TLS handshake was over."),
        (openssl("-tls1_1", *OLD), "The peer speaks no version of TLS that is allowed here."),
        (openssl("-alpn", "h2"), "The client wants another protocol than HTTP/1.1 (ALPN)"),
        (openssl("-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256"),
         "The two ends have nothing in common to encrypt with"),
        (openssl(trusting=other), "The client refuses the server's certificate: unknown CA"),
        (openssl("-tls1_2", "-fallback_scsv"), "inappropriate fallback"),
    ]
    with chat(authority) as server:
        check(server, cases)
    cases = [
        (openssl(), "no certificate"), (shows(eve), "authority"), (shows(late), "expired"),
    ]
    with chat(authority, "--tls-client-ca", authority.path) as server:
        check(server, cases)


def check(server, cases):
    def refusals():
        """The whole lines about them."""
        return [line for line in server.said().decode().split("\n")[:-1] if "Refused" in line]

    for number, (action, words) in enumerate(cases):
        action(server.port)
        until(lambda: len(refusals()) > number, f"the line with “{words}”")
        line = refusals()[number]
        assert words in line and "127.0.0.1" in line and "peer-port=" in line, (words, line)
