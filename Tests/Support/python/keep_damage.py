"""Databases that are damaged while the server is stopped, or come from a newer one."""

import os
import signal
import sqlite3
import tempfile

from keep_copies import Visitor
from keep_outside import everything
from keep_record import Record
from keep_server import KeptServer
from keep_world import World
from wire import expect

PAGE = 4096


async def corrupt(options):
    """A page of messages is overwritten: the rest can be read, and it is said what to do. Without
    the first page the server does not start."""
    record = Record()
    with tempfile.TemporaryDirectory() as folder, KeptServer(
            options.command, folder, options.flag) as server:
        await server.start()
        async with Visitor(server, "ann") as ann:
            # More than the memory has.
            await ann.say("lobby", *(f"{number} " + "long " * 60 for number in range(1500)))
            await ann.say("Kitchen", "untouched")
        server.stop()
        whole = server.database.read_bytes()
        damaged = bytearray(whole)
        page = leaf_of_old_messages(server.database)
        damaged[page * PAGE:(page + 1) * PAGE] = os.urandom(PAGE)
        server.database.write_bytes(damaged)
        status, said = server.history("check")
        expect(status == 1 and said.strip(), f"check finds nothing: {status} {said}")
        await server.start()
        async with Visitor(server, "bob") as bob:
            await bob.join("lobby")
            newest = await bob.ask(type="history", room="lobby", before=1500, limit=10)
            expect(len(newest.get("messages", [])) == 10, f"the newest can't be read: {newest}")
            oldest = await bob.ask(type="history", room="lobby", after=0, limit=200)
            record.counts["unreadable"] = oldest.get("code") == "unavailable"
            expect(oldest.get("code") == "unavailable" or oldest["messages"],
                   f"damage is answered with {oldest}")
            await bob.say("Kitchen", "one more")
        server.stop()
        server.database.write_bytes(os.urandom(PAGE) + whole[PAGE:])
        said = await server.refused()
        expect(str(server.database) in said and "estore" in said, f"it says only: {said}")
        server.database.write_bytes(whole)
        await server.start()
        final = await everything(server, ["lobby"], record)
        expect(len(final["lobby"]) == 1500, "the whole file has not everything")
    return record


def leaf_of_old_messages(database):
    """The number of a page, from 0, with some of the oldest messages."""
    with open(database, "rb") as file:
        data = file.read()
    pages = [at // PAGE for at in range(0, len(data), PAGE)
             if data[at] == 13 and b"20 long long" in data[at:at + PAGE]]
    expect(pages, "no page has the 20th message")
    return pages[0]


async def newer(options):
    """A schema that this version does not know is refused with a sentence, and not touched."""
    with tempfile.TemporaryDirectory() as folder, KeptServer(
            options.command, folder, options.flag) as server:
        await server.start()
        server.stop()
        other = sqlite3.connect(server.database)
        other.execute("PRAGMA user_version = 999")
        other.close()
        before = server.database.read_bytes()
        said = await server.refused()
        expect("newer version of roost" in said, f"it says only: {said}")
        expect(server.database.read_bytes() == before, "the file was changed")
    return Record()


async def half_wal(options):
    """The write-ahead log ends in the middle, as if the disk had lost the rest: what is before it
    is there, and `recovered` is false for all who have more."""
    records = [await cut_log(options, options.seed + number) for number in range(3)]
    for record in records[1:]:
        records[0].faults += record.faults
        for what, count in record.counts.items():
            records[0].counts[what] += count
    if not records[0].counts["lost"]:
        records[0].fault("nothing was lost: the test tests nothing")
    return records[0]


async def cut_log(options, seed):
    with tempfile.TemporaryDirectory() as folder, KeptServer(
            options.command, folder, options.flag) as server:
        await server.start()
        world = World(server, seed, may_lose=True)
        async with world:
            await world.all_are_there()
            await world.talk(60)
            server.kill(signal.SIGKILL)
            log = server.database.with_name(server.database.name + "-wal")
            os.truncate(log, int(log.stat().st_size * world.random.uniform(0.3, 1)))
            await server.start()
            await world.talk(60)
        status, said = server.history("check")
        expect(status == 0, f"roost history check: {said}")
    return world.record
