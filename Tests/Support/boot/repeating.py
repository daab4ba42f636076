#!/usr/bin/env python3
"""One thing, done again and again on a booted machine while the people of crowd.py talk:

    repeating.py reload|restart|upgrade TIMES

Where one of them loses a connection or a message, it ends. /out is shared with the crowd.
"""

import os
import sys
import time

from in_place import is_new, replace
from machine import main_process, now, records, run, show, until

OUT = "/out"
REST = 0.2  # seconds, for people to say something in between
FAILURES = ("kept-lost", "not-left", "reexec-failed", "reload-failed", "restarting", "stopping")


def reload(number):
    """Another file is at the program's place, or its operator wants it."""
    process = main_process()
    if number % 2:
        run("roost reload --restart-in-place")
    else:
        replace()
        run("systemctl reload roost")
    assert is_new() and main_process() == process, "it was restarted"


def restart(_):
    process = main_process()
    run("systemctl restart roost")
    assert main_process() not in (0, process), "it is the same process"


def upgrade(number):
    process = main_process()
    run(f"dpkg -i /packages/{'old' if number % 2 else 'new'}.deb")
    assert is_new() and main_process() == process, "it was restarted"


def tell(name, text=""):
    with open(f"{OUT}/{name}.part", "w") as file:
        file.write(text)
    os.rename(f"{OUT}/{name}.part", f"{OUT}/{name}")


def heard(name):
    path = f"{OUT}/{name}"
    return os.path.exists(path) and (open(path).read() or True)


def main():
    deed, times = {d.__name__: d for d in (reload, restart, upgrade)}[sys.argv[1]], int(sys.argv[2])
    run("dpkg -i /packages/old.deb")
    tell("open")
    until("the crowd is there", lambda: heard("there") or heard("fault"), 600)
    began, start = time.monotonic(), now()
    for number in range(times):
        assert not heard("fault"), heard("fault")
        deed(number)
        tell("count", str(number + 1))
        time.sleep(REST)
    took = time.monotonic() - began
    tell("enough")
    verdict = until("what they have seen", lambda: heard("verdict"), 600)
    assert verdict.startswith("ok "), verdict
    assert show("ActiveState") == "active"
    pauses = until("each is in the journal", lambda: (
        found := records("ROOST_EVENT=taken-over", start)) and len(found) == times and sorted(
            int(record["ROOST_PAUSE_US"]) / 1000 for record in found), 60)
    for failure in FAILURES:
        assert not records(f"ROOST_EVENT={failure}", start), failure
    print(f"ok {times} times {deed.__name__} in {took:.0f} s, and nobody has noticed; pauses "
          f"p50 {pauses[times // 2]:.1f} ms, p99 {pauses[times * 99 // 100]:.1f} ms, "
          f"max {pauses[-1]:.1f} ms\n   {verdict[3:]}", flush=True)


try:
    main()
except BaseException as problem:
    print(f"FAIL {' '.join(sys.argv[1:])}: {problem}", flush=True)
    print(run("journalctl --no-pager -n 60 -o short-precise", None), flush=True)
    tell("fault", "the machine has failed")
    sys.exit(1)
