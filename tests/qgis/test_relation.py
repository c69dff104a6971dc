# SPDX-License-Identifier: GPL-2.0-or-later
"""Maps, streams and their relation through QGIS's own command line, and the overlay of streams on a map as a picture.

    python3 tests/qgis/test_relation.py                    as a test, on hills made on the spot
    python3 tests/qgis/test_relation.py --images FOLDER    leaves qgis-streams.png, table5.csv and profile.csv of the
                                                           sample project in FOLDER, when sample_project/run.sh has made it
"""

import csv
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import kit  # noqa: F401  starts the one QGIS application, or reports why it cannot
import numpy
from osgeo import gdal, ogr
from qgis.core import QgsMapRendererSequentialJob, QgsMapSettings, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

ROOT = kit.ROOT
EXE = os.environ.get('TILTH_EXE', os.path.join(kit.BUILD, 'bin', 'tilth'))
STYLES = os.path.join(ROOT, 'styles', 'qml')
SAMPLE = os.path.join(ROOT, 'sample_project', 'output')
PROCESS = shutil.which('qgis_process.bin') or shutil.which('qgis_process')

if PROCESS is None or not os.path.isfile(EXE):
    print(f'SKIPPED: qgis_process ({PROCESS}) or the program {EXE} is missing; install qgis and build tilth')
    sys.exit(0)

gdal.UseExceptions()
ogr.UseExceptions()


class Desk:
    """A folder with a QGIS profile of its own."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix='tilth qgis ')
        profile = os.path.join(self.folder.name, 'profiles', 'default', 'QGIS')
        os.makedirs(profile)
        with open(os.path.join(profile, 'QGIS3.ini'), 'w', encoding='utf-8') as ini:
            ini.write('[PythonPlugins]\ntilth_qgis=true\n')
        os.mkdir(self.at('runtime'), 0o700)
        self.env = dict(os.environ, QT_QPA_PLATFORM='offscreen', XDG_RUNTIME_DIR=self.at('runtime'),
                        PYTHONDONTWRITEBYTECODE='1', QGIS_CUSTOM_CONFIG_PATH=self.folder.name,
                        QGIS_PLUGINPATH=kit.PLUGIN_PARENT, TILTH_EXE=EXE)

    def at(self, name):
        return os.path.join(self.folder.name, name)

    def run(self, tool, **parameters):
        """tilth:tool through qgis_process; a list of values is a list of layers."""
        words = [PROCESS, 'run', 'tilth:' + tool]
        for name, value in parameters.items():
            words += [f'--{name}={one}' for one in (value if isinstance(value, list) else [value])]
        done = subprocess.run(words, capture_output=True, text=True, env=self.env)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)

    def tilth(self, tool, *words):
        subprocess.run([EXE, tool, *words, '--quiet'], check=True, cwd=self.folder.name)

    def table(self, name):
        with open(self.at(name), encoding='utf-8', newline='') as source:
            return list(csv.DictReader(source))

    def close(self):
        self.folder.cleanup()


def styled(layer, style):
    message, loaded = layer.loadNamedStyle(os.path.join(STYLES, style + '.qml'))
    assert layer.isValid() and loaded, message
    return layer


def draw(layers, frame, size, to):
    """The layers, the uppermost first, over the extent of a layer."""
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(frame.crs())
    settings.setExtent(frame.extent())
    settings.setOutputSize(QSize(size, size))
    settings.setOutputDpi(size * 0.11)
    settings.setBackgroundColor(QColor('white'))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    assert image.save(to)
    return image


def relate(desk, dem, maps, threshold):
    """Table 5: maps by terrain factors in the whole area and its halves; the streams; the profile of the first map."""
    for tool, name in (('slope', 'slope'), ('wetness', 'twi'), ('lsfactor', 'ls')):
        desk.tilth(tool, '--dem', dem, '--output', name + '.tif')
    factors = [desk.at(name + '.tif') for name in ('slope', 'twi', 'ls')]
    desk.run('correlatemaps', MAPS=maps, FACTORS=factors, OUTPUT=desk.at('table5.csv'))
    desk.run('streams', DEM=dem, THRESHOLD=threshold, OUTPUT=desk.at('streams.gpkg'), BASINS=desk.at('subbasins.gpkg'))
    desk.run('streamprofile', MAP=maps[0], STREAMS=desk.at('streams.gpkg'), PLACEMENTS=99, OUTPUT=desk.at('profile.csv'))
    return factors


def overlay(desk, on, style, size, to):
    base_map = styled(QgsRasterLayer(on, 'map', 'gdal'), style)
    streams = styled(QgsVectorLayer(desk.at('streams.gpkg'), 'streams', 'ogr'), 'streams')
    basins = styled(QgsVectorLayer(desk.at('subbasins.gpkg'), 'subbasins', 'ogr'), 'subbasins')
    return draw([streams, basins, base_map], base_map, size, to), draw([base_map], base_map, size, to + '.plain.png'), streams


class Relation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = Desk()
        cls.dem = kit.hills(cls.desk.at('hills.tif'))
        cls.desk.tilth('simulatescene', '--dem', cls.dem, '--width_km', '1.8', '--height_km', '1.8', '--samples_count', '40',
                       '--scene', 'scene.tif', '--samples', 'samples.gpkg', '--lab', 'lab.csv', '--truth', 'truth.tif')
        for band, name in ((1, 'som'), (2, 'as')):
            gdal.Translate(cls.desk.at(name + '.tif'), cls.desk.at('truth.tif'), bandList=[band])
        cls.maps = [cls.desk.at('som.tif'), cls.desk.at('as.tif')]
        cls.factors = relate(cls.desk, cls.dem, cls.maps, 25)

    @classmethod
    def tearDownClass(cls):
        cls.desk.close()

    def test_the_table_has_every_map_factor_and_half(self):
        rows = self.desk.table('table5.csv')
        self.assertEqual([(row['map'], row['factor'], row['zone']) for row in rows],
                         [(one, factor, zone) for one in ('som', 'as') for factor in ('slope', 'twi', 'ls')
                          for zone in ('whole', 'left half', 'right half')])
        for row in rows:
            self.assertTrue(-1.0 <= float(row['pearson']) <= 1.0)
            self.assertGreaterEqual(float(row['n']), float(row['n_effective']))

    def test_the_command_line_writes_the_same_bytes(self):
        self.desk.tilth('correlatemaps', '--maps', *self.maps, '--factors', *self.factors, '--output', 'again.csv')
        self.desk.tilth('streamprofile', '--map', self.maps[0], '--streams', 'streams.gpkg', '--placements', '99', '--output',
                        'again_profile.csv')
        for one, two in (('table5.csv', 'again.csv'), ('profile.csv', 'again_profile.csv')):
            with open(self.desk.at(one), 'rb') as first, open(self.desk.at(two), 'rb') as second:
                self.assertTrue(first.read() == second.read(), one)

    def test_streams_are_drawn_over_the_map(self):
        """Along every line of order 2 and above the picture is bluer than without streams."""
        picture, plain, streams = overlay(self.desk, self.maps[0], 'som', 600, self.desk.at('overlay.png'))
        extent = QgsRasterLayer(self.maps[0], 'map', 'gdal').extent()
        looked_at = 0
        for feature in streams.getFeatures():
            line = feature.geometry()
            if feature['strmOrder'] < 2 or line.length() < 100.0:
                continue
            middle = line.interpolate(line.length() / 2).asPoint()
            x = int((middle.x() - extent.xMinimum()) / extent.width() * 600)
            y = int((extent.yMaximum() - middle.y()) / extent.height() * 600)
            if 3 < x < 597 and 3 < y < 597:
                looked_at += 1
                with_line, without = (max(image.pixelColor(x + a, y + b).blue() - image.pixelColor(x + a, y + b).red()
                                          for a in range(-2, 3) for b in range(-2, 3)) for image in (picture, plain))
                self.assertGreater(with_line, without + 40)
        self.assertGreater(looked_at, 2)


def leave_images(folder):
    desk = Desk()
    try:
        relate(desk, os.path.join(SAMPLE, 'dem.tif'), [os.path.join(SAMPLE, name + '.tif') for name in ('som', 'as', 'cu')], 80)
        overlay(desk, os.path.join(SAMPLE, 'som.tif'), 'som', 700, desk.at('qgis-streams.png'))
        for name in ('qgis-streams.png', 'table5.csv', 'profile.csv'):
            shutil.copyfile(desk.at(name), os.path.join(folder, name))
    finally:
        desk.close()


if __name__ == '__main__':
    if '--images' in sys.argv:
        leave_images(sys.argv[sys.argv.index('--images') + 1])
    else:
        unittest.main()
