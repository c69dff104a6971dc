# SPDX-License-Identifier: GPL-2.0-or-later
"""One small run of every tool, with all the outputs that it can write, in a folder of generated inputs."""
import json
import os
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(os.environ.get("TILTH_SOURCE", Path(__file__).resolve().parents[2]))
EXE = os.environ.get("TILTH_EXE", str(ROOT / "build/release/bin/tilth"))
sys.path.insert(0, str(ROOT / "tests/kit"))

import made_products  # noqa: E402  found through the path that is set above
import numpy  # noqa: E402
import world  # noqa: E402

SAMPLES = {"samples": "samples.gpkg", "id_field": "id"}
SOM = dict(SAMPLES, property="SOM")
TRAIN = dict(SOM, scene="scene.dat", mnf="none", transform="none", folds=2, inner_folds=2, repeats=1, validation="random",
             bootstrap=100, max_components=2)

# tool: (parameters, {output parameter: file}); "product" and others are files of make_inputs.
RUNS = {
    "simulatescene": ({"dem": "dem.tif", "samples_count": 40, "width_km": 1, "height_km": 1, "mines": 2},
                      {"scene": "sim.tif", "samples": "sim.gpkg", "lab": "sim.csv", "truth": "truth.tif", "mine_points": "mines.gpkg",
                       "cloud_truth": "cloud.tif"}),
    "importscene": ({"product": "enmap"}, {"output": "imported.tif"}),
    "sceneinfo": ({"scene": "scene.dat"}, {"output": "info.csv", "report": "info.html"}),
    "calibrate": ({"scene": "radiance.tif", "from": "radiance", "sun_zenith": 40, "earth_sun_distance": 1}, {"output": "toa.tif"}),
    "correctatmosphere": ({"scene": "radiance.tif", "quantity": "radiance", "sun_zenith": 30, "aod": 0.1, "water": 1, "elevation": 200,
                           "adjacency": 0},
                          {"output": "surface.tif", "bands_output": "air.csv", "water_output": "vapour.tif"}),
    "maskscene": ({"scene": "product.tif"}, {"output": "mask.tif", "thickness": "thin.tif"}),
    "cleanscene": ({"scene": "scene.dat"}, {"output": "clean.tif"}),
    "samplespectra": ({"scene": "scene.dat", **SAMPLES}, {"output": "sampled.csv"}),
    "importspectra": ({"files": ["one.txt", "two.txt"]}, {"output": "imported.csv"}),
    "summarizesamples": ({"samples": "two.csv", "properties": "SOM,Cu"}, {"output": "summary.csv", "correlations": "pairs.csv"}),
    "spectracorrelation": ({"spectra": "spectra.csv", "permutations": 20, **SOM}, {"output": "spectral.csv"}),
    "trainfusion": ({"scene": "scene.dat", "lab": "lab.csv", "method": "vae", "preset": "paper", "epochs": 1, "neighbours": False, **SAMPLES},
                    {"output": "vae.json"}),
    "fusespectra": ({"spectra": "spectra.csv", "model": "ds.json"}, {"output": "fused.csv"}),
    "fusescene": ({"scene": "scene.dat", "model": "ds.json"}, {"output": "fused.tif"}),
    "selectbands": ({"scene": "scene.dat", "runs": 2, "steps": 5, "folds": 2, "components": 2, **SOM},
                    {"output": "bands.csv", "curve": "curve.csv", "paths": "paths.csv"}),
    "comparemodels": ({"scene": "scene.dat", "lab": "lab.csv", "methods": "plsr", "mnf": "none", "selection": "none", "folds": 2,
                       "inner_folds": 2, "repeats": 1, "bootstrap": 100, "validation": "random", **SOM},
                      {"output": "rows.csv", "document": "rows.json", "page": "rows.html"}),
    "trainmodel": (TRAIN, {"output": "model.json", "predictions": "predictions.csv"}),
    "mapproperty": ({"scene": "scene.dat", "model": "som.json"}, {"output": "map.tif"}),
    "makevrt": ({"scene": "scene.dat", "model": "som.json"}, {"output": "map.vrt"}),
    "modelinfo": ({"model": "som.json"}, {"output": "about.csv"}),
    "fillsinks": ({"dem": "dem.tif"}, {"output": "filled.tif", "sinks": "sinks.tif"}),
    "flowaccumulation": ({"dem": "dem.tif", "method": "d8"}, {"output": "area.tif", "sca": "sca.tif", "directions": "flow.tif", "contaminated": "edge.tif"}),
    "slope": ({"dem": "dem.tif", "unit": "degree"}, {"output": "slope.tif", "aspect": "aspect.tif", "curvature": "curved.tif"}),
    "wetness": ({"dem": "dem.tif", "index": "saga"},
                {"output": "twi.tif", "area": "twi_area.tif", "modified_area": "twi_more.tif", "catchment_slope": "twi_slope.tif"}),
    "lsfactor": ({"dem": "dem.tif"}, {"output": "ls.tif"}),
    "terrainfactors": ({"dem": "dem.tif"},
                       {name: f"terrain_{name}.tif" for name in ("filled", "slope", "aspect", "area", "sca", "twi", "ls")}),
    "streams": ({"dem": "dem.tif", "threshold": 60},
                {"output": "net.gpkg", "order_raster": "order.tif", "tree": "tree.csv", "coordinates": "along.csv", "basins": "basins.gpkg",
                 "basins_raster": "basins.tif", "directions": "d8.tif"}),
    "correlatemaps": ({"maps": ["dem.tif"], "factors": ["slope_in.tif"], "halves": True}, {"output": "correlation.csv"}),
    "streamprofile": ({"map": "dem.tif", "streams": "streams.gpkg", "placements": 3}, {"output": "profile.csv"}),
    "report": ({"models": ["som.json"], "maps": ["slope_in.tif"], "streams": "streams.gpkg"}, {"output": "page.html"}),
    "checkinstall": ({}, {"output": "installed.csv"}),
}

STARTS_PYTHON = ("report", "checkinstall", "sceneinfo", "comparemodels")  # pages come from a child process, which takes a second

# Further formats of outputs: (tool, output parameter, file).
FORMATS = [("slope", "output", "slope.dat"), ("slope", "output", "slope.img"), ("slope", "output", "slope.bsq"),
           ("cleanscene", "output", "clean.bip"), ("cleanscene", "output", "clean.dat"), ("streams", "output", "net.shp"),
           ("streams", "output", "net.geojson"), ("streams", "basins", "basins.shp"), ("streams", "basins", "basins.geojson"),
           ("mapproperty", "output", "map.dat"), ("fusescene", "output", "fused.bil")]


def parameters(tool, outputs=None, **changes):
    """The parameters of the run of a tool as a JSON text."""
    given, written = RUNS[tool]
    return json.dumps({**given, **(written if outputs is None else outputs), "threads": 1, "memory": 256, **changes})


def must(folder, tool, **given):
    done = subprocess.run([EXE, "run", tool], cwd=folder, input=json.dumps(given), capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{tool}: {done.stderr}")


def make_inputs(folder):
    """Writes every input of RUNS into the folder."""
    at = Path(folder)
    world.write_raster(at / "dem.tif", world.elevation(24, 28))
    layers = world.scene_layers()
    world.write_scene(at / "scene.dat", layers)
    world.write_samples(at / "samples.gpkg")
    world.write_lab(at / "lab.csv")
    nm = numpy.array(world.BANDS)
    light = made_products.sunlight(nm) * numpy.cos(numpy.radians(30)) / numpy.pi
    world.write_scene(at / "radiance.dat", layers * light[:, None, None])
    must(at, "calibrate", scene="radiance.dat", **{"from": "radiance", "to": "radiance"}, output="radiance.tif")
    made_products.enmap(at / "enmap")
    for name, shift in (("one", 0.0), ("two", 0.01)):
        with open(at / f"{name}.txt", "w", encoding="utf-8") as file:
            for k in range(120):
                file.write(f"{400 + 5 * k} {0.2 + 0.001 * k + shift:.5f}\n")
    with open(at / "two.csv", "w", encoding="utf-8") as file:
        file.write("id,x,y,SOM,Cu\n")
        for k, (row, column) in enumerate(world.sample_cells()):
            x, y = world.position(row, column)
            file.write(f"S{k:02d},{x},{y},{20 + k % 7},{30 + k % 5}\n")
    must(at, "importscene", product="enmap", output="product.tif")
    must(at, "samplespectra", scene="scene.dat", **SAMPLES, output="spectra.csv")
    must(at, "trainfusion", scene="scene.dat", lab="lab.csv", **SAMPLES, output="ds.json")
    must(at, "trainmodel", **TRAIN, output="som.json")
    must(at, "slope", dem="dem.tif", output="slope_in.tif")
    must(at, "streams", dem="dem.tif", threshold=60, output="streams.gpkg")


def tools():
    """The ids of all tools of the program under test."""
    done = subprocess.run([EXE, "describe", "--json"], capture_output=True, text=True, check=True)
    return [one["id"] for one in json.loads(done.stdout)["algorithms"]]
