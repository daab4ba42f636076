"""The server under test as a child process, and a plain protocol client to talk to it with.

Shared by the scripts in this folder. A script is run as `SCRIPT [options] -- COMMAND…`, where the
command starts the server; `--port N` is added to it.
"""

import ctypes
import json
import re
import select
import signal
import subprocess
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from websockets.sync.client import connect

from scenarios import arguments

HERE = Path(__file__).resolve().parent
READY = re.compile(rb"https?://(?:127\.0\.0\.1|localhost|\[::1\]):(\d+)")
PATIENCE = 45.0  # seconds for anything that should take milliseconds


def die_with_parent():
    """Makes a killed test run leave no server behind (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def until(condition, what, seconds=PATIENCE):
    """Waits for a condition, and raises an error with its name when it doesn't come."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.02)


class Server:
    """One run of the server. `restart` keeps the port."""

    def __init__(self, command):
        self.command = command
        self.s = "s" if "--tls-certificate" in command else ""  # of https and wss
        self.port = 0
        self.process = None
        self.log = tempfile.TemporaryFile()
        self.folder = tempfile.TemporaryDirectory()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self):
        command = [*self.command, "--port", str(self.port)]
        if "serve" in command and "--history" not in command:
            # It outlives a restart, and nothing else.
            command += ["--history", str(Path(self.folder.name, "roost.db"))]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=self.log, preexec_fn=die_with_parent)
        self.port = self.read_port()
        # Whatever else it prints must not fill the pipe.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def read_port(self):
        seen = b""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if not select.select([self.process.stdout], [], [], 0.1)[0]:
                continue
            chunk = self.process.stdout.read1(4096)
            seen += chunk
            if found := READY.search(seen):
                return int(found[1])
            if not chunk:
                break
        raise AssertionError(f"the server did not say where it is: {seen!r}\n{self.words()}")

    def words(self):
        """Its standard error so far."""
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()

    def stop(self):
        """An orderly stop; the status it ends with."""
        self.process.terminate()
        return self.process.wait(PATIENCE)

    @property
    def page(self):
        return f"http{self.s}://127.0.0.1:{self.port}/"

    @property
    def chat(self):
        return f"ws{self.s}://127.0.0.1:{self.port}/chat"


class Client:
    """A chat client that knows the protocol and no more."""

    def __init__(self, server, path="/chat", **options):
        address = f"ws{server.s}://127.0.0.1:{server.port}{path}"
        options.setdefault("subprotocols", ["roost.v1"])
        # It reads everything that comes: a client that stops reading can't even close.
        options |= {"open_timeout": PATIENCE, "max_queue": None, "ping_interval": None}
        self.stack = ExitStack()
        self.socket = self.stack.enter_context(connect(address, **options))
        self.pushes = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()

    def send(self, **command):
        self.socket.send(json.dumps(command))

    def next(self, seconds=PATIENCE):
        """The next object from the server, kept ones first."""
        if self.pushes:
            return self.pushes.pop(0)
        return self.read(seconds)

    def read(self, seconds=PATIENCE):
        """The next object that arrives."""
        return json.loads(self.socket.recv(timeout=seconds))

    def read_raw(self, part):
        """The next message that contains `part`, as it was sent."""
        while part not in (frame := self.socket.recv(timeout=PATIENCE)):
            self.pushes.append(json.loads(frame))
        return frame

    def wait_for(self, type, **fields):
        """The next object of a type with these fields; earlier objects are kept."""
        wanted = {"type": type, **fields}
        for index, kept in enumerate(self.pushes):
            if wanted.items() <= kept.items():
                return self.pushes.pop(index)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            got = self.read(deadline - time.monotonic())
            if wanted.items() <= got.items():
                return got
            self.pushes.append(got)
        raise AssertionError(f"no {wanted} came, but {self.pushes}")

    def ask(self, **command):
        """Sends a command, and returns the object that brings its `ref` back."""
        ref = f"r{time.monotonic_ns()}"
        self.send(**command, ref=ref)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            got = self.read(deadline - time.monotonic())
            if got.get("ref") == ref:
                return got
            self.pushes.append(got)
        raise AssertionError(f"no answer to {command}, but {self.pushes}")

    def log_in(self, user, **fields):
        welcome = self.ask(type="login", user=user, **fields)
        assert welcome["type"] == "welcome", welcome
        return welcome

    def say(self, text, room="lobby", **fields):
        """Says something, waiting where the server limits the rate; returns its offset."""
        while True:
            answer = self.ask(type="message", room=room, text=text, **fields)
            if answer["type"] == "ok":
                return answer["offset"]
            assert answer.get("code") == "rate_limited", answer
            time.sleep(answer["retry_after_ms"] / 1000)

    def closed(self):
        """Reads to the end: the close code and the reason."""
        try:
            while True:
                self.socket.recv(timeout=PATIENCE)
        except TimeoutError:
            raise AssertionError("the server did not close") from None
        except Exception:
            return self.socket.close_code, self.socket.close_reason


def start_server(*flags):
    """The server of the script's command line, with more flags."""
    return Server([*arguments.command, *flags])


def refused(answer, code):
    """Checks that the answer is an error with this code."""
    assert answer["type"] == "error" and answer["code"] == code, (code, answer)
    assert answer["text"].strip(), answer


def run(scenarios, names):
    """Runs the named scenarios, or all; prints a line for each; the exit status."""
    failed = 0
    for name in names or scenarios:
        try:
            said = scenarios[name]()
        except Exception as problem:  # whatever it is, run the others too
            failed += 1
            print(f"FAILED {name}: {type(problem).__name__}: {problem}", flush=True)
            trace = problem.__traceback__
            while trace:
                place = Path(trace.tb_frame.f_code.co_filename)
                if place.parent == HERE:
                    print(f"    {place.name}:{trace.tb_lineno}", flush=True)
                trace = trace.tb_next
        else:
            print(f"ok {name}" + (f": {said}" if said else ""), flush=True)
    return 1 if failed else 0
