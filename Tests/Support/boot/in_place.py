"""The installed program takes over from the running one, with all connections: after a reload, and
after an upgrade of the package."""
import contextlib
import os
import shutil
import subprocess

from chatter import Chatter
from keeping import said
from machine import CONFIGURATION, configure, event, main_process, now, run, show, until

PROGRAM = "/usr/bin/roost"
RELOADS = 20
UPGRADES = 3


def replace():
    """Puts a copy in the place of the program, as a package manager does it."""
    shutil.copy2(PROGRAM, PROGRAM + ".copy")
    os.rename(PROGRAM + ".copy", PROGRAM)


def is_new(unit="roost"):
    running = os.stat(f"/proc/{main_process(unit)}/exe")
    return running.st_ino == os.stat(PROGRAM).st_ino


@contextlib.contextmanager
def instance(name, port):
    """Another server on this machine, for a while."""
    folder = f"/etc/systemd/system/roost@{name}.socket.d"
    os.makedirs(folder)
    with open(f"{folder}/listen.conf", "w") as file:
        file.write(f"[Socket]\nListenStream=127.0.0.1:{port}\n")
    run(f"touch /etc/roost/{name}.conf && systemctl enable --now roost@{name}.socket")
    yield
    run(f"systemctl disable --now roost@{name}.socket")
    run(f"rm -r /etc/roost/{name}.conf {folder}")


def talk(people, text):
    """One says something, and all hear it."""
    people[0].say(type="message", room="lobby", text=text)
    for person in people:
        assert person.hear("message")["text"] == text, text


def a_reload_with_another_program_keeps_everybody():
    people = [Chatter().enter(f"stays{number}", "lobby") for number in range(3)]
    start, process = now(), main_process()
    for number in range(RELOADS):
        replace()
        run("systemctl reload roost")
        assert is_new() and main_process() == process, "it was restarted"
        assert show("ActiveState") == "active"
        talk(people, f"reload {number}")
    words = event("reloaded", start, count=RELOADS)["MESSAGE"]
    assert "has taken over" in words, words
    event("taken-over", start, count=RELOADS)
    until("the status goes on", lambda: show("StatusText").startswith("Serving: 3 connections"))
    # Its descriptors do not become more.
    assert len(os.listdir(f"/proc/{process}/fd")) < 40
    # It is fenced in as before, and the next signals and reloads find it.
    assert "Seccomp:\t2" in run(f"grep Seccomp: /proc/{process}/status")
    assert run("roost check-handover").strip() == f"{PROGRAM} can take over."
    run("systemctl kill -s HUP --kill-who=main roost")
    event("reloaded", start, count=RELOADS + 1)
    talk(people, "after all")
    texts = [text for text in said() if text.startswith("reload ")]
    assert texts == [f"reload {number}" for number in range(RELOADS)], texts
    for person in people:
        person.leave()


def a_program_that_cannot_take_over_does_not():
    person = Chatter().enter("waits", "lobby")
    start, process = now(), main_process()
    shutil.copy2(PROGRAM, PROGRAM + ".kept")
    for text, why in (("#!/bin/sh\necho 'No library.' >&2\nexit 127\n", "No library."),
                      ("#!/bin/sh\nexit 0\n", "it is another program")):
        with open(PROGRAM + ".bad", "w") as file:
            file.write(text)
        os.chmod(PROGRAM + ".bad", 0o755)
        os.rename(PROGRAM + ".bad", PROGRAM)
        said = run(f"{PROGRAM}.kept reload", 1)
        assert why in said, said
        assert why in event("reload-failed", start)["MESSAGE"]
        assert event("reexec-failed", start)["PRIORITY"] == "3"
        assert main_process() == process and show("ActiveState") == "active"
        talk([person], why)
    os.rename(PROGRAM + ".kept", PROGRAM)
    configure("ack = fast\nno-limits = perhaps\n")
    run("systemctl reload roost", 1)
    talk([person], "still here")
    configure("")
    run("systemctl reload roost")
    assert is_new() and main_process() == process
    talk([person], "and now")
    person.leave()


def an_upgrade_brings_the_new_version_and_keeps_everybody():
    people = [Chatter().enter(f"upgraded{number}", "lobby") for number in range(2)]
    with instance("staff", 8081):
        people_of_staff = [Chatter(("127.0.0.1", 8081)).enter("lee", "lobby")]
        process = main_process("roost@staff")
        run("dpkg -i /packages/new.deb")
        assert main_process("roost@staff") == process and is_new("roost@staff"), "restarted"
        talk(people_of_staff, "the instance, too")
    configure("log-level = debug\n")
    start, process = now(), main_process()
    for number in range(UPGRADES):
        # To and fro.
        said = run(f"dpkg -i /packages/{'old' if number % 2 else 'new'}.deb")
        assert "restart" not in said, said
        assert main_process() == process and is_new(), "it was restarted"
        talk(people, f"upgrade {number}")
    assert open(CONFIGURATION).read() == "log-level = debug\n", "the configuration is its owner's"
    event("taken-over", start, count=UPGRADES)
    Chatter().leave()
    event("connection-opened", start)
    for person in people:
        person.leave()


def an_upgrade_that_cannot_take_over_restarts():
    person = Chatter().enter("returns", "lobby")
    process = main_process()
    # A change for which the program has to begin anew.
    configure("history = memory\n")
    upgrade = subprocess.Popen(["dpkg", "-i", "/packages/new.deb"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
    # Closed, with 1012 or without a word: the next server has another history.
    person.close_code_or_end()
    _, said = upgrade.communicate(timeout=60)
    assert upgrade.returncode == 0
    assert "roost.service restarts" in said and "that needs a restart" in said, said
    Chatter().leave()
    assert main_process() not in (0, process)
    configure("")
    run("systemctl restart roost")


RELOADING = [a_reload_with_another_program_keeps_everybody,
             a_program_that_cannot_take_over_does_not]
UPGRADING = [an_upgrade_brings_the_new_version_and_keeps_everybody,
             an_upgrade_that_cannot_take_over_restarts]
