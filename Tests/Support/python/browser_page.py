"""The chat page in a headless Chromium, for browser_chat.py: opening it, using it like a person,
and collecting the browser's complaints."""

import os
import pathlib
import re
import shutil
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import expect, sync_playwright

expect.set_options(timeout=15_000)  # the machine may be busy with other tests

EXECUTABLES = ("chromium", "chromium-browser", "google-chrome")

# The browser reports every refused connection, whatever the page does about it.
NO_CONNECTION = re.compile(r"WebSocket connection to '.*' failed|net::ERR_"
                           "|Service Worker registration blocked by Playwright")


# While one works on the page: the folder that `make page` writes, instead of the files inside the
# program, which have the hash of their content in their names.
PAGE = os.environ.get("ROOST_PAGE")
HASH = re.compile(r"-[0-9a-f]{16}(?=\.)")
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css",
         ".svg": "image/svg+xml", ".json": "application/json"}


def from_folder(route):
    name = HASH.sub("", urlsplit(route.request.url).path.strip("/"))
    path = pathlib.Path(PAGE, name or "index.html")
    if not path.is_file():  # what needs no joining is beside the folder
        path = path.parent.parent / path.name
    if path.suffix in TYPES and path.is_file():
        kind = f"{TYPES[path.suffix]}; charset=utf-8"
        route.fulfill(body=path.read_bytes(), headers={"Content-Type": kind})
    else:
        route.continue_()


def chromium():
    """The path of Chromium, or None."""
    return next(filter(None, map(shutil.which, EXECUTABLES)), None)


class Browser:
    """A browser with any number of users, each in a context of their own."""

    def __init__(self, playwright, shots, flags):
        self.shots = shots
        self.complaints = []
        flags = ["--no-sandbox", "--disable-dev-shm-usage", *flags]
        if PAGE:  # a page from a folder is from no network, and may not connect to this machine
            checks = "LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets"
            flags.append(f"--disable-features={checks}")
        self.browser = playwright.chromium.launch(executable_path=chromium(), args=flags)

    def person(self, address, name=None, clock=False, **options):
        """A page in a new context; logged in if a name is given. With `clock`, the page's time
        can be moved on: `page.clock.fast_forward`."""
        options.setdefault("viewport", {"width": 1280, "height": 800})
        options.setdefault("locale", "en-GB")
        # It would answer where the tests put something else in place of the server.
        options.setdefault("service_workers", "block")
        context = self.browser.new_context(**options)
        if clock:
            context.clock.install()
        if PAGE:
            context.route("**/*", from_folder)
        return self.tab(context, address, name)

    def tab(self, context, address, name=None):
        page = context.new_page()
        page.on("console", lambda message: self.heard(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.goto(address)
        person = Person(page, self.shots)
        if name:
            person.log_in(name)
        return person

    def heard(self, kind, text):
        if kind in ("error", "warning") and not NO_CONNECTION.search(text):
            self.complaints.append(f"console {kind}: {text}")


@contextmanager
def browser(shots, *flags):
    """A browser with these flags; fails if it has complained when the block ends without error."""
    with sync_playwright() as playwright:
        made = Browser(playwright, shots, flags)
        try:
            yield made
        finally:
            made.browser.close()
    assert not made.complaints, made.complaints


class Person:
    """A user's view of the page, and actions on it."""

    def __init__(self, page, shots):
        self.page = page
        self.shots = shots

    def log_in(self, name):
        field = self.page.get_by_label("Your name")
        field.fill(name)
        field.press("Enter")
        self.is_in(name)

    def is_in(self, name):
        # The name is there as soon as somebody asks to log in; what is around it comes with the
        # answer.
        expect(self.page.locator("#chat")).to_be_visible()
        expect(self.page.locator("#me")).to_have_text(name)
        self.is_connected()

    def is_connected(self, seconds=20):
        expect(self.page.locator("#state")).to_have_text("Connected", timeout=seconds * 1000)
        expect(self.page.locator("#bar")).to_be_hidden()

    @property
    def field(self):
        return self.page.get_by_role("textbox", name="Message", exact=True)

    def say(self, text):
        self.field.fill(text)
        # On a touch screen, Enter is a new line.
        if self.page.evaluate("matchMedia('(pointer: coarse)').matches"):
            self.page.get_by_role("button", name="Send").click()
        else:
            self.field.press("Enter")
        expect(self.field).to_have_value("")

    def message(self, text):
        """The row of the message with this text."""
        bubble = self.page.locator(".bubble").filter(has_text=re.compile(f"^{re.escape(text)}$"))
        return self.page.locator("li.message").filter(has=bubble)

    def sees(self, text, who):
        """Exactly one message with this text, by whom, with the time."""
        row = self.message(text)
        expect(row).to_have_count(1, timeout=20_000)
        expect(row.locator(".name")).to_have_text(who)
        expect(row.locator("time").first).to_have_text(re.compile(r"\d:\d\d"))
        expect(row.locator("time").first).to_have_attribute(
            "datetime", re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+Z$"))

    def sees_text(self, text):
        expect(self.message(text)).to_have_count(1, timeout=20_000)

    def has_sent(self, text):
        self.sees(text, "You")
        expect(self.message(text)).not_to_have_class(re.compile(r"waiting|sending|failed"))

    def texts(self):
        return self.page.locator("li.message .bubble").all_text_contents()

    def people(self):
        return self.page.locator("#members .label").all_text_contents()

    def room(self, name):
        return self.page.locator("#rooms button").filter(
            has=self.page.get_by_text(name, exact=True))

    def join(self, name):
        field = self.page.get_by_label("Join a room by name")
        field.fill(name)
        field.press("Enter")

    def is_at(self, room):
        expect(self.page.locator("#room-name")).to_have_text(room)

    def shot(self, name):
        if self.shots:
            os.makedirs(self.shots, exist_ok=True)
            self.page.screenshot(path=os.path.join(self.shots, f"{name}.png"))
