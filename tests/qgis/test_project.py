# SPDX-License-Identifier: GPL-2.0-or-later
"""The project of the sample study: it is made from the results of the study, opens anywhere, and reports nothing
about who made it."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

import kit
import numpy
from osgeo import gdal
from qgis.core import QgsProject, QgsRenderContext, QgsVectorLayer
from qgis.PyQt.QtGui import QImage

MAKE = os.path.join(kit.ROOT, 'sample_project', 'make_project.py')


NAMES = ('value', 'lower bound (90 %)', 'upper bound (90 %)', 'dissimilarity index', 'model applicable')


def soil_map(path, values):
    """Five bands of 40 x 30 cells: value, lower and upper bound, dissimilarity, and 1 where the model applies."""
    kit.dem(path)
    data = gdal.Open(path)
    three = gdal.GetDriverByName('GTiff').Create(path + '.new', 40, 30, 5, gdal.GDT_Float32)
    three.SetGeoTransform(data.GetGeoTransform())
    three.SetProjection(data.GetProjection())
    for band, plane in enumerate(values, 1):
        three.GetRasterBand(band).SetNoDataValue(float('nan'))
        three.GetRasterBand(band).WriteArray(plane.astype('float32'))
        three.GetRasterBand(band).SetDescription(f'SOM_g_kg, {NAMES[band - 1]}')
    three = data = None
    os.replace(path + '.new', path)


class Project(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix='tilth project 土壤 ')
        cls.made = os.path.join(cls.folder.name, 'made')
        os.mkdir(cls.made)
        kit.dem(os.path.join(cls.made, 'dem.tif'))
        value = numpy.tile(numpy.linspace(5.0, 45.0, 40), (30, 1))
        value[:3, :3] = numpy.nan
        applies = numpy.ones((30, 40))
        applies[20:, 30:] = 0.0
        applies[:3, :3] = numpy.nan
        soil_map(os.path.join(cls.made, 'som.tif'), (value, value - 3.0, value + 4.0, 0.0 * value, applies))
        cls.done = subprocess.run([sys.executable, MAKE, cls.made], capture_output=True, text=True)

    @classmethod
    def tearDownClass(cls):
        kit.clear_project()
        cls.folder.cleanup()

    def test_it_is_made_from_the_layers_that_are_there(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr)
        self.assertTrue(os.path.isfile(os.path.join(self.made, 'sample.qgz')))

    def test_the_width_of_the_interval_is_upper_minus_lower(self):
        width = gdal.Open(os.path.join(self.made, 'som_width.vrt')).ReadAsArray()
        self.assertTrue(numpy.all(numpy.isnan(width[:3, :3])))
        self.assertTrue(numpy.allclose(width[5:, 5:], 7.0, atol=1e-5))

    def test_where_the_model_does_not_apply_becomes_hatched_areas(self):
        layer = QgsVectorLayer(os.path.join(self.made, 'som_outside.gpkg'), 'outside', 'ogr')
        areas = list(layer.getFeatures())
        self.assertEqual([one['applicable'] for one in areas], [0])
        cell = gdal.Open(os.path.join(self.made, 'som.tif')).GetGeoTransform()[1]
        self.assertAlmostEqual(areas[0].geometry().area() / cell ** 2, 100.0, places=6)
        del layer, areas
        self.assertTrue(QgsProject.instance().read(os.path.join(self.made, 'sample.qgz')))
        (hatched,) = QgsProject.instance().mapLayersByName('SOM: model does not apply')
        symbol = hatched.renderer().symbols(QgsRenderContext())[0]
        self.assertEqual(symbol.symbolLayer(0).layerType(), 'LinePatternFill')
        for theme in ('Soil organic matter', 'Soil organic matter, grades of the soil survey'):
            self.assertIn(hatched, QgsProject.instance().mapThemeCollection().mapThemeVisibleLayers(theme))
        del hatched, symbol
        kit.clear_project()

    def test_classes_of_standards_have_a_group_and_a_page(self):
        self.assertTrue(QgsProject.instance().read(os.path.join(self.made, 'sample.qgz')))
        groups = [one.name() for one in QgsProject.instance().layerTreeRoot().findGroups()]
        self.assertIn('Soil classes of standards', groups)
        (layer,) = QgsProject.instance().mapLayersByName('Soil organic matter, grades of the soil survey')
        items = layer.renderer().shader().rasterShaderFunction().colorRampItemList()
        self.assertEqual([one.value for one in items[:-1]], [6, 10, 20, 30, 40])
        del layer, items
        kit.clear_project()

    def test_both_pages_are_printed_as_picture_and_pdf(self):
        for name in ('map', 'classes'):
            self.assertEqual(QImage(os.path.join(self.made, name + '.png')).width(), 1753)
            with open(os.path.join(self.made, name + '.pdf'), 'rb') as page:
                self.assertEqual(page.read(5), b'%PDF-')

    def test_it_opens_with_every_layer_after_the_folder_was_moved(self):
        moved = os.path.join(self.folder.name, 'moved elsewhere')
        shutil.copytree(self.made, moved)
        self.assertTrue(QgsProject.instance().read(os.path.join(moved, 'sample.qgz')))
        layers = QgsProject.instance().mapLayers().values()
        self.assertGreaterEqual(len(layers), 3)
        for layer in layers:
            self.assertTrue(layer.isValid(), layer.name())
            self.assertTrue(layer.source().startswith(moved), layer.source())
        self.assertEqual(sorted(one.name() for one in QgsProject.instance().layoutManager().layouts()), ['Soil classes', 'Soil maps'])
        del layer, layers
        kit.clear_project()

    def test_it_holds_no_path_no_name_and_no_time_of_its_maker(self):
        with zipfile.ZipFile(os.path.join(self.made, 'sample.qgz')) as archive:
            text = archive.read('sample.qgs').decode('utf-8')
        self.assertNotIn(self.folder.name, text)
        self.assertNotIn('saveUser', text)
        self.assertNotIn('saveDateTime', text)

    def test_the_picture_shows_the_colours_of_the_map(self):
        image = QImage(os.path.join(self.made, 'map.png'))
        self.assertEqual((image.width(), image.height()), (1753, 1240))
        colors = {image.pixelColor(x, y).name() for x in range(60, 600, 7) for y in range(180, 650, 7)}
        self.assertGreater(len(colors), 7)

    def test_a_missing_map_is_one_sentence(self):
        empty = os.path.join(self.folder.name, 'empty')
        os.mkdir(empty)
        done = subprocess.run([sys.executable, MAKE, empty], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn('no dem.tif and no som.tif; run sample_project/run.sh first', done.stderr)


if __name__ == '__main__':
    unittest.main()
