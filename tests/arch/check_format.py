#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that every C file of core/, plugins/ and tests/ looks as .clang-format says.

Versions of clang-format differ in what they make of the same rules, so only the one that Debian 12 ships counts.

    check_format.py [--root FOLDER]     prints every file that differs; exit 1 when there is one
"""
import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

VERSION = "14"


def formatter():
    """The command of the right version, or None and why not."""
    for name in (f"clang-format-{VERSION}", "clang-format"):
        if shutil.which(name):
            text = subprocess.run([name, "--version"], capture_output=True, text=True, check=True).stdout
            found = re.search(r"version (\d+)", text)
            if found and found.group(1) == VERSION:
                return name, ""
            return None, f"{name} is version {found.group(1) if found else '?'}, not {VERSION}"
    return None, "clang-format is not installed"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    root = parser.parse_args().root.resolve()
    command, reason = formatter()
    if command is None:
        print(f"SKIPPED: {reason}")
        return 0
    files = sorted(path for folder in ("core", "plugins", "tests") for path in (root / folder).rglob("*.[ch]"))
    order = [command, "--dry-run", "-Werror", "-style=file", *map(str, files)]
    run = subprocess.run(order, capture_output=True, text=True)
    first = {}
    for name, line in re.findall(r"^(/[^:\n]+):(\d+):\d+: error", run.stderr, re.M):
        first.setdefault(name, line)
    for name, line in first.items():
        print(f"{Path(name).relative_to(root)}:{line}: run clang-format -i on it")
    faults = len(first)
    if run.returncode != 0 and not first:
        print(run.stderr)
        faults = 1
    print(f"{len(files)} files, {faults} faults")
    return 1 if faults or not files else 0


if __name__ == "__main__":
    sys.exit(main())
