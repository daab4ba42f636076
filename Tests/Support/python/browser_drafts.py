"""Scenarios of the chat page: what somebody has begun to write, and the message that it answers."""

from playwright.sync_api import expect

from browser_page import browser
from roost_server import start_server
from scenarios import arguments

AT_ONCE = """button => {
    button.click();
    document.execCommand('insertText', false, ', at once');
}"""


def drafts():
    """A draft and what it answers outlast a reload, in each room its own; blanks before the first
    line are sent."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        ann.field.fill("for the lobby")
        ann.join("garden")
        ann.is_at("garden")
        expect(ann.field).to_have_value("")
        ann.field.fill("  for the garden")
        ann.page.reload()
        ann.is_connected()
        ann.is_at("garden")
        expect(ann.field).to_have_value("  for the garden")
        ann.room("lobby").click()
        expect(ann.field).to_have_value("for the lobby")
        # What is written at once, before anything is drawn, belongs to the room that was chosen.
        ann.room("garden").evaluate(AT_ONCE)
        expect(ann.field).to_have_value("  for the garden, at once")
        ann.room("lobby").click()
        expect(ann.field).to_have_value("for the lobby")
        ann.say("\n \n    if true {\n        go()\n    }\n\n")
        bubble = ann.page.locator("li.message .bubble")
        expect(bubble).to_have_count(1)
        assert bubble.text_content() == "    if true {\n        go()\n    }"
        ann.field.fill(" \n ")
        ann.field.press("Enter")
        expect(bubble).to_have_count(1)
        ann.field.fill("")
        ann.page.reload()
        ann.is_connected()
        expect(ann.field).to_have_value("")
        # What it answers outlasts a reload too, in its room.
        text = "if true {"
        row = ann.page.locator("li.message").filter(has_text=text)
        row.locator(".bubble").hover()
        ann.page.locator(".toolbar [data-deed=reply]").click()
        ann.field.fill("an answer")
        answered = ann.page.locator("#writing")
        expect(answered).to_contain_text(text)
        ann.room("garden").click()
        expect(answered).to_be_hidden()
        ann.page.reload()
        ann.is_connected()
        ann.is_at("garden")
        expect(answered).to_be_hidden()
        ann.room("lobby").click()
        expect(ann.field).to_have_value("an answer")
        expect(answered).to_contain_text(text)
        ann.shot("draft-answer")
        ann.page.reload()
        ann.is_connected()
        expect(answered).to_contain_text(text)
        ann.field.press("Enter")
        expect(ann.message("an answer").locator(".quote")).to_contain_text(text)
        ann.page.reload()
        ann.is_connected()
        expect(ann.message("an answer")).to_have_count(1)
        expect(answered).to_be_hidden()
        # Not any more after Escape.
        ann.message("an answer").locator(".bubble").hover()
        ann.page.locator(".toolbar [data-deed=reply]").click()
        expect(answered).to_be_visible()
        ann.field.press("Escape")
        ann.page.reload()
        ann.is_connected()
        expect(ann.message("an answer")).to_have_count(1)
        expect(answered).to_be_hidden()
        ann.page.get_by_role("button", name="Sign out").click()
        expect(ann.page.get_by_label("Your name")).to_be_visible()
        ann.log_in("ann")
        ann.room("garden").click()
        expect(ann.field).to_have_value("")
