"""Restarts of a service whose connections wait in its manager's descriptor store meanwhile."""

import asyncio
import fcntl
import os
import signal
import ssl

from reexec_scenes import talk_through
from scenarios import arguments
from service_manager import Manager
from tls_server import Authority, path_of
from wire import REQUEST, TEXT, Client, expect, frame

GOING_AWAY, RESTARTING = 1001, 1012


def service(*flags, **options):
    return Manager([str(path_of("TestServer")), "reexec", "--service", *flags], **options)


def say(client, text):
    client.send(frame(TEXT, text.encode()))


def hears(client, text):
    found = client.next_frame()
    expect(found == (TEXT, text.encode()), f"{found} and not {text}")


def ask(client, text, answer):
    say(client, text)
    hears(client, answer)


def begins_empty(manager, clients, words, code=None):
    """Nobody's connection goes on, the journal says why, and newcomers are served."""
    for client in clients:
        found = client.closing()[0]
        expect(found == code, f"closed with {found} and not {code}")
    with Client(manager.port) as newcomer:
        ask(newcomer, "hello", "1: hello")
    expect(words in manager.said(), manager.said()[-2000:].decode())
    expect(b"taken-over" not in manager.said(), "something was taken over")


# What goes on

async def talk_through_restarts(manager, url, context=None):
    count = 0

    async def again():
        nonlocal count
        count += 1
        await asyncio.to_thread(manager.restart)
        await asyncio.to_thread(manager.wait_for, b"event=taken-over", count)
    times = max(1, arguments.times // (4 if context else 1))
    return await talk_through(manager, again, url, context, times)


def chat():
    """Fifty chat, compressed, over twenty restarts: nobody is closed, nothing is lost, doubled or
    reordered"""
    with service("--chat") as manager:
        url = f"ws://127.0.0.1:{manager.port}"
        return asyncio.run(talk_through_restarts(manager, url))


def encrypted_chat():
    """The same with TLS 1.3, whose records go on"""
    authority = Authority()
    chain, key = authority.sign()
    with service("--chat", "--tls", chain, key) as manager:
        context = ssl.create_default_context(cafile=authority.path)
        url = f"wss://localhost:{manager.port}"
        return asyncio.run(talk_through_restarts(manager, url, context))


def pieces():
    """Half a head, half a frame at each byte, a message in fragments and a backlog go on"""
    with service() as manager:
        slow, writer, fragments = (Client(manager.port) for _ in range(3))
        say(slow, "join")
        ask(slow, "joined", "1: joined")
        fragments.send(frame(TEXT, b"one ", fin=False))
        whole = frame(TEXT, b"half")
        halves = [(cut, Client(manager.port)) for cut in range(1, len(whole))]
        for cut, client in halves:
            client.send(whole[:cut])
        head = Client(manager.port, upgrade=False)
        head.send(REQUEST[:50])
        # More than the kernel takes for a client that does not read.
        backlog = [f"all {number} " + "x" * 8000 for number in range(1500)]
        for text in backlog:
            say(writer, text)
        ask(writer, "written", "2: written")
        manager.restart()
        fragments.send(frame(0, b"two"))
        hears(fragments, "3: one two")
        for number, (cut, client) in enumerate(halves, 4):
            client.send(whole[cut:])
            hears(client, f"{number}: half")
        head.send(REQUEST[50:])
        expect(head.http_answer()[0] == 101, "no handshake")
        for text in backlog:
            hears(slow, text)
        ask(slow, "and", f"{len(halves) + 4}: and")


def request():
    """A request that waits for its answer goes on, too"""
    with service() as manager:
        asker, page = Client(manager.port), Client(manager.port, upgrade=False)
        page.send(b"GET /answer HTTP/1.1\r\nHost: localhost\r\n\r\n")
        ask(asker, "await", "waiting 1")
        manager.restart()
        ask(asker, "hello", "1: hello")
        say(asker, "answer")
        expect(page.http_answer()[0] == 200, "no answer")


def moved():
    """Connections of a listening socket that the service no longer has go on; a stop ends them"""
    with service() as manager, Client(manager.port) as client:
        ask(client, "hello", "1: hello")
        manager.listen_elsewhere()
        manager.restart()
        ask(client, "hello", "2: hello")
        with Client(manager.port) as newcomer:
            ask(newcomer, "new", "3: new")
        manager.process.send_signal(signal.SIGTERM)
        expect(client.closing()[0] == GOING_AWAY, "no Close at the stop")


def idle():
    """A service without connections is restarted, too"""
    with service() as manager:
        manager.restart()
        manager.wait_for(b"Took over 0 connections")
        manager.wait_until_empty()


# What does not

def refused():
    """A store without room, without a manager, or whose manager is silent: clients get 1012"""
    for flaw, words in ((dict(limit=0), b"FileDescriptorStoreMax="),
                        (dict(limit=1), b"FileDescriptorStoreMax="),
                        (dict(notifies=False), b""),
                        (dict(answers=False), b"It does not answer.")):
        with service(**flaw) as manager:
            clients = [Client(manager.port) for _ in range(3)]
            ask(clients[0], "hello", "1: hello")
            manager.process.send_signal(signal.SIGUSR2)
            for client in clients:
                expect(client.closing()[0] == RESTARTING, f"no 1012 with {flaw}")
            expect(manager.process.wait(60) == 0, manager.said().decode())
            manager.answers = True
            manager.start()
            begins_empty(manager, [], words)


def stopped():
    """A stop closes with 1001, also in the middle of a restart"""
    with service() as manager:
        client = Client(manager.port)
        ask(client, "busy waiting 1000000", "busy")
        manager.process.send_signal(signal.SIGUSR2)
        ask(client, "hello", "1: hello")
        manager.process.send_signal(signal.SIGTERM)
        expect(client.closing()[0] == GOING_AWAY, "not 1001")
        expect(manager.process.wait(60) == 0, manager.said().decode())
        expect(not manager.store, "something was stored")


def killed():
    """A service that is killed while it leaves its connections begins empty"""
    with service() as manager:
        clients = [Client(manager.port) for _ in range(3)]
        ask(clients[0], "hello", "1: hello")
        manager.on_store = manager.process.kill
        expect(manager.end() == -signal.SIGKILL, "it was not killed")
        manager.on_store = lambda: None
        manager.start()
        begins_empty(manager, clients, b"the process before was ended while it left them. 3 were")
        # What was found once is not found again.
        manager.process.kill()
        manager.process.wait()
        manager.start()
        with Client(manager.port) as newcomer:
            ask(newcomer, "hello", "1: hello")
        expect(manager.said().count(b"event=kept-lost") == 1, manager.said().decode())


def damaged():
    """Whatever is wrong with what was left, the service begins without it, and says so"""
    for change, words in ((without_state, b"the process before was ended"),
                          (without_sockets, b"of 3 sockets some are missing"),
                          (with_flipped_bit, b"the file's checksum is wrong"),
                          (with_other_form, b"this program reads form")):
        with service() as manager:
            clients = [Client(manager.port) for _ in range(3)]
            ask(clients[0], "hello", "1: hello")
            expect(manager.end() == 0, manager.said().decode())
            manager.change([change(messages) for messages in manager.carriers()])
            manager.start()
            begins_empty(manager, clients, words)
            manager.wait_until_empty()


def is_state(descriptors):
    return len(descriptors) == 1 and "memfd" in os.readlink(f"/proc/self/fd/{descriptors[0]}")


def without(messages, is_unwanted):
    for _, descriptors in messages:
        if is_unwanted(descriptors):
            for number in descriptors:
                os.close(number)
            descriptors.clear()
    return [found for found in messages if found[1]]


def without_state(messages):
    return without(messages, is_state)


def without_sockets(messages):
    return without(messages, lambda descriptors: not is_state(descriptors))


def with_state(messages, change):
    """The same with another file in place of the state."""
    changed = []
    for content, descriptors in messages:
        if is_state(descriptors):
            size = os.fstat(descriptors[0]).st_size
            file = os.memfd_create("changed", os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)
            os.write(file, change(bytearray(os.pread(descriptors[0], size, 0))))
            fcntl.fcntl(file, fcntl.F_ADD_SEALS, 15)
            os.close(descriptors[0])
            descriptors = [file]
        changed.append((content, descriptors))
    return changed


def with_flipped_bit(messages):
    def change(file):
        file[len(file) // 2] ^= 1
        return file
    return with_state(messages, change)


def with_other_form(messages):
    def change(file):
        file[8] ^= 0x40  # the form's number is behind the magic
        return file
    return with_state(messages, change)


def few_files():
    """A next process that may have too few files open begins without connections"""
    with service() as manager:
        clients = [Client(manager.port) for _ in range(100)]
        ask(clients[0], "hello", "1: hello")
        expect(manager.end() == 0, manager.said().decode())
        manager.files = 60
        manager.start()
        begins_empty(manager, clients, b"too few files may be open")


def refusing_handler():
    """A handler that does not take its part: clients get 1012, and another process begins empty"""
    with service() as manager:
        clients = [Client(manager.port) for _ in range(3)]
        half = Client(manager.port, upgrade=False)
        half.send(REQUEST[:50])
        ask(clients[0], "hello", "1: hello")
        expect(manager.end() == 0, manager.said().decode())
        manager.command.append("--refuse")
        manager.start(waits=False)
        expect(manager.process.wait(60) != 0, "it went on")
        expect(b"This one refuses." in manager.said(), manager.said().decode())
        for client in clients:
            expect(client.closing()[0] == RESTARTING, "no 1012")
        expect(half.at_end(), "half a head goes on")
        manager.command.remove("--refuse")
        manager.start()
        begins_empty(manager, [], b"")
