#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A property of all rasters: a cell that is marked as missing, in whatever way, changes a result only by being missing. Random rasters with
random cells marked at random have the results of the same rasters with NaN in these cells."""
import json
import unittest

import kit
import numpy
import world
from osgeo import gdal

ROUNDS = 3


def as_bands(layers):
    return numpy.atleast_3d(numpy.asarray(layers).T).T


def by_nan(path, layers, valid, rng):
    world.write_raster(path, numpy.where(valid, layers, numpy.nan))


def by_mask(path, layers, valid, rng):
    """Inside the file or in .msk."""
    gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES" if rng.random() < 0.5 else "NO")
    world.write_raster(path, numpy.where(valid, layers, rng.choice([0.0, 7.0, -9999.0])))
    opened = gdal.Open(str(path), gdal.GA_Update)
    opened.CreateMaskBand(gdal.GMF_PER_DATASET)
    opened.GetRasterBand(1).GetMaskBand().WriteArray(numpy.where(valid, rng.integers(1, 256), 0).astype(numpy.uint8))
    opened = None
    gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", None)


def by_alpha(path, layers, valid, rng):
    world.write_raster(path, numpy.concatenate([as_bands(numpy.where(valid, layers, 0.0)), numpy.where(valid, 255.0, 0.0)[None]]))
    opened = gdal.Open(str(path), gdal.GA_Update)
    opened.GetRasterBand(opened.RasterCount).SetColorInterpretation(gdal.GCI_AlphaBand)
    opened = None


def by_tag(path, layers, valid, rng):
    code = float(rng.choice([-9999.0, -32768.0, 1e20, -3.4028234663852886e38, 0.0]))
    world.write_raster(path, numpy.where(valid, layers, code), nodata=code)


def by_tags_of_bands(path, layers, valid, rng):
    """A NoData value for each band, which a virtual raster over files of one band can have."""
    parts = []
    for k, layer in enumerate(as_bands(layers)):
        parts.append(f"{path}.{k}.tif")
        world.write_raster(parts[-1], numpy.where(valid, layer, -100.0 - k), nodata=-100.0 - k)
    made = gdal.BuildVRT(f"{path}.vrt", parts, separate=True)
    for k in range(len(parts)):
        assert made.GetRasterBand(k + 1).GetNoDataValue() == -100.0 - k
    made = None
    with open(f"{path}.vrt", encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


WAYS = (by_mask, by_alpha, by_tag, by_tags_of_bands)


class MaskedCells(kit.TilthCase):
    @classmethod
    def prepare(cls):
        world.write_scene(cls.folder / "scene.dat")
        world.write_samples(cls.folder / "samples.gpkg")
        cls.must("trainmodel", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--property", "SOM", "--unit", "g/kg",
                 "--repeats", "1", "--output", "som.json")

    def both(self, layers, valid, way, rng):
        """The names of the raster with marked cells and of that with NaN."""
        suffix = ".vrt" if way is by_tags_of_bands else ".tif"
        names = ("marked" + suffix, "nan.tif")
        for old in self.folder.glob("marked.tif*"):
            old.unlink()
        way(self.folder / names[0], layers, valid, rng)
        by_nan(self.folder / names[1], layers, valid, rng)
        return names

    def same_rasters(self):
        numpy.testing.assert_array_equal(world.read(self.folder / "a.tif"), world.read(self.folder / "b.tif"))

    def test_elevation(self):
        for turn in range(2 * len(WAYS)):
            way, rng = WAYS[turn % len(WAYS)], numpy.random.default_rng(turn)
            z = world.elevation(int(rng.integers(20, 50)), int(rng.integers(20, 50)), seed=turn)
            valid = rng.random(z.shape) > rng.choice([0.01, 0.1, 0.4])
            names = self.both(z, valid, way, rng)
            for words in (("slope",), ("fillsinks",), ("wetness",)):
                with self.subTest(turn=turn, way=way.__name__, tool=words[0]):
                    for name, out in zip(names, ("a.tif", "b.tif")):
                        self.must(*words, "--dem", name, "--output", out)
                    self.same_rasters()

    def test_scenes(self):
        table = "band,wavelength\n" + "".join(f"{k + 1},{nm}\n" for k, nm in enumerate(world.BANDS))
        for turn in range(len(WAYS)):
            way, rng = WAYS[turn % len(WAYS)], numpy.random.default_rng(100 + turn)
            layers = world.scene_layers(seed=turn)
            valid = rng.random(layers.shape[1:]) > 0.15
            names = self.both(layers, valid, way, rng)
            for name, out in zip(names, "ab"):
                (self.folder / f"{name}.bands.csv").write_text(table)
                self.must("mapproperty", "--scene", name, "--model", "som.json", "--output", f"{out}.tif")
                self.must("samplespectra", "--scene", name, "--samples", "samples.gpkg", "--id_field", "id", "--window", "mean3x3", "--output", f"{out}.csv")
            with self.subTest(turn=turn, way=way.__name__):
                self.same_rasters()
                self.assertEqual((self.folder / "a.csv").read_text(), (self.folder / "b.csv").read_text())
                numpy.testing.assert_array_equal(numpy.isnan(world.read(self.folder / "a.tif", 1)), ~valid)

    def test_correlations(self):
        """As JSON for the machine form, on the same grid."""
        world.write_raster(self.folder / "map.tif", world.elevation(30, 36))
        for turn in range(len(WAYS)):
            way, rng = WAYS[turn % len(WAYS)], numpy.random.default_rng(200 + turn)
            factor = rng.normal(size=(30, 36)) + 0.01 * world.elevation(30, 36)
            names = self.both(factor, rng.random(factor.shape) > 0.2, way, rng)
            tables = []
            for name in names:
                self.must("run", "correlatemaps", text_in=json.dumps({"maps": ["map.tif"], "factors": [name], "output": "c.csv"}))
                tables.append((self.folder / "c.csv").read_text().replace(name.rsplit(".", 1)[0], "factor"))
            with self.subTest(turn=turn, way=way.__name__):
                self.assertEqual(*tables)

    def test_rows_of_samples(self):
        """A sample with a code of missing values is the sample without a value."""
        for turn in range(ROUNDS):
            rng = numpy.random.default_rng(300 + turn)
            values, gone = rng.lognormal(3.0, 0.4, 60), rng.random(60) < 0.15
            code = rng.choice(["-9999", "NA", "n.d.", "#N/A", "1e30", "-1.23e34", "bdl"])
            for name, text in (("marked.csv", code), ("nan.csv", "")):
                rows = (f"S{k},{text if gone[k] else f'{values[k]:.6f}'},{k}" for k in range(60))
                (self.folder / name).write_text("id,SOM,depth\n" + "\n".join(rows) + "\n")
                self.must("summarizesamples", "--samples", name, "--properties", "SOM", "--output", f"out_{name}")
            with self.subTest(turn=turn, code=code):
                # Without the columns that count blank cells and texts among the missing ones.
                one, other = ([line.split(",")[:3] + line.split(",")[5:] for line in (self.folder / name).read_text().splitlines()]
                              for name in ("out_marked.csv", "out_nan.csv"))
                self.assertEqual(one, other)


if __name__ == "__main__":
    unittest.main()
