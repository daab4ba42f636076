"""People who talk while the chat server's program is replaced, and what they must not notice."""

import asyncio
import json
import socket
import threading

import websockets

from reload_server import Client, Replaceable, still_talks
from roost_server import refused
from scenarios import arguments

PEOPLE = 20


class Talker:
    """Says one thing after the other, each when the last was acknowledged, and notes all."""

    def __init__(self, name):
        self.name = name
        self.said, self.answers, self.heard = 0, [], []
        self.stops = False

    async def open(self, server):
        self.socket = await websockets.connect(
            server.chat, subprotocols=["roost.v1"], max_queue=None, ping_interval=None)
        await self.send(type="login", user=self.name)
        while not await self.hear("joined"):
            pass

    async def send(self, **command):
        await self.socket.send(json.dumps(command))

    async def hear(self, wanted):
        """Notes the next object; whether it is of the wanted type."""
        got = json.loads(await self.socket.recv())
        if got["type"] == "message":
            self.heard.append((got["offset"], got["text"]))
        elif got["type"] == "ok":
            self.answers.append(got["ref"])
        else:
            assert got["type"] in ("welcome", "joined", "presence"), got
        return got["type"] == wanted

    async def talk(self):
        while not self.stops:
            number = str(self.said)
            await self.send(type="message", text=f"{self.name} {number}", ref=number,
                            id=f"{self.name}-{number}")
            self.said += 1
            while not await self.hear("ok"):
                pass


async def talk_through(server, again, times):
    """People talk while `again` replaces the program; what they have said, in order."""
    people = [Talker(f"person{number}") for number in range(PEOPLE)]
    for person in people:
        await person.open(server)
    # The presence of those who came later, and nothing else, is still to be read.
    tasks = [asyncio.create_task(person.talk()) for person in people]
    for _ in range(times):
        await asyncio.to_thread(again)
    for person in people:
        person.stops = True
    async with asyncio.timeout(60):
        await asyncio.gather(*tasks)
        total = sum(person.said for person in people)
        for person in people:
            while len(person.heard) < total:
                await person.hear("message")
    first = people[0].heard
    assert [offset for offset, _ in first] == list(range(1, total + 1)), "a gap, or disorder"
    for person in people:
        assert person.heard == first, f"{person.name} has heard something else"
        assert person.answers == [str(number) for number in range(person.said)], person.answers
        own = [text for _, text in first if text.startswith(f"{person.name} ")]
        expected = [f"{person.name} {number}" for number in range(person.said)]
        assert own == expected, f"lost, doubled or reordered of {person.name}"
        await person.socket.close()
    return [text for _, text in first]


def talk_through_programs(server, times):
    def again():
        server.replace()
        words = server.reload()
        assert "has taken over" in words and server.is_new(), words

    asyncio.run(talk_through(server, again, times))
    assert server.event_count("taken-over") == times, server.words()
    assert server.event_count("started") == 1, server.words()


def talk():
    """Twenty people talk while the program is replaced: nothing is lost, doubled or reordered"""
    with Replaceable() as server:
        talk_through_programs(server, arguments.times)


def talk_in_memory():
    """The same, with the messages in memory alone"""
    with Replaceable("--history", "memory") as server:
        talk_through_programs(server, max(1, arguments.times // 4))


def state():
    """Names, sessions, accounts, bans, hooks, ends and the times of connections go along"""
    with Replaceable("--moderator", "ann") as server:
        with Client(server) as ann, Client(server) as bob:
            ann.log_in("ann")
            account = ann.ask(type="account", password="correct horse")
            session = bob.log_in("bob")["session"]
            ann.say("before")
            assert account["type"] != "error", account
            assert server.run("mute", "bob", "--reason", "a test")[0] == 0
            status, hook = server.run("hook", "add", "lobby", "--name", "builder")
            assert status == 0, hook
            with Client(server) as gone:
                gone.log_in("gone")
            for number in range(2):
                server.replace()
                server.reload()
                still_talks(server, ann, f"after {number}")
                assert ann.ask(type="topic", text=f"topic {number}")["type"] == "ok"
                bob.send(type="message", text="muted", ref=f"m{number}")
                refused(bob.wait_for("error", ref=f"m{number}"), "forbidden")
                with Client(server) as again:
                    welcome = again.log_in("bob", session=session)
                    assert welcome["user"] == "bob", welcome
                with Client(server) as thief:
                    taken = thief.ask(type="login", user="bob")
                    assert taken["type"] == "error", taken
                page = bob.ask(type="history", room="lobby", before=1 << 40)
                assert page["messages"][0]["text"] == "before", page
        for command, words in [
                (("bans",), "bob"), (("hook", "list"), "builder"), (("account", "list"), "ann"),
                (("why", "gone"), "gone")]:
            status, said = server.run(*command)
            assert status == 0 and words in said, f"{command}: {said}"


def password():
    """A password that is being hashed when the program is replaced still counts"""
    with Replaceable() as server:
        people = [Client(server) for _ in range(4)]
        for number, person in enumerate(people):
            person.log_in(f"person{number}")
            person.send(type="account", password="correct horse", ref="a")
        server.replace()
        server.reload()
        for number, person in enumerate(people):
            answer = person.wait_for("ok", ref="a")
            assert answer["type"] != "error", answer
            person.send(type="logout", ref="b")
            person.stack.close()
        with Client(server) as again:
            welcome = again.log_in("person3", password="correct horse")
            assert welcome["account"] is True, welcome


def upload():
    """A request whose body is under way gets its answer, and what it says is there once"""
    with Replaceable() as server:
        tokens = server.configuration.with_name("tokens")
        tokens.touch(mode=0o600)
        tokens.write_text("secret-secret-secret-secret-secret\n")
        server.configuration.write_text(f"rate-limit = off\npublish-token-file = {tokens}\n")
        server.reload()
        body = json.dumps({"text": "posted", "id": "1"}).encode()
        head = (f"POST /rooms/lobby/messages HTTP/1.1\r\nHost: localhost\r\n"
                f"Authorization: Bearer secret-secret-secret-secret-secret\r\n"
                f"Content-Length: {len(body)}\r\n\r\n").encode()
        with Client(server) as reader, socket.create_connection(
                ("127.0.0.1", server.port), 60) as connection:
            reader.log_in("reader")
            connection.sendall(head + body[:5])
            server.replace()
            said = []
            reloading = threading.Thread(target=lambda: said.append(server.reload()))
            reloading.start()
            connection.sendall(body[5:])
            answer = connection.recv(4096)
            reloading.join()
            assert b" 201 " in answer or b" 200 " in answer, answer
            assert reader.wait_for("message", text="posted")
            page = reader.ask(type="history", room="lobby", before=1 << 40)
            assert [m["text"] for m in page["messages"]].count("posted") == 1, page
