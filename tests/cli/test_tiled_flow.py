#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Little memory: water is routed in tiles, with the bytes of the whole."""
import json
import unittest

import kit
import numpy
import test_tiles
import world

SIDE = 1600
LEAST = "32"  # MiB; less than any of these tools needs at once for this DEM


class TiledFlow(kit.TilthCase):
    @classmethod
    def prepare(cls):
        z = test_tiles.ground(2000)[:SIDE, :SIDE]
        world.write_raster(cls.folder / "dem.tif", z)
        world.write_raster(cls.folder / "terraces.tif", numpy.round(z / 4.0) * 4.0)

    def compare(self, tool, outputs, *words):
        """Runs a tool at once and in tiles; the files must be equal, apart from the record that vector files carry."""
        for kind, extra in (("whole", ()), ("parts", ("--memory", LEAST))):
            named = [word for id, end in outputs for word in (f"--{id}", f"{kind}_{id}.{end}")]
            said = self.must(tool, *words, *named, *extra).stdout
            self.assertEqual(kind == "parts", "works in tiles through a scratch file" in said)
        for id, end in outputs:
            with self.subTest(tool=tool, output=id):
                whole = (self.folder / f"whole_{id}.{end}").read_bytes()
                parts = (self.folder / f"parts_{id}.{end}").read_bytes()
                if end == "geojson":
                    self.assertEqual(json.loads(whole)["features"], json.loads(parts)["features"])
                elif end == "tif":
                    self.assertEqual(*(world.gdal.Open(str(self.folder / f"{kind}_{id}.tif")).ReadRaster()
                                       for kind in ("whole", "parts")))
                else:
                    self.assertEqual(whole, parts)
        self.assertFalse([path for path in self.folder.iterdir() if path.name.startswith(".")])

    def test_terrainfactors(self):
        layers = [(id, "tif") for id in ("filled", "slope", "aspect", "area", "sca", "twi", "ls")]
        self.compare("terrainfactors", layers, "--dem", "dem.tif")

    def test_flowaccumulation(self):
        layers = [("output", "tif"), ("sca", "tif"), ("directions", "tif")]
        self.compare("flowaccumulation", layers, "--dem", "terraces.tif", "--min_slope", "0", "--method",
                     "dinf_tarboton", "--unit", "cells")

    def test_wetness_and_lsfactor(self):
        self.compare("wetness", [("output", "tif")], "--dem", "dem.tif")
        self.compare("lsfactor", [("output", "tif")], "--dem", "dem.tif", "--field_based", "yes")

    def test_streams(self):
        places = [(1, *world.position(1200, 900)), (2, *world.position(300, 500)), (3, *world.position(800, 1500))]
        lines = ["ID,x,y"] + [f"{number},{x},{y}" for number, x, y in places]
        (self.folder / "outlets.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        layers = [("output", "geojson"), ("basins", "geojson"), ("rivers", "geojson"), ("tree", "csv"),
                  ("coordinates", "csv"), ("basins_raster", "tif"), ("directions", "tif"), ("order_raster", "tif")]
        self.compare("streams", layers, "--dem", "terraces.tif", "--min_slope", "0", "--threshold", "3000",
                     "--outlets", "outlets.csv", "--snap", "100000")

    def test_the_course_of_streams_through_filled_areas(self):
        """The default differs from the straight course, and neither depends on memory or threads."""
        layers = [("output", "geojson"), ("tree", "csv"), ("directions", "tif")]
        courses = {}
        for course in ("valley", "straight"):
            self.compare("streams", layers, "--dem", "terraces.tif", "--threshold", "3000", "--filled_course", course)
            courses[course] = (self.folder / "whole_tree.csv").read_bytes()
            for threads in ("1", "3"):
                self.must("streams", "--dem", "terraces.tif", "--threshold", "3000", "--filled_course", course, "--threads", threads,
                          "--output", "threads.geojson", "--tree", "threads.csv")
                self.assertEqual((self.folder / "threads.csv").read_bytes(), courses[course])
        self.must("streams", "--dem", "terraces.tif", "--threshold", "3000", "--output", "plain.geojson", "--tree", "plain.csv")
        self.assertEqual((self.folder / "plain.csv").read_bytes(), courses["valley"])
        self.assertNotEqual(courses["valley"], courses["straight"])

    def test_what_works_at_once_only_says_so(self):
        for tool, *words in (("wetness", "--index", "topmodel"), ("flowaccumulation", "--contaminated", "mask.tif")):
            with self.subTest(tool=tool, words=words):
                done = self.must(tool, "--dem", "dem.tif", "--memory", LEAST, "--output", "o.tif", *words)
                said = done.stdout + done.stderr
                self.assertIn("more than the 32 MiB that memory allows", said)
                self.assertIn("which works in tiles", said)


if __name__ == "__main__":
    unittest.main()
