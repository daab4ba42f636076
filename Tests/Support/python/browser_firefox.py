"""A scenario of the chat page in Firefox: two people, what they write, and a server that goes."""

import json
import re

from firefox_bidi import running
from roost_server import start_server
from scenarios import arguments

# Firefox reports every connection that fails.
EXPECTED = re.compile(r"can.t establish a connection|was interrupted while the page was loading")
WRITTEN = "**bold** and `code` and 2*3*4"
BUBBLES = "li.message .bubble"


def firefox():
    """In Firefox: two people talk, with code and a completed name; the server goes and comes back,
    and nothing is lost; Arabic is written from right to left."""
    with start_server() as server, running(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        bob = all.person(server.page, "bob")
        ann.until("document.querySelectorAll('#members li').length === 2", "both people")
        ann.focus("#message")
        ann.type(WRITTEN, "Enter")
        bob.until(f"document.querySelectorAll('{BUBBLES}').length === 1", "the message")
        assert bob.texts(BUBBLES) == ["bold and code and 2*3*4"], bob.texts(BUBBLES)
        assert bob.texts(f"{BUBBLES} strong") == ["bold"]
        assert bob.texts(f"{BUBBLES} code") == ["code"]
        bob.focus("#message")
        bob.type("@a")
        bob.until("!document.getElementById('names').hidden", "the list of names")
        bob.shot("firefox-names")
        bob.type("", "Enter")
        bob.until("document.getElementById('message').value === '@ann '", "the name")
        bob.type("look", "Enter")
        ann.until("document.querySelectorAll('li.mention').length === 1", "the mention")
        # The server goes, and comes back.
        server.kill()
        for person in (ann, bob):
            person.until("!document.getElementById('bar').hidden", "the bar")
        ann.focus("#message")
        ann.type("while it was away", "Enter")
        ann.until("document.querySelectorAll('li.waiting').length === 1", "it to wait")
        ann.shot("firefox-away")
        server.start()
        bob.until(f"[...document.querySelectorAll('{BUBBLES}')].at(-1).textContent"
                  " === 'while it was away'", "what was written meanwhile")
        ann.until("document.getElementById('bar').hidden", "the connection")
        # A reload, in another language.
        ann.evaluate("localStorage.setItem('roost.language', JSON.stringify('ar'))")
        all.command("browsingContext.reload", context=ann.tab, wait="complete")
        ann.until("document.getElementById('state')?.textContent.includes('متصل')", "Arabic")
        ann.until(f"document.querySelectorAll('{BUBBLES}').length === 3", "the messages")
        own, other = (ann.evaluate(f"document.querySelector({json.dumps(selector)})"
                                   ".getBoundingClientRect().left")
                      for selector in ("li.own .bubble", "li.message:not(.own) .bubble"))
        assert own < other, (own, other)
        ann.shot("firefox-ar")
        all.complaints[:] = [text for text in all.complaints if not EXPECTED.search(text)]
