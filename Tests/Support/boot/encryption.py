"""Certificates in the container: systemd gives them to the server, a reload exchanges them, and
http leads to https. Runs against a running server, and leaves it unchanged."""
import json
import os
import shutil
import socket
import ssl

from chatter import Chatter
from in_place import replace
from machine import configure, event, main_process, now, records, run, until

FOLDER = "/etc/letsencrypt/live/chat.example.org"
DROP_IN = "/etc/systemd/system/roost.service.d/tls.conf"
EXAMPLES = "/usr/share/doc/roost/examples"
ROOT = "/var/lib/roost-acme"


def renew(host, key=None):
    """What an ACME client does: the files are root's alone."""
    os.makedirs(FOLDER, exist_ok=True)
    for source, target in ((f"/out/{host}.crt", "fullchain.pem"),
                           (f"/out/{key or host}.key", "privkey.pem")):
        shutil.copy(source, f"{FOLDER}/{target}")
        os.chmod(f"{FOLDER}/{target}", 0o600)


def names():
    """The names of the certificates that the server says it uses."""
    status = json.loads(run("roost status --json"))
    return [name for row in status["certificates"] for name in row["names"]]


def shaken(host):
    """Shakes hands as a client that trusts this host's certificate alone."""
    context = ssl.create_default_context(cafile=f"/out/{host}.crt")
    plain = socket.create_connection(("127.0.0.1", 443), timeout=10)
    return context.wrap_socket(plain, server_hostname=f"{host}.example")


def ask(request, port=80):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"{request}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer.decode()


def http_leads_to_https():
    configure(f"host-name = one.example\nacme-directory = {ROOT}\n")
    os.makedirs(f"{ROOT}/.well-known/acme-challenge")
    with open(f"{ROOT}/.well-known/acme-challenge/token", "w") as file:
        file.write("token.hash")
    run("systemctl enable roost-redirect.socket && systemctl restart roost.service")
    answer = ask("GET /x HTTP/1.1\r\nHost: one.example")
    assert answer.startswith("HTTP/1.1 301 ") and "https://one.example/x" in answer, answer
    assert ask("GET / HTTP/1.1\r\nHost: evil.example").startswith("HTTP/1.1 421 ")
    challenge = ask("GET /.well-known/acme-challenge/token HTTP/1.1\r\nHost: www.one.example")
    assert challenge.endswith("token.hash"), challenge


def systemd_gives_the_certificate():
    renew("one")
    run(f"install -D -m 644 {EXAMPLES}/tls.conf {DROP_IN} && systemctl daemon-reload")
    run("systemctl enable roost-tls.socket && systemctl restart roost.service")
    until("it serves", lambda: names() == ["one.example"])
    # Its memory has the key.
    assert run("systemctl show -P LimitCORE roost.service") == "0\n"
    assert shaken("one").version() == "TLSv1.3"
    # The address for this machine stays as it was.
    Chatter().leave()


def a_renewed_certificate_is_used_and_nobody_is_lost():
    """The new files are root's, and systemd's copies are those of the start."""
    chatter, old = Chatter().enter("tess", "lobby"), shaken("one")
    start, process = now(), main_process()
    renew("two")
    run(f"install -m 755 {EXAMPLES}/renew-hook /tmp/renew-hook && /tmp/renew-hook")
    assert "two.example" in event("certificate-renewed", start)["MESSAGE"]
    assert names() == ["two.example"] and main_process() == process
    shaken("two").close()
    chatter.say(type="message", room="lobby", text="still here")
    chatter.hear("message")
    old.sendall(b"GET /healthz HTTP/1.1\r\nHost: one.example\r\n\r\n")
    assert old.recv(65536).startswith(b"HTTP/1.1 200 ")
    # A program that takes over has root's files, too: systemd's copies are older.
    replace()
    run("systemctl kill -s HUP --kill-who=main roost")
    event("taken-over", start)
    assert names() == ["two.example"] and main_process() == process
    chatter.say(type="message", room="lobby", text="here again")
    chatter.hear("message")
    # A key that does not fit: the reload fails, and all goes on.
    renew("one", key="two")
    run("systemctl reload roost", 1)
    assert "key" in event("reload-failed", start)["MESSAGE"]
    assert names() == ["two.example"]
    assert not records("-p err", start, unit="roost-tls.socket")
    # Nobody else can give the server files.
    renew("one")
    refused = run("runuser -u member -- roost reload", 1)
    assert "--admin-group" in refused and names() == ["two.example"], refused


def it_is_as_it_was():
    run("systemctl disable --now roost-tls.socket roost-redirect.socket")
    run(f"rm -r {os.path.dirname(DROP_IN)} {ROOT} /etc/letsencrypt && systemctl daemon-reload")
    configure("")
    run("systemctl restart roost.socket")
    Chatter().leave()
    assert "certificates" not in json.loads(run("roost status --json"))


SCENARIOS = [
    http_leads_to_https, systemd_gives_the_certificate,
    a_renewed_certificate_is_used_and_nobody_is_lost, it_is_as_it_was,
]
