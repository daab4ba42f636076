"""Scenarios of the chat page: how long it takes to show what somebody does."""

import json

from browser_hands import last
from browser_page import browser
from roost_server import Client, start_server, until
from scenarios import arguments


def entered():
    """With all the messages of a room that the page keeps, and some more: says how much of the
    page's main thread a message of one's own takes from the key to the picture. The aim is 16 ms on
    a quiet machine; three times as much is a fault on any."""
    with start_server("--rate-limit", "off") as server, browser(arguments.shots) as all, \
            Client(server) as bob:
        bob.log_in("bob")
        ann = all.person(server.page, "ann")
        for number in range(11):
            for part in range(499):
                answer = {"reply": 1} if part % 10 == 9 else {}
                bob.send(type="message", text=f"number {part} " + "word " * (part % 20), **answer)
            offset = bob.say(f"end of {number}")
            bob.ask(type="react", offset=offset, emoji="👍")
            until(lambda: last(ann) == f"end of {number}", "many messages", 60)
        until(lambda: ann.page.locator("li.message").count() > 4800, "all rows", 60)
        categories = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]
        all.browser.start_tracing(page=ann.page, categories=categories)
        for number in range(25):
            ann.say(f"mine {number}")
            ann.sees_text(f"mine {number}")
        times = sorted(times_of_keys(json.loads(all.browser.stop_tracing())["traceEvents"]))
        assert len(times) == 25, times
        print(f"main thread from Enter to the picture: median {times[12]:.1f} ms, "
              f"slowest {times[-1]:.1f} ms")
        assert times[12] <= 48, times


def times_of_keys(events):
    """For each key, the CPU time in milliseconds of the page's main thread from the key to the next
    frame, that included."""
    keys = [event for event in events if event["name"] == "EventDispatch"
            and event["args"]["data"]["type"] == "keydown"]
    place = keys[0]["pid"], keys[0]["tid"]
    thread = [event for event in events if event["ph"] == "X"
              and (event["pid"], event["tid"]) == place]
    frames = sorted(event["ts"] for event in thread if event["name"] == "FireAnimationFrame")
    # What this test asks the page about takes time too: it looks through all rows.
    asked = [event["ts"] for event in thread if event["name"] == "Receive mojo message"
             and "DevToolsSession" in str(event["args"])]
    tasks = [event for event in thread if event["name"] == "RunTask"
             and not any(event["ts"] <= at <= event["ts"] + event["dur"] for at in asked)]
    for key in keys:
        frame = next(at for at in frames if at > key["ts"])
        yield sum(task["tdur"] for task in tasks
                  if key["ts"] - 500 <= task["ts"] <= frame) / 1000
