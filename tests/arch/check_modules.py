#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that every file of core/ and plugins/ keeps to the rules of the code base.

core/modules.txt says which module may include which, and which outside headers a module may see. Besides the includes, this
looks at the size of functions and files, at the head line of every file, and at calls that a module of numbers must not
make (open a file, print, end the process, ask the clock).

    check_modules.py [--root FOLDER]      prints every fault, one per line; exit 1 when there is one
    check_modules.py --self-test          breaks a copy of the sources in every way and sees each one found
"""
import os
import re
import sys

sys.dont_write_bytecode = True
from check import add, find_all, main, replace  # noqa: E402  the folder of this file, without a cache in it
from sources import functions_of, includes_of, read_modules, without_comments  # noqa: E402

LONGEST_FUNCTION = 80
LONGEST_FILE = 700

C_LIBRARY = set(
    "assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic "
    "stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype".split())

# Headers of the C library that would let a module of numbers reach outside are seen by their calls, not by their names.
MODULES_THAT_REACH_OUTSIDE = {"io", "io/outputs", "cli", "abi", "plugins/gdal"}
FORBIDDEN_CALLS = re.compile(
    r"(?<![\w.>])(f?printf|v?fprintf|puts|putchar|fputs|fopen|freopen|fwrite|remove|rename|tmpfile|exit|_exit|abort|"
    r"system|getenv|setlocale|rand|srand|time|clock|longjmp)\s*\(")

# Building, printing and parsing of JSON needs memory; core/json keeps its failures. Reading of values needs none.
RAW_JSON = re.compile(
    r"(?<!\w)(json_(?:object|array|stringn?|integer|real|boolean|true|false|null|v?sprintf|v?pack\w*|copy|deep_copy|"
    r"object_(?:set|update)\w*|array_(?:set|append|insert|extend)\w*|string_set\w*|dump\w*|load\w*|set_alloc_funcs\w*))\s*\(")


def header_is_listed(header, listed):
    """A listed word is a whole header (jansson.h), a folder (gsl), or the beginning of names (gdal -> gdal_alg.h)."""
    for word in listed:
        if header == word or header.startswith(word + "/"):
            return True
        if "." not in word and "/" not in header and header.startswith(word):
            return True
    return False


def check_include(module, modules, core, where, bracket, target, faults):
    if ".." in target.split("/"):
        faults.append(f"{where}: '{target}' climbs out of its folder; includes start at core/")
        return
    first = target.rpartition("/")[0]
    if bracket == '"':
        if "/" not in target and module.name.startswith("plugins/"):
            return
        if first not in modules or not (core / target).is_file():
            faults.append(f"{where}: '{target}' is no file of a module; includes start at core/, as in \"base/status.h\"")
        elif first != module.name and first not in module.modules and target not in module.modules:
            allowed = ", ".join(module.modules) or "none"
            faults.append(f"{where}: module '{module.name}' may not include '{target}' (allowed: {allowed})")
        return
    if target.removesuffix(".h") in C_LIBRARY or header_is_listed(target, module.headers):
        return
    faults.append(f"{where}: module '{module.name}' may not see <{target}>; core/modules.txt lists what it may")


def check_file(path, module, modules, core, root, faults):
    text = path.read_text(encoding="utf-8")
    name = path.relative_to(root)
    code = without_comments(text)
    for number, bracket, target in includes_of(text):
        check_include(module, modules, core, f"{name}:{number}", bracket, target, faults)
    for function in functions_of(text):
        if function.length > LONGEST_FUNCTION:
            faults.append(f"{name}:{function.line}: a function of {function.length} lines; {LONGEST_FUNCTION} at most")
    if text.count("\n") > LONGEST_FILE:
        faults.append(f"{name}: {text.count(chr(10))} lines; {LONGEST_FILE} at most")
    if "SPDX-License-Identifier: GPL-2.0-or-later" not in text[:200] and path.suffix != ".def":
        faults.append(f"{name}: the first line names no licence")
    for number, line in enumerate(code.splitlines(), 1):
        call = FORBIDDEN_CALLS.search(line)
        if call and module.name not in MODULES_THAT_REACH_OUTSIDE:
            faults.append(f"{name}:{number}: module '{module.name}' calls {call.group(1)}; that is for io and the front ends")
        raw = RAW_JSON.search(line)
        if raw and module.name != "json":
            faults.append(f"{name}:{number}: {raw.group(1)} is called in core/json only, where a failed allocation is kept")
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"\b(TODO|FIXME|XXX)\b", line):
            faults.append(f"{name}:{number}: unfinished work is written down as an issue, not in the source")


def find_cycle(graph):
    """One cycle of a {node: set of nodes} as a list, or None."""
    state = {}
    trail = []

    def visit(node):
        state[node] = 1
        trail.append(node)
        for other in sorted(graph.get(node, ())):
            if state.get(other) == 1:
                return trail[trail.index(other):] + [other]
            if other not in state:
                found = visit(other)
                if found:
                    return found
        trail.pop()
        state[node] = 2
        return None

    for node in sorted(graph):
        if node not in state:
            found = visit(node)
            if found:
                return found
    return None


def check_tree(root):
    """All faults below root (a folder that holds core/), and how many files were looked at."""
    core = root / "core"
    modules = read_modules(root)
    faults = []
    file_graph = {}
    n_files = 0
    for module in modules.values():
        folder = module.folder(root)
        for path in module.files(root) + sorted(folder.glob("*.def")):
            n_files += 1
            check_file(path, module, modules, core, root, faults)
            if core in folder.parents:
                file_graph[f"{module.name}/{path.name}"] = {
                    target for _, bracket, target in includes_of(path.read_text(encoding="utf-8")) if bracket == '"'}
    for path in sorted(core.rglob("*.[ch]")):
        name = str(path.parent.relative_to(core))
        if name not in modules:
            faults.append(f"{path.relative_to(root)}: '{name}' is no module of core/modules.txt")
    table = {module.name: {other.removesuffix("/tilth.h") for other in module.modules} for module in modules.values()}
    for name, graph in (("modules", table), ("files", file_graph)):
        cycle = find_cycle(graph)
        if cycle:
            faults.append(f"{name} go round in a circle: {' -> '.join(cycle)}")
    return faults, n_files


def self_test(root):
    long_body = "int tl_long(void);\nint tl_long(void) {\n" + "    (void)0;\n" * 80 + "    return 0;\n}\n"
    cases = [
        ("a module that looks upward", add("core/base/text.c", '#include "terrain/gradient.h"\n'), "may not include"),
        ("GDAL in a module of numbers", add("core/terrain/gradient.c", "#include <gdal.h>\n"), "may not see <gdal.h>"),
        ("POSIX in a module of numbers", add("core/num/stats.c", "#include <unistd.h>\n"), "may not see <unistd.h>"),
        ("the command line inside the core", add("core/cli/main.c", '#include "job/algorithm.h"\n'), "may not include"),
        ("a tool that knows GDAL's store", add("core/tools/terrain/slope.c", '#include "store/store_gdal.h"\n'), "may not include"),
        ("the plugin that knows the tools", add("plugins/gdal/gdal_TILTH.c", '#include "job/algorithm.h"\n'),
         "may not include"),
        ("a path that climbs", add("core/base/text.c", '#include "../num/stats.h"\n'), "climbs out"),
        ("a function too long", add("core/base/text.c", long_body), "a function of 83 lines"),
        ("a file too long", add("core/base/text.c", "\n" * 701), "700 at most"),
        ("printing from a module of numbers", add("core/num/stats.c", 'void f(void) { printf("x"); }\n'), "calls printf"),
        ("ending the process", add("core/terrain/gradient.c", "void f(void) { exit(1); }\n"), "calls exit"),
        ("JSON built without the wrapper", add("core/job/describe.c", "void f(void) { json_object_set_new(o, k, json_null()); }\n"),
         "is called in core/json only"),
        ("JSON parsed without the wrapper", add("plugins/gdal/gdal_TILTH.c", "void f(void) { json_loads(t, 0, NULL); }\n"),
         "is called in core/json only"),
        ("modules in a circle", replace("core/modules.txt", "base                :", "base : io"), "modules go round"),
        ("headers in a circle", add("core/base/status.h", '#include "base/alloc.h"\n#include "base/grid.h"\n'),
         "files go round"),
        ("a module that nobody planned", lambda copy: (os.mkdir(copy / "core/attic"),
                                                     add("core/attic/old.c", "int x;\n")(copy)), "is no module"),
    ]
    return find_all(root, ("core", "plugins"), lambda copy: check_tree(copy)[0], cases)


if __name__ == "__main__":
    sys.exit(main(__doc__, check_tree, self_test))
