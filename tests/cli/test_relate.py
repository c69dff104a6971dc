#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Maps against factors: zones, strata, the common grid, and their rows in the table."""
import base64
import csv
import json
import math
import re
import unittest
import zlib

import kit
import numpy
import world

gdal, ogr = world.gdal, world.ogr
ROWS, COLUMNS = 40, 50


def place(path, layer, west=world.WEST, north=world.NORTH, cell=30.0, epsg=world.EPSG):
    """One float32 layer with its upper left corner there."""
    world.write_raster(path, layer, epsg=epsg, cell=cell)
    dataset = gdal.Open(str(path), gdal.GA_Update)
    dataset.SetGeoTransform((west, cell, 0.0, north, 0.0, -cell))
    dataset = None


def figures_of(page):
    """The figures of a report, which are packed in the page."""
    packed = re.search(r'<script type="text/plain" id="figures">([^<]*)</script>', page).group(1)
    return zlib.decompress(base64.b64decode(packed)).decode("utf-8")


def read_table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Correlate(kit.TilthCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        i, j = numpy.mgrid[0:ROWS, 0:COLUMNS].astype(float)
        noise = numpy.random.default_rng(1).normal(size=(3, ROWS, COLUMNS))
        cls.map = 20.0 + 5.0 * numpy.sin(i / 6.0) * numpy.cos(j / 5.0) + noise[0]
        cls.factor = cls.map + 4.0 * noise[1]
        cls.cloud = 0.5 + 0.5 * numpy.sin(j / 4.0)
        cls.cloud[:3] = numpy.nan
        world.write_raster(at / "map.tif", cls.map)
        world.write_raster(at / "factor.tif", cls.factor)
        world.write_raster(at / "cloud.tif", cls.cloud)

    def run_tool(self, *words):
        done = self.must("correlatemaps", "--maps", "map.tif", "--output", "c.csv", "--json", *words)
        return read_table(self.folder / "c.csv"), json.loads(done.stdout)

    def test_the_coefficient_is_that_of_the_cells(self):
        rows, result = self.run_tool("--factors", "factor.tif", "--halves", "no")
        r = numpy.corrcoef(self.map.ravel().astype("f4"), self.factor.ravel().astype("f4"))[0, 1]
        self.assertEqual(len(rows), 1)
        self.assertAlmostEqual(float(rows[0]["pearson"]), r, places=6)
        n = float(rows[0]["n_effective"])
        self.assertTrue(3 < n < ROWS * COLUMNS)
        self.assertTrue(float(rows[0]["p"]) > float(rows[0]["p_naive"]))
        half = 1.959963984540054 / math.sqrt(n - 3)
        self.assertAlmostEqual(float(rows[0]["pearson_low"]), math.tanh(math.atanh(r) - half), places=6)
        self.assertAlmostEqual(float(rows[0]["pearson_high"]), math.tanh(math.atanh(r) + half), places=6)
        said = result["correlations"][0]
        for name in ("n", "pearson", "pearson_low", "p", "p_naive", "n_effective", "spearman", "p_spearman"):
            self.assertEqual(said[name], float(rows[0][name]))

    def test_strata_part_the_cells(self):
        rows, _ = self.run_tool("--factors", "factor.tif", "--halves", "no", "--strata", "cloud.tif", "--strata_breaks", "0.2 0.7")
        self.assertEqual([row["zone"] for row in rows], ["whole", "cloud below 0.2", "cloud 0.2 to 0.7", "cloud from 0.7"])
        cloud = self.cloud.astype("f4").astype(float)
        for row, cells in zip(rows[1:], (cloud < 0.2, (cloud >= 0.2) & (cloud < 0.7), cloud >= 0.7)):
            self.assertEqual(int(row["n"]), int(cells.sum()))
            r = numpy.corrcoef(self.map[cells].astype("f4"), self.factor[cells].astype("f4"))[0, 1]
            self.assertAlmostEqual(float(row["pearson"]), r, places=6)

    def test_strata_need_rising_borders(self):
        words = ("correlatemaps", "--maps", "map.tif", "--factors", "factor.tif", "--strata", "cloud.tif")
        self.refused(kit.USAGE, ["strata_breaks"], *words, output="o.csv")
        for bad in ("0.7 0.2", "thick", "0.2,0.7"):
            self.refused(kit.USAGE, ["strata_breaks", bad], *words, "--strata_breaks", bad, output="o.csv")

    def test_a_finer_factor_is_averaged(self):
        fine = numpy.repeat(numpy.repeat(self.map, 3, 0), 3, 1)
        fine[::3, ::3] += 2.0
        fine[1::3, ::3] -= 2.0
        place(self.folder / "fine.tif", fine, cell=10.0)
        rows, _ = self.run_tool("--factors", "fine.tif", "--halves", "no")
        self.assertEqual(rows[0]["factor_resampling"], "average")
        self.assertAlmostEqual(float(rows[0]["pearson"]), 1.0, places=6)

    def test_a_named_grid_takes_maps_and_factors(self):
        place(self.folder / "coarse.tif", numpy.zeros((ROWS // 2, COLUMNS // 2)), cell=60.0)
        rows, _ = self.run_tool("--factors", "factor.tif", "--halves", "no", "--grid", "coarse.tif")
        self.assertEqual((rows[0]["grid"], rows[0]["map_resampling"], rows[0]["factor_resampling"]),
                         ("coarse", "average", "average"))
        self.assertEqual(int(rows[0]["n"]), ROWS * COLUMNS // 4)

        def mean(layer):
            return layer.astype("f4").reshape(ROWS // 2, 2, COLUMNS // 2, 2).mean(axis=(1, 3)).ravel()

        self.assertAlmostEqual(float(rows[0]["pearson"]), numpy.corrcoef(mean(self.map), mean(self.factor))[0, 1], places=5)
        rows, _ = self.run_tool("--factors", "factor.tif", "--halves", "no")
        self.assertEqual(rows[0]["grid"], "map")

    def test_rasters_of_different_areas_are_named_with_their_extents(self):
        place(self.folder / "away.tif", self.factor, west=world.WEST + 1e6)
        self.refused(kit.FAILED, ["away.tif", "700000 to 701500", "1700000 to 1701500", "do not overlap"], "correlatemaps",
                     "--maps", "map.tif", "--factors", "away.tif", output="o.csv")

    def test_a_trend_can_be_taken_off(self):
        i, j = numpy.mgrid[0:ROWS, 0:COLUMNS].astype(float)
        noise = numpy.random.default_rng(2).normal(size=(2, ROWS, COLUMNS))
        world.write_raster(self.folder / "one.tif", 0.3 * i + 0.1 * j + noise[0])
        world.write_raster(self.folder / "two.tif", 0.2 * i + 0.1 * j + noise[1])
        words = ("correlatemaps", "--maps", "one.tif", "--factors", "two.tif", "--halves", "no", "--output", "t.csv")
        self.must(*words)
        raw = read_table(self.folder / "t.csv")[0]
        self.must(*words, "--detrend", "plane")
        flat = read_table(self.folder / "t.csv")[0]
        self.assertGreater(float(raw["pearson"]), 0.5)
        self.assertLess(abs(float(flat["pearson"])), 0.1)
        self.assertGreater(float(flat["n_effective"]), 20 * float(raw["n_effective"]))

    def test_large_maps_say_what_memory_they_take(self):
        world.write_raster(self.folder / "large.tif", numpy.random.default_rng(4).normal(size=(520, 600)))
        words = ("correlatemaps", "--maps", "large.tif", "--factors", "large.tif", "--halves", "no", "--output", "l.csv")
        self.assertNotIn("GB of memory", self.must(*words).stdout)
        self.assertIn("0.039 GB of memory", self.must(*words, "--memory", "32").stdout)

    def test_threads_change_nothing(self):
        words = ("correlatemaps", "--maps", "map.tif", "--factors", "factor.tif")
        self.must(*words, "--threads", "1", "--output", "one.csv")
        self.must(*words, "--threads", "2", "--output", "two.csv")
        self.assertEqual((self.folder / "one.csv").read_bytes(), (self.folder / "two.csv").read_bytes())


class Profile(kit.TilthCase):
    """A map that rises away from two streams, of order 1 in the west and order 2 in the east."""

    @classmethod
    def prepare(cls):
        at = cls.folder
        cls.away = numpy.abs(numpy.arange(COLUMNS)[:, None] - numpy.array([[12, 37]])).min(1)
        noise = numpy.random.default_rng(3).normal(0.0, 0.1, (ROWS, COLUMNS))
        cls.map = 30.0 + cls.away[None, :] + noise
        world.write_raster(at / "map.tif", cls.map)
        cls.write_streams("streams.gpkg", world.WEST)

    @classmethod
    def write_streams(cls, name, west, order_field="strmOrder"):
        dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(cls.folder / name))
        layer = dataset.CreateLayer("streams", world.crs(), ogr.wkbLineString)
        layer.CreateField(ogr.FieldDefn(order_field, ogr.OFTInteger))
        for order, column in ((1, 12), (2, 37)):
            x = west + (column + 0.5) * 30.0
            feature = ogr.Feature(layer.GetLayerDefn())
            feature.SetField(order_field, order)
            feature.SetGeometry(ogr.CreateGeometryFromWkt(
                f"LINESTRING ({x} {world.NORTH}, {x} {world.NORTH - ROWS * 30.0 + 1.0})"))
            layer.CreateFeature(feature)
            feature = None
        layer = None
        dataset = None

    def run_tool(self, *words):
        done = self.must("streamprofile", "--map", "map.tif", "--streams", "streams.gpkg", "--output", "p.csv", "--json", *words)
        return read_table(self.folder / "p.csv"), json.loads(done.stdout)

    def test_each_class_has_the_mean_of_its_cells(self):
        rows, result = self.run_tool("--distances", "30 90 240", "--placements", "99")
        self.assertEqual([(row["streams"], row["from_m"], row["to_m"]) for row in rows],
                         [("all", "0", ""), ("all", "0", "30"), ("all", "30", "90"), ("all", "90", "240"), ("all", "240", ""),
                          ("order 1", "0", ""), ("order 2", "0", "")])
        metres = numpy.broadcast_to(30.0 * self.away, (ROWS, COLUMNS))
        for row in rows[:5]:
            to = float(row["to_m"] or "inf")
            cells = self.map[(metres >= float(row["from_m"])) & (metres < to)].astype("f4").astype(float)
            self.assertEqual(int(row["n"]), cells.size)
            self.assertAlmostEqual(float(row["mean"]), cells.mean(), places=9)
            self.assertAlmostEqual(float(row["median"]), numpy.median(cells), places=9)
            self.assertAlmostEqual(float(row["standard_error"]), cells.std(ddof=1) / math.sqrt(cells.size), places=9)
        self.assertGreater(float(rows[0]["pearson"]), 0.99)
        self.assertLessEqual(float(rows[0]["p_pearson"]), 0.1)
        self.assertLess(float(rows[1]["mean"]), float(rows[1]["placed_low"]))
        self.assertEqual([one["mean"] for one in result["profile"]], [float(row["mean"]) for row in rows])

    def test_the_same_seed_gives_the_same_bytes_for_any_threads(self):
        words = ("streamprofile", "--map", "map.tif", "--streams", "streams.gpkg", "--placements", "19")
        self.must(*words, "--threads", "1", "--output", "one.csv")
        self.must(*words, "--threads", "2", "--output", "two.csv")
        self.must(*words, "--seed", "5", "--output", "other.csv")
        one = (self.folder / "one.csv").read_bytes()
        self.assertEqual(one, (self.folder / "two.csv").read_bytes())
        self.assertNotEqual(one, (self.folder / "other.csv").read_bytes())

    def test_streams_without_order_have_no_rows_of_orders(self):
        self.write_streams("plain.gpkg", world.WEST, "rank")
        self.must("streamprofile", "--map", "map.tif", "--streams", "plain.gpkg", "--placements", "0", "--output", "n.csv")
        rows = read_table(self.folder / "n.csv")
        self.assertEqual({row["streams"] for row in rows}, {"all"})
        self.assertEqual({row["p"] for row in rows}, {""})

    def test_streams_elsewhere_are_refused(self):
        self.write_streams("away.gpkg", world.WEST + 1e6)
        self.refused(kit.FAILED, ["away.gpkg", "map.tif", "same area"], "streamprofile", "--map", "map.tif", "--streams",
                     "away.gpkg", output="o.csv")

    def test_the_report_shows_the_profile(self):
        self.run_tool("--placements", "19")
        self.must("report", "--profiles", "p.csv", "--output", "r.html")
        page = (self.folder / "r.html").read_text(encoding="utf-8")
        self.assertIn("Property along streams", page)
        self.assertIn("randomly placed streams, 95 of 100", figures_of(page))
        rows = read_table(self.folder / "p.csv")
        self.assertEqual({row["map"] for row in rows}, {"map"})
        self.assertIn(f"The whole table ({len(rows)} rows, p.csv)", page)
        self.assertIn(f"r = {float(rows[0]['pearson']):.2f}", page)
        (self.folder / "odd.csv").write_text('map,streams,median\n"<b>x</b>",7,\n', encoding="utf-8")
        self.must("report", "--profiles", "odd.csv", "--output", "r.html")
        self.assertNotIn("<b>x</b>", (self.folder / "r.html").read_text(encoding="utf-8").split('<section id="profiles">')[1])

    def test_another_table_is_refused(self):
        (self.folder / "other.csv").write_text("id,x\n1,2\n", encoding="utf-8")
        self.refused(kit.FAILED, ["profiles", "other.csv", "streamprofile"], "report", "--profiles", "other.csv",
                     output="r2.html")

    def test_distances_have_to_rise_from_above_zero(self):
        words = ("streamprofile", "--map", "map.tif", "--streams", "streams.gpkg", "--distances")
        self.refused(kit.USAGE, ["distances", "above 0"], *words, "0 50", output="o.csv")
        self.refused(kit.USAGE, ["distances", "increasing"], *words, "50 20", output="o.csv")


if __name__ == "__main__":
    unittest.main()
