# SPDX-License-Identifier: GPL-2.0-or-later
"""A virtual raster has the bytes of mapproperty, for any layout of the scene and any way to read it."""
import os
import shutil
import unittest

import kit
import numpy as np
from osgeo import gdal

LAYOUTS = {
    "bsq": ("ENVI", "scene.bsq", ["INTERLEAVE=BSQ"]),
    "bil": ("ENVI", "scene.bil", ["INTERLEAVE=BIL"]),
    "bip": ("ENVI", "scene.bip", ["INTERLEAVE=BIP"]),
    "geotiff by band": ("GTiff", "band.tif", ["INTERLEAVE=BAND"]),
    "geotiff by pixel": ("GTiff", "pixel.tif", ["INTERLEAVE=PIXEL"]),
    "geotiff in tiles": ("GTiff", "tiles.tif", ["INTERLEAVE=BAND", "TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16",
                                                "COMPRESS=DEFLATE"]),
}


class Maps(kit.Case):
    def both(self, driver="GTiff", name="scene.tif", options=(), **more):
        """The map of mapproperty and the virtual raster of one scene."""
        scene = kit.write_scene(self.path(name), driver, options, **more)
        model = kit.write_model(self.path("som.json"))
        tif, vrt = self.path("map.tif"), self.path("map.vrt")
        kit.tilth("mapproperty", "--scene", scene, "--model", model, "--output", tif)
        kit.tilth("makevrt", "--scene", scene, "--model", model, "--output", vrt)
        return tif, vrt

    def read(self, source, *options):
        """Pixels of a raster after gdal_translate."""
        out = self.path("out.tif")
        done = kit.translate(source, out, *options)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return kit.pixels(out)

    def test_every_layout_whole_in_windows_and_in_small_swaths(self):
        for layout, (driver, name, options) in LAYOUTS.items():
            with self.subTest(layout):
                tif, vrt = self.both(driver, name, options)
                whole = kit.pixels(tif)
                self.assertEqual(whole.shape[0], 5)
                self.assertSameBytes(self.read(vrt), whole)
                self.assertSameBytes(self.read(vrt, "-srcwin", "5", "2", "31", "19"), whole[:, 2:21, 5:36])
                self.assertSameBytes(self.read(vrt, "-srcwin", "52", "36", "1", "1"), whole[:, 36:37, 52:53])
                self.assertSameBytes(self.read(vrt, "--config", "GDAL_SWATH_SIZE", "1000000",
                                               "--config", "GDAL_CACHEMAX", "1"), whole)

    def test_a_scene_of_many_swaths(self):
        rng = np.random.default_rng(3)
        cube = rng.integers(100, 9000, size=(kit.BANDS, 700, 800)).astype(np.int16)
        tif, vrt = self.both(cube=cube)
        small = self.read(vrt, "--config", "GDAL_SWATH_SIZE", "1000000", "--config", "GDAL_CACHEMAX", "1")
        self.assertSameBytes(small, kit.pixels(tif))

    def test_a_masked_scene(self):
        """A mask inside the file and one in .msk: missing in map and virtual raster alike, also where the middle pixel of the scene
        is masked, which the plugin uses to find the scene."""
        for internal in ("YES", "NO"):
            with self.subTest(internal=internal):
                cube = np.where(kit.stored_scene() == -32768, 500, kit.stored_scene()).astype(np.int16)
                scene = kit.write_scene(self.path(f"scene{internal}.tif"), cube=cube)
                valid = np.ones(cube.shape[1:], bool)
                valid[4:30, 20:40] = False
                gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", internal)
                opened = gdal.Open(scene, gdal.GA_Update)
                opened.CreateMaskBand(gdal.GMF_PER_DATASET)
                opened.GetRasterBand(1).GetMaskBand().WriteArray(np.where(valid, 255, 0).astype(np.uint8))
                opened = None
                gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", None)
                model = kit.write_model(self.path("som.json"))
                tif, vrt = self.path("map.tif"), self.path("map.vrt")
                kit.tilth("mapproperty", "--scene", scene, "--model", model, "--output", tif)
                kit.tilth("makevrt", "--scene", scene, "--model", model, "--output", vrt)
                whole = kit.pixels(tif)
                np.testing.assert_array_equal(np.isnan(whole[0]), ~valid)
                self.assertSameBytes(self.read(vrt), whole)

    def test_a_scene_on_another_scale(self):
        scene = kit.write_scene(self.path("stored.tif"))
        opened = gdal.Open(scene, gdal.GA_Update)
        for i in range(kit.BANDS):
            opened.GetRasterBand(i + 1).SetScale(1.0)
        opened = None
        model = kit.write_model(self.path("som.json"), spectra={"mean": [0.45] * len(kit.USED)})
        tif, vrt = self.path("map.tif"), self.path("map.vrt")
        done = kit.call(kit.EXE, "makevrt", "--scene", scene, "--model", model, "--output", vrt)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("scene_scale 0.0001", done.stderr)
        kit.tilth("mapproperty", "--scene", scene, "--model", model, "--scene_scale", "0.0001", "--output", tif)
        self.assertLess(float(np.nanmax(np.abs(kit.pixels(tif)[0] - kit.expected(kit.stored_scene())))), 1e-5)
        for form in ("derived",) + (("processed",) if int(gdal.VersionInfo()) >= 3090000 else ()):
            with self.subTest(form):
                kit.tilth("makevrt", "--scene", scene, "--model", model, "--scene_scale", "0.0001", "--form", form, "--output", vrt)
                self.assertSameBytes(self.read(vrt), kit.pixels(tif))
                with open(vrt, encoding="utf-8") as file:
                    text = file.read()
                self.assertIn("scene_scale", text)
                with open(vrt, "w", encoding="utf-8") as file:
                    file.write(text.replace('scene_scale="0.0001"', "").replace('<Argument name="scene_scale">0.0001</Argument>', ""))
                done = kit.translate(vrt, self.path("out.tif"))
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("another scale", done.stderr)

    def test_an_average_is_one_of_results(self):
        """gdal_translate -r average makes the same of the virtual raster as of the map: whole, in swaths, of parts, to one pixel;
        other kernels become averages, which are nearer to theirs than single pixels are."""
        rng = np.random.default_rng(5)
        cube = rng.integers(100, 9000, size=(kit.BANDS, 210, 330)).astype(np.int16)
        cube[:, 40:90, 100:120] = -32768
        tif, vrt = self.both(cube=cube)
        swaths = ("--config", "GDAL_SWATH_SIZE", "1000000", "--config", "GDAL_CACHEMAX", "1")
        for options in (("-outsize", "50%", "50%"), ("-outsize", "33", "21"), ("-outsize", "100", "17"), ("-outsize", "47", "210"),
                        ("-outsize", "1", "1"), ("-srcwin", "30", "20", "200", "100", "-outsize", "50", "25"),
                        ("-outsize", "165", "105", *swaths)):
            with self.subTest(options=options):
                np.testing.assert_allclose(self.read(vrt, "-r", "average", *options), self.read(tif, "-r", "average", *options), rtol=2e-6)
        want = self.read(tif, "-r", "bilinear", "-outsize", "33", "21")[0]
        single = self.read(vrt, "-r", "nearest", "-outsize", "33", "21")[0]
        mean = self.read(vrt, "-r", "bilinear", "-outsize", "33", "21")[0]
        self.assertLess(np.nanmean(abs(mean - want)), 0.3 * np.nanmean(abs(single - want)))

    def test_a_scene_without_georeference_has_maps_without_one(self):
        scene = kit.write_scene(self.path("scene.bsq"), "ENVI", ["INTERLEAVE=BSQ"])
        header = self.path("scene.hdr")
        with open(header, encoding="utf-8") as file:
            lines = [line for line in file if not line.startswith(("map info", "coordinate system"))]
        with open(header, "w", encoding="utf-8") as file:
            file.writelines(lines)
        model = kit.write_model(self.path("som.json"))
        for tool, name in (("mapproperty", "map.tif"), ("makevrt", "map.vrt")):
            kit.tilth(tool, "--scene", str(scene), "--model", str(model), "--output", str(self.path(name)))
            self.assertIsNone(gdal.Open(str(self.path(name))).GetGeoTransform(can_return_null=True), name)

    def test_values_are_those_of_the_model_written_down_by_hand(self):
        cube = kit.stored_scene()
        _, vrt = self.both(cube=cube)
        got = self.read(vrt)
        want = kit.expected(cube)
        self.assertTrue(np.array_equal(np.isnan(got[0]), np.isnan(want)))
        self.assertEqual(int(np.isnan(want).sum()), 31)
        # Float32 keeps 24 bits of values near 10.
        self.assertLess(float(np.nanmax(np.abs(got[0] - want))), 1e-6)
        inside = ~np.isnan(want)
        self.assertTrue((got[1][inside] < got[0][inside]).all() and (got[2][inside] > got[0][inside]).all())
        # The index is summed in float32 from scores of size 10.
        di = kit.expected_di(cube)
        self.assertLess(float(np.nanmax(np.abs(got[3] - di) / di)), 1e-4)
        clear = inside & (np.abs(di - 0.4) > 1e-3)
        self.assertTrue(np.array_equal(got[4][clear], (di[clear] <= 0.4).astype(np.float32)))
        self.assertTrue(np.isnan(got[3:, ~inside]).all())
        self.assertTrue(0 < got[4][inside].mean() < 1)

    def test_as_double_and_at_half_resolution(self):
        tif, vrt = self.both()
        self.assertSameBytes(self.read(vrt, "-ot", "Float64"), kit.pixels(tif).astype(np.float64))
        half = ("-outsize", "50%", "50%")
        self.assertSameBytes(self.read(vrt, *half), self.read(tif, *half))

    def test_names_units_place_and_nodata_are_those_of_the_map(self):
        tif, vrt = (gdal.Open(path) for path in self.both())
        self.assertEqual(vrt.GetGeoTransform(), tif.GetGeoTransform())
        self.assertTrue(vrt.GetSpatialRef().IsSame(tif.GetSpatialRef()))
        names = [("SOM", "g/kg"), ("SOM, lower bound (90 %)", "g/kg"), ("SOM, upper bound (90 %)", "g/kg"),
                 ("SOM, dissimilarity index", ""), ("SOM, model applicable", "")]
        for i, name in enumerate(names, start=1):
            for dataset in (vrt, tif):
                band = dataset.GetRasterBand(i)
                self.assertEqual((band.GetDescription(), band.GetUnitType()), name)
                self.assertTrue(np.isnan(band.GetNoDataValue()))
                self.assertEqual(band.DataType, gdal.GDT_Float32)
        self.assertIn('"tool":"makevrt"', vrt.GetMetadataItem("RECORD", "TILTH").replace(" ", ""))

    def test_nodata_of_the_virtual_raster_is_honoured(self):
        tif, vrt = self.both()
        with open(vrt, encoding="utf-8") as file:
            text = file.read()
        with open(vrt, "w", encoding="utf-8") as file:
            file.write(text.replace("<NoDataValue>nan<", "<NoDataValue>-9999<"))
        whole = kit.pixels(tif)
        whole[np.isnan(whole)] = -9999
        self.assertSameBytes(self.read(vrt), whole)

    def test_south_up_scene_keeps_its_position(self):
        cube = kit.stored_scene()
        tif, vrt = self.both(cube=cube, south_up=True)
        self.assertGreater(gdal.Open(vrt).GetGeoTransform()[5], 0)
        upright = kit.pixels(tif)
        if gdal.Open(tif).GetGeoTransform()[5] < 0:
            upright = upright[:, ::-1]
        self.assertSameBytes(self.read(vrt), np.ascontiguousarray(upright))

    def test_degrees_stay_in_longitude_latitude_order(self):
        from osgeo import osr
        scene = kit.write_scene(self.path("degrees.tif"))
        dataset = gdal.Open(scene, gdal.GA_Update)
        system = osr.SpatialReference()
        system.ImportFromEPSG(4326)
        dataset.SetProjection(system.ExportToWkt())
        dataset.SetGeoTransform((10, 0.001, 0, 50, 0, -0.001))
        dataset = None
        vrt = self.path("degrees.vrt")
        kit.tilth("makevrt", "--scene", scene, "--model", kit.write_model(self.path("m.json")), "--output", vrt)
        got, want = gdal.Open(vrt), gdal.Open(scene)
        self.assertEqual(got.GetGeoTransform(), want.GetGeoTransform())
        self.assertEqual(got.GetSpatialRef().GetDataAxisToSRSAxisMapping(),
                         want.GetSpatialRef().GetDataAxisToSRSAxisMapping())
        self.assertTrue(got.GetSpatialRef().IsSame(want.GetSpatialRef()))

    def test_scene_model_and_virtual_raster_move_together(self):
        tif, vrt = self.both()
        want = kit.pixels(tif)
        os.mkdir(self.path("moved"))
        for name in ("scene.tif", "map.vrt", "som.json"):
            shutil.move(self.path(name), self.path("moved"))
        self.assertFalse(os.path.exists(vrt))
        self.assertSameBytes(self.read(self.path("moved/map.vrt")), want)

    def test_a_scene_in_a_folder_below_and_a_model_elsewhere(self):
        os.mkdir(self.path("data"))
        os.mkdir(self.path("elsewhere"))
        scene = kit.write_scene(self.path("data/scene.tif"))
        model = kit.write_model(self.path("elsewhere/som.json"))
        kit.tilth("mapproperty", "--scene", scene, "--model", model, "--output", self.path("map.tif"))
        for name, folder in (("below.vrt", ""), ("other.vrt", "elsewhere/")):
            vrt = self.path(folder + name)
            kit.tilth("makevrt", "--scene", scene, "--model", model, "--output", vrt)
            self.assertSameBytes(self.read(vrt), kit.pixels(self.path("map.tif")))

    def test_relative_paths_from_another_current_folder(self):
        tif, vrt = self.both()
        want = kit.pixels(tif)
        kit.load_plugin_here()
        before = os.getcwd()
        os.chdir(self.path(""))
        self.addCleanup(os.chdir, before)
        self.assertSameBytes(kit.pixels("map.vrt"), want)
        self.assertSameBytes(kit.pixels("./map.vrt"), want)
        os.symlink(vrt, self.path("elsewhere.vrt"))
        self.assertSameBytes(kit.pixels("elsewhere.vrt"), want)

    def test_scenes_of_one_name_in_two_folders_at_once(self):
        """GDAL lists all open rasters to the plugin; only the one that the virtual raster itself opened may be read."""
        kit.load_plugin_here()
        model = kit.write_model(self.path("som.json"))
        want, opened = [], []
        for k in range(2):
            os.mkdir(self.path(str(k)))
            cube = kit.stored_scene()
            cube[:, 7:, :] += k * 100
            scene = kit.write_scene(self.path(f"{k}/scene.tif"), cube=cube)
            kit.tilth("makevrt", "--scene", scene, "--model", model, "--output", self.path(f"{k}/map.vrt"))
            kit.tilth("mapproperty", "--scene", scene, "--model", model, "--output", self.path(f"{k}/map.tif"))
            want.append(kit.pixels(self.path(f"{k}/map.tif")))
            opened.append((gdal.Open(scene), gdal.Open(self.path(f"{k}/map.vrt"))))
        self.assertNotEqual(want[0].tobytes(), want[1].tobytes())
        for _ in range(2):
            for k in (1, 0):
                self.assertSameBytes(opened[k][1].ReadAsArray(), want[k])

    def test_copies_that_cannot_be_distinguished_are_refused_and_not_guessed(self):
        kit.load_plugin_here()
        _, vrt = self.both()
        shutil.copytree(self.path(""), self.path("") + "copy")
        self.addCleanup(shutil.rmtree, self.path("") + "copy")
        first = gdal.Open(vrt)
        want = first.ReadAsArray()
        second = gdal.Open(self.path("") + "copy/map.vrt")
        with self.assertRaisesRegex(RuntimeError, "2 open rasters named scene.tif"):
            second.ReadAsArray()
        first = None
        self.assertSameBytes(second.ReadAsArray(), want)

    def test_a_virtual_raster_over_a_virtual_raster(self):
        """A window of the scene as VRT, and a copy of the map's VRT written by gdal_translate into another folder."""
        scene = kit.write_scene(self.path("scene.tif"))
        model = kit.write_model(self.path("som.json"))
        part = self.path("part.vrt")
        gdal.Translate(part, scene, format="VRT", srcWin=[4, 3, 40, 30])
        tif, vrt = self.path("map.tif"), self.path("map.vrt")
        kit.tilth("mapproperty", "--scene", part, "--model", model, "--output", tif)
        kit.tilth("makevrt", "--scene", part, "--model", model, "--output", vrt)
        self.assertSameBytes(self.read(vrt), kit.pixels(tif))
        os.mkdir(self.path("other"))
        copied = kit.call("gdal_translate", "-q", "-of", "VRT", vrt, self.path("other/copy.vrt"))
        self.assertEqual(copied.returncode, 0, copied.stderr)
        self.assertSameBytes(self.read(self.path("other/copy.vrt")), kit.pixels(tif))

    def test_previews_hold_exactly_the_pixels_asked_for(self):
        rng = np.random.default_rng(11)
        cube = rng.integers(100, 9000, size=(kit.BANDS, 97, 131)).astype(np.int16)
        for layout, (driver, name, options) in LAYOUTS.items():
            tif, vrt = self.both(driver, name, options, cube=cube)
            for size in (("40", "30"), ("131", "7"), ("1", "1"), ("9", "97"), ("200", "150"), ("130", "96")):
                with self.subTest(f"{layout} {size}"):
                    self.assertSameBytes(self.read(vrt, "-outsize", *size), self.read(tif, "-outsize", *size))
            window = ("-srcwin", "17", "5", "101", "83", "-outsize", "37", "29")
            self.assertSameBytes(self.read(vrt, *window), self.read(tif, *window))

    def test_other_types_and_orders_of_the_copy(self):
        tif, vrt = self.both()
        for options in (("-ot", "Byte", "-a_nodata", "none"), ("-ot", "Int32", "-a_nodata", "-7"), ("-co", "INTERLEAVE=BAND"),
                        ("-co", "TILED=YES", "-co", "COMPRESS=DEFLATE"), ("-b", "5", "-b", "2")):
            with self.subTest(options):
                self.assertSameBytes(self.read(vrt, *options), self.read(tif, *options))

    def test_two_hundred_bands_by_pixel(self):
        """GDAL reads such a GeoTIFF again for every band that is requested alone."""
        rng = np.random.default_rng(2)
        wavelengths = [400.0 + 8 * i for i in range(200)]
        path, tif, vrt = self.path("wide.tif"), self.path("map.tif"), self.path("map.vrt")
        memory = gdal.GetDriverByName("MEM").Create("", 70, 50, 200, gdal.GDT_Float32)
        for i, centre in enumerate(wavelengths):
            band = memory.GetRasterBand(i + 1)
            band.WriteArray(rng.random((50, 70), np.float32))
            band.SetMetadata({"wavelength": str(centre), "wavelength_units": "nm"})
        model = kit.write_model(self.path("som.json"), wavelengths)
        for options in (["INTERLEAVE=PIXEL"], ["INTERLEAVE=PIXEL", "TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=32", "COMPRESS=DEFLATE"]):
            gdal.GetDriverByName("GTiff").CreateCopy(path, memory, options=options)
            kit.tilth("mapproperty", "--scene", path, "--model", model, "--output", tif)
            kit.tilth("makevrt", "--scene", path, "--model", model, "--output", vrt)
            self.assertSameBytes(self.read(vrt), kit.pixels(tif))
            self.assertSameBytes(self.read(vrt, "-outsize", "33", "21"), self.read(tif, "-outsize", "33", "21"))

    def test_two_runs_give_the_same_file(self):
        _, vrt = self.both()
        with open(vrt, "rb") as file:
            first = file.read()
        _, vrt = self.both()
        with open(vrt, "rb") as file:
            self.assertEqual(file.read(), first)


if __name__ == "__main__":
    unittest.main(verbosity=2)
