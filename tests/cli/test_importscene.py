#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Folders of GF-5, GF5B and ZY-1: the radiance that was put in, its position on the map, the list of bands, and every
way in which a folder can be wrong."""
import json
import math
import shutil
import tarfile
import unittest
import zipfile

import kit  # first: it finds tests/kit

import ahsi
import numpy
from osgeo import gdal, osr

gdal.UseExceptions()

VNIR = numpy.linspace(390.3, 1029.2, 150)
SWIR = numpy.linspace(1004.6, 2513.4, 180)
FEW = numpy.linspace(420.0, 1010.0, 20), numpy.linspace(1015.0, 2480.0, 12)
STYLE = {"GF5": "高分五号 数据 01", "GF5B": "GF5B 云南 0424"}


def cube(path):
    data = gdal.Open(str(path))
    return data.ReadAsArray(), data


def numbers_of(reflectance, nm, gain):
    """Digital numbers of a reflectance without air."""
    up = math.cos(math.radians(ahsi.sun_zenith())) / math.pi
    radiance = reflectance * (ahsi.sunlight(nm) * up)[:, None, None]
    return numpy.clip(numpy.rint(radiance / gain[:, None, None]), 1, 65535).astype(numpy.uint16)


def hill(lon, lat):
    """Metres; one hill of 900 m with a foot of 3 km."""
    x, y = (lon - ahsi.LON) * 93800.0, (lat - ahsi.LAT) * 111000.0
    return 400.0 + 900.0 * numpy.exp(-(x * x + y * y) / (2 * 1500.0 ** 2))


def texture(lon, lat):
    """A field with waves of 3 pixels and longer in all directions, like fields and roads."""
    random = numpy.random.default_rng(7)
    sum_of = numpy.zeros_like(lon)
    for _ in range(120):
        u, v, phase = random.uniform(-4500, 4500), random.uniform(-4500, 4500), random.uniform(0, 2 * math.pi)
        sum_of += numpy.sin(lon * u + lat * v + phase)
    return sum_of / 8


def write_heights(path):
    """The hill on a grid of 10 m in degrees, wider than the scene."""
    n, step = 1200, 0.0001
    west, north = ahsi.LON - n / 2 * step, ahsi.LAT + n / 2 * step
    lon, lat = numpy.meshgrid(west + (numpy.arange(n) + 0.5) * step, north - (numpy.arange(n) + 0.5) * step)
    data = gdal.GetDriverByName("GTiff").Create(str(path), n, n, 1, gdal.GDT_Float32)
    data.SetGeoTransform([west, step, 0, north, 0, -step])
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(4326)
    data.SetProjection(crs.ExportToWkt())
    data.GetRasterBand(1).WriteArray(hill(lon, lat).astype(numpy.float32))


class Import(kit.TilthCase):
    @classmethod
    def prepare(cls):
        write_heights(cls.folder / "heights.tif")
        cls.must("simulatescene", "--dem", "heights.tif", "--width_km", 2, "--height_km", 2, "--samples_count", 30, "--seed", 5, "--scene", "truth.tif",
                 "--truth", "t.tif", "--samples", "s.gpkg", "--lab", "l.csv")
        reflectance, _ = cube(cls.folder / "truth.tif")
        cls.gain = numpy.linspace(0.02, 0.01, 150), numpy.linspace(0.012, 0.002, 180)
        cls.dn = numbers_of(reflectance[:150], VNIR, cls.gain[0]), numbers_of(reflectance[150:], SWIR, cls.gain[1])
        for style, folder in STYLE.items():
            ahsi.make(cls.folder / folder, style, *cls.dn, (VNIR, SWIR), cls.gain, offset=0.0 if style == "GF5" else 0.5)
        few = [numpy.full((len(nm), 30, 30), 3000, numpy.uint16) for nm in FEW]
        for dn in few:
            dn += numpy.arange(900, dtype=numpy.uint16).reshape(30, 30)
        cls.few_gain = numpy.full(20, 0.02), numpy.full(12, 0.01)
        cls.base = ahsi.make(cls.folder / "few", "GF5B", *few, FEW, cls.few_gain)

    def copy(self, name):
        to = self.folder / name
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.folder / "few", to)
        return to

    def result(self, *words):
        return json.loads(self.must(*words, "--json").stdout)

    def test_both_naming_styles_give_the_radiance_that_was_put_in(self):
        for style, folder in STYLE.items():
            offset = 0.0 if style == "GF5" else 0.5
            done = self.must("importscene", "--product", folder, "--output", "out.tif")
            data, file = cube(self.folder / "out.tif")
            wanted = numpy.concatenate([dn * gain[:, None, None] + offset for dn, gain in zip(self.dn, self.gain)])
            self.assertEqual(data.shape, wanted.shape)
            numpy.testing.assert_allclose(data, wanted, rtol=1e-6)
            said = done.stdout + done.stderr
            self.assertIn("2022-04-24T03:12:05Z", said, "11:12 in Beijing is 3:12 in UTC")
            nm = [float(file.GetRasterBand(b).GetMetadataItem("wavelength")) for b in (1, 150, 151, 330)]
            numpy.testing.assert_allclose(nm, [390.3, 1029.2, 1004.6, 2513.4], atol=1e-3)

    def test_an_archive_as_it_was_delivered_gives_the_same_scene(self):
        self.must("importscene", "--product", "few", "--output", "wanted.tif")
        wanted, _ = cube(self.folder / "wanted.tif")
        scratch = self.folder / "scratch"
        scratch.mkdir(exist_ok=True)
        for name, mode in (("delivered.tar.gz", "w:gz"), ("GF5B_AHSI.tar", "w"), ("a.tgz", "w:gz")):
            with tarfile.open(self.folder / name, mode) as archive:
                archive.add(self.folder / "few", "GF5B/few")
            done = self.must("importscene", "--product", name, "--output", "out.tif", env={"TMPDIR": str(scratch)})
            data, _ = cube(self.folder / "out.tif")
            numpy.testing.assert_array_equal(data, wanted)
            self.assertIn("unpacked into a temporary folder", done.stdout)
            self.assertEqual(list(scratch.iterdir()), [])
        with zipfile.ZipFile(self.folder / "delivered.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted((self.folder / "few").iterdir()):
                archive.write(file, f"GF5B_AHSI_E121.45_N31.31_20191228_008714_L10000071208/{file.name}")
        self.must("importscene", "--product", "delivered.zip", "--output", "out.tif", env={"TMPDIR": str(scratch)})
        numpy.testing.assert_array_equal(cube(self.folder / "out.tif")[0], wanted)
        (self.folder / "GF5B_AHSI_scene.rar").write_bytes(b"Rar!")
        self.refused(kit.FAILED, ["GF5B_AHSI_scene.rar", "unpack it"], "importscene", "--product", "GF5B_AHSI_scene.rar",
                     output="out.tif")
        whole = (self.folder / "delivered.tar.gz").read_bytes()
        (self.folder / "cut.tar.gz").write_bytes(whole[:len(whole) // 3])
        self.refused(kit.FAILED, ["cut.tar.gz"], "importscene", "--product", "cut.tar.gz", output="out.tif",
                     env={"TMPDIR": str(scratch)})
        self.assertEqual(list(scratch.iterdir()), [])

    def test_whole_numbers_keep_the_gains_and_lose_nothing(self):
        self.must("importscene", "--product", STYLE["GF5B"], "--type", "uint16", "--output", "whole.tif")
        data, file = cube(self.folder / "whole.tif")
        self.assertEqual(data.dtype, numpy.uint16)
        numpy.testing.assert_array_equal(data, numpy.concatenate(self.dn))
        numpy.testing.assert_allclose(file.GetRasterBand(151).GetScale(), self.gain[1][0], rtol=1e-9)
        self.assertAlmostEqual(file.GetRasterBand(151).GetOffset(), 0.5, 12)

    def test_the_list_of_bands_is_said_with_its_reasons(self):
        done = self.must("importscene", "--product", STYLE["GF5B"], "--output", "out.tif")
        said = done.stdout + done.stderr
        windows = sum(1342 <= nm <= 1451 for nm in SWIR), sum(1771 <= nm <= 1977 for nm in SWIR)
        self.assertIn(f"{windows[0]} bands not used, water vapour window 1342-1451 nm: ", said)
        self.assertIn(f"{windows[1]} bands not used, water vapour window 1771-1977 nm: ", said)
        overlap = sum(SWIR < VNIR[-1])
        self.assertIn(f"{overlap} bands not used, overlaps the detector before it: 151-", said)
        self.must("importscene", "--product", STYLE["GF5B"], "--overlap", "swir", "--drop", "1-5 2450-2600nm", "--bad_bands", "drop",
                  "--lowest", 0, "--highest", 3000, "--windows", "none", "--output", "kept.dat")
        kept = gdal.Open(str(self.folder / "kept.dat")).RasterCount
        wanted = sum(VNIR[5:] <= SWIR[0]) + sum(SWIR < 2450)
        self.assertEqual(kept, wanted)

    def test_a_table_of_the_user_replaces_the_gains(self):
        rows = ["band,gain,offset"] + [f"{k + 1},{g * 1.1:.9f},0.25" for k, g in enumerate(numpy.concatenate(self.gain))]
        (self.folder / "vicarious.csv").write_text("\n".join(rows))
        self.must("importscene", "--product", STYLE["GF5"], "--gains", "vicarious.csv", "--output", "mine.tif")
        data, _ = cube(self.folder / "mine.tif")
        wanted = numpy.concatenate([dn * gain[:, None, None] * 1.1 + 0.25 for dn, gain in zip(self.dn, self.gain)])
        numpy.testing.assert_allclose(data, wanted, rtol=2e-6)

    def test_one_gain_for_all_bands_as_zy1_brings_it(self):
        at = self.folder / "zy1"
        ahsi.make(at, "ZY1E", *[dn[:, :20, :20] for dn in self.dn], (VNIR, SWIR), ([0.015], [0.008]))
        self.must("importscene", "--product", at, "--output", "zy1.tif")
        data, _ = cube(self.folder / "zy1.tif")
        numpy.testing.assert_allclose(data[0], self.dn[0][0, :20, :20] * 0.015, rtol=1e-6)
        numpy.testing.assert_allclose(data[329], self.dn[1][179, :20, :20] * 0.008, rtol=1e-6)

    def test_an_image_or_the_metadata_lead_to_the_whole_scene(self):
        for name in (f"few/{self.base}_SW.tif", f"few/{self.base}.xml"):
            self.must("importscene", "--product", name, "--output", "one.tif")
            self.assertEqual(gdal.Open(str(self.folder / "one.tif")).RasterCount, 32)
        self.must("importscene", "--product", f"few/{self.base}_SW.tif", "--detectors", "swir", "--output", "one.tif")
        self.assertEqual(gdal.Open(str(self.folder / "one.tif")).RasterCount, 12)

    def test_an_elevation_in_place_of_the_zenith_is_noticed(self):
        at = self.copy("elevation")
        text = (at / f"{self.base}.xml").read_text()
        zenith = ahsi.sun_zenith()
        (at / f"{self.base}.xml").write_text(text.replace(f"{zenith:.4f}", f"{90 - zenith:.4f}"))
        said = self.must("importscene", "--product", at, "--output", "e.tif")
        self.assertIn("is its elevation", said.stdout + said.stderr)
        (at / f"{self.base}.xml").write_text(text.replace(f"{zenith:.4f}", f"{zenith + 5:.4f}"))
        said = self.must("importscene", "--product", at, "--output", "e.tif")
        self.assertIn("is not that of time and position", said.stdout + said.stderr)
        (at / f"{self.base}.xml").write_text(text)
        said = self.must("importscene", "--product", at, "--output", "e.tif")
        self.assertNotIn("elevation", said.stdout + said.stderr)

    def test_gains_in_another_unit_are_named_with_the_factor_that_fits(self):
        for k, wanted in ((10.0, "scale 0.1"), (1000.0, "scale 0.001")):
            at = self.copy("unit")
            for name, gain in (("VNIR", self.few_gain[0]), ("SWIR", self.few_gain[1])):
                (at / f"GF5B_AHSI_RadCal_{name}.raw").write_text("\n".join(f"{g * k},0" for g in gain))
            self.refused(kit.FAILED, ["unit", wanted], "importscene", "--product", at, output="no.tif")
        self.must("importscene", "--product", at, "--scale", 0.001, "--output", "yes.tif")

    def test_a_file_that_does_not_say_what_it_holds_is_guessed_at(self):
        lines = ["band,wavelength"] + [f"{k + 1},{nm}" for k, nm in enumerate((460, 550, 650, 850))]
        data = gdal.GetDriverByName("GTiff").Create(str(self.folder / "any.tif"), 20, 20, 4, gdal.GDT_Int16)
        data.WriteArray(numpy.arange(1600, dtype=numpy.int16).reshape(4, 20, 20) + 1000)
        data.FlushCache()
        (self.folder / "any.tif.bands.csv").write_text("\n".join(lines))
        done = self.must("importscene", "--product", "any.tif", "--output", "any_out.tif")
        self.assertIn("set quantity reflectance and scale 0.0001", done.stdout + done.stderr)
        self.refused(kit.FAILED, ["scale 0.0001"], "importscene", "--product", "any.tif", "--quantity", "reflectance", output="no.tif")
        self.must("importscene", "--product", "any.tif", "--quantity", "reflectance", "--scale", 0.0001, "--output", "any_out.tif")
        numpy.testing.assert_allclose(cube(self.folder / "any_out.tif")[0].ravel(), (numpy.arange(1600) + 1000) * 1e-4, rtol=1e-6)

    def test_folders_that_are_wrong_are_refused_with_a_sentence(self):
        at = self.copy("lonely")
        (at / f"{self.base}_SW.tif").unlink()
        self.refused(kit.FAILED, [f"{self.base}_SW.tif"], "importscene", "--product", at, output="no.tif")
        at = self.copy("short")
        (at / "GF5B_AHSI_RadCal_VNIR.raw").write_text("0.02,0\n" * 19)
        self.refused(kit.FAILED, ["GF5B_AHSI_RadCal_VNIR.raw", "19 lines", "20 bands"], "importscene", "--product", at,
                     output="no.tif")
        (at / "GF5B_AHSI_RadCal_VNIR.raw").write_text("0.02,0\n" * 21)
        self.refused(kit.FAILED, ["21 lines", "20 bands"], "importscene", "--product", at, output="no.tif")
        (at / "GF5B_AHSI_RadCal_VNIR.raw").write_text("0.02,0\n" * 19 + "0.02\n")
        self.refused(kit.FAILED, ["line 20", "1 number"], "importscene", "--product", at, output="no.tif")
        (at / "GF5B_AHSI_RadCal_VNIR.raw").write_bytes(b"\x00\xff" * 40)
        self.refused(kit.FAILED, ["GF5B_AHSI_RadCal_VNIR.raw"], "importscene", "--product", at, output="no.tif")
        (at / "GF5B_AHSI_RadCal_VNIR.raw").write_text("-0.02,0\n" * 20)
        self.refused(kit.FAILED, ["gain -0.02"], "importscene", "--product", at, output="no.tif")
        at = self.copy("blind")
        (at / "GF5B_AHSI_Spectralresponse_SWIR.raw").unlink()
        self.refused(kit.FAILED, ["wavelengths of SWIR"], "importscene", "--product", at, output="no.tif")
        at = self.copy("mixed")
        shutil.copy(at / f"{self.base}_VN.tif", at / "GF5B_AHSI_E99.9_N30.0_20220501_001111_L10000000001_VN.tif")
        self.refused(kit.FAILED, ["contains the scenes"], "importscene", "--product", at, output="no.tif")
        self.must("importscene", "--product", at / f"{self.base}_VN.tif", "--output", "chosen.tif")
        at = self.copy("cut")
        whole = (at / f"{self.base}_SW.tif").read_bytes()
        (at / f"{self.base}_SW.tif").write_bytes(whole[:len(whole) * 2 // 3])
        self.refused(kit.FAILED, [f"{self.base}_SW.tif", "cut off"], "importscene", "--product", at, output="no.tif")
        at = self.copy("broken")
        (at / f"{self.base}.xml").write_text("<ProductMetaData><StartTime>2022")
        self.refused(kit.FAILED, ["not an XML"], "importscene", "--product", at, output="no.tif")
        at = self.copy("few_centres")
        for lines, wanted in (("500,4\n" * 12, "same centre"), ("1500,9\n", "one line"), ("1500\n" * 12, "1 column"),
                              ("\n".join(f"{nm},-1" for nm in FEW[1]), "width -1")):
            (at / "GF5B_AHSI_Spectralresponse_SWIR.raw").write_text(lines)
            self.refused(kit.FAILED, ["Spectralresponse_SWIR.raw", wanted], "importscene", "--product", at, output="no.tif")
        self.refused(kit.USAGE, ["detectors", "leave it out"], "importscene", "--product", "t.tif", "--detectors", "vnir", output="no.tif")
        (self.folder / "GF5B_AHSI_E1_N2.tar.gz").write_bytes(b"packed")
        self.refused(kit.FAILED, ["GF5B_AHSI_E1_N2.tar.gz", "archive"], "importscene", "--product", "GF5B_AHSI_E1_N2.tar.gz", output="no.tif")
        (self.folder / "empty").mkdir(exist_ok=True)
        self.refused(kit.FAILED, ["is not a known product"], "importscene", "--product", "empty", output="no.tif")
        self.refused(kit.USAGE, ["drop", "'5000'"], "importscene", "--product", "few", "--drop", "5000", output="no.tif")

    def test_a_dem_that_is_none_or_of_no_use_is_named(self):
        self.refused(kit.FAILED, ("dem: ", "32 bands", "one band of heights"), "importscene", "--product", "few", "--dem",
                     self.few_scene(), output="out.tif")
        self.refused(kit.FAILED, ("dem: ", f"{self.base}.xml"), "importscene", "--product", "few", "--dem",
                     f"few/{self.base}.xml", output="out.tif")
        done = self.must("importscene", "--product", "few", "--dem", "heights.tif", "--output", "out.tif")
        self.assertIn("the dem is not used", done.stdout + done.stderr)

    def few_scene(self):
        self.must("importscene", "--product", "few", "--output", "few.tif")
        return "few.tif"

    def test_bands_with_one_value_are_listed_together(self):
        at = self.copy("flat")
        for band, value in ((4, 700), (5, 900)):
            image = gdal.Open(str(at / f"{self.base}_VN.tif"), gdal.GA_Update)
            image.GetRasterBand(band).WriteArray(numpy.full((30, 30), value, numpy.uint16))
            image = None
        done = self.must("importscene", "--product", "flat", "--output", "out.tif")
        self.assertIn("2 bands not used, the same value in all rows read: 4-5 (", done.stdout + done.stderr)

    def test_gains_for_no_detector_leave_digital_numbers(self):
        at = self.copy("plain")
        for name in ("VNIR", "SWIR"):
            (at / f"GF5B_AHSI_RadCal_{name}.raw").unlink()
        said = self.must("importscene", "--product", at, "--output", "dn.tif")
        self.assertIn("digital numbers", said.stdout + said.stderr)
        data, _ = cube(self.folder / "dn.tif")
        self.assertEqual(data[0, 0, 0], 3000)


class Place(kit.TilthCase):
    """Bands 10 and 11 of VNIR and 5 and 6 of SWIR contain the longitude and latitude that each pixel sees."""

    ROWS, COLUMNS = 150, 140

    @classmethod
    def prepare(cls):
        write_heights(cls.folder / "heights.tif")
        cls.ground = ahsi.Ground(cls.ROWS, cls.COLUMNS)
        line, samp = numpy.mgrid[0:cls.ROWS, 0:cls.COLUMNS].astype(float)
        lon, lat = cls.ground.to_ground(line, samp, hill)
        shifted = cls.ground.to_ground(line + 1.3, samp - 0.7, hill)
        gains = numpy.full(20, 0.02), numpy.full(12, 0.005)
        for name, (x, y) in (("place", (lon, lat)), ("moved", shifted)):
            dn = []
            for k, (nm, at) in enumerate(zip(FEW, ((lon, lat), (x, y)))):
                bands = numpy.repeat((4000 + 300 * texture(*at))[None], len(nm), 0)
                bands[9 - 5 * k] = 3000 + (at[0] - ahsi.LON + 0.05) * 5e5
                bands[10 - 5 * k] = 3000 + (at[1] - ahsi.LAT + 0.05) * 5e5
                dn.append(numpy.rint(bands).astype(numpy.uint16))
            ahsi.make(cls.folder / name, "GF5B", *dn, FEW, gains, ground=cls.ground)
        cls.gains = gains

    def off(self, path, first, gain):
        """Distance in pixels (lines, samples) between where every cell is and where its pixel saw the ground."""
        data, file = cube(self.folder / path)
        rows, columns = data.shape[1:]
        t = file.GetGeoTransform()
        utm = osr.SpatialReference(file.GetProjection())
        self.assertEqual(utm.GetAuthorityCode(None), "32648")
        degrees = osr.SpatialReference()
        degrees.ImportFromEPSG(4326)
        for crs in (utm, degrees):
            crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
        column, row = numpy.meshgrid(numpy.arange(columns) + 0.5, numpy.arange(rows) + 0.5)
        cells = numpy.column_stack([(t[0] + column * t[1]).ravel(), (t[3] + row * t[5]).ravel()])
        lon, lat = numpy.array(osr.CoordinateTransformation(utm, degrees).TransformPoints(cells))[:, :2].T
        seen = [((data[first + k].astype(float).ravel() / gain - 3000) / 5e5 - 0.05 + zero)
                for k, zero in ((0, ahsi.LON), (1, ahsi.LAT))]
        there = numpy.isfinite(seen[0])
        self.assertGreater(there.mean(), 0.6)
        want = self.ground.to_pixel(lon[there], lat[there], hill(lon[there], lat[there]))
        have = self.ground.to_pixel(seen[0][there], seen[1][there], hill(seen[0][there], seen[1][there]))
        return numpy.array([have[0] - want[0], have[1] - want[1]])

    def test_every_cell_holds_the_pixel_that_saw_it(self):
        self.must("importscene", "--product", "place", "--dem", "heights.tif", "--output", "map.tif")
        for first, gain in ((9, 0.02), (24, 0.005)):
            # Half a pixel, and 2e-6 degrees of the whole numbers, which are 0.008 pixels.
            self.assertLess(abs(self.off("map.tif", first, gain)).max(), 0.52)
        self.must("importscene", "--product", "place", "--dem", "heights.tif", "--resampling", "bilinear", "--output", "smooth.tif")
        for first, gain in ((9, 0.02), (24, 0.005)):
            off = abs(self.off("smooth.tif", first, gain))
            # Cells at the rim have fewer than four neighbours and fall back towards the nearest pixel.
            self.assertLess(numpy.quantile(off, 0.95), 0.05)
            self.assertLess(off.max(), 0.52)

    def test_without_heights_the_hill_is_displaced(self):
        self.must("importscene", "--product", "place", "--geocode", "yes", "--output", "flat.tif")
        self.assertGreater(abs(self.off("flat.tif", 9, 0.02)[1]).max(), 2.0)
        said = self.must("importscene", "--product", "place", "--output", "raw.tif")
        self.assertIn("use a dem", said.stdout + said.stderr)
        self.assertEqual(gdal.Open(str(self.folder / "raw.tif")).RasterXSize, self.COLUMNS)

    def test_a_detector_that_is_shifted_is_found_and_moved_back(self):
        run = ("importscene", "--product", "moved", "--dem", "heights.tif", "--resampling", "bilinear")
        before = json.loads(self.must(*run, "--json", "--output", "before.tif").stdout)
        off = numpy.median(self.off("before.tif", 24, 0.005), 1)
        numpy.testing.assert_allclose(off, [1.3, -0.7], atol=0.02)
        self.assertGreater(math.hypot(before["shift_rows"], before["shift_columns"]), 1.2)
        self.must(*run, "--shift", "apply", "--output", "after.tif")
        self.assertLess(abs(numpy.median(self.off("after.tif", 24, 0.005), 1)).max(), 0.1)

    def test_the_grid_of_another_raster_is_taken(self):
        self.must("importscene", "--product", "place", "--dem", "heights.tif", "--output", "map.tif")
        gdal.Translate(str(self.folder / "part.tif"), str(self.folder / "map.tif"), srcWin=[40, 30, 60, 50], bandList=[1])
        self.must("importscene", "--product", "place", "--dem", "heights.tif", "--grid", "part.tif", "--output", "part_map.tif")
        whole, part = cube(self.folder / "map.tif")[0], cube(self.folder / "part_map.tif")[0]
        numpy.testing.assert_array_equal(part, whole[:, 30:80, 40:100])

    def test_a_cleaned_scene_goes_on_the_map_by_the_rpc_beside_it(self):
        self.must("importscene", "--product", "place", "--dem", "heights.tif", "--output", "map.tif")
        self.must("importscene", "--product", "place", "--output", "raw.tif")
        self.must("cleanscene", "--scene", "raw.tif", "--destripe", "no", "--output", "clean.tif")
        shutil.copy(next((self.folder / "place").glob("*_VN.rpb")), self.folder / "clean.RPB")
        self.must("importscene", "--product", "clean.tif", "--dem", "heights.tif", "--output", "later.tif")
        numpy.testing.assert_array_equal(cube(self.folder / "later.tif")[0], cube(self.folder / "map.tif")[0])
        self.assertEqual(*[json.loads(self.must("sceneinfo", "--scene", name, "--json").stdout)["quantity"]
                           for name in ("later.tif", "map.tif")])

    def test_the_same_bytes_with_any_memory_and_threads(self):
        for name, words in (("a.tif", ("--threads", 1)), ("b.tif", ("--threads", 2, "--memory", 64))):
            self.must("importscene", "--product", "place", "--dem", "heights.tif", *words, "--output", name)
        self.assertEqual((self.folder / "a.tif").read_bytes(), (self.folder / "b.tif").read_bytes())


if __name__ == "__main__":
    unittest.main()
