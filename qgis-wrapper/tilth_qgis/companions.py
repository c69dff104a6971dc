# SPDX-License-Identifier: GPL-2.0-or-later
"""Two layers that belong to a soil map: the width of its prediction interval, and the areas where its model does not
apply. Both are written next to the map, so that a project can be moved with its folder."""

import os
from xml.sax.saxutils import escape

from osgeo import gdal, ogr, osr


def _band(data, word):
    """The number of the band with that word in its description, or None."""
    names = [data.GetRasterBand(number).GetDescription().lower() for number in range(1, data.RasterCount + 1)]
    return next((number for number, name in enumerate(names, 1) if word in name), None)


def _stem(path):
    return os.path.splitext(path)[0]


def write_width(path):
    """Upper minus lower bound of the map as a virtual raster, computed when it is drawn. Returns its path, or None for
    a map without bounds."""
    data = gdal.Open(path)
    upper, lower = (_band(data, word) for word in ('upper', 'lower'))
    if upper is None or lower is None:
        return None
    name = escape(os.path.basename(path))
    sources = ''.join(f'<SimpleSource><SourceFilename relativeToVRT="1">{name}</SourceFilename><SourceBand>{band}</SourceBand>'
                      '</SimpleSource>' for band in (upper, lower))
    numbers = ', '.join(repr(value) for value in data.GetGeoTransform())
    width = _stem(path) + '_width.vrt'
    with open(width, 'w', encoding='utf-8') as vrt:
        vrt.write(f'<VRTDataset rasterXSize="{data.RasterXSize}" rasterYSize="{data.RasterYSize}">'
                  f'<SRS>{escape(data.GetProjection())}</SRS><GeoTransform>{numbers}</GeoTransform>'
                  '<VRTRasterBand dataType="Float32" band="1" subClass="VRTDerivedRasterBand">'
                  '<Description>Width of the prediction interval</Description><NoDataValue>nan</NoDataValue>'
                  f'<PixelFunctionType>diff</PixelFunctionType><SourceTransferType>Float32</SourceTransferType>{sources}'
                  '</VRTRasterBand></VRTDataset>\n')
    return width


def write_outside(path):
    """The areas where the model of the map does not apply, for hatching. Returns the path of the layer, or None when the
    model applies everywhere or the map has no such band."""
    data = gdal.Open(path)
    number = _band(data, 'applicable')
    outside = _stem(path) + '_outside.gpkg'
    if os.path.exists(outside):
        os.remove(outside)
    if number is None:
        return None
    mask = data.GetRasterBand(number)
    file = ogr.GetDriverByName('GPKG').CreateDataSource(outside)
    layer = file.CreateLayer('outside', osr.SpatialReference(wkt=data.GetProjection()), ogr.wkbPolygon)
    layer.CreateField(ogr.FieldDefn('applicable', ogr.OFTInteger))
    gdal.Polygonize(mask, mask.GetMaskBand(), layer, 0)
    layer.SetAttributeFilter('applicable <> 0')
    for key in [feature.GetFID() for feature in layer]:
        layer.DeleteFeature(key)
    layer.SetAttributeFilter(None)
    count = layer.GetFeatureCount()
    layer = file = None  # closes the file
    if count == 0:
        os.remove(outside)
        return None
    return outside
