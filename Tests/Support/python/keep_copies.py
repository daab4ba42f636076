"""Older databases and copies: a client that has more than they have learns it; a clock set back."""

import asyncio
import contextlib
import json
import shutil
import tempfile

from keep_machine import Shim
from keep_record import Record
from keep_server import KeptServer
from keep_wire import SECONDS, Line
from wire import expect


class Visitor:
    """One person on one connection, who speaks and asks in turn."""

    def __init__(self, server, name):
        self.server, self.name = server, name

    async def __aenter__(self):
        self.line = await Line.open(self.server.port)
        got = await self.ask(type="login", user=self.name, join=False)
        expect(got["type"] == "welcome", f"no login: {got}")
        self.rooms = {}
        return self

    async def __aexit__(self, *_):
        self.line.close()
        with contextlib.suppress(OSError):
            await self.line.writer.wait_closed()  # or an orderly stop waits for this connection

    async def ask(self, **fields):
        return await asyncio.wait_for(self.answer(self.line.send(**fields)), SECONDS)

    async def answer(self, ref):
        while (got := await self.line.next()).get("ref") != ref:
            pass
        return got

    async def join(self, room, place=None):
        since = {"since": {"epoch": place[0], "offset": place[1]}} if place else {}
        got = await self.ask(type="join", room=room, limit=200, more=True, **since)
        expect(got["type"] == "joined", f"no way in: {got}")
        self.rooms[room] = got
        return got

    async def say(self, room, *texts):
        """Says them, one behind the other: their places."""
        if room not in self.rooms:
            await self.join(room)
        refs = [self.line.send(type="message", room=room, text=text) for text in texts]
        places = []
        for ref in refs:
            got = await asyncio.wait_for(self.answer(ref), SECONDS)
            expect(got["type"] == "ok", f"not said: {got}")
            places.append((got["epoch"], got["offset"]))
        return places


async def say_some(server, name, count):
    """Somebody comes and says so much in the lobby: the places."""
    async with Visitor(server, name) as one:
        return await one.say("lobby", *(f"{name} {number}" for number in range(count)))


async def resumed(server, name, places, expected, record):
    """Resumes at each of the places; each has to be answered with what is expected of it."""
    async with Visitor(server, name) as one:
        for place, is_there in zip(places, expected):
            got = await one.join("lobby", place)
            record.counts["resumed"] += 1
            if got["recovered"] != is_there:
                record.fault(f"{name} at {place}: {json.dumps(got)[:300]}")
            if got["recovered"] and got["messages"] and (
                    got["messages"][0]["offset"] != place[1] + 1):
                record.fault(f"{name} at {place} gets {got['messages'][0]} first")
            record.page(got, "lobby", server.run)


async def backup_restored(options):
    """A backup of yesterday takes the database's place."""
    record = Record()
    with tempfile.TemporaryDirectory() as folder, KeptServer(
            options.command, folder, options.flag) as server:
        await server.start()
        before = await say_some(server, "ann", 30)
        status, said = server.history("backup", server.folder / "backup.db")
        expect(status == 0, f"no backup: {said}")
        after = await say_some(server, "bob", 30)
        server.stop()
        status, said = server.history("restore", server.folder / "backup.db")
        expect(status == 0, f"not restored: {said}")
        await server.start()
        places = [before[0], before[-1], after[0], after[-1]]
        await resumed(server, "eve", places, [True, True, False, False], record)
        # What is said now has the offsets of what is gone.
        again = await say_some(server, "zoe", 30)
        await resumed(server, "dan", [*places, again[3]], [True, True, False, False, True], record)
        if set(after) & set(again):
            record.fault("a place names two messages")
        server.kill()
        await server.start()
        await resumed(server, "kim", [*places, again[3]], [True, True, False, False, True], record)
    return record


async def copied(options):
    """A copy of the file serves beside the original, and clients move from one to the other; the
    copy is made once of a stopped server and once of a running one."""
    record = Record()
    for runs in (False, True):
        with tempfile.TemporaryDirectory() as folder, KeptServer(
                options.command, folder, options.flag) as one, KeptServer(
                options.command, folder, options.flag, name="copy") as other:
            await one.start()
            before = await say_some(one, "ann", 20)
            if runs:
                status, said = one.history("backup", other.database)
                expect(status == 0, f"no backup: {said}")
            else:
                one.stop()
                shutil.copy(one.database, other.database)
                await one.start()
            await other.start()
            mine = await say_some(one, "bob", 20)
            yours = await say_some(other, "bob", 20)
            if set(mine) & set(yours):
                record.fault("a place names two messages")
            await resumed(
                other, "eve", [before[3], mine[0], mine[-1], yours[0]],
                [True, False, False, True], record)
            await resumed(
                one, "dan", [before[3], yours[0], yours[-1], mine[0]],
                [True, False, False, True], Record())
    return record


async def clock_back(options):
    """The machine's clock is set back by a day, while the server is stopped and while it runs."""
    record = Record()
    with tempfile.TemporaryDirectory() as folder:
        shim = Shim(folder)
        with KeptServer(
                options.command, folder, options.flag, environment=shim.environment) as server:
            await server.start()
            places = await say_some(server, "ann", 10)
            shim.want(clock=-86_400)
            places += await say_some(server, "bob", 10)
            server.kill()
            shim.want(clock=-2 * 86_400)
            await server.start()
            places += await say_some(server, "zoe", 10)
            server.stop()
            await server.start()
            if len(set(places)) != 30 or [place[1] for place in places] != list(range(1, 31)):
                record.fault(f"places: {places}")
            await resumed(server, "eve", places[::3], [True] * 10, record)
            wrong = [(places[-1][0], 5), (places[0][0], 25), (places[-1][0], 31)]
            await resumed(server, "dan", wrong, [False] * 3, record)
    return record
