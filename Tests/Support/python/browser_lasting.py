"""Scenarios of the chat page: what must outlast a lost name, another tab, a reload, signing out."""

import re

from playwright.sync_api import expect

from browser_page import browser
from cut_line import CutLine
from roost_server import Client, start_server
from scenarios import arguments


def name_lost():
    """Somebody takes the name while the server is away: unsent messages and the draft are kept."""
    # Without a database a restart frees all names.
    with start_server("--history", "memory") as server, CutLine(server.port) as line, \
            browser(arguments.shots) as all:
        ann = all.person(line.page, "ann")
        ann.join("garden")
        ann.is_at("garden")
        line.cut()
        expect(ann.page.locator("#bar")).to_be_visible()
        for text in ("one", "two", "three"):
            ann.say(text)
        ann.field.fill("a draft")
        server.kill()
        server.start()
        with Client(server) as thief, Client(server) as bob:
            thief.log_in("ann")
            bob.log_in("bob", join=False)
            bob.ask(type="join", room="garden")
            line.mend()
            ann.page.evaluate("dispatchEvent(new Event('online'))")
            expect(ann.page.get_by_role("alert").first).to_contain_text("Somebody has this name")
            expect(ann.page.locator("#login-unsent")).to_contain_text("3 messages are not sent yet")
            ann.shot("name-lost")
            ann.page.reload()
            expect(ann.page.locator("#login-unsent")).to_contain_text("3 messages are not sent yet")
            ann.log_in("ann2")
            ann.room("garden").click()
            expect(ann.page.locator(".held")).to_have_count(3)
            expect(ann.message("one").locator(".name")).to_have_text("ann")
            expect(ann.field).to_have_value("a draft")
            ann.shot("held")
            ann.message("two").get_by_role("button", name="Discard").click()
            for text in ("one", "three"):
                ann.message(text).get_by_role("button", name="Send as ann2").click()
                ann.has_sent(text)
                said = bob.wait_for("message", text=text)
                assert said["user"] == "ann2", said
            expect(ann.page.locator(".held")).to_have_count(0)
            assert ann.texts() == ["one", "three"], ann.texts()
            ann.page.reload()
            ann.is_in("ann2")
            assert ann.page.evaluate("sessionStorage.getItem('roost.outbox')") is None


def tabs():
    """Two tabs of one user: neither loses rooms of the other, both agree on what is read, and
    both come back after a restart, for which there is a new session."""
    with start_server() as server, browser(arguments.shots) as all, Client(server) as bob:
        bob.log_in("bob")
        first = all.person(server.page, "ann")
        second = all.tab(first.page.context, server.page, "ann")
        first.join("garden")
        first.is_at("garden")
        second.join("kitchen")
        second.is_at("kitchen")
        for person in (first, second):
            person.page.reload()
            person.is_in("ann")
            expect(person.page.locator("#rooms .label")).to_have_text(
                ["lobby", "garden", "kitchen"])
        bob.say("read me")
        for person in (first, second):
            expect(person.room("lobby").locator(".badge")).to_have_text("1")
        first.room("lobby").click()
        first.sees("read me", "bob")
        expect(second.room("lobby").locator(".badge")).to_be_hidden()
        expect(second.page).to_have_title(re.compile(r"^[^(]"))
        # The second tab has an older position of this room, and may not take the newer one back.
        second.room("garden").click()
        second.page.reload()
        second.is_in("ann")
        expect(second.room("lobby").locator(".badge")).to_be_hidden()
        server.kill()
        server.start()
        first.is_connected()
        second.is_connected()
        first.say("both are back")
        second.room("lobby").click()
        second.sees("both are back", "You")


def sign_out():
    """Signing out ends the session at the server and in the other tabs; the name is free then."""
    with start_server() as server, browser(arguments.shots) as all:
        first = all.person(server.page, "ann")
        second = all.tab(first.page.context, server.page, "ann")
        stored = "localStorage.getItem('roost.users')"
        assert '"session":"' in first.page.evaluate(stored)
        first.page.get_by_role("button", name="Sign out").click()
        expect(first.page.get_by_label("Your name")).to_have_value("ann")
        expect(second.page.get_by_role("alert").first).to_have_text(
            "You have signed out elsewhere.")
        assert '"session":"' not in first.page.evaluate(stored)
        second.page.reload()
        expect(second.page.get_by_label("Your name")).to_be_visible()
        with Client(server) as other:
            other.log_in("ann")
        first.log_in("bob")
        # Unsent messages are not thrown away without a question.
        with CutLine(server.port) as line:
            carol = all.person(line.page, "carol")
            carol.say("said")
            carol.has_sent("said")
            line.cut()
            expect(carol.page.locator("#bar")).to_be_visible()
            carol.say("not yet")
            carol.page.get_by_role("button", name="Sign out").click()
            dialog = carol.page.get_by_role("dialog")
            expect(dialog).to_contain_text("One message is not sent yet. Signing out discards it.")
            carol.shot("question")
            expect(dialog.get_by_role("button", name="Stay")).to_be_focused()
            carol.page.keyboard.press("Escape")
            expect(carol.message("not yet")).to_have_count(1)
            carol.page.get_by_role("button", name="Leave").click()
            expect(dialog).to_contain_text("Leaving lobby discards it.")
            dialog.get_by_role("button", name="Stay").click()
            expect(carol.message("not yet")).to_have_count(1)
            # Changes count too, and are discarded with the room.
            carol.message("said").locator(".bubble").hover()
            carol.page.locator(".toolbar [data-deed=react]").click()
            carol.page.locator("#menu [data-emoji='👍']").click()
            carol.page.get_by_role("button", name="Sign out").click()
            expect(dialog).to_contain_text("One message is not sent yet. One change is not sent "
                                           "yet. Signing out discards it.")
            carol.shot("question-changes")
            dialog.get_by_role("button", name="Discard and sign out").click()
            expect(carol.page.get_by_label("Your name")).to_have_value("carol")
            assert carol.page.evaluate("sessionStorage.length") == 0
            line.mend()
            carol.log_in("dora")
            carol.sees("said", "carol")
            expect(carol.page.locator(".reaction")).to_have_count(0)
            expect(carol.page.locator("#note")).to_be_hidden()


def addresses():
    """An address that names no room says so and leaves nothing behind; Back joins no room."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(f"{server.page}#%E0%A4%A")
        ann.log_in("ann")
        for hash in ("bad%20room", "50%", "%00", "x" * 20_000, None):
            expect(ann.page.locator("#note")).to_contain_text("o ")
            ann.is_at("lobby")
            expect(ann.page.locator("#rooms button")).to_have_count(1)
            assert ann.page.url.endswith("#lobby"), ann.page.url
            ann.page.get_by_role("button", name="All right").click()
            expect(ann.page.locator("#note")).to_be_hidden()
            if hash:
                ann.page.evaluate("hash => { location.hash = hash }", hash)
        ann.page.evaluate("location.hash = 'another bad one'")
        expect(ann.page.locator("#note")).to_contain_text("No room “another bad one”: ")
        ann.shot("no-room")
        ann.page.get_by_role("button", name="All right").click()
        expect(ann.page.locator("#note")).to_be_hidden()
        ann.page.evaluate("location.hash = 'garden'")
        ann.is_at("garden")
        ann.join("kitchen")
        ann.is_at("kitchen")
        ann.page.get_by_role("button", name="Leave").click()
        ann.is_at("lobby")
        ann.room("garden").click()
        ann.is_at("garden")
        ann.page.get_by_role("button", name="Leave").click()
        ann.is_at("lobby")
        for _ in range(3):
            ann.page.go_back()
            ann.is_at("lobby")
        expect(ann.page.locator("#rooms button")).to_have_count(1)
        ann.page.reload()
        ann.is_connected()
        expect(ann.page.locator("#rooms button")).to_have_count(1)


# What other versions, other programs at this address, or a hand may have left there.
OLD = (
    '5', '[null, 7, {"key":"ann"}, {"key":"ann","rooms":"x"}]',
    '[{"key":"ann","rooms":[1,"lobby","no good"],"read":{"lobby":7},"session":"old"}]',
)

# Storage that the user forbids, and storage that is full.
BROKEN = (
    "for (const store of ['localStorage', 'sessionStorage'])"
    " Object.defineProperty(window, store, { get() { throw 1 } })",
    "Storage.prototype.setItem = () => { throw 1 }",
)


def stored():
    """Whatever is stored in the browser, or if nothing can be, the page works."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page)
        for number, value in enumerate(OLD):
            ann.page.evaluate("text => localStorage.setItem('roost.users', text)", value)
            ann.page.evaluate("localStorage.setItem('roost.name', '{}')")
            ann.page.evaluate("sessionStorage.setItem('roost.outbox', '[{}, 3, null]')")
            ann.page.evaluate("sessionStorage.setItem('roost.drafts', '[1]')")
            ann.page.reload()
            ann.log_in("ann")
            ann.say(f"works {number}")
            ann.has_sent(f"works {number}")
            expect(ann.page.locator("#rooms .label")).to_have_text(["lobby"])
            ann.page.get_by_role("button", name="Sign out").click()
            expect(ann.page.get_by_label("Your name")).to_be_visible()
        for broken in BROKEN:
            bob = all.person(server.page)
            bob.page.context.add_init_script(broken)
            bob.page.reload()
            number += 1
            bob.log_in(f"bob{number}")
            bob.join("garden")
            bob.is_at("garden")
            bob.say(f"no storage {number}")
            bob.has_sent(f"no storage {number}")
            bob.page.get_by_role("button", name="Sign out").click()
            expect(bob.page.get_by_label("Your name")).to_be_visible()
