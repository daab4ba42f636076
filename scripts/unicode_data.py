"""Reads the files of the Unicode Character Database (Debian's unicode-data) and the confusables
(PyPI's confusable-homoglyphs), for scripts/unicode-tables."""

import json
import os
import pathlib
import re
import sys


class UnicodeData:
    """The properties that names need, each a dictionary by code point."""

    def __init__(self):
        self.folder = pathlib.Path(os.environ.get("UNICODE_DATA", "/usr/share/unicode"))
        if not (self.folder / "Scripts.txt").exists():
            sys.exit(f"{self.folder} has no Scripts.txt: apt-get install unicode-data.")
        header = (self.folder / "Scripts.txt").read_text().splitlines()[0]
        major, minor, update = map(int, re.search(r"-(\d+)\.(\d+)\.(\d+)\.txt", header).groups())
        self.version = major << 16 | minor << 8 | update
        self.category = self.values("extracted/DerivedGeneralCategory.txt")
        self.category = {s: c for s, c in self.category.items() if c not in ("Cn", "Cs", "Co")}
        self.script = self.values("Scripts.txt")
        self.extensions = self.values("ScriptExtensions.txt")
        self.combining = {
            s: int(c) for s, c in self.values("extracted/DerivedCombiningClass.txt").items()
        }
        self.joining = self.values("extracted/DerivedJoiningType.txt")
        self.ignorable = self.having("DerivedCoreProperties.txt", "Default_Ignorable_Code_Point")
        self.stackers = self.having("IndicSyllabicCategory.txt", "Invisible_Stacker")
        self.casefold = self.mappings("DerivedNormalizationProps.txt", "NFKC_CF")
        aliases = (self.folder / "PropertyValueAliases.txt").read_text()
        self.long_names = dict(re.findall(r"^sc ; (\w+) *; (\w+)", aliases, re.M))
        self.decomposed, self.compatibility = {}, {}
        for line in (self.folder / "UnicodeData.txt").read_text().splitlines():
            fields = line.split(";")
            if not fields[5]:
                continue
            parts = fields[5].split()
            target = self.compatibility if parts[0].startswith("<") else self.decomposed
            if parts[0].startswith("<"):
                parts = parts[1:]
            target[int(fields[0], 16)] = [int(part, 16) for part in parts]

    def lines(self, name):
        for line in (self.folder / name).read_text().splitlines():
            fields = [field.strip() for field in line.split("#")[0].split(";")]
            if len(fields) < 2:
                continue
            first, _, last = fields[0].partition("..")
            yield range(int(first, 16), int(last or first, 16) + 1), fields[1:]

    def values(self, name):
        return {s: fields[0] for scalars, fields in self.lines(name) for s in scalars}

    def having(self, name, value):
        return {s for scalars, fields in self.lines(name) if fields[0] == value for s in scalars}

    def mappings(self, name, value):
        return {
            s: tuple(int(part, 16) for part in fields[1].split())
            for scalars, fields in self.lines(name) if fields[0] == value for s in scalars
        }

    def scripts(self, scalar):
        """Script_Extensions, by their long names."""
        if scalar in self.extensions:
            return [self.long_names[name] for name in self.extensions[scalar].split()]
        return [self.script.get(scalar, "Unknown")]

    def is_ignorable(self, scalar):
        return scalar in self.ignorable

    def canonical(self, scalar):
        """The full canonical decomposition of one character."""
        if 0xAC00 <= scalar < 0xAC00 + 11172:
            index = scalar - 0xAC00
            tail = (0x11A7 + index % 28,) if index % 28 else ()
            return (0x1100 + index // 588, 0x1161 + index % 588 // 28, *tail)
        if scalar not in self.decomposed:
            return (scalar,)
        return tuple(part for half in self.decomposed[scalar] for part in self.canonical(half))

    def decompose(self, scalars):
        """Normalization form D of a sequence (the Unicode Standard, 3.11)."""
        out = []
        for part in (part for scalar in scalars for part in self.canonical(scalar)):
            order, at = self.combining.get(part, 0), len(out)
            while order and at > 0 and self.combining.get(out[at - 1], 0) > order:
                at -= 1
            out.insert(at, part)
        return tuple(out)


def read_confusables():
    """Pairs of sequences that look alike. The package puts marks of direction around what is
    written from right to left; they are not part of it."""
    folder = os.environ.get("CONFUSABLES")
    if folder is None:
        try:
            import confusable_homoglyphs
        except ImportError:
            sys.exit("Python has no confusable_homoglyphs: pip install confusable-homoglyphs.")
        folder = pathlib.Path(confusable_homoglyphs.__file__).parent
    text = (pathlib.Path(folder) / "confusables.json").read_text().replace("\\u200e", "")
    return {
        one.replace("\u200e", ""): [other["c"].replace("\u200e", "") for other in others]
        for one, others in json.loads(text).items()
    }
