#!/usr/bin/env python3
"""The bots of docs/CLIENT.md in Node, with a real server: both are killed, or refused.

    client_bot.py [--only NAME]… -- COMMAND that starts the server
    client_bot.py --list | --check

Prints a line for each scenario, and ends with 1 if one failed. `--check` prints in one line what is
missing to run this, if anything.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import scenarios

try:
    from roost_server import PATIENCE, Client, die_with_parent, run, start_server, until
    from tls_server import Authority
    missing = None
except ImportError as problem:
    missing = f"Python has no {problem.name}; `make test` installs it"

DOCUMENT = Path(__file__).resolve().parents[3] / "docs/CLIENT.md"
ROUNDS = 4


def node():
    """The command of a Node that has a WebSocket, or None."""
    path = shutil.which("node")
    for command in ([path], [path, "--experimental-websocket"]) if path else ():
        test = [*command, "-e", "process.exit(typeof WebSocket === 'function' ? 0 : 1)"]
        if subprocess.run(test, capture_output=True).returncode == 0:
            return command
    return None


def example(name):
    """The program of the document that begins with this name in a comment."""
    return re.search(rf"```js\n(// {re.escape(name)}.*?)```", DOCUMENT.read_text(), re.S)[1]


class Bot:
    """A program of the document, with the client that the server serves."""

    def __init__(self, folder, server, name, authority=None):
        context = authority and authority.context()
        with urllib.request.urlopen(f"{server.page}roost.js", context=context) as answer:
            Path(folder, "roost.mjs").write_bytes(answer.read())
        Path(folder, name).write_text(example(name))
        self.command = [*node(), name, server.chat]
        self.folder = folder
        self.environment = dict(os.environ)
        if authority:
            self.environment["NODE_EXTRA_CA_CERTS"] = authority.path
        self.words = Path(folder, "words")
        self.start()

    def start(self):
        with self.words.open("ab") as words:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=words,
                stderr=words, env=self.environment, preexec_fn=die_with_parent)

    def has_logged_in(self):
        """On a busy machine a Node takes its time to start."""
        until(lambda: Path(self.folder, "bot.json").exists(), "the bot's session", 60)

    def kill(self):
        self.process.kill()
        self.process.wait()


@contextmanager
def bot_of(server, name, authority=None):
    with tempfile.TemporaryDirectory() as folder:
        bot = Bot(folder, server, name, authority)
        try:
            yield bot
        except (AssertionError, TimeoutError) as problem:
            raise AssertionError(f"{problem}\n{bot.words.read_text()}") from None
        finally:
            bot.kill()


class Ann:
    """Somebody who talks to the bot, and comes back with the same name."""

    def __init__(self, server):
        self.server = server
        self.session = None
        self.readers = 0
        self.said = []

    def says(self, count):
        with Client(self.server) as client:
            welcome = client.log_in("ann", session=self.session)
            self.session = welcome["session"]
            for _ in range(count):
                text = f"question {len(self.said) + 1}"
                client.say(text, id=f"ann {len(self.said) + 1} {self.server.port}")
                self.said.append(text)

    def expects_answers(self):
        """Each question has one answer, in order, at the latest when the last one is there."""
        expected = [f"ann said: {text}" for text in self.said if text]
        with Client(self.server) as client:
            self.readers += 1
            client.log_in(f"reader{self.readers}")
            client.ask(type="join", room="lobby")
            if expected[-1] not in self.answers(client):
                self.wait_for(expected[-1], client)
            got = self.answers(client)
        assert got == expected, (got, expected)

    @staticmethod
    def wait_for(text, client):
        """On a busy machine a Node takes its time to start."""
        for attempts in (2, 1, 0):
            try:
                return client.wait_for("message", text=text)
            except TimeoutError:
                if attempts == 0:
                    raise

    def answers(self, client):
        """What the bot has said until now."""
        texts, page = [], {"messages": [{"offset": 0}], "more": True}
        while page["more"]:
            after = page["messages"][-1]["offset"]
            page = client.ask(type="history", room="lobby", after=after, limit=200)
            texts += [one["text"] for one in page["messages"] if one["user"] == "echo-bot"]
        return texts


def bot():
    """The bot of 20 lines answers, whatever happens to the server, each message once."""
    assert len(example("bot.mjs").splitlines()) <= 20
    with start_server() as server, bot_of(server, "bot.mjs") as echo:
        until(lambda: "Listening." in echo.words.read_text(), "the bot")
        ann = Ann(server)
        for _ in range(ROUNDS):
            ann.says(3)
            server.kill()  # while the bot still answers
            server.start()
            ann.says(3)  # while it is not back yet
            ann.expects_answers()
        assert "missed" not in echo.words.read_text(), echo.words.read_text()


def keeping():
    """The bot with a file answers each message once, although it is killed, too."""
    with start_server() as server, bot_of(server, "keeping-bot.mjs") as echo:
        ann = Ann(server)
        echo.has_logged_in()
        ann.says(1)
        ann.expects_answers()
        for _ in range(ROUNDS):
            ann.says(2)
            echo.kill()
            ann.says(2)
            server.kill()
            server.start()
            echo.start()
            ann.says(2)
            ann.expects_answers()


def taken():
    """Refused for its name, the bot with a file says why, and its status is that of a failure."""
    with start_server() as server, Client(server) as owner:
        owner.log_in("echo-bot")
        with bot_of(server, "keeping-bot.mjs") as echo:
            assert echo.process.wait(PATIENCE) == 1
            assert "Not logged in: " in echo.words.read_text(), echo.words.read_text()


def muted():
    """A mute costs the bot with a file the answers that it would have given meanwhile, no more."""
    with tempfile.TemporaryDirectory() as folder:
        socket = f"{folder}/control.sock"

        def operator(command):
            roost = scenarios.arguments.command[0]
            subprocess.run([roost, command, "echo-bot", "--control", socket], check=True,
                           capture_output=True, timeout=PATIENCE)

        with start_server("--control", socket) as server, \
                bot_of(server, "keeping-bot.mjs") as echo:
            ann = Ann(server)
            echo.has_logged_in()
            ann.says(1)
            ann.expects_answers()
            operator("mute")
            ann.says(1)
            until(lambda: "You may only read here" in echo.words.read_text(), "the refusal")
            ann.said[-1] = None
            operator("unmute")
            ann.says(1)
            ann.expects_answers()
            assert echo.process.poll() is None, echo.words.read_text()


def encrypted():
    """The bot talks over wss, to a server whose authority Node is made to know."""
    authority = Authority()
    chain, key = authority.sign()
    with start_server("--tls-certificate", chain, "--tls-key", key) as server, \
            bot_of(server, "bot.mjs", authority) as echo:
        until(lambda: "Listening." in echo.words.read_text(), "the bot")
        context = authority.context()
        for number in range(ROUNDS):
            name, text = f"ann{number}", f"question {number}"
            with Client(server, ssl=context) as ann:
                ann.log_in(name)
                ann.say(text)
                ann.wait_for("message", text=f"{name} said: {text}")
            server.kill()
            server.start()


SCENARIOS = {"encrypted": encrypted, "bot": bot, "keeping": keeping, "taken": taken, "muted": muted}


def main():
    parser = scenarios.parser(__doc__)
    parser.parse_args(namespace=scenarios.arguments)
    arguments = scenarios.arguments
    lacking = missing or (None if node() else "there is no Node with a WebSocket on this machine")
    if arguments.list:
        print("\n".join(SCENARIOS))
    elif arguments.check:
        print(lacking or "", end="")
    elif lacking:
        sys.exit(lacking)
    else:
        sys.exit(run(SCENARIOS, arguments.only))


if __name__ == "__main__":
    main()
