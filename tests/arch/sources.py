# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the C sources as the checks of this folder need them: modules, includes, functions, code without comments."""
import re
from pathlib import Path

COMMENT_OR_LITERAL = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
ATTRIBUTE = re.compile(r"__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)")
HEAD = re.compile(r"([A-Za-z_]\w*)\s*\([^;{}]*\)\s*\Z")


class Module:
    def __init__(self, name, modules, headers):
        self.name = name
        self.modules = modules
        self.headers = headers

    def folder(self, root):
        return root / self.name if self.name.startswith("plugins/") else root / "core" / self.name

    def files(self, root):
        """Its sources and headers, sorted."""
        return sorted(self.folder(root).glob("*.[ch]"))


class Function:
    """A function with a body: its name, first line, number of lines, the text before its name, and its body."""

    def __init__(self, name, line, length, head, body):
        self.name = name
        self.line = line
        self.length = length
        self.is_static = bool(re.search(r"\bstatic\b", head))
        self.body = body


def read_modules(root):
    """The table of core/modules.txt; the modules in its second column are names, or one file such as abi/tilth.h."""
    modules = {}
    for line in (Path(root) / "core/modules.txt").read_text(encoding="utf-8").splitlines():
        line = line.split("#", 1)[0].strip()
        if line and not line.startswith("shared "):
            name, _, rest = line.partition(":")
            allowed, _, outside = rest.partition(";")
            modules[name.strip()] = Module(name.strip(), allowed.split(), outside.split())
    return modules


def shared_tool_files(root):
    """{group: stems}: the lines 'shared tools/<group> : stem stem ...' of core/modules.txt."""
    shared = {}
    for line in (Path(root) / "core/modules.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("shared "):
            group, _, stems = line.removeprefix("shared ").split("#", 1)[0].partition(":")
            shared.setdefault(group.strip(), []).extend(stems.split())
    return shared


def without_comments(text, keep_literals=False):
    """The text with comments, and unless they are kept the inside of literals, blanked; line breaks stay."""
    def blank(match):
        piece = match.group(0)
        if piece.startswith("/"):
            return "\n" * piece.count("\n") or " "
        return piece if keep_literals else piece[0] + piece[-1]

    return COMMENT_OR_LITERAL.sub(blank, text)


def includes_of(text):
    """(line, bracket, target) of every include."""
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match.group(1), match.group(2)


def without_preprocessor(lines):
    """The lines with directives and the lines that continue them blanked."""
    continued = False
    for line in lines:
        directive = continued or line.lstrip().startswith("#")
        continued = line.rstrip().endswith("\\")
        yield "" if directive or continued else line


def functions_of(text):
    """Every function with a body, found by braces at the outermost level.

    Literals are needed to compare bodies, but a brace inside of one must not count; so positions are found in the text
    without literals, whose lines are those of the text."""
    code = "\n".join(without_preprocessor(without_comments(text).splitlines()))
    lines = without_comments(text, keep_literals=True).splitlines()
    depth, start, head_from, name = 0, None, 0, ""
    line = 1
    for at, mark in enumerate(code):
        if mark == "\n":
            line += 1
        elif mark == "{":
            head = HEAD.search(ATTRIBUTE.sub("", code[head_from:at])) if depth == 0 else None
            if head:
                start, name, before = line, head.group(1), code[head_from:at]
            depth += 1
        elif mark == "}":
            depth -= 1
            if depth == 0 and start is not None:
                body = "\n".join(lines[start - 1:line])
                yield Function(name, start, line - start + 1, before, body[body.find("{"):] if "{" in body else body)
                start = None
        if depth == 0 and mark in ";}":
            head_from = at + 1
