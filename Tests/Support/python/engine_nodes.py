"""Several servers that share their rooms through one Redis, and the people on them."""

import json
import os
import re
import socket
import subprocess
import threading
import time

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

import server
from redis_scenes import PATIENCE, Redis
from scenarios import arguments
from wire import expect

# Heartbeats, and what counts as silence, are five times shorter than usual.
os.environ["ROOST_TEST_ENGINE_HURRY"] = "5"


def until(condition, what, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not (value := condition()):
        expect(time.monotonic() < end, f"waited {seconds:.0f} s for {what}")
        time.sleep(0.02)
    return value


class Node(server.Server):
    ready = re.compile(rb"http://127\.0\.0\.1:(\d+)")


class Chat:
    """A Redis, or an address that leads to one, the key for tokens, and the nodes."""

    def __init__(self, *options, through=None):
        self.redis = Redis(*options)
        self.through = through
        self.nodes = []

    def __enter__(self):
        self.redis.start()
        folder = self.redis.folder.name
        self.key = os.path.join(folder, "auth-key")
        self.run("token", "--new-key", self.key)
        return self

    def __exit__(self, *_):
        for node in self.nodes:
            node.stop()
        self.redis.__exit__()

    def run(self, *command):
        return subprocess.run(
            [*arguments.command, *command], check=True, capture_output=True, text=True).stdout

    def token(self, name):
        return self.run("token", name, "--key", self.key).strip()

    def node(self, *flags):
        url = self.through or f"unix://{self.redis.path}"
        name = f"node{len(self.nodes)}"
        made = Node(
            [*arguments.command, "serve", "--port", "0", "--engine", url, "--auth", "token",
             "--auth-key", self.key, "--rate-limit", "off", "--log", "text",
             "--control", os.path.join(self.redis.folder.name, f"{name}.sock"), *flags])
        made.control = os.path.join(self.redis.folder.name, f"{name}.sock")
        self.nodes.append(made)
        return made


def status(node, path="/readyz"):
    """The status of an answer to GET."""
    with socket.create_connection(("127.0.0.1", node.port), PATIENCE) as client:
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        client.sendall(head.encode())
        return int(client.recv(4096).split()[1])


class Person:
    """Somebody in one room. `entries` are (offset, epoch, text) as they were shown; `resets` counts
    the times that somebody who was there had to begin anew."""

    def __init__(self, chat, name, node, room="lobby"):
        self.token = chat.token(name)
        self.name, self.room = name, room
        self.session = None
        self.entries, self.place = [], None
        self.events, self.members = [], set()
        self.resets, self.count = 0, 0
        self.close_code = None
        self.enter(node)

    def enter(self, node):
        """Comes, or comes back. Returns the answer to `join`."""
        self.line = connect(f"ws://127.0.0.1:{node.port}/chat", open_timeout=PATIENCE)
        self.replies, self.changed = {}, threading.Condition()
        self.close_code = None
        threading.Thread(target=self._receive, args=(self.line,), daemon=True).start()
        session = {"session": self.session} if self.session else {}
        self.session = self.ask("login", token=self.token, join=False, **session)["session"]
        since = {}
        if self.place:
            since["since"] = {"offset": self.place[0], "epoch": self.place[1]}
        return self.ask("join", room=self.room, limit=200, **since)

    def _receive(self, line):
        try:
            for text in line:
                self._take(json.loads(text))
        except ConnectionClosed:
            pass
        with self.changed:
            self.close_code = line.close_code or 1006
            self.changed.notify_all()

    def _take(self, got):
        with self.changed:
            if got["type"] == "joined":
                self._joined(got)
            elif got["type"] == "presence":
                self.events.append((got["event"], got.get("user")))
                if got["event"] == "join":
                    self.members.add(got["user"])
                elif got["event"] == "leave":
                    self.members.discard(got["user"])
            elif "at" in got:
                self._show(got, got.get("epoch", self.place[1]))
            if "ref" in got:
                self.replies[got["ref"]] = got
            self.changed.notify_all()

    def _joined(self, got):
        if not got["recovered"]:
            self.resets += "ref" not in got
            self.entries = []
        self.members = set(got.get("members", ()))
        epoch = got.get("first_epoch", got["epoch"])
        for message in got["messages"]:
            epoch = message.get("epoch", epoch)
            self._show(message, epoch)
        self.place = (got["offset"], got["epoch"])

    def _show(self, message, epoch):
        self.entries.append((message["offset"], epoch, message.get("text")))
        self.place = (message["offset"], epoch)

    def wait(self, condition, what, seconds=PATIENCE):
        with self.changed:
            came = self.changed.wait_for(condition, seconds)
        expect(came, f"{self.name} waited {seconds:.0f} s for {what}")

    def send(self, kind, **fields):
        self.count += 1
        reference = f"{self.name}-{self.count}"
        self.line.send(json.dumps({"type": kind, "ref": reference, **fields}))
        return reference

    def reply(self, reference, seconds=PATIENCE):
        self.wait(lambda: reference in self.replies or self.close_code, f"a reply to {reference}",
                  seconds)
        expect(reference in self.replies, f"closed with {self.close_code}")
        return self.replies[reference]

    def ask(self, kind, **fields):
        return self.reply(self.send(kind, **fields))

    def say(self, text, **fields):
        """Says something, again and again with its id until it is acknowledged: its place."""
        fields.setdefault("id", f"{self.name}:{text}")
        end = time.monotonic() + 2 * PATIENCE
        while True:
            got = self.ask("message", text=text, room=self.room, **fields)
            if got["type"] == "ok":
                return got["offset"], got["epoch"]
            expect(got["code"] == "unavailable" and time.monotonic() < end, str(got))
            time.sleep(0.1)

    def hears(self, text):
        self.wait(lambda: any(entry[2] == text for entry in self.entries), f"'{text}'")

    def leave(self):
        self.line.close()


def agree(*people):
    """All have the same entries, each once and with nothing between."""
    newest = max(person.place for person in people)
    for person in people:
        person.wait(lambda: person.place == newest, f"{newest}")
    lists = [person.entries for person in people]
    length = min(len(entries) for entries in lists)
    for person, entries in zip(people, lists):
        expect(entries[-length:] == lists[0][-length:],
               f"{people[0].name} and {person.name} have seen different things")
        offsets = [entry[0] for entry in entries]
        expect(offsets == list(range(offsets[0], offsets[0] + len(offsets))),
               f"{person.name} has a gap: {offsets}")


class Forwarder:
    """A port that leads to a socket in the file system: to another one from `turn` on."""

    def __init__(self, path):
        self.path, self.pairs = path, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                inner, _ = self.listener.accept()
            except OSError:
                return
            outer = socket.socket(socket.AF_UNIX)
            try:
                outer.connect(self.path)
            except OSError:
                inner.close()
                continue
            self.pairs.append((inner, outer))
            for source, target in ((inner, outer), (outer, inner)):
                threading.Thread(target=self._pump, args=(source, target), daemon=True).start()

    @staticmethod
    def _pump(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def turn(self, path):
        """Leads there from now on, and cuts what there is."""
        self.path = path
        self.cut()

    def cut(self):
        pairs, self.pairs = self.pairs, []
        for pair in pairs:
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def close(self):
        self.listener.close()
        self.cut()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
