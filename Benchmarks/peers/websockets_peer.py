"""The peer of Python's `websockets`: `websockets_peer.py echo|broadcast PORT [CERTIFICATE KEY]`."""

import asyncio
import ssl
import sys

from websockets.asyncio.server import broadcast, serve
from websockets.exceptions import ConnectionClosed

mode, port = sys.argv[1], int(sys.argv[2])
connections = set()


async def handle(connection):
    connections.add(connection)
    try:
        async for message in connection:
            if mode == "echo":
                await connection.send(message)
            else:
                broadcast(connections, message)
    except ConnectionClosed:
        pass
    finally:
        connections.discard(connection)


async def main():
    options = {"compression": None, "max_size": 64 << 20, "ping_interval": None, "backlog": 4096}
    if len(sys.argv) >= 5:
        options["ssl"] = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        options["ssl"].load_cert_chain(sys.argv[3], sys.argv[4])
    async with serve(handle, "127.0.0.1", port, **options):
        await asyncio.get_running_loop().create_future()


asyncio.run(main())
