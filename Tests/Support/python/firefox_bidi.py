"""Firefox without a head, driven by WebDriver BiDi (W3C), which it speaks by itself."""

import base64
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
from contextlib import contextmanager

from websockets.sync.client import connect

from roost_server import die_with_parent, until

KEYS = {"Enter": "\ue007", "Tab": "\ue004", "Escape": "\ue00c", "ArrowDown": "\ue015",
        "ArrowUp": "\ue013", "ArrowRight": "\ue014", "Backspace": "\ue003"}

# The middle of the first element of a selector that has this text, if it is there to be clicked.
MIDDLE = """((selector, text) => {
    const found = [...document.querySelectorAll(selector)]
        .find(it => it.checkVisibility({ visibilityProperty: true })
            && it.textContent.includes(text));
    if (!found) return null;
    found.scrollIntoView({ block: 'nearest' });
    const { left, right, top, bottom } = found.getBoundingClientRect();
    const place = [Math.round((left + right) / 2), Math.round((top + bottom) / 2)];
    return found.contains(document.elementFromPoint(...place)) ? place : null;
})(%s, %s)"""


def firefox():
    """The path of Firefox, or None."""
    return next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)


class Firefox:
    """A browser with people in it, each with storage of their own."""

    def __init__(self, socket, shots, any_certificate):
        self.socket = socket
        self.shots = shots
        self.number = 0
        self.active = None
        self.complaints = []
        self.command("session.new", capabilities={
            "alwaysMatch": {"acceptInsecureCerts": any_certificate}})
        self.command("session.subscribe", events=["log.entryAdded"])

    def command(self, method, **params):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv(timeout=60))
            if answer.get("id") == self.number:
                assert answer["type"] == "success", (method, answer)
                return answer["result"]
            if answer.get("method") == "log.entryAdded":
                self.heard(answer["params"])

    def heard(self, entry):
        if entry["level"] in ("error", "warn"):
            self.complaints.append(f"{entry['level']}: {entry['text']}")

    def person(self, address, name=None, password=""):
        user = self.command("browser.createUserContext")["userContext"]
        tab = self.command("browsingContext.create", type="window", userContext=user)["context"]
        person = Person(self, tab)
        self.command("browsingContext.navigate", context=tab, url=address, wait="complete")
        if name:
            person.log_in(name, password)
        return person


class Person:
    def __init__(self, browser, tab):
        self.browser = browser
        self.tab = tab

    def evaluate(self, expression):
        found = self.browser.command(
            "script.evaluate", expression=f"JSON.stringify({expression})", awaitPromise=True,
            target={"context": self.tab})
        assert found["type"] == "success", found
        value = found["result"].get("value")
        return None if value is None else json.loads(value)

    def until(self, expression, what):
        return until(lambda: self.evaluate(expression), what, 30)

    def texts(self, selector):
        return self.evaluate(f"[...document.querySelectorAll({json.dumps(selector)})]"
                             ".map(it => it.textContent)")

    def perform(self, kind, actions):
        """Moves the mouse or presses keys, in this person's window."""
        if self.browser.active != self.tab:
            self.browser.active = self.tab
            self.browser.command("browsingContext.activate", context=self.tab)
        self.browser.command("input.performActions", context=self.tab, actions=[
            {"type": kind, "id": kind, "actions": actions}])

    def type(self, text, *keys):
        pressed = [*text, *(KEYS[key] for key in keys)]
        self.perform("key", [{"type": kind, "value": key}
                             for key in pressed for kind in ("keyDown", "keyUp")])

    def focus(self, selector):
        self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")

    def press(self, *keys):
        self.type("", *keys)

    def hold(self, modifier, key):
        self.perform("key", [
            {"type": "keyDown", "value": modifier}, {"type": "keyDown", "value": key},
            {"type": "keyUp", "value": key}, {"type": "keyUp", "value": modifier}])

    def point(self, selector, text="", press=False):
        """Moves the mouse there."""
        x, y = self.until(MIDDLE % (json.dumps(selector), json.dumps(text)), f"{selector} {text}")
        actions = [{"type": "pointerMove", "x": x, "y": y}]
        if press:
            actions += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self.perform("pointer", actions)

    def click(self, selector, text=""):
        self.point(selector, text, press=True)

    def wheel(self, selector, distance):
        x, y = self.until(MIDDLE % (json.dumps(selector), '""'), selector)
        self.perform("wheel", [
            {"type": "scroll", "x": x, "y": y, "deltaX": 0, "deltaY": distance}])

    def fill(self, selector, text):
        """Writes this in place of what is in the field."""
        self.click(selector)
        self.hold("\ue009", "a")
        self.press("Backspace")
        self.type(text)

    def resize(self, width, height):
        self.browser.command("browsingContext.setViewport", context=self.tab,
                             viewport={"width": width, "height": height})

    def log_in(self, name, password=""):
        self.until("document.getElementById('name')?.checkVisibility()", "the login")
        self.focus("#name")
        self.type(name, "Enter")
        if password:
            self.until("document.getElementById('password')?.checkVisibility()", "the password")
            self.focus("#password")
            self.type(password, "Enter")
        self.until(f"document.getElementById('me').textContent === {json.dumps(name)}"
                   " && document.getElementById('bar').hidden", f"{name} to be in")

    def shot(self, name):
        if self.browser.shots:
            os.makedirs(self.browser.shots, exist_ok=True)
            image = self.browser.command("browsingContext.captureScreenshot", context=self.tab)
            path = pathlib.Path(self.browser.shots, f"{name}.png")
            path.write_bytes(base64.b64decode(image["data"]))


@contextmanager
def running(shots, any_certificate=False):
    """A Firefox with a profile of its own; fails if its pages have complained."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        environment = {**os.environ, "HOME": profile}
        process = subprocess.Popen(
            [firefox(), "--headless", "--no-remote", "--profile", profile,
             "--remote-debugging-port", "0"],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, preexec_fn=die_with_parent)
        try:
            line = b""
            for line in process.stderr:
                if found := re.search(rb"ws://127\.0\.0\.1:\d+", line):
                    break
            else:
                raise AssertionError(f"Firefox did not say where it listens: {line!r}")
            threading.Thread(target=process.stderr.read, daemon=True).start()
            with connect(found[0].decode() + "/session", max_size=None) as socket:
                made = Firefox(socket, shots, any_certificate)
                yield made
            assert not made.complaints, made.complaints
        finally:
            # Asked to end, it sometimes waits for a part of itself that has stopped already.
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
