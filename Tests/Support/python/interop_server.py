#!/usr/bin/env python3
"""Our client against another project's server: the program `talk` and Python's `websockets`.

    interop_server.py [--only NAME]… -- COMMAND that talks (a URL and options are added)
    interop_server.py --list | --check

Prints a line for each scenario, and ends with 1 if one failed. `--check` prints in one line what is
missing to run this, if anything.
"""

import argparse
import http
import subprocess
import sys
import threading
from contextlib import contextmanager

try:
    import roost_server
    from roost_server import PATIENCE
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.server import serve
    missing = None
except ImportError as problem:
    missing = f"Python has no {problem.name}; `make test` installs it"

arguments = None


@contextmanager
def server(handler, **options):
    """A server on a free port; yields its URL, and the exceptions of its handlers."""
    errors = []

    def guarded(connection):
        try:
            handler(connection)
        except Exception as problem:
            errors.append(problem)
            raise

    with serve(guarded, "127.0.0.1", 0, **options) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{running.socket.getsockname()[1]}/path?query=1"
        finally:
            running.shutdown()
            thread.join()
    assert not errors, errors


class Talk:
    """The client as a process."""

    def __init__(self, url, *flags):
        self.process = subprocess.Popen(
            [*arguments.command, url, *flags], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self):
        return self.process.stdout.readline().rstrip("\n")

    def ends(self):
        """Waits for its end with its input still open: its exit status and error output."""
        self.process.wait(PATIENCE)
        return self.end()

    def end(self):
        """Ends its input, then the same."""
        _, words = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, words


def echo(connection):
    for message in connection:
        connection.send(message)


def closed_by(connection):
    """The code with which the peer closed."""
    try:
        while True:
            connection.recv(timeout=PATIENCE)
    except ConnectionClosed as problem:
        return problem.rcvd.code if problem.rcvd else None


def texts():
    """Lines of all lengths come back unchanged; the end of input closes in order."""
    codes = []

    def handler(connection):
        echo(connection)
        codes.append(connection.close_code)

    with server(handler, compression=None) as url:
        talk = Talk(url)
        for line in ("", "hello", "grüße 🐦", "x" * 125, "x" * 126, "ä" * 40_000, "y" * 65_536):
            talk.say(line)
            assert talk.hear() == line, line[:20]
        assert talk.end()[0] == 0
    assert codes == [1000], codes


def opening():
    """Path, subprotocol and fields arrive as requested; the server's choice is accepted."""
    seen = []

    def handler(connection):
        request = connection.request
        seen.append((request.path, request.headers["X-Name"], connection.subprotocol))
        connection.send("there")

    with server(handler, subprotocols=["two.v1"], origins=["http://example.com"]) as url:
        talk = Talk(url, "--subprotocol", "one.v1", "--subprotocol", "two.v1", "--header",
                    "X-Name: ann", "--header", "Origin: http://example.com")
        assert talk.hear() == "there"
        status, words = talk.end()
        assert status == 0 and "two.v1" in words, words
    assert seen == [("/path?query=1", "ann", "two.v1")], seen


def fragments_and_pings():
    """A message in pieces with Pings between them; each Ping is answered."""
    pongs = []

    def handler(connection):
        def pieces():
            for piece in ("in ", "several ", "pieces"):
                pongs.append(connection.ping(piece).wait(PATIENCE))
                yield piece
        connection.send(pieces())
        assert connection.recv(timeout=PATIENCE) == "done"

    with server(handler) as url:
        talk = Talk(url)
        assert talk.hear() == "in several pieces"
        talk.say("done")
        assert talk.end()[0] == 0
    assert pongs == [True] * 3, pongs


def refusals():
    """An HTTP status is reported with the server's text, and the exit status is 1."""
    def refuse(connection, request):
        return connection.respond(http.HTTPStatus.FORBIDDEN, "Not on a Sunday.\n")

    with server(echo, process_request=refuse) as url:
        status, words = Talk(url).ends()
        assert status == 1 and "403" in words and "Not on a Sunday." in words, words


def closes():
    """The server closes, with any code: it gets the same code back, and the client ends."""
    for code, expected in ((1000, 0), (1001, 1), (1011, 1), (4321, 1)):
        def handler(connection):
            connection.close(code, "Enough.")

        with server(handler) as url:
            status, words = Talk(url).ends()
            assert status == expected and str(code) in words, (code, status, words)


def violations():
    """A server that breaks the protocol gets a close code for it."""
    cases = {
        1002: lambda c: c.socket.sendall(b"\x83\x00"),
        1007: lambda c: c.socket.sendall(b"\x81\x02\xc3\x28"),
        1009: lambda c: c.socket.sendall(b"\x81\x7f\x00\x00\x00\x01\x00\x00\x00\x00"),
    }
    for code, act in cases.items():
        codes = []

        def handler(connection):
            act(connection)
            codes.append(closed_by(connection))

        with server(handler) as url:
            status, words = Talk(url).ends()
            assert status == 1 and words.strip(), words
        assert codes == [code], (code, codes)


SCENARIOS = {
    function.__name__: function
    for function in (texts, opening, fragments_and_pings, refusals, closes, violations)
}


def main():
    global arguments
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=SCENARIOS, help="this scenario")
    parser.add_argument("--list", action="store_true", help="name the scenarios")
    parser.add_argument("--check", action="store_true", help="say what is missing")
    parser.add_argument("command", nargs="*", help="the client")
    arguments = parser.parse_args()
    if arguments.list:
        print("\n".join(SCENARIOS))
        return 0
    if missing:
        print(missing)
        return 0 if arguments.check else 2
    if arguments.check:
        return 0
    return roost_server.run(SCENARIOS, arguments.only)


if __name__ == "__main__":
    sys.exit(main())
