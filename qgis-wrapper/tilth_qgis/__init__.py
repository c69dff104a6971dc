# SPDX-License-Identifier: GPL-2.0-or-later
"""tilth for QGIS: the tools of the tilth engine in the Processing toolbox."""


def classFactory(iface):
    """Called by QGIS to create the plugin; iface is None in qgis_process."""
    from .plugin import TilthPlugin

    return TilthPlugin(iface)
