#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Does fusion improve the map of a property? On simulated areas, nested cross-validation of the whole chain with the same folds
for every row: the spectrum of the pixel alone, its MNF components, the default chain (lab spectra at the scene's response, MNF components,
direct standardisation, regression calibrated on lab spectra), the network with the loss as printed (mean path), the supervised fusion
network, and the same with shuffled properties, where every R2 above zero would be an artefact.

    TILTH_EXE=build/release/bin/tilth tests/evidence/fusion_properties.py --areas 8       writes the tables to the terminal

R2 of SOM, and of the logarithm of As on the scale of the logarithm, from the first repeat's out-of-fold predictions of both repeats'
mean. Differences are paired over the areas, with Student's t and its 95 % interval. Nearly all the time is spent in the rows that
train networks; --rows selects rows.
"""
import argparse
import json
import math
import os
import statistics
import sys
import tempfile

import numpy
from osgeo import ogr

from inversion_simulated import make_dem, tilth

# Two-sided 95 % quantiles of Student's t for 1, 2, ... degrees of freedom.
T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093)
PROPERTIES = (("SOM", "SOM_g_kg", "no"), ("log As", "As_mg_kg", "yes"))
NETWORK = {"inner_folds": 2, "repeats": 1}
ROWS = {
    "pixel PLSR": {"features": "scene", "mnf": "none"},
    "MNF PLSR": {"features": "scene", "mnf": "20"},
    "default chain": {"features": "fused", "mnf": "20"},
    "printed loss, alone": {"features": "fused", "calibration": "generated", "fusion": "paper.json", **NETWORK},
    "supervised network": {"features": "supervised", "mnf": "20", **NETWORK},
}
REFERENCE = "pixel PLSR"


def shuffle_samples(path, to, seed):
    """A copy of the samples with permuted properties."""
    source = ogr.Open(path)
    layer = source.GetLayer(0)
    out = ogr.GetDriverByName("GPKG").CreateDataSource(to)
    target = out.CreateLayer("samples", layer.GetSpatialRef(), ogr.wkbPoint)
    definition = layer.GetLayerDefn()
    for k in range(definition.GetFieldCount()):
        target.CreateField(definition.GetFieldDefn(k))
    features = list(layer)
    values = [[feature[field] for _, field, _ in PROPERTIES] for feature in features]
    order = numpy.random.default_rng(seed).permutation(len(features))
    for feature, other in zip(features, order):
        copy = ogr.Feature(target.GetLayerDefn())
        copy.SetFrom(feature)
        for (_, field, _), value in zip(PROPERTIES, values[other]):
            copy[field] = value
        target.CreateFeature(copy)
    del out, source


def score(at, samples, field, log, row, seed):
    """Nested R2 of one row."""
    words = {name: at(value) if name == "fusion" else value for name, value in {"repeats": 2, **row}.items()}
    tilth("trainmodel", scene=at("scene.tif"), samples=at(samples), id_field="id", lab=at("lab.csv"), property=field, log=log,
          validation="random", bootstrap=100, seed=seed, output=at("model.json"), **words)
    with open(at("model.json"), encoding="utf-8") as file:
        scores = json.load(file)["scores"]
    return scores["log" if log == "yes" else "mean"]["r2"]


def one_area(folder, seed, samples, rows, shuffled):
    """{(row, property, shuffled): R2} of one simulated area."""
    def at(name):
        return os.path.join(folder, name)
    make_dem(at("dem.tif"), seed)
    tilth("simulatescene", dem=at("dem.tif"), seed=seed, samples_count=samples, width_km=3, height_km=3, scene=at("scene.tif"),
          samples=at("samples.gpkg"), lab=at("lab.csv"), truth=at("truth.tif"))
    shuffle_samples(at("samples.gpkg"), at("shuffled.gpkg"), seed)
    if any("fusion" in ROWS[name] for name in rows):
        # Only the settings count: the network is trained again inside every fold.
        tilth("trainfusion", scene=at("scene.tif"), samples=at("samples.gpkg"), id_field="id", lab=at("lab.csv"), method="vae",
              preset="paper", epochs=100, seed=seed, neighbours="no", output=at("paper.json"))
    found = {}
    for name in rows:
        for property_name, field, log in PROPERTIES:
            found[name, property_name, False] = score(at, "samples.gpkg", field, log, ROWS[name], seed)
            if name in shuffled:
                found[name, property_name, True] = score(at, "shuffled.gpkg", field, log, ROWS[name], seed)
    return found


def paired(differences):
    """Mean, t and half of the 95 % interval."""
    mean = statistics.mean(differences)
    if len(differences) < 2:
        return mean, math.nan, math.nan
    error = statistics.stdev(differences) / math.sqrt(len(differences))
    return mean, mean / error if error > 0 else math.nan, error * T95[min(len(differences), len(T95) + 1) - 2]


def tell(rows, areas, shuffled):
    print("\n| row | property | mean R2 | difference to " + REFERENCE + " | t | 95 % interval | shuffled property, mean R2 (largest) |")
    print("|---|---|---|---|---|---|---|")
    for name in rows:
        for property_name, _, _ in PROPERTIES:
            values = [area[name, property_name, False] for area in areas]
            gains = [area[name, property_name, False] - area[REFERENCE, property_name, False] for area in areas]
            mean, t, half = paired(gains)
            gain = "" if name == REFERENCE else f"{mean:+.3f} | {t:.1f} | {mean - half:+.3f} to {mean + half:+.3f}"
            chance = [area[name, property_name, True] for area in areas] if name in shuffled else []
            print(f"| {name} | {property_name} | {statistics.mean(values):.3f} | {gain or ' | |'} | "
                  + (f"{statistics.mean(chance):.3f} ({max(chance):.3f})" if chance else "") + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--areas", type=int, default=8)
    parser.add_argument("--samples", type=int, default=91)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--rows", default=",".join(ROWS).replace(", ", ";"), help="names with commas between; ; stands for a comma and blank")
    parser.add_argument("--shuffled", default=None, help="rows with a shuffled property beside; all of them when left out")
    options = parser.parse_args()
    rows = [name.replace(";", ", ") for name in options.rows.split(",")]
    rows = [REFERENCE] + [name for name in rows if name != REFERENCE]
    shuffled = rows if options.shuffled is None else [name.replace(";", ", ") for name in options.shuffled.split(",")]
    areas = []
    for seed in range(options.first, options.first + options.areas):
        with tempfile.TemporaryDirectory() as folder:
            areas.append(one_area(folder, seed, options.samples, rows, shuffled))
        print(f"area {seed}: " + "; ".join(f"{name}, {property_name}{', shuffled' if mixed else ''} {value:.3f}"
                                           for (name, property_name, mixed), value in areas[-1].items()), flush=True)
    tell(rows, areas, shuffled)


if __name__ == "__main__":
    sys.exit(main())
