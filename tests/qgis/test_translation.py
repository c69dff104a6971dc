# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin is in the language of QGIS: every text has its translation, and a QGIS in Chinese shows it."""
import os
import subprocess
import sys
import unittest

import kit

from processing.gui.AlgorithmDialog import AlgorithmDialog
from qgis.PyQt.QtCore import QCoreApplication, QTranslator

MAKER = os.path.join(os.environ['TILTH_SOURCE'], 'qgis-wrapper', 'make_translations.py')


class Translation(unittest.TestCase):
    def test_no_text_lacks_its_translation(self):
        done = subprocess.run([sys.executable, '-B', MAKER, '--check'], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_language_has_its_file_and_others_have_none(self):
        from tilth_qgis import translation
        self.assertTrue(translation.file_for('zh_CN').endswith('tilth_zh_CN.qm'))
        self.assertTrue(translation.file_for('zh-Hans').endswith('tilth_zh_CN.qm'))
        for locale in ('en_US', 'de', ''):
            self.assertIsNone(translation.file_for(locale))

    def test_a_chinese_qgis_shows_chinese_tools(self):
        from tilth_qgis import translation
        provider = kit.provider(os.environ['TILTH_EXE'])
        translator = QTranslator()
        try:
            self.assertTrue(translator.load(translation.file_for('zh_CN')))
            algorithm = next(one for one in provider.algorithms() if one.name() == 'slope')
            english = algorithm.displayName()
            QCoreApplication.installTranslator(translator)
            self.assertNotEqual(algorithm.displayName(), english)
            self.assertRegex(algorithm.displayName(), '[\u4e00-\u9fff]')
            fresh = algorithm.create()  # its parameters live no longer than it does
            self.assertRegex(fresh.parameterDefinition('DEM').description(), '[\u4e00-\u9fff]')
            dialog = AlgorithmDialog(provider.algorithm('importscene').create(), False, None)
            combo = dialog.mainWidget().wrappers['RESAMPLING'].wrappedWidget()
            self.assertEqual([(combo.itemText(row), combo.itemData(row)) for row in range(combo.count())],
                             [('最近邻', 'nearest'), ('双线性', 'bilinear')])
            dialog.deleteLater()
        finally:
            QCoreApplication.removeTranslator(translator)
            kit.remove(provider)


if __name__ == '__main__':
    kit.main()
