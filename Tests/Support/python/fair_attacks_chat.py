"""Attacks with the chat's own commands, all within its limits.

Each is a generator: it prepares until its `yield`, and then attacks for `at.seconds`. It returns a
note; an AssertionError says what the server did wrong.
"""

import itertools
import time

import fair_wire as w
from wire import CONTINUATION, PING, PONG, TEXT, expect, frame, reset

TEXT_LIMIT = 4_000
ROOMS = 64  # of one connection
BURST, PACE = 20, 0.2  # commands at once, and seconds between later ones


def escaped(room, character="\\u00e9"):
    """A message of the longest text, each character six bytes as written."""
    body = '{"type":"message","room":"%s","text":"%s"}' % (room, character * TEXT_LIMIT)
    squeeze = w.zlib.compressobj(9, w.zlib.DEFLATED, -15)
    return frame(TEXT, (squeeze.compress(body.encode()) + squeeze.flush(2))[:-4], rsv=4)


def line(at, number, compressed=True):
    """A connection that logs in: nobody waits for the answer."""
    one = w.Line(at.port, at.address(number), w.DEFLATE if compressed else w.UPGRADE)
    one.socket.sendall(w.command(type="login", user=at.name(number), join=False))
    return one


def lines(at, count=None, compressed=True):
    return w.many(count or at.connections, lambda n: line(at, n, compressed))


def fill(at, room, count=70):
    """A history of the longest texts, from a few speakers that then leave: the last offset."""
    for number in range(-(-count // (BURST - 2))):
        with w.Person(at.port, at.address(0), at.name(f"f{number}"), join=False) as one:
            one.join(room, limit=1)
            for _ in range(BURST - 3):
                got = one.ask(type="message", room=room, text="lorem ipsum " * (TEXT_LIMIT // 12))
                expect(got["type"] == "ok", f"the room is not filled: {got}")
    return got["offset"]


def pages(at, make, first=b""):
    flood = w.Flood()
    for one in lines(at):
        flood.add(one.socket, make, PACE, first=first + make * (BURST - 3))
    yield
    flood.run(at.seconds)
    note = f"{flood.sent / 1000:,.0f} kB out, {flood.received / 1e6:,.0f} MB in"
    flood.close()
    return note


def deflated_history(at):
    """47: pages of history, deflated in both directions, as often as the rate allows."""
    fill(at, at.name("full"))
    return (yield from pages(
        at, w.deflated(type="history", room=at.name("full"), before=1 << 40, limit=200),
        w.command(type="join", room=at.name("full"), limit=1)))


def deflated_joins(at):
    """47: the same by joining again and again."""
    fill(at, at.name("full"))
    return (yield from pages(at, w.deflated(type="join", room=at.name("full"), limit=200)))


def in_turn(parts, last=None):
    """Makes what a flood sends next: all parts over and over, or each once and then the last."""
    parts = iter(parts) if last else itertools.cycle(parts)
    return lambda: next(parts, last)


def rooms(at):
    """48: as many rooms as the connections may be in."""
    flood = w.Flood()
    for number, one in enumerate(lines(at, compressed=False)):
        own = [w.command(type="join", room=at.name(f"r{number}.{n}"), limit=1)
               for n in range(ROOMS)]
        flood.add(one.socket, in_turn(own[BURST - 2:], frame(PONG)), PACE,
                  first=b"".join(own[:BURST - 2]))
    yield
    flood.run(at.seconds)
    flood.close()
    return f"{flood.received / 1e6:,.1f} MB in"


def rooms_from_three(at):
    """48: from three addresses, which is enough for all places."""
    return (yield from rooms(at))


def stalled_members(at):
    """49: members of many rooms that never read but answer pings, while speakers fill the rooms."""
    flood, members = w.Flood(), at.connections // 16
    speakers = at.connections - members
    names = [at.name(f"s{number}") for number in range(members * ROOMS)]
    joins = [w.command(type="join", room=name, limit=1) for name in names]
    # What the members do not read is not compressed: it is not to fit into the kernel's buffers.
    for number, one in enumerate(w.many(
            at.connections, lambda n: line(at, n, compressed=n >= members))):
        if number < members:
            own = joins[number * ROOMS:(number + 1) * ROOMS]
            flood.add(one.socket, in_turn(own[BURST - 2:], frame(PONG)), PACE, reads=False,
                      first=b"".join(own[:BURST - 2]))
        else:
            own = range(number - members, len(names), speakers)
            turns = [escaped(names[room]) for room in own]
            flood.add(one.socket, in_turn(turns), PACE,
                      first=b"".join([*(joins[room] for room in own), *turns, *turns]))
    yield
    flood.run(at.seconds)
    flood.close()
    return f"{flood.sent / 1000:,.0f} kB out"


def washed_room(at):
    """50: a burst of escapes into the room of others, 1 kB deflated."""
    one = line(at, 0)
    one.socket.sendall(w.command(type="join", room=at.kept, limit=1))
    burst = escaped(at.kept) * (BURST - 3)
    yield
    one.socket.sendall(burst)
    time.sleep(at.seconds)
    one.socket.close()
    return f"{len(burst):,} bytes"


def washed_rooms(at):
    """50: so much into many rooms that the oldest of all histories go."""
    flood = w.Flood()
    for number, one in enumerate(lines(at)):
        names = [at.name(f"w{number}.{turn}") for turn in range(4)]
        joins = b"".join(w.command(type="join", room=name, limit=1) for name in names)
        turns = [escaped(name) for name in names]
        flood.add(one.socket, in_turn(turns), PACE, first=joins + b"".join(turns) * 3)
    yield
    flood.run(at.seconds)
    flood.close()
    return f"{flood.sent / 1000:,.0f} kB out"


def churn(at):
    """51: new names all the time, each held for an instant."""
    yield
    end, count, refused = time.monotonic() + at.seconds, 0, 0
    while time.monotonic() < end:
        try:
            w.Person(at.port, at.address(count), at.name(f"c{count}"), join=False).socket.close()
            count += 1
        except (AssertionError, OSError):
            refused += 1
            time.sleep(0.1 / len(at.addresses))
    return f"{count:,} names, {refused:,} refused"


def commands_then_reset(at):
    """53: a burst of expensive commands, and gone 3 ms later."""
    room = at.name("full")
    fill(at, room)
    burst = w.command(type="join", room=room, limit=200) + w.command(
        type="history", room=room, before=1 << 40, limit=200) * (BURST - 2)
    yield
    end, count = time.monotonic() + at.seconds, 0
    while time.monotonic() < end:
        for one in w.many(at.connections, lambda n: line(at, n), 0.5):
            one.socket.sendall(burst)
            time.sleep(0.003)
            reset(one.socket)
            count += 1
    return f"{count:,} times {len(burst):,} bytes"


def partial_messages(at):
    """57: messages that never end; the server ends them after 60 s."""
    flood = w.Flood()
    for one in lines(at, compressed=False):
        one.send(frame(TEXT, b'{"type":', fin=False), frame(PING, b"x"))
        flood.add(one.socket, frame(CONTINUATION, b" ", fin=False), 5)
    yield
    open_ones = len(flood.lines)
    flood.run(at.seconds)
    left = len(flood.lines)
    flood.close()
    expect(at.seconds < 70 or not left, f"{left} of {open_ones} are open after {at.seconds} s")
    return f"{left} of {open_ones} are open"


def large_refused(at):
    """57: the largest messages, 100 bytes each deflated, far above the rate."""
    body = b'{"type":"nothing","x":"' + b"a" * 65_500 + b'"}'
    squeeze = w.zlib.compressobj(9, w.zlib.DEFLATED, -15)
    message = frame(TEXT, (squeeze.compress(body) + squeeze.flush(2))[:-4], rsv=4)
    flood = w.Flood()
    for one in lines(at):
        flood.add(one.socket, message * 20, 0)
    yield

    def again():
        if len(flood.lines) < at.connections:
            for one in w.many(1, lambda n: line(at, f"{n}.{flood.ended}"), 0.1):
                flood.add(one.socket, message * 20, 0)

    flood.run(at.seconds, again)
    flood.close()
    return f"{flood.sent / len(message):,.0f} messages, {flood.sent / 1000:,.0f} kB"
