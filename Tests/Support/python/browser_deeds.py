"""Scenarios of the chat page: what one does with a message, with the mouse, keys and a finger."""

import re

from playwright.sync_api import expect

from browser_hands import PHONE
from browser_page import browser
from roost_server import Client, start_server
from scenarios import arguments

# What must stay text, in an edited message too.
HOSTILE = "<img src=x onerror=\"document.title='owned'\"> " \
    "**<script>document.title='owned'</script>**"

TIME = re.compile(r"20\d\d.*\d:\d\d")  # with the day


def deed(person, text, name):
    """Points at the message with this text, and presses a button of the toolbar."""
    person.message(text).locator(".bubble").hover()
    person.page.locator(f".toolbar [data-deed={name}]").click()


def choose(person, text, name):
    """The same in the menu."""
    deed(person, text, "more")
    person.page.locator(f"#menu [data-deed={name}]").click()


def deeds():
    """Reactions, an edition and a deletion are seen by both; a draft is kept; what is copied says
    so; and one's own reaction is taken back by a second press."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann", permissions=["clipboard-read", "clipboard-write"])
        bob = all.person(server.page, "bob")
        page = ann.page
        bob.say("Has anybody seen the *heron*?")
        ann.say("It sat on the rof.")
        bob.sees("It sat on the rof.", "ann")
        deed(bob, "It sat on the rof.", "react")
        expect(bob.page.locator("#menu")).to_be_visible()
        expect(bob.page.locator("#menu .emoji-row button").first).to_be_focused()
        bob.page.keyboard.press("ArrowRight")
        bob.page.keyboard.press("Enter")
        chip = ann.message("It sat on the rof.").locator(".reaction")
        expect(chip).to_have_accessible_name("❤️ from bob")
        expect(chip).to_have_attribute("aria-pressed", "false")
        expect(chip.locator(".count")).to_have_attribute("title", "bob")
        expect(chip).to_have_accessible_description("")
        chip.click()
        expect(chip).to_have_attribute("aria-pressed", "true")
        expect(chip).to_have_text("❤️ 2")
        theirs = bob.message("It sat on the rof.").locator(".reaction")
        expect(theirs).to_have_accessible_name("❤️ from ann and You")
        chip.click()
        expect(theirs).to_have_accessible_name("❤️ from You")
        # Any other emoji, but no text.
        deed(ann, "Has anybody seen the heron?", "react")
        field = page.locator("#other-emoji")
        field.press_sequentially("hm")
        field.press("Enter")
        expect(page.get_by_role("alert").filter(has_text="Write one emoji here.")).to_be_visible()
        field.fill("🦩")
        expect(bob.page.locator("[data-emoji='🦩']").last).to_have_text("🦩 1")

        ann.field.fill("a draft")
        deed(ann, "It sat on the rof.", "edit")
        expect(ann.field).to_have_value("It sat on the rof.")
        expect(ann.field).to_be_focused()
        ann.shot("edit")
        ann.field.press("Escape")
        expect(ann.field).to_have_value("a draft")
        expect(page.locator("#writing")).to_be_hidden()
        ann.field.fill("")
        ann.field.press("ArrowUp")
        expect(ann.field).to_have_value("It sat on the rof.")
        ann.field.fill(HOSTILE)
        ann.field.press("Enter")
        expect(ann.field).to_have_value("")
        for person in (ann, bob):
            row = person.page.locator("li.message").last
            expect(row.locator(".bubble")).to_contain_text("<img src=x")
            expect(row.locator(".edited")).to_have_text("Edited")
            expect(row.locator(".edited")).to_have_attribute("title", TIME)
            expect(row.locator("strong")).to_have_text("<script>document.title='owned'</script>")
            assert row.locator("img, script").count() == 0
            assert "owned" not in person.page.title()
            expect(row.locator(".reaction")).to_have_count(1)
        ann.shot("edited")

        choose(ann, "Has anybody seen the heron?", "copy")
        expect(page.locator("#activity")).to_have_text("The text is copied.")
        assert page.evaluate("navigator.clipboard.readText()") == "Has anybody seen the *heron*?"
        choose(ann, "Has anybody seen the heron?", "link")
        expect(page.locator("#activity")).to_have_text("The link is copied.")
        assert page.evaluate("navigator.clipboard.readText()") == f"{server.page}#lobby/1"

        # Nobody edits or deletes what somebody else has said.
        deed(ann, "Has anybody seen the heron?", "more")
        ann.shot("menu")
        names = page.locator("#menu [data-deed]").evaluate_all(
            "all => all.map(e => e.dataset.deed)")
        assert names == ["reply", "copy", "link"], names
        page.keyboard.press("Escape")
        # An empty text asks whether to delete it.
        ann.field.press("ArrowUp")
        ann.field.fill("")
        ann.field.press("Enter")
        question = page.get_by_role("dialog")
        expect(question).to_contain_text("Delete this message?")
        question.get_by_role("button", name="Cancel").click()
        expect(page.locator("#writing")).to_be_visible()
        ann.field.press("Enter")
        page.get_by_role("button", name="Delete").click()
        for person in (ann, bob):
            person.sees_text("Message deleted")
            row = person.message("Message deleted")
            expect(row.locator(".reaction, .edited")).to_have_count(0)
            row.hover()
            expect(person.page.locator(".toolbar")).to_be_hidden()
        ann.shot("deleted")

        # A link to a message of this chat leads there without another tab.
        link = f"{server.page}#lobby/1"
        ann.say(link)
        first = ann.message("Has anybody seen the heron?")
        for _ in range(2):
            expect(ann.message(link)).not_to_have_attribute("data-found", "")
            ann.message(link).get_by_role("link").click()
            expect(first).to_have_attribute("data-found", "")
            ann.field.press("Escape")
            page.evaluate("document.querySelector('[data-found]').removeAttribute('data-found')")
        assert len(page.context.pages) == 1, "another tab"


def replies():
    """An answer shows what it answers: as it is now, deleted, and from long ago; a click leads to
    it."""
    with start_server("--rate-limit", "off") as server, browser(arguments.shots) as all, \
            Client(server) as bob:
        bob.log_in("bob")
        bob.say("the first of all\nwith a second line")
        for number in range(300):
            bob.send(type="message", text=f"number {number}")
        bob.say("the last")
        ann = all.person(server.page, "ann")
        page = ann.page
        ann.sees("the last", "bob")
        deed(ann, "the last", "reply")
        expect(page.locator("#writing")).to_have_text("Reply tobobthe last")
        expect(ann.field).to_be_focused()
        ann.shot("reply")
        page.get_by_role("button", name="Do not reply").click()
        expect(page.locator("#writing")).to_be_hidden()
        deed(ann, "the last", "reply")
        ann.say("my answer")
        ann.has_sent("my answer")
        quote = ann.message("my answer").locator(".quote")
        expect(quote).to_have_accessible_name("Reply to: bob: the last")
        expect(page.locator("#writing")).to_be_hidden()
        ann.say("no answer")
        ann.has_sent("no answer")
        expect(ann.message("no answer").locator(".quote")).to_have_count(0)
        bob.ask(type="edit", offset=302, text="the very last")
        expect(quote).to_have_accessible_name("Reply to: bob: the very last")
        bob.ask(type="delete", offset=302)
        expect(quote).to_have_accessible_name("Reply to: bob: Message deleted")
        bob.say("an answer to the first", reply=1)
        quote = ann.message("an answer to the first").locator(".quote")
        expect(quote).to_have_accessible_name("Reply to: bob: the first of all")
        bob.ask(type="edit", offset=1, text="**The** first")
        expect(quote).to_have_accessible_name("Reply to: bob: The first")
        quote.click()
        expect(ann.message("The first")).to_have_attribute("data-found", "")
        expect(ann.message("The first")).to_be_focused()
        ann.shot("jumped")
        page.reload()
        ann.is_in("ann")
        expect(ann.message("an answer to the first").locator(".quote")).to_have_accessible_name(
            "Reply to: bob: The first")


def reached():
    """Everything with keys: from the list to a message, its menu and back, and to the field."""
    with start_server() as server, browser(arguments.shots) as all, Client(server) as bob:
        bob.log_in("bob")
        for text in ("one", "two", "three"):
            bob.say(text)
        bob.ask(type="react", offset=3, emoji="👍")
        ann = all.person(server.page, "ann")
        page, keys = ann.page, ann.page.keyboard
        ann.sees("three", "bob")
        keys.press("Shift+Tab")
        expect(page.locator("#log")).to_be_focused()
        keys.press("ArrowUp")
        expect(ann.message("three")).to_be_focused()
        keys.press("ArrowUp")
        expect(ann.message("two")).to_be_focused()
        stops = "[...document.querySelectorAll('#log, #log [tabindex]')]" \
            ".filter(e => e.tabIndex === 0).map(e => e.className)"
        assert page.evaluate(stops) == ["message"], page.evaluate(stops)
        ann.shot("reached")
        keys.press("Enter")
        expect(page.locator("#menu")).to_be_visible()
        expect(page.locator("#menu")).to_have_accessible_name("Message of bob")
        keys.press("ArrowDown")
        expect(page.locator("#other-emoji")).to_be_focused()
        keys.press("ArrowDown")
        expect(page.locator("#menu [data-deed=reply]")).to_be_focused()
        keys.press("Escape")
        expect(page.locator("#menu")).to_be_hidden()
        expect(ann.message("two")).to_be_focused()
        keys.press("ContextMenu")
        expect(page.locator("#menu")).to_be_visible()
        keys.press("Enter")
        expect(ann.message("two").locator(".reaction")).to_have_text("👍 1")
        expect(ann.message("two")).to_be_focused()
        keys.press("ArrowDown")
        keys.press("ArrowRight")
        expect(ann.message("three").locator(".reaction")).to_be_focused()
        keys.press("Enter")
        expect(ann.message("three").locator(".reaction")).to_have_text("👍 2")
        expect(ann.message("three").locator(".reaction")).to_be_focused()
        keys.press("Escape")
        expect(ann.message("three")).to_be_focused()
        keys.press("Home")
        expect(ann.message("one")).to_be_focused()
        keys.press("Escape")
        expect(ann.field).to_be_focused()
        keys.press("Shift+Tab")
        expect(ann.message("one")).to_be_focused()
        # Another room has other messages.
        ann.join("garden")
        ann.is_at("garden")
        assert page.evaluate("document.getElementById('log').tabIndex") == 0


def touched():
    """On a phone a touch of a text opens a sheet, from which everything can be done; in Arabic,
    from right to left, nothing sticks out."""
    with start_server() as server, browser(arguments.shots) as all, Client(server) as bob:
        bob.log_in("bob")
        bob.say("Has anybody seen the heron, which sat on the roof of the old mill this morning?")
        for locale in ("en-GB", "ar-EG"):
            ann = all.person(server.page, locale=locale, **PHONE)
            page = ann.page
            page.locator("#name").fill(f"ann-{locale}")
            page.locator("#enter").tap()
            row = page.locator("li.message").first
            row.locator(".bubble").tap()
            expect(page.locator("#menu")).to_be_visible()
            page.wait_for_timeout(200)
            ann.shot(f"sheet-{locale}")
            place = page.locator("#menu").bounding_box()
            assert place["x"] >= 0 and place["x"] + place["width"] <= 360, place
            assert abs(place["y"] + place["height"] - 740) < 2, place
            page.locator("#menu [data-emoji='🎉']").tap()
            expect(row.locator(".reaction")).to_have_count(1)
            row.locator(".bubble").tap()
            page.locator("#menu [data-deed=reply]").tap()
            expect(page.locator("#message")).to_be_focused()
            page.locator("#message").fill("It was here.")
            ann.shot(f"phone-reply-{locale}")
            page.locator("#send").tap()
            expect(page.locator("li.own .quote").last).to_be_visible()
            page.locator("li.own .bubble").last.tap()
            page.locator("#menu [data-deed=edit]").tap()
            expect(page.locator("#message")).to_have_value("It was here.")
            page.locator("#message").fill("It was here, at eight.")
            page.locator("#send").tap()
            expect(page.locator("li.own .edited").last).to_be_visible()
            ann.shot(f"phone-edited-{locale}")
            assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
            page.context.close()
