"""Scenarios of the chat protocol: names, messages, rooms, errors and the rate limit."""

import re
import time

from roost_server import Client, refused, start_server

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


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
        texts = ["hello", "two\nlines\t", "naïve 🐓 \U0001F468\u200d\U0001F469", "\"quo\\te\"",
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
            ("{}", "bad_request"), ('{"type":7}', "bad_request"),
            ('{"type":"login"}', "bad_request"),
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
