"""Scenarios of the chat page: hostile text, its modules and headers, and the README's picture."""

import pathlib
import re

from playwright.sync_api import expect

from browser_page import browser
import browser_picture
from roost_server import Client, start_server
from scenarios import arguments


MARKUP = [
    "<b>bold</b> & <i>italic</i>",
    "<img src=x onerror=\"document.title='owned'\">",
    "<script>document.title = 'owned'</script>",
    "</div></li><h1>outside</h1>",
    "&lt;already&gt; &amp; escaped",
    "javascript:alert(1) and http://example.org/<b>?a=1&b=\"2\"",
    "[a](javascript:document.title='owned') ![b](x onerror=document.title='owned')",
]
# Written with marks, and what is shown.
MARKED = [
    ("**<img src=x onerror=\"document.title='owned'\">**",
     "<img src=x onerror=\"document.title='owned'\">"),
    ("> <script>document.title = 'owned'</script>", "<script>document.title = 'owned'</script>"),
    ("- `<b onclick=\"document.title='owned'\">`", "<b onclick=\"document.title='owned'\">"),
    ("```html\n    <svg onload=\"document.title='owned'\">\n```",
     "    <svg onload=\"document.title='owned'\">"),
    ("*http://example.org/\"onmouseover=\"document.title='owned'*",
     "http://example.org/\"onmouseover=\"document.title='owned'"),
]
# What a message may be made of.
ELEMENTS = {"A", "BLOCKQUOTE", "CODE", "EM", "LI", "OL", "P", "PRE", "STRONG", "UL"}


def markup():
    """Whatever looks like markup is text, and nothing else, in every field."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        bob = all.person(server.page, "bob")
        for text in MARKUP:
            ann.say(text)
        for text in MARKUP:
            bob.sees(text, "ann")
        page = bob.page
        inside = page.locator(".bubble p *").evaluate_all("all => all.map(e => e.outerHTML)")
        assert len(inside) == 1 and ' href="http://example.org/"' in inside[0], inside
        for text, _ in MARKED:
            ann.say(text)
        for _, shown in MARKED:
            expect(page.locator(".bubble").get_by_text(shown, exact=True).last).to_be_attached()
        names = page.locator(".bubble *").evaluate_all("all => all.map(e => e.tagName)")
        assert set(names) <= ELEMENTS, set(names) - ELEMENTS
        for attribute in ("onclick", "onerror", "onload", "onmouseover", "src", "style"):
            assert page.locator(f".bubble [{attribute}]").count() == 0, attribute
        for number, text in enumerate(MARKUP):
            ann.join(text)
            expect(ann.page.locator("#join-problem")).to_contain_text(text)
            stranger = all.person(f"{server.page}#{text}")
            stranger.page.get_by_label("Your name").fill(text)
            stranger.page.get_by_label("Your name").press("Enter")
            expect(stranger.page.locator("#login-problem")).not_to_be_empty()
            assert "owned" not in stranger.page.title()
            assert stranger.page.locator("#login img, #login script, #login b").count() == 0
            stranger.log_in(f"stranger{number}")
            expect(stranger.page.locator("#note")).to_contain_text(text[:20])
            assert stranger.page.locator("#note :is(img, script, h1, b)").count() == 0
            stranger.page.context.close()
        assert ann.page.locator(".rooms-panel :is(img, script, h1, b)").count() == 0
        assert "owned" not in page.title() and "owned" not in ann.page.title()
        bob.shot("markup")


FORMATTED = """Here is *what* I **mean**, in `snake_case_name`:
```swift
func greet(_ name: String) -> String {
    let words = ["Hello", name, "and everybody else who reads this line to its end"]
    return words.joined(separator: " ")
}
```
> A server that nobody notices
> is a good server.

1. first this
2. then that
   - with a *detail*
   - and http://example.org/a_b
- the end"""


def formatted():
    """Code keeps its blanks and is scrolled inside; lists, quotes, bold and italics are such."""
    with start_server() as server, browser(arguments.shots) as all, Client(server) as bob:
        bob.log_in("bob")
        for scheme, width in (("light", 1280), ("dark", 390)):
            ann = all.person(server.page, f"ann-{scheme}", color_scheme=scheme,
                             viewport={"width": width, "height": 800})
            bob.say(FORMATTED)
            row = ann.page.locator("li.message", has_text="nobody notices").last
            expect(row.locator("pre code")).to_contain_text('    let words = ["Hello"')
            expect(row.locator("pre")).to_have_css("overflow-x", "auto")
            expect(row.locator("strong")).to_have_text("mean")
            expect(row.locator("ol > li")).to_have_count(2)
            expect(row.locator("ol > li > ul > li")).to_have_count(2)
            expect(row.locator("blockquote")).to_contain_text("is a good server.")
            assert row.locator("pre").evaluate("it => it.scrollWidth > it.clientWidth")
            assert ann.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
            assert ann.page.evaluate(OUTSIDE_OF_LOG) <= 0
            ann.say("and *mine*:\n```\nx = 1\n```\n> quoted")
            expect(ann.page.locator("li.own em")).to_have_text("mine")
            ann.shot(f"formatted-{scheme}")
        # A list's numbers and a quote's bar stand where the text begins, and inside the bubble.
        for side, other in (("left", "right"), ("right", "left")):
            ann = all.person(server.page, locale="ar-EG" if side == "left" else "en-GB")
            ann.page.locator("#name").fill(f"ann-{side}")
            ann.page.locator("#name").press("Enter")
            expect(ann.page.locator("#me")).to_have_text(f"ann-{side}")
            bob.say("1. first\n2. second\n\n> quoted" if side == "left"
                    else "1. أول\n2. ثان\n\n> اقتباس")
            row = ann.page.locator("li.message").last
            for kind, inset in (("ol", f"padding-{side}"), ("blockquote", f"border-{side}-width")):
                expect(row.locator(kind)).not_to_have_css(inset, "0px")
                expect(row.locator(kind)).to_have_css(inset.replace(side, other), "0px")
            ann.shot(f"formatted-{side}")
            # It is read out with a blank between two lines.
            ann.page.locator("#log").focus()
            ann.page.keyboard.press("ArrowUp")
            expect(row).to_have_accessible_name(re.compile(
                "first second quoted" if side == "left" else "أول ثان اقتباس"))


OUTSIDE_OF_LOG = "(log => log.scrollWidth - log.clientWidth)(document.getElementById('log'))"


PAGE = pathlib.Path(__file__).resolve().parents[3] / "Sources/roost/Page"


def serve_sources(context):
    """Puts the page's modules where they can be imported: the server has what is made of them."""
    def answer(route):
        name = route.request.url.rpartition("/")[2]
        route.fulfill(path=PAGE / name, content_type="text/javascript")
    context.route(re.compile(r"/[a-z-]+\.js$"), answer)


def texts():
    """A long text is folded until it is unfolded; an override of direction stays in its message;
    what the server refuses stands where it was written, in the server's words."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page, "ann")
        bob = all.person(server.page)
        field = bob.page.get_by_label("Your name")
        problem = bob.page.locator("#login-problem")
        for name, sentence in [
            ("pаypal", "That name mixes Latin and Cyrillic letters. Use one alphabet."),
            ("Mary Ann", 'A name has no blanks. Try "Mary_Ann".'),
            ("ѕегѵег", "This name is kept for the server. Choose another one."),
        ]:
            field.fill(name)
            field.press("Enter")
            expect(problem).to_have_text(sentence)
        bob.log_in("Mary_Ann")
        bob.join("Team Blue")
        expect(bob.page.locator("#join-problem")).to_have_text(
            'No room “Team Blue”: A name has no blanks. Try "Team_Blue".')
        bob.shot("offered-room")
        bob.page.get_by_role("button", name="Join Team_Blue").click()
        bob.is_at("Team_Blue")
        expect(bob.page.locator("#join-offer")).to_be_hidden()
        bob.page.get_by_role("button", name="Leave this room").click()
        bob.is_at("lobby")

        ann.field.fill("a\u0007b")
        ann.field.press("Enter")
        failed = ann.page.locator("li.failed .status")
        expect(failed).to_contain_text("The text has a control character in it: U+0007.")
        ann.page.get_by_role("button", name="Discard").click()

        ann.say("first" + "\n" * 900 + "last")
        bubble = bob.page.locator(".bubble").filter(has_text="first")
        expect(bubble).to_have_count(1)
        assert bubble.bounding_box()["height"] < 400, bubble.bounding_box()
        bob.page.get_by_role("button", name="Show more").click()
        assert bubble.bounding_box()["height"] > 9000, bubble.bounding_box()
        bob.page.get_by_role("button", name="Show less").click()
        assert bubble.bounding_box()["height"] < 400, bubble.bounding_box()

        ann.say("\u202egpj.exe http://example.org/a\u202etxt")
        link = bob.page.locator(".bubble a").last
        expect(link).to_have_attribute("href", "http://example.org/a")
        assert link.evaluate("it => getComputedStyle(it).unicodeBidi") == "isolate"
        # The time beside it is read from the left: its first figure is its leftmost.
        assert bob.page.locator("li.message time").last.evaluate("""it => {
            const place = (at) => {
                const range = document.createRange();
                range.setStart(it.firstChild, at);
                range.setEnd(it.firstChild, at + 1);
                return range.getBoundingClientRect().left;
            };
            return !it.checkVisibility() || place(0) < place(3);
        }""")
        bob.shot("texts")


def modules():
    """The modules that need neither server nor DOM, each by itself."""
    with start_server() as server, browser(arguments.shots) as all:
        ann = all.person(server.page)
        serve_sources(ann.page.context)
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
        assert len(seen) >= 3, list(seen)
        for url, response in seen.items():
            assert response.status in (200, 304), (url, response.status)
            assert response.headers.get("x-content-type-options") == "nosniff", url
            kept = "no-cache" if url == server.page else "public, max-age=31536000, immutable"
            assert response.headers.get("cache-control") == kept, url
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
