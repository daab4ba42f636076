"""The program is replaced while the database is at work: what was acknowledged is there, once."""

import asyncio
import contextlib
import json
import subprocess
import tempfile
from pathlib import Path

from keep_machine import Shim
from reload_scenes import talk_through
from reload_server import Client, Replaceable, until

FOREVER = 600_000  # milliseconds


@contextlib.contextmanager
def with_disk(*flags):
    """A server, and the shim that delays what it writes."""
    with tempfile.TemporaryDirectory() as folder:
        shim = Shim(folder)
        with Replaceable(*flags, environment=shim.environment) as server:
            yield server, shim


def stored(server, room="lobby"):
    """The texts of a room in the database, in their order."""
    exported = subprocess.run(
        [server.original, "history", "export", "--database", Path(server.folder.name, "roost.db")],
        capture_output=True, text=True, check=True)
    lines = map(json.loads, exported.stdout.splitlines())
    return [line["text"] for line in lines if line["room"] == room]


def taken_over(reload):
    words, _ = reload.communicate(timeout=60)
    assert reload.returncode == 0 and "has taken over" in words, words


def commit_begins(ann, shim, text):
    """Somebody says something, and the disk takes its time."""
    shim.want(sync_ms=FOREVER)
    ann.send(type="message", text=text, ref=text, id=text)


def serves_on(server, bob, reload):
    """Commands that need no disk are answered in the meantime, for longer than a few attempts."""
    for _ in range(10):
        assert bob.ask(type="who", room="lobby")["count"] == 2
        assert not bob.pushes, bob.pushes
    assert reload.poll() is None, "it is over"


def slow_commit():
    """A commit that takes longer than the loop may stand still puts the hand-over off, before the
    check and behind it; then it happens"""
    with with_disk() as (server, shim), Client(server) as ann, Client(server) as bob:
        ann.log_in("ann")
        bob.log_in("bob")
        bob.ask(type="who", room="lobby")
        bob.pushes.clear()
        # Before the check.
        commit_begins(ann, shim, "one")
        server.replace()
        reload = server.begin("reload")
        until(lambda: server.event_count("control-action") == 1, "the first reload")
        serves_on(server, bob, reload)
        shim.want()
        taken_over(reload)
        assert ann.wait_for("ok", ref="one")["offset"] == 1
        assert bob.wait_for("message", text="one")
        # While the program checks, which is before it takes over.
        gate = server.configuration.with_name("gate")
        server.replace_by_script(
            f"#!/bin/sh\ntouch '{gate}.begun'\nuntil [ -e '{gate}' ]; do sleep 0.02; done\n"
            f"exec '{server.original}' \"$@\"\n")
        reload = server.begin("reload")
        until(gate.with_name("gate.begun").exists, "the check")
        commit_begins(ann, shim, "two")
        gate.touch()
        serves_on(server, bob, reload)
        shim.want()
        taken_over(reload)
        assert ann.wait_for("ok", ref="two")["offset"] == 2
        assert bob.wait_for("message", text="two")
        assert stored(server) == ["one", "two"]


def stuck_commit():
    """A commit that does not end fails the reload, with the reason; the old program serves on"""
    with with_disk() as (server, shim), Client(server) as ann:
        ann.log_in("ann")
        commit_begins(ann, shim, "one")
        server.replace()
        server.fails("reload", because="has not come to rest within 2.0 seconds")
        shim.want()
        assert ann.wait_for("ok", ref="one")["offset"] == 1
        assert "has taken over" in server.reload()
        assert ann.say("two") == 2
        assert stored(server) == ["one", "two"]


def commits_under_way():
    """People talk while the disk is slow: what was acknowledged is stored, and an ID counts once"""
    # Milliseconds of a commit: beyond what the loop stands still for at first, and within it.
    for acknowledgement, milliseconds, takeovers in (("durable", 40, 2), ("fast", 8, 1)):
        flags = ("--ack", acknowledgement)
        with with_disk(*flags) as (server, shim), Client(server) as ann:
            ann.log_in("ann", join=False)
            assert ann.ask(type="join", room="garden")["type"] == "joined"
            shim.want(sync_ms=milliseconds)
            times = 0

            def again():
                # As a client says it again that has got no answer.
                nonlocal times
                times += 1
                message = dict(type="message", room="garden", text=str(times), id=str(times))
                ann.send(**message, ref=f"first{times}")
                server.replace()
                assert "has taken over" in server.reload()
                assert ann.ask(**message)["offset"] == times
                assert ann.wait_for("ok", ref=f"first{times}")["offset"] == times

            texts = asyncio.run(talk_through(server, again, takeovers))
            assert stored(server) == texts, "other things are stored than were heard"
            assert stored(server, "garden") == [str(n + 1) for n in range(times)]
