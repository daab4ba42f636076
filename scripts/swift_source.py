"""A Swift file as scripts/type-graph sees it: what it declares, and its code without words."""

import re

DECLARATION = re.compile(
    r"\b(struct|enum|class|actor|protocol|typealias|associatedtype|extension)\s+"
    r"((?:`?\w+`?\.)*`?\w+`?)")
FUNCTION = re.compile(r"\bfunc\s+(`?\w+`?)")


def code(text):
    """The text with comments and the words of string literals blanked, line by line as it was."""
    out, index, stack = [], 0, []
    size = len(text)

    def blank(piece):
        out.append("".join("\n" if c == "\n" else " " for c in piece))

    while index < size:
        inside = stack[-1] if stack else None
        if inside and inside["open"] is None:  # in a literal's words
            mark, pounds = inside["mark"], inside["pounds"]
            if text.startswith(mark + pounds, index):
                blank(mark + pounds)
                index += len(mark + pounds)
                stack.pop()
            elif text.startswith("\\" + pounds + "(", index):
                blank("\\" + pounds + "(")
                index += len(pounds) + 2
                inside["open"] = 1
            elif text[index] == "\\" and not pounds:
                blank(text[index:index + 2])
                index += 2
            else:
                blank(text[index])
                index += 1
            continue
        if text.startswith("//", index):
            end = text.find("\n", index)
            end = size if end < 0 else end
            blank(text[index:end])
            index = end
        elif text.startswith("/*", index):
            end = index + 2
            depth = 1
            while end < size and depth:
                if text.startswith("/*", end):
                    depth, end = depth + 1, end + 2
                elif text.startswith("*/", end):
                    depth, end = depth - 1, end + 2
                else:
                    end += 1
            blank(text[index:end])
            index = end
        else:
            literal = re.compile(r'(#*)("""|")').match(text, index)
            if literal:
                blank(literal.group())
                index = literal.end()
                stack.append(
                    {"mark": literal.group(2), "pounds": literal.group(1), "open": None})
                continue
            if inside:  # in an interpolation
                inside["open"] += {"(": 1, ")": -1}.get(text[index], 0)
                if not inside["open"]:
                    inside["open"] = None
            out.append(text[index])
            index += 1
    return "".join(out)


class Source:
    """A file: what it declares and extends, and its code without comments and literals."""

    def __init__(self, path, folder):
        self.path = path
        relative = path.relative_to(folder)
        self.name = str(relative)
        self.room = relative.parts[0] if len(relative.parts) > 1 else "."
        # The argument of TableIndex is a tag: naming it needs nothing of the type.
        self.code = re.sub(r"\bTableIndex<\w+>", "TableIndex", code(path.read_text()))
        self.declared = {}  # qualified name -> line
        self.around = set()  # the types whose nested names are in reach here
        self.functions = set()
        self.scan()

    def scan(self):
        declarations = {m.start(): m for m in DECLARATION.finditer(self.code)}
        depth, line, around, pending = 0, 1, [], None
        for index, character in enumerate(self.code):
            found = declarations.get(index)
            before = self.code[max(0, index - 1)]
            if found and before != "." and not self.is_word(found):
                kind, name = found.group(1), found.group(2).replace("`", "")
                outer = around[-1][0] + "." if around else ""
                qualified = name if kind == "extension" else outer + name
                if kind not in ("extension", "associatedtype"):
                    self.declared.setdefault(qualified, line)
                if kind not in ("typealias", "associatedtype"):
                    pending = qualified
                    self.around.add(qualified)
            if character == "\n":
                line += 1
            elif character == "{":
                if pending:
                    around.append((pending, depth))
                    pending = None
                depth += 1
            elif character == "}":
                depth -= 1
                if around and around[-1][1] == depth:
                    around.pop()
        self.functions = {m.group(1).strip("`") for m in FUNCTION.finditer(self.code)}

    @staticmethod
    def is_word(found):
        """`class func`, `class var` and `T: class` declare no type."""
        return found.group(2) in ("func", "var", "let", "subscript", "init", "override")
