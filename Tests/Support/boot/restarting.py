"""Restarts of the packaged server while people chat: their connections wait in systemd."""
import os
import re
import socket
import subprocess
import threading
import time

from chatter import Chatter
from machine import event, main_process, now, records, run, show, until

TALKERS = 20
RESTARTS = int(os.environ.get("ROOST_RESTARTS", 3))
PACE = 0.15  # seconds; what one person may say is limited


class Talker(threading.Thread):
    """Somebody who says one thing after the other, each when the last one was heard."""

    def __init__(self, number):
        super().__init__(daemon=True)
        self.name_in_room = f"talker{number}"
        self.chatter = Chatter().enter(self.name_in_room, "talk")
        self.heard, self.said, self.failure = [], 0, None
        self.stops = threading.Event()

    def run(self):
        try:
            while not self.stops.wait(PACE):
                text = f"{self.name_in_room} {self.said}"
                self.chatter.say(type="message", room="talk", text=text)
                self.said += 1
                self.listen(lambda: text in self.heard)
        except BaseException as failure:
            self.failure = failure

    def listen(self, is_enough):
        while not is_enough():
            message = self.chatter.hear("message")
            self.heard.append(message["text"])


def a_restart_keeps_everybody_who_chats():
    talkers = [Talker(number) for number in range(TALKERS)]
    idle = [Chatter().enter(f"idle{number}", "quiet") for number in range(TALKERS)]
    for talker in talkers:
        talker.start()
    start = now()
    for count in range(1, RESTARTS + 1):
        process = main_process()
        run("systemctl restart roost")
        assert main_process() not in (0, process), "it is the same process"
        event("taken-over", start, count)
        time.sleep(3 * PACE)
    for talker in talkers:
        talker.stops.set()
    for talker in talkers:
        talker.join(30)
        assert not talker.is_alive() and talker.failure is None, talker.failure
    total = sum(talker.said for talker in talkers)
    for talker in talkers:
        talker.listen(lambda: len(talker.heard) == total)
    orders = [talker.heard for talker in talkers]
    assert all(order == orders[0] for order in orders), "they heard different things"
    assert len(set(orders[0])) == total, "something came twice"
    for chatter in idle:
        chatter.say(type="message", room="quiet", text="still here")
        chatter.hear("message")
    pauses = sorted(int(r["ROOST_PAUSE_US"]) / 1000
                    for r in records("ROOST_EVENT=taken-over", start))
    print(f"   {total} messages over {RESTARTS} restarts; pauses "
          f"p50 {pauses[len(pauses) // 2]:.0f} ms, max {pauses[-1]:.0f} ms", flush=True)


def a_restart_refuses_nobody():
    chatter = Chatter().enter("fred", "lobby")
    start, process = now(), main_process()
    restart = subprocess.Popen(["systemctl", "restart", "roost"])
    served = 0
    while restart.poll() is None or served < 10:
        Chatter().leave()
        served += 1
    assert restart.returncode == 0 and main_process() != process
    assert event("left", start)["PRIORITY"] == "5"
    # Restarts by hand do not count towards the start limit.
    for _ in range(12):
        run("systemctl restart roost")
    assert show("ActiveState", "roost.socket") == "active"
    chatter.say(type="message", room="lobby", text="still here")
    chatter.hear("message")
    chatter.leave()


def a_restart_by_hand_is_one():
    """An operator has sent the signal, and the next process goes on with everybody."""
    chatter = Chatter().enter("hugo", "lobby")
    start, process = now(), main_process()
    run("systemctl kill -s USR2 --kill-who=main roost")
    until("the next process", lambda: main_process() not in (0, process))
    event("taken-over", start)
    assert not records("ROOST_EVENT=restarting", start), "it closed everybody"
    chatter.say(type="message", room="lobby", text="by hand")
    assert chatter.hear("message")["text"] == "by hand"
    chatter.leave()


def a_full_store_closes_with_1012():
    folder = "/run/systemd/system/roost.service.d"
    os.makedirs(folder, exist_ok=True)
    for limit in (0, 1):
        with open(f"{folder}/store.conf", "w") as file:
            file.write(f"[Service]\nFileDescriptorStoreMax={limit}\n")
        run("systemctl daemon-reload")
        chatter, start = Chatter().enter(f"greg{limit}", "lobby"), now()
        restart = subprocess.Popen(["systemctl", "restart", "roost"])
        assert chatter.close_code() == 1012
        assert restart.wait(30) == 0
        assert "FileDescriptorStoreMax=" in event("not-left", start)["MESSAGE"]
        event("restarting", start)
        Chatter().leave()
    run(f"rm -r {folder} && systemctl daemon-reload")


def parked():
    """How many connections would survive a crash."""
    with socket.socket(socket.AF_UNIX) as control:
        control.connect("/run/roost/control.sock")
        control.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        text = b""
        while more := control.recv(65536):
            text += more
    return int(re.search(rb"^roost_connections_parked (\d+)$", text, re.M)[1])


def a_kill_keeps_everybody_at_rest():
    people = [Chatter().enter(f"rest{number}", "rest") for number in range(TALKERS)]
    for count in range(RESTARTS):
        until("their copies are there", lambda: parked() >= TALKERS)
        start, process = now(), main_process()
        run("systemctl kill -s KILL --kill-who=main roost")
        until("the next process", lambda: main_process() not in (0, process))
        found = event("recovered", start)
        assert int(found["ROOST_CONNECTIONS"]) >= TALKERS, found
        for person in people:
            text = f"{count} {id(person)}"
            person.say(type="message", room="rest", text=text)
            for other in people:
                assert other.hear("message")["text"] == text, "something is missing"
    for person in people:
        person.leave()


SCENARIOS = [a_restart_keeps_everybody_who_chats, a_restart_refuses_nobody,
             a_restart_by_hand_is_one, a_kill_keeps_everybody_at_rest,
             a_full_store_closes_with_1012]
