"""What one does on the chat page, for browser_broken.py: each feature, and what both people see in
the end, however the connection breaks in the middle."""

from playwright.sync_api import expect

from browser_deeds import choose, deed
from browser_people import PASSWORD, conversation, has_unread
from roost_server import Client, until

TO_TOP = "document.getElementById('log').scrollTop = 0"


class Feature:
    """What somebody does there, and what both see in the end. `n` names the round."""

    stays = True  # whether Ann is connected afterwards
    again = None  # what a dialog asks for that says that the connection was lost

    def __init__(self, breaks, n):
        self.breaks = breaks
        self.ann, self.bob, self.page = breaks.ann, breaks.bob, breaks.ann.page
        self.n = n

    def prepare(self):
        """Before anything breaks."""

    def act(self):
        """Does it, and does not wait for an answer."""

    def check(self):
        """What both see in the end."""


class OnMessage(Feature):
    """What one does with a message that is there."""

    def prepare(self):
        self.text = f"{type(self).__name__} {self.n}"
        self.ann.say(self.text)
        self.ann.has_sent(self.text)
        self.bob.sees(self.text, "ann")


class Message(Feature):
    def act(self):
        self.ann.say(f"said {self.n}")

    def check(self):
        self.ann.has_sent(f"said {self.n}")
        self.bob.sees(f"said {self.n}", "ann")


class Reply(OnMessage):
    def act(self):
        deed(self.ann, self.text, "reply")
        self.ann.say(f"answer {self.n}")

    def check(self):
        self.ann.has_sent(f"answer {self.n}")
        for person, name in ((self.ann, "You"), (self.bob, "ann")):
            row = person.message(f"answer {self.n}")
            expect(row).to_have_count(1)
            expect(row.locator(".quote")).to_have_accessible_name(
                f"Reply to: {name}: {self.text}")


class Edit(OnMessage):
    def act(self):
        deed(self.ann, self.text, "edit")
        self.ann.field.fill(f"edited {self.n}")
        self.ann.field.press("Enter")
        expect(self.ann.message(f"edited {self.n}").locator(".edited")).to_have_text("Saving…")

    def check(self):
        for person in (self.ann, self.bob):
            person.sees_text(f"edited {self.n}")
            expect(person.message(f"edited {self.n}").locator(".edited")).to_have_text("Edited")
            expect(person.message(self.text)).to_have_count(0)


class Delete(OnMessage):
    def act(self):
        self.count = self.bob.page.locator("li.gone").count()
        choose(self.ann, self.text, "delete")
        self.page.get_by_role("button", name="Delete").click()
        expect(self.ann.message(self.text)).to_have_count(0)

    def check(self):
        for person in (self.ann, self.bob):
            expect(person.message(self.text)).to_have_count(0)
            expect(person.page.locator("li.gone")).to_have_count(self.count + 1)


class React(OnMessage):
    def act(self):
        deed(self.ann, self.text, "react")
        self.page.locator("#menu [data-emoji='👍']").click()

    def check(self):
        for person, name in ((self.ann, "You"), (self.bob, "ann")):
            reaction = person.message(self.text).locator(".reaction")
            expect(reaction).to_have_accessible_name(f"👍 from {name}")


class Topic(Feature):
    def act(self):
        self.page.get_by_role("button", name="About this room").click()
        self.dialog = self.page.get_by_role("dialog", name="lobby")
        self.dialog.get_by_label("Topic").fill(f"topic {self.n}")
        self.again()

    def again(self):
        self.dialog.get_by_role("button", name="Save").click()

    def check(self):
        for person in (self.ann, self.bob):
            expect(person.page.locator("#topic")).to_have_text(f"topic {self.n}")
        self.page.keyboard.press("Escape")


class Private(Feature):
    def act(self):
        self.page.get_by_role("button", name="All rooms").click()
        self.dialog = self.page.get_by_role("dialog", name="All rooms")
        self.dialog.get_by_label("Name", exact=True).fill(f"private-{self.n}")
        self.dialog.get_by_label("Private").check()
        self.create()

    def again(self):
        # The list comes by itself.
        expect(self.dialog.locator(".found li").first).to_be_visible()
        self.create()

    def create(self):
        self.dialog.get_by_role("button", name="Create").click()

    def check(self):
        self.ann.is_at(f"private-{self.n}")
        expect(self.dialog).to_be_hidden()
        expect(self.ann.room(f"private-{self.n}")).to_have_count(1)
        expect(self.bob.room(f"private-{self.n}")).to_have_count(0)


class Invite(Feature):
    """Into the room of `Private`."""

    def prepare(self):
        self.ann.room(f"private-{self.n}").click()
        self.ann.is_at(f"private-{self.n}")

    def act(self):
        self.page.get_by_role("button", name="About this room").click()
        self.dialog = self.page.get_by_role("dialog", name=f"private-{self.n}")
        self.dialog.get_by_label("Invite somebody").fill("bob")
        self.again()

    def again(self):
        self.dialog.get_by_role("button", name="Invite").click()

    def check(self):
        self.page.keyboard.press("Escape")
        invitation = self.bob.page.locator("#invited")
        expect(invitation).to_contain_text(f"to the private room “private-{self.n}”.")
        invitation.get_by_role("button", name="Enter").click()
        self.bob.is_at(f"private-{self.n}")
        expect(invitation).to_be_hidden()
        expect(self.page.locator("#members li")).to_have_count(2)


class Direct(Feature):
    def act(self):
        self.page.get_by_role("button", name="Write to bob").click()
        self.ann.say(f"between us {self.n}")

    def check(self):
        self.ann.has_sent(f"between us {self.n}")
        has_unread(conversation(self.bob, "ann"), 1)
        conversation(self.bob, "ann").click()
        self.bob.sees(f"between us {self.n}", "ann")
        assert self.ann.texts() == self.bob.texts(), (self.ann.texts(), self.bob.texts())


class Read(Feature):
    """What one device has read is read on all."""

    def prepare(self):
        self.breaks.mod(type="message", room="garden", text=f"news {self.n}")
        has_unread(self.ann.room("garden"), 1)

    def act(self):
        self.ann.room("garden").click()
        self.ann.sees(f"news {self.n}", "mod")

    def check(self):
        has_unread(self.ann.room("garden"), 0)
        with Client(self.breaks.server) as device:
            device.log_in("ann", password=PASSWORD)
            until(lambda: self.unread(device) == 0, "the server to know what was read")

    def unread(self, device):
        rooms = device.ask(type="mine")["rooms"]
        return next(room["unread"] for room in rooms if room["room"] == "garden")


class Search(Feature):
    def act(self):
        self.page.keyboard.press("Control+k")
        self.page.get_by_role("searchbox").fill("\"near 7\"")

    def check(self):
        rows = self.page.get_by_role("dialog", name="Search").locator(".found li")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("near 7")
        self.page.keyboard.press("Escape")


class Older(Feature):
    """Older messages, as one scrolls up."""

    def prepare(self):
        self.ann.room("near").click()
        self.ann.is_at("near")
        self.page.reload()
        self.ann.is_in("ann")
        self.ann.sees("near 160", "mod")

    def act(self):
        self.page.evaluate(TO_TOP)

    def check(self):
        until(lambda: self.page.evaluate(TO_TOP) or self.ann.message("near 1").count(), "the first")
        assert self.ann.texts() == [f"near {number}" for number in range(1, 161)]


class Link(Feature):
    """To a message in a room in which one is not."""

    def act(self):
        self.page.evaluate("location.hash = 'far/7'")

    def check(self):
        self.ann.is_at("far")
        row = self.ann.message("far 7")
        expect(row).to_be_in_viewport()
        expect(row).to_have_attribute("data-found", "")
        self.page.get_by_role("button", name="Leave this room").click()


class Moderation(OnMessage):
    """A moderator takes a message away, while its author does not hear of it."""

    def act(self):
        rows = self.bob.page.locator("li.message:not(.gone) .bubble")
        self.count = rows.count()
        found = self.ann.page.evaluate(
            "text => [...document.querySelectorAll('li.message')]"
            ".find(row => row.item.text === text).item.entry.offset", self.text)
        self.breaks.mod(type="delete", offset=found)

    def check(self):
        for person in (self.ann, self.bob):
            expect(person.message(self.text)).to_have_count(0)
            expect(person.page.locator("li.message:not(.gone)")).to_have_count(self.count - 1)


class SignOut(Feature):
    stays = False

    def act(self):
        self.page.get_by_role("button", name="Sign out").click()

    def check(self):
        expect(self.page.get_by_label("Your name")).to_be_visible()
        stored = self.page.evaluate("localStorage.getItem('roost.users')")
        assert '"session":"' not in stored, stored
        self.page.get_by_label("Your name").fill("ann")
        self.page.keyboard.press("Enter")
        self.page.locator("#password").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        self.ann.is_in("ann")


FEATURES = (Message, Reply, Edit, Delete, React, Topic, Private, Invite, Direct, Read, Search,
            Older, Link, Moderation, SignOut)
