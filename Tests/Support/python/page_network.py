#!/usr/bin/env python3
"""The chat page in a network of its own: a crowd behind one address, and the page below a path.

    page_network.py [--shots DIR] [--only NAME]… -- COMMAND that serves the chat (flags are added)
    page_network.py --list | --check

Clients come from 203.0.113.0/24 (RFC 5737), so that limits apply to them as on the open internet.
Proxies run with the files of deploy/examples, with their parts for a path. Prints a line for each
scenario, and ends with 1 if one failed. `--check` prints in one line what is missing to run this.
"""

import asyncio
import os
import re
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

import scenarios

try:
    from playwright.sync_api import expect
    from websockets.asyncio.client import connect

    import roost_server
    from browser_page import browser, chromium
    from proxy_network import (
        HERE, NAME, certificate, get, make_network, missing_tools, running, unshare)
    from roost_server import PATIENCE, until
    missing = None if chromium() else "there is no chromium on this machine"
except ImportError as problem:
    missing = f"Python has no {problem.name}; `make test` installs it"

EXAMPLES = Path(__file__).resolve().parents[3] / "deploy/examples"
INSIDE = "ROOST_PAGE_NAMESPACE"
# Browsers open up to six connections to one host.
CONNECTIONS = 6


@contextmanager
def chat(folder, *flags, port=8080, host="0.0.0.0"):
    """The chat at this port; yields its page's address."""
    command = [*scenarios.arguments.command, "serve", "--port", str(port), "--host", host,
               "--control", "off", "--history", str(Path(folder, "roost.db")),
               "--log", "prefixed", *flags]
    with running(folder, command) as log:
        until(lambda: "Listening on" in log.read_text(), "the chat to listen")
        yield f"http://{HERE}:{port}/"


class SimulatedBrowser:
    """What a browser does on the network: a document, its parts on six kept connections, and a
    WebSocket."""

    def __init__(self, number):
        self.user = f"simulated{number}"

    async def get(self, connection, path):
        reader, writer = connection
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {HERE}:8080\r\nAccept-Encoding: gzip\r\n\r\n"
                     .encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(re.search(r"content-length: (\d+)", head, re.IGNORECASE)[1])
        body = await reader.readexactly(length)
        assert head.startswith("HTTP/1.1 200 "), head
        return body

    async def load(self):
        self.connections = await asyncio.gather(*(
            asyncio.open_connection(HERE, 8080) for _ in range(CONNECTIONS)))
        await self.get(self.connections[0], "/")
        await asyncio.gather(*(
            self.get(connection, path) for connection, path in zip(self.connections, PARTS)))

    async def open(self):
        """The close code of a connection that was refused, or None."""
        self.socket = await connect(f"ws://{HERE}:8080/chat", open_timeout=PATIENCE,
                                    ping_interval=None)
        await self.socket.send(f'{{"type":"login","user":"{self.user}"}}')
        try:
            answer = await asyncio.wait_for(self.socket.recv(), PATIENCE)
        except Exception:
            return self.socket.close_code
        assert '"welcome"' in answer, answer
        return None


PARTS = []


@contextmanager
def event_loop():
    """A function that runs coroutines beside this thread, in which the browser's own loop runs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield lambda coroutine: asyncio.run_coroutine_threadsafe(coroutine, loop)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def find_parts(all, address):
    """The paths that a real browser asks for; the first is asked for twice, to fill the six."""
    person = all.person("about:blank")
    seen = []
    person.page.on("request", lambda request: seen.append(request.url))
    person.page.goto(address)
    expect(person.page.get_by_label("Your name")).to_be_visible()
    paths = ["/" + url.removeprefix(address) for url in seen]
    PARTS[:] = (paths * CONNECTIONS)[:CONNECTIONS]


def crowd(folder):
    """60 browsers behind one address load the page and connect at once; when no place is left, a
    person reads a sentence, and is let in when there is one."""
    real = 3
    with chat(folder, "--per-address", "64") as address, event_loop() as run, \
            browser(scenarios.arguments.shots) as all:
        find_parts(all, address)
        simulated = [SimulatedBrowser(number) for number in range(64 - real)]

        async def everybody():
            await asyncio.gather(*(one.load() for one in simulated[:60 - real]))
            return await asyncio.gather(*(one.open() for one in simulated[:60 - real]))

        async def the_rest():
            return await asyncio.gather(*(one.open() for one in simulated[60 - real:]))

        # Real browsers in the middle of it.
        simulation = run(everybody())
        people = [all.person(address, f"real{number}") for number in range(real)]
        assert simulation.result(60) == [None] * (60 - real)
        assert run(the_rest()).result(60) == [None] * 4, "64 places"
        late = all.person(address)
        late.page.get_by_label("Your name").fill("late")
        late.page.get_by_label("Your name").press("Enter")
        problem = late.page.locator("#login-problem")
        expect(problem).to_contain_text("Too many connections from your address.")
        expect(problem).to_contain_text("Still trying…")
        late.shot("too-many")
        run(simulated[0].socket.close()).result(60)
        late.is_in("late")
        people[0].say("all here")
        late.sees("all here", "real0")


def full(folder):
    """A server with no place at all says so to a person who opens the page, and the browser asks
    again by itself."""
    with chat(folder, "--max-connections", "8") as address, event_loop() as run, \
            browser(scenarios.arguments.shots) as all:
        simulated = [SimulatedBrowser(number) for number in range(8)]
        for one in simulated:
            assert run(one.open()).result(60) is None
        late = all.person(address)
        expect(late.page.locator("body")).to_contain_text("The server is full")
        for one in simulated[:4]:
            run(one.socket.close()).result(60)
        late.log_in("late")
        all.complaints[:] = [text for text in all.complaints if "status of 503" not in text]


def part_for_a_path(name, mark, plain):
    """The file of deploy/examples with its part for a path in force, instead of the plain one."""
    text = (EXAMPLES / name).read_text()
    start = text.index(mark)
    end = text.index(f"{mark[0:len(mark) - len(mark.lstrip())]}#}}\n", start)
    end = text.index("\n", end)
    inside = re.sub(r"^(\s*)#", r"\1", text[start:end], flags=re.MULTILINE)
    assert plain in text, f"{name} does not say {plain}"
    return (text[:start] + inside + text[end:]).replace(plain, "")


def settings(text):
    return [f"--{name}={value}" for name, value in re.findall(
        r"^#     ([a-z-]+) = (.+)$", text, re.MULTILINE)]


def expect_below(path, shots):
    """The page works below the path, with and without the slash at its end."""
    rules = f"MAP {NAME} {HERE}"
    with browser(shots, f"--host-resolver-rules={rules}") as all:
        answers = []
        for number, address in enumerate((f"https://{NAME}{path}", f"https://{NAME}{path}/")):
            person = all.person("about:blank", ignore_https_errors=True)
            person.page.on("response", lambda answer: answers.append((answer.status, answer.url)))
            person.page.on("websocket", lambda socket: answers.append((101, socket.url)))
            person.page.goto(address)
            person.log_in(f"ann{number}")
            person.say(f"below {path} {number}")
            person.has_sent(f"below {path} {number}")
            person.page.reload()
            person.is_in(f"ann{number}")
        assert all_below(answers, path), answers
        assert any(url == f"wss://{NAME}{path}/chat" for _, url in answers), answers


def all_below(answers, path):
    return all(status in (101, 200, 304) and f"{NAME}{path}/" in url
               or status in (301, 302, 307, 308) and url == f"https://{NAME}{path}"
               for status, url in answers)


def nginx(folder):
    """nginx serves the chat below a path, as deploy/examples/nginx.conf shows."""
    text = part_for_a_path("nginx.conf", "    #location /roost/ {", """\
    location / {
        proxy_pass http://roost;
    }
""")
    for name, file in (("fullchain", "certificate"), ("privkey", "key")):
        text = text.replace(f"/etc/letsencrypt/live/{NAME}/{name}.pem",
                            str(folder / f"{file}.pem"))
    (folder / "roost.inc").write_text(text)
    places = "".join(f"{place}_temp_path {folder}/{place};\n" for place in (
        "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr;\n"
        f"events {{ }}\nhttp {{\naccess_log off;\n{places}include {folder}/roost.inc;\n}}\n")
    with chat(folder, *settings(text), host="127.0.0.1"), \
            running(folder, ["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)]):
        until(listens, "nginx to listen")
        expect_below("/roost", scenarios.arguments.shots)


def caddy(folder):
    """Caddy serves the chat below a path, as deploy/examples/Caddyfile shows."""
    text = part_for_a_path("Caddyfile", "\t#redir /roost /roost/", """\
	reverse_proxy 127.0.0.1:8080 {
		# Keeps open connections when Caddy reloads (Caddy 2.7 and later):
		#stream_close_delay 5m
	}
""")
    (folder / "Caddyfile").write_text(
        "{\n\tlocal_certs\n\tskip_install_trust\n\tadmin off\n}\n" + text)
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with chat(folder, *settings(text), host="127.0.0.1"), \
            running(folder, ["caddy", "run", "--adapter", "caddyfile", "--config",
                             str(folder / "Caddyfile")], env={**os.environ, **home}):
        until(listens, "Caddy to listen")
        expect_below("/roost", scenarios.arguments.shots)


def listens():
    try:
        return get("dan", "/roost/healthz").startswith(b"HTTP/1.1 200")
    except OSError:
        return False


SCENARIOS = {"crowd": crowd, "full": full, "nginx": nginx, "caddy": caddy}


def in_a_folder(scenario):
    def run():
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            certificate(folder)
            scenario(folder)
    return run


def main():
    parser = scenarios.parser(__doc__)
    parser.add_argument("--shots", help="save screenshots in this folder")
    parser.parse_args(namespace=scenarios.arguments)
    arguments = scenarios.arguments
    if arguments.list:
        print("\n".join(SCENARIOS))
    elif arguments.check:
        print(missing or missing_tools() or "", end="")
    elif INSIDE not in os.environ:
        os.environ[INSIDE] = "1"
        command = [*unshare(), sys.executable, *sys.argv]
        os.execvp(command[0], command)
    else:
        make_network()
        sys.exit(roost_server.run(
            {name: in_a_folder(scenario) for name, scenario in SCENARIOS.items()}, arguments.only))


if __name__ == "__main__":
    main()
