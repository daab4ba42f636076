"""Two versions of the program that take each other's place."""

import os
import shutil

from reload_server import Client, Replaceable, still_talks

NUMBER = "0.1.0"


class TwoVersions(Replaceable):
    """A server whose program can be replaced by a later version of itself, and back. Only a debug
    build plays a later version."""

    def __enter__(self):
        self.running, self.next = self.program, self.program.with_name("roost-2")
        return super().__enter__()

    def install(self, later):
        """Puts another version where the running program is; "" is this version itself."""
        shutil.copy(self.original, self.next)
        script = self.running.with_name("script")
        script.write_text(f"#!/bin/sh\nexport ROOST_LATER_VERSION='{later}'\n"
                          f"exec '{self.next}' \"$@\"\n")
        script.chmod(0o755)
        os.rename(script, self.running)

    def upgrade(self, later):
        """Installs another version, which takes over; returns what is said."""
        self.install(later)
        words = self.reload()
        self.running, self.next = self.next, self.running
        return words

    def is_refused(self, command, because):
        """The program of this version cannot take over."""
        self.install("")
        self.fails(command, because=because)


def versions():
    """A later version takes over, and the earlier one again; where it could not read the state, or
    the database, it says so, and the later one serves on"""
    with TwoVersions() as server, Client(server) as ann:
        ann.log_in("ann")
        words = server.upgrade("fields")
        assert f"version {NUMBER}-later has taken over from version {NUMBER}," in words, words
        still_talks(server, ann, "later")
        words = server.upgrade("")
        assert f"version {NUMBER} has taken over from version {NUMBER}-later," in words, words
        still_talks(server, ann, "earlier")
        server.upgrade("form")
        server.is_refused("reload", because="which programs read from version")
        still_talks(server, ann, "no downgrade")
        # A version between them can.
        server.upgrade("fields")
        server.upgrade("")
        still_talks(server, ann, "a downgrade in two steps")
        server.upgrade("tables")
        still_talks(server, ann, "more tables")
        server.is_refused("check-handover", because="has tables of version 2, and this program "
                                                    "knows version 1.")
        still_talks(server, ann, "at last")
