"""A chat server that is killed while people talk: those who were at rest notice nothing."""

import http.client
import os
import random
import socket
import threading
import time

from crash_crowd import Crowd
from scenarios import arguments
from service_restart_chat import Chat


class Local(http.client.HTTPConnection):
    """HTTP over a local socket."""

    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Killed(Chat):
    def parked(self):
        client = Local(os.path.join(self.state.name, "control.sock"))
        client.request("GET", "/metrics")
        text = client.getresponse().read().decode()
        client.close()
        [line] = [line for line in text.splitlines()
                  if line.startswith("roost_connections_parked ")]
        return int(float(line.split()[1]))


def kill(server):
    """kill -9, and the next process."""
    server.process.kill()
    server.process.wait()
    server.start()


def kill_amid(server, crowd, talkers):
    """The same while these people talk: when it was killed."""
    timer = threading.Timer(random.uniform(0.3, 0.6), server.process.kill)
    timer.start()
    while server.process.poll() is None:
        crowd.talk(talkers, 0.01)
    killed = time.monotonic()
    # Here, since it ends with the thread that has started it.
    server.start()
    return killed


def crash():
    """Killed while 50 of many talk: the silent ones go on, the others come back and lose nothing"""
    count, talkers = arguments.people, 50
    with Killed("--max-connections", str(count + 100)) as server:
        crowd = Crowd(server, count)
        silent = crowd.people[talkers:]
        shares, waits, count_of_records = [], [], 0
        for _ in range(max(1, arguments.times // 4)):
            crowd.until(lambda: server.parked() >= count, "all to be parked")
            before = [person.returns for person in silent]
            crowd.ends = []
            killed = kill_amid(server, crowd, crowd.people[:talkers])
            count_of_records += 1
            crowd.until(lambda: server.said().count(b"event=recovered") == count_of_records,
                        "the journal")
            crowd.talk(crowd.people[:talkers], 0.7)
            ended = sum(now.returns - then for now, then in zip(silent, before))
            shares.append(1 - ended / len(silent))
            waits += [end - killed for end in crowd.ends]
        total = crowd.settle()
        assert all(all(person.recovered) for person in crowd.people), "recovered: false"
        assert min(shares) >= 0.99, f"{shares} of the silent go on"
        crowd.close()
        late = f"{max(waits, default=0)} s until the last was ended"
        assert not arguments.timed or max(waits, default=0) < 1, late
        returns = sum(person.returns for person in crowd.people)
        return (f"{total} messages, {min(shares):.1%} of the silent went on at least, {returns} "
                f"came back, ended after {max(waits, default=0) * 1000:.0f} ms at most")


def crash_again():
    """Killed again before anybody is parked anew: everybody comes back"""
    with Killed() as server:
        crowd = Crowd(server, 20)
        crowd.until(lambda: server.parked() >= 20, "all to be parked")
        for _ in range(5):
            kill_amid(server, crowd, crowd.people[:5])
        crowd.talk(crowd.people, 0.2)
        crowd.settle()
        crowd.close()


def crash_in_memory():
    """With the messages in memory alone everything is lost, and everybody comes back"""
    with Killed("--history", "memory") as server:
        crowd = Crowd(server, 10)
        crowd.talk(crowd.people[:2], 0.1)
        crowd.settle()
        kill(server)
        for person in crowd.people:
            person.place = person.session = None
            person.seen = []
            person.pending = {}
        crowd.until(lambda: all(person.returns for person in crowd.people), "all to come back")
        crowd.close()


def store_full():
    """What the manager does not keep does not survive, the journal says so once, and all is well"""
    with Killed(limit=1) as server:
        crowd = Crowd(server, 10)
        crowd.until(lambda: b"event=not-parked" in server.said(), "the journal")
        crowd.talk(crowd.people[:2], 1.5)
        assert server.said().count(b"event=not-parked") == 1, server.said()[-2000:]
        kill(server)
        crowd.talk(crowd.people[:2], 0.1)
        crowd.until(lambda: all(person.returns for person in crowd.people), "all to come back")
        crowd.settle()
        crowd.close()
