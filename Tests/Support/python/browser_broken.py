"""A scenario of the chat page: everything that one does there, with the line cut before it, with it
cut before the answer comes, and with the server killed before the answer comes."""

from playwright.sync_api import expect

from browser_broken_features import FEATURES
from browser_page import browser
from browser_people import PASSWORD, device, own
from cut_line import CutLine
from roost_server import Client, start_server, until
from scenarios import arguments


class Breaks:
    """Ann behind a line that breaks, and Bob, who is not."""

    def __init__(self, server, line, all):
        self.server = server
        self.line = line
        own(server, "ann", "bob", "mod")
        server.kill()  # an account is a moderator from the next start on
        server.start()
        with Client(server) as mod:
            mod.log_in("mod", password=PASSWORD)
            for room in ("near", "far", "garden"):
                for number in range(1, 161):
                    mod.send(type="join", room=room)
                    mod.send(type="message", room=room, text=f"{room} {number}")
            mod.say("the last", room="garden")
        self.ann = device(all, line.page, "ann")
        self.bob = device(all, server.page, "bob")
        for room in ("near", "garden"):
            self.ann.join(room)
            self.ann.is_at(room)

    def cut_before(self, act):
        self.line.cut()
        expect(self.ann.page.locator("#bar")).to_contain_text("Connection lost.")
        act()

    def cut_after(self, act):
        """The server has done it, and its answer is lost."""
        self.line.mute()
        act()
        until(self.line.withheld.is_set, "the server to answer")
        self.line.cut()
        self.line.unmute()

    def killed(self, act):
        """The same, and the server is lost with the answer."""
        self.line.mute()
        act()
        until(self.line.withheld.is_set, "the server to answer")
        self.server.kill()
        self.line.cut()
        self.line.unmute()
        expect(self.bob.page.locator("#bar")).to_be_visible()
        self.server.start()

    def mend(self, feature):
        """All is well again. What a dialog asks for, since the connection was lost, is done."""
        if feature.stays:
            expect(self.ann.page.locator("#bar")).to_be_visible()
        self.line.mend()
        for person in (self.ann, self.bob):
            person.page.evaluate("dispatchEvent(new Event('online'))")
        self.bob.is_connected()
        if feature.stays:
            self.ann.is_connected()
        if feature.again:
            lost = self.ann.page.locator("dialog[open] [role=alert]")
            expect(lost).to_have_text("The connection was lost. Try again.")
            feature.again()
            expect(lost).to_be_hidden()

    def mod(self, **command):
        with Client(self.server) as mod:
            mod.log_in("mod", password=PASSWORD)
            mod.ask(type="join", room=command.get("room", "lobby"))
            answer = mod.ask(**command)
            assert answer["type"] == "ok", answer

    def texts_agree(self):
        for person in (self.ann, self.bob):
            person.room("lobby").click()
            person.is_at("lobby")
            bad = person.page.locator(".mark.missed, .failed, .waiting, .sending")
            expect(bad).to_have_count(0)
        until(lambda: self.ann.texts() == self.bob.texts(),
              f"the same with both: {self.ann.texts()} {self.bob.texts()}")


def broken():
    """Nothing that somebody does is lost or done twice, the page says what is going on, and both
    people see the same in the end."""
    with start_server("--rate-limit", "off", "--moderator", "mod") as server, \
            CutLine(server.port) as line, browser(arguments.shots) as all:
        breaks = Breaks(server, line, all)
        for n, way in enumerate((breaks.cut_before, breaks.cut_after, breaks.killed)):
            for kind in FEATURES:
                for person in (breaks.ann, breaks.bob):
                    person.room("lobby").click()
                feature = kind(breaks, n)
                try:
                    feature.prepare()
                    way(feature.act)
                    breaks.mend(feature)
                    feature.check()
                except Exception as problem:
                    breaks.ann.shot("broken")
                    what = f"{kind.__name__}, {way.__name__}"
                    raise AssertionError(f"{what}: {problem}") from problem
            breaks.texts_agree()
