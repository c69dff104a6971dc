#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the figures of a finished sample study with those in sample_project/README.md.

The README's tables are the expectation: rows `| figure | value |` under "Expected figures". A figure may differ
by half a unit of its last printed digit. Exits 1 and names every figure that differs.
"""
import csv
import json
import os
import re
import sys

import numpy
from osgeo import gdal, ogr

HERE = os.path.dirname(os.path.abspath(__file__))
OUTPUT = os.path.join(HERE, "output")


def at(name):
    return os.path.join(OUTPUT, name)


def raster_mean(name):
    data = gdal.Open(at(name))
    return float(numpy.nanmean(data.GetRasterBand(1).ReadAsArray().astype(float)))


def model_figures(figures, name, title):
    with open(at(name + ".json"), encoding="utf-8") as file:
        model = json.load(file)
    scores = model["scores"]
    figures[f"{title}: R2 on unseen samples"] = scores["mean"]["r2"]
    figures[f"{title}: RMSE on unseen samples"] = scores["mean"]["rmse"]
    figures[f"{title}: samples inside their 90 % interval (%)"] = 100.0 * scores["coverage"]
    figures[f"{title}: mean of the map"] = raster_mean(name + ".tif")


def fusion_figures(figures):
    """How well lab spectra of unseen samples are generated: by direct standardisation and by the network."""
    with open(at("network.json"), encoding="utf-8") as file:
        both = json.load(file)["comparison"]
    for kind, title in (("ds", "direct standardisation"), ("vae", "fusion network")):
        figures[f"{title}: explained variance on unseen samples"] = both[kind]["explained_variance"]
        figures[f"{title}: spectral angle on unseen samples (rad)"] = both[kind]["angle_rad"]


def truth_figures(figures):
    """How the maps agree with the true maps, which only a simulated area has."""
    truth = gdal.Open(at("truth.tif"))
    for band, (name, title) in enumerate((("som", "SOM"), ("as", "As"), ("cu", "Cu")), start=1):
        real = truth.GetRasterBand(band).ReadAsArray().astype(float)
        data = gdal.Open(at(name + ".tif"))
        value, lower, upper = (data.GetRasterBand(k).ReadAsArray().astype(float) for k in (1, 2, 3))
        good = numpy.isfinite(real) & numpy.isfinite(value)
        figures[f"{title}: correlation of map and truth"] = numpy.corrcoef(value[good], real[good])[0, 1]
        figures[f"{title}: true cells inside the interval (%)"] = 100.0 * numpy.mean(
            (lower[good] <= real[good]) & (real[good] <= upper[good]))


def terrain_figures(figures):
    figures["mean slope (radian)"] = raster_mean("slope.tif")
    figures["mean wetness index"] = raster_mean("twi.tif")
    figures["mean LS-factor"] = raster_mean("ls.tif")
    streams = ogr.Open(at("streams.gpkg"))
    layer = streams.GetLayer(0)
    orders = [feature.GetField("strmOrder") for feature in layer]
    figures["stream links"] = len(orders)
    figures["highest stream order"] = max(orders)
    with open(at("correlation.csv"), encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["map"] == "som" and row["zone"] == "whole":
                figures[f"SOM and {row['factor']}: Pearson r, whole area"] = float(row["pearson"])


def measure():
    figures = {}
    for name, title in (("som", "SOM"), ("as", "As"), ("cu", "Cu")):
        model_figures(figures, name, title)
    fusion_figures(figures)
    truth_figures(figures)
    terrain_figures(figures)
    return figures


def expected():
    with open(os.path.join(HERE, "README.md"), encoding="utf-8") as file:
        text = file.read().split("## Expected figures", 1)[1]
    return re.findall(r"^\| ([^|]+?) \| (-?[0-9.]+) \|$", text, re.MULTILINE)


def main() -> int:
    figures = measure()
    if "--print" in sys.argv:
        for name, value in figures.items():
            print(f"| {name} | {value:.3g} |")
        return 0
    wrong = 0
    rows = expected()
    for name, printed in rows:
        digits = len(printed.split(".")[1]) if "." in printed else 0
        value = figures.pop(name, None)
        if value is None or not abs(value - float(printed)) <= 0.5 * 10 ** -digits + 1e-9:
            print(f"check_figures.py: {name} is {value}; README.md has {printed}", file=sys.stderr)
            wrong += 1
    for name in figures:
        print(f"check_figures.py: README.md does not name the figure '{name}'", file=sys.stderr)
        wrong += 1
    print(f"{len(rows)} figures compared with README.md, {wrong} differ")
    return 1 if wrong or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
