"""What the page of the map of trains does, for browser_trains.py."""

import http.server
import json
import pathlib
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from playwright.sync_api import expect

import server
from browser_page import browser
from roost_server import die_with_parent, until
from scenarios import arguments

FEEDER = pathlib.Path(__file__).resolve().parents[3] / "Sources/Examples/TrainMap/trains.py"


class Map(server.Server):
    ready = re.compile(rb"http://127\.0\.0\.1:(\d+)")

    def __init__(self, port=0):
        # In a pipe it would print where it listens only when it ends.
        super().__init__([*arguments.command, str(port)])
        self.address = f"http://127.0.0.1:{self.port}/"

    def trains(self, *options):
        return subprocess.Popen(
            [sys.executable, FEEDER, *options, self.address], preexec_fn=die_with_parent)

    def stop(self):
        self.process.kill()  # SIGTERM may be blocked here, and the program inherits that.
        self.process.wait()

    def positions(self):
        with urllib.request.urlopen(self.address + "positions") as answer:
            return json.load(answer)

    def post(self, body):
        try:
            with urllib.request.urlopen(self.address + "positions", body) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code


def stop(trains):
    assert trains.wait(20) == 0


def shot(page, name):
    if arguments.shots:
        pathlib.Path(arguments.shots).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=pathlib.Path(arguments.shots, f"{name}.png"))


def oldest(page):
    """The age that the page shows, in seconds; None if there is no train."""
    words = page.locator("#oldest").text_content().split(" ")
    return float(words[0]) if len(words) == 2 else None


def picture(page):
    """What the canvas shows, as text."""
    return page.evaluate("document.querySelector('#trains').toDataURL()")


def open_page(all, address, **options):
    page = all.browser.new_page(**options)
    page.on("pageerror", lambda error: all.complaints.append(f"page error: {error}"))
    page.on("console", lambda message: all.heard(message.type, message.text))
    page.goto(address)
    return page


def trains_move():
    """Two hundred trains run over light and dark pages, and over that of a phone."""
    with Map() as map, browser(arguments.shots) as all:
        trains = map.trains()
        desk = {"viewport": {"width": 1280, "height": 860}}
        for name, options in (
                ("trains-light", desk), ("trains-dark", {**desk, "color_scheme": "dark"}),
                ("trains-phone", {"viewport": {"width": 390, "height": 844},
                                  "device_scale_factor": 2, "has_touch": True})):
            page = open_page(all, map.address, **options)
            expect(page.locator("#state")).to_have_text("Live")
            expect(page.locator("#count")).to_have_text("200")
            before = picture(page)
            until(lambda: picture(page) != before, "trains that move")
            # The oldest position shown is one from after this moment, however busy the machine.
            opened = time.monotonic()
            until(lambda: (age := oldest(page)) is not None
                  and time.monotonic() - age > opened, "new positions")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            shot(page, name)
            page.close()
        known = map.positions()
        assert len(known) == 200 and all_numbers(known), known[:3]
        # A late page has all trains at once, also where none moves any more.
        trains.kill()
        trains.wait()
        late = open_page(all, map.address)
        expect(late.locator("#count")).to_have_text("200")
        # Trains that have arrived leave the map.
        stop(map.trains("--seconds", "0.3"))
        expect(late.locator("#count")).to_have_text("0")
        assert map.positions() == []
        assert map.post(b'{"train":"S1 1"}\n') == 400


class Forgetful(http.server.BaseHTTPRequestHandler):
    """A map that keeps a connection, so it says, and ends it behind each answer."""
    protocol_version = "HTTP/1.1"

    def answer(self, body):
        if self.headers["Content-Length"]:
            self.server.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def do_GET(self):
        self.answer((FEEDER.parent / "lines.json").read_bytes())

    def do_POST(self):
        self.answer(b"")

    def log_message(self, *_):
        pass


def connections_end():
    """The trains go on if the map ends connections between two requests, as servers may; if it is
    away, a sentence says so."""
    with http.server.HTTPServer(("127.0.0.1", 0), Forgetful) as map:
        map.posted = []
        thread = threading.Thread(target=map.serve_forever, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{map.server_port}"
        feeder = subprocess.run(
            [sys.executable, FEEDER, "--trains", "3", "--rate", "20", "--seconds", "0.5", address],
            capture_output=True, text=True, timeout=60)
        assert (feeder.returncode, feeder.stderr) == (0, ""), feeder
        assert len(map.posted) >= 2 and b'"gone":true' in map.posted[-1], map.posted
        map.shutdown()
        thread.join()
    feeder = subprocess.run([sys.executable, FEEDER, address], capture_output=True, text=True,
                            timeout=60)
    assert feeder.returncode == 1, feeder
    assert feeder.stderr.startswith(f"The map at 127.0.0.1:{map.server_port} does not answer: ")
    assert feeder.stderr.count("\n") == 1, feeder.stderr


def all_numbers(positions):
    return all(isinstance(position[key], (int, float))
               for position in positions for key in ("x", "y", "at"))


def the_server_is_away():
    """The page comes back by itself when its server does."""
    with browser(arguments.shots) as all:
        with Map() as map:
            port = map.port
            assert map.post(b'{"train":"S1 1","x":500,"y":320,"at":1795991234.5}') == 204
            page = open_page(all, map.address)
            expect(page.locator("#count")).to_have_text("1")
        expect(page.locator("#state")).to_have_text("Reconnecting …")
        with Map(port) as map:
            assert map.post(b'{"train":"S1 2","x":400,"y":320,"at":1795991234.5}\n'
                            b'{"train":"S1 3","x":300,"y":320,"at":1795991234.5}') == 204
            expect(page.locator("#state")).to_have_text("Live")
            expect(page.locator("#count")).to_have_text("2")
