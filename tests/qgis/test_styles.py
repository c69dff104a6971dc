# SPDX-License-Identifier: GPL-2.0-or-later
"""The style files: they load, their legends name classes with units, and they are what the ramps say."""

import csv
import glob
import math
import os
import subprocess
import sys
import tempfile
import unittest

import kit
from qgis.core import QgsRasterLayer, QgsVectorLayer

STYLES = os.path.join(kit.ROOT, 'styles')
VECTORS = {'streams': 'LineString', 'samples': 'Point', 'zones': 'Polygon', 'subbasins': 'Polygon'}


def names():
    return sorted(os.path.splitext(os.path.basename(path))[0] for path in glob.glob(os.path.join(STYLES, 'qml', '*.qml')))


class Styles(unittest.TestCase):
    def test_committed_files_are_what_the_ramps_make(self):
        done = subprocess.run([sys.executable, os.path.join(STYLES, 'make_styles.py'), '--check'],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_raster_styles_load_with_limits_and_classes_in_order(self):
        with tempfile.TemporaryDirectory() as folder:
            dem = kit.dem(os.path.join(folder, 'dem.tif'))
            for name in set(names()) - set(VECTORS) - {'dem'}:
                layer = QgsRasterLayer(dem, name)
                message, ok = layer.loadNamedStyle(os.path.join(STYLES, 'qml', name + '.qml'))
                self.assertTrue(ok, f'{name}: {message}')
                renderer = layer.renderer()
                self.assertEqual(renderer.type(), 'singlebandpseudocolor', name)
                self.assertTrue(math.isfinite(renderer.classificationMin()), name)
                self.assertTrue(math.isfinite(renderer.classificationMax()), name)
                items = renderer.shader().rasterShaderFunction().colorRampItemList()
                values = [item.value for item in items]
                self.assertEqual(values, sorted(values), name)
                self.assertTrue(math.isinf(values[-1]), name)
                with open(os.path.join(STYLES, 'ramps', name + '.csv'), encoding='utf-8') as ramp:
                    rows = list(csv.DictReader(ramp))
                self.assertEqual([item.label for item in items], [row['label'] for row in rows])
                self.assertEqual([item.color.name() for item in items], [row['color'] for row in rows])
                del layer, renderer, items

    def test_property_legends_carry_their_unit(self):
        for name, unit in (('som', 'g/kg'), ('as', 'mg/kg'), ('cu', 'mg/kg'), ('interval_som', 'g/kg')):
            with open(os.path.join(STYLES, 'ramps', name + '.csv'), encoding='utf-8') as ramp:
                for row in csv.DictReader(ramp):
                    self.assertTrue(row['label'].endswith(' ' + unit), row)

    def test_ramps_darken_steadily_so_that_they_read_without_colour(self):
        for name in set(names()) - set(VECTORS) - {'dem'}:
            with open(os.path.join(STYLES, 'ramps', name + '.csv'), encoding='utf-8') as ramp:
                colors = [row['color'] for row in csv.DictReader(ramp)]
            light = [0.2126 * int(c[1:3], 16) + 0.7152 * int(c[3:5], 16) + 0.0722 * int(c[5:7], 16) for c in colors]
            for lighter, darker in zip(light, light[1:]):
                self.assertGreater(lighter - darker, 8.0, f'{name}: {light}')

    def test_elevation_is_shaded(self):
        with tempfile.TemporaryDirectory() as folder:
            layer = QgsRasterLayer(kit.dem(os.path.join(folder, 'dem.tif')), 'dem')
            layer.loadNamedStyle(os.path.join(STYLES, 'qml', 'dem.qml'))
            self.assertEqual(layer.renderer().type(), 'hillshade')
            del layer

    def test_vector_styles_load(self):
        for name, geometry in VECTORS.items():
            layer = QgsVectorLayer(f'{geometry}?crs=EPSG:32650&field=strmOrder:integer', name, 'memory')
            message, ok = layer.loadNamedStyle(os.path.join(STYLES, 'qml', name + '.qml'))
            self.assertTrue(ok, f'{name}: {message}')
            self.assertEqual(layer.renderer().type(), 'graduatedSymbol' if name == 'streams' else 'singleSymbol')
            del layer

    def test_streams_widen_with_their_order(self):
        layer = QgsVectorLayer('LineString?crs=EPSG:32650&field=strmOrder:integer', 'streams', 'memory')
        layer.loadNamedStyle(os.path.join(STYLES, 'qml', 'streams.qml'))
        ranges = layer.renderer().ranges()
        widths = [part.symbol().width() for part in ranges]
        self.assertEqual(widths, sorted(widths))
        self.assertEqual(len(set(widths)), 5)
        for order in range(1, 20):
            self.assertEqual(sum(part.lowerValue() < order <= part.upperValue() for part in ranges), 1)
        del layer, ranges


if __name__ == '__main__':
    unittest.main()
