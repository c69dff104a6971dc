# SPDX-License-Identifier: GPL-2.0-or-later
"""The graphical models that come with the plugin: with the defaults of their dialogs, with named outputs, and their help."""

import os

import kit
import processing
from made_study import MadeStudy
from qgis.core import QgsProcessingContext

NAMES = ('Samples to map', 'Map to terrain correlation', 'Scene to everything')


class Models(MadeStudy):
    def tearDown(self):
        kit.clear_project()

    def shipped(self, name):
        return next(one for one in self.provider.algorithms() if one.displayName() == name)

    def inputs(self, name):
        """What a user has to choose; nothing else of the dialog is touched."""
        if name == 'Map to terrain correlation':
            return {'map': self.at('som.tif'), 'dem': self.at('dem.tif')}
        study = {'scene': self.at('scene.tif'), 'samples': self.at('samples.gpkg'), 'property': 'SOM_g_kg', 'unit': 'g/kg'}
        return {**study, 'dem': self.at('dem.tif')} if name == 'Scene to everything' else study

    # ---- with the defaults

    def files_of(self, model, results):
        """{output: path} of a run; every output must be a file that exists."""
        names = [parameter.name() for parameter in model.destinationParameterDefinitions()]
        self.assertEqual([name for name in names if not os.path.isfile(str(results.get(name)))], [], results)
        return {name: results[name] for name in names}

    def test_every_model_runs_from_its_untouched_dialog(self):
        for name in NAMES:
            with self.subTest(name):
                model = self.shipped(name)
                ok, results, log = kit.press_run(kit.open_dialog(model, self.inputs(name)))
                self.assertTrue(ok, log)
                self.files_of(model, {key: str(value) for key, value in results.items()})

    def test_an_output_that_a_script_leaves_out_is_refused_before_anything_runs(self):
        """QGIS has no default for files in scripts; before, a later step failed for want of the file."""
        for name in NAMES:
            model = self.shipped(name)
            outputs = {one.name(): 'TEMPORARY_OUTPUT' for one in model.destinationParameterDefinitions()}
            for left_out in outputs:
                values = {**self.inputs(name), **{key: value for key, value in outputs.items() if key != left_out}}
                ok, why = model.checkParameterValues(values, QgsProcessingContext())
                self.assertFalse(ok, left_out)
                self.assertIn(left_out, why)

    def test_a_batch_maps_several_properties(self):
        from processing.gui.BatchAlgorithmDialog import BatchAlgorithmDialog

        model = self.shipped('Samples to map')
        dialog = BatchAlgorithmDialog(model.create())
        rows = []
        for field, unit in (('SOM_g_kg', 'g/kg'), ('As_mg_kg', 'mg/kg')):
            rows.append({**self.inputs('Samples to map'), 'property': field, 'unit': unit,
                         'train:model': self.at(field + '-batch.json'), 'map:soil_map': self.at(field + '-batch.tif')})
        given = iter([(row, True) for row in rows])
        dialog.mainWidget().batchRowCount = lambda: len(rows)
        dialog.mainWidget().parametersForRow = lambda *_rest, **_named: next(given)
        dialog.runAlgorithm()
        kit.wait_for(lambda: os.path.isfile(rows[-1]['map:soil_map']))
        dialog.deleteLater()
        self.assertTrue(os.path.isfile(rows[0]['map:soil_map']))

    # ---- with named outputs

    def run_model(self, name, values, outputs):
        """Runs one of the shipped models as the toolbox does; the outputs by their keys."""
        model = self.shipped(name)
        os.makedirs(self.at(name), exist_ok=True)
        given = {key: self.at(name, file) for key, file in outputs.items()}
        known = {parameter.name() for parameter in model.parameterDefinitions()}
        self.assertLessEqual(set(given) | set(values), known)
        processing.run('tilth:' + model.name(), {**values, **given}, feedback=kit.Feedback())
        self.assertEqual([path for path in given.values() if not os.path.isfile(path)], [])
        return given

    def test_samples_to_map_makes_the_map_of_the_command_line(self):
        made = self.run_model('Samples to map', {**self.inputs('Samples to map'), 'id_field': 'id', 'lab': self.at('lab.csv')},
                              {'train:model': 'm.json', 'map:soil_map': 'm.tif'})
        self.tilth('mapproperty', '--scene', 'scene.tif', '--model', made['train:model'], '--output', 'again.tif')
        with open(made['map:soil_map'], 'rb') as one, open(self.at('again.tif'), 'rb') as two:
            self.assertTrue(one.read() == two.read(), 'the map of QGIS and that of the command line differ')

    def test_map_to_terrain_correlation_makes_its_table(self):
        made = self.run_model('Map to terrain correlation', self.inputs('Map to terrain correlation'),
                              {'relate:correlations': 'c.csv', 'profile:profile': 'p.csv', 'streams:stream_lines': 's.gpkg',
                               'terrain:slope': 'slope.tif', 'terrain:twi': 'twi.tif', 'terrain:ls': 'ls.tif'})
        with open(made['relate:correlations'], encoding='utf-8') as table:
            self.assertEqual(sum(1 for line in table if ',whole,' in line), 3)

    def test_scene_to_everything_ends_in_a_report(self):
        made = self.run_model('Scene to everything', self.inputs('Scene to everything'),
                              {'report:page': 'r.html', 'train:model': 'm.json', 'map:soil_map': 'm.tif',
                               'relate:correlations': 'c.csv', 'profile:profile': 'p.csv', 'streams:stream_lines': 's.gpkg',
                               'terrain:slope': 'slope.tif', 'terrain:twi': 'twi.tif', 'terrain:ls': 'ls.tif'})
        with open(made['report:page'], encoding='utf-8') as page:
            self.assertIn('SOM_g_kg', page.read())

    # ---- what they are made of

    def test_the_models_use_parameters_that_the_tools_have(self):
        for name in NAMES:
            for key, step in self.shipped(name).childAlgorithms().items():
                known = {parameter.name() for parameter in step.algorithm().parameterDefinitions()}
                self.assertLessEqual(set(step.parameterSources()), known, f'{name}, {key}: run qgis-wrapper/make_models.py')

    def test_every_input_and_output_has_help(self):
        for name in NAMES:
            model = self.shipped(name)
            panel = model.shortHelpString()
            for parameter in model.parameterDefinitions():
                sentences = model.helpContent().get(parameter.name(), '')
                self.assertGreater(len(sentences), 20, f'{name}, {parameter.name()}')
                self.assertIn(sentences, panel)
                if not parameter.isDestination():
                    self.assertEqual(parameter.help(), sentences)


if __name__ == '__main__':
    kit.main()
