# SPDX-License-Identifier: GPL-2.0-or-later
"""Applies to the layers that a run loads their style file and a descriptive name."""

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
    """The label, the description of the first band of the file, and the model: "Soil map: SOM (g/kg), model som_plsr"."""
    if not isinstance(layer, QgsRasterLayer):
        return label
    band = layer.bandName(1).partition(':')[2].strip()
    name = f'{label}: {band}' if band and band.lower() not in label.lower() else label
    return tr('{}, model {}').format(name, model) if model else name


class Styler(QgsProcessingLayerPostProcessorInterface):
    def __init__(self, label, qml, model=''):
        super().__init__()
        self.label = label
        self.qml = qml
        self.model = model

    def postProcessLayer(self, layer, context, feedback):
        if layer.name() == self.label:  # otherwise the user or a model has named it
            layer.setName(layer_name(layer, self.label, self.model))
        if self.qml is not None:
            layer.loadNamedStyle(self.qml)
        layer.triggerRepaint()


def apply(context, path, label, style, model=''):
    """Asks QGIS to style the layer at path when it is loaded, if it will be."""
    if context.willLoadLayerOnCompletion(path):
        styler = Styler(label, style_path(style), model)
        _alive.append(styler)
        context.layerToLoadOnCompletionDetails(path).setPostProcessor(styler)
