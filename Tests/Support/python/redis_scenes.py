"""Two processes that share a chat through a real Redis, and what happens to it when Redis fails."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time

from websockets.sync.client import connect

import server
from scenarios import arguments
from wire import expect

PATIENCE = 15.0  # seconds for anything that should take milliseconds


def program():
    # Debian's redis-tools has the server under another name, without a service that starts.
    return shutil.which("redis-server") or shutil.which("redis-check-rdb")


class Redis:
    """A redis-server of its own, on a socket in a folder of its own; it keeps nothing."""

    def __init__(self, *options):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "redis.sock")
        self.options = options
        self.process = None

    def start(self):
        if os.path.exists(self.path):
            os.unlink(self.path)
        # By its name it knows that it is the server.
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.path, "--save", "", "--dir",
             self.folder.name, "--enable-debug-command", "yes", *self.options],
            executable=program(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            preexec_fn=server.die_with_parent)
        end = time.monotonic() + PATIENCE
        while not self.answers():
            expect(self.process.poll() is None and time.monotonic() < end, "no Redis")
            time.sleep(0.01)
        return self

    def answers(self):
        try:
            return self.command("PING")[:1] in (b"+", b"-")
        except OSError:
            return False

    def command(self, text):
        """Sends a line, and returns the first bytes of the answer."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE)
            client.connect(self.path)
            client.sendall(text.encode() + b"\r\n")
            return client.recv(4096)

    def send(self, text):
        """Sends a line whose answer comes late."""
        client = socket.socket(socket.AF_UNIX)
        client.connect(self.path)
        client.sendall(text.encode() + b"\r\n")
        return client

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()
        self.folder.cleanup()


def chat(redis, user=""):
    url = f"redis+unix://{user}{redis.path}"
    return server.Server([*arguments.command, "0", url])


def talker(running):
    return connect(f"ws://127.0.0.1:{running.port}", open_timeout=PATIENCE)


def heard_again(one, other, what):
    """Until what one says is heard by the other, on another server."""
    end = time.monotonic() + PATIENCE
    number = 0
    while True:
        number += 1
        one.send(f"{what} {number}")
        try:
            while True:
                message = other.recv(timeout=0.1)
                if message.startswith(what):
                    return
        except TimeoutError:
            expect(time.monotonic() < end, f"nobody hears: {what}")


def hear(client, count, what):
    """The next messages that begin with these words."""
    found = []
    while len(found) < count:
        message = client.recv(timeout=PATIENCE)
        if message.startswith(what):
            found.append(message)
    return found


def shared():
    """What a client says at one server all hear at both, once and in the same order"""
    with Redis() as redis, chat(redis) as left, chat(redis) as right:
        with talker(left) as ann, talker(left) as bob, talker(right) as cid:
            heard_again(ann, cid, "hello")
            heard_again(cid, ann, "hi")
            for number in range(300):
                ann.send(f"ann {number}")
                cid.send(f"cid {number}")
            # 600 of them have these beginnings; the order of both is the same for everybody.
            lists = [
                [m for m in hear(client, 600, ("ann ", "cid "))] for client in (ann, bob, cid)]
            expect(lists[0] == lists[1] == lists[2], "they heard different things")
            for name in ("ann", "cid"):
                own = [m for m in lists[0] if m.startswith(name)]
                expect(own == [f"{name} {number}" for number in range(300)], f"lost of {name}")


def flooded():
    """`bench fanout` over both servers: each message comes to everybody at both, once"""
    bench = os.path.join(os.path.dirname(arguments.command[0]), "bench")
    with Redis() as redis, chat(redis) as left, chat(redis) as right:
        flood = subprocess.run(
            [bench, "fanout", "--as-built", "--no-pin", "-c", "9", "--speakers", "4", "-t", "0.5",
             "--warmup", "0.1", "--rate", "400", "--url", f"ws://127.0.0.1:{left.port}",
             "--url", f"ws://127.0.0.1:{right.port}", "--json", f"{redis.folder.name}/run.json"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        expect(flood.returncode == 0, flood.stdout.decode())
        with open(f"{redis.folder.name}/run.json") as file:
            run = json.load(file)["reports"][0]["runs"][0]
        # 200 messages, and 9 who hear each.
        expect(1500 < run["counted"] < 2000, str(run["counted"]))
        expect(not run["failures"], str(run["failures"]))


def killed():
    """Redis is killed, and comes back: both servers find it, and a client learns meanwhile"""
    with Redis() as redis, chat(redis) as left, chat(redis) as right:
        with talker(left) as ann, talker(right) as cid:
            heard_again(ann, cid, "before")
            for _ in range(2):
                redis.kill()
                end = time.monotonic() + PATIENCE
                while True:
                    ann.send("lost")
                    if ann.recv(timeout=PATIENCE).startswith("Not now"):
                        break
                    expect(time.monotonic() < end, "nobody has noticed")
                redis.start()
                heard_again(ann, cid, "after")
                heard_again(cid, ann, "behind")


def cut():
    """Redis ends the connections: they are made again, with their subscriptions"""
    with Redis() as redis, chat(redis) as left, chat(redis) as right:
        with talker(left) as ann, talker(right) as cid:
            heard_again(ann, cid, "before")
            for round in range(3):
                expect(redis.command("CLIENT KILL TYPE pubsub").startswith(b":2"), "not killed")
                heard_again(ann, cid, f"after {round}")


def held():
    """Redis answers nobody for three seconds, in two ways: the connections are given up, and made
    again"""
    with Redis() as redis, chat(redis) as left, chat(redis) as right:
        with talker(left) as ann, talker(right) as cid:
            heard_again(ann, cid, "before")
            for command in ("CLIENT PAUSE 3000", "DEBUG SLEEP 3"):
                waiting = redis.send(command)
                time.sleep(0.1)
                began = time.monotonic()
                heard_again(ann, cid, f"after {command}")
                expect(time.monotonic() - began > 1.5, "it was not held")
                waiting.close()
            expect(left.said().count(b"not answered") >= 1, left.said().decode())


def locked():
    """A password that is wrong or missing is said in a sentence, once; the right one is let in"""
    with Redis("--requirepass", "right") as redis:
        for user, sentence in ((":wrong@", b"WRONGPASS"), ("", b"NOAUTH")):
            with chat(redis, user) as running, talker(running) as ann:
                end = time.monotonic() + PATIENCE
                while sentence not in running.said():
                    expect(time.monotonic() < end, running.said().decode())
                    time.sleep(0.01)
                ann.send("anybody?")
                expect(ann.recv(timeout=PATIENCE).startswith("Not now"), "it was let in")
                time.sleep(0.3)
                expect(running.said().count(sentence) == 1, running.said().decode())
        with chat(redis, ":right@") as left, chat(redis, "default:right@") as right:
            with talker(left) as ann, talker(right) as cid:
                heard_again(ann, cid, "hello")
