#!/usr/bin/env python3
"""The people of a busy day, and the clients that lose their connection in it and come back.

    fair_crowd.py '{"port": …, "part": 0, "parts": 2, "people": 1000, …}'

Prints "ready"; the day begins with a line of input. People join within the first third, and then
everybody speaks, joins again and reads back. Clients that resume connect beside them, lose their
connections together in the second half, and ask for what they missed. Prints what went wrong.
"""

import collections
import json
import os
import resource
import select
import socket
import sys
import time

import fair_wire as w
from fair_bystander import take
from server import die_with_parent
from wire import CLOSE, PING, PONG, TEXT, frame

HOUSE = "192.0.2.250"  # the address that a quarter of the people share
ADDRESSES = 400
ROOM_PEOPLE, ROOM_CLIENTS = 20, 10  # in a room
SPEAK_SECONDS = 10
JOINS, PAGES = 500, 50  # a second, of all people
CONNECTING = 200  # at a time


class One:
    """A person or a client: what it is about to do, and what it needs to come back."""

    def __init__(self, number, address, resumes):
        self.number, self.address, self.resumes = number, address, resumes
        kind, size = ("client", ROOM_CLIENTS) if resumes else ("person", ROOM_PEOPLE)
        self.user, self.room = f"{kind}{number}", f"{kind}s{number // size}"
        self.socket, self.received, self.state = None, b"", "absent"
        self.session = self.since = None
        self.acts = []  # when it speaks, joins, reads

    def login(self):
        session = {"session": self.session} if self.session else {}
        return w.command(type="login", user=self.user, join=False, **session)

    def join(self):
        since = {"since": self.since} if self.since else {}
        return w.command(type="join", room=self.room, limit=1 if self.resumes else 50, **since)


def house(number):
    """The address of a person: a quarter has the same one."""
    if number % 4 == 0:
        return HOUSE
    return f"10.1.{number % (ADDRESSES - 1) // 200}.{number % (ADDRESSES - 1) % 200 + 1}"


class Crowd:
    def __init__(self, day):
        self.day, self.poll = day, select.epoll()
        self.open, self.wrong, self.done = {}, collections.Counter(), collections.Counter()
        part, parts = day["part"], day["parts"]
        self.people = [One(n, house(n), False) for n in range(part, day["people"], parts)]
        self.clients = [One(number, f"10.{8 + number // 4 // 62500}.{number // 4 // 250 % 250}."
                            f"{number // 4 % 250 + 1}", True)
                        for number in range(part, day["resume"], parts)]
        self.connecting = 0

    def connect(self, one):
        one.socket, one.received, one.state = socket.socket(), b"", "connecting"
        one.socket.setblocking(False)
        one.socket.connect_ex(("127.0.0.1", self.day["port"]))
        self.open[one.socket.fileno()] = one
        self.poll.register(one.socket.fileno(), select.EPOLLOUT)
        self.connecting += 1

    def send(self, one, data):
        try:
            one.socket.send(data)
        except OSError:
            pass  # the next receive tells why

    def drop(self, one, why=None):
        if why:
            self.wrong[why] += 1
        if one.state in ("connecting", "asking", "naming", "joining"):
            self.connecting -= 1
        number = one.socket.fileno()
        self.poll.unregister(number)
        self.open.pop(number).socket.close()
        one.state = "absent"

    def serve(self, number):
        one = self.open[number]
        if one.state == "connecting":
            self.send(one, w.proxy_header(one.address) + w.UPGRADE)
            one.state = "asking"
            return self.poll.modify(number, select.EPOLLIN)
        try:
            got = one.socket.recv(65536)
        except OSError as error:
            return self.drop(one, f"receive: {error}")
        if not got:
            return self.drop(one, "disconnected")
        if one.state == "asking":
            one.received += got
            head, found, rest = one.received.partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 101 "):
                return self.drop(one, head[9:50].decode())
            one.received, got, one.state = b"", rest, "naming"
            self.send(one, one.login())
        for opcode, payload in take(got, one):
            if opcode == PING:
                self.send(one, frame(PONG, payload))
            elif opcode == CLOSE:
                return self.drop(one, f"closed: {payload[2:].decode()}")
            elif opcode == TEXT:
                self.told(one, payload)

    def told(self, one, payload):
        if payload.startswith(b'{"type":"error"'):
            self.wrong[json.loads(payload)["code"]] += 1
        elif one.state == "naming" and payload.startswith(b'{"type":"welcome"'):
            one.session, one.state = json.loads(payload)["session"], "joining"
            self.send(one, one.join())
        elif payload.startswith(b'{"type":"joined"'):
            self.done["joins"] += 1
            if one.state != "joining":
                return
            one.state, self.connecting = "open", self.connecting - 1
            if one.resumes:
                joined = json.loads(payload)
                if not one.since and one.number % ROOM_CLIENTS == 0:
                    # A room without members is forgotten at once if nothing was said in it.
                    self.send(one, self.command(one, "message"))
                if one.since:
                    self.done["resumed"] += 1
                    if not joined["recovered"]:
                        self.wrong["not recovered"] += 1
                one.since = {"epoch": joined["epoch"], "offset": joined["offset"]}
        elif payload.startswith(b'{"type":"history"'):
            self.done["pages"] += 1
        elif payload.startswith(b'{"type":"message"'):
            self.done["pushes"] += 1

    # The course of the day.

    def run(self):
        seconds = self.day["seconds"]
        start = time.monotonic()
        third, dropped = seconds / 3, False
        waiting = collections.deque(self.people)
        sleepers = collections.deque(self.clients)
        period = {"message": SPEAK_SECONDS, "join": self.day["people"] / JOINS,
                  "history": self.day["people"] / PAGES}
        while (now := time.monotonic() - start) < seconds:
            while waiting and now > third * (1 - len(waiting) / len(self.people)):
                one = waiting.popleft()
                self.connect(one)
                one.acts = [[third + turn * one.number / self.day["people"], kind]
                            for kind, turn in period.items()]
            while sleepers and self.connecting < CONNECTING // self.day["parts"]:
                self.connect(sleepers.popleft())
            if not dropped and now > seconds / 2:
                dropped = True
                back = [one for one in self.clients if one.state == "open"]
                for one in back:
                    self.drop(one)
                sleepers.extend(back)
            self.act(now, period)
            for number, _ in self.poll.poll(0.02):
                if number in self.open:
                    self.serve(number)
        absent = sum(one.state != "open" for one in self.people + self.clients)
        if absent:
            self.wrong["not there at the end"] += absent
        for one in list(self.open.values()):
            self.drop(one)

    def act(self, now, period):
        for one in self.people:
            if one.state != "open":
                continue
            for act in one.acts:
                if now < act[0]:
                    continue
                act[0] = max(now, act[0] + period[act[1]])
                self.done["commands"] += 1
                self.send(one, self.command(one, act[1]))

    @staticmethod
    def command(one, kind):
        if kind == "message":
            text = f"{one.user} says what one says on a busy day, and no more than that"
            return w.command(type="message", room=one.room, text=text)
        if kind == "history":
            return w.command(type="history", room=one.room, before=1 << 40, limit=200)
        return one.join()


def main():
    die_with_parent()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    crowd = Crowd(json.loads(sys.argv[1]))
    os.nice(5)
    print("ready", flush=True)
    sys.stdin.readline()
    crowd.run()
    print(json.dumps({"note": dict(crowd.done), "wrong": dict(crowd.wrong),
                      "fault": f"a part of the crowd met {dict(crowd.wrong)}"
                      if crowd.wrong and crowd.day["refused_is_wrong"] else None}))


if __name__ == "__main__":
    main()
