"""A chat server whose program can be replaced, and commands for it."""

import itertools
import os
import shutil
import subprocess
from pathlib import Path

from roost_server import PATIENCE, Client, Server, until
from scenarios import arguments


newcomers = itertools.count()


class Replaceable(Server):
    """A server that runs a copy of the program, with a configuration file of its own."""

    def __init__(self, *flags, environment={}):
        super().__init__([])
        folder = Path(self.folder.name)
        self.original, serve = arguments.command[0], arguments.command[1:]
        self.program = folder / "roost"
        self.configuration = folder / "roost.conf"
        self.socket = folder / "control"
        self.configuration.write_text("rate-limit = off\n")
        self.replace()
        variables = [f"{name}={value}" for name, value in environment.items()]
        self.command = ["env", *variables, str(self.program), *serve,
                        "--config", str(self.configuration), "--control", str(self.socket), *flags]

    def replace(self, path=None):
        """Puts another file where the program is, as a package does it."""
        new = self.program.with_suffix(".new")
        shutil.copy(path or self.original, new)
        os.rename(new, self.program)

    def replace_by_script(self, text):
        new = self.program.with_suffix(".new")
        new.write_text(text)
        new.chmod(0o755)
        os.rename(new, self.program)

    def begin(self, *command):
        """Starts a command of roost for this server; the program itself may be a bad one."""
        return subprocess.Popen(
            [self.original, *command, "--control", str(self.socket)], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def run(self, *command):
        """The status and the words of a command."""
        running = self.begin(*command)
        words, _ = running.communicate(timeout=4 * PATIENCE)
        return running.returncode, words

    def reload(self, *flags):
        """Reloads; the sentence, if that has succeeded."""
        status, words = self.run("reload", *flags)
        assert status == 0, f"{status}: {words}\n{self.words()}"
        return words

    def fails(self, *command, because):
        """Runs a command that must fail, for a reason with these words."""
        status, words = self.run(*command)
        assert status == 1 and because in words, f"{status}: {words}\n{self.words()}"

    @property
    def node(self):
        return os.stat(f"/proc/{self.process.pid}/exe").st_ino

    def is_new(self):
        """Whether the installed file runs."""
        return self.node == os.stat(self.program).st_ino

    def event_count(self, name):
        return self.words().count(f"[event={name}")


def still_talks(server, client, text):
    """Checks that a connection of before still works, both ways."""
    assert client.say(text) > 0
    assert client.wait_for("message", text=text)
    with Client(server) as other:
        other.log_in(f"newcomer{next(newcomers)}")


__all__ = ["Client", "Replaceable", "still_talks", "until"]
