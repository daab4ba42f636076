"""A server that is killed at random moments, and started again at once."""

import argparse
import asyncio
import sqlite3
import tempfile

from keep_record import Record
from keep_server import KeptServer
from keep_world import World

LONGEST = 0.6  # seconds that a process lives, once it listens, if nobody is acknowledged first


async def kill(options, flags=(), may_lose=False, locks=False):
    """kill -9 while twenty people talk: nothing acknowledged or seen is lost."""
    with tempfile.TemporaryDirectory() as folder, KeptServer(
            options.command, folder, [*flags, *options.flag]) as server:
        await server.start()
        world = World(server, options.seed, may_lose)
        async with world:
            await world.all_are_there()
            for number in range(options.kills):
                await one_kill(world, server, locks)
                if number % 100 == 99:
                    print(f"     {number + 1} kills", flush=True)
                if len(world.record.faults) >= 20:
                    break
            await world.all_are_there()
        status, said = server.history("check")
        if status != 0:
            world.record.fault(f"roost history check: {said}")
        return world.record


async def one_kill(world, server, locks):
    """At a moment of one of four kinds; half of them are those at which somebody was just told
    that something is kept."""
    choice = world.random.random()
    died = asyncio.Event()

    def end():
        server.kill()
        died.set()

    if locks and choice < 0.8:
        await lose_something(world, server)
    elif choice < 0.5:
        late = world.random.choice([0, 0, 0.002, 0.01])

        def at_acknowledgement():
            if late:
                asyncio.get_running_loop().call_later(late, end)
            else:
                end()

        world.at_acknowledgement = at_acknowledgement
        await world.until(died.is_set, "nobody was acknowledged")
        world.at_acknowledgement = None
    elif choice < 0.9:
        await asyncio.sleep(world.random.random() * LONGEST)
    if server.process is not None:
        end()
    if choice > 0.9:  # while it starts
        server.launch()
        await asyncio.sleep(world.random.random() * 0.15)
        end()
    await server.start()
    await world.try_name()


async def lose_something(world, server):
    """Kills it while another program has locked the database: what was acknowledged since, before
    the server noticed it, was never written."""
    lock = sqlite3.connect(server.database, isolation_level=None, timeout=30)
    lock.execute("BEGIN IMMEDIATE")
    before = len(world.refusals)
    await world.until(lambda: len(world.refusals) > before, "nobody notices the lock")
    server.kill()
    lock.close()


async def fast(options):
    """The same with --ack fast: what is lost is the newest, and clients learn it."""
    for number in range(5):
        # With few kills it may be that none of them comes at a bad moment.
        again = argparse.Namespace(**{**vars(options), "seed": options.seed + number})
        record = await kill(again, ["--ack", "fast"], may_lose=True, locks=True)
        if record.faults or record.counts["lost"]:
            return record
    record.fault("nothing was lost: the test tests nothing")
    return record


async def found_out(options):
    """A server that acknowledges before it keeps, and says that it does not: the checker tells."""
    for number in range(5):
        again = argparse.Namespace(
            **{**vars(options), "kills": min(options.kills, 5), "seed": options.seed + number})
        record = await kill(again, ["--ack", "fast"], locks=True)
        if record.faults and record.counts["lost"]:
            break
    result = Record()
    result.counts["found"] = record.counts["faults"]
    if not record.faults or not record.counts["lost"]:
        result.fault(f"the checker finds only {record.faults}")
    return result
