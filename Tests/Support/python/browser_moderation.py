"""Scenarios of the chat page: a moderator mutes, sends out and bans, everybody in the room sees it,
and the person concerned reads what has happened, until when, and what can be done."""

import re
from contextlib import contextmanager

from playwright.sync_api import expect

from browser_axe import clean
from browser_deeds import choose, deed
from browser_page import browser
from browser_people import device, own
from roost_server import Client, start_server
from scenarios import arguments

CLOCK = re.compile(r"until .*\d:\d\d: spam")


@contextmanager
def moderated_server(*names):
    """A server on which these names are accounts, and the first of them moderates."""
    with start_server() as server:
        own(server, *names)
        server.kill()
        server.command += ["--moderator", names[0]]
        server.start()
        yield server


def moderate(person, name, what):
    """Opens the dialog from the list of people."""
    person.page.get_by_role("button", name=f"More actions: {name}").click()
    person.page.locator(f"#menu [data-deed={what}]").click()
    dialog = person.page.locator("#moderate")
    expect(dialog).to_be_visible()
    return dialog


def line(person, text):
    return person.page.locator(".mark.act").filter(has_text=text)


def muted():
    """A mute from the menu of a message: the others see a line, the field of the person concerned
    says so, also after a reload, and ends with the mute. Nobody else has these buttons."""
    with moderated_server("mod", "other") as server, browser(arguments.shots) as all:
        mod = device(all, server.page, "mod")
        bob, cem = (all.person(server.page, name) for name in ("bob", "cem"))
        bob.say("buy my hats")
        mod.sees("buy my hats", "bob")
        cem.sees("buy my hats", "bob")
        deed(cem, "buy my hats", "more")
        expect(cem.page.locator("#menu [data-deed=reply]")).to_be_visible()
        expect(cem.page.locator("#menu [data-deed=mute]")).to_have_count(0)
        cem.page.keyboard.press("Escape")
        expect(cem.page.get_by_role("button", name="More actions: bob")).to_be_hidden()
        bob.field.fill("a draft")
        deed(mod, "buy my hats", "more")
        mod.page.wait_for_timeout(200)
        mod.shot("moderate-menu")
        mod.page.keyboard.press("Escape")
        choose(mod, "buy my hats", "mute")
        dialog = mod.page.locator("#moderate")
        expect(dialog).to_have_accessible_name("Mute: bob")
        expect(dialog.get_by_label("For how long")).to_be_focused()
        names = dialog.locator("#moderate-time option").all_text_contents()
        assert names == ["10 minutes", "1 hour", "1 day", "for good"], names
        dialog.get_by_label("Reason").fill("é" * 100)
        dialog.get_by_role("button", name="Mute", exact=True).click()
        expect(dialog.get_by_role("alert")).to_have_text("The text is too long.")
        dialog.get_by_label("Reason").fill("spam")
        mod.shot("moderate-mute")
        mod.page.keyboard.press("Enter")
        expect(dialog).to_be_hidden()
        for person in (mod, bob, cem):
            expect(line(person, "mod muted bob for 10 minutes: spam")).to_be_visible()
        verdict = bob.page.locator("#verdict")
        for _ in range(2):
            expect(verdict).to_contain_text(CLOCK)
            expect(verdict).to_contain_text("You may only read here until")
            expect(bob.page.locator("#message")).to_have_value("a draft")
            expect(bob.page.locator("#message")).not_to_be_editable()
            expect(bob.page.locator("#send")).to_be_disabled()
            expect(bob.page.locator("#message")).to_have_attribute("placeholder", CLOCK)
            bob.page.wait_for_timeout(400)  # the bar fades in
            bob.shot("muted")
            bob.page.reload()
            bob.is_in("bob")
        deed(bob, "buy my hats", "more")
        expect(bob.page.locator("#menu [data-deed=copy]")).to_be_visible()
        expect(bob.page.locator("#menu [data-deed=edit]")).to_have_count(0)
        bob.page.keyboard.press("Escape")
        mod.page.locator("#members li").first.hover()
        mod.shot("moderate-people")
        # Only what is in force can be ended, and only there.
        dialog = moderate(mod, "bob", "mute")
        lift = dialog.get_by_role("button", name="Unmute")
        expect(lift).to_be_visible()
        dialog.get_by_label("Where").select_option(label="Everywhere")
        expect(lift).to_be_hidden()
        mod.page.keyboard.press("Escape")
        dialog = moderate(mod, "bob", "ban")
        expect(dialog.get_by_role("button", name="Lift the ban")).to_be_hidden()
        mod.page.keyboard.press("Escape")
        dialog = moderate(mod, "bob", "mute")
        lift.click()
        expect(line(cem, "mod lets bob write again.")).to_be_visible()
        expect(verdict).to_be_hidden()
        bob.field.press("Enter")
        bob.has_sent("a draft")
        # A mute everywhere, which ends by itself.
        with Client(server) as again:
            again.log_in("mod", password="correct horse")
            again.ask(type="mute", room="*", user="bob")
            expect(verdict).to_contain_text("You may only read here until further notice.")
            again.ask(type="mute", room="*", user="bob", seconds=2)
            expect(line(cem, "(everywhere).")).to_have_count(2)
            expect(bob.page.locator("#message")).not_to_be_editable()
            expect(bob.page.locator("#message")).to_be_editable()
        expect(verdict).to_be_hidden()
        other = device(all, server.page, "other")
        other.say("I am")
        choose(mod, "I am", "mute")
        dialog.get_by_role("button", name="Mute", exact=True).click()
        expect(line(cem, "mod muted other")).to_be_visible()


def sent_out():
    """Kicked: back with a button. Banned: what has happened, until when and why, also after a
    reload; and the ban is lifted. All by keyboard."""
    with moderated_server("mod", "bob") as server, browser(arguments.shots) as all:
        mod = device(all, server.page, "mod")
        bob = device(all, server.page, "bob")
        bob.say("hats")
        mod.sees("hats", "bob")
        keys = mod.page.keyboard
        opener = mod.page.get_by_role("button", name="More actions: bob")
        opener.focus()
        keys.press("Enter")
        expect(mod.page.locator("#menu")).to_have_accessible_name("bob")
        expect(mod.page.locator("#menu [data-deed=mute]")).to_be_focused()
        keys.press("ArrowDown")
        keys.press("Enter")
        dialog = mod.page.locator("#moderate")
        expect(dialog).to_have_accessible_name("Send out: bob")
        expect(dialog.get_by_label("For how long")).to_be_hidden()
        expect(dialog.get_by_label("Reason")).to_be_focused()
        keys.type("No hats here")
        keys.press("Enter")
        expect(line(mod, "mod sent bob out: No hats here")).to_be_visible()
        verdict = bob.page.locator("#verdict")
        expect(verdict).to_contain_text("mod has sent you out of this room: No hats here")
        expect(verdict).to_have_role("alert")
        bob.page.wait_for_timeout(400)
        bob.shot("kicked-out")
        verdict.get_by_role("button", name="Enter").click()
        expect(verdict).to_be_hidden()
        bob.say("back")
        mod.sees("back", "bob")

        choose(mod, "back", "ban")
        dialog.get_by_label("For how long").select_option(label="1 hour")
        dialog.get_by_label("Reason").fill("spam")
        mod.shot("moderate-ban")
        dialog.get_by_role("button", name="Ban", exact=True).click()
        expect(line(mod, "mod banned bob for 1 hour: spam")).to_be_visible()
        expect(verdict).to_contain_text("mod has banned you from this room until")
        expect(verdict).to_contain_text(CLOCK)
        bob.page.wait_for_timeout(400)
        bob.shot("banned-out")
        bob.page.reload()
        bob.is_in("bob")
        # The server's own sentence, which has the time in UTC.
        expect(verdict).to_contain_text("You are banned from this room until")
        expect(verdict).to_contain_text("spam")
        verdict.get_by_role("button", name="Enter").click()
        expect(verdict).to_be_visible()
        # He is not in the list any more, but his message is there.
        choose(mod, "back", "ban")
        dialog.get_by_role("button", name="Lift the ban").click()
        expect(line(mod, "mod lifted the ban of bob.")).to_be_visible()
        verdict.get_by_role("button", name="Enter").click()
        expect(verdict).to_be_hidden()
        bob.say("here I am")
        # From everywhere: the connection ends, and the reason is there.
        choose(mod, "here I am", "ban")
        dialog.get_by_label("Where").select_option(label="Everywhere")
        dialog.get_by_label("Reason").fill("spam")
        keys.press("Enter")
        expect(bob.page.locator("#bar")).to_contain_text("spam")
        expect(bob.page.locator("#send")).to_be_disabled()
        expect(bob.page.locator("#message")).not_to_be_editable()
        bob.shot("banned-everywhere")
        # Nothing says that a ban is lifted, so there is a button to try again.
        with Client(server) as again:
            again.log_in("mod", password="correct horse")
            again.ask(type="unban", room="*", user="bob")
        bob.page.get_by_role("button", name="Connect again").click()
        bob.is_connected()
        bob.say("here once more")
        bob.has_sent("here once more")


def judged():
    """The dialog, the line and the bar in German and Arabic, on a phone too: axe finds nothing, and
    nothing sticks out."""
    with moderated_server("mod") as server, browser(arguments.shots) as all, \
            Client(server) as bob:
        bob.log_in("bob")
        bob.say("hats")
        for locale, width in (("de-DE", 1280), ("ar-EG", 390)):
            page = all.person(server.page, locale=locale, reduced_motion="reduce",
                              viewport={"width": width, "height": 780}).page
            page.locator("#name").fill("mod")
            page.keyboard.press("Enter")
            page.locator("#password").fill("correct horse")
            page.keyboard.press("Enter")
            cem = all.person(server.page, locale=locale, reduced_motion="reduce").page
            cem.locator("#name").fill(f"cem-{locale}")
            cem.keyboard.press("Enter")
            expect(cem.locator("#me")).to_have_text(f"cem-{locale}")
            if width < 700:
                page.locator("#open-members").click()
            page.locator("#members .do-more[data-name=bob]").click()
            clean(page, f"{locale} menu")
            page.locator("#menu [data-deed=mute]").click()
            expect(page.locator("#moderate")).to_be_visible()
            page.wait_for_timeout(200)
            if arguments.shots:
                page.screenshot(path=f"{arguments.shots}/moderate-{locale}.png")
            clean(page, f"{locale} dialog")
            box = page.locator("#moderate").bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width, box
            page.keyboard.press("Escape")
            with Client(server) as mod:
                mod.log_in("mod", password="correct horse")
                mod.ask(type="mute", room="lobby", user=f"cem-{locale}", seconds=3600,
                        reason="Bitte \u202elangsam")
            expect(cem.locator("#verdict")).to_be_visible()
            expect(cem.locator(".mark.act")).to_have_count(1)
            if arguments.shots:
                cem.screenshot(path=f"{arguments.shots}/muted-{locale}.png")
            clean(cem, f"{locale} muted", ())
            page.context.close()
            cem.context.close()


def lifted():
    """Moderators see what is in force, also of people who are away, and lift it; others have no
    such list."""
    with moderated_server("mod") as server, browser(arguments.shots) as all, \
            Client(server) as helper:
        sessions = {}
        for name in ("bob", "cem"):
            with Client(server) as client:
                sessions[name] = client.log_in(name)["session"]
        helper.log_in("mod", password="correct horse")
        helper.ask(type="ban", room="lobby", user="bob", seconds=86_400, reason="No \u202ehats")
        helper.ask(type="mute", room="*", user="cem")
        mod = device(all, server.page, "mod")
        ann = all.person(server.page, "ann")
        name = "Bans and mutes"
        expect(ann.page.get_by_role("button", name=name)).to_be_hidden()
        opener = mod.page.get_by_role("button", name=name)
        opener.focus()
        mod.page.keyboard.press("Enter")
        dialog = mod.page.get_by_role("dialog", name=name)
        rows = dialog.locator("li")
        expect(rows).to_have_count(2)
        expect(rows.nth(0)).to_contain_text("mod muted cem for good (everywhere).")
        expect(rows.nth(1)).to_contain_text("mod banned bob for 1 day: No")
        expect(rows.nth(1).locator(".where")).to_contain_text("lobby")
        expect(rows.nth(1).locator(".where")).to_contain_text(re.compile(r"until .*\d:\d\d"))
        mod.page.wait_for_timeout(200)
        mod.shot("sanctions")
        clean(mod.page, "sanctions")
        for width in (1280, 390):
            mod.page.set_viewport_size({"width": width, "height": 780})
            box = dialog.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width, box
        mod.shot("sanctions-phone")
        mod.page.set_viewport_size({"width": 1280, "height": 800})
        dialog.get_by_role("button", name="Lift the ban: bob").click()
        expect(rows).to_have_count(1)
        dialog.get_by_role("button", name="Unmute: cem").focus()
        mod.page.keyboard.press("Enter")
        expect(rows).to_have_count(0)
        expect(dialog.get_by_role("status")).to_have_text("Nobody is banned or muted.")
        mod.page.keyboard.press("Escape")
        expect(opener).to_be_focused()
        with Client(server) as bob:
            bob.log_in("bob", session=sessions["bob"])
            bob.say("here again")
            ann.sees("here again", "bob")
