# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs inside QGIS (qgis --code): opens the toolbox and a dialog, runs a tool, looks at the layer that
arrives, and saves a picture of each. test_desktop.py starts it.

Reads from the environment: SHOT_FOLDER (where pictures go), SHOT_DEM (an elevation raster), SHOT_OUTPUT
(the slope to write), SHOT_PROJECT (optional: a project to show instead), SHOT_DIALOG (optional: the tool
whose dialog is pictured), SHOT_VALUES (optional: its values as JSON, layers by their names). Ends QGIS with status 0, or 3 after any failure.
"""

import json
import os
import sys
import traceback

from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QDockWidget
from qgis.utils import iface
import qgis.utils

FOLDER = os.environ['SHOT_FOLDER']
DEM = os.environ['SHOT_DEM']
OUTPUT = os.environ['SHOT_OUTPUT']
PROJECT = os.environ.get('SHOT_PROJECT', '')
DIALOG = os.environ.get('SHOT_DIALOG', 'tilth:slope')
VALUES = json.loads(os.environ.get('SHOT_VALUES', '{}'))

WIDE = 400  # pixels of the toolbox, enough for the longest title

window = iface.mainWindow()
kept = {}


def save(widget, name):
    assert widget.grab().save(os.path.join(FOLDER, name + '.png')), name


def rows_of(tree):
    model = tree.model()
    return [(model.index(i, 0), model.data(model.index(i, 0))) for i in range(model.rowCount())]


def show_window():
    window.resize(1400, 880)
    for name in ('Browser', 'Browser2', 'LayerOrder', 'MessageLog', 'theOverviewDock'):
        dock = window.findChild(QDockWidget, name)
        if dock is not None:
            dock.hide()
    iface.messageBar().clearWidgets()


def show_toolbox():
    toolbox = window.findChild(QDockWidget, 'ProcessingToolbox')
    toolbox.show()
    tree = toolbox.algorithmTree
    ours = [index for index, text in rows_of(tree) if text == 'tilth']
    for index, _text in rows_of(tree):
        tree.collapse(index)
    assert ours, f'no provider tilth among {[text for _index, text in rows_of(tree)]}'
    tree.expand(ours[0])
    groups = [tree.model().data(tree.model().index(i, 0, ours[0])) for i in range(tree.model().rowCount(ours[0]))]
    assert groups, 'the provider has no groups'
    for i in range(len(groups)):
        tree.expand(tree.model().index(i, 0, ours[0]))
    tree.scrollTo(ours[0], tree.ScrollHint.PositionAtTop)
    window.resizeDocks([toolbox, window.findChild(QDockWidget, 'Layers')], [WIDE, 325], qt_horizontal())
    kept['toolbox'] = toolbox


def qt_horizontal():
    from qgis.PyQt.QtCore import Qt
    return Qt.Orientation.Horizontal


def float_toolbox():
    kept['toolbox'].setFloating(True)  # high enough to show every group
    kept['toolbox'].resize(WIDE, 860)


def shoot_toolbox():
    save(kept['toolbox'], 'qgis-toolbox')
    kept['toolbox'].setFloating(False)


def dialog_of(algorithm_id):
    from processing.gui.AlgorithmDialog import AlgorithmDialog

    algorithm = QgsApplication.processingRegistry().createAlgorithmById(algorithm_id)
    assert algorithm is not None, f'{algorithm_id} is not in the toolbox'
    dialog = AlgorithmDialog(algorithm, False, window)
    dialog.resize(900, 620)
    dialog.show()
    return dialog


def open_project():
    if PROJECT:
        assert QgsProject.instance().read(PROJECT), f'{PROJECT} cannot be opened'


def open_picture_dialog():
    kept['picture'] = dialog_of(DIALOG)
    values = {}
    for name, value in VALUES.items():
        layers = QgsProject.instance().mapLayersByName(value)
        values[name] = layers[0].id() if layers else value
    if values:
        kept['picture'].setParameters(values)


def shoot_dialog():
    save(kept['picture'], 'qgis-dialog')
    kept.pop('picture').close()


def open_wizard():
    plugin = qgis.utils.plugins['tilth_qgis']
    plugin.map_soil()
    kept['wizard'] = plugin.wizard
    lab = os.path.join(os.path.dirname(PROJECT), 'lab.csv')
    if PROJECT and os.path.isfile(lab):
        kept['wizard'].lab.setFilePath(lab)
        kept['wizard'].folder.setFilePath('/srv/study/tilth_som_g_kg')


def shoot_wizard():
    save(kept['wizard'], 'qgis-wizard')
    kept['wizard'].next()


def shoot_wizard_more():
    save(kept['wizard'], 'qgis-wizard-more')
    kept['wizard'].next()


def shoot_wizard_results():
    save(kept['wizard'], 'qgis-wizard-results')
    kept.pop('wizard').reject()


def open_run_dialog():
    kept['run'] = dialog_of('tilth:slope')
    kept['run'].setParameters({'DEM': DEM, 'OUTPUT': OUTPUT})
    # As a user does it: by the label, while the run gets the id.
    described = next(one for one in kept['run'].algorithm().description['parameters'] if one['id'] == 'unit')
    unit = kept['run'].mainWidget().wrappers['UNIT']
    unit.wrappedWidget().setCurrentText(described['labels'][described['choices'].index('degree')])
    assert unit.parameterValue() == 'degree', unit.parameterValue()


def press_run():
    kept['run'].runButton().click()


def check_layer():
    layers = [layer for layer in QgsProject.instance().mapLayers().values() if layer.source() == OUTPUT]
    assert layers, 'the slope was not loaded; the log is: ' + kept['run'].logPlainText() \
        if hasattr(kept['run'], 'logPlainText') else 'the slope was not loaded'
    renderer = layers[0].renderer().type()
    assert renderer == 'singlebandpseudocolor', f'the slope is drawn as {renderer}'
    save(kept['run'], 'qgis-run')
    kept.pop('run').close()
    if PROJECT:
        QgsProject.instance().clear()
        open_project()
    else:
        iface.mapCanvas().setExtent(layers[0].extent())
    iface.messageBar().clearWidgets()
    iface.mapCanvas().refresh()


def shoot_map():
    tree = kept['toolbox'].algorithmTree
    ours = next(index for index, text in rows_of(tree) if text == 'tilth')
    tree.expand(ours)
    for i in range(tree.model().rowCount(ours)):
        tree.expand(tree.model().index(i, 0, ours))
    tree.scrollTo(ours, tree.ScrollHint.PositionAtTop)
    iface.messageBar().clearWidgets()
    iface.statusBarIface().clearMessage()
    save(window, 'qgis-map')


STEPS = [(1000, show_window), (500, show_toolbox), (700, float_toolbox), (1500, shoot_toolbox), (200, open_project),
         (1500, open_picture_dialog), (1500, shoot_dialog), (200, open_wizard), (1000, shoot_wizard),
         (700, shoot_wizard_more), (700, shoot_wizard_results), (200, open_run_dialog), (500, press_run),
         (4000, check_layer), (4000, shoot_map)]


def step(number):
    if number == len(STEPS):
        sys.stdout.flush()
        os._exit(0)
    try:
        STEPS[number][1]()
        QTimer.singleShot(STEPS[number + 1][0] if number + 1 < len(STEPS) else 0, lambda: step(number + 1))
    except Exception:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(3)


QTimer.singleShot(STEPS[0][0], lambda: step(0))
