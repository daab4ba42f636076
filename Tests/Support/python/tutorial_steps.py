"""What each step of the tutorial does, for browser_tutorial.py: two people at its page, and the
mistakes that its text warns of."""

import json

from playwright.sync_api import expect
from websockets.sync.client import connect

import wire
from browser_page import browser
from roost_server import PATIENCE
from scenarios import arguments
from tutorial_people import Person, Program, keep_picture

# Text that would run in a page which takes it for HTML.
ATTACK = "<img src=x onerror=alert(1)>"
# A page that the test puts at an address is from no network, and may not connect to this machine.
SERVED = "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets"


def step_1():
    """What one writes comes back to oneself alone; the terminal shows all four callbacks."""
    with Program() as program, browser(arguments.shots, SERVED) as all:
        ann, bob = Person(all, program), Person(all, program)
        ann.sees("Connected.")
        bob.sees("Connected.")
        program.has_said("#", "is here")
        ann.writes("Hello!")
        ann.sees("Connected.", "Hello!")
        program.has_said('says "Hello!"')
        ann.writes(ATTACK)
        ann.sees("Connected.", "Hello!", ATTACK)
        # What the text warns of does happen.
        careless = served(all, program, program.page.replace(b".textContent", b".innerHTML"))
        # It may come before the click has ended, which waits for it then.
        careless.once("dialog", lambda dialog: dialog.dismiss())
        with careless.expect_event("dialog"):
            careless.get_by_placeholder("Message").fill(ATTACK)
            careless.get_by_role("button").click()
        bob.writes("Is anybody here?")
        bob.sees("Connected.", "Is anybody here?")
        keep_picture(all, "step1", ann, bob)
        bob.page.close()
        program.has_said("has gone: the peer closed it (1001)")
        with wire.Client(program.port) as broken:
            broken.send(wire.frame(wire.TEXT, b"not masked", masked=False))
            program.has_said("is in trouble: ", "mask")
        # What would move a terminal's cursor is shown instead.
        ann.writes("\x1b[2J")
        program.has_said(r'says "\u{1B}[2J"')
        program.stop()
        expect(ann.button).to_be_disabled()
        ann.sees("Connected.", "Hello!", ATTACK, "\x1b[2J", "Disconnected.")
        # The page without its server.
        late = served(all, program, program.page)
        expect(late.locator("li")).to_have_text(
            ["There is an error. Is the server running?", "Disconnected."])


def served(all, program, page):
    """A tab with this page at the program's address."""
    tab = all.browser.new_page()
    tab.route("**/*", lambda route: route.fulfill(body=page, content_type="text/html"))
    tab.goto(program.address)
    return tab


def step_2():
    """Everyone sees each message, in the same order, and as text."""
    with Program() as program, browser(arguments.shots) as all:
        ann, bob = Person(all, program), Person(all, program)
        ann.sees("Connected.")
        bob.sees("Connected.")
        ann.writes("Hello!")
        bob.sees("Connected.", "Hello!")
        bob.writes("Hello, who are you?")
        for person in (ann, bob):
            person.sees("Connected.", "Hello!", "Hello, who are you?")
        keep_picture(all, "step2", ann, bob)
        bob.writes(ATTACK)
        ann.sees("Connected.", "Hello!", "Hello, who are you?", ATTACK)
        bob.page.close()
        program.has_said("has gone")
        ann.writes("Alone?")
        ann.sees("Connected.", "Hello!", "Hello, who are you?", ATTACK, "Alone?")


def step_3():
    """A message has an author, and the server believes any: the mistake that step 4 mends."""
    with Program() as program, browser(arguments.shots) as all:
        ann, bob = Person(all, program), Person(all, program)
        ann.writes("Hello!", name="ann")
        bob.sees("ann: Hello!")
        bob.writes("Hello ann", name="bob")
        bob.writes("Lunch is on me today.", name="ann")
        seen = ["ann: Hello!", "bob: Hello ann", "ann: Lunch is on me today."]
        ann.sees(*seen)
        keep_picture(all, "step3", ann, bob)
        bob.writes(ATTACK, name=ATTACK)
        ann.sees(*seen, f"{ATTACK}: {ATTACK}")
        # Nothing is passed on that the server has not understood.
        assert bob.is_refused("Hello") == [1008, "A message is JSON with user and text."]
        assert bob.is_refused('{"user": "bob"}')[0] == 1008
        with connect(program.socket) as eve:
            eve.send('{"user": "eve", "text": "Hello", "html": "<b>"}')
            assert json.loads(eve.recv(PATIENCE)) == {"user": "eve", "text": "Hello"}
        ann.sees(*seen, f"{ATTACK}: {ATTACK}", "eve: Hello")


def step_4():
    """A connection logs in once, and says nothing in the name of others; leaving is shown."""
    with Program() as program, browser(arguments.shots) as all:
        ann, bob = Person(all, program), Person(all, program)
        ann.writes("ann")
        ann.sees("ann joined")
        bob.writes("ann")
        bob.sees("Please choose another name.")
        bob.writes("bob")
        bob.sees("Please choose another name.", "bob joined")
        ann.sees("ann joined", "bob joined")
        ann.writes("Hello!")
        bob.writes("Hello ann")
        seen = ["ann joined", "bob joined", "ann: Hello!", "bob: Hello ann"]
        ann.sees(*seen)
        keep_picture(all, "step4", ann, bob)
        # What a client sends beside its text has no effect.
        with connect(program.socket) as eve:
            eve.send('{"user": "eve"}')
            assert json.loads(eve.recv(PATIENCE)) == {"user": "eve", "note": "joined"}
            eve.send('{"user": "ann", "text": "Lunch is on me.", "note": "left"}')
            assert json.loads(eve.recv(PATIENCE)) == {"user": "eve", "text": "Lunch is on me."}
        seen += ["eve joined", "eve: Lunch is on me.", "eve left"]
        ann.sees(*seen)
        assert bob.is_refused("Hello") == [1008, "A message is JSON."]
        # Words that look like the server's own are still ann's.
        bob.writes(ATTACK)
        bob.writes("left")
        seen += [f"bob: {ATTACK}", "bob: left"]
        ann.sees(*seen)
        bob.page.close()
        ann.sees(*seen, "bob left")
        # Nobody hears anything before a login, and a name is free again.
        late = Person(all, program)
        ann.writes("Is anybody here?")
        ann.sees(*seen, "bob left", "ann: Is anybody here?")
        late.sees()
        late.writes("bob")
        late.sees("bob joined")
