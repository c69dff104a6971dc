#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Times the report of a finished run and measures the size of the page: three properties with their maps, terrain, streams, and tables.

The run is the sample study's (sample_project/output, made by sample_project/run.sh); where it is missing, a message names the script.

    TILTH_EXE=build/release/bin/tilth tests/bench/bench_report.py
    ... --folder FOLDER --runs 5 --no-limits
"""
import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(os.environ.get("TILTH_SOURCE", Path(__file__).resolve().parents[2]))
EXE = os.environ.get("TILTH_EXE", str(ROOT / "build/dev/bin/tilth"))
MOST_SECONDS, MOST_BYTES = 5.0, 6_000_000

PARTS = {"--models": ("som.json", "as.json", "cu.json"), "--fusion": ("network.json",), "--comparisons": ("comparison.json",),
         "--maps": ("som.tif", "as.tif", "cu.tif"), "--masks": ("masks.tif",), "--terrain": ("slope.tif", "twi.tif", "ls.tif"), "--streams": ("streams.gpkg",),
         "--correlation": ("correlation.csv",), "--profiles": ("profile.csv",),
         "--spectral": ("spectral_som.csv", "spectral_as.csv", "spectral_cu.csv")}


def timed(command, folder):
    """Wall seconds and processor seconds of one command."""
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit("tilth report failed")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--folder", type=Path, default=ROOT / "sample_project/output")
    words.add_argument("--runs", type=int, default=3)
    words.add_argument("--no-limits", action="store_true", help="print the figures, do not compare them with limits")
    given = words.parse_args()
    lacking = [name for names in PARTS.values() for name in names if not (given.folder / name).exists()]
    if lacking:
        print(f"SKIPPED: {given.folder} holds no {lacking[0]}; run sample_project/run.sh first")
        return 0
    page = given.folder / "bench_report.html"
    command = [EXE, "report", *(word for part, names in PARTS.items() for word in (part, *names)), "--output", page.name]
    runs = [timed(command, given.folder) for _ in range(given.runs)]
    size = page.stat().st_size
    page.unlink()
    wall, cpu = (statistics.median(one) for one in zip(*runs))
    print(f"report of a finished run: {wall:.2f} s wall, {cpu:.2f} s processor time, {size / 1e6:.2f} MB (median of {given.runs})")
    return 1 if not given.no_limits and (cpu > MOST_SECONDS or size > MOST_BYTES) else 0


if __name__ == "__main__":
    sys.exit(main())
