# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of the report about masks (maskscene): what covers the scene, and thin cloud over the maps.

The names of such layers list their classes: "Stratum: 1 clear, 2 thin cloud, 3 cloud".
"""
import re

import numpy

import report_figures as figures
import report_layers as layers
import report_maps as maps
from report_text import text

COLOURS = {"bare soil": "#c39a5f", "residue": "#efe0ac", "plants": "#3f8f5b", "water": "#2f6fb0", "snow or ice": "#dcecf7", "cloud": "#7d848c",
           "outside the land cover": "#f3f1ec", "clear": "#f0e6cf", "thin cloud": "#9fb4c9"}
MAX_CLASSES = 20


def classes_of(layer):
    """(heading, [{value, name, colour}]) of a layer of classes; (name, None) of any other."""
    name = text(layer.get("name"))
    heading, _, rest = name.partition(":")
    found = re.findall(r"(?:^|, )(\d{1,3}) ([^,]+)", rest.strip())
    if not found or len(found) > MAX_CLASSES:
        return name or "Layer", None
    made = [{"value": int(value), "name": label.strip(), "colour": COLOURS.get(label.strip(), figures.SERIES[k % len(figures.SERIES)])}
            for k, (value, label) in enumerate(found)]
    return heading.strip(), made


def thin_cloud(page, grid):
    """True where a mask on the same grid has thin cloud; None when no mask has that class."""
    for raster in page.get("masks", []):
        if any(raster["grid"][key] != grid[key] for key in ("rows", "cols", "transform", "crs")):
            continue
        for layer in raster["layers"]:
            _, classes = classes_of(layer)
            thin = [one["value"] for one in classes or [] if one["name"] == "thin cloud"]
            if thin:
                return layers.unpack(layer, grid) == thin[0]
    return None


def mask_view(raster):
    """Panels of a mask: its classes with the share of each, and its measured layers; layers of zeros and ones become a sentence."""
    panels, sentences = [], []
    for layer in raster["layers"]:
        values = layers.unpack(layer, raster["grid"])
        there = values[numpy.isfinite(values)]
        heading, classes = classes_of(layer)
        if classes:
            shown = [{**one, "share": f"{100 * float((there == one['value']).mean()):.1f} %"} for one in classes if (there == one["value"]).any()]
            made = maps.panel(layer, raster["grid"], heading, values=values, classes=classes)
            panels.append({**made, "caption": "", "classes": shown})
        elif there.size and set(numpy.unique(there)) <= {0.0, 1.0}:
            sentences.append(f"{heading}: {100 * float(there.mean()):.1f} % of the cells.")
        else:
            panels.append({**maps.panel(layer, raster["grid"], heading, values=values), "classes": []})
    return {"file": raster["file"], "note": maps.grid_note(raster), "panels": panels, "sentence": " ".join(sentences)}
