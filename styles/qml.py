# SPDX-License-Identifier: GPL-2.0-or-later
"""Styles as QGIS reads them (QML 3.22): classes of a raster, shaded elevation, lines, points and areas."""

import io
import xml.etree.ElementTree as ET


def root():
    return ET.Element('qgis', version='3.22.0', styleCategories='Symbology')


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
    qgis = root()
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


def classes(rows, low='0'):
    """Discrete classes of band 1; a value that equals a bound is in the class below it."""
    high = rows[-2]['value']
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


def symbol(name, kind, *layers):
    """A symbol of layers; a layer is (class, options) or (class, options, the symbol that it repeats)."""
    element = ET.Element('symbol', name=name, type=kind, alpha='1', clip_to_extent='1', force_rhr='0')
    for layer_class, options, *inner in layers:
        layer = ET.SubElement(element, 'layer', {'class': layer_class, 'enabled': '1', 'locked': '0', 'pass': '0'})
        table = ET.SubElement(layer, 'Option', type='Map')
        for key in sorted(options):
            ET.SubElement(table, 'Option', type='QString', name=key, value=options[key])
        for one in inner:
            layer.append(one)
    return element


def vector(renderer):
    qgis = root()
    qgis.append(renderer)
    ET.SubElement(qgis, 'blendMode').text = '0'
    ET.SubElement(qgis, 'featureBlendMode').text = '0'
    ET.SubElement(qgis, 'layerOpacity').text = '1'
    return finish(qgis)


def streams(rows):
    """Lines that widen with Strahler's order."""
    renderer = ET.Element('renderer-v2', type='graduatedSymbol', attr='strmOrder', graduatedMethod='GraduatedSize',
                          symbollevels='0', enableorderby='0', forceraster='0')
    ranges = ET.SubElement(renderer, 'ranges')
    symbols = ET.SubElement(renderer, 'symbols')
    lower = 0.5
    for i, row in enumerate(rows):
        upper = 99.5 if row['value'] == 'inf' else float(row['value']) + 0.5
        ET.SubElement(ranges, 'range', lower=str(lower), upper=str(upper), label=row['label'], symbol=str(i),
                      render='true')
        symbols.append(symbol(str(i), 'line', ('SimpleLine', {
            'line_color': rgba(row['color']), 'line_style': 'solid', 'line_width': row['width_mm'],
            'line_width_unit': 'MM', 'capstyle': 'round', 'joinstyle': 'round'})))
        lower = upper
    return vector(renderer)


def single(kind, *layers):
    renderer = ET.Element('renderer-v2', type='singleSymbol', symbollevels='0', enableorderby='0', forceraster='0')
    ET.SubElement(renderer, 'symbols').append(symbol('0', kind, *layers))
    return vector(renderer)


def samples():
    return single('marker', ('SimpleMarker', {
        'name': 'circle', 'color': rgba('#ffffff', 235), 'outline_color': rgba('#1d1d1b'), 'outline_style': 'solid',
        'outline_width': '0.35', 'outline_width_unit': 'MM', 'size': '1.9', 'size_unit': 'MM'}))


def outline(color, width, style='solid', alpha=255):
    """Edges only: streams and maps below stay in sight."""
    return ('SimpleFill', {'style': 'no', 'color': rgba('#000000', 0), 'outline_color': rgba(color, alpha), 'outline_style': style,
                           'outline_width': str(width), 'outline_width_unit': 'MM', 'joinstyle': 'round'})


def areas(color, width, style='solid'):
    return single('fill', outline(color, width, style))


def hatched(color, angle, distance, width, field, label):
    """Areas whose field is 0, as thin slanted lines through which the map below stays in sight."""
    line = symbol('@0@0', 'line', ('SimpleLine', {
        'line_color': rgba(color), 'line_style': 'solid', 'line_width': str(width), 'line_width_unit': 'MM',
        'capstyle': 'square', 'joinstyle': 'bevel'}))
    fill = symbol('0', 'fill', ('LinePatternFill', {
        'angle': str(angle), 'distance': str(distance), 'distance_unit': 'MM', 'line_width': str(width),
        'line_width_unit': 'MM', 'offset': '0', 'offset_unit': 'MM', 'color': rgba(color),
        'coordinate_reference': 'viewport'}, line), outline(color, 0.1, alpha=130))
    renderer = ET.Element('renderer-v2', type='RuleRenderer', symbollevels='0', enableorderby='0', forceraster='0')
    rules = ET.SubElement(renderer, 'rules', key='{0b1d5c1e-0000-4000-8000-000000000000}')
    ET.SubElement(rules, 'rule', key='{0b1d5c1e-0000-4000-8000-000000000001}', symbol='0', label=label,
                  filter=f'"{field}" = 0')
    ET.SubElement(renderer, 'symbols').append(fill)
    return vector(renderer)
