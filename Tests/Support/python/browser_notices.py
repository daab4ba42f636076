"""Scenarios of the chat page: mentions while it is out of sight, and links to a message."""

from playwright.sync_api import expect

from browser_page import browser
from roost_server import Client, start_server, until
from scenarios import arguments

# Notes what would be shown and heard.
STUBS = """
    window.asked = 0;
    window.shown = [];
    window.tones = 0;
    window.Notification = class {
        static permission = 'default';
        static async requestPermission() {
            window.asked += 1;
            return (Notification.permission = window.answer);
        }
        constructor(title, { body, tag }) {
            window.shown.push([title, body]);
            window.tag = tag;
            window.last = this;
        }
        close() {}
    };
    AudioScheduledSourceNode.prototype.start = function () { window.tones += 1; };
    AudioScheduledSourceNode.prototype.stop = function () {};
"""
HIDE = """hidden => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
}"""

NO_FRAME = """() => {
    window.requestAnimationFrame = () => 0;
    dispatchEvent(new PopStateEvent('popstate'));
}"""


def mentioned():
    """A mention while the page is out of sight shows and sounds, if that was switched on; the
    permission is asked for only then; a reload keeps it."""
    with start_server() as server, browser(arguments.shots) as all, Client(server) as bob:
        ann = all.person("about:blank")
        page = ann.page
        page.context.add_init_script(STUBS)
        page.goto(server.page)
        ann.log_in("ann")
        bob.log_in("bob")
        shown = "window.shown.map(it => it.join(': '))"

        def say_hidden(text):
            page.evaluate(HIDE, True)
            bob.say(text)
            ann.sees(text, "bob")

        say_hidden("@ann, off by default")
        page.evaluate(HIDE, False)
        assert page.evaluate("[asked, shown.length, tones]") == [0, 0, 0]
        page.get_by_role("button", name="Settings").click()
        dialog = page.get_by_role("dialog", name="Settings")
        notify = dialog.get_by_label("Show a notification")
        sound = dialog.get_by_label("Play a short sound")
        expect(notify).not_to_be_checked()
        # Refused: a sentence, and nothing is switched on.
        page.evaluate("window.answer = 'denied'")
        notify.click()
        expect(dialog.get_by_role("alert")).to_contain_text("does not allow notifications")
        expect(notify).not_to_be_checked()
        ann.shot("settings-refused")
        page.evaluate("window.answer = 'granted'")
        notify.check()
        expect(page.locator("#notify-problem")).to_be_empty()
        assert page.evaluate("asked") == 2
        sound.check()
        until(lambda: page.evaluate("tones") == 2, "the sound for a try")
        ann.shot("settings")
        page.keyboard.press("Escape")

        bob.say("@ann, you see me")
        ann.sees("@ann, you see me", "bob")
        say_hidden("not about you")
        say_hidden("@ann, look here")
        until(lambda: page.evaluate("shown.length") == 1, "the notification")
        assert page.evaluate(shown) == ["bob mentions you in lobby: @ann, look here"]
        assert page.evaluate("tones") == 4
        # In another room: a click on it leads there.
        page.evaluate(HIDE, False)
        ann.join("garden")
        ann.is_at("garden")
        page.evaluate(HIDE, True)
        bob.say("@ann, and here")
        until(lambda: page.evaluate("shown.length") == 2, "the second")
        page.evaluate("last.onclick()")
        page.evaluate(HIDE, False)
        ann.is_at("lobby")
        # The settings stay, and what was there before a reload is no news.
        page.add_init_script("window.Notification.permission = 'granted'")
        page.reload()
        ann.is_in("ann")
        page.evaluate(HIDE, True)
        bob.say("@ann, again")
        until(lambda: page.evaluate(shown) == ["bob mentions you in lobby: @ann, again"],
              "the one after the reload")
        # Also if the page was hidden when a frame was due, which never comes then.
        page.evaluate(HIDE, False)
        expect(page).to_have_title("lobby · Roost")
        page.evaluate(NO_FRAME)
        page.evaluate(HIDE, True)
        bob.say("unseen")
        expect(page).to_have_title("(1) lobby · Roost")


def linked():
    """A link to a message opens its room there, with what is around it; newer messages follow on
    the way down. A link to what is not kept any more says so."""
    with start_server("--rate-limit", "off") as server, browser(arguments.shots) as all, \
            Client(server) as bob:
        bob.log_in("bob")
        for number in range(1, 401):
            bob.send(type="message", text=f"number {number}")
        bob.say("the end")
        ann = all.person(f"{server.page}#lobby/120", "ann")
        row = ann.message("number 120")
        expect(row).to_be_in_viewport()
        expect(row).to_have_attribute("data-found", "")
        expect(row).to_be_focused()
        expect(ann.message("number 119")).to_be_in_viewport()
        expect(ann.message("number 121")).to_be_in_viewport()
        assert ann.message("the end").count() == 0
        assert ann.page.url.endswith("#lobby"), ann.page.url
        ann.shot("linked")
        expect(ann.page.locator("#newest")).to_be_visible()
        # Down to the end, by scrolling; and up, to the beginning.
        log = ann.page.locator("#log")
        until(lambda: log.evaluate("log => { log.scrollTop = log.scrollHeight }")
              or ann.message("the end").count() == 1, "the newest message")
        until(lambda: log.evaluate("log => { log.scrollTop = 0 }")
              or ann.message("number 1").count() == 1, "the oldest message")
        texts = ann.texts()
        assert texts == [f"number {number}" for number in range(1, 401)] + ["the end"], texts
        # In the page that is open: near, in another room, and gone.
        ann.page.evaluate("location.hash = 'lobby/300'")
        expect(ann.message("number 300")).to_be_in_viewport()
        expect(ann.message("number 300")).to_have_attribute("data-found", "")
        expect(row).not_to_have_attribute("data-found", "")
        ann.join("garden")
        ann.is_at("garden")
        ann.page.evaluate("location.hash = 'lobby/5'")
        ann.is_at("lobby")
        expect(ann.message("number 5")).to_be_in_viewport()
        ann.page.evaluate("location.hash = 'lobby/4000'")
        expect(ann.page.locator("#note")).to_contain_text("This message is not kept any more.")
        ann.page.get_by_role("button", name="All right").click()
        # Before the login, too.
        late = all.person(f"{server.page}#lobby/7")
        expect(late.page.locator("#login-room")).to_contain_text("“lobby”")
        late.log_in("late")
        expect(late.message("number 7")).to_be_in_viewport()
