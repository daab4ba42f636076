"""The chat's server as a child: its ports, figures, processor time, memory and descriptors."""

import os
import re
import signal
import socket
import tempfile
import time
import urllib.request
from pathlib import Path

import server
from wire import expect

METRICS = re.compile(rb"Metrics: http://127\.0\.0\.1:(\d+)/")
TICKS = os.sysconf("SC_CLK_TCK")


class ChatServer(server.Server):
    """`roost serve` at its default limits, behind a proxy that says who connects."""

    ready = re.compile(rb"Listening on http://127\.0\.0\.1:(\d+)\n(?s:.*)Metrics: http")

    def __init__(self, command, flags=(), tokens=None):
        self.folder = tempfile.TemporaryDirectory()
        self.control = str(Path(self.folder.name, "control.sock"))
        extra = [] if tokens is None else ["--publish-token-file", self.token_file(tokens)]
        super().__init__([
            *command, "serve", "--port", "0", "--proxy-protocol", "--metrics", "127.0.0.1:0",
            "--control", self.control, "--history", str(Path(self.folder.name, "roost.db")),
            "--log", "text", "--host-name", "chat.example",
            *extra, *flags])
        found = METRICS.search(self.said())
        expect(found, f"no metrics port: {self.said()!r}")
        self.metrics_port = int(found[1])

    def token_file(self, tokens):
        path = Path(self.folder.name, "tokens")
        path.touch(0o600)
        path.write_text(tokens + "\n")
        return str(path)

    def metrics(self, seconds=30):
        """All figures by their names with labels, read from the metrics port."""
        text = urllib.request.urlopen(
            f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=seconds).read().decode()
        pairs = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def status(self, seconds=30):
        """The answer to `roost status`, as bytes."""
        with socket.socket(socket.AF_UNIX) as one:
            one.settimeout(seconds)
            one.connect(self.control)
            one.sendall(b"GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            got = b""
            while more := one.recv(65536):
                got += more
        expect(got.startswith(b"HTTP/1.1 200"), f"status: {got[:100]!r}")
        return got

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def peak_rss_kib(self):
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))

    def terminate(self, most):
        """Seconds that an orderly end takes; `most` if it has not ended by then."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(most)
        except Exception:  # TimeoutExpired: the caller judges
            return most
        return time.monotonic() - start

    def stop(self):
        super().stop()
        self.folder.cleanup()
