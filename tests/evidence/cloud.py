#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Is the thickness of thin cloud measured correctly, and does it help to subtract its light?

    TILTH_EXE=build/release/bin/tilth tests/evidence/cloud.py --seeds 3      writes two tables to the terminal

Simulated areas with thin cloud in the right half. First table: correlation of the thickness layer of maskscene with the true share
of cloud light over soil and residue, for every method. The methods in water bands need a scene at the top of the atmosphere:
the scene without cloud is put under dry or moist water vapour (optical depths of the simulator's opaque bands, times a share), and
high cloud over it, which adds its light in every band, 1380 and 1880 nm included, and removes what it hides.

Second table: R2 of trainmodel at the samples and of its map against the true means of the cells, and correlation of the SOM map with
the wetness index, clear and under thin cloud (thickness above 0.03), for the scene without any cloud, the scene as it is, and the
scene after removal. Negative results are printed like others.
"""
import argparse
import csv
import os
import statistics
import tempfile

import numpy
from osgeo import gdal

from inversion_simulated import make_dem, tilth

gdal.UseExceptions()
LIMIT = 0.03


def layer(path, band=1):
    dataset = gdal.Open(path)
    return dataset.GetRasterBand(band).ReadAsArray().astype(float)


def r(x, y, where):
    where = where & numpy.isfinite(x) & numpy.isfinite(y)
    return float(numpy.corrcoef(x[where], y[where])[0, 1])


def r2(truth, guess, where):
    where = where & numpy.isfinite(truth) & numpy.isfinite(guess)
    t, g = truth[where], guess[where]
    return float(1.0 - ((t - g) ** 2).sum() / ((t - t.mean()) ** 2).sum())


def make_top(clear, cloud, vapour, seed, out):
    """The scene at the top of the atmosphere: water vapour over the ground, high cloud over both, noise of 0.0008."""
    source = gdal.Open(clear)
    share = layer(cloud)
    made = gdal.GetDriverByName("GTiff").CreateCopy(out, source)
    random = numpy.random.default_rng(seed)
    for k in range(1, source.RasterCount + 1):
        band = source.GetRasterBand(k)
        nm = float(band.GetMetadataItem("wavelength"))
        depth = vapour * (6.0 * numpy.exp(-abs((nm - 1396.0) / 50.0) ** 4) + 7.0 * numpy.exp(-abs((nm - 1874.0) / 85.0) ** 4))
        ground = band.ReadAsArray().astype(float)
        if depth > 0.5:  # the simulator's ground is noise in its blind bands: the band next to 1380 nm replaces it
            ground = source.GetRasterBand(nearest(source, 1260.0 if nm < 1600.0 else 1690.0)).ReadAsArray().astype(float)
        white = 0.62 * (nm / 550.0) ** -0.3  # ice crystals are far larger than the wavelength: nearly grey
        seen = ground * numpy.exp(-depth)
        made.GetRasterBand(k).WriteArray(seen + share * (white - seen) + random.normal(0.0, 0.0008, seen.shape))
    made = None


def nearest(dataset, nm):
    centres = [float(dataset.GetRasterBand(k).GetMetadataItem("wavelength"))
               for k in range(1, dataset.RasterCount + 1)]
    return 1 + int(numpy.argmin(numpy.abs(numpy.array(centres) - nm)))


def thickness(at, scene, *words, **options):
    result = tilth("maskscene", *words, scene=at(scene), output=at("m.tif"), **options)
    kind = layer(at("m.tif"), 2)
    found = r(layer(at("m.tif"), 3), layer(at("cloud.tif")), (kind == 1) | (kind == 2))
    return found, result["thickness_from"]


def scores(at, name, scene, thin, seed):
    """R2 at the samples and of the map, correlation with wetness: {stratum: (n, r2, r2 of the map, r)}."""
    result = tilth("trainmodel", scene=at(scene), samples=at("samples.gpkg"), id_field="id", property="SOM_g_kg", unit="g/kg", seed=seed,
                   strata=at("thickness.tif"), strata_breaks=LIMIT, output=at("som.json"))
    tilth("mapproperty", scene=at(scene), model=at("som.json"), output=at("som.tif"))
    tilth("correlatemaps", maps=at("som.tif"), factors=at("twi.tif"), strata=at("thickness.tif"), strata_breaks=LIMIT, halves="no",
          output=at("c.csv"))
    with open(at("c.csv"), encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file)]
    pearson = [float(row["pearson"]) for row in rows if "below" in row["zone"] or "from" in row["zone"]]
    truth, guess = layer(at("truth.tif")), layer(at("som.tif"))
    return [(part["n"], part["r2"], r2(truth, guess, thin == k), pearson[k]) for k, part in enumerate(result["strata"])]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--samples", type=int, default=300)
    options = parser.parse_args()
    seen, table = {}, {}
    for seed in range(1, options.seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            def at(name):
                return os.path.join(folder, name)
            make_dem(at("dem.tif"), seed)
            for name, strength in (("clear.tif", 0.0), ("scene.tif", 0.5)):
                tilth("simulatescene", dem=at("dem.tif"), seed=seed, samples_count=options.samples, cloud=strength, scene=at(name),
                      samples=at("samples.gpkg"), lab=at("lab.csv"), truth=at("truth.tif"), cloud_truth=at("cloud.tif"))
            tilth("wetness", dem=at("dem.tif"), output=at("twi.tif"))
            make_top(at("clear.tif"), at("cloud.tif"), 1.0, seed, at("moist.tif"))
            make_top(at("clear.tif"), at("cloud.tif"), 0.15, seed, at("dry.tif"))
            for way, scene, words in (("surface, haze", "scene.tif", {}), ("surface, dark", "scene.tif", {"thickness_from": "dark"}),
                                      ("moist top, auto", "moist.tif", {"quantity": "toa_reflectance"}),
                                      ("moist top, 1880", "moist.tif", {"quantity": "toa_reflectance", "thickness_from": "1880"}),
                                      ("dry top, 1380", "dry.tif", {"quantity": "toa_reflectance", "thickness_from": "1380"}),
                                      ("dry top, auto", "dry.tif", {"quantity": "toa_reflectance"})):
                seen.setdefault(way, []).append(thickness(at, scene, **words))
            result = tilth("maskscene", scene=at("scene.tif"), output=at("m.tif"), thickness=at("thickness.tif"), cleared=at("cleared.tif"),
                           terrain=at("twi.tif"))
            print(f"seed {seed}: seam {result['seam_before']:.2f} -> {result['seam_after']:.2f}, r of red with wetness, clear "
                  f"{result['r_clear_before']:.3f} -> {result['r_clear_after']:.3f}, thin {result['r_thin_before']:.3f} -> "
                  f"{result['r_thin_after']:.3f}", flush=True)
            thin = (layer(at("thickness.tif")) >= LIMIT).astype(int)
            for name, scene in (("no cloud", "clear.tif"), ("cloud", "scene.tif"), ("removed", "cleared.tif")):
                for stratum, values in zip(("clear", "thin"), scores(at, name, scene, thin, seed)):
                    table.setdefault((name, stratum), []).append(values)
                    print(f"  {name:9} {stratum:6} n {values[0]:4} R2 {values[1]} map {values[2]:.3f} r {values[3]:.3f}", flush=True)
    print("\n| seen in | r with the truth (median of seeds, lowest) | used |\n| --- | --- | --- |")
    for way, values in seen.items():
        found = [value for value, _ in values]
        print(f"| {way} | {statistics.median(found):.3f}, {min(found):.3f} | {', '.join(sorted({used for _, used in values}))} |")
    print("\n| scene | stratum | samples | R2 samples | R2 map | r of the map with wetness |\n| --- | --- | --- | --- | --- | --- |")
    for (name, stratum), values in table.items():
        mean = [statistics.mean(v[k] for v in values if v[k] is not None) for k in range(4)]
        print(f"| {name} | {stratum} | {mean[0]:.0f} | {mean[1]:.3f} | {mean[2]:.3f} | {mean[3]:.3f} |")


if __name__ == "__main__":
    main()
