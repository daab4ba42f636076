"""Scenarios of the chat page: the field to write in, what it completes, and what it refuses."""

from playwright.sync_api import expect

from browser_page import browser
from roost_server import Client, start_server, until
from scenarios import arguments


def completion():
    """@ lists the people in the room, the last speakers first: arrow keys, Enter, Tab, Escape and a
    click; Tab completes a word; what an input method composes is left alone."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        clients = [Client(server) for _ in range(3)]
        for client, name in zip(clients, ("bob", "bella", "carol")):
            client.log_in(name)
        expect(ann.page.locator("#members li")).to_have_count(4)
        names = ann.page.get_by_role("listbox", name="People to mention")
        options = names.get_by_role("option")
        keys = ann.page.keyboard
        ann.field.press_sequentially("hi @")
        expect(options).to_have_text(["Bbella", "Bbob", "Ccarol"])  # with their initials
        expect(ann.page.locator("#names-said")).to_contain_text("3 names")
        ann.shot("completion")
        clients[2].say("I am here")
        ann.sees("I am here", "carol")
        ann.field.press_sequentially("B")
        expect(options).to_have_text(["Bbella", "Bbob"])
        selected = names.get_by_role("option", selected=True)
        expect(selected).to_have_text("Bbella")
        keys.press("ArrowDown")
        expect(selected).to_have_text("Bbob")
        expect(ann.field).to_have_attribute("aria-activedescendant", "name-1")
        keys.press("ArrowDown")
        expect(selected).to_have_text("Bbella")
        keys.press("ArrowUp")
        keys.press("Enter")
        expect(ann.field).to_have_value("hi @bob ")
        expect(names).to_be_hidden()
        expect(ann.field).to_be_focused()
        keys.type("and @")
        expect(options.first).to_have_text("Ccarol")
        keys.press("Tab")
        expect(ann.field).to_have_value("hi @bob and @carol ")
        keys.press("Enter")
        ann.has_sent("hi @bob and @carol")

        # Escape closes it and nothing else; Enter sends then. In an address there is no name.
        keys.type("@b")
        expect(names).to_be_visible()
        keys.press("Escape")
        expect(names).to_be_hidden()
        keys.press("Enter")
        ann.has_sent("@b")
        # A name that is written in full is sent as it is.
        keys.type("hello @Bob")
        expect(options).to_have_text(["Bbob"])
        keys.press("Enter")
        ann.has_sent("hello @Bob")
        keys.type("me@b")
        expect(names).to_be_hidden()
        ann.field.fill("")
        # In the middle of a text, by a click.
        ann.field.fill("@c, look")
        ann.page.evaluate("document.getElementById('message').setSelectionRange(1, 1)")
        keys.type("x")
        expect(options).to_have_count(0)
        keys.press("Backspace")
        expect(options).to_have_count(3)
        options.filter(has_text="bella").click()
        expect(ann.field).to_have_value("@bella c, look")
        expect(ann.field).to_be_focused()
        # Tab completes the word that was begun; where there is none, it goes on.
        ann.field.fill("")
        keys.type("car")
        keys.press("Tab")
        expect(ann.field).to_have_value("@carol ")
        ann.field.fill("")
        keys.type("zz")
        keys.press("Tab")
        expect(ann.field).not_to_be_focused()
        ann.field.focus()
        ann.field.fill("")
        keys.type("b")
        keys.press("Tab")
        expect(options).to_have_count(2)
        ann.room("lobby").focus()
        expect(names).to_be_hidden()
        # Composing: the Enter belongs to the input method.
        ann.field.fill("")
        ann.field.focus()
        keys.type("@b")
        expect(names).to_be_visible()
        ann.page.evaluate("""() => document.getElementById('message').dispatchEvent(
            new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, isComposing: true,
                bubbles: true, cancelable: true }))""")
        expect(ann.field).to_have_value("@b")
        expect(names).to_be_visible()
        for client in clients:
            client.socket.close()


DROP = """(type) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['x'], 'cat.png', { type: 'image/png' }));
    const target = document.getElementById('messages');
    const init = { bubbles: true, cancelable: true };
    if (type === 'paste') {
        const event = new ClipboardEvent('paste', { ...init, clipboardData: transfer });
        return !document.getElementById('message').dispatchEvent(event);
    }
    const over = new DragEvent('dragover', { ...init, dataTransfer: transfer });
    const drop = new DragEvent('drop', { ...init, dataTransfer: transfer });
    return !target.dispatchEvent(over) && !target.dispatchEvent(drop);
}"""


def files():
    """A file that is dropped or pasted: a sentence, the page stays, and nothing is lost."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        note = ann.page.locator("#note")
        ann.field.fill("half a sentence")
        for type in ("drop", "paste"):
            # The script that refuses them comes after the first paint.
            until(lambda: ann.page.evaluate(DROP, type), "files to be refused")
            expect(note).to_contain_text("Files and pictures cannot be sent here")
            ann.shot("files")
            ann.page.get_by_role("button", name="All right").click()
            expect(note).to_be_hidden()
        expect(ann.field).to_have_value("half a sentence")
        # A text beside the picture is what was meant.
        assert not ann.page.evaluate("""() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(['x'], 'table.png', { type: 'image/png' }));
            transfer.setData('text/plain', 'a table');
            const event = new ClipboardEvent('paste',
                { bubbles: true, cancelable: true, clipboardData: transfer });
            return !document.getElementById('message').dispatchEvent(event);
        }""")
        expect(note).to_be_hidden()


CODE = "    if true {\n\tgo()\n    }"


def pasted():
    """Code that is pasted keeps its blanks, in the field, in the draft, and in the message."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann", permissions=["clipboard-read", "clipboard-write"])
        ann.page.evaluate("text => navigator.clipboard.writeText(text)", CODE)
        ann.field.focus()
        ann.page.keyboard.press("Control+v")
        expect(ann.field).to_have_value(CODE)
        ann.page.reload()
        ann.is_connected()
        expect(ann.field).to_have_value(CODE)
        ann.field.press("Enter")
        bubble = ann.page.locator("li.message .bubble")
        expect(bubble).to_have_count(1)
        assert bubble.text_content() == CODE
