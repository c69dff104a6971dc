#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Little memory: a DEM that does not fit is worked on in tiles, with the bytes of the whole."""
import unittest

import kit
import numpy
import world

SIDE = 2600
LEAST = "32"  # MiB; a fifth of what the DEM needs at once


def ground(side=SIDE):
    """Depressions of every size, flats, a lake and holes of NoData."""
    random = numpy.random.default_rng(5)
    z = numpy.zeros((side, side), dtype=numpy.float32)
    for cells, height in ((8, 90.0), (40, 25.0), (200, 7.0), (1000, 2.0)):
        rough = random.random((cells + 2, cells + 2), dtype=numpy.float32) * height
        at = numpy.linspace(0.0, cells, side, dtype=numpy.float32)
        low = at.astype(int)
        part = at - low
        rows = rough[low] * (1 - part)[:, None] + rough[low + 1] * part[:, None]
        z += rows[:, low] * (1 - part) + rows[:, low + 1] * part
    z[:, : side // 3] = numpy.round(z[:, : side // 3], 1)
    z[900:1500, 1200:1900] = 40.0
    z[200:420, 300:330] = numpy.nan
    z[2000:2010, 1500:2300] = numpy.nan
    return z


class Tiles(kit.TilthCase):
    @classmethod
    def prepare(cls):
        z = ground()
        world.write_raster(cls.folder / "dem.tif", z)
        world.write_raster(cls.folder / "tiled.tif", z, options=["TILED=YES", "COMPRESS=DEFLATE"])

    def bytes_of(self, name):
        return (self.folder / name).read_bytes()

    def test_filled_in_tiles_or_at_once(self):
        for slope in ("0", "0.01"):
            with self.subTest(slope=slope):
                words = ("fillsinks", "--dem", "dem.tif", "--min_slope", slope)
                whole = self.must(*words, "--output", "whole.tif", "--sinks", "whole_sinks.tif")
                self.assertIn("2600 x 2600 cells need about", whole.stdout)
                self.assertNotIn("in tiles", whole.stdout)
                parts = self.must(*words, "--memory", LEAST, "--output", "parts.tif", "--sinks", "parts_sinks.tif")
                self.assertIn("memory allows 32 MiB, so it works in tiles through a scratch file", parts.stdout)
                self.assertEqual(self.bytes_of("whole.tif"), self.bytes_of("parts.tif"))
                self.assertEqual(self.bytes_of("whole_sinks.tif"), self.bytes_of("parts_sinks.tif"))
                figures = [line for line in whole.stdout.splitlines() if line.startswith(("raised", "largest", "true"))]
                self.assertEqual(len(figures), 3)
                for line in figures:
                    self.assertIn(line, parts.stdout)
        self.assertFalse([path for path in self.folder.iterdir() if path.name.startswith(".")])

    def test_blocks_of_the_file_and_threads_change_nothing(self):
        words = ("fillsinks", "--min_slope", "0", "--memory", LEAST)
        self.must(*words, "--dem", "tiled.tif", "--threads", "1", "--output", "one.tif")
        self.must(*words, "--dem", "tiled.tif", "--threads", "3", "--output", "three.tif")
        self.assertEqual(self.bytes_of("one.tif"), self.bytes_of("three.tif"))

    def test_degrees_from_south_to_north_and_whole_numbers(self):
        z = numpy.nan_to_num(ground(2000)[::-1], nan=-1.0).astype(numpy.int16)
        dataset = world.gdal.GetDriverByName("GTiff").Create(str(self.folder / "degrees.tif"), 2000, 2000, 1,
                                                             world.gdal.GDT_Int16)
        dataset.SetGeoTransform((100.0, 0.0003, 0.0, 25.0, 0.0, 0.0003))
        dataset.SetProjection(world.crs(4326).ExportToWkt())
        dataset.GetRasterBand(1).SetNoDataValue(-1)
        dataset.GetRasterBand(1).WriteArray(z)
        dataset = None
        words = ("fillsinks", "--dem", "degrees.tif")
        self.must(*words, "--output", "whole.tif")
        parts = self.must(*words, "--memory", LEAST, "--output", "parts.tif")
        self.assertIn("works in tiles", parts.stdout)
        self.assertIn("in degrees", parts.stdout)
        self.assertEqual(self.bytes_of("whole.tif"), self.bytes_of("parts.tif"))

    def test_what_works_at_once_only_says_so(self):
        for words in (("--method", "breach", "--max_length", "2"), ("--max_depth", "3")):
            done = self.must("fillsinks", "--dem", "dem.tif", "--memory", LEAST, "--output", "o.tif", *words)
            said = done.stdout + done.stderr
            self.assertIn("more than the 32 MiB that memory allows", said)
            self.assertIn("which works in tiles", said)

    def test_a_full_disk_is_one_sentence(self):
        words = ("fillsinks", "--dem", "dem.tif", "--memory", LEAST)
        said = self.refused(kit.FAILED, ["scratch file", "TMPDIR", "memory"], *words, "--quiet", output="o.tif",
                            file_limit=2000000)
        self.assertIn("cannot be written", said)
        self.refused(kit.FAILED, ["/nowhere/at/all", "scratch file", "TMPDIR"], *words, "--quiet", output="o.tif",
                     env={"TMPDIR": "/nowhere/at/all"})


if __name__ == "__main__":
    unittest.main()
