"""Many clients at once that do allowed things, to check that the others do not notice."""

import time

from wire import BINARY, PREFIX, REQUEST, TEXT, Client, connect, expect, frame, reset


def never_reads(port):
    """20 clients that send and never read are not read either; all echoes come once they read."""
    clients, message, counts = [], frame(BINARY, b"x" * 1000), []
    try:
        for _ in range(20):
            client = Client(port)
            clients.append(client)
            client.socket.setblocking(False)
        sent = [0] * len(clients)
        stream = message * 64
        idle_since = time.monotonic()
        while time.monotonic() - idle_since < 1:  # until no client can send any more
            for i, client in enumerate(clients):
                try:
                    sent[i] += client.socket.send(memoryview(stream)[sent[i] % len(message):])
                    idle_since = time.monotonic()
                except BlockingIOError:
                    pass
            time.sleep(0.001)
            expect(max(sent) < 200 << 20, "the server reads from clients that never read")
        for i, client in enumerate(clients):
            counts.append(sent[i] // len(message))
            client.socket.settimeout(10)
            for number in range(counts[-1]):
                got = client.next_frame()
                expect(got and got[1].endswith(b"x" * 1000), f"echo {number} of {counts[-1]}")
    finally:
        for client in clients:
            client.socket.close()
    return f"paused after {max(counts):,} messages, all of them answered"


def reset_storm(port):
    """5,000 connections reset at every stage."""
    open_ones = []
    for i in range(5000):
        s = connect(port)
        if i % 4 == 1:
            s.sendall(REQUEST[:i % len(REQUEST)])
        elif i % 4 == 2:
            s.sendall(REQUEST)
        elif i % 4 == 3:
            s.sendall(REQUEST + frame(TEXT, b"hello") + frame(TEXT, b"x" * 1000)[:500])
        open_ones.append(s)
        if len(open_ones) == 50:
            for each in open_ones:
                reset(each)
            open_ones.clear()
    started = time.monotonic()
    with Client(port) as client:
        client.send(frame(TEXT, b"still there"))
        expect(client.next_frame() == (TEXT, PREFIX + b"still there"), "the echo after the storm")
    return f"an echo {(time.monotonic() - started) * 1000:.1f} ms later"


def single_bytes(port):
    """1,000 clients that send everything in segments of one byte are still served."""
    clients = []
    try:
        for number in range(1000):
            clients.append(Client(port, upgrade=False))
        sent = [REQUEST + frame(TEXT, b"client %d" % i) for i in range(len(clients))]
        for position in range(max(map(len, sent))):
            for client, whole in zip(clients, sent):
                if position < len(whole):
                    client.socket.send(whole[position:position + 1])
        for number, client in enumerate(clients):
            status, _ = client.http_answer()
            expect(status == 101, f"client {number}: {status}")
            got = client.next_frame()
            expect(got == (TEXT, PREFIX + b"client %d" % number), f"client {number}: {got}")
    finally:
        for client in clients:
            client.socket.close()
    return f"{sum(map(len, sent)):,} segments"
