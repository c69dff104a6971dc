# SPDX-License-Identifier: GPL-2.0-or-later
"""Leaves of a file what people read: comments, messages and help of C, comments and texts of Python, prose of Markdown.

Everything else becomes blank, so that positions and line numbers stay.
"""
import io
import re
import tokenize

C_PIECE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[^\n]*", re.M)
CODE_BLOCK = re.compile(r"^([ \t]*)(```|~~~).*?^[ \t]*\2[^\n]*$|^(?: {4}|\t)[^\n]*$|^[ \t]*>[^\n]*$", re.S | re.M)
SPELLED = re.compile(r"`[^`\n]*`|--[\w-]+|\]\([^)\n]*\)|[\w./-]*[_/][\w./-]*|\{\{.*?\}\}|\{%.*?%\}", re.S)
QUOTED = re.compile(r'"[^"\n]{1,200}"|“[^”]{1,200}”')


def blank(piece):
    return re.sub(r"[^\n]", " ", piece)


def only(text, spans):
    """The text with everything outside of the spans (start, end) blanked."""
    kept, at = [], 0
    for start, end in spans:
        kept += [blank(text[at:start]), text[start:end]]
        at = end
    return "".join(kept) + blank(text[at:])


def of_c(text, with_literals):
    text = INCLUDE.sub(lambda match: blank(match.group(0)), text)
    made, at = [], 0
    for match in C_PIECE.finditer(text):
        piece = match.group(0)
        made.append(blank(text[at:match.start()]))
        if piece.startswith("/"):
            piece = QUOTED.sub(lambda quoted: blank(quoted.group(0)), piece)
            made.append(re.sub(r"^([ \t]*)\*", r"\1 ", piece, flags=re.M).replace("/*", "  ").replace("*/", "  "))
        else:
            is_text = with_literals and piece[0] == '"' and not re.fullmatch(r'"[a-z0-9,]*"', piece)
            made.append(" " + piece[1:-1] + " " if is_text else blank(piece))
        at = match.end()
    return "".join(made) + blank(text[at:])


def of_python(text, with_literals):
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    spans = []
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        first, last = starts[token.start[0] - 1] + token.start[1], starts[token.end[0] - 1] + token.end[1]
        is_statement = before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.NL)
        is_text = with_literals and not re.fullmatch(r"""["'][a-z0-9,]*["']""", token.string)
        if token.type == tokenize.COMMENT or token.type == tokenize.STRING and (is_text or is_statement):
            spans.append((first, last))
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            before = token.type
    return only(text, spans)


def of_markdown(text, _with_literals):
    text = CODE_BLOCK.sub(lambda match: blank(match.group(0)), text)
    return QUOTED.sub(lambda match: blank(match.group(0)), text)


def of_script(text, _with_literals):
    """Comments of shell and CMake."""
    return only(text, [match.span() for match in re.finditer(r"(?:^|(?<=[ \t]))#[^\n]*", text, re.M)])


def of_all(text, _with_literals):
    return text


READERS = {".c": of_c, ".h": of_c, ".def": of_c, ".py": of_python, ".md": of_markdown, ".sh": of_script, ".txt": of_script,
           ".cmake": of_script, ".j2": of_all, ".in": of_script}


def read(path, with_literals):
    """The texts of a file, or None for a kind of file without any."""
    reader = READERS.get(path.suffix)
    if reader is None:
        return None
    text = reader(path.read_text(encoding="utf-8"), with_literals)
    return SPELLED.sub(lambda match: blank(match.group(0)), text)
