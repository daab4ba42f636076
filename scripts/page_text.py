"""The texts of the page's modules and style sheets, read in pieces and made shorter, for
scripts/bundle-page. It knows as much of the languages as the page needs, and refuses the rest.
"""

import itertools
import re


class Refused(Exception):
    """A source that this cannot join; the text says what, where, and what to write instead."""


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


# Beside these a blank means nothing, and after or before these a line need not end. Not beside +
# and -, of which two would become one sign.
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
