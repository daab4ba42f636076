"""What is no TLS, or is damaged, or slow, for hostile_tls.py."""

import random
import re
import socket
import ssl

from tls_server import NAME, Authority, everything, plain
from wire import REQUEST, expect

HANDSHAKE_SECONDS, LATER = 10, 3
AUTHORITY = Authority()
CONTEXT = AUTHORITY.context()


def hello(context=CONTEXT):
    """The first bytes of a client, and the rest of its TLS."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname=NAME)
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read(), tls, incoming, outgoing


def ends(port, data, close=False):
    """Sends it: what comes, until the server ends the connection."""
    with plain(port) as connection:
        try:
            connection.sendall(data)
            if close:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        return everything(connection)


def long_hello(port):
    """500 hellos that are to have 128 KiB: each is refused at its header of nine bytes."""
    for header in b"\x16\x03\x01\x00\x04\x01\x02\x00\x00", hello()[0][:5] + b"\1\0\x40\1":
        for _ in range(250):
            found = ends(port, header)
            expect(found == b"\x15\x03\x03\x00\x02\x02\x2f", f"{header} gets {found}")
    return "500"


def garbage(port):
    """Bytes that are no TLS end in an alert, or in silence, or in a 400 for plain requests."""
    first = hello()[0]
    dice = random.Random(8446)
    pieces = [
        b"\x80\x2e\x01\x03\x01" + bytes(43), b"\x80\x2e\x01\x00\x02" + bytes(43), bytes(1000),
        b"\x16\x03\x01\xff\xff" + bytes(1000), b"\x16\x03\x01\x00\x00" * 100,
        b"\x17\x03\x03\x00\x20" + bytes(32), b"\x15\x03\x01\x00\x02\x02\x28",
        b"\x14\x03\x03\x00\x01\x01" * 100, b"\x18\x03\x03\x00\x03\x01\x40\x00", b"SSH-2.0-x\r\n",
        first[:5] + b"\x02" + first[6:], first[:9] + b"\x02\x00" + first[11:], first + first,
        first + bytes(100),
    ]
    pieces += [dice.randbytes(dice.randrange(5, 3000)) for _ in range(100)]
    for _ in range(200):
        broken = bytearray(first)
        for _ in range(dice.randrange(1, 4)):
            broken[dice.randrange(len(broken))] ^= 1 << dice.randrange(8)
        pieces.append(bytes(broken))
    for number, piece in enumerate(pieces):
        # A hello may still be good: then there is an answer, and the client's end.
        found = ends(port, piece, close=True)
        good = (b"", b"\x15", b"\x16", b"HTT")
        expect(found[:1] in good or found.startswith(b"HTTP/1.1 400 "), f"{number}: {found[:60]!r}")
    return f"{len(pieces)} kinds"


def old_versions(port):
    """Hellos of old versions get an alert: 70, protocol_version, from TLS 1.0 on; a needless
    fallback gets 86, inappropriate_fallback."""
    first = hello()[0]
    # legacy_version and no extensions. To a peer of SSL 3 libssl says 40, handshake_failure.
    for minor, alert in (0, 40), (1, 70), (2, 70):
        body = bytes([3, minor]) + bytes(32) + b"\0" + b"\0\x02\x00\x2f" + b"\x01\0"
        message = b"\x01" + len(body).to_bytes(3, "big") + body
        found = ends(port, b"\x16\x03\x01" + len(message).to_bytes(2, "big") + message)
        expect(found[:1] == b"\x15" and found[5:7] == bytes([2, alert]), f"3.{minor}: {found!r}")
    # TLS 1.2 with the mark of a client that fell back from a newer version (RFC 7507).
    context = AUTHORITY.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    first = hello(context)[0]
    place = 5 + 4 + 2 + 32
    place += 1 + first[place]
    changed = bytearray(first)
    changed[place + 2:place + 4] = b"\x56\x00"
    found = ends(port, bytes(changed))
    expect(found[:1] == b"\x15" and found[5:7] == b"\x02\x56", f"fallback: {found!r}")
    return "four of them"


def slow_hello(port):
    """A handshake byte by byte is served if it is fast enough in all."""
    first, tls, incoming, outgoing = hello()
    with plain(port) as connection:
        for byte in first:
            connection.sendall(bytes([byte]))
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                incoming.write(connection.recv(1))
        tls.write(REQUEST)
        for byte in outgoing.read():
            connection.sendall(bytes([byte]))
        found = b""
        while b"\r\n\r\n" not in found:
            try:
                found += tls.read()
            except ssl.SSLWantReadError:
                incoming.write(connection.recv(1))
        expect(found.startswith(b"HTTP/1.1 101 "), f"{found!r}")
    return f"{len(first)} bytes"


def damaged(port):
    """A record with a flipped bit ends its connection by the alert 20, bad_record_mac."""
    for place in 0, 1, 2, 3, 4, 5, 20, -1:
        first, tls, incoming, outgoing = hello()
        with plain(port) as connection:
            connection.sendall(first)
            while True:
                try:
                    tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    incoming.write(connection.recv(65536))
            connection.sendall(outgoing.read())
            tls.write(REQUEST)
            record = bytearray(outgoing.read())
            record[place] ^= 1 if place != 3 else 0x80
            connection.sendall(record)
            connection.shutdown(socket.SHUT_WR)
            incoming.write(everything(connection))
            incoming.write_eof()
            try:
                words = tls.read()
                expect(False, f"{place}: {words!r}")
            except ssl.SSLError as problem:
                # A length that is too short or too long leaves the end of the stream.
                expect(re.search("ALERT|alert|EOF", str(problem)), f"{place}: {problem}")
    return "8 places"
