#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Processor time of every test, which the wall time that CTest prints does not show when tests run side by side.

    tests/cpu_time.py BUILD [REGEX]      runs the tests of a build one after the other; the most expensive come first
"""
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path


def tests_of(build):
    listed = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True, capture_output=True, text=True)
    return [test for test in json.loads(listed.stdout)["tests"] if "command" in test]


def measure(test):
    """(status, CPU seconds, wall seconds) of one test with all processes that it waited for."""
    properties = {one["name"]: one["value"] for one in test.get("properties", [])}
    environment = dict(os.environ)
    environment.update(entry.split("=", 1) for entry in properties.get("ENVIRONMENT", []))
    begin = time.monotonic()
    child = subprocess.Popen(test["command"], cwd=properties.get("WORKING_DIRECTORY"), env=environment,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    return status, usage.ru_utime + usage.ru_stime, time.monotonic() - begin


def main():
    build = Path(sys.argv[1])
    wanted = re.compile(sys.argv[2] if len(sys.argv) > 2 else "")
    rows = []
    for test in tests_of(build):
        if wanted.search(test["name"]):
            status, cpu, wall = measure(test)
            rows.append((cpu, wall, test["name"], status))
    for cpu, wall, name, status in sorted(rows, reverse=True):
        print(f"{cpu:8.1f} {wall:8.1f}  {name}{'' if status == 0 else '  FAILED'}")
    print(f"{sum(row[0] for row in rows):8.1f} {sum(row[1] for row in rows):8.1f}  all {len(rows)} (CPU s, wall s)")
    return 1 if not rows or any(row[3] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
