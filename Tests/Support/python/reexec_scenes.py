"""Clients that chat while programs take over from each other, and what they must not notice."""

import asyncio
import http.client
import os
import re
import shutil
import signal
import ssl
import tempfile
import time

import websockets

import server
from scenarios import arguments
from tls_server import Authority, Encrypted, encrypted, path_of
from wire import CLOSE, PREFIX, REQUEST, TEXT, Client, expect, frame

CLIENTS = 50
PADDING = "." * 100  # long enough to be compressed


def run_again(running):
    """Lets a program take over; how many have taken over when it has."""
    before = running.said().count(b"event=taken-over")
    os.kill(running.process.pid, signal.SIGUSR1)
    return before + 1


async def taken_over(running, count):
    end = time.monotonic() + 60
    while running.said().count(b"event=taken-over") < count:
        runs = running.process.poll() is None and time.monotonic() < end
        expect(runs and b"reexec-failed" not in running.said(), running.said()[-2000:].decode())
        await asyncio.sleep(0.005)


class Talker:
    """One client: it sends a message, waits until that comes back, and sends the next."""

    def __init__(self, number, socket):
        self.number, self.socket = number, socket
        self.heard, self.said, self.stops = [], 0, False

    async def talk(self):
        await self.say()
        async for message in self.socket:
            self.heard.append(message)
            if int(message.split()[0]) == self.number:
                if self.stops:
                    return
                await self.say()

    async def say(self):
        await self.socket.send(f"{self.number} {self.said} {PADDING}")
        self.said += 1

    async def listen(self, count):
        """Hears what others have said until all have been heard."""
        while len(self.heard) < count:
            self.heard.append(await self.socket.recv())


async def talk_through(running, again, url, context, times):
    sockets = [await websockets.connect(url, ssl=context) for _ in range(CLIENTS)]
    talkers = [Talker(number, socket) for number, socket in enumerate(sockets)]
    tasks = [asyncio.create_task(talker.talk()) for talker in talkers]
    for _ in range(times):
        await again()
    for talker in talkers:
        talker.stops = True
    async with asyncio.timeout(60):
        await asyncio.gather(*tasks)
        total = sum(talker.said for talker in talkers)
        await asyncio.gather(*(talker.listen(total) for talker in talkers))
    first = talkers[0].heard
    expect(all(talker.heard == first for talker in talkers), "they heard different things")
    for talker in talkers:
        own = [message for message in first if int(message.split()[0]) == talker.number]
        expected = [f"{talker.number} {number} {PADDING}" for number in range(talker.said)]
        expect(own == expected, f"lost, doubled or reordered of client {talker.number}")
    for socket in sockets:
        await socket.close()
    pauses = [int(us) / 1000 for us in re.findall(rb"pause-us=(\d+)", running.said())]
    return f"{total} messages, {times} programs, pauses up to {max(pauses):.0f} ms"


async def talk_through_programs(running, url, context=None):
    async def again():
        await taken_over(running, run_again(running))
    # Plain ones at full length; over TLS a part of it shows the same.
    times = max(1, arguments.times // (4 if context else 1))
    return await talk_through(running, again, url, context, times)


def chat():
    """Fifty chat, compressed, while twenty programs take over: nobody is closed, nothing is lost,
    doubled or reordered"""
    with server.Server([str(path_of("broadcast-server")), "0"]) as running:
        url = f"ws://127.0.0.1:{running.port}"
        return asyncio.run(talk_through_programs(running, url))


def encrypted_chat():
    """The same with TLS 1.3, whose records go on"""
    authority = Authority()
    chain, key = authority.sign()
    with Encrypted("broadcast-server", 0, "--tls-certificate", chain, "--tls-key", key) as running:
        url = f"wss://localhost:{running.port}"
        context = ssl.create_default_context(cafile=authority.path)
        return asyncio.run(talk_through_programs(running, url, context))


def old_tls():
    """A WebSocket with TLS 1.2 gets Close 1012, and can come back"""
    authority = Authority()
    chain, key = authority.sign()
    with Encrypted("echo-server", 0, "--tls-certificate", chain, "--tls-key", key) as running:
        context = authority.context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with Client(running.port, context=context) as client:
            count = run_again(running)
            opcode, payload = client.next_frame()
            expect(opcode == CLOSE and payload[:2] == (1012).to_bytes(2, "big"), payload)
        asyncio.run(taken_over(running, count))
        again = encrypted(context, running.port)
        again.sendall(REQUEST)
        expect(b" 101 " in again.recv(4096), "no handshake afterwards")
        again.close()


def replaced_file():
    """The file of the running program is replaced, as a package does it: the new one takes over"""
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "echo-server")
        shutil.copy(path_of("echo-server"), program)
        with server.Server([program, "0"]) as running, Client(running.port) as client:
            node = os.stat(f"/proc/{running.process.pid}/exe").st_ino
            for count in (1, 2):
                shutil.copy(path_of("echo-server"), program + ".new")
                os.rename(program + ".new", program)
                run_again(running)
                asyncio.run(taken_over(running, count))
                now = os.stat(f"/proc/{running.process.pid}/exe").st_ino
                expect(now == os.stat(program).st_ino != node, "it is the old file")
                node = now
                client.send(frame(TEXT, b"still here"))
                expect(client.next_frame() == (TEXT, PREFIX + b"still here"), "no echo")


def signals():
    """Signals that come at any moment end no program, on the first thread or another one"""
    for flags in ([], ["--thread"]):
        with server.Server([str(path_of("TestServer")), "reexec", *flags]) as running:
            with Client(running.port) as client:
                end, count = time.monotonic() + 60, 0
                while running.said().count(b"event=taken-over") < 5:
                    expect(time.monotonic() < end, running.said()[-500:].decode())
                    os.kill(running.process.pid, signal.SIGUSR1)
                    client.send(frame(TEXT, b"go on"))
                    count += 1
                    answer = client.next_frame()
                    expect(answer == (TEXT, b"%d: go on" % count), f"{count}: {answer}")
                os.kill(running.process.pid, signal.SIGTERM)
                code, _ = client.closing()
                expect(code == 1001, f"{code} at the end")


def requests():
    """An event stream and long polls go on through twenty programs: nothing is lost or doubled"""
    program = str(path_of("TestServer"))
    with server.Server([program, "reexec"]) as running, Client(running.port) as talker:
        stream = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
        stream.request("GET", "/events")
        events = stream.getresponse()
        expect(events.status == 200, events.status)
        for number in range(max(1, arguments.times // 2)):
            poll = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
            poll.request("GET", "/poll")
            talker.send(frame(TEXT, b"await"))
            expect(talker.next_frame() == (TEXT, b"waiting 1"), "no request waits")
            talker.send(frame(TEXT, b"all before %d" % number))
            asyncio.run(taken_over(running, run_again(running)))
            talker.send(frame(TEXT, b"all after %d" % number), frame(TEXT, b"answer"))
            answer = poll.getresponse()
            expect((answer.status, answer.read()) == (200, b"late\n"), f"poll {number}")
            poll.close()
            for word in (b"before", b"after"):
                lines = [events.readline() for _ in range(2)]
                expect(lines == [b"data: all %s %d\n" % (word, number), b"\n"], lines)
        stream.close()
