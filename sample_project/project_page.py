# SPDX-License-Identifier: GPL-2.0-or-later
"""The printed pages of the sample study: four maps a page with their legends, scale bar and north arrow, as PNG and PDF."""

from qgis.core import (QgsLayoutExporter, QgsLayoutItemLabel, QgsLayoutItemLegend, QgsLayoutItemMap, QgsLayoutItemPicture,
                       QgsLayoutItemScaleBar, QgsLayoutPoint, QgsLayoutSize, QgsLegendStyle, QgsMapLayerLegendUtils,
                       QgsMapThemeCollection, QgsPrintLayout, QgsRasterLayer, QgsRectangle, QgsUnitTypes)
from qgis.PyQt.QtGui import QColor, QFont

INK = QColor('#2b2420')
ARROW = ':/images/north_arrows/layout_default_north_arrow.svg'  # part of QGIS, so no path of this machine


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


def add_legend(layout, layer, x, y, item_map, small=False):
    legend = QgsLayoutItemLegend(layout)
    legend.setLinkedMap(item_map)
    legend.setAutoUpdateModel(False)
    root = legend.model().rootGroup()
    root.clear()
    root.addLayer(layer)
    for node in root.children():
        node.setCustomProperty('legend/title-style', 'hidden')
        # The first entry of a raster is the name of its band, which is already in the heading of the panel.
        entries = legend.model().layerLegendNodes(node)
        if isinstance(layer, QgsRasterLayer) and len(entries) > 1:
            QgsMapLayerLegendUtils.setLegendNodeOrder(node, list(range(1, len(entries))))
            legend.model().refreshLayerLegend(node)
    legend.setWrapString(', ')  # the meaning of a class is printed below its bounds
    legend.setStyleFont(QgsLegendStyle.Style.SymbolLabel, font(6.2 if small else 7))
    legend.rstyle(QgsLegendStyle.Style.Symbol).setMargin(QgsLegendStyle.Side.Top, 2.0 if small else 0.9)
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


def add_north_arrow(layout, x, y):
    arrow = QgsLayoutItemPicture(layout)
    arrow.setPicturePath(ARROW)
    layout.addLayoutItem(arrow)
    place(arrow, x, y, 5, 8)


def add_panel(study, layout, title, key, extent, k):
    """One of the four maps: heading, map, legend; the first one also has what belongs to all four."""
    width, height = 92.0, 82.0
    x, y = 10 + 143 * (k % 2), 29 + 91 * (k // 2)
    outside = key.split('_')[0] + '_outside'
    over = [outside] if outside in study.layers and not key.endswith('_width') else []
    add_theme(study, title, (['samples.gpkg'] if k == 0 else []) + ['streams.gpkg'] + over + [key, 'relief.tif'])
    add_label(layout, title, x, y - 5.2, 130, 5, 9.5, bold=True)
    item = add_map(layout, title, extent, x, y, width, height)
    add_legend(layout, study.layers[key], x + width + 3, y, item, small='_' in key and not key.endswith('_width'))
    if k > 0:
        return
    add_north_arrow(layout, x + 0.6, y + 1.2)
    add_scale_bar(layout, item, x + width + 2, y + height - 9)
    below = ((40.5, over[0] if over else ''), (45.5, 'samples.gpkg'), (50, 'streams.gpkg'))
    for top, other in below:
        if other in study.layers:
            add_legend(layout, study.layers[other], x + width + 3, y + top, item)


def make_page(study, name, title, panels):
    """A page of up to four panels, (heading, key of the layer on top of the shaded elevation) each."""
    layout = QgsPrintLayout(study.project)
    layout.initializeDefaults()
    layout.setName(name)
    study.project.layoutManager().addLayout(layout)
    add_label(layout, title, 10, 7, 200, 9, 17, bold=True)
    add_label(layout, 'Mapped with tilth from a simulated hyperspectral scene, 91 samples and an elevation model '
              '(Jacksboro, Tennessee)', 10, 15.5, 270, 6, 8.5)
    extent = QgsRectangle(study.layers['som'].extent())
    extent.scale(1.02)
    for k, (heading, key) in enumerate(panels[:4]):
        add_panel(study, layout, heading, key, extent, k)
    return layout


def export(layout, stem):
    """Writes stem.png and stem.pdf."""
    exporter = QgsLayoutExporter(layout)
    image = QgsLayoutExporter.ImageExportSettings()
    image.dpi = 150
    image.exportMetadata = False
    paper = QgsLayoutExporter.PdfExportSettings()
    paper.dpi = 150
    paper.exportMetadata = False
    for path, result in ((stem + '.png', exporter.exportToImage(stem + '.png', image)),
                         (stem + '.pdf', exporter.exportToPdf(stem + '.pdf', paper))):
        if result != QgsLayoutExporter.ExportResult.Success:
            raise SystemExit(f'make_project.py: {path} cannot be written')
