"""The package: installed, upgraded, removed and purged."""
import gzip
import json
import os
import subprocess

from chatter import Chatter
from keeping import DATABASE, said, say
from machine import CONFIGURATION, configure, event, main_process, run, show, states

UNITS = [f"roost{part}.{kind}" for part, kind in (
    ("", "service"), ("", "socket"), ("-control", "socket"), ("-metrics", "socket"))]


def it_installs():
    run("dpkg -i /packages/old.deb")
    # It has no questions: neither for debconf, nor where nobody could answer one.
    asking = [f"/var/lib/dpkg/info/roost.{kind}" for kind in ("config", "templates")]
    assert not any(map(os.path.exists, asking)), asking
    assert show("ActiveState", "roost.socket") == "active"
    assert show("ActiveState", "roost-control.socket") == "active"
    assert show("ActiveState") == "inactive", "started before any client came"
    assert run("systemctl is-enabled roost.socket").strip() == "enabled"
    assert run("stat -c '%a %G' /run/roost/control.sock").strip() == "660 roost"
    assert "Roost serves" in run("journalctl --list-catalog")
    templates = [unit.replace(".", "@a.") for unit in UNITS]
    run(f"systemd-analyze verify --man=no {' '.join(UNITS + templates)}")


def it_brings_pages_and_completions():
    package = run("dpkg-query -W -f '${Version}' roost")
    for page in ("man1/roost.1", "man5/roost.conf.5"):
        with gzip.open(f"/usr/share/man/{page}.gz", "rt") as file:
            text = file.read()
        assert text.startswith('.\\" ') and f"Roost {package}" in text, page
    # Each command of the program is in its page and in the completions of each shell.
    help = json.loads(run("roost --experimental-dump-help"))["command"]["subcommands"]
    commands = {command["commandName"] for command in help} - {"help"}
    assert {"serve", "status", "check-config"} <= commands, commands
    with gzip.open("/usr/share/man/man1/roost.1.gz", "rt") as file:
        page = file.read().replace("\\", "")
    for command in commands:
        assert f".SS roost {command}\n" in page, command
        for completion in ("bash-completion/completions/roost", "zsh/vendor-completions/_roost",
                           "fish/vendor_completions.d/roost.fish"):
            with open(f"/usr/share/{completion}") as file:
                assert command in file.read(), (completion, command)
    done = run("bash -c '. /usr/share/bash-completion/completions/roost; "
               "COMP_WORDS=(roost check-c); COMP_CWORD=1 COMP_LINE=\"roost check-c\"; "
               "COMP_POINT=13; _roost roost check-c roost; "
               "echo \"${COMPREPLY[*]}\"'")
    assert done.strip() == "check-config", done
    with gzip.open("/usr/share/doc/roost/changelog.gz", "rt") as file:
        assert file.readline() == f"roost ({package}) unstable; urgency=medium\n"


def an_upgrade_with_a_bad_file_keeps_the_old_version_running():
    chatter = Chatter().enter("ida", "lobby")
    process = main_process()
    configure("max-mesage = 2K\n")
    # To another version; that it is an older one makes no difference here.
    said = run("dpkg -i /packages/old.deb")
    assert f"{CONFIGURATION}:1: There is no setting 'max-mesage'" in said, said
    assert "roost.service still runs its earlier version" in said, said
    assert run("dpkg-query -W -f '${Status} ${Version}' roost") == "install ok installed 0.0.1"
    assert main_process() == process, "it was restarted"
    chatter.say(type="message", room="lobby", text="still here")
    chatter.hear("message")
    # What it says to do helps.
    configure("")
    restart = subprocess.Popen(said.splitlines()[-1].split("then: ")[1].split())
    assert restart.wait(20) == 0
    chatter.say(type="message", room="lobby", text="and now")
    assert chatter.hear("message")["text"] == "and now"
    Chatter().leave()
    assert main_process() not in (0, process)


def an_upgrade_starts_nothing_that_was_stopped():
    run("systemctl stop roost.socket && dpkg -i /packages/new.deb")
    assert states() == ["inactive"] * 4, states()
    run("systemctl start roost.socket")
    Chatter().leave()


def it_leaves_nothing_behind():
    # Everything that can be linked is, and an instance has run.
    run("systemctl enable roost-metrics.socket roost-redirect.socket roost@staff.socket "
        "roost-metrics@staff.socket")
    run("touch /etc/roost/staff.conf && systemctl restart roost@staff.socket")
    run("systemctl start roost@staff.service && roost status --instance staff")
    databases = [DATABASE, DATABASE.replace("roost/", "roost-staff/")]
    say("jane", "before the removal").leave()
    run("dpkg -r roost")
    assert states() == ["inactive"] * 4, states()
    assert states("@staff") == ["inactive"] * 4, states("@staff")
    for path in (CONFIGURATION, *databases):
        assert os.path.exists(path), f"removing is not purging: {path}"
    # It can be installed again, and is as it was.
    run("dpkg -i /packages/new.deb")
    assert states() == ["active"] * 3 + ["inactive"], states()
    assert states("@staff") == ["active"] * 3 + ["inactive"], states("@staff")
    say("jack", "after the removal").leave()
    assert {"upgrade 2", "before the removal", "after the removal"} <= set(said())
    run("dpkg -r roost")
    # A file that its administrator has made is theirs.
    run("rm /etc/roost/staff.conf")
    run("dpkg -P roost")
    for path in databases:
        assert not os.path.lexists(os.path.dirname(path)), f"purging has left {path}"
    left = run("find / /run -xdev -iname '*roost*' -not -path '/proc/*' -not -path '/test/*' "
               "-not -name 'roost-test*' -not -path '/sys/*' -not -path '/run/systemd/units/*'",
               None)
    assert not left.strip(), left
    run("dpkg -i /packages/new.deb")
    Chatter().leave()
    assert said() == [], "what was said before the purge"
    for unit in ("roost-metrics.socket", "roost-redirect.socket", "roost-tls.socket"):
        assert run(f"systemctl is-enabled {unit}", None).strip() == "disabled", unit
