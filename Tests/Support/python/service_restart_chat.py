"""Restarts of the chat server as a service, while people talk."""

import asyncio
import os
import re
import signal
import tempfile
from pathlib import Path

from reload_scenes import talk_through
from roost_server import Client, until
from scenarios import arguments
from service_manager import Manager
from service_restart_scenes import without_state
from tls_server import path_of


class Chat(Manager):
    ready = b"http://127.0.0.1"
    restarted = 75

    def __init__(self, *flags, **options):
        self.state = tempfile.TemporaryDirectory(prefix="chat-")
        self.s = ""
        command = [str(path_of("roost")), "serve", "--rate-limit", "off",
                   "--control", os.path.join(self.state.name, "control.sock")]
        if "--history" not in flags:
            command += ["--history", os.path.join(self.state.name, "roost.db")]
        super().__init__([*command, *flags], **options)

    @property
    def chat(self):
        return f"ws://127.0.0.1:{self.port}/chat"

    def pauses(self):
        return [int(us) / 1000 for us in re.findall(rb"pause-us=(\d+)", self.said())]

    def restarts(self):
        """One restart after which everybody is still there."""
        count = self.said().count(b"event=taken-over")
        self.restart()
        self.wait_for(b"event=taken-over", count + 1)


def talk():
    """Twenty people talk while the chat is restarted: nothing is lost, doubled or reordered"""
    with Chat() as server:
        times = max(1, arguments.times // 2)
        texts = asyncio.run(talk_through(server, server.restarts, times))
        return f"{len(texts)} messages, pauses up to {max(server.pauses()):.0f} ms"


def talk_in_memory():
    """The same, with the messages in memory alone"""
    with Chat("--history", "memory") as server:
        asyncio.run(talk_through(server, server.restarts, max(1, arguments.times // 4)))


def another_place():
    """A new process that keeps messages elsewhere cannot go on: people come back, and are served"""
    with Chat() as server, Client(server) as ann:
        ann.log_in("ann")
        ann.say("before")
        place = server.command.index("--history") + 1
        server.command[place] += ".new"
        server.restart()
        assert ann.closed()[0] == 1012, "not 1012"
        with Client(server) as again:
            again.log_in("ann2")
            assert again.say("after") == 1, "it is the old place"
        said = server.said()
        assert b"event=kept-lost" in said and b"names another place" in said, said[-2000:]


def lost():
    """What was left is lost, and the chat begins with its database"""
    with Chat() as server, Client(server) as ann:
        ann.log_in("ann")
        ann.say("before")
        assert server.end() == server.restarted, server.said()
        server.change([without_state(messages) for messages in server.carriers()])
        server.start()
        with Client(server) as again:
            assert ann.closed()[0] == 1006, "it goes on"
            again.log_in("bob")
            page = again.ask(type="history", room="lobby", before=1 << 40)
            assert [m["text"] for m in page["messages"]] == ["before"], page


def stopped_meanwhile():
    """A stop that comes during a restart is a stop: clients get 1001, and the log says so"""
    with Chat() as server, Client(server) as ann:
        ann.log_in("ann")
        process = server.process
        process.send_signal(signal.SIGSTOP)
        stat = Path(f"/proc/{process.pid}/stat")
        until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T", "it stands still")
        # Both wait for it.
        for number in (signal.SIGUSR2, signal.SIGTERM, signal.SIGCONT):
            process.send_signal(number)
        assert ann.closed()[0] == 1001, "not 1001"
        assert process.wait(60) == 0, "not the status of a stop"
        said = server.said()
        assert b"event=stopping" in said and b"event=restarting" not in said, said[-2000:]


def bad_configuration():
    """A new process that cannot start ends the connections, and says what is wrong"""
    with Chat() as server, Client(server) as ann:
        ann.log_in("ann")
        assert server.end() == server.restarted, server.said()
        server.command.append("--no-such-flag")
        server.start(waits=False)
        server.wait_for(b"no-such-flag")
        assert ann.closed()[0] == 1006, "it was closed in another way"
        server.wait_until_empty()
