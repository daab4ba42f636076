"""What the tests of TLS share: an authority with its certificates, and our programs with TLS."""

import re
import select
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
from contextlib import closing
from pathlib import Path

import server
from scenarios import arguments

NAME = "localhost"
SECONDS = 20


def what_is_missing():
    """Why the tests cannot run here; None if they can."""
    return None if shutil.which("openssl") else "there is no openssl here"


class Authority:
    """A certificate authority in a temporary folder, and the certificates that it signs."""

    def __init__(self, name="Test Authority"):
        self.folder = tempfile.TemporaryDirectory(prefix="tls-")
        self.path = self.file("ca.crt")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", self.file("ca.key"), "-out", self.path, "-subj", f"/CN={name}",
                "-days", "2", "-addext", "basicConstraints=critical,CA:TRUE",
                "-addext", "keyUsage=critical,keyCertSign")
        self.count = 0

    def file(self, name):
        return str(Path(self.folder.name, name))

    def sign(self, name=NAME, days=1, kind="ec"):
        """A new certificate for a name: the paths of the certificate and its key."""
        self.count += 1
        chain, key, wish = (self.file(f"{self.count}.{end}") for end in ("crt", "key", "csr"))
        curve = ["-pkeyopt", "ec_paramgen_curve:P-256"] if kind == "ec" else []
        openssl("req", "-newkey", kind, *curve, "-nodes", "-keyout", key, "-out", wish,
                "-subj", f"/CN={name}")
        extensions = self.file("extensions")
        Path(extensions).write_text(
            f"subjectAltName=DNS:{name},IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
        openssl("x509", "-req", "-in", wish, "-CA", self.path, "-CAkey", self.file("ca.key"),
                "-CAcreateserial", "-out", chain, "-days", str(days), "-extfile", extensions)
        return chain, key

    def context(self, pair=None):
        """What Python's ssl needs to trust this authority, and to show a certificate."""
        made = ssl.create_default_context(cafile=self.path)
        made.sslsocket_class = ThreadedSocket
        if pair:
            made.load_cert_chain(*pair)
        return made


class ThreadedSocket(ssl.SSLSocket):
    """One thread may read while another writes, as those of websockets do. Below Python 3.13 both
    would be inside OpenSSL at once, which loses what is written now and then."""

    def _lock(self):
        return self.__dict__.setdefault("own_lock", threading.Lock())

    def _at_once(self, action):
        with self._lock():
            limit = self.gettimeout()
            self.settimeout(0)
            try:
                return action(), limit
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return None, limit
            finally:
                self.settimeout(limit)

    def _wait(self, event, limit):
        poll = select.poll()
        poll.register(self, event)
        if not poll.poll(None if limit is None else limit * 1000):
            raise TimeoutError("nothing came, or could be sent")

    def recv(self, count=65536, flags=0):
        while True:
            found, limit = self._at_once(lambda: super(ThreadedSocket, self).recv(count, flags))
            if found is not None:
                return found
            self._wait(select.POLLIN, limit)

    def sendall(self, data, flags=0):
        rest = memoryview(data)
        while rest:
            sent, limit = self._at_once(lambda: super(ThreadedSocket, self).send(rest, flags))
            rest = rest[sent or 0:]
            if not sent:
                self._wait(select.POLLOUT, limit)


def openssl(*words):
    done = subprocess.run(["openssl", *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


class Encrypted(server.Server):
    """One of our programs with TLS: from the folder that the test's command line names, or beside
    the program that it names."""

    ready = re.compile(rb"Listening on (?:wss|https)://[a-z0-9.\[\]:]+:(\d+)")

    def __init__(self, program, *words):
        super().__init__([str(path_of(program)), *map(str, words)])


def path_of(program):
    given = Path(arguments.command[0])
    return Path(given if given.is_dir() else given.parent, program)


def echo(authority, *flags, pair=None, port=0):
    chain, key = pair or authority.sign()
    return Encrypted("echo-server", port, "--tls-certificate", chain, "--tls-key", key, *flags)


def chat(authority, *flags, pair=None):
    chain, key = pair or authority.sign()
    return Encrypted("roost", "serve", "--port", 0, "--history", "memory", "--tls-certificate",
                     chain, "--tls-key", key, *flags)


def answers(authority, *more):
    """The server of Tests/Support/TestServer/EncryptedServer.swift."""
    return Encrypted("TestServer", "tls", *authority.sign(), *more)


def plain(port):
    made = socket.create_connection(("127.0.0.1", port), SECONDS)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def encrypted(context, port, session=None):
    return context.wrap_socket(plain(port), server_hostname=NAME, session=session)


def everything(connection):
    """What comes until the end."""
    found = b""
    while True:
        try:
            more = connection.recv(65536)
        except ConnectionResetError:
            more = b""
        if not more:
            return found
        found += more


def free_port():
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        return listening.getsockname()[1]
