#!/usr/bin/env python3
"""A well-behaved client: echoes one small message after another while others misbehave.

    bystander.py PORT [CA]   until its standard input ends; then prints its round trips as JSON

With a file of authorities it speaks TLS. A message is due every 5 ms. If it is late because the
previous message was not answered, its time still counts from when it was due, so a pause of the
server counts for all messages that it delayed and not as one sample.
"""

import json
import select
import ssl
import sys
import time

from wire import TEXT, Client, frame

PERIOD = 0.005


def main():
    samples = []  # (when it was due, seconds until the echo was there)
    context = ssl.create_default_context(cafile=sys.argv[2]) if len(sys.argv) > 2 else None
    with Client(int(sys.argv[1]), seconds=30, context=context) as client:
        print("ready", flush=True)
        due, number = time.monotonic(), 0
        while not select.select([sys.stdin], [], [], max(0, due - time.monotonic()))[0]:
            text = b"bystander %d" % number
            client.socket.sendall(frame(TEXT, text))
            got = client.next_frame()
            while got and got[0] != TEXT:  # pings need no answer: there is always traffic
                got = client.next_frame()
            if got is None or not got[1].endswith(text):
                sys.exit(f"the bystander got {got} for {text}")
            samples.append((due, time.monotonic() - due))
            due, number = due + PERIOD, number + 1
    json.dump(samples, sys.stdout)


if __name__ == "__main__":
    main()
