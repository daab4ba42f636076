"""Short names for what a module of the page keeps to itself, for scripts/page_modules.py.

A name is replaced everywhere in its module or nowhere, and by a name that the module does not have,
so nothing comes to hide anything else. A name that the module declares is left as it is if it is
imported, exported, or known to browsers, or if it stands anywhere as a method, a field, or in short
for a property (`{ name }`): what is a variable and what a property is seen here from the signs
beside a name, without reading the language.
"""

import re

from page_text import pieces, short_names

WORD = re.compile(r"(?<![\w$])[A-Za-z_$][\w$]*")
DECLARED = re.compile(r"\b(?:const|let|function\*?|class)\s+([A-Za-z_$][\w$]*)")
ARROW = re.compile(r"(?<![\w$.])([A-Za-z_$][\w$]*)\s*=>")
PARAMETER = re.compile(r"(?:^|,)\s*(?:\.\.\.)?([A-Za-z_$][\w$]*)\s*(?=,|$|=)")
# What stands before the parameters of a function, a method, or a `catch`.
# What stands before the parameters of a function, a method, or a `catch`.
FUNCTION = re.compile(r"\bfunction\*?(?:\s+[\w$]+)?$|\bcatch$|"
                      r"(?:^|[\s#*])(?!(?:if|for|while|switch)$)[\w$]+$")
# Words of the language, and names that a module may use of the browser while a part of it has a
# variable of this name.
KEPT = set("""
    arguments async await break case catch class const continue default delete do else export
    extends false finally for from function get if import in instanceof let new null of return set
    static super switch this throw true try typeof undefined void while with yield
    alert caches clearInterval clearTimeout close closed confirm console constructor crypto
    customElements document event external fetch find focus frames history indexedDB innerHeight
    innerWidth isSecureContext length localStorage location matchMedia menubar name navigator
    opener open origin outerHeight outerWidth parent performance postMessage print prompt
    reportError screen scroll scrollX scrollY self sessionStorage setInterval setTimeout status
    stop structuredClone toolbar top toString valueOf window
    blur dispatchEvent getSelection addEventListener removeEventListener visualViewport
    Array Audio Blob Boolean Date Element Error Event Function Headers Image Intl JSON Map Math Node
    Notification Number Object Option Promise Range RegExp Request Response Selection Set String
    Symbol Text URL WeakMap
""".split())


class Code:
    """A module's code, with everything else in it replaced: comments by blanks, texts by a sign."""

    def __init__(self, text, file):
        self.text = "".join(
            part if kind == "code" else re.sub(r"[^\n]", " " if kind == "comment" else "\0", part)
            for kind, part in pieces(text, file))
        self.closing, self.around, open_ones = {}, [], []
        for place, sign in enumerate(self.text):
            if sign in ")]}" and open_ones:
                self.closing[open_ones.pop()] = place
            self.around.append(self.text[open_ones[-1]] if open_ones else "")
            if sign in "([{":
                open_ones.append(place)

    def before(self, place):
        return self.text[:place].rstrip()

    def after(self, place):
        match = re.compile(r"\s*").match(self.text, place)
        return self.text[match.end():match.end() + 2]

    def declared(self):
        """Names of variables, functions, classes and parameters."""
        names = set(DECLARED.findall(self.text)) | set(ARROW.findall(self.text))
        for opening, closing in self.closing.items():
            if self.text[opening] != "(":
                continue
            after = self.after(closing + 1)
            is_function = after == "=>" or (
                after[:1] == "{" and FUNCTION.search(self.before(opening)[-80:]))
            if is_function:
                names |= set(PARAMETER.findall(self.text[opening + 1:closing]))
        return names

    def kind(self, word):
        """What the name there is: 'other', a property or a private name; 'unclear', and therefore
        to be left; or 'variable'."""
        line = self.before(word.start())[-8:]
        before = line[-3:]
        after = self.after(word.end())[:1]
        inside_braces = self.around[word.start()] == "{"
        is_first = before[-1:] in ("{", ",")
        if before[-1:] == "#" or (before[-1:] == "." and before != "..."):
            return "other"
        if inside_braces and is_first and after == ":":
            return "other"
        if inside_braces and (is_first or before == "...") and after in (",", "}", "="):
            return "unclear"
        begins = before[-1:] in ("{", "}", ";") or re.search(r"\bstatic$", line)
        if inside_braces and begins and after in ("=", ";"):
            return "unclear"  # a field of a class, or not
        if inside_braces and after == "(":
            end = self.closing.get(self.text.index("(", word.end()))
            is_declared = re.search(r"\bfunction\*?$", self.before(word.start())[-12:])
            if end is not None and self.after(end + 1)[:1] == "{" and not is_declared:
                return "unclear"  # a method
        return "variable"


def with_short_names(text, file, kept):
    """The module's text with short names for what it declares, but for those in `kept`."""
    code = Code(text, file)
    words = list(WORD.finditer(code.text))
    kinds = [code.kind(word) for word in words]
    unclear = {word[0] for word, kind in zip(words, kinds) if kind == "unclear"}
    names = code.declared() - unclear - KEPT - set(kept)
    counts = {}
    for word in words:
        counts[word[0]] = counts.get(word[0], 0) + 1
    free = (name for name in short_names()
            if name not in counts and name not in KEPT and name not in kept)
    # The most frequent ones are the shortest; in the order of the text where that is the same.
    short = {name: next(free) for name in sorted(
        (name for name in counts if name in names and len(name) > 1), key=lambda it: -counts[it])}
    out, place = [], 0
    for word, kind in zip(words, kinds):
        if kind == "variable" and word[0] in short:
            out += [text[place:word.start()], short[word[0]]]
            place = word.end()
    return "".join([*out, text[place:]])
