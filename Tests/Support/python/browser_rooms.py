"""Scenarios of the chat page: the list of all rooms, topics, and the search."""

import re
from contextlib import ExitStack

from playwright.sync_api import expect

from browser_access import OUTSIDE, assert_named
from browser_page import browser
from browser_people import PASSWORD, device, own
from roost_server import Client, start_server
from scenarios import arguments

ATTACK = "<img src=x onerror=alert(1)> </bdi><script>alert(1)</script> & \"quoted\" \u202eright"
LONGEST = "n" * 64


def open_rooms(server, stack):
    """130 rooms with somebody in them: more than the server lists at once."""
    for part in range(3):
        client = stack.enter_context(Client(server))
        client.log_in(f"host-{part}")
        for number in range(part * 44, part * 44 + 44):
            client.send(type="join", room=f"room-{number:03}", ref=str(number))
        for number in range(part * 44, part * 44 + 44):
            client.wait_for("joined", ref=str(number))
    return client


def listed():
    """All rooms: more than one page of them, found by name or topic, entered by a click or with the
    keyboard; a new one is made there."""
    with start_server("--rate-limit", "off") as server, browser(arguments.shots) as all, \
            ExitStack() as stack:
        host = open_rooms(server, stack)
        assert host.ask(type="account", password=PASSWORD)["type"] == "ok"
        host.ask(type="topic", room="room-131", text=ATTACK)
        host.ask(type="join", room=LONGEST)
        host.ask(type="topic", room=LONGEST, text="t" * 200)
        ann = all.person(server.page, "ann")
        page = ann.page
        opener = page.get_by_role("button", name="All rooms")
        dialog = page.get_by_role("dialog", name="All rooms")
        field = dialog.get_by_role("searchbox")
        rows = dialog.locator(".found li")
        opener.click()
        expect(field).to_be_focused()
        expect(rows).to_have_count(30)
        expect(rows.first).to_contain_text("You are in this room")
        expect(rows.nth(1)).to_contain_text("1 person")
        dialog.get_by_role("button", name="More rooms").click()
        expect(rows).to_have_count(60)
        for _ in range(3):
            dialog.get_by_role("button", name="More rooms").click()
        expect(rows).to_have_count(134)  # the lobby, 132, and the longest
        expect(dialog.get_by_role("button", name="More rooms")).to_be_hidden()
        field.fill("no such")
        expect(dialog.get_by_role("status")).to_have_text("No room fits.")
        field.fill("script")
        expect(rows).to_have_count(1)
        expect(rows.locator(".topic")).to_have_text(ATTACK)
        assert_named(page)
        ann.shot("rooms-found")
        page.keyboard.press("Enter")
        ann.is_at("room-131")
        expect(dialog).to_be_hidden()
        expect(ann.field).to_be_focused()
        expect(page.locator("#topic")).to_have_text(ATTACK)
        expect(page.locator("#topic")).to_have_attribute("title", ATTACK)
        ann.shot("rooms-topic")
        # The topic changes while one is there.
        host.ask(type="topic", room="room-131", text="Something else")
        expect(page.locator("#topic")).to_have_text("Something else")
        host.ask(type="topic", room="room-131", text="")
        expect(page.locator("#topic")).to_be_empty()
        # The longest name and topic, on a phone too.
        opener.click()
        field.fill("nnnn")
        rows.get_by_role("button").click()
        ann.is_at(LONGEST)
        opener.click()
        dialog.get_by_label("Name", exact=True).fill("my own")
        page.keyboard.press("Enter")
        expect(dialog.get_by_role("alert")).to_contain_text("A name has no blanks.")
        expect(dialog.get_by_label("Name", exact=True)).to_be_focused()
        dialog.get_by_label("Name", exact=True).fill("my-own")
        page.keyboard.press("Enter")
        ann.is_at("my-own")
        ann.room(LONGEST).click()
        for width, height in ((1280, 800), (390, 780), (320, 568)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(OUTSIDE) == [], page.evaluate(OUTSIDE)
            page.get_by_role("button", name="About this room").click()
            page.wait_for_timeout(200)
            box = page.locator("#room").bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width, box
            assert box["y"] >= 0 and box["y"] + box["height"] <= height, box
            ann.shot(f"room-{width}")
            page.keyboard.press("Escape")


def topics():
    """An account may set a room's topic; everybody else reads why not. All by keyboard."""
    with start_server() as server, browser(arguments.shots) as all:
        own(server, "ann")
        ann = device(all, server.page, "ann")
        bob = all.person(server.page, "bob")
        keys = ann.page.keyboard
        expect(ann.page.locator("#open-room")).to_be_visible()
        ann.page.locator("#open-room").focus()
        keys.press("Enter")
        dialog = ann.page.get_by_role("dialog", name="lobby")
        expect(dialog).to_be_visible()
        dialog.get_by_label("Topic").focus()
        keys.type("Everything, <b>and</b> more")
        keys.press("Enter")
        expect(dialog.get_by_role("status")).to_have_text("Saved.")
        for person in (ann, bob):
            expect(person.page.locator("#topic")).to_have_text("Everything, <b>and</b> more")
        keys.press("Escape")
        expect(ann.page.locator("#open-room")).to_be_focused()
        bob.page.get_by_role("button", name="About this room").click()
        theirs = bob.page.get_by_role("dialog", name="lobby")
        expect(theirs.get_by_role("button", name="Save")).to_be_hidden()
        expect(theirs.locator("#room-topic")).to_be_hidden()
        expect(theirs).to_contain_text("kept your name with a password")
        expect(theirs.locator(".members li")).to_have_count(2)
        # A long topic can be read on a phone, and its links be followed.
        bob.page.set_viewport_size({"width": 390, "height": 780})
        whole = theirs.locator("#topic-whole")
        expect(whole).to_have_text("Everything, <b>and</b> more")
        topic = "The rules are at https://example.org/rules, and what is new " + "is here " * 15
        with Client(server) as again:
            again.log_in("ann", password="correct horse")
            again.ask(type="join", room="lobby")
            again.ask(type="topic", room="lobby", text=topic.strip())
        expect(whole).to_have_text(topic.strip())
        expect(whole.get_by_role("link")).to_have_attribute("href", "https://example.org/rules")
        assert whole.evaluate("it => it.scrollWidth <= it.clientWidth")
        bob.page.wait_for_timeout(200)
        bob.shot("topic-phone")
        bob.page.set_viewport_size({"width": 1280, "height": 800})
        theirs.get_by_role("button", name="Leave this room").click()
        expect(bob.page.locator("#no-room")).to_be_visible()
        bob.page.reload()
        bob.is_in("bob")


def search():
    """Words are found in all rooms or in one, the hits are marked, and a click leads there."""
    with start_server("--rate-limit", "off") as server, browser(arguments.shots) as all, \
            Client(server) as bob:
        bob.log_in("bob")
        bob.say("The café is <b>open</b> again, and the cafe next house is not")
        bob.say("> quoted\n\n**Bold** and `code`, _leaning_ **and a heron**\n\n- one\n- two")
        for number in range(120):
            bob.say(f"number {number}")
        ann = all.person(server.page, "ann")
        page = ann.page
        ann.say("a cafeteria is no café")
        page.get_by_role("button", name="Write to bob").click()
        ann.is_at("bob")
        ann.say("CAFÉ, between us")
        ann.has_sent("CAFÉ, between us")
        dialog = page.get_by_role("dialog", name="Search")
        field = dialog.get_by_role("searchbox")
        rows = dialog.locator(".found li")
        page.keyboard.press("Control+k")
        expect(field).to_be_focused()
        expect(dialog.get_by_role("status")).to_contain_text("Whole words")
        field.fill("cafe")
        expect(rows).to_have_count(3)
        expect(rows.nth(0).locator("mark")).to_have_text("CAFÉ")
        expect(rows.nth(1).locator("mark")).to_have_text("café")
        assert rows.nth(2).locator("mark").all_text_contents() == ["café", "cafe"]
        expect(rows.nth(2)).to_contain_text("<b>open</b>")
        expect(rows.nth(2)).to_contain_text("lobby")
        expect(rows.nth(0).locator(".where .label").last).to_have_text("bob")
        page.wait_for_timeout(200)
        ann.shot("search")
        assert_named(page)
        dialog.get_by_label("Only in bob").check()
        expect(rows).to_have_count(1)
        dialog.get_by_label("Only in bob").uncheck()
        expect(rows).to_have_count(3)
        field.fill("cafe*")
        expect(rows.nth(1).locator("mark").first).to_have_text("cafeteria")
        # Without the marks, and the hit is marked.
        field.fill("heron")
        expect(rows).to_have_count(1)
        expect(rows.locator(".excerpt")).to_have_text(
            re.compile(r"^quoted\s+Bold and code, leaning and a heron\s+one\s+two$"))
        expect(rows.locator("mark")).to_have_text("heron")
        ann.shot("search-formatted")
        field.fill("numbers")
        expect(dialog.get_by_role("status")).to_have_text("Nothing was found.")
        field.fill("number")
        expect(rows).to_have_count(20)
        dialog.get_by_role("button", name="Further back").click()
        expect(rows).to_have_count(40)
        field.fill('"next house"')
        expect(rows).to_have_count(1)
        field.press("ArrowDown")
        page.keyboard.press("Enter")
        ann.is_at("lobby")
        found = page.locator("li.message[data-found]")
        expect(found).to_contain_text("next house")
        expect(found).to_be_in_viewport()
        expect(found).to_be_focused()
        page.keyboard.press("/")
        expect(field).to_be_focused()
        page.set_viewport_size({"width": 390, "height": 780})
        page.wait_for_timeout(200)
        ann.shot("search-phone")
        page.keyboard.press("Escape")
        ann.field.press("/")
        expect(ann.field).to_have_value("/")
