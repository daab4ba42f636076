"""Scenarios of the chat page: a private room, its people, and who may bring or send out whom."""

from playwright.sync_api import expect

from browser_axe import clean
from browser_page import browser
from browser_people import device, own
from roost_server import Client, start_server
from scenarios import arguments


def create(person, name):
    """Asks for a private room in the dialog, which is returned."""
    person.page.get_by_role("button", name="All rooms").click()
    rooms = person.page.get_by_role("dialog", name="All rooms")
    rooms.get_by_label("Name", exact=True).fill(name)
    rooms.get_by_label("Private").check()
    rooms.get_by_role("button", name="Create").click()
    return rooms


def private():
    """A private room: an invitation is a sentence with a button, whoever is sent out is out, and it
    is there after the server was killed."""
    with start_server() as server, browser(arguments.shots) as all:
        own(server, "ann", "bob")
        ann, bob = (device(all, server.page, name) for name in ("ann", "bob"))
        create(ann, "backstage")
        ann.is_at("backstage")
        ann.say("only for us")
        ann.page.get_by_role("button", name="About this room").click()
        about = ann.page.get_by_role("dialog", name="backstage")
        about.get_by_label("Invite somebody").fill("nobody")
        about.get_by_role("button", name="Invite").click()
        expect(about.get_by_role("alert")).to_have_text("There is nobody with this name.")
        assert about.locator("option[value=bob]").count() == 1, "names to choose from"
        about.get_by_label("Invite somebody").fill("bob")
        ann.page.keyboard.press("Enter")
        expect(about.get_by_role("status")).to_have_text("bob may enter now.")
        # Everybody who may enter is listed, also who is not there.
        people = about.locator(".members li")
        expect(people).to_have_count(2)
        expect(people.filter(has_text="bob")).to_contain_text("not in this room")
        expect(about.get_by_role("button", name="Send bob out")).to_be_visible()
        expect(about.get_by_role("heading", name="People who may enter")).to_be_visible()
        assert about.locator("option[value=bob]").count() == 0, "he is invited"
        ann.shot("private-about")
        clean(ann.page, "a private room")
        ann.page.keyboard.press("Escape")
        invitation = bob.page.locator("#invited")
        expect(invitation).to_contain_text("ann invites you to the private room “backstage”.")
        # Not answered before a reload: it is there still.
        bob.page.reload()
        bob.is_in("bob")
        expect(invitation).to_contain_text("You are invited to the private room “backstage”.")
        bob.page.wait_for_timeout(400)  # it fades in
        bob.shot("private-invited")
        invitation.get_by_role("button", name="Enter").click()
        bob.is_at("backstage")
        bob.sees("only for us", "ann")
        expect(invitation).to_be_hidden()
        bob.say("here I am")
        ann.sees("here I am", "bob")
        # Only who has created it sends people out; everybody may bring others.
        bob.page.get_by_role("button", name="About this room").click()
        theirs = bob.page.get_by_role("dialog", name="backstage")
        expect(theirs).to_contain_text("ann has created it.")
        expect(theirs.locator(".members li")).to_have_count(2)
        expect(theirs.locator(".members")).not_to_contain_text("not in this room")
        expect(theirs.get_by_label("Invite somebody")).to_be_visible()
        expect(theirs.get_by_role("button", name="Send ann out")).to_be_hidden()
        bob.shot("private-theirs")
        bob.page.keyboard.press("Escape")
        server.kill()
        expect(ann.page.locator("#bar")).to_be_visible()
        ann.say("after the fall")
        server.start()
        for person in (ann, bob):
            person.is_connected()
            person.sees_text("after the fall")
            assert person.texts() == ["only for us", "here I am", "after the fall"], person.texts()
        # Sent out, and left for good.
        ann.page.get_by_role("button", name="About this room").click()
        about.get_by_role("button", name="Send bob out").click()
        expect(about.get_by_role("status")).to_have_text("bob may not enter any more.")
        expect(people).to_have_count(1)
        expect(bob.page.locator("#verdict")).to_contain_text(
            "You are not invited to this room any more.")
        expect(bob.page.locator("#send")).to_be_disabled()
        about.get_by_role("button", name="Leave for good").click()
        question = ann.page.get_by_role("dialog", name="Leave backstage for good?")
        expect(question).to_contain_text("Nobody else may enter, so the room is lost.")
        question.get_by_role("button", name="Leave for good").click()
        ann.is_at("lobby")
        expect(ann.room("backstage")).to_have_count(0)
        ann.page.reload()
        ann.is_in("ann")
        expect(ann.room("lobby")).to_have_count(1)
        expect(ann.room("backstage")).to_have_count(0)
        # A name that is not kept takes its private rooms along, so there is a question first.
        gus = all.person(server.page, "gus")
        rooms = create(gus, "the cellar")
        expect(rooms.get_by_role("alert")).to_contain_text("A name has no blanks.")
        gus.page.wait_for_timeout(200)
        gus.shot("offered-new-room")
        rooms.get_by_role("button", name="Join the_cellar").click()
        gus.is_at("the_cellar")
        gus.page.get_by_role("button", name="Sign out").click()
        question = gus.page.locator("#question")
        expect(question).to_contain_text("Keep this name first, or its private rooms")
        gus.page.wait_for_timeout(200)
        gus.shot("sign-out-lost")
        question.get_by_role("button", name="Stay").click()
        gus.is_at("the_cellar")
        gus.page.get_by_role("button", name="Sign out").click()
        question.get_by_role("button", name="Sign out").click()
        expect(gus.page.get_by_label("Your name")).to_have_value("gus")


def never_open():
    """A server without a database has forgotten a private room: what waits for it gets into no
    open room of its name, however often the page is loaded."""
    with start_server("--history", "memory") as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        create(ann, "safe")
        ann.is_at("safe")
        ann.say("between us")
        ann.has_sent("between us")
        server.kill()
        expect(ann.page.locator("#bar")).to_be_visible()
        ann.say("very secret")
        server.start()
        gone = ann.page.get_by_text("There is no private room with this name any more.")
        expect(gone).to_be_visible(timeout=20_000)
        ann.shot("private-gone")
        with Client(server) as bob:
            bob.log_in("bob", join=False)
            bob.ask(type="join", room="safe")
            for _ in range(2):
                ann.page.reload()
                ann.is_in("ann")
                expect(gone).to_be_visible()
                expect(ann.message("very secret")).to_be_visible()
            assert bob.ask(type="who", room="safe")["members"] == ["bob"]
            assert bob.ask(type="history", room="safe", before=9)["messages"] == []
