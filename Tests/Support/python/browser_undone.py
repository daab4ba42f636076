"""Scenarios of the chat page: editions and reactions that meet a lost connection, a killed server,
or a refusal. They come in the end, or are undone with a sentence."""

from playwright.sync_api import expect

from browser_deeds import deed
from browser_page import browser
from cut_line import CutLine
from roost_server import Client, start_server
from scenarios import arguments


def cut_off():
    """An edition without a connection shows at once, and is made when the line is whole again; and
    one whose answer was lost is not lost."""
    with start_server() as server, CutLine(server.port) as line, browser(arguments.shots) as all:
        ann = all.person(line.page, "ann")
        bob = all.person(server.page, "bob")
        ann.say("one")
        bob.sees("one", "ann")

        def edit(before, after):
            deed(ann, before, "edit")
            ann.field.fill(after)
            ann.field.press("Enter")
            row = ann.message(after)
            expect(row.locator(".edited")).to_have_text("Saving…")
            return row

        line.cut()
        expect(ann.page.locator("#bar")).to_be_visible()
        row = edit("one", "two")
        ann.shot("saving")
        # The browser asks before it loses that.
        with ann.page.expect_event("dialog") as asked:
            ann.page.evaluate("setTimeout(() => location.reload())")
        assert asked.value.type == "beforeunload", asked.value.type
        asked.value.dismiss()
        bob.sees_text("one")
        line.mend()
        ann.is_connected()
        bob.sees_text("two")
        expect(row.locator(".edited")).to_have_text("Edited")
        # The server gets this one, and its answer is lost.
        line.mute()
        row = edit("two", "three")
        bob.sees_text("three")
        line.cut()
        line.unmute()
        line.mend()
        ann.is_connected()
        bob.sees_text("three")
        expect(row.locator(".edited")).to_have_text("Edited")
        assert ann.texts() == ["three"], ann.texts()


def killed():
    """A server that is killed during a reaction: it is there again afterwards, for everybody, and a
    deletion too."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        bob = all.person(server.page, "bob")
        bob.say("one")
        ann.say("two")
        ann.sees("one", "bob")
        deed(ann, "one", "react")
        server.kill()
        ann.page.locator("#menu [data-emoji='👍']").click()
        mine = ann.message("one").locator(".reaction")
        expect(mine).to_have_attribute("aria-pressed", "true")
        deed(ann, "two", "more")
        ann.page.locator("#menu [data-deed=delete]").click()
        ann.page.get_by_role("button", name="Delete").click()
        ann.sees_text("Message deleted")
        server.start()
        ann.is_connected()
        bob.is_connected()
        expect(bob.message("one").locator(".reaction")).to_have_accessible_name("👍 from ann")
        bob.sees_text("Message deleted")
        ann.page.reload()
        ann.is_in("ann")
        expect(mine).to_have_attribute("aria-pressed", "true")
        assert ann.texts() == ["one", "Message deleted"], ann.texts()


def refused():
    """What the server refuses is undone, in its words: a reaction and an edition of what was
    deleted meanwhile. The text that was written is still there."""
    with start_server() as server, CutLine(server.port) as line, browser(arguments.shots) as all, \
            Client(server) as bob:
        bob.log_in("bob")
        bob.say("one")
        ann = all.person(line.page, "ann")
        other = all.tab(ann.page.context, line.page)
        other.page.get_by_role("button", name="Join the chat").click()
        other.is_in("ann")
        ann.say("two")
        other.sees_text("two")
        note = ann.page.locator("#note-words")
        line.cut()
        expect(ann.page.locator("#bar")).to_be_visible()
        deed(ann, "one", "react")
        ann.page.locator("#menu [data-emoji='👍']").click()
        expect(ann.message("one").locator(".reaction")).to_have_text("👍 1")
        bob.ask(type="delete", offset=1)
        line.mend()
        ann.is_connected()
        expect(note).to_contain_text("Your reaction was not kept: ")
        ann.sees_text("Message deleted")
        expect(ann.page.locator(".reaction")).to_have_count(0)
        ann.shot("refused")
        ann.page.get_by_role("button", name="All right").click()

        # Begun in one tab, deleted in the other.
        deed(ann, "two", "edit")
        ann.field.fill("two and a half")
        deed(other, "two", "more")
        other.page.locator("#menu [data-deed=delete]").click()
        other.page.get_by_role("button", name="Delete").click()
        expect(ann.page.locator("li.gone")).to_have_count(2)
        ann.field.press("Enter")
        expect(note).to_contain_text("Your change was not made: ")
        expect(ann.field).to_have_value("two and a half")
        ann.field.press("Escape")
        expect(ann.field).to_have_value("")
