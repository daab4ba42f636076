"""The history checker: what all clients have got, and what must be true of it at the end.

A place is (room, epoch, offset). Whatever breaks a promise of PROTOCOL.md (Places, Resume, Stored
before seen, id) becomes a sentence in `faults`.
"""

from collections import defaultdict

ID_DISTANCE = 1000  # within as many entries an id appears once


class Record:
    """What is known of all places. `run` is the number of the server's process."""

    def __init__(self):
        self.faults = []
        self.seen = {}  # place: (user, id, text)
        self.first_run = {}  # place: the process of which it was seen first
        self.acknowledged = {}  # place: (user, id)
        self.recovered = []  # (who, room, place, run): answers `recovered: true`
        self.counts = defaultdict(int)

    def fault(self, sentence):
        self.counts["faults"] += 1
        if len(self.faults) < 20:
            self.faults.append(sentence)

    def see(self, room, epoch, message, run):
        """Notes an entry that somebody got, whatever the way."""
        place = (room, epoch, message["offset"])
        value = (message["user"], message.get("id"), message["text"])
        if self.seen.setdefault(place, value) != value:
            self.fault(f"{place} names two messages: {self.seen[place]} and {value}")
        self.first_run.setdefault(place, run)
        self.counts["seen"] += 1

    def acknowledge(self, room, reply, user, id):
        """Notes `ok` of a message."""
        place = (room, reply["epoch"], reply["offset"])
        if self.acknowledged.setdefault(place, (user, id)) != (user, id):
            self.fault(f"{place} is acknowledged for {self.acknowledged[place]} and {user} {id}")
        self.counts["acknowledged"] += 1

    def page(self, page, room, run):
        """Notes all entries of a page; returns their places, which follow one another."""
        epoch = page.get("first_epoch", page["epoch"])
        places = []
        for message in page["messages"]:
            epoch = message.get("epoch", epoch)
            if places and message["offset"] != places[-1][1] + 1:
                self.fault(f"a page of {room} has {message['offset']} behind {places[-1]}")
            self.see(room, epoch, message, run)
            places.append((epoch, message["offset"]))
        if places and places[-1][1] == page["offset"] and places[-1][0] != page["epoch"]:
            self.fault(f"a page of {room} ends with {places[-1]}, and says {page['epoch']}")
        return places

    def next_to(self, anchor, direction, page, room, run):
        """Notes a page of history, which begins beside the anchor and says whether it is all."""
        offsets = [offset for _, offset in self.page(page, room, run)]
        newest = page["offset"]
        if direction == "before":
            expected, ends = min(anchor - 1, newest), offsets[-1:]
            is_all = not offsets or offsets[0] == 1
        else:
            expected, ends = min(anchor + 1, newest + 1), offsets[:1]
            is_all = not offsets or offsets[-1] >= newest
        if 1 <= expected <= newest and ends != [expected] or page["more"] == is_all:
            self.fault(f"history of {room} {direction} {anchor} of {newest}: {offsets[:1]} to "
                       f"{offsets[-1:]}, more: {page['more']}")

    def judge(self, final, may_lose=False):
        """Compares all of it with all that the server has at the end.

        `final` has for each room its entries, {offset: (epoch, (user, id, text))}. With `may_lose`,
        what a process had at its end may be lost: the newest entries, nothing between, and no later
        process says `recovered: true` to a client that has more than is there.
        """
        lost = set()
        for place, value in self.seen.items():
            room, epoch, offset = place
            there = final.get(room, {}).get(offset)
            if there is None or there[0] != epoch:
                lost.add(place)
            elif there[1] != value:
                self.fault(f"{place} was {value} and is {there[1]}")
        for place, who in self.acknowledged.items():
            room, epoch, offset = place
            there = final.get(room, {}).get(offset)
            if there is None or there[0] != epoch:
                lost.add(place)
            elif there[1][:2] != who:
                self.fault(f"{place} was acknowledged for {who} and is {there[1]}")
        self.counts["lost"] = len(lost)
        if may_lose:
            self.judge_losses(final, lost)
        else:
            for place in sorted(lost)[:5]:
                said = "acknowledged" if place in self.acknowledged else "seen"
                self.fault(f"lost: {place}, which was {said}: {self.seen.get(place)}")
        self.judge_rooms(final)

    def judge_losses(self, final, lost):
        newest = {}
        for room, entries in final.items():
            for offset, (epoch, _) in entries.items():
                newest[room, epoch] = max(offset, newest.get((room, epoch), 0))
        for room, epoch, offset in lost:
            if offset < newest.get((room, epoch), 0):
                self.fault(f"lost from the middle: {room} {epoch} {offset}")
        for who, room, (epoch, offset), run in self.recovered:
            place = (room, epoch, offset)
            if place in lost and self.first_run.get(place, 0) < run:
                self.fault(f"{who} got recovered: true at {place}, which is lost")

    def judge_rooms(self, final):
        for room, entries in final.items():
            offsets = sorted(entries)
            if offsets != list(range(1, len(offsets) + 1)):
                self.fault(f"{room} has gaps: {len(offsets)} entries up to {offsets[-1]}")
            before = {}
            for offset in offsets:
                user, id, _ = entries[offset][1]
                if id and offset - before.get((user, id), -ID_DISTANCE - 1) <= ID_DISTANCE:
                    self.fault(f"{room} has {id} of {user} at {before[user, id]} and {offset}")
                before[user, id] = offset
