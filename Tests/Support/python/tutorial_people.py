"""A program of the tutorial and the people at its page, for tutorial_steps.py."""

import base64
import os
import pathlib
import pty
import re
import subprocess
import threading
import urllib.request

from playwright.sync_api import expect

from roost_server import die_with_parent, until
from scenarios import arguments

READY = re.compile(r"Open (http://127\.0\.0\.1:(\d+)/) in your browser\.")


class Program:
    """The program of the command line, in a terminal as people start it: in a pipe, what it prints
    would wait for more."""

    def __enter__(self):
        self.said = ""
        terminal, end = pty.openpty()
        self.process = subprocess.Popen(
            [*arguments.command, "0"], stdin=subprocess.DEVNULL, stdout=end, stderr=end,
            preexec_fn=die_with_parent)
        os.close(end)
        threading.Thread(target=self._read, args=(terminal,), daemon=True).start()
        ready = until(lambda: READY.search(self.said), "the program to say where it is")
        self.address, self.port = ready[1], int(ready[2])
        self.socket = f"ws://127.0.0.1:{self.port}/"
        with urllib.request.urlopen(self.address) as answer:
            self.page = answer.read()
        return self

    def __exit__(self, *_):
        self.stop()

    def _read(self, terminal):
        try:
            while piece := os.read(terminal, 4096):
                self.said += piece.decode(errors="replace")
        except OSError:
            pass  # The program has ended.

    def has_said(self, *words):
        """Waits until there is a line with all these words."""
        until(lambda: any(all(word in line for word in words) for line in self.said.split("\n")),
              f"{words} in the terminal:\n{self.said}")

    def stop(self):
        # Not SIGTERM: it may be blocked here, and a program without a handler for it inherits that.
        self.process.kill()
        self.process.wait()


# Opens a WebSocket beside the page's and sends a message that the server does not take: the code
# and the reason with which it closes.
SEND = """message => new Promise(done => {
    const socket = new WebSocket(`ws://${location.host}/`)
    socket.onopen = () => socket.send(message)
    socket.onclose = event => done([event.code, event.reason])
})"""


class Person:
    """A tab with the page, and what somebody does there."""

    def __init__(self, all, program):
        self.page = all.browser.new_page(viewport={"width": 380, "height": 320})
        self.page.on("dialog", lambda dialog: all.complaints.append("a text became a script"))
        self.page.on("pageerror", lambda error: all.complaints.append(f"page error: {error}"))
        self.page.on("console", lambda message: all.heard(message.type, message.text))
        self.page.goto(program.address)
        self.button = self.page.get_by_role("button")
        expect(self.button).to_be_enabled()

    def writes(self, text, name=None):
        if name:
            self.page.get_by_placeholder("Your name").fill(name)
        field = self.page.locator("input").last
        field.fill(text)
        field.press("Enter")
        expect(field).to_have_value("")

    def sees(self, *texts):
        """Exactly these entries, and none has become more than text."""
        expect(self.page.locator("li")).to_have_text(list(texts))
        expect(self.page.locator("li :not(b)")).to_have_count(0)

    def is_refused(self, message):
        """How the server closes a connection for this message: code and reason."""
        return self.page.evaluate(SEND, message)


SIDE_BY_SIDE = """<style>
    body { margin: 0; padding: 20px; display: flex; gap: 20px; background: #e8e8ed }
    img { width: 380px; border-radius: 10px; box-shadow: 0 4px 16px #0003 }
</style>"""


def keep_picture(all, name, *people):
    """Saves what people see side by side, for the tutorial or for somebody who looks."""
    folder = arguments.pictures or arguments.shots
    if not folder:
        return
    pages = ""
    for person in people:
        person.page.evaluate("document.activeElement.blur()")  # A cursor blinks.
        shot = base64.b64encode(person.page.screenshot()).decode()
        pages += f'<img src="data:image/png;base64,{shot}">'
    board = all.browser.new_page(viewport={"width": 820, "height": 360})
    board.set_content(SIDE_BY_SIDE + pages)
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    board.screenshot(path=pathlib.Path(folder, f"tutorial-{name}.png"))
    board.close()
