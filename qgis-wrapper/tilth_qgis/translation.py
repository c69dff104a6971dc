# SPDX-License-Identifier: GPL-2.0-or-later
"""Texts of the plugin in the language of QGIS. What the engine says stays in the engine's words."""

from qgis.PyQt.QtCore import QCoreApplication


def tr(text):
    return QCoreApplication.translate('tilth', text)
