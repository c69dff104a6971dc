#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Do the scores of trainmodel hold? On simulated areas the true maps are known, so the nested R2 can be compared with the R2 of
the map over all its pixels, and the 90 % interval with the share of true pixels it holds inside the applicable area.

    TILTH_EXE=build/release/bin/tilth tests/evidence/inversion_simulated.py --seeds 10      writes the table to the terminal

For every seed: simulatescene (91 samples), trainmodel with its defaults for SOM, As and Cu, mapproperty, comparison with the truth.
About a minute per seed.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

import numpy
from osgeo import gdal, osr

gdal.UseExceptions()
EXE = os.environ["TILTH_EXE"]
PROPERTIES = (("SOM", "SOM_g_kg"), ("As", "As_mg_kg"), ("Cu", "Cu_mg_kg"))


def tilth(tool, *words, **parameters):
    command = [EXE, tool, "--json", *words]
    for name, value in parameters.items():
        command += ["--" + name, str(value)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{tool}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def make_dem(path, seed):
    """A fractal upland of 160 x 160 cells of 30 m."""
    side = 160
    random = numpy.random.default_rng(seed)
    wave = numpy.hypot(numpy.fft.fftfreq(side)[:, None], numpy.fft.rfftfreq(side)[None, :])
    wave[0, 0] = 1.0
    amplitude = wave**-1.9
    amplitude[0, 0] = 0.0
    z = numpy.fft.irfft2(amplitude * numpy.exp(2j * numpy.pi * random.random(amplitude.shape)), s=(side, side))
    z = 400.0 + 80.0 * z / z.std()
    data = gdal.GetDriverByName("GTiff").Create(path, side, side, 1, gdal.GDT_Float32)
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32616)
    data.SetProjection(crs.ExportToWkt())
    data.SetGeoTransform((730000.0, 30.0, 0.0, 4060000.0, 0.0, -30.0))
    data.GetRasterBand(1).WriteArray(z.astype(numpy.float32))
    data.FlushCache()


def r2(observed, predicted):
    return 1.0 - numpy.sum((observed - predicted) ** 2) / numpy.sum((observed - observed.mean()) ** 2)


def one_seed(folder, seed, samples, properties, extra):
    """Rows of the table for one simulated area."""
    def at(name):
        return os.path.join(folder, name)
    make_dem(at("dem.tif"), seed)
    tilth("simulatescene", dem=at("dem.tif"), seed=seed, samples_count=samples, scene=at("scene.tif"), samples=at("samples.gpkg"),
          lab=at("lab.csv"), truth=at("truth.tif"))
    truth = gdal.Open(at("truth.tif")).ReadAsArray().astype(float)
    rows = []
    for layer, (name, field) in enumerate(PROPERTIES):
        if name not in properties:
            continue
        tilth("trainmodel", *extra, scene=at("scene.tif"), samples=at("samples.gpkg"), id_field="id", lab=at("lab.csv"), property=field,
              output=at(name + ".json"))
        with open(at(name + ".json"), encoding="utf-8") as file:
            model = json.load(file)
        tilth("mapproperty", scene=at("scene.tif"), model=at(name + ".json"), output=at(name + ".tif"))
        data = gdal.Open(at(name + ".tif"))
        bands = {data.GetRasterBand(b + 1).GetDescription(): data.GetRasterBand(b + 1).ReadAsArray().astype(float)
                 for b in range(data.RasterCount)}
        layers = list(bands.values())
        value, lower, upper, applicable = layers[0], layers[1], layers[2], layers[4]
        known = truth[layer]
        # The sampling design reaches the whole area, so the nested score speaks of all its pixels.
        whole = numpy.isfinite(value) & numpy.isfinite(known)
        inside = whole & (applicable > 0.5)
        holds = (known >= lower) & (known <= upper)
        log = bool(model["log"])
        scores = model["scores"]
        row = {"seed": seed, "property": name, "log": log, "nested": scores["mean"]["r2"], "map": r2(known[whole], value[whole]),
               "map_inside": r2(known[inside], value[inside]) if inside.sum() > 100 else float("nan"),
               "applicable": inside.sum() / whole.sum(), "coverage_inside": holds[inside].mean() if inside.any() else float("nan"),
               "coverage_all": holds[whole].mean(), "coverage_samples": scores.get("coverage", float("nan"))}
        if log:
            row["nested_log"] = scores["log"]["r2"]
            row["map_log"] = r2(numpy.log(known[whole]), numpy.log(numpy.maximum(value[whole], 1e-6)))
        rows.append(row)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--samples", type=int, default=91)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--properties", default="SOM,As,Cu")
    parser.add_argument("extra", nargs="*", help="further parameters of trainmodel, behind --")
    options = parser.parse_args()
    rows = []
    print("| seed | property | log | nested R2 | map R2 | map R2 in the applicable area | applicable | 90 % interval holds, applicable | all | samples |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for seed in range(options.first, options.first + options.seeds):
        with tempfile.TemporaryDirectory() as folder:
            for row in one_seed(folder, seed, options.samples, options.properties.split(","), options.extra):
                rows.append(row)
                print(f"| {row['seed']} | {row['property']} | {'yes' if row['log'] else 'no'} | {row['nested']:.3f} | {row['map']:.3f} | "
                      f"{row['map_inside']:.3f} | {row['applicable']:.2f} | {row['coverage_inside']:.3f} | {row['coverage_all']:.3f} | "
                      f"{row['coverage_samples']:.3f} |", flush=True)
    for name, _ in PROPERTIES:
        mine = [row for row in rows if row["property"] == name]
        if not mine:
            continue
        gaps = [row["nested"] - row["map"] for row in mine]
        print(f"{name}: mean |nested - map| {statistics.mean(map(abs, gaps)):.3f}, mean of nested - map {statistics.mean(gaps):+.3f}, "
              f"coverage in the applicable area {statistics.mean(row['coverage_inside'] for row in mine):.3f}")
        logs = [row for row in mine if row["log"]]
        if logs:
            print(f"{name} on logarithms ({len(logs)} areas): mean |nested - map| "
                  f"{statistics.mean(abs(row['nested_log'] - row['map_log']) for row in logs):.3f}")


if __name__ == "__main__":
    sys.exit(main())
