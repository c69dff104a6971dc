#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Zones and maps that resemble each other: overlapping polygons, equal names, one file name in several folders."""
import csv
import json
import unittest

import kit
import numpy
import world

gdal, ogr = world.gdal, world.ogr
SIDE, CELL = 60, 30.0


def polygons(path, shapes, layer="zones", epsg=world.EPSG, driver="GPKG"):
    """A layer with the field name; every shape is a list of rings in cells (column, row)."""
    made = ogr.GetDriverByName(driver).CreateDataSource(str(path))
    system = world.osr.SpatialReference()
    system.ImportFromEPSG(epsg)
    out = made.CreateLayer(layer, system, ogr.wkbPolygon)
    out.CreateField(ogr.FieldDefn("name", ogr.OFTString))
    for name, ring in shapes:
        feature = ogr.Feature(out.GetLayerDefn())
        if name is not None:
            feature["name"] = name
        line = ogr.Geometry(ogr.wkbLinearRing)
        for column, row in [*ring, ring[0]]:
            line.AddPoint_2D(world.WEST + CELL * column, world.NORTH - CELL * row)
        area = ogr.Geometry(ogr.wkbPolygon)
        area.AddGeometry(line)
        feature.SetGeometry(area)
        out.CreateFeature(feature)
    made = None


def box(left, top, right, bottom):
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def inside(ring):
    """Cells whose centre the ring contains, by crossing numbers."""
    row, column = numpy.mgrid[0:SIDE, 0:SIDE] + 0.5
    odd = numpy.zeros((SIDE, SIDE), bool)
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]]):
        crosses = (y0 > row) != (y1 > row)
        with numpy.errstate(divide="ignore", invalid="ignore"):
            odd ^= crosses & (column < x0 + (row - y0) / (y1 - y0) * (x1 - x0))
    return odd


def read_table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Zones(kit.TilthCase):
    @classmethod
    def prepare(cls):
        draw = numpy.random.default_rng(11)
        cls.map = draw.normal(size=(SIDE, SIDE))
        cls.factor = cls.map + draw.normal(size=(SIDE, SIDE))
        world.write_raster(cls.folder / "map.tif", cls.map)
        world.write_raster(cls.folder / "factor.tif", cls.factor)

    def correlate(self, *words, maps=("map.tif",), factors=("factor.tif",)):
        done = self.must("correlatemaps", "--maps", *maps, "--factors", *factors, "--halves", "no", "--spearman", "no",
                         "--output", "c.csv", *words)
        return read_table(self.folder / "c.csv"), done.stdout

    def check_cells(self, rows, shapes):
        for row, (name, ring) in zip(rows, shapes):
            cells = inside(ring)
            self.assertEqual((row["zone"], int(row["n"])), (name, int(cells.sum())))
            r = numpy.corrcoef(self.map[cells].astype("f4"), self.factor[cells].astype("f4"))[0, 1]
            self.assertAlmostEqual(float(row["pearson"]), r, places=6)

    def test_nested_catchments_and_buffers_count_all_their_cells(self):
        shapes = [("river", box(0, 0, 60, 60)), ("upper", box(10, 10, 30, 30)), ("spring", box(12, 12, 18, 18)),
                  ("buffer", box(25, 5, 50, 40))]
        polygons(self.folder / "nested.gpkg", shapes)
        rows, log = self.correlate("--zones", "nested.gpkg", "--zone_field", "name")
        self.check_cells(rows[1:], shapes)
        self.assertIn("zones overlap, for example 'river' and 'upper'", log)

    def test_the_order_of_the_polygons_changes_nothing(self):
        shapes = [("a", box(5, 5, 40, 40)), ("b", box(20, 20, 55, 55)), ("c", box(0, 0, 60, 60))]
        polygons(self.folder / "one.gpkg", shapes)
        polygons(self.folder / "two.gpkg", shapes[::-1])
        first, _ = self.correlate("--zones", "one.gpkg", "--zone_field", "name")
        second, _ = self.correlate("--zones", "two.gpkg", "--zone_field", "name")
        self.assertEqual(sorted(map(str, first)), sorted(map(str, second)))

    def test_random_triangles(self):
        draw = numpy.random.default_rng(3)
        shapes = [(f"t{k}", [tuple(point) for point in draw.uniform(-10, 70, (3, 2))]) for k in range(40)]
        shapes = [one for one in shapes if inside(one[1]).sum() > 10]
        polygons(self.folder / "triangles.gpkg", shapes)
        rows, _ = self.correlate("--zones", "triangles.gpkg", "--zone_field", "name")
        self.assertEqual(len(rows), 1 + len(shapes))
        self.check_cells(rows[1:], shapes)

    def test_zones_side_by_side_do_not_overlap(self):
        shapes = [(f"p{k}", box(15 * (k % 4), 20 * (k // 4), 15 * (k % 4) + 15, 20 * (k // 4) + 20)) for k in range(12)]
        polygons(self.folder / "parcels.gpkg", shapes)
        rows, log = self.correlate("--zones", "parcels.gpkg", "--zone_field", "name")
        self.check_cells(rows[1:], shapes)
        self.assertEqual(sum(int(row["n"]) for row in rows[1:]), SIDE * SIDE)
        self.assertNotIn("overlap", log)

    def test_zones_of_equal_name_are_kept_apart(self):
        shapes = [("north", box(0, 0, 60, 20)), ("north", box(0, 20, 60, 45)), ("whole", box(0, 45, 60, 60)),
                  (None, box(0, 0, 10, 10)), ("4", box(0, 0, 12, 12))]
        polygons(self.folder / "alike.gpkg", shapes)
        words = ("--zones", "alike.gpkg", "--zone_field", "name")
        rows, log = self.correlate(*words)
        self.assertEqual([row["zone"] for row in rows], ["whole", "north", "north (2)", "whole (2)", "4", "4 (2)"])
        self.assertEqual([int(row["n"]) for row in rows[1:]], [1200, 1500, 900, 100, 144])
        self.assertIn("zone_field", log)
        self.refused(kit.FAILED, ["zone_field", "strict"], "correlatemaps", "--maps", "map.tif", "--factors", "factor.tif",
                     *words, "--strict", "yes", output="c.csv")

    def test_fields_of_the_ls_factor_that_overlap_are_named(self):
        world.write_raster(self.folder / "dem.tif", 100.0 + 0.5 * numpy.add.outer(range(SIDE), range(SIDE)))
        polygons(self.folder / "fields.gpkg", [("a", box(0, 0, 40, 60)), ("b", box(30, 0, 60, 60))])
        words = ("lsfactor", "--dem", "dem.tif", "--fields", "fields.gpkg", "--field_based", "yes")
        done = self.must(*words, "--output", "ls.tif")
        self.assertRegex(done.stdout, r"warning: fields: the polygons of 'fields.gpkg' overlap, .* 600 cells")
        self.refused(kit.FAILED, ["fields", "overlap"], *words, "--strict", "yes", output="ls.tif")


class Names(kit.TilthCase):
    @classmethod
    def prepare(cls):
        draw = numpy.random.default_rng(2)
        cls.factor = draw.normal(size=(SIDE, SIDE))
        for year, sign in (("2020", 1), ("2021", -1), ("2022", 0)):
            (cls.folder / year).mkdir()
            world.write_raster(cls.folder / year / "som.tif", sign * cls.factor + draw.normal(size=(SIDE, SIDE)))
        world.write_raster(cls.folder / "slope.tif", cls.factor)
        (cls.folder / "b").mkdir()
        world.write_raster(cls.folder / "b" / "slope.tif", -cls.factor)

    def test_maps_and_factors_of_one_name_in_several_folders(self):
        maps = [f"{year}/som.tif" for year in ("2020", "2021", "2022")]
        done = self.must("correlatemaps", "--maps", *maps, "--factors", "slope.tif", "b/slope.tif", "--halves", "no",
                         "--output", "c.csv", "--json")
        rows = read_table(self.folder / "c.csv")
        names = [(row["map"], row["factor"]) for row in rows]
        self.assertEqual(names[:3], [("2020/som", "slope.tif"), ("2020/som", "b/slope"), ("2021/som", "slope.tif")])
        self.assertEqual(len(set(names)), 6)
        self.assertGreater(float(rows[0]["pearson"]), 0.5)
        self.assertLess(float(rows[1]["pearson"]), -0.5)
        self.assertEqual([(one["map"], one["factor"]) for one in json.loads(done.stdout)["correlations"]], names)

    def test_one_map_keeps_its_short_name(self):
        self.must("correlatemaps", "--maps", "2020/som.tif", "--factors", "slope.tif", "--halves", "no", "--output", "c.csv")
        self.assertEqual([(row["map"], row["factor"]) for row in read_table(self.folder / "c.csv")], [("som", "slope")])

    def test_the_report_shows_both_maps_by_folder(self):
        self.must("report", "--maps", "2020/som.tif", "2021/som.tif", "--terrain", "slope.tif", "b/slope.tif", "--output",
                  "page.html")
        page = (self.folder / "page.html").read_text(encoding="utf-8")
        for name in ("2020/som.tif", "2021/som.tif", "b/slope.tif"):
            self.assertIn(name, page)


if __name__ == "__main__":
    unittest.main()
