#!/usr/bin/env python3
"""A crowd that chats with the server of a booted machine while somebody restarts it:

    crowd.py FOLDER [--people N] [--pages N]

Runs in the machine's network, and shares FOLDER with repeating.py: the file `open` says that the
server can be reached, the crowd's `there` that all are in, `enough` that no more is to come, and
`verdict` what they have seen. Rooms have twenty people each. Nobody comes back: a close, and any
message that is lost, doubled or out of order, is a fault. `fault` has the first one.
"""

import argparse
import asyncio
import random
import resource
import sys
from pathlib import Path

from crowd_pages import Pages
from crowd_people import Library, Own, Record

IN_A_ROOM = 20
PACE = 5  # seconds between two messages of one person, on the average
PATIENCE = 60


async def until(condition, what, seconds=PATIENCE):
    end = asyncio.get_running_loop().time() + seconds
    while not condition():
        if asyncio.get_running_loop().time() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        await asyncio.sleep(0.05)


async def talks(person, stops):
    """Says something again and again, each time when the last was heard."""
    while not stops.is_set():
        await asyncio.sleep(random.uniform(0, 2 * PACE))
        if not stops.is_set():
            await person.say()


async def converse(folder, record, people):
    """All talk until it is enough; what was said then has to be heard by everybody."""
    stops = asyncio.Event()
    tasks = [asyncio.create_task(talks(person, stops)) for person in people]
    last = 0
    while not (folder / "enough").exists() and not record.faults:
        await asyncio.sleep(0.2)
        count = (folder / "count").read_text() if (folder / "count").exists() else "0"
        if record.said >= last + 5000:
            last = record.said
            print(f"   {count} times, {record.said} messages", flush=True)
    stops.set()
    if not record.faults:
        await asyncio.wait_for(asyncio.gather(*tasks), PATIENCE)
        ends = {}
        for person in people:
            ends[person.room] = ends.get(person.room, 0) + person.said
        for person in people:
            await until(lambda: person.offset >= ends[person.room] or record.faults,
                        f"{person.name} has heard all {ends[person.room]}")
    for task in tasks:
        task.cancel()


async def run(options):
    folder, record = options.folder, Record(options.folder / "fault")
    await until(lambda: (folder / "open").exists(), "the server is there", 600)
    library = options.people // 10
    names = [f"person{number}" for number in range(options.people)]
    room = {name: f"room{number // IN_A_ROOM}" for number, name in enumerate(names)}
    # Each kind is in many rooms.
    random.Random(1).shuffle(names)
    async with Pages(record) as pages:
        people = []
        for number, name in enumerate(names):
            if number < options.pages:
                people.append(await pages.person(name, room[name]))
            else:
                kind = Library if number < options.pages + library else Own
                people.append(await kind.enter(record, name, room[name]))
        (folder / "there").touch()
        await converse(folder, record, people)
        for person in people:
            await person.check()
    words = (f"{len(people)} people ({len(people) - options.pages - library} with our own client, "
             f"{library} with websockets, {options.pages} pages): {record.said} messages said, "
             f"{record.heard} times heard, {len(record.faults)} faults")
    for fault in record.faults[:10]:
        words += f"\n   {fault}"
    return words, not record.faults


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=1000, help="how many, in all")
    parser.add_argument("--pages", type=int, default=4, help="of them with the page in Chromium")
    options = parser.parse_args()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    try:
        words, is_good = asyncio.run(run(options))
    except Exception as problem:
        words, is_good = f"the crowd failed: {type(problem).__name__}: {problem}", False
        (options.folder / "fault").write_text(words)
    part = options.folder / "verdict.part"
    part.write_text(("ok " if is_good else "FAIL ") + words)
    part.rename(options.folder / "verdict")
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
