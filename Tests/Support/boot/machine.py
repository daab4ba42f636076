"""The booted machine as its root sees it: commands, units, the journal, the configuration."""
import json
import os
import subprocess
import time

CONFIGURATION = "/etc/roost/roost.conf"


def run(command, status=0):
    """Runs a shell command, whose status must be `status` (None: any), and returns its output."""
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60)
    if status is not None and done.returncode != status:
        output = done.stdout + done.stderr
        raise AssertionError(f"'{command}' ended with {done.returncode}: {output}")
    return done.stdout + done.stderr


def show(name, unit="roost.service"):
    return run(f"systemctl show --value -p {name} {unit}").strip()


def until(what, condition, seconds=15):
    """Waits for something that systemd or the journal does later."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


def records(match="", since=None, unit="roost.service"):
    """The journal's records of the service, oldest first."""
    run("journalctl --sync")
    lines = run(f"journalctl -o json --all -u {unit} {match}")
    found = [json.loads(line) for line in lines.splitlines() if line.startswith("{")]
    return [r for r in found if since is None or int(r["__REALTIME_TIMESTAMP"]) >= since]


def event(name, since=None, count=1):
    return until(
        f"a record of '{name}'",
        lambda: (found := records(f"ROOST_EVENT={name}", since)) and len(found) >= count and found[-1])


def now():
    return int(time.time() * 1e6)


def configure(text):
    with open(CONFIGURATION, "w") as file:
        file.write(text)


def started(age):
    """Makes the server believe that it was started this many seconds ago, should it crash."""
    then = time.time() - age
    os.utime("/var/lib/private/roost/running", (then, then))


def main_process(unit="roost"):
    return int(show("MainPID", f"{unit}.service"))


def states(instance=""):
    """What the sockets are for clients, control and metrics, and the service."""
    return [show("ActiveState", f"roost{part}{instance}.{kind}") for part, kind in (
        ("", "socket"), ("-control", "socket"), ("-metrics", "socket"), ("", "service"))]
