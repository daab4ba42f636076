#!/usr/bin/env python3
"""The chat protocol with another project's client: Python's `websockets` against `roost serve`.

    interop_client.py [--only NAME]… -- COMMAND that starts the server
    interop_client.py --list | --check

Prints a line for each scenario, and ends with 1 if one failed. `--check` prints in one line what is
missing to run this, if anything.
"""

import argparse
import json
import re
import sys
import time
import urllib.error
import urllib.request

try:
    import roost_server
    from roost_server import Client, Server
    from websockets.exceptions import InvalidStatus
    from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
    missing = None
except ImportError as problem:
    missing = f"Python has no {problem.name}; `make test` installs it"

arguments = None

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


def start_server(*flags):
    return Server([*arguments.command, *flags])


def refused(answer, code):
    assert answer["type"] == "error" and answer["code"] == code, (code, answer)
    assert answer["text"].strip(), answer


def handshake():
    """`/chat` and `/` upgrade, with the subprotocol and without; foreign pages do not."""
    with start_server() as server:
        for path, name in (("/chat", "ann"), ("/", "bob")):
            with Client(server, path) as client:
                assert client.socket.subprotocol == "roost.v1"
            with Client(server, path, subprotocols=None) as client:
                assert client.socket.subprotocol is None
                client.log_in(name)
        with Client(server, origin=server.page.rstrip("/")) as client:
            client.log_in("cy")
        for origin in ("https://evil.example", "null"):
            try:
                Client(server, origin=origin)
            except InvalidStatus as problem:
                assert problem.response.status_code == 403, problem
            else:
                raise AssertionError(f"{origin} was let in")


def login():
    """Names: which are valid, which are the same, and how a user proves their identity."""
    with start_server("--rate-limit", "off") as server, Client(server) as ann:
        for command in ("join", "leave", "message", "typing", "history", "who"):
            refused(ann.ask(type=command, room="lobby", text="x", before=1), "not_logged_in")
        for name in ("", " ", "two words", "-dash", "n" * 33, "a\u200bb", "a\u0000", "@ann", "a,b"):
            refused(ann.ask(type="login", user=name), "bad_name")
        for field in (7, None, ["ann"], {}):
            refused(ann.ask(type="login", user=field), "bad_request")
        welcome = ann.log_in("Straße")
        assert welcome["user"] == "Straße" and welcome["limits"]["text"] == 4000, welcome
        assert welcome["limits"]["rooms"] == 64 and welcome["session"], welcome
        assert isinstance(welcome["connection"], int), welcome
        joined = ann.wait_for("joined")
        assert joined["room"] == "lobby" and joined["members"] == ["Straße"], joined
        refused(ann.ask(type="login", user="other"), "already_logged_in")
        with Client(server) as other:
            refused(other.ask(type="login", user="STRASSE"), "name_taken")
            refused(other.ask(type="login", user="strasse", session="x" * 22), "name_taken")
            again = other.log_in("Straße", session=welcome["session"], join=False)
            assert again["connection"] != welcome["connection"]
            answer = other.ask(type="join", room="lobby")
            assert answer["members"] == ["Straße"] and answer["count"] == 1, answer


def messages():
    """All members get each message, the sender too, as the same bytes; offsets grow by one."""
    with start_server() as server, Client(server) as ann, Client(server) as bob:
        ann.log_in("ann")
        bob.log_in("bob")
        texts = ["hello", "two\nlines\t\u0001", "naïve 🐓 \U0001F468\u200d\U0001F469", "\"quo\\te\"",
                 "\u2028 </script>", "x" * 4000, "🐓" * 4000]
        first = ann.wait_for("joined")["offset"] + 1
        for number, text in enumerate(texts):
            assert ann.say(text) == first + number
            seen = [client.wait_for("message", offset=first + number) for client in (ann, bob)]
            assert seen[0] == seen[1], seen
            assert seen[0]["text"] == text and seen[0]["user"] == "ann", seen
            assert seen[0]["room"] == "lobby" and TIME.match(seen[0]["at"]), seen
            assert "id" not in seen[0], seen
        ann.send(type="message", text="as bytes")
        frames = [client.read_raw("as bytes") for client in (ann, bob)]
        assert frames[0] == frames[1], frames
        refused(ann.ask(type="message", text="x" * 4001), "too_long")
        refused(ann.ask(type="message", text=""), "bad_request")
        refused(ann.ask(type="message", text="x", room="elsewhere"), "not_in_room")


def retry():
    """The same id is stored and delivered once, from any connection of the user."""
    with start_server() as server, Client(server) as ann, Client(server) as bob:
        session = ann.log_in("ann")["session"]
        bob.log_in("bob")
        first = ann.ask(type="message", text="once", id="0f8c")
        assert first == ann.ask(type="message", text="once", id="0f8c") | {"ref": first["ref"]}
        with Client(server) as other:
            other.log_in("ann", session=session)
            again = other.ask(type="message", text="once", id="0f8c")
            assert again["offset"] == first["offset"], (first, again)
        mine = bob.ask(type="message", text="mine", id="0f8c")
        assert mine["offset"] == first["offset"] + 1, mine
        assert bob.wait_for("message")["id"] == "0f8c"
        assert bob.wait_for("message")["text"] == "mine"
        refused(ann.ask(type="message", text="x", id=""), "bad_request")
        refused(ann.ask(type="message", text="x", id="i" * 65), "bad_request")


def order():
    """Replies come in the order of the commands, and a push comes before later replies."""
    with start_server() as server, Client(server) as ann:
        ann.log_in("ann")
        ann.wait_for("joined")
        for number in range(5):
            ann.send(type="message", text=str(number), ref=f"say {number}")
            ann.send(type="who", room="lobby", ref=f"who {number}")
            ann.send(type="nonsense", ref=f"bad {number}")
        refs = []
        while len(refs) < 15:
            got = ann.next()
            if "ref" in got:
                refs.append(got["ref"])
        expected = [f"{word} {n}" for n in range(5) for word in ("say", "who", "bad")]
        assert refs == expected, refs


def errors():
    """Invalid commands are answered, and the connection goes on."""
    with start_server("--rate-limit", "off") as server, Client(server) as ann:
        for text, code in (
            ("", "bad_json"), ("{", "bad_json"), ('{"type":"login",}', "bad_json"),
            ("{}{}", "bad_json"), ('{"type":"\\x"}', "bad_json"), ("[" * 5000, "bad_json"),
            ("[]", "bad_request"), ("7", "bad_request"), ("null", "bad_request"),
            ("{}", "bad_request"), ('{"type":7}', "bad_request"), ('{"type":"login"}', "bad_request"),
        ):
            ann.socket.send(text)
            refused(ann.next(), code)
        answer = ann.ask(type="dance")
        refused(answer, "unknown_type")
        ann.log_in("ann", unknown={"field": [1, 2, {"deep": None}]})
        ann.wait_for("joined")
        for command, code in (
            ({"type": "join"}, "bad_request"), ({"type": "join", "room": "a b"}, "bad_name"),
            ({"type": "join", "room": "r" * 65}, "bad_name"),
            ({"type": "message"}, "bad_request"), ({"type": "message", "text": 7}, "bad_request"),
            ({"type": "history", "room": "lobby"}, "bad_request"),
            ({"type": "history", "room": "lobby", "before": 1, "after": 1}, "bad_request"),
            ({"type": "who", "room": "elsewhere"}, "not_in_room"),
            ({"type": "leave", "room": "elsewhere"}, "not_in_room"),
        ):
            refused(ann.ask(**command), code)
        assert ann.say("still here") == 1


def resume():
    """`since` brings exactly the missed messages, or reports that it can't."""
    with start_server("--rate-limit", "off") as server, Client(server) as ann:
        ann.log_in("ann")
        with Client(server) as bob:
            bob.log_in("bob")
            epoch = bob.wait_for("joined")["epoch"]
            assert ann.say("seen") == 1
            bob.wait_for("message")
        for number in range(2, 300):
            ann.send(type="message", text=str(number))
        ann.say("300")
        with Client(server) as bob:
            bob.log_in("bobby", join=False)
            join = {"type": "join", "room": "lobby"}
            joined = bob.ask(**join, since={"epoch": epoch, "offset": 1}, limit=100)
            assert joined["recovered"] is True, joined
            got = joined["messages"]
            assert [m["offset"] for m in got] == list(range(2, 102)), got
            for offset in range(102, 301):
                assert bob.next()["offset"] == offset
            ann.say("newer")
            assert bob.wait_for("message")["offset"] == 301
            for since in ({"epoch": "nonsense", "offset": 1}, {"epoch": epoch, "offset": 999}):
                joined = bob.ask(**join, since=since, limit=10)
                assert joined["recovered"] is False, joined
                assert [m["offset"] for m in joined["messages"]] == list(range(292, 302))
            joined = bob.ask(**join, since={"epoch": epoch, "offset": 301})
            assert joined["recovered"] is True and joined["messages"] == [], joined
            refused(bob.ask(**join, since={"epoch": epoch}), "bad_request")


def history():
    """Pages of the past, oldest first, in both directions."""
    with start_server("--rate-limit", "off") as server, Client(server) as ann:
        ann.log_in("ann")
        for number in range(1, 121):
            ann.send(type="message", text=str(number))
        ann.say("121")

        def page(**range):
            reply = ann.ask(type="history", room="lobby", **range)
            assert reply["type"] == "history", reply
            offsets = [message["offset"] for message in reply["messages"]]
            assert [message["text"] for message in reply["messages"]] == list(map(str, offsets))
            return offsets, reply["more"]

        assert page(before=122) == (list(range(72, 122)), True)
        assert page(before=72, limit=71) == (list(range(1, 72)), False)
        assert page(before=1) == ([], False)
        assert page(after=0, limit=3) == ([1, 2, 3], True)
        assert page(after=119) == ([120, 121], False)
        assert page(after=121) == ([], False)
        assert len(page(before=122, limit=200)[0]) == 121


def rooms():
    """Members, presence and typing, per room; the form of a room's name."""
    with start_server() as server, Client(server) as ann, Client(server) as bob:
        ann.log_in("ann", join=False)
        bob.log_in("bob", join=False)
        garden = ann.ask(type="join", room="Garden")
        assert garden["room"] == "Garden" and garden["members"] == ["ann"], garden
        assert bob.ask(type="join", room="gARDEN")["room"] == "Garden"
        push = ann.wait_for("presence")
        assert push == {"type": "presence", "room": "Garden", "user": "bob", "event": "join",
                        "count": 2}, push
        who = ann.ask(type="who", room="garden")
        assert sorted(who["members"]) == ["ann", "bob"] and who["count"] == 2, who
        bob.send(type="typing", room="garden")
        bob.send(type="typing", room="garden")
        bob.say("done", room="garden")
        assert ann.wait_for("typing") == {"type": "typing", "room": "Garden", "user": "bob"}
        assert ann.wait_for("message")["text"] == "done"
        assert not [push for push in ann.pushes if push["type"] == "typing"], ann.pushes
        assert bob.ask(type="leave", room="garden")["type"] == "ok"
        assert ann.wait_for("presence")["event"] == "leave"
        refused(bob.ask(type="message", room="garden", text="x"), "not_in_room")
        ann.say("alone", room="garden")
        assert bob.ask(type="join", room="lobby")["type"] == "joined"
        assert not [push for push in bob.pushes if push.get("text") == "alone"]
        ann.ask(type="join", room="lobby")
        bob.wait_for("presence", event="join", user="ann")
        ann.socket.close()
        assert bob.wait_for("presence", event="leave")["user"] == "ann"


def rate():
    """A client that is too fast learns how long to wait, and is served; a flood is closed."""
    with start_server() as server, Client(server) as ann:
        ann.log_in("ann")
        ann.wait_for("joined")
        for number in range(30):
            ann.send(type="message", text=str(number), ref=str(number))
        answers = []
        while len(answers) < 30:
            got = ann.next()
            if "ref" in got:
                answers.append(got)
        late = [answer for answer in answers if answer["type"] == "error"]
        assert 5 <= len(late) <= 12, answers
        for answer in late:
            refused(answer, "rate_limited")
            assert 0 < answer["retry_after_ms"] <= 5000, answer
        time.sleep(late[-1]["retry_after_ms"] / 1000)
        assert ann.ask(type="message", text="patient")["type"] == "ok"
        for _ in range(300):
            try:
                ann.send(type="typing", room="lobby")
            except Exception:
                break
        assert ann.closed()[0] == 4002


def closing():
    """Violations are closed with their code; a stop closes with 1001, and its status is 0."""
    with start_server() as server:
        for send, code in (
            (lambda socket: socket.send(b"binary"), 1003),
            (lambda socket: socket.send(b"\xff\xfe", text=True), 1007),
            (lambda socket: socket.send('"' + "x" * (65 << 10) + '"'), 1009),
        ):
            with Client(server) as client:
                send(client.socket)
                got, reason = client.closed()
                assert got == code, (code, got, reason)
                assert reason.strip(), code
        with Client(server) as client:
            client.log_in("ann")
            server.process.terminate()
            code, reason = client.closed()
            assert code == 1001 and reason.strip(), (code, reason)
        assert server.process.wait(roost_server.PATIENCE) == 0


def compression():
    """Compression: each kind of offer, a long conversation, and none if it is off."""
    offers = [
        dict(),
        dict(server_no_context_takeover=True, client_no_context_takeover=True),
        dict(server_max_window_bits=9, client_max_window_bits=9),
        dict(client_max_window_bits=None, compress_settings={"level": 9}),
        dict(client_no_context_takeover=True, compress_settings={"level": 0}),
    ]
    text = "naïve 🐓 " * 300
    for flags, kept in ((), None), (("--client-window", "15"), 15), (("--client-window", "9"), 9):
        with start_server("--rate-limit", "off", *flags) as server:
            for number, offer in enumerate(offers):
                extension = ClientPerMessageDeflateFactory(**offer)
                with Client(server, compression=None, extensions=[extension]) as client:
                    [agreed] = client.socket.protocol.extensions
                    assert agreed.remote_no_context_takeover
                    keeps = kept and not offer.get("client_no_context_takeover") and (
                        kept == 15 or offer.get("client_max_window_bits", True))
                    assert agreed.local_no_context_takeover != bool(keeps), (kept, offer)
                    client.log_in(f"user{number}")
                    for repeat in range(5):
                        client.say(f"{repeat} {text}")
                        assert client.wait_for("message")["text"] == f"{repeat} {text}"
    with start_server("--compression", "off") as server, Client(server) as client:
        assert client.socket.protocol.extensions == []
        client.log_in("ann")
        client.say(text)


def plain_http():
    """The page and the probes, beside the upgrade on the same port."""
    with start_server() as server:
        def get(path, **headers):
            request = urllib.request.Request(server.page.rstrip("/") + path, headers=headers)
            try:
                with urllib.request.urlopen(request, timeout=roost_server.PATIENCE) as response:
                    return response.status, response.headers, response.read()
            except urllib.error.HTTPError as problem:
                return problem.code, problem.headers, problem.read()

        status, headers, body = get("/")
        assert status == 200 and headers["Content-Type"].startswith("text/html"), headers
        assert b"<!doctype html>" in body.lower() and headers["X-Content-Type-Options"] == "nosniff"
        for path in ("/healthz", "/readyz"):
            status, headers, body = get(path)
            assert status == 200 and isinstance(json.loads(body), dict), (path, body)
        assert get("/nothing")[0] == 404
        assert get("/metrics")[0] == 404
        status, headers, body = get("/chat")
        assert 400 <= status < 500 and body.strip(), (status, body)


SCENARIOS = {
    function.__name__: function
    for function in (handshake, login, messages, retry, order, errors, resume, history, rooms,
                     rate, closing, compression, plain_http)
}


def main():
    global arguments
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", choices=SCENARIOS, help="this scenario")
    parser.add_argument("--list", action="store_true", help="name the scenarios")
    parser.add_argument("--check", action="store_true", help="say what is missing")
    parser.add_argument("command", nargs="*", help="starts the server")
    arguments = parser.parse_args()
    if arguments.list:
        print("\n".join(SCENARIOS))
        return 0
    if missing:
        print(missing)
        return 0 if arguments.check else 2
    if arguments.check:
        return 0
    return roost_server.run(SCENARIOS, arguments.only)


if __name__ == "__main__":
    sys.exit(main())
