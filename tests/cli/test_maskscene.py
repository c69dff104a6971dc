#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Masks of a simulated scene whose cover and cloud are known cell by cell."""
import json
import unittest

import kit
import numpy
import world

gdal = world.gdal
NM = numpy.arange(405.0, 2500.0, 10.0)
ROWS, COLUMNS = 60, 80


def scene(cirrus, random, shine=0.0):
    """Reflectance at the top of the atmosphere [bands, rows, columns]: soil of changing brightness, with strips of
    water, plants, snow and residue; cirrus over all of it."""
    bright = 0.7 + 0.6 * random.random((ROWS, COLUMNS))
    soil = numpy.interp(NM, (400, 700, 1300, 1800, 2500), (0.06, 0.18, 0.33, 0.36, 0.30))
    cover = {0: numpy.interp(NM, (400, 700, 900, 2500), (0.07, 0.03, 0.01, 0.005)),
             1: numpy.interp(NM, (400, 690, 760, 1300, 1500, 2500), (0.03, 0.04, 0.45, 0.40, 0.15, 0.08)),
             2: numpy.interp(NM, (400, 900, 1300, 1500, 2500), (0.85, 0.80, 0.4, 0.06, 0.04)),
             3: soil - 0.03 * numpy.exp(-(((NM - 2100.0) / 40.0) ** 2))}
    ground = soil[:, None, None] * bright
    for strip, spectrum in cover.items():
        ground[:, :6, 10 * strip:10 * strip + 10] = spectrum[:, None, None]
    air = 1.0 - (1.0 - shine) * (numpy.exp(-(((NM - 1380.0) / 40.0) ** 8)) + numpy.exp(-(((NM - 1880.0) / 50.0) ** 4)))
    seen = ground * air[:, None, None] + (0.9 - 0.3 * (NM > 1500))[:, None, None] * cirrus
    return seen + random.normal(0.0, 0.0005, seen.shape)


def write(path, values, scale=1.0):
    world.write_raster(path, values * scale)
    dataset = gdal.Open(str(path), gdal.GA_Update)
    for k, nm in enumerate(NM, 1):
        dataset.GetRasterBand(k).SetMetadataItem("CENTRAL_WAVELENGTH_UM", str(nm / 1000.0), "IMAGERY")
    dataset = None


def layers(path):
    dataset = gdal.Open(str(path))
    return dataset.ReadAsArray()


class Masks(kit.TilthCase):
    @classmethod
    def prepare(cls):
        i, j = numpy.mgrid[0:ROWS, 0:COLUMNS]
        random = numpy.random.default_rng(3)
        cls.cirrus = 0.06 * numpy.clip((j - 40) / 20.0, 0.0, 1.0) * (0.6 + 0.4 * numpy.sin(i / 9.0))
        write(cls.folder / "top.tif", scene(cls.cirrus, random))
        write(cls.folder / "dry.tif", scene(cls.cirrus, random, shine=0.3))
        write(cls.folder / "percent.tif", scene(cls.cirrus, random), 100.0)
        world.write_raster(cls.folder / "cover.tif", numpy.where(i < 30, 1.0, 2.0))
        world.write_raster(cls.folder / "few.tif", numpy.full((2, 5, 5), 0.2))
        cls.soil = numpy.ones((ROWS, COLUMNS), bool)
        cls.soil[:6, :40] = False

    def run_tool(self, scene_name, *words):
        done = self.must("maskscene", "--scene", scene_name, "--quantity", "toa_reflectance", "--output", "m.tif", "--json", *words)
        return layers(self.folder / "m.tif"), json.loads(done.stdout)

    def test_every_cover_gets_its_class(self):
        found, result = self.run_tool("top.tif")
        for strip, name in enumerate((4, 3, 5, 2)):
            self.assertEqual(set(found[1][:6, 10 * strip:10 * strip + 10].ravel()), {name})
        self.assertEqual(set(found[1][self.soil]), {1.0})
        self.assertTrue(numpy.array_equal(found[0] == 1, self.soil))
        self.assertEqual(result["classes"]["bare soil"], int(self.soil.sum()))
        self.assertEqual(result["usable"], int(self.soil.sum()))

    def test_cirrus_is_measured_at_1380_nm(self):
        found, result = self.run_tool("top.tif", "--thickness", "t.tif")
        self.assertEqual(result["thickness_from"], "1380")
        self.assertGreater(numpy.corrcoef(found[2][self.soil], self.cirrus[self.soil])[0, 1], 0.99)
        self.assertTrue(numpy.array_equal(found[2], layers(self.folder / "t.tif")))
        self.assertTrue((found[3][self.cirrus > 0.02] == 2).all())
        self.assertTrue((found[3][:, 5:35][8:] == 1).all())

    def test_ground_that_shines_through_dry_air_is_noticed(self):
        _, result = self.run_tool("dry.tif")
        self.assertEqual(result["thickness_from"], "haze")
        done = self.must("maskscene", "--scene", "dry.tif", "--quantity", "toa_reflectance", "--thickness_from", "1380",
                         "--output", "m.tif")
        self.assertIn("the surface shows through", done.stdout + done.stderr)

    def test_land_cover_restricts_the_soil(self):
        found, _ = self.run_tool("top.tif", "--landcover", "cover.tif")
        self.assertEqual(set(found[1][30:].ravel()), {7.0})
        self.assertFalse((found[0][30:] == 1).any())
        self.assertTrue((found[0][6:30] == 1).all())
        both, _ = self.run_tool("top.tif", "--landcover", "cover.tif", "--landcover_classes", "1 2")
        self.assertTrue(numpy.array_equal(both[0] == 1, self.soil))

    def test_threads_and_memory_change_nothing(self):
        one, _ = self.run_tool("top.tif", "--threads", "1", "--memory", "32")
        two, _ = self.run_tool("top.tif", "--threads", "2")
        self.assertTrue(numpy.array_equal(one, two, equal_nan=True))

    def test_removal_takes_the_light_of_the_cloud_off(self):
        truth = scene(0.0 * self.cirrus, numpy.random.default_rng(3))
        _, result = self.run_tool("top.tif", "--cleared", "c.tif")
        before, after = layers(self.folder / "top.tif"), layers(self.folder / "c.tif")
        thick = self.soil & (self.cirrus > 0.03)
        for nm in (450, 660, 860, 1650):
            k = int(numpy.argmin(abs(NM - nm)))
            error = [float(numpy.abs(values[k][thick] - truth[k][thick]).mean()) for values in (before, after)]
            self.assertLess(error[1], 0.3 * error[0], nm)
        self.assertLess(result["seam_after"], result["seam_before"])
        self.assertEqual(gdal.Open(str(self.folder / "c.tif")).RasterCount, len(NM))

    def test_a_scene_without_soil_has_classes_and_no_thickness(self):
        plants = numpy.repeat(scene(0.0 * self.cirrus, numpy.random.default_rng(3))[:, :6, 12:18], 10, axis=2)
        write(self.folder / "plants.tif", plants)
        found, _ = self.run_tool("plants.tif")
        self.assertEqual(set(found[1].ravel()), {3.0})
        self.assertTrue(numpy.isnan(found[2]).all())

    def test_terrain_without_removal_is_told(self):
        done = self.must("maskscene", "--scene", "top.tif", "--terrain", "cover.tif", "--output", "t.tif")
        self.assertIn("terrain is used only when thin cloud is removed", done.stdout + done.stderr)

    def test_more_cells_than_the_memory_holds_are_refused(self):
        dataset = gdal.GetDriverByName("GTiff").Create(str(self.folder / "wide.tif"), 1500, 1500, 2, gdal.GDT_Float32, ["SPARSE_OK=YES"])
        for k, um in enumerate(("0.66", "0.86"), 1):
            dataset.GetRasterBand(k).SetMetadataItem("CENTRAL_WAVELENGTH_UM", um, "IMAGERY")
        dataset = None
        # 14 bytes for each cell are 30 MiB, which are to be at most three quarters of the limit.
        self.refused(kit.FAILED, ("1500 x 1500 cells need 41 MiB", "'memory' allows 32 MiB"), "maskscene", "--scene", "wide.tif",
                     "--memory", 32, output="x.tif")

    def test_bad_scenes_are_refused(self):
        self.refused(kit.FAILED, ("median", "calibrate"), "maskscene", "--scene", "percent.tif", output="x.tif")
        self.refused(kit.FAILED, ("no good band from 640 to 680 nm",), "maskscene", "--scene", "few.tif", output="x.tif")
        self.refused(kit.FAILED, ("under thin cloud",), "maskscene", "--scene", "top.tif", "--quantity", "toa_reflectance", "--thin_limit",
                     "0.9", "--cleared", "y.tif", output="x.tif")


if __name__ == "__main__":
    unittest.main()
