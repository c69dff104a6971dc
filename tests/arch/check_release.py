#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that the version, set in CMakeLists.txt, is the one of the changelog, the plugin's metadata and the citation, and that
nothing else repeats it.

    check_release.py [--root FOLDER]      prints every fault, one per line; exit 1 when there is one
    check_release.py --self-test          breaks a copy of the files in every way and sees each one found
"""
import re
import sys

sys.dont_write_bytecode = True
from check import add, find_all, main, replace  # noqa: E402  the folder of this file, without a cache in it

METADATA = "qgis-wrapper/tilth_qgis/metadata.txt"
FILES = ("CMakeLists.txt", "CHANGELOG.md", "CITATION.cff", METADATA, "README.md", "docs/guide", "docs/zh")
SECTIONS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Results change"]


def check_changelog(text, version, date, faults):
    headings = re.findall(r"^## \[([^\]]+)\](?: - (\S+))?", text, re.M)
    if not headings or headings[0][0] != "Unreleased":
        faults.append("CHANGELOG.md: the first section is not [Unreleased]")
    released = [heading for heading in headings if heading[0] != "Unreleased"]
    if not released or released[0] != (version, date):
        faults.append(f"CHANGELOG.md: the last release is {' - '.join(released[0]) if released else 'missing'}, not {version} - {date}")
    for name in re.findall(r"^### (.*)$", text, re.M):
        if name not in SECTIONS:
            faults.append(f"CHANGELOG.md: '{name}' is none of {', '.join(SECTIONS)}")


def check_tree(root):
    def text_of(name):
        return (root / name).read_text(encoding="utf-8")

    faults = []
    version = re.search(r"^project\(tilth VERSION (\S+)", text_of("CMakeLists.txt"), re.M).group(1)
    citation = dict(re.findall(r"^([\w-]+): (.*)$", text_of("CITATION.cff"), re.M))
    if citation["version"] != version:
        faults.append(f"CITATION.cff: version {citation['version']}, not {version}")
    plugin = re.search(r"^version=(.*)$", text_of(METADATA), re.M).group(1)
    if plugin != version:
        faults.append(f"{METADATA}: version {plugin}, not {version}")
    check_changelog(text_of("CHANGELOG.md"), version, citation["date-released"], faults)
    pages = [root / "README.md", *sorted((root / "docs/guide").glob("*.md")), *sorted((root / "docs/zh").glob("*.md"))]
    for page in pages:
        if re.search(rf"(?<![\d.]){re.escape(version)}(?![\d.])", page.read_text(encoding="utf-8")):
            faults.append(f"{page.relative_to(root)}: repeats the version {version}, which nobody will update")
    return faults, 4 + len(pages)


def self_test(root):
    version = re.search(r"^project\(tilth VERSION (\S+)", (root / "CMakeLists.txt").read_text(encoding="utf-8"), re.M).group(1)
    cases = [
        ("another version in the citation", replace("CITATION.cff", f"version: {version}", "version: 0.0.9"), "CITATION.cff: version 0.0.9"),
        ("another version in the plugin", replace(METADATA, f"version={version}", "version=0.0.9"), "metadata.txt: version 0.0.9"),
        ("a changelog without the release", replace("CHANGELOG.md", f"[{version}]", "[0.0.9]"), "the last release is 0.0.9"),
        ("a changelog of another day", replace("CITATION.cff", "date-released: 2", "date-released: 3"), "the last release is"),
        ("nothing unreleased", replace("CHANGELOG.md", "## [Unreleased]", ""), "not [Unreleased]"),
        ("a section of another name", replace("CHANGELOG.md", "### Added", "### New"), "'New' is none of"),
        ("a page with the version", add("README.md", f"\ntilth {version}\n"), "repeats the version"),
    ]
    return find_all(root, FILES, lambda copy: check_tree(copy)[0], cases)


if __name__ == "__main__":
    sys.exit(main(__doc__, check_tree, self_test))
