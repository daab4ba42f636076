"""Disks that are full, read-only, locked, failing or slow while people talk."""

import asyncio
import contextlib
import errno
import sqlite3
import subprocess
import tempfile
import time

from keep_machine import Shim, file_system
from keep_outside import path
from keep_server import KeptServer
from keep_wire import SECONDS, Line, http
from keep_world import World
from wire import expect

FAILED, AGAIN = "Messages cannot be kept", "Messages are kept again."
RECOVERY_SECONDS = 5
BALLAST = 1 << 16


@contextlib.asynccontextmanager
async def talking(options, database=None, shim=False, flags=()):
    """A server with people who talk: (world, server, shim). The checks follow at the end."""
    with tempfile.TemporaryDirectory() as folder:
        shim = Shim(folder) if shim else None
        flags = [*flags, *options.flag]
        environment = shim.environment if shim else None
        with KeptServer(options.command, folder, flags, environment=environment) as server:
            if database:
                server.database = database
            await server.start()
            world = World(server, options.seed)
            async with world:
                await world.all_are_there()
                await world.talk(100)
                yield world, server, shim
                await world.talk(100)


async def still_working(world):
    """What has to go on while nothing can be kept: joins, presence, typing, pages, status."""
    ann, bob = [await Line.open(world.server.port) for _ in range(2)]

    async def until(line, what, **wanted):
        async def search():
            while True:
                got = await line.next()
                if all(got.get(key) == value for key, value in wanted.items()):
                    return got
        try:
            return await asyncio.wait_for(search(), SECONDS)
        except asyncio.TimeoutError:
            world.record.fault(f"while nothing is kept: no {what}")

    try:
        for line, name in ((ann, "watcher1"), (bob, "watcher2")):
            line.send(type="login", user=name, join=False)
            await until(line, "login", type="welcome")
            line.send(type="join", room="lobby")
            await until(line, "join", type="joined", room="lobby")
        await until(ann, "presence", type="presence", user="watcher2", event="join")
        bob.send(type="typing", room="lobby")
        await until(ann, "typing", type="typing", user="watcher2")
        bob.send(type="history", room="lobby", before=40, limit=10)
        await until(bob, "page", type="history")
        status, _ = await http(world.server.port, "GET", path("lobby") + "?before=30")
        if status != 200:
            world.record.fault(f"while nothing is kept: a page over HTTP is {status}")
    finally:
        ann.close()
        bob.close()


async def trouble(world, server, reason, end):
    """Messages are refused by now, or soon: what goes on meanwhile; then `end` mends it."""
    start = len(world.refusals)
    if not await world.until(lambda: len(world.refusals) > start + 5, "nothing is unavailable"):
        return
    await still_working(world)
    status = await asyncio.to_thread(server.status)
    if reason not in status:
        world.record.fault(f"status does not say {reason!r}:\n{status}")
    mended = time.monotonic()
    end()
    if await world.until(lambda: world.last_acknowledged > mended, "it does not recover"):
        took = world.last_acknowledged - mended
        world.record.counts["ms_to_recover"] = round(took * 1000)
        if took > RECOVERY_SECONDS:
            world.record.fault(f"it recovers after {took:.1f} s")
    await world.until(lambda: AGAIN in server.log.read_text(), "the journal has no recovery")
    log = server.log.read_text()
    if (log.count(FAILED), log.count(AGAIN)) != (1, 1):
        world.record.fault(f"the journal should say both once:\n{log[-1500:]}")


async def full(options):
    """A file system that is full, until somebody makes space."""
    with file_system("4m") as place:
        # Without it, the limit is a tenth of the file system.
        async with talking(
                options, place / "roost.db", flags=["--history-size", "1G"]) as (world, server, _):
            ballast = place / "ballast"
            with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
                while file.write(bytes(BALLAST)):
                    pass
            with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
                while file.write(bytes(1 << 12)):
                    pass
            await trouble(world, server, "(full)", ballast.unlink)
        return world.record


async def failing(options):
    """A device that reports errors for each write."""
    async with talking(options, shim=True) as (world, server, shim):
        shim.want(error=errno.EIO)
        await trouble(world, server, "(failing)", shim.want)
    return world.record


async def read_only(options):
    """A file system that becomes read-only; and a start on one."""
    async with talking(options, shim=True) as (world, server, shim):
        shim.want(error=errno.EROFS)
        await trouble(world, server, "(read-only)", shim.want)
    with file_system("16m") as place, tempfile.TemporaryDirectory() as folder, KeptServer(
            options.command, folder, options.flag) as server:
        server.database = place / "roost.db"
        await server.start()
        server.stop()
        subprocess.run(["mount", "-o", "remount,ro", place], check=True)
        said = await server.refused()
        expect("can't be written" in said, f"a start on a read-only file system: {said}")
        subprocess.run(["mount", "-o", "remount,rw", place], check=True)
        await server.start()
    return world.record


async def locked(options):
    """Another program that holds a lock of the database for three seconds."""
    async with talking(options) as (world, server, _):
        other = sqlite3.connect(server.database, isolation_level=None, timeout=30)
        other.execute("BEGIN EXCLUSIVE")

        def end():
            other.execute("ROLLBACK")
            other.close()

        start = time.monotonic()
        await world.until(lambda: time.monotonic() > start + 3, "three seconds", 30)
        await trouble(world, server, "(locked)", end)
    return world.record


async def slow(options):
    """Syncs that take a second: it is said, and nobody is refused or told something wrong."""
    async with talking(options, shim=True) as (world, server, shim):
        shim.want(sync_ms=1000)
        await world.until(
            lambda: "Messages wait for the disk" in server.log.read_text(), "nobody says it")
        await still_working(world)
        await world.talk(20)
        shim.want()
    if world.refusals:
        world.record.fault(f"refused for a second of delay: {world.refusals[0]}")
    return world.record
