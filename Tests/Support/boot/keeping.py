"""The database of the packaged server: whose it is, and that what was said outlives the server and
comes back from a backup. The doctor finds a database that belongs to another user."""
import json
import os
import signal

from chatter import Chatter, get
from machine import event, main_process, now, run, show, started, until

DATABASE = "/var/lib/roost/roost.db"


def said():
    """All texts that are kept, in the order of their rooms and places."""
    lines = run(f"roost history export --database {DATABASE}").splitlines()
    return [json.loads(line)["text"] for line in lines]


def say(user, text):
    """Says something, which is kept as soon as everybody hears it."""
    chatter = Chatter().enter(user, "lobby")
    chatter.say(type="message", room="lobby", text=text)
    assert chatter.hear("message")["text"] == text
    return chatter


def files_are_the_servers():
    """Nobody else may read what was said, or who said it."""
    owner = os.stat(f"/proc/{main_process()}").st_uid
    folder = os.path.realpath(os.path.dirname(DATABASE))
    found = {folder: 0o700}
    found.update((os.path.join(folder, name), 0o600) for name in os.listdir(folder)
                 if name.startswith("roost.db"))
    assert len(found) >= 4, found
    for path, mode in found.items():
        status = os.stat(path)
        assert (status.st_uid, status.st_mode & 0o777) == (owner, mode), (path, status)


def what_was_said_outlives_the_server():
    assert os.readlink(os.path.dirname(DATABASE)) == "private/roost"

    def crash():
        started(60)
        os.kill(main_process(), signal.SIGKILL)

    for way, end in (("restart", lambda: run("systemctl restart roost")), ("crash", crash),
                     ("stop", lambda: run("systemctl stop roost.service"))):
        process = main_process()
        say(f"kept-{way}", f"before the {way}")
        end()
        # The next connection is served by another process, with the same database.
        Chatter().leave()
        assert main_process() not in (0, process)
        assert f"before the {way}" in said(), way
        files_are_the_servers()
    assert run("roost history check") == f"The database {DATABASE} is sound.\n"


def a_backup_comes_back():
    copy = "/root/copy.db"
    say("paul", "before the backup").leave()
    run(f"roost history backup {copy}")
    say("rita", "after the backup").leave()
    assert os.stat(copy).st_mode & 0o777 == 0o600
    # As the command's own help says.
    run("roost stop")
    run(f"roost history restore {copy}")
    run("systemctl start roost.socket")
    say("tina", "after the restoring").leave()
    texts = said()
    assert "before the backup" in texts and "after the restoring" in texts, texts
    assert "after the backup" not in texts, texts
    # Root has made the new file, and it is the server's.
    files_are_the_servers()
    run(f"rm {copy}")


def a_database_of_another_user_is_found():
    say("wim", "before the accident").leave()
    assert f"the database {DATABASE} works" in run("roost doctor")
    run("systemctl stop roost.service")
    run(f"chown root:root {DATABASE}")
    start = now()
    assert Chatter().close_code() == 1013
    assert DATABASE in event("start-failed", start)["MESSAGE"]
    assert DATABASE in run("roost status")
    found = run("roost doctor", 1)
    advice = next(line for line in found.splitlines() if "belongs to root" in line)
    run(advice.split(": ", 1)[1])
    run("systemctl reload roost")
    until("it serves", lambda: show("StatusText").startswith("Serving: "))
    assert get("/readyz")[0] == 200
    say("xenia", "after the accident").leave()
    assert "before the accident" in said()
    files_are_the_servers()
    assert "belongs to" not in run("roost doctor")


SCENARIOS = [
    what_was_said_outlives_the_server, a_backup_comes_back, a_database_of_another_user_is_found,
]
