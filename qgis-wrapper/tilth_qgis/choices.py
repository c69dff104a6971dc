# SPDX-License-Identifier: GPL-2.0-or-later
"""Choices in the dialogs of QGIS: the user reads labels, while runs, models, scripts and the history keep the ids.

QGIS's own widget shows the same words that it stores. This file needs widgets, so it is imported only when QGIS
opens a dialog: parameters.py names the class in the metadata of a parameter.
"""

from qgis.core import QgsProcessingParameterDefinition, QgsProcessingParameters
from qgis.gui import QgsAbstractProcessingParameterWidgetWrapper, QgsGui, QgsProcessingGui
from qgis.PyQt.QtWidgets import QComboBox

MODELER = 'ModelerParametersDialog'
BATCH = 'BatchAlgorithmDialog'


class ChoiceWidget(QgsAbstractProcessingParameterWidgetWrapper):
    """A list of labels in the dialog of a tool or in a row of a batch; its value is an id."""

    def __init__(self, parameter, kind, labels):
        super().__init__(parameter, kind)
        self.labels = labels

    def createWidget(self):
        # QGIS becomes the owner; the list is reached through wrappedWidget() from now on.
        parameter = self.parameterDefinition()
        combo = QComboBox()
        combo.setToolTip(parameter.toolTip())
        if parameter.flags() & QgsProcessingParameterDefinition.Flag.FlagOptional:
            combo.addItem(self.tr('[Not selected]'), None)
        for choice, label in zip(parameter.options(), self.labels):
            combo.addItem(label, choice)
        combo.currentIndexChanged.connect(lambda _index: self.widgetValueHasChanged.emit(self))
        return combo

    def setWidgetValue(self, value, context):
        combo, parameter = self.wrappedWidget(), self.parameterDefinition()
        row = combo.findData(value)
        if row < 0 and value is not None:
            # A property that QGIS evaluates.
            row = combo.findData(QgsProcessingParameters.parameterAsEnumString(parameter, {parameter.name(): value}, context))
        combo.setCurrentIndex(row)

    def widgetValue(self):
        return self.wrappedWidget().currentData()


def _relabel(widget, labels):
    """Replaces ids by labels in every list below the widget; the values of the rows do not change."""
    for combo in widget.findChildren(QComboBox):
        for row in range(combo.count()):
            if combo.itemData(row) in labels:
                combo.setItemText(row, labels[combo.itemData(row)])


class Choice:
    """What the metadata of a parameter name: QGIS makes one for every dialog and gets the widget that fits it."""

    def __new__(cls, parameter, dialog, row=0, column=0, labels=()):
        name = type(dialog).__name__
        if name != MODELER:
            return ChoiceWidget(parameter, QgsProcessingGui.WidgetType.Batch if name == BATCH
                                else QgsProcessingGui.WidgetType.Standard, labels)
        # The model designer has its own ways to set a value; only the texts of its list change.
        widget = QgsGui.processingGuiRegistry().createModelerParameterWidget(dialog.model, dialog.childId, parameter,
                                                                             dialog.context)
        widget.setDialog(dialog)
        _relabel(widget, dict(zip(parameter.options(), labels)))
        return widget
