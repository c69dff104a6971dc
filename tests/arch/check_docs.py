#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that every tool is described in full, that the reference pages are the ones the tools would make today, and that the
pages of documents and tests list what there is.

Needs TILTH_EXE (the built command line) and TILTH_SOURCE (the project's folder).
"""
import os
import re
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(os.environ.get("TILTH_SOURCE", Path(__file__).resolve().parents[2]))
EXE = os.environ.get("TILTH_EXE", str(ROOT / "build/dev/bin/tilth"))
sys.path.insert(0, str(ROOT / "docs"))
import make_man  # noqa: E402  after the path is set
import make_reference  # noqa: E402
import make_stubs  # noqa: E402

OUTPUTS_WITH_STYLE = {"raster_out", "vector_out"}


def check_parameter(where, parameter, styles, faults):
    if not parameter.get("help", "").strip():
        faults.append(f"{where} has no help")
    if not parameter.get("label", "").strip():
        faults.append(f"{where} has no label")
    if parameter["kind"] in ("number", "integer") and "unit" not in parameter:
        faults.append(f"{where} is a number without a unit (\"\" for a pure number)")
    if parameter["kind"] == "choice" and not parameter.get("choices"):
        faults.append(f"{where} is a choice without choices")
    if parameter["kind"] == "choice" and parameter.get("default") not in (None, *parameter.get("choices", [])):
        faults.append(f"{where} has the default '{parameter['default']}', which is none of its choices")
    if "labels" in parameter and len(parameter["labels"]) != len(parameter.get("choices", [])):
        faults.append(f"{where} has {len(parameter.get('choices', []))} choices and {len(parameter['labels'])} labels")
    unit = parameter.get("unit", "")
    if unit and unit.lower() in parameter["label"].lower().split():
        faults.append(f"{where} has its own name as its unit; the unit of a count is \"\"")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", parameter["id"]):
        faults.append(f"{where} is not a lower_snake id")
    style = parameter.get("style")
    if style and parameter["kind"] in OUTPUTS_WITH_STYLE and style not in styles:
        faults.append(f"{where} names the style '{style}', but there is no styles/qml/{style}.qml")


def check_tool(tool, styles, faults):
    name = tool["id"]
    for key in ("title", "group", "summary", "help", "example", "citation"):
        if not tool.get(key, "").strip():
            faults.append(f"{name} has no {key}")
    if not [tag for tag in tool.get("tags", []) if tag.strip()]:
        faults.append(f"{name} has no tags")
    if not re.fullmatch(r"[a-z]+", name):
        faults.append(f"{name}: an id is lower-case letters only")
    example = tool.get("example", "")
    if not example.startswith(f"tilth {name}"):
        faults.append(f"{name}: the example does not begin with `tilth {name}`")
    known = {parameter["id"] for parameter in tool["parameters"]}
    for word in re.findall(r"--([A-Za-z0-9_]+)", example):
        if word not in known:
            faults.append(f"{name}: the example gives --{word}, which is no parameter")
    for parameter in tool["parameters"]:
        needed = not parameter["optional"] and parameter.get("default") is None
        if needed and f"--{parameter['id']}" not in example:
            faults.append(f"{name}: the example leaves out the required --{parameter['id']}")
        if parameter.get("parent") and parameter["parent"] not in known:
            faults.append(f"{name}: '{parameter['id']}' belongs to '{parameter['parent']}', which is no parameter")
        check_parameter(f"{name}: '{parameter['id']}'", parameter, styles, faults)


def check_pages(description, faults):
    folder = ROOT / "docs/reference"
    made = make_reference.pages(description)
    there = {path.name for path in folder.glob("*.md")}
    for name in sorted(there - set(made)):
        faults.append(f"docs/reference/{name} describes no tool")
    for name, text in made.items():
        path = folder / name
        if not path.is_file():
            faults.append(f"docs/reference/{name} is missing; run docs/make_reference.py")
        elif path.read_text(encoding="utf-8") != text:
            faults.append(f"docs/reference/{name} differs from the tool; run docs/make_reference.py")
    if (ROOT / "docs/man/tilth.1").read_text(encoding="utf-8") != make_man.page(description):
        faults.append("docs/man/tilth.1 differs from the tools; run docs/make_reference.py")
    if (ROOT / "plugins/python/tilth/__init__.pyi").read_text(encoding="utf-8") != make_stubs.page(description):
        faults.append("plugins/python/tilth/__init__.pyi differs from the tools; run docs/make_reference.py")


def check_links(faults):
    """Every relative link of a page leads to a file."""
    for path in sorted((ROOT / "docs").rglob("*.md")) + [ROOT / "README.md"]:
        if not path.is_file():
            continue
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            if "://" not in target and not (path.parent / target).exists():
                faults.append(f"{path.relative_to(ROOT)} links to '{target}', which is not there")


def check_index(faults):
    """docs/README.md leads to every guide, method and decision."""
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    for folder in ("guide", "zh", "methods", "adr"):
        for path in sorted((ROOT / "docs" / folder).glob("*.md")):
            if f"({folder}/{path.name})" not in index:
                faults.append(f"docs/README.md does not lead to docs/{folder}/{path.name}")


def check_tests(faults):
    """tests/README.md lists every folder of tests and every fuzz target."""
    listed = (ROOT / "tests/README.md").read_text(encoding="utf-8")
    for path in sorted((ROOT / "tests").iterdir()):
        if path.is_dir() and path.name != "__pycache__" and f"| `{path.name}" not in listed:
            faults.append(f"tests/README.md does not list the folder {path.name}")
    for path in sorted((ROOT / "tests/fuzz").glob("fuzz_*.c")):
        if f"| `{path.stem.removeprefix('fuzz_')}` |" not in listed:
            faults.append(f"tests/README.md does not name the reader of tests/fuzz/{path.name}")


def check_promises(faults):
    """Every promise of docs/guide/files.md names tests, and they exist."""
    page = ROOT / "docs/guide/files.md"
    for line in page.read_text(encoding="utf-8").splitlines():
        if not line.startswith("| ") or line.startswith("| promise"):
            continue
        promise, tests = line.strip("| ").split(" | ")[0], re.findall(r"`([^`]+)`", line.rsplit(" | ", 1)[1])
        if not tests:
            faults.append(f"{page.name}: no test keeps '{promise}'")
        for test in tests:
            folder, name = test.rsplit("/", 1)
            if not any((ROOT / path).is_file() for path in (test, f"tests/{folder}/test_{name}.py", f"tests/{folder}/test_{name}.c")):
                faults.append(f"{page.name}: there is no test '{test}', which is to keep '{promise}'")


def check_help(description, faults):
    """`tilth help <id>` prints every parameter."""
    for tool in description["algorithms"]:
        text = subprocess.run([EXE, "help", tool["id"]], check=True, capture_output=True, text=True).stdout
        for parameter in tool["parameters"]:
            if f"--{parameter['id']}" not in text:
                faults.append(f"`tilth help {tool['id']}` does not show --{parameter['id']}")


def main():
    description = make_reference.describe(EXE)
    styles = {path.stem for path in (ROOT / "styles/qml").glob("*.qml")}
    faults = []
    for tool in description["algorithms"]:
        check_tool(tool, styles, faults)
    check_pages(description, faults)
    check_links(faults)
    check_index(faults)
    check_promises(faults)
    check_tests(faults)
    check_help(description, faults)
    for fault in faults:
        print(fault)
    print(f"{len(description['algorithms'])} tools, {len(faults)} faults")
    return 1 if faults or not description["algorithms"] else 0


if __name__ == "__main__":
    sys.exit(main())
