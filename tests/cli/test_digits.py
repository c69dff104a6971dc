#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Elevations of more digits than float32 keep their relief: the results are those of the same relief at the height of the sea."""
import csv
import unittest

import kit
import numpy
import world
from osgeo import gdal

HEIGHT = 8000.0


def write(path, z, kind=gdal.GDT_Float64, nodata=None, scale=None):
    made = gdal.GetDriverByName("GTiff").Create(str(path), z.shape[1], z.shape[0], 1, kind)
    made.SetGeoTransform((world.WEST, 1.0, 0.0, world.NORTH, 0.0, -1.0))
    made.SetProjection(world.crs().ExportToWkt())
    band = made.GetRasterBand(1)
    if nodata is not None:
        band.SetNoDataValue(nodata)
    if scale is not None:
        band.SetScale(scale)
    band.WriteArray(z)
    made.FlushCache()


def relief(rows=60, columns=80):
    """0.8 m of relief, in steps of 1 / 65536 m, so that float32 holds it exactly at sea level."""
    i, j = numpy.mgrid[0:rows, 0:columns].astype(float)
    z = 0.3 * numpy.sin(i / 9.0) * numpy.cos(j / 11.0) + 0.004 * j
    return numpy.round(z * 65536) / 65536


class Digits(kit.TilthCase):
    def read(self, name):
        return gdal.Open(str(self.folder / name)).ReadAsArray().astype(float)

    def test_slope_and_water_are_those_of_the_sea(self):
        z = relief()
        write(self.folder / "sea.tif", z)
        write(self.folder / "high.tif", z + HEIGHT)
        hole = z + HEIGHT
        hole[10:13, 20:30] = -9999.5
        write(self.folder / "hole.tif", hole, nodata=-9999.5)
        write(self.folder / "numbers.tif", numpy.round((z + HEIGHT) * 65536 / 8).astype(numpy.int32), gdal.GDT_Int32, scale=8 / 65536)
        for tool, more in (("slope", ("--unit", "degree")), ("flowaccumulation", ()), ("wetness", ())):
            for name in ("sea.tif", "high.tif", "hole.tif", "numbers.tif"):
                self.must(tool, "--dem", name, "--output", f"{tool} {name}", *more)
            sea, high, hole = (self.read(f"{tool} {name}.tif") for name in ("sea", "high", "hole"))
            if tool == "slope":
                numpy.testing.assert_allclose(high, sea, atol=2e-5)
                numpy.testing.assert_allclose(hole[20:, :], sea[20:, :], atol=2e-5)
                self.assertTrue(numpy.isnan(hole[10:13, 20:30]).all())
                numpy.testing.assert_allclose(self.read("slope numbers.tif"), sea, atol=0.02)
            else:
                self.assertLess(numpy.count_nonzero(~numpy.isclose(high, sea, rtol=1e-3)), 0.02 * sea.size)

    def test_outputs_are_elevations_in_memory_and_in_tiles(self):
        z = relief() + HEIGHT
        z[20:25, 30:36] -= 0.25
        write(self.folder / "high.tif", z)
        self.must("fillsinks", "--dem", "high.tif", "--min_slope", "0", "--output", "filled.tif")
        filled = self.read("filled.tif")
        self.assertTrue((filled >= z.astype(numpy.float32) - 5e-4).all())
        self.assertLess(numpy.abs(filled - z).max(), 1.0)
        self.must("terrainfactors", "--dem", "high.tif", "--filled", "f.tif", "--slope", "s.tif")
        self.assertLess(numpy.abs(self.read("f.tif") - z).max(), 1.0)
        large = numpy.tile(z, (32, 25))
        write(self.folder / "large.tif", large)
        for words, name in (((), "whole.tif"), (("--memory", "32"), "tiles.tif")):
            said = self.must("fillsinks", "--dem", "large.tif", "--output", name, *words).stdout
            self.assertEqual("works in tiles" in said, name == "tiles.tif")
            self.must("slope", "--dem", "large.tif", "--output", f"slope {name}", *words)
        numpy.testing.assert_array_equal(self.read("whole.tif"), self.read("tiles.tif"))
        numpy.testing.assert_array_equal(self.read("slope whole.tif"), self.read("slope tiles.tif"))

    def test_streams_have_their_elevations(self):
        i, j = numpy.mgrid[0:60, 0:60].astype(float)
        write(self.folder / "valley.tif", HEIGHT + (60.0 - i) / 64 + numpy.abs(j - 30) / 32)
        self.must("streams", "--dem", "valley.tif", "--threshold", "400", "--output", "s.gpkg", "--coordinates", "p.csv")
        with open(self.folder / "p.csv", encoding="utf-8") as file:
            heights = [float(row["elevation_m"]) for row in csv.DictReader(file)]
        self.assertGreater(min(heights), HEIGHT)
        self.assertLess(max(heights), HEIGHT + 2)

    def test_float32_is_read_as_before(self):
        write(self.folder / "f4.tif", (relief() + HEIGHT).astype(numpy.float32), gdal.GDT_Float32)
        write(self.folder / "f8.tif", (relief() + HEIGHT).astype(numpy.float32).astype(float))
        for name in ("f4.tif", "f8.tif"):
            self.must("fillsinks", "--dem", name, "--min_slope", "0", "--output", f"filled {name}")
        numpy.testing.assert_array_equal(self.read("filled f4.tif"), self.read("filled f8.tif"))


if __name__ == "__main__":
    unittest.main()
