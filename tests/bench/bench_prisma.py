#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Times the reading of a PRISMA file in slabs against GDAL reading the same cubes band by band.

The file is written to a temporary folder (66 + 173 bands of 1000 x 1000 at the full size) and removed. Both sides are measured in CPU
seconds. GDAL's side reads every n-th band (--every) and is scaled up, because at the full size it takes many minutes. Checked: the
slabs are at least five times as fast where a chunk contains several bands, and peak memory is at most 1 GiB.

    TILTH_BUILD=build/release tests/bench/bench_prisma.py                              full size
    ... --rows 120 --cols 100 --every 10                                                small and quick
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import h5py
import numpy
from osgeo import gdal

gdal.UseExceptions()
LIMIT_RATIO, LIMIT_BYTES = 5.0, 1 << 30
LEVEL = "L2D"
FIELDS = f"HDFEOS/SWATHS/PRS_{LEVEL}_HCO/Data Fields"
# Chunks of [row, band, column]; the first two contain several bands.
LAYOUTS = {"lines": lambda n, cols: (1, n, cols), "blocks": lambda n, cols: (32, 27, 38), "bands": lambda n, cols: (64, 1, cols)}


def make(path, rows, cols, layout):
    rng = numpy.random.default_rng(1)
    noise = rng.integers(0, 200, size=(64, cols), dtype=numpy.uint16)
    with h5py.File(path, "w") as file:
        for name, centre in (("VNIR", numpy.concatenate([numpy.zeros(3), numpy.linspace(972, 402, 63)])),
                             ("SWIR", numpy.concatenate([numpy.linspace(2496, 943, 171), numpy.zeros(2)]))):
            n = len(centre)
            chunk = tuple(min(a, b) for a, b in zip(LAYOUTS[layout](n, cols), (rows, n, cols)))
            cube = file.create_dataset(f"{FIELDS}/{name}_Cube", (rows, n, cols), "<u2", chunks=chunk, compression="gzip", compression_opts=4)
            shape = (3000 + 40 * numpy.arange(n)).astype(numpy.uint16)[:, None]
            for first in range(0, rows, 64):
                many = min(64, rows - first)
                cube[first:first + many] = numpy.stack([shape + noise[[(r * 7 + b * 13) % 64 for b in range(n)]] for r in range(first, first + many)])
            word = name.title()
            file.attrs[f"List_Cw_{word}"] = centre.astype("f4")
            file.attrs[f"List_Fwhm_{word}"] = numpy.where(centre > 0, 10, 0).astype("f4")
            file.attrs[f"List_Cw_{word}_Flags"] = (centre > 0).astype("u1")
            file.attrs[f"L2Scale{word}Min"], file.attrs[f"L2Scale{word}Max"] = numpy.float32(0), numpy.float32(1)


def read_through_gdal(path, every):
    """CPU seconds for all bands of both cubes, band by band, through GDAL's raster view of the cube."""
    spent = 0.0
    for name in ("VNIR", "SWIR"):
        file = gdal.OpenEx(path, gdal.OF_MULTIDIM_RASTER)
        cube = file.GetRootGroup().OpenMDArrayFromFullname(f"/{FIELDS}/{name}_Cube")
        view = cube.AsClassicDataset(2, 0)
        picked = range(0, view.RasterCount, every)
        begin = time.process_time()
        for band in picked:
            view.GetRasterBand(band + 1).ReadAsArray()
        spent += (time.process_time() - begin) * view.RasterCount / len(picked)
        view = cube = file = None
    return spent


def main():
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--rows", type=int, default=1000)
    ask.add_argument("--cols", type=int, default=1000)
    ask.add_argument("--every", type=int, default=25, help="GDAL reads every n-th band")
    ask.add_argument("--layouts", default=",".join(LAYOUTS))
    ask.add_argument("--no-limits", action="store_true")
    wish = ask.parse_args()
    work = os.path.join(os.environ.get("TILTH_BUILD", "build/release"), "tests/bench/prisma_work")
    folder = tempfile.mkdtemp(prefix="tilth-prisma-")
    good = True
    try:
        for layout in wish.layouts.split(","):
            path = os.path.join(folder, f"PRS_{LEVEL}_STD_{layout}_0001.he5")
            make(path, wish.rows, wish.cols, layout)
            ours = json.loads(subprocess.run([work, path], check=True, capture_output=True, text=True).stdout)
            theirs = read_through_gdal(path, wish.every)
            ratio = theirs / max(ours["cpu_s"], 1e-3)
            kept = (layout == "bands" or ratio >= LIMIT_RATIO) and ours["peak_bytes"] <= LIMIT_BYTES
            good = good and kept
            print(f"{layout:7s} {wish.rows} x {wish.cols} x (66 + 173)  slabs {ours['cpu_s']:.2f} s  band by band {theirs:.2f} s"
                  f"  ratio {ratio:.1f}  peak {ours['peak_bytes'] / 2**20:.0f} MiB  {'' if kept else 'OVER THE LIMIT'}".rstrip(), flush=True)
            os.unlink(path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if good or wish.no_limits else 1


if __name__ == "__main__":
    sys.exit(main())
