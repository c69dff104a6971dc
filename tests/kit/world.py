# SPDX-License-Identifier: GPL-2.0-or-later
"""Small inputs for the tests of the front ends: elevation, scene, samples and lab spectra, generated when a test runs.

The property SOM darkens the spectra around 650 nm and nothing else does, so a model of it has something to find.
Everything follows from fixed seeds; no file is shipped.
"""
import math

import numpy
from osgeo import gdal, ogr, osr

gdal.UseExceptions()
ogr.UseExceptions()
osr.UseExceptions()

EPSG = 32616
WEST, NORTH, CELL = 700000.0, 4060000.0, 30.0
ROWS, COLUMNS = 30, 36
BANDS = [450.0 + 65.0 * k for k in range(30)]


def crs(epsg=EPSG):
    made = osr.SpatialReference()
    made.ImportFromEPSG(epsg)
    made.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return made


def write_raster(path, layers, nodata=None, driver="GTiff", options=(), epsg=EPSG, cell=CELL):
    """layers [bands, rows, columns] or [rows, columns] as float32."""
    layers = numpy.atleast_3d(numpy.asarray(layers, dtype=numpy.float32).T).T
    bands, rows, columns = layers.shape
    dataset = gdal.GetDriverByName(driver).Create(str(path), columns, rows, bands, gdal.GDT_Float32, list(options))
    dataset.SetGeoTransform((WEST, cell, 0.0, NORTH, 0.0, -cell))
    if epsg:
        dataset.SetProjection(crs(epsg).ExportToWkt())
    for k in range(bands):
        band = dataset.GetRasterBand(k + 1)
        if nodata is not None:
            band.SetNoDataValue(nodata)
        band.WriteArray(layers[k])
        band = None
    dataset.FlushCache()
    dataset = None
    return str(path)


def elevation(rows=40, columns=50, seed=1):
    """A valley that falls to the south, with hills."""
    i, j = numpy.mgrid[0:rows, 0:columns].astype(float)
    noise = numpy.random.default_rng(seed).normal(0.0, 0.3, (rows, columns))
    return 500.0 - 2.0 * i + 0.05 * (j - columns / 2) ** 2 + 6.0 * numpy.sin(i / 5.0) * numpy.cos(j / 6.0) + noise


def som_map():
    i, j = numpy.mgrid[0:ROWS, 0:COLUMNS].astype(float)
    return 22.0 + 9.0 * numpy.sin(i / 6.0) * numpy.cos(j / 7.0) + 4.0 * numpy.sin(j / 3.0)


def spectrum(som, wavelength):
    """Reflectance of a soil: brighter to the infrared, darker with organic matter around 650 nm."""
    bright = 0.12 + 0.22 * (wavelength - 400.0) / 2100.0
    return bright - 0.0022 * som * math.exp(-((wavelength - 650.0) / 350.0) ** 2)


def scene_layers(seed=2):
    som = som_map()
    noise = numpy.random.default_rng(seed).normal(0.0, 0.001, (len(BANDS), ROWS, COLUMNS))
    return numpy.stack([spectrum(som, wavelength) for wavelength in BANDS]) + noise


def write_scene(path, layers=None, wavelengths=BANDS, nodata=-9999.0, interleave="BIL"):
    """An ENVI scene <path> with its header; wavelengths None leaves them out."""
    layers = scene_layers() if layers is None else layers
    write_raster(path, numpy.where(numpy.isfinite(layers), layers, nodata), nodata, "ENVI", [f"INTERLEAVE={interleave}"])
    header = str(path).rsplit(".", 1)[0] + ".hdr"
    with open(header, encoding="utf-8") as file:
        text = file.read()
    text = "\n".join(line for line in text.splitlines() if not line.startswith(("wavelength", "fwhm"))) + "\n"
    if wavelengths is not None:
        text += "wavelength units = Nanometers\nwavelength = {" + ", ".join(f"{one:.2f}" for one in wavelengths) + "}\n"
    with open(header, "w", encoding="utf-8") as file:
        file.write(text)
    return str(path)


def sample_cells(n=40, seed=3):
    """n different cells (row, column), none on the edge."""
    order = numpy.random.default_rng(seed).permutation((ROWS - 2) * (COLUMNS - 2))[:n]
    return [(1 + int(k) // (COLUMNS - 2), 1 + int(k) % (COLUMNS - 2)) for k in order]


def position(row, column):
    return WEST + (column + 0.5) * CELL, NORTH - (row + 0.5) * CELL


def write_samples(path, points=None, epsg=EPSG, from_epsg=EPSG):
    """A GeoPackage of points with the fields id and SOM; points is a list of (id, x, y, SOM)."""
    if points is None:
        som = som_map()
        points = [(f"S{k:02d}", *position(row, column), float(som[row, column]))
                  for k, (row, column) in enumerate(sample_cells())]
    way = osr.CoordinateTransformation(crs(from_epsg), crs(epsg))
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = dataset.CreateLayer("samples", crs(epsg), ogr.wkbPoint)
    layer.CreateField(ogr.FieldDefn("id", ogr.OFTString))
    layer.CreateField(ogr.FieldDefn("SOM", ogr.OFTReal))
    for name, x, y, som in points:
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetField("id", name)
        feature.SetField("SOM", som)
        if epsg != from_epsg:
            x, y = way.TransformPoint(x, y)[:2]
        feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POINT ({x!r} {y!r})"))
        layer.CreateFeature(feature)
        feature = None
    layer = None
    dataset = None
    return str(path)


def write_lab(path):
    """Lab spectra of the samples at 400 to 2500 nm, every 5 nm."""
    wavelengths = [400.0 + 5.0 * k for k in range(421)]
    som = som_map()
    with open(path, "w", encoding="utf-8") as file:
        file.write("id," + ",".join(f"{one:g}" for one in wavelengths) + "\n")
        for k, (row, column) in enumerate(sample_cells()):
            values = [1.1 * spectrum(float(som[row, column]), one) for one in wavelengths]
            file.write(f"S{k:02d}," + ",".join(f"{one:.6f}" for one in values) + "\n")
    return str(path)


def read(path, band=None):
    """All bands of a raster, or one of them, as an array. (A band must not outlive its dataset.)"""
    dataset = gdal.Open(str(path))
    values = dataset.ReadAsArray() if band is None else dataset.GetRasterBand(band).ReadAsArray()
    dataset = None
    return values
