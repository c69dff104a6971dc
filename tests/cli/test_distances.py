#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Slopes and areas are those of the ground, whatever the map: a plane of known slope, made in an azimuthal map around the middle of the
raster, whose distances from there are true, and stored on grids of other maps."""
import math
import unittest

import kit
import numpy
import world
from osgeo import gdal, osr

SIDE = 41
SLOPE = 0.3

# CRS, longitude, latitude, size of a cell in map units, permissible relative error of slope and area
MAPS = [("EPSG:3857", 10.0, 60.0, 20.0, 1e-3), ("EPSG:3857", -75.0, -45.0, 900.0, 2e-2), ("EPSG:3395", 100.0, 38.0, 30.0, 1e-3),
        ("EPSG:3413", -45.0, 60.0, 30.0, 1e-3), ("EPSG:3031", 20.0, -66.0, 30.0, 1e-3), ("EPSG:3034", 25.0, 41.0, 30.0, 1e-3),
        ("EPSG:32633", 27.0, 45.0, 30.0, 1e-3), ("EPSG:32633", 15.5, 45.0, 30.0, 1e-3),
        ("+proj=merc +lat_ts=0 +datum=WGS84 +units=us-ft", 10.0, 50.0, 100.0, 1e-3), ("EPSG:4326", 10.0, 50.0, 1 / 3600, 1e-3),
        ("EPSG:4807", 3.0, 46.0, 1 / 3600, 1e-3)]


def system(text):
    made = osr.SpatialReference()
    made.SetFromUserInput(text)
    made.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return made


def write_plane(path, crs, longitude, latitude, cell, slope=SLOPE):
    """z rises by slope to the east of the local azimuthal map."""
    there, degrees = system(crs), system("EPSG:4326")
    local = system(f"+proj=aeqd +lat_0={latitude} +lon_0={longitude} +datum=WGS84")
    x0, y0 = osr.CoordinateTransformation(degrees, there).TransformPoint(longitude, latitude)[:2]
    west, north = x0 - SIDE / 2 * cell, y0 + SIDE / 2 * cell
    way = osr.CoordinateTransformation(there, local)
    z = numpy.empty((SIDE, SIDE), numpy.float32)
    for row in range(SIDE):
        for column in range(SIDE):
            z[row, column] = 1000.0 + slope * way.TransformPoint(west + (column + 0.5) * cell, north - (row + 0.5) * cell)[0]
    made = gdal.GetDriverByName("GTiff").Create(str(path), SIDE, SIDE, 1, gdal.GDT_Float32)
    made.SetGeoTransform((west, cell, 0.0, north, 0.0, -cell))
    made.SetProjection(there.ExportToWkt())
    made.GetRasterBand(1).WriteArray(z)
    made.FlushCache()
    corners = [way.TransformPoint(west + c * SIDE * cell, north - r * SIDE * cell)[:2] for c, r in ((0, 0), (1, 0), (1, 1), (0, 1))]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, corners[1:] + corners[:1]))) / 2


class Distances(kit.TilthCase):
    def read(self, name):
        return gdal.Open(str(self.folder / name)).ReadAsArray().astype(float)

    def test_slopes_and_areas(self):
        for crs, longitude, latitude, cell, error in MAPS:
            with self.subTest(crs=crs, latitude=latitude):
                area = write_plane(self.folder / "plane.tif", crs, longitude, latitude, cell)
                said = self.must("slope", "--dem", "plane.tif", "--unit", "percent", "--output", "slope.tif").stdout
                slope = self.read("slope.tif")[SIDE // 2, SIDE // 2]
                self.assertLess(abs(slope / (100 * SLOPE) - 1), error, said)
                # All water leaves through the western border, so the catchments of its cells add up to the whole.
                self.must("flowaccumulation", "--dem", "plane.tif", "--method", "d8", "--unit", "m2", "--output", "flow.tif", "--fill", "no")
                flow = self.read("flow.tif")
                self.assertGreater(flow.max(), 0)
                own = numpy.median(flow[SIDE // 2 - 3: SIDE // 2 + 4][:, [0, -1]].min(axis=1))
                self.assertLess(abs(own * SIDE * SIDE / area - 1), 5 * error, said)
                scaled = crs in ("EPSG:3857", "EPSG:3395", "EPSG:3413", "EPSG:3034", "EPSG:3031") or longitude == 27.0 or "merc" in crs
                self.assertEqual("metres on the Earth" in said, scaled, said)

    def test_grads_are_named(self):
        write_plane(self.folder / "grads.tif", "EPSG:4807", 3.0, 46.0, 1 / 3600)
        self.assertIn("in grads of 0.9 degrees", self.must("slope", "--dem", "grads.tif", "--output", "o.tif").stdout)

    def test_a_wide_polar_map_is_warned_of(self):
        write_plane(self.folder / "wide.tif", "EPSG:3413", -45.0, 75.0, 60000.0, 0.001)
        said = self.must("slope", "--dem", "wide.tif", "--output", "o.tif").stdout
        self.assertIn("along a row the scale of that map differs", said)

    def test_web_mercator_from_pole_to_pole(self):
        """The size of cells in the first, a middle and the last row: 1 / cosh of the map coordinate over the radius, within 0.7 %, which
        is the flattening of the Earth."""
        north = 20037508.342789244
        made = gdal.GetDriverByName("GTiff").Create(str(self.folder / "world.tif"), 40, 400, 1, gdal.GDT_Float32)
        made.SetGeoTransform((0.0, 1000.0, 0.0, north, 0.0, -north / 200))
        made.SetProjection(system("EPSG:3857").ExportToWkt())
        z = 3.0 * numpy.tile(numpy.arange(40.0), (400, 1))
        made.GetRasterBand(1).WriteArray(z)
        made = None
        self.must("slope", "--dem", "world.tif", "--unit", "percent", "--output", "o.tif")
        slope = self.read("o.tif")
        for row in (1, 20, 77, 150, 200, 310, 398):
            width = 1000.0 / math.cosh((north - (row + 0.5) * north / 200) / 6378137.0)
            self.assertLess(abs(slope[row, 20] / (300.0 / width) - 1), 7e-3, row)

    def test_dems_without_a_grid_are_refused_with_the_command(self):
        z = world.elevation()
        plain = gdal.GetDriverByName("GTiff").Create(str(self.folder / "plain.tif"), 50, 40, 1, gdal.GDT_Float32)
        plain.GetRasterBand(1).WriteArray(z)
        plain = None
        points = gdal.GetDriverByName("GTiff").Create(str(self.folder / "points.tif"), 50, 40, 1, gdal.GDT_Float32)
        points.GetRasterBand(1).WriteArray(z)
        points.SetGCPs([gdal.GCP(9.0 + 0.01 * c, 47.0 - 0.01 * r, 0.0, 50.0 * c, 40.0 * r) for c, r in ((0, 0), (1, 0.1), (1, 1), (0, 0.9))],
                       system("EPSG:4326").ExportToWkt())
        points = None
        for tool in ("slope", "fillsinks", "flowaccumulation", "wetness"):
            self.refused(kit.FAILED, ["plain.tif", "no georeference", "-a_ullr", "gdalwarp"], tool, "--dem", "plain.tif", output="o.tif")
            self.refused(kit.FAILED, ["gdalwarp -t_srs EPSG:32632 -r bilinear 'points.tif' warped.tif"], tool, "--dem", "points.tif",
                         output="o.tif")

    def test_a_geotransform_that_is_no_number(self):
        (self.folder / "nan.vrt").write_text(
            '<VRTDataset rasterXSize="50" rasterYSize="40"><GeoTransform>nan, 30, 0, 4000000, 0, -30</GeoTransform>'
            '<VRTRasterBand dataType="Float32" band="1"><SimpleSource><SourceFilename relativeToVRT="1">dem.tif</SourceFilename>'
            "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>", encoding="utf-8")
        world.write_raster(self.folder / "dem.tif", world.elevation())
        self.refused(kit.FAILED, ["nan.vrt", "geotransform", "finite"], "slope", "--dem", "nan.vrt", output="o.tif")

    def test_degrees_with_a_crs_in_metres_are_refused(self):
        for crs, transform, refused in (("EPSG:32650", (117.1, 1 / 3600, 0, 36.2, 0, -1 / 3600), True), ("EPSG:3857", (-70.0, 1 / 1200, 0, -10.0, 0, -1 / 1200), True),
                                        ("EPSG:4326", (117.1, 1 / 3600, 0, 36.2, 0, -1 / 3600), False), ("EPSG:32650", (100.0, 0.01, 0, 50.0, 0, -0.01), False)):
            with self.subTest(crs=crs, transform=transform):
                made = gdal.GetDriverByName("GTiff").Create(str(self.folder / "units.tif"), 20, 15, 1, gdal.GDT_Float32)
                made.SetGeoTransform(transform)
                made.SetSpatialRef(system(crs))
                made.GetRasterBand(1).WriteArray(numpy.add.outer(numpy.arange(15), numpy.arange(20)).astype(numpy.float32))
                made = None
                done = self.tilth("slope", "--dem", "units.tif", "--output", "units_slope.tif")
                self.assertEqual(done.returncode, kit.FAILED if refused else 0, done.stderr)
                if refused:
                    self.assertIn("are in degrees; assign the CRS that they are in", done.stderr)



if __name__ == "__main__":
    unittest.main()
