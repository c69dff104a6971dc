# SPDX-License-Identifier: GPL-2.0-or-later
"""The same styles as Styled Layer Descriptors 1.0.0 (OGC 02-070), for GeoServer, MapServer and other programs.

Colour maps carry type="intervals", which the standard lacks and these servers know: one colour up to each quantity.
"""

import io
import xml.etree.ElementTree as ET

SLD = 'http://www.opengis.net/sld'
OGC = 'http://www.opengis.net/ogc'
PIXELS_PER_MM = 1 / 0.28  # the standard's pixel is 0.28 mm wide
LARGEST = '1e+30'         # the bound of a class without one

ET.register_namespace('', SLD)
ET.register_namespace('ogc', OGC)


def add(parent, tag, text=None, /, **attributes):
    element = ET.SubElement(parent, f'{{{SLD}}}{tag}', attributes)
    element.text = text
    return element


def document(name):
    """A descriptor and its FeatureTypeStyle, to which rules are added."""
    top = ET.Element(f'{{{SLD}}}StyledLayerDescriptor', version='1.0.0')
    layer = add(top, 'NamedLayer')
    add(layer, 'Name', name)
    style = add(layer, 'UserStyle')
    add(style, 'Name', name)
    return top, add(style, 'FeatureTypeStyle')


def finish(top):
    ET.indent(top, ' ')
    out = io.BytesIO()
    out.write(b'<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(b'<!-- SPDX-License-Identifier: GPL-2.0-or-later; made by styles/make_styles.py -->\n')
    ET.ElementTree(top).write(out, encoding='UTF-8', xml_declaration=False)
    out.write(b'\n')
    return out.getvalue()


def pixels(mm):
    return f'{float(mm) * PIXELS_PER_MM:.2f}'


def stroke(parent, color, mm, dash=None):
    element = add(parent, 'Stroke')
    add(element, 'CssParameter', color, name='stroke')
    add(element, 'CssParameter', pixels(mm), name='stroke-width')
    if dash:
        add(element, 'CssParameter', dash, name='stroke-dasharray')


def classes(name, rows):
    top, style = document(name)
    symbolizer = add(add(style, 'Rule'), 'RasterSymbolizer')
    add(add(add(symbolizer, 'ChannelSelection'), 'GrayChannel'), 'SourceChannelName', '1')
    colors = add(symbolizer, 'ColorMap', type='intervals')
    for row in rows:
        add(colors, 'ColorMapEntry', color=row['color'], quantity=LARGEST if row['value'] == 'inf' else row['value'],
            label=row['label'])
    return finish(top)


def compare(parent, kind, field, value):
    element = ET.SubElement(parent, f'{{{OGC}}}{kind}')
    ET.SubElement(element, f'{{{OGC}}}PropertyName').text = field
    ET.SubElement(element, f'{{{OGC}}}Literal').text = value


def rule(style, label):
    element = add(style, 'Rule')
    add(element, 'Name', label)
    return element


def streams(name, rows):
    top, style = document(name)
    for k, row in enumerate(rows):
        one = rule(style, row['label'])
        only = ET.SubElement(one, f'{{{OGC}}}Filter')
        if row['value'] == 'inf':
            compare(only, 'PropertyIsGreaterThan', 'strmOrder', rows[k - 1]['value'])
        else:
            compare(only, 'PropertyIsEqualTo', 'strmOrder', row['value'])
        stroke(add(one, 'LineSymbolizer'), row['color'], row['width_mm'])
    return finish(top)


def mark(parent, shape, color, mm, size_mm, fill=None):
    graphic = add(parent, 'Graphic')
    one = add(graphic, 'Mark')
    add(one, 'WellKnownName', shape)
    if fill:
        add(add(one, 'Fill'), 'CssParameter', fill, name='fill')
    stroke(one, color, mm)
    add(graphic, 'Size', pixels(size_mm))


def samples(name):
    top, style = document(name)
    mark(add(rule(style, 'samples'), 'PointSymbolizer'), 'circle', '#1d1d1b', 0.35, 1.9, '#ffffff')
    return finish(top)


def areas(name, label, color, mm, dash=None):
    top, style = document(name)
    stroke(add(rule(style, label), 'PolygonSymbolizer'), color, mm, dash)
    return finish(top)


def hatched(name, label, color, distance, mm, field):
    """GeoServer's slanted hatching; a reader that does not know it still draws the edges."""
    top, style = document(name)
    one = rule(style, label)
    compare(ET.SubElement(one, f'{{{OGC}}}Filter'), 'PropertyIsEqualTo', field, '0')
    symbolizer = add(one, 'PolygonSymbolizer')
    mark(add(add(symbolizer, 'Fill'), 'GraphicFill'), 'shape://slash', color, mm, distance)
    stroke(symbolizer, color, 0.15)
    return finish(top)
