# SPDX-License-Identifier: GPL-2.0-or-later
"""Dresses the layers that a run loads: style file and a name that says what is shown."""

import collections
import os

from qgis.core import QgsProcessingLayerPostProcessorInterface, QgsRasterLayer

from .translation import tr

STYLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'styles')

# QGIS does not own post-processors and may call them after the algorithm object is gone (a tool inside
# a model), so the latest ones are kept here.
_alive = collections.deque(maxlen=1000)


def style_path(style):
    """The QML file of a style name, or None."""
    path = os.path.join(STYLES, f'{os.path.basename(style)}.qml') if style else ''
    return path if os.path.isfile(path) else None


def layer_name(layer, label, model=''):
    """The label, what the file says about its first band, and the model: "Soil map: SOM (g/kg), model som_plsr"."""
    if not isinstance(layer, QgsRasterLayer):
        return label
    band = layer.bandName(1).partition(':')[2].strip()
    name = f'{label}: {band}' if band and band.lower() not in label.lower() else label
    return tr('{}, model {}').format(name, model) if model else name


class Dresser(QgsProcessingLayerPostProcessorInterface):
    def __init__(self, label, qml, model=''):
        super().__init__()
        self.label = label
        self.qml = qml
        self.model = model

    def postProcessLayer(self, layer, context, feedback):
        if layer.name() == self.label:  # else the user or a model gave it a name
            layer.setName(layer_name(layer, self.label, self.model))
        if self.qml is not None:
            layer.loadNamedStyle(self.qml)
        layer.triggerRepaint()


def dress(context, path, label, style, model=''):
    """Asks QGIS to style the layer at path when it is loaded, if it will be."""
    if context.willLoadLayerOnCompletion(path):
        dresser = Dresser(label, style_path(style), model)
        _alive.append(dresser)
        context.layerToLoadOnCompletionDetails(path).setPostProcessor(dresser)
