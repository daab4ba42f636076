"""The users of the machine: their rights at the control socket, the findings of the doctor, the
listeners. Runs against a running server, and leaves it unchanged."""
import os

from chatter import Chatter, get, post
from machine import configure, event, main_process, now, records, run, show, until

CONTROL = "/run/roost/control.sock"
LISTEN = "/etc/systemd/system/roost.socket.d/listen.conf"


def as_user(name, command, status=0):
    return run(f"runuser -u {name} -- {command}", status)


def members_publish_and_look_and_others_are_refused():
    run("useradd -G roost member && useradd outsider")
    chatter = Chatter().enter("olga", "ops")
    start = now()
    assert as_user("member", "roost publish ops 'The build is done' --user cron") == ""
    heard = chatter.hear("message")
    assert (heard["user"], heard["text"]) == ("cron", "The build is done"), heard
    as_user("member", "sh -c 'printf \"line 1\\nline 2\\n\" | roost publish ops'")
    assert chatter.hear("message")["text"] == "line 1\nline 2"
    screen = as_user("member", "roost status")
    assert f"process {main_process()}" in screen and "1 of at most" in screen, screen
    assert "ops 1" in screen, screen
    # Members may not do the rest, and the error names who may.
    for command in ("reload", "stop"):
        assert "members of the group of --admin-group" in as_user("member", f"roost {command}", 1)
    # A user that the file's mode keeps out gets a hint how to get access.
    for command in ("publish ops x", "status", "reload", "stop"):
        refused = as_user("outsider", f"roost {command}", 1)
        assert "members of the group roost" in refused and "usermod" in refused, refused
    assert not records("ROOST_EVENT=control-action", start), "no action has happened"
    chatter.leave()


def the_kernel_says_who_asks():
    """Also where the file lets all users in: the server asks the kernel, which knows."""
    os.chmod(CONTROL, 0o666)
    ask = ("python3 -B -c \"import sys; sys.path.insert(0, '/test/Tests/Support/boot'); "
           "from chatter import get, post; print({}[0])\"")
    read, say = f"get('/status', '{CONTROL}')", f"post('/rooms/ops/messages', '{CONTROL}', b'{{}}')"
    stop = f"post('/stop', '{CONTROL}')"
    for user, request, status in (
            ("outsider", read, 403), ("outsider", say, 403), ("outsider", stop, 403),
            # An empty message is refused, but only after the check of rights.
            ("member", read, 200), ("member", say, 400), ("member", stop, 403)):
        answer = as_user(user, ask.format(request)).strip()
        assert answer == str(status), (user, request, answer)
    os.chmod(CONTROL, 0o660)
    assert get("/status", CONTROL)[0] == 200
    status, body = post("/rooms/ops/messages", CONTROL, b'{"text":"from root"}')
    assert status == 201, body


def members_look_and_root_kicks():
    vera = Chatter().enter("vera", "ops")
    start = now()
    who = as_user("member", "roost who")
    assert "vera" in who and "127.0.0.1" in who and "ops" in who, who
    assert "ops" in as_user("member", "roost rooms")
    assert "There are no accounts." in as_user("member", "roost account list")
    for command in ("kick vera", "account reset vera", "account delete vera"):
        refused = as_user("member", f"roost {command}", 1)
        assert "members of the group of --admin-group" in refused, (command, refused)
    for command in ("who", "rooms", "why", "kick vera", "account list"):
        assert "members of the group roost" in as_user("outsider", f"roost {command}", 1), command
    assert run("roost kick vera --reason 'Back at nine'") == "Closed 1 connection.\n"
    assert vera.close_code() == 4003
    assert event("kicked", start)["ROOST_USER"] == "vera"
    why = as_user("member", "roost why vera")
    assert "4003" in why and "Back at nine" in why, why
    assert run("roost --version").strip() in as_user("member", "roost status")


def an_admin_group_may_do_the_rest():
    run("groupadd chiefs && useradd -G roost,chiefs chief")
    assert "--admin-group" in as_user("chief", "roost reload", 1)
    configure("admin-group = chiefs\n")
    run("systemctl reload roost")
    start = now()
    as_user("chief", "roost reload")
    action = event("control-action", start)
    assert action["ROOST_UID"] == run("id -u chief").strip(), action
    assert action["ROOST_ACTION"] == "reload", action
    explained = run("journalctl -x --no-pager -u roost ROOST_EVENT=control-action")
    asked = f"The user with the number {action['ROOST_UID']} asked for 'reload'"
    assert asked in explained, explained
    assert "--admin-group" in as_user("member", "roost reload", 1)
    configure("")
    run("systemctl reload roost")


def the_doctor_knows_the_server_and_its_units():
    capacity = event("capacity")
    assert capacity["ROOST_LIMIT"] == "RLIMIT_NOFILE", capacity
    found = run("roost doctor")
    assert found.startswith("This machine can hold ") and "RLIMIT_NOFILE binds" in found, found
    assert f"open files of process {main_process()}" in found, found
    for words in ("answers at its control socket", "roost.socket listens",
                  "roost-control.socket listens", "roost.service runs"):
        assert words in found, found
    # Its advice is followed line by line, and helps.
    line = next(line for line in found.splitlines() if "LimitNOFILE=" in line)
    run(line.split("   (")[0].strip().replace("100096", "5096"))
    assert show("LimitNOFILE") == "5096"
    assert "5,096 open files" in run("roost doctor")
    run("rm /etc/systemd/system/roost.service.d/limits.conf && systemctl daemon-reload")
    assert "its file has changed since" not in run("roost doctor")
    run("systemctl restart roost")
    assert "It is for members" in as_user("outsider", "roost doctor", 2).replace("it is", "It is")


def the_drop_in_opens_it_and_adds_a_local_socket():
    with open(LISTEN) as file:
        before = file.read()
    with open(LISTEN, "w") as file:
        file.write(before.replace("\n#ListenStream=", "\nListenStream="))
    run("systemctl daemon-reload && systemctl restart roost.socket")
    own = run("hostname -I", None).split() or ["127.0.0.1"]
    for address in ("127.0.0.1", "::1", "127.0.0.2", own[0]):
        Chatter((address, 8080)).leave()
    web = "/run/roost/web.sock"
    assert get("/healthz", web)[0] == 200
    # For root and a proxy that was put into the group, and for nobody else.
    assert run(f"stat -c '%a %G' {web}").strip() == "660 roost-web"
    run("useradd -G roost-web proxy-of-ours")
    connect = f"python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect(\"{web}\")'"
    as_user("proxy-of-ours", connect)
    assert "Permission denied" in as_user("member", connect, 1)
    assert get("/metrics", "/run/roost/web.sock")[0] == 404, "this listener is for clients"
    with open(LISTEN, "w") as file:
        file.write(before)
    run("systemctl daemon-reload && systemctl restart roost.socket")
    assert not os.path.exists(web), "it stays after its end"
    Chatter().leave()


def prometheus_has_a_door_of_its_own():
    # As the unit's own comment says, while the server runs; and again, since what two jobs of
    # systemd do at once may differ from time to time.
    unit = run("systemctl cat roost-metrics.socket")
    command = next(
        line[1:] for line in unit.splitlines() if line.startswith("#     systemctl enable"))
    off = "systemctl disable --now roost-metrics.socket && systemctl restart roost.service"
    for _ in range(2):
        run(command)
        status, text = get("/metrics", ("127.0.0.1", 9180))
        assert status == 200 and b"\nroost_connections 0\n" in text, text
        run(off)
    run(command)
    assert get("/status", ("127.0.0.1", 9180))[0] == 404
    assert get("/metrics")[0] == 404
    run(off)
    Chatter().leave()


def what_has_no_effect_under_the_unit_is_said():
    start = now()
    configure("port = 9000\n")
    run("systemctl restart roost.service")
    ignored = event("setting-ignored", start)
    assert "port has no effect" in ignored["MESSAGE"] and ignored["PRIORITY"] == "4", ignored
    configure("metrics = 127.0.0.1:9181\n")
    run("systemctl restart roost.service", None)
    failed = event("start-failed", start)
    assert "RestrictAddressFamilies" in failed["MESSAGE"], failed
    configure("")
    run("systemctl restart roost.service")
    until("it serves", lambda: show("ActiveState") == "active")


SCENARIOS = [
    members_publish_and_look_and_others_are_refused, the_kernel_says_who_asks,
    members_look_and_root_kicks, an_admin_group_may_do_the_rest,
    the_doctor_knows_the_server_and_its_units, the_drop_in_opens_it_and_adds_a_local_socket,
    prometheus_has_a_door_of_its_own, what_has_no_effect_under_the_unit_is_said,
]
