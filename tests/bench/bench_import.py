#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Times importscene and calibrate on a simulated GF5B folder (150 + 180 bands of uint16) against gdal_translate copying the
same two images, in the same run.

The folder is written to a temporary folder (2.7 GB at full size, and as much again for every copy) and removed. Figures that
are checked: importing to radiance and calibrating to reflectance in float32, and importing the digital numbers with
their gains, take at most twice the copy of the bytes that they write; peak memory at most 1 GiB.

    TILTH_EXE=build/release/bin/tilth tests/bench/bench_import.py                      full size
    ... --rows 60 --cols 80 --no-limits                                                small and quick
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy

ROOT = Path(os.environ.get("TILTH_SOURCE", Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(ROOT / "tests/kit"))
sys.dont_write_bytecode = True
import ahsi  # noqa: E402

EXE = os.environ.get("TILTH_EXE", str(ROOT / "build/release/bin/tilth"))
LIMIT_RATIO, LIMIT_BYTES = 2.0, 1 << 30


def timed(folder, *words):
    """(wall seconds, processor seconds, peak bytes) of a command."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen([*map(str, words)], cwd=folder, stdout=subprocess.DEVNULL, stderr=said)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            said.seek(0)
            raise SystemExit(f"{' '.join(map(str, words))}\n{said.read().decode('utf-8', 'replace')}")
    return time.monotonic() - start, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def make(folder, rows, cols):
    centres = numpy.linspace(390.3, 1029.2, 150), numpy.linspace(1004.6, 2513.4, 180)
    noise = numpy.random.default_rng(3).integers(0, 64, (97, cols), dtype=numpy.uint16)
    images = []
    for nm in centres:
        image = numpy.empty((len(nm), rows, cols), numpy.uint16)
        for b in range(len(nm)):
            image[b] = 2000 + noise[(numpy.arange(rows) * 7 + b * 13) % 97]
        images.append(image)
    ahsi.make(folder, "GF5B", *images, centres, [0.25 * ahsi.sunlight(nm) / 3.2 / 2000 for nm in centres])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=2083)
    options.add_argument("--cols", type=int, default=2008)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--no-limits", action="store_true")
    o = options.parse_args()
    at = Path(tempfile.mkdtemp(prefix="tilth-import-"))
    try:
        make(at / "scene", o.rows, o.cols)
        images = sorted((at / "scene").glob("*.tif"))
        rows = {
            "copy uint16": [("gdal_translate", "-q", "-co", "BIGTIFF=IF_SAFER", image, f"copy{k}.tif") for k, image in enumerate(images)],
            "import uint16": [(EXE, "importscene", "--product", "scene", "--type", "uint16", "--output", "dn.tif")],
            "copy float32": [("gdal_translate", "-q", "-ot", "Float32", "-co", "BIGTIFF=IF_SAFER", image, f"copy{k}.tif")
                             for k, image in enumerate(images)],
            "import float32": [(EXE, "importscene", "--product", "scene", "--output", "radiance.tif")],
            "calibrate float32": [(EXE, "calibrate", "--scene", "dn.tif", "--output", "toa.tif")],
        }
        best = {}
        for _ in range(o.runs):
            for name, commands in rows.items():
                parts = [timed(at, *words) for words in commands]
                figure = sum(p[0] for p in parts), sum(p[1] for p in parts), max(p[2] for p in parts)
                best[name] = tuple(map(min, figure, best.get(name, figure)))
        bad = []
        for name, (wall, cpu, peak) in best.items():
            copy = best["copy uint16" if "uint16" in name else "copy float32"]
            line = {"what": name, "wall_s": round(wall, 2), "cpu_s": round(cpu, 2), "peak_mib": peak >> 20,
                    "wall_ratio": round(wall / copy[0], 2), "cpu_ratio": round(cpu / copy[1], 2)}
            print(json.dumps(line), flush=True)
            if not name.startswith("copy") and (wall > LIMIT_RATIO * copy[0] or peak > LIMIT_BYTES):
                bad.append(name)
        if bad and not o.no_limits:
            raise SystemExit(f"over the limits: {', '.join(bad)}")
    finally:
        shutil.rmtree(at, ignore_errors=True)


if __name__ == "__main__":
    main()
