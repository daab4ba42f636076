"""Scenarios of the chat page: a name that is somebody's own, and messages that the server cannot
keep just now."""

from playwright.sync_api import expect

from browser_page import browser
from roost_server import Client, start_server
from scenarios import arguments

PASSWORD = "correct horse"


def account():
    """A name becomes its user's own: with the keyboard alone, with what a password manager needs,
    and with a way in from another device."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        opener = ann.page.locator("#open-account")
        expect(opener).to_have_text("Keep this name")
        opener.focus()
        ann.page.keyboard.press("Enter")
        dialog = ann.page.get_by_role("dialog", name="Make this name yours")
        field = dialog.get_by_label("Password")
        expect(field).to_be_focused()
        expect(field).to_have_attribute("autocomplete", "new-password")
        expect(dialog.locator("[autocomplete=username]")).to_have_value("ann")
        ann.page.keyboard.type("short")
        ann.page.keyboard.press("Enter")
        expect(dialog.get_by_role("alert")).to_have_text("A password has 8 characters or more.")
        expect(field).to_have_attribute("aria-invalid", "true")
        dialog.get_by_label("Show it").check()
        expect(field).to_have_attribute("type", "text")
        ann.shot("account")
        field.fill(PASSWORD)
        field.press("Enter")
        expect(dialog).to_be_hidden()
        expect(opener).to_have_text("Your own name")
        expect(opener).to_be_focused()
        assert ann.page.locator("#new-password").input_value() == ""

        # On another device the name is taken, and the field for the password comes.
        phone = all.person(server.page)
        phone.page.get_by_label("Your name").fill("ANN")
        phone.page.keyboard.press("Enter")
        problem = phone.page.get_by_role("alert").first
        expect(problem).to_contain_text("log in with its password")
        password = phone.page.get_by_role("textbox", name="Password", exact=True)
        expect(password).to_be_focused()
        expect(password).to_have_attribute("autocomplete", "current-password")
        password.fill("wrong password")
        password.press("Enter")
        expect(problem).to_contain_text("not the name and password")
        expect(password).to_be_focused()
        phone.shot("password")
        password.fill(PASSWORD)
        password.press("Enter")
        phone.is_in("ann")
        # After that the session is enough.
        phone.page.reload()
        phone.is_in("ann")
        assert PASSWORD not in phone.page.evaluate(
            "JSON.stringify([{...localStorage}, {...sessionStorage}])")

        # Signing out here leaves the other device; on all devices it does not.
        ann.page.get_by_role("button", name="Sign out").click()
        expect(ann.page.get_by_label("Your name")).to_be_visible()
        phone.say("still here")
        phone.has_sent("still here")
        ann.page.get_by_label("Your name").press("Enter")
        ann.page.get_by_role("textbox", name="Password", exact=True).fill(PASSWORD)
        ann.page.keyboard.press("Enter")
        ann.is_in("ann")
        ann.page.locator("#open-account").click()
        ann.page.get_by_role("button", name="Sign out on all devices").click()
        expect(ann.page.get_by_label("Your name")).to_be_visible()
        expect(phone.page.get_by_role("alert").first).to_contain_text("You have signed out")
        with Client(server) as other:
            assert other.ask(type="login", user="ann")["code"] == "name_taken"


def not_kept():
    """What the server cannot keep just now stays in the outbox, and is sent again with its id."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page)
        # The first message is answered as if the server could not keep it.
        ann.page.evaluate("""() => {
            const send = WebSocket.prototype.send;
            window.said = [];
            WebSocket.prototype.send = function (text) {
                const command = JSON.parse(text);
                if (command.type !== 'message') return send.call(this, text);
                window.said.push(command.id);
                if (window.said.length > 1) return send.call(this, text);
                const reply = { type: 'error', ref: command.ref, code: 'unavailable',
                    text: 'The server cannot keep messages just now.', retry_after_ms: 700 };
                setTimeout(() => this.onmessage({ data: JSON.stringify(reply) }));
            };
        }""")
        ann.log_in("ann")
        ann.say("one")
        ann.say("two")
        ann.has_sent("one")
        ann.has_sent("two")
        said = ann.page.evaluate("window.said")
        assert len(said) == 3 and said[0] == said[1] != said[2], said
        assert ann.texts() == ["one", "two"], ann.texts()
