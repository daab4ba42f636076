"""What a server says about the address of a Redis that it cannot use, and Redis with TLS."""

import contextlib
import http.server
import threading
import time

import server
from redis_scenes import PATIENCE, Redis, heard_again, talker
from scenarios import arguments
from tls_server import Authority, free_port
from wire import expect


class Encrypted(Redis):
    """A Redis with a certificate, on a port of this machine."""

    def __init__(self, pair, authority, *options):
        self.port = free_port()
        certificate, key = pair
        super().__init__(
            "--tls-port", str(self.port), "--tls-cert-file", certificate, "--tls-key-file", key,
            "--tls-ca-cert-file", authority.path, *options)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A web server that does not say what it is asked."""

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def chat(url, authority=None):
    """A shared chat at this URL, which trusts the authority instead of the system's."""
    trusting = [f"SSL_CERT_FILE={authority.path}"] if authority else []
    with server.Server(["env", *trusting, *arguments.command, "0", url]) as running:
        yield running


def says(url, *words, authority=None):
    """The server says all of it in one record, once, and serves on."""
    with chat(url, authority) as running:
        end = time.monotonic() + PATIENCE
        while not any(all(word in line for word in words) for line in lines(running)):
            expect(time.monotonic() < end, f"{url}: {words}\n{running.said().decode()}")
            time.sleep(0.01)
        # It is tried again meanwhile.
        time.sleep(0.3)
        expect(len([line for line in lines(running) if "no connection to Redis" in line]) == 1,
               running.said().decode())
        with talker(running) as ann:
            ann.send("anybody?")
            expect(ann.recv(timeout=PATIENCE).startswith("Not now"), "it has a Redis")


def lines(running):
    return running.said().decode().splitlines()


def encrypted():
    """Over TLS two servers share a chat, through a Redis that ends their connections and returns"""
    authority = Authority()
    with Encrypted(authority.sign(), authority, "--tls-auth-clients", "no") as redis:
        url = f"rediss://localhost:{redis.port}"
        with chat(url, authority) as left, chat(url, authority) as right:
            with talker(left) as ann, talker(right) as cid:
                heard_again(ann, cid, "hello")
                for size in (1, 1000, 60_000):
                    heard_again(cid, ann, "x" * size)
                ann_says = [f"ann {number}" for number in range(500)]
                for text in ann_says:
                    ann.send(text)
                heard = []
                while len(heard) < 500:
                    text = cid.recv(timeout=PATIENCE)
                    heard += [text] if text.startswith("ann ") else []
                expect(heard == ann_says, "lost or out of order")
                redis.command("CLIENT KILL TYPE pubsub")
                heard_again(ann, cid, "after")
        expect(b"rediss://" in left.said(), left.said().decode())


def old_tls():
    """With TLS 1.2 it is the same, by libssl's records"""
    authority = Authority()
    options = ("--tls-auth-clients", "no", "--tls-protocols", "TLSv1.2")
    with Encrypted(authority.sign(), authority, *options) as redis:
        url = f"rediss://127.0.0.1:{redis.port}"
        with chat(url, authority) as left, chat(url, authority) as right:
            with talker(left) as ann, talker(right) as cid:
                heard_again(ann, cid, "hello")
                heard_again(cid, ann, "x" * 60_000)


def certificates():
    """A certificate that cannot be trusted is a sentence: whose it is, for whom, until when"""
    authority, other = Authority(), Authority("Somebody Else")
    for pair, trusted, words in (
            (authority.sign(), other, ["an authority that is not trusted here"]),
            (authority.sign(), None, ["an authority that is not trusted here"]),
            (authority.sign("other.example"), authority,
             ["is for other.example, 127.0.0.1, and not for localhost"]),
            (authority.sign(days=-1), authority, ["has expired", "must be renewed"])):
        with Encrypted(pair, authority, "--tls-auth-clients", "no") as redis:
            says(f"rediss://localhost:{redis.port}", *words, authority=trusted)
    with Encrypted(authority.sign(), authority) as redis:
        says(f"rediss://localhost:{redis.port}", "wants a certificate of its clients", "redisTLS",
             authority=authority)


def ports():
    """TLS to a plain port and the other way round: the sentence says which scheme to write"""
    authority = Authority()
    with Encrypted(authority.sign(), authority, "--tls-auth-clients", "no") as redis:
        says(f"redis://127.0.0.1:{redis.port}", "whether TLS is spoken there (rediss://)")
    port = free_port()
    with Redis("--port", str(port)):
        says(f"rediss://127.0.0.1:{port}", "TLS", "redis://", authority=authority)


def others():
    """A web server, a replica, an empty port and a user without rights are named as that"""
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    says(f"redis://127.0.0.1:{web.server_address[1]}", "is not Redis, but speaks HTTP")
    web.shutdown()
    web.server_close()
    says(f"redis://127.0.0.1:{free_port()}", "was not made (errno 111)", "check that Redis runs")
    with Redis() as primary, Redis("--replicaof", "127.0.0.1", "1") as replica:
        says(f"unix://{replica.path}", "is a replica", "primary")
        primary.command("ACL SETUSER ann on >pw ~* &* +hello")
        says(f"unix://ann:pw@{primary.path}", "NOPERM", "ACL SETUSER", "+ping")
        primary.command("ACL SETUSER bob on >pw ~* resetchannels +@all")
        with chat(f"unix://bob:pw@{primary.path}") as running:
            end = time.monotonic() + PATIENCE
            while b"does not subscribe to the channel \"chat\"" not in running.said():
                expect(time.monotonic() < end, running.said().decode())
                time.sleep(0.01)
