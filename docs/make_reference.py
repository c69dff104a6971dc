#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes docs/reference/<tool>.md, its index, the manual page docs/man/tilth.1 and the types of the Python package
from `tilth describe --json`, so that they agree with the tools.

    docs/make_reference.py [--tilth build/dev/bin/tilth]

The same descriptions give the same bytes; pages of tools that no longer exist are removed.
"""
import argparse
import json
import subprocess
import sys
from pathlib import Path

import make_man
import make_stubs

KINDS = {
    "raster": "raster file", "rasters": "raster files", "points": "point layer, or CSV with x and y",
    "polygons": "polygon layer", "lines": "line layer", "spectra": "spectra table", "model": "model file",
    "file": "file", "files": "files", "field": "name of a field", "number": "number", "integer": "whole number",
    "flag": "yes or no", "choice": "one word", "text": "text", "raster_out": "raster to write",
    "vector_out": "vector layer to write", "spectra_out": "spectra table to write", "table_out": "table to write (CSV)",
    "model_out": "model file to write", "report_out": "page to write (HTML)", "vrt_out": "virtual raster to write",
}


def figure(value):
    return f"{value:.15g}"


def choices_of(parameter):
    """The ids of the choices, each with its label in parentheses where there is one."""
    ids, labels = parameter["choices"], parameter.get("labels")
    return [f"`{one}` ({label})" for one, label in zip(ids, labels, strict=True)] if labels else [f"`{one}`" for one in ids]


def values_of(parameter):
    """The values that the parameter accepts, in words."""
    words = [KINDS.get(parameter["kind"], parameter["kind"])]
    if parameter.get("choices"):
        words = ["one of " + ", ".join(choices_of(parameter))]
    low, high = parameter.get("min"), parameter.get("max")
    if low is not None and high is not None:
        words.append(f"{figure(low)} to {figure(high)}")
    elif low is not None:
        words.append(f"at least {figure(low)}")
    elif high is not None:
        words.append(f"at most {figure(high)}")
    if parameter.get("unit"):
        words.append(f"in {parameter['unit']}")
    if parameter.get("parent"):
        words.append(f"of `{parameter['parent']}`")
    return ", ".join(words)


def need_of(parameter):
    if parameter.get("default") is not None:
        return f"`{parameter['default']}`" if parameter["default"] else "empty"
    return "optional" if parameter.get("optional") else "**required**"


def cell(text):
    return " ".join(text.replace("|", "\\|").split())


def table(title, parameters):
    if not parameters:
        return []
    lines = [f"## {title}", "", "| parameter | what it is | values | default |", "|---|---|---|---|"]
    for parameter in parameters:
        what = f"**{parameter['label']}.** {parameter['help']}"
        if parameter.get("style"):
            what += f" Style: `{parameter['style']}`."
        lines.append(f"| `{parameter['id']}` | {cell(what)} | {cell(values_of(parameter))} | {cell(need_of(parameter))} |")
    return lines + [""]


def page(tool):
    parameters = tool["parameters"]
    inputs = [one for one in parameters if not one["output"] and not one["advanced"]]
    advanced = [one for one in parameters if not one["output"] and one["advanced"]]
    outputs = [one for one in parameters if one["output"]]
    lines = [f"# {tool['id']}: {tool['title']}", "", tool["summary"], "", f"Group: {tool['group']}.", ""]
    for paragraph in tool["help"].split("\n"):
        lines += [paragraph.strip(), ""] if paragraph.strip() else []
    lines += table("Inputs and choices", inputs)
    lines += table("Outputs", outputs)
    lines += table("Advanced", advanced)
    lines += ["## Example", "", "From the folder `sample_project/output`:", "", "    " + tool["example"], ""]
    lines += ["## Source", "", tool["citation"], ""]
    lines += ["## Search words", "", ", ".join(tool["tags"]), ""]
    return "\n".join(lines)


def index(description):
    lines = ["# Tools", "", f"What the tools of tilth {description['version']} do, in the order of the work. The pages are generated "
             "from `tilth describe --json` by", "`docs/make_reference.py`; a test fails when they differ from it.", ""]
    group = None
    for tool in description["algorithms"]:
        if tool["group"] != group:
            group = tool["group"]
            lines += ["" if lines[-1] else None, f"## {group}", "", "| tool | what it does |", "|---|---|"]
        lines.append(f"| [{tool['id']}]({tool['id']}.md) | {cell(tool['summary'])} |")
    return "\n".join(line for line in lines if line is not None) + "\n"


def pages(description):
    """{file name: text} of the whole folder."""
    made = {"README.md": index(description)}
    for tool in description["algorithms"]:
        made[f"{tool['id']}.md"] = page(tool)
    return made


def describe(tilth):
    output = subprocess.run([tilth, "describe", "--json"], check=True, capture_output=True).stdout
    return json.loads(output.decode("utf-8"))


def main():
    root = Path(__file__).resolve().parents[1]
    parser = argparse.ArgumentParser()
    parser.add_argument("--tilth", default=str(root / "build/dev/bin/tilth"))
    options = parser.parse_args()
    description = describe(options.tilth)
    made = pages(description)
    output = root / "docs/reference"
    for path in output.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (output / name).write_text(text, encoding="utf-8", newline="\n")
    (root / "docs/man/tilth.1").write_text(make_man.page(description), encoding="utf-8", newline="\n")
    (root / "plugins/python/tilth/__init__.pyi").write_text(make_stubs.page(description), encoding="utf-8", newline="\n")
    print(f"{len(made)} pages in {output}, the manual page and the types of the Python package")
    return 0


if __name__ == "__main__":
    sys.exit(main())
