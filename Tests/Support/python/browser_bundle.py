"""Scenario of the chat page: modules that a careless bundler breaks."""

import sys
import tempfile
from pathlib import Path

from browser_page import browser
from roost_server import start_server
from scenarios import arguments

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT / "scripts"))
import page_modules  # noqa: E402  (the folder of the script under test)

# Each puts what it sees into `seen`.
TREE = {"seen.js": "export const seen = [];\n"}
TREE["app.js"] = r"""// The first import decides what runs first.
import { late } from './late.js';
import { seen } from './seen.js';
import {
    A, add,
    second,
} from './same.js';
import { Fields } from './names.js';

const name = 'app'; // not the browser's, and not that of same.js
const history = /[/'"`]\/\/x/.source + `a // b ${`in ${'// it'} ${{ a: '}' }.a}`} /* c */`;
seen.push(name, history, second, late, typeof window.second, add(1), new A().twice(4) / 2);
seen.push('import { x } from nowhere'.length, "it's // no comment", 'export const');
seen.push(`two
    lines, with   blanks
`, [1, 2].map((one) => { return one; }) + '' /* here */, 8 / 2 / 2, /=\//.test('=/'));
let sum = 1 // no semicolon
;[1, 2].forEach((one) => { sum += one; });
seen.push(sum, (() => { return this === undefined; })());
seen.push(...new Fields().all(3), JSON.stringify(new Fields(4)));
"""
TREE["late.js"] = """import { seen } from './seen.js';
seen.push('late runs first');
export const late = before();
function before() { return 'hoisted'; }
"""
# Names that are variables here, and properties, methods, fields or the browser's there.
TREE["names.js"] = r"""import { seen } from './seen.js';
function state(value, { inside = value, ...others } = {}, ...rest) {
    const kind = value ? inside : others;
    let unsure = rest.length, [first] = rest;
    return { value, kind, unsure: unsure + 1, first, [first]: kind, state: typeof state };
}
export class Fields {
    state = 'field';
    // A comment before a field.
    value;
    static limit = 3;
    get total() { return this.value; }
    constructor(value = 1) { this.value = value; }
    all(limit) {
        const total = limit + Fields.limit;
        const each = (count) => count + total;
        const made = [1, 2].map(each);
        for (const item of made) if (item === total) throw new Error(`${item} ${limit}`);
        try {
            null.nothing;
        } catch (problem) {
            made.push(problem instanceof TypeError, `${typeof problem}${each(limit)}`);
        }
        return [...made, this.total, this?.value, total ? limit : each];
    }
}
const status = (event) => ({ event, status: typeof event, title: document.title.length });
seen.push(JSON.stringify(state(1, { inside: 2, x: 3 }, 'y')), JSON.stringify(status('e')));
"""
TREE["same.js"] = """import { seen } from './seen.js';
const name = 'same';
let history = 1;
seen.push(name, history);
export const second = 2;
export function add(one) { history += one; return history; }
export class A { #x = 2; twice(y) { return y * this.#x; } }
"""


def bundle():
    """What is joined does the same as the modules by themselves."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in TREE.items():
            (folder / file).write_text(text)
        joined = page_modules.join_modules(folder, "app.js")
    with start_server() as server, browser(arguments.shots) as all:
        page = all.person(server.page).page

        def answer(route):
            text = TREE[route.request.url.rpartition("/")[2]]
            route.fulfill(body=text, content_type="text/javascript; charset=utf-8")
        page.context.route("**/tree/*.js", answer)
        expected = page.evaluate(
            "import('/tree/app.js').then(() => import('/tree/seen.js')).then((all) => all.seen)")
        assert "hoisted" in expected and len(expected) > 15, expected
        # A script that the policy allows: the browser gets it as one of the page's files.
        shown = joined.replace("return { seen };", "window.seen = seen; return { seen };")
        assert shown != joined
        page.context.route("**/joined.js", lambda route: route.fulfill(
            body=shown, content_type="text/javascript; charset=utf-8"))
        got = page.evaluate("""() => new Promise((resolve, reject) => {
            const script = document.createElement('script');
            script.src = '/joined.js';
            script.onload = () => resolve(window.seen);
            script.onerror = reject;
            document.head.append(script);
        })""")
        assert got == expected, (got, expected)
