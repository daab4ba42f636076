"""`roost serve` with a database, as a child that is killed and started again on the same file."""

import asyncio
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from server import READY_SECONDS, die_with_parent
from wire import expect

TOKEN = "keep-keep-keep-keep-keep-keep-keep-keep"
LISTENING = b"Listening on http://127.0.0.1:"


class KeptServer:
    """A server, its database and its log. `run` counts its processes; `port` is None while there
    is none that listens."""

    def __init__(self, command, folder, flags=(), name="roost", environment=None):
        self.command, self.flags = list(command), list(flags)
        self.folder = Path(folder)
        self.database = self.folder / f"{name}.db"
        self.control = self.folder / f"{name}.sock"
        self.log = self.folder / f"{name}.log"
        self.tokens = self.folder / f"{name}.tokens"
        self.tokens.touch(0o600)
        self.tokens.write_text(TOKEN + "\n")
        self.environment = {**os.environ, **(environment or {})}
        self.process = None
        self.port, self.run = None, 0
        self.changed = asyncio.Event()

    def launch(self):
        """Starts a process, and does not wait for it."""
        expect(self.process is None, "it runs already")
        self.run += 1
        self.output = tempfile.TemporaryFile()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.command, "serve", "--port", "0", "--history", self.database,
                 "--control", self.control, "--publish-token-file", self.tokens,
                 "--rate-limit", "off", "--log", "text", *self.flags],
                stdin=subprocess.DEVNULL, stdout=self.output, stderr=log,
                env=self.environment, preexec_fn=die_with_parent)

    async def start(self):
        """Starts a process, and waits until it listens."""
        self.launch()
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            said = os.pread(self.output.fileno(), 1 << 16, 0)
            if LISTENING in said and b"\n" in said.split(LISTENING)[1]:
                self.port = int(said.split(LISTENING)[1].split(b"\n")[0])
                self.changed.set()
                self.changed = asyncio.Event()
                return
            if self.process.poll() is not None:
                break
            await asyncio.sleep(0.005)
        raise AssertionError(f"it does not start:\n{self.log.read_text()[-2000:]}")

    def kill(self, number=signal.SIGKILL):
        """Ends the process; waits for its end, which takes SIGKILL a moment."""
        self.port = None
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(READY_SECONDS)
            self.output.close()
        self.process = None

    def stop(self):
        self.kill(signal.SIGTERM)

    async def refused(self):
        """Starts a process that has to end by itself with a fault: what it says."""
        self.launch()
        size = self.log.stat().st_size
        end = time.monotonic() + READY_SECONDS
        while self.process.poll() is None and time.monotonic() < end:
            await asyncio.sleep(0.01)
        status = self.process.poll()
        self.kill()
        expect(status, f"it starts, or ends with {status}")
        return self.log.read_text()[min(size, self.log.stat().st_size):] or self.log.read_text()

    async def wait_until_there(self):
        """Returns the port, once a process listens."""
        while self.port is None:
            await self.changed.wait()
        return self.port

    def history(self, *arguments):
        """Runs `roost history …` for this database: its status, and all that it says."""
        done = subprocess.run(
            [*self.command, "history", *map(str, arguments), "--database", self.database],
            capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def status(self):
        """What `roost status` says."""
        return subprocess.run(
            [*self.command, "status", "--control", self.control], capture_output=True, text=True,
            timeout=60).stdout

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
