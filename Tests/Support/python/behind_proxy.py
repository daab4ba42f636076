#!/usr/bin/env python3
"""The chat behind the proxies of deploy/examples, in a network of its own.

    behind_proxy.py [--only NAME]… -- COMMAND that serves the chat (flags are added)
    behind_proxy.py --list | --check

Each scenario runs a proxy with its file from deploy/examples, where only the certificate's path is
changed, and the chat with the settings that the file asks for. Clients have addresses of their own
(203.0.113.0/24, RFC 5737), so that limits apply to them as on the open internet. Prints a line for
each scenario, and ends with 1 if one failed. `--check` prints in one line what is missing to run
this.
"""

import argparse
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

try:
    import roost_server
    from proxy_network import (
        NAME, PEOPLE, Chatter, certificate, event_stream, get, listens, make_network, missing_tools,
        reachable, running, trusting, unshare, upgraded)
    from roost_server import PATIENCE, until
    from websockets.exceptions import InvalidStatus
    missing = None
except ImportError as problem:
    missing = f"Python has no {problem.name}; `make test` installs it"

EXAMPLES = Path(__file__).resolve().parents[3] / "deploy/examples"
INSIDE = "ROOST_PROXY_NAMESPACE"

arguments = None


def what_is_missing():
    """Why this cannot run here; None if it can."""
    return missing or missing_tools()


def example(name, **changes):
    """The file of deploy/examples with these changes, each of which must match."""
    text = (EXAMPLES / name).read_text()
    for old, new in changes.items():
        assert old in text, f"{name} does not say {old}"
        text = text.replace(old, new)
    return text


def settings(text):
    """The settings that the example asks for in roost.conf."""
    found = re.findall(r"^#     ([a-z-]+ = .+)$", text, re.MULTILINE)
    assert found, "the example names no setting"
    return found


@contextmanager
def chat(folder, lines, per_address="1"):
    """The chat with these lines in its configuration; yields its log."""
    configuration = folder / "roost.conf"
    configuration.write_text(
        "\n".join([*lines, f"per-address = {per_address}", "rate-limit = off", ""]))
    command = [*arguments.command, "serve", "--config", str(configuration), "--control", "off",
               "--history", "memory", "--log", "prefixed"]
    with running(folder, command) as log:
        until(lambda: "Listening on" in log.read_text(), "the chat to listen")
        yield log


def expect_clients(log):
    """The client's address counts, in limits and in the log, whatever headers the client sends."""
    until(reachable, "the proxy to pass requests on")
    # From a user that is not counted later: a proxy may keep the connection of this request.
    with ExitStack() as stack:
        def enter(user, **fields):
            chatter = Chatter(user, **fields)
            stack.enter_context(chatter.stack)
            return chatter

        first = enter("ann").log_in("ann")
        assert enter("ann").close_code() == 1013, "one address, one connection"
        # A forged address is ignored: it neither gets the client in nor keeps others out.
        enter("bob", X_Forwarded_For=PEOPLE["ann"]).log_in("bob")
        enter("eve", X_Forwarded_For="198.51.100.1").log_in("eve")
        assert enter("eve", X_Forwarded_For="198.51.100.2").close_code() == 1013
        first.stack.close()
        until(lambda: "event=ended-by-peer" in log.read_text(), "the end in the log")
        enter("ann").log_in("ann2")
    try:
        Chatter("ann", origin="https://evil.example")
        raise AssertionError("a page of another host was let in")
    except InvalidStatus as refused:
        assert refused.response.status_code == 403, refused
    assert b"<!doctype html>" in get("fay", "/").lower()
    expect_events()
    said = log.read_text()
    for event, user in (("address-full", "ann"), ("address-full", "eve"), ("ended-by-peer", "ann"),
                        ("request-refused", "ann")):
        records = [line for line in said.splitlines() if f"event={event} " in line]
        assert any(f" peer={PEOPLE[user]} " in line for line in records), (event, user, records)
    assert " peer=127.0.0.1 " not in said, said


def expect_events():
    """No proxy keeps events back until it has more of them."""
    with event_stream("dan") as wait_for, ExitStack() as stack:
        wait_for(b"\r\n\r\n")
        speaker = Chatter("fay")
        stack.enter_context(speaker.stack)
        speaker.log_in("fay")
        for number in range(3):
            speaker.say(f"event {number}")
            wait_for(f'"text":"event {number}"'.encode())


def nginx_files(folder, processes):
    """The example, in the parts of Debian's nginx.conf around the files of conf.d."""
    text = example("nginx.conf", **{
        f"/etc/letsencrypt/live/{NAME}/fullchain.pem": str(folder / "certificate.pem"),
        f"/etc/letsencrypt/live/{NAME}/privkey.pem": str(folder / "key.pem")})
    (folder / "roost.inc").write_text(text)
    places = "".join(f"{place}_temp_path {folder}/{place};\n" for place in (
        "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off; {processes} pid {folder}/nginx.pid; error_log stderr;\n"
        f"events {{\n\tworker_connections 768;\n\t# multi_accept on;\n}}\n"
        f"http {{\naccess_log {folder}/access.log;\n{places}include {folder}/roost.inc;\n}}\n")
    return text, ["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)]


def nginx(folder):
    text, command = nginx_files(folder, "master_process off;")
    with chat(folder, settings(text)) as log, running(folder, command):
        expect_clients(log)
        # The path of a hook is a secret.
        assert b"Only POST" in get("fay", "/hooks/secret")
        get("fay", "/healthz")
        paths = folder / "access.log"
        until(lambda: "/healthz" in paths.read_text(), "a request in nginx's log")
        assert "secret" not in paths.read_text(), paths.read_text()


def nginx_with_a_thousand_clients(folder):
    """With its limits raised by the example's command; Debian's own end at 764 clients."""
    text, command = nginx_files(folder, "worker_processes 2;")
    raising = re.search(r"^#     (sed (?:.|\n)*?nginx\.conf)$", text, re.MULTILINE)[1]
    raising = raising.replace("\n#", "\n").replace(
        "/etc/nginx/nginx.conf", str(folder / "nginx.conf"))
    subprocess.run(["sh", "-ec", raising], check=True)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with chat(folder, settings(text), per_address="off"), running(folder, command), \
            ExitStack() as clients:
        until(reachable, "the proxy to pass requests on")
        context, people = trusting(), list(PEOPLE)
        for number in range(1000):
            clients.enter_context(upgraded(people[number % len(people)], number, context))
    until(lambda: not listens(), "the workers of nginx to end")


def haproxy(folder, lines=None, **changes):
    certificate = {f"/etc/haproxy/{NAME}.pem": str(folder / "both.pem")}
    text = example("haproxy.cfg", **certificate, **changes)
    (folder / "haproxy.cfg").write_text(text)
    with chat(folder, lines or settings(text)) as log, \
            running(folder, ["haproxy", "-db", "-f", str(folder / "haproxy.cfg")]):
        expect_clients(log)
        if lines:
            expect_only_proxies(log)


def haproxy_with_proxy_protocol(folder, sending):
    """With the server line that the example has in a comment."""
    plain = "    server roost 127.0.0.1:8080 maxconn 20000\n"
    line = "    #server roost 127.0.0.1:8080 maxconn 20000 send-proxy-v2\n"
    text = (EXAMPLES / "haproxy.cfg").read_text()
    setting = re.search(r"write '([a-z-]+ = yes)'", text)[1]
    haproxy(folder, [setting], **{
        plain: "", line: f"    server roost 127.0.0.1:8080 {sending}\n",
        "    http-request set-header X-Forwarded-For %[src]\n": ""})


def expect_only_proxies(log):
    """A client without the proxy is not served, and the log explains it."""
    with socket.create_connection(("127.0.0.1", 8080), PATIENCE) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert plain.recv(65536).startswith(b"HTTP/1.1 400 ")
    until(lambda: "event=proxy-header " in log.read_text(), "the record of it")


def caddy(folder):
    text = example("Caddyfile")
    # Certificates that Caddy makes itself: there is no internet here to get others.
    (folder / "Caddyfile").write_text(
        "{\n\tlocal_certs\n\tskip_install_trust\n\tadmin off\n}\n" + text)
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with chat(folder, settings(text)) as log, \
            running(folder, ["caddy", "run", "--adapter", "caddyfile", "--config",
                             str(folder / "Caddyfile")], env={**os.environ, **home}):
        expect_clients(log)


SCENARIOS = {
    "nginx": nginx,
    "nginx, a thousand clients": nginx_with_a_thousand_clients,
    "haproxy": haproxy,
    "haproxy, PROXY protocol v1": lambda folder: haproxy_with_proxy_protocol(folder, "send-proxy"),
    "haproxy, PROXY protocol v2": lambda folder: haproxy_with_proxy_protocol(folder, "send-proxy-v2"),
    "caddy": caddy,
}


def in_a_folder(scenario):
    def run():
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            certificate(folder)
            scenario(folder)
    return run


def main():
    global arguments
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("command", nargs="*")
    arguments = parser.parse_args()
    if arguments.list:
        print("\n".join(SCENARIOS))
    elif arguments.check:
        print(what_is_missing() or "", end="")
    elif INSIDE not in os.environ:
        os.environ[INSIDE] = "1"
        command = [*unshare(), sys.executable, *sys.argv]
        os.execvp(command[0], command)
    else:
        make_network()
        sys.exit(roost_server.run(
            {name: in_a_folder(scenario) for name, scenario in SCENARIOS.items()}, arguments.only))


main()
