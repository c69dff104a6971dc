# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the features of a vector layer, as the user sees them, to a GeoPackage that the engine can open.

QGIS has a shortcut that passes the file of a layer; it silently loses unsaved edits and virtual fields. Here the
features themselves are always written, with edits, virtual fields, filters and selections.
"""

import contextlib

from osgeo import gdal
from qgis.core import (QgsFeature, QgsFeatureRequest, QgsFeatureSink, QgsField, QgsFields, QgsProcessingException,
                       QgsProcessingFeatureSource, QgsVectorFileWriter)

from .translation import tr

Checks = QgsProcessingFeatureSource.Flag


@contextlib.contextmanager
def _same_bytes_every_time():
    """GeoPackages contain the time of writing; a fixed time keeps the results that are computed from them identical."""
    before = gdal.GetConfigOption('OGR_CURRENT_DATE')
    gdal.SetConfigOption('OGR_CURRENT_DATE', '2000-01-01T00:00:00.000Z')
    try:
        yield
    finally:
        gdal.SetConfigOption('OGR_CURRENT_DATE', before)


def _free_name(names, wanted):
    while wanted.lower() in names:
        wanted += '_'
    return wanted


def write(source, path, label, context, feedback):
    """Writes the features of source to path. Raises QgsProcessingException with one sentence."""
    with _same_bytes_every_time():
        _write(source, path, label, context, feedback)


def _write(source, path, label, context, feedback):
    fields = QgsFields()
    for field in source.fields():
        fields.append(QgsField(field))
    names = {field.name().lower() for field in fields}
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = 'GPKG'
    options.layerName = 'features'
    # A field "fid" may hold anything, also repeated numbers; the file's own key has another name.
    options.layerOptions = ['FID=' + _free_name(names, 'feature_key')]
    writer = QgsVectorFileWriter.create(path, fields, source.wkbType(), source.sourceCrs(),
                                        context.transformContext(), options)
    if writer.hasError() != QgsVectorFileWriter.WriterError.NoError:
        raise QgsProcessingException(
            tr('{}: the layer cannot be written to {}: {}').format(label, path, writer.errorMessage()))
    try:
        # The engine checks geometries and reports a sentence. QGIS would throw an exception through Python at the first
        # invalid one, which ends the process.
        for feature in source.getFeatures(QgsFeatureRequest(), Checks.FlagSkipGeometryValidityChecks):
            if feedback.isCanceled():
                return
            # A new feature without an id: the file numbers its features itself.
            copy = QgsFeature(fields)
            copy.setAttributes(feature.attributes())
            copy.setGeometry(feature.geometry())
            if not writer.addFeature(copy, QgsFeatureSink.Flag.FastInsert):
                raise QgsProcessingException(
                    tr('{}: feature {} cannot be written to {}: {}').format(label, feature.id(), path,
                                                                            writer.errorMessage()))
    finally:
        del writer  # closes the file
