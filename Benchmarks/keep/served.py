"""The chat's server and its loads, as the figures of the database need them."""

import contextlib
import http.client
import json
import os
import shlex
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "reference"))
import programs  # noqa: E402: servers that are pinned, and the C compiler

TALK = programs.BUILT / "talk"
BYSTANDER = ROOT / "Tests" / "Support" / "python" / "fair_bystander.py"
LIMITLESS = ("--no-limits", "--max-connections", "4000")


def build():
    reference = [programs.HERE / name for name in ("client.c", "measure.c", "stream.c")]
    programs.compile(TALK, HERE / "talk.c", HERE / "person.c", *reference)


def median(values):
    return statistics.median(values)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def roost(options, history, *flags, port="0"):
    return [str(options.binaries / "roost"), "serve", "--port", port, "--history", str(history),
            "--control", "off", "--log", "text", *flags]


@contextlib.contextmanager
def new_database(options):
    """A path on the disk for a database that is removed afterwards."""
    path = options.folder / f"new-{os.getpid()}.db"
    try:
        yield path
    finally:
        for end in ("", "-wal", "-shm", ".lock"):
            path.with_name(path.name + end).unlink(missing_ok=True)


def bench(options, history, arguments, seconds):
    """One run of `bench fanout` with the chat: its figures, and none of its failures."""
    command = " ".join(map(shlex.quote, roost(options, history, *LIMITLESS, port="{port}")))
    report = options.folder / "bench.json"
    ran = subprocess.run(
        [str(options.binaries / "bench"), "fanout", "--protocol", "chat", "--size", "64",
         "--seconds", str(seconds), "--warmup", "1", "--server", command, "--json", str(report),
         *arguments.split()],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds + 90)
    if ran.returncode:
        sys.exit(f"bench fanout {arguments} failed:\n{ran.stdout}{ran.stderr}")
    return json.loads(report.read_text())["reports"][0]["runs"][0]


def talk(server, arguments, processors="1"):
    """One run of talk.c. What it says on standard error comes with its figures, as `said`."""
    ran = subprocess.run(
        ["taskset", "-c", processors, str(TALK), *arguments.split(), "--port", str(server.port),
         "--pid", str(server.process.pid)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    if not ran.stdout.startswith("{"):
        sys.exit(f"talk {arguments} failed:\n{ran.stdout}{ran.stderr}")
    return json.loads(ran.stdout) | {"said": ran.stderr.strip(), "status": ran.returncode}


def thread_seconds(pid):
    """The processor time of each thread of a process, by its name; threads of one name together."""
    seconds = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        name = (task / "comm").read_text().strip()
        took = int((task / "schedstat").read_text().split()[0]) / 1e9
        seconds[name] = seconds.get(name, 0) + took
    return seconds


def used_between(before, after):
    """The times of the threads that took at least 10 ms, the longest first."""
    used = {name: took - before.get(name, 0) for name, took in after.items()}
    return {name: took for name, took in sorted(used.items(), key=lambda item: -item[1])
            if took >= 0.01}


class Bystanders:
    """People who speak in rooms of their own: `samples` are pairs of due time and delay."""

    def __init__(self, port):
        self.process = subprocess.Popen(
            [sys.executable, str(BYSTANDER), str(port), ""], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            sys.exit("The bystanders could not log in.")

    def finish(self):
        said, _ = self.process.communicate(timeout=60)
        found = json.loads(said)
        if found["faults"]:
            sys.exit(f"Bystanders: {found['faults']}")
        return found["samples"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


class Started:
    """A server at its default settings, and the seconds until it answered its first request."""

    def __init__(self, options, history):
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        self.log = open(options.folder / "started.log", "wb")
        start = time.monotonic()
        self.process = subprocess.Popen(
            roost(options, history, port=str(port)), stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=subprocess.STDOUT)
        while not self.answers(port):
            if self.process.poll() is not None or time.monotonic() > start + 60:
                self.__exit__()
                sys.exit(f"The server does not start; see {self.log.name}")
            time.sleep(0.0005)
        self.seconds = time.monotonic() - start

    @staticmethod
    def answers(port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def settled_memory(self):
        """VmRSS, and what of it is anonymous, in MB, once the server has done nothing for 1 s."""
        end, before = time.monotonic() + 30, None
        while time.monotonic() < end and before != (now := self.ticks()):
            before = now
            time.sleep(1)
        status = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        fields = dict(line.split(":", 1) for line in status)
        return tuple(int(fields[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "RssAnon"))

    def ticks(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return fields[11:13]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
