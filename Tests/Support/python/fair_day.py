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
# 64 WebSockets of an address are the default. An operator with 250 people in a house raises that.
FLAGS = ["--per-address", "512"]
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


def busy_day(command, attacked, options):
    seconds = options.seconds * LENGTH
    crowd = [{"program": "fair_crowd.py", "part": part, "parts": PARTS, "people": options.people,
              "resume": options.resume, "refused_is_wrong": not attacked}
             for part in range(PARTS)]
    attacks = [{"attack": name, "addresses": [fair_crowd.HOUSE], "prefix": f"x{number}-"}
               for number, name in enumerate(TOGETHER if attacked else [])]
    with ChatServer(command, [*FLAGS, *options.flag], TOKENS) as server:
        day = Day(server, crowd + attacks, seconds, 5)
        day.refused_is_wrong = not attacked
        try:
            day.run()
        except (AssertionError, OSError, ValueError) as error:
            day.faults.append(f"{error}; the server's status is {server.process.poll()}"[:200])
    more = {}
    for part, bound in [("p99", fair_judge.P99_MS), ("most", fair_judge.MOST_MS)]:
        quiet, under = (day.figures.get(f"{when}_{part}_ms") for when in ("quiet", "attacked"))
        more[part] = None if quiet is None or under is None else round(under - quiet, 1)
        if more[part] is not None and more[part] > bound:
            day.faults.append(f"bystander's {part} {more[part]:,.0f} ms more (may be {bound})")
    return {"faults": day.faults, "more_ms": more, "runs": [day.figures]}
