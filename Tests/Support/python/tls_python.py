"""Scenarios of TLS with Python's ssl, and its websockets."""

import itertools
import os
import random
import socket
import ssl

from roost_server import until
from scenarios import arguments
from tls_server import NAME, SECONDS, Authority, echo, encrypted, everything, plain
from websockets.sync.client import connect
from wire import CLOSE, REQUEST, TEXT, Client, frame, reset

SHORT = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def version_1_2(context):
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


def web_sockets():
    """Messages of all sizes, with and without compression, over both versions, to several
    connections at once."""
    authority = Authority()
    with echo(authority, "--verbatim") as server:
        for context in authority.context(), version_1_2(authority.context()):
            for compression in "deflate", None:
                options = {"ssl": context, "server_hostname": NAME, "compression": compression,
                           "max_size": None, "ping_interval": None}
                sockets = [connect(f"wss://127.0.0.1:{server.port}/", **options)
                           for _ in range(5)]
                for size in 0, 1, 125, 126, 16_000, 16_383, 16_384, 16_385, 65_536, 1_500_000:
                    data = os.urandom(size)
                    for one in sockets:
                        one.send(data)
                    for one in sockets:
                        assert one.recv(SECONDS) == data, size
                for one in sockets:
                    one.ping().wait(SECONDS)
                    one.close()
                    assert one.close_code == 1000


class Cut:
    """A client that decides in which pieces its bytes arrive at the server."""

    def __init__(self, context, port, cuts):
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname=NAME)
        self.socket = plain(port)
        self.cuts, self.position = cuts, 0
        self.line = (b" 0100007F:%04X 0100007F:%04X " %
                     (port, self.socket.getsockname()[1]))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        reset(self.socket)  # so that it is not in that list for a minute more

    def _has_read(self):
        """Whether the server has received all that has been sent: proc(5), /proc/net/tcp."""
        with open("/proc/net/tcp", "rb") as file:
            for line in file:
                if self.line in line:
                    return line.split()[4].endswith(b":00000000")
        return True

    def flush(self):
        data = self.outgoing.read()
        while data:
            cut = next((c for c in self.cuts if c > self.position), None)
            piece = data[:cut - self.position] if cut else data
            self.socket.sendall(piece)
            self.position += len(piece)
            data = data[len(piece):]
            while self.position == cut and not self._has_read():
                pass

    def run(self, action):
        while True:
            try:
                result = action()
                self.flush()
                return result
            except ssl.SSLWantReadError:
                self.flush()
                more = self.socket.recv(65536)
                assert more, "the server has ended the connection"
                self.incoming.write(more)

    def exchange(self):
        """A handshake, an upgrade and two messages; the count of bytes that were sent."""
        self.run(self.tls.do_handshake)
        self.run(lambda: self.tls.write(REQUEST))
        self.run(lambda: self.tls.write(frame(TEXT, b"one") + frame(TEXT, b"two")))
        found = b""
        while not found.endswith(b"two"):
            found += self.run(lambda: self.tls.read(65536))
        assert found.startswith(b"HTTP/1.1 101 ") and b"RECEIVED : one" in found, found
        return self.position


def contexts(authority):
    return authority.context(), version_1_2(authority.context())


def cut_everywhere():
    """All bytes of the client in two pieces, cut at each place, or at an eighth of them."""
    authority = Authority()
    with echo(authority, "--no-limits") as server:
        for context in contexts(authority):
            with Cut(context, server.port, []) as whole:
                count = whole.exchange()
            for cut in range(1, count) if arguments.long else cuts_of_an_eighth(count):
                with Cut(context, server.port, [cut]) as client:
                    client.exchange()


def cuts_of_an_eighth(count):
    return range(random.randrange(1, 9), count, 8)


def small_pieces():
    """All bytes of the client in pieces of one to five."""
    authority = Authority()
    # Each piece waits until the server has read the last one.
    with echo(authority, "--handshake-timeout", "120") as server:
        for context in contexts(authority):
            cuts = itertools.accumulate(random.choices(range(1, 6), k=1000))
            with Cut(context, server.port, list(cuts)) as client:
                client.exchange()


def closing():
    """Every end of a connection says so in TLS first, and a client's end is answered; a client that
    leaves without a word leaves nothing behind."""
    authority = Authority()
    with echo(authority) as server:
        for context in contexts(authority):
            # Python raises SSLEOFError for an end without close_notify.
            with encrypted(context, server.port) as connection:
                connection.sendall(SHORT)
                assert everything(connection).startswith(b"HTTP/1.1 426 ")
            with encrypted(context, server.port) as connection:
                client = Client.__new__(Client)
                client.socket, client.received = connection, b""
                client.send(REQUEST + frame(TEXT, b"x") + frame(CLOSE, b"\x03\xe8"))
                assert client.http_answer()[0] == 101
                assert client.closing() == (1000, [(TEXT, b"RECEIVED : x")])
                assert client.at_end()
            # The client ends its TLS first.
            with encrypted(context, server.port) as connection:
                connection.unwrap().close()
            for end in socket.SHUT_WR, None:
                connection = encrypted(context, server.port)
                connection.sendall(REQUEST)
                assert connection.recv(12) == b"HTTP/1.1 101"
                if end is not None:
                    # Without close_notify; what comes then is an end in any case.
                    socket.socket.shutdown(connection, end)
                    everything(connection)
                connection.close()
        descriptors = f"/proc/{server.process.pid}/fd"
        with encrypted(context, server.port) as connection:
            until(lambda: sockets_in(descriptors) <= 2, "the connections to be freed")


def sockets_in(folder):
    """The TCP connections of a process, with its one listening socket."""
    found = 0
    for name in os.listdir(folder):
        try:
            found += os.readlink(f"{folder}/{name}").startswith("socket:")
        except FileNotFoundError:
            pass
    return found
