"""Scenarios of the chat page: keyboard, accessible names, contrast, small screens, crowds."""

from playwright.sync_api import expect

from browser_page import browser
from roost_server import Client, start_server
from scenarios import arguments


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
        assert order == ["keys", "skip", "open-all-rooms", "lobby", "join-name", "Join room",
                         "open-account", "open-settings", "sign-out", "open-search", "open-room",
                         "leave", "log", "message"], order
        for _ in range(len(order) - 2):
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
    const hues = new Set();
    for (let tint = 0; tint < 18; tint += 1) {
        const name = document.createElement('span');
        const avatar = document.createElement('span');
        name.className = 'name';
        avatar.className = 'avatar';
        name.dataset.tint = avatar.dataset.tint = tint;
        document.getElementById('messages').append(name, avatar);
        compare(`name ${tint}`, style(name).color, colour('page'));
        compare(`avatar ${tint}`, style(avatar).color, style(avatar).backgroundColor);
        hues.add(style(name).color);
        name.remove();
        avatar.remove();
    }
    if (hues.size !== 18) low.push(`${hues.size} colours`);
    return low;
}"""


# What reaches beyond the page, or beyond its panel while that is open.
OUTSIDE = """() => [...document.querySelectorAll('#chat *')].filter((node) => {
    const isHere = node.checkVisibility({ visibilityProperty: true });
    if (!isHere || node.closest('.unseen, svg, [inert]')) return false;
    const panel = node.closest('.panel');
    const edge = panel ? panel.clientWidth + panel.getBoundingClientRect().left : innerWidth;
    const { left, right } = node.getBoundingClientRect();
    return right > edge + 1 || (!panel && left < -1);
}).map((node) => node.outerHTML.slice(0, 80))"""


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
            # Names as long as they may be, in the panel and in the header.
            ann.page.get_by_role("button", name="Rooms", exact=True).click()
            for name in ("W" * 64, "ش" * 64):
                ann.join(name)
                ann.is_at(name)
                assert ann.page.evaluate(OUTSIDE) == [], ann.page.evaluate(OUTSIDE)
                ann.page.get_by_role("button", name="Rooms", exact=True).click()
                expect(ann.room(name).locator(".label")).to_have_attribute("title", name)
                ann.shot("phone-long-names")
                assert ann.page.evaluate(OUTSIDE) == [], ann.page.evaluate(OUTSIDE)
            ann.room("garden").click()
            ann.is_at("garden")
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
        # Just below the limit; the number that was due a second later comes as the last push.
        for other in others[:7]:
            other.socket.close()
        ann.page.wait_for_timeout(2500)
        expect(people).to_have_count(199)
        for other in others[7:100]:
            other.socket.close()
        expect(people).to_have_count(106)
        expect(ann.page.locator("#crowd")).to_be_empty()
        for other in others[100:]:
            other.socket.close()
        expect(people).to_have_count(1)
