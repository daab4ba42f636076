"""A server that is killed at random moments, and started again at once."""

import asyncio
import tempfile

from keep_server import KeptServer
from keep_world import World

MODERATE = 0.6  # seconds that a process lives at most, once it listens


async def kill(options, flags=(), may_lose=False):
    """kill -9 while twenty people talk: nothing acknowledged or seen is lost."""
    with tempfile.TemporaryDirectory() as folder, KeptServer(
            options.command, folder, [*flags, *options.flag]) as server:
        await server.start()
        world = World(server, options.seed, may_lose)
        async with world:
            await world.all_are_there()
            for number in range(options.kills):
                await one_kill(world, server)
                if len(world.record.faults) >= 20:
                    break
            await world.all_are_there()
        status, said = server.history("check")
        if status != 0:
            world.record.fault(f"roost history check: {said}")
        return world.record


async def one_kill(world, server):
    """At a moment of one of four kinds; half of them are those at which somebody was just told
    that something is kept."""
    choice = world.random.random()
    died = asyncio.Event()

    def end():
        server.kill()
        died.set()

    if choice < 0.5:
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
        await asyncio.sleep(world.random.random() * MODERATE)
    if server.process is not None:
        end()
    if choice > 0.9:  # while it starts
        server.launch()
        await asyncio.sleep(world.random.random() * 0.15)
        end()
    await server.start()
    await world.try_name()


async def fast(options):
    """The same with --ack fast: what is lost is the newest, and nobody is told otherwise."""
    return await kill(options, ["--ack", "fast"], may_lose=True)
