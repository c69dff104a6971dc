#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that no two functions of core/ and plugins/ have the same body.

Bodies are compared without comments and white space; those of fewer than 60 characters are too small to be worth a
function of their own. equal_bodies.txt names the pairs that are meant, each with its reason.

    check_bodies.py [--root FOLDER]      prints every fault, one per line; exit 1 when there is one
    check_bodies.py --self-test          breaks a copy of the sources in every way and sees each one found
"""
import re
import sys

sys.dont_write_bytecode = True
from check import add, find_all, main  # noqa: E402  the folder of this file, without a cache in it
from sources import functions_of, read_modules  # noqa: E402

SMALLEST = 60
ALLOWED = "tests/arch/equal_bodies.txt"


def read_allowed(root, faults):
    """{set of two or more 'file:function'} of the lines 'file:function file:function ... # reason'."""
    allowed = set()
    for number, line in enumerate((root / ALLOWED).read_text(encoding="utf-8").splitlines(), 1):
        names, _, reason = line.partition("#")
        if names.strip():
            allowed.add(frozenset(names.split()))
            if len(reason.strip()) < 10:
                faults.append(f"{ALLOWED}:{number}: no reason; write one after #")
    return allowed


def check_tree(root):
    faults = []
    n_files = 0
    bodies = {}
    for module in read_modules(root).values():
        for path in module.files(root):
            n_files += 1
            for function in functions_of(path.read_text(encoding="utf-8")):
                body = re.sub(r"\s+", "", function.body)
                if len(body) >= SMALLEST:
                    bodies.setdefault(body, []).append(f"{path.relative_to(root)}:{function.name}")
    allowed = read_allowed(root, faults)
    equal = {frozenset(names) for names in bodies.values() if len(names) > 1}
    for names in sorted(map(sorted, equal - allowed)):
        faults.append(f"{names[0]}: the same body as {', '.join(names[1:])}; keep one of them")
    for names in sorted(map(sorted, allowed - equal)):
        faults.append(f"{ALLOWED}: {' '.join(names)} are no longer equal; remove the line")
    return faults, n_files


def self_test(root):
    body = "{\n    int sum = 0; /* %s */\n    for (int i = 0; i < n; i++) {\n%s        sum += i * i + 3 * i + (i > 7 ? 5 : 2);\n    }\n    return sum;\n}\n"
    one = "static int first(int n) " + body % ("first", "")
    other = "static int second(int n) " + body % ("the same in other words", "\n")

    cases = [
        ("two equal bodies", lambda copy: (add("core/num/stats.c", one)(copy), add("core/hydro/flow.c", other)(copy)),
         "the same body as"),
        ("an allowed pair that is gone", add(ALLOWED, "core/a.c:f core/b.c:f  # a reason that is long enough\n"),
         "no longer equal"),
        ("an allowed pair without a reason", add(ALLOWED, "core/a.c:f core/b.c:f\n"), "no reason"),
    ]
    return find_all(root, ("core", "plugins", ALLOWED), lambda copy: check_tree(copy)[0], cases)


if __name__ == "__main__":
    sys.exit(main(__doc__, check_tree, self_test))
