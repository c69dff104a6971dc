# SPDX-License-Identifier: GPL-2.0-or-later
"""Texts of the plugin in the language of QGIS. Messages of the engine stay in English."""

import glob
import os

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QTranslator

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'i18n')


def tr(text):
    return QCoreApplication.translate('tilth', text)


def file_for(locale):
    """The translation file for a locale such as zh_CN, otherwise for its language, otherwise None."""
    language = locale.replace('-', '_').split('_')[0]
    exact = os.path.join(FOLDER, f'tilth_{locale}.qm')
    found = sorted(glob.glob(os.path.join(glob.escape(FOLDER), f'tilth_{language}*.qm'))) if language else []
    return exact if os.path.isfile(exact) else found[0] if found else None


def install():
    """Passes the texts of QGIS's language to Qt; the translator must be kept as long as they are used."""
    path = file_for(QgsApplication.locale())
    translator = QTranslator()
    if path is None or not translator.load(path):
        return None
    QCoreApplication.installTranslator(translator)
    return translator


def remove(translator):
    if translator is not None:
        QCoreApplication.removeTranslator(translator)
