"""A stand-in for systemd that runs a service: sockets, notifications, and the descriptor store."""

import array
import fcntl
import os
import resource
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time

from server import die_with_parent

FIRST = 3  # of the passed descriptors: SD_LISTEN_FDS_START
RESERVED = 80  # numbers below are for them
SECONDS = 60
NAME = "hand-over"


def received(sock, flags=0):
    """A message and its descriptors."""
    content, found, _, _ = sock.recvmsg(65536, socket.CMSG_SPACE(253 * 4),
                                        flags | socket.MSG_CMSG_CLOEXEC)
    numbers = array.array("i")
    for _, _, data in found:
        numbers.frombytes(data[:len(data) - len(data) % numbers.itemsize])
    return content, list(numbers)


class Manager:
    """Runs `command` as a service until the end of `with`. It stores at most `limit` descriptors,
    and does what systemd 252 does with them: what is too much it closes without a word."""

    ready = b"Listening on "  # what a process writes when it listens
    restarted = 0  # the status of a process which has left its connections to the next

    def __init__(self, command, limit=64, notifies=True, answers=True):
        self.command, self.limit = command, limit
        self.folder = tempfile.TemporaryDirectory(prefix="manager-")
        self.output = tempfile.TemporaryFile()
        # The passed descriptors get the lowest numbers in the child, where nothing else may be.
        self.reserve = []
        while not self.reserve or self.reserve[-1] < RESERVED:
            self.reserve.append(os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC))
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.port = self.listener.getsockname()[1]
        self.store, self.lock, self.heard = [], threading.Lock(), []
        self.names = []  # of what is in the store
        self.on_store, self.answers = (lambda: None), answers
        self.path = os.path.join(self.folder.name, "notify")
        self.environment = {"NOTIFY_SOCKET": self.path} if notifies else {}
        self.notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notified.bind(self.path)
        self.thread = threading.Thread(target=self._hear, daemon=True)
        self.thread.start()
        self.files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        self.process = None
        self.start()

    # What the service says

    def _hear(self):
        while True:
            text, descriptors = received(self.notified)
            lines = text.decode().split("\n")
            if lines == [""]:
                return
            with self.lock:
                self.heard.append(text.decode())
                if "FDSTORE=1" in lines:
                    name = self._name(lines)
                    assert "FDPOLL=0" in lines, lines
                    room = self.limit - len(self.store)
                    self.store += descriptors[:room]
                    self.names += [name] * len(descriptors[:room])
                    descriptors = descriptors[room:]
                    if name == NAME:
                        self.on_store()
                elif "FDSTOREREMOVE=1" in lines:
                    self._remove(self._name(lines))
                if "BARRIER=1" in lines and not self.answers:
                    continue
            for descriptor in descriptors:
                os.close(descriptor)

    def _name(self, lines):
        [name] = [line[len("FDNAME="):] for line in lines if line.startswith("FDNAME=")]
        assert name == NAME or name.startswith(NAME + "-"), lines
        return name

    def _remove(self, name):
        kept = [(n, d) for n, d in zip(self.names, self.store) if n != name]
        for found, descriptor in zip(self.names, self.store):
            if found == name:
                os.close(descriptor)
        self.names, self.store = [n for n, _ in kept], [d for _, d in kept]

    def _empty(self):
        for descriptor in self.store:
            os.close(descriptor)
        self.store, self.names = [], []

    def said(self):
        size = os.fstat(self.output.fileno()).st_size
        return os.pread(self.output.fileno(), size, 0)

    # Its processes

    def start(self, waits=True):
        """Starts a process, and waits until it listens: it knows its signals then."""
        count = self.said().count(self.ready)
        with self.lock:
            passed = [self.listener.fileno(), *self.store]
            names = ":".join(["roost", *self.names])
            # The store keeps its own: the process has copies.
        high = [fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, RESERVED) for number in passed]

        def prepare():
            die_with_parent()
            resource.setrlimit(resource.RLIMIT_NOFILE, (self.files, self.files))
            os.environ.update(self.environment, LISTEN_PID=str(os.getpid()),
                              LISTEN_FDS=str(len(high)), LISTEN_FDNAMES=names)
            for place, number in enumerate(high):
                os.dup2(number, FIRST + place)

        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT,
            preexec_fn=prepare, pass_fds=range(FIRST, FIRST + len(high)))
        for number in high:
            os.close(number)
        if waits:
            self.wait_for(self.ready, count + 1)

    def end(self, number=signal.SIGUSR2):
        """Sends the signal of a restart, or another, and waits for the process's end: its status.
        """
        handle = os.pidfd_open(self.process.pid)
        try:
            self.process.send_signal(number)
            # Python's own waiting would come up to 50 ms late.
            ended = select.poll()
            ended.register(handle, select.POLLIN)
            ended.poll(SECONDS * 1000)
        finally:
            os.close(handle)
        return self.process.wait(0)

    def restart(self):
        status = self.end()
        assert status == self.restarted, f"status {status}: {self.said()[-2000:].decode()}"
        self.start()

    def listen_elsewhere(self):
        """Gives the next process another listening socket."""
        self.listener.close()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.port = self.listener.getsockname()[1]

    def stop(self):
        """Like `systemctl stop`, which empties the store at the end."""
        try:
            return self.end(signal.SIGTERM) if self.process.poll() is None else None
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            with self.lock:
                self._empty()

    def wait_for(self, words, count=1):
        """Waits until the service has logged these words so often."""
        end = time.monotonic() + SECONDS
        while self.said().count(words) < count:
            assert self.process.poll() is None and time.monotonic() < end, self.said().decode()
            time.sleep(0.01)

    def wait_until_empty(self):
        """Waits until the service has let everything be removed from the store that was left."""
        end = time.monotonic() + SECONDS
        while NAME in self.names:
            assert time.monotonic() < end, "the store still has something"
            time.sleep(0.01)

    def change(self, carriers):
        """Puts other carriers into the store: lists of messages, each with its descriptors."""
        with self.lock:
            self._empty()
            for messages in carriers:
                inner, outer = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                for content, descriptors in messages:
                    socket.send_fds(inner, [content], descriptors)
                    for number in descriptors:
                        os.close(number)
                inner.close()
                self.store.append(outer.detach())
                self.names.append(NAME)

    def carriers(self):
        """Takes the messages of all carriers in the store; each must be put back or closed."""
        found = []
        with self.lock:
            for name, number in zip(self.names, self.store):
                if name != NAME:
                    continue
                with socket.socket(fileno=os.dup(number)) as carrier:
                    found.append([])
                    while True:
                        try:
                            content, descriptors = received(carrier, socket.MSG_DONTWAIT)
                        except BlockingIOError:
                            break
                        if not content:
                            break
                        found[-1].append((content, descriptors))
        return found

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ending:
            ending.sendto(b"", self.path)
        self.thread.join(SECONDS)
        for closing in (self.notified, self.listener):
            closing.close()
        for number in self.reserve:
            os.close(number)
