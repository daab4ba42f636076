"""Scenarios of the chat page: what axe-core finds in it (WCAG 2.2 A and AA, and good practice), in
each state, in light and dark, in all languages; and forced colours."""

from playwright.sync_api import expect

from browser_content import FORMATTED
from browser_page import browser
from roost_server import Client, start_server
from scenarios import arguments

try:
    from axe_playwright_python.sync_playwright import Axe
except ImportError:
    Axe = None

MANY = ("hello", FORMATTED, "see https://example.org/", "@ann-light @ann-dark look", "🐦",
        "x\n" * 60)


# While a drawer is open, the rest of the page is inert, as under a dialog.
COVERED = {"landmark-one-main", "page-has-heading-one"}


def findings(page, where, ignored=()):
    """What axe finds, a line each. A colour on its way to another one is no finding."""
    page.evaluate("""document.getAnimations().forEach((it) => {
        if (it.effect.getComputedTiming().iterations !== Infinity) it.finish();
    })""")
    found = [rule for rule in Axe().run(page).response["violations"] if rule["id"] not in ignored]
    return [f"{where}: {rule['id']}: {node['html'][:120]} {node.get('failureSummary', '')}"
            for rule in found for node in rule["nodes"]]


def clean(page, where, ignored=COVERED):
    """No findings in a dialog of this page."""
    assert Axe, "Python has no axe_playwright_python; `make test` installs it"
    bad = findings(page, where, ignored)
    assert not bad, "\n".join(bad)


def axe():
    """No findings: the login and its problems, all kinds of messages, the dialogs, the list of
    names, a lost connection, a phone's drawer."""
    assert Axe, "Python has no axe_playwright_python; `make test` installs it"
    with start_server() as server, browser(arguments.shots) as all, Client(server) as bob:
        bob.log_in("bob")
        for text in MANY:
            bob.say(text)
        bob.socket.close()
        bad = []
        for scheme, locale in (("light", "en-GB"), ("dark", "en-GB"), ("light", "ar-EG")):
            ann = all.person(server.page, color_scheme=scheme, locale=locale,
                             reduced_motion="reduce")
            page = ann.page
            where = f"{scheme} {locale}"
            bad += findings(page, f"{where} login")
            page.locator("#name").fill("a b")
            page.locator("#name").press("Enter")
            expect(page.locator("#login-problem")).not_to_be_empty()
            bad += findings(page, f"{where} login problem")
            name = f"ann-{scheme}" if locale == "en-GB" else "ann-ar"
            page.locator("#name").fill(name)
            page.locator("#name").press("Enter")
            expect(page.locator("#me")).to_have_text(name)
            page.locator("#message").fill("mine, with `code`")
            page.locator("#message").press("Enter")
            expect(page.locator("li.own .status .unseen").last).to_be_attached()
            bad += findings(page, f"{where} chat")
            bob_row = page.locator("li.message").first
            bob_row.locator(".bubble").hover()
            bad += findings(page, f"{where} toolbar")
            page.locator(".toolbar [data-deed=more]").click()
            page.locator("#menu .emoji-row button").first.click()
            expect(bob_row.locator(".reaction[aria-pressed=true]")).to_be_visible()
            bob_row.locator(".bubble").hover()
            page.locator(".toolbar [data-deed=more]").click()
            page.locator("#other-emoji").fill("hm")
            page.locator("#other-emoji").press("Enter")
            bad += findings(page, f"{where} menu")
            page.locator("#menu [data-deed=reply]").click()
            expect(page.locator("#writing")).to_be_visible()
            bad += findings(page, f"{where} reply")
            page.locator("#message").fill("answered")
            page.locator("#message").press("Enter")
            expect(page.locator("li.own .quote").last).to_be_visible()
            page.keyboard.press("ArrowUp")
            page.keyboard.type(", edited")
            page.keyboard.press("Enter")
            expect(page.locator("li.own .edited").last).to_be_visible()
            bad += findings(page, f"{where} quote and reactions")
            for opener, dialog in (("#open-settings", "#settings"), ("#open-account", "#account"),
                                   ("#keys", "#shortcuts"), ("#open-search", "#search"),
                                   ("#open-room", "#room"), ("#open-all-rooms", "#all-rooms")):
                page.locator(opener).click()
                expect(page.locator(dialog)).to_be_visible()
                bad += findings(page, f"{where} {dialog}")
                page.keyboard.press("Escape")
            with Client(server) as other:
                other.log_in(f"other-{name}")
                expect(page.locator("#members li")).to_have_count(2)
                page.locator("#message").press_sequentially("@")
                expect(page.locator("#names")).to_be_visible()
                bad += findings(page, f"{where} names")
            page.keyboard.press("Escape")
            page.set_viewport_size({"width": 390, "height": 780})
            page.locator("#open-rooms").click()
            expect(page.locator("#rooms-panel .close")).to_be_focused()
            bad += findings(page, f"{where} drawer", COVERED)
            page.keyboard.press("Escape")
            server.kill()
            expect(page.locator("#bar")).to_be_visible()
            page.locator("#message").fill("not sent")
            page.locator("#send").click()
            expect(page.locator("li.waiting")).to_be_attached()
            page.wait_for_timeout(600)  # the bar appears slowly
            bad += findings(page, f"{where} offline")
            server.start()
            expect(page.locator("#bar")).to_be_hidden(timeout=30_000)
            page.context.close()
        assert not bad, "\n".join(bad)


def forced():
    """In forced colours everything is there: what is chosen, what is one's own, what has focus."""
    with start_server() as server, browser(arguments.shots) as all, Client(server) as bob:
        bob.log_in("bob")
        ann = all.person(server.page, "ann", forced_colors="active")
        ann.join("garden")
        ann.is_at("garden")
        ann.room("lobby").click()
        bob.say(FORMATTED)
        ann.say("mine")
        ann.has_sent("mine")
        ann.message("mine").locator(".bubble").hover()
        ann.page.locator(".toolbar [data-deed=react]").click()
        ann.page.locator("#menu .emoji-row button").nth(1).click()
        mine = ann.message("mine").locator(".reaction")
        expect(mine).to_have_css("outline-style", "solid")
        bob.ask(type="react", offset=1, emoji="👍")
        other = ann.page.locator("li.message:not(.own) .reaction")
        expect(other).to_have_css("outline-style", "none")
        ann.field.press_sequentially("@")
        chosen = ann.page.get_by_role("option", selected=True)
        expect(chosen).to_have_css("outline-style", "solid")
        current = ann.page.locator("#rooms [aria-current]")
        expect(current).to_have_css("outline-style", "solid")
        expect(ann.page.locator("#rooms button:not([aria-current])")).to_have_css(
            "outline-style", "none")
        ann.shot("forced-colours")

