#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the sample area's elevation as a GeoTIFF: make_dem.py <output.tif>.

The Jacksboro fault in Tennessee, a public-domain elevation model of the U.S. Geological Survey from Debian's
package python-matplotlib-data. In that file ymin and ymax are swapped; row 0 is the north.
"""
import sys

import numpy
from osgeo import gdal, osr

SOURCE = "/usr/share/matplotlib/mpl-data/sample_data/jacksboro_fault_dem.npz"


def main() -> int:
    if len(sys.argv) != 2:
        print("make_dem.py needs one argument, the GeoTIFF to write", file=sys.stderr)
        return 2
    gdal.UseExceptions()
    with numpy.load(SOURCE) as data:
        elevation = data["elevation"]
        west = float(data["xmin"])
        north = max(float(data["ymin"]), float(data["ymax"]))
        step_x, step_y = float(data["dx"]), float(data["dy"])
    rows, columns = elevation.shape
    dem = gdal.GetDriverByName("GTiff").Create(sys.argv[1], columns, rows, 1, gdal.GDT_Int16, ["COMPRESS=DEFLATE"])
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(4326)
    dem.SetProjection(crs.ExportToWkt())
    dem.SetGeoTransform((west, step_x, 0.0, north, 0.0, -step_y))
    band = dem.GetRasterBand(1)
    band.SetDescription("Elevation")
    band.SetUnitType("m")
    band.WriteArray(elevation)
    dem.FlushCache()
    return 0


if __name__ == "__main__":
    sys.exit(main())
