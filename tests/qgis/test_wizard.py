# SPDX-License-Identifier: GPL-2.0-or-later
"""The wizard "Map soil from samples": what it guesses and refuses, the whole job in the background, cancelling it."""

import os
import shutil
import sys
import tempfile
import time
import unittest

import kit
import processing
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtWidgets import QWizard

EXE = os.environ.get('TILTH_EXE', os.path.join(kit.BUILD, 'bin', 'tilth'))
if not os.path.isfile(EXE):
    print(f'SKIPPED: the program {EXE} is not built')
    sys.exit(0)


def wait(condition):
    """Lets QGIS work until the condition holds; when it never does, the limit of CTest ends the test."""
    while not condition():
        QgsApplication.processEvents()
        time.sleep(0.01)
    return True


class Guesses(unittest.TestCase):
    def test_units_are_read_from_names_of_fields(self):
        from tilth_qgis.study import guess_unit

        self.assertEqual([guess_unit(name) for name in ('SOM_g_kg', 'As_mg_kg', 'SOM (g/kg)', 'clay [%]', 'clay_pct', 'SOM', '')],
                         ['g/kg', 'mg/kg', 'g/kg', '%', '%', '', ''])

    def test_the_property_and_the_names_of_samples_are_guessed(self):
        from tilth_qgis.study import guess_id, guess_property

        self.assertEqual(guess_property(['fid', 'id', 'depth', 'SOM_g_kg', 'As_mg_kg']), 'SOM_g_kg')
        self.assertEqual(guess_property(['fid', 'depth', 'Cu', 'x']), 'Cu')
        self.assertEqual(guess_property(['fid', 'x']), '')
        self.assertEqual(guess_id(['fid', 'Sample', 'SOM']), 'Sample')
        self.assertEqual(guess_id(['fid', 'SOM']), '')


class Job(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.provider = kit.provider(EXE)
        cls.folder = tempfile.TemporaryDirectory(prefix='tilth wizard 土壤 ')
        made = {'DEM': kit.hills(cls.path('dem.tif')), 'WIDTH_KM': 1.2, 'HEIGHT_KM': 1.2, 'SAMPLES_COUNT': 40,
                'SCENE': cls.path('scene.tif'), 'SAMPLES': cls.path('samples.gpkg'), 'LAB': cls.path('lab.csv'),
                'TRUTH': cls.path('truth.tif')}
        processing.run('tilth:simulatescene', made, feedback=kit.Feedback())

    @classmethod
    def tearDownClass(cls):
        kit.remove(cls.provider)
        cls.folder.cleanup()

    @classmethod
    def path(cls, name):
        return os.path.join(cls.folder.name, name)

    def setUp(self):
        for name in ('dem', 'scene'):
            QgsProject.instance().addMapLayer(QgsRasterLayer(self.path(name + '.tif'), name))
        QgsProject.instance().addMapLayer(QgsVectorLayer(self.path('samples.gpkg'), 'samples', 'ogr'))

    def tearDown(self):
        kit.clear_project()

    def wizard(self, folder):
        from tilth_qgis.wizard import StudyWizard

        one = StudyWizard(self.provider.engines)
        one.folder.setFilePath(self.path(folder))
        one.show()
        return one

    def walk(self, wizard):
        for _page in range(3):
            wizard.next()

    def test_what_is_in_the_project_is_already_chosen(self):
        wizard = self.wizard('guessed')
        study = wizard.study()
        self.assertEqual((study.scene, study.dem), (self.path('scene.tif'), self.path('dem.tif')))
        self.assertEqual((study.property, study.unit, study.id_field), ('SOM_g_kg', 'g/kg', 'id'))
        self.assertEqual(wizard.problems(), [])

    def test_the_whole_job_ends_in_styled_maps_and_a_report(self):
        wizard = self.wizard('whole')
        wizard.lab.setFilePath(self.path('lab.csv'))
        self.walk(wizard)
        self.assertEqual(wizard.currentId(), 3)
        self.assertIsNotNone(wizard.task, wizard.state.text())
        self.assertTrue(wait(lambda: wizard.task is None), wizard.log.toPlainText())
        self.assertIn('Done.', wizard.state.text())
        names = set(os.listdir(self.path('whole')))
        self.assertLessEqual({'bare_soil.tif', 'som_g_kg_model.json', 'som_g_kg_map.tif', 'slope.tif', 'twi.tif', 'ls.tif', 'streams.gpkg',
                              'subbasins.gpkg', 'som_g_kg_correlation.csv', 'som_g_kg_profile.csv',
                              'som_g_kg_report.html'}, names)
        group = QgsProject.instance().layerTreeRoot().children()[0]
        self.assertEqual(group.name(), 'SOM_g_kg (tilth)')
        shown = [node.layer() for node in group.findLayers() if node.isVisible()]
        self.assertEqual(shown[0].name(), 'Soil samples')
        self.assertEqual([isinstance(layer, QgsRasterLayer) for layer in shown], [False] * (len(shown) - 1) + [True])
        soil_map = shown[-1]
        self.assertIn('SOM_g_kg', soil_map.name())
        self.assertIn('model som_g_kg_model', soil_map.name())
        outside = os.path.isfile(self.path('whole/som_g_kg_map_outside.gpkg'))
        self.assertEqual([layer.name() for layer in shown].count('Model does not apply'), int(outside))
        hidden = [node.layer() for node in group.findLayers() if not node.isVisible()]
        width = next(layer for layer in hidden if layer.name() == 'Width of the prediction interval')
        self.assertTrue(width.isValid())
        legend = [item.label for item in width.renderer().shader().rasterShaderFunction().colorRampItemList()]
        self.assertIn('4 – 6 g/kg', legend)
        self.assertEqual(wizard.run_page.title(), 'Done')
        self.assertFalse(wizard.button(QWizard.WizardButton.CancelButton).isEnabled())
        labels = [item.label for item in soil_map.renderer().shader().rasterShaderFunction().colorRampItemList()]
        self.assertIn('15 – 20 g/kg', labels)
        self.assertTrue(wizard.open_report.isEnabled() and os.path.isfile(wizard.report))
        del soil_map, group, shown, hidden, width

    def test_the_layers_of_a_map_are_its_interval_and_the_hatching_where_its_model_does_not_apply(self):
        from osgeo import gdal
        from tilth_qgis import companions

        path = kit.dem(self.path('five & more.tif'))
        plane = gdal.Open(path).ReadAsArray()
        names = ('value', 'lower bound (90 %)', 'upper bound (90 %)', 'model applicable')
        data = gdal.GetDriverByName('GTiff').CreateCopy(self.path('five.tif'), gdal.Open(path))
        four = gdal.Translate(self.path('four & more.tif'), data, bandList=[1, 1, 1, 1])
        for number, (name, values) in enumerate(zip(names, (plane, plane - 3, plane + 4, plane * 0 + 1)), 1):
            four.GetRasterBand(number).SetDescription(name)
            four.GetRasterBand(number).WriteArray(values)
        four.FlushCache()
        path = self.path('four & more.tif')
        width = gdal.Open(companions.write_width(path)).ReadAsArray()
        self.assertLess(abs(width - 7.0).max(), 1e-4)
        self.assertIsNone(companions.write_outside(path))
        mask = plane * 0 + 1
        mask[20:, 30:] = 0
        four.GetRasterBand(4).WriteArray(mask)
        four.FlushCache()
        layer = QgsVectorLayer(companions.write_outside(path), 'outside', 'ogr')
        (area,) = layer.getFeatures()
        self.assertAlmostEqual(area.geometry().area(), 100 * 10.0 * 10.0, places=6)
        self.assertIsNone(companions.write_width(self.path('dem.tif')))
        del layer, area

    def test_only_the_selected_samples_are_used_and_edits_are_seen(self):
        wizard = self.wizard('selected')
        layer = wizard.samples.layer()
        layer.selectByExpression('"fid" <= 30')
        wizard._on_samples(layer)
        self.assertTrue(wizard.only_selected.isChecked())
        os.makedirs(self.path('selected'), exist_ok=True)
        written = QgsVectorLayer(wizard._write_samples(wizard.study()), 'written', 'ogr')
        self.assertEqual(written.featureCount(), 30)
        del written, layer

    def test_cancel_stops_and_leaves_no_half_file(self):
        wizard = self.wizard('cancelled')
        wizard.dem.combo.setLayer(None)
        self.walk(wizard)
        self.assertIsNotNone(wizard.task, wizard.state.text())
        self.assertTrue(wait(lambda: 'Training' in wizard.state.text()))
        wizard.reject()
        self.assertTrue(wait(lambda: wizard.task is None))
        self.assertIn('Cancelled', wizard.state.text())
        self.assertEqual(wizard.run_page.title(), 'Cancelled')
        self.assertEqual(os.listdir(self.path('cancelled')), ['som_g_kg_samples.gpkg'])

    def test_a_step_that_fails_is_named_and_what_was_done_stays(self):
        wizard = self.wizard('failing')
        wizard.bare_only.setChecked(False)
        flat = kit.dem(self.path('elsewhere.tif'))
        from osgeo import gdal
        raster = gdal.Open(flat, gdal.GA_Update)
        raster.SetGeoTransform([100000.0, 10.0, 0.0, 1000000.0, 0.0, -10.0])
        raster = None
        self.assertTrue(wizard.dem.open(flat))
        self.walk(wizard)
        self.assertTrue(wait(lambda: wizard.task is None))
        self.assertIn('Relating the map to the terrain: ', wizard.state.text())
        self.assertEqual(wizard.run_page.title(), 'Failed')
        self.assertTrue(os.path.isfile(self.path(os.path.join('failing', 'som_g_kg_map.tif'))))
        self.assertFalse(wizard.open_report.isEnabled())

    def test_what_is_missing_is_reported_before_anything_runs(self):
        wizard = self.wizard('nothing')
        wizard.unit.setText(' ')
        wizard.lab.setFilePath('/nowhere/lab.csv')
        wizard.id_field.setField('')
        wizard.folder.setFilePath(self.path('scene.tif/below'))
        text = '\n'.join(wizard.problems())
        for part in ('unit of the measured values', 'joined to samples by name', 'no file /nowhere/lab.csv',
                     'cannot be written to'):
            self.assertIn(part, text)
        self.walk(wizard)
        self.assertEqual(wizard.currentId(), 2)
        self.assertIn('Before this can run', wizard.summary.text())

    def test_what_the_engine_refuses_is_reported_while_one_can_still_go_back(self):
        wizard = self.wizard('gone')
        shutil.copy(self.path('scene.tif'), self.path('gone.tif'))
        self.assertTrue(wizard.scene.open(self.path('gone.tif')))
        os.remove(self.path('gone.tif'))
        self.walk(wizard)
        self.assertEqual(wizard.currentId(), 2)
        self.assertIn("parameter 'scene': there is no file", wizard.summary.text())
        self.assertIsNone(wizard.task)

    def test_results_never_replace_an_input(self):
        from tilth_qgis.study import Study, problems

        study = Study(scene=self.path('slope.tif'), samples=self.path('samples.gpkg'), property='SOM', unit='g/kg',
                      dem=self.path('slope.tif'), folder=self.folder.name)
        self.assertTrue(any('slope.tif is an input of this run' in line for line in problems(study)))

    def test_without_an_engine_the_first_message_explains_how_to_get_one(self):
        wizard = self.wizard('engineless')
        self.provider.engines.problem = 'There is no engine; install it.'
        try:
            self.assertEqual(wizard.problems()[0], 'There is no engine; install it.')
        finally:
            self.provider.engines.refresh()


if __name__ == '__main__':
    kit.main()
