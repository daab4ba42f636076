"""A browser's EventSource on a room: it comes back by itself and misses nothing."""

from browser_page import browser
from cut_line import CutLine
from roost_server import Client, start_server, until
from scenarios import arguments

READER = """() => {
    window.got = [];
    window.opened = 0;
    const source = new EventSource('rooms/lobby/events?limit=1');
    source.onopen = () => { window.opened += 1; };
    source.onmessage = (event) => window.got.push(
        [event.lastEventId.split('-')[0], JSON.parse(event.data).text]);
    source.addEventListener('reset', () => window.got.push(['', 'reset']));
}"""


def events():
    """The page's own origin reads the lobby; its line is cut, and then the server is killed."""
    with start_server() as server, CutLine(server.port) as line, browser(arguments.shots) as all:
        person = all.person(line.page)
        with Client(server) as bob:
            bob.log_in("bob")
            bob.say("before")
            bob.say("newest")
            person.page.evaluate(READER)

            def got(*texts):
                until(lambda: [text for _, text in person.page.evaluate("got")] == list(texts),
                      f"{texts} in {person.page.evaluate('got')}", 15)

            got("newest")
            bob.say("live")
            got("newest", "live")
            line.cut()
            bob.say("missed")
            bob.say("missed, too")
            line.mend()
            got("newest", "live", "missed", "missed, too")
            assert person.page.evaluate("opened") == 2
            assert [id for id, _ in person.page.evaluate("got")] == ["2", "3", "4", "5"]
        line.cut()
        server.kill()
        server.start()
        line.mend()
        until(lambda: person.page.evaluate("opened") == 3, "the next server", 15)
        with Client(server) as cid:
            cid.log_in("cid")
            cid.say("new")
            # The database has what the reader has: nothing is missing, and nothing comes twice.
            got("newest", "live", "missed", "missed, too", "new")
