"""Attacks over HTTP: on the public port and on the metrics' port. As in fair_attacks_chat.py."""

import os
import time

import fair_attacks_chat
import fair_wire as w
from wire import expect, reset

TOKENS = "a-secret-that-nobody-guesses"


def page(room, method="GET", query="limit=200", host="127.0.0.1"):
    return f"{method} /rooms/{room}/messages?{query} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


def pipelined(at, method):
    room = at.name("full")
    fair_attacks_chat.fill(at, room)
    burst = page(room, method) * (16_384 // len(page(room, method)))
    flood = w.Flood()
    for one in w.many(at.connections, lambda n: w.connect(at.port, at.address(n))):
        flood.add(one, burst, 0)
    yield
    flood.run(at.seconds)
    flood.close()
    return f"{flood.sent / 1000:,.0f} kB out, {flood.received / 1e6:,.1f} MB in"


def pipelined_heads(at):
    """46: pipelined HEADs of the largest page: much work for few bytes."""
    return (yield from pipelined(at, "HEAD"))


def pipelined_pages(at):
    """46: the same with GET."""
    return (yield from pipelined(at, "GET"))


def requests_then_reset(at):
    """53: as many requests as fit into a moment, and gone 3 ms later."""
    room = at.name("full")
    fair_attacks_chat.fill(at, room)
    burst = page(room, "HEAD") * 200
    yield
    end, count = time.monotonic() + at.seconds, 0
    while time.monotonic() < end:
        some = w.many(at.connections, lambda n: w.connect(at.port, at.address(n)), 0.5)
        for one in some:
            one.send(burst)
        time.sleep(0.003)
        for one in some:
            reset(one)
        count += len(some)
    return f"{count:,} connections"


def other_hosts(at):
    """52: requests for the host of somebody else's page, as DNS rebinding sends them."""
    yield
    evil = b"evil.example"
    asked = [page("lobby", host=evil.decode()), w.UPGRADE.replace(b"127.0.0.1", evil),
             b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"]
    got = [w.http(at.port, at.address(0), request)[0] for request in asked]
    with w.raw_socket(at.metrics_port) as one:
        one.sendall(b"GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n")
        got.append(int(one.recv(4096).split(b" ", 2)[1]))
    time.sleep(at.seconds)
    expect(got == [421] * 4, f"history, chat, page and metrics answered {got}")
    return "421 four times"


def idle_metrics(at):
    """54: idle connections to the metrics' port; status and metrics are asked meanwhile."""
    yield
    idle = [w.raw_socket(at.metrics_port) for _ in range(40)]
    time.sleep(at.seconds)
    for one in idle:
        one.close()
    return "40 connections"


def gone_polls(at):
    """56: long polls whose clients go: their descriptors are back within 2 s."""
    said = fair_attacks_chat.fill(at, at.name("poll"), 1)
    request = page(at.name("poll"), query=f"after={said}&wait=60")
    folder = f"/proc/{at.pid}/fd"
    yield
    end, worst, count = time.monotonic() + at.seconds, 0, 0
    while time.monotonic() < end:
        before = len(os.listdir(folder))
        some = w.many(at.connections, lambda n: w.connect(at.port, at.address(n)), 1)
        for one in some:
            one.sendall(request)
        time.sleep(0.2)
        for number, one in enumerate(some):
            reset(one) if number % 2 else one.close()
        start, count = time.monotonic(), count + len(some)
        while len(os.listdir(folder)) > before + 5 and time.monotonic() - start < 2:
            time.sleep(0.05)
        left = len(os.listdir(folder)) - before
        worst = max(worst, time.monotonic() - start)
        expect(left <= 5, f"{left} descriptors of {len(some)} are open 2 s later")
    return f"{count} polls, back after {worst:.2f} s"


def bodies_without_token(at):
    """57: a publisher without a token is answered before its body is sent."""
    head = (b"POST /rooms/lobby/messages HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            b"Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n")
    yield
    end, count = time.monotonic() + at.seconds, 0
    while time.monotonic() < end:
        try:
            status = w.http(at.port, at.address(0), head, seconds=1)[0]
        except TimeoutError:
            raise AssertionError("no answer before the body") from None
        expect(status in (401, 429), f"the answer is {status}")
        count += 1
        time.sleep(0.05)
    return f"{count} answers"


def token_guesses(at):
    """57: tokens are guessed, each on a connection of its own, since an answer ends it."""
    request = (b"POST /rooms/lobby/messages HTTP/1.1\r\nHost: 127.0.0.1\r\n"
               b"Authorization: Bearer %032d\r\nContent-Length: 12\r\n\r\n")
    yield
    end, count, last = time.monotonic() + at.seconds, 0, None
    while time.monotonic() < end:
        last, *_ = w.http(at.port, at.address(0), request % count)
        count += 1
        time.sleep(0.02)
    expect(last == 429, f"after {count:,} guesses the answer is {last}")
    return f"{count:,} guesses, then 429"
