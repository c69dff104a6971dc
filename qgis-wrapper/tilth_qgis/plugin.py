# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin object: adds the provider to Processing and takes it away again."""

from qgis.core import QgsApplication

from .provider import TilthProvider


class TilthPlugin:
    def __init__(self, iface):
        self.iface = iface
        self.provider = None

    def initProcessing(self):
        """Called by qgis_process alone, and by initGui in the desktop."""
        if self.provider is None:
            self.provider = TilthProvider()
            QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self):
        self.initProcessing()

    def unload(self):
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
