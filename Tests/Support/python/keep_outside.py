"""Publishers, readers of pages and event streams, over HTTP, while the server is killed."""

import asyncio
import json
from urllib.parse import quote

from keep_server import TOKEN
from keep_wire import Ended, events, http


def path(room, rest="messages"):
    return f"/rooms/{quote(room)}/{rest}"


async def publish(world, name):
    """Publishes, with the same id until it is acknowledged."""
    count = 0
    while not world.is_draining:
        count += 1
        room = world.random.choice(world.rooms)
        id = f"{name}-{count}-{world.random.getrandbits(48):x}"
        body = {"user": name, "text": f"{name} {count}", "id": id}
        while not world.is_over:
            try:
                port = await world.server.wait_until_there()
                status, got = await http(port, "POST", path(room), body, TOKEN)
            except Ended:
                await asyncio.sleep(0.02)
                continue
            if status in (200, 201):
                world.record.acknowledge(room, got, name, id)
                world.acknowledged()
                break
            if status != 503:
                world.record.fault(f"publishing is answered with {status}: {got}")
            await asyncio.sleep(0.2)
        await asyncio.sleep(world.random.expovariate(10))


async def page(world):
    """Reads pages of the past, and waits for new messages."""
    newest = {}
    while not world.is_over:
        room = world.random.choice(world.rooms)
        query = world.random.choice(["", "?limit=200", "?before=100", "?after=0&limit=7"])
        place = newest.get(room)
        if place and world.random.random() < 0.5:
            query = f"?after={place[1]}&epoch={place[0]}&wait=1"
        try:
            port, run = await world.server.wait_until_there(), world.server.run
            status, got = await http(port, "GET", path(room) + query)
        except Ended:
            await asyncio.sleep(0.02)
            continue
        if status != 200:
            await asyncio.sleep(0.1)
            continue
        places = world.record.page(got, room, run)
        if "wait" in query:
            if got["recovered"]:
                world.record.recovered.append(("a poll", room, place, run))
                if places and places[0][1] != place[1] + 1:
                    world.record.fault(f"a poll of {room} after {place} got {places[0]}")
            elif not world.may_lose:
                world.record.fault(f"a poll of {room} after {place}: recovered: false")
        if places:
            newest[room] = places[-1]
        await asyncio.sleep(world.random.expovariate(10))


async def follow(world, room):
    """Reads a room's events, and goes on from the last of them."""
    last, place = "", None
    while not world.is_over:
        try:
            port, run = await world.server.wait_until_there(), world.server.run
            is_first = True
            async for event, id, data in events(port, path(room, "events"), last):
                if event == "reset":
                    if not world.may_lose:
                        world.record.fault(f"the events of {room} begin anew behind {last}")
                    place = None
                if not data or event != "message":
                    continue
                message = json.loads(data)
                offset, epoch = id.split("-", 1)
                if place and message["offset"] != place[1] + 1:
                    world.record.fault(f"events of {room}: {id} behind {place}")
                if place and is_first:
                    world.record.recovered.append(("a stream", room, place, run))
                is_first = False
                world.record.see(room, epoch, message, run)
                last, place = id, (epoch, int(offset))
        except Ended:
            await asyncio.sleep(0.05)


async def everything(server, rooms, record):
    """All that the server has, page by page: {room: {offset: (epoch, (user, id, text))}}."""
    final = {}
    for room in rooms:
        entries = final[room] = {}
        before = ""
        while True:
            status, got = await http(server.port, "GET", f"{path(room)}?limit=200{before}")
            if status != 200:
                record.fault(f"the history of {room} is answered with {status}: {got}")
                break
            places = record.page(got, room, server.run)
            for (epoch, offset), message in zip(places, got["messages"]):
                entries[offset] = epoch, (message["user"], message.get("id"), message["text"])
            if not places or not got["more"]:
                break
            before = f"&before={places[0][1]}"
    return final
