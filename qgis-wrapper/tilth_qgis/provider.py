# SPDX-License-Identifier: GPL-2.0-or-later
"""The group "tilth" of the Processing toolbox."""

from qgis.core import Qgis, QgsMessageLog, QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from . import settings
from .algorithm import ICON, TilthAlgorithm
from .engines import Engines


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
        return 'tilth: soil maps from hyperspectral scenes'

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
        self.refreshAlgorithms()
        return True

    def unload(self):
        settings.unregister()

    def loadAlgorithms(self):
        # Whatever is wrong with an installation, QGIS starts and the log says what it is.
        try:
            self.engines.refresh()
            if self.engines.problem is not None:
                _log(self.engines.problem)
            else:
                problem = self.engines.gdal_problem()
                if problem is not None:
                    _log(f'Virtual soil maps cannot be shown: {problem}.')
        except Exception as problem:
            _log(f'The tools of tilth cannot be listed: {problem}')
        for description in self.engines.description.get('algorithms', []):
            self._add(description)

    def _add(self, description):
        try:
            self.addAlgorithm(TilthAlgorithm(description, self.engines))
        except KeyError as missing:
            _log(f'The tool {description.get("id")} needs {missing}, which this plugin does not know; install '
                 'the plugin of the same release as the engine.')
