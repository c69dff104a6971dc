# SPDX-License-Identifier: GPL-2.0-or-later
"""A small made study with the results of its main steps, and runs of every tool on it, made from the examples of the
tools' own descriptions. Tests of the toolbox inherit from it."""

import os
import shlex
import subprocess
import sys
import tempfile
import unittest

import kit

EXE = os.environ.get('TILTH_EXE', os.path.join(kit.BUILD, 'bin', 'tilth'))
if not os.path.isfile(EXE):
    print(f'SKIPPED: the program {EXE} is not built')
    sys.exit(0)

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


class MadeStudy(unittest.TestCase):
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
