# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of the report about rasters: the study area, maps with their intervals, terrain."""
import math
import re

import numpy

import report_figures as figures
import report_layers as layers
from report_text import figure_text, named, number, pick, pretty, text


def crs_name(wkt):
    match = re.match(r'\s*\w+\[\s*"([^"]*)"', wkt or "")
    return match.group(1) if match else "unknown coordinate system"


def stem_of(raster):
    return raster["file"].rsplit(".", 1)[0]


def words(layer):
    return text(layer.get("name")).lower()


def parts_of(raster):
    """{value, lower, upper, mask, others} of a property map by the words in the layer names."""
    found = {"lower": None, "upper": None, "mask": None}
    rest = []
    for layer in raster["layers"]:
        key = next((key for key, word in (("lower", "lower"), ("upper", "upper"), ("mask", "applicable"))
                    if word in words(layer) and found[key] is None), None)
        if key:
            found[key] = layer
        else:
            rest.append(layer)
    return {**found, "value": rest[0] if rest else None, "others": rest[1:]}


def caption(values, unit):
    there = values[numpy.isfinite(values)]
    if there.size == 0:
        return "no data"
    low, mid, high = numpy.percentile(there, [2, 50, 98])
    unit = f" {unit}" if unit else ""
    empty = 100.0 * (1.0 - there.size / values.size)
    caption_text = f"median {figure_text(mid)}{unit}, 2–98 %: {figure_text(low)} to {figure_text(high)}{unit}"
    return caption_text + (f"; {empty:.0f} % without data" if empty >= 0.5 else "")


def panel(layer, grid, title, values=None, **more):
    values = layers.unpack(layer, grid) if values is None else values
    unit = text(layer.get("unit"))
    return {"title": title, "unit": unit, "caption": caption(values, unit),
            "figure": layers.map_layer(values, grid, title, unit, **more)}


def grid_note(raster):
    grid = raster["grid"]
    note = f"{grid['full_cols']} × {grid['full_rows']} cells, {crs_name(grid['crs'])}"
    if (grid["rows"], grid["cols"]) != (grid["full_rows"], grid["full_cols"]):
        note += f"; averaged to {grid['cols']} × {grid['rows']} for this page"
    return note + ("; the grid is rotated, north is not up" if layers.turned(grid) else "")


def streams_over(raster, streams):
    """The streams in the coordinate system of the raster; they are available in those of the first map and of the first
    terrain layer. Maps on one grid share one list, which the page stores once."""
    for one in streams["sets"] if streams and not layers.turned(raster["grid"]) else []:
        if one["crs"] == raster["grid"]["crs"]:
            known = one.setdefault("traces", {})
            cell = raster["grid"]["transform"][1]
            if cell not in known:
                known[cell] = layers.stream_traces(one, raster["grid"])
            return known[cell]
    return []


def title_of(raster):
    """The title of a map: the name of its value without the unit, or the name of the file."""
    value = parts_of(raster)["value"]
    name = named(text(value.get("name")), text(value.get("unit")))[0] if value is not None else ""
    return name or pretty(stem_of(raster))


def colours_of_map(raster):
    hint = figures.colours_of(title_of(raster))
    return hint if hint is not figures.PLAIN_RAMP else figures.colours_of(stem_of(raster))


def outside(parts, grid):
    """(True where the model does not apply, share of the cells where it does), or (None, None)."""
    if parts["mask"] is None:
        return None, None
    values = layers.unpack(parts["mask"], grid)
    there = numpy.isfinite(values)
    return (there & (values < 0.5), float(values[there].mean())) if there.any() else (None, None)


def map_view(raster, streams, thin=None):
    parts, grid = parts_of(raster), raster["grid"]
    lines, title = streams_over(raster, streams), title_of(raster)
    mask, share = outside(parts, grid)
    panels, warnings = [], []
    if parts["value"] is not None:
        panels.append(panel(parts["value"], grid, title, streams=lines, mask=mask, thin=thin, colours=colours_of_map(raster)))
    if parts["lower"] is not None and parts["upper"] is not None:
        low, high = (layers.unpack(parts[end], grid) for end in ("lower", "upper"))
        panels.append(panel({"unit": text(parts["upper"].get("unit"))}, grid, "Width of the interval", values=high - low))
        warnings += width_warning(title, parts["value"], high - low, grid)
    for one in parts["others"]:
        name = text(one.get("name")).split(", ", 1)[-1].capitalize()
        panels.append(panel(one, grid, name or "Layer", streams=lines))
    if share is not None and share < 0.9:
        warnings.append(f"{title}: the model does not apply to {100 * (1 - share):.0f} % of the map; the values there are extrapolations.")
    return {"file": raster["file"], "title": title, "note": grid_note(raster), "panels": panels, "warnings": warnings,
            "streams": bool(lines), "applies": f"{100 * share:.1f} %" if share is not None else "",
            "hatched": mask is not None and bool(mask.any()),
            "thin": f"{100 * float(thin.mean()):.1f} %" if thin is not None and thin.any() else ""}


def width_warning(title, value, width, grid):
    if value is None:
        return []
    there = layers.unpack(value, grid)
    there = there[numpy.isfinite(there)]
    wide = width[numpy.isfinite(width)]
    if there.size < 2 or wide.size == 0:
        return [f"{title}: the map holds no data."]
    low, high = numpy.percentile(there, [2, 98])
    if float(numpy.median(wide)) <= high - low:
        return []
    return [f"{title}: the interval of a typical pixel ({figure_text(numpy.median(wide).item())}) is wider than the "
            f"range of the whole map ({figure_text((high - low).item())}). Compare areas, not single pixels."]


def terrain_view(raster, streams):
    lines = streams_over(raster, streams)
    made = []
    for one in raster["layers"]:
        title = text(one.get("name")) or pretty(stem_of(raster))
        made.append({**panel(one, raster["grid"], title, streams=lines), "file": raster["file"], "note": grid_note(raster)})
    return made


# ---- the study area --------------------------------------------------------------------------------


def samples_of(document, grid):
    """Samples of a model that are on the grid: {x, y, value, text}; None when half of them or more are elsewhere."""
    columns = {key: pick(document, f"samples.{key}") for key in ("x", "y", "observed", "id")}
    if not all(isinstance(one, list) for one in columns.values()) or len({len(one) for one in columns.values()}) != 1:
        return None
    t = grid["transform"]
    across, down = sorted((t[0], t[0] + t[1] * grid["cols"])), sorted((t[3], t[3] + t[5] * grid["rows"]))
    kept = [(x, y, value, name) for x, y, value, name in zip(*columns.values())
            if None not in (number(x), number(y), number(value)) and across[0] <= x <= across[1] and down[0] <= y <= down[1]]
    if 2 * len(kept) <= len(columns["x"]):
        return None
    return {"x": [one[0] for one in kept], "y": [one[1] for one in kept], "value": [one[2] for one in kept],
            "text": [figures.label(one[3]) for one in kept]}


def study_view(page, thin=None):
    """The first map, large: colours, streams, samples, hatching, and the entries of its legend. Without maps the first terrain layer."""
    rasters = page["maps"] or page["terrain"]
    if not rasters or not rasters[0]["layers"]:
        return None
    raster, is_map = rasters[0], bool(page["maps"])
    grid, parts = raster["grid"], parts_of(raster)
    value = parts["value"] if is_map else raster["layers"][0]
    if value is None:
        return None
    title, lines = title_of(raster), streams_over(raster, page.get("streams"))
    mask, _ = outside(parts, grid)
    points = None
    for model in page["models"]:
        name, _ = named(text(model["document"].get("property")), text(model["document"].get("unit")))
        if is_map and name == title and not layers.turned(grid):
            points = samples_of(model["document"], grid)
            break
    made = panel(value, grid, title, streams=lines, mask=mask, thin=thin, large=True, points=points, colours=colours_of_map(raster))
    units = layers.metres(grid)
    area = abs(grid["transform"][1] * grid["transform"][5]) * grid["rows"] * grid["cols"] * (units[0] * units[1] if units else math.nan)
    return {**made, "file": raster["file"], "note": grid_note(raster), "hatched": mask is not None and bool(mask.any()), "thin": thin is not None and bool(thin.any()),
            "orders": [{"order": one["order"], "width": 1.2 * one["width"] + 0.2} for one in lines],
            "samples": len(points["x"]) if points else 0,
            "area": f"{figure_text(area / 1e6)} km²" if math.isfinite(area) else ""}
