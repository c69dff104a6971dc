#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How good is a transfer of spectra on samples that it has not seen?

    TILTH_EXE=build/release/bin/tilth tests/evidence/fusion_transfer.py simulated --seeds 5
    TILTH_EXE=... TILTH_SHARED=... tests/evidence/fusion_transfer.py corn
    TILTH_EXE=... TILTH_SHARED=... tests/evidence/fusion_transfer.py gamsberg

simulated: explained variance of held-out lab spectra for every transfer on simulated areas, and the diagnosis of the loss as printed.
corn: 80 samples on two laboratory instruments; held-out explained variance, and the nested R2 of four properties by a model of the one
instrument's spectra applied to transferred spectra of the other, compared with a model of the other's own spectra.
gamsberg: Hyperion pixels and field spectra of the same hill; spectral angle to held-out field spectra before and after the transfer.
Tables go to the terminal.
"""
import argparse
import csv
import json
import os
import re
import statistics
import sys
import tempfile
from pathlib import Path

import numpy

from inversion_simulated import make_dem, tilth

SHARED = Path(os.environ.get("TILTH_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "data"
METHODS = {
    "DS": {"method": "ds"},
    "PDS": {"method": "pds"},
    "PLS2": {"method": "pls2"},
    "slope and bias": {"method": "slope"},
    "EPO": {"method": "epo"},
    "best linear": {"method": "best"},
    "VAE alone": {"method": "vae", "skip": "no"},
    "VAE on DS": {"method": "vae"},
    "VAE, printed loss": {"method": "vae", "preset": "paper"},
}


def chosen_methods(options):
    return {name: chosen for name, chosen in METHODS.items() if options.only in ("", name)}


def diagnosis_of(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)["diagnosis"]


def simulated(options):
    table = {name: [] for name in chosen_methods(options)}
    printed = []
    for seed in range(1, options.seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            def at(name):
                return os.path.join(folder, name)
            make_dem(at("dem.tif"), seed)
            tilth("simulatescene", dem=at("dem.tif"), seed=seed, scene=at("scene.tif"), samples=at("samples.gpkg"), lab=at("lab.csv"),
                  truth=at("truth.tif"))
            for name, chosen in chosen_methods(options).items():
                tilth("trainfusion", scene=at("scene.tif"), samples=at("samples.gpkg"), id_field="id", lab=at("lab.csv"),
                      output=at("f.json"), **chosen)
                found = diagnosis_of(at("f.json"))
                table[name].append(found["explained_variance"])
                if chosen.get("preset") == "paper":
                    printed.append(found)
    print("| transfer | " + " | ".join(f"area {k + 1}" for k in range(options.seeds)) + " | mean |")
    print("|---|" + "---|" * (options.seeds + 1))
    print("| mean spectrum | " + " | ".join(["0"] * (options.seeds + 1)) + " |")
    for name, found in table.items():
        print(f"| {name} | " + " | ".join(f"{v:.3f}" for v in found) + f" | {statistics.mean(found):.3f} |")
    print("\n| printed loss | correlation (shuffled pairs) | spread ratio | active units | warning |\n|---|---|---|---|---|")
    for k, d in enumerate(printed):
        print(f"| area {k + 1} | {d['held_out_correlation']:.3f} ({d['shuffled_low']:.3f} to {d['shuffled_high']:.3f}) | {d['spread_ratio']:.4f} | "
              f"{d['active_units']} of {d['latent']} | {'yes' if d['collapsed'] else 'no'} |")


def corn(options):
    data = SHARED / "chemo_corn"
    pairs = {"spectra": data / "mp5spec.csv", "samples": data / "propvals.csv", "id_field": "id", "lab": data / "m5spec.csv"}
    fitting = {"mnf": "none", "transform": "none", "log": "no", "validation": "random", "repeats": options.repeats}
    properties = ("Moisture", "Oil", "Protein", "Starch")
    linear = {"DS", "PDS", "PLS2", "slope and bias", "EPO", "best linear"}
    ways = [] if options.only else [("direct", METHODS["DS"], {"features": "scene"})]
    for name, chosen in METHODS.items():
        if name != "VAE, printed loss" and name in chosen_methods(options):
            ways.append((name + ", lab model", chosen, {"features": "fused", "calibration": "lab"}))
            ways += [(name + ", model of generated spectra", chosen, {"features": "fused", "calibration": "generated"})] * (name in linear)
    print("| way | explained variance | " + " | ".join(properties) + " |\n|---|---|" + "---|" * len(properties))
    with tempfile.TemporaryDirectory() as folder:
        fusion, model = os.path.join(folder, "f.json"), os.path.join(folder, "m.json")
        for name, chosen, kind in ways:
            tilth("trainfusion", keep_water="yes", resample="linear", output=fusion, **chosen, **pairs)
            few = {"repeats": 1, "inner_folds": 3} if chosen["method"] == "vae" else {}
            found = [tilth("trainmodel", fusion=fusion, property=one, output=model, **kind, **{**fitting, **few}, **pairs)["r2"] for one in properties]
            explained = "-" if name == "direct" else f"{diagnosis_of(fusion)['explained_variance']:.3f}"
            print(f"| {name} | {explained} | " + " | ".join(f"{v:.2f}" for v in found) + " |", flush=True)


def angles(a, b):
    return numpy.arccos(numpy.clip((a * b).sum(1) / numpy.linalg.norm(a, axis=1) / numpy.linalg.norm(b, axis=1), -1.0, 1.0))


def read_gamsberg():
    """Pixels [n, p], their wavelengths, names and spectra of the field library without plants, and its wavelengths."""
    folder = SHARED / "scene_gamsberg_hyperion"
    header = (folder / "cubus_gamsberg_subset.hdr").read_text()
    nm = numpy.array([float(v) for v in re.findall(r"\((\d+\.\d+)\)", header)])
    cube = numpy.fromfile(folder / "cubus_gamsberg_subset", "<f4").reshape(len(nm), -1).T / 10000.0
    with open(folder / "gamsberg_field_library.csv", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    field = [(row[0].strip(), [float(v) for v in row[1:]]) for row in rows[1:] if not re.search("veg|grass", row[0])]
    return cube, nm, [name for name, _ in field], numpy.array([v for _, v in field]), numpy.array([float(v) for v in rows[0][1:]])


def write_table(path, ids, nm, values):
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", *(f"{v:.3f}" for v in nm)])
        out.writerows([[one, *map(repr, map(float, row))] for one, row in zip(ids, values)])


def gamsberg(_):
    """It is not known which pixel contains which field spectrum, so each spectrum is paired with the free pixel of the smallest angle to it. That favours
    the raw spectra: their angle is the smallest possible, and the transfer must still be better on spectra it has not seen."""
    cube, nm, ids, field, field_nm = read_gamsberg()
    near = numpy.array([numpy.interp(nm, field_nm, row) for row in field])
    quiet = ((nm < 1330) | (nm > 1480)) & ((nm < 1790) | (nm > 2020)) & (cube > 0).all(axis=0)
    every = numpy.array([angles(cube[:, quiet], numpy.broadcast_to(row[quiet], cube[:, quiet].shape)) for row in near])
    pixel, taken = numpy.full(len(ids), -1), every.copy()
    while (pixel < 0).any():
        k, i = numpy.unravel_index(numpy.argmin(taken), taken.shape)
        pixel[k] = i
        taken[k, :] = taken[:, i] = numpy.inf
    x, s = cube[pixel][:, quiet], near[:, quiet]
    middle = numpy.array([numpy.delete(s, k, axis=0).mean(axis=0) for k in range(len(s))])
    print(f"{len(ids)} field spectra, {quiet.sum()} bands; mean spectral angle (rad) to the field spectrum")
    print(f"raw Hyperion {angles(x, s).mean():.4f}; mean of the other field spectra {angles(middle, s).mean():.4f}; on held-out spectra:")
    names = [f"L{k:02d}" for k in range(len(ids))]
    with tempfile.TemporaryDirectory() as folder:
        def at(name):
            return os.path.join(folder, name)
        write_table(at("x.csv"), names, nm[quiet], x)
        write_table(at("s.csv"), names, nm[quiet], s)
        with open(at("samples.csv"), "w", encoding="utf-8") as file:
            file.write("id,number\n" + "".join(f"{one},{k}\n" for k, one in enumerate(names)))
        for name, chosen in METHODS.items():
            tilth("trainfusion", spectra=at("x.csv"), samples=at("samples.csv"), id_field="id", lab=at("s.csv"), resample="linear",
                  keep_water="yes", output=at("f.json"), **chosen)
            found = diagnosis_of(at("f.json"))
            print(f"{name}: angle {found['angle_rad']:.4f}, explained variance {found['explained_variance']:.3f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", choices=("simulated", "corn", "gamsberg"))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--only", default="", help="simulated, corn: this transfer only (the last ones take minutes)")
    options = parser.parse_args()
    {"simulated": simulated, "corn": corn, "gamsberg": gamsberg}[options.study](options)


if __name__ == "__main__":
    sys.exit(main())
