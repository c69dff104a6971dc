#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes styles/qml/*.qml from styles/ramps/*.csv.

    python3 styles/make_styles.py          writes them
    python3 styles/make_styles.py --check  exit status 1 when a committed file differs

A ramp is a table `value,color,label`: value is the upper bound of a class (the last one is inf), so a legend
names the classes and their unit. Rasters become classes of one band; streams.csv also has a line width.
"""

import csv
import io
import os
import sys
import xml.etree.ElementTree as ET

HERE = os.path.dirname(os.path.abspath(__file__))

# Lower bound of the first class of each ramp: what the legend and the renderer call the minimum.
MINIMUM = {
    'som': 0, 'as': 0, 'cu': 0, 'interval_som': 0, 'interval_as': 0, 'interval_cu': 0, 'slope': 0,
    'slope_degree': 0, 'slope_percent': 0, 'twi': 0, 'ls': 0, 'flowaccumulation': 0,
}


def read_ramp(name):
    with open(os.path.join(HERE, 'ramps', name + '.csv'), encoding='utf-8', newline='') as table:
        return list(csv.DictReader(table))


def root(categories):
    return ET.Element('qgis', version='3.22.0', styleCategories=categories)


def finish(element):
    ET.indent(element, ' ')
    out = io.BytesIO()
    out.write(b"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n")
    out.write(b'<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->\n')
    ET.ElementTree(element).write(out, encoding='UTF-8', xml_declaration=False)
    out.write(b'\n')
    return out.getvalue()


# ---- rasters ---------------------------------------------------------------------------------------


def raster(renderer, smooth=False):
    qgis = root('Symbology')
    pipe = ET.SubElement(qgis, 'pipe')
    if smooth:
        provider = ET.SubElement(pipe, 'provider')
        ET.SubElement(provider, 'resampling', enabled='true', zoomedInResamplingMethod='cubic',
                      zoomedOutResamplingMethod='bilinear', maxOversampling='2')
    pipe.append(renderer)
    ET.SubElement(pipe, 'brightnesscontrast', brightness='0', contrast='0', gamma='1')
    ET.SubElement(pipe, 'huesaturation', saturation='0', grayscaleMode='0', colorizeOn='0')
    ET.SubElement(pipe, 'rasterresampler', maxOversampling='2')
    ET.SubElement(pipe, 'resamplingStage').text = 'provider' if smooth else 'resamplingFilter'
    ET.SubElement(qgis, 'blendMode').text = '0'
    return finish(qgis)


def classes(name):
    """Discrete classes of band 1."""
    rows = read_ramp(name)
    low, high = str(MINIMUM[name]), rows[-2]['value']
    renderer = ET.Element('rasterrenderer', type='singlebandpseudocolor', band='1', alphaBand='-1', opacity='1',
                          nodataColor='', classificationMin=low, classificationMax=high)
    origin = ET.SubElement(renderer, 'minMaxOrigin')
    ET.SubElement(origin, 'limits').text = 'None'
    ET.SubElement(origin, 'extent').text = 'WholeRaster'
    ET.SubElement(origin, 'statAccuracy').text = 'Estimated'
    shader = ET.SubElement(ET.SubElement(renderer, 'rastershader'), 'colorrampshader', colorRampType='DISCRETE',
                           classificationMode='1', clip='0', labelPrecision='2', minimumValue=low,
                           maximumValue=high)
    for row in rows:
        ET.SubElement(shader, 'item', value=row['value'], color=row['color'], label=row['label'], alpha='255')
    return raster(renderer)


def hillshade():
    """Elevations of any range look right as light and shade. They are made smooth before the light falls on them,
    because repeated cells would show as steps."""
    return raster(ET.Element('rasterrenderer', type='hillshade', band='1', alphaBand='-1', opacity='1',
                             nodataColor='', azimuth='315', angle='45', zfactor='1', multidirection='1'), smooth=True)


# ---- vectors ---------------------------------------------------------------------------------------


def rgba(color, alpha=255):
    return ','.join(str(int(color[i:i + 2], 16)) for i in (1, 3, 5)) + f',{alpha}'


def symbol(name, kind, layer_class, options):
    element = ET.Element('symbol', name=name, type=kind, alpha='1', clip_to_extent='1', force_rhr='0')
    layer = ET.SubElement(element, 'layer', {'class': layer_class, 'enabled': '1', 'locked': '0', 'pass': '0'})
    table = ET.SubElement(layer, 'Option', type='Map')
    for key in sorted(options):
        ET.SubElement(table, 'Option', type='QString', name=key, value=options[key])
    return element


def vector(renderer):
    qgis = root('Symbology')
    qgis.append(renderer)
    ET.SubElement(qgis, 'blendMode').text = '0'
    ET.SubElement(qgis, 'featureBlendMode').text = '0'
    ET.SubElement(qgis, 'layerOpacity').text = '1'
    return finish(qgis)


def streams():
    """Lines that widen with Strahler's order."""
    renderer = ET.Element('renderer-v2', type='graduatedSymbol', attr='strmOrder', graduatedMethod='GraduatedSize',
                          symbollevels='0', enableorderby='0', forceraster='0')
    ranges = ET.SubElement(renderer, 'ranges')
    symbols = ET.SubElement(renderer, 'symbols')
    lower = 0.5
    for i, row in enumerate(read_ramp('streams')):
        upper = 99.5 if row['value'] == 'inf' else float(row['value']) + 0.5
        ET.SubElement(ranges, 'range', lower=str(lower), upper=str(upper), label=row['label'], symbol=str(i),
                      render='true')
        symbols.append(symbol(str(i), 'line', 'SimpleLine', {
            'line_color': rgba(row['color']), 'line_style': 'solid', 'line_width': row['width_mm'],
            'line_width_unit': 'MM', 'capstyle': 'round', 'joinstyle': 'round'}))
        lower = upper
    return vector(renderer)


def single(kind, layer_class, options):
    renderer = ET.Element('renderer-v2', type='singleSymbol', symbollevels='0', enableorderby='0', forceraster='0')
    ET.SubElement(renderer, 'symbols').append(symbol('0', kind, layer_class, options))
    return vector(renderer)


def samples():
    return single('marker', 'SimpleMarker', {
        'name': 'circle', 'color': rgba('#ffffff', 235), 'outline_color': rgba('#1d1d1b'), 'outline_style': 'solid',
        'outline_width': '0.35', 'outline_width_unit': 'MM', 'size': '1.9', 'size_unit': 'MM'})


def zones():
    return single('fill', 'SimpleFill', {
        'style': 'no', 'color': rgba('#000000', 0), 'outline_color': rgba('#1d1d1b'), 'outline_style': 'dash',
        'outline_width': '0.5', 'outline_width_unit': 'MM'})


def subbasins():
    """Outlines only: streams and maps below stay in sight."""
    return single('fill', 'SimpleFill', {
        'style': 'no', 'color': rgba('#000000', 0), 'outline_color': rgba('#4d4035'), 'outline_style': 'solid',
        'outline_width': '0.26', 'outline_width_unit': 'MM', 'joinstyle': 'round'})


def all_styles():
    styles = {name: classes(name) for name in MINIMUM}
    styles.update(dem=hillshade(), streams=streams(), samples=samples(), zones=zones(),
                  subbasins=subbasins())
    return styles


def main():
    folder = os.path.join(HERE, 'qml')
    differing = []
    for name, text in all_styles().items():
        path = os.path.join(folder, name + '.qml')
        old = open(path, 'rb').read() if os.path.exists(path) else None
        if old != text:
            differing.append(name)
            if '--check' not in sys.argv:
                with open(path, 'wb') as out:
                    out.write(text)
    if '--check' in sys.argv and differing:
        print('not as styles/make_styles.py writes them: ' + ', '.join(sorted(differing)))
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
