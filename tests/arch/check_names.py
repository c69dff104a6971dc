#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks the names of files and exported functions of core/ and plugins/, and the size of a module.

- A base name occurs once, so that "conditioning.c" is one file and an include can be found by its name alone.
- A file of core/tools/<group> is <tool>.[ch], <tool>_<part>.[ch], or listed in core/modules.txt as shared by the group.
- A module has at most 36 source files.
- An exported function begins with its module (tl_hydro_tiles_, in base tl_, in abi tilth_, in cli cli_), in core/tools
  with its file or its tool (tl_trainmodel_); a descriptor is called tl_alg_<tool>.

    check_names.py [--root FOLDER]      prints every fault, one per line; exit 1 when there is one
    check_names.py --self-test          breaks a copy of the sources in every way and sees each one found
"""
import re
import sys

sys.dont_write_bytecode = True
from check import add, find_all, main, replace  # noqa: E402  the folder of this file, without a cache in it
from sources import functions_of, read_modules, shared_tool_files, without_comments  # noqa: E402

MAX_SOURCES = 36
PREFIXES = {"base": "tl_", "abi": "tilth_", "cli": "cli_"}
GROUP = re.compile(r"tools/\w+")


def tools_of(root):
    return re.findall(r"^TL_ALG\((\w+)\)", (root / "core/tools/algs.def").read_text(encoding="utf-8"), re.M)


def tool_of(stem, tools):
    """The tool whose file this is: <tool> or <tool>_<part>; None when there is none."""
    return next((tool for tool in tools if stem == tool or stem.startswith(tool + "_")), None)


def has_prefix(name, stems):
    return any(name == f"tl_{stem}" or name.startswith(f"tl_{stem}_") for stem in stems)


def check_file_names(modules, tools, shared, root, faults):
    where = {}
    for module in modules.values():
        sources = [path for path in module.files(root) if path.suffix == ".c"]
        if len(sources) > MAX_SOURCES:
            faults.append(f"core/{module.name}: {len(sources)} source files; {MAX_SOURCES} at most, divide the module")
        for path in module.files(root):
            other = where.setdefault(path.name, path)
            if other != path:
                faults.append(f"{path.relative_to(root)}: {other.relative_to(root)} has the same base name")
            if GROUP.fullmatch(module.name) and tool_of(path.stem, tools) is None \
                    and path.stem not in shared.get(module.name, ()):
                faults.append(f"{path.relative_to(root)}: no file of a tool, and core/modules.txt does not list it as shared")
    for group, stems in shared.items():
        for stem in stems:
            if not list((root / "core" / group).glob(f"{stem}.[ch]")):
                faults.append(f"core/modules.txt: '{stem}' is listed as shared by {group}, but there is no such file")


def check_functions(module, path, tools, root, faults):
    text = path.read_text(encoding="utf-8")
    for function in functions_of(text):
        if function.is_static or function.name == "main":
            continue
        if GROUP.fullmatch(module.name):
            stems = {path.stem, tool_of(path.stem, tools) or path.stem}
            wanted = " or ".join(sorted(f"tl_{stem}_" for stem in stems))
            right = has_prefix(function.name, stems)
        else:
            wanted = PREFIXES.get(module.name, f"tl_{module.name.replace('/', '_')}_")
            right = function.name.startswith(wanted) or function.name == wanted.rstrip("_")
        if not right:
            faults.append(f"{path.relative_to(root)}:{function.line}: '{function.name}' is exported and does not begin with {wanted}")
    for name in re.findall(r"^const tl_algorithm (\w+)", without_comments(text), re.M):
        if name != f"tl_alg_{path.stem}":
            faults.append(f"{path.relative_to(root)}: the descriptor '{name}' should be called tl_alg_{path.stem}")


def check_tree(root):
    modules = read_modules(root)
    tools = tools_of(root)
    faults = []
    n_files = 0
    check_file_names(modules, tools, shared_tool_files(root), root, faults)
    for module in modules.values():
        for path in module.files(root):
            n_files += 1
            # The plugin exports one function, which arch/symbols_plugin checks; its others are hidden in one library.
            if not module.name.startswith("plugins/"):
                check_functions(module, path, tools, root, faults)
    return faults, n_files


def self_test(root):
    function = "int {0}(void);\nint {0}(void) {{\n    return 1;\n}}\n"

    def fill(copy):
        for k in range(MAX_SOURCES + 1):
            add(f"core/geometry/filler_{k}.c", "")(copy)

    cases = [
        ("a base name that occurs twice", add("core/hydro/status.h", ""), "has the same base name"),
        ("a base name of the plugin that occurs twice", add("plugins/gdal/status.h", ""), "has the same base name"),
        ("a file of a group that belongs to no tool", add("core/tools/terrain/helpers.c", ""), "no file of a tool"),
        ("a shared file that is gone", lambda copy: (copy / "core/tools/terrain/dem_rows.c").unlink()
         or (copy / "core/tools/terrain/dem_rows.h").unlink(), "there is no such file"),
        ("a module too large", fill, "divide the module"),
        ("an exported function without its module", add("core/num/stats.c", function.format("tl_median")),
         "does not begin with tl_num_"),
        ("an exported function of a nested module", add("core/hydro/tiles/tile_fill.c", function.format("tl_hydro_fill")),
         "does not begin with tl_hydro_tiles_"),
        ("an exported function without its tool", add("core/tools/terrain/slope.c", function.format("tl_terrain_helper")),
         "does not begin with tl_slope_"),
        ("an exported function of the command line", add("core/cli/help.c", function.format("helper")),
         "does not begin with cli_"),
        ("a descriptor of another name", replace("core/tools/terrain/slope.c", "tl_alg_slope", "tl_alg_gradient"),
         "should be called tl_alg_slope"),
    ]
    return find_all(root, ("core", "plugins"), lambda copy: check_tree(copy)[0], cases)


if __name__ == "__main__":
    sys.exit(main(__doc__, check_tree, self_test))
