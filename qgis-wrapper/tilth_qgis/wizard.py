# SPDX-License-Identifier: GPL-2.0-or-later
"""The wizard "Map soil from samples": asks for the data page by page, runs the job in the background, loads the maps."""

import os
import re

from qgis.core import (QgsApplication, QgsFieldProxyModel, QgsMapLayerProxyModel, QgsProcessingContext,
                       QgsProcessingException, QgsProcessingFeatureSource, QgsProcessingFeedback, QgsProject, QgsRasterLayer,
                       QgsVectorLayer)
from qgis.gui import QgsFieldComboBox, QgsFileWidget, QgsMapLayerComboBox
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QDesktopServices, QIcon
from qgis.PyQt.QtWidgets import (QCheckBox, QFileDialog, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit,
                                 QProgressBar, QPushButton, QToolButton, QVBoxLayout, QWidget, QWizard, QWizardPage)

from . import study as jobs
from . import task as tasks
from . import vectors
from .algorithm import ICON
from .engine import EngineError
from .translation import tr

Rasters = QgsMapLayerProxyModel.Filter.RasterLayer
Points = QgsMapLayerProxyModel.Filter.PointLayer


class LayerChoice(QWidget):
    """A layer of the project, or a file that is then added to it."""

    def __init__(self, layers, optional=False):
        super().__init__()
        self.combo = QgsMapLayerComboBox()
        self.combo.setFilters(layers)
        self.combo.setAllowEmptyLayer(optional)
        self.is_raster = layers == Rasters
        button = QToolButton()
        button.setText('…')
        button.setToolTip(tr('Open a file'))
        button.clicked.connect(self._browse)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.combo, 1)
        box.addWidget(button)

    def _browse(self):
        path, _kind = QFileDialog.getOpenFileName(self, tr('Open a file'))
        if path:
            self.open(path)

    def open(self, path):
        """Adds the file to the project and chooses it; False when it is not a layer of this kind."""
        name = os.path.splitext(os.path.basename(path))[0]
        layer = QgsRasterLayer(path, name) if self.is_raster else QgsVectorLayer(path, name, 'ogr')
        if not layer.isValid():
            return False
        QgsProject.instance().addMapLayer(layer)
        self.combo.setLayer(layer)
        return True

    def layer(self):
        return self.combo.currentLayer()

    def raster_path(self):
        layer = self.layer()
        return layer.source().split('|option:')[0] if layer is not None else ''


def _page(title, subtitle):
    page = QWizardPage()
    page.setTitle(title)
    page.setSubTitle(subtitle)
    return page


def _hint(text):
    label = QLabel(text)
    label.setWordWrap(True)
    return label


class StudyWizard(QWizard):
    def __init__(self, engines, parent=None, canvas=None):
        super().__init__(parent)
        self.engines = engines
        self.canvas = canvas
        self.engine = None
        self.job = []
        self.task = None
        self.report = ''
        self.setWindowTitle(tr('Map soil from samples'))
        self.setWindowIcon(QIcon(ICON))
        self.setWizardStyle(QWizard.WizardStyle.ModernStyle)
        self.setOption(QWizard.WizardOption.NoBackButtonOnLastPage, True)
        self.setButtonText(QWizard.WizardButton.CommitButton, tr('Run'))
        self.resize(760, 560)
        for page in (self._data_page(), self._more_page(), self._folder_page(), self._run_page()):
            self.addPage(page)
        self.currentIdChanged.connect(self._on_page)
        self._guess_layers()

    # ---- pages

    def _data_page(self):
        page = _page(tr('Scene and samples'), tr('The scene to map, and the measurements from which the model learns.'))
        self.scene = LayerChoice(Rasters)
        self.bare_only = QCheckBox(tr('Bare soil only: exclude cloud, snow, water and vegetation'))
        self.bare_only.setChecked(True)
        self.samples = LayerChoice(Points)
        self.only_selected = QCheckBox(tr('Selected samples only'))
        self.property = QgsFieldComboBox()
        self.unit = QLineEdit()
        self.unit.setPlaceholderText('g/kg')
        form = QFormLayout(page)
        form.addRow(tr('Scene'), self.scene)
        form.addRow('', _hint(tr('Reflectance in many bands with their wavelengths, such as GF-5, ZY1-02D, PRISMA or EnMAP.')))
        form.addRow('', self.bare_only)
        form.addRow(tr('Soil samples'), self.samples)
        form.addRow('', self.only_selected)
        form.addRow(tr('Measured property'), self.property)
        form.addRow(tr('Unit'), self.unit)
        form.addRow('', _hint(tr('With fewer than 40 samples the scores of the model are very uncertain; 80 or more are better.')))
        self.samples.combo.layerChanged.connect(self._on_samples)
        self.property.fieldChanged.connect(self._on_property)
        return page

    def _more_page(self):
        page = _page(tr('Lab spectra and terrain'), tr('Both are optional.'))
        self.lab = QgsFileWidget()
        self.lab.setFilter(tr('Spectra (*.csv *.txt);;All files (*)'))
        self.id_field = QgsFieldComboBox()
        self.id_field.setAllowEmptyFieldName(True)
        self.id_field.setFilters(QgsFieldProxyModel.Filter.AllTypes)
        self.dem = LayerChoice(Rasters, optional=True)
        form = QFormLayout(page)
        form.addRow(tr('Lab spectra'), self.lab)
        form.addRow(tr('Names of the samples'), self.id_field)
        form.addRow('', _hint(tr('A table with the name of the sample in the first column and one column per wavelength. '
                                 'The model then learns from spectra that were measured in the laboratory.')))
        form.addRow(tr('Elevation (m)'), self.dem)
        form.addRow('', _hint(tr('With an elevation model you also get slope, wetness index, LS-factor and streams, and how '
                                 'the property is related to them.')))
        return page

    def _folder_page(self):
        page = _page(tr('Results'), tr('The folder for the results, and the steps of the run.'))
        page.setCommitPage(True)
        self.folder = QgsFileWidget()
        self.folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.summary = _hint('')
        form = QFormLayout(page)
        form.addRow(tr('Folder'), self.folder)
        form.addRow(self.summary)
        self.folder.fileChanged.connect(lambda _path: self._show_summary())
        return page

    def _run_page(self):
        page = _page(tr('Running'), tr('You can continue to work in QGIS. Cancel stops within a second; finished steps are kept.'))
        self.state = _hint('')
        self.bar = QProgressBar()
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.open_report = QPushButton(tr('Open the report'))
        self.open_report.setEnabled(False)
        self.open_report.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(self.report)))
        box = QVBoxLayout(page)
        for widget in (self.state, self.bar, self.log, self.open_report):
            box.addWidget(widget)
        page.isComplete = lambda: self.task is None
        self.run_page = page
        return page

    # ---- guesses

    def _guess_layers(self):
        rasters = [layer for layer in QgsProject.instance().mapLayers().values() if isinstance(layer, QgsRasterLayer)]
        if rasters:
            self.scene.combo.setLayer(max(rasters, key=lambda layer: layer.bandCount()))
        heights = [layer for layer in rasters if re.search('dem|elevation|height|srtm', layer.name().lower())
                   and layer.bandCount() == 1]
        self.dem.combo.setLayer(heights[0] if heights else None)
        self._on_samples(self.samples.layer())

    def _on_samples(self, layer):
        for combo in (self.property, self.id_field):
            combo.setLayer(layer)
        names = [field.name() for field in layer.fields()] if layer is not None else []
        self.property.setField(jobs.guess_property(names))
        self.id_field.setField(jobs.guess_id(names))
        self.only_selected.setEnabled(layer is not None and layer.selectedFeatureCount() > 0)
        self.only_selected.setChecked(self.only_selected.isEnabled())
        self._on_property(self.property.currentField())

    def _on_property(self, field):
        self.unit.setText(jobs.guess_unit(field or ''))

    def _guess_folder(self):
        home = QgsProject.instance().homePath() or os.path.dirname(self.scene.raster_path()) or os.path.expanduser('~')
        return os.path.join(home, 'tilth_' + self.study().stem())

    # ---- the study

    def study(self):
        layer = self.samples.layer()
        return jobs.Study(
            scene=self.scene.raster_path(), samples=layer.source().split('|')[0] if layer is not None else '',
            property=self.property.currentField() or '', unit=self.unit.text(),
            id_field=self.id_field.currentField() or '', lab=self.lab.filePath(), dem=self.dem.raster_path(),
            folder=self.folder.filePath(), bare_only=self.bare_only.isChecked())

    def problems(self):
        """All reasons why the job cannot run; a missing engine is the first."""
        engine = [self.engines.problem] if self.engines.problem else []
        return engine + jobs.problems(self.study())

    def _show_summary(self):
        found = self.problems()
        if found:
            self.summary.setText(tr('Before this can run:') + '\n• ' + '\n• '.join(found))
            return
        study = self.study()
        lines = [f'{number}. {step.title} → {", ".join(jobs.files_of(step))}'
                 for number, step in enumerate(jobs.steps(study), 1)]
        old = [os.path.basename(path) for path in jobs.written(study) if os.path.exists(path)]
        if old:
            lines += ['', tr('These files of an earlier run will be replaced: {}').format(', '.join(old))]
        self.summary.setText('\n'.join(lines))

    # ---- the run

    def _on_page(self, number):
        if number == 2:
            if not self.folder.filePath():
                self.folder.setFilePath(self._guess_folder())
            self._show_summary()
        elif number == 3:
            self.start()

    def validateCurrentPage(self):
        if self.currentId() != 2:
            return True
        if self.problems():
            self._show_summary()
            return False
        problem = self._prepare()
        if problem:
            # Here the user can still go back and correct it.
            self.summary.setText(tr('Before this can run:') + '\n• ' + problem)
        return not problem

    def _write_samples(self, study):
        """The samples as they are shown: with edits, virtual fields, filters and, if chosen, only the selection."""
        path = study.path(study.stem() + '_samples.gpkg')
        if os.path.exists(path):
            os.remove(path)
        context = QgsProcessingContext()
        layer = self.samples.layer()
        if self.only_selected.isChecked():
            layer = layer.materialize(_selected(layer))
        vectors.write(QgsProcessingFeatureSource(layer, context), path, tr('Soil samples'), context,
                      QgsProcessingFeedback(False))
        return path

    def _prepare(self):
        """Writes the samples and has the engine check the first step. Returns '' or the sentence of the engine."""
        study = self.study()
        try:
            os.makedirs(study.folder, exist_ok=True)
            self.engine = self.engines.engine()
            self.job = jobs.steps(study, self._write_samples(study))
            return self.engine.check(self.job[0].tool, self.job[0].params) or ''
        except (OSError, QgsProcessingException, EngineError) as problem:
            return str(problem)

    def start(self):
        """Begins the job in the background."""
        study, engine, job = self.study(), self.engine, self.job
        self.report = job[-1].params['output']
        self.task = tasks.StudyTask(tr('Map soil from samples: {}').format(study.property), engine, job)
        self.task.logged.connect(self._on_logged)
        self.task.progressChanged.connect(lambda percent: self.bar.setValue(int(percent)))
        self.task.ended.connect(self._on_ended)
        self.run_page.completeChanged.emit()
        QgsApplication.taskManager().addTask(self.task)

    def _on_logged(self, level, text):
        if text.startswith('['):
            self.state.setText(text)
        self.log.appendPlainText((tr('Warning: ') if level > 0 else '') + text)

    def _on_ended(self, problem):
        done, made, self.task = self.task.done, self.task.companions, None
        layers = tasks.load(self.engines, tr('{} (tilth)').format(self.property.currentField()), done, made)
        soil_map = next((layer for layer in layers if isinstance(layer, QgsRasterLayer)), None)
        if self.canvas is not None and soil_map is not None:
            self.canvas.setDestinationCrs(soil_map.crs())
            self.canvas.setExtent(soil_map.extent())
            self.canvas.refresh()
        self._show_end(problem)

    def _show_end(self, problem):
        """The last page after the run: what happened in its title, and only Finish left to press."""
        self.run_page.setTitle(tr('Cancelled') if problem is None else tr('Failed') if problem else tr('Done'))
        self.run_page.setSubTitle(tr('Finish closes this window.'))
        self.button(QWizard.WizardButton.CancelButton).setEnabled(False)
        if problem is None:
            self.state.setText(tr('Cancelled. The results of the finished steps are in {}.').format(self.folder.filePath()))
        elif problem:
            self.state.setText(tr('The run failed: {}').format(problem))
            self.log.appendPlainText(problem)
        else:
            self.bar.setValue(100)
            self.state.setText(tr('Done. The maps are in the project, the files in {}.').format(self.folder.filePath()))
            self.open_report.setEnabled(True)
        self.run_page.completeChanged.emit()

    def reject(self):
        """Cancel stops the current run, or closes the wizard when there is none."""
        if self.task is not None:
            self.state.setText(tr('Stopping…'))
            self.task.cancel()
        else:
            super().reject()


def _selected(layer):
    from qgis.core import QgsFeatureRequest

    return QgsFeatureRequest().setFilterFids(layer.selectedFeatureIds())
