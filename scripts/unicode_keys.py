"""The rules by which two names are one name, for scripts/unicode-tables: NFKC_Casefold (UAX #31)
and the prototypes of characters that look alike (UTS #39)."""

# UAX #31, table 5: scripts in everyday use.
RECOMMENDED = """Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek
Gujarati Gurmukhi Han Hangul Hebrew Hiragana Kannada Katakana Khmer Lao Latin Malayalam Myanmar
Oriya Sinhala Tamil Telugu Thaana Thai Tibetan""".split()
# Table 7: scripts of smaller communities; and Mongolian, an official script of today. The scripts
# of table 4 are those of history: they are left out, and with them the characters without a look
# that they have beside the default-ignorable ones (U+16FE4, U+13441).
LIVING = set(RECOMMENDED) | set("""Adlam Balinese Bamum Batak Canadian_Aboriginal Chakma Cham
Cherokee Gunjala_Gondi Hanifi_Rohingya Javanese Kayah_Li Lepcha Limbu Lisu Mandaic Meetei_Mayek Miao
Mongolian New_Tai_Lue Newa Nko Nyiakeng_Puachue_Hmong Ol_Chiki Osage Saurashtra Sundanese
Syloti_Nagri Syriac Tai_Le Tai_Tham Tai_Viet Tifinagh Vai Wancho Yi""".split())
# UTS #39, 5.1: what is written with several scripts is one script here.
AUGMENTED = {
    "Han": ["Hanb", "Jpan", "Kore"], "Hiragana": ["Jpan"], "Katakana": ["Jpan"],
    "Bopomofo": ["Hanb"], "Hangul": ["Kore"],
}
# UTS #39, 5.2, "moderately restrictive": Latin beside one of these.
MIXED_WITH_LATIN = [name for name in RECOMMENDED if name not in ("Latin", "Cyrillic", "Greek")]
BITS = {
    name: number for number, name in enumerate(
        sorted({part for name in LIVING for part in AUGMENTED.get(name, [name])}))
}
EVERY = (1 << 64) - 1


def bits_of(scripts):
    """A set of scripts as bits; Common and Inherited are of every script."""
    if any(script in ("Common", "Inherited") for script in scripts):
        return EVERY
    parts = {part for s in scripts if s in LIVING for part in AUGMENTED.get(s, [s])}
    return sum(1 << BITS[part] for part in parts)


class Keys:
    """What characters come to when names are compared."""

    def __init__(self, data):
        self.data = data
        self.compatible_cache = {}

    def compatible(self, scalar):
        """Normalization form KD."""
        if scalar not in self.compatible_cache:
            parts = self.data.canonical(scalar)
            if scalar in self.data.compatibility:
                parts = self.data.compatibility[scalar]
            if tuple(parts) != (scalar,):
                parts = [out for part in parts for out in self.compatible(part)]
            self.compatible_cache[scalar] = self.data.decompose(parts)
        return self.compatible_cache[scalar]

    def casefold(self, scalars):
        """NFKC_Casefold, decomposed: two strings are equal in the one form if they are in the
        other, and nothing has to be composed."""
        data = self.data
        return data.decompose(
            part for s in data.decompose(scalars) for part in data.casefold.get(s, (s,)))


class Prototypes:
    """The ASCII letter or digit that a character looks like, with its marks; and for a combining
    mark the mark that it looks like (UTS #39, but no more of it: within Thai, Tamil or Hangul it
    calls letters alike by which people's names differ).

    In confusables.txt each character has one prototype; the package has both directions of a pair.
    A form with several neighbours is their prototype, and so is a sequence.
    """

    ASCII = set(map(ord, "0123456789abcdefghijklmnopqrstuvwxyz'"))
    MARKS = [range(0x300, 0x370), range(0x1AB0, 0x1B00), range(0x1DC0, 0x1E00)]

    def __init__(self, keys, pairs):
        data = keys.data
        one, marks, self.of = {}, {}, {}
        for form, others in pairs.items():
            if len(form) == 1 and ord(form) > 0x7F and len(others) == 1:
                if len(pairs.get(others[0], [])) > 1 or len(others[0]) > 1:
                    one[ord(form)] = others[0]
        # Of two marks that have only each other, neither is the prototype: the lower one is taken.
        for form, others in pairs.items():
            if len(form) == 1 and len(others) == 1 and pairs.get(others[0]) == [form]:
                if self.is_mark(ord(form)) and form > others[0]:
                    one[ord(form)] = others[0]
        for scalar, target in one.items():
            if len(target) == 1 and self.is_mark(scalar) and self.is_mark(ord(target)):
                marks[scalar] = ord(target)
        for scalar, target in sorted(one.items()):
            if scalar in data.decomposed or scalar not in data.category:
                continue
            # The prototype of m is rn. Here m is its own: 0 and O, 1 and l, rn and m remain
            # different, since what they look like depends on the typeface, and people use both.
            # The prototype of I is l. What looks like a capital I is folded with it.
            isCapital = data.category[scalar] == "Lu" or data.script[scalar] == "Lisu"
            target = "i" if target == "l" and isCapital else target.replace("rn", "m")
            text = keys.casefold(map(ord, target))
            text = tuple(marks.get(part, part) for part in text)
            if scalar in marks or (
                text and text[0] in self.ASCII and all(self.is_mark(part) for part in text[1:])
            ):
                self.of[scalar] = data.decompose(text)

    @classmethod
    def is_mark(cls, scalar):
        return any(scalar in block for block in cls.MARKS)
