# SPDX-License-Identifier: GPL-2.0-or-later
"""The processed form of a virtual raster has the bytes of mapproperty and fusescene; with an older GDAL makevrt reports that."""
import os
import shutil
import unittest

import kit
import numpy as np
import test_fuse
import test_maps
from osgeo import gdal

THERE = int(gdal.VersionInfo()) >= 3090000


class Processed(kit.Case):
    @classmethod
    def setUpClass(cls):
        kit.load_plugin_here()

    def make(self, scene, model, name="map.vrt"):
        vrt = self.path(name)
        kit.tilth("makevrt", "--scene", scene, "--model", model, "--form", "processed", "--output", vrt)
        return vrt

    def read(self, source, *options):
        out = self.path("out.tif")
        done = kit.translate(source, out, *options)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return kit.pixels(out)

    @unittest.skipIf(THERE, "this GDAL has processed virtual rasters")
    def test_an_older_gdal_is_reported(self):
        done = kit.call(kit.EXE, "makevrt", "--scene", kit.write_scene(self.path("scene.tif")), "--model",
                        kit.write_model(self.path("som.json")), "--form", "processed", "--output", self.path("map.vrt"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("processed needs GDAL 3.9", done.stderr)
        self.assertFalse(os.path.exists(self.path("map.vrt")))

    @unittest.skipUnless(THERE, "GDAL before 3.9")
    def test_every_layout(self):
        for layout, (driver, name, options) in test_maps.LAYOUTS.items():
            with self.subTest(layout):
                scene = kit.write_scene(self.path(name), driver, options)
                for tool, model in (("mapproperty", kit.write_model(self.path("som.json"))),
                                    ("fusescene", test_fuse.write_fusion(self.path("fusion.json"), network=True))):
                    tif = self.path("map.tif")
                    kit.tilth(tool, "--scene", scene, "--model", model, "--output", tif)
                    vrt = self.make(scene, model)
                    whole = kit.pixels(tif)
                    self.assertSameBytes(self.read(vrt), whole)
                    self.assertSameBytes(self.read(vrt, "-srcwin", "5", "2", "31", "19"), whole[:, 2:21, 5:36])
                    got, want = gdal.Open(vrt), gdal.Open(tif)
                    self.assertEqual(got.GetGeoTransform(), want.GetGeoTransform())
                    self.assertEqual([got.GetRasterBand(i + 1).GetDescription() for i in range(got.RasterCount)],
                                     [want.GetRasterBand(i + 1).GetDescription() for i in range(want.RasterCount)])

    @unittest.skipUnless(THERE, "GDAL before 3.9")
    def test_it_moves_with_scene_and_model_and_refuses_others(self):
        scene, model = kit.write_scene(self.path("scene.tif")), kit.write_model(self.path("som.json"))
        want = self.read(self.make(scene, model))
        os.mkdir(self.path("moved"))
        for name in ("scene.tif", "som.json", "map.vrt"):
            shutil.move(self.path(name), self.path("moved"))
        self.assertSameBytes(self.read(self.path("moved/map.vrt")), want)
        self.assertTrue(np.isnan(want).any())
        kit.write_model(self.path("moved/som.json"), [500.0, 600.0])
        done = kit.translate(self.path("moved/map.vrt"), self.path("none.tif"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("2 bands but the VRT was made for 4", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
