#!/usr/bin/env python3
"""Users of the chat page in a headless Chromium.

    browser_chat.py [--shots DIR] [--only NAME]… -- COMMAND that starts the server
    browser_chat.py --only picture --picture FILE -- COMMAND
    browser_chat.py --list | --check

Each scenario has a server and a browser of its own. Prints a line for each, and ends with 1 if one
failed. `--check` prints in one line what is missing to run this, if anything. `--picture` makes the
scenario of that name save its picture, for the README.
"""

import argparse
import pathlib
import sys

try:
    from playwright.sync_api import expect
    import roost_server
    import browser_picture
    from browser_page import browser, chromium
    from roost_server import Client, Server, until
    from cut_line import CutLine
    missing = None if chromium() else "there is no chromium on this machine"
except ImportError as problem:
    missing = f"Python has no {problem.name}; `make test` installs it"

arguments = None

MARKUP = [
    "<b>bold</b> & <i>italic</i>",
    "<img src=x onerror=\"document.title='owned'\">",
    "<script>document.title = 'owned'</script>",
    "</div></li><h1>outside</h1>",
    "&lt;already&gt; &amp; escaped",
    "javascript:alert(1) and http://example.org/<b>?a=1&b=\"2\"",
]


def start_server(*flags):
    return Server([*arguments.command, *flags])


def conversation():
    """Two people chat; each sees who wrote what and when, who is present, and who types."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        ann.shot("empty")
        bob = all.person(server.page, "bob")
        expect(ann.page.locator("#members .label")).to_have_text(["ann", "bob"])
        expect(bob.page.locator("#members .label")).to_have_text(["ann", "bob"])
        ann.say("Good morning!")
        bob.sees("Good morning!", "ann")
        ann.has_sent("Good morning!")
        bob.field.press_sequentially("Hel")
        expect(ann.page.locator("#activity")).to_contain_text("bob is typing")
        bob.say("Hello ann")
        bob.say("How was the journey?")
        ann.sees("Hello ann", "bob")
        ann.sees("How was the journey?", "bob")
        expect(ann.page.locator("#activity")).not_to_contain_text("typing")
        # The second of two messages in a row is in the first one's group.
        expect(ann.page.locator("li.message.head")).to_have_count(2)
        ann.field.fill("Two lines:")
        ann.field.press("Shift+Enter")
        ann.field.press_sequentially("this is the second.")
        ann.field.press("Enter")
        bob.sees("Two lines:\nthis is the second.", "ann")
        ann.shot("conversation")
        bob.page.close()
        expect(ann.page.locator("#members .label")).to_have_text(["ann"])


def names():
    """A taken or invalid name is refused with a message; a room in the address is entered."""
    with start_server() as server, browser(arguments.shots) as all:
        all.person(server.page, "ann")
        other = all.person(server.page + "#garden")
        page = other.page
        expect(page.locator("#login-room")).to_contain_text("garden")
        for name in ("ANN", "two words"):
            page.get_by_label("Your name").fill(name)
            page.get_by_role("button", name="Join the chat").click()
            expect(page.get_by_role("alert").first).not_to_be_empty()
            expect(page.get_by_label("Your name")).to_be_focused()
        other.shot("login-refused")
        other.log_in("bob")
        other.is_at("garden")
        assert page.evaluate("document.activeElement.id") == "message"


def reload():
    """A reload logs in by itself and shows the messages; a second tab is the same user."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        bob = all.person(server.page, "bob")
        ann.say("one")
        bob.say("two")
        ann.sees("two", "bob")
        ann.join("garden")
        ann.is_at("garden")
        ann.page.reload()
        ann.is_in("ann")
        ann.is_at("garden")
        ann.room("lobby").click()
        ann.sees("one", "You")
        ann.sees("two", "bob")
        second = all.tab(ann.page.context, server.page)
        expect(second.page.get_by_label("Your name")).to_have_value("ann")
        second.page.get_by_role("button", name="Join the chat").click()
        second.is_in("ann")
        second.room("lobby").click()
        second.say("three, from the other tab")
        ann.sees("three, from the other tab", "You")
        expect(bob.page.locator("#members .label")).to_have_text(["ann", "bob"])


def restart():
    """The server dies and comes back: the page waits, reconnects, and sends what was written."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        bob = all.person(server.page, "bob")
        ann.say("before")
        bob.sees("before", "ann")
        server.kill()
        expect(ann.page.locator("#bar")).to_be_visible()
        expect(ann.page.locator("#spoken")).to_contain_text("Connection lost.")
        ann.say("written meanwhile")
        ann.say("and more")
        expect(ann.message("and more").locator(".status")).to_have_text("Waiting to send")
        expect(ann.page.locator("#countdown")).to_contain_text("Reconnecting in")
        ann.shot("reconnecting")
        server.start()
        ann.is_connected()
        bob.is_connected()
        for text in ("written meanwhile", "and more"):
            ann.has_sent(text)
            bob.sees(text, "ann")
        texts = bob.texts()
        assert texts.index("written meanwhile") < texts.index("and more"), texts
        expect(ann.page.locator("#spoken")).to_have_text("Connected again.")
        ann.shot("after-restart")
        # An orderly stop: 1001, so the page waits a second or more.
        assert server.stop() == 0
        expect(ann.page.locator("#bar")).to_contain_text("The server is stopping.")
        server.start()
        ann.is_connected()
        ann.say("again")
        bob.sees("again", "ann")


def resume():
    """The connection is cut while others talk: no message is missed, doubled or out of order."""
    with start_server() as server, CutLine(server.port) as line, browser(arguments.shots) as all:
        ann = all.person(line.page, "ann")
        with Client(server) as bob:
            bob.log_in("bob")
            bob.say("1")
            ann.sees("1", "bob")
            for round in range(3):
                line.cut()
                expect(ann.page.locator("#bar")).to_be_visible()
                ann.say(f"from ann {round}")
                for number in range(4):
                    bob.say(f"{round}.{number}")
                line.mend()
                ann.page.evaluate("dispatchEvent(new Event('online'))")
                ann.is_connected()
                ann.has_sent(f"from ann {round}")
            expected = [bob.wait_for("message", offset=n + 1)["text"] for n in range(16)]
            until(lambda: ann.texts() == expected, f"{expected}, not {ann.texts()}")
            assert ann.page.locator(".mark.missed").count() == 0


def missed():
    """Too many messages while the connection was cut: the gap is shown."""
    with start_server("--rate-limit", "off") as server, CutLine(server.port) as line, \
            browser(arguments.shots) as all:
        ann = all.person(line.page, "ann")
        with Client(server) as bob:
            bob.log_in("bob")
            bob.say("before")
            ann.sees("before", "bob")
            line.cut()
            expect(ann.page.locator("#bar")).to_be_visible()
            for number in range(1100):  # the server keeps 1,000
                bob.send(type="message", text=f"number {number}")
            bob.say("last")
            line.mend()
            ann.page.evaluate("dispatchEvent(new Event('online'))")
            ann.sees("last", "bob")
            ann.page.locator("#log").evaluate("log => { log.scrollTop = 0 }")
            expect(ann.page.locator(".mark.missed")).to_be_attached()
            ann.shot("missed")


def markup():
    """Whatever looks like markup is text, and nothing else."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        bob = all.person(server.page, "bob")
        for text in MARKUP:
            ann.say(text)
        for text in MARKUP:
            bob.sees(text, "ann")
        page = bob.page
        inside = page.locator(".bubble *").evaluate_all("all => all.map(e => e.outerHTML)")
        assert len(inside) == 1 and ' href="http://example.org/"' in inside[0], inside
        assert page.locator(".bubble script, .bubble img, .bubble b").count() == 0
        assert "owned" not in page.title() and "owned" not in ann.page.title()
        bob.shot("markup")


def rooms():
    """Rooms: joining, unread marks, the address, going back, leaving."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        bob = all.person(server.page, "bob")
        ann.join("garden")
        ann.is_at("garden")
        assert ann.page.url.endswith("#garden"), ann.page.url
        bob.say("one")
        bob.say("and ann, two")
        expect(ann.room("lobby").locator(".badge")).to_have_text("2")
        expect(ann.page).to_have_title("(2) garden · Roost")
        ann.shot("unread")
        ann.page.go_back()
        ann.is_at("lobby")
        expect(ann.page).to_have_title("lobby · Roost")
        expect(ann.page.locator(".mark.fresh")).to_be_visible()
        ann.page.keyboard.press("Alt+ArrowDown")
        ann.is_at("garden")
        ann.join("not a name")
        expect(ann.page.locator("#join-problem")).not_to_be_empty()
        ann.is_at("garden")
        ann.page.get_by_role("button", name="Leave").click()
        ann.is_at("lobby")
        expect(ann.page.locator("#rooms button")).to_have_count(1)
        ann.page.get_by_role("button", name="Leave").click()
        expect(ann.page.locator("#no-room")).to_be_visible()
        ann.join("lobby")
        ann.sees("one", "bob")
        ann.page.get_by_role("button", name="Sign out").click()
        expect(ann.page.get_by_label("Your name")).to_have_value("ann")
        expect(bob.page.locator("#members .label")).to_have_text(["bob"])
        ann.log_in("ann")


def history():
    """A long talk: older pages load on scrolling, the position is kept, the list stays bounded."""
    with start_server("--rate-limit", "off") as server, browser(arguments.shots) as all:
        with Client(server) as bob:
            bob.log_in("bob")
            for number in range(400):
                bob.send(type="message", text=f"number {number}")
            bob.say("newest")
            ann = all.person(server.page, "ann")
            ann.sees("newest", "bob")
            log = ann.page.locator("#log")
            assert ann.page.locator("li.message").count() < 200
            while not ann.message("number 0").count():
                before = ann.page.locator("li.message").count()
                log.evaluate("log => { log.scrollTop = 0 }")
                until(lambda: ann.page.locator("li.message").count() > before, "an older page")
            # The visible messages stay in place while others go on talking.
            log.evaluate("log => { log.scrollTop = 1000 }")
            place = "log => document.elementFromPoint(640, 300).closest('li')?.textContent"
            reading = log.evaluate(place)
            bob.say("while you were reading")
            pill = ann.page.locator("#newest")
            expect(pill).to_contain_text("1 new message")
            assert log.evaluate(place) == reading
            ann.shot("scrolled-up")
            pill.click()
            expect(pill).to_be_hidden()
            ann.sees("while you were reading", "bob")
            # More arrives than the list keeps: scrolling back down passes all of it.
            log.evaluate("log => { log.scrollTop = 1000 }")
            reading = log.evaluate(place)
            for number in range(900):
                bob.send(type="message", text=f"flood {number}")
            bob.say("end of the flood")
            expect(pill).to_contain_text("99+ new messages")
            assert log.evaluate(place) == reading
            bottom = "log => { log.scrollTop = log.scrollHeight }"
            until(lambda: log.evaluate(bottom) or ann.message("end of the flood").count(),
                  "the end, scrolling down")
            expect(pill).to_be_hidden()
            flood = [text for text in ann.texts() if text.startswith("flood")]
            assert flood == [f"flood {number}" for number in range(900)], flood[:3] + flood[-3:]
            # And with the reader at the bottom.
            for number in range(900):
                bob.send(type="message", text=f"again {number}")
            bob.say("end of it all")
            ann.sees("end of it all", "bob")
            until(lambda: ann.page.locator("li.message").count() <= 1000, "a bounded list")
            assert log.evaluate(
                "log => log.scrollHeight - log.scrollTop - log.clientHeight") < 2


def limits():
    """Too long a text is counted and not sent; too many messages are sent as fast as allowed."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        ann.field.fill("x" * 3990)
        expect(ann.page.locator("#counter")).to_have_text("10 left")
        ann.field.fill("👩🏽" * 2001)
        expect(ann.page.locator("#counter")).to_have_text("2 too many")
        expect(ann.page.get_by_role("button", name="Send")).to_be_disabled()
        ann.field.press("Enter")
        expect(ann.page.locator("li.message")).to_have_count(0)
        ann.shot("too-long")
        for number in range(24):
            ann.say(f"quick {number}")
        ann.has_sent("quick 23")
        assert ann.texts() == [f"quick {number}" for number in range(24)], ann.texts()


def keyboard():
    """Everything without a mouse: logging in, writing, another room, the skip link."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page)
        keys = ann.page.keyboard
        expect(ann.page.get_by_label("Your name")).to_be_focused()
        keys.type("ann")
        keys.press("Tab")
        expect(ann.page.get_by_role("button", name="Join the chat")).to_be_focused()
        keys.press("Enter")
        expect(ann.field).to_be_focused()
        keys.type("no mouse")
        keys.press("Enter")
        ann.has_sent("no mouse")
        expect(ann.field).to_be_focused()
        focused = "(e => e === document.body ? '' : e.id || e.ariaLabel || e.innerText)" \
            "(document.activeElement)"
        order = []
        while "message" not in order and len(order) < 20:
            keys.press("Tab")
            order.append(ann.page.evaluate(focused).strip())
        order = [name for name in order if name]  # the browser's own bar comes first
        assert order == ["skip", "lobby", "join-name", "Join room", "sign-out", "leave", "log",
                         "message"], order
        for _ in range(len(order) - 1):
            keys.press("Shift+Tab")
        ann.shot("skip-link")
        keys.press("Enter")
        expect(ann.field).to_be_focused()


# Every control and its name, as a screen reader gets them.
CONTROLS = {"button", "textbox", "link", "log", "navigation", "complementary", "list", "main"}


def accessibility():
    """Every control has a name, in every state; colours have contrast in light and dark."""
    with start_server() as server, browser(arguments.shots) as all:
        for scheme in ("light", "dark"):
            ann = all.person(server.page, color_scheme=scheme)
            assert_named(ann.page)
            ann.log_in(f"ann-{scheme}")
            ann.say(f"see https://example.org/{scheme}")
            ann.has_sent(f"see https://example.org/{scheme}")
            assert_named(ann.page)
            worst = ann.page.evaluate(CONTRAST)
            assert not worst, f"{scheme}: {worst}"
            ann.shot(f"chat-{scheme}")
            ann.page.set_viewport_size({"width": 390, "height": 780})
            ann.page.get_by_role("button", name="Rooms", exact=True).click()
            expect(ann.page.get_by_role("button", name="Close rooms")).to_be_focused()
            assert_named(ann.page)
            ann.page.keyboard.press("Escape")
            expect(ann.page.get_by_role("button", name="Rooms", exact=True)).to_be_focused()


def assert_named(page):
    session = page.context.new_cdp_session(page)
    tree = session.send("Accessibility.getFullAXTree")["nodes"]
    nameless = []
    for node in tree:
        role = node.get("role", {}).get("value", "")
        if node["ignored"] or role.lower() not in CONTROLS - {"list", "main"}:
            continue
        if not node.get("name", {}).get("value", "").strip():
            nameless.append(role)
    assert not nameless, nameless


# Paints each pair of colours, since they have several notations, and compares them (WCAG 2.2
# §1.4.3: 4.5 to 1).
CONTRAST = """() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const light = (colour) => {
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((part) => {
            const value = part / 255;
            return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const style = (node) => getComputedStyle(node);
    const low = [];
    const compare = (what, front, back) => {
        const [dark, bright] = [light(front), light(back)].sort((a, b) => a - b);
        const ratio = (bright + 0.05) / (dark + 0.05);
        if (ratio < 4.5) low.push(`${what}: ${ratio.toFixed(2)}`);
    };
    const root = style(document.documentElement);
    const colour = (name) => root.getPropertyValue(`--${name}`);
    for (const [front, back] of [
        ['text', 'page'], ['soft', 'page'], ['soft', 'panel'], ['text', 'bubble'], ['text', 'own'],
        ['accent-strong', 'bubble'], ['accent-strong', 'own'], ['on-accent', 'accent'],
        ['on-warn', 'warn'], ['bad', 'page'], ['bad', 'panel'], ['panel', 'soft'],
        ['accent', 'page'],
    ]) compare(`${front} on ${back}`, colour(front), colour(back));
    const row = document.querySelector('li.message');
    for (let tint = 0; tint < 12; tint += 1) {
        const name = document.createElement('span');
        const avatar = document.createElement('span');
        name.className = 'name';
        avatar.className = 'avatar';
        name.dataset.tint = avatar.dataset.tint = tint;
        document.getElementById('messages').append(name, avatar);
        compare(`name ${tint}`, style(name).color, colour('page'));
        compare(`avatar ${tint}`, style(avatar).color, style(avatar).backgroundColor);
        name.remove();
        avatar.remove();
    }
    return low;
}"""


def narrow():
    """A phone's width, with long words and long names: nothing sticks out, drawers work."""
    with start_server() as server, browser(arguments.shots) as all:
        longest = "n" * 32
        with Client(server) as bob:
            bob.log_in(longest)
            bob.say("Donaudampfschifffahrtsgesellschaftskapitän" * 5)
            bob.say("short")
            bob.say("مرحبا بالعالم، هذا سطر طويل من اليمين إلى اليسار (and back)")
            bob.say("🐦")
            bob.say("Z" + "\u0335\u0300\u0301\u0302\u0303" * 40)
            ann = all.person(server.page, viewport={"width": 320, "height": 640}, has_touch=True)
            ann.shot("phone-login")
            ann.log_in("ann")
            ann.sees("short", longest)
            ann.say("a word of mine")
            ann.has_sent("a word of mine")
            ann.shot("phone")
            wide = ann.page.evaluate(
                "[...document.querySelectorAll('#chat *')].filter(e => !e.closest('.panel, .unseen')"
                " && e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 0.5)"
                ".map(e => e.outerHTML.slice(0, 80))")
            assert not wide, wide
            ann.page.get_by_role("button", name="Rooms", exact=True).click()
            ann.join("garden")
            ann.is_at("garden")
            expect(ann.page.locator("#rooms-panel")).not_to_be_visible()
            ann.page.get_by_role("button", name="1 person").click()
            expect(ann.page.locator("#members .label")).to_have_text(["ann"])
            ann.shot("phone-people")
            ann.page.get_by_role("button", name="Close people").click()
            expect(ann.page.locator("#members-panel")).not_to_be_visible()


def crowd():
    """Above 200 people there is a number instead of the list, and the list again when they go."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        people = ann.page.locator("#members li")
        expect(people).to_have_count(1)
        others = [Client(server) for _ in range(205)]
        for number, other in enumerate(others):
            other.log_in(f"person-{number:03}")
        expect(ann.page.locator("#crowd")).to_have_text("206 people are here: too many to list.")
        expect(people).to_have_count(0)
        ann.shot("crowd")
        ann.say("hello, all of you")
        ann.has_sent("hello, all of you")
        for other in others[:100]:
            other.socket.close()
        expect(people).to_have_count(106)
        expect(ann.page.locator("#crowd")).to_be_empty()
        for other in others[100:]:
            other.socket.close()
        expect(people).to_have_count(1)


def modules():
    """The modules that need neither server nor DOM, each by itself."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page)
        script = pathlib.Path(__file__).with_name("page_modules.js").read_text()
        failures = ann.page.evaluate(script.split("\n\n", 1)[1])
        assert not failures, "\n".join(failures)


def headers():
    """The page has headers that keep foreign content out, and every file has its type."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page)
        seen = {}
        ann.page.on("response", lambda response: seen.update({response.url: response}))
        ann.page.reload()
        expect(ann.page.get_by_label("Your name")).to_be_visible()
        assert len(seen) > 20, list(seen)
        for url, response in seen.items():
            assert response.status in (200, 304), (url, response.status)
            assert response.headers.get("x-content-type-options") == "nosniff", url
        policy = seen[server.page].headers["content-security-policy"]
        for part in ("default-src 'none'", "script-src 'self'", "base-uri 'none'",
                     "frame-ancestors 'none'"):
            assert part in policy, policy
        assert "unsafe" not in policy, policy
        blocked = ann.page.evaluate("""() => new Promise((resolve) => {
            document.addEventListener('securitypolicyviolation', (event) =>
                resolve(event.effectiveDirective));
            const script = document.createElement('script');
            script.textContent = 'document.title = "owned"';
            document.head.append(script);
            setTimeout(() => resolve('nothing was blocked'), 2000);
        })""")
        assert blocked.startswith("script-src"), blocked
        all.complaints.clear()  # the browser reported just that


def picture():
    """The README's picture can be taken."""
    with start_server() as server:
        browser_picture.picture(server, arguments.picture, arguments.shots)


SCENARIOS = {
    function.__name__: function
    for function in (conversation, names, reload, restart, resume, missed, markup, rooms, history,
                     limits, keyboard, accessibility, narrow, crowd, modules, headers, picture)
}


def main():
    global arguments
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", help="save screenshots in this folder")
    parser.add_argument("--picture", help="write the picture to this file, if it has changed")
    parser.add_argument("--only", action="append", choices=SCENARIOS, help="this scenario")
    parser.add_argument("--list", action="store_true", help="name the scenarios")
    parser.add_argument("--check", action="store_true", help="say what is missing")
    parser.add_argument("command", nargs="*", help="starts the server")
    arguments = parser.parse_args()
    if arguments.list:
        print("\n".join(SCENARIOS))
        return 0
    if missing:
        print(missing)
        return 0 if arguments.check else 2
    if arguments.check:
        return 0
    return roost_server.run(SCENARIOS, arguments.only)


if __name__ == "__main__":
    sys.exit(main())
