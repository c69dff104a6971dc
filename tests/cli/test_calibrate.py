# SPDX-License-Identifier: GPL-2.0-or-later
"""Digital numbers to radiance to reflectance above the atmosphere, with a sun from the parameters, from the scene or computed."""
import json
import math
import unittest

import numpy
from osgeo import gdal

import kit
import world

gdal.UseExceptions()
CENTRES = [450.0, 550.0, 656.0, 860.0, 1650.0, 2200.0]
REFLECTANCE = numpy.array([0.08, 0.12, 0.18, 0.27, 0.35, 0.30])
# ASTM G173-03, extraterrestrial, at single wavelengths (W m-2 um-1).
E0 = {550.0: 1863.0, 2200.0: 82.79}
ZENITH, DISTANCE = 40.0, 1.005


def write(path, values, more="", driver="ENVI", nodata=-1.0):
    world.write_raster(path, values, nodata, driver)
    header = path.with_suffix(".hdr")
    header.write_text(header.read_text(encoding="utf-8") + more, encoding="utf-8")


def band_list(values):
    return "{" + ", ".join(f"{v:.9g}" for v in values) + "}"


WAVELENGTHS = f"wavelength units = Nanometers\nwavelength = {band_list(CENTRES)}\nfwhm = {band_list([0.1] * 6)}\n"


class Calibrate(kit.TilthCase):
    @classmethod
    def prepare(cls):
        rows = numpy.linspace(0.5, 1.5, 20)[None, :, None] * numpy.ones((6, 20, 30))
        cls.truth = REFLECTANCE[:, None, None] * rows
        sun = numpy.array([E0.get(c, 1000.0) for c in CENTRES])
        cls.radiance = cls.truth * (sun * math.cos(math.radians(ZENITH)) / (math.pi * DISTANCE**2))[:, None, None]
        stored = cls.radiance.copy()
        stored[:, 3, 4] = -1.0
        write(cls.folder / "l.dat", stored, WAVELENGTHS + "data units = radiance\n")
        write(cls.folder / "raw.dat", numpy.where(stored < 0.0, -1.0, numpy.rint(stored / 0.01)), WAVELENGTHS)
        (cls.folder / "gains.csv").write_text("band,gain,offset\n" + "".join(f"{b},0.01,0\n" for b in range(1, 7)))

    def values(self, name):
        return gdal.Open(str(self.folder / name)).ReadAsArray()

    def check(self, name, tolerance=2e-4):
        found = self.values(name)
        for k, centre in enumerate(CENTRES):
            if centre in E0:
                wanted = self.truth[k].copy()
                wanted[3, 4] = numpy.nan
                # The table has five digits; a band of 0.1 nm is its centre.
                numpy.testing.assert_allclose(found[k], wanted, rtol=tolerance)

    def test_tiles_larger_than_the_memory_change_no_byte_and_are_told(self):
        values = numpy.random.default_rng(1).uniform(1.0, 90.0, (6, 1024, 1024)).astype(numpy.float32)
        for name, options in (("strips.tif", []), ("tiles.tif", ["TILED=YES", "BLOCKXSIZE=1024", "BLOCKYSIZE=1024"])):
            made = gdal.GetDriverByName("GTiff").Create(str(self.folder / name), 1024, 1024, 6, gdal.GDT_Float32, ["INTERLEAVE=BAND", *options])
            made.SetGeoTransform((500000.0, 30.0, 0.0, 4000000.0, 0.0, -30.0))
            made.WriteArray(values)
            made = None
        told = {}
        for name in ("strips", "tiles"):
            done = self.must("calibrate", "--scene", f"{name}.tif", "--from", "radiance", "--to", "radiance", "--memory", "32",
                             "--output", f"{name}_made.tif")
            told[name] = done.stdout + done.stderr
            numpy.testing.assert_array_equal(self.values(f"{name}_made.tif"), values)
        # 6 bands of one tile are 24 MiB, too much for 32 MiB together with the blocks.
        self.assertIn("tiles of 1024 x 1024 cells", told["tiles"])
        self.assertNotIn("tiles of", told["strips"])

    def test_radiance_becomes_reflectance(self):
        self.must("calibrate", "--scene", "l.dat", "--sun_zenith", ZENITH, "--earth_sun_distance", DISTANCE,
                  "--output", "toa.tif")
        self.check("toa.tif")
        info = json.loads(self.must("sceneinfo", "--scene", "toa.tif", "--json").stdout)
        self.assertEqual(info["quantity"], "TOA reflectance")

    def test_numbers_need_gains(self):
        done = self.tilth("calibrate", "--scene", "raw.dat", "--sun_zenith", ZENITH, "--earth_sun_distance", DISTANCE,
                          "--output", "no.tif")
        self.assertEqual(done.returncode, kit.FAILED)
        self.assertIn("gain", done.stderr)
        self.assertFalse((self.folder / "no.tif").exists())
        self.must("calibrate", "--scene", "raw.dat", "--gains", "gains.csv", "--sun_zenith", ZENITH,
                  "--earth_sun_distance", DISTANCE, "--output", "numbers.bip")
        self.check("numbers.bip", 0.005 / 3.0)  # half a step of 0.01 in a radiance of 3 at least

    def test_a_name_that_would_take_the_header_of_the_scene_is_refused(self):
        before = (self.folder / "raw.hdr").read_bytes()
        done = self.tilth("calibrate", "--scene", "raw.dat", "--gains", "gains.csv", "--sun_zenith", ZENITH,
                          "--earth_sun_distance", DISTANCE, "--output", "raw.bip")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("would replace", done.stderr)
        self.assertEqual((self.folder / "raw.hdr").read_bytes(), before)

    def test_steps_by_way_of_a_radiance_file_are_the_same(self):
        self.must("calibrate", "--scene", "raw.dat", "--gains", "gains.csv", "--to", "radiance", "--time",
                  "2022-04-24T03:12:05Z", "--output", "l2.tif")
        self.must("calibrate", "--scene", "l2.tif", "--sun_zenith", ZENITH, "--earth_sun_distance", DISTANCE,
                  "--output", "two.tif")
        self.must("calibrate", "--scene", "raw.dat", "--gains", "gains.csv", "--sun_zenith", ZENITH,
                  "--earth_sun_distance", DISTANCE, "--output", "one.tif")
        numpy.testing.assert_allclose(self.values("two.tif"), self.values("one.tif"), rtol=1e-6)

    def test_whole_numbers_hold_the_same(self):
        self.must("calibrate", "--scene", "l.dat", "--sun_zenith", ZENITH, "--earth_sun_distance", DISTANCE,
                  "--type", "int16", "--interleave", "pixel", "--output", "small.tif")
        dataset = gdal.Open(str(self.folder / "small.tif"))
        found = dataset.ReadAsArray()[1]
        self.assertEqual(dataset.GetRasterBand(2).GetScale(), 0.0001)
        self.assertEqual(found[3, 4], dataset.GetRasterBand(2).GetNoDataValue())
        self.assertAlmostEqual(found[0, 0] * 0.0001, self.truth[1, 0, 0], delta=0.00006)

    def test_the_sun_comes_from_time_and_place(self):
        done = self.must("calibrate", "--scene", "l.dat", "--time", "2003-10-17T19:30:30Z", "--latitude", 39.742476,
                         "--longitude", -105.1786, "--output", "computed.tif", "--json")
        found = json.loads(done.stdout)
        self.assertAlmostEqual(found["sun_zenith_deg"], 50.128, delta=0.012)
        self.assertAlmostEqual(found["earth_sun_au"], 0.99654, delta=1e-4)

    def test_a_local_time_taken_for_utc_is_warned_of(self):
        done = self.must("calibrate", "--scene", "l.dat", "--sun_zenith", 31.0, "--time", "2022-04-24T11:12:05Z",
                         "--latitude", 30, "--longitude", 103, "--output", "late.tif")
        self.assertIn("not local", done.stderr + done.stdout)

    def test_a_missing_sun_and_a_nonsense_time_are_said(self):
        for more, word in [((), "sun_zenith"), (("--sun_zenith", 30), "earth_sun_distance"),
                           (("--time", "yesterday"), "yesterday")]:
            done = self.tilth("calibrate", "--scene", "l.dat", "--output", "no.tif", *more)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(word, done.stderr)
            self.assertEqual(len(done.stderr.strip().splitlines()), 1)

    def test_a_scene_of_reflectance_is_refused(self):
        write(self.folder / "r.dat", self.truth, WAVELENGTHS + "data units = reflectance\n")
        done = self.tilth("calibrate", "--scene", "r.dat", "--sun_zenith", 30, "--output", "no.tif")
        self.assertEqual(done.returncode, kit.FAILED)
        self.assertIn("reflectance already", done.stderr)

    def test_a_table_of_sunlight_in_its_unit_and_in_another(self):
        nm = range(350, 2501, 50)
        for name, factor in (("e0.csv", 1.0), ("nm.csv", 1e-3)):
            # A black body of 5772 K under the solid angle of the sun: within some percent of the real one.
            lines = [f"{n},{factor * 6.794e-5 * 3.74177e8 / (n / 1e3)**5 / (math.exp(14387.77 / (n / 1e3 * 5772)) - 1) / math.pi}"
                     for n in nm]
            (self.folder / name).write_text("wavelength,irradiance\n" + "\n".join(lines) + "\n")
        words = ("calibrate", "--scene", "l.dat", "--sun_zenith", ZENITH, "--earth_sun_distance", DISTANCE)
        self.must(*words, "--irradiance", "e0.csv", "--output", "own.tif")
        ratio = self.values("own.tif")[1, 0, 0] / self.truth[1, 0, 0]
        self.assertAlmostEqual(ratio, 1.0, delta=0.1)
        done = self.tilth(*words, "--irradiance", "nm.csv", "--output", "no.tif")
        self.assertEqual(done.returncode, kit.FAILED)
        self.assertIn("multiply", done.stderr)

    def test_bytes_do_not_depend_on_threads_or_memory(self):
        words = ("calibrate", "--scene", "l.dat", "--sun_zenith", ZENITH, "--earth_sun_distance", DISTANCE)
        self.must(*words, "--threads", 1, "--memory", 1024, "--output", "a.tif")
        self.must(*words, "--threads", 3, "--memory", 32, "--output", "b.tif")
        self.assertEqual((self.folder / "a.tif").read_bytes(), (self.folder / "b.tif").read_bytes())


if __name__ == "__main__":
    unittest.main()
