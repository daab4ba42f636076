"""Scenarios of the chat page: talking, names, rooms, history and limits."""


from playwright.sync_api import expect

from browser_page import browser
from roost_server import Client, start_server, until
from scenarios import arguments


def conversation():
    """Two people chat; each sees who wrote what and when, who is present, and who types."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        ann.shot("empty")
        bob = all.person(server.page, "bob")
        expect(ann.page.locator("#members .label")).to_have_text(["ann", "bob"])
        expect(bob.page.locator("#members .label")).to_have_text(["ann", "bob"])
        ann.say("Good morning!")
        bob.sees("Good morning!", "ann")
        ann.has_sent("Good morning!")
        bob.field.press_sequentially("Hel")
        expect(ann.page.locator("#activity")).to_contain_text("bob is typing")
        bob.say("Hello ann")
        bob.say("How was the journey?")
        ann.sees("Hello ann", "bob")
        ann.sees("How was the journey?", "bob")
        expect(ann.page.locator("#activity")).not_to_contain_text("typing")
        # The second of two messages in a row is in the first one's group.
        expect(ann.page.locator("li.message.head")).to_have_count(2)
        ann.field.fill("Two lines:")
        ann.field.press("Shift+Enter")
        ann.field.press_sequentially("this is the second.")
        ann.field.press("Enter")
        bob.sees("Two lines:\nthis is the second.", "ann")
        ann.shot("conversation")
        bob.page.close()
        expect(ann.page.locator("#members .label")).to_have_text(["ann"])


def names():
    """A taken or invalid name is refused with a message; a room in the address is entered."""
    with start_server() as server, browser(arguments.shots) as all:
        all.person(server.page, "ann")
        other = all.person(server.page + "#garden")
        page = other.page
        expect(page.locator("#login-room")).to_contain_text("garden")
        # A conversation of two is no room to be named.
        third = all.person(server.page + "#@ann,bob")
        expect(third.page.locator("#login-form")).to_be_visible()
        expect(third.page.locator("#login-room")).to_be_hidden()
        # A taken name may be the user's own: then a password proves it.
        for name, field in (("ANN", "Password"), ("two words", "Your name")):
            page.get_by_label("Your name").fill(name)
            page.get_by_role("button", name="Join the chat").click()
            expect(page.get_by_role("alert").first).not_to_be_empty()
            expect(page.get_by_label(field, exact=True).first).to_be_focused()
        other.shot("login-refused")
        other.log_in("bob")
        other.is_at("garden")
        assert page.evaluate("document.activeElement.id") == "message"


def offered():
    """A name that the server suggests is one click away."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page)
        ann.page.get_by_label("Your name").fill("Mary Ann")
        ann.page.get_by_role("button", name="Join the chat").click()
        expect(ann.page.get_by_role("alert").first).to_have_text(
            'A name has no blanks. Try "Mary_Ann".')
        expect(ann.page.get_by_label("Your name")).to_be_focused()
        ann.shot("offered")
        ann.page.get_by_role("button", name="Join as Mary_Ann").click()
        ann.is_in("Mary_Ann")


def reload():
    """A reload logs in by itself and shows the messages; a second tab is the same user."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        bob = all.person(server.page, "bob")
        ann.say("one")
        bob.say("two")
        ann.sees("two", "bob")
        ann.join("garden")
        ann.is_at("garden")
        ann.page.reload()
        ann.is_in("ann")
        ann.is_at("garden")
        ann.room("lobby").click()
        ann.sees("one", "You")
        ann.sees("two", "bob")
        second = all.tab(ann.page.context, server.page)
        expect(second.page.get_by_label("Your name")).to_have_value("ann")
        second.page.get_by_role("button", name="Join the chat").click()
        second.is_in("ann")
        second.room("lobby").click()
        second.say("three, from the other tab")
        ann.sees("three, from the other tab", "You")
        expect(bob.page.locator("#members .label")).to_have_text(["ann", "bob"])


def rooms():
    """Rooms: joining, unread marks, the address, going back, leaving."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        bob = all.person(server.page, "bob")
        ann.join("garden")
        ann.is_at("garden")
        assert ann.page.url.endswith("#garden"), ann.page.url
        bob.say("one")
        bob.say("and ann, two")
        expect(ann.room("lobby").locator(".badge")).to_have_text("2")
        expect(ann.page).to_have_title("(2) garden · Roost")
        ann.shot("unread")
        ann.page.go_back()
        ann.is_at("lobby")
        expect(ann.page).to_have_title("lobby · Roost")
        expect(ann.page.locator(".mark.fresh")).to_be_visible()
        ann.page.keyboard.press("Alt+ArrowDown")
        ann.is_at("garden")
        ann.join("not a name")
        expect(ann.page.locator("#join-problem")).not_to_be_empty()
        ann.is_at("garden")
        ann.page.get_by_role("button", name="Leave").click()
        ann.is_at("lobby")
        expect(ann.page.locator("#rooms button")).to_have_count(1)
        ann.page.get_by_role("button", name="Leave").click()
        expect(ann.page.locator("#no-room")).to_be_visible()
        ann.join("lobby")
        ann.sees("one", "bob")
        ann.page.get_by_role("button", name="Sign out").click()
        expect(ann.page.get_by_label("Your name")).to_have_value("ann")
        expect(bob.page.locator("#members .label")).to_have_text(["bob"])
        ann.log_in("ann")


def history():
    """A long talk: older pages load on scrolling, the position is kept, the list stays bounded."""
    with start_server("--rate-limit", "off") as server, browser(arguments.shots) as all:
        with Client(server) as bob:
            bob.log_in("bob")
            for number in range(400):
                bob.send(type="message", text=f"number {number}")
            bob.say("newest")
            ann = all.person(server.page, "ann")
            ann.sees("newest", "bob")
            log = ann.page.locator("#log")
            assert ann.page.locator("li.message").count() < 200
            top = "log => { log.scrollTop = 0 }"
            until(lambda: log.evaluate(top) or ann.message("number 0").count(), "the beginning")
            # The visible messages stay in place while others go on talking.
            place = "log => document.elementFromPoint(640, 300).closest('li')?.textContent"
            reading = scrolled(log, place)
            bob.say("while you were reading")
            pill = ann.page.locator("#newest")
            expect(pill).to_contain_text("1 new message")
            assert log.evaluate(place) == reading
            ann.shot("scrolled-up")
            pill.click()
            expect(pill).to_be_hidden()
            ann.sees("while you were reading", "bob")
            # More arrives than the server sends at once: scrolling back down passes all of it.
            reading = scrolled(log, place)
            for number in range(900):
                bob.send(type="message", text=f"flood {number}")
            bob.say("end of the flood")
            expect(pill).to_contain_text("99+ new messages")
            assert log.evaluate(place) == reading
            bottom = "log => { log.scrollTop = log.scrollHeight }"
            until(lambda: log.evaluate(bottom) or ann.message("end of the flood").count(),
                  "the end, scrolling down")
            expect(pill).to_be_hidden()
            flood = [text for text in ann.texts() if text.startswith("flood")]
            assert flood == [f"flood {number}" for number in range(900)], flood[:3] + flood[-3:]
            # And with the reader at the bottom.
            for number in range(900):
                bob.send(type="message", text=f"again {number}")
            bob.say("end of it all")
            ann.sees("end of it all", "bob")
            assert log.evaluate(
                "log => log.scrollHeight - log.scrollTop - log.clientHeight") < 2


def scrolled(log, place):
    """Scrolls into the middle: what is read there, once the page has drawn it."""
    log.evaluate("""log => new Promise((drawn) => {
        log.scrollTop = 1000;
        requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    })""")
    return log.evaluate(place)


def limits():
    """Too long a text is counted and not sent; too many messages are sent as fast as allowed."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        ann.field.fill("x" * 3990)
        expect(ann.page.locator("#counter")).to_have_text("10 left")
        ann.field.fill("👩🏽" * 2001)
        expect(ann.page.locator("#counter")).to_have_text("2 too many")
        expect(ann.page.get_by_role("button", name="Send")).to_be_disabled()
        ann.field.press("Enter")
        expect(ann.page.locator("li.message")).to_have_count(0)
        ann.shot("too-long")
        for number in range(24):
            ann.say(f"quick {number}")
        ann.has_sent("quick 23")
        assert ann.texts() == [f"quick {number}" for number in range(24)], ann.texts()
