#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks comments, help, messages and documents for the words that words.txt refuses; its head explains the rules.

    check_words.py [--root FOLDER]      prints every fault, one per line; exit 1 when there is one
    check_words.py --self-test          breaks a copy of the project in every way and sees each one found
"""
import fnmatch
import re
import sys

sys.dont_write_bytecode = True
import texts  # noqa: E402  the folder of this file, without a cache in it
from check import add, find_all, find_none, main  # noqa: E402
from sources import without_comments  # noqa: E402

WORDS = "tests/arch/words.txt"
FOLDERS = ("core", "plugins", "qgis-wrapper", "styles", "docs", "tests", "sample_project")
SINGLE = ("README.md", "CMakeLists.txt")


class Rules:
    def __init__(self):
        self.words = []    # (regex, better, folders; none = everywhere)
        self.names = []    # (regex, better)
        self.excepted = []
        self.allowed = []  # (glob, regex)
        self.later = []


def whole_words(pattern):
    return re.compile(rf"(?<![\w-])(?:{pattern.replace(' ', chr(92) + 's+')})(?![\w-])", re.I)


def read_rules(root):
    rules = Rules()
    for line in (root / WORDS).read_text(encoding="utf-8").splitlines():
        kind, _, rest = line.partition(" ")
        rest = rest.split("  #", 1)[0].strip()
        if kind == "word":
            folders = []
            if rest.startswith("in "):
                where, _, rest = rest.removeprefix("in ").partition(" : ")
                folders = where.split()
            pattern, _, better = rest.partition(" -> ")
            rules.words.append((whole_words(pattern), better, folders))
        elif kind == "name":
            pattern, _, better = rest.partition(" -> ")
            rules.names.append((re.compile(rf"(?<![a-z])(?:{pattern})(?![a-z])", re.I), better))
        elif kind == "except":
            rules.excepted.append(rest)
        elif kind == "allow":
            glob, _, pattern = rest.partition(" : ")
            rules.allowed.append((glob, whole_words(pattern)))
        elif kind == "later":
            rules.later += rest.split()
        elif kind not in ("", "#"):
            raise SystemExit(f"{WORDS}: '{kind}' begins no rule")
    return rules


def below(name, folders):
    return any(name == folder or name.startswith(folder + "/") for folder in folders)


def check_text(name, text, rules, faults):
    permitted = [match.span() for glob, pattern in rules.allowed if fnmatch.fnmatch(name, glob)
                 for match in pattern.finditer(text)]
    for pattern, better, folders in rules.words:
        if folders and not below(name, folders):
            continue
        for match in pattern.finditer(text):
            if not any(start <= match.start() and match.end() <= end for start, end in permitted):
                line = text.count("\n", 0, match.start()) + 1
                faults.append(f"{name}:{line}: '{' '.join(match.group(0).split())}'; write {better}")


def check_names(name, text, rules, faults):
    """Identifiers of C, each reported once a file."""
    for word in dict.fromkeys(re.findall(r"[A-Za-z_]\w*", without_comments(text))):
        for pattern, better in rules.names:
            found = pattern.search(word)
            if found:
                faults.append(f"{name}: the name '{word}' holds '{found.group(0)}'; write {better}")


def files(root):
    for folder in FOLDERS:
        yield from sorted(path for path in (root / folder).rglob("*") if path.is_file())
    yield from (root / name for name in SINGLE if (root / name).is_file())


def check_tree(root):
    rules = read_rules(root)
    faults = []
    n_files = 0
    for path in files(root):
        name = path.relative_to(root).as_posix()
        if "/output/" in name or below(name, rules.later) or any(fnmatch.fnmatch(name, glob) for glob in rules.excepted):
            continue
        text = texts.read(path, with_literals=not name.startswith("tests/"))
        if text is None:
            continue
        n_files += 1
        check_text(name, text, rules, faults)
        if path.suffix in (".c", ".h"):
            check_names(name, path.read_text(encoding="utf-8"), rules, faults)
    return faults, n_files


def self_test(root):
    cases = [
        ("a word in a comment of C", add("core/base/text.c", "/* The caller is told\n * about it. */\n"), "'told'"),
        ("a phrase over two lines", add("core/base/text.c", "/* The names, with\n * blanks between them. */\n"), "'with blanks between'"),
        ("a word in a message", add("core/base/text.c", 'static const char *f = "the file says nothing";\n'), "'says'"),
        ("a word of some folders only", add("core/terrain/gradient.c", "/* The ground is filled. */\n"), "'ground'"),
        ("a name", add("core/base/text.c", "static int tl_most_rows;\n"), "the name 'tl_most_rows'"),
        ("a word in a document", add("docs/README.md", "\nThe answer stands in the table.\n"), "'stands'"),
        ("a word in a docstring", add("docs/make_man.py", '\n\ndef f():\n    """Made anew."""\n'), "'anew'"),
        ("a word in a comment of a script", add("tests/run.sh", "# the file gives names\n"), "'gives'"),
    ]
    permitted = [
        ("code", add("docs/README.md", "\n`told` and --told\n\n    told in code\n\n```\ntold\n```\n\n> told in a quotation\n")),
        ("a quotation", add("core/base/text.c", '/* The user reads "no house". */\n')),
        ("an id", add("core/base/text.c", 'static const char *f = "places_output";\n')),
        ("an exception", lambda copy: (add(WORDS, "allow docs/README.md : the answer stands in  # a test\n")(copy),
                                       add("docs/README.md", "\nThe answer\nstands in the table.\n")(copy))),
        ("another folder", add("core/num/stats.c", "/* The ground is filled. */\n")),
    ]

    def checked(copy):
        replace_later(copy)
        return check_tree(copy)[0]

    def replace_later(copy):
        path = copy / WORDS
        path.write_text(re.sub(r"^later .*\n", "", path.read_text(encoding="utf-8"), flags=re.M), encoding="utf-8")

    parts = ("core/base", "core/num", "core/terrain", "docs/README.md", "docs/make_man.py", "tests/run.sh", WORDS)
    missed = find_all(root, parts, checked, cases)
    return missed + find_none(root, parts, checked, permitted)


if __name__ == "__main__":
    sys.exit(main(__doc__, check_tree, self_test))
