"""A scenario of the chat page: what a screen reader gets of it, and what it reads out by itself."""

import re

from playwright.sync_api import expect

from browser_deeds import deed
from browser_hands import LISTEN
from browser_page import browser
from browser_people import conversation, device, has_unread, own
from roost_server import start_server, until
from scenarios import arguments

# A name is read once, with what is unread there.
ROOMS = """
- navigation "Rooms":
  - heading "Rooms" [level=2]
  - button "All rooms"
  - list "Rooms":
    - listitem:
      - button "lobby 2 unread, some for you"
    - listitem:
      - button "garden"
  - textbox "Join a room by name"
  - button "Join room"
  - heading "People" [level=2]
  - list "People":
    - listitem:
      - button "bob 1 unread"
  - button "Your own name"
  - button "Settings"
  - button "Sign out"
"""
MESSAGES = """
- log "Messages in lobby":
  - list:
    - listitem: This is where lobby begins.
    - listitem: Today
    - listitem:
      - text: bob
      - time
      - paragraph: one
    - listitem:
      - text: You
      - time
      - paragraph: two, edited
      - text: Edited
      - button "👍 from bob and You" [pressed]
    - listitem:
      - text: bob
      - time
      - 'button "Reply to: You: two, edited"'
      - paragraph: three
    - listitem: New
    - listitem:
      - text: bob
      - time
      - paragraph: "@ann, look"
"""
PEOPLE = """
- complementary "People in this room":
  - heading "People" [level=2]
  - list:
    - listitem: ann (you)
    - listitem:
      - text: bob
      - button "Write to bob"
"""
TOOLBAR = """
- toolbar "Message of bob":
  - button "React"
  - button "Reply"
  - button "More actions"
"""
MENU = """
- dialog "Message of ann":
  - group "React":
    - button "👍" [pressed]
    - button "❤️"
  - textbox "Another emoji"
  - button "Reply"
  - button "Edit"
  - button "Copy text"
  - button "Copy link"
  - button "Delete"
  - paragraph: 👍 bob and You
"""
QUESTION = """
- dialog /Delete this message/:
  - paragraph: /Delete this message/
  - paragraph:
    - button "Cancel"
    - button "Delete"
"""
DIALOGS = {
    "#open-settings": """
- dialog "Settings":
  - heading "Settings" [level=2]
  - combobox "Language"
  - group "When somebody mentions or writes to you and this page is out of sight":
    - checkbox "Show a notification"
    - checkbox "Play a short sound"
  - paragraph:
    - button "Close"
""",
    "#keys": """
- dialog "Keys":
  - heading "Keys" [level=2]
  - term: Enter
  - definition: Send the message
  - paragraph: /\\*\\*bold\\*\\*/
  - paragraph:
    - button "Close"
""",
    "#open-room": """
- dialog "lobby":
  - heading "lobby" [level=2]
  - button "Close"
  - textbox "Topic"
  - button "Save"
  - heading "People in this room" [level=3]
  - list:
    - listitem: ann
    - listitem: bob
  - paragraph:
    - button "Leave this room"
""",
    "#open-all-rooms": """
- dialog "All rooms":
  - heading "All rooms" [level=2]
  - button "Close"
  - searchbox "Find a room by its name or topic"
  - list:
    - listitem:
      - button "garden You are in this room"
    - listitem:
      - button "lobby You are in this room"
  - heading "A new room" [level=3]
  - textbox "Name"
  - button "Create"
  - 'checkbox "Private: only people who are invited may enter"'
""",
}
FOUND = """
- dialog "Search":
  - heading "Search" [level=2]
  - button "Close"
  - searchbox "Words in messages"
  - checkbox "Only in lobby"
  - list:
    - listitem:
      - button /^ann lobby Today .* two, edited$/
  - status: 1 message was found.
"""


def spoken():
    """All parts have the names that a person wants to hear, once; and only what is new is read out:
    a message without the quote of another, and no edition, reaction or deletion."""
    with start_server("--rate-limit", "off") as server, browser(arguments.shots) as all:
        own(server, "ann", "bob")
        ann, bob = (device(all, server.page, name) for name in ("ann", "bob"))
        page = ann.page
        talk(ann, bob)
        has_unread(ann.room("lobby"), 2)
        expect(page.locator("#rooms-panel")).to_match_aria_snapshot(ROOMS)
        ann.room("lobby").click()
        expect(page.locator("#log")).to_match_aria_snapshot(MESSAGES)
        expect(page.locator("#members-panel")).to_match_aria_snapshot(PEOPLE)
        reached(ann, bob)
        for opener, snapshot in DIALOGS.items():
            page.locator(opener).click()
            expect(page.get_by_role("dialog")).to_match_aria_snapshot(snapshot)
            page.keyboard.press("Escape")
        page.locator("#open-search").click()
        page.keyboard.type("two")
        expect(page.get_by_role("dialog")).to_match_aria_snapshot(FOUND)
        page.keyboard.press("Escape")
        # No button says in its title what it is called already.
        twice = page.get_by_role("button").evaluate_all(
            "all => all.filter(it => it.title && it.ariaLabel).map(it => it.outerHTML)")
        assert not twice, twice
        heard(ann, bob)


def talk(ann, bob):
    bob.say("one")
    ann.sees("one", "bob")
    ann.say("two")
    bob.sees("two", "ann")
    deed(bob, "two", "reply")
    bob.say("three")
    deed(bob, "two", "react")
    bob.page.locator("#menu [data-emoji='👍']").click()
    ann.message("two").locator(".reaction").click()
    deed(ann, "two", "edit")
    ann.field.fill("two, edited")
    ann.field.press("Enter")
    bob.sees_text("two, edited")
    ann.join("garden")
    ann.is_at("garden")
    # Nobody writes to ann alone yet: there is no list without anything in it.
    expect(ann.page.get_by_role("list", name="People")).to_have_count(0)
    bob.say("@ann, look")
    bob.say("four")
    bob.page.get_by_role("button", name="Write to ann").click()
    bob.say("psst")
    has_unread(conversation(ann, "bob"), 1)
    bob.room("lobby").click()


def reached(ann, bob):
    """A message in focus, its toolbar and its menu; what is answered or edited."""
    page = ann.page
    ann.message("one").locator(".bubble").hover()
    expect(page.get_by_role("toolbar")).to_match_aria_snapshot(TOOLBAR)
    page.locator(".toolbar [data-deed=reply]").click()
    expect(ann.field).to_have_accessible_description("Reply to bob one")
    expect(page.get_by_role("button", name="Do not reply")).to_be_visible()
    page.keyboard.press("Escape")
    expect(ann.field).to_have_accessible_description("")
    page.keyboard.press("ArrowUp")
    expect(ann.field).to_have_accessible_description("Edit two, edited")
    page.keyboard.press("Escape")
    deed(ann, "two, edited", "more")
    expect(page.locator("#menu")).to_match_aria_snapshot(MENU)
    page.locator("#menu [data-deed=delete]").click()
    expect(page.locator("#question")).to_match_aria_snapshot(QUESTION)
    page.keyboard.press("Escape")
    page.locator("#log").focus()
    page.locator("#log").evaluate("log => log.dispatchEvent(new KeyboardEvent('keydown',"
                                  " { key: 'ArrowDown', bubbles: true }))")
    expect(ann.message("one")).to_be_focused()
    expect(ann.message("one")).to_have_accessible_name(re.compile(r"^bob, \d?\d:\d\d, one$"))
    page.keyboard.press("ArrowDown")
    expect(ann.message("two, edited")).to_have_accessible_name(re.compile(
        r"^You, \d?\d:\d\d, two, edited, Edited, 👍 from bob and You$"))
    page.keyboard.press("ArrowDown")
    expect(ann.message("three")).to_have_accessible_name(re.compile(
        r"^bob, \d?\d:\d\d, Reply to: You: two, edited, three$"))
    deed(bob, "three", "react")
    bob.page.locator("#menu [data-emoji='👍']").click()
    expect(ann.message("three")).to_have_accessible_name(re.compile(r"three, 👍 from bob$"))
    page.keyboard.press("Escape")


def heard(ann, bob):
    ann.page.evaluate(LISTEN)
    bob.say("five")
    ann.sees("five", "bob")
    deed(bob, "five", "edit")
    bob.field.fill("half past five")
    bob.field.press("Enter")
    ann.sees_text("half past five")
    deed(bob, "half past five", "react")
    bob.page.locator("#menu [data-emoji='🎉']").click()
    expect(ann.message("half past five").locator(".reaction")).to_be_visible()
    deed(bob, "half past five", "reply")
    bob.say("six")
    ann.sees_text("six")
    deed(bob, "half past five", "more")
    bob.page.locator("#menu [data-deed=delete]").click()
    bob.page.get_by_role("button", name="Delete").click()
    ann.sees_text("Message deleted")
    bob.say("seven")
    until(lambda: len(ann.page.evaluate("heard")) >= 3, "three messages")
    words = [re.sub(r"\s*\d?\d:\d\d\s*", " ", text) for text in ann.page.evaluate("heard")]
    assert words == ["bob five", "bob six", "bob seven"], words
