"""Reloads that change settings, and failed ones, after which the server serves on as before."""

import stat
import tempfile
from pathlib import Path

from reload_server import Client, Replaceable, still_talks, until


def settings():
    """What a reload can change at once it does in the same program; for the rest another begins"""
    with Replaceable() as server, Client(server) as client:
        client.log_in("ann")
        server.configuration.write_text("rate-limit = off\nrooms = 50\n")
        assert "changes to rooms apply" in server.reload()
        assert server.event_count("taken-over") == 0
        server.configuration.write_text("rate-limit = off\nrooms = 50\nack = fast\n")
        words = server.reload()
        assert "has taken over" in words and "changes to ack apply" in words, words
        assert server.event_count("taken-over") == 1, server.words()
        still_talks(server, client, "ack")
        server.configuration.write_text(
            "rate-limit = off\nrooms = 50\nack = fast\nmetrics = 127.0.0.1:9\n")
        assert "A restart is needed for metrics" in server.reload()
        assert server.event_count("taken-over") == 1, server.words()
        assert "taken over from itself" in server.reload("--restart-in-place")
        assert "can take over" in server.run("check-handover")[1]
        still_talks(server, client, "asked")


def bad_settings():
    """A configuration that the installed program refuses: the reason, and nobody is disconnected"""
    with Replaceable() as server, Client(server) as client:
        client.log_in("ann")
        server.configuration.write_text("rate-limit = off\nacks = fast\n")
        server.fails("reload", because="There is no setting 'acks'")
        server.replace()
        server.fails("reload", because="There is no setting 'acks'")
        server.fails("check-handover", because="There is no setting 'acks'")
        still_talks(server, client, "before")
        assert server.event_count("reload-failed") == 2, server.words()
        server.configuration.write_text("rate-limit = off\nack = fast\n")
        assert "has taken over" in server.reload()
        still_talks(server, client, "after")


def bad_programs():
    """A program that refuses, that is another one, or that cannot be run does not take over"""
    with Replaceable() as server, Client(server) as client:
        client.log_in("ann")
        node = server.node
        for script, because in [
                ("#!/bin/sh\necho 'No library found.' >&2\nexit 127\n", "No library found."),
                ("#!/bin/sh\nexit 0\n", "it is another program"),
                ("#!/bin/sh\nkill -SEGV $$\n", "ended by signal 11"),
                ("#!/does/not/exist\n", "no such file")]:
            server.replace_by_script(script)
            server.fails("reload", because=because)
            still_talks(server, client, because[:8].strip())
        server.program.chmod(0)
        server.fails("reload", "--restart-in-place", because="run")
        # A file that was cut short, as after a full disk.
        with tempfile.TemporaryDirectory() as folder:
            half = Path(folder, "half")
            half.write_bytes(Path(server.original).read_bytes()[:100_000])
            half.chmod(stat.S_IRWXU)
            server.replace(half)
            server.fails("reload", because="")
        assert server.node == node
        still_talks(server, client, "at last")
        server.replace()
        assert "has taken over" in server.reload()
        still_talks(server, client, "again")


def second_reload():
    """A second reload within the first is refused, and the first goes on"""
    with Replaceable() as server, Client(server) as client:
        client.log_in("ann")
        # It takes over once the test lets it.
        gate = server.configuration.with_name("gate")
        server.replace_by_script(
            f"#!/bin/sh\nuntil [ -e '{gate}' ]; do sleep 0.02; done\n"
            f"exec '{server.original}' \"$@\"\n")
        first = server.begin("reload")
        until(lambda: server.event_count("control-action") == 1, "the first reload")
        server.fails("reload", because="Another reload is under way")
        server.fails("check-handover", because="A reload is under way")
        still_talks(server, client, "meanwhile")
        gate.touch()
        words, _ = first.communicate(timeout=60)
        assert first.returncode == 0 and "has taken over" in words, words
        still_talks(server, client, "afterwards")


def other_history():
    """Another place for messages needs a restart: the reason, and nobody is disconnected"""
    with Replaceable() as server, Client(server) as client:
        client.log_in("ann")
        client.say("kept")
        # On the command line it would override the file, so the state is refused by a program
        # with other flags.
        server.replace_by_script(
            f"#!/bin/sh\nexec '{server.original}' \"$@\" --history memory\n")
        server.fails("reload", because="that needs a restart")
        still_talks(server, client, "still")
