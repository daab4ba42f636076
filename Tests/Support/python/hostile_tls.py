#!/usr/bin/env python3
"""Attacks a server's TLS, and checks that each attack ends as documented.

    hostile_tls.py [--p99-ms N] [--attempts N] [--growth-mib N] [--json FILE] [--only CASE]
                   [--long] -- SERVER ...
    hostile_tls.py --list | --check

As hostile.py does for WebSockets, which has the options. The bystander speaks TLS. The server is
`echo-server` at its default limits; flags for its certificate are added. `--long` has all sizes.
"""

import random
import re
import selectors
import socket
import ssl
import sys
import threading
import time

import hostile
from server import Server
from tls_server import NAME, Authority, everything, plain, what_is_missing
from wire import BINARY, PREFIX, REQUEST, TEXT, Client, expect, frame, reset

HANDSHAKE_SECONDS, LATER = 10, 3
ALERT = 21
LONG = "--long" in sys.argv
AUTHORITY = Authority()


class Target(Server):
    ready = re.compile(rb"wss://[a-z0-9.]+:(\d+)")
    context = AUTHORITY.context()

    def __init__(self, command):
        chain, key = AUTHORITY.sign()
        super().__init__([*command, "--tls-certificate", chain, "--tls-key", key])


def hello(context=Target.context):
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
    """Hellos of old versions get an alert: 70, protocol_version, from TLS 1.0 on; a needless fallback
    gets 86, inappropriate_fallback."""
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


def cut_off(port):
    """2,000 connections that are reset at every place of the handshake."""
    first = hello()[0]
    for number in range(2000):
        connection = plain(port)
        connection.sendall(first[:number % (len(first) + 1)])
        if number % 3 == 0:
            reset(connection)
        else:
            connection.close()
    return "2,000"


def crowd(port):
    """Full handshakes of 500 clients at once: all are served."""
    count, finished, failed = 500, 0, []
    with selectors.DefaultSelector() as selector:
        for number in range(count):
            first, *state = hello()
            connection = plain(port)
            connection.sendall(first)
            connection.setblocking(False)
            selector.register(connection, selectors.EVENT_READ, state)
        started = time.monotonic()
        while selector.get_map():
            expect(time.monotonic() < started + 60, f"{finished} of {count} after a minute")
            for key, _ in selector.select(1):
                connection, (tls, incoming, outgoing) = key.fileobj, key.data
                try:
                    more = connection.recv(65536)
                    incoming.write(more)
                    tls.do_handshake()
                    finished += 1
                except ssl.SSLWantReadError:
                    if more:
                        continue
                    failed.append("ended")
                except OSError as problem:
                    failed.append(problem)
                if data := outgoing.read():
                    connection.sendall(data)
                selector.unregister(connection)
                connection.close()
    expect(not failed, f"{len(failed)}: {failed[:3]}")
    return f"{count} in {time.monotonic() - started:.1f} s"


def half_open(port):
    """10,000 ClientHellos at once from many addresses, and then silence: those beyond 1,024 are
    reset, the first first; then a client with good intentions is served as always."""
    count = 10_000 if LONG else 3_000
    first, connections = hello()[0], []
    try:
        for number in range(count):
            one = socket.socket()
            connections.append(one)
            one.bind((f"127.0.1.{number // 250 + 1}", 0))
            one.connect(("127.0.0.1", port))
            one.sendall(first)
        started = time.monotonic()
        with Client(port, context=Target.context, seconds=30) as client:
            client.send(frame(TEXT, b"x"))
            expect(client.next_frame() == (TEXT, PREFIX + b"x"), "no echo")
        took = time.monotonic() - started
        gone = 0
        for one in connections:
            one.settimeout(20)
            try:
                while one.recv(65536):
                    pass
                gone += 1
            except ConnectionResetError:
                gone += 1
            except TimeoutError:
                pass
        expect(gone == count, f"{count - gone} of {count} are still there after the deadline")
    finally:
        for one in connections:
            one.close()
    return f"{count:,}; another was served in {took * 1000:.0f} ms"


def never_reads(port):
    """20 clients that send and never read are not read either; all echoes come once they read."""
    clients, message = [], frame(BINARY, b"x" * 1000)
    try:
        for _ in range(20):
            clients.append(Client(port, context=Target.context))
            clients[-1].socket.setblocking(False)
        counts, idle_since = [0] * 20, time.monotonic()
        while time.monotonic() - idle_since < 1:  # until no client can send any more
            for i, client in enumerate(clients):
                try:
                    # A record that did not go out is what the next call sends, whatever it gets.
                    client.socket.send(message)
                    counts[i] += 1
                    idle_since = time.monotonic()
                except ssl.SSLWantWriteError:
                    pass
            expect(max(counts) < 200_000, "the server reads from clients that never read")
            time.sleep(0.001)
        for i, client in enumerate(clients):
            client.socket.settimeout(10)
            for number in range(counts[i]):
                got = client.next_frame()
                expect(got and got[1].endswith(b"x" * 1000), f"echo {number} of {counts[i]}")
    finally:
        for client in clients:
            client.socket.close()
    return f"paused after {max(counts):,} messages, all of them answered"


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


class HalfHellos(threading.Thread):
    """Half a ClientHello and silence, a byte of it now and then, and a handshake without its end:
    they end at the deadline. Runs beside the other cases, because it has to wait so long."""

    def __init__(self, port):
        super().__init__()
        self.port, self.problem = port, None
        self.start()

    def run(self):
        first = hello()[0]
        started, position = time.monotonic(), 1
        # The second gets more while it waits.
        waiting = [plain(self.port) for _ in range(4)]
        slow = waiting[1]
        for one, data in zip(waiting, (b"", first[:1], first[:len(first) // 2], first)):
            one.sendall(data)
            one.settimeout(0.25)
        while waiting and time.monotonic() < started + HANDSHAKE_SECONDS + LATER:
            for one in list(waiting):
                try:
                    if not one.recv(65536):
                        waiting.remove(one)
                except TimeoutError:
                    pass
                except ConnectionResetError:
                    waiting.remove(one)
            if slow in waiting:
                try:
                    slow.sendall(first[position:position + 1])
                    position += 1
                except OSError:
                    waiting.remove(slow)
        took = time.monotonic() - started
        for one in waiting:
            one.close()
        if waiting or took < HANDSHAKE_SECONDS - 1:
            self.problem = f"{len(waiting)} are left after {took:.1f} s"

    def finish(self):
        self.join()
        expect(not self.problem, self.problem)
        return "ended at the deadline"


CASES = [garbage, old_versions, slow_hello, cut_off, damaged, crowd, never_reads, half_open]


def attack(found):
    only = found.options.only
    half = HalfHellos(found.server.port)
    for case in CASES:
        if case is half_open:  # which would give them up earlier
            found.case("half_hellos", half.finish)
        if not only or case.__name__ in only:
            found.case(case.__name__, lambda: case(found.server.port))


def main():
    if "--check" in sys.argv and (missing := what_is_missing()):
        return print(missing)
    # What libssl holds for 1,024 handshakes is 48 MiB, and the connections beyond them have slots.
    options = hostile.parse(__doc__, CASES, growth_mib=120)
    hostile.run_attempts(options, lambda: Target(options.server), attack, AUTHORITY.path)


if __name__ == "__main__":
    main()
