"""Scenarios of the chat inside pages of other sites: deploy/examples/embed.html."""

import functools
import http.server
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import expect

from browser_page import browser
from roost_server import Client, start_server
from scenarios import arguments

EXAMPLE = Path(__file__).resolve().parents[3] / "deploy/examples/embed.html"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def other_site():
    """A web server with another host and port than the chat, as (origin, folder)."""
    with TemporaryDirectory() as folder:
        Path(folder, "favicon.ico").touch()
        handler = functools.partial(Quiet, directory=folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}", Path(folder)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def example(server):
    text = EXAMPLE.read_text()
    assert len(text.splitlines()) <= 75
    assert text.count("https://chat.example.org/") == 2
    return text.replace("https://chat.example.org/", server.page)


def embed():
    """A page of another site shows a room, also after a restart, if the server lets it."""
    with other_site() as (origin, folder), \
            TemporaryDirectory() as sockets, \
            start_server("--origin", f"127.0.0.1,{origin}",
                         "--control", f"{sockets}/control.sock") as server:
        (folder / "index.html").write_text(example(server))
        with browser(arguments.shots) as all, Client(server) as bob:
            bob.log_in("bob")
            bob.ask(type="join", room="lobby")
            for text in ("frist", "wrong", "<b>second</b>"):
                bob.say(text)
            reader = all.person(origin, color_scheme="dark", viewport={"width": 480, "height": 480})
            page = reader.page
            lines = page.get_by_role("log", name="Messages").locator("li")
            expect(lines).to_have_text(["bob frist", "bob wrong", "bob <b>second</b>"])
            assert bob.ask(type="edit", offset=1, text="first")["type"] == "ok"
            assert bob.ask(type="delete", offset=2)["type"] == "ok"
            expect(lines).to_have_text(["bob first", "bob <b>second</b>"])
            expect(page.get_by_role("status")).to_have_text("")
            field = page.get_by_role("textbox", name="Message")
            field.fill("hello from elsewhere")
            field.press("Enter")
            expect(lines.last).to_have_text("You hello from elsewhere")
            expect(field).to_have_value("")
            heard = bob.wait_for("message", text="hello from elsewhere")
            assert heard["user"].startswith("guest-"), heard
            reader.shot("embed-dark")
            page.emulate_media(color_scheme="light")
            reader.shot("embed-light")
            session = page.evaluate("Object.keys(localStorage)")
            assert any(key.startswith("roost.session.guest-") for key in session), session

            server.kill()
            expect(page.get_by_role("status")).to_have_text("Connecting…")
            field.fill("written meanwhile")
            field.press("Enter")
            server.start()
            expect(lines.last).to_have_text("You written meanwhile", timeout=30_000)
            expect(lines).to_have_count(4)
            expect(page.get_by_role("status")).to_have_text("")
            # Sent out of the room, and of the chat: why, and a button that leads back.
            name = page.evaluate("localStorage.chatName")
            for where in (["--room", "lobby"], []):
                subprocess.run(
                    [arguments.command[0], "kick", name, *where, "--reason", "bye",
                     "--control", f"{sockets}/control.sock"],
                    check=True, capture_output=True, timeout=20)
                said = "bye" if where else "You were sent out: bye"
                expect(page.get_by_role("status")).to_have_text(said)
                reader.shot("embed-out")
                page.get_by_role("button", name="Come back").click()
                expect(page.get_by_role("status")).to_have_text("")
                expect(page.get_by_role("button", name="Come back")).to_be_hidden()
            # What is refused stands in the field again.
            field.fill("a\u0007b")
            field.press("Enter")
            expect(page.get_by_role("status")).to_contain_text("Not sent: ")
            expect(field).to_have_value("a\u0007b")
            page.reload()
            expect(lines).to_have_text(
                ["bob first", "bob <b>second</b>", "You hello from elsewhere",
                 "You written meanwhile"])


def not_embedded():
    """A server that does not list the other site lets its pages load the client, and no more."""
    with other_site() as (origin, folder), start_server() as server:
        (folder / "index.html").write_text(example(server))
        with browser(arguments.shots) as all:
            page = all.person(origin).page
            expect(page.get_by_role("status")).to_have_text("Connecting…")
            words = page.evaluate("""async (address) => {
                const { Roost, Disconnected } = await import(`${address}roost.js`);
                const chat = new Roost(address, { user: 'ann' });
                for (;;) {
                    await new Promise((resolve) => chat.on('closed', resolve));
                    if (chat.state.phase === 'waiting') break;
                }
                const said = chat.join('lobby').say('hello').catch((error) => error.name);
                chat.close();
                return said;
            }""", server.page)
            assert words == "Disconnected", words
            with Client(server) as bob:
                bob.log_in("bob")
                assert bob.ask(type="join", room="lobby")["count"] == 1
