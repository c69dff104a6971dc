# SPDX-License-Identifier: GPL-2.0-or-later
"""Layers of maps as the page draws them: packed values, their position, colours, and what is drawn over them.

Values are packed as 4094 steps between the smallest and the largest one: finer than any screen shows, and small.
report_maps.js.j2 unpacks them.
"""
import base64
import math

import numpy

import report_figures as figures

STEPS, NOTHING = 4094, 4095


def unpack(layer, grid):
    """The values of a layer as an array [rows, cols] of floats, NaN where there is nothing."""
    raw = numpy.frombuffer(base64.b64decode(layer["values"]), dtype="<f4")
    return raw.reshape(grid["rows"], grid["cols"]).astype(numpy.float64)


def stretch(values):
    """Ends of the colour scale: the 2nd and the 98th percentile, apart."""
    there = values[numpy.isfinite(values)]
    if there.size == 0:
        return 0.0, 1.0
    low, high = (float(one) for one in numpy.percentile(there, [2, 98]))
    if not high > low:
        low, high = float(there.min()), float(there.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def metres(grid):
    """Metres of one map unit along x and along y, or None where the file has none."""
    t, cell = grid["transform"], grid.get("cell_m")
    if not cell or not t[1] or not t[5]:
        return None
    return abs(cell[0] / t[1]), abs(cell[1] / t[5])


def turned(grid):
    """Whether the grid is rotated; the page draws such a grid as it is stored."""
    return bool(grid["transform"][2] or grid["transform"][4])


def scale(values, colours):
    """The scale of colours: its ends, and the list of colours for plotly."""
    zmin, zmax = stretch(values)
    return {"zmin": zmin, "zmax": zmax, "colours": [[k / (len(colours) - 1), one] for k, one in enumerate(colours)]}


def class_scale(classes):
    """The same for classes: a step for every whole number from the smallest class to the largest."""
    known = {one["value"]: one for one in classes}
    low, high = min(known), max(known)
    count = high - low + 1
    colours = []
    for k in range(count):
        colour = known[low + k]["colour"] if low + k in known else "#ffffff"
        colours += [[k / count, colour], [(k + 1) / count, colour]]
    return {"zmin": low - 0.5, "zmax": high + 0.5, "colours": colours, "classes": {str(one["value"]): figures.label(one["name"]) for one in classes}}


def map_layer(values, grid, name, unit, **more):
    """One map. more: streams (a list of lines), mask and thin (True where it is
    hatched, in two directions), colours or classes, large, points."""
    there = numpy.isfinite(values)
    low = float(values[there].min()) if there.any() else 0.0
    high = float(values[there].max()) if there.any() else 1.0
    step = (high - low) / STEPS or 1.0
    packed = numpy.full(values.shape, NOTHING, dtype="<u2")
    packed[there] = numpy.rint((values[there] - low) / step).astype("<u2")
    t, units = grid["transform"], metres(grid)
    # All high bytes come first, then all low bytes: neighbours resemble each other, so this compresses well.
    made = {"kind": "map", "rows": grid["rows"], "cols": grid["cols"], "packed": (packed >> 8).astype("u1").tobytes() + (packed & 255).astype("u1").tobytes(),
            "low": low, "step": step, "x0": t[0] + t[1] / 2, "dx": t[1], "y0": t[3] + t[5] / 2, "dy": t[5],
            "ratio": units[1] / units[0] if units else 1.0, "metre": units[0] if units else 0.0,
            "geographic": bool(grid.get("geographic")), "unit": figures.label(unit), "name": figures.label(name),
            "streams": more.get("streams") or [], "large": bool(more.get("large")), "turned": turned(grid), "points": more.get("points"),
            **scale(values, more.get("colours") or figures.colours_of(name))}
    for key in ("mask", "thin"):
        if more.get(key) is not None and more[key].any():
            made[key] = more[key].astype("u1").tobytes()
    if more.get("classes"):
        made.update(class_scale(more["classes"]))
    return made


def stream_traces(streams, grid):
    """Stream lines joined by order: [{x, y, width, order}], gaps as None. Coordinates are rounded to about a fiftieth of a cell."""
    cell = abs(grid["transform"][1]) or 1.0
    digits = max(0, 2 - math.floor(math.log10(cell)))
    by_order = {}
    for line in streams["lines"]:
        order = int(line.get("order") or 1)
        one = by_order.setdefault(order, {"x": [], "y": [], "order": order, "width": 0.5 + 0.55 * order})
        one["x"] += [round(value, digits) for value in line["x"]] + [None]
        one["y"] += [round(value, digits) for value in line["y"]] + [None]
    return [by_order[order] for order in sorted(by_order)]
