#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Times mapproperty on a large cube against a plain read of the same cube through GDAL, in the same run.

The cube is written to a temporary folder (4.8 GB at the full size) and removed. Figures that are checked: wall time at most 1.5 times
that of the read, peak memory at most 1 GiB, the same bytes for 1 and 2 threads and for other block sizes.

    TILTH_EXE=build/release/bin/tilth tests/bench/bench_mapproperty.py                 full size, band-interleaved
    ... --rows 200 --cols 210 --interleave bil --no-limits                              small and quick
"""
import argparse
import hashlib
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
LIMIT_RATIO = 1.5
LIMIT_BYTES = 1 << 30


def make_cube(path, rows, cols, bands, interleave):
    """Writes reflectances of a smooth field with noise, row by row (bil, bip) or band by band (bsq)."""
    rng = numpy.random.default_rng(5)
    wavelength = 403.0 + numpy.arange(bands) * (2490.0 - 403.0) / bands
    shape = 0.1 + 0.25 * (1 - numpy.exp(-(wavelength - 350) / 500))
    noise = rng.normal(0, 0.01, size=(64, cols)).astype(numpy.float32)
    field = numpy.sin(numpy.arange(rows) / 97.0)[:, None] * numpy.cos(numpy.arange(cols) / 61.0)[None, :]
    with open(path, "wb") as file:
        if interleave == "bsq":
            for b in range(bands):
                plane = shape[b] * (1 + 0.3 * field * numpy.sin(b / 40.0))
                for r in range(rows):
                    (plane[r] + noise[(r * 7 + b * 13) % 64]).astype("<f4").tofile(file)
        else:
            lines = numpy.zeros((bands, cols), "<f4")
            for r in range(rows):
                for b in range(bands):
                    lines[b] = shape[b] * (1 + 0.3 * field[r] * numpy.sin(b / 40.0)) + noise[(r * 7 + b * 13) % 64]
                (lines if interleave == "bil" else numpy.ascontiguousarray(lines.T)).tofile(file)
    header = [
        "ENVI", "description = {made by bench_mapproperty}", f"samples = {cols}", f"lines = {rows}", f"bands = {bands}",
        "header offset = 0", "file type = ENVI Standard", "data type = 4", f"interleave = {interleave}", "byte order = 0",
        "map info = {UTM, 1, 1, 500000, 4000000, 30, 30, 50, North, WGS-84}", "wavelength units = Nanometers",
        "wavelength = {" + ", ".join(f"{w:.4f}" for w in wavelength) + "}",
        "fwhm = {" + ", ".join("7.0" for _ in wavelength) + "}"]
    with open(os.path.splitext(path)[0] + ".hdr", "w", encoding="ascii") as file:
        file.write("\n".join(header) + "\n")


def make_samples(path, cube, rows, cols):
    """91 points whose property is a mean of some bands plus noise."""
    rng = numpy.random.default_rng(6)
    source = gdal.Open(cube)
    geo = source.GetGeoTransform()
    with open(path, "w", encoding="ascii") as file:
        file.write("id,x,y,SOM\n")
        for k in range(91):
            r, c = int(rng.integers(rows)), int(rng.integers(cols))
            spectrum = source.ReadAsArray(c, r, 1, 1).ravel()
            value = 60 * spectrum[40:60].mean() - 20 * spectrum[200:210].mean() + rng.normal(0, 0.3)
            file.write(f"s{k},{geo[0] + (c + 0.5) * geo[1]},{geo[3] + (r + 0.5) * geo[5]},{value}\n")


READ = """
import sys, time
from osgeo import gdal
import numpy
gdal.UseExceptions()
source = gdal.Open(sys.argv[1])
tall = max(1, int(96 * 1024 * 1024 / (source.RasterXSize * source.RasterCount * 4)))
buffer = numpy.zeros((source.RasterCount, tall, source.RasterXSize), numpy.float32)
start = time.monotonic()
for row in range(0, source.RasterYSize, tall):
    n = min(tall, source.RasterYSize - row)
    source.ReadAsArray(0, row, source.RasterXSize, n, buf_obj=buffer[:, :n] if n == tall else None)
print(time.monotonic() - start)
"""


def read_seconds(cube):
    """Seconds of a pure read of all bands in blocks of rows, without the start of the interpreter."""
    done = subprocess.run([sys.executable, "-c", READ, cube], check=True, capture_output=True, text=True)
    return float(done.stdout)


def run(command):
    """Wall seconds and peak memory in bytes of one command."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed")
    return time.monotonic() - start, usage.ru_maxrss * 1024


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=2083)
    parser.add_argument("--cols", type=int, default=2008)
    parser.add_argument("--bands", type=int, default=285)
    parser.add_argument("--interleave", choices=("bsq", "bil", "bip"), default="bsq")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--no-limits", action="store_true", help="only the equality of bytes is checked")
    parser.add_argument("--folder", help="where the cube is made; default: the temporary folder")
    options = parser.parse_args()
    exe = os.environ.get("TILTH_EXE", "tilth")
    folder = tempfile.mkdtemp(prefix="tilth_bench_", dir=options.folder)

    def at(name):
        return os.path.join(folder, name)

    try:
        make_cube(at("cube.img"), options.rows, options.cols, options.bands, options.interleave)
        make_samples(at("samples.csv"), at("cube.img"), options.rows, options.cols)
        run([exe, "trainmodel", "--scene", at("cube.img"), "--samples", at("samples.csv"), "--id_field", "id", "--property", "SOM",
             "--unit", "g/kg", "--output", at("som.json"), "--quiet"])

        def mapping(name, *more):
            return run([exe, "mapproperty", "--scene", at("cube.img"), "--model", at("som.json"), "--output", at(name), "--quiet",
                        *more])

        read_seconds(at("cube.img"))  # fills the page cache, so that both see the same disk
        reads, maps, peaks = [], [], []
        for _ in range(options.runs):
            reads.append(read_seconds(at("cube.img")))
            seconds, peak = mapping("map.tif")
            maps.append(seconds)
            peaks.append(peak)
        one_thread, _ = mapping("one.tif", "--threads", "1")
        mapping("two.tif", "--threads", "2", "--memory", "100")
        same = digest(at("map.tif")) == digest(at("one.tif")) == digest(at("two.tif"))
        ratio = min(maps) / min(reads)
        print(json.dumps({"rows": options.rows, "cols": options.cols, "bands": options.bands, "interleave": options.interleave,
                          "read_s": round(min(reads), 3), "map_s": round(min(maps), 3), "ratio": round(ratio, 3),
                          "map_one_thread_s": round(one_thread, 3), "peak_MiB": round(max(peaks) / 2**20, 1), "same_bytes": same}))
        fast = options.no_limits or (ratio <= LIMIT_RATIO and max(peaks) <= LIMIT_BYTES)
        return 0 if same and fast else 1
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
