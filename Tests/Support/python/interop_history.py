"""Scenarios of the chat protocol: resuming in a room, and pages of history."""

from roost_server import Client, refused, start_server


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
