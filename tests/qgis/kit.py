# SPDX-License-Identifier: GPL-2.0-or-later
"""What the QGIS tests share: paths, one QGIS application, small layers with known values."""

import os
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FAKE = os.path.join(HERE, 'fake_tilth.py')
BUILD = os.environ.get('TILTH_BUILD', os.path.join(ROOT, 'build', 'dev'))
PLUGIN_PARENT = os.path.join(BUILD, 'qgis')
PLUGIN = os.path.join(PLUGIN_PARENT, 'tilth_qgis')

os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')
sys.path[:0] = ['/usr/share/qgis/python/plugins', PLUGIN_PARENT]
sys.dont_write_bytecode = True

try:
    from qgis.core import (QgsApplication, QgsFeature, QgsGeometry, QgsPointXY, QgsProcessingFeedback, QgsProject,
                           QgsVectorLayer)
    from qgis.testing import start_app
except ImportError as missing:
    print(f'SKIPPED: PyQGIS is not installed for {sys.executable} ({missing}); install python3-qgis')
    sys.exit(0)

APP = start_app()

from processing.core.Processing import Processing  # noqa: E402  after the path is set

Processing.initialize()


def provider(exe):
    """A provider on that program, in the registry. Take it away with remove()."""
    from tilth_qgis.provider import TilthProvider

    os.environ['TILTH_EXE'] = exe
    one = TilthProvider()
    assert QgsApplication.processingRegistry().addProvider(one)
    return one


def remove(one):
    QgsApplication.processingRegistry().removeProvider(one)


class Feedback(QgsProcessingFeedback):
    """Keeps every message; cancels itself at a given progress."""

    def __init__(self, cancel_at=None):
        super().__init__(False)
        self.lines = []
        self.warnings = []
        self.steps = []
        self.cancel_at = cancel_at

    def pushInfo(self, text):
        self.lines.append(text)

    def pushCommandInfo(self, text):
        self.lines.append(text)

    def pushWarning(self, text):
        self.warnings.append(text)

    def reportError(self, text, fatalError=False):
        self.lines.append(text)

    def setProgress(self, percent):
        self.steps.append(percent)
        if self.cancel_at is not None and percent >= self.cancel_at:
            self.cancel()


def points(rows, fields='field=name:string(20)&field=value:double'):
    """A memory layer of points (x, y, name, value) in UTM zone 50."""
    layer = QgsVectorLayer(f'Point?crs=EPSG:32650&{fields}', 'points', 'memory')
    features = []
    for x, y, name, value in rows:
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(x, y)))
        feature.setAttributes([name, value])
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    return layer


def dem(path, columns=40, rows=30, cell=10.0, dx=0.3, dy=0.4):
    """A tilted plane: z rises dx per metre to the east and dy per metre to the north; its slope is
    atan(hypot(dx, dy)) everywhere."""
    from osgeo import gdal, osr

    raster = gdal.GetDriverByName('GTiff').Create(path, columns, rows, 1, gdal.GDT_Float32)
    raster.SetGeoTransform([500000.0, cell, 0.0, 4000000.0, 0.0, -cell])
    system = osr.SpatialReference()
    system.ImportFromEPSG(32650)
    raster.SetProjection(system.ExportToWkt())
    import numpy
    east, south = numpy.meshgrid(numpy.arange(columns) * cell, numpy.arange(rows) * cell)
    raster.GetRasterBand(1).WriteArray((100.0 + dx * east - dy * south).astype('float32'))
    raster.FlushCache()
    return path


def hills(path):
    """Hills of a known shape, large enough for a small scene."""
    import numpy
    from osgeo import gdal

    dem(path, columns=80, rows=80, cell=30.0)
    raster = gdal.Open(path, gdal.GA_Update)
    east, south = numpy.meshgrid(numpy.arange(80), numpy.arange(80))
    height = 300 + 60 * numpy.sin(east / 9.0) * numpy.cos(south / 11.0) + 0.8 * south
    raster.GetRasterBand(1).WriteArray(height.astype('float32'))
    raster.FlushCache()
    return path


def wait_for(condition):
    """Lets QGIS work until the condition holds; when it never does, the limit of CTest ends the test."""
    while not condition():
        APP.processEvents()
        time.sleep(0.01)


def open_dialog(algorithm, values=None):
    """The dialog that the toolbox opens, with these of its values set and all others untouched."""
    from processing.gui.AlgorithmDialog import AlgorithmDialog

    dialog = AlgorithmDialog(algorithm.create(), False, None)
    if values:
        dialog.setParameters(values)
    return dialog


def dialog_value(dialog, name):
    """What the widget of a parameter stands for now."""
    wrapper = dialog.mainWidget().wrappers[name]
    return wrapper.parameterValue() if hasattr(wrapper, 'parameterValue') else wrapper.value()


def press_run(dialog):
    """Presses Run and waits for the end: (whether it was successful, results, text of the log)."""
    from qgis.PyQt.QtWidgets import QTextEdit

    ended = []
    dialog.algorithmFinished.connect(lambda ok, results: ended.append((ok, dict(results))))
    dialog.runButton().click()
    shown = [item.text() for item in dialog.messageBar().items()]
    assert not shown, f'the dialog refuses to run: {shown}'
    wait_for(lambda: ended)
    log = next(one.toPlainText() for one in dialog.findChildren(QTextEdit) if one.objectName() == 'txtLog')
    return (*ended[0], log)


def clear_project():
    QgsProject.instance().clear()


def main():
    """unittest.main for tests that open dialogs: those outlive the application and hang or crash it at its end."""
    result = unittest.main(exit=False).result
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0 if result.wasSuccessful() else 1)
