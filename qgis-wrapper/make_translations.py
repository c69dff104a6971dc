#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Brings tilth_qgis/i18n/tilth_*.ts up to date: every text of the plugin that goes through tr(), and the titles, groups, summaries
and labels of the tools with the labels of their choices. Existing translations are kept, new texts are added as unfinished, and texts
that are no longer used are removed.

    qgis-wrapper/make_translations.py              writes the files
    qgis-wrapper/make_translations.py --check      prints what is missing; exit status 1 when anything is

The help texts of the tools stay in English. A new language begins with an empty file of its name.
"""
import argparse
import ast
import json
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from xml.sax.saxutils import escape

PLUGIN = Path(__file__).resolve().parent / "tilth_qgis"


def texts_of_code(path):
    """The constant texts that are passed to tr()."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr" and node.args:
            if isinstance(node.args[0], ast.Constant):
                found.append((node.lineno, node.args[0].value))
    return [text for _, text in sorted(found)]


def texts_of_tools():
    tools = json.loads((PLUGIN / "descriptors.json").read_text(encoding="utf-8"))["algorithms"]
    for tool in tools:
        yield from (tool["group"], tool["title"], tool["summary"])
        for parameter in tool["parameters"]:
            yield from (parameter["label"], *parameter.get("labels", []))


def sources():
    """Every text once, in the order of its first use."""
    code = [text for path in sorted(PLUGIN.glob("*.py")) for text in texts_of_code(path)]
    return list(dict.fromkeys([*code, *texts_of_tools()]))


def translations(path):
    """{source: translation} of a file, without the unfinished ones."""
    if not path.read_text(encoding="utf-8").strip():
        return {}
    found = {}
    for message in ElementTree.parse(path).iter("message"):
        translation = message.find("translation")
        if translation.get("type") != "unfinished" and translation.text:
            found[message.findtext("source")] = translation.text
    return found


def written(language, texts, known):
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<!DOCTYPE TS>", f'<TS version="2.1" language="{language}" sourcelanguage="en">',
             "<context>", "    <name>tilth</name>"]
    for text in texts:
        translation = f"<translation>{escape(known[text])}</translation>" if text in known else '<translation type="unfinished"></translation>'
        lines += ["    <message>", f"        <source>{escape(text)}</source>", f"        {translation}", "    </message>"]
    return "\n".join([*lines, "</context>", "</TS>", ""])


def placeholders_differ(text, translation):
    return sorted(part.split("}")[0] for part in text.split("{")[1:]) != sorted(part.split("}")[0] for part in translation.split("{")[1:])


def check(path, texts, known):
    faults = [f"{path.name} lacks '{text}'" for text in texts if text not in known]
    faults += [f"{path.name} keeps '{text}', which is not used" for text in known if text not in set(texts)]
    faults += [f"{path.name}: the placeholders of '{text}' differ" for text in texts if text in known and placeholders_differ(text, known[text])]
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    texts, faults = sources(), []
    for path in sorted((PLUGIN / "i18n").glob("tilth_*.ts")):
        known = translations(path)
        if options.check:
            faults += check(path, texts, known)
        else:
            path.write_text(written(path.stem.removeprefix("tilth_"), texts, known), encoding="utf-8", newline="\n")
            print(f"{path.name}: {sum(text in known for text in texts)} of {len(texts)} texts are translated")
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
