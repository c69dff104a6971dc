# SPDX-License-Identifier: GPL-2.0-or-later
"""Fails the allocations of the core one after the other, in one process for each tool."""
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import runs

PROGRAM = os.environ.get("TILTH_FAIL_ALLOCATIONS", str(runs.ROOT / "build/release/tests/faults/fail_allocations"))


def fail_all(inputs, tool, points, first=0):
    """Fails points allocations (0: all) of the run of a tool; returns (output, status)."""
    with tempfile.TemporaryDirectory(prefix="tilth-faults-") as name:
        folder = Path(name)
        shutil.copytree(inputs, folder, dirs_exist_ok=True)
        (folder / "parameters.txt").write_text(runs.parameters(tool), encoding="utf-8")
        done = subprocess.run([PROGRAM, tool, "parameters.txt", str(first), str(points), *runs.RUNS[tool][1].values()], cwd=folder,
                              capture_output=True, text=True, errors="replace", env=dict(os.environ, OMP_NUM_THREADS="1"))
    return done.stdout + done.stderr, done.returncode


def main(words):
    """allocations.py [--points N] [tool ...]"""
    points = 0
    if words[:1] == ["--points"]:
        points, words = int(words[1]), words[2:]
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="tilth-faults-") as inputs:
        runs.make_inputs(inputs)
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for text, status in pool.map(lambda tool: fail_all(inputs, tool, points), words or runs.RUNS):
                wrong += status != 0
                print(text.strip(), flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
