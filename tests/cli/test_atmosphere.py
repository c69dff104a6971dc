# SPDX-License-Identifier: GPL-2.0-or-later
"""correctatmosphere recovers the reflectance of the ground that was seen through an atmosphere of another program (6S, see tests/kit/air.py),
and reports what is missing when it cannot. The limits of errors are those of docs/methods/atmosphere.md with a margin of a quarter."""
import json
import unittest

import numpy as np
from osgeo import gdal

import kit
import air
import made_products

gdal.UseExceptions()
AOD, WATER, SIDE = 0.10, 1.0, 30


class Atmosphere(kit.TilthCase):
    @classmethod
    def prepare(cls):
        cls.centre, cls.fwhm, cls.top, cls.truth = air.scene(AOD, WATER, SIDE)
        air.write_envi(cls.folder / "top.img", cls.top, cls.centre, cls.fwhm)
        air.write_table(cls.folder / "lut.bin")
        nm = np.arange(380.0, 2511.0, 2.0)
        ground = air.field(nm, SIDE, 1)
        air.write_spectra(cls.folder / "targets.csv", ["pond", "yard"], nm, [ground[3, 3], ground[3, SIDE - 3]])
        row = 4300000.0 - 3.5 * air.CELL
        east = [500000.0 + (c + 0.5) * air.CELL for c in (3, SIDE - 3)]
        (cls.folder / "points.csv").write_text(f"id,x,y\npond,{east[0]},{row}\nyard,{east[1]},{row}\n")
        (cls.folder / "pond.csv").write_text(f"id,x,y\npond,{east[0]},{row}\n")
        cls.known = ["--scene", "top.img", "--quantity", "toa_reflectance", "--sun_zenith", air.SUN_ZENITH, "--elevation",
                     air.ELEVATION, "--view_zenith", 0, "--aod", AOD]

    def correct(self, name, *words, known=True):
        done = self.must("correctatmosphere", "--json", *(self.known if known else []), *words, "--output", name)
        return json.loads(done.stdout), gdal.Open(str(self.folder / name)).ReadAsArray().transpose(1, 2, 0)

    def error(self, found, low, high):
        """Mean absolute error of the bands in which the gases absorb little."""
        clear = [(400, 680), (775, 810), (860, 885), (1020, 1070), (1235, 1250), (1545, 1565), (2130, 2160)]
        inside = (self.centre >= low) & (self.centre <= high)
        inside &= np.logical_or.reduce([(self.centre > a) & (self.centre < b) for a, b in clear])
        return np.abs(found - self.truth)[:, :, inside].mean()

    def test_the_ground_is_found_under_the_clear_sky_model(self):
        result, found = self.correct("ground.tif", "--bands_output", "bands.csv", "--water_output", "water.tif")
        self.assertLess(self.error(found, 400, 700), 0.008)
        self.assertLess(self.error(found, 700, 2400), 0.006)
        # The absorption lines of 6S and of ASTM G173 differ by as much.
        self.assertLess(abs(result["water_g_cm2"] - WATER), 0.3)
        water = gdal.Open(str(self.folder / "water.tif")).ReadAsArray()
        self.assertLess(water.std(), 0.1)
        blind = np.argmin(np.abs(self.centre - 1380.0))
        self.assertTrue(np.isnan(found[:, :, blind]).all())
        row = (self.folder / "bands.csv").read_text().splitlines()[blind + 1]
        self.assertIn("gases let 0.0", row)
        info = gdal.Info(str(self.folder / "ground.tif"), format="json", extraMDDomains=["TILTH_SCENE"])
        self.assertEqual(info["metadata"]["TILTH_SCENE"]["QUANTITY"], "reflectance")

    def test_light_of_the_surroundings_is_taken_off(self):
        _, even = self.correct("even.tif")
        _, sharp = self.correct("sharp.tif", "--adjacency", 450)
        self.assertLess(self.error(sharp, 400, 700), 0.5 * self.error(even, 400, 700))
        self.assertLess(self.error(sharp, 700, 2400), self.error(even, 700, 2400))

    def test_a_table_of_6s_is_as_good_as_6s(self):
        result, found = self.correct("table.tif", "--method", "table", "--table", "lut.bin", "--adjacency", 450)
        self.assertLess(abs(result["water_g_cm2"] - WATER), 0.06)
        self.assertLess(self.error(found, 400, 2400), 0.002)

    def test_the_model_as_a_table_gives_the_same_ground(self):
        _, direct = self.correct("direct.tif", "--table_output", "own.bin")
        _, tabled = self.correct("tabled.tif", "--method", "table", "--table", "own.bin")
        self.assertTrue((np.isnan(direct) == np.isnan(tabled)).all())
        self.assertLess(np.nanmax(np.abs(direct - tabled)), 2e-4)

    def test_radiance_is_turned_with_the_sunlight_of_each_band(self):
        _, wanted = self.correct("wanted.tif", "--water", 1, "--bands_output", "sun.csv")
        cosine = np.cos(np.radians(air.SUN_ZENITH))
        # Irradiance of 550 nm at the mean distance, from the table of ASTM G173: near 1863 W m-2 um-1.
        band = int(np.argmin(np.abs(self.centre - 550.0)))
        radiance = self.top[:, :, band:band + 3] * 1863.0 * cosine / np.pi / 0.99 ** 2
        air.write_envi(self.folder / "radiance.img", radiance, self.centre[band:band + 3], self.fwhm[band:band + 3])
        _, found = self.correct("found.tif", "--scene", "radiance.img", "--quantity", "radiance", "--sun_zenith", air.SUN_ZENITH,
                                "--elevation", air.ELEVATION, "--aod", AOD, "--water", 1, "--earth_sun_distance", 0.99, known=False)
        # The irradiance goes up and down by 2 % around that value.
        self.assertLess(np.abs(found / wanted[:, :, band:band + 3] - 1.0).mean(), 0.05)

    def test_targets_make_a_line(self):
        result, found = self.correct("line.tif", "--scene", "top.img", "--method", "line", "--targets", "points.csv", "--target_id", "id",
                                     "--spectra", "targets.csv", known=False)
        self.assertEqual(result["targets"], 2)
        self.assertLess(self.error(found, 400, 2400), 0.003)
        done = self.must("correctatmosphere", "--scene", "top.img", "--method", "line", "--targets", "pond.csv", "--target_id", "id",
                         "--spectra", "targets.csv", "--output", "origin.tif")
        self.assertIn("through the origin", done.stderr + done.stdout)

    def test_the_mean_of_the_scene_is_rough_but_right(self):
        nm = np.arange(380.0, 2511.0, 5.0)
        library = [air.soil(nm, 0.1 * k, 0.5) for k in (2, 3, 4, 5, 7)] + [air.plant(nm, 0.3 * k) for k in (1, 2, 3)] + [0.03 + 0 * nm]
        air.write_spectra(self.folder / "library.csv", [f"s{k}" for k in range(len(library))], nm, library)
        _, found = self.correct("mean.tif", "--scene", "top.img", "--method", "scene_mean", "--spectra", "library.csv", known=False)
        self.assertLess(self.error(found, 400, 2400), 0.05)

    def test_neither_threads_nor_memory_change_a_byte(self):
        self.correct("one.tif", "--adjacency", 300, "--threads", 1)
        self.correct("two.tif", "--adjacency", 300, "--threads", 2, "--memory", 64)
        self.assertEqual((self.folder / "one.tif").read_bytes(), (self.folder / "two.tif").read_bytes())

    def test_whole_numbers_are_half_the_size(self):
        _, fine = self.correct("fine.tif")
        self.correct("whole.tif", "--type", "int16")
        dataset = gdal.Open(str(self.folder / "whole.tif"))
        band = dataset.GetRasterBand(10)
        self.assertEqual((band.GetScale(), band.GetNoDataValue()), (0.0001, -32768))
        self.assertLess(np.abs(band.ReadAsArray() * 1e-4 - fine[:, :, 9]).max(), 5.1e-5)

    def test_what_is_reflectance_already_is_left_alone(self):
        self.correct("done.tif")
        self.refused(kit.FAILED, ["already holds surface reflectance", "use it as it is"], "correctatmosphere", "--scene", "done.tif",
                     output="again.tif")

    def test_what_is_missing_is_named(self):
        scene = ["correctatmosphere", "--scene", "top.img"]
        toa = scene + ["--quantity", "toa_reflectance"]
        self.refused(kit.FAILED, ["run calibrate first"], *scene, output="x.tif")
        self.refused(kit.USAGE, ["the angle of the sun", "sun_zenith"], *toa, output="x.tif")
        self.refused(kit.USAGE, ["sun_zenith", "85"], *toa, "--sun_zenith", 85, output="x.tif")
        header = (self.folder / "top.img.hdr").read_text()
        (self.folder / "nowhere.img").write_bytes((self.folder / "top.img").read_bytes())
        (self.folder / "nowhere.img.hdr").write_text("\n".join(x for x in header.splitlines() if "map info" not in x) + "\n")
        self.refused(kit.FAILED, ["no coordinate reference system", "adjacency 0"], "correctatmosphere", "--scene", "nowhere.img", "--quantity",
                     "toa_reflectance", "--sun_zenith", 40, "--water", 1, "--adjacency", 500, output="x.tif")
        sun = toa + ["--sun_zenith", 40, "--aod", 0.2]
        self.refused(kit.USAGE, ["'table' is needed"], *sun, "--method", "table", output="x.tif")
        self.refused(kit.USAGE, ["'spectra' is needed"], *scene, "--method", "scene_mean", output="x.tif")
        self.refused(kit.USAGE, ["'targets' is needed"], *scene, "--method", "line", "--spectra", "targets.csv", output="x.tif")

    def test_radiance_that_is_none_is_noticed(self):
        self.refused(kit.FAILED, ["which no surface has", "W m-2 sr-1 um-1"], "correctatmosphere", "--scene", "top.img", "--quantity",
                     "radiance", "--sun_zenith", 40, "--aod", 0.1, "--water", 1, output="x.tif")

    def test_broken_tables_are_refused(self):
        sun = ["correctatmosphere", *self.known, "--method", "table"]
        whole = (self.folder / "lut.bin").read_bytes()
        (self.folder / "cut.bin").write_bytes(whole[:-1000])
        self.refused(kit.FAILED, ["cut.bin", "cut short"], *sun, "--table", "cut.bin", output="x.tif")
        (self.folder / "text.bin").write_text("wavelength,transmittance\n400,0.7\n")
        self.refused(kit.FAILED, ["not an atmospheric look-up table"], *sun, "--table", "text.bin", output="x.tif")
        self.refused(kit.USAGE, ["aerosol optical depth 0.8", "0.01 to 0.5"], *sun[:-3], 0.8, "--method", "table", "--table", "lut.bin",
                     output="x.tif")

    def test_targets_beside_the_scene_are_named(self):
        (self.folder / "far.csv").write_text("id,x,y\npond,100,100\n")
        self.refused(kit.FAILED, ["none of the 1 points"], "correctatmosphere", "--scene", "top.img", "--method", "line", "--targets",
                     "far.csv", "--target_id", "id", "--spectra", "targets.csv", output="x.tif")

    def test_of_many_targets_without_spectra_ten_are_named(self):
        pond = (self.folder / "pond.csv").read_text()
        at = pond.splitlines()[1].split(",", 1)[1]
        (self.folder / "many.csv").write_text(pond + "".join(f"S{k},{at}\n" for k in range(14)))
        done = self.must("correctatmosphere", "--scene", "top.img", "--method", "line", "--targets", "many.csv", "--target_id", "id",
                         "--spectra", "targets.csv", "--output", "many.tif")
        said = done.stdout + done.stderr
        self.assertEqual(said.count("is not used: no spectrum has its name"), 10)
        self.assertIn("4 more targets are not used", said)

    def test_a_product_brings_its_sun_view_and_air_along(self):
        """The simulated product was seen without any atmosphere, so there is no water vapour either, which is logged."""
        bands = made_products.enmap_bands(91, 133)
        cube = made_products.radiance(bands[0], 12, 14)
        metadata = made_products.enmap(self.folder / "enmap", level="L1C", cube=cube, bands=bands)
        self.must("importscene", "--product", metadata, "--output", "product.tif")
        done = self.must("correctatmosphere", "--scene", "product.tif", "--output", "product_ground.tif")
        said = done.stdout + done.stderr
        for words in ("sun 29.75 degrees", "mean elevation, m: 123, from the scene", "550 nm: 0.125, from the scene",
                      "distance of the sun (au): 1.008", "may be corrected already"):
            self.assertIn(words, said)
        info = gdal.Info(str(self.folder / "product_ground.tif"), format="json", extraMDDomains=["TILTH_SCENE"])
        self.assertAlmostEqual(float(info["metadata"]["TILTH_SCENE"]["AOD_550"]), 0.125)


if __name__ == "__main__":
    unittest.main()
