"""A busy day: a thousand people from 400 addresses, 250 of them behind one, and 15,000 resumes.

Nobody may be refused anything. The same day also runs while attacks come from the address that the
250 share: then the bars for others hold, and the address itself may be refused.
"""

import fair_crowd
import fair_judge
from fair_attacks import TOGETHER
from fair_attacks_http import TOKENS
from fair_server import ChatServer

LENGTH = 9  # times the seconds of an attack: 60 s to join of 180 s, if an attack takes 20 s
PARTS = 2
REFUSED = "roost_connections_refused_total", "roost_chat_refusals_total"


class Day(fair_judge.Judged):
    """Counts refusals too, at the end of the attacks."""

    refused_is_wrong = True

    def idle_again(self, before):
        now = self.server.metrics()
        grown = {name: now[name] - before.get(name, 0) for name in now
                 if name.startswith(REFUSED) and now[name] > before.get(name, 0)}
        self.figures["refused"] = grown
        if grown and self.refused_is_wrong:
            self.faults.append(f"refused: {grown}")
        super().idle_again(before)


def one_day(command, attacked, options):
    """The day's figures and faults, on a server of its own."""
    crowd = [{"program": "fair_crowd.py", "part": part, "parts": PARTS, "people": options.people,
              "resume": options.resume, "refused_is_wrong": not attacked}
             for part in range(PARTS)]
    attacks = [{"attack": name, "addresses": [fair_crowd.HOUSE], "prefix": f"x{number}-"}
               for number, name in enumerate(TOGETHER if attacked else [])]
    with ChatServer(command, [*options.flag], TOKENS) as server:
        day = Day(server, crowd + attacks, options.seconds * LENGTH, 5)
        day.refused_is_wrong = not attacked
        try:
            day.run()
        except (AssertionError, OSError, ValueError) as error:
            day.faults.append(f"{error}; the server's status is {server.process.poll()}"[:200])
    return day


def busy_day(command, attacked, options, without=None):
    """A day's result; `without` has the figures of the same day without attacks, if it was run.

    Thousands of clients that come back at once are noticed by themselves. So a bystander's round
    trips have no bar without attacks, and with attacks the bar is above the day without them.
    """
    faults, more = [], {"p99": None, "most": None}
    if attacked and without is None:
        plain = one_day(command, False, options)
        without, faults = plain.figures, [f"without attacks: {fault}" for fault in plain.faults]
    day = one_day(command, attacked, options)
    faults += day.faults
    for part, bound in [("p99", fair_judge.P99_MS), ("most", fair_judge.MOST_MS)]:
        quiet = (without if attacked else day.figures).get(
            f"attacked_{part}_ms" if attacked else f"quiet_{part}_ms")
        under = day.figures.get(f"attacked_{part}_ms")
        if quiet is None or under is None:
            continue
        more[part] = round(under - quiet, 1)
        if attacked and more[part] > bound:
            faults.append(f"bystander's {part} {more[part]:,.0f} ms more (may be {bound})")
    return {"faults": faults, "more_ms": more, "runs": [day.figures]}
