# SPDX-License-Identifier: GPL-2.0-or-later
"""The band table survives the way through tools and formats: wavelengths, widths, bad bands with reasons, detectors."""
import json
import unittest

import numpy
from osgeo import gdal

import kit
import world

gdal.UseExceptions()
# Two detectors that overlap, given out of order of wavelength as sensors do.
CENTRES = [410.123, 640.456, 870.789, 980.111, 1005.222, 965.333, 1010.444, 1400.555, 2210.666, 2390.777]
WIDTHS = [4.28, 4.30, 4.31, 4.32, 4.33, 8.41, 8.42, 8.43, 8.44, 8.45]
REASONS = {4: "noisy end of the detector, seen by eye", 8: "water vapour (1342-1451 nm)"}
TABLE = ("band", "centre_nm", "fwhm_nm", "fwhm_assumed", "detector", "good", "reason", "name")


class BandTable(kit.TilthCase):
    @classmethod
    def prepare(cls):
        values = numpy.linspace(0.1, 0.4, 10)[:, None, None] + numpy.linspace(0.0, 0.1, 600).reshape(1, 20, 30)
        world.write_raster(cls.folder / "first.dat", values, -9999.0, "ENVI")
        rows = [f"{k + 1},{CENTRES[k]},{WIDTHS[k]},{0 if k + 1 in REASONS else 1},\"{REASONS.get(k + 1, '')}\"" for k in range(10)]
        (cls.folder / "first.dat.bands.csv").write_text("band,wavelength,fwhm,good,reason\n" + "\n".join(rows) + "\n")
        cls.copy("first.dat", "scene.tif")

    @classmethod
    def copy(cls, source, target, *more):
        cls.must("cleanscene", "--scene", source, "--destripe", "no", "--output", target, *more)

    def table(self, name):
        return {b["band"]: b for b in json.loads(self.must("sceneinfo", "--scene", name, "--json").stdout)["band_table"]}

    def check(self, name, kept=range(1, 11)):
        """kept: number in the first file of each band."""
        found = self.table(name)
        self.assertEqual(len(found), len(list(kept)))
        for at, k in enumerate(kept, 1):
            band = found[at]
            self.assertAlmostEqual(band["centre_nm"], CENTRES[k - 1], delta=0.01)
            self.assertAlmostEqual(band["fwhm_nm"], WIDTHS[k - 1], delta=0.01)
            self.assertFalse(band["fwhm_assumed"])
            self.assertEqual(band["detector"], 1 if k <= 5 else 2, k)
            if k in REASONS:
                self.assertFalse(band["good"])
                self.assertEqual(band["reason"].replace(";", ","), REASONS[k].replace(";", ","))

    def own_scene(self, *lines):
        """An ENVI scene of six bands with these lines in its header; the band table by number and the log."""
        values = numpy.linspace(0.1, 0.4, 6)[:, None, None] + numpy.linspace(0.0, 0.1, 600).reshape(1, 20, 30)
        values.astype("<f4").tofile(self.folder / "own.dat")
        head = "ENVI\nsamples = 30\nlines = 20\nbands = 6\ndata type = 4\ninterleave = bsq\nbyte order = 0\n"
        (self.folder / "own.hdr").write_text(head + "\n".join(lines) + "\n", encoding="ascii")
        done = self.must("sceneinfo", "--scene", "own.dat")
        return self.table("own.dat"), done.stdout + done.stderr

    def test_a_unit_that_cannot_be_is_reported_once_and_the_one_that_fits_is_used(self):
        um, nm = "{0.45, 0.55, 0.65, 0.85, 1.6, 2.2}", "{450, 550, 650, 850, 1600, 2200}"
        for unit, listed, word in (("Nanometers", um, "read as micrometres"), ("Micrometers", nm, "read as nm"), ("mm", nm, "read as nm")):
            bands, said = self.own_scene(f"wavelength units = {unit}", f"wavelength = {listed}", "fwhm = {10, 10, 10, 10, 10, 10}")
            self.assertEqual([bands[k]["centre_nm"] for k in (1, 6)], [450, 2200])
            self.assertEqual(bands[3]["fwhm_nm"], 10)
            self.assertEqual(said.count("the unit of the wavelengths is stated"), 1, said)
            self.assertIn(word, said)
        bands, said = self.own_scene("wavelength units = um", f"wavelength = {um}", "fwhm = {10, 10, 10, 10, 10, 10}")
        self.assertEqual(bands[6]["fwhm_nm"], 10)
        self.assertIn("widths", said)
        for unit, listed in (("cm-1", [1e7 / k for k in (450, 550, 650, 850, 1600, 2200)]),
                             ("GHz", [299792458 / k for k in (450, 550, 650, 850, 1600, 2200)])):
            bands, said = self.own_scene(f"wavelength units = {unit}", "wavelength = {" + ", ".join(map(repr, listed)) + "}")
            self.assertAlmostEqual(bands[6]["centre_nm"], 2200, places=6)
            self.assertNotIn("unit of the wavelengths", said)

    def test_a_band_without_a_wavelength_is_not_used(self):
        bands, _ = self.own_scene("wavelength units = Nanometers", "wavelength = {450, 550, -1, 850, 1600, 2200}")
        self.assertFalse(bands[3]["good"])
        self.assertIn("no wavelength", bands[3]["reason"])
        self.assertTrue(bands[4]["good"])

    def test_every_format_of_ours_keeps_it(self):
        self.check("scene.tif")
        for name in ("a.dat", "b.bsq", "c.bil", "d.bip", "e.img"):
            self.copy("scene.tif", name)
            self.check(name)
            self.copy(name, "back.tif", "--type", "int16", "--interleave", "pixel")
            self.check("back.tif")

    def test_import_subset_vrt_geotiff_envi_and_back(self):
        kept = [1, 3, 4, 5, 6, 8, 9]
        folder = str(self.folder)
        gdal.Translate(f"{folder}/subset.tif", f"{folder}/scene.tif", bandList=kept)
        self.check("subset.tif", kept)
        gdal.Translate(f"{folder}/subset.vrt", f"{folder}/subset.tif", format="VRT")
        self.check("subset.vrt", kept)
        gdal.Translate(f"{folder}/again.tif", f"{folder}/subset.vrt")
        self.check("again.tif", kept)
        self.copy("again.tif", "again.dat")
        self.check("again.dat", kept)
        self.copy("again.dat", "last.tif")
        self.check("last.tif", kept)

    def header(self, name, **lists):
        """An ENVI scene of six bands with these lists in its header."""
        nm = [450.0, 550.0, 650.0, 850.0, 1250.0, 2200.0]
        values = numpy.linspace(0.1, 0.4, 6)[:, None, None] + numpy.linspace(0.0, 0.1, 600).reshape(1, 20, 30)
        world.write_raster(self.folder / name, values, None, "ENVI")
        path = (self.folder / name).with_suffix(".hdr")
        given = {"wavelength units": "Nanometers", "wavelength": nm, **lists}
        path.write_text(path.read_text() + "".join(
            f"{key} = {value if isinstance(value, str) else '{' + ', '.join(map(str, value)) + '}'}\n" for key, value in given.items()))
        return name

    def read_list(self, name):
        done = self.must("sceneinfo", "--scene", name, "--output", "bands.csv")
        return [int(line.split(",")[5]) for line in (self.folder / "bands.csv").read_text().splitlines()[1:]], done.stdout

    def test_a_list_of_bad_bands_in_numbers_and_words(self):
        for number, words in enumerate(([1, 1, 0, 1, 0, 1], ["1.0", "1.0", "0.0", "1.0", "0", "1"], ["good", "good", "bad", "Good", "BAD", "good"],
                                        ["true", "yes", "false", "ok", "no", "TRUE"], [1, 1, 0, 1, 0, "1,"])):
            with self.subTest(words=words):
                good, log = self.read_list(self.header(f"words{number}.dat", bbl=words))
                self.assertEqual(good, [1, 1, 0, 1, 0, 1])
                self.assertNotIn("bbl", log.replace("(bbl 0)", ""))

    def test_a_list_that_does_not_fit_is_named(self):
        for key, values in (("bbl", [1, 0, 1]), ("bbl", [1, 0, 1, 1, 0, 1, 1]), ("fwhm", [5.0] * 5)):
            with self.subTest(key=key, n=len(values)):
                name = self.header("unfit.dat", **{key: values})
                good, log = self.read_list(name)
                self.assertEqual(good, [1] * 6)
                self.assertIn(f"the list '{key}' of the header has {len(values)} entries for 6 bands", log)
                self.assertEqual(log.count(f"the list '{key}'"), 1)
                self.refused(kit.FAILED, [key, "6 bands", "strict"], "cleanscene", "--scene", name, "--strict", "yes", output="c.tif")
        (self.folder / "unfit.dat.bands.csv").write_text("band,good\n" + "".join(f"{k},{int(k != 2)}\n" for k in range(1, 7)))
        good, log = self.read_list("unfit.dat")
        self.assertEqual((good, "entries for" in log), ([1, 0, 1, 1, 1, 1], False))
        (self.folder / "unfit.dat.bands.csv").unlink()

    def test_an_entry_that_is_not_known_is_named(self):
        good, log = self.read_list(self.header("odd.dat", bbl=["good", "bad", "perhaps", "good", "good", "good"]))
        self.assertEqual(good, [1, 0, 1, 1, 1, 1])
        self.assertIn("band 3 counts as good, because its entry 'perhaps'", log)

    def test_a_wavelength_twice_is_named(self):
        name = self.header("twice.dat", wavelength=[450.0, 550.0, 550.0, 850.0, 1250.0, 2200.0])
        self.assertIn("bands 2 and 3 are both at 550 nm", self.read_list(name)[1])
        self.refused(kit.FAILED, ["bands 2 and 3", "550 nm"], "cleanscene", "--scene", name, "--strict", "yes", output="c.tif")
        name = self.header("twice_bad.dat", wavelength=[450.0, 550.0, 550.0, 850.0, 1250.0, 2200.0], bbl=[1, 1, 0, 1, 1, 1])
        self.assertNotIn("both at", self.read_list(name)[1])

    def test_words_in_the_items_of_a_geotiff(self):
        values = numpy.linspace(0.1, 0.4, 3)[:, None, None] + numpy.linspace(0.0, 0.1, 600).reshape(1, 20, 30)
        world.write_raster(self.folder / "items.tif", values)
        file = gdal.Open(str(self.folder / "items.tif"), gdal.GA_Update)
        for k, flag in enumerate(("1", "bad", "0"), 1):
            file.GetRasterBand(k).SetMetadata({"wavelength": str(450 + 100 * k), "wavelength_units": "nm", "bbl": flag})
        file = None
        self.assertEqual(self.read_list("items.tif")[0], [1, 0, 0])

    def test_envi_made_by_gdal_keeps_it_in_its_side_file(self):
        folder = str(self.folder)
        gdal.Translate(f"{folder}/theirs.bsq", f"{folder}/scene.tif", format="ENVI")
        self.check("theirs.bsq")

    def test_a_warped_scene_keeps_it(self):
        folder = str(self.folder)
        gdal.Warp(f"{folder}/warped.tif", f"{folder}/scene.tif", dstSRS="EPSG:4326")
        self.check("warped.tif")

    def test_quantity_and_facts_travel(self):
        self.must("calibrate", "--scene", "first.dat", "--from", "radiance", "--time", "2022-04-24T03:12:05Z", "--latitude", 30,
                  "--longitude", 103, "--output", "toa.tif")
        self.copy("toa.tif", "toa.dat")
        self.copy("toa.dat", "toa2.tif")
        for name in ("toa.tif", "toa.dat", "toa2.tif"):
            self.assertEqual(json.loads(self.must("sceneinfo", "--scene", name, "--json").stdout)["quantity"], "TOA reflectance")
        items = gdal.Open(str(self.folder / "toa2.tif")).GetMetadata("TILTH_SCENE")
        self.assertEqual(items["UTC"], "2022-04-24T03:12:05Z")
        self.assertEqual(float(items["LATITUDE_DEG"]), 30.0)
        self.assertGreater(float(items["SUN_ZENITH_DEG"]), 10.0)

    def test_sources_that_contradict_each_other_are_warned_of(self):
        path = str(self.folder / "two.tif")
        world.write_raster(path, numpy.ones((2, 5, 5)))
        dataset = gdal.Open(path, gdal.GA_Update)
        for k, (um, nm) in enumerate([(0.5, 500.4), (0.6, 602.0)], 1):
            band = dataset.GetRasterBand(k)
            band.SetMetadataItem("CENTRAL_WAVELENGTH_UM", str(um), "IMAGERY")
            band.SetMetadataItem("wavelength", str(nm))
            band.SetMetadataItem("wavelength_units", "Nanometers")
            band = None
        dataset = None
        done = self.must("sceneinfo", "--scene", "two.tif")
        text = done.stdout + done.stderr
        self.assertIn("band 2 differ: 600 nm (IMAGERY domain, used) and 602 nm", text)
        self.assertNotIn("band 1 differ", text)


if __name__ == "__main__":
    unittest.main()
