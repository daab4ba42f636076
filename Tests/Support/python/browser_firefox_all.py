"""A scenario of the chat page in Firefox: everything that people do there, in one browser. The
protocol has no input for a file that is dropped, nor for a list of choices: these are events."""

import json

from browser_composer import DROP
from browser_firefox import EXPECTED
from browser_people import PASSWORD, own
from firefox_bidi import running
from roost_server import Client, start_server, until
from scenarios import arguments

BUBBLES = "li.message .bubble"
VISIBLE = "{ visibilityProperty: true }"
OVERFLOW = "document.scrollingElement.scrollWidth <= innerWidth"


def everything():
    """In Firefox: what one does with messages, rooms and people, on two devices, on a phone's width
    and in three languages."""
    with start_server("--rate-limit", "off") as server, running(arguments.shots) as all:
        own(server, "ann", "bob")
        ann = all.person(server.page, "ann", PASSWORD)
        bob = all.person(server.page, "bob", PASSWORD)
        for part in (messages, rooms, conversations, searched, fields):
            part(ann, bob, server)
        phone(ann)
        languages(ann)
        all.complaints[:] = [text for text in all.complaints if not EXPECTED.search(text)]


def say(person, text):
    person.focus("#message")
    person.type(text, "Enter")
    sees(person, text)


def sees(person, text, count=1):
    person.until(f"[...document.querySelectorAll('{BUBBLES}')].filter(it => it.textContent"
                 f" === {json.dumps(text)}).length === {count}", f"{count} × {text}")


def shows(person, selector, text):
    """The first element of this selector has this text in it."""
    person.until(f"document.querySelector({json.dumps(selector)})?.checkVisibility()"
                 f" && document.querySelector({json.dumps(selector)}).textContent"
                 f".includes({json.dumps(text)})", f"{selector}: {text}")


def gone(person, selector):
    person.until(f"!document.querySelector({json.dumps(selector)})?.checkVisibility({VISIBLE})",
                 f"no {selector}")


def focused(person, selector):
    person.until(f"document.activeElement.matches({json.dumps(selector)})", f"{selector} in focus")


def deed(person, text, name):
    person.point(BUBBLES, text)
    person.click(f".toolbar [data-deed={name}]")


def messages(ann, bob, _):
    say(ann, "one")
    sees(bob, "one")
    deed(bob, "one", "reply")
    shows(bob, "#writing", "one")
    say(bob, "an answer")
    shows(ann, ".quote", "one")
    deed(ann, "one", "edit")
    ann.until("document.getElementById('message').value === 'one'", "the text to edit")
    ann.type(" and a half", "Enter")
    for person in (ann, bob):
        sees(person, "one and a half")
        shows(person, ".edited", "Edited")
        shows(person, ".quote", "one and a half")
    deed(ann, "an answer", "react")
    focused(ann, "#menu .emoji-row button")
    ann.press("ArrowRight", "Enter")
    shows(bob, ".reaction", "❤️ 1")
    bob.click(".reaction")
    shows(ann, ".reaction", "❤️ 2")
    ann.until("document.querySelector('.reaction').ariaPressed === 'true'", "one's own reaction")
    ann.shot("firefox-messages")
    deed(bob, "an answer", "more")
    bob.shot("firefox-menu")
    bob.press("Escape")
    gone(bob, "#menu")
    deed(ann, "one and a half", "more")
    ann.click("#menu [data-deed=delete]")
    ann.click("#question-agree")
    for person in (ann, bob):
        sees(person, "Message deleted")
        shows(person, ".quote", "Message deleted")


def rooms(ann, bob, server):
    ann.click("#open-room")
    ann.fill("#room-topic", "Herons")
    ann.press("Enter")
    shows(bob, "#topic", "Herons")
    ann.press("Escape")
    focused(ann, "#open-room")
    ann.click("#open-all-rooms")
    shows(ann, "#all-rooms .found", "lobby")
    ann.fill("#new-room", "backstage")
    ann.click("#all-rooms .show", "Private")
    ann.shot("firefox-rooms")
    ann.click("#all-rooms form button", "Create")
    shows(ann, "#room-name", "backstage")
    ann.click("#open-room")
    ann.fill("#room-guest", "bob")
    ann.press("Enter")
    shows(ann, "#room", "bob may enter now.")
    ann.shot("firefox-room")
    ann.press("Escape")
    bob.click("#invited button", "Enter")
    shows(bob, "#room-name", "backstage")
    say(bob, "here I am")
    sees(ann, "here I am")
    # A room from the list of all.
    with Client(server) as cid:
        cid.log_in("cid")
        cid.ask(type="join", room="garden")
        bob.click("#open-all-rooms")
        bob.fill("#rooms-filter", "gard")
        bob.until("document.querySelectorAll('#all-rooms .found li').length === 1", "one room")
        bob.press("Enter")
        shows(bob, "#room-name", "garden")
    for person in (ann, bob):
        person.click("#rooms button", "lobby")


def conversations(ann, bob, server):
    """And what is unread, on two devices."""
    other = bob.browser.person(server.page, "bob", PASSWORD)
    ann.click("#members button[data-name=bob]")
    shows(ann, "#room-name", "bob")
    say(ann, "between us")
    for person in (bob, other):
        shows(person, "#directs .badge", "1")
    bob.click("#directs button", "ann")
    sees(bob, "between us")
    for person in (bob, other):
        gone(person, "#directs .badge")
    bob.browser.command("browsingContext.close", context=other.tab)
    for person in (ann, bob):
        person.click("#rooms button", "lobby")


def searched(ann, bob, server):
    """The search, a link to a message, and older messages."""
    with Client(server) as dan:
        dan.log_in("dan")
        dan.ask(type="join", room="long")
        for number in range(1, 301):
            dan.send(type="message", room="long", text=f"number {number}")
        dan.say("the last", room="long")
        bob.fill("#join-name", "long")
        bob.press("Enter")
        sees(bob, "the last")
        bob.hold("\ue009", "k")
        focused(bob, "#search-text")
        bob.type('"number 9"')
        bob.until("document.querySelectorAll('#search .found li').length === 1", "one hit")
        bob.shot("firefox-search")
        bob.press("ArrowDown", "Enter")
        shows(bob, "li.message[data-found]", "number 9")
        focused(bob, "li.message[data-found]")
        bob.evaluate("location.hash = 'long/200'")
        shows(bob, "li.message[data-found]", "number 200")
        bob.until("(({ top, bottom }) => top > 0 && bottom < innerHeight)"
                  "(document.querySelector('[data-found]').getBoundingClientRect())", "it in view")
        ann.fill("#join-name", "long")
        ann.press("Enter")
        sees(ann, "the last")
        # The first of them is there after some turns of the wheel.
        expected = [*(f"number {number}" for number in range(1, 301)), "the last"]
        until(lambda: ann.wheel("#log", -2000) or ann.texts(BUBBLES)[0] == "number 1", "the first")
        assert ann.texts(BUBBLES) == expected, ann.texts(BUBBLES)
        for person in (ann, bob):
            person.click("#rooms button", "lobby")


def fields(ann, bob, server):
    """A draft, a file, and the settings of notifications."""
    ann.fill("#message", "half a sentence")
    ann.browser.command("browsingContext.reload", context=ann.tab, wait="complete")
    ann.until("document.getElementById('bar')?.hidden"
              " && document.getElementById('message').value === 'half a sentence'", "the draft")
    assert ann.evaluate(f"({DROP})('drop')"), "a file was taken"
    shows(ann, "#note", "Files and pictures cannot be sent here")
    ann.shot("firefox-file")
    ann.click("#note-close")
    ann.click("#open-settings")
    ann.evaluate("Notification.requestPermission = async () => 'denied'")
    ann.click("#settings label", "Show a notification")
    shows(ann, "#notify-problem", "does not allow notifications")
    ann.evaluate("Notification.requestPermission = async () => 'granted'")
    ann.click("#settings label", "Show a notification")
    ann.until("document.getElementById('notify').checked", "it to be on")
    ann.shot("firefox-settings")
    ann.press("Escape")
    focused(ann, "#open-settings")


def phone(ann):
    ann.resize(390, 780)
    ann.click("#open-rooms")
    ann.until("document.querySelector('#rooms-panel .close') === document.activeElement",
              "the drawer")
    ann.click("#rooms button", "backstage")
    gone(ann, "#rooms-panel")
    sees(ann, "here I am")
    deed(ann, "here I am", "more")
    ann.shot("firefox-phone-menu")
    ann.press("Escape")
    assert ann.evaluate(OVERFLOW)
    ann.shot("firefox-phone")


def languages(ann):
    for tag, direction, hint in (("de", "ltr", "Nachricht"), ("ar", "rtl", "رسالة")):
        ann.click("#open-rooms")
        ann.click("#open-settings")
        ann.evaluate(f"""(choice => {{
            choice.value = '{tag}';
            choice.dispatchEvent(new Event('change', {{ bubbles: true }}));
        }})(document.getElementById('language'))""")
        ann.until(f"document.documentElement.dir === '{direction}'"
                  f" && document.documentElement.lang === '{tag}'", tag)
        ann.press("Escape", "Escape")
        gone(ann, "#rooms-panel")
        assert ann.evaluate(OVERFLOW)
        ann.shot(f"firefox-phone-{tag}")
