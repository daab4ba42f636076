"""Scenarios of the chat page: a name that is somebody's own, and messages that the server cannot
keep just now."""

import re

from playwright.sync_api import expect

from browser_axe import findings
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
        expect(ann.page.locator("label[for=new-password]")).to_have_text("New password")

        # On another device the name is taken, and the field for the password comes.
        phone = all.person(server.page)
        phone.page.get_by_label("Your name").fill("ANN")
        phone.page.keyboard.press("Enter")
        problem = phone.page.get_by_role("alert").first
        expect(problem).to_contain_text("log in with its password")
        password = phone.page.get_by_role("textbox", name="Password", exact=True)
        expect(password).to_be_focused()
        expect(password).to_have_attribute("aria-invalid", "false")
        expect(password).to_have_attribute("autocomplete", "current-password")
        password.fill("wrong password")
        password.press("Enter")
        expect(problem).to_contain_text("not the name and password")
        expect(password).to_be_focused()
        expect(password).to_have_attribute("aria-invalid", "true")
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


def sessions():
    """The devices on which one is signed in are listed in the dialog about the name, and signed
    out from there."""
    phone_agent = ("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
                   " Chrome/131.0.0.0 Mobile Safari/537.36")
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        opener = ann.page.locator("#open-account")
        box = ann.page.locator("#sessions")
        opener.click()
        expect(box).to_be_hidden()
        ann.page.locator("#new-password").fill(PASSWORD)
        ann.page.keyboard.press("Enter")
        expect(opener).to_have_text("Your own name")

        phone = all.person(server.page, user_agent=phone_agent)
        phone.page.get_by_label("Your name").fill("ann")
        phone.page.keyboard.press("Enter")
        phone.page.get_by_role("textbox", name="Password", exact=True).fill(PASSWORD)
        phone.page.keyboard.press("Enter")
        phone.is_in("ann")
        with Client(server) as bot:
            bot.ask(type="login", user="ann", password=PASSWORD, client="<b>a bot</b>")

        # The session had no name when the account was made; at the next login it has one.
        ann.page.reload()
        ann.is_in("ann")
        opener.click()
        rows = box.get_by_role("listitem")
        expect(rows).to_have_count(3)
        expect(rows.nth(0)).to_contain_text(re.compile(r"^Chrome \(Linux\)\s*This device"))
        expect(rows.nth(1)).to_contain_text(re.compile(r"<b>a bot</b>\s*Last used: Today"))
        expect(rows.nth(2)).to_contain_text(re.compile(r"Chrome \(Android\)\s*Connected now"))
        expect(rows.nth(0).get_by_role("button")).to_be_hidden()
        ann.shot("sessions")
        assert not findings(ann.page, "sessions"), findings(ann.page, "sessions")
        rows.nth(2).get_by_role("button", name="Sign out: Chrome (Android)").press("Enter")
        expect(rows).to_have_count(2)
        expect(box.get_by_role("list")).to_be_focused()
        expect(phone.page.get_by_role("alert").first).to_contain_text("You have signed out")
        ann.page.keyboard.press("Escape")
        expect(opener).to_be_focused()
        ann.say("still here")
        ann.has_sent("still here")


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
