"""Invalid requests: garbage, too much of it, and incomplete requests."""

import random
import ssl
import threading
import time

from wire import REQUEST, TEXT, Client, expect, frame

HANDSHAKE_SECONDS = 10
LATER = 3  # how late a deadline may be noticed on a busy machine


def garbage(port):
    """Bytes that are not an HTTP request get 400 (or 505), and the connection ends."""
    hello = ssl.MemoryBIO()
    tls = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), hello, server_hostname="x")
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    dice = random.Random(6455)
    pieces = [
        ("TLS", hello.read(), (400,)),
        ("zeros", bytes(1000), (400,)),
        ("bare LF", REQUEST.replace(b"\r\n", b"\n"), (400,)),
        ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400, 405, 505)),
        ("obs-fold", REQUEST.replace(b"Upgrade: ", b"Upgrade:\r\n "), (400,)),
        ("space before colon", REQUEST.replace(b"Upgrade:", b"Upgrade :"), (400,)),
        ("second Host", REQUEST.replace(b"\r\n\r\n", b"\r\nHost: b\r\n\r\n"), (400,)),
        ("no Host", REQUEST.replace(b"Host: 127.0.0.1\r\n", b""), (400,)),
        ("a frame", frame(TEXT, b"hello"), (400,)),
    ]
    for number in range(100):
        noise = dice.randbytes(dice.randrange(1, 3000)) + b"\r\n\r\n"
        pieces.append((f"noise {number}", noise, (400, 431, 501, 505)))
    for name, sent, statuses in pieces:
        with Client(port, upgrade=False) as client:
            client.send(sent)
            status, head = client.http_answer()
            expect(status in statuses, f"{name}: {status} {head[:60]!r}, not {statuses}")
            while client.received or not client.at_end():  # the body has the reason
                client.received = b""
    return f"{len(pieces)} kinds"


def headers(port):
    """100 KiB of request head is answered with 431 before all of it was taken."""
    line = b"X-Filler: " + b"x" * 1000 + b"\r\n"
    for polite in (True, False):
        with Client(port, upgrade=False) as client:
            client.send(REQUEST[:-2])
            for _ in range(100):
                if not client.send(line):
                    break
                if polite:  # reads the answer before it goes on
                    time.sleep(0.002)
                    client.socket.setblocking(False)
                    try:
                        client.received += client.socket.recv(65536)
                    except (BlockingIOError, ConnectionResetError):
                        pass
                    client.socket.settimeout(10)
                    if client.received:
                        break
            status, _ = client.http_answer()
            expect(status == 431, f"polite {polite}: {status}")
    with Client(port, upgrade=False) as client:  # one endless line
        client.send(b"GET /" + b"a" * 20000)
        status, _ = client.http_answer()
        expect(status in (414, 431, 400), f"endless request line: {status}")


class HalfHandshakes(threading.Thread):
    """Silence after part of a request, and a byte now and then: both end at the deadline.

    Runs beside the other cases, because it has to wait so long.
    """

    def __init__(self, port):
        super().__init__(daemon=True)
        self.silent = [Client(port, upgrade=False) for _ in range(100)]
        self.slow = Client(port, upgrade=False)
        self.started = time.monotonic()
        self.ended = {}  # for each: the seconds until it was answered or ended, and the status
        for number, client in enumerate(self.silent):
            client.send(REQUEST[:number])
            client.socket.settimeout(0)
        self.start()

    def run(self):
        waiting = [*self.silent, self.slow]
        trickle = iter(REQUEST)
        while waiting and self._age() < HANDSHAKE_SECONDS + LATER:
            if self.slow in waiting:
                self.slow.send(bytes([next(trickle)]))  # the request is longer than the deadline
            time.sleep(0.1)
            for client in list(waiting):
                client.socket.settimeout(0)
                try:
                    status, _ = client.http_answer()
                except BlockingIOError:
                    continue
                self.ended[client] = self._age(), status
                waiting.remove(client)

    def _age(self):
        return time.monotonic() - self.started

    def finish(self):
        self.join()
        left = len(self.silent) + 1 - len(self.ended)
        expect(left == 0, f"{left} of them are still open {self._age():.1f} s later")
        ages = [age for age, _ in self.ended.values()]
        first, last = min(ages), max(ages)
        expect(first > HANDSHAKE_SECONDS - 1, f"one was ended after {first:.1f} s already")
        for client, (_, status) in self.ended.items():
            expect(status in (None, 408), f"half a handshake was answered with {status}")
            client.socket.close()
        return f"ended after {first:.1f} to {last:.1f} s"
