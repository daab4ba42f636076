"""A scenario of the chat page: scrolling through many messages."""

import json
import statistics

from browser_page import browser
from roost_server import Client, start_server, until
from scenarios import arguments

CATEGORIES = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]
# Asks for every frame while it is on, and notes when each began.
FRAMES = """() => {
    window.frames = [];
    window.framing = true;
    const next = (time) => {
        window.frames.push(time);
        if (window.framing) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
}"""
FRAMED = "() => { window.framing = false; return window.frames; }"
TO_TOP = """() => {
    document.getElementById('log').scrollTop = 0;
    return document.querySelectorAll('li.message').length;
}"""


def scrolled():
    """With 10,000 messages in the room: how much of the page's main thread a frame takes while one
    scrolls up, where older messages are loaded all the time, and up and down through them. The aim
    is 20 ms for 95 frames of 100; what else the machine does is not counted."""
    with start_server("--rate-limit", "off") as server, Client(server) as bob, \
            browser(arguments.shots) as all:
        bob.log_in("bob")
        fill(bob)
        ann = all.person(server.page, "ann")
        session = ann.page.context.new_cdp_session(ann.page)
        place = ann.page.locator("#log").bounding_box()
        where = {"x": place["x"] + 200, "y": place["y"] + 200}

        def scroll(distance):
            session.send("Input.synthesizeScrollGesture", {
                **where, "yDistance": distance, "speed": 6000, "gestureSourceType": "mouse"})

        def measure():
            loading.append(frames_of(all, ann, lambda: scroll(6000)))
            loaded.append(frames_of(all, ann, lambda: (scroll(-4000), scroll(4000))))

        loading, loaded = [], []
        measure()
        until(lambda: ann.page.evaluate(TO_TOP) >= 4900, "all rows that a page keeps", 60)
        measure()
        measure()
        judge("scrolling up, while older messages load", loading)
        judge("scrolling through what is loaded", loaded)


def fill(bob):
    for number in range(10_000):
        answer = {"reply": number - 5} if number % 10 == 9 else {}
        bob.send(type="message", text=f"number {number} " + "word " * (number % 40), **answer)
    bob.say("the last")


def frames_of(all, ann, act):
    """The CPU times of the main thread and the lengths of the frames meanwhile, in milliseconds."""
    all.browser.start_tracing(page=ann.page, categories=CATEGORIES)
    ann.page.evaluate(FRAMES)
    act()
    frames = ann.page.evaluate(FRAMED)
    work = list(work_of_frames(json.loads(all.browser.stop_tracing())["traceEvents"]))
    return work, [after - before for before, after in zip(frames, frames[1:])]


def work_of_frames(events):
    fired = [event for event in events if event["name"] == "FireAnimationFrame"]
    place = fired[0]["pid"], fired[0]["tid"]
    tasks = [event for event in events if event["ph"] == "X" and event["name"] == "RunTask"
             and (event["pid"], event["tid"]) == place]
    begun = sorted(event["ts"] for event in fired)
    for start, end in zip(begun, begun[1:]):
        yield sum(task["tdur"] for task in tasks if start <= task["ts"] + task["dur"] < end) / 1000


def judge(what, runs):
    """Of the runs the median counts, since a single run may meet something else."""
    late, slowest, length = (
        statistics.median(figures) for figures in
        zip(*((at(95, work), max(work), at(95, lengths)) for work, lengths in runs)))
    print(f"{what}: 95 frames of 100 take the main thread at most {late:.1f} ms, the slowest "
          f"{slowest:.1f} ms; 95 of 100 came within {length:.1f} ms")
    assert late <= 20, runs


def at(percent, values):
    return sorted(values)[len(values) * percent // 100]
