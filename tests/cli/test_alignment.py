#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two rasters are laid on each other by their positions, not by rows and columns: masks, land cover and weights that are shifted, finer or
in another CRS have the effect of the same area; those without any position are refused or named."""
import unittest

import kit
import numpy
import world
from osgeo import gdal

ROWS, COLUMNS = world.ROWS, world.COLUMNS


def write(path, layer, west=world.WEST, north=world.NORTH, cell=world.CELL, epsg=world.EPSG):
    world.write_raster(path, layer, epsg=epsg, cell=cell)
    opened = gdal.Open(str(path), gdal.GA_Update)
    opened.SetGeoTransform((west, cell, 0.0, north, 0.0, -cell))
    opened = None


class Alignment(kit.TilthCase):
    @classmethod
    def prepare(cls):
        world.write_scene(cls.folder / "scene.dat")
        world.write_samples(cls.folder / "samples.gpkg")
        cls.must("trainmodel", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--property", "SOM", "--unit",
                 "g/kg", "--repeats", "1", "--output", "som.json")
        cls.wanted = numpy.zeros((ROWS, COLUMNS), bool)
        cls.wanted[5:20, 8:30] = True
        write(cls.folder / "mask.tif", cls.wanted)
        write(cls.folder / "dem.tif", world.elevation())

    def read(self, name):
        return gdal.Open(str(self.folder / name)).ReadAsArray()

    def mapped(self, mask):
        done = self.must("mapproperty", "--scene", "scene.dat", "--model", "som.json", "--mask", mask, "--output", "map.tif")
        return numpy.isfinite(self.read("map.tif")[0]), done.stdout

    def test_masks_of_the_same_and_of_other_grids(self):
        mapped, said = self.mapped("mask.tif")
        numpy.testing.assert_array_equal(mapped, self.wanted)
        self.assertNotIn("another grid", said)
        # The same area, with as many cells, on a grid that begins three cells in the east and two in the south.
        shifted = numpy.zeros_like(self.wanted)
        shifted[3:18, 5:27] = True
        write(self.folder / "shifted.tif", shifted, world.WEST + 3 * world.CELL, world.NORTH - 2 * world.CELL)
        # Three cells to a cell.
        write(self.folder / "fine.tif", numpy.kron(self.wanted, numpy.ones((3, 3))), cell=world.CELL / 3)
        for name in ("shifted.tif", "fine.tif"):
            mapped, said = self.mapped(name)
            numpy.testing.assert_array_equal(mapped, self.wanted, name)
            self.assertIn(f"mask: '{name}' is on another grid and is aligned by position", said)

    def test_a_mask_in_another_crs_with_as_many_cells(self):
        warped = gdal.Warp(str(self.folder / "degrees.tif"), str(self.folder / "mask.tif"), dstSRS="EPSG:4326", width=COLUMNS, height=ROWS)
        self.assertEqual((warped.RasterXSize, warped.RasterYSize), (COLUMNS, ROWS))
        warped = None
        mapped, said = self.mapped("degrees.tif")
        self.assertLess(numpy.count_nonzero(mapped != self.wanted), 60)
        self.assertIn("aligned by position", said)

    def test_a_mask_elsewhere_or_without_a_position(self):
        base = ("mapproperty", "--scene", "scene.dat", "--model", "som.json")
        write(self.folder / "far.tif", self.wanted, world.WEST + 9e4)
        self.refused(kit.FAILED, ["mask", "far.tif", "same area"], *base, "--mask", "far.tif", output="o.tif")
        for name, rows in (("plain.tif", ROWS), ("small.tif", ROWS - 4)):
            made = gdal.GetDriverByName("GTiff").Create(str(self.folder / name), COLUMNS, rows, 1, gdal.GDT_Byte)
            made.GetRasterBand(1).WriteArray(self.wanted[:rows].astype(numpy.uint8))
            made = None
        mapped, said = self.mapped("plain.tif")
        numpy.testing.assert_array_equal(mapped, self.wanted)
        self.assertIn("plain.tif", said)
        self.assertIn("cell by cell", said)
        self.refused(kit.FAILED, ["plain.tif", "strict"], *base, "--mask", "plain.tif", "--strict", "yes", output="o.tif")
        self.refused(kit.FAILED, ["small.tif", "no georeference"], *base, "--mask", "small.tif", output="o.tif")

    def test_weights_of_a_shifted_grid(self):
        weights = numpy.zeros((40, 50))
        weights[10:12, 10:40] = 2.0
        write(self.folder / "weights.tif", weights)
        moved = numpy.zeros((40, 50))
        moved[7:9, 14:44] = 2.0
        write(self.folder / "moved.tif", moved, world.WEST - 4 * world.CELL, world.NORTH - 3 * world.CELL)
        for name in ("weights.tif", "moved.tif"):
            said = self.must("flowaccumulation", "--dem", "dem.tif", "--weights", name, "--output", f"flow {name}").stdout
            self.assertEqual("another grid" in said, name == "moved.tif")
        a, b = self.read("flow weights.tif"), self.read("flow moved.tif")
        self.assertEqual(numpy.isfinite(b[:37, :46]).all(), True)
        numpy.testing.assert_array_equal(a[:30, :40], b[:30, :40])

    def test_land_cover_three_cells_east(self):
        scene = self.folder / "cover.dat"
        nm = [490.0, 560.0, 665.0, 842.0, 865.0, 1610.0, 2190.0]
        world.write_scene(scene, numpy.random.default_rng(1).uniform(0.1, 0.3, (7, ROWS, COLUMNS)), wavelengths=nm)
        cover = numpy.ones((ROWS, COLUMNS))
        cover[:, 20:] = 2.0
        write(self.folder / "cover.tif", cover)
        moved = numpy.ones((ROWS, COLUMNS))
        moved[:, 17:] = 2.0
        write(self.folder / "moved cover.tif", moved, world.WEST + 3 * world.CELL)
        made = []
        for name in ("cover.tif", "moved cover.tif"):
            said = self.must("maskscene", "--scene", "cover.dat", "--landcover", name, "--landcover_classes", "2", "--output", "m.tif").stdout
            self.assertEqual("another grid" in said, name != "cover.tif", said)
            made.append(self.read("m.tif"))
        numpy.testing.assert_array_equal(made[0][..., 3:], made[1][..., 3:])


if __name__ == "__main__":
    unittest.main()
