# SPDX-License-Identifier: GPL-2.0-or-later
"""The pixel functions that are one formula compute what the tools compute, and report what is wrong with their sources."""
import math
import os
import re
import subprocess
import sys
import unittest
from xml.sax.saxutils import quoteattr

import kit
import numpy as np
from osgeo import gdal

ROWS, COLUMNS, CELL = 60, 75, 30.0
# Not the same bytes, because the layers are float32: area and slope come rounded by 6e-8 of themselves, and enter with
# powers below 2, where the tool has them in double. That moves the last digit or two of the result, 1.2e-7 each.
CLOSE = {"rtol": 1e-6, "atol": 1e-6}
LONG = np.longdouble

GERMAN = """
import locale, sys
from osgeo import gdal
gdal.UseExceptions()
locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")
assert locale.localeconv()["decimal_point"] == ",", locale.localeconv()
sys.stdout.buffer.write(gdal.Open(sys.argv[1]).ReadAsArray().tobytes())
"""


def write_layers(path, layers, nodata=None, geo=(500000, CELL, 0, 4000000, 0, -CELL), kind=gdal.GDT_Float32):
    """A GeoTIFF with one band per layer."""
    rows, columns = layers[0].shape
    dataset = gdal.GetDriverByName("GTiff").Create(path, columns, rows, len(layers), kind)
    dataset.SetGeoTransform(geo)
    dataset.SetProjection(kit.utm_wkt())
    for i, layer in enumerate(layers):
        dataset.GetRasterBand(i + 1).WriteArray(layer)
        if nodata is not None:
            dataset.GetRasterBand(i + 1).SetNoDataValue(nodata)
    return path


def write_vrt(path, function, sources, rows, columns, nodata="nan", transfer="Float32", **arguments):
    """A virtual raster of one band; sources are (file, band)."""
    texts = "".join(f" {name}={quoteattr(str(value))}" for name, value in arguments.items())
    parts = "".join(f'<SimpleSource><SourceFilename relativeToVRT="1">{os.path.basename(file)}</SourceFilename>'
                    f"<SourceBand>{band}</SourceBand></SimpleSource>" for file, band in sources)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<VRTDataset rasterXSize="{columns}" rasterYSize="{rows}">'
                   '<VRTRasterBand dataType="Float32" band="1" subClass="VRTDerivedRasterBand">'
                   f"<NoDataValue>{nodata}</NoDataValue><PixelFunctionType>{function}</PixelFunctionType>"
                   f"<PixelFunctionArguments{texts}/>"
                   f"<SourceTransferType>{transfer}</SourceTransferType>{parts}</VRTRasterBand></VRTDataset>")
    return path


class FormulaCase(kit.Case):
    def read(self, vrt, *options, env=None):
        out = self.path("out.tif")
        done = kit.translate(vrt, out, *options, env=env)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return kit.pixels(out)[0]

    def refuse(self, vrt, *words):
        out = self.path("refused.tif")
        done = kit.translate(vrt, out)
        self.assertEqual(done.returncode, 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertFalse(os.path.exists(out))


class Terrain(FormulaCase):
    """Against terrainfactors, from its own specific catchment area and slope."""

    def setUp(self):
        super().setUp()
        rng = np.random.default_rng(11)
        row, column = np.mgrid[0:ROWS, 0:COLUMNS]
        height = (300 + 2.0 * row + 25 * np.sin(column / 7.0) + 15 * np.cos(row / 9.0)
                  + rng.normal(0, 0.4, (ROWS, COLUMNS))).astype(np.float32)
        height[12:15, 20:24] = -9999
        self.dem = write_layers(self.path("dem.tif"), [height], -9999)
        self.layer = {name: self.path(name + ".tif") for name in ("sca", "slope", "aspect", "twi", "ls")}

    def make(self, *options):
        outputs = [text for name, path in self.layer.items() for text in ("--" + name, path)]
        kit.tilth("terrainfactors", "--dem", self.dem, *outputs, *options)
        self.nodata = {}
        for name, path in self.layer.items():
            dataset = gdal.Open(path)
            self.nodata[name] = dataset.GetRasterBand(1).GetNoDataValue()

    def truth(self, name):
        """The layer of the tool, NoData as NaN."""
        values = kit.pixels(self.layer[name])[0]
        if not math.isnan(self.nodata[name]):
            values[values == np.float32(self.nodata[name])] = np.nan
        self.assertGreaterEqual(int(np.isnan(values).sum()), 12)
        self.assertGreater(int(np.isfinite(values).sum()), 4000)
        return values

    def vrt(self, function, *layers, **arguments):
        return write_vrt(self.path("formula.vrt"), function, [(self.layer[name], 1) for name in layers], ROWS, COLUMNS,
                         **{"src_nodata": ",".join("none" if math.isnan(self.nodata[n]) else repr(self.nodata[n])
                                                   for n in layers), **arguments})

    def test_wetness_is_that_of_terrainfactors(self):
        self.make()
        np.testing.assert_allclose(self.read(self.vrt("tilth_wetness", "sca", "slope")), self.truth("twi"), **CLOSE)

    def test_moore_and_boehner_selige_are_those_of_terrainfactors(self):
        for method in ("moore", "boehner_selige"):
            with self.subTest(method):
                self.make("--ls_method", method)
                np.testing.assert_allclose(self.read(self.vrt("tilth_lsfactor", "sca", "slope", method=method)),
                                           self.truth("ls"), **CLOSE)

    def test_moore_is_meant_when_no_method_is_named(self):
        self.make("--ls_method", "moore")
        np.testing.assert_allclose(self.read(self.vrt("tilth_lsfactor", "sca", "slope")), self.truth("ls"), **CLOSE)

    def test_desmet_govers_of_two_sources_is_that_compatible_with_saga(self):
        self.make("--ls_method", "desmet_govers", "--compatible", "saga")
        got = self.read(self.vrt("tilth_lsfactor", "sca", "slope", method="desmet_govers", cell="30"))
        np.testing.assert_allclose(got, self.truth("ls"), **CLOSE)

    def test_desmet_govers_with_the_aspect_is_the_published_one(self):
        self.make("--ls_method", "desmet_govers")
        got = self.read(self.vrt("tilth_lsfactor", "sca", "slope", "aspect", method="desmet_govers", cell="30"))
        np.testing.assert_allclose(got, self.truth("ls"), **CLOSE)
        two = self.read(self.vrt("tilth_lsfactor", "sca", "slope", method="desmet_govers", cell="30"))
        self.assertGreater(float(np.nanmax(np.abs(two / got - 1))), 0.1)

    def test_slope_in_degrees_by_scale(self):
        self.make()
        want = self.truth("twi")
        degrees = self.path("degrees.tif")
        slope = self.truth("slope").astype(np.float64)
        self.layer["slope"] = write_layers(degrees, [np.degrees(slope).astype(np.float32)])
        self.nodata["slope"] = math.nan
        got = self.read(self.vrt("tilth_wetness", "sca", "slope", scale=f"1,{math.pi / 180!r}"))
        np.testing.assert_allclose(got, want, **CLOSE)

    def test_windows_and_small_swaths_give_the_same_bytes(self):
        self.make()
        vrt = self.vrt("tilth_lsfactor", "sca", "slope", method="boehner_selige")
        whole = self.read(vrt)
        self.assertSameBytes(self.read(vrt, "-srcwin", "7", "5", "41", "33"), whole[5:38, 7:48])
        self.assertSameBytes(self.read(vrt, "-srcwin", "74", "59", "1", "1"), whole[59:60, 74:75])

    def test_what_is_wrong_is_reported(self):
        self.make()
        write, area, slope = self.vrt, "sca", "slope"
        self.refuse(write("tilth_wetness", area), "tilth_wetness", "1 sources", "there must be 2")
        self.refuse(write("tilth_wetness", area, slope, "twi"), "3 sources", "there must be 2")
        self.refuse(write("tilth_wetness", area, slope, transfer="Float64"), "tilth_wetness", "Float64", "Float32")
        self.refuse(write("tilth_lsfactor", area, slope, transfer="Int16"), "tilth_lsfactor", "Int16", "Float32")
        self.refuse(write("tilth_lsfactor", area), "tilth_lsfactor", "1 sources")
        self.refuse(write("tilth_lsfactor", area, slope, "aspect"), "3 sources", "desmet_govers")
        self.refuse(write("tilth_lsfactor", area, slope, method="wischmeier"), "wischmeier",
                    "moore, desmet_govers or boehner_selige")
        self.refuse(write("tilth_lsfactor", area, slope, method="desmet_govers"), "cell is missing", "metres")
        for cell in ("0", "-30", "30 m", "1,5", "nan"):
            self.refuse(write("tilth_lsfactor", area, slope, method="desmet_govers", cell=cell), "cell is", cell)
        self.refuse(write("tilth_wetness", area, slope, scale="1,2,3"), "scale", "3 entries", "2 sources")
        self.refuse(write("tilth_wetness", area, slope, scal="1,2"), "no argument 'scal'", "scale, offset, src_nodata")
        self.refuse(write("tilth_lsfactor", area, slope, src_nodta="0"), "no argument 'src_nodta'", "method, cell")
        self.refuse(write("tilth_wetness", area, slope, method="moore"), "no argument 'method'")
        self.refuse(write("tilth_wetness", area, slope, scale="1,57.29577951308232"), "not a slope in radians", "degrees")


class ByHand(FormulaCase):
    """Cells whose result is computed with numpy."""

    AREA = [[30.0, 1e5, 450.0, 0.0, -5.0, -9999.0]]
    SLOPE = [[0.0, 0.0005, 0.4, 0.2, 0.2, 0.2]]

    def setUp(self):
        super().setUp()
        self.file = write_layers(self.path("layers.tif"), [np.array(self.AREA, np.float32),
                                                           np.array(self.SLOPE, np.float32)])

    def vrt(self, function, **arguments):
        return write_vrt(self.path("v.vrt"), function, [(self.file, 1), (self.file, 2)], 1, 6, **arguments)

    def test_flat_cells_stay_finite_and_cells_without_area_have_no_index(self):
        got = self.read(self.vrt("tilth_wetness", nodata="-9999", src_nodata="-9999,none"))[0]
        want = np.log([30 / 0.001, 1e5 / 0.001, 450 / np.tan(0.4)])
        np.testing.assert_allclose(got[:3], want, **CLOSE)
        self.assertEqual(got[3:].tolist(), [-9999.0] * 3)

    def test_ls_of_flat_and_steep_cells(self):
        got = self.read(self.vrt("tilth_lsfactor", src_nodata="-9999,none"))[0]
        want = 1.4 * (450 / 22.13) ** 0.4 * (np.sin(0.4) / 0.0896) ** 1.3
        np.testing.assert_allclose(got[[0, 2, 3]], [0.0, want, 0.0], **CLOSE)
        self.assertTrue(np.isnan(got[4:]).all())

    def test_other_types_of_output(self):
        got = self.read(self.vrt("tilth_wetness", nodata="-9999"), "-ot", "Int16")
        self.assertEqual(got.dtype, np.int16)
        self.assertEqual(got[0, :3].tolist(), [10, 18, 7])

    def test_a_locale_with_decimal_commas_changes_nothing(self):
        vrt = self.vrt("tilth_lsfactor", method="desmet_govers", cell="30.5", scale="1.5,0.5")
        plain = self.read(vrt)
        locales = self.path("locales")
        os.mkdir(locales)
        made = kit.call("localedef", "-i", "de_DE", "-f", "UTF-8", os.path.join(locales, "de_DE.UTF-8"))
        self.assertTrue(os.listdir(locales), made.stderr)
        env = kit.environment(LOCPATH=locales, LC_ALL="de_DE.UTF-8", LANG="de_DE.UTF-8")
        done = subprocess.run([sys.executable, "-c", GERMAN, vrt], env=env, capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(done.stdout, plain.tobytes())

    def test_registering_twice_is_silent_and_changes_nothing(self):
        kit.load_plugin_here()
        kit.load_plugin_here()
        vrt = self.vrt("tilth_wetness")
        self.assertSameBytes(kit.pixels(vrt)[0], self.read(vrt))


class Angle(FormulaCase):
    BANDS = 9

    def setUp(self):
        super().setUp()
        rng = np.random.default_rng(5)
        self.reference = rng.uniform(0.05, 0.6, self.BANDS)
        self.cube = rng.uniform(0.01, 0.9, (self.BANDS, 20, 30)).astype(np.float32)
        # Spectra that differ from the reference by brightness and by ever smaller tilts: 0.1 to 1e-7 of it.
        tilt = np.where(np.arange(self.BANDS) % 2 == 0, 1.0, -1.0)
        for k in range(7):
            self.cube[:, 0, k] = 1.7 * self.reference * (1 + 10.0 ** -(k + 1) * tilt)
        self.cube[:, 1, 0] = -self.reference
        self.cube[:, 1, 1] = self.reference

    def vrt(self, cube=None, reference=None, kind=gdal.GDT_Float32, **arguments):
        cube = self.cube if cube is None else cube
        file = write_layers(self.path("scene.tif"), list(cube), kind=kind)
        if reference is None:
            reference = ",".join(map(repr, self.reference.tolist()))
        if reference:
            arguments["reference"] = reference
        return write_vrt(self.path("angle.vrt"), "tilth_angle", [(file, i + 1) for i in range(len(cube))],
                         *cube[0].shape, **arguments)

    def expected(self, cube):
        """From the parts along and across the reference, in long doubles: exact near 0 and near pi."""
        r = self.reference.astype(LONG)[:, None, None]
        x = cube.astype(LONG)
        along = (x * r).sum(axis=0) / (r * r).sum()
        across = np.sqrt(((x - along * r) ** 2).sum(axis=0))
        return np.arctan2(across, along * np.sqrt((r * r).sum()))

    def test_angles_are_those_of_numpy(self):
        got = self.read(self.vrt())
        np.testing.assert_allclose(got, self.expected(self.cube).astype(float), rtol=0, atol=1e-6)
        x = self.cube.astype(float).reshape(self.BANDS, -1)
        cosine = self.reference @ x / np.linalg.norm(self.reference) / np.linalg.norm(x, axis=0)
        usual = np.arccos(cosine.clip(-1, 1)).reshape(20, 30)
        np.testing.assert_allclose(got[2:], usual[2:], rtol=0, atol=1e-6)

    def test_nearly_parallel_spectra_keep_their_digits(self):
        got = self.read(self.vrt()).astype(float)
        want = self.expected(self.cube).astype(float)
        # Relative, down to angles of 1e-7; float32 keeps 6e-8 of each.
        np.testing.assert_allclose(got[0, :7], want[0, :7], rtol=1e-6, atol=0)
        self.assertLess(want[0, 6], 3e-7)
        self.assertTrue((np.diff(got[0, :7]) < 0).all())
        self.assertAlmostEqual(got[1, 0], math.pi, delta=1e-6)

    def test_the_reference_itself_has_the_angle_zero(self):
        exact = np.array([0.25, 0.5, 0.125], np.float32).reshape(3, 1, 1)
        vrt = self.vrt(np.concatenate([exact, 2 * exact], axis=2), "0.25,0.5,0.125")
        self.assertEqual(self.read(vrt).tolist(), [[0.0, 0.0]])

    def test_scaled_integers_with_nodata_and_dark_pixels(self):
        stored = np.round(self.cube * 10000).clip(1).astype(np.int16)
        stored[4, 5, 6] = -32768
        stored[:, 7, 8] = 0
        got = self.read(self.vrt(stored, kind=gdal.GDT_Int16, scale="0.0001", src_nodata="-32768", nodata="-1"))
        want = self.expected(stored.astype(np.float64)).astype(float)
        want[5, 6] = want[7, 8] = -1
        self.assertEqual(int((got == -1).sum()), 2)
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-6)

    def test_each_source_has_its_own_scale_and_offset(self):
        scale = np.linspace(0.5, 2.0, self.BANDS)
        offset = np.linspace(-0.1, 0.1, self.BANDS)
        lists = {"scale": ",".join(map(repr, scale.tolist())), "offset": ",".join(map(repr, offset.tolist()))}
        got = self.read(self.vrt(**lists))
        physical = self.cube.astype(float) * scale[:, None, None] + offset[:, None, None]
        np.testing.assert_allclose(got, self.expected(physical).astype(float), rtol=0, atol=1e-6)

    def test_a_scene_of_many_pieces(self):
        rng = np.random.default_rng(8)
        cube = rng.uniform(0.01, 0.9, (self.BANDS, 90, 400)).astype(np.float32)
        vrt = self.vrt(cube)
        whole = self.read(vrt)
        np.testing.assert_allclose(whole, self.expected(cube).astype(float), rtol=0, atol=1e-6)
        self.assertSameBytes(self.read(vrt, "-srcwin", "13", "70", "300", "20"), whole[70:90, 13:313])

    def test_what_is_wrong_is_reported(self):
        self.refuse(self.vrt(reference=""), "reference")
        self.refuse(self.vrt(reference=" "), "tilth_angle", "reference")
        self.refuse(self.vrt(reference="0.5"), "tilth_angle", "1 entry", "9 sources")
        self.refuse(self.vrt(reference="0.5,0.4,0.3"), "3 entries", "9 sources")
        self.refuse(self.vrt(reference="0.5;0.4"), "1 entry")
        self.refuse(self.vrt(reference=",".join(["0.1"] * 8 + ["x"])), "entry 9", "'x'")
        self.refuse(self.vrt(reference=",".join(["0.1"] * 8 + ["none"])), "entry 9", "'none'")
        self.refuse(self.vrt(reference=",".join("0" * 9)), "reference", "zeros")
        self.refuse(self.vrt(reference=",".join(["1e300"] * 9)), "reference", "too large")
        self.refuse(self.vrt(transfer="Float64"), "tilth_angle", "Float64", "Float32")
        self.refuse(self.vrt(self.cube[:1], "0.5"), "1 source", "at least 2")


class Guide(FormulaCase):
    """The examples of the guide run as they are printed."""

    def test_every_example_runs(self):
        guide = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "guide", "vrt.md")
        with open(guide, encoding="utf-8") as file:
            examples = re.findall(r"```xml\n(.*?)```", file.read(), re.DOTALL)
        self.assertEqual(len(examples), 3)
        area = np.full((500, 500), 250.0, np.float32)
        area[3, 4] = np.nan
        write_layers(self.path("sca.tif"), [area], math.nan)
        write_layers(self.path("slope.tif"), [np.full((500, 500), 0.1, np.float32)], math.nan)
        write_layers(self.path("scene.tif"), [np.full((500, 500), v, np.int16) for v in (1210, 1830, 2440, 3100)],
                     -9999, kind=gdal.GDT_Int16)
        x, r = np.array([0.121, 0.183, 0.244, 0.31]), np.array([0.12, 0.18, 0.25, 0.31])
        want = {"tilth_wetness": math.log(250 / math.tan(0.1)),
                "tilth_lsfactor": 1.4 * (250 / 22.13) ** 0.4 * (math.sin(0.1) / 0.0896) ** 1.3,
                "tilth_angle": math.acos(x @ r / np.linalg.norm(x) / np.linalg.norm(r))}
        for text in examples:
            name = re.search("<PixelFunctionType>(.*?)<", text).group(1)
            with self.subTest(name):
                with open(self.path("example.vrt"), "w", encoding="utf-8") as file:
                    file.write(text)
                got = self.read(self.path("example.vrt"))
                self.assertEqual(got.shape, (500, 500))
                missing = got == -9999
                self.assertEqual(int(missing.sum()), 0 if name == "tilth_angle" else 1)
                np.testing.assert_allclose(got[~missing], want.pop(name), **CLOSE)
        self.assertEqual(want, {})


if __name__ == "__main__":
    unittest.main(verbosity=2)
