#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What trainmodel reports when there is nothing to find: spectra that contain the property, and a permuted property. Its permutation p-values must
be uniform, and its scores centred on zero or below.

    TILTH_EXE=build/release/bin/tilth tests/evidence/inversion_null.py               100 shuffles x 99 permutations

One repeat, 5 folds, PLSR with its number of components chosen inside every fold; everything else as by default.
--leaky N also runs comparemodels --preset paper --leaky on a simulated area whose SOM is permuted N times: the scores of the same
protocol when choices are made on the samples that are scored.
"""
import argparse
import json
import math
import os
import subprocess
import sys
import tempfile

import numpy

EXE = os.environ["TILTH_EXE"]


def tilth(tool, *words, **parameters):
    command = [EXE, tool, "--json", *words]
    for name, value in parameters.items():
        command += ["--" + name, str(value)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{tool}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def simulate(n, bands):
    """Smooth spectra of six factors, and a property that depends on two of them."""
    random = numpy.random.default_rng(4)
    wavelength = numpy.linspace(500.0, 1300.0, bands)
    at = (wavelength - 500.0) / 800.0
    factors = random.normal(size=(n, 6))
    shapes = numpy.array([numpy.cos((k + 1) * 3.0 * at + k) / (k + 1) for k in range(6)])
    x = 0.3 + 0.03 * factors @ shapes + 0.001 * random.normal(size=(n, bands))
    return wavelength, x, 20.0 + 4.0 * factors[:, 1] - 3.0 * factors[:, 3] + random.normal(size=n)


def write_spectra(path, wavelength, x):
    with open(path, "w", encoding="ascii") as file:
        file.write("id," + ",".join(f"{w:.2f}" for w in wavelength) + "\n")
        for k, row in enumerate(x):
            file.write(f"s{k}," + ",".join(f"{value:.6f}" for value in row) + "\n")


def write_samples(path, y):
    with open(path, "w", encoding="ascii") as file:
        file.write("id,SOM\n" + "".join(f"s{k},{value:.6f}\n" for k, value in enumerate(y)))


def train(folder, permutations):
    """Nested R2, and the result of the permutation test."""
    done = os.path.join(folder, "model.json")
    tilth("trainmodel", spectra=os.path.join(folder, "spectra.csv"), samples=os.path.join(folder, "samples.csv"), id_field="id",
          property="SOM", repeats=1, bootstrap=100, permutations=permutations, output=done)
    with open(done, encoding="utf-8") as file:
        model = json.load(file)
    return model["scores"]["mean"]["r2"], model["validation"]["permutation"]


def kolmogorov(p):
    """Largest distance of the distribution of p from the uniform one, and how often one as large occurs by chance (asymptotic, with
    Stephens' correction for small n)."""
    n = len(p)
    p = numpy.sort(p)
    distance = max((numpy.arange(1, n + 1) / n - p).max(), (p - numpy.arange(n) / n).max())
    z = distance * (math.sqrt(n) + 0.12 + 0.11 / math.sqrt(n))
    chance = 2.0 * sum((-1) ** (k - 1) * math.exp(-2.0 * (k * z) ** 2) for k in range(1, 101))
    return distance, min(1.0, max(0.0, chance))


def nested(options):
    wavelength, x, y = simulate(options.samples, options.bands)
    random = numpy.random.default_rng(options.seed)
    r2, p = [], []
    with tempfile.TemporaryDirectory() as folder:
        write_spectra(os.path.join(folder, "spectra.csv"), wavelength, x)
        write_samples(os.path.join(folder, "samples.csv"), y)
        found, chance = train(folder, options.permutations)
        print(f"as measured: nested R2 {found:.3f}, p {chance['p']:.2f}")
        for _ in range(options.shuffles):
            write_samples(os.path.join(folder, "samples.csv"), random.permutation(y))
            score, chance = train(folder, options.permutations)
            r2.append(score)
            p.append(chance["p"])
    r2, p = numpy.array(r2), numpy.array(p)
    distance, chance = kolmogorov(p)
    quartiles = numpy.quantile(r2, (0.05, 0.25, 0.5, 0.75, 0.95))
    print(f"permuted {options.shuffles} times: p <= 0.05 in {numpy.mean(p <= 0.05):.2f}, <= 0.10 in {numpy.mean(p <= 0.10):.2f}, "
          f"<= 0.50 in {numpy.mean(p <= 0.50):.2f} of them; Kolmogorov distance to uniform {distance:.3f} (p {chance:.2f})")
    print(f"nested R2: mean {r2.mean():.3f}; quantiles 5, 25, 50, 75, 95 %: " + ", ".join(f"{q:.3f}" for q in quartiles) +
          f"; above zero in {numpy.mean(r2 > 0):.2f}")
    return chance > 0.01 and r2.mean() <= 0.0


def leaky(options):
    import inversion_simulated as area
    from osgeo import ogr
    with tempfile.TemporaryDirectory() as folder:
        def at(name):
            return os.path.join(folder, name)
        area.make_dem(at("dem.tif"), 7)
        tilth("simulatescene", dem=at("dem.tif"), seed=7, samples_count=91, scene=at("scene.tif"), samples=at("samples.gpkg"),
              lab=at("lab.csv"), truth=at("truth.tif"))
        random = numpy.random.default_rng(options.seed)
        for number in range(1, options.leaky + 1):
            layer = (source := ogr.Open(at("samples.gpkg"), 1)).GetLayer(0)
            features = list(layer)
            for feature, value in zip(features, random.permutation([f["SOM_g_kg"] for f in features])):
                feature["SOM_g_kg"] = float(value)
                layer.SetFeature(feature)
            del features, layer, source
            tilth("comparemodels", leaky="yes", scene=at("scene.tif"), samples=at("samples.gpkg"), id_field="id", lab=at("lab.csv"),
                  property="SOM_g_kg", preset="paper", methods="plsr_svr", repeats=1, bootstrap=100, validation="random",
                  output=at("rows.csv"))
            tell_rows(at("rows.csv"), number)


def tell_rows(path, number):
    """Mean and best R2 of the rows of every protocol."""
    import csv
    with open(path, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for protocol in dict.fromkeys(row["protocol"] for row in rows):
        r2 = [float(row["r2"]) for row in rows if row["protocol"] == protocol and row["r2"] and row["method"] in ("PLSR", "SVR")]
        print(f"shuffle {number}, {protocol}: {len(r2)} rows, mean R2 {numpy.mean(r2):.2f}, best {max(r2):.2f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shuffles", type=int, default=100)
    parser.add_argument("--permutations", type=int, default=99)
    parser.add_argument("--samples", type=int, default=40)
    parser.add_argument("--bands", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--leaky", type=int, default=0)
    options = parser.parse_args()
    good = nested(options) if options.shuffles > 0 else True
    if options.leaky > 0:
        leaky(options)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
