# SPDX-License-Identifier: GPL-2.0-or-later
"""Vector outputs in memory: the engine writes a temporary GeoPackage, from which a memory layer is made."""

from qgis.core import QgsFeatureRequest, QgsProcessingContext, QgsProcessingException, QgsVectorLayer

from .translation import tr


def is_wanted(value):
    """Whether the value of an output asks for a layer in memory, as 'memory:' and 'memory:Name' do."""
    return isinstance(value, str) and value.startswith('memory:')


def load(path, wanted, label, context):
    """The id of a memory layer with the features of the file. The layer belongs to the context, which loads it into
    the project when that was wanted.

    wanted  the value that asked for it, such as 'memory:Streams'
    fails   QgsProcessingException
    """
    file = QgsVectorLayer(path, wanted.partition(':')[2] or label, 'ogr')
    if not file.isValid():
        raise QgsProcessingException(tr('{}: the layer cannot be read into memory from {}').format(label, path))
    layer = file.materialize(QgsFeatureRequest())
    layer.setName(file.name())
    context.temporaryLayerStore().addMapLayer(layer)
    loading = context.layersToLoadOnCompletion()
    if wanted in loading:
        before = loading.pop(wanted)
        context.setLayersToLoadOnCompletion(loading)
        details = QgsProcessingContext.LayerDetails(before.name, before.project, before.outputName)
        context.addLayerToLoadOnCompletion(layer.id(), details)
    return layer.id()
