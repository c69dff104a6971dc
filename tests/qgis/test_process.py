# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin in QGIS's own command line, as servers and scripts use it. Each run starts QGIS again, so
there are few of them."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get('TILTH_BUILD', os.path.join(ROOT, 'build', 'dev'))
EXE = os.environ.get('TILTH_EXE', os.path.join(BUILD, 'bin', 'tilth'))
# Debian 12's qgis_process is a script that passes an option which the program does not know.
PROCESS = shutil.which('qgis_process.bin') or shutil.which('qgis_process')

if PROCESS is None or not os.path.isfile(EXE):
    print(f'SKIPPED: qgis_process ({PROCESS}) or the program {EXE} is missing; install qgis and build tilth')
    sys.exit(0)


class Process(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix='tilth qgis 土壤 ')
        profile = os.path.join(cls.folder.name, 'profiles', 'default', 'QGIS')
        os.makedirs(profile)
        with open(os.path.join(profile, 'QGIS3.ini'), 'w', encoding='utf-8') as ini:
            ini.write('[PythonPlugins]\ntilth_qgis=true\n')
        runtime = os.path.join(cls.folder.name, 'runtime')
        os.mkdir(runtime, 0o700)
        cls.env = dict(os.environ, QT_QPA_PLATFORM='offscreen', XDG_RUNTIME_DIR=runtime, PYTHONDONTWRITEBYTECODE='1',
                       QGIS_CUSTOM_CONFIG_PATH=cls.folder.name, QGIS_PLUGINPATH=os.path.join(BUILD, 'qgis'),
                       TILTH_EXE=EXE)
        import kit
        cls.dem = kit.dem(os.path.join(cls.folder.name, 'dem.tif'))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_process(self, *words):
        done = subprocess.run([PROCESS, *words], capture_output=True, text=True, env=self.env)
        return done.returncode, done.stdout + done.stderr

    def test_list_shows_the_provider_with_its_tools(self):
        code, text = self.run_process('list')
        self.assertEqual(code, 0, text)
        self.assertTrue('tilth:slope' in text, 'no tilth:slope in the list')

    def test_help_shows_parameters(self):
        code, text = self.run_process('help', 'tilth:slope')
        self.assertEqual(code, 0, text)
        for word in ('DEM', 'OUTPUT', 'METHOD', 'Elevation (m)'):
            self.assertIn(word, text)

    def test_run_writes_the_raster(self):
        output = os.path.join(self.folder.name, 'slope 坡.tif')
        code, text = self.run_process('run', 'tilth:slope', f'--DEM={self.dem}', f'--OUTPUT={output}')
        self.assertEqual(code, 0, text)
        self.assertTrue(os.path.isfile(output), text)

    def test_a_shipped_model_runs_by_its_name_and_by_its_file(self):
        def path(name):
            return os.path.join(self.folder.name, name)

        def tool(name, *words):
            subprocess.run([EXE, name, *words, '--quiet'], check=True, cwd=self.folder.name)

        import kit
        dem = kit.hills(path('hills.tif'))
        tool('simulatescene', '--dem', dem, '--width_km', '1.2', '--height_km', '1.2', '--samples_count', '40',
             '--scene', 'scene.tif', '--samples', 'samples.gpkg', '--lab', 'lab.csv', '--truth', 'truth.tif')
        given = [f'--scene={path("scene.tif")}', f'--samples={path("samples.gpkg")}', '--property=SOM_g_kg', '--unit=g/kg']
        file = os.path.join(BUILD, 'qgis', 'tilth_qgis', 'models', 'samplestomap.model3')
        for model, end in (('tilth:Samples to map', ''), (file, '2')):
            code, text = self.run_process('run', model, *given, f'--train:model={path(f"model{end}.json")}',
                                          f'--map:soil_map={path(f"map{end}.tif")}')
            self.assertEqual(code, 0, text)
            for name in (f'model{end}.json', f'map{end}.tif'):
                self.assertTrue(os.path.isfile(path(name)), text)
        # The same map comes out of the command line for the model that the graphical model trained.
        tool('mapproperty', '--scene', 'scene.tif', '--model', 'model.json', '--output', 'again.tif')
        with open(path('map.tif'), 'rb') as one, open(path('again.tif'), 'rb') as two:
            self.assertTrue(one.read() == two.read(), 'the map of QGIS and that of the command line differ')

    def test_models_are_compared_as_on_the_command_line(self):
        def path(name):
            return os.path.join(self.folder.name, name)

        def tool(name, *words):
            subprocess.run([EXE, name, *words, '--quiet'], check=True, cwd=self.folder.name)

        import kit
        tool('simulatescene', '--dem', kit.hills(path('hills2.tif')), '--width_km', '1.2', '--height_km', '1.2', '--samples_count', '40',
             '--scene', 's2.tif', '--samples', 's2.gpkg', '--lab', 'l2.csv', '--truth', 't2.tif')
        code, text = self.run_process(
            'run', 'tilth:comparemodels', f'--SCENE={path("s2.tif")}', f'--LAB={path("l2.csv")}', f'--SAMPLES={path("s2.gpkg")}',
            '--ID_FIELD=id', '--PROPERTY=SOM_g_kg', '--METHODS=plsr', '--REPEATS=1', f'--OUTPUT={path("c2.csv")}',
            f'--DOCUMENT={path("c2.json")}', f'--PAGE={path("c2.html")}')
        self.assertEqual(code, 0, text)
        tool('comparemodels', '--scene', 's2.tif', '--lab', 'l2.csv', '--samples', 's2.gpkg', '--id_field', 'id', '--property', 'SOM_g_kg',
             '--methods', 'plsr', '--repeats', '1', '--output', 'again.csv')
        with open(path('c2.csv'), 'rb') as one, open(path('again.csv'), 'rb') as two:
            self.assertTrue(one.read() == two.read(), 'the table of QGIS and that of the command line differ')
        with open(path('c2.html'), encoding='utf-8') as page:
            self.assertIn('Comparison of models', page.read())

    def test_a_wrong_argument_is_one_sentence_and_exit_status_1(self):
        output = os.path.join(self.folder.name, 'none.tif')
        code, text = self.run_process('run', 'tilth:slope', f'--DEM={self.dem}', '--METHOD=guess', f'--OUTPUT={output}')
        self.assertEqual(code, 1, text)
        self.assertIn('METHOD', text.upper())
        code, text = self.run_process('run', 'tilth:slope', f'--DEM={self.dem}', '--OUTPUT=/nowhere/slope.tif')
        self.assertEqual(code, 1, text)
        self.assertIn('/nowhere', text)
        self.assertFalse(os.path.exists(output))


if __name__ == '__main__':
    unittest.main()
