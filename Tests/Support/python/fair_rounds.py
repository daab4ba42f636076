"""The scenarios of attacks: which processes there are, how often they run, and what counts then."""

import signal
import statistics
import time

from fair_attacks import TOGETHER
from fair_attacks_http import TOKENS
from fair_judge import MOST_MS, P99_MS, Judged, go, ready
from fair_server import ChatServer

# A stop closes connections during 5 s, and resets the silent after 5 more.
ANSWER_SECONDS, DRAIN_SECONDS = 1, 10


def addresses(first, count):
    return [f"203.0.{first // 250}.{first % 250 + number + 1}" for number in range(count)]


def wanted_attacks(name):
    """The processes of a scenario: which attack, and from which addresses."""
    if name in ("five_at_once", "stop_attacked"):
        return [{"attack": attack, "addresses": addresses(20 * number, 4), "prefix": f"x{number}-"}
                for number, attack in enumerate(TOGETHER)]
    count = 3 if name == "rooms_from_three" else 1
    return [{"attack": name, "addresses": addresses(0, count), "prefix": "x-"}]


def judge(command, name, seconds, runs, flags=(), attacks=None):
    """All runs of one scenario: its figures by the median of the runs, and what was wrong."""
    rounds = []
    for _ in range(runs):
        with ChatServer(command, flags, TOKENS) as server:
            one = Judged(server, attacks or wanted_attacks(name), seconds, max(2, seconds / 4))
            try:
                one.run()
            except (AssertionError, OSError, ValueError) as error:
                ended = server.process.poll()
                one.faults.append(f"{error}; the server's status is {ended}"[:200])
            rounds.append(one)
    faults = sorted({fault for one in rounds for fault in one.faults})
    middle = {}
    for part, bound in [("p99", P99_MS), ("most", MOST_MS)]:
        pairs = [(one.figures.get(f"attacked_{part}_ms"), one.figures.get(f"quiet_{part}_ms"))
                 for one in rounds]
        over = [under - quiet for under, quiet in pairs if under is not None and quiet is not None]
        middle[part] = round(statistics.median(over), 1) if over else None
        if over and middle[part] > bound and not Judged.untimed:
            faults.append(f"bystander's {part} {middle[part]:,.0f} ms more (may be {bound})")
    return {"faults": faults, "more_ms": middle, "runs": [one.figures for one in rounds]}


def stop_attacked(command, seconds, flags=()):
    """Five attacks at once, and SIGTERM in the middle: it is noticed, and ends the server."""
    with ChatServer(command, flags, TOKENS) as server:
        one = Judged(server, wanted_attacks("stop_attacked"), seconds, 0)
        children = one.attackers()
        try:
            for attacker in children:
                ready(attacker, "an attack")
            for attacker in children:
                go(attacker)
            time.sleep(seconds / 2)
            start = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            while b"Stopping" not in server.said() and time.monotonic() < start + 30:
                time.sleep(0.01)
            one.bar("stop_noticed_seconds", time.monotonic() - start, ANSWER_SECONDS, " s")
            while server.process.poll() is None and time.monotonic() < start + 30:
                time.sleep(0.01)
            one.bar("stop_seconds", time.monotonic() - start, DRAIN_SECONDS + ANSWER_SECONDS, " s")
        except AssertionError as error:
            one.faults.append(str(error))
        finally:
            for attacker in children:
                attacker.kill()
                attacker.wait()
    return {"faults": one.faults, "more_ms": {"p99": None, "most": None}, "runs": [one.figures]}
