#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the outputs of the sample study of two checkouts, file by file.

    same_outputs.py OLD_CHECKOUT NEW_CHECKOUT [--run]

Each checkout needs its sample_project/output; with --run the study is run where that folder is missing (minutes). A file is
"same" when every byte is, "version" when every byte is after replacing the version of tilth (models, run records),
"rows" when a GeoPackage has the same rows and another time stamp (GDAL itself writes one; tilth does not), and "texts" when
a report has the same numbers and other words. Anything else differs, and the exit status is 1; the lines below a file show
where. Projects, pictures and PDF files are made by QGIS with random ids and the time; they are "drawn" and only listed.
"""
import argparse
import difflib
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

OUTPUT = "sample_project/output"
DRAWN = {".pdf", ".png", ".qgz"}
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def version_of(checkout):
    return re.search(r"^project\(tilth VERSION (\S+)", (checkout / "CMakeLists.txt").read_text(encoding="utf-8"), re.M).group(1)


def without_version(data, version):
    return data.replace(version.encode(), b"<version>")


def shown_numbers(data):
    """Every number of a page in its order, without words, ids and addresses of files."""
    text = re.sub(r"<[^>]*>|\"[^\"]*/[^\"]*\"", " ", data.decode("utf-8", "replace"))
    return NUMBER.findall(text)


def rows_of(path):
    """Everything in a GeoPackage but the time of its last change."""
    base = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
    try:
        found = {}
        for (table,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
            columns = [row[1] for row in base.execute(f'PRAGMA table_info("{table}")') if row[1] != "last_change"]
            names = ", ".join(f'"{column}"' for column in columns)
            found[table] = [columns, base.execute(f'SELECT {names} FROM "{table}"').fetchall()]
        return found
    finally:
        base.close()


def first_differences(old, new):
    try:
        lines = [data.decode("utf-8").splitlines() for data in (old, new)]
    except UnicodeDecodeError:
        at = next((k for k, (a, b) in enumerate(zip(old, new)) if a != b), min(len(old), len(new)))
        return [f"{len(old)} and {len(new)} bytes, first difference at byte {at}"]
    changed = [line for line in difflib.unified_diff(*lines, lineterm="", n=0) if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return [line[:160] for line in changed[:6]] + ([f"... {len(changed)} changed lines"] if len(changed) > 6 else [])


def compare(old_path, new_path, versions):
    """(verdict, lines that show where) of one file."""
    old, new = old_path.read_bytes(), new_path.read_bytes()
    if old == new:
        return "same", []
    old, new = without_version(old, versions[0]), without_version(new, versions[1])
    if old == new:
        return "version", []
    if old_path.suffix in DRAWN:
        return "drawn", []
    if old_path.suffix == ".gpkg" and rows_of(old_path) == rows_of(new_path):
        return "rows", []
    if old_path.suffix == ".html" and shown_numbers(old) == shown_numbers(new):
        return "texts", []
    return "DIFFERS", first_differences(old, new)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--run", action="store_true")
    options = parser.parse_args()
    for checkout in (options.old, options.new):
        if not (checkout / OUTPUT).is_dir():
            if not options.run:
                parser.error(f"{checkout / OUTPUT} is missing; run sample_project/run.sh there, or give --run")
            subprocess.run([checkout / "sample_project/run.sh"], check=True)
    versions = [version_of(checkout) for checkout in (options.old, options.new)]
    names = [{path.name for path in (checkout / OUTPUT).iterdir() if path.is_file()} for checkout in (options.old, options.new)]
    counts = {}
    for name in sorted(names[0] | names[1]):
        if name in names[0] and name in names[1]:
            verdict, lines = compare(options.old / OUTPUT / name, options.new / OUTPUT / name, versions)
        else:
            verdict, lines = "DIFFERS", [f"only in {options.old if name in names[0] else options.new}"]
        counts[verdict] = counts.get(verdict, 0) + 1
        print(f"{verdict:<8} {name}")
        for line in lines:
            print(f"           {line}")
    print(", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())))
    return 1 if counts.get("DIFFERS") or not counts else 0


if __name__ == "__main__":
    sys.exit(main())
