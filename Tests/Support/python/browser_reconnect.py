"""Scenarios of the chat page: lost servers, cut connections, and an operator's kick."""

import re
import subprocess
import tempfile

from playwright.sync_api import expect

from browser_page import browser
from cut_line import CutLine
from roost_server import Client, start_server, until
from scenarios import arguments


def kept():
    """The server is killed and comes back with all that was said: nothing is marked as missing."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        bob = all.person(server.page, "bob")
        ann.say("before")
        bob.sees("before", "ann")
        server.kill()
        expect(ann.page.locator("#bar")).to_be_visible()
        ann.say("written meanwhile")
        server.start()
        ann.is_connected()
        bob.is_connected()
        ann.has_sent("written meanwhile")
        bob.sees("written meanwhile", "ann")
        for person in (ann, bob):
            assert person.texts() == ["before", "written meanwhile"], person.texts()
            expect(person.page.locator(".mark.missed")).to_have_count(0)
            expect(person.page.locator(".past")).to_have_count(0)
        # Somebody who was never here sees it too.
        cid = all.person(server.page, "cid")
        assert cid.texts() == ["before", "written meanwhile"], cid.texts()


def restart():
    """A server without a database comes back: what is shown of before is marked as such."""
    with start_server("--history", "memory") as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        bob = all.person(server.page, "bob")
        ann.say("before")
        bob.sees("before", "ann")
        server.kill()
        expect(ann.page.locator("#bar")).to_be_visible()
        expect(ann.page.locator("#spoken")).to_contain_text("Connection lost.")
        ann.say("written meanwhile")
        ann.say("and more")
        expect(ann.message("and more").locator(".status")).to_have_text("Waiting to send")
        expect(ann.page.locator("#countdown")).to_contain_text("Reconnecting in")
        ann.shot("reconnecting")
        server.start()
        ann.is_connected()
        bob.is_connected()
        for text in ("written meanwhile", "and more"):
            ann.has_sent(text)
            bob.sees(text, "ann")
        texts = ["before", "written meanwhile", "and more"]
        for person in (ann, bob):
            assert person.texts() == texts, person.texts()
            expect(person.message("before")).to_have_class(re.compile("past"))
            expect(person.page.locator(".past")).to_have_count(1)
            expect(person.page.locator(".mark.missed")).to_have_text(
                "The server was restarted; messages above are from before.")
        expect(ann.page.locator("#spoken")).to_have_text("Connected again.")
        ann.shot("after-restart")
        # An orderly stop: 1001, so the page waits a second or more.
        assert server.stop() == 0
        expect(ann.page.locator("#bar")).to_contain_text("The server is stopping.")
        server.start()
        ann.is_connected()
        ann.say("again")
        bob.sees("again", "ann")
        # What the first restart left stays, with a mark for each.
        expect(bob.page.locator(".mark.missed")).to_have_count(2)
        expect(bob.page.locator(".past")).to_have_count(3)
        assert bob.texts() == [*texts, "again"], bob.texts()
        # A page that was away meanwhile has nothing of it, and says so.
        ann.page.goto("about:blank")
        server.kill()
        server.start()
        ann.page.goto(server.page)
        ann.is_connected()
        expect(ann.page.locator(".mark.start")).to_contain_text("begun anew")
        # A room in which nothing was ever said has lost nothing.
        ann.join("abc")
        ann.is_at("abc")
        expect(ann.page.locator(".mark.start")).to_contain_text("Nobody has said anything in abc")
        ann.page.goto("about:blank")
        server.kill()
        server.start()
        ann.page.goto(f"{server.page}#abc")
        ann.is_connected()
        ann.is_at("abc")
        expect(ann.page.locator(".mark.start")).to_contain_text("Nobody has said anything in abc")


def resume():
    """The connection is cut while others talk: no message is missed, doubled or out of order."""
    with start_server() as server, CutLine(server.port) as line, browser(arguments.shots) as all:
        ann = all.person(line.page, "ann")
        with Client(server) as bob:
            bob.log_in("bob")
            bob.say("1")
            ann.sees("1", "bob")
            for round in range(3):
                line.cut()
                expect(ann.page.locator("#bar")).to_be_visible()
                ann.say(f"from ann {round}")
                for number in range(4):
                    bob.say(f"{round}.{number}")
                line.mend()
                ann.page.evaluate("dispatchEvent(new Event('online'))")
                ann.is_connected()
                ann.has_sent(f"from ann {round}")
            expected = [bob.wait_for("message", offset=n + 1)["text"] for n in range(16)]
            until(lambda: ann.texts() == expected, f"{expected}, not {ann.texts()}")
            assert ann.page.locator(".mark.missed").count() == 0


def rest():
    """More was missed than one page holds: the page asks for the rest, and nothing is missing."""
    with start_server("--rate-limit", "off") as server, CutLine(server.port) as line, \
            browser(arguments.shots) as all:
        ann = all.person(line.page, "ann")
        with Client(server) as bob:
            bob.log_in("bob")
            bob.say("before")
            ann.sees("before", "bob")
            line.cut()
            expect(ann.page.locator("#bar")).to_be_visible()
            expected = ["before"]
            for number in range(120):  # together 150 KB
                expected.append(f"number {number} " + "x" * 1200)
                bob.send(type="message", text=expected[-1])
            expected.append("last")
            bob.say("last")
            line.mend()
            ann.page.evaluate("dispatchEvent(new Event('online'))")
            ann.sees("last", "bob")
            bob.say("newer")
            ann.sees("newer", "bob")
            expected.append("newer")
            until(lambda: ann.texts() == expected, f"all {len(expected)}, not {len(ann.texts())}")
            assert ann.page.locator(".mark.missed").count() == 0


def missed():
    """Without a database, too many messages while the connection was cut: the gap is shown."""
    with start_server("--rate-limit", "off", "--history", "memory") as server, \
            CutLine(server.port) as line, browser(arguments.shots) as all:
        ann = all.person(line.page, "ann")
        with Client(server) as bob:
            bob.log_in("bob")
            bob.say("before")
            ann.sees("before", "bob")
            line.cut()
            expect(ann.page.locator("#bar")).to_be_visible()
            for number in range(1100):  # the server keeps 1,000
                bob.send(type="message", text=f"number {number}")
            bob.say("last")
            line.mend()
            ann.page.evaluate("dispatchEvent(new Event('online'))")
            ann.sees("last", "bob")
            ann.page.locator("#log").evaluate("log => { log.scrollTop = 0 }")
            expect(ann.page.locator(".mark.missed")).to_have_text("Some messages were missed here.")
            ann.shot("missed")
            # What the server has is loaded above the present, below what the page has kept.
            first = ann.message("number 101")
            until(lambda: ann.page.evaluate(TO_GAP) or first.count(), "the first kept message")
            texts = ann.texts()
            assert texts[:2] == ["before", "number 101"] and texts[-1] == "last", texts[:3]


TO_GAP = """() => {
    const log = document.getElementById('log');
    const mark = document.querySelector('.mark.missed');
    log.scrollTop = mark ? mark.parentNode.offsetTop + mark.offsetTop - 100 : 0;
}"""


def kicked():
    """Sent out of a room, then out of the server: the page says why, and waits for the user."""
    with tempfile.TemporaryDirectory() as folder:
        socket = f"{folder}/control.sock"

        def kick(*words):
            subprocess.run([arguments.command[0], "kick", "ann", *words, "--control", socket],
                           check=True, capture_output=True, timeout=20)

        with start_server("--control", socket) as server, browser(arguments.shots) as all:
            ann = all.person(server.page, "ann")
            ann.say("hello")
            ann.has_sent("hello")
            kick("--room", "lobby", "--reason", "Please calm down.")
            expect(ann.page.locator("#verdict")).to_contain_text(
                "You were sent out. Please calm down.")
            expect(ann.field).not_to_be_editable()
            kick("--reason", "Come back tomorrow.")
            expect(ann.page.locator("#bar")).to_contain_text(
                "You were sent out. Come back tomorrow.")
            expect(ann.field).not_to_be_editable()
            # It does not come back by itself: longer than the first delays of a reconnect.
            ann.page.wait_for_timeout(2500)
            expect(ann.page.locator("#bar")).to_contain_text("Come back tomorrow.")
            who = subprocess.run([arguments.command[0], "who", "--control", socket], check=True,
                                 capture_output=True, text=True, timeout=20)
            assert who.stdout == "Nobody.\n", who.stdout
            ann.shot("kicked")
            ann.page.get_by_role("button", name="Connect again").click()
            ann.is_connected()
            ann.say("here again")
            ann.has_sent("here again")

def changes():
    """A message that was edited or deleted is shown as it is now: at once, after a lost connection,
    after a reload, and in a page of older messages; a change is no message and is not unread."""
    with start_server() as server, CutLine(server.port) as line, browser(arguments.shots) as all:
        with Client(server) as bob:
            bob.log_in("bob")
            for text in ("one", "two", "three", "four"):
                bob.say(text)
            ann = all.person(line.page, "ann")

            def is_shown(*texts):
                until(lambda: ann.texts() == list(texts), f"{texts}, not {ann.texts()}")

            is_shown("one", "two", "three", "four")
            bob.ask(type="edit", offset=1, text="One")
            bob.ask(type="react", offset=1, emoji="👍")
            is_shown("One", "two", "three", "four")
            line.cut()
            bob.ask(type="delete", offset=2)
            bob.ask(type="edit", offset=3, text="Three")
            line.mend()
            is_shown("One", "Message deleted", "Three", "four")
            expect(ann.page).to_have_title("lobby · Roost")
            ann.shot("changes")
            ann.page.reload()
            ann.is_in("ann")
            is_shown("One", "Message deleted", "Three", "four")
            ann.join("garden")
            ann.is_at("garden")
            bob.ask(type="edit", offset=4, text="Four")
            bob.say("five")
            expect(ann.room("lobby").locator(".badge")).to_have_text("1")
