"""Scenarios of the chat page: people who talk alone, and on two devices."""

import re

from playwright.sync_api import expect

from browser_notices import HIDE, STUBS
from browser_page import browser
from cut_line import CutLine
from roost_server import Client, start_server, until
from scenarios import arguments

PASSWORD = "correct horse"
SWITCHED_ON = """
    window.Notification.permission = 'granted';
    localStorage.setItem('roost.notices', JSON.stringify({ notify: true, sound: true }));
"""


def own(server, *names):
    """Makes these names accounts, so that each may have two devices."""
    for name in names:
        with Client(server) as client:
            client.log_in(name)
            assert client.ask(type="account", password=PASSWORD)["type"] == "ok"


def device(all, address, name, **options):
    """A browser of its own, in which somebody logs in with a password."""
    person = all.person(address, **options)
    person.page.get_by_label("Your name").fill(name)
    person.page.keyboard.press("Enter")
    person.page.locator("#password").fill(PASSWORD)
    person.page.keyboard.press("Enter")
    person.is_in(name)
    return person


def conversation(person, name):
    return person.page.locator("#directs button").filter(
        has=person.page.get_by_text(name, exact=True))


def has_unread(button, count):
    badge = button.locator(".badge")
    if count:
        expect(badge).to_have_text(str(count))
    else:
        expect(badge).to_be_hidden()


def direct():
    """Two people write to each other alone: it appears by itself, is called after the other one,
    counts like a mention, and is read on all devices at once."""
    with start_server() as server, browser(arguments.shots) as all:
        own(server, "ann", "bob")
        ann, bob = (device(all, server.page, name) for name in ("ann", "bob"))
        other = device(all, server.page, "bob", viewport={"width": 390, "height": 780})
        assert ann.page.locator("#directs-title").is_hidden()
        ann.page.get_by_role("button", name="Write to bob").click()
        ann.is_at("bob")
        expect(ann.page.locator("#messages")).to_contain_text(
            "Your conversation with bob begins here.")
        assert ann.page.get_by_role("button", name="Write to ann").count() == 0, "to oneself"
        ann.say("between us")
        ann.say("and once more")
        ann.has_sent("and once more")
        # It has come to both devices of the other one.
        for page in (bob, other):
            has_unread(conversation(page, "ann"), 2)
            badge = conversation(page, "ann").locator(".badge")
            expect(badge).to_have_class(re.compile("mentioned"))
            expect(page.page).to_have_title(re.compile(r"^\(2\) "))
            assert "@" not in page.page.locator("#rooms-panel").text_content()
        expect(other.page.locator("#elsewhere")).to_have_text("2")
        expect(other.page.locator("#open-rooms")).to_have_accessible_name(
            "Rooms, 2 unread, some for you")
        other.shot("direct-phone")
        bob.shot("direct-came")
        conversation(bob, "ann").click()
        bob.sees("between us", "ann")
        expect(bob.page.locator(".mark.fresh")).to_have_count(1)
        for page in (bob, other):
            has_unread(conversation(page, "ann"), 0)
        expect(other.page.locator("#elsewhere")).to_be_hidden()
        bob.say("yes")
        ann.sees("yes", "bob")
        ann.shot("direct")
        # Closed here, it comes back with the next message, and with the next visit if there is one.
        bob.page.get_by_role("button", name="Close this conversation").click()
        expect(conversation(bob, "ann")).to_have_count(0)
        bob.is_at("lobby")
        bob.page.reload()
        bob.is_in("bob")
        expect(bob.message("yes")).to_have_count(0)
        expect(conversation(bob, "ann")).to_have_count(0)
        ann.say("are you still there?")
        has_unread(conversation(bob, "ann"), 1)
        has_unread(conversation(other, "ann"), 1)
        bob.page.reload()
        bob.is_in("bob")
        has_unread(conversation(bob, "ann"), 1)
        # The phone reads it.
        other.page.locator("#open-rooms").click()
        conversation(other, "ann").click()
        other.sees("are you still there?", "ann")
        expect(other.page.locator("#rooms-panel")).not_to_be_visible()
        has_unread(conversation(bob, "ann"), 0)
        # Nobody else has any of it.
        cid = all.person(server.page, "cid")
        expect(cid.page.locator("#directs button")).to_have_count(0)


def direct_lost():
    """The line of one is cut, and the server is killed: nothing of a conversation is lost, and what
    is unread is right on both devices."""
    with start_server() as server, CutLine(server.port) as line, browser(arguments.shots) as all:
        own(server, "ann", "bob")
        ann = device(all, server.page, "ann")
        bob = device(all, line.page, "bob")
        other = device(all, server.page, "bob")
        ann.page.get_by_role("button", name="Write to bob").click()
        ann.say("one")
        ann.has_sent("one")
        has_unread(conversation(bob, "ann"), 1)
        conversation(bob, "ann").click()
        has_unread(conversation(other, "ann"), 0)
        bob.room("lobby").click()
        line.cut()
        expect(bob.page.locator("#bar")).to_be_visible()
        ann.say("two")
        ann.has_sent("two")
        has_unread(conversation(other, "ann"), 1)
        # Read on the other device meanwhile, and then one more that nobody has read.
        conversation(other, "ann").click()
        other.sees("two", "ann")
        other.room("lobby").click()
        ann.say("three")
        has_unread(conversation(other, "ann"), 1)
        line.mend()
        bob.is_connected()
        has_unread(conversation(bob, "ann"), 1)
        # Killed, with a message on its way.
        server.kill()
        expect(ann.page.locator("#bar")).to_be_visible()
        ann.say("four")
        server.start()
        for person in (ann, bob, other):
            person.is_connected()
        ann.has_sent("four")
        for page in (bob, other):
            has_unread(conversation(page, "ann"), 2)
        conversation(bob, "ann").click()
        bob.sees("four", "ann")
        assert bob.texts() == ["one", "two", "three", "four"], bob.texts()
        expect(bob.page.locator(".mark.missed")).to_have_count(0)
        has_unread(conversation(other, "ann"), 0)


def read():
    """What is unread in a room is the same on two devices, also after a reload, and the line above
    it stands behind what was read."""
    with start_server() as server, browser(arguments.shots) as all, Client(server) as bob:
        own(server, "ann")
        bob.log_in("bob")
        one, other = (device(all, server.page, "ann") for _ in range(2))
        bob.say("seen by both")
        for page in (one, other):
            page.sees("seen by both", "bob")
            page.join("garden")
            page.is_at("garden")
        for text in ("first", "@ann, second", "third"):
            bob.say(text)
        for page in (one, other):
            has_unread(page.room("lobby"), 3)
            expect(page.room("lobby").locator(".badge")).to_have_class(re.compile("mentioned"))
        one.room("lobby").click()
        one.sees("third", "bob")
        has_unread(other.room("lobby"), 0)
        one.room("garden").click()
        bob.say("fourth")
        for page in (one, other):
            has_unread(page.room("lobby"), 1)
            page.page.reload()
            page.is_in("ann")
            has_unread(page.room("lobby"), 1)
        # A device that was never here has the rooms, and knows what was read.
        third = device(all, server.page, "ann")
        has_unread(third.room("garden"), 0)
        expect(third.page.locator(".mark.fresh")).to_have_count(1)
        above = "document.querySelector('.mark.fresh + .message .bubble').textContent"
        assert third.page.evaluate(above) == "fourth"
        has_unread(one.room("lobby"), 0)
        has_unread(other.room("lobby"), 0)


def direct_noticed():
    """What somebody writes to this user alone shows on the desktop, like a mention, from the first
    message of a conversation on; and a dialog leaves the drawer open from which it came."""
    with start_server() as server, browser(arguments.shots) as all, Client(server) as bob:
        ann = all.person("about:blank", viewport={"width": 390, "height": 780})
        page = ann.page
        page.context.add_init_script(STUBS + SWITCHED_ON)
        page.goto(server.page)
        ann.log_in("ann")
        bob.log_in("bob")
        page.evaluate(HIDE, True)
        bob.ask(type="direct", to="ann", text="psst")
        has_unread(conversation(ann, "bob"), 1)
        until(lambda: page.evaluate("shown.map(it => it.join(': '))")
              == ["bob writes to you: psst"], "the notification")
        until(lambda: page.evaluate("tones") == 2, "the sound")
        bob.ask(type="direct", to="ann", text="still there?")
        until(lambda: page.evaluate("shown.length") == 2, "the second")
        page.evaluate("last.onclick()")
        page.evaluate(HIDE, False)
        ann.is_at("bob")
        ann.sees("still there?", "bob")
        page.locator("#open-rooms").click()
        page.get_by_role("button", name="All rooms").click()
        page.get_by_role("dialog", name="All rooms").get_by_role("heading", name="A new").click()
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="All rooms")).to_be_focused()
        expect(page.locator("#rooms-panel")).to_be_visible()
