# SPDX-License-Identifier: GPL-2.0-or-later
"""Applies to the layers that a run loads their style file, a descriptive name and a group in the legend."""

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


def _move_to_group(layer, group, project):
    """Puts a layer that was added at the top level into the group of that name, which is made when there is none."""
    root = project.layerTreeRoot()
    node = root.findLayer(layer.id())
    if node is None or node.parent() is not root:
        return  # not in the legend, or already in a group that the user chose for results
    target = root.findGroup(group) or root.insertGroup(0, group)
    target.insertChildNode(0, node.clone())
    root.removeChildNode(node)


class Styler(QgsProcessingLayerPostProcessorInterface):
    def __init__(self, label, qml, group, model=''):
        super().__init__()
        self.label = label
        self.qml = qml
        self.group = group
        self.model = model

    def postProcessLayer(self, layer, context, feedback):
        if layer.name() == self.label:  # otherwise the user or a model has named it
            layer.setName(layer_name(layer, self.label, self.model))
        if self.qml is not None:
            layer.loadNamedStyle(self.qml)
        layer.triggerRepaint()
        if context.project() is not None:
            _move_to_group(layer, self.group, context.project())


def apply(context, path, label, style, group, model=''):
    """Asks QGIS to style the layer at path when it is loaded, if it will be, and to put it into the group of that name."""
    if context.willLoadLayerOnCompletion(path):
        styler = Styler(label, style_path(style), group, model)
        _alive.append(styler)
        details = context.layerToLoadOnCompletionDetails(path)
        if hasattr(details, 'groupName') and not details.groupName:  # newer than QGIS 3.22
            details.groupName = group
        details.setPostProcessor(styler)
