# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin object: adds the provider to Processing and the menu "tilth" to the desktop, and removes both."""

from qgis.core import Qgis, QgsApplication
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from . import repair, translation
from .algorithm import ICON
from .provider import TilthProvider
from .translation import tr

MENU = '&tilth'


class TilthPlugin:
    def __init__(self, iface):
        self.iface = iface
        self.translator = translation.install()
        self.provider = None
        self.actions = []
        self.wizard = None

    def initProcessing(self):
        """Called by qgis_process alone, and by initGui in the desktop."""
        if self.provider is None:
            self.provider = TilthProvider()
            QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self):
        self.initProcessing()
        self._add_action(tr('Map soil from samples…'), self.map_soil)
        self._add_action(tr('Check the installation'), self.check_installation)
        self.iface.addToolBarIcon(self.actions[0])

    def _add_action(self, text, call):
        action = QAction(QIcon(ICON), text, self.iface.mainWindow())
        action.triggered.connect(lambda _checked=False: call())
        self.iface.addPluginToMenu(MENU, action)
        self.actions.append(action)

    def map_soil(self):
        """Opens the wizard, or raises the one that is already open."""
        from .wizard import StudyWizard  # imported with its widgets only when it is opened

        if self.wizard is None or not self.wizard.isVisible():
            self.wizard = StudyWizard(self.provider.engines, self.iface.mainWindow(), self.iface.mapCanvas())
        self.wizard.show()
        self.wizard.raise_()

    def check_installation(self):
        """Repairs what the plugin can repair and reports the state of every part."""
        for finding in repair.inspect(self.provider.engines):
            level = Qgis.MessageLevel.Success if finding.fine else Qgis.MessageLevel.Warning
            self.iface.messageBar().pushMessage('tilth', repair.text_of(finding), level, 15)
        self.provider.refreshAlgorithms()

    def unload(self):
        for action in self.actions:
            self.iface.removePluginMenu(MENU, action)
            self.iface.removeToolBarIcon(action)
        self.actions = []
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
        translation.remove(self.translator)
        self.translator = None
