"""The network of behind_proxy.py and page_network.py: users with addresses of their own, who reach
the chat through a proxy with a certificate."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
from contextlib import ExitStack, contextmanager
from pathlib import Path

from websockets.sync.client import connect

from roost_server import PATIENCE, die_with_parent

NAME = "chat.example.org"
HERE = "203.0.113.1"
PEOPLE = {"ann": "203.0.113.7", "bob": "203.0.113.8", "eve": "203.0.113.9", "dan": "203.0.113.10",
          "fay": "203.0.113.11"}


def unshare():
    return ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]


def missing_tools():
    """Why there can be no network of this kind here; None if there can."""
    for tool in ("ip", "openssl", "unshare"):
        if not shutil.which(tool):
            return f"there is no {tool}"
    if subprocess.run([*unshare(), "true"], capture_output=True).returncode:
        return "network namespaces cannot be made"
    return None


def make_network():
    for command in ("link set lo up", *(f"address add {host}/24 dev lo"
                                        for host in (HERE, *PEOPLE.values()))):
        subprocess.run(["ip", *command.split()], check=True)


def certificate(folder):
    """A certificate and its key, and both in one file as haproxy wants them."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-subj", f"/CN={NAME}", "-days", "2", "-keyout", folder / "key.pem",
         "-out", folder / "certificate.pem"], check=True, capture_output=True)
    both = (folder / "certificate.pem").read_text() + (folder / "key.pem").read_text()
    (folder / "both.pem").write_text(both)


@contextmanager
def running(folder, command, **options):
    """A program until the end of `with`; its output is printed if the scenario fails. It has a
    process group of its own, which ends as a whole: workers outlive a master that is killed."""
    log = folder / (Path(command[0]).name + ".log")
    with open(log, "wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent, start_new_session=True, **options)
    try:
        yield log
    except BaseException:
        print(f"--- {log.name}\n{log.read_text(errors='replace')}", flush=True)
        raise
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def trusting():
    """A TLS context that takes any certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def connect_from(user):
    """A TLS connection to the proxy from this user's address."""
    context = trusting()
    plain = socket.create_connection((HERE, 443), PATIENCE, source_address=(PEOPLE[user], 0))
    return plain, context


def get(user, path):
    """The answer to a GET by way of the proxy."""
    plain, context = connect_from(user)
    with context.wrap_socket(plain, server_hostname=NAME) as stream:
        stream.sendall(f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while data := stream.recv(65536):
            answer += data
    return answer


@contextmanager
def event_stream(user):
    """A function that waits for a text in the lobby's event stream, by way of the proxy."""
    plain, context = connect_from(user)
    with context.wrap_socket(plain, server_hostname=NAME) as stream:
        stream.settimeout(PATIENCE)
        stream.sendall(
            f"GET /rooms/lobby/events HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
        answer = b""

        def wait_for(text):
            nonlocal answer
            while text not in answer:
                data = stream.recv(65536)
                assert data, f"the stream ended: {answer}"
                answer += data

        yield wait_for


def upgraded(user, number, context):
    """A WebSocket that only stays open, and costs this process little. The client's number is for
    the error; reading the certificates for each client's own context would cost 60 ms."""
    plain = socket.create_connection((HERE, 443), PATIENCE, source_address=(PEOPLE[user], 0))
    stream = context.wrap_socket(plain, server_hostname=NAME)
    stream.sendall(
        f"GET /chat HTTP/1.1\r\nHost: {NAME}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
    answer = stream.recv(4096)
    assert answer.startswith(b"HTTP/1.1 101 "), f"client {number}: {answer[:60]}"
    return stream


class Chatter:
    """A WebSocket by way of the proxy."""

    def __init__(self, user, origin=f"https://{NAME}", **fields):
        plain, context = connect_from(user)
        # The client reads in a thread of its own while it sends, and OpenSSL's connections are not
        # for two threads: on a busy machine a session ticket of TLS 1.3, which is read during the
        # request, loses the request or the connection. TLS 1.2 sends nothing after its handshake.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.stack = ExitStack()
        self.socket = self.stack.enter_context(connect(
            f"wss://{NAME}/chat", sock=plain, ssl=context, origin=origin, ping_interval=None,
            additional_headers={name.replace("_", "-"): value for name, value in fields.items()}))

    def log_in(self, name):
        self.socket.send(f'{{"type":"login","user":"{name}"}}')
        answer = self.socket.recv(timeout=PATIENCE)
        assert '"welcome"' in answer, answer
        return self

    def say(self, text):
        self.socket.send(f'{{"type":"message","room":"lobby","text":"{text}"}}')

    def close_code(self):
        try:
            while True:
                self.socket.recv(timeout=PATIENCE)
        except TimeoutError:
            raise AssertionError("it was let in") from None
        except Exception:
            return self.socket.close_code


def listens():
    try:
        connect_from("dan")[0].close()
        return True
    except ConnectionRefusedError:
        return False


def reachable():
    try:
        return get("dan", "/healthz").startswith(b"HTTP/1.1 200")
    except OSError:
        return False
