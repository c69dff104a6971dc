# SPDX-License-Identifier: GPL-2.0-or-later
"""The group "tilth" of the Processing toolbox."""

import glob
import os

from qgis.core import (Qgis, QgsApplication, QgsMessageLog, QgsProcessingModelAlgorithm, QgsProcessingProvider)
from qgis.PyQt.QtGui import QIcon

from . import settings
from .algorithm import ICON, TilthAlgorithm
from .engines import Engines
from .locate import HERE
from .translation import tr

# Graphical models that come with the plugin; they are built from the tools, so they are read after them.
MODELS = os.path.join(HERE, 'models', '*.model3')


def _log(text):
    QgsMessageLog.logMessage(text, 'tilth', Qgis.MessageLevel.Warning)


class TilthProvider(QgsProcessingProvider):
    def __init__(self):
        super().__init__()
        self.engines = Engines()

    def id(self):
        return 'tilth'

    def name(self):
        return 'tilth'

    def longName(self):
        return tr('tilth: soil maps from hyperspectral scenes')

    def icon(self):
        return QIcon(ICON)

    def svgIconPath(self):
        return ICON

    def versionInfo(self):
        return self.engines.description.get('version', '')

    def supportsNonFileBasedOutput(self):
        return False

    def defaultRasterFileExtension(self):
        return 'tif'

    def defaultVectorFileExtension(self, hasGeometry=True):
        return 'gpkg' if hasGeometry else 'csv'

    def supportedOutputRasterLayerExtensions(self):
        return ['tif', 'vrt']

    def supportedOutputVectorLayerExtensions(self):
        return ['gpkg']

    def load(self):
        settings.register(self.name(), self.icon())
        QgsApplication.processingRegistry().providerAdded.connect(self._on_added)
        self.refreshAlgorithms()
        return True

    def unload(self):
        QgsApplication.processingRegistry().providerAdded.disconnect(self._on_added)
        settings.unregister()

    def _on_added(self, provider_id):
        # A model looks for its tools in the registry, which has them from now on.
        if provider_id == self.id():
            self._add_models()
            self.algorithmsLoaded.emit()

    def loadAlgorithms(self):
        # With any fault of the installation QGIS still starts, and the log reports it.
        try:
            self.engines.refresh()
            if self.engines.problem is not None:
                _log(self.engines.problem)
            else:
                problem = self.engines.gdal_problem()
                if problem is not None:
                    _log(tr('Virtual soil maps cannot be shown: {}').format(problem))
        except Exception as problem:
            _log(tr('The tools of tilth cannot be listed: {}').format(problem))
        for description in self.engines.description.get('algorithms', []):
            self._add(description)
        if QgsApplication.processingRegistry().providerById(self.id()) is not None:
            self._add_models()

    def _add_models(self):
        for path in sorted(glob.glob(MODELS)):
            model = QgsProcessingModelAlgorithm()
            if model.fromFile(path):
                self.addAlgorithm(model)
            else:
                _log(tr('The graphical model {} cannot be read').format(path))

    def _add(self, description):
        try:
            self.addAlgorithm(TilthAlgorithm(description, self.engines))
        except KeyError as missing:
            _log(tr('The tool {} needs {}, which this plugin does not know; install the plugin of the same release as '
                    'the engine').format(description.get('id'), missing))
