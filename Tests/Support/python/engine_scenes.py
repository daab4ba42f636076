"""Several servers that share their rooms through a real Redis: everybody hears everything, whatever
server they are on, and what happens when people or servers go."""

import signal
import threading
import time

from engine_nodes import Chat, Person, agree, status, until
from wire import expect


def shared():
    """What is said at three servers all hear at all of them, in one order and at the same places"""
    with Chat() as chat:
        nodes = [chat.node() for _ in range(3)]
        people = [Person(chat, f"user{number}", nodes[number % 3]) for number in range(4)]
        places = {}

        def talk(person):
            for number in range(100):
                text = f"{person.name} {number}"
                places[text] = person.say(text)

        talkers = [threading.Thread(target=talk, args=(person,)) for person in people]
        for talker in talkers:
            talker.start()
        for talker in talkers:
            talker.join()
        expect(len(places) == 400, f"{len(places)} were acknowledged")
        agree(*people)
        for person in people:
            seen = {text: (offset, epoch) for offset, epoch, text in person.entries}
            expect(seen == places, f"{person.name} has seen other places than were acknowledged")


def retried():
    """A message that is sent again with its id, to another server, has the place that it had"""
    with Chat() as chat:
        left, right = chat.node(), chat.node()
        ann, bob = Person(chat, "ann", left), Person(chat, "bob", left)
        first = ann.say("once", id="one")
        bob.hears("once")
        ann.leave()
        ann.enter(right)
        expect(ann.say("once", id="one") == first, "it has another place")
        second = bob.say("then", id="one")
        expect(second[0] == first[0] + 1, "the id of somebody else has counted")
        ann.hears("then")
        agree(ann, bob)


def resumed():
    """People who go on at another server are recovered, and miss nothing and see nothing twice"""
    with Chat() as chat:
        nodes = [chat.node(), chat.node()]
        ann, bob = Person(chat, "ann", nodes[0]), Person(chat, "bob", nodes[1])
        for visit in range(1, 5):
            bob.say(f"seen {visit}")
            ann.hears(f"seen {visit}")
            ann.leave()
            for number in range(20):
                bob.say(f"missed {visit} {number}")
            joined = ann.enter(nodes[visit % 2])
            expect(joined["recovered"], str(joined))
            agree(ann, bob)
        expect(len(ann.entries) == 84, f"{len(ann.entries)} entries")
        # A place that was never there.
        ann.leave()
        ann.place = (ann.place[0], "zzz")
        expect(not ann.enter(nodes[0])["recovered"], "recovered from nowhere")


def named():
    """A room is written at all servers as who has opened it has written it"""
    with Chat() as chat:
        left, right = chat.node(), chat.node()
        ann = Person(chat, "ann", left, "Trains")
        bob = Person(chat, "bob", right, "trains")
        expect(bob.ask("who", room="TRAINS")["room"] == "Trains", "another name")
        ann.say("hello")
        bob.hears("hello")
        third = chat.node()
        cid = Person(chat, "cid", third, "tRAINS")
        expect(cid.ask("who", room="trains")["room"] == "Trains", "another name")


def present():
    """Members of all servers are members; those of a server that is killed are none soon"""
    with Chat() as chat:
        left, right = chat.node(), chat.node()
        ann = Person(chat, "ann", left)
        bob = Person(chat, "bob", right)
        ann.wait(lambda: ann.members == {"ann", "bob"}, "bob")
        expect(bob.ask("who", room="lobby")["count"] == 2, "who of one server")
        cid = Person(chat, "cid", right)
        ann.wait(lambda: ("join", "cid") in ann.events, "cid")
        cid.leave()
        ann.wait(lambda: ("leave", "cid") in ann.events, "cid's end")
        # On both servers: no second member, and none that leaves when one of the two goes.
        again = Person(chat, "bob", left)
        bob.leave()
        again.say("I am still here")
        ann.hears("I am still here")
        expect(("leave", "bob") not in ann.events, "bob has left")
        dan = Person(chat, "dan", right)
        ann.wait(lambda: "dan" in ann.members, "dan")
        began = time.monotonic()
        right.process.send_signal(signal.SIGKILL)
        ann.wait(lambda: ("leave", "dan") in ann.events, "dan's end")
        expect(time.monotonic() - began < 20 / 5 + 2, "dan was a ghost for long")
        expect(ann.ask("who", room="lobby")["count"] == 2, "ghosts are counted")
        # The server that comes in its place.
        third = chat.node()
        Person(chat, "dan", third)
        ann.wait(lambda: "dan" in ann.members, "dan again")
        dan.leave()


def posted():
    """A message that a program posts at one server is heard at the others"""
    with Chat() as chat:
        left, right = chat.node(), chat.node()
        ann = Person(chat, "ann", right)
        chat.run("publish", "lobby", "the train is late", "--control", left.control)
        ann.hears("the train is late")


def lonely():
    """Without Redis people wait for a while, then hear that it does not answer; and come back"""
    with Chat() as chat:
        left, right = chat.node(), chat.node()
        ann, bob = Person(chat, "ann", left), Person(chat, "bob", right)
        ann.say("before")
        bob.hears("before")
        expect(status(left) == 200, "not ready")
        chat.redis.kill()
        until(lambda: status(left) == 503, "not ready any more")
        began = time.monotonic()
        waiting = ann.send("message", text="into the void", room="lobby", id="void")
        got = ann.reply(waiting)
        expect(got["type"] == "error" and got["code"] == "unavailable", str(got))
        expect(4 < time.monotonic() - began < 8, "it has not waited for 5 s")
        began = time.monotonic()
        got = ann.ask("message", text="again", room="lobby", id="again")
        expect(got.get("code") == "unavailable" and "retry_after_ms" in got, str(got))
        expect(time.monotonic() - began < 1, "it has waited again")
        expect(ann.close_code is None, "it was closed")
        # What is known is shown.
        cid = Person(chat, "cid", left)
        expect([entry[2] for entry in cid.entries] == ["before"], str(cid.entries))
        chat.redis.start()
        place = ann.say("into the void", id="void")
        bob.hears("into the void")
        until(lambda: status(left) == 200, "ready again")
        bob.say("after")
        ann.hears("after")
        expect([entry[:2] for entry in ann.entries if entry[2] == "into the void"] == [place],
               "it was said twice")
        agree(ann, bob)
        expect(ann.resets + bob.resets == 0, "they have begun anew")
        for words in (b"No connection to unix://", b"are shared with this server"):
            expect(words in left.said(), left.said().decode())


def greedy():
    """People enter rooms of which Redis does not send as much at once: they are read one by one"""
    rooms = ("a", "b", "c")
    with Chat("--client-output-buffer-limit", "pubsub 1mb 0 0") as chat:
        ann = Person(chat, "ann", chat.node())
        for room in rooms:
            ann.ask("join", room=room)
            said = [ann.send("message", room=room, text="x" * 3900) for _ in range(200)]
            for message in said:
                expect(ann.reply(message)["type"] == "ok", "not kept")
        other = chat.node()
        crowd = [Person(chat, f"user{room}", other) for room in rooms]
        # It has all of them before it when it goes on.
        chat.redis.send("DEBUG SLEEP 0.7").close()
        entered = [person.send("join", room=room, limit=1) for person, room in zip(crowd, rooms)]
        for person, join in zip(crowd, entered):
            got = person.reply(join)
            expect(got["type"] == "joined" and got["offset"] == 200, str(got)[:100])
        expect(b"No connection to" in other.said(), "Redis has sent all of it at once")


def slowed():
    """Redis does not answer for most of a second: everybody waits, and whoever comes then enters"""
    with Chat() as chat:
        left, right = chat.node(), chat.node()
        ann, bob = Person(chat, "ann", left), Person(chat, "bob", right)
        ann.say("before")
        for number in range(3):
            chat.redis.send("DEBUG SLEEP 0.9").close()
            ann.say(f"meanwhile {number}")
            bob.hears(f"meanwhile {number}")
            cid = Person(chat, f"cid{number}", left)
            expect(cid.entries[-1][2] == f"meanwhile {number}", str(cid.entries))
            ann.leave()
            expect(ann.enter(left)["recovered"], "not recovered")
        agree(ann, bob)


def sent_away():
    """A server that is cut off for a minute closes its connections with 1012, bit by bit"""
    with Chat() as chat:
        left = chat.node()
        people = [Person(chat, f"user{number}", left) for number in range(6)]
        chat.redis.kill()
        # The minute is 12 s here.
        until(lambda: any(person.close_code for person in people), "the first end", 25)
        expect(not all(person.close_code for person in people), "all at once")
        until(lambda: all(person.close_code for person in people), "the last end", 45)
        codes = {person.close_code for person in people}
        expect(codes == {1012}, str(codes))


def stopped():
    """A server hands nothing over, and says so; when it stops, its people are members no more"""
    with Chat() as chat:
        left, right = chat.node(), chat.node()
        ann, bob = Person(chat, "ann", left), Person(chat, "bob", right)
        ann.wait(lambda: "bob" in ann.members, "bob")
        right.process.send_signal(signal.SIGUSR1)
        until(lambda: b"does not hand its connections over" in right.said(), "the sentence")
        bob.say("I am still here")
        ann.hears("I am still here")
        right.process.terminate()
        # Long before its silence would say so.
        ann.wait(lambda: ("leave", "bob") in ann.events, "bob's end", 8)
        expect(bob.close_code == 1001, f"closed with {bob.close_code}")
