#!/usr/bin/env python3
"""The scenarios in the container: the package is installed, used, upgraded and removed.

The scenarios run in order, each in the state that the previous one has left. Each prints "ok" or
"FAIL" with the reason; after a failure the journal follows, and no further scenario runs.
"""
import os
import signal
import subprocess
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import encryption
import in_place
import keeping
import operators
import packaging
import restarting
import units
from chatter import Chatter, get
from machine import (
    CONFIGURATION, configure, event, main_process, now, records, run, show, started, until)

SECRET = "nobody-else-may-read-this"


# --- the scenarios


def it_starts_at_the_first_connection_and_loses_none():
    early = [Chatter(("::1" if i % 2 else "127.0.0.1", 8080), handshake=False) for i in range(8)]
    for chatter in early:
        chatter.shake_hands()
    until("it is ready", lambda: show("ActiveState") == "active")
    assert show("StatusText").startswith("Serving: "), show("StatusText")
    record = event("started")
    assert record["PRIORITY"] == "5" and record["SYSLOG_IDENTIFIER"] == "roost"
    assert "127.0.0.1:8080" in str(record["ROOST_LISTEN"]), record
    until("the status counts", lambda: show("StatusText").startswith("Serving: 8 connections"))


def it_does_its_work_within_the_fence():
    ann, bob = Chatter().enter("ann", "lobby"), Chatter(("::1", 8080)).enter("bob", "lobby")
    ann.say(type="message", room="lobby", text=SECRET)
    assert bob.hear("message")["text"] == SECRET
    status, page = get("/")
    assert status == 200 and b"<!doctype html>" in page.lower()
    assert get("/readyz")[0] == 200
    assert get("/healthz", "/run/roost/control.sock")[0] == 200
    process = main_process()
    owner = run(f"stat -c %U /proc/{process}").strip()
    assert owner not in ("root", "nobody"), owner
    links = run(f"nsenter -t {process} -n ls /sys/class/net", None)
    assert "eth" not in links, links
    exposure = run("systemd-analyze security --threshold=10 roost.service")
    assert "SAFE" in exposure.splitlines()[-1], exposure
    refused = run(f"grep -E '^(NoNewPrivs|Seccomp|CapEff)' /proc/{process}/status")
    assert "NoNewPrivs:\t1" in refused and "Seccomp:\t2" in refused, refused
    assert "CapEff:\t0000000000000000" in refused, refused
    ann.leave()
    bob.leave()


def every_end_is_explained():
    start = now()
    Chatter().enter("carl", "kitchen").leave(1001)
    end = event("ended-by-peer", start)
    assert end["ROOST_USER"] == "carl" and "kitchen" in end["ROOST_ROOM"], end
    assert end["ROOST_CLOSE_CODE"] == "1001" and end["ROOST_CAUSE"] == "peer_closed", end
    assert end["ROOST_PEER"] == "127.0.0.1" and end["ROOST_CONNECTION"].isdigit(), end
    assert end["PRIORITY"] == "6" and len(end["MESSAGE_ID"]) == 32, end
    rude = Chatter()
    rude.send_frame(3, b"")
    assert rude.close_code() == 1002
    assert event("protocol-violation", start)["PRIORITY"] == "5"
    lost = Chatter()
    lost.socket.close()
    event("ended-without-close", start)
    assert get("/nothing")[0] == 404
    explained = run("journalctl -x --no-pager -u roost.service")
    for subject in ("A client closed its connection", "A client broke the protocol or a limit"):
        assert f"Subject: {subject}" in explained, subject
    assert "with close code 1001" in explained, "the catalog's fields are filled in"
    # Each of our records has an explanation.
    ours = {r["MESSAGE_ID"] for r in records() if "ROOST_EVENT" in r}
    known = run("journalctl --list-catalog")
    assert ours and all(id in known for id in ours), ours


def a_good_reload_keeps_everybody():
    chatter = Chatter().enter("dora", "lobby")
    start = now()
    configure("max-message = 1K\n")
    run("systemctl reload roost")
    assert "max-message" in event("reloaded", start)["MESSAGE"]
    until("it is done", lambda: show("ActiveState") == "active")
    chatter.say(type="message", room="lobby", text="still here")
    chatter.hear("message")
    chatter.send_frame(1, b"x" * 1100)
    assert chatter.close_code() == 1009


def a_bad_reload_says_why_and_changes_nothing():
    chatter = Chatter().enter("emil", "lobby")
    start, process = now(), main_process()
    configure("# a comment\nmax-mesage = 2K\n")
    run("systemctl reload roost", 1)
    why = event("reload-failed", start)
    assert "roost.conf:2: There is no setting 'max-mesage'" in why["MESSAGE"], why
    assert why["PRIORITY"] == "3", why
    assert main_process() == process and show("ActiveState") == "active"
    # A signal by hand does the same.
    run("systemctl kill -s HUP --kill-who=main roost")
    event("reload-failed", start, count=2)
    chatter.send_frame(1, b"x" * 1100)
    assert chatter.close_code() == 1009, "the earlier limit applies"
    configure("")
    run("systemctl reload roost")


def a_crash_is_healed():
    chatter = Chatter()
    process = main_process()
    started(60)
    os.kill(process, signal.SIGKILL)
    chatter.close_code_or_end()
    # This connection waits in the socket until the server is back.
    Chatter().leave()
    assert main_process() != process and int(show("NRestarts")) >= 1


def a_hang_is_found_and_a_busy_server_is_not():
    os.makedirs("/run/systemd/system/roost.service.d", exist_ok=True)
    with open("/run/systemd/system/roost.service.d/fast.conf", "w") as file:
        file.write("[Service]\nWatchdogSec=2\nTimeoutAbortSec=2\n")
    run("systemctl daemon-reload && systemctl restart roost")
    process = main_process()
    # Busy for longer than the watchdog's time: one client floods, and another is served.
    flood, other = Chatter(), Chatter()
    flood.socket.setblocking(False)
    end = time.monotonic() + 3
    ping = (b"\x89\xfd" + bytes(4 + 125)) * 500
    while time.monotonic() < end:
        try:
            flood.socket.send(ping)
            flood.socket.recv(1 << 20)
        except BlockingIOError:
            pass
    other.leave()
    assert main_process() == process, "a busy server was restarted"
    start = now()
    os.kill(process, signal.SIGSTOP)
    until("the watchdog restarts it", lambda: main_process() not in (0, process), 20)
    assert any("Watchdog timeout" in r["MESSAGE"] for r in records("", start)), "systemd says why"
    Chatter().leave()
    run("rm -r /run/systemd/system/roost.service.d")
    run("systemctl daemon-reload")


def a_stop_is_in_order_and_the_next_connection_starts_it():
    chatter = Chatter().enter("gina", "lobby")
    stop = subprocess.Popen(["systemctl", "stop", "roost.service"])
    assert chatter.close_code() == 1001
    assert stop.wait(20) == 0
    assert show("Result") == "success"
    event("stopped")
    Chatter().leave()
    assert show("ActiveState") == "active"


def it_ends_when_nobody_is_there():
    configure("idle-exit = 1s\n")
    run("systemctl restart roost")
    chatter = Chatter()
    time.sleep(2)
    assert show("ActiveState") == "active", "ended although a client was connected"
    chatter.leave()
    until("it ends", lambda: show("ActiveState") == "inactive", 10)
    assert show("Result") == "success"
    event("idle-exit")
    Chatter().leave()
    configure("")
    run("systemctl restart roost")


def a_bad_configuration_is_healed_without_losing_anybody():
    configure("no-limits = perhaps\n")
    start = now()
    run("systemctl restart roost", None)
    failure = event("start-failed", start)
    assert f"{CONFIGURATION}:1: 'no-limits' takes yes or no" in failure["MESSAGE"], failure
    assert failure["PRIORITY"] == "3"
    # It stays, says so, and refuses nobody without a word.
    process = main_process()
    assert show("ActiveState") == "active" and process != 0
    until("it says why", lambda: "Not serving: " in show("StatusText"))
    assert Chatter().close_code() == 1013
    assert get("/readyz")[0] == 503 and get("/healthz")[0] == 200
    assert "is not serving" in run("roost status")
    assert run("roost doctor", 1)
    run("systemctl reload roost", 1)
    configure("")
    run("systemctl reload roost")
    until("it serves", lambda: show("StatusText").startswith("Serving: "))
    assert main_process() == process, "it was restarted"
    Chatter().leave()


def nobody_s_words_are_in_the_journal():
    run("journalctl --sync")
    assert SECRET not in run("journalctl -o export --all --no-pager")
    worst = [r for r in records() if "ROOST_EVENT" in r and int(r["PRIORITY"]) <= 2]
    assert not worst, worst


SCENARIOS = [
    packaging.it_installs, packaging.it_brings_pages_and_completions,
    it_starts_at_the_first_connection_and_loses_none, it_does_its_work_within_the_fence,
    every_end_is_explained, *operators.SCENARIOS, a_good_reload_keeps_everybody,
    a_bad_reload_says_why_and_changes_nothing, *in_place.RELOADING,
    *restarting.SCENARIOS,
    a_crash_is_healed, a_hang_is_found_and_a_busy_server_is_not,
    a_stop_is_in_order_and_the_next_connection_starts_it, *keeping.SCENARIOS, *units.SCENARIOS,
    *encryption.SCENARIOS,
    it_ends_when_nobody_is_there, a_bad_configuration_is_healed_without_losing_anybody,
    *in_place.UPGRADING,
    packaging.an_upgrade_with_a_bad_file_keeps_the_old_version_running,
    packaging.an_upgrade_starts_nothing_that_was_stopped, nobody_s_words_are_in_the_journal,
    packaging.it_leaves_nothing_behind,
]


def main():
    for scenario in SCENARIOS:
        name, start = scenario.__name__.replace("_", " "), time.monotonic()
        try:
            scenario()
        except BaseException as error:
            print(f"FAIL {name}: {error or type(error).__name__}", flush=True)
            traceback.print_exc(file=sys.stdout)
            print(run("journalctl --no-pager -n 60 -o short-precise", None), flush=True)
            sys.exit(1)
        print(f"ok {name} ({time.monotonic() - start:.1f} s)", flush=True)


main()
