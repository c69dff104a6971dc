# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters as numpy arrays, read and written through GDAL."""

import numpy

DRIVER = 'GTiff'


def _gdal():
    try:
        from osgeo import gdal
    except ImportError as missing:
        raise ImportError('arrays need the Python package of GDAL (Debian: python3-gdal); use names of files without it') from missing
    gdal.UseExceptions()
    return gdal


class Raster:
    """An array with its position.

    array      [row, column] or [band, row, column]; NaN is NoData
    transform  x of the upper left corner, cell width, 0, y of the upper left corner, 0, -cell height, as GDAL has it; None: no position
    crs        anything that GDAL understands, such as 'EPSG:32650' or WKT; '' = unknown
    """

    def __init__(self, array, transform=None, crs=''):
        self.array = numpy.asarray(array)
        if self.array.ndim not in (2, 3):
            raise ValueError(f'an array of {self.array.ndim} dimensions is no raster; wanted [row, column] or [band, row, column]')
        self.transform = None if transform is None else tuple(transform)
        self.crs = crs

    def __repr__(self):
        return f'Raster({self.array.shape}, {self.array.dtype}, transform={self.transform})'

    @classmethod
    def open(cls, path):
        """Reads a file; cells without a value become NaN, so that whole numbers with NoData become float."""
        data = _gdal().Open(str(path))
        array = data.ReadAsArray()
        bands = [data.GetRasterBand(k + 1) for k in range(data.RasterCount)]
        if any(band.GetMaskFlags() != 1 for band in bands):  # 1: all cells are valid
            valid = numpy.stack([band.GetMaskBand().ReadAsArray() for band in bands]).reshape(array.shape) != 0
            if not valid.all():
                array = numpy.where(valid, array, numpy.nan).astype(numpy.result_type(array.dtype, numpy.float32))
        position = data.GetGeoTransform(can_return_null=True)
        return cls(array, position, data.GetProjection())

    def save(self, path):
        """Writes a GeoTIFF; NaN is declared as NoData of floating-point numbers."""
        gdal = _gdal()
        from osgeo import gdal_array, osr
        layers = self.array if self.array.ndim == 3 else self.array[None]
        kind = gdal_array.NumericTypeCodeToGDALTypeCode(layers.dtype.type)
        if kind is None:
            layers = layers.astype(numpy.float64)
            kind = gdal.GDT_Float64
        data = gdal.GetDriverByName(DRIVER).Create(str(path), layers.shape[2], layers.shape[1], layers.shape[0], kind)
        if self.transform is not None:
            data.SetGeoTransform(self.transform)
        if self.crs:
            reference = osr.SpatialReference()
            reference.SetFromUserInput(self.crs)
            data.SetSpatialRef(reference)
        for k, layer in enumerate(layers):
            band = data.GetRasterBand(k + 1)
            if numpy.issubdtype(layers.dtype, numpy.floating):
                band.SetNoDataValue(float('nan'))
            band.WriteArray(layer)
        data.FlushCache()
