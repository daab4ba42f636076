"""Joins ES modules into scripts, for scripts/bundle-page.

Each module becomes a function, so that its names are its own and cannot clash with others or hide
the browser's; it returns what it exports, and is called after the modules that it imports. What is
allowed is what the page needs, each on a line of its own at the left edge:

    import { a, b } from './x.js';        also over several lines
    export function f(…) {                also async, and generators
    export const a = …;
    export class A …

`export let` is refused, since an importing module would have a copy that does not follow. So are
default exports, `as`, `export { … }`, dynamic imports, `import.meta`, `await` outside of functions,
and cycles.
"""

import re

from page_names import with_short_names
from page_text import Refused, line_of, pieces, short_script

IMPORT = re.compile(r"import \{([^}]*)\} from '\./([\w.-]+\.js)';\s*")
EXPORT = re.compile(r"export (?:(?:async )?function\*? |const |class )(?=([A-Za-z_$][\w$]*))")
NAME = re.compile(r"[A-Za-z_$][\w$]*\Z")


class Module:
    """A module's text, what it imports, and what it exports."""

    def __init__(self, folder, name):
        self.name = name
        text = (folder / name).read_text()
        self.imports = []  # (module, names)
        self.exports = []
        self.body = []
        parts = pieces(text, name)
        # Code alone, with everything else replaced by blanks: places stay the same.
        code = "".join(part if kind == "code" else re.sub(r"[^\n]", " ", part)
                       for kind, part in parts)
        quotes = self._take_imports(text, code)
        rest = "".join(quotes)
        self._refuse_others(text, code)
        self.body = self._take_exports(rest, code)

    def _refuse(self, text, index, what):
        raise Refused(f"{self.name}:{line_of(text, index)}: {what}")

    def _take_imports(self, text, code):
        """The text with its imports replaced by blanks."""
        out, position = [], 0
        for match in re.finditer(r"\bimport\b", code):
            if match.start() < position:
                continue
            if code[match.start() - 1:match.start()] == ".":
                continue
            whole = IMPORT.match(text, match.start())
            if not whole or text[match.start() - 1:match.start()] not in ("", "\n"):
                self._refuse(text, match.start(), "only `import { a, b } from './x.js';` at the "
                             "left edge is understood")
            names = [part.strip() for part in whole[1].split(",") if part.strip()]
            for name in names:
                if not NAME.match(name):
                    self._refuse(text, match.start(), f"`{name}` cannot be imported: a name alone")
            self.imports.append((whole[2], names))
            out.append(text[position:match.start()])
            out.append(re.sub(r"[^\n]", " ", whole[0]))
            position = whole.end()
        return [*out, text[position:]]

    def _refuse_others(self, text, code):
        for match in re.finditer(r"^await\b|^for await\b", code, re.MULTILINE):
            self._refuse(text, match.start(), "`await` outside of a function is not understood")

    def _take_exports(self, text, code):
        """The text without the word `export`."""
        out, position = [], 0
        for match in re.finditer(r"(?<![.\w$])export\b(?!\s*:)", code):
            whole = EXPORT.match(text, match.start())
            if not whole or text[match.start() - 1:match.start()] not in ("", "\n"):
                what = "`export let` would be a copy in other modules: export a function that " \
                    "returns it" if code.startswith("export let", match.start()) else \
                    "only `export function`, `export const` and `export class` at the left edge " \
                    "are understood"
                self._refuse(text, match.start(), what)
            self.exports.append(whole[1])
            out.append(text[position:match.start()])
            position = match.start() + len("export ")
        out.append(text[position:])
        return "".join(out)


def modules_of(folder, entry, known=None):
    """The module `entry` and all that it imports, in the order of the language, without what is in
    `known` already, to which it adds them."""
    known = {} if known is None else known
    order = []

    def visit(name, path):
        if name in path:
            circle = " → ".join([*path[path.index(name):], name])
            raise Refused(f"modules import each other: {circle}")
        if name in known:
            return
        module = Module(folder, name)
        for other, names in module.imports:
            visit(other, [*path, name])
            for imported in names:
                if imported not in known[other].exports:
                    raise Refused(f"{name} imports {imported}, which {other} does not export")
        known[name] = module
        order.append(module)

    visit(entry, [])
    return order


def join_modules(folder, entry, others=()):
    """The module `entry` and all that it imports as one script. The folder has no script besides,
    but for `others`."""
    return join_scripts(folder, [entry], others)[0]


def join_scripts(folder, entries, others=()):
    """A script for each of these modules and all that it imports. A browser loads the first before
    the others, which share its modules."""
    modules, entry = {}, entries[0]
    scripts = [modules_of(folder, name, modules) for name in entries]
    unused = {path.name for path in folder.glob("*.js")} - {*modules, *others}
    if unused:
        raise Refused(f"{entry} does not import {', '.join(sorted(unused))}, nor does any module "
                      "that it imports")
    variable = {name: f"m{number}" for number, name in enumerate(modules)}
    first = {module.name for module in scripts[0]}
    shared = {other for script in scripts[1:] for module in script
              for other, _ in module.imports if other in first}
    joined = [script_of(script, variable, shared) for script in scripts]
    if shared:
        # A copy that comes twice finds the modules of the first.
        joined[0] = f"var {SHARED}={SHARED}||{{}};\n" + joined[0]
    return joined


# Where a later script finds the modules of the first: scripts share what they declare.
SHARED = "roostModules"


def script_of(modules, variable, shared):
    """These modules in their order, each a function that returns what it exports."""
    inside = {module.name for module in modules}
    # A function of the old kind, in which `this` is undefined, as in a module.
    out = ["(function () {\n'use strict';\n"]
    for module in modules:
        imported = "".join(
            f"const {{ {', '.join(names)} }} = "
            f"{'' if other in inside else SHARED + '.'}{variable[other]};\n"
            for other, names in module.imports if names)
        name = variable[module.name]
        head = f"const {name} = " if module.exports else ""
        if module.name in shared and module.exports:
            head += f"{SHARED}.{name} ??= "
        tail = f"return {{ {', '.join(module.exports)} }};\n" if module.exports else ""
        kept = {*module.exports, *(name for _, names in module.imports for name in names)}
        body = short_script(with_short_names(module.body, module.name, kept), module.name)
        out.append(f"{head}(() => {{\n{imported}{body}{tail}}})();\n")
    out.append("})();\n")
    return "".join(out)
