# SPDX-License-Identifier: GPL-2.0-or-later
"""Fields in the dialogs of QGIS: nothing is chosen until the user chooses, and a measured value is offered only fields
with numbers.

QGIS's own widget opens with the first field, which is mostly the key of the table. This file needs widgets, so it is
imported only when QGIS opens a dialog: parameters.py names the class in the metadata of a parameter.
"""

import re

from qgis.core import (QgsFeatureRequest, QgsFields, QgsProcessingContext,
                       QgsProcessingParameters, QgsProject)
from qgis.gui import QgsAbstractProcessingParameterWidgetWrapper, QgsGui, QgsProcessingGui
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QComboBox, QCompleter

from .choices import BATCH, MODELER

# Laboratories write values below the detection limit as <0.5.
NUMBER = re.compile(r'\s*[<>]?\s*[-+]?(\d|[.,]\d)')
ROWS = 200  # that are read to find out whether a text field has numbers


def _with_numbers(layer, names):
    """Those of the text fields in whose first rows a number is found."""
    if not names:
        return set()
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry).setLimit(ROWS)
    request.setSubsetOfAttributes(sorted(names), layer.fields())
    found = set()
    for feature in layer.getFeatures(request):
        found |= {name for name in names - found if NUMBER.match(str(feature[name] or ''))}
    return found


def offered(layer, numeric):
    """The fields of the layer that a parameter offers: all of them, or those with numbers without the key of the table."""
    if layer is None or not numeric:
        return layer.fields() if layer is not None else QgsFields()
    keys = set(layer.primaryKeyAttributes())
    texts = {field.name() for field in layer.fields() if not field.isNumeric() and not field.isDateOrTime()}
    texts = _with_numbers(layer, texts)
    fields = QgsFields()
    for index, field in enumerate(layer.fields()):
        if index not in keys and (field.isNumeric() or field.name() in texts):
            fields.append(field)
    return fields


class FieldWidget(QgsAbstractProcessingParameterWidgetWrapper):
    """A list of fields in the dialog of a tool or in a row of a batch; its value is a name, or None."""

    def __init__(self, parameter, kind, numeric):
        super().__init__(parameter, kind)
        self.numeric = numeric
        self.wanted = None  # a name that was set before its layer

    def createWidget(self):
        # QGIS becomes the owner; the list is reached through wrappedWidget() from now on.
        combo = QComboBox()
        combo.setToolTip(self.parameterDefinition().toolTip())
        combo.addItem('', None)
        # Typing any part of a name finds it.
        combo.setEditable(True)
        combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        combo.completer().setFilterMode(Qt.MatchFlag.MatchContains)
        combo.completer().setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        combo.lineEdit().editingFinished.connect(self._accept)
        combo.currentIndexChanged.connect(lambda _index: self.widgetValueHasChanged.emit(self))
        return combo

    def _accept(self):
        """What was typed and is no name of a field is replaced by the name that was chosen before."""
        combo = self.wrappedWidget()
        if combo is None:  # the dialog is being closed, which ends the editing too
            return
        row = combo.findText(combo.currentText())
        if row >= 0:
            combo.setCurrentIndex(row)
        combo.setEditText(combo.itemText(combo.currentIndex()))

    def postInitialize(self, wrappers):
        super().postInitialize(wrappers)
        parent = self.parameterDefinition().parentLayerParameterName()
        for wrapper in wrappers:
            if wrapper.parameterDefinition().name() == parent:
                self._follow(wrapper)
                wrapper.widgetValueHasChanged.connect(self._follow)

    def _follow(self, wrapper):
        """Offers the fields of the layer that is chosen now; a name that it has too stays chosen."""
        definition = wrapper.parameterDefinition()
        context = QgsProcessingContext()  # owns a layer that is opened from a file
        context.setProject(QgsProject.instance())
        values = {definition.name(): wrapper.parameterValue()}
        fields = offered(QgsProcessingParameters.parameterAsVectorLayer(definition, values, context), self.numeric)
        combo = self.wrappedWidget()
        wanted = combo.currentData() or self.wanted
        combo.clear()
        combo.addItem('', None)
        for index, field in enumerate(fields):
            combo.addItem(fields.iconForField(index), field.name(), field.name())
        self._choose(wanted)

    def _choose(self, name):
        combo = self.wrappedWidget()
        row = combo.findData(name) if name else 0
        combo.setCurrentIndex(max(row, 0))
        self.wanted = name if row < 0 else None

    def setWidgetValue(self, value, context):
        names = QgsProcessingParameters.parameterAsFields(self.parameterDefinition(),
                                                          {self.parameterDefinition().name(): value}, context)
        self._choose(names[0] if names else None)

    def widgetValue(self):
        return self.wrappedWidget().currentData()


class Field:
    """What the metadata of a parameter name: QGIS makes one for every dialog and gets the widget that fits it."""

    def __new__(cls, parameter, dialog, row=0, column=0, numeric=False):
        name = type(dialog).__name__
        if name != MODELER:
            return FieldWidget(parameter, QgsProcessingGui.WidgetType.Batch if name == BATCH
                               else QgsProcessingGui.WidgetType.Standard, numeric)
        widget = QgsGui.processingGuiRegistry().createModelerParameterWidget(dialog.model, dialog.childId, parameter,
                                                                             dialog.context)
        widget.setDialog(dialog)
        return widget
