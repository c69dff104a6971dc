# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin against a made engine: parameters, values, messages, cancelling, crashes."""

import glob
import json
import os
import shutil
import stat
import subprocess
import tempfile
import time
import unittest

import kit
import processing
from qgis.core import (QgsFeature, QgsGeometry, QgsProcessingContext, QgsProcessingException, QgsProcessingOutputHtml,
                       QgsProcessingParameterDefinition, QgsProject, QgsVectorFileWriter, QgsVectorLayer,
                       QgsProcessingFeatureSourceDefinition, QgsField, QgsRasterLayer, QgsRasterRange,
                       QgsProcessingOutputLayerDefinition, QgsCoordinateReferenceSystem)
from qgis.PyQt.QtCore import QVariant


class Made(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.provider = kit.provider(kit.FAKE)
        cls.folder = tempfile.TemporaryDirectory(prefix='tilth qgis 土壤 ')

    @classmethod
    def tearDownClass(cls):
        kit.remove(cls.provider)
        cls.folder.cleanup()

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def echo(self, feedback=None, **parameters):
        """What the engine received from a run with these parameters."""
        output = self.path('echo.csv')
        result = processing.run('tilth:echo', dict(parameters, OUTPUT=output), feedback=feedback or kit.Feedback())
        self.assertEqual(result['OUTPUT'], output)
        with open(output, encoding='utf-8') as text:
            return json.load(text)

    def parameter(self, name):
        return self.provider.algorithm('everykind').parameterDefinition(name)

    # ---- parameters

    def test_every_kind_becomes_a_parameter_with_its_help(self):
        algorithm = self.provider.algorithm('everykind')
        self.assertEqual(len(algorithm.parameterDefinitions()), 23)
        for parameter in algorithm.parameterDefinitions():
            self.assertEqual(parameter.help(), f'Help of {parameter.name().lower()}.')

    def test_units_limits_defaults_and_choices_are_those_of_the_descriptor(self):
        number = self.parameter('X_NUMBER')
        self.assertEqual(number.description(), 'X_number (m)')
        self.assertEqual((number.minimum(), number.maximum(), number.defaultValue()), (0.5, 2.0, 1.5))
        self.assertEqual(self.parameter('X_INTEGER').defaultValue(), 3)
        self.assertIs(self.parameter('X_FLAG').defaultValue(), True)
        self.assertEqual(self.parameter('X_CHOICE').options(), ['alpha', 'beta'])
        self.assertEqual(self.parameter('X_CHOICE').defaultValue(), 'beta')
        self.assertTrue(self.parameter('X_CHOICE').usesStaticStrings())
        self.assertEqual(self.parameter('X_FIELD').parentLayerParameterName(), 'POINTS')

    def test_advanced_parameters_are_folded_away(self):
        flags = self.provider.algorithm('echo').parameterDefinition('SECRET').flags()
        self.assertTrue(flags & QgsProcessingParameterDefinition.Flag.FlagAdvanced)

    def test_outputs_have_the_file_kinds_that_QGIS_shows(self):
        self.assertEqual(self.parameter('X_VRT_OUT').defaultFileExtension(), 'vrt')
        self.assertEqual(self.parameter('X_VRT_OUT').clone().defaultFileExtension(), 'vrt')
        self.assertEqual(self.parameter('X_MODEL_OUT').defaultFileExtension(), 'json')
        self.assertEqual(self.parameter('X_TABLE_OUT').defaultFileExtension(), 'csv')
        self.assertEqual(self.parameter('X_RASTER_OUT').defaultFileExtension(), 'tif')
        self.assertEqual(self.parameter('X_VECTOR_OUT').defaultFileExtension(), 'gpkg')
        output = self.provider.algorithm('everykind').outputDefinition('X_REPORT_OUT')
        self.assertIsInstance(output, QgsProcessingOutputHtml)

    def test_tags_groups_and_help_come_from_the_descriptor(self):
        algorithm = self.provider.algorithm('echo')
        self.assertEqual(algorithm.tags(), ['one', 'two'])
        self.assertEqual((algorithm.group(), algorithm.groupId()), ('1. Terrain and streams', 'terrainandstreams'))
        self.assertTrue(algorithm.svgIconPath().endswith('icons/terrainandstreams.svg'), algorithm.svgIconPath())

    def test_the_help_panel_has_every_parameter_with_unit_default_and_limits(self):
        panel = self.provider.algorithm('everykind').shortHelpString()
        self.assertNotIn('\n', panel)  # QGIS makes a paragraph of every line
        for part in ('<p>Second paragraph.</p>', 'Nobody 1999', '<b>X_number (m)</b> <i>(default 1.5; from 0.5 to 2)</i>',
                     '<b>X_integer</b> <i>(default 3; from 1 to 2147483647)</i>', '<b>X_flag</b> <i>(default yes)</i>',
                     '<h3>Outputs</h3>', 'values &lt;0.5', '<a href="https://doi.org/10.1/x">doi:10.1/x</a>.'):
            self.assertIn(part, panel)
        for parameter in self.provider.algorithm('everykind').parameterDefinitions():
            self.assertIn(f'Help of {parameter.name().lower()}.', panel)
        panel = self.provider.algorithm('echo').shortHelpString()
        self.assertIn('<b>Way</b> <i>(default The second way)</i>', panel)
        self.assertLess(panel.index('<h3>Advanced parameters</h3>'), panel.index('Help of secret.'))
        self.assertGreater(panel.index('<h3>Advanced parameters</h3>'), panel.index('Help of size.'))

    # ---- values

    def test_values_arrive_as_JSON_of_their_kind(self):
        got = self.echo(SIZE=0.1, WAY='alpha', YES=True, SECRET='ä "b"')['params']
        self.assertEqual(got['size'], 0.1)
        self.assertEqual(got['way'], 'alpha')
        self.assertIs(got['yes'], True)
        self.assertEqual(got['secret'], 'ä "b"')
        self.assertNotIn('elevation', got)
        self.assertNotIn('points', got)

    def test_rasters_arrive_as_paths(self):
        one, two = kit.dem(self.path('one.tif')), kit.dem(self.path('zwei 二.tif'))
        got = self.echo(ELEVATION=QgsRasterLayer(two, 'two'), MANY=[one, two])['params']
        self.assertEqual(got['elevation'], two)
        self.assertEqual(got['many'], [one, two])

    def test_a_raster_that_is_no_file_is_refused(self):
        layer = QgsRasterLayer('type=xyz&url=file:///nowhere/%7Bz%7D', 'tiles', 'wms')
        self.assertTrue(layer.isValid())
        with self.assertRaisesRegex(QgsProcessingException, 'comes from "wms", but it must be a raster file'):
            self.echo(ELEVATION=layer)
        del layer

    def test_the_worker_reads_numbers_with_points(self):
        os.environ['LC_ALL'] = 'de_DE.UTF-8'
        try:
            self.assertEqual(self.echo()['locale'], 'C')
        finally:
            del os.environ['LC_ALL']

    def test_messages_and_progress_reach_the_log(self):
        feedback = kit.Feedback()
        self.echo(feedback=feedback, SIZE=0.1)
        self.assertIn('half way: ä 土', feedback.lines)
        self.assertEqual(feedback.warnings, ['careful'])
        self.assertIn(50.0, feedback.steps)
        self.assertTrue(any(line.startswith('tilth echo --size 0.1') for line in feedback.lines))

    def test_figures_of_the_result_are_handed_on(self):
        result = processing.run('tilth:echo', {'OUTPUT': self.path('figures.csv')}, feedback=kit.Feedback())
        self.assertEqual(result['COUNT'], 3)

    # ---- vector layers

    def on_disk(self, name, rows):
        memory = kit.points(rows)
        options = QgsVectorFileWriter.SaveVectorOptions()
        options.driverName = 'GPKG'
        path = self.path(name)
        code = QgsVectorFileWriter.writeAsVectorFormatV3(memory, path, QgsProject.instance().transformContext(),
                                                         options)[0]
        self.assertEqual(code, QgsVectorFileWriter.WriterError.NoError)
        return QgsVectorLayer(path, name, 'ogr')

    def test_edits_that_are_not_saved_yet_are_honoured(self):
        layer = self.on_disk('edited.gpkg', [(0, 0, 'a', 1.0), (1, 1, 'b', 2.0)])
        layer.startEditing()
        first = next(layer.getFeatures())
        layer.changeAttributeValue(first.id(), layer.fields().indexOf('value'), 77.0)
        values = [row['value'] for row in self.echo(POINTS=layer)['features']]
        self.assertEqual(sorted(values), [2.0, 77.0])
        layer.rollBack()
        del layer

    def test_virtual_fields_are_honoured(self):
        layer = self.on_disk('virtual.gpkg', [(0, 0, 'a', 1.5)])
        layer.addExpressionField('"value" * 2', QgsField('twice', QVariant.Double))
        got = self.echo(POINTS=layer, COLUMN='twice')
        self.assertEqual(got['features'][0]['twice'], 3.0)
        self.assertEqual(got['params']['column'], 'twice')
        del layer

    def test_only_the_selection_is_used_when_asked(self):
        layer = self.on_disk('selected.gpkg', [(0, 0, 'a', 1.0), (1, 1, 'b', 2.0), (2, 2, 'c', 3.0)])
        layer.selectByExpression('"value" > 1.5')
        QgsProject.instance().addMapLayer(layer)
        got = self.echo(POINTS=QgsProcessingFeatureSourceDefinition(layer.id(), True))
        self.assertEqual(sorted(row['name'] for row in got['features']), ['b', 'c'])
        kit.clear_project()

    def test_a_memory_layer_with_a_repeated_fid_field_is_written_whole(self):
        layer = kit.points([(0, 0, '7', 1.0), (1, 1, '7', 2.0)], 'field=fid:string(5)&field=value:double')
        self.assertEqual(len(self.echo(POINTS=layer)['features']), 2)
        del layer

    def test_the_same_layer_makes_the_same_file_at_any_time(self):
        from tilth_qgis import vectors
        from qgis.core import QgsProcessingFeatureSource

        layer = kit.points([(0, 0, 'a', 1.0), (1, 1, 'b', 2.0)])
        context = QgsProcessingContext()
        bytes_of = []
        for name in ('first', 'later'):
            path = self.path(name + '.gpkg')
            vectors.write(QgsProcessingFeatureSource(layer, context), path, 'Points', context, kit.Feedback())
            with open(path, 'rb') as file:
                bytes_of.append(file.read())
            time.sleep(1.1)
        self.assertEqual(bytes_of[0], bytes_of[1])
        del layer

    def test_invalid_geometry_is_handed_on_and_does_not_end_QGIS(self):
        """A line of no length: QGIS's own check throws an exception at it, with the settings of a dialog."""
        layer = QgsVectorLayer('LineString?crs=EPSG:32650&field=name:string(5)', 'lines', 'memory')
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromWkt('LineString (1 1, 1 1)'))
        feature.setAttributes(['none'])
        layer.dataProvider().addFeatures([feature])
        self.assertFalse(next(layer.getFeatures()).geometry().isGeosValid())
        self.assertEqual([row['name'] for row in self.echo(LINES=layer)['features']], ['none'])
        del layer

    def test_temporary_copies_of_layers_are_removed(self):
        layer = kit.points([(0, 0, 'a', 1.0)])
        path = self.echo(POINTS=layer)['params']['points']
        self.assertFalse(os.path.exists(path))
        del layer

    # ---- when things go wrong

    def test_a_misspelt_parameter_is_not_ignored(self):
        algorithm = self.provider.algorithm('echo')
        ok, why = algorithm.checkParameterValues({'OUTPUT': self.path('x.csv'), 'SIZ': 1.0}, QgsProcessingContext())
        self.assertFalse(ok)
        self.assertIn('echo has no parameter SIZ; it has: ELEVATION', why)

    def test_the_engine_checks_values_before_a_run_and_the_label_leads_the_sentence(self):
        points = kit.points([(0, 0, 'a', 1.0)])
        algorithm = self.provider.algorithm('picky')
        for output in ('TEMPORARY_OUTPUT', self.path('picky.csv'), QgsProcessingOutputLayerDefinition('TEMPORARY_OUTPUT')):
            ok, why = algorithm.checkParameterValues({'NUMBER': 7, 'POINTS': points, 'OUTPUT': output},
                                                     QgsProcessingContext())
            self.assertEqual((ok, why), (False, "Number: parameter 'number' is 7.0; wanted less than 5"))
            ok, why = algorithm.checkParameterValues({'NUMBER': 4, 'POINTS': points, 'OUTPUT': output},
                                                     QgsProcessingContext())
            self.assertTrue(ok, why)
        del points

    def test_a_check_does_not_ask_QGIS_to_load_what_is_not_written_yet(self):
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        output = QgsProcessingOutputLayerDefinition('TEMPORARY_OUTPUT', QgsProject.instance())
        self.provider.algorithm('everykind').checkParameterValues({'X_RASTER_OUT': output}, context)
        self.assertEqual(list(context.layersToLoadOnCompletion()), [])

    def test_settings_of_a_layer_that_are_not_in_its_file_are_reported(self):
        layer = QgsRasterLayer(kit.dem(self.path('settings.tif')), 'settings')
        feedback = kit.Feedback()
        self.echo(feedback=feedback, ELEVATION=layer)
        self.assertEqual(feedback.warnings, ['careful'])
        layer.setCrs(QgsCoordinateReferenceSystem('EPSG:32649'))
        layer.dataProvider().setUserNoDataValue(1, [QgsRasterRange(100.0, 100.0)])
        feedback = kit.Feedback()
        self.echo(feedback=feedback, ELEVATION=layer)
        text = '\n'.join(feedback.warnings)
        self.assertIn('has the projection EPSG:32649, but its file has EPSG:32650', text)
        self.assertIn('NoData settings of the layer "settings" are not in its file', text)
        del layer

    def test_a_row_of_a_batch_that_fails_does_not_stop_the_others(self):
        from processing.gui.BatchAlgorithmDialog import BatchAlgorithmDialog

        dialog = BatchAlgorithmDialog(self.provider.algorithm('fragile').create())
        rows = [{'NUMBER': 1}, {'NUMBER': 7}, {'NUMBER': 2}]
        paths = [self.path(f'batch{i}.csv') for i in range(3)]
        given = iter([(dict(row, OUTPUT=path), True) for row, path in zip(rows, paths)])
        dialog.mainWidget().batchRowCount = lambda: 3
        dialog.mainWidget().parametersForRow = lambda *_rest, **_named: next(given)
        dialog.runAlgorithm()
        kit.wait_for(lambda: os.path.isfile(paths[2]))  # newer versions of QGIS run the rows in the background
        dialog.deleteLater()
        self.assertEqual([os.path.isfile(path) for path in paths], [True, False, True])

    def test_values_with_a_default_are_not_called_optional_and_may_be_left_out(self):
        algorithm = self.provider.algorithm('echo')
        optional = QgsProcessingParameterDefinition.Flag.FlagOptional
        for name in ('SIZE', 'WAY', 'YES'):
            self.assertFalse(algorithm.parameterDefinition(name).flags() & optional, name)
        self.assertNotIn('size', self.echo()['params'])

    def test_the_sentence_of_the_engine_reaches_the_user_alone(self):
        with self.assertRaises(QgsProcessingException) as caught:
            processing.run('tilth:fail', {'NUMBER': 7, 'OUTPUT': self.path('fail.csv')}, feedback=kit.Feedback())
        self.assertEqual(str(caught.exception), "parameter 'number' is 7; wanted less")

    def test_a_crash_is_a_sentence_and_leaves_no_file(self):
        with self.assertRaisesRegex(QgsProcessingException, 'ended by signal SIGSEGV'):
            processing.run('tilth:crash', {'OUTPUT': self.path('crash.csv')}, feedback=kit.Feedback())
        self.assertEqual(glob.glob(self.path('*crash*')) + glob.glob(self.path('.tilth-*')), [])

    def cancel(self, tool):
        """Cancels early; the tools need 30 s for their 600 steps, so a run that was stopped is far from its end."""
        context = QgsProcessingContext()
        algorithm = self.provider.algorithm(tool).create()
        feedback = kit.Feedback(cancel_at=0.2)
        results, ok = algorithm.run({'OUTPUT': self.path(tool + '.csv')}, context, feedback)
        self.assertEqual((results, ok), ({}, False))
        self.assertLess(max(feedback.steps), 50)
        self.assertEqual(glob.glob(self.path(tool + '*')) + glob.glob(self.path('.tilth-*')), [])

    def test_cancel_stops_early_and_leaves_no_file(self):
        self.cancel('slow')

    def test_a_cancelled_run_raises_in_a_script(self):
        with self.assertRaisesRegex(QgsProcessingException, 'was cancelled and no output was written'):
            processing.run('tilth:slow', {'OUTPUT': self.path('slow.csv')}, feedback=kit.Feedback(cancel_at=0.2))

    def test_an_error_names_the_layer_and_not_its_temporary_copy_and_is_shown_once(self):
        layer = kit.points([(0, 0, 'a', 1.0)])
        layer.setName('Samples of May')
        QgsProject.instance().addMapLayer(layer)
        ok, _results, log = kit.press_run(kit.open_dialog(self.provider.algorithm('blame'), {
            'POINTS': layer.id(), 'OUTPUT': self.path('blame.csv')}))
        self.assertFalse(ok)
        self.assertIn("a note about 'Samples of May'", log)
        self.assertEqual(log.count("points: there is no field x in 'Samples of May'"), 1, log)
        self.assertNotIn('no field x in \'/', log)
        kit.clear_project()
        del layer

    def test_a_worker_that_does_not_listen_is_killed(self):
        self.cancel('stubborn')

    def test_a_program_that_cannot_be_started_is_a_sentence(self):
        from tilth_qgis.engine import EngineError, WorkerEngine, describe
        path = self.path('nothing')
        with open(path, 'w', encoding='utf-8') as program:
            program.write('no program')
        os.chmod(path, stat.S_IRWXU)
        with self.assertRaisesRegex(EngineError, 'cannot be started|failed|not found'):
            WorkerEngine(path).run('slope', {}, None)
        with self.assertRaisesRegex(EngineError, 'did not print the description'):
            describe(path)

    def interface(self, version):
        """The description of an engine with that version of the interface, such as '1.4'."""
        from tilth_qgis.engine import describe
        os.environ['FAKE_ABI'] = version
        try:
            return describe(kit.FAKE)
        finally:
            del os.environ['FAKE_ABI']

    def test_an_engine_of_the_same_major_number_is_accepted(self):
        """Also one that is newer than the plugin, and one from before minor numbers existed."""
        for version in ('1.0', '1.99', '1'):
            self.assertEqual(self.interface(version)['version'], '9.9.9')

    def test_another_interface_is_refused_in_one_sentence(self):
        from tilth_qgis.engine import EngineError
        for version, mend in (('2.0', 'update the plugin'), ('0.9', 'update the engine')):
            with self.assertRaisesRegex(EngineError, f'interface {version}.* needs interface 1.0 .*{mend}') as caught:
                self.interface(version)
            self.assertNotRegex(str(caught.exception), r'\. |\.$')

    def test_an_engine_that_lacks_a_minor_number_is_refused(self):
        from tilth_qgis import c_library, engine
        needed = c_library.ABI_MINOR
        c_library.ABI_MINOR = 4
        try:
            self.assertEqual(self.interface('1.4')['abi_minor'], 4)
            for version in ('1.3', '1'):
                with self.assertRaisesRegex(engine.EngineError, 'needs interface 1.4 .*update the engine'):
                    self.interface(version)
        finally:
            c_library.ABI_MINOR = needed

    @unittest.skipUnless(shutil.which('cc'), 'there is no C compiler')
    def test_a_library_is_held_to_the_same_rule(self):
        from tilth_qgis.capi import LibraryEngine
        from tilth_qgis.engine import EngineError
        for number, (numbers, sentence) in enumerate((
                ('int tilth_abi_version(void) { return 2; }', 'has interface 2.0'),
                ('int tilth_abi_version(void) { return 1; } int tilth_abi_minor(void) { return 5; }', 'undefined symbol'),
                ('int tilth_abi_version(void) { return 1; }', 'undefined symbol'))):
            path = self.path(f'lib{number}.so')
            subprocess.run(['cc', '-shared', '-fPIC', '-x', 'c', '-', '-o', path], input=numbers, text=True, check=True)
            with self.assertRaisesRegex(EngineError, sentence):  # an accepted number leads on to the other symbols
                LibraryEngine(path)


class NoEngine(unittest.TestCase):
    """Without an engine the tools are listed, and a run explains how to install it."""

    @classmethod
    def setUpClass(cls):
        from tilth_qgis import locate

        cls.provider = kit.provider('/nowhere/tilth')
        # An engine that is installed on this machine is not to be found.
        cls.usual_programs, locate.usual_programs = locate.usual_programs, lambda: []

    @classmethod
    def tearDownClass(cls):
        from tilth_qgis import locate

        locate.usual_programs = cls.usual_programs
        kit.remove(cls.provider)

    def test_tools_are_listed_from_the_shipped_description(self):
        from tilth_qgis.algorithm import TilthAlgorithm

        with open(os.path.join(kit.PLUGIN, 'descriptors.json'), encoding='utf-8') as shipped:
            ids = {one['id'] for one in json.load(shipped)['algorithms']}
        self.assertEqual({one.name() for one in self.provider.algorithms() if isinstance(one, TilthAlgorithm)}, ids)
        self.assertIn('slope', ids)

    def test_the_dialog_and_the_run_explain_how_to_install(self):
        algorithm = self.provider.algorithm('slope')
        can, why = algorithm.canExecute()
        self.assertFalse(can)
        self.assertIn('install it', why)
        with tempfile.TemporaryDirectory() as folder:
            dem = kit.dem(os.path.join(folder, 'dem.tif'))
            with self.assertRaisesRegex(QgsProcessingException, 'engine was not found; install it'):
                processing.run('tilth:slope', {'DEM': dem, 'OUTPUT': os.path.join(folder, 's.tif')},
                               feedback=kit.Feedback())

    def test_a_dialog_explains_what_is_missing_once(self):
        algorithm = self.provider.algorithm('slope')
        with tempfile.TemporaryDirectory() as folder:
            values = {'DEM': kit.dem(os.path.join(folder, 'dem.tif')), 'OUTPUT': os.path.join(folder, 's.tif')}
            ok, _results, log = kit.press_run(kit.open_dialog(algorithm, values))
        self.assertFalse(ok)
        self.assertEqual(log.count('engine was not found'), 1, log)

    def test_the_command_to_install_is_that_of_the_system(self):
        from tilth_qgis import locate
        with tempfile.TemporaryDirectory() as folder:
            release = os.path.join(folder, 'os-release')
            for text, wanted in (('ID=debian\n', 'sudo apt install ./tilth_9.9_'),
                                 ('ID=ubuntu\nID_LIKE="debian"\n', 'sudo apt install ./tilth_9.9_'),
                                 ('ID=fedora\n', 'sudo cmake --install')):
                with open(release, 'w', encoding='utf-8') as file:
                    file.write(text)
                self.assertIn(wanted, locate.install_command('9.9', release))
            self.assertIn('sudo cmake --install', locate.install_command('9.9', '/nowhere'))

    def test_the_tool_for_the_installation_runs_and_reports_what_is_missing(self):
        keeper = next(one for one in self.provider.algorithms() if 'installation' in one.tags())
        self.assertEqual(keeper.canExecute(), (True, ''))
        feedback = kit.Feedback()
        with self.assertRaisesRegex(QgsProcessingException, 'engine was not found'):
            processing.run('tilth:' + keeper.name(), {}, feedback=feedback)
        self.assertTrue(any('engine (does not work)' in line for line in feedback.warnings), feedback.warnings)

    def test_a_setting_that_names_no_program_is_repaired_when_an_engine_is_where_engines_are(self):
        from processing.core.ProcessingConfig import ProcessingConfig
        from tilth_qgis import locate, repair, settings

        # As when the program was removed later: QGIS accepts only existing paths.
        ProcessingConfig.settings[settings.ENGINE_PATH].value = '/nowhere/tilth'
        usual = locate.usual_programs
        locate.usual_programs = lambda: ['/bin/false', kit.FAKE]
        try:
            found = repair.inspect(self.provider.engines)[0]
            self.assertTrue(found.fine and found.repaired, found)
            self.assertEqual(settings.engine_path(), kit.FAKE)
            self.assertIn('was found and stored in the settings', repair.text_of(found))
            self.assertIsNone(self.provider.engines.problem)
        finally:
            locate.usual_programs = usual
            settings.set_engine_path('')
            self.provider.engines.refresh()

    def test_an_engine_installed_later_is_found_at_the_next_run(self):
        from tilth_qgis.engine import WorkerEngine
        os.environ['TILTH_EXE'] = kit.FAKE
        try:
            self.assertIsInstance(self.provider.engines.engine(), WorkerEngine)
        finally:
            os.environ['TILTH_EXE'] = '/nowhere/tilth'
            self.provider.engines.refresh()


if __name__ == '__main__':
    kit.main()
