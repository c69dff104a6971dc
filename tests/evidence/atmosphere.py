#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How large is the error of the reflectance of correctatmosphere? The scenes are fields, crops, a pond and a yard of known reflectance
under five loads of aerosol and water, seen through the radiative transfer code 6S with light from the surroundings and noise
(tests/kit/air.py); no formula of tilth's atmosphere is used to make them.

    TILTH_EXE=build/release/bin/tilth tests/evidence/atmosphere.py      writes the tables of docs/methods/atmosphere.md

builtin and table get the aerosol load as a parameter and find the water themselves; "aerosol unknown" uses the default of 0.1. The table
is 6S itself, interpolated: it shows the error that remains when the physics is known. line has a pond and a yard measured
without error. scene_mean has a library of other soils and crops than those of the scene."""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from osgeo import gdal

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "kit"))
import air  # noqa: E402

gdal.UseExceptions()
EXE = os.environ["TILTH_EXE"]
SIDE = 60


def tilth(folder, name, **parameters):
    command = [EXE, "correctatmosphere", "--json", "--scene", f"{folder}/top.img", "--output", f"{folder}/{name}.tif"]
    for key, value in parameters.items():
        command += ["--" + key, str(value)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    ground = gdal.Open(f"{folder}/{name}.tif").ReadAsArray().transpose(1, 2, 0)
    return json.loads(done.stdout), ground


def libraries(folder):
    """Spectra of the two targets and of a library; points of the targets."""
    nm = np.arange(380.0, 2511.0, 2.0)
    field = air.field(nm, SIDE, 1)
    air.write_spectra(f"{folder}/targets.csv", ["pond", "yard"], nm, [field[3, 3], field[3, SIDE - 3]])
    at = lambda cell: 500000.0 + air.CELL * (cell + 0.5)
    rows = [f"pond,{at(3)},{4300000.0 - air.CELL * 3.5}", f"yard,{at(SIDE - 3)},{4300000.0 - air.CELL * 3.5}"]
    Path(f"{folder}/points.csv").write_text("id,x,y\n" + "\n".join(rows) + "\n")
    random = np.random.default_rng(77)
    library = [air.soil(nm, random.uniform(0.15, 0.55), random.uniform(0, 1)) for _ in range(12)]
    library += [air.plant(nm, random.uniform(0.2, 1.0)) for _ in range(6)]
    library += [0.03 + 0.02 * np.exp(-(nm - 500.0) / 150.0), air.soil(nm, 0.75, 0.1)]
    air.write_spectra(f"{folder}/library.csv", [f"s{i}" for i in range(len(library))], nm, library)


def gas_of_6s(centre, fwhm, aod, water):
    """Two-way transmittance of the gases in 6S: what it lets through over what smooth scattering would."""
    nm, _, through, _ = air.read_6s()[f"{aod:.2f}_{water:.1f}"]
    um = nm / 1000.0
    molecules = 0.008569 / um ** 4 * (1.0 + 0.0113 / um ** 2) * 0.965
    mass = 1.0 + 1.0 / np.cos(np.radians(air.SUN_ZENITH))
    smooth = np.exp(-(0.52 * molecules + 0.2 * aod * (um / 0.55) ** -1.3) * mass)
    return air.see(nm, np.minimum(through / smooth, 1.0), centre, fwhm)


def errors(found, truth, bands):
    both = np.abs(found[:, :, bands] - truth[:, :, bands])
    return np.nanmean(both)


def main():
    methods = ("builtin", "builtin, adjacency", "builtin, aerosol unknown", "table", "table, adjacency", "line", "scene_mean")
    print("| aerosol | water | method | water found | 400-700 nm | clear bands above 700 nm | edges of bands | all kept |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for aod, water in air.LOADS:
        with tempfile.TemporaryDirectory() as folder:
            centre, fwhm, top, truth = air.scene(aod, water, SIDE)
            air.write_envi(f"{folder}/top.img", top, centre, fwhm)
            air.write_table(f"{folder}/lut.bin")
            libraries(folder)
            gas = gas_of_6s(centre, fwhm, aod, water)
            known = {"quantity": "toa_reflectance", "sun_zenith": air.SUN_ZENITH, "elevation": air.ELEVATION, "view_zenith": 0}
            for method in methods:
                word = method.split(",")[0]
                options = dict(known, method=word) if word in ("builtin", "table") else {"method": word}
                if word in ("builtin", "table"):
                    options["aod"] = 0.1 if "unknown" in method else aod
                if word == "table":
                    options["table"] = f"{folder}/lut.bin"
                if "adjacency" in method:
                    options["adjacency"] = 450
                if word == "line":
                    options.update(targets=f"{folder}/points.csv", target_id="id", spectra=f"{folder}/targets.csv")
                if word == "scene_mean":
                    options["spectra"] = f"{folder}/library.csv"
                result, found = tilth(folder, "ground", **options)
                kept = np.isfinite(found).all(axis=(0, 1)) & (gas > 0.1)
                visible = kept & (centre > 400.0) & (centre < 700.0)
                clear = kept & (centre >= 700.0) & (gas > 0.9)
                edges = kept & (centre >= 700.0) & (gas <= 0.9)
                text = f"{result.get('water_g_cm2'):.2f}" if result.get("water_g_cm2") is not None else ""
                print(f"| {aod} | {water} | {method} | {text} | " +
                      " | ".join(f"{errors(found, truth, b):.4f}" for b in (visible, clear, edges, kept)) + " |")


if __name__ == "__main__":
    main()
