"""Joins ES modules into one ES module that people read and import, for scripts/bundle-page.

Unlike in the page's script (page_modules.py) the modules' declarations stand side by side, with the
comments of JSDoc, so that editors and `tsc` find the types; comments of other kinds stay in the
sources. So no two modules may declare the same
name at the left edge, and none may use a name that another one declares without importing it: it
meant the browser's, and would get the other module's.
"""

import re

from page_modules import modules_of
from page_text import Refused, pieces

DECLARED = re.compile(r"^(?:async )?(?:function\*? |const |let |class )([A-Za-z_$][\w$]*)", re.M)


def code_of(text, file):
    return "".join(part if kind == "code" else re.sub(r"[^\n]", " ", part)
                   for kind, part in pieces(text, file))


def without_remarks(text, file):
    """The text without `// …`, and without the lines that had nothing else."""
    out = []
    for kind, part in pieces(text, file):
        if kind == "comment" and part.startswith("//"):
            before = "".join(out)
            out = [before.rstrip(" \t")]
            if not out[0] or out[0].endswith("\n"):
                out.append("\0")  # the line's end goes, too
        else:
            out.append(part)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"\0\n?", "", "".join(out)))


def uses(name, code):
    """Whether the code names it otherwise than as a property."""
    return re.search(rf"(?<![\w$.#]){re.escape(name)}(?![\w$])(?!\s*:)", code)


def join_flat(folder, entry, exported, heading):
    """The module `entry` and all that it imports as one module, which exports these names."""
    order = modules_of(folder, entry)
    codes = {module.name: code_of(module.body, module.name) for module in order}
    owner = {}  # declared name → module
    for module in order:
        for name in DECLARED.findall(codes[module.name]):
            if name in owner:
                raise Refused(f"{module.name} declares {name}, as {owner[name]} does: one of them "
                              "needs another name")
            owner[name] = module.name
    for module in order:
        imported = {name for _, names in module.imports for name in names}
        for name in owner.keys() - imported:
            if owner[name] != module.name and uses(name, codes[module.name]):
                raise Refused(f"{module.name} uses {name}, which {owner[name]} declares: import "
                              "it, or give one of them another name")
    for name in exported:
        if name not in owner:
            raise Refused(f"no module declares {name}, which {entry} shall export")
    out = [heading]
    for module in order:
        body = without_remarks(module.body, module.name).strip()
        out.append(f"\n// {'-' * 40} {module.name}\n\n{body}\n")
    out.append(f"\nexport {{ {', '.join(exported)} }};\n")
    return "".join(out)

