#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the QGIS project of the sample study: make_project.py [folder]

The folder (default: sample_project/output) contains the results of run.sh. This program adds sample.qgz with
styled layers, relative paths and two print layouts; map and classes, the layouts as .png and .pdf; relief.tif, the
elevations on the grid of the maps; virtual rasters with the width of the prediction intervals; and the areas where
the models do not apply, which are hatched.
"""

import os
import shutil
import sys
import tempfile
from xml.sax.saxutils import escape

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
STYLES = os.path.join(os.path.dirname(HERE), 'styles', 'qml')

# The user's own QGIS settings are neither read nor changed.
SETTINGS = tempfile.mkdtemp(prefix='tilth-project-')
os.environ['QGIS_CUSTOM_CONFIG_PATH'] = SETTINGS
os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')

try:
    from osgeo import gdal, ogr, osr
    from qgis.core import (Qgis, QgsApplication, QgsContrastEnhancement, QgsMultiBandColorRenderer, QgsProject,
                           QgsRasterLayer, QgsReferencedRectangle, QgsSettings, QgsVectorLayer)
    from qgis.PyQt.QtGui import QPainter
    import project_page
except ImportError as missing:
    print(f'make_project.py: PyQGIS is missing ({missing}); install the package python3-qgis and run this with '
          '/usr/bin/python3', file=sys.stderr)
    sys.exit(2)

PROPERTIES = (('som', 'SOM', 'g/kg', 'Soil organic matter'), ('as', 'As', 'mg/kg', 'Arsenic'),
              ('cu', 'Cu', 'mg/kg', 'Copper'))
PAGES = (('Soil maps', 'Soil of the sample area', 'map'), ('Soil classes', 'Soil of the sample area, classes of standards', 'classes'))
TERRAIN = (('slope.tif', 'Slope', 'slope'), ('twi.tif', 'Topographic wetness index', 'twi'),
           ('ls.tif', 'LS-factor', 'ls'), ('accumulation.tif', 'Flow accumulation', 'flowaccumulation'))
CLASSES = (('som', 'som_classes', 'Soil organic matter, grades of the soil survey'),
           ('as', 'as_gb15618', 'Arsenic by GB 15618-2018, dry land'), ('cu', 'cu_gb15618', 'Copper by GB 15618-2018, fields'))


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


def write_outside(study, name):
    """The areas where the model of a map does not apply, for hatching; None when it applies everywhere or the map has no such band."""
    data = gdal.Open(study.path(name + '.tif'))
    bands = [data.GetRasterBand(k) for k in range(1, data.RasterCount + 1)]
    mask = next((band for band in bands if 'applicable' in band.GetDescription().lower()), None)
    if mask is None:
        return None
    file = name + '_outside.gpkg'
    if study.has(file):
        os.remove(study.path(file))
    crs = osr.SpatialReference(wkt=data.GetProjection())
    areas = ogr.GetDriverByName('GPKG').CreateDataSource(study.path(file))
    layer = areas.CreateLayer(name + '_outside', crs, ogr.wkbPolygon)
    layer.CreateField(ogr.FieldDefn('applicable', ogr.OFTInteger))
    gdal.Polygonize(mask, mask.GetMaskBand(), layer, 0)
    layer.SetAttributeFilter('applicable <> 0')
    for feature in [one.GetFID() for one in layer]:
        layer.DeleteFeature(feature)
    layer.SetAttributeFilter(None)
    return file if layer.GetFeatureCount() > 0 else None


def nearest_bands(path, wanted_nm):
    """The bands of a scene with the nearest wavelengths; the scene has them in nm or in micrometres."""
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
    hatching = root.addGroup('Where a model does not apply')
    maps = root.addGroup('Soil maps')
    for name, short, unit, _title in PROPERTIES:
        if study.has(name + '.tif'):
            outside = write_outside(study, name)
            if outside is not None:
                study.add(name + '_outside', f'{short}: model does not apply', hatching, 'not_applicable', shown=name == 'som', file=outside)
            layer = study.add(name, f'{short} ({unit})', maps, name, shown=name == 'som', file=name + '.tif')
            layer.setBlendMode(QPainter.CompositionMode.CompositionMode_Multiply)
    for name, short, unit, _title in PROPERTIES:
        if study.has(name + '.tif'):
            study.add(name + '_width', f'{short}, interval width ({unit})', maps,
                      'interval_' + name, file=write_width(study, name))
    study.add('som.vrt', 'SOM (g/kg), by the GDAL plugin', maps, 'som')
    standards = root.addGroup('Soil classes of standards')
    for name, style, title in CLASSES:
        layer = study.add(style, title, standards, style, file=name + '.tif')
        if layer is not None:
            layer.setBlendMode(QPainter.CompositionMode.CompositionMode_Multiply)
    terrain = root.addGroup('Terrain')
    for file, title, style in TERRAIN:
        study.add(file, title, terrain, style)
    scene = root.addGroup('Scene and truth')
    if study.add('scene.tif', 'Scene, true colour', scene) is not None:
        style_scene(study.layers['scene.tif'], study.path('scene.tif'))
    study.add('truth.tif', 'True SOM (g/kg)', scene, 'som')
    shade = study.add('relief.tif', 'Elevation, shaded', root, 'dem', shown=True)
    shade.setOpacity(0.5)  # the colours of a map stay close to those of its legend
    for group in (standards, terrain, scene):
        group.setExpanded(False)


def panels(study):
    """Headings and layers of the two printed pages, as far as the study has them."""
    maps = [(title, name) for name, _short, _unit, title in PROPERTIES]
    width = next(one for one in reversed(PROPERTIES[:2]) if one[0] in study.layers)
    maps.append((f'{width[3]}, width of the prediction interval', width[0] + '_width'))
    classes = [(title, style) for _name, style, title in CLASSES]
    terrain = [(title, file) for file, title, _style in TERRAIN[:3]]
    return [[(title, key) for title, key in found if key in study.layers] for found in (maps + terrain, classes + terrain)]


def make(folder):
    study = Study(folder)
    lacking = [name for name in ('dem.tif', 'som.tif') if not study.has(name)]
    if lacking:
        raise SystemExit(f'make_project.py: {folder} has no {" and no ".join(lacking)}; run sample_project/run.sh '
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
    for (name, title, stem), found in zip(PAGES, panels(study)):
        project_page.export(project_page.make_page(study, name, title, found), study.path(stem))
    if not study.project.write(study.path('sample.qgz')):
        raise SystemExit(f'make_project.py: {study.path("sample.qgz")} cannot be written: {study.project.error()}')
    print(f'{study.path("sample.qgz")}: {len(study.project.mapLayers())} layers; map and classes as .png and .pdf')


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
    # QGIS may crash when Python destroys its objects in the wrong order; everything is written by now.
    os._exit(code)


if __name__ == '__main__':
    main()
