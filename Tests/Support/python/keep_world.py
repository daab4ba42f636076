"""Twenty people in three rooms with publishers and readers over HTTP, and one server for them."""

import asyncio
import random
import time

from keep_outside import everything, follow, page, publish
from keep_person import Person
from keep_record import Record
from keep_wire import SECONDS, Ended, Line

ROOMS = ["lobby", "Kitchen", "straße"]
PEOPLE = 20


class World:
    """Runs everybody until the end of `async with`, and then compares what they saw with what the
    server has."""

    def __init__(self, server, seed, may_lose=False, people=PEOPLE, outside=True):
        self.server, self.may_lose, self.outside = server, may_lose, outside
        self.random = random.Random(seed)
        self.rooms = ROOMS
        self.record = Record()
        self.is_draining = self.is_over = False
        self.at_acknowledgement = None  # called once, at the next one
        self.people = [
            Person(self, f"user{number}", self.random.sample(ROOMS, 2), number % 2 == 0)
            for number in range(people)]
        self.refusals = []

    def acknowledged(self):
        self.last_acknowledged = time.monotonic()
        if self.at_acknowledgement:
            act, self.at_acknowledgement = self.at_acknowledgement, None
            act()

    def pushed(self, person, message):
        """For scenarios that look at it."""

    def refused(self, person, error):
        """A message was refused: only as unavailable, and it says for how long."""
        self.record.counts["refused"] += 1
        self.refusals.append(error)
        if error.get("code") != "unavailable" or "retry_after_ms" not in error:
            self.record.fault(f"{person.name}: refused: {error}")

    async def __aenter__(self):
        lives = [person.live() for person in self.people]
        if self.outside:
            lives += [publish(self, name) for name in ("hook1", "hook2")]
            lives += [page(self), *(follow(self, room) for room in ROOMS)]
        self.tasks = [asyncio.ensure_future(life) for life in lives]
        return self

    async def __aexit__(self, kind, *_):
        try:
            if kind is None:
                await self.settle()
                self.record.judge(
                    await everything(self.server, self.rooms, self.record), self.may_lose)
        finally:
            self.is_over = True
            for task in self.tasks:
                task.cancel()
            for result in await asyncio.gather(*self.tasks, return_exceptions=True):
                if isinstance(result, Exception):
                    self.record.fault(f"in the test itself: {result!r}")

    async def until(self, condition, what, seconds=SECONDS):
        """Returns when it is so, or notes a fault; ends too if the test itself has failed."""
        end = time.monotonic() + seconds
        while not condition():
            failed = [t for t in self.tasks if t.done() and not t.cancelled() and t.exception()]
            if time.monotonic() > end or failed:
                self.record.fault(f"after {seconds} s: {what}")
                return False
            await asyncio.sleep(0.01)
        return True

    async def settle(self):
        """Everything is acknowledged in the end, and everybody has all of it."""
        self.is_draining = True
        await self.until(
            lambda: not any(person.unacknowledged for person in self.people),
            "some messages are not acknowledged")
        newest = {}
        for room, entries in (await everything(self.server, self.rooms, Record())).items():
            newest[room] = max(entries, default=0)
        for person in self.people:
            await self.until(
                lambda: all(person.places.get(room, (0, -1))[1] >= newest[room]
                            for room in person.rooms),
                f"{person.name} has {person.places} of {newest}")

    async def talk(self, count):
        """Until that many more messages are acknowledged."""
        goal = self.record.counts["acknowledged"] + count
        return await self.until(
            lambda: self.record.counts["acknowledged"] >= goal, f"no {count} acknowledgements")

    async def all_are_there(self):
        """Whether all people are in their rooms."""
        return await self.until(
            lambda: all(person.line and person.present.issuperset(person.rooms)
                        for person in self.people if not self.is_draining),
            "not everybody is back")

    async def try_name(self):
        """Somebody without the session tries the name of one who has been heard."""
        proven = [person for person in self.people if person.is_proven]
        if not proven or self.server.port is None:
            return
        name = self.random.choice(proven).name
        try:
            line = await Line.open(self.server.port)
        except Ended:
            return
        try:
            line.send(type="login", user=name, join=False)
            got = await asyncio.wait_for(line.next(), SECONDS)
            if got.get("code") != "name_taken":
                self.record.fault(f"{name} was given to somebody else: {got}")
            self.record.counts["thieves"] += 1
        except Ended:
            pass
        finally:
            line.close()
