#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the web site of the documentation from the pages of this folder with MkDocs (Debian package mkdocs).

    docs/make_site.py --output build/site

The menu follows README.md: its headings are the sections, its links the pages. A link that leads nowhere is an error.
Nothing is loaded from elsewhere when the site is read.
"""
import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parent
LINK = re.compile(r"\[([^\]]+)\]\(([^)#:\s]+\.md)\)")


def tools():
    """The pages of the tools in the order and the groups of their index."""
    groups = []
    for line in (DOCS / "reference/README.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            groups.append({line[3:]: []})
        for title, page in LINK.findall(line):
            list(groups[-1].values())[0].append({title: f"reference/{page}"})
    return groups


def menu():
    """MkDocs' nav: a list of {title: page} and {section: list}."""
    entries = [{"Home": "README.md"}]
    for line in (DOCS / "README.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            entries.append({line[3:]: []})
        for title, page in LINK.findall(line):
            pages = list(entries[-1].values())[0]
            if page == "reference/README.md":
                pages.append({"All tools": page})
                pages.extend(tools())
            else:
                pages.append({title: page})
    return [entry for entry in entries if list(entry.values())[0]]


def settings(site):
    return {
        "site_name": "tilth",
        "site_description": "Soil maps from hyperspectral scenes that can be trusted",
        "docs_dir": str(DOCS),
        "site_dir": str(site),
        "use_directory_urls": False,
        "theme": {"name": "readthedocs", "highlightjs": False, "collapse_navigation": True, "navigation_depth": 3},
        "plugins": ["search"],
        "markdown_extensions": ["tables", "toc"],
        "nav": menu(),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", type=Path, default=DOCS.parent / "build/site")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "mkdocs.yml"
        config.write_text(json.dumps(settings(options.output.resolve())), encoding="utf-8")  # JSON is YAML
        done = subprocess.run(["mkdocs", "build", "--strict", "--quiet", "--clean", "--config-file", str(config)])
    for left in ("make_site.py", "make_reference.py", "make_man.py", "make_stubs.py", "make_completion.py"):  # MkDocs copies every file that is not a page
        (options.output / left).unlink(missing_ok=True)
    if done.returncode == 0:
        print(f"{len(list(options.output.rglob('*.html')))} pages in {options.output}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
