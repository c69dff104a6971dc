#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Are the scores of trainmodel right? On simulated areas any number of new samples is available and the true maps are known, so
the nested R2 can be compared with the R2 on new samples and with that of the map against the truth over all pixels, and the 90 %
interval with the share of new samples and of true pixels that it contains inside the applicable area.

A sample is a point: its soil is not the mean of its cell, and the laboratory has errors. So the R2 of a perfect map is below 1 on samples,
and the score of a model on samples is below that of its map against the true means of the cells.

    TILTH_EXE=build/release/bin/tilth tests/evidence/inversion_simulated.py --seeds 10      writes the table to the terminal

For every seed: simulatescene, of whose samples some are chosen at random for trainmodel with its defaults for SOM, As and Cu;
mapproperty; comparison with the other samples and with the truth. About half a minute per seed.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

import numpy
from osgeo import gdal, ogr, osr

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


NEW_SAMPLES = 1000


def part_samples(path, part_path, count, seed):
    """Writes count of the samples, drawn at random, to part_path; returns x, y and the values of the others."""
    layer = (source := ogr.Open(path)).GetLayer(0)
    order = numpy.random.default_rng(seed).permutation(layer.GetFeatureCount())
    taken = set(order[:count].tolist())
    part = ogr.GetDriverByName("GPKG").CreateDataSource(part_path)
    target = part.CreateLayer("samples", layer.GetSpatialRef(), ogr.wkbPoint)
    definition = layer.GetLayerDefn()
    for k in range(definition.GetFieldCount()):
        target.CreateField(definition.GetFieldDefn(k))
    others = []
    for number, feature in enumerate(layer):
        if number in taken:
            copy = ogr.Feature(target.GetLayerDefn())
            copy.SetFrom(feature)
            target.CreateFeature(copy)
        else:
            point = feature.GetGeometryRef()
            others.append([point.GetX(), point.GetY()] + [feature[field] for _, field in PROPERTIES])
    del part, source
    return numpy.array(others)


def one_seed(folder, seed, samples, own_share, properties, extra):
    """Rows of the table for one simulated area."""
    def at(name):
        return os.path.join(folder, name)
    make_dem(at("dem.tif"), seed)
    tilth("simulatescene", dem=at("dem.tif"), seed=seed, samples_count=samples + NEW_SAMPLES, own_share=own_share, scene=at("scene.tif"),
          samples=at("all.gpkg"), lab=at("lab.csv"), truth=at("truth.tif"))
    others = part_samples(at("all.gpkg"), at("samples.gpkg"), samples, seed)
    data = gdal.Open(at("truth.tif"))
    truth = data.ReadAsArray().astype(float)
    left, width, _, top, _, height = data.GetGeoTransform()
    cell = ((others[:, 1] - top) / height).astype(int), ((others[:, 0] - left) / width).astype(int)
    rows = []
    for layer, (name, field) in enumerate(PROPERTIES):
        if name not in properties:
            continue
        tilth("trainmodel", *extra, scene=at("scene.tif"), samples=at("samples.gpkg"), id_field="id", lab=at("lab.csv"), property=field,
              output=at(name + ".json"))
        with open(at(name + ".json"), encoding="utf-8") as file:
            model = json.load(file)
        tilth("mapproperty", scene=at("scene.tif"), model=at(name + ".json"), output=at(name + ".tif"))
        value, lower, upper, _, applicable = gdal.Open(at(name + ".tif")).ReadAsArray().astype(float)
        rows.append({"seed": seed, "property": name, "log": bool(model["log"]), **compare(model, value, lower, upper, applicable > 0.5,
                                                                                         truth[layer], cell, others[:, 2 + layer])})
    return rows


def compare(model, value, lower, upper, applicable, truth, cell, measured):
    """The scores of the model file, of new samples, and of the true map."""
    scores = model["scores"]
    whole = numpy.isfinite(value) & numpy.isfinite(truth)
    inside = whole & applicable
    met = numpy.isfinite(value[cell])
    met_inside = inside[cell]
    new = measured[met_inside]
    row = {"nested": scores["mean"]["r2"], "new": r2(measured[met], value[cell][met]), "new_inside": r2(new, value[cell][met_inside]),
           "map": r2(truth[whole], value[whole]), "map_inside": r2(truth[inside], value[inside]),
           "applicable": inside.sum() / whole.sum(),
           "hold_new": numpy.mean((new >= lower[cell][met_inside]) & (new <= upper[cell][met_inside])),
           "hold_truth": numpy.mean((truth >= lower)[inside] & (truth <= upper)[inside])}
    if model["log"]:
        row["nested_log"] = scores["log"]["r2"]
        row["new_log"] = r2(numpy.log(new), numpy.log(value[cell][met_inside]))
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--samples", type=int, default=91)
    parser.add_argument("--own_share", type=float, default=0.1, help="of simulatescene; 0: a sample is the mean of its cell")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--properties", default="SOM,As,Cu")
    parser.add_argument("extra", nargs="*", help="further parameters of trainmodel, behind --")
    options = parser.parse_args()
    rows = []
    print("| seed | property | log | nested R2 | new samples | map against truth | the same two in the applicable area | applicable | "
          "interval holds new samples | true pixels |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for seed in range(options.first, options.first + options.seeds):
        with tempfile.TemporaryDirectory() as folder:
            for row in one_seed(folder, seed, options.samples, options.own_share, options.properties.split(","), options.extra):
                rows.append(row)
                print(f"| {row['seed']} | {row['property']} | {'yes' if row['log'] else 'no'} | {row['nested']:.3f} | {row['new']:.3f} | "
                      f"{row['map']:.3f} | {row['new_inside']:.3f}, {row['map_inside']:.3f} | {row['applicable']:.2f} | "
                      f"{row['hold_new']:.3f} | {row['hold_truth']:.3f} |", flush=True)
    for name, _ in PROPERTIES:
        tell(name, [row for row in rows if row["property"] == name])


def tell(name, rows):
    """Means over the areas."""
    def mean(of):
        return statistics.mean(map(of, rows))
    if not rows:
        return
    print(f"{name}: mean |nested - new samples| {mean(lambda r: abs(r['nested'] - r['new_inside'])):.3f}, of the difference "
          f"{mean(lambda r: r['nested'] - r['new_inside']):+.3f}; mean |nested - map| {mean(lambda r: abs(r['nested'] - r['map_inside'])):.3f}, "
          f"of the difference {mean(lambda r: r['nested'] - r['map_inside']):+.3f}; interval holds {mean(lambda r: r['hold_new']):.3f} of new "
          f"samples, {mean(lambda r: r['hold_truth']):.3f} of true pixels (all in the applicable area)")
    logs = [row for row in rows if row["log"]]
    if logs:
        print(f"{name} on logarithms ({len(logs)} areas): mean |nested - new samples| "
              f"{statistics.mean(abs(row['nested_log'] - row['new_log']) for row in logs):.3f}, of the difference "
              f"{statistics.mean(row['nested_log'] - row['new_log'] for row in logs):+.3f}")


if __name__ == "__main__":
    sys.exit(main())
