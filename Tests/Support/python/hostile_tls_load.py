"""Many clients of a server's TLS at once, and clients that never read, for hostile_tls.py."""

import selectors
import socket
import ssl
import sys
import threading
import time

from hostile_tls_records import CONTEXT, HANDSHAKE_SECONDS, LATER, hello
from tls_server import plain
from wire import BINARY, PREFIX, TEXT, Client, expect, frame, reset

LONG = "--long" in sys.argv


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
        with Client(port, context=CONTEXT, seconds=30) as client:
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
            clients.append(Client(port, context=CONTEXT))
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
