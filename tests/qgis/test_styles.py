# SPDX-License-Identifier: GPL-2.0-or-later
"""The style files: they load, their legends name classes with units, and they agree with the ramps."""

import csv
import glob
import math
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET

import kit
from qgis.core import QgsMapRendererCustomPainterJob, QgsMapSettings, QgsRasterLayer, QgsRectangle, QgsVectorLayer
from qgis.core import QgsFeature, QgsGeometry
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QImage, QPainter

STYLES = os.path.join(kit.ROOT, 'styles')
sys.path.insert(0, STYLES)
import colour  # noqa: E402  after the path is set

VECTORS = {'streams': 'LineString', 'samples': 'Point', 'zones': 'Polygon', 'subbasins': 'Polygon',
           'not_applicable': 'Polygon'}
RENDERERS = {'streams': 'graduatedSymbol', 'not_applicable': 'RuleRenderer'}
SLD = '{http://www.opengis.net/sld}'

# The order in which SLD 1.0.0 (StyledLayerDescriptor.xsd, OGC 02-070) wants the children of an element.
ORDER = {
    'StyledLayerDescriptor': ['NamedLayer'], 'NamedLayer': ['Name', 'UserStyle'], 'UserStyle': ['Name', 'FeatureTypeStyle'],
    'FeatureTypeStyle': ['Rule'],
    'Rule': ['Name', 'Filter', 'RasterSymbolizer', 'LineSymbolizer', 'PointSymbolizer', 'PolygonSymbolizer'],
    'RasterSymbolizer': ['ChannelSelection', 'ColorMap'], 'ChannelSelection': ['GrayChannel'],
    'GrayChannel': ['SourceChannelName'], 'ColorMap': ['ColorMapEntry'], 'LineSymbolizer': ['Stroke'],
    'PointSymbolizer': ['Graphic'], 'PolygonSymbolizer': ['Fill', 'Stroke'], 'Fill': ['GraphicFill', 'CssParameter'],
    'GraphicFill': ['Graphic'], 'Graphic': ['Mark', 'Size'], 'Mark': ['WellKnownName', 'Fill', 'Stroke'],
    'Stroke': ['CssParameter'], 'Filter': ['PropertyIsEqualTo', 'PropertyIsGreaterThan'],
    'PropertyIsEqualTo': ['PropertyName', 'Literal'], 'PropertyIsGreaterThan': ['PropertyName', 'Literal'],
}


def names():
    return sorted(os.path.splitext(os.path.basename(path))[0] for path in glob.glob(os.path.join(STYLES, 'qml', '*.qml')))


def rows_of(name):
    with open(os.path.join(STYLES, 'ramps', name + '.csv'), encoding='utf-8', newline='') as ramp:
        return list(csv.DictReader(ramp))


def ramps():
    """{name: colours} of every ramp."""
    files = glob.glob(os.path.join(STYLES, 'ramps', '*.csv'))
    found = sorted(os.path.splitext(os.path.basename(path))[0] for path in files)
    return {name: [row['color'] for row in rows_of(name)] for name in found}


def entries(path):
    """(quantity, colour, label) of the colour map of an SLD file."""
    return [(float(one.get('quantity')), one.get('color'), one.get('label')) for one in ET.parse(path).iter(SLD + 'ColorMapEntry')]


def painted(layer, extent, width, height):
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(extent)
    settings.setOutputSize(QSize(width, height))
    image = QImage(QSize(width, height), QImage.Format.Format_RGB32)
    image.fill(0xffffffff)
    painter = QPainter(image)
    job = QgsMapRendererCustomPainterJob(settings, painter)
    job.renderSynchronously()
    painter.end()
    return image


def dark(image, columns, rows):
    """Share of pixels that are not white."""
    values = [image.pixelColor(x, y).lightness() < 200 for x in columns for y in rows]
    return sum(values) / len(values)


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
                rows = rows_of(name)
                self.assertEqual([item.label for item in items], [row['label'] for row in rows])
                self.assertEqual([item.color.name() for item in items], [row['color'] for row in rows])
                del layer, renderer, items

    def test_property_legends_carry_their_unit(self):
        for name, unit in (('som', 'g/kg'), ('as', 'mg/kg'), ('cu', 'mg/kg'), ('interval_som', 'g/kg')):
            for row in rows_of(name):
                self.assertTrue(row['label'].endswith(' ' + unit), row)

    def test_ramps_darken_steadily_so_that_they_read_without_colour(self):
        for name, colors in ramps().items():
            light = [colour.lab(one)[0] for one in colors]
            for lighter, darker in zip(light, light[1:]):
                self.assertGreater(lighter - darker, 3.0, f'{name}: {light}')

    def test_neighbouring_classes_differ_evenly(self):
        """CIEDE2000; colours of 8 bits a channel cannot be more even than a few hundredths."""
        for name, colors in ramps().items():
            steps = colour.steps(colors)
            self.assertGreater(min(steps), 8.0, f'{name}: {steps}')
            self.assertLess(max(steps) / min(steps), 1.1, f'{name}: {steps}')

    def test_classes_stay_apart_for_eyes_without_one_kind_of_cone(self):
        """Twice what is needed to tell two patches side by side, for all three kinds of colour blindness."""
        for name, colors in ramps().items():
            for kind in colour.CONES:
                steps = colour.steps([colour.seen_without(one, kind) for one in colors])
                self.assertGreater(min(steps), 5.0, f'{name}, {kind}: {steps}')

    def test_the_difference_of_colours_is_that_of_its_authors(self):
        """Four of the pairs of Sharma, Wu and Dalal 2005, table 1: rows 1, 13, 17 and 34."""
        for first, second, wanted in (((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
                                      ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
                                      ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
                                      ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082)):
            self.assertAlmostEqual(colour.difference(first, second), wanted, places=4)

    def test_class_styles_break_where_the_standards_do(self):
        """Second national soil survey of China (grades of organic matter, g/kg); GB 15618-2018, tables 1 and 3."""
        for name, wanted in (('som_classes', [6, 10, 20, 30, 40]), ('as_gb15618', [25, 30, 40, 100, 200]),
                             ('as_gb15618_paddy', [20, 25, 30, 100, 200]), ('cu_gb15618', [50, 100]),
                             ('cu_gb15618_orchard', [150, 200])):
            self.assertEqual([float(row['value']) for row in rows_of(name)[:-1]], wanted)

    def test_sld_files_follow_the_standard(self):
        files = glob.glob(os.path.join(STYLES, 'sld', '*.sld'))
        self.assertEqual(len(files), len(names()) - 1)  # shaded elevation is QGIS's alone
        for path in files:
            for element in ET.parse(path).iter():
                order = ORDER.get(element.tag.partition('}')[2], [])
                places = [order.index(child.tag.partition('}')[2]) for child in element]
                self.assertEqual(places, sorted(places), f'{path}: {element.tag}')

    def test_sld_classes_are_those_that_qgis_itself_would_write(self):
        with tempfile.TemporaryDirectory() as folder:
            dem, out = kit.dem(os.path.join(folder, 'dem.tif')), os.path.join(folder, 'out.sld')
            for name in sorted(ramps()):
                if name == 'streams':
                    continue
                layer = QgsRasterLayer(dem, name)
                layer.loadNamedStyle(os.path.join(STYLES, 'qml', name + '.qml'))
                message, ok = layer.saveSldStyle(out)
                self.assertTrue(ok, message)
                del layer
                theirs, ours = entries(out), entries(os.path.join(STYLES, 'sld', name + '.sld'))
                self.assertEqual([one[1:] for one in ours], [one[1:] for one in theirs], name)
                self.assertEqual([one[0] for one in ours[:-1]], [one[0] for one in theirs[:-1]], name)
                self.assertGreater(ours[-1][0], 1e29)

    def test_sld_of_vectors_loads_in_qgis(self):
        for name, geometry in VECTORS.items():
            layer = QgsVectorLayer(f'{geometry}?crs=EPSG:32650&field=strmOrder:integer&field=applicable:integer', name,
                                   'memory')
            message, ok = layer.loadSldStyle(os.path.join(STYLES, 'sld', name + '.sld'))
            self.assertTrue(ok, f'{name}: {message}')
            del layer

    def test_where_the_model_does_not_apply_is_hatched_and_elsewhere_is_not(self):
        layer = QgsVectorLayer('Polygon?crs=EPSG:32650&field=applicable:integer', 'mask', 'memory')
        for value, west in ((0, 0), (1, 100)):
            feature = QgsFeature(layer.fields())
            feature.setAttribute('applicable', value)
            feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(west, 0, west + 100, 100)))
            layer.dataProvider().addFeatures([feature])
        layer.loadNamedStyle(os.path.join(STYLES, 'qml', 'not_applicable.qml'))
        image = painted(layer, QgsRectangle(0, 0, 200, 100), 400, 200)
        inside = [dark(image, range(10, 190), range(y, y + 1)) for y in range(20, 180, 20)]
        self.assertTrue(all(0.02 < share < 0.5 for share in inside), inside)  # lines, with the map between them
        self.assertEqual(dark(image, range(210, 390), range(10, 190)), 0.0)
        del layer

    def test_elevation_is_shaded(self):
        with tempfile.TemporaryDirectory() as folder:
            layer = QgsRasterLayer(kit.dem(os.path.join(folder, 'dem.tif')), 'dem')
            layer.loadNamedStyle(os.path.join(STYLES, 'qml', 'dem.qml'))
            self.assertEqual(layer.renderer().type(), 'hillshade')
            del layer

    def test_vector_styles_load(self):
        for name, geometry in VECTORS.items():
            layer = QgsVectorLayer(f'{geometry}?crs=EPSG:32650&field=strmOrder:integer&field=applicable:integer', name,
                                   'memory')
            message, ok = layer.loadNamedStyle(os.path.join(STYLES, 'qml', name + '.qml'))
            self.assertTrue(ok, f'{name}: {message}')
            self.assertEqual(layer.renderer().type(), RENDERERS.get(name, 'singleSymbol'))
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
