# SPDX-License-Identifier: GPL-2.0-or-later
"""Fails the allocations or the calls of every tool one after the other, in one process for each tool and kind."""
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import runs

PROGRAM = os.environ.get("TILTH_FAIL_POINTS", str(runs.ROOT / "build/release/tests/faults/fail_points"))
LIBRARY = os.environ.get("TILTH_FAULTS_LIB", str(runs.ROOT / "build/release/tests/faults/libtilth_faults.so"))
KINDS = ("memory", "open", "read", "write", "sync", "rename", "close")


def fail_all(inputs, tool, kind, points, first=0):
    """Fails points calls (0: all) of the run of a tool; returns (output, status)."""
    environment = dict(os.environ, OMP_NUM_THREADS="1", GDAL_NUM_THREADS="1")
    if kind != "memory":
        environment["LD_PRELOAD"] = LIBRARY
    with tempfile.TemporaryDirectory(prefix="tilth-faults-") as name:
        folder = Path(name)
        shutil.copytree(inputs, folder, dirs_exist_ok=True)
        (folder / "parameters.txt").write_text(runs.parameters(tool), encoding="utf-8")
        done = subprocess.run([PROGRAM, tool, "parameters.txt", kind, str(first), str(points), *runs.RUNS[tool][1].values()],
                              cwd=folder, capture_output=True, text=True, errors="replace", env=environment)
    return done.stdout + done.stderr, done.returncode


def main(words):
    """points.py [--points N] [--kinds a,b] [tool ...]: all points of all kinds without words; status 1 when there is a fault."""
    points, kinds, tools = 0, KINDS, []
    while words:
        word = words.pop(0)
        if word == "--points":
            points = int(words.pop(0))
        elif word == "--kinds":
            kinds = tuple(words.pop(0).split(","))
        else:
            tools.append(word)
    passed = wrong = 0
    with tempfile.TemporaryDirectory(prefix="tilth-faults-") as inputs:
        runs.make_inputs(inputs)
        work = [(tool, kind) for tool in tools or runs.RUNS for kind in kinds]
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for text, status in pool.map(lambda one: fail_all(inputs, *one, points), work):
                lines = text.strip().splitlines() or ["nothing was printed"]
                print("\n".join(lines[:-1]), flush=True)
                if status in (0, 1) and lines[-1].endswith(" failed"):
                    numbers = lines[-1].split()
                    passed, wrong = passed + int(numbers[0]), wrong + int(numbers[2])
                else:
                    print(f"ended with status {status}: {lines[-1]}", flush=True)
                    wrong += 1
    print(f"{passed} passed, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
