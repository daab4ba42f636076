"""Several servers that share their rooms through a real Redis, and what they do when that loses its
data, its connections, its functions or its role: nothing that was acknowledged is lost."""

import threading
import time

from engine_nodes import Chat, Forwarder, Person, agree
from redis_scenes import Redis
from wire import expect


class Talk:
    """Two servers, and three people who talk all the time."""

    def __init__(self, chat):
        self.nodes = [chat.node(), chat.node()]
        self.people = [
            Person(chat, name, self.nodes[number % 2])
            for number, name in enumerate(("ann", "bob", "cid"))]
        self.acknowledged, self.failure = {}, None
        self.is_over = False
        self.threads = [
            threading.Thread(target=self._talk, args=(person,), daemon=True)
            for person in self.people]
        for thread in self.threads:
            thread.start()

    def _talk(self, person):
        number = 0
        try:
            while not self.is_over:
                number += 1
                text = f"{person.name} {number}"
                self.acknowledged[text] = person.say(text)
                time.sleep(0.01)
        except BaseException as failure:
            self.failure = failure

    def goes_on(self, count=20):
        """Until that many more messages were acknowledged."""
        wanted = len(self.acknowledged) + count
        end = time.monotonic() + 30
        while len(self.acknowledged) < wanted:
            expect(self.failure is None, str(self.failure))
            expect(time.monotonic() < end, "nobody can talk")
            time.sleep(0.02)

    def end(self, begins_anew=False):
        """Everybody has everything that was acknowledged, once, and has noticed nothing."""
        self.is_over = True
        for thread in self.threads:
            thread.join()
        expect(self.failure is None, str(self.failure))
        agree(*self.people)
        for person in self.people:
            texts = [entry[2] for entry in person.entries]
            expect(len(set(texts)) == len(texts), f"{person.name} has doublets")
            expect(begins_anew or person.resets == 0, f"{person.name} has begun anew")
            if person.resets == 0:
                missing = self.acknowledged.keys() - set(texts)
                expect(not missing, f"{person.name} misses {sorted(missing)[:5]}")


def killed():
    """Redis is killed and comes back with nothing: it is given back what the servers have"""
    with Chat() as chat:
        talk = Talk(chat)
        for _ in range(3):
            talk.goes_on()
            chat.redis.kill()
            time.sleep(0.2)
            chat.redis.start()
            talk.goes_on()
        talk.end()
        # Somebody who comes now has everything, too.
        new = Person(chat, "dan", talk.nodes[1])
        wanted = [entry[2] for entry in talk.people[0].entries][-200:]
        expect([entry[2] for entry in new.entries] == wanted, "a newcomer has something else")


def emptied():
    """All data of Redis are deleted: the servers give them back within a heartbeat or two"""
    with Chat() as chat:
        talk = Talk(chat)
        for _ in range(3):
            talk.goes_on()
            expect(chat.redis.command("FLUSHALL").startswith(b"+OK"), "not emptied")
            talk.goes_on()
        talk.end()


def cut():
    """Redis ends all connections, again and again"""
    with Chat() as chat:
        talk = Talk(chat)
        for _ in range(5):
            talk.goes_on()
            expect(chat.redis.command("CLIENT KILL TYPE pubsub").startswith(b":"), "not cut")
        talk.goes_on()
        talk.end()


def forgotten():
    """The functions are deleted, or the scripts' memory with them: they are loaded again"""
    with Chat() as chat:
        talk = Talk(chat)
        for _ in range(3):
            talk.goes_on()
            expect(chat.redis.command("FUNCTION FLUSH").startswith(b"+OK"), "not deleted")
            talk.goes_on()
        talk.end()


def paused():
    """Redis answers nobody for three seconds: the connections are given up, and made again"""
    with Chat() as chat:
        talk = Talk(chat)
        talk.goes_on()
        chat.redis.send("DEBUG SLEEP 3").close()
        talk.goes_on()
        talk.end()


def promoted():
    """A replica becomes the master, and the address leads to it: nobody notices"""
    with Redis() as first, Redis() as second, Forwarder(first.path) as copies, \
            Forwarder(first.path) as front, Chat(through=f"redis://127.0.0.1:{front.port}") as chat:
        second.command(f"REPLICAOF 127.0.0.1 {copies.port}")
        end = time.monotonic() + 15
        while b"master_link_status:up" not in second.command("INFO replication"):
            expect(time.monotonic() < end, "no replica")
            time.sleep(0.05)
        talk = Talk(chat)
        talk.goes_on(50)
        copies.close()
        expect(second.command("REPLICAOF NO ONE").startswith(b"+OK"), "not promoted")
        front.turn(second.path)
        first.kill()
        talk.goes_on(50)
        talk.end()
