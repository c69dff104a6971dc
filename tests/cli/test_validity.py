#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A cell that holds no value is missing in every tool, however the file marks it: the results are those of the same raster with NaN
in these cells. Masks inside the file, in .msk, in a virtual raster, of single bands; alpha; NoData of single bands and rounded; values
that nothing measures."""
import unittest

import kit
import numpy
import world
from osgeo import gdal

TERRAIN = (("slope",), ("fillsinks", "--min_slope", "0.01"), ("flowaccumulation",), ("wetness",))


def holes(rows, columns, seed):
    """True where a cell holds a value: a border, a block, and single cells are missing."""
    rng = numpy.random.default_rng(seed)
    valid = rng.random((rows, columns)) > 0.03
    valid[:, : int(rng.integers(1, 8))] = False
    row, column = int(rng.integers(10, rows - 10)), int(rng.integers(10, columns - 10))
    valid[row : row + 5, column : column + 4] = False
    return valid


def fill(layers, valid, value):
    return numpy.where(valid, layers, value).astype(numpy.float32)


def write_mask(path, valid, internal):
    gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES" if internal else "NO")
    opened = gdal.Open(str(path), gdal.GA_Update)
    opened.CreateMaskBand(gdal.GMF_PER_DATASET)
    opened.GetRasterBand(1).GetMaskBand().WriteArray(numpy.where(valid, 255, 0).astype(numpy.uint8))
    opened = None
    gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", None)


def internal_mask(path, layers, valid):
    world.write_raster(path, fill(layers, valid, 0.0))
    write_mask(path, valid, True)


def mask_file(path, layers, valid):
    world.write_raster(path, fill(layers, valid, 12.0))
    write_mask(path, valid, False)


def alpha(path, layers, valid):
    """Behind the bands, as gdalwarp -dstalpha leaves it."""
    layers = numpy.atleast_3d(numpy.asarray(layers).T).T
    world.write_raster(path, numpy.concatenate([fill(layers, valid, 0.0), numpy.where(valid, 255.0, 0.0)[None]]))
    opened = gdal.Open(str(path), gdal.GA_Update)
    opened.GetRasterBand(opened.RasterCount).SetColorInterpretation(gdal.GCI_AlphaBand)
    opened = None


def rounded_nodata(path, layers, valid):
    world.write_raster(path, fill(layers, valid, -123456.789), nodata=-123457.0 + 0.2)


def lowest_float(path, layers, valid):
    world.write_raster(path, fill(layers, valid, numpy.finfo(numpy.float32).min), nodata=-3.402823e38)


def untagged_huge(path, layers, valid):
    world.write_raster(path, fill(layers, valid, 9.969209968386869e36))


def infinite(path, layers, valid):
    world.write_raster(path, fill(layers, valid, numpy.inf), nodata=-9999.0)


def mask_in_a_vrt(path, layers, valid):
    """A mask band for each band, which only virtual rasters have."""
    layers = numpy.atleast_3d(numpy.asarray(layers).T).T
    values, mask = str(path) + ".values.tif", str(path) + ".mask.tif"
    world.write_raster(values, fill(layers, valid, 0.5))
    world.write_raster(mask, numpy.where(valid, 255.0, 0.0))
    virtual = gdal.Translate(str(path), values, format="VRT")
    virtual = None
    with open(path, encoding="utf-8") as file:
        text = file.read()
    source = (f'<MaskBand><VRTRasterBand dataType="Byte"><SimpleSource><SourceFilename relativeToVRT="0">{mask}</SourceFilename>'
              "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></MaskBand>")
    text = text.replace("</VRTRasterBand>", source.replace("</VRTRasterBand>", "\0") + "</VRTRasterBand>").replace("\0", "</VRTRasterBand>")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


MARKS = (internal_mask, mask_file, alpha, rounded_nodata, lowest_float, untagged_huge, infinite, mask_in_a_vrt)


class Validity(kit.TilthCase):
    def read(self, name):
        return gdal.Open(str(self.folder / name)).ReadAsArray()

    def same(self, mark, a, b):
        numpy.testing.assert_array_equal(self.read(a), self.read(b), mark.__name__)

    def test_terrain(self):
        for seed, mark in enumerate(MARKS):
            z = world.elevation(seed=seed + 20)
            valid = holes(*z.shape, seed)
            world.write_raster(self.folder / "nan.tif", fill(z, valid, numpy.nan))
            name = f"{mark.__name__}.vrt" if mark is mask_in_a_vrt else f"{mark.__name__}.tif"
            mark(self.folder / name, z, valid)
            for words in TERRAIN:
                with self.subTest(mark=mark.__name__, tool=words[0]):
                    for dem, output in ((name, "a.tif"), ("nan.tif", "b.tif")):
                        self.must(words[0], "--dem", dem, "--output", output, *words[1:])
                    self.same(mark, "a.tif", "b.tif")

    def test_terrain_in_tiles_and_resampled_weights(self):
        z = world.elevation(1900, 2000) / 10
        valid = holes(*z.shape, 5)
        world.write_raster(self.folder / "nan.tif", fill(z, valid, numpy.nan))
        internal_mask(self.folder / "masked.tif", z, valid)
        for dem, output in (("masked.tif", "a.tif"), ("nan.tif", "b.tif")):
            self.assertIn("works in tiles", self.must("fillsinks", "--dem", dem, "--output", output, "--memory", "32").stdout)
        self.same(internal_mask, "a.tif", "b.tif")
        world.write_raster(self.folder / "dem.tif", world.elevation())
        for mark in MARKS:
            weights = numpy.random.default_rng(3).random((80, 100))
            valid = numpy.repeat(numpy.repeat(holes(40, 50, 9), 2, 0), 2, 1)
            name = f"w_{mark.__name__}.vrt" if mark is mask_in_a_vrt else f"w_{mark.__name__}.tif"
            mark(self.folder / name, weights, valid)
            world.write_raster(self.folder / "w_nan.tif", fill(weights, valid, numpy.nan))
            for one in (name, "w_nan.tif"):
                opened = gdal.Open(str(self.folder / one), gdal.GA_Update)
                opened.SetGeoTransform((world.WEST, 15.0, 0.0, world.NORTH, 0.0, -15.0))
                opened = None
            with self.subTest(mark=mark.__name__):
                said = [self.must("correlatemaps", "--maps", "dem.tif", "--factors", one, "--output", f"{one}.csv")
                        for one in (name, "w_nan.tif")]
                tables = [(self.folder / f"{one}.csv").read_text().replace(one.rsplit(".", 1)[0], "W") for one in (name, "w_nan.tif")]
                self.assertEqual(*tables, said[0].stdout)

    def test_scenes(self):
        layers = world.scene_layers()
        world.write_scene(self.folder / "scene.dat")
        world.write_samples(self.folder / "samples.gpkg")
        self.must("trainmodel", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--property", "SOM",
                  "--unit", "g/kg", "--repeats", "1", "--output", "som.json")
        for seed, mark in enumerate(MARKS):
            valid = holes(*layers.shape[1:], seed)
            world.write_raster(self.folder / "scene nan.tif", fill(layers, valid, numpy.nan))
            name = f"scene {mark.__name__}.vrt" if mark is mask_in_a_vrt else f"scene {mark.__name__}.tif"
            mark(self.folder / name, layers, valid)
            table = "band,wavelength,unit\n" + "".join(f"{k + 1},{nm},nm\n" for k, nm in enumerate(world.BANDS))
            for one in (name, "scene nan.tif"):
                (self.folder / f"{one}.bands.csv").write_text(table, encoding="utf-8")
                with self.subTest(mark=mark.__name__):
                    self.must("mapproperty", "--scene", one, "--model", "som.json", "--output", f"map of {one}.tif")
                    self.must("samplespectra", "--scene", one, "--samples", "samples.gpkg", "--id_field", "id", "--window", "mean3x3",
                              "--output", f"{one}.spectra.csv")
            with self.subTest(mark=mark.__name__):
                self.same(mark, f"map of {name}.tif", "map of scene nan.tif.tif")
                self.assertEqual((self.folder / f"{name}.spectra.csv").read_text(), (self.folder / "scene nan.tif.spectra.csv").read_text())

    def test_values_beyond_the_relief_of_the_earth(self):
        z = world.elevation()
        valid = holes(*z.shape, 4)
        world.write_raster(self.folder / "nan.tif", fill(z, valid, numpy.nan))
        for code in (-32768.0, -99999.0, 65535.0, 1e6, 20000.0):
            world.write_raster(self.folder / "code.tif", fill(z, valid, code))
            for words in TERRAIN:
                said = self.must(words[0], "--dem", "code.tif", "--output", "a.tif", *words[1:]).stdout
                self.assertIn(f"{numpy.count_nonzero(~valid)} cells hold {code:g}, which is no elevation on the Earth", said)
                self.must(words[0], "--dem", "nan.tif", "--output", "b.tif", *words[1:])
                numpy.testing.assert_array_equal(self.read("a.tif"), self.read("b.tif"), f"{code} {words}")
            self.refused(kit.FAILED, ["no elevation on the Earth", "strict"], "slope", "--dem", "code.tif", "--strict", "yes", output="o.tif")

    def test_heights_in_another_unit_are_named_with_the_way_out(self):
        world.write_raster(self.folder / "cm.tif", world.elevation() * 100)
        said = self.must("slope", "--dem", "cm.tif", "--output", "o.tif").stdout
        self.assertIn("beyond the relief of the Earth", said)
        self.assertIn("z_factor", said)
        self.refused(kit.FAILED, ["cm.tif", "beyond the relief", "z_factor"], "slope", "--dem", "cm.tif", "--strict", "yes", output="o.tif")
        for words in (("--z_factor", "0.01"), ("--z_factor", "0.01", "--memory", "32", "--strict", "yes")):
            self.assertNotIn("relief", self.must("slope", "--dem", "cm.tif", "--output", "o.tif", *words).stdout)

    def test_a_few_summits_in_another_unit_are_refused(self):
        """Feet, of which only the highest cells are beyond the relief: no window that is looked at before shows them."""
        z = world.elevation(400, 500) / 10
        i, j = numpy.mgrid[0:400, 0:500]
        z += 12000.0 * numpy.exp(-((i - 190.0) ** 2 + (j - 240.0) ** 2) / 300.0)
        world.write_raster(self.folder / "feet.tif", z)
        for words in ((), ("--memory", "32")):
            self.refused(kit.FAILED, ["feet.tif", "beyond the relief", "z_factor"], "slope", "--dem", "feet.tif", *words, output="o.tif")
        self.must("slope", "--dem", "feet.tif", "--z_factor", "0.3048", "--output", "o.tif")

    def test_codes_that_were_interpolated(self):
        """Cells next to a gap that resampling mixed with the code of missing values."""
        z = world.elevation()
        z[10:20, 10:30] = -32768.0
        mixed = z.copy()
        mixed[9, 10:30] = 0.5 * (z[8, 10:30] + z[10, 10:30])
        mixed[20, 10:30] = 0.5 * (z[21, 10:30] + z[19, 10:30])
        world.write_raster(self.folder / "mixed.tif", mixed)
        said = self.must("slope", "--dem", "mixed.tif", "--output", "o.tif").stdout
        self.assertIn("200 cells hold -32768", said)
        self.assertIn("further cells hold values", said)
        numpy.testing.assert_array_equal(numpy.isnan(self.read("o.tif")), mixed < -12000)

    def test_a_frame_of_zeros_around_an_elevation_model_is_named(self):
        """As gdalwarp and gdalbuildvrt leave it where no NoData value was set."""
        z = world.elevation()
        z[:6] = 0.0
        world.write_raster(self.folder / "frame.tif", z)
        world.write_raster(self.folder / "inner.tif", world.elevation())
        made = gdal.BuildVRT(str(self.folder / "wide.vrt"), [str(self.folder / "inner.tif")],
                             outputBounds=(world.WEST - 300, world.NORTH - 1200, world.WEST + 1500, world.NORTH))
        made = None
        for name, cells in (("frame.tif", 300), ("wide.vrt", 400)):
            for words in (("slope",), ("fillsinks", "--memory", "32")):
                self.assertIn(f"{cells} cells hold 0, which looks like a missing value",
                              self.must(words[0], "--dem", name, "--output", "o.tif", *words[1:]).stdout)
            self.refused(kit.FAILED, ["hold 0", "strict"], "slope", "--dem", name, "--strict", "yes", output="o.tif")
        for name, shore in (("coast.tif", numpy.maximum(world.elevation() - 480.0, 0.0)), ("flat.tif", numpy.zeros((20, 20)))):
            world.write_raster(self.folder / name, shore)
            self.assertNotIn("looks like a missing", self.must("slope", "--dem", name, "--output", "o.tif").stdout)

    def test_samples_on_fill_values_that_were_scaled_band_by_band(self):
        """-0.9999 times a factor of each band, without a tag, is no spectrum."""
        layers = world.scene_layers().copy()
        layers[:, :8, :] = (-0.9999 * numpy.linspace(0.9, 1.1, len(layers)))[:, None, None]
        world.write_scene(self.folder / "scaled.dat", layers)
        world.write_samples(self.folder / "points.gpkg")
        done = self.must("samplespectra", "--scene", "scaled.dat", "--samples", "points.gpkg", "--id_field", "id", "--output", "fill.csv")
        self.assertIn("below 0 in every band, as fill values are (", done.stdout + done.stderr)
        kept = numpy.genfromtxt(self.folder / "fill.csv", delimiter=",", skip_header=1)[:, 1:]
        self.assertTrue(0 < len(kept) < 40 and (kept > 0).all())

    def test_complex_numbers_are_refused(self):
        made = gdal.GetDriverByName("GTiff").Create(str(self.folder / "complex.tif"), 20, 20, 1, gdal.GDT_CFloat32)
        made.SetGeoTransform((world.WEST, 30.0, 0.0, world.NORTH, 0.0, -30.0))
        made = None
        for tool, parameter, output in (("slope", "--dem", "o.tif"), ("sceneinfo", "--scene", "o.csv")):
            said = self.sentence(self.tilth(tool, parameter, "complex.tif", "--output", output))
            self.assertIn("complex.tif", said)
            self.assertIn("complex numbers", said)

    def test_nodata_that_no_cell_can_hold_is_named(self):
        made = gdal.GetDriverByName("GTiff").Create(str(self.folder / "tag.tif"), 30, 20, 1, gdal.GDT_UInt16)
        made.SetGeoTransform((world.WEST, 30.0, 0.0, world.NORTH, 0.0, -30.0))
        made.GetRasterBand(1).WriteArray(world.elevation(20, 30).astype(numpy.uint16))
        made.GetRasterBand(1).SetNoDataValue(-9999)
        made = None
        self.assertIn("NoData of 'tag.tif' is -9999, which a cell of the type UInt16 cannot hold",
                      self.must("slope", "--dem", "tag.tif", "--output", "o.tif").stdout)


if __name__ == "__main__":
    unittest.main()
