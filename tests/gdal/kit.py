# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of the GDAL plugin share: a scene, a model whose result is known, and GDAL's programs."""
import json
import os
import subprocess
import tempfile
import unittest

import numpy as np
from osgeo import gdal

gdal.UseExceptions()

EXE = os.environ["TILTH_EXE"]
PLUGIN = os.environ["TILTH_PLUGIN"]
FOLDER = os.path.dirname(PLUGIN)

BANDS = 12
WAVELENGTHS = [450.0 + 60.25 * i for i in range(BANDS)]
USED = [9, 1, 4, 7]  # bands of the scene that the model uses, in the model's order

PING = ('<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Float32" band="1" '
        'subClass="VRTDerivedRasterBand"><NoDataValue>-9999</NoDataValue>'
        '<PixelFunctionType>tilth_ping</PixelFunctionType></VRTRasterBand></VRTDataset>')


def environment(**more):
    """The environment of a child process that loads the plugin."""
    return {**os.environ, "GDAL_DRIVER_PATH": FOLDER, "GDAL_PAM_ENABLED": "NO", **more}


def call(*command, env=None):
    return subprocess.run(command, env=env or environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)


def tilth(*arguments):
    """Runs the command line; a failure fails the test with its sentence."""
    done = call(EXE, *arguments)
    if done.returncode != 0:
        raise AssertionError(f"tilth {' '.join(arguments)}: {done.stderr}")
    return done


def translate(source, target, *options, env=None):
    return call("gdal_translate", "-q", *options, str(source), str(target), env=env)


def load_plugin_here():
    """Makes the pixel functions known to the GDAL of this very process."""
    gdal.SetConfigOption("GDAL_DRIVER_PATH", FOLDER)
    gdal.AllRegister()


AREA = [[0.0, 0.0], [1.0, -0.5], [-0.5, 1.0]]  # training samples of the area of applicability


def model(wavelengths, **more):
    """A property model of the documented form: value = 5 + sum of coefficients times reflectance."""
    p = len(wavelengths)

    def function(shift):
        return {"recipe": 0, "regression": "plsr", "components": 2, "smearing": 1, "features": p, "intercept": 5.0 + shift,
                "scene": [3.0 * (-1) ** j / (j + 1) + shift for j in range(p)]}

    n = 60
    return {"format": "tilth-model", "version": 1, "kind": "property", "property": "SOM", "unit": "g/kg",
            "features": "scene", "calibration": "lab", "log": False, "level": 0.9,
            "wavelength_nm": list(wavelengths), "fwhm_nm": [10.0] * p,
            "projection": {"shift": [-0.4, 0.1], "weight": [[1.0, (-1.0) ** j] for j in range(p)]},
            "applicability": {"scores": 2, "mean": [0.2, 0.1], "factor": [3.0, 2.0], "mean_distance": 1.5, "threshold": 0.4,
                              "reference": AREA, "di": [0.1, 0.2, 0.3]},
            "model": function(0.0), "folds": [function(0.01 * k) for k in (-2, -1, 1, 2)],
            "residuals": {"fold": [i % 4 for i in range(n)], "absolute": [0.01 * i for i in range(n)]}, **more}


def write_model(path, wavelengths=None, **more):
    content = model([WAVELENGTHS[b] for b in USED] if wavelengths is None else wavelengths, **more)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file)
    return path


def stored_scene(rows=37, columns=53):
    """Reflectance x 10000 as Int16 with some NoData (-32768): [bands, rows, columns]."""
    rng = np.random.default_rng(7)
    cube = rng.integers(200, 9000, size=(BANDS, rows, columns)).astype(np.int16)
    cube[:, 3:6, 10:20] = -32768       # a hole in all bands
    cube[USED[1], 20, 30] = -32768     # in one band that is used
    cube[0, 25, 40] = -32768           # in one band that is not used
    return cube


def write_scene(path, driver="GTiff", options=(), cube=None, south_up=False, wavelengths=True):
    """The cube with wavelengths, scale 1/10000 and NoData, in the layout that was asked for."""
    cube = stored_scene() if cube is None else cube
    bands, rows, columns = cube.shape
    kinds = {"int16": gdal.GDT_Int16, "float32": gdal.GDT_Float32}
    memory = gdal.GetDriverByName("MEM").Create("", columns, rows, bands, kinds[cube.dtype.name])
    memory.SetGeoTransform((500000, 30, 0, 4000000 - 30 * rows, 0, 30) if south_up
                           else (500000, 30, 0, 4000000, 0, -30))
    memory.SetProjection(utm_wkt())
    for i in range(bands):
        band = memory.GetRasterBand(i + 1)
        band.WriteArray(cube[i])
        band.SetNoDataValue(-32768)
        if driver != "ENVI":
            band.SetScale(1e-4)
        if wavelengths and driver != "ENVI":
            band.SetMetadata({"wavelength": repr(WAVELENGTHS[i]), "wavelength_units": "nm"})
    gdal.GetDriverByName(driver).CreateCopy(path, memory, options=list(options))
    if driver == "ENVI":
        header = os.path.splitext(path)[0] + ".hdr"
        with open(header, "a", encoding="ascii") as file:
            file.write("wavelength units = Nanometers\n")
            file.write("wavelength = {" + ", ".join(map(repr, WAVELENGTHS)) + "}\n")
            file.write("reflectance scale factor = 10000\n")
    return path


def utm_wkt():
    from osgeo import osr
    system = osr.SpatialReference()
    system.ImportFromEPSG(32633)
    return system.ExportToWkt()


def expected(cube, layer="value", scale=1e-4):
    """The result of the model of write_model, in plain numpy, to a few ulps of float32."""
    coefficients = np.array(model([WAVELENGTHS[b] for b in USED])["model"]["scene"])
    x = (cube[USED].astype(np.float64) * scale).astype(np.float32).astype(np.float64)
    value = 5.0 + np.tensordot(coefficients, x, axes=1)
    value[(cube[USED] == -32768).any(axis=0)] = np.nan
    return value


def expected_di(cube, scale=1e-4):
    """The dissimilarity index of the model of write_model, in plain numpy."""
    area = model([WAVELENGTHS[b] for b in USED])
    projection, area = area["projection"], area["applicability"]
    x = cube[USED].astype(np.float64) * scale
    scores = np.array(projection["shift"])[:, None, None] + np.tensordot(np.array(projection["weight"]).T, x, axes=1)
    scores = (scores - np.array(area["mean"])[:, None, None]) * np.array(area["factor"])[:, None, None]
    distance = [np.sqrt(((scores - np.array(one)[:, None, None]) ** 2).sum(axis=0)) for one in AREA]
    di = np.min(distance, axis=0) / area["mean_distance"]
    di[(cube[USED] == -32768).any(axis=0)] = np.nan
    return di


def pixels(path):
    """All bands of a raster."""
    dataset = gdal.Open(str(path))
    cube = dataset.ReadAsArray()
    return cube if cube.ndim == 3 else cube[np.newaxis]


class Case(unittest.TestCase):
    """Every test in an empty folder with a blank and a Chinese character in its name."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="tilth 土 ")
        self.addCleanup(self._folder.cleanup)

    def path(self, name):
        return os.path.join(self._folder.name, name)

    def assertSameBytes(self, a, b):
        self.assertEqual(a.dtype, b.dtype)
        self.assertEqual(a.shape, b.shape)
        self.assertEqual(a.tobytes(), b.tobytes(), f"{np.count_nonzero(a != b)} pixels differ")
