#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the QGIS project of the sample study: make_project.py [folder]

The folder (sample_project/output when left out) holds what run.sh made. Written there: sample.qgz with
styled layers, relative paths and a print layout; map.png, the layout as a picture; relief.tif, the elevations on
the grid of the maps; and virtual rasters with the width of the prediction intervals.
"""

import os
import shutil
import sys
import tempfile
from xml.sax.saxutils import escape

HERE = os.path.dirname(os.path.abspath(__file__))
STYLES = os.path.join(os.path.dirname(HERE), 'styles', 'qml')

# The user's own QGIS settings are neither read nor changed.
SETTINGS = tempfile.mkdtemp(prefix='tilth-project-')
os.environ['QGIS_CUSTOM_CONFIG_PATH'] = SETTINGS
os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')

try:
    from osgeo import gdal
    from qgis.core import (Qgis, QgsApplication, QgsContrastEnhancement, QgsLayoutExporter,
                           QgsLayoutItemLabel, QgsLayoutItemLegend, QgsLayoutItemMap,
                           QgsLayoutItemScaleBar, QgsLayoutPoint, QgsLayoutSize, QgsMultiBandColorRenderer,
                           QgsPrintLayout, QgsProject, QgsRasterLayer, QgsRectangle, QgsSettings, QgsUnitTypes,
                           QgsLegendStyle, QgsMapLayerLegendUtils, QgsMapThemeCollection,
                           QgsReferencedRectangle, QgsVectorLayer)
    from qgis.PyQt.QtGui import QColor, QFont, QPainter
except ImportError as missing:
    print(f'make_project.py: PyQGIS is missing ({missing}); install the package python3-qgis and run this with '
          '/usr/bin/python3', file=sys.stderr)
    sys.exit(2)

PROPERTIES = (('som', 'SOM', 'g/kg', 'Soil organic matter'), ('as', 'As', 'mg/kg', 'Arsenic'),
              ('cu', 'Cu', 'mg/kg', 'Copper'))
TERRAIN = (('slope.tif', 'Slope', 'slope'), ('twi.tif', 'Topographic wetness index', 'twi'),
           ('ls.tif', 'LS-factor', 'ls'), ('accumulation.tif', 'Flow accumulation', 'flowaccumulation'))
INK = QColor('#2b2420')


class Study:
    """The project while it is being filled."""

    def __init__(self, folder):
        self.folder = folder
        self.project = QgsProject.instance()
        self.layers = {}

    def path(self, name):
        return os.path.join(self.folder, name)

    def has(self, name):
        return os.path.isfile(self.path(name))

    def add(self, key, name, group, style=None, shown=False, file=None):
        """Adds the file of that key as a layer at the end of a group; None when there is no such file."""
        file = file or key
        if not self.has(file):
            return None
        is_vector = file.endswith('.gpkg')
        path = self.path(file)
        layer = QgsVectorLayer(path, name, 'ogr') if is_vector else QgsRasterLayer(path, name, 'gdal')
        if not layer.isValid():
            raise SystemExit(f'make_project.py: {path} cannot be opened as a layer; run sample_project/run.sh again')
        if style is not None:
            message, ok = layer.loadNamedStyle(os.path.join(STYLES, style + '.qml'))
            if not ok:
                raise SystemExit(f'make_project.py: the style {style} does not load: {message}')
        self.project.addMapLayer(layer, False)
        node = group.addLayer(layer)
        node.setItemVisibilityChecked(shown)
        node.setExpanded(shown)
        self.layers[key] = layer
        return layer


def write_relief(study):
    """The elevations on the grid of the maps' reference system: light and shade need metres on all three axes."""
    maps = gdal.Open(study.path('som.tif'))
    transform = maps.GetGeoTransform()
    margin = 20 * transform[1]
    west, north = transform[0] - margin, transform[3] + margin
    east = transform[0] + maps.RasterXSize * transform[1] + margin
    south = transform[3] + maps.RasterYSize * transform[5] - margin
    gdal.Warp(study.path('relief.tif'), study.path('dem.tif'), dstSRS=maps.GetProjection(), xRes=transform[1],
              yRes=transform[1], outputBounds=(west, south, east, north), resampleAlg='cubicspline',
              outputType=gdal.GDT_Float32, dstNodata=float('nan'), creationOptions=['COMPRESS=DEFLATE'])


def write_width(study, name):
    """Upper minus lower bound of a map as a virtual raster; GDAL's own pixel function does it."""
    file = f'{name}_width.vrt'
    data = gdal.Open(study.path(name + '.tif'))
    transform = ', '.join(repr(value) for value in data.GetGeoTransform())
    sources = ''.join(f'''
    <SimpleSource>
      <SourceFilename relativeToVRT="1">{name}.tif</SourceFilename>
      <SourceBand>{band}</SourceBand>
    </SimpleSource>''' for band in (3, 2))
    text = f'''<VRTDataset rasterXSize="{data.RasterXSize}" rasterYSize="{data.RasterYSize}">
  <SRS>{escape(data.GetProjection())}</SRS>
  <GeoTransform>{transform}</GeoTransform>
  <VRTRasterBand dataType="Float32" band="1" subClass="VRTDerivedRasterBand">
    <Description>Width of the prediction interval</Description>
    <NoDataValue>nan</NoDataValue>
    <PixelFunctionType>diff</PixelFunctionType>
    <SourceTransferType>Float32</SourceTransferType>{sources}
  </VRTRasterBand>
</VRTDataset>
'''
    with open(study.path(file), 'w', encoding='utf-8') as vrt:
        vrt.write(text)
    return file


def nearest_bands(path, wanted_nm):
    """The bands of a scene whose wavelengths lie nearest; the scene says them in nm or in micrometres."""
    data = gdal.Open(path)
    centres = []
    for i in range(1, data.RasterCount + 1):
        band = data.GetRasterBand(i)
        micrometres = band.GetMetadataItem('CENTRAL_WAVELENGTH_UM', 'IMAGERY')
        text = band.GetMetadataItem('wavelength') or band.GetMetadataItem('WAVELENGTH')
        value = 1000.0 * float(micrometres) if micrometres else float(text) if text else 0.0
        centres.append(1000.0 * value if 0.0 < value < 100.0 else value)
    return [min(range(len(centres)), key=lambda i: abs(centres[i] - nm)) + 1 for nm in wanted_nm]


def style_scene(layer, path):
    """True colour, stretched to the middle 96 % of each band."""
    bands = nearest_bands(path, (640.0, 550.0, 460.0))
    provider = layer.dataProvider()
    renderer = QgsMultiBandColorRenderer(provider, *bands)
    setters = (renderer.setRedContrastEnhancement, renderer.setGreenContrastEnhancement,
               renderer.setBlueContrastEnhancement)
    for band, setter in zip(bands, setters):
        low, high = provider.cumulativeCut(band, 0.02, 0.98)
        enhancement = QgsContrastEnhancement(provider.dataType(band))
        enhancement.setMinimumValue(low)
        enhancement.setMaximumValue(high)
        enhancement.setContrastEnhancementAlgorithm(
            QgsContrastEnhancement.ContrastEnhancementAlgorithm.StretchToMinimumMaximum)
        setter(enhancement)
    layer.setRenderer(renderer)


def add_layers(study):
    root = study.project.layerTreeRoot()
    study.add('samples.gpkg', 'Soil samples', root, 'samples', shown=True)
    study.add('zones.gpkg', 'Zones', root, 'zones')
    study.add('streams.gpkg', 'Streams', root, 'streams', shown=True)
    maps = root.addGroup('Soil maps')
    for name, short, unit, _title in PROPERTIES:
        if study.has(name + '.tif'):
            layer = study.add(name, f'{short} ({unit})', maps, name, shown=name == 'som', file=name + '.tif')
            layer.setBlendMode(QPainter.CompositionMode.CompositionMode_Multiply)
    for name, short, unit, _title in PROPERTIES:
        if study.has(name + '.tif'):
            study.add(name + '_width', f'{short}, width of the prediction interval ({unit})', maps,
                      'interval_' + name, file=write_width(study, name))
    study.add('som.vrt', 'SOM (g/kg), computed while drawing (needs tilth\'s GDAL plugin)', maps, 'som')
    terrain = root.addGroup('Terrain')
    for file, title, style in TERRAIN:
        study.add(file, title, terrain, style)
    scene = root.addGroup('Scene and truth')
    if study.add('scene.tif', 'Scene, true colour', scene) is not None:
        style_scene(study.layers['scene.tif'], study.path('scene.tif'))
    study.add('truth.tif', 'True SOM (g/kg)', scene, 'som')
    shade = study.add('relief.tif', 'Elevation, shaded', root, 'dem', shown=True)
    shade.setOpacity(0.5)  # the colours of a map stay close to those of its legend
    for group in (terrain, scene):
        group.setExpanded(False)


# ---- the page --------------------------------------------------------------------------------------


def place(item, x, y, width, height):
    item.attemptMove(QgsLayoutPoint(x, y, QgsUnitTypes.LayoutUnit.LayoutMillimeters))
    item.attemptResize(QgsLayoutSize(width, height, QgsUnitTypes.LayoutUnit.LayoutMillimeters))


def font(size, bold=False):
    face = QFont('DejaVu Sans')
    face.setPointSizeF(size)
    face.setBold(bold)
    return face


def add_label(layout, text, x, y, width, height, size, bold=False):
    label = QgsLayoutItemLabel(layout)
    label.setText(text)
    label.setFont(font(size, bold))
    label.setFontColor(INK)
    layout.addLayoutItem(label)
    place(label, x, y, width, height)


def add_theme(study, name, keys):
    """A map theme that shows these layers only. Maps of the layout follow themes: unlike a list of layers, a
    theme keeps no absolute paths."""
    record = QgsMapThemeCollection.MapThemeRecord()
    for key in keys:
        if key in study.layers:
            record.addLayerRecord(QgsMapThemeCollection.MapThemeLayerRecord(study.layers[key]))
    study.project.mapThemeCollection().insert(name, record)


def fitted(extent, width, height):
    """The extent, widened to the shape of the frame."""
    scale = max(extent.width() / width, extent.height() / height)
    centre = extent.center()
    return QgsRectangle.fromCenterAndSize(centre, scale * width, scale * height)


def add_map(layout, theme, extent, x, y, width, height):
    item = QgsLayoutItemMap(layout)
    layout.addLayoutItem(item)
    place(item, x, y, width, height)
    item.setFollowVisibilityPreset(True)
    item.setFollowVisibilityPresetName(theme)
    item.setExtent(fitted(extent, width, height))
    item.setFrameEnabled(True)
    item.setFrameStrokeColor(INK)
    return item


def add_legend(layout, layer, x, y, item_map):
    legend = QgsLayoutItemLegend(layout)
    legend.setLinkedMap(item_map)
    legend.setAutoUpdateModel(False)
    root = legend.model().rootGroup()
    root.clear()
    root.addLayer(layer)
    for node in root.children():
        node.setCustomProperty('legend/title-style', 'hidden')
        # The first entry of a raster is the name of its band, which the heading of the panel says already.
        entries = legend.model().layerLegendNodes(node)
        if isinstance(layer, QgsRasterLayer) and len(entries) > 1:
            QgsMapLayerLegendUtils.setLegendNodeOrder(node, list(range(1, len(entries))))
            legend.model().refreshLayerLegend(node)
    legend.setStyleFont(QgsLegendStyle.Style.SymbolLabel, font(7))
    legend.rstyle(QgsLegendStyle.Style.Symbol).setMargin(QgsLegendStyle.Side.Top, 0.9)
    legend.rstyle(QgsLegendStyle.Style.Subgroup).setMargin(QgsLegendStyle.Side.Top, 0.0)
    legend.setFontColor(INK)
    legend.setSymbolWidth(4.5)
    legend.setSymbolHeight(3.2)
    legend.setBoxSpace(0)
    legend.setBackgroundEnabled(False)
    layout.addLayoutItem(legend)
    legend.attemptMove(QgsLayoutPoint(x, y, QgsUnitTypes.LayoutUnit.LayoutMillimeters))
    legend.adjustBoxSize()


def add_scale_bar(layout, item_map, x, y):
    bar = QgsLayoutItemScaleBar(layout)
    bar.setStyle('Single Box')
    bar.setLinkedMap(item_map)
    bar.setUnits(QgsUnitTypes.DistanceUnit.DistanceKilometers)
    bar.setUnitLabel('km')
    bar.setNumberOfSegments(2)
    bar.setNumberOfSegmentsLeft(0)
    bar.setUnitsPerSegment(0.5)
    bar.setHeight(1.6)
    text = bar.textFormat()
    text.setFont(font(7))
    text.setSize(7)
    text.setColor(INK)
    bar.setTextFormat(text)
    layout.addLayoutItem(bar)
    bar.attemptMove(QgsLayoutPoint(x, y, QgsUnitTypes.LayoutUnit.LayoutMillimeters))


def panels(study):
    """Up to four of (heading, key of the layer on top of the shaded elevation)."""
    found = [(title, name) for name, _short, _unit, title in PROPERTIES]
    width = next(one for one in reversed(PROPERTIES[:2]) if one[0] in study.layers)
    found.append((f'{width[3]}, width of the prediction interval', width[0] + '_width'))
    found.extend((title, file) for file, title, _style in TERRAIN[:3])
    return [(title, key) for title, key in found if key in study.layers][:4]


def make_layout(study):
    layout = QgsPrintLayout(study.project)
    layout.initializeDefaults()
    layout.setName('Soil maps')
    study.project.layoutManager().addLayout(layout)
    add_label(layout, 'Soil of the sample area', 10, 7, 200, 9, 17, bold=True)
    add_label(layout, 'Mapped with tilth from a simulated hyperspectral scene, 91 samples and an elevation model '
              '(Jacksboro, Tennessee)', 10, 15.5, 270, 6, 8.5)
    extent = QgsRectangle(study.layers['som'].extent())
    extent.scale(1.02)
    width, height = 92.0, 82.0
    for i, (title, key) in enumerate(panels(study)):
        x, y = 10 + 143 * (i % 2), 29 + 91 * (i // 2)
        add_theme(study, title, ['streams.gpkg', key, 'relief.tif'] + (['samples.gpkg'] if i == 0 else []))
        add_label(layout, title, x, y - 5.2, 130, 5, 9.5, bold=True)
        item = add_map(layout, title, extent, x, y, width, height)
        add_legend(layout, study.layers[key], x + width + 3, y, item)
        if i == 0:
            add_scale_bar(layout, item, x + width + 2, y + height - 9)
            for top, other in ((40, 'streams.gpkg'), (64, 'samples.gpkg')):
                if other in study.layers:
                    add_legend(layout, study.layers[other], x + width + 3, y + top, item)
    return layout


def export(layout, path):
    settings = QgsLayoutExporter.ImageExportSettings()
    settings.dpi = 150
    settings.exportMetadata = False
    result = QgsLayoutExporter(layout).exportToImage(path, settings)
    if result != QgsLayoutExporter.ExportResult.Success:
        raise SystemExit(f'make_project.py: {path} cannot be written')


def make(folder):
    study = Study(folder)
    lacking = [name for name in ('dem.tif', 'som.tif') if not study.has(name)]
    if lacking:
        raise SystemExit(f'make_project.py: {folder} holds no {" and no ".join(lacking)}; run sample_project/run.sh '
                         'first')
    QgsSettings().setValue('projects/anonymize_saved_projects', True, QgsSettings.Section.Core)
    study.project.setTitle('tilth sample study')
    study.project.setFilePathStorage(Qgis.FilePathType.Relative)
    study.project.setFileName(study.path('sample.qgz'))
    write_relief(study)
    add_layers(study)
    study.project.setCrs(study.layers['som'].crs())
    view = study.project.viewSettings()
    view.setDefaultViewExtent(QgsReferencedRectangle(study.layers['som'].extent(), study.project.crs()))
    layout = make_layout(study)
    export(layout, study.path('map.png'))
    if not study.project.write(study.path('sample.qgz')):
        raise SystemExit(f'make_project.py: {study.path("sample.qgz")} cannot be written: {study.project.error()}')
    print(f'{study.path("sample.qgz")}: {len(study.project.mapLayers())} layers; {study.path("map.png")}')


def main():
    folder = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else os.path.join(HERE, 'output')
    gdal.UseExceptions()
    app = QgsApplication([], False)
    app.initQgis()
    code = 0
    try:
        make(folder)
    except SystemExit as end:
        print(end.code, file=sys.stderr)
        code = 1
    finally:
        shutil.rmtree(SETTINGS, ignore_errors=True)
    sys.stdout.flush()
    sys.stderr.flush()
    # QGIS may crash when Python takes its objects apart in the wrong order; everything is written by now.
    os._exit(code)


if __name__ == '__main__':
    main()
