# SPDX-License-Identifier: GPL-2.0-or-later
"""A study run in the background of QGIS, and the layers that it produces."""

import os

from qgis.core import QgsLayerTreeGroup, QgsProject, QgsRasterLayer, QgsTask, QgsVectorLayer
from qgis.PyQt.QtCore import pyqtSignal

from . import companions, styling
from . import study as jobs
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
        self.companions = {}
        self.problem = None

    def run(self):
        try:
            jobs.run(self.engine, self.job, _TaskLog(self), self._on_done)
            self.problem = ''
        except EngineError as problem:
            self.problem = str(problem)
        except Cancelled:
            self.problem = None
        except Exception as problem:  # a fault of this plugin must not end the thread without a message
            self.problem = tr('The plugin failed: {!r}; please report this').format(problem)
        return self.problem == ''

    def _on_done(self, step, result):
        self.done.append((step, result))
        if step.tool == 'mapproperty':
            path = step.params['output']
            made = {'width': companions.write_width(path), 'outside': companions.write_outside(path)}
            self.companions[step.tool] = {key: file for key, file in made.items() if file is not None}

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


def _opened(path, label, style):
    """The styled layer of a file, or None when there is none."""
    layer = QgsRasterLayer(path, label) if path.endswith('.vrt') else QgsVectorLayer(path, label, 'ogr')
    if not layer.isValid():
        return None
    if styling.style_path(style) is not None:
        layer.loadNamedStyle(styling.style_path(style))
    return layer


def _entries(engines, done, made):
    """[(rank, whether it is shown, layer)] of the finished steps; the lowest rank is on top."""
    found = []
    for step, result in done:
        if step.tool == 'trainmodel':
            found.append((0, True, _opened(step.params['samples'], tr('Soil samples'), 'samples')))
        for key in step.outputs:
            shown = step.tool in ('streams', 'mapproperty')
            rank = {'streams': 1, 'mapproperty': 3}.get(step.tool, 5)
            found.append((rank, shown, _layer(engines, step, key, result)))
        for key, path in made.get(step.tool, {}).items():
            style = result.get('styles', {}).get('output', '')
            found.append((2, True, _opened(path, tr('Model does not apply'), 'not_applicable')) if key == 'outside'
                         else (4, False, _opened(path, tr('Width of the prediction interval'), 'interval_' + style)))
    return [entry for entry in found if entry[2] is not None]


def load(engines, title, done, made=None, project=None):
    """Adds the layers of the finished steps to the project as a group at the top: the samples, streams and subbasins,
    the hatching where the model does not apply, and the soil map; below them, unticked, the width of the interval and the
    terrain factors. Returns the layers.

    made  {tool: {'outside' or 'width': path}} of the layers that belong to a map
    """
    project = project or QgsProject.instance()
    found = _entries(engines, done, made or {})
    if not found:
        return []
    group = QgsLayerTreeGroup(title)
    project.layerTreeRoot().insertChildNode(0, group)
    layers = []
    for rank, shown, layer in sorted(reversed(found), key=lambda one: one[0]):
        project.addMapLayer(layer, False)
        node = group.addLayer(layer)
        node.setItemVisibilityChecked(shown)
        node.setExpanded(rank == 3)
        layers.append(layer)
    return layers
