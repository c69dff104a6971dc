# SPDX-License-Identifier: GPL-2.0-or-later
"""A small study area generated when a test runs, and the ways to run a tool on it."""
import json
import os
import subprocess
import tempfile

import numpy
from osgeo import gdal, osr

gdal.UseExceptions()

EXE = os.environ["TILTH_EXE"]
SOURCE = os.environ["TILTH_SOURCE"]
SHARED = os.environ.get("TILTH_SHARED", os.path.join(SOURCE, "..", "shared"))


def tilth(tool, **parameters):
    """Runs a tool on the command line; returns its result. Raises with the sentence when it fails."""
    words = [EXE, tool, "--json"]
    for name, value in parameters.items():
        values = value if isinstance(value, (list, tuple)) else [value]
        for one in values:
            words += ["--" + name, str(one)]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{tool}: exit {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def make_dem(path, rows=100, columns=110, cell=50.0, seed=1):
    """A hilly surface in UTM zone 16 north: a sum of waves that falls to the south."""
    random = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[0:rows, 0:columns]
    z = 400.0 - 0.8 * y
    for _ in range(12):
        length = random.uniform(8, 60)
        angle = random.uniform(0, 2 * numpy.pi)
        phase = random.uniform(0, 2 * numpy.pi)
        z += 0.25 * length * numpy.sin((x * numpy.cos(angle) + y * numpy.sin(angle)) * 2 * numpy.pi / length + phase)
    data = gdal.GetDriverByName("GTiff").Create(path, columns, rows, 1, gdal.GDT_Float32)
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32616)
    data.SetProjection(crs.ExportToWkt())
    data.SetGeoTransform((730000.0, cell, 0.0, 4060000.0, 0.0, -cell))
    data.GetRasterBand(1).WriteArray(z.astype(numpy.float32))
    data.FlushCache()


def read(path, band=None):
    """All bands of a raster (or one) as an array."""
    data = gdal.Open(path)
    return data.ReadAsArray() if band is None else data.GetRasterBand(band).ReadAsArray()


def make_study(folder):
    """DEM, simulated scene, samples, lab spectra and a model of SOM in folder."""
    def at(name):
        return os.path.join(folder, name)

    make_dem(at("dem.tif"))
    tilth("simulatescene", dem=at("dem.tif"), seed=11, scene=at("scene.tif"), samples=at("samples.gpkg"),
          lab=at("lab.csv"), truth=at("truth.tif"))
    tilth("trainmodel", scene=at("scene.tif"), samples=at("samples.gpkg"), id_field="id", property="SOM_g_kg",
          unit="g/kg", output=at("som.json"))
    return at


def folder():
    return tempfile.TemporaryDirectory(prefix="tilth-parity-")
