"""A scenario of the chat page: keys alone, in its dialogs, its menu, the search, the names."""

from playwright.sync_api import expect

from browser_moderation import moderated_server
from browser_page import browser
from browser_people import device
from scenarios import arguments

# What opens a dialog, and what in it the server has to say first.
OPENERS = {
    "#open-settings": "select", "#open-account": "#sessions li", "#keys": "dl",
    "#open-search": "input", "#open-room": ".found li", "#open-all-rooms": ".found li"}
# The element in focus: whether it is in this part of the page, and whether that is to be seen.
FOCUSED = """part => {
    const node = document.activeElement;
    if (node === document.body) return null;  // the browser's own bar
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(node);
    const isSeen = (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0)
        || boxShadow !== 'none';
    const isInside = document.querySelector(part).contains(node);
    return [node.outerHTML.slice(0, 120), isInside, isSeen];
}"""
# How many stops the Tab key has there.
STOPS = """part => [...document.querySelector(part).querySelectorAll(
    'button, input, select, textarea, a[href], [tabindex="0"]')]
    .filter(node => !node.disabled && node.tabIndex >= 0
        && node.checkVisibility({ visibilityProperty: true })).length"""


def mouseless():
    """The focus is always to be seen, is never trapped, and goes back where it came from; the
    Escape key closes exactly one thing."""
    with moderated_server("ann", "bob") as server, browser(arguments.shots) as all:
        ann, bob = (device(all, server.page, name) for name in ("ann", "bob"))
        bob.say("hello")
        ann.say("one")
        ann.has_sent("one")
        for opener, content in OPENERS.items():
            opened(ann, opener, content)
        searched(ann)
        chosen(ann)
        written(ann)
        gone(ann, server)
        moderated(ann, bob)
        stacked(ann)
        walk(ann, "#chat")


def walk(ann, part):
    """The Tab key goes through all of it, and comes around; the other way, too."""
    count = ann.page.evaluate(STOPS, part)
    for key in ("Tab", "Shift+Tab"):
        stops = set()
        for _ in range(count + 2):
            ann.page.keyboard.press(key)
            found = ann.page.evaluate(FOCUSED, part)
            if found is None:
                continue
            html, is_inside, is_seen = found
            assert is_inside, f"{part}: {html}"
            assert is_seen, f"no focus to be seen: {html}"
            stops.add(html)
        assert len(stops) == count, (part, count, stops)


def opened(ann, opener, content):
    page = ann.page
    page.locator(opener).focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_have_count(1)
    part = "#" + dialog.get_attribute("id")
    expect(page.locator(f"{part} :focus")).to_have_count(1)
    expect(page.locator(f"{part} {content}").first).to_be_visible()
    walk(ann, part)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(opener)).to_be_focused()


def searched(ann):
    """From the field, and from a message."""
    page, keys = ann.page, ann.page.keyboard
    dialog = page.locator("#search")
    ann.field.focus()
    keys.press("Control+k")
    expect(dialog).to_be_visible()
    keys.type("hello")
    keys.press("ArrowDown")
    expect(dialog.locator(".found button")).to_have_count(1)
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    expect(ann.field).to_be_focused()
    page.locator("#log").focus()
    keys.press("ArrowUp")
    expect(ann.message("one")).to_be_focused()
    keys.press("/")
    expect(dialog).to_be_visible()
    keys.press("Escape")
    expect(ann.message("one")).to_be_focused()


def chosen(ann):
    """In the menu of a message: a question, an answer, and a deletion."""
    page, keys = ann.page, ann.page.keyboard
    menu, question = page.locator("#menu"), page.locator("#question")

    def choose(name):
        keys.press("Enter")
        expect(menu).to_be_visible()
        item = menu.locator(f"[data-deed={name}]")
        for _ in range(8):
            if item.evaluate("it => it === document.activeElement"):
                break
            keys.press("ArrowDown")
        assert page.evaluate(FOCUSED, "#menu")[2], "no focus to be seen in the menu"
        keys.press("Enter")
        expect(menu).to_be_hidden()

    choose("reply")
    expect(ann.field).to_be_focused()
    expect(page.locator("#writing")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("#writing")).to_be_hidden()
    expect(ann.field).to_be_focused()
    keys.press("Shift+Tab")
    expect(ann.message("one")).to_be_focused()
    choose("delete")
    expect(question).to_be_visible()
    walk(ann, "#question")
    keys.press("Escape")
    expect(question).to_be_hidden()
    expect(ann.message("one")).to_be_focused()
    choose("delete")
    question.get_by_role("button", name="Delete").focus()
    keys.press("Enter")
    ann.sees_text("Message deleted")
    expect(ann.message("Message deleted")).to_be_focused()
    keys.press("Escape")
    expect(ann.field).to_be_focused()


def written(ann):
    """The list of names closes first, and what is edited next."""
    page, keys = ann.page, ann.page.keyboard
    ann.say("two")
    ann.has_sent("two")
    keys.press("ArrowUp")
    keys.type(" @b")
    expect(page.locator("#names")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("#names")).to_be_hidden()
    expect(ann.field).to_have_value("two @b")
    expect(page.locator("#writing")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("#writing")).to_be_hidden()
    expect(ann.field).to_have_value("")


def gone(ann, server):
    """Buttons that go when they are pressed: of a sentence, of the newest messages, of a lost
    connection."""
    page = ann.page

    def press(button):
        button.focus()
        page.keyboard.press("Enter")
        expect(button).to_be_hidden()
        expect(ann.field).to_be_focused()

    page.evaluate("location.hash = 'lobby/4000'")
    press(page.get_by_role("button", name="All right"))
    newest = page.locator("#newest")
    ann.say("x\n" * 40)
    expect(newest).to_be_hidden()
    page.locator("#log").evaluate("log => { log.scrollTop = 0 }")
    expect(newest).to_be_visible()
    press(newest)
    server.kill()
    retry = page.locator("#retry")
    expect(retry).to_be_visible()
    server.start()
    press(retry)
    ann.is_connected()


def moderated(ann, bob):
    """A moderator mutes somebody, and lifts that in a list, which is empty then."""
    page, keys = ann.page, ann.page.keyboard
    # Until somebody is back, the people's list may be the one from before the server was away.
    bob.say("back")
    ann.sees_text("back")
    more = page.get_by_role("button", name="More actions: bob")
    for key in ("Escape", "Enter"):
        more.focus()
        keys.press("Enter")
        page.locator("#menu [data-deed=mute]").focus()
        keys.press("Enter")
        expect(page.locator("#moderate :focus")).to_have_count(1)
        walk(ann, "#moderate")
        page.get_by_label("Reason").focus()
        keys.press(key)
        expect(page.locator("dialog[open]")).to_have_count(0)
        expect(more).to_be_focused()
    opener = page.locator("#open-sanctions")
    opener.focus()
    keys.press("Enter")
    lift = page.locator("#sanctions").get_by_role("button", name="Unmute: bob")
    expect(lift).to_be_visible()
    walk(ann, "#sanctions")
    lift.focus()
    keys.press("Enter")
    expect(lift).to_have_count(0)
    expect(page.locator("#sanctions :focus")).to_have_count(1)
    keys.press("Escape")
    expect(opener).to_be_focused()
    # What it would come back to has gone meanwhile.
    more.focus()
    keys.press("Enter")
    expect(page.locator("#menu")).to_be_visible()
    bob.page.close()
    expect(more).to_have_count(0)
    keys.press("Escape")
    expect(ann.field).to_be_focused()


def stacked(ann):
    """A question over a dialog."""
    page, keys = ann.page, ann.page.keyboard
    page.locator("#open-all-rooms").focus()
    keys.press("Enter")
    rooms = page.get_by_role("dialog", name="All rooms")
    rooms.get_by_label("Name", exact=True).focus()
    keys.type("backstage")
    rooms.get_by_label("Private").focus()
    keys.press("Space")
    keys.press("Enter")
    ann.is_at("backstage")
    expect(ann.field).to_be_focused()
    opener = page.locator("#open-room")
    opener.focus()
    keys.press("Enter")
    walk(ann, "#room")
    dialog = page.get_by_role("dialog", name="backstage")
    dialog.get_by_label("Invite somebody").focus()
    keys.type("bob")
    keys.press("Enter")
    out = dialog.get_by_role("button", name="Send bob out")
    out.focus()
    keys.press("Enter")
    expect(dialog.get_by_role("status")).to_have_text("bob may not enter any more.")
    expect(out).to_have_count(0)
    expect(page.locator("#room :focus")).to_have_count(1)
    leave = dialog.get_by_role("button", name="Leave for good")
    leave.focus()
    keys.press("Enter")
    expect(page.locator("dialog[open]")).to_have_count(2)
    keys.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(1)
    expect(leave).to_be_focused()
    keys.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(opener).to_be_focused()
