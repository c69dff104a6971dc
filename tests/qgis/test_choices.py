# SPDX-License-Identifier: GPL-2.0-or-later
"""Choices: the dialogs of QGIS show labels, and everything that is stored or run has the ids."""

import json
import os
import tempfile
import unittest

import kit
from processing.gui.AlgorithmDialog import AlgorithmDialog
from processing.gui.BatchAlgorithmDialog import BatchAlgorithmDialog
from processing.modeler.ModelerParametersDialog import ModelerParametersDialog
from qgis.core import (QgsProcessingModelAlgorithm, QgsProcessingModelChildParameterSource, QgsProcessingParameterEnum,
                       QgsProcessingModelParameter)
from qgis.PyQt.QtCore import QCoreApplication, QTranslator
from qgis.PyQt.QtWidgets import QComboBox

LABELS = ['The first way', 'The second way']
Source = QgsProcessingModelChildParameterSource


def texts(combo):
    return [combo.itemText(row) for row in range(combo.count())]


class Choices(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.provider = kit.provider(kit.FAKE)
        cls.folder = tempfile.TemporaryDirectory(prefix='tilth choices ')

    @classmethod
    def tearDownClass(cls):
        kit.remove(cls.provider)
        cls.folder.cleanup()

    def setUp(self):
        self.kept = []

    def tearDown(self):
        for dialog in self.kept:
            dialog.deleteLater()
        kit.APP.processEvents()

    def keep(self, dialog):
        self.kept.append(dialog)
        return dialog

    def dialog(self, tool='echo'):
        return self.keep(AlgorithmDialog(self.provider.algorithm(tool).create(), False, None))

    def combo(self, dialog, name='WAY'):
        return dialog.mainWidget().wrappers[name].wrappedWidget()

    def test_the_dialog_shows_labels_and_its_values_are_ids(self):
        dialog = self.dialog()
        combo = self.combo(dialog)
        self.assertEqual(texts(combo), LABELS)
        self.assertEqual(combo.currentText(), 'The second way')  # the default, beta
        self.assertEqual(dialog.mainWidget().createProcessingParameters()['WAY'], 'beta')
        combo.setCurrentText('The first way')
        self.assertEqual(dialog.mainWidget().createProcessingParameters()['WAY'], 'alpha')

    def test_a_run_from_the_dialog_gets_the_id(self):
        path = os.path.join(self.folder.name, 'run.csv')
        dialog = self.dialog()
        dialog.setParameters({'OUTPUT': path})
        self.combo(dialog).setCurrentText('The first way')
        dialog.runButton().click()
        kit.wait_for(lambda: os.path.isfile(path))
        with open(path, encoding='utf-8') as text:
            self.assertEqual(json.load(text)['params']['way'], 'alpha')

    def test_values_of_the_history_are_found_again(self):
        dialog = self.dialog()
        for value, shown in (('alpha', 'The first way'), ('beta', 'The second way')):
            dialog.setParameters({'WAY': value})
            self.assertEqual(self.combo(dialog).currentText(), shown)

    def test_an_optional_choice_can_be_left_out(self):
        dialog = self.dialog('everykind')
        combo = self.combo(dialog, 'X_WAY')
        self.assertEqual(texts(combo)[1:], LABELS)
        self.assertIsNone(dialog.mainWidget().createProcessingParameters()['X_WAY'])

    def test_a_choice_without_labels_shows_its_ids(self):
        self.assertEqual(texts(self.combo(self.dialog('everykind'), 'X_CHOICE')), ['alpha', 'beta'])

    def test_a_row_of_a_batch_shows_labels_and_its_value_is_an_id(self):
        panel = self.keep(BatchAlgorithmDialog(self.provider.algorithm('echo').create())).mainWidget()
        wrapper = panel.wrappers[0][panel.parameter_to_column['WAY']]
        self.assertEqual(texts(wrapper.wrappedWidget()), LABELS)
        wrapper.wrappedWidget().setCurrentText('The first way')
        self.assertEqual(wrapper.parameterValue(), 'alpha')

    def model(self):
        model = QgsProcessingModelAlgorithm('choices', 'tests')
        model.addModelParameter(QgsProcessingParameterEnum('which', 'Which', ['alpha', 'beta'], False, 'alpha', False, True),
                                QgsProcessingModelParameter('which'))
        return model

    def test_the_model_designer_shows_labels_and_stores_the_id(self):
        dialog = self.keep(ModelerParametersDialog(self.provider.algorithm('echo').create(), self.model()))
        wrapper = dialog.widget.widget.wrappers['WAY']
        combo = next(one for one in wrapper.findChildren(QComboBox) if texts(one) == LABELS)
        combo.setCurrentText('The first way')
        sources = dialog.createAlgorithm().parameterSources()['WAY']
        self.assertEqual([(one.source(), one.staticValue()) for one in sources],
                         [(Source.Source.StaticValue, 'alpha')])

    def test_a_choice_of_the_model_designer_may_come_from_an_input_of_the_model(self):
        dialog = self.keep(ModelerParametersDialog(self.provider.algorithm('echo').create(), self.model()))
        dialog.widget.widget.wrappers['WAY'].setWidgetValue(Source.fromModelParameter('which'))
        sources = dialog.createAlgorithm().parameterSources()['WAY']
        self.assertEqual([(one.source(), one.parameterName()) for one in sources],
                         [(Source.Source.ModelParameter, 'which')])

    def test_labels_are_shown_in_the_language_of_QGIS_and_the_values_stay(self):
        class Words(QTranslator):
            def translate(self, context, text, *_more):
                return {'The first way': '第一种方法'}.get(text) if context == 'tilth' else None

            def isEmpty(self):
                return False

        words = Words()
        QCoreApplication.installTranslator(words)
        try:
            dialog = self.dialog()
            self.combo(dialog).setCurrentText('第一种方法')
            self.assertEqual(dialog.mainWidget().createProcessingParameters()['WAY'], 'alpha')
        finally:
            QCoreApplication.removeTranslator(words)


@unittest.skipUnless(os.path.isfile(os.environ.get('TILTH_EXE', '')), 'the program tilth is not built')
class Engine(unittest.TestCase):
    def test_every_choice_of_the_engine_shows_the_labels_of_its_descriptor(self):
        provider = kit.provider(os.environ['TILTH_EXE'])
        try:
            for tool in provider.engines.description['algorithms']:
                choices = [arg for arg in tool['parameters'] if arg['kind'] == 'choice']
                if not choices:
                    continue
                dialog = AlgorithmDialog(provider.algorithm(tool['id']).create(), False, None)
                for arg in choices:
                    combo = dialog.mainWidget().wrappers[arg['id'].upper()].wrappedWidget()
                    rows = [row for row in range(combo.count()) if combo.itemData(row) is not None]
                    self.assertEqual([combo.itemText(row) for row in rows], arg.get('labels', arg['choices']))
                    self.assertEqual([combo.itemData(row) for row in rows], arg['choices'])
                dialog.deleteLater()
        finally:
            kit.remove(provider)


if __name__ == '__main__':
    kit.main()
