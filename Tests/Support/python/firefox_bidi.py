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

KEYS = {"Enter": "\ue007", "Tab": "\ue004", "Escape": "\ue00c", "ArrowDown": "\ue015"}


def firefox():
    """The path of Firefox, or None."""
    return next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)


class Firefox:
    """A browser with people in it, each with storage of their own."""

    def __init__(self, socket, shots):
        self.socket = socket
        self.shots = shots
        self.number = 0
        self.complaints = []
        self.command("session.new", capabilities={})
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

    def person(self, address, name=None):
        user = self.command("browser.createUserContext")["userContext"]
        tab = self.command("browsingContext.create", type="tab", userContext=user)["context"]
        person = Person(self, tab)
        self.command("browsingContext.navigate", context=tab, url=address, wait="complete")
        if name:
            person.log_in(name)
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

    def type(self, text, *keys):
        pressed = [*text, *(KEYS[key] for key in keys)]
        actions = [{"type": kind, "value": key} for key in pressed for kind in ("keyDown", "keyUp")]
        self.browser.command("input.performActions", context=self.tab, actions=[
            {"type": "key", "id": "keyboard", "actions": actions}])

    def focus(self, selector):
        self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")

    def log_in(self, name):
        self.until("document.getElementById('name')?.checkVisibility()", "the login")
        self.focus("#name")
        self.type(name, "Enter")
        self.until(f"document.getElementById('me').textContent === {json.dumps(name)}"
                   " && document.getElementById('bar').hidden", f"{name} to be in")

    def shot(self, name):
        if self.browser.shots:
            os.makedirs(self.browser.shots, exist_ok=True)
            image = self.browser.command("browsingContext.captureScreenshot", context=self.tab)
            path = pathlib.Path(self.browser.shots, f"{name}.png")
            path.write_bytes(base64.b64decode(image["data"]))


@contextmanager
def running(shots):
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
                made = Firefox(socket, shots)
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
