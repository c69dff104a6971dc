#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that a built library exports exactly the names it promises.

    check_symbols.py LIBRARY --file core/abi/tilth.symbols
    check_symbols.py LIBRARY --names GDALRegister_TILTH
"""
import argparse
import subprocess
import sys
from pathlib import Path


def exported(library):
    output = subprocess.run(["nm", "-D", "--defined-only", "--format=posix", library], check=True,
                            capture_output=True, text=True).stdout
    return {line.split()[0].split("@")[0] for line in output.splitlines() if line}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("library")
    parser.add_argument("--file", type=Path)
    parser.add_argument("--names", nargs="*", default=[])
    options = parser.parse_args()
    wanted = set(options.names)
    if options.file:
        wanted |= set(options.file.read_text(encoding="utf-8").split())
    found = exported(options.library)
    for name in sorted(found - wanted):
        print(f"{options.library} exports '{name}', which nobody promised")
    for name in sorted(wanted - found):
        print(f"{options.library} does not export '{name}'")
    print(f"{len(found)} names, {len(found ^ wanted)} faults")
    return 1 if found != wanted or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
