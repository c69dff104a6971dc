#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that end before their header states are refused before a value is used, with the number of lines that are there."""
import gzip
import os
import unittest

import kit
import numpy
import world
from osgeo import gdal

ROWS, COLUMNS, BANDS = world.ROWS, world.COLUMNS, len(world.BANDS)
LINE = COLUMNS * BANDS * 4


class WholeFiles(kit.TilthCase):
    def scene(self, name, interleave, offset=0):
        """An ENVI scene; offset bytes before the first value."""
        path = self.folder / name
        world.write_scene(path, interleave=interleave)
        if offset:
            path.write_bytes(bytes(offset) + path.read_bytes())
            self.header(path, "header offset = 0", f"header offset = {offset}")
        return path

    def header(self, path, old, new):
        header = path.with_suffix(".hdr")
        text = header.read_text(encoding="utf-8")
        self.assertIn(old, text)
        header.write_text(text.replace(old, new), encoding="utf-8")

    def refuses(self, name, *wanted):
        said = self.refused(kit.FAILED, [name, "cut off", *wanted], "samplespectra", "--scene", name, "--samples", "samples.gpkg",
                            "--id_field", "id", output="o.csv")
        self.refused(kit.FAILED, [name, "cut off", *wanted], "sceneinfo", "--scene", name)
        return said

    @classmethod
    def prepare(cls):
        world.write_samples(cls.folder / "samples.gpkg")

    def test_envi_in_every_interleave_and_with_an_offset(self):
        for interleave in ("BIL", "BIP"):
            for offset in (0, 1000):
                path = self.scene(f"{interleave}{offset}.dat", interleave, offset)
                self.must("sceneinfo", "--scene", path.name)
                os.truncate(path, offset + 20 * LINE + 17)
                self.refuses(path.name, "describes 30 lines", "20 whole lines", "lines = 20")
                os.truncate(path, offset + 30 * LINE - 1)
                self.refuses(path.name, "29 whole lines")
        path = self.scene("bsq.dat", "BSQ", 64)
        os.truncate(path, 64 + 4 * COLUMNS * (7 * ROWS + 11) + 3)
        self.refuses(path.name, "7 whole bands", "11 lines of band 8")
        os.truncate(path, 10)
        self.refuses(path.name, "0 whole bands")

    def test_envi_in_gzip(self):
        path = self.scene("packed.dat", "BIL")
        whole = path.read_bytes()
        self.header(path, "header offset = 0", "header offset = 0\nfile compression = 1")
        path.write_bytes(gzip.compress(whole))
        self.must("sceneinfo", "--scene", path.name)
        path.write_bytes(gzip.compress(whole[: 12 * LINE]))
        self.refuses(path.name, "12 whole lines")
        packed = gzip.compress(whole)
        path.write_bytes(packed[: len(packed) // 2])
        self.refuses(path.name)

    def test_a_virtual_raster_over_a_cut_scene(self):
        path = self.scene("source.dat", "BIL")
        virtual = gdal.Translate(str(self.folder / "scene.vrt"), str(path), format="VRT")
        virtual = None
        os.truncate(path, 20 * LINE)
        said = self.sentence(self.tilth("sceneinfo", "--scene", "scene.vrt"))
        self.assertIn("source.dat", said)
        self.assertIn("20 whole lines", said)

    def test_a_file_longer_than_its_header_is_named(self):
        path = self.scene("long.dat", "BIP")
        with open(path, "ab") as file:
            file.write(bytes(3 * LINE + 5))
        self.assertIn("enough for 3 lines", self.must("sceneinfo", "--scene", path.name).stdout)
        self.refused(kit.FAILED, ["enough for 3 lines", "strict"], "sceneinfo", "--scene", path.name, "--strict", "yes")

    def test_geotiff_in_strips_and_tiles(self):
        z = numpy.random.default_rng(1).random((BANDS, 300, 200))
        for name, options, wanted in (("strips.tif", (), "of band 1 are there"), ("tiles.tif", ("TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64"), "lines of band"),
                                      ("pixel.tif", ("INTERLEAVE=PIXEL",), "lines of band 1"),
                                      ("packed.tif", ("INTERLEAVE=PIXEL", "COMPRESS=DEFLATE"), "lines of band 1")):
            path = world.write_raster(self.folder / name, z, options=options)
            self.must("sceneinfo", "--scene", name)
            os.truncate(path, os.path.getsize(path) * 6 // 10)
            with self.subTest(name):
                said = self.sentence(self.tilth("sceneinfo", "--scene", name))
                self.assertIn("cut off", said)
                self.assertIn("lines of band", said)
                self.assertIn(name, said)
        dem = world.write_raster(self.folder / "dem.tif", world.elevation())
        os.truncate(dem, os.path.getsize(dem) - 100)
        self.refused(kit.FAILED, ["dem.tif", "of 40 lines of band 1 are there"], "slope", "--dem", "dem.tif", output="o.tif")

    def test_hdf5(self):
        if gdal.GetDriverByName("netCDF") is None:
            self.skipTest("no netCDF")
        source = world.write_raster(self.folder / "source.tif", world.elevation())
        made = gdal.Translate(str(self.folder / "dem.nc"), source, format="netCDF", creationOptions=["FORMAT=NC4"])
        made = None
        self.must("slope", "--dem", "dem.nc", "--output", "o.tif")
        size = os.path.getsize(self.folder / "dem.nc")
        os.truncate(self.folder / "dem.nc", size - 2000)
        for name in ("dem.nc", 'NETCDF:"dem.nc":Band1'):
            self.assertIn(f"it has {size - 2000} bytes of {size}", self.sentence(self.tilth("slope", "--dem", name, "--output", "p.tif")))

    def test_formats_of_other_programs(self):
        """Only the values are stored, so that GDAL reads zeros behind the end; of an ASCII grid it reads each line again and again."""
        source = world.write_raster(self.folder / "whole.tif", world.elevation(120, 90))
        formats = (("AAIGrid", "asc"), ("EHdr", "bil"), ("RST", "rst"), ("SAGA", "sdat"), ("GSBG", "grd"), ("BT", "bt"), ("netCDF", "nc"), ("PCIDSK", "pix"))
        for driver, extension in formats:
            if gdal.GetDriverByName(driver) is None:
                continue
            name = f"other.{extension}"
            made = gdal.Translate(str(self.folder / name), source, format=driver)
            made = None
            made = gdal.Translate(str(self.folder / "over.vrt"), str(self.folder / name), format="VRT")
            made = None
            self.must("slope", "--dem", name, "--output", "o.tif")
            size = os.path.getsize(self.folder / name)
            for share in (0.9, 0.5):
                os.truncate(self.folder / name, int(size * share))
                for dem in (name, "over.vrt") if driver in ("AAIGrid", "EHdr", "RST", "SAGA") else (name,):
                    with self.subTest(driver=driver, share=share, dem=dem):
                        self.refused(kit.FAILED, [name, "cut off"], "slope", "--dem", dem, output="p.tif")
        self.assertIn("120 lines of 90 numbers", self.sentence(self.tilth("slope", "--dem", "other.asc", "--output", "o.tif")))

    def test_ascii_grids_of_other_shapes(self):
        for name, text in (("short.asc", "ncols 3\nnrows 3\nxllcorner 0\nyllcorner 0\ncellsize 30\n-.5 1.5 2.5\n3.5 4 5\n6 7 8.5"),
                           ("blanks.asc", "\r\nNCOLS 3\r\nNROWS 3\r\nXLLCENTER 0\r\nYLLCENTER 0\r\nCELLSIZE 30\r\nNODATA_VALUE nan\r\n1\t2  3\r\n\r\n4 5 6 7\r\n8 9\r\n")):
            (self.folder / name).write_bytes(text.lstrip().encode())
            self.must("slope", "--dem", name, "--output", "o.tif")


if __name__ == "__main__":
    unittest.main()
