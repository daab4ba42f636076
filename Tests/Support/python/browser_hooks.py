"""Scenarios of the chat page: what programs post by webhooks."""

import json
import re
import subprocess
import tempfile
import urllib.request

from playwright.sync_api import expect

from browser_page import browser
from roost_server import Client, start_server
from scenarios import arguments


def hooked():
    """What a program posts looks like everybody's messages, and counts where it is not seen. Its
    name is nobody else's, and who writes to it reads why nobody reads that."""
    with tempfile.TemporaryDirectory() as folder:
        socket = f"{folder}/control.sock"

        def operate(*words):
            done = subprocess.run([arguments.command[0], *words, "--control", socket], check=True,
                                  capture_output=True, text=True, timeout=20)
            return done.stdout

        with start_server("--control", socket) as server, browser(arguments.shots) as all:
            def hook(room, name):
                made = operate("hook", "add", room, "--name", name)
                return server.page + re.search(r"hooks/[\w-]+", made)[0]

            def post(address, body):
                with urllib.request.urlopen(address, body.encode(), timeout=20) as answer:
                    assert answer.status == 201, answer.status

            ann = all.person(server.page, "ann")
            ann.say("Is it deployed?")
            deploy, alerts = hook("lobby", "deploy"), hook("alerts", "alerts")
            post(deploy, "Deployed **2.4.1** to production.\nIt took 41 s.\n")
            ann.sees("Deployed 2.4.1 to production.\nIt took 41 s.", "deploy")
            text = "Build 118 of `main` is green: https://ci.example.org/118"
            post(deploy, json.dumps({"text": text, "username": "jenkins", "icon_emoji": ":up:"}))
            ann.sees("Build 118 of main is green: https://ci.example.org/118", "deploy")
            ann.join("alerts")
            ann.is_at("alerts")
            ann.room("lobby").click()
            ann.is_at("lobby")
            post(alerts, "The disk of db-1 is 91 % full, @ann.")
            expect(ann.room("alerts").locator(".badge")).to_have_text("1")
            ann.shot("hooked")

            # The name of a hook is taken.
            other = all.person(server.page)
            other.page.get_by_label("Your name").fill("Deploy")
            other.page.keyboard.press("Enter")
            expect(other.page.get_by_text("This name is kept for the server.")).to_be_visible()

            # A conversation with somebody who had the name before.
            with Client(server) as former:
                former.log_in("backup")
                assert former.ask(type="direct", to="ann", text="Bye!")["type"] == "ok"
                assert former.ask(type="logout")["type"] == "ok"
            hook("lobby", "backup")
            ann.page.locator("#directs button").filter(
                has=ann.page.get_by_text("backup", exact=True)).click()
            ann.is_at("backup")
            ann.say("Are you there?")
            expect(ann.page.locator("#messages")).to_contain_text(
                "This is a program: it posts messages, and reads none.")
            ann.shot("hooked-direct")
