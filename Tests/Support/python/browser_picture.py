"""The picture of the page in the README, for browser_chat.py: always the same conversation at the
same times, so that the file changes when the page does, and not with every run."""

import base64
import pathlib

from playwright.sync_api import expect

from browser_page import browser
from roost_server import Client

ROOM = "trains"
# Speaker, time and text. The picture is ann's page.
TALK = [
    ("maya", "9:41", "The map of the course's trains is up."),
    ("maya", "9:41", "Every train on it moves once a second."),
    ("bob", "9:42", "Nice! And when the tablet loses the network in a tunnel?"),
    ("ann", "9:43", "The page comes back by itself, and asks for what it has missed."),
    ("ann", "9:43", "I tried it between two stations: not one train was lost."),
    ("bob", "9:44", "Then I'll bring it to the next lesson."),
]
VIEWPORT = {"width": 1120, "height": 640}

# The test cannot set the server's clock and the day, so it sets the shown times. Nothing blinks or
# is under the pointer.
STILL = """(times) => {
    document.activeElement.blur();
    document.querySelectorAll('li.message').forEach((row, index) => {
        row.classList.remove('timed');
        for (const time of row.querySelectorAll('time')) time.textContent = times[index];
    });
}"""


def picture(server, file, shots):
    """People talk, and the page of one of them is saved in `file`, if that differs."""
    with browser(shots) as all, Client(server) as bob, Client(server) as maya:
        ann = all.person(
            server.page + "#" + ROOM, viewport=VIEWPORT, device_scale_factor=2,
            color_scheme="light", reduced_motion="reduce")
        ann.log_in("ann")
        ann.is_at(ROOM)
        others = {"bob": bob, "maya": maya}
        for name, client in others.items():
            client.log_in(name)
            client.ask(type="join", room=ROOM)
        for name, _, text in TALK:
            if name == "ann":
                ann.say(text)
                ann.has_sent(text)
            else:
                others[name].say(text, room=ROOM)
                ann.sees(text, name)
        ann.join("lobby")
        ann.is_at("lobby")
        ann.room(ROOM).click()
        ann.is_at(ROOM)
        bob.say("Is there coffee in 204?")
        expect(ann.room("lobby").locator(".badge")).to_have_text("1")
        expect(ann.page.locator("#members .label")).to_have_text(["ann", "bob", "maya"])
        assert ann.texts() == [text for _, _, text in TALK], ann.texts()
        # "maya joined" is shown for some seconds.
        expect(ann.page.locator("#activity")).to_have_text("")
        ann.page.mouse.move(0, 0)
        ann.page.evaluate(STILL, [time for _, time, _ in TALK])
        ann.shot("picture")
        if file:
            keep(ann.page, pathlib.Path(file))


def keep(page, file):
    session = page.context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": 80})
    image = base64.b64decode(shot["data"])
    assert len(image) <= 100_000, f"{len(image)} bytes are too many for a picture in a README"
    if file.exists() and file.read_bytes() == image:
        print(f"{file} is as it was")
    else:
        file.write_bytes(image)
        print(f"{file} is new: {len(image)} bytes")
