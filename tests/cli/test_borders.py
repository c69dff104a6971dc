#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Cells that are 0 in every band of a scene are outside it: missing in maps, spectra, masks and statistics as if they were NaN, named once
in the log, refused by strict, and measurements again when the user wants it."""
import unittest

import kit
import numpy
import world
from osgeo import gdal


class Borders(kit.TilthCase):
    @classmethod
    def prepare(cls):
        cls.layers = world.scene_layers()
        rows, columns = cls.layers.shape[1:]
        i, j = numpy.mgrid[0:rows, 0:columns]
        cls.outside = (i + j < 12) | (i - j > 20)
        cls.outside[15, 25] = True  # a hole of one cell
        cls.inside_zero = (11, 30)  # 0 in all bands but one
        zeros = numpy.where(cls.outside, 0.0, cls.layers)
        zeros[:, 11, 30] = 0.0
        zeros[4, 11, 30] = 0.21
        nan = numpy.where(cls.outside, numpy.nan, zeros)
        for interleave in ("BIL", "BSQ"):
            world.write_scene(cls.folder / f"zeros{interleave}.dat", zeros, interleave=interleave)
        world.write_scene(cls.folder / "nan.dat", nan)
        world.write_samples(cls.folder / "samples.gpkg")
        cls.must("trainmodel", "--scene", "nan.dat", "--samples", "samples.gpkg", "--id_field", "id", "--property", "SOM", "--unit",
                 "g/kg", "--repeats", "1", "--output", "som.json")

    def read(self, name):
        return gdal.Open(str(self.folder / name)).ReadAsArray()

    def lines(self, done):
        return [line for line in done.stdout.splitlines() if "0 in every band" in line]

    def test_maps_and_spectra(self):
        self.must("mapproperty", "--scene", "nan.dat", "--model", "som.json", "--output", "nan.tif")
        for interleave in ("BIL", "BSQ"):
            done = self.must("mapproperty", "--scene", f"zeros{interleave}.dat", "--model", "som.json", "--output", "zeros.tif")
            self.assertEqual(len(self.lines(done)), 1, done.stdout)
            self.assertIn("zeros", self.lines(done)[0])
            numpy.testing.assert_array_equal(self.read("zeros.tif"), self.read("nan.tif"))
            self.assertTrue(numpy.isfinite(self.read("zeros.tif")[0][self.inside_zero]))
            for scene in (f"zeros{interleave}.dat", "nan.dat"):
                self.must("samplespectra", "--scene", scene, "--samples", "samples.gpkg", "--id_field", "id", "--window", "mean3x3",
                          "--output", f"{scene}.csv")
            self.assertEqual(*((self.folder / f"{scene}.csv").read_text() for scene in (f"zeros{interleave}.dat", "nan.dat")))

    def test_training_and_other_tools(self):
        for scene, output in (("zerosBIL.dat", "a.json"), ("nan.dat", "b.json")):
            self.must("trainmodel", "--scene", scene, "--samples", "samples.gpkg", "--id_field", "id", "--property", "SOM", "--unit", "g/kg",
                      "--repeats", "1", "--output", output)
        values = [self.must("modelinfo", "--model", name).stdout.replace(name, "m") for name in ("a.json", "b.json")]
        drop = ("record.",)
        self.assertEqual(*([line for line in text.splitlines() if not any(word in line for word in drop)] for text in values))
        for tool, more in (("cleanscene", ("--destripe", "no")), ("cleanscene", ("--destripe", "offset"))):
            for scene, output in (("zerosBIL.dat", "a.tif"), ("nan.dat", "b.tif")):
                self.must(tool, "--scene", scene, "--output", output, *more)
            numpy.testing.assert_array_equal(self.read("a.tif"), self.read("b.tif"), tool)

    def test_the_user_decides(self):
        base = ("mapproperty", "--scene", "zerosBIL.dat", "--model", "som.json")
        said = self.refused(kit.FAILED, ["zerosBIL.dat", "0 in every band", "strict"], *base, "--strict", "yes", output="o.tif")
        self.assertIn("zeros", said)
        for words in (("--zeros", "outside"), ("--zeros", "outside", "--strict", "yes")):
            done = self.must(*base, *words, "--output", "outside.tif")
            self.assertEqual(self.lines(done), [])
            self.assertEqual(numpy.count_nonzero(numpy.isnan(self.read("outside.tif")[0])), numpy.count_nonzero(self.outside))
        done = self.must(*base, "--zeros", "values", "--output", "values.tif")
        self.assertEqual(self.lines(done), [])
        self.assertTrue(numpy.isfinite(self.read("values.tif")[0]).all())

    def test_maps_of_zeros_are_no_scenes(self):
        z = numpy.zeros((4, 40, 50))
        z[:, 5:20, 5:30] = 7.0
        world.write_raster(self.folder / "map.tif", z)
        done = self.must("correlatemaps", "--maps", "map.tif", "--factors", "map.tif", "--output", "o.csv")
        self.assertEqual(self.lines(done), [])
        self.assertIn("2000", (self.folder / "o.csv").read_text())

    def test_a_dead_band_is_not_outside(self):
        layers = self.layers.copy()
        layers[7:10] = 0.0
        world.write_scene(self.folder / "dead.dat", layers)
        done = self.must("cleanscene", "--scene", "dead.dat", "--destripe", "no", "--output", "c.tif")
        self.assertEqual(self.lines(done), [])
        self.assertTrue(numpy.isfinite(self.read("c.tif")).all())


if __name__ == "__main__":
    unittest.main()
