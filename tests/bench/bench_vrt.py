#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Times gdal_translate of a virtual raster of four bands against mapproperty, for every layout of a scene.

The scene is written to a temporary folder (1.1 GB at the full size, one layout at a time) and removed. Figures that are checked:
wall time at most 1.3 times that of mapproperty for each layout, peak memory at most 500 MB, the same bytes. With --preview also
the time of a 1000 x 700 preview of a scene of 2008 x 2083 pixels (4.8 GB), at most 1 s once files and plugin are warm.

    TILTH_EXE=build/release/bin/tilth TILTH_PLUGIN=build/release/plugins/gdal/gdal_TILTH.so tests/bench/bench_vrt.py --preview
    ... --rows 60 --cols 70 --runs 1 --no-limits                                     small and quick
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy
from bench_mapproperty import make_cube, make_samples
from osgeo import gdal

gdal.UseExceptions()
LIMIT_RATIO = 1.3
LIMIT_BYTES = 500e6
LIMIT_PREVIEW = 1.0
LAYOUTS = {
    "BSQ": None,
    "BIL": ("ENVI", "INTERLEAVE=BIL"),
    "BIP": ("ENVI", "INTERLEAVE=BIP"),
    "GeoTIFF by band": ("GTiff", "INTERLEAVE=BAND"),
    "GeoTIFF by pixel": ("GTiff", "INTERLEAVE=PIXEL"),
    "by band, DEFLATE": ("GTiff", "INTERLEAVE=BAND", "TILED=YES", "COMPRESS=DEFLATE"),
    "by pixel, DEFLATE": ("GTiff", "INTERLEAVE=PIXEL", "TILED=YES", "COMPRESS=DEFLATE"),
}


def run(command):
    """Wall seconds, CPU seconds and peak bytes of a program."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status != 0:
        raise SystemExit(f"failed: {' '.join(command)}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def draw(vrt, window):
    """Seconds of one preview through a dataset of its own."""
    start = time.monotonic()
    dataset = gdal.Open(vrt)
    dataset.GetRasterBand(1).ReadAsArray(*window, buf_xsize=1000, buf_ysize=700)
    return time.monotonic() - start


def preview(at, exe, rows, cols):
    """A preview of the whole scene and of two smaller windows, each drawn for the first time and again."""
    make_cube(at("large.img"), rows, cols, 285, "bsq")
    run([exe, "makevrt", "--scene", at("large.img"), "--model", at("som.json"), "--output", at("large.vrt"), "--quiet"])
    gdal.SetConfigOption("GDAL_DRIVER_PATH", os.path.dirname(os.environ["TILTH_PLUGIN"]))
    gdal.AllRegister()
    whole = (0, 0, cols, rows)
    cold = draw(at("large.vrt"), (1, 1, cols - 1, rows - 1))
    fresh = min(draw(at("large.vrt"), (k, 0, cols - k, rows)) for k in range(2, 4))
    near = min(draw(at("large.vrt"), (cols // 4 + k, rows // 4, cols // 2, rows // 2)) for k in range(2))
    draw(at("large.vrt"), whole)
    again = draw(at("large.vrt"), whole)
    subprocess.run(["gdaladdo", "-q", "-ro", at("large.vrt"), "2", "4"], check=True)
    with_overviews = draw(at("large.vrt"), (4, 4, cols - 4, rows - 4))
    return {"preview_first_s": cold, "preview_new_extent_s": fresh, "preview_half_extent_s": near, "preview_again_s": again,
            "preview_overviews_s": with_overviews}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--cols", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--preview", action="store_true")
    parser.add_argument("--preview-rows", type=int, default=2083)
    parser.add_argument("--no-limits", action="store_true")
    options = parser.parse_args()
    exe = os.environ["TILTH_EXE"]
    os.environ["GDAL_DRIVER_PATH"] = os.path.dirname(os.environ["TILTH_PLUGIN"])
    os.environ["GDAL_PAM_ENABLED"] = "NO"
    faults = []
    with tempfile.TemporaryDirectory(prefix="tilth-bench-") as folder:
        def at(name):
            return os.path.join(folder, name)

        make_cube(at("cube.img"), options.rows, options.cols, 285, "bsq")
        make_samples(at("samples.csv"), at("cube.img"), options.rows, options.cols)
        run([exe, "trainmodel", "--scene", at("cube.img"), "--samples", at("samples.csv"), "--id_field", "id", "--property", "SOM",
             "--unit", "g/kg", "--output", at("som.json"), "--quiet"])
        for layout, form in LAYOUTS.items():
            scene = at("cube.img")
            if form is not None:
                scene = at("scene.tif" if form[0] == "GTiff" else "scene.img")
                subprocess.run(["gdal_translate", "-q", "-of", form[0], *(word for o in form[1:] for word in ("-co", o)),
                                at("cube.img"), scene], check=True)
            run([exe, "makevrt", "--scene", scene, "--model", at("som.json"), "--output", at("map.vrt"), "--quiet"])
            tool = [exe, "mapproperty", "--scene", scene, "--model", at("som.json"), "--output", at("map.tif"), "--quiet"]
            copy = ["gdal_translate", "-q", "-b", "1", "-b", "2", "-b", "3", "-b", "4", at("map.vrt"), at("copy.tif")]
            run(tool)  # both see the same page cache
            pairs = [(run(tool), run(copy)) for _ in range(options.runs)]
            direct, through = (min(pair[k][0] for pair in pairs) for k in (0, 1))
            work, work_through = (min(pair[k][1] for pair in pairs) for k in (0, 1))
            peak = max(pair[1][2] for pair in pairs)
            same = numpy.array_equal(gdal.Open(at("map.tif")).ReadAsArray()[:4], gdal.Open(at("copy.tif")).ReadAsArray(), equal_nan=True)
            print(json.dumps({"layout": layout, "mapproperty_s": round(direct, 2), "vrt_s": round(through, 2),
                              "ratio": round(through / direct, 2), "mapproperty_cpu_s": round(work, 2), "vrt_cpu_s": round(work_through, 2),
                              "vrt_peak_mb": round(peak / 1e6), "same_bytes": bool(same)}), flush=True)
            if not same:
                faults.append(f"{layout}: other bytes")
            if not options.no_limits and through > LIMIT_RATIO * direct:
                faults.append(f"{layout}: {through / direct:.2f} times mapproperty")
            if not options.no_limits and peak > LIMIT_BYTES:
                faults.append(f"{layout}: {peak / 1e6:.0f} MB")
            if form is not None:
                os.remove(scene)
        if options.preview:
            found = preview(at, exe, options.preview_rows, 2008)
            print(json.dumps({name: round(value, 3) for name, value in found.items()}), flush=True)
            if not options.no_limits and found["preview_new_extent_s"] > LIMIT_PREVIEW:
                faults.append(f"preview: {found['preview_new_extent_s']:.2f} s")
    print("\n".join(faults) or "all within the limits")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
