# SPDX-License-Identifier: GPL-2.0-or-later
"""Every tool once through qgis_process and once inside a graphical model, and the graphical models that come with the
plugin. The table of runs is made from the examples of the tools' own descriptions, on a small made study."""

import concurrent.futures
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

import kit
import processing
from qgis.core import (QgsProcessingContext, QgsProcessingModelAlgorithm, QgsProcessingModelChildAlgorithm,
                       QgsProcessingModelChildParameterSource, QgsProcessingModelOutput)

EXE = os.environ.get('TILTH_EXE', os.path.join(kit.BUILD, 'bin', 'tilth'))
PROCESS = shutil.which('qgis_process.bin') or shutil.which('qgis_process')
if PROCESS is None or not os.path.isfile(EXE):
    print(f'SKIPPED: qgis_process ({PROCESS}) or the program {EXE} is missing; install qgis and build tilth')
    sys.exit(0)

Source = QgsProcessingModelChildParameterSource
LISTS = ('rasters', 'files')
FILES = ('raster', 'rasters', 'points', 'polygons', 'lines', 'spectra', 'model', 'file', 'files')
NUMBERS = {'number': float, 'integer': int, 'flag': lambda word: word in ('yes', 'true', '1')}


def example_of(tool):
    """[(parameter, [words])] of the example in the description of a tool."""
    given = []
    for word in shlex.split(tool['example'])[2:]:
        if word.startswith('--'):
            name = word[2:]
            given.append((next(arg for arg in tool['parameters'] if arg['id'] == name), []))
        else:
            given[-1][1].append(word)
    return given


class Chains(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.provider = kit.provider(EXE)
        cls.folder = tempfile.TemporaryDirectory(prefix='tilth chains ')
        cls.tools = cls.provider.engines.description['algorithms']
        kit.hills(cls.at('dem.tif'))
        cls.tilth('simulatescene', '--dem', 'dem.tif', '--width_km', '1.5', '--height_km', '1.5', '--samples_count', '40',
                  '--scene', 'scene.tif', '--samples', 'samples.gpkg', '--lab', 'lab.csv', '--truth', 'truth.tif')
        cls.tilth('samplespectra', '--scene', 'scene.tif', '--samples', 'samples.gpkg', '--id_field', 'id', '--output',
                  'spectra.csv')
        cls.tilth('trainfusion', '--scene', 'scene.tif', '--samples', 'samples.gpkg', '--id_field', 'id', '--lab', 'lab.csv',
                  '--output', 'fusion.json')
        for name, field, unit in (('som', 'SOM_g_kg', 'g/kg'), ('as', 'As_mg_kg', 'mg/kg'), ('cu', 'Cu_mg_kg', 'mg/kg')):
            cls.tilth('trainmodel', '--scene', 'scene.tif', '--samples', 'samples.gpkg', '--id_field', 'id', '--property',
                      field, '--unit', unit, '--repeats', '1', '--output', name + '.json')
            cls.tilth('mapproperty', '--scene', 'scene.tif', '--model', name + '.json', '--output', name + '.tif')
        cls.tilth('terrainfactors', '--dem', 'dem.tif', '--filled', 'filled.tif', '--slope', 'slope.tif', '--twi', 'twi.tif', '--ls',
                  'ls.tif')
        cls.tilth('streams', '--dem', 'dem.tif', '--threshold', '50', '--output', 'streams.gpkg')
        cls.tilth('correlatemaps', '--maps', 'som.tif', '--factors', 'slope.tif', 'twi.tif', '--output', 'correlation.csv')

    @classmethod
    def tearDownClass(cls):
        kit.remove(cls.provider)
        cls.folder.cleanup()

    @classmethod
    def at(cls, *names):
        return os.path.join(cls.folder.name, *names)

    @classmethod
    def tilth(cls, *words):
        done = subprocess.run([EXE, *words, '--quiet'], capture_output=True, text=True, cwd=cls.folder.name)
        if done.returncode != 0:
            raise AssertionError(f'{words}: {done.stderr}')

    def values(self, tool, folder):
        """{parameter of QGIS: value} of the example, files in the study, outputs in the folder; and the outputs."""
        values, outputs = {}, {}
        os.makedirs(self.at(folder), exist_ok=True)
        for arg, words in example_of(tool):
            name = arg['id'].upper()
            if arg['output']:
                values[name] = outputs[name] = self.at(folder, f'{tool["id"]}-{words[0]}')
            elif arg['kind'] in FILES:
                paths = [self.at(word) for word in words]
                values[name] = paths if arg['kind'] in LISTS else paths[0]
            else:
                values[name] = NUMBERS.get(arg['kind'], str)(words[0])
        if tool['id'] == 'simulatescene':  # its example is as large as the sample study
            values.update(WIDTH_KM=1.2, HEIGHT_KM=1.2, SAMPLES_COUNT=40)
        return values, outputs

    def process(self, env, tool):
        values, outputs = self.values(tool, 'process')
        words = [PROCESS, 'run', 'tilth:' + tool['id']]
        for name, value in values.items():
            words += [f'--{name}={one}' for one in (value if isinstance(value, list) else [value])]
        done = subprocess.run(words, capture_output=True, text=True, env=env)
        missing = [path for path in outputs.values() if not os.path.isfile(path)]
        return '' if done.returncode == 0 and not missing else f'{tool["id"]} {missing}: {done.stdout}{done.stderr}'

    def test_every_tool_runs_through_qgis_process(self):
        profile = self.at('profiles', 'default', 'QGIS')
        os.makedirs(profile)
        with open(os.path.join(profile, 'QGIS3.ini'), 'w', encoding='utf-8') as ini:
            ini.write('[PythonPlugins]\ntilth_qgis=true\n')
        os.mkdir(self.at('runtime'), 0o700)
        env = dict(os.environ, XDG_RUNTIME_DIR=self.at('runtime'), PYTHONDONTWRITEBYTECODE='1', TILTH_EXE=EXE,
                   QGIS_CUSTOM_CONFIG_PATH=self.folder.name, QGIS_PLUGINPATH=kit.PLUGIN_PARENT)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            messages = list(pool.map(lambda tool: self.process(env, tool), self.tools))
        self.assertEqual([text for text in messages if text], [])

    def test_every_tool_runs_inside_a_model(self):
        model = QgsProcessingModelAlgorithm('Everything', 'tests', '')
        given, written = {}, []
        for tool in self.tools:
            values, outputs = self.values(tool, 'model')
            step = QgsProcessingModelChildAlgorithm('tilth:' + tool['id'])
            step.setChildId(tool['id'])
            for name, value in values.items():
                if name not in outputs:
                    many = value if isinstance(value, list) else [value]
                    step.addParameterSources(name, [Source.fromStaticValue(one) for one in many])
            # As the model designer does, every other value is written down with its default.
            for parameter in step.algorithm().parameterDefinitions():
                if parameter.name() not in values and parameter.defaultValue() is not None:
                    step.addParameterSources(parameter.name(), [Source.fromStaticValue(parameter.defaultValue())])
            made = {}
            for name, path in outputs.items():
                one = QgsProcessingModelOutput(name, f'{tool["id"]} {name}')
                one.setChildId(tool['id'])
                one.setChildOutputName(name)
                made[name] = one
                given[f'{tool["id"]}:{name}'] = path
                written.append(path)
            step.setModelOutputs(made)
            model.addChildAlgorithm(step)
        for key in model.childAlgorithms():
            ok, why = model.validateChildAlgorithm(key)
            self.assertTrue(ok, f'{key}: {why}')
        path = self.at('everything.model3')
        self.assertTrue(model.toFile(path))
        again = QgsProcessingModelAlgorithm()
        self.assertTrue(again.fromFile(path))
        feedback = kit.Feedback()
        results, ok = again.run(given, QgsProcessingContext(), feedback)
        self.assertTrue(ok, '\n'.join(feedback.lines[-20:]))
        self.assertEqual([path for path in written if not os.path.isfile(path)], [])

    # ---- the models that come with the plugin

    def shipped(self, name):
        return next(one for one in self.provider.algorithms() if one.displayName() == name)

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
        made = self.run_model('Samples to map', {
            'scene': self.at('scene.tif'), 'samples': self.at('samples.gpkg'), 'property': 'SOM_g_kg', 'unit': 'g/kg',
            'id_field': 'id', 'lab': self.at('lab.csv')}, {'train:model': 'm.json', 'map:soil_map': 'm.tif'})
        self.tilth('mapproperty', '--scene', 'scene.tif', '--model', made['train:model'], '--output', 'again.tif')
        with open(made['map:soil_map'], 'rb') as one, open(self.at('again.tif'), 'rb') as two:
            self.assertTrue(one.read() == two.read(), 'the map of QGIS and that of the command line differ')

    def test_map_to_terrain_correlation_makes_its_table(self):
        made = self.run_model('Map to terrain correlation', {'map': self.at('som.tif'), 'dem': self.at('dem.tif')},
                              {'relate:correlations': 'c.csv', 'profile:profile': 'p.csv', 'streams:stream_lines': 's.gpkg',
                               'terrain:slope': 'slope.tif', 'terrain:twi': 'twi.tif', 'terrain:ls': 'ls.tif'})
        with open(made['relate:correlations'], encoding='utf-8') as table:
            self.assertEqual(sum(1 for line in table if ',whole,' in line), 3)

    def test_scene_to_everything_ends_in_a_report(self):
        made = self.run_model('Scene to everything', {
            'scene': self.at('scene.tif'), 'samples': self.at('samples.gpkg'), 'property': 'SOM_g_kg', 'unit': 'g/kg',
            'dem': self.at('dem.tif')},
            {'report:page': 'r.html', 'train:model': 'm.json', 'map:soil_map': 'm.tif', 'relate:correlations': 'c.csv',
             'profile:profile': 'p.csv', 'streams:stream_lines': 's.gpkg', 'terrain:slope': 'slope.tif',
             'terrain:twi': 'twi.tif', 'terrain:ls': 'ls.tif'})
        with open(made['report:page'], encoding='utf-8') as page:
            self.assertIn('SOM_g_kg', page.read())

    def test_the_models_use_parameters_that_the_tools_have(self):
        for name in ('Samples to map', 'Map to terrain correlation', 'Scene to everything'):
            model = self.shipped(name)
            self.assertTrue(model.shortHelpString())
            for key, step in model.childAlgorithms().items():
                known = {parameter.name() for parameter in step.algorithm().parameterDefinitions()}
                self.assertLessEqual(set(step.parameterSources()), known, f'{name}, {key}: run qgis-wrapper/make_models.py')


if __name__ == '__main__':
    kit.main()
