"""Joins ES modules into one script, and style sheets into one, for scripts/bundle-page.

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

import itertools
import re


class Refused(Exception):
    """A source that this cannot join; the text says what, where, and what to write instead."""


IMPORT = re.compile(r"import \{([^}]*)\} from '\./([\w.-]+\.js)';\s*")
EXPORT = re.compile(r"export (?:(?:async )?function\*? |const |class )(?=([A-Za-z_$][\w$]*))")
NAME = re.compile(r"[A-Za-z_$][\w$]*\Z")
# In a style sheet: comments, and what must stay as it is.
KEPT_OF_STYLES = re.compile(
    r"""/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|url\([^)]*\)""", re.DOTALL)
# After these words a slash begins a regular expression; after other words it divides.
BEFORE_REGEX = {"return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else",
                "do", "instanceof", "yield", "await"}


def line_of(text, index):
    return text.count("\n", 0, index) + 1


def pieces(text, file):
    """The text as (kind, part): code, comment, string, template text, or regex. A template's
    substitutions are code."""
    found, index, start, last = [], 0, 0, ""
    depth = []  # of braces, for each template whose substitution is being read

    def refuse(what):
        raise Refused(f"{file}:{line_of(text, index)}: {what}")

    def take(kind, end):
        nonlocal start, index
        if start < index:
            found.append(("code", text[start:index]))
        found.append((kind, text[index:end]))
        start = index = end

    def quoted(position, ends):
        """The place after the text that ends with one of these, or None."""
        while position < len(text):
            if text[position] == "\\":
                position += 2
                continue
            for end in ends:
                if text.startswith(end, position):
                    return position + len(end)
            if text[position] == "\n" and ends != ("`", "${"):
                return None
            position += 1
        return None

    while index < len(text):
        char = text[index]
        if text.startswith("//", index):
            end = text.find("\n", index)
            take("comment", len(text) if end < 0 else end)
        elif text.startswith("/*", index):
            end = text.find("*/", index + 2)
            if end < 0:
                refuse("a comment without an end")
            take("comment", end + 2)
        elif char in "'\"":
            take("string", quoted(index + 1, (char,)) or refuse("a string without an end"))
            last = "x"
        elif char == "`" or (char == "}" and depth and depth[-1] == 0):
            if char == "}":
                depth.pop()
            end = quoted(index + 1, ("`", "${")) or refuse("a template without an end")
            if text.startswith("${", end - 2) and text[end - 1] == "{":
                depth.append(0)
                last = ""
            else:
                last = "x"
            take("template", end)
        elif char == "/" and (last == "" or last in "(,=:[!&|?{;+-*%<>~^" or last in BEFORE_REGEX):
            end, inside = index + 1, False
            while text[end:end + 1] != "/" or inside:
                if text[end:end + 1] in ("", "\n"):
                    refuse("a regular expression without an end")
                inside = text[end] == "[" or (inside and text[end] != "]")
                end += 2 if text[end] == "\\" else 1
            take("regex", end + 1)
            last = "x"
        elif char == "/" and last == "}":
            refuse("a slash after }: whether it divides cannot be seen here")
        else:
            if depth and char in "{}":
                depth[-1] += 1 if char == "{" else -1
            word = re.match(r"[\w$]+", text[index:index + 80])
            if word:
                last = word[0]
                index += len(word[0])
                continue
            if not char.isspace():
                last = char
            index += 1
    if depth:
        refuse("a template's ${ without an end")
    if start < len(text):
        found.append(("code", text[start:]))
    return found


# Beside these a blank means nothing, and after or before these a line need not end. Not beside + and
# -, of which two would become one sign.
BLANKS = re.compile(r" ?(=>|[={}(),;:?&|]) ?")
ENDS = re.compile(r"(?<=[{(,;\[])\n|\n(?=[}\])])")
PRIVATE = re.compile(r"#([A-Za-z_$][\w$]*)")


def short_names():
    """a, b … z, aa, ab …"""
    for length in itertools.count(1):
        for characters in itertools.product("abcdefghijklmnopqrstuvwxyz", repeat=length):
            yield "".join(characters)


def short_script(text, file):
    """The script without comments, needless blanks and lines, and with short private names."""
    private, names = {}, short_names()
    out = []
    for kind, part in pieces(text, file):
        if kind == "comment":
            if out:
                out[-1] = out[-1].rstrip(" \t")
            # A comment over several lines counts as a line's end (ECMA-262 §12.4).
            part = "" if part.startswith("//") else "\n" if "\n" in part else " "
            if not out or out[-1][-1:] in "\n{(,;[":
                part = ""
        elif kind == "code":
            part = re.sub(r"[ \t]*\n\s*", "\n", part)
            part = ENDS.sub("", BLANKS.sub(r"\1", re.sub(r"[ \t]+", " ", part)))
            for name in PRIVATE.findall(part):
                private[name] = private.get(name) or next(names)
            part = PRIVATE.sub(lambda match: "#" + private[match[1]], part)
            if out and out[-1][-1:] in "\n{(,;[":
                part = part.lstrip()
        if part:
            out.append(part)
    return "".join(out).strip() + "\n"


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
    """The module `entry` and all that it imports, in the order of the language, but for those that
    are in `known`, to which it adds them."""
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
        body = short_script(module.body, module.name)
        out.append(f"{head}(() => {{\n{imported}{body}{tail}}})();\n")
    out.append("})();\n")
    return "".join(out)


def short_style(text):
    """Without needless blanks: in a selector one before a colon means something."""
    text = re.sub(r"\s*\n\s*", "\n", text)
    text = re.sub(r"\s*([{};,])[ \n]?", r"\1", text)
    return re.sub(r"(?<=[\w-]): ", ":", text)


def join_styles(sheets):
    """One style sheet of several (name, text), without comments and needless blanks."""
    out = []
    for name, text in sheets:
        for match in re.finditer(r"@import|@charset|@namespace", text):
            raise Refused(f"{name}:{line_of(text, match.start())}: {match[0]} must be at the front "
                          "of a style sheet")
        shorter, position = [], 0
        for match in KEPT_OF_STYLES.finditer(text):
            shorter.append(short_style(text[position:match.start()]))
            if not match[0].startswith("/*"):
                shorter.append(match[0])
            position = match.end()
        shorter.append(short_style(text[position:]))
        joined = re.sub(r"\n+", "\n", "".join(shorter)).strip()
        if "/*" in re.sub(r"\"[^\"\n]*\"", "", joined):
            raise Refused(f"{name}: a comment without an end")
        if joined.count("{") != joined.count("}"):
            raise Refused(f"{name}: its braces do not match")
        out.append(joined + "\n")
    return "".join(out)
