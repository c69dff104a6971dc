#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Elevation models that are none, or not what they seem: every terrain tool refuses them in one clear sentence, and computes thin or
flat ones correctly."""
import unittest

import kit
import numpy
import world
from osgeo import gdal, ogr, osr

TOOLS = {"slope": ("--output", "o.tif"), "fillsinks": ("--output", "o.tif"), "flowaccumulation": ("--output", "o.tif"),
         "wetness": ("--output", "o.tif"), "lsfactor": ("--output", "o.tif"), "terrainfactors": ("--twi", "o.tif"),
         "streams": ("--output", "o.gpkg")}


def write(path, z, transform=(700000.0, 30.0, 0.0, 4060000.0, 0.0, -30.0), crs=world.EPSG, unit=None):
    data = gdal.GetDriverByName("GTiff").Create(str(path), z.shape[1], z.shape[0], 1, gdal.GDT_Float32)
    data.SetGeoTransform(transform)
    place = osr.SpatialReference()
    place.SetFromUserInput(crs if isinstance(crs, str) else f"EPSG:{crs}")
    data.SetProjection(place.ExportToWkt())
    if unit:
        data.GetRasterBand(1).SetUnitType(unit)
    data.GetRasterBand(1).WriteArray(z.astype(numpy.float32))
    data.FlushCache()


def write_layer(path, kind, texts):
    """Geometries as text in the CRS of the world."""
    data = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = data.CreateLayer("given", world.crs(), kind)
    for text in texts:
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometry(ogr.CreateGeometryFromWkt(text))
        layer.CreateFeature(feature)
    data.FlushCache()


class Ground(kit.TilthCase):
    @classmethod
    def prepare(cls):
        cls.z = world.elevation()
        write(cls.folder / "dem.tif", cls.z)

    def read(self, name):
        return gdal.Open(str(self.folder / name)).ReadAsArray()

    def each_refuses(self, dem, *wanted, status=kit.FAILED):
        for tool, (parameter, output) in TOOLS.items():
            with self.subTest(tool=tool):
                self.refused(status, ["dem", *wanted], tool, "--dem", dem, output=output, parameter=parameter[2:])

    def each_says(self, dem, *wanted, also=()):
        """The tools run, and report it in one line of the log."""
        for tool, words in TOOLS.items():
            with self.subTest(tool=tool):
                lines = self.must(tool, "--dem", dem, *words, *also).stdout.splitlines()
                self.assertEqual(sum(all(text in line for text in wanted) for line in lines), 1, lines)

    def test_what_is_no_raster(self):
        (self.folder / "notes.tif").write_text("elevation: about 500 m\n", encoding="utf-8")
        (self.folder / "dem.csv").write_text("x,y,z\n1,2,3\n", encoding="utf-8")
        self.each_refuses("notes.tif", "notes.tif")
        self.each_refuses("dem.csv", "dem.csv")
        self.each_refuses("gone.tif", "gone.tif", status=kit.USAGE)

    def test_a_picture_of_three_bands(self):
        world.write_raster(self.folder / "picture.tif", numpy.stack([self.z, self.z + 1, self.z + 2]))
        self.each_says("picture.tif", "'picture.tif' has 3 bands", "the first one is used as elevation")

    def test_nodata_only(self):
        world.write_raster(self.folder / "void.tif", numpy.full((20, 20), -9999.0), nodata=-9999.0)
        world.write_raster(self.folder / "nan.tif", numpy.full((20, 20), numpy.nan))
        self.each_refuses("void.tif", "void.tif", "NoData in every cell")
        self.each_refuses("nan.tif", "nan.tif", "NoData in every cell")

    def test_all_equal(self):
        write(self.folder / "flat.tif", numpy.full((20, 20), 312.5))
        self.each_says("flat.tif", "every cell holds 312.5", "no slope")

    def test_one_row_one_column_one_cell(self):
        for name, z in (("row.tif", self.z[:1]), ("column.tif", self.z[:, :1]), ("cell.tif", self.z[:1, :1])):
            write(self.folder / name, z)
            for tool, words in TOOLS.items():
                with self.subTest(tool=tool, dem=name):
                    self.must(tool, "--dem", name, *words)
                    if words[1] == "o.tif":
                        made = self.read("o.tif")
                        self.assertEqual(made.shape, z.shape)
                        self.assertTrue(numpy.isfinite(made).all())

    def test_nan_and_infinity_are_nodata(self):
        z = self.z.copy()
        z[7:9, 20:24] = numpy.nan
        z[3, 4] = numpy.inf
        write(self.folder / "holes.tif", z)
        z[3, 4] = numpy.nan
        for tool, words in TOOLS.items():
            self.must(tool, "--dem", "holes.tif", *words)
            if words[1] == "o.tif":
                made = self.read("o.tif")
                numpy.testing.assert_array_equal(numpy.isnan(made), numpy.isnan(z), tool)

    def test_missing_values_that_nobody_declared(self):
        z = self.z.copy()
        z[0, :4] = -9999.0
        write(self.folder / "marked.tif", z)
        self.each_says("marked.tif", "4 cells hold -9999", "looks like a missing value")

    def test_degrees(self):
        degrees = (10.0, 1 / 1200, 0.0, 47.0, 0.0, -1 / 1200)
        write(self.folder / "degrees.tif", self.z, degrees, 4326)
        self.each_says("degrees.tif", "in degrees; cells are measured in metres")
        head = f"ncols 50\nnrows 40\nxllcorner 10\nyllcorner 47\ncellsize {1 / 1200}\n"
        rows = "\n".join(" ".join(f"{value:.2f}" for value in row) for row in self.z)
        (self.folder / "nameless.asc").write_text(head + rows + "\n", encoding="utf-8")
        self.each_says("nameless.asc", "no coordinate reference system", "look like degrees", "EPSG:4326")

    def test_feet_are_turned_to_metres_and_other_units_refused(self):
        self.must("slope", "--dem", "dem.tif", "--output", "metres.tif")
        metres = self.read("metres.tif")
        write(self.folder / "feet.tif", self.z / 0.3048, unit="ft")
        write(self.folder / "survey.tif", self.z * 3937 / 1200, crs="EPSG:32616+6360")
        self.each_says("feet.tif", "heights of the file are in 'ft'", "converted to metres")
        self.each_says("survey.tif", "heights of the file are in 'US survey foot'", "converted to metres")
        for name, words in (("feet.tif", ()), ("survey.tif", ()), ("feet.tif", ("--z_factor", "0.3048"))):
            self.must("slope", "--dem", name, "--output", "s.tif", *words)
            made = self.read("s.tif")
            # Heights of 500 m are stored to 6e-5 m in feet, over 60 m.
            self.assertLess(numpy.abs(made - metres).max(), 5e-6)
        write(self.folder / "odd.tif", self.z, unit="decibel")
        self.each_refuses("odd.tif", "'decibel'", "z_factor")
        self.must("slope", "--dem", "odd.tif", "--z_factor", "1", "--output", "s.tif")
        numpy.testing.assert_array_equal(self.read("s.tif"), metres)

    def test_little_memory_knows_units_too(self):
        write(self.folder / "feet.tif", world.elevation(1900, 2000) / 10 / 0.3048, unit="ft")
        self.must("fillsinks", "--dem", "feet.tif", "--output", "large.tif")
        told = self.must("fillsinks", "--dem", "feet.tif", "--output", "little.tif", "--memory", "32").stdout
        self.assertIn("works in tiles", told)
        self.assertIn("converted to metres", told)
        self.assertEqual(*(self.read(name).tobytes() for name in ("large.tif", "little.tif")))

    def test_a_rotated_raster(self):
        write(self.folder / "turned.tif", self.z, (700000.0, 26.0, 15.0, 4060000.0, 15.0, -26.0))
        self.each_refuses("turned.tif", "rotated")

    def test_other_layers_that_do_not_overlap(self):
        far = (900000.0, 30.0, 0.0, 4060000.0, 0.0, -30.0)
        write(self.folder / "far.tif", self.z, far)
        dem = ("--dem", "dem.tif")
        self.refused(kit.FAILED, ["weights", "far.tif", "same area"], "flowaccumulation", *dem, "--weights", "far.tif",
                     output="o.tif")
        self.refused(kit.FAILED, ["transmissivity", "far.tif", "same area"], "wetness", *dem, "--transmissivity", "far.tif",
                     output="o.tif")
        self.refused(kit.FAILED, ["far.tif", "do not overlap"], "correlatemaps", "--maps", "dem.tif", "--factors",
                     "far.tif", output="o.csv")
        away = ("POLYGON((900000 4060000, 900300 4060000, 900300 4059700, 900000 4060000))",)
        write_layer(self.folder / "fields.gpkg", ogr.wkbPolygon, away)
        self.refused(kit.FAILED, ["fields", "fields.gpkg"], "lsfactor", *dem, "--field_based", "yes", "--fields",
                     "fields.gpkg", output="o.tif")
        self.refused(kit.USAGE, ["fields", "field_based"], "lsfactor", *dem, "--fields", "fields.gpkg", output="o.tif")
        self.refused(kit.USAGE, ["stop_at_edge", "fields"], "lsfactor", *dem, "--stop_at_edge", "no", output="o.tif")
        self.refused(kit.USAGE, ["transmissivity", "index"], "wetness", *dem, "--index", "saga", "--transmissivity",
                     "dem.tif", output="o.tif")

    def test_outlets_and_lines_off_the_dem(self):
        write_layer(self.folder / "points.gpkg", ogr.wkbPoint, ("POINT(900000 4060000)", "POINT(0 0)"))
        write_layer(self.folder / "lines.gpkg", ogr.wkbLineString, ("LINESTRING(900000 4060000, 901000 4059000)",))
        dem = ("streams", "--dem", "dem.tif", "--threshold", "50")
        self.refused(kit.FAILED, ["outlets", "points.gpkg", "off the DEM"], *dem, "--outlets", "points.gpkg", output="o.gpkg")
        self.refused(kit.FAILED, ["burn", "lines.gpkg", "meet no cell"], *dem, "--burn", "lines.gpkg", output="o.gpkg")
        self.refused(kit.FAILED, ["lines.gpkg", "same area"], "streamprofile", "--map", "dem.tif", "--streams", "lines.gpkg",
                     output="o.csv")

    def test_a_threshold_larger_than_the_dem(self):
        said = self.refused(kit.FAILED, ["no cell reaches the threshold", "choose a threshold below"], "streams", "--dem",
                            "dem.tif", "--threshold", "2001", output="o.gpkg")
        self.assertRegex(said, r"at most \d+ cells")
        self.refused(kit.FAILED, ["no cell reaches"], "streams", "--dem", "dem.tif", "--threshold_km2", "99", output="o.gpkg")

    def test_gentle_relief_on_high_ground(self):
        """0.8 m of relief at 8000 m: in double, as scaled whole numbers, and as text, in memory and in tiles, as near the sea."""
        i, j = numpy.mgrid[0:200, 0:220].astype(float)
        step = numpy.round(5000.0 + 4000.0 * numpy.sin(i / 15) * numpy.cos(j / 17) + 20.0 * i)
        relief = step * 1e-4
        write(self.folder / "low.tif", relief)
        for name, kind, values, scale, offset in (("double.tif", gdal.GDT_Float64, relief + 8000.0, None, None),
                                                  ("scaled.tif", gdal.GDT_UInt16, step, 1e-4, 8000.0),
                                                  ("single.tif", gdal.GDT_Float32, relief, 1.0, 8000.0)):
            data = gdal.GetDriverByName("GTiff").Create(str(self.folder / name), 220, 200, 1, kind)
            data.SetGeoTransform((700000.0, 30.0, 0.0, 4060000.0, 0.0, -30.0))
            data.SetProjection(world.crs().ExportToWkt())
            if scale is not None:
                data.GetRasterBand(1).SetScale(scale)
                data.GetRasterBand(1).SetOffset(offset)
            data.GetRasterBand(1).WriteArray(values)
            data = None
        rows = "\n".join(" ".join(f"{value:.4f}" for value in row) for row in relief + 8000.0)
        (self.folder / "text.asc").write_text(f"ncols 220\nnrows 200\nxllcorner 700000\nyllcorner 4054000\ncellsize 30\nNODATA_value -9999\n{rows}\n")
        for tool, error in (("slope", 1e-7), ("wetness", 1e-3), ("lsfactor", 1e-4)):
            self.must(tool, "--dem", "low.tif", "--output", "low out.tif")
            wanted = world.read(self.folder / "low out.tif")
            for name in ("double.tif", "scaled.tif", "single.tif", "text.asc"):
                for words in ((), ("--memory", "32")):
                    with self.subTest(tool=tool, name=name, words=words):
                        self.must(tool, "--dem", name, "--output", "o.tif", *words)
                        numpy.testing.assert_allclose(world.read(self.folder / "o.tif"), wanted, atol=error)

    def test_a_unit_of_height_without_a_name(self):
        write(self.folder / "metres.tif", world.elevation())
        self.must("slope", "--dem", "metres.tif", "--output", "a.tif")
        for unit in ("unspecified", "Unknown", "none"):
            write(self.folder / "unit.tif", world.elevation(), unit=unit)
            self.must("slope", "--dem", "unit.tif", "--output", "b.tif")
            numpy.testing.assert_array_equal(world.read(self.folder / "a.tif"), world.read(self.folder / "b.tif"))


if __name__ == "__main__":
    unittest.main()
