"""Runs attacks against a server, and holds what they did to others against the bars.

The bars are those of "nobody can take what belongs to all": the server's longest turn, a
bystander's round trips beside those without attack, memory, the lobby, names and history of
others, the operator's questions, and how soon all is idle again.
"""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import fair_wire as w

HERE = Path(__file__).parent
TURN_MS, P99_MS, MOST_MS = 20, 50, 150
GROWTH_MIB = 256 + 64  # the memory budget, and the history of all rooms
ANSWER_SECONDS, IDLE_SECONDS, IDLE_SHARE = 1, 5, 0.05
KEPT, OWNER, SAID = "kept", "Olivia", 20
RESERVED_SECONDS = 58  # a name is kept for 60 s, and then only given back
TURN = "roost_turn_cpu_longest_seconds"  # the longest of the last minute


def percentile(samples, share):
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None


def child(program, *arguments):
    one = subprocess.Popen([sys.executable, HERE / program, *arguments], text=True,
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    return one


def ready(one, what):
    if (said := one.stdout.readline()) != "ready\n":
        raise AssertionError(f"{what} is not ready: {said.strip()}")


def go(one):
    one.stdin.write("\n")
    one.stdin.flush()


class Judged:
    """One server under one attack or several: `figures` and `faults`."""

    untimed = False  # figures of time are measured, and are no faults

    def __init__(self, server, attacks, seconds, baseline):
        self.server, self.attacks = server, attacks
        self.seconds, self.quiet = seconds, baseline
        self.figures, self.faults, self.turn = {}, [], None

    def bar(self, name, value, most, unit=""):
        self.figures[name] = None if value is None else round(value, 3)
        if self.untimed and unit in (" ms", " s", " %"):
            return
        if value is not None and value > most:
            self.faults.append(f"{name} {value:.1f}{unit} (may be {most:g})")

    def timed(self, name, action, most):
        """Does something that others must be able to do meanwhile."""
        start = time.monotonic()
        try:
            action()
        except Exception as error:  # whatever it is, it is the attack's doing
            self.faults.append(f"{name}: {type(error).__name__}: {error}"[:160])
        self.bar(f"{name}_seconds", time.monotonic() - start, most, " s")

    def run(self):
        server, children = self.server, []
        bystander = child("fair_bystander.py", str(server.port), "198.51.100.7")
        try:
            ready(bystander, "the bystander")
            self.prepare_owner()
            time.sleep(1.2)
            children += self.attackers()
            for one in children:
                ready(one, "an attack")
            time.sleep(0.5)
            before = server.metrics()
            rss, start = server.rss_kib(), time.monotonic()
            time.sleep(self.quiet)
            attack = time.monotonic()
            for one in children:
                go(one)
            self.ask_meanwhile()
            for one in children:
                self.finish(one)
            end = time.monotonic()
            self.bar("growth_mib", (server.peak_rss_kib() - rss) / 1024, GROWTH_MIB, " MiB")
            self.idle_again(before)
            self.bar("longest_turn_ms", self.longest_turn(), TURN_MS, " ms")
            self.check_owner()
            told = json.loads(bystander.communicate(timeout=60)[0])
            self.faults += told["faults"]
            self.round_trips(told["samples"], start, attack, end)
        finally:
            for one in [bystander, *children]:
                one.kill()
                one.wait()
        self.bar("stop_seconds", server.terminate(11), 1, " s")
        return self

    def attackers(self):
        return [child(one.get("program", "fair_attacks.py"), json.dumps(one | self.place()))
                for one in self.attacks]

    def longest_turn(self):
        """Milliseconds of the longest turn so far; None if the server does not say it."""
        turn = self.server.metrics().get(TURN)
        if turn is not None:
            self.turn = max(self.turn or 0, turn * 1000)
        return self.turn

    def place(self):
        server = self.server
        return {"port": server.port, "metrics_port": server.metrics_port, "seconds": self.seconds,
                "pid": server.process.pid, "kept": KEPT,
                "log": f"/proc/{os.getpid()}/fd/{server.output.fileno()}"}

    def finish(self, one):
        told, _ = one.communicate(timeout=self.seconds + 60)
        told = json.loads(told.splitlines()[-1]) if told.strip() else {"fault": "ended early"}
        self.figures.setdefault("notes", []).append(told.get("note"))
        if told["fault"]:
            self.faults.append(told["fault"][:160])

    # Names and history of others.

    def prepare_owner(self):
        with w.Person(self.server.port, "198.51.100.9", OWNER, join=False) as owner:
            self.session = owner.welcome["session"]
            owner.join(KEPT)
            for number in range(SAID):
                owner.say(KEPT, f"said {number}")
        self.owner_left = time.monotonic()

    def check_owner(self):
        try:
            with w.Person(self.server.port, "198.51.100.10") as thief:
                if time.monotonic() < self.owner_left + RESERVED_SECONDS:
                    got = thief.ask(type="login", user=OWNER, join=False)
                    w.wire.expect(got.get("code") == "name_taken", f"the name was free: {got}")
            with w.Person(self.server.port, "198.51.100.9", OWNER, join=False,
                          session=self.session) as owner:
                w.wire.expect(owner.welcome["session"] == self.session, "the session was lost")
                owner.join(KEPT)
                page = owner.ask(type="history", room=KEPT, before=1 << 40, limit=200)
                kept = sum(one["user"] == OWNER for one in page["messages"])
                w.wire.expect(kept == SAID, f"{kept} of {SAID} messages are left")
        except (AssertionError, OSError) as error:
            self.faults.append(f"names and history: {error}"[:160])

    # What everybody else does meanwhile.

    def ask_meanwhile(self):
        rest = self.seconds * 0.75
        while rest > 50:  # the metric forgets what is older than a minute
            time.sleep(30)
            self.longest_turn()
            rest -= 30
        time.sleep(rest)

        def newcomer():
            with w.Person(self.server.port, "198.51.100.11", "newcomer", join=False) as one:
                one.join("lobby", limit=1)

        asked = [
            threading.Thread(target=self.timed, args=(name, action, ANSWER_SECONDS))
            for name, action in [("lobby", newcomer), ("status", self.server.status),
                                 ("metrics", self.server.metrics)]]
        for one in asked:
            one.start()
        for one in asked:
            one.join()

    def idle_again(self, before):
        """Within 5 s the process rests, and has the connections of before."""
        end, share, over = time.monotonic() + IDLE_SECONDS, 1, 0
        if self.untimed:
            end += 5 * IDLE_SECONDS
        wanted = 17  # the bystanders, and one more
        while time.monotonic() < end and (share > IDLE_SHARE or over > 0):
            cpu, start = self.server.cpu_seconds(), time.monotonic()
            time.sleep(1)
            share = (self.server.cpu_seconds() - cpu) / (time.monotonic() - start)
            over = self.server.metrics().get("roost_sockets", 0) - wanted
        self.bar("cpu_percent_after", share * 100, IDLE_SHARE * 100, " %")
        self.bar("connections_left", max(over, 0), 0)

    def round_trips(self, samples, start, attack, end):
        quiet = [took * 1000 for due, took in samples if start <= due < attack]
        under = [took * 1000 for due, took in samples if attack <= due < end]
        for name, part in [("quiet", quiet), ("attacked", under)]:
            self.figures[f"{name}_p99_ms"] = percentile(part, 0.99)
            self.figures[f"{name}_most_ms"] = max(part, default=None)
        self.figures["samples"] = len(under)
        tenth = (end - attack) / 10
        self.figures["most_ms_by_tenth"] = [
            round(max((took * 1000 for due, took in samples
                       if attack + turn * tenth <= due < attack + (turn + 1) * tenth), default=0))
            for turn in range(10)]
        worst = max(((took, due) for due, took in samples if attack <= due < end), default=(0, 0))
        self.figures["most_at_seconds"] = round(worst[1] - attack, 2)
