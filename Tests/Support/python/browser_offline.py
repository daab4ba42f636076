"""Scenarios of the chat page: it can be installed, opens without the server, and is of one version
whatever happens to the server."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import expect

from browser_axe import clean
from browser_deeds import choose
from browser_page import browser
from roost_server import start_server, until
from scenarios import arguments

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "Sources/roost/Page"

# Whether the worker answers for the page, so that the server may go.
CONTROLS = "navigator.serviceWorker.ready.then(it => it.active?.state === 'activated')"


def installed():
    """The manifest and its icons are there; a page whose server has gone opens again, says so,
    shows what was there, and is connected again when the server is back."""
    with start_server("--rate-limit", "off") as server, \
            browser(arguments.shots) as all:
        ann = all.person(server.page, service_workers="allow")
        ann.log_in("ann")
        manifest = ann.page.locator("link[rel=manifest]").get_attribute("href")
        answer = ann.page.request.get(server.page + manifest)
        assert answer.headers["content-type"] == "application/manifest+json", answer.headers
        for icon in json.loads(answer.text())["icons"]:
            image = ann.page.request.get(server.page + icon["src"])
            assert image.headers["content-type"] == icon["type"], icon
            assert "immutable" in image.headers["cache-control"], icon
        worker = ann.page.request.get(server.page + "service-worker.js")
        assert worker.headers["cache-control"] == "no-cache", worker.headers
        numbers = [f"number {number}" for number in range(48)]
        for text in ("too old", "before", *numbers, "the last"):
            ann.say(text)
        ann.has_sent("the last")
        ann.page.locator("#message").press("ArrowUp")
        ann.page.locator("#message").fill("the last, edited")
        ann.page.locator("#message").press("Enter")
        ann.sees_text("the last, edited")
        choose(ann, "before", "delete")
        ann.page.get_by_role("button", name="Delete").click()
        ann.sees_text("Message deleted")
        until(lambda: ann.page.evaluate(CONTROLS), "the service worker")
        ann.page.reload()
        ann.is_in("ann")
        server.kill()
        expect(ann.page.locator("#bar")).to_be_visible()
        ann.say("while it was away")
        ann.page.reload()
        problem = ann.page.locator("#login-problem")
        expect(problem).to_contain_text("The server cannot be reached. Still trying…")
        expect(ann.page.locator("#login-unsent")).to_contain_text("One message is not sent yet.")
        # What was here is here, and when.
        seen = ann.page.locator("#seen")
        expect(seen).to_contain_text(re.compile(r"Offline: what was in lobby at \d?\d:\d\d"))
        expect(seen.locator("li .bubble")).to_have_text(
            ["Message deleted", *numbers, "the last, edited"])
        ann.shot("opened-offline")
        clean(ann.page, "offline", ())
        ann.page.set_viewport_size({"width": 390, "height": 780})
        ann.shot("opened-offline-phone")
        assert ann.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        ann.page.set_viewport_size({"width": 1280, "height": 800})
        expect(seen.locator("li").last).to_be_in_viewport()
        # A new tab too, in another language.
        tab = ann.page.context.new_page()
        tab.add_init_script("localStorage.setItem('roost.language', JSON.stringify('de'))")
        tab.goto(server.page)
        expect(tab.locator("#enter")).to_have_text("Zum Chat")
        # Another user's, it shows to nobody.
        tab.locator("#name").fill("bob")
        tab.locator("#enter").click()
        expect(tab.locator("#login-problem")).to_contain_text("nicht erreichbar")
        expect(tab.locator("#seen")).to_be_hidden()
        tab.close()
        server.start()
        ann.is_connected()
        expect(seen).to_be_hidden()
        ann.has_sent("while it was away")
        kept = "localStorage.getItem('roost.seen')"
        until(lambda: "while it was away" in ann.page.evaluate(kept), "the new message to be kept")
        ann.page.get_by_role("button", name="Sign out").click()
        expect(ann.page.get_by_label("Your name")).to_be_visible()
        assert ann.page.evaluate(kept) is None


class Versions(BaseHTTPRequestHandler):
    """Serves the files of one version of the page, like a server that is replaced by another."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.server.files is None:
            self.close_connection = True
            return
        self.server.asked.append(self.path)
        type, body = self.server.files.get(self.path, ("text/plain", None))
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", type)
        self.send_header("Cache-Control", "no-cache" if self.path in (
            "/", "/service-worker.js") else "public, max-age=31536000, immutable")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_):
        pass


@contextmanager
def versions():
    with ThreadingHTTPServer(("127.0.0.1", 0), Versions) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def version(folder, number):
    """The files of a version of the page: path → (type, bytes)."""
    source = Path(folder, f"page{number}")
    shutil.copytree(PAGE, source)
    for name in ("app.js", "later.js", "style.css"):
        text = (source / name).read_text()
        mark = f"/* {number} */" if name.endswith("css") else f"globalThis.version = {number};"
        extra = f":root {{ --version: {number}; }}\n" if name.endswith("css") else f"{mark}\n"
        (source / name).write_text(text + extra)
    bundle = ROOT / "scripts/bundle-page"
    subprocess.run([sys.executable, bundle, "--source", source], check=True)
    table = (source / "built/files.h").read_text()
    places = re.findall(r'#embed "([^"]+)"', table)
    rows = re.findall(r'\{"([^"]+)", "([^"]+)", file_(\d+)', table)
    return {path: (type, (source / "built" / places[int(index)]).read_bytes())
            for path, type, index in rows}


def versioned():
    """An upgrade: the new page comes with the next navigation, with or without the server the page
    and its files are of one version, and an older tab still gets its own files."""
    with tempfile.TemporaryDirectory() as folder, versions() as server, \
            browser(arguments.shots) as all:
        first, second, third = (version(folder, number) for number in (1, 2, 3))
        address = f"http://127.0.0.1:{server.server_port}/"
        old_later = next(path for path in first if path.startswith("/later"))
        assert old_later not in second
        server.files = first
        context = all.browser.new_context(service_workers="allow")
        register = "navigator.serviceWorker.register('service-worker.js').then(() => true)"
        shown = "getComputedStyle(document.documentElement).getPropertyValue('--version').trim()"

        def open_page(number):
            page = context.new_page()
            page.goto(address)
            expect(page.locator("#name")).to_be_visible()
            assert page.evaluate(shown) == str(number), page.evaluate(shown)
            assert page.evaluate("globalThis.version") == number
            return page

        def kept():
            return context.pages[0].evaluate("caches.keys()")

        old = open_page(1)
        old.evaluate(register)
        until(lambda: old.evaluate(CONTROLS), "the worker")
        # Without the server: from what is kept.
        server.files = None
        open_page(1).close()
        # The upgrade: the next navigation has the new version, and so has the one without a server.
        server.files = second
        new = open_page(2)
        until(lambda: len(kept()) == 2, "the files of two versions")
        until(lambda: new.evaluate("navigator.serviceWorker.ready.then(it => !it.installing"
                                   " && !it.waiting)"), "the new worker")
        server.files = None
        open_page(2).close()
        # The tab from before the upgrade still gets what it has not loaded yet.
        server.files = second
        server.asked.clear()
        found = old.evaluate("path => fetch(path).then(it => it.status)", old_later)
        assert found == 200 and old_later not in server.asked, (found, server.asked)
        # A server whose page is of another version than its worker: nothing of it is kept.
        server.files = {**third, "/": second["/"]}
        context.new_page().goto(address)
        until(lambda: "/service-worker.js" in server.asked, "a look at the worker")
        server.files = None
        open_page(2).close()
        # The version before the last is forgotten.
        server.files = third
        open_page(3)
        until(lambda: old.evaluate("path => caches.match(path).then(it => !it)", old_later),
              "the first version to be forgotten")
        assert len(kept()) == 2, kept()
        context.close()
