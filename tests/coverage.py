#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which part of the lines of each module the tests have run, after `cmake --workflow --preset coverage`.

    tests/coverage.py [BUILD, build/coverage]      a table of modules in Markdown, the least covered first
"""
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def lines_of(build):
    """{file below the project: {line: times it ran}}; a header that several files include is counted once."""
    found = {}
    for notes in sorted(build.rglob("*.gcda")):
        if notes.relative_to(build).parts[0] == "tests":
            continue
        output = subprocess.run(["gcov", "--json-format", "--stdout", str(notes)], cwd=build, check=True, capture_output=True,
                                text=True).stdout
        for report in filter(None, output.splitlines()):
            for file in json.loads(report)["files"]:
                path = (build / file["file"]).resolve()
                if path.is_relative_to(ROOT / "core") or path.is_relative_to(ROOT / "plugins"):
                    lines = found.setdefault(path.relative_to(ROOT), {})
                    for line in file["lines"]:
                        lines[line["line_number"]] = lines.get(line["line_number"], 0) + line["count"]
    return found


def main():
    build = (Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build/coverage").resolve()
    modules = {}
    for path, lines in lines_of(build).items():
        name = path.parent.as_posix().removeprefix("core/")
        ran, every = modules.get(name, (0, 0))
        modules[name] = (ran + sum(count > 0 for count in lines.values()), every + len(lines))
    if not modules:
        print(f"coverage.py: no figures below {build}; run cmake --workflow --preset coverage", file=sys.stderr)
        return 1
    modules["all"] = tuple(map(sum, zip(*modules.values())))
    print("| module | lines | covered |\n|---|---|---|")
    for name, (ran, every) in sorted(modules.items(), key=lambda item: (item[0] == "all", item[1][0] / item[1][1])):
        print(f"| `{name}` | {every} | {100.0 * ran / every:.1f} % |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
