# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin on the engine that was built: every tool, both ways to run it, the layers that it loads."""

import glob
import json
import locale
import math
import os
import subprocess
import sys
import tempfile
import threading
import unittest
from unittest import mock

import kit
import numpy
import processing
from osgeo import gdal
from qgis.core import QgsProject, QgsProcessingException, QgsRasterLayer, QgsVectorLayer, QgsWkbTypes
from qgis.PyQt.QtCore import QUrl

EXE = os.environ.get('TILTH_EXE', os.path.join(kit.BUILD, 'bin', 'tilth'))
if not os.path.isfile(EXE):
    print(f'SKIPPED: the program {EXE} is not built')
    sys.exit(0)


class Log:
    """What an engine reports to."""

    def __init__(self, cancel_at=None):
        self.cancel_at = cancel_at
        self.fractions = []
        self.messages = []
        self.threads = set()

    def progress(self, fraction):
        self.threads.add(threading.get_ident())
        self.fractions.append(fraction)

    def message(self, level, text):
        self.messages.append((level, text))

    def cancelled(self):
        return self.cancel_at is not None and max(self.fractions, default=0.0) > self.cancel_at


def read(path, band=1):
    data = gdal.Open(path)  # named, because a band does not keep its data set alive
    return data.GetRasterBand(band).ReadAsArray()


class Tools(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.provider = kit.provider(EXE)
        cls.folder = tempfile.TemporaryDirectory(prefix='tilth qgis ')

    @classmethod
    def tearDownClass(cls):
        kit.remove(cls.provider)
        cls.folder.cleanup()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def engines(self):
        from tilth_qgis import locate
        from tilth_qgis.capi import LibraryEngine
        from tilth_qgis.engine import WorkerEngine

        return {'worker': WorkerEngine(EXE), 'library': LibraryEngine(locate.library(EXE))}

    def test_every_tool_of_the_engine_is_in_the_toolbox(self):
        described = json.loads(subprocess.run([EXE, 'describe', '--json'], capture_output=True, check=True).stdout)
        ids = [one['id'] for one in described['algorithms']]
        self.assertEqual(len(ids), len(set(ids)))
        models = {one.name() for one in self.provider.algorithms() if one.groupId() not in self.groups()}
        self.assertEqual({one.name() for one in self.provider.algorithms()} - models, set(ids))
        self.assertEqual(models, {'Samples to map', 'Map to terrain correlation', 'Scene to everything'})
        for one in described['algorithms']:
            algorithm = self.provider.algorithm(one['id'])
            names = [parameter.name() for parameter in algorithm.parameterDefinitions()]
            self.assertEqual(names, [arg['id'].upper() for arg in one['parameters']])

    def test_an_outlet_drawn_in_qgis_bounds_the_streams_and_their_subbasins(self):
        dem = kit.hills(self.path('hills.tif'))
        whole = processing.run('tilth:streams', {'DEM': dem, 'THRESHOLD': 60, 'OUTPUT': self.path('whole.gpkg')},
                               feedback=kit.Feedback())
        lines = QgsVectorLayer(whole['OUTPUT'], 'whole', 'ogr')
        longest = max(lines.getFeatures(), key=lambda line: line['DSContArea'])
        foot = next(longest.geometry().vertices())
        outlets = kit.points([(foot.x() + 20.0, foot.y() - 10.0, 17, 0)], 'field=ID:integer&field=INLET:integer')
        QgsProject.instance().addMapLayer(outlets)
        result = processing.run('tilth:streams', {
            'DEM': dem, 'THRESHOLD': 60, 'OUTLETS': outlets, 'OUTPUT': self.path('bound.gpkg'),
            'BASINS': self.path('basins.gpkg'), 'SNAPPED': self.path('snapped.gpkg')}, feedback=kit.Feedback())
        bound = QgsVectorLayer(result['OUTPUT'], 'bound', 'ogr')
        basins = QgsVectorLayer(result['BASINS'], 'basins', 'ogr')
        last = [line for line in bound.getFeatures() if line['DSLINKNO'] < 0]
        self.assertEqual([line['DSNODEID'] for line in last], [17])
        self.assertEqual(last[0]['DSContArea'], longest['DSContArea'])
        self.assertAlmostEqual(sum(basin['Area'] for basin in basins.getFeatures()), longest['DSContArea'], places=3)
        self.assertLess(bound.featureCount(), lines.featureCount())
        self.assertEqual(basins.wkbType(), QgsWkbTypes.MultiPolygon)
        self.assertEqual(QgsVectorLayer(result['SNAPPED'], 'snapped', 'ogr').featureCount(), 1)
        kit.clear_project()
        del lines, bound, basins

    def test_every_style_of_a_tool_is_shipped(self):
        from tilth_qgis import styling

        for one in self.provider.engines.description['algorithms']:
            for arg in one['parameters']:
                if arg.get('style'):
                    self.assertIsNotNone(styling.style_path(arg['style']), f'{one["id"]}: {arg["style"]}')

    def test_help_opens_the_page_that_was_installed(self):
        from tilth_qgis import locate

        page = self.path('share/doc/tilth/html/reference/slope.html')
        os.makedirs(os.path.dirname(page))
        with open(page, 'w', encoding='utf-8') as text:
            text.write('<h1>slope</h1>')
        here = locate.HERE
        locate.HERE = self.path('share/tilth/qgis/tilth_qgis')
        try:
            self.assertEqual(self.provider.algorithm('slope').helpUrl(), QUrl.fromLocalFile(page).toString())
            self.assertEqual(self.provider.algorithm('wetness').helpUrl(), '')
        finally:
            locate.HERE = here

    def groups(self):
        return {one.groupId() for one in self.provider.algorithms() if hasattr(one, 'engines')}

    def test_groups_are_few_and_in_the_order_of_the_work(self):
        """The toolbox sorts groups by name: sorted, they are in the order of the engine, each with its picture."""
        groups = sorted({one.group() for one in self.provider.algorithms() if hasattr(one, 'engines')})
        self.assertLess(len(groups), 9)
        self.assertEqual([name.split('. ')[1] for name in groups], self.provider.engines.groups())
        for one in self.provider.algorithms():
            if hasattr(one, 'engines'):
                self.assertTrue(one.svgIconPath().endswith(f'icons/{one.groupId()}.svg'), one.group())

    def test_both_engines_describe_the_same_tools(self):
        self.assertEqual(self.engines()['library'].describe(), self.provider.engines.description)

    def test_both_engines_write_the_same_bytes_and_the_plane_has_its_slope(self):
        dem = kit.dem(self.path('dem.tif'))
        bytes_of = {}
        for name, engine in self.engines().items():
            path = self.path(name + '.tif')
            log = Log()
            result = engine.run('slope', {'dem': dem, 'output': path, 'unit': 'radian'}, log)
            self.assertEqual(result['output'], path)
            self.assertTrue(numpy.allclose(read(path)[1:-1, 1:-1], math.atan(0.5), atol=1e-6))
            self.assertEqual(log.threads, {threading.get_ident()})
            self.assertEqual(log.fractions, sorted(log.fractions))
            with open(path, 'rb') as raster:
                bytes_of[name] = raster.read()
        self.assertEqual(bytes_of['worker'], bytes_of['library'])

    def test_both_engines_say_the_same_sentence(self):
        from tilth_qgis.engine import EngineError

        dem = kit.dem(self.path('dem.tif'))
        wrong = [
            ('slope', {'dem': '/nowhere/dem.tif', 'output': self.path('x.tif')}),
            ('slope', {'output': self.path('x.tif')}),
            ('slope', {'dem': dem, 'output': self.path('x.tif'), 'method': 'guess'}),
            ('slope', {'dem': dem, 'output': '/nowhere/x.tif'}),
            ('slope', {'dem': __file__, 'output': self.path('x.tif')}),
            ('slope', {'dem': dem, 'output': self.path('x.tif'), 'dm': dem}),
            ('nosuchtool', {}),
        ]
        for tool, params in wrong:
            sentences = set()
            for engine in self.engines().values():
                with self.assertRaises(EngineError) as caught:
                    engine.run(tool, params, Log())
                sentences.add(str(caught.exception))
            for engine in self.engines().values():
                sentence = engine.check(tool, params)
                if sentence is not None:  # what is inside a file is found when it is read
                    sentences.add(sentence)
            self.assertEqual(len(sentences), 1, sentences)
            self.assertGreater(len(sentences.pop()), 20)
        self.assertFalse(os.path.exists(self.path('x.tif')))

    def test_both_engines_stop_early_and_leave_no_file(self):
        from tilth_qgis.engine import Cancelled

        dem = kit.dem(self.path('large.tif'), columns=2500, rows=2500)
        for name, engine in self.engines().items():
            path = self.path(f'never-{name}.tif')
            log = Log(cancel_at=0.0)
            with self.assertRaises(Cancelled):
                engine.run('wetness', {'dem': dem, 'output': path}, log, [path])
            self.assertLess(max(log.fractions), 0.9)
            self.assertEqual(glob.glob(self.path('never*')) + glob.glob(self.path('.tilth-*')), [])

    def test_an_exception_of_the_log_does_not_cross_C(self):
        class Broken(Log):
            def progress(self, fraction):
                raise ZeroDivisionError('from the log')

        dem = kit.dem(self.path('dem.tif'))
        with self.assertRaises(ZeroDivisionError):
            self.engines()['library'].run('slope', {'dem': dem, 'output': self.path('broken.tif')}, Broken())
        self.assertFalse(os.path.exists(self.path('broken.tif')))

    def test_the_library_reads_points_in_a_comma_locale(self):
        locales = self.path('locales')
        os.makedirs(locales, exist_ok=True)
        try:
            subprocess.run(['localedef', '-i', 'de_DE', '-f', 'UTF-8', os.path.join(locales, 'de_DE.UTF-8')],
                           check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as missing:
            self.skipTest(f'no locale can be made here: {missing}')
        dem = kit.dem(self.path('dem.tif'))
        os.environ['LOCPATH'] = locales
        try:
            locale.setlocale(locale.LC_NUMERIC, 'de_DE.UTF-8')
            self.assertEqual(locale.localeconv()['decimal_point'], ',')
            result = self.engines()['library'].run(
                'slope', {'dem': dem, 'output': self.path('komma.tif'), 'memory': 512.5}, Log())
        finally:
            locale.setlocale(locale.LC_NUMERIC, 'C')
            del os.environ['LOCPATH']
        self.assertTrue(numpy.allclose(read(result['output'])[1:-1, 1:-1], math.atan(0.5), atol=1e-6))

    def test_the_setting_chooses_the_engine(self):
        from processing.core.ProcessingConfig import ProcessingConfig
        from tilth_qgis import settings
        from tilth_qgis.capi import LibraryEngine
        from tilth_qgis.engine import WorkerEngine

        self.assertIsInstance(self.provider.engines.engine(), WorkerEngine)
        setting = ProcessingConfig.settings[settings.ENGINE_KIND]
        setting.setValue(settings.IN_PROCESS)
        try:
            self.assertIsInstance(self.provider.engines.engine(), LibraryEngine)
            dem = kit.dem(self.path('dem.tif'))
            result = processing.run('tilth:slope', {'DEM': dem, 'OUTPUT': self.path('in.tif')},
                                    feedback=kit.Feedback())
            self.assertTrue(os.path.isfile(result['OUTPUT']))
        finally:
            setting.setValue(settings.WORKER)

    def test_a_folder_is_accepted_as_the_setting(self):
        from tilth_qgis import locate

        self.assertEqual(locate.program(os.path.dirname(EXE)), EXE)
        self.assertEqual(locate.program(os.path.dirname(os.path.dirname(EXE))), EXE)
        self.assertIsNone(locate.program('/nowhere'))

    def test_the_layer_arrives_styled_and_named(self):
        dem = kit.dem(self.path('dem.tif'))
        result = processing.runAndLoadResults('tilth:slope', {'DEM': dem, 'OUTPUT': 'TEMPORARY_OUTPUT'},
                                              feedback=kit.Feedback())
        layer = QgsProject.instance().mapLayer(result['OUTPUT'])
        layer = layer or next(iter(QgsProject.instance().mapLayers().values()))
        self.assertEqual(layer.renderer().type(), 'singlebandpseudocolor')
        labels = [item.label for item in layer.renderer().shader().rasterShaderFunction().colorRampItemList()]
        self.assertIn('25 – 35°', labels)
        self.assertTrue(layer.name().startswith('Slope'), layer.name())
        del layer
        kit.clear_project()

    def test_results_are_loaded_into_the_group_of_their_tool(self):
        dem = kit.dem(self.path('dem.tif'))
        for tool in ('slope', 'wetness'):
            processing.runAndLoadResults('tilth:' + tool, {'DEM': dem, 'OUTPUT': 'TEMPORARY_OUTPUT'}, feedback=kit.Feedback())
        root = QgsProject.instance().layerTreeRoot()
        self.assertEqual([one.name() for one in root.children()], ['Terrain and streams'])
        self.assertEqual([one.name().split()[0] for one in root.children()[0].children()], ['Wetness', 'Slope'])
        self.assertEqual(len(QgsProject.instance().mapLayers()), 2)
        kit.clear_project()

    def test_vectors_can_be_kept_in_memory(self):
        dem = kit.hills(self.path('hills.tif'))
        values = {'DEM': dem, 'THRESHOLD': 60}
        stored = processing.run('tilth:streams', {**values, 'OUTPUT': self.path('stored.gpkg')}, feedback=kit.Feedback())
        layer = processing.run('tilth:streams', {**values, 'OUTPUT': 'memory:'}, feedback=kit.Feedback())['OUTPUT']
        self.assertEqual(layer.dataProvider().name(), 'memory')
        on_disk = QgsVectorLayer(stored['OUTPUT'], 'stored', 'ogr')
        self.assertGreater(layer.featureCount(), 3)
        self.assertEqual(layer.featureCount(), on_disk.featureCount())
        self.assertLessEqual(set(on_disk.fields().names()) - {'fid'}, set(layer.fields().names()))
        processing.runAndLoadResults('tilth:streams', {**values, 'OUTPUT': 'memory:Brooks'}, feedback=kit.Feedback())
        (loaded,) = QgsProject.instance().mapLayers().values()
        self.assertEqual(loaded.dataProvider().name(), 'memory')
        kit.clear_project()
        del layer, on_disk, loaded

    def test_errors_about_an_output_in_memory_have_its_name(self):
        """The user knows neither the temporary file nor its folder, and reads the sentence once."""
        from tilth_qgis import capi, engine

        def fail(_self, tool, params, log, outputs=()):
            log.message(1, f"'{params['output']}' is large")
            raise engine.EngineError(f"output: '{params['output']}' cannot be written")

        feedback = kit.Feedback()
        with mock.patch.object(engine.WorkerEngine, 'run', fail), mock.patch.object(capi.LibraryEngine, 'run', fail):
            with self.assertRaises(QgsProcessingException) as caught:
                processing.run('tilth:streams', {'DEM': kit.dem(self.path('dem.tif')), 'OUTPUT': 'memory:'}, feedback=feedback)
        self.assertIn("output: 'Streams' cannot be written", str(caught.exception))
        said = '\n'.join(feedback.lines + feedback.warnings) + str(caught.exception)
        self.assertEqual(said.count('cannot be written'), 1, said)
        self.assertIn("'Streams' is large", said)

    def test_other_outputs_in_memory_are_refused_before_anything_runs(self):
        feedback = kit.Feedback()
        with self.assertRaisesRegex(QgsProcessingException, 'only vector layers can be kept in memory'):
            processing.run('tilth:slope', {'DEM': kit.dem(self.path('dem.tif')), 'OUTPUT': 'memory:'}, feedback=feedback)
        self.assertEqual(feedback.steps, [])

    def test_names_of_outputs_are_checked_before_anything_runs(self):
        dem = kit.dem(self.path('dem.tif'))
        for tool, name in (('streams', '/nowhere/s.gpkg'), ('streams', self.path('s.xyz')), ('slope', self.path('s.xyz')), ('slope', dem)):
            feedback = kit.Feedback()
            with self.assertRaises(QgsProcessingException, msg=name):
                processing.run('tilth:' + tool, {'DEM': dem, 'OUTPUT': name}, feedback=feedback)
            self.assertLessEqual(set(feedback.steps), {0.0}, f'{tool}, {name}')

    def study(self):
        """A small simulated study and a model of it, all made through QGIS."""
        study = {'DEM': kit.hills(self.path('hills.tif')), 'WIDTH_KM': 1.2, 'HEIGHT_KM': 1.2, 'SAMPLES_COUNT': 40,
                 'SCENE': self.path('scene.tif'), 'SAMPLES': self.path('samples.gpkg'), 'LAB': self.path('lab.csv'),
                 'TRUTH': self.path('truth.tif')}
        processing.run('tilth:simulatescene', study, feedback=kit.Feedback())
        processing.run('tilth:trainmodel', {'SCENE': study['SCENE'], 'SAMPLES': study['SAMPLES'], 'ID_FIELD': 'id',
                                            'PROPERTY': 'SOM_g_kg', 'UNIT': 'g/kg', 'OUTPUT': self.path('som.json')},
                       feedback=kit.Feedback())
        return study['SCENE'], self.path('som.json')

    def test_a_virtual_map_shows_the_values_of_the_map(self):
        scene, model = self.study()
        feedback = kit.Feedback()
        virtual = processing.run('tilth:makevrt', {'SCENE': scene, 'MODEL': model, 'OUTPUT': 'TEMPORARY_OUTPUT'},
                                 feedback=feedback)['OUTPUT']
        self.assertTrue(virtual.endswith('.vrt'), virtual)
        self.assertEqual(feedback.warnings, [])
        plain = processing.run('tilth:mapproperty', {'SCENE': scene, 'MODEL': model, 'OUTPUT': self.path('som.tif')},
                               feedback=kit.Feedback())['OUTPUT']
        for band in (1, 2, 3):
            one = read(plain, band)
            two = read(virtual, band)
            self.assertTrue(numpy.isfinite(one).any())
            self.assertEqual(one.tobytes(), two.tobytes())
        layer = QgsRasterLayer(virtual, 'virtual')
        value, ok = layer.dataProvider().sample(layer.extent().center(), 1)
        self.assertTrue(ok)
        self.assertTrue(math.isfinite(value))
        del layer

    def test_a_soil_map_arrives_in_the_colours_of_its_property(self):
        scene, model = self.study()
        processing.runAndLoadResults('tilth:mapproperty',
                                     {'SCENE': scene, 'MODEL': model, 'OUTPUT': 'TEMPORARY_OUTPUT'},
                                     feedback=kit.Feedback())
        layer = next(iter(QgsProject.instance().mapLayers().values()))
        labels = [item.label for item in layer.renderer().shader().rasterShaderFunction().colorRampItemList()]
        self.assertIn('15 – 20 g/kg', labels)
        self.assertIn('SOM_g_kg', layer.name())
        self.assertTrue(layer.name().endswith(', model som'), layer.name())
        del layer
        kit.clear_project()

    def test_a_user_sees_which_parameter_is_wrong(self):
        with self.assertRaises(QgsProcessingException) as caught:
            processing.run('tilth:slope', {'DEM': kit.dem(self.path('dem.tif')), 'OUTPUT': '/proc/none/x.tif'},
                           feedback=kit.Feedback())
        self.assertIn('output', str(caught.exception))


if __name__ == '__main__':
    unittest.main()
