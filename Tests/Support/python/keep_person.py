"""One person in the chat, who is disconnected at any moment and goes on: logs in with the session,
resumes with the place, and sends again with its id what was not acknowledged."""

import asyncio
import json

from keep_wire import SECONDS, Ended, Line

PAUSE = 0.08  # mean seconds between two actions
WORDS = ["hello", "é", "one\ntwo", "🚂 train", "long " * 40, "", "\\\"quoted\""]


class Person:
    """`places` has the last entry that this person has of each room, as (epoch, offset)."""

    def __init__(self, world, name, rooms, uses_more):
        self.world, self.name, self.rooms, self.uses_more = world, name, rooms, uses_more
        self.session, self.is_proven = None, False
        self.places = {}
        self.unacknowledged = {}  # id: (room, text), in the order in which they were said
        self.said = 0
        self.line = None

    async def live(self):
        """Connects, and again, until the world is over."""
        while not self.world.is_over:
            try:
                await self.visit(await self.world.server.wait_until_there())
            except Ended:
                await asyncio.sleep(0.02)  # the address is refused until the next process is there

    async def visit(self, port):
        self.line, self.run = await Line.open(port), self.world.server.run
        # By `ref` the reply's handler and future; by room the pushes that came while older entries
        # are read.
        self.expected, self.ahead, self.present = {}, {}, set()
        receiving = asyncio.ensure_future(self.receive())
        acting = asyncio.ensure_future(self.act())
        try:
            done, _ = await asyncio.wait(
                [receiving, acting], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            receiving.cancel()
            acting.cancel()
            await asyncio.gather(receiving, acting, return_exceptions=True)
            self.line.close()
            self.line = None

    # What comes.

    async def receive(self):
        while True:
            got = await self.line.next()
            if got.get("ref") in self.expected:
                handler, future = self.expected.pop(got["ref"])
                handler(got)
                if not future.done():
                    future.set_result(got)
            elif got["type"] == "message":
                self.pushed(got)
            elif got["type"] == "joined":
                self.world.record.fault(f"{self.name}: unasked {json.dumps(got)[:200]}")

    async def ask(self, handler=lambda got: None, **fields):
        """Sends a command: its reply, which the handler sees in its order among the pushes."""
        future = asyncio.get_running_loop().create_future()
        self.expected[self.line.send(**fields)] = handler, future
        try:
            return await asyncio.wait_for(future, SECONDS)
        except asyncio.TimeoutError:
            self.world.record.fault(f"{self.name}: no reply to {fields}")
            raise EOFError from None

    def pushed(self, message):
        room = message["room"]
        if room not in self.present:
            return self.world.record.fault(f"{self.name}: a push of {room} from outside")
        if room in self.ahead:
            return self.ahead[room].append(message)
        epoch, offset = self.places[room]
        if message["offset"] != offset + 1:
            self.world.record.fault(
                f"{self.name}: a gap in {room}: {message['offset']} behind {offset}")
        epoch = message.get("epoch", epoch)
        self.world.record.see(room, epoch, message, self.run)
        self.places[room] = epoch, message["offset"]
        self.world.pushed(self, message)

    def joined(self, room, since, got):
        if got["type"] != "joined":
            return
        record = self.world.record
        self.present.add(room)
        places = record.page(got, room, self.run)
        newest = got["epoch"], got["offset"]
        if not got["recovered"]:
            # An empty room's place is no entry's, and may be forgotten.
            if since and since[1] and not self.world.may_lose:
                record.fault(f"{self.name}: recovered: false in {room} at {since}")
            if places and places[-1] != newest:
                record.fault(f"{self.name}: {room} ends with {places[-1]}, and {newest} is")
            record.counts["anew"] += since is not None
            self.places[room] = newest
            return
        record.counts["recovered"] += 1
        if not since:
            return record.fault(f"{self.name}: recovered: true without a place")
        record.recovered.append((self.name, room, since, self.run))
        if places and places[0][1] != since[1] + 1:
            record.fault(f"{self.name}: resumed {room} at {since}, and got {places[0]} first")
        self.places[room] = places[-1] if places else since
        if got.get("more"):
            self.ahead[room] = []
            self.goal = newest
        elif self.uses_more and self.places[room] != newest:
            record.fault(f"{self.name}: no more of {room} at {self.places[room]}, and {newest} is")

    def acknowledged(self, room, id, got):
        if got["type"] == "ok":
            self.unacknowledged.pop(id, None)
            self.is_proven = True
            self.world.record.acknowledge(room, got, self.name, id)
            self.world.acknowledged()
        else:
            self.world.refused(self, got)

    # What this person does.

    async def act(self):
        await self.enter()
        random = self.world.random
        while not self.world.is_over:
            for id, (room, text) in list(self.unacknowledged.items()):
                await self.say(room, id, text)
            await asyncio.sleep(random.expovariate(1 / PAUSE))
            choice, room = random.random(), random.choice(self.rooms)
            if self.world.is_draining:
                continue
            if choice < 0.65:
                says = [self.new_text(room) for _ in range(random.choice([1, 1, 1, 2, 5]))]
                await asyncio.gather(*says)
            elif choice < 0.80:
                await self.read_page(room)
            elif choice < 0.85:
                await self.enter_room(room)  # once more: the same snapshot
            elif choice < 0.90:
                self.line.send(type="typing", room=room)
            elif choice < 0.93:
                raise EOFError("this person goes, and comes back")

    async def enter(self):
        session = {"session": self.session} if self.session else {}
        got = await self.ask(type="login", user=self.name, join=False, **session)
        if got["type"] != "welcome":
            if self.is_proven:
                self.world.record.fault(f"{self.name}: the session proves nothing: {got}")
            elif got.get("code") == "name_taken":  # by a welcome that never arrived
                self.name, self.session = self.name + "_", None
            raise EOFError(got.get("text"))
        if self.is_proven and got["session"] != self.session:
            self.world.record.fault(f"{self.name}: another session than before")
        self.session = got["session"]
        for room in self.rooms:
            await self.enter_room(room)

    async def enter_room(self, room):
        since = self.places.get(room)
        fields = {"more": True} if self.uses_more else {}
        if since:
            fields["since"] = {"epoch": since[0], "offset": since[1]}
        fields["limit"] = self.world.random.choice([1, 5, 50])
        got = await self.ask(
            lambda got: self.joined(room, since, got), type="join", room=room, **fields)
        if got["type"] != "joined":
            raise EOFError(got.get("text"))
        while room in self.ahead:
            await self.catch_up(room)

    async def catch_up(self, room):
        """Reads what was missed, and then takes what came meanwhile."""
        epoch, offset = self.places[room]
        got = await self.ask(type="history", room=room, after=offset, limit=200)
        if got["type"] != "history":
            return await asyncio.sleep(got.get("retry_after_ms", 100) / 1000)
        places = self.world.record.page(got, room, self.run)
        if not places or places[0][1] != offset + 1:
            self.world.record.fault(f"{self.name}: after {offset} of {room} comes {places[:1]}")
            raise EOFError("a gap")
        wanted = [place for place in places if place[1] <= self.goal[1]]
        self.places[room] = wanted[-1]
        if wanted[-1] == self.goal:
            for push in self.ahead.pop(room):
                self.pushed(push)

    async def read_page(self, room):
        offset = self.places[room][1]
        direction = self.world.random.choice(["before", "after"])
        anchor = self.world.random.randint(max(0, offset - 2000), offset + 1)
        got = await self.ask(
            type="history", room=room, limit=self.world.random.choice([3, 50, 200]),
            **{direction: anchor})
        if got["type"] == "history":
            self.world.record.next_to(anchor, direction, got, room, self.run)

    def new_text(self, room):
        self.said += 1
        text = f"{self.name} {self.said} {self.world.random.choice(WORDS)}".rstrip()
        id = f"{self.name}-{self.said}-{self.world.random.getrandbits(48):x}"
        self.unacknowledged[id] = room, text
        return self.say(room, id, text)

    async def say(self, room, id, text):
        def heard(got):
            self.acknowledged(room, id, got)

        got = await self.ask(heard, type="message", room=room, text=text, id=id)
        await asyncio.sleep(got.get("retry_after_ms", 0) / 1000)
