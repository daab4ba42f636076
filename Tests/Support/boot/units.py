"""How the units belong together: a stop that stays stopped, several servers on one machine, what a
crash leaves in the journal and how it is healed."""
import os
import signal
import threading
import time

from chatter import Chatter, get
from machine import event, main_process, now, records, run, show, started, states, until

METRICS = ("127.0.0.1", 9180)


def metrics(address=METRICS):
    status, text = get("/metrics", address)
    assert status == 200 and b"\nroost_connections " in text, text


class Askers:
    """Clients, scrapes and operators that never give up, while units are stopped and started."""

    def __init__(self):
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.ask, args=(question,), daemon=True)
                        for question in (lambda: Chatter().leave(), metrics,
                                         lambda: get("/status", "/run/roost/control.sock"))]
        for thread in self.threads:
            thread.start()

    def ask(self, question):
        while not self.over.is_set():
            try:
                question()
            except (OSError, EOFError, AssertionError, IndexError):
                pass

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join()


def a_stop_stays_stopped():
    run("systemctl enable roost-metrics.socket && systemctl restart roost.service")
    metrics()
    askers = Askers()
    for command in ("systemctl stop roost.socket", "systemctl disable --now roost.socket"):
        until("it serves", lambda: show("ActiveState") == "active")
        run(command)
        assert states() == ["inactive"] * 4, (command, states())
        # A question starts nothing.
        assert "systemctl start roost.socket" in run("roost status", None)
        try:
            metrics()
            raise AssertionError("the metrics' address is open")
        except ConnectionRefusedError:
            pass
        assert states() == ["inactive"] * 4, (command, states())
        run("systemctl enable roost.socket && systemctl start roost.socket")
        assert states()[:3] == ["active"] * 3, states()
        Chatter().leave()
    askers.stop()
    # Also from the other end, and by one word.
    run("systemctl stop roost.socket && systemctl start roost.service")
    assert states() == ["active"] * 4, states()
    metrics()
    run("systemctl disable --now roost-metrics.socket && systemctl restart roost.socket")
    assert states()[:3] == ["active", "active", "inactive"], states()
    Chatter().leave()
    assert not run("systemctl list-units --failed --plain --no-legend 'roost*'").strip()


def they_may_be_restarted_at_will():
    """No unit has a limit of starts at which its address would close."""
    for _ in range(15):
        run("systemctl restart roost.socket")
    # The next start brings back what was stopped by itself.
    for _ in range(8):
        run("systemctl stop roost-control.socket && systemctl restart roost.service")
        run("roost status")
    Chatter().leave()


def a_crash_leaves_its_last_words():
    """The runtime writes them to standard error. The server's own records keep their priorities."""
    os.makedirs("/run/systemd/system/roost.service.d", exist_ok=True)
    with open("/run/systemd/system/roost.service.d/words.conf", "w") as file:
        file.write("[Service]\nExecStart=\nExecStart=/bin/sh -c 'echo Fatal error: Index out of "
                   "range >&2; exec /usr/bin/roost serve --config /etc/roost/roost.conf'\n")
    start = now()
    run("systemctl daemon-reload && systemctl restart roost")
    words = until("its words", lambda: [
        r for r in records("-p err", start) if r["MESSAGE"].startswith("Fatal error")])
    assert words[0]["PRIORITY"] == "3", words
    assert event("started", start)["PRIORITY"] == "5"
    run("rm -r /run/systemd/system/roost.service.d")
    run("systemctl daemon-reload && systemctl restart roost")
    # A reload that works is no error.
    start = now()
    run("systemctl reload roost")
    event("reloaded", start)
    assert not records("-p err", start), records("-p err", start)


def a_crash_at_every_start_is_slow():
    """Clients come back at once after a crash; a server that crashes again and again is slowed
    down, and the address stays open."""
    times = []
    for age in (60, 0):
        Chatter().leave()
        started(age)
        start = time.monotonic()
        os.kill(main_process(), signal.SIGKILL)
        Chatter().leave()
        times.append(time.monotonic() - start)
    assert times[0] < 2 <= times[1], times
    assert show("ActiveState", "roost.socket") == "active"
    run("systemctl restart roost")
    assert not run("systemctl list-units --failed --plain --no-legend 'roost*'").strip()


def several_servers_share_a_machine():
    run("cp /etc/roost/roost.conf /etc/roost/staff.conf && echo 'max-message = 1K' "
        ">>/etc/roost/staff.conf")
    os.makedirs("/etc/systemd/system/roost@staff.socket.d", exist_ok=True)
    with open("/etc/systemd/system/roost@staff.socket.d/listen.conf", "w") as file:
        file.write("[Socket]\nListenStream=127.0.0.1:8081\n")
    run("systemctl enable --now roost@staff.socket")
    assert states("@staff") == ["active", "active", "inactive", "inactive"], states("@staff")
    ann, other = Chatter(("127.0.0.1", 8081)).enter("kim", "lobby"), Chatter().enter("kim", "lobby")
    ann.say(type="message", room="lobby", text="only here")
    ann.hear("message")
    control = "--control /run/roost-staff/control.sock"
    assert f"process {main_process('roost@staff')}" in run(f"roost status {control}")
    assert f"process {main_process()}" in run("roost status")
    run(f"roost publish lobby {control} 'to the staff'")
    assert ann.hear("message")["text"] == "to the staff"
    assert run("stat -c '%a %G' /run/roost-staff/web.sock").strip() == "660 roost-web"
    assert get("/healthz", "/run/roost-staff/web.sock")[0] == 200
    # Each has a user and a folder of its own.
    owners = {os.stat(f"/proc/{main_process(unit)}").st_uid for unit in ("roost", "roost@staff")}
    assert len(owners) == 2 and 0 not in owners, owners
    assert os.path.isdir("/var/lib/private/roost-staff")
    exposure = run("systemd-analyze security --threshold=10 roost@staff.service")
    assert "SAFE" in exposure.splitlines()[-1], exposure
    # A reload is its own.
    start = now()
    with open("/etc/roost/staff.conf", "a") as file:
        file.write("max-mesage = 1K\n")
    run("systemctl reload roost@staff", 1)
    run("systemctl reload roost")
    failed = until("it fails", lambda: records(
        "ROOST_EVENT=reload-failed", start, unit="roost@staff.service"))
    assert "staff.conf" in failed[-1]["MESSAGE"], failed
    # A stop of the one is no stop of the other.
    ann.leave()
    run("systemctl disable --now roost@staff.socket")
    assert states("@staff") == ["inactive"] * 4, states("@staff")
    assert not os.path.exists("/run/roost-staff/web.sock")
    other.say(type="message", room="lobby", text="still here")
    other.hear("message")
    # A server without a file is refused at once.
    assert "roost@nobody.socket" in run("systemctl start roost@nobody.socket", 1)
    assert states("@nobody") == ["inactive"] * 4, states("@nobody")
    run("rm -r /etc/roost/staff.conf /etc/systemd/system/roost@staff.socket.d")
    run("systemctl daemon-reload")


def a_copied_unit_reloads_its_own_server_or_none():
    """Its ExecReload= still asks the original, unless somebody has changed it."""
    with open("/lib/systemd/system/roost.service") as file:
        text = file.read()
    copy = "/run/systemd/system/roost2.service"
    for old, new in (("ExecStart=/usr/bin/roost serve --config /etc/roost/roost.conf",
                      "ExecStart=/usr/bin/roost serve --port 0 --control off --config "
                      "/etc/roost/roost.conf"),
                     ("Requires=roost.socket\n", ""), ("PrivateNetwork=yes\n", ""),
                     ("StateDirectory=roost", "StateDirectory=roost2"),
                     ("User=roostd", "User=roostd2"),
                     ("AF_UNIX", "AF_UNIX AF_INET")):
        assert old in text, old
        text = text.replace(old, new)
    with open(copy, "w") as file:
        file.write(text)
    run("systemctl daemon-reload && systemctl start roost2")
    start = now()
    run("systemctl reload roost2", 1)
    said = [r["MESSAGE"] for r in records("-p err", start, unit="roost2.service")]
    assert any(f"unit's is {main_process('roost2')}:" in line for line in said), said
    assert not records("ROOST_EVENT=reloaded", start), "the original was reloaded"
    os.remove(copy)
    run("systemctl stop roost2 && systemctl daemon-reload && rm -rf /var/lib/private/roost2 "
        "/var/lib/roost2")


SCENARIOS = [
    a_stop_stays_stopped, they_may_be_restarted_at_will, a_crash_leaves_its_last_words,
    a_crash_at_every_start_is_slow, several_servers_share_a_machine,
    a_copied_unit_reloads_its_own_server_or_none,
]
