# SPDX-License-Identifier: GPL-2.0-or-later
"""Stripes and steps that were put into a scene come out again."""
import json
import unittest

import numpy
from osgeo import gdal

import kit
import world

gdal.UseExceptions()
ROWS, COLUMNS = 400, 120
CENTRES = [900.0 + 10.0 * k for k in range(8)] + [965.0 + 10.0 * k for k in range(8)]
STEP, STRIPED = 0.02, 3


def write(path, values, centres):
    world.write_raster(path, values, -9999.0, "ENVI")
    header = path.with_suffix(".hdr")
    header.write_text(header.read_text(encoding="utf-8") + "wavelength units = Nanometers\ndata units = reflectance\n"
                      "wavelength = {" + ", ".join(f"{c:g}" for c in centres) + "}\n"
                      "bbl = {" + ", ".join("0" if k == 1 else "1" for k in range(len(centres))) + "}\n", encoding="utf-8")


class CleanScene(kit.TilthCase):
    @classmethod
    def prepare(cls):
        random = numpy.random.default_rng(5)
        ground = 0.25 + 0.1 * numpy.sin(numpy.arange(ROWS) / 23.0)[:, None] * numpy.sin(numpy.arange(COLUMNS) / 17.0)[None, :]
        ground = ground + random.normal(0.0, 0.01, ground.shape)
        slope = 1.0 + 2e-4 * (numpy.array(CENTRES) - 900.0)
        cls.truth = ground[None] * slope[:, None, None]
        cls.stripes = random.normal(0.0, 0.01, COLUMNS)
        made = cls.truth.copy()
        made[8:] -= STEP
        made[STRIPED] += cls.stripes[None, :]
        made[:, 7, 9] = -9999.0
        write(cls.folder / "scene.dat", made, CENTRES)

    def values(self, name):
        return gdal.Open(str(self.folder / name)).ReadAsArray()

    def test_stripes_come_out_of_the_striped_band_only(self):
        done = json.loads(self.must("cleanscene", "--scene", "scene.dat", "--output", "clean.tif", "--json").stdout)
        self.assertEqual(done["striped_bands"], 1)
        self.assertAlmostEqual(done["largest_stripes"], 0.01, delta=0.003)
        before, after = self.values("scene.dat"), self.values("clean.tif")
        self.assertTrue(numpy.isnan(after[:, 7, 9]).all())
        for k in range(len(CENTRES)):
            if k != STRIPED:
                numpy.testing.assert_array_equal(after[k][:7], before[k][:7])
        left = numpy.nanmean(after[STRIPED] - self.truth[STRIPED], axis=0)
        # Measured 0.32: the running median of 15 columns attributes a quarter of the stripes to the ground.
        self.assertLess(left[8:-8].std(), 0.45 * self.stripes.std())

    def test_the_step_between_detectors_comes_out(self):
        for reference, first in (("first", True), ("last", False)):
            self.must("cleanscene", "--scene", "scene.dat", "--destripe", "no", "--seam", "offset", "--seam_reference",
                      reference, "--output", "seam.tif")
            after = self.values("seam.tif")
            wanted = self.truth if first else self.truth - STEP
            for k in (0, 7, 8, 15):
                self.assertAlmostEqual(float(numpy.nanmedian(after[k] - wanted[k])), 0.0, delta=0.002)
        self.must("cleanscene", "--scene", "scene.dat", "--destripe", "no", "--seam", "gain", "--output", "gain.dat")
        after = self.values("gain.dat")
        self.assertAlmostEqual(float(numpy.nanmedian(after[8] / self.truth[8])), 1.0, delta=0.01)

    def test_what_is_known_of_the_bands_stays(self):
        self.must("cleanscene", "--scene", "scene.dat", "--seam", "offset", "--type", "int16", "--output", "table.tif")
        before = json.loads(self.must("sceneinfo", "--scene", "scene.dat", "--json").stdout)
        after = json.loads(self.must("sceneinfo", "--scene", "table.tif", "--json").stdout)
        for key in ("band", "centre_nm", "fwhm_nm", "detector", "good", "reason"):
            self.assertEqual([b[key] for b in before["band_table"]], [b[key] for b in after["band_table"]], key)
        self.assertEqual(after["quantity"], "reflectance")

    def test_bytes_do_not_depend_on_threads_or_memory(self):
        words = ("cleanscene", "--scene", "scene.dat", "--seam", "gain")
        self.must(*words, "--threads", 1, "--output", "a.tif")
        self.must(*words, "--threads", 3, "--memory", 32, "--output", "b.tif")
        self.assertEqual((self.folder / "a.tif").read_bytes(), (self.folder / "b.tif").read_bytes())

    def test_a_scene_of_one_detector_has_no_seam(self):
        write(self.folder / "one.dat", self.truth[:8], CENTRES[:8])
        done = self.must("cleanscene", "--scene", "one.dat", "--seam", "gain", "--output", "one.tif")
        self.assertIn("no seam", done.stderr + done.stdout)

    def test_nothing_asked_for_is_told(self):
        done = self.must("cleanscene", "--scene", "scene.dat", "--destripe", "no", "--output", "copy.tif")
        self.assertIn("the output is a copy", done.stdout + done.stderr)
        numpy.testing.assert_array_equal(self.values("copy.tif")[0, :7], self.values("scene.dat")[0, :7])

    def test_an_even_window_is_refused(self):
        done = self.tilth("cleanscene", "--scene", "scene.dat", "--stripe_window", 16, "--output", "no.tif")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("odd", done.stderr)
        self.assertFalse((self.folder / "no.tif").exists())


if __name__ == "__main__":
    unittest.main()
