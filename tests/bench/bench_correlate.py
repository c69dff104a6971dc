#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Times correlatemaps with effective sample size on two fractal maps; checks time, and equal bytes for 1 and 2 threads.

    TILTH_EXE=build/release/bin/tilth tests/bench/bench_correlate.py        2048 x 2048 cells, limit 10 s
    ... --side 200 --runs 1 --no-limits                                      small and quick
"""
import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import numpy
from osgeo import gdal

gdal.UseExceptions()
LIMIT_SECONDS = 10.0


def make_map(path, side, seed):
    """A map whose amplitudes fall with the frequency to the power 1.8."""
    amplitude = numpy.hypot(numpy.fft.fftfreq(side)[:, None], numpy.fft.rfftfreq(side)[None, :])
    amplitude[0, 0] = 1.0
    amplitude = amplitude ** -1.8
    amplitude[0, 0] = 0.0
    noise = numpy.random.default_rng(seed).normal(size=(side, side))
    layer = 1000.0 * numpy.fft.irfft2(numpy.fft.rfft2(noise) * amplitude, s=(side, side))
    data = gdal.GetDriverByName("GTiff").Create(path, side, side, 1, gdal.GDT_Float32)
    data.SetGeoTransform((500000.0, 10.0, 0.0, 4000000.0, 0.0, -10.0))
    data.GetRasterBand(1).WriteArray(layer.astype(numpy.float32))
    data.FlushCache()


def run(command):
    """Wall seconds and peak memory in bytes of one command."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed")
    return time.monotonic() - start, usage.ru_maxrss * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=2048)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--no-limits", action="store_true", help="only the equality of bytes is checked")
    options = parser.parse_args()
    exe = os.environ.get("TILTH_EXE", "tilth")
    folder = tempfile.mkdtemp(prefix="tilth_bench_")

    def correlate(name, *more):
        return run([exe, "correlatemaps", "--maps", os.path.join(folder, "x.tif"), "--factors", os.path.join(folder, "y.tif"),
                    "--halves", "no", "--output", os.path.join(folder, name), "--quiet", *more])

    def content(name):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return file.read()

    try:
        make_map(os.path.join(folder, "x.tif"), options.side, 1)
        make_map(os.path.join(folder, "y.tif"), options.side, 2)
        runs = [correlate("two.csv", "--threads", "2") for _ in range(options.runs)]
        correlate("one.csv", "--threads", "1")
        same = content("one.csv") == content("two.csv")
        seconds = sorted(one[0] for one in runs)[len(runs) // 2]
        row = next(csv.DictReader(content("one.csv").splitlines()))
        print(json.dumps({"cells": options.side ** 2, "seconds": round(seconds, 2),
                          "peak_MiB": round(max(one[1] for one in runs) / 2**20, 1), "n_effective": row["n_effective"],
                          "p": row["p"], "same_bytes": same}))
        return 0 if same and (options.no_limits or seconds <= LIMIT_SECONDS) else 1
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
