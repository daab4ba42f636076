#!/usr/bin/env python3
"""Thousands of idle clients, whose server is restarted, and then killed, under them.

    restart_storm.py [--clients N] -- COMMAND that serves the chat (flags are added)
    restart_storm.py --list | --check

The listening socket stays open meanwhile, as systemd keeps it. All clients reconnect as soon as
they are disconnected, but some that are asleep and answer nothing. How long it takes until all are
back is compared with how long the same clients take to connect to a server that runs: not much
longer, or the restart itself cost time. Ends with 1 if it did.
"""

import argparse
import json
import select
import signal
import socket
import subprocess
import sys
import time

import wire
from server import die_with_parent, stop_when_terminated

GENERATORS = 2
ASLEEP = 20  # of each generator's
SECONDS = 40
AT_ONCE = 1000  # connects under way: together they fit into the socket's queue
REQUEST = wire.REQUEST.replace(b"GET / ", b"GET /chat ")
RESTART_SECONDS = 0.1  # RestartSec= of the unit
# More than connecting takes: the Closes, the silent, and the start of the next process.
ALLOWED = 1.3, 1.0  # times, and seconds


class Clients:
    """One generator's: all reconnect at once when their connection ends."""

    def __init__(self, port, count):
        self.port = port
        self.poll = select.epoll()
        self.sockets = {}
        self.waiting = set()
        self.absent = count  # have no socket yet
        self.codes = {}

    def connect(self):
        self.absent -= 1
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", self.port))
        self.sockets[one.fileno()] = one
        self.waiting.add(one.fileno())
        self.poll.register(one.fileno(), select.EPOLLOUT)

    def run_until_open(self):
        end = time.monotonic() + SECONDS
        while (self.waiting or self.absent) and time.monotonic() < end:
            self.turn(0.1)
        if self.waiting or self.absent:
            raise SystemExit(
                f"{len(self.waiting) + self.absent} clients are not open after {SECONDS} s")

    def turn(self, seconds):
        while self.absent and len(self.waiting) < AT_ONCE:
            self.connect()
        for number, event in self.poll.poll(seconds):
            one = self.sockets[number]
            if number in self.waiting and event == select.EPOLLOUT:
                self.answer(one, REQUEST)
                self.poll.modify(number, select.EPOLLIN)
                continue
            self.receive(number, one)

    def receive(self, number, one):
        try:
            data = one.recv(4096)
        except ConnectionError:
            data = b""
        if number in self.waiting and data.startswith(b"HTTP/1.1 101 "):
            self.waiting.discard(number)
            data = data.partition(b"\r\n\r\n")[2]
            if not data:
                return
        if data[:1] == b"\x88":
            self.count(int.from_bytes(data[2:4], "big"))
            self.answer(one, wire.frame(wire.CLOSE, data[2:4]))
        elif not data:
            self.count(1006)
        elif data[:1] in (b"\x81", b"\x89"):
            return  # whatever the chat has to say
        self.end(number)

    @staticmethod
    def answer(one, data):
        try:
            one.send(data)
        except ConnectionError:
            pass  # it is gone, which the next receive reports

    def count(self, code):
        self.codes[code] = self.codes.get(code, 0) + 1

    def end(self, number):
        self.waiting.discard(number)
        self.sockets.pop(number).close()
        self.absent += 1


def generate(port, count):
    """Connects; prints when all are open, and after each line of input when all are open again."""
    asleep = Clients(port, ASLEEP)
    asleep.run_until_open()
    clients = Clients(port, count)
    clients.run_until_open()
    print(time.monotonic(), flush=True)
    for line in sys.stdin:
        wanted, clients.codes = count, {}
        end = time.monotonic() + SECONDS
        # Each client is disconnected once.
        while sum(clients.codes.values()) < wanted and time.monotonic() < end:
            clients.turn(0.1)
        clients.run_until_open()
        print(json.dumps([time.monotonic(), clients.codes]), flush=True)


class Served:
    """The server, on a socket that this process keeps."""

    def __init__(self, command):
        self.command = command
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(4096)
        self.port = self.listener.getsockname()[1]
        self.start()

    def start(self):
        number = self.listener.fileno()
        script = f'export LISTEN_PID=$$ LISTEN_FDS=1; exec "$0" "$@" 3<&{number}'
        self.process = subprocess.Popen(
            ["sh", "-c", script, *self.command, "serve", "--control", "off",
             "--history", "memory"],
            pass_fds=[number], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)

    def end(self, number):
        self.process.send_signal(number)
        return self.process.wait()


def measure(served, generators, number, pause):
    """Ends the server with this signal and starts it again: seconds until all were back, seconds
    until the old process had ended, and the codes that clients saw."""
    for one in generators:
        one.stdin.write(b"\n")
        one.stdin.flush()
    time.sleep(0.3)
    start = time.monotonic()
    served.end(number)
    gone = time.monotonic() - start
    time.sleep(pause)
    served.start()
    answers = [json.loads(one.stdout.readline() or "null") for one in generators]
    if None in answers:
        raise SystemExit("A generator gave up.")
    codes = {}
    for _, some in answers:
        for code, count in some.items():
            codes[code] = codes.get(code, 0) + count
    return max(when for when, _ in answers) - start, gone, codes


def run(command, count):
    served = Served(command)
    share = count // GENERATORS
    # The reference is taken by the same generators on the same machine, a moment earlier.
    start = time.monotonic()
    generators = [
        subprocess.Popen(
            [sys.executable, __file__, "--generate", str(served.port), "--clients", str(share)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        for _ in range(GENERATORS)]
    try:
        ends = [float(one.stdout.readline() or "nan") for one in generators]
        reference = max(ends) - start
        allowed = ALLOWED[0] * reference + ALLOWED[1]
        print(f"{share * GENERATORS} clients connect in {reference:.2f} s", flush=True)
        failed = reference != reference
        for name, number, pause, wanted in (
                ("restart", signal.SIGUSR2, 0, "1012"),
                ("crash", signal.SIGKILL, RESTART_SECONDS, "1006")):
            back, gone, codes = measure(served, generators, number, pause)
            faults = []
            if back > allowed:
                faults.append(f"more than {allowed:.2f} s")
            if codes.get(wanted, 0) < share * GENERATORS:
                faults.append(f"not all saw {wanted}")
            failed = failed or bool(faults)
            print("FAILED" if faults else "ok", f"{name}: all are back after {back:.2f} s, "
                  f"the process was gone after {gone:.2f} s; codes {codes}", *faults, flush=True)
        return 1 if failed else 0
    finally:
        for one in generators:
            one.kill()
            one.wait()
        served.process.kill()
        served.process.wait()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=4500, help="how many, in all")
    parser.add_argument("--generate", type=int, metavar="PORT", help=argparse.SUPPRESS)
    parser.add_argument("--list", action="store_true", help="name the scenarios: there is one")
    parser.add_argument("--check", action="store_true", help="print what is missing: nothing")
    parser.add_argument("command", nargs="*", help="starts the server")
    arguments = parser.parse_args()
    if arguments.list:
        return print("all")
    if arguments.check:
        return print("")
    if arguments.generate:
        return generate(arguments.generate, arguments.clients)
    stop_when_terminated()
    return run(arguments.command, arguments.clients)


if __name__ == "__main__":
    sys.exit(main())
