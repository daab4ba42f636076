"""Scenarios of the chat page: its languages, and writing from right to left."""

import re

from playwright.sync_api import expect

from browser_page import browser
from browser_access import OUTSIDE, assert_named
from roost_server import Client, start_server
from scenarios import arguments

# What is at which side: the list of rooms and that of people, one's own messages and others'.
SIDES = """() => {
    const middle = (selector) => {
        const { left, right } = document.querySelector(selector).getBoundingClientRect();
        return (left + right) / 2;
    };
    return [middle('#rooms-panel') < middle('#members-panel'),
        middle('li.message:not(.own) .bubble') < middle('li.own .bubble'),
        middle('#message') < middle('#send')];
}"""


def enter(person, name):
    person.page.locator("#name").fill(name)
    person.page.locator("#name").press("Enter")
    expect(person.page.locator("#me")).to_have_text(name)
    expect(person.page.locator("#bar")).to_be_hidden()


def languages():
    """The page speaks the browser's language, or another one by choice; Arabic runs from right to
    left, and every control has a name."""
    with start_server() as server, browser(arguments.shots) as all, Client(server) as bob:
        bob.log_in("bob")
        for locale, tag, direction, state, more in (
                ("de-AT", "de", "ltr", "Verbunden", "2 Personen"),
                ("ar-EG", "ar", "rtl", "متصل", "شخصان")):
            ann = all.person(server.page, locale=locale)
            root = ann.page.locator("html")
            expect(ann.page.locator("#enter")).not_to_have_text(re.compile("Join"))
            expect(root).to_have_attribute("lang", tag)
            expect(root).to_have_attribute("dir", direction)
            assert_named(ann.page)
            ann.shot(f"login-{tag}")
            enter(ann, f"ann-{tag}")
            expect(ann.page.locator("#state")).to_have_text(state)
            expect(ann.page.locator("#member-count")).to_have_text(more)
            bob.say(f"hello, {tag}")
            bob.say("مرحبا بالعالم، هذا سطر من اليمين إلى اليسار (and back)")
            ann.sees_text(f"hello, {tag}")
            ann.page.locator("#message").fill(f"und ich, {tag}?")
            ann.page.locator("#message").press("Enter")
            expect(ann.message(f"und ich, {tag}?").locator(".status")).not_to_be_empty()
            assert ann.page.evaluate(SIDES) == [direction == "ltr"] * 3, ann.page.evaluate(SIDES)
            assert_named(ann.page)
            assert ann.page.evaluate(OUTSIDE) == []
            ann.shot(f"chat-{tag}")
            ann.page.set_viewport_size({"width": 390, "height": 780})
            ann.page.locator("#open-rooms").click()
            expect(ann.page.locator("#rooms-panel .close")).to_be_focused()
            ann.page.wait_for_timeout(300)  # it slides in
            assert ann.page.evaluate(OUTSIDE) == []
            ann.shot(f"phone-{tag}")
            ann.page.keyboard.press("Escape")
            expect(ann.page.locator("#rooms-panel")).not_to_be_visible()
            assert ann.page.evaluate(OUTSIDE) == []
            bob.ask(type="leave", room="lobby")
            bob.ask(type="join", room="lobby")
            ann.page.context.close()

        # Chosen by hand, at once and for ever; what stands there is translated too.
        ann = all.person(server.page, "ann", locale="fr-FR")
        ann.field.fill("a draft")
        ann.page.get_by_role("button", name="Settings").click()
        ann.page.get_by_label("Language").select_option("ar")
        expect(ann.page.locator("html")).to_have_attribute("dir", "rtl")
        expect(ann.page.locator(".mark.day span").first).to_have_text("اليوم")
        expect(ann.page.locator("#message")).to_have_value("a draft")
        ann.shot("settings-ar")
        ann.page.keyboard.press("Escape")
        ann.page.reload()
        expect(ann.page.locator("#state")).to_have_text("متصل")
        ann.page.locator("#open-settings").click()
        ann.page.locator("#language").select_option("")
        expect(ann.page.locator("html")).to_have_attribute("lang", "en")
        expect(ann.page.locator("#state")).to_have_text("Connected")
        ann.shot("settings")
        # A file that does not come: the page is there, in English.
        lost = all.person("about:blank", locale="de-DE")
        lost.page.route(re.compile(r"/words-de"), lambda route: route.abort())
        lost.page.goto(server.page)
        lost.log_in("lost")
