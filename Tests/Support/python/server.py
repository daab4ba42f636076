"""Starts a server under test on a free port, and stops it again."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

READY = re.compile(rb"wss?://[a-z0-9.]+:(\d+)")
READY_SECONDS = 30
STOP_SECONDS = 15


def stop_when_terminated():
    """Makes SIGTERM leave every `with`, so that no server outlives the script that started it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def die_with_parent():
    """Makes a killed test run leave no server behind (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Server:
    """Runs `command` until the end of `with`; `port` is the port that it prints."""

    ready = READY  # what says the port

    def __init__(self, command):
        self.command = command
        self.output = tempfile.TemporaryFile()  # a pipe that is not drained would stop it
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent)
        try:
            self.port = self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def said(self):
        size = os.fstat(self.output.fileno()).st_size
        return os.pread(self.output.fileno(), size, 0)

    def _wait_until_ready(self):
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            ended = self.process.poll() is not None
            if found := self.ready.search(self.said()):
                return int(found[1])
            if ended:
                break
            time.sleep(0.01)
        raise SystemExit(
            f"{' '.join(self.command)} never said where it listens:\n{self.said().decode()}")

    def rss_kib(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
