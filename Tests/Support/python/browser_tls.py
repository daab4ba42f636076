"""Scenarios of the chat page over TLS: in Chromium, and in Firefox if it is there."""

import firefox_bidi
from browser_page import browser
from playwright.sync_api import expect
from scenarios import arguments
from roost_server import until
from tls_server import Authority, chat


def encrypted():
    """Two people talk over wss, after a reload too: the page knows that it came by https."""
    authority = Authority()
    with chat(authority, "--hsts", "1d") as server, browser(arguments.shots) as all:
        address = f"https://localhost:{server.port}/"
        ann = all.person(address, "ann", ignore_https_errors=True)
        bob = all.person(address, "bob", ignore_https_errors=True)
        assert ann.page.evaluate("isSecureContext")
        ann.say("in secret")
        expect(bob.page.locator("li.message .bubble")).to_have_text(["in secret"])
        bob.page.reload()
        expect(bob.page.locator("li.message .bubble")).to_have_text(["in secret"])
        ann.say("still")
        expect(bob.page.locator("li.message .bubble")).to_have_text(["in secret", "still"])
        found = bob.page.evaluate("""async address => {
            const answer = await fetch(address), body = await answer.arrayBuffer();
            return [answer.status, body.byteLength > 10000, answer.headers.get(
                "Strict-Transport-Security")];
        }""", address)
        assert found == [200, True, "max-age=86400"], found


def encrypted_firefox():
    """The same in Firefox: a message each way."""
    authority = Authority()
    with chat(authority, "--hsts", "1d") as server, firefox_bidi.running(
            arguments.shots, any_certificate=True) as all:
        address = f"https://localhost:{server.port}/"
        ann, bob = all.person(address, "ann"), all.person(address, "bob")
        for speaker, other, text in (ann, bob, "to bob"), (bob, ann, "to ann"):
            speaker.focus("#message")
            speaker.type(text, "Enter")
            until(lambda: other.texts("li.message .bubble")[-1:] == [text], text, 30)
