# SPDX-License-Identifier: GPL-2.0-or-later
"""A study run in the background of QGIS, and the layers that it produces."""

import os

from qgis.core import QgsLayerTreeGroup, QgsProject, QgsRasterLayer, QgsTask, QgsVectorLayer
from qgis.PyQt.QtCore import pyqtSignal

from . import study as jobs
from . import styling
from .engine import Cancelled, EngineError
from .translation import tr


class StudyTask(QgsTask):
    """Runs the steps of a study; in the task manager with progress and cancel.

    logged(level, text) a line of the log, from the thread of the task
    ended(problem)      in the main thread: '' after success, the sentence of a failure, or None when cancelled
    """

    logged = pyqtSignal(int, str)
    ended = pyqtSignal(object)

    def __init__(self, title, engine, job):
        super().__init__(title, QgsTask.Flag.CanCancel)
        self.engine = engine
        self.job = job
        self.done = []
        self.problem = None

    def run(self):
        try:
            jobs.run(self.engine, self.job, _TaskLog(self), lambda step, result: self.done.append((step, result)))
            self.problem = ''
        except EngineError as problem:
            self.problem = str(problem)
        except Cancelled:
            self.problem = None
        except Exception as problem:  # a fault of this plugin must not end the thread without a message
            self.problem = tr('The plugin failed: {!r}; please report this').format(problem)
        return self.problem == ''

    def finished(self, result):
        self.ended.emit(self.problem)


class _TaskLog:
    """The three calls of a log; a class of its own because progress() of QgsTask means something else."""

    def __init__(self, task):
        self.task = task

    def progress(self, fraction):
        self.task.setProgress(100.0 * fraction)

    def message(self, level, text):
        self.task.logged.emit(level, text)

    def cancelled(self):
        return self.task.isCanceled()


def _described(engines, tool, key):
    for one in engines.description.get('algorithms', []):
        if one['id'] == tool:
            return next((arg for arg in one['parameters'] if arg['id'] == key), {})
    return {}


def _layer(engines, step, key, result):
    """The styled layer of an output, or None when it cannot be opened."""
    path = step.params[key]
    arg = _described(engines, step.tool, key)
    label = arg.get('label', os.path.basename(path))
    layer = QgsRasterLayer(path, label) if path.endswith('.tif') else QgsVectorLayer(path, label, 'ogr')
    if not layer.isValid():
        return None
    model = os.path.splitext(os.path.basename(step.params.get('model', '')))[0]
    layer.setName(styling.layer_name(layer, label, model))
    style = styling.style_path(result.get('styles', {}).get(key, arg.get('style')))
    if style is not None:
        layer.loadNamedStyle(style)
    return layer


def load(engines, title, done, project=None):
    """Adds the layers of the finished steps to the project as a group at the top. The soil map is shown, with streams
    and subbasins over it; the terrain factors are below, unticked. Returns the layers."""
    project = project or QgsProject.instance()
    found = [(step, _layer(engines, step, key, result)) for step, result in done for key in step.outputs]
    found = [(step, layer) for step, layer in found if layer is not None]
    if not found:
        return []
    group = QgsLayerTreeGroup(title)
    project.layerTreeRoot().insertChildNode(0, group)
    rank = {'streams': 0, 'mapproperty': 1}
    layers = []
    for step, layer in sorted(reversed(found), key=lambda one: rank.get(one[0].tool, 2)):
        project.addMapLayer(layer, False)
        node = group.addLayer(layer)
        node.setItemVisibilityChecked(step.tool in rank)
        node.setExpanded(step.tool == 'mapproperty')
        layers.append(layer)
    return layers
