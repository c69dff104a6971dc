# SPDX-License-Identifier: GPL-2.0-or-later
"""Turns the gathered document of the report (models, maps, tables) into what the page shows: plain values and texts.

Nothing here trusts a key to be there: files of other versions and of strangers lack some, and then that part is left out.
"""
import csv
import io
import math
import re
import statistics
import sys

import report_checklist
import report_compare
import report_figures as figures
import report_selection

SCORES = [("r2", "R²", ""), ("rmse", "RMSE", "unit"), ("mae", "MAE", "unit"), ("rpiq", "RPIQ", ""),
          ("bias", "bias", "unit"), ("ccc", "CCC", "")]


def pick(where, *paths, default=None):
    """The first of the dotted paths that leads to something other than null."""
    for path in paths:
        at = where
        for key in path.split("."):
            at = at.get(key) if isinstance(at, dict) else None
        if at is not None:
            return at
    return default


def number(value):
    """A finite number or None; flags are no numbers."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def numbers(value):
    """A list of finite numbers, or None when it is anything else."""
    if not isinstance(value, list) or not value:
        return None
    made = [number(one) for one in value]
    return None if None in made else made


def text(value):
    return value if isinstance(value, str) else ""


def short_name(name, unit):
    """The name without the unit that field names often end with: SOM_g_kg in g/kg is SOM."""
    ending = "_" + re.sub(r"\W+", "_", unit).strip("_")
    return name[:-len(ending)] if unit and len(name) > len(ending) and name.endswith(ending) else name


def gaps_left_open(series):
    """Lets a line end and begin anew where bands are left out: where a step is three times the usual one."""
    x = series["x"]
    steps = [b - a for a, b in zip(x, x[1:])]
    if not steps:
        return series
    usual = statistics.median(steps)
    breaks = [k + 1 for k, step in enumerate(steps) if step > 3 * usual]
    made = dict(series)
    for key in ("x", "y"):
        values = list(series[key])
        for k in reversed(breaks):
            values.insert(k, (x[k - 1] + x[k]) / 2 if key == "x" else math.nan)
        made[key] = values
    return made


def texts(value):
    """The texts of a list; warnings may stand as plain texts or as objects with a text."""
    found = [one if isinstance(one, str) else text(pick(one, "text")) for one in value] if isinstance(value, list) else []
    return [one for one in found if one]


def figure_text(value, digits=3, whole=False):
    """A number as a reader writes it: three significant digits, no exponent for everyday sizes; whole: as a count."""
    value = number(value)
    if value is None:
        return "–"
    if value == 0:
        return "0"
    if whole and value.is_integer() and abs(value) < 1e6:
        return f"{value:.0f}".replace("-", "−")
    if not 1e-4 <= abs(value) < 1e6:
        return f"{value:.{digits - 1}e}"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:.{decimals}f}".replace("-", "−")


def summary(value):
    """{"mean", "sd", "min", "max", "all"} of a score: one number, a list over repeats, or such an object."""
    if isinstance(value, dict):
        made = {key: number(value.get(key)) for key in ("mean", "sd", "min", "max")}
        every = numbers(pick(value, "repeats", "all", "values"))
        if every:
            return {**summary(every), **{key: one for key, one in made.items() if one is not None}}
        return {**made, "all": []} if made["mean"] is not None else None
    if number(value) is not None:
        return {"mean": number(value), "sd": None, "min": None, "max": None, "all": []}
    every = [number(one) for one in value if number(one) is not None] if isinstance(value, list) else []
    if not every:
        return None
    return {"mean": statistics.fmean(every), "sd": statistics.stdev(every) if len(every) > 1 else None,
            "min": min(every), "max": max(every), "all": every}


def score_block(block):
    """{score: summary} of an object of scores, or of a list of such objects, one per repeat."""
    if isinstance(block, list):
        block = {key: [one.get(key) for one in block if isinstance(one, dict)] for key, _, _ in SCORES}
    if not isinstance(block, dict):
        return {}
    made = {key: summary(block.get(key)) for key, _, _ in SCORES}
    return {key: one for key, one in made.items() if one is not None}


# ---- property models -----------------------------------------------------------------------------------------------


def points_of(document):
    """Observed and out-of-fold values of every sample."""
    table = pick(document, "samples", default=[])
    points = []
    if isinstance(table, dict):
        columns = {key: value for key, value in table.items() if isinstance(value, list)}
        length = max((len(value) for value in columns.values()), default=0)
        table = [{key: value[i] for key, value in columns.items() if i < len(value)} for i in range(length)]
    for one in table if isinstance(table, list) else []:
        observed, predicted = number(pick(one, "observed", "y")), number(pick(one, "predicted", "mean_predicted"))
        if observed is None or predicted is None:
            continue
        points.append({"id": str(pick(one, "id", default="")), "observed": observed, "predicted": predicted,
                       "lower": number(pick(one, "lower")), "upper": number(pick(one, "upper")),
                       "spatial": number(pick(one, "spatial_predicted"))})
    return points


def score_cells(block, unit, intervals=None):
    """One text per score: mean, spread over repeats, and its bootstrap interval, or for R² the range over repeats."""
    cells = []
    for key, _, in_unit in SCORES:
        one = block.get(key)
        if one is None:
            cells.append({"main": "–", "small": []})
            continue
        main = figure_text(one["mean"]) + (f" {unit}" if in_unit and unit else "")
        small = [f"± {figure_text(one['sd'], 2)}"] if one["sd"] else []
        low, high = (number(pick(intervals, f"{key}.{end}")) for end in ("lower", "upper"))
        if low is not None and high is not None and key in ("r2", "rmse", "rpiq"):
            small.append(f"95 %: {figure_text(low, 2)} to {figure_text(high, 2)}")
        elif key == "r2" and one["min"] is not None and one["max"] is not None and one["min"] != one["max"]:
            small.append(f"{figure_text(one['min'], 2)} to {figure_text(one['max'], 2)}")
        cells.append({"main": main, "small": small})
    return cells


def model_sentence(view):
    """What the scores mean, in words."""
    r2 = view["scores"].get("r2")
    rmse, plain = view["scores"].get("rmse"), view["plain"].get("rmse")
    if r2 is None or rmse is None:
        return ""
    unit = f" {view['unit']}" if view["unit"] else ""
    if r2["mean"] <= 0:
        said = "The model predicts samples that it has not seen no better than the mean of the others does"
    else:
        said = (f"The model explains {100 * r2['mean']:.0f} % of the variance of samples that it has not seen")
    said += f"; a prediction is off by {figure_text(rmse['mean'])}{unit} (RMSE)"
    if plain:
        said += f", the plain mean by {figure_text(plain['mean'])}{unit}"
    return said + "."


def model_warnings(view):
    """Plain words about what a careful reader would want to be told."""
    name, found = view["name"], []
    r2 = view["scores"].get("r2")
    if r2 and r2["mean"] <= 0:
        found.append(f"{name}: R² on unseen samples is {figure_text(r2['mean'])}. The map shows no more than the mean of "
                     "the samples would; do not use its pattern.")
    elif r2 and r2["mean"] < 0.3:
        found.append(f"{name}: R² on unseen samples is {figure_text(r2['mean'])}. Only broad differences of the map mean "
                     "anything.")
    if r2 and r2["sd"] is not None and r2["sd"] > 0.15:
        found.append(f"{name}: R² changes by ± {figure_text(r2['sd'], 2)} with the folds that are drawn. A single split "
                     "could show almost any value.")
    if view["n"] is not None and 30 <= view["n"] < 50:
        found.append(f"{name}: {view['n']:.0f} samples. With fewer than 50 the scores themselves are uncertain.")
    return found


def model_facts(document, view):
    """(label, text) pairs about how the model was made."""
    facts = [("samples", f"{view['n']:.0f}" if view["n"] is not None else ""), ("features", text(document.get("features")))]
    if document.get("features") in ("fused", "mixed"):
        facts.append(("fitted on", {"lab": "lab spectra", "generated": "generated spectra"}.get(
            document.get("calibration"), "")))
    facts.append(("components", figure_text(pick(document, "model.components"), whole=True)))
    facts.append(("bands", str(len(document["wavelength_nm"])) if numbers(document.get("wavelength_nm")) else ""))
    facts.append(("scale", "natural logarithm" if document.get("log") is True else "as measured"))
    level = number(document.get("level"))
    facts.append(("interval", f"{100 * level:.0f} %" if level else ""))
    coverage = number(pick(document, "scores.coverage"))
    facts.append(("samples inside their interval", f"{100 * coverage:.0f} %" if coverage is not None else ""))
    repeats, folds = pick(document, "validation.repeats"), pick(document, "validation.outer_folds", "validation.folds")
    if number(repeats) and number(folds):
        facts.append(("validation", f"{figure_text(repeats, whole=True)} × {figure_text(folds, whole=True)} nested folds"))
    return [(name, value) for name, value in facts if value not in ("", "–")]


def coefficient_figure(document, colour):
    wavelengths = numbers(document.get("wavelength_nm"))
    series = []
    for key, name in (("scene", "on the scene's spectrum"), ("generated", "on the generated spectrum")):
        values = numbers(pick(document, f"model.{key}"))
        if values and wavelengths and len(values) == len(wavelengths) and any(values):
            order = sorted(range(len(values)), key=lambda i: wavelengths[i])
            series.append(gaps_left_open({"name": name, "x": [wavelengths[i] for i in order],
                                          "y": [values[i] for i in order],
                                          "colour": colour if key == "scene" else figures.MUTED}))
    if not series:
        return None
    return figures.lines(series, "wavelength (nm)", "coefficient", 240, yaxis=figures.axis(
        "coefficient", zeroline=True, zerolinecolor="#b9b6aa"))


def other_rows(document, view):
    """Rows under that of the model: (label, cells, quiet)."""
    space = score_block(pick(document, "spatial.repeats", "spatial.mean"))
    blocks = number(pick(document, "spatial.blocks"))
    rows = [("in spatial blocks" + (f" ({blocks:.0f})" if blocks else ""), score_cells(space, view["unit"], pick(document, "spatial.interval")),
             False)] if space else []
    for key, name in (("kriging", "kriging of the coordinates only"), ("intercept_only", "mean of the samples only")):
        block = score_block(pick(document, f"scores.{key}"))
        if block:
            rows.append((name, score_cells(block, view["unit"]), True))
    return rows


def chosen_figure(document, colour):
    """Bands that the final model kept, and how many of the fold models kept each."""
    wavelengths = numbers(document.get("wavelength_nm"))
    recipes = pick(document, "recipes")
    used = next((one for one in recipes if isinstance(one, dict) and one.get("used") is True), {}) if isinstance(recipes, list) else {}
    kept, folds = pick(document, "model.chosen"), pick(document, "folds")
    whole = used.get("scores") == 0 or document.get("features") == "lab"
    if not wavelengths or not isinstance(kept, list) or document.get("features") == "mixed" or not whole:
        return None
    p = len(wavelengths)

    def inside(found):
        return {j for j in found if isinstance(j, int) and 0 <= j < p} if isinstance(found, list) else set()

    others = [inside(pick(one, "chosen")) for one in folds] if isinstance(folds, list) else []
    share = [sum(j in one for one in others) / max(1, len(others)) for j in range(p)]
    data = [{"type": "bar", "x": wavelengths, "y": share, "hovertemplate": "%{x:.1f} nm: %{y:.0%} of the folds<extra></extra>",
             "marker": {"color": [colour if j in inside(kept) else "#c9c6bb" for j in range(p)], "line": {"width": 0}}}]
    return figures.figure(data, 200, bargap=0, xaxis=figures.axis("wavelength (nm)"), yaxis=figures.axis("share of the folds", range=[0, 1.05]))


def model_view(model, k):
    document = model["document"]
    colour = figures.SERIES[k % len(figures.SERIES)]
    name = short_name(text(document.get("property")), text(document.get("unit"))) or model["file"]
    view = {"file": model["file"], "name": name, "unit": text(document.get("unit")), "colour": colour,
            "scores": score_block(pick(document, "scores.repeats", "scores.mean")),
            "plain": score_block(pick(document, "scores.intercept_only")),
            "points": points_of(document)}
    n = number(pick(document, "scores.mean.n"))
    view["n"] = n if n is not None else (float(len(view["points"])) if view["points"] else None)
    view["cells"] = score_cells(view["scores"], view["unit"], pick(document, "scores.interval"))
    view["others"] = other_rows(document, view)
    view["sentence"] = model_sentence(view)
    view["facts"] = model_facts(document, view)
    view["scatter"] = figures.scatter(view["points"], name, view["unit"], colour) if len(view["points"]) > 1 else None
    view["coefficients"] = coefficient_figure(document, colour)
    view["chosen"] = chosen_figure(document, colour)
    view["spatial_points"] = any(one["spatial"] is not None for one in view["points"])
    view["warnings"] = model_warnings(view) + [f"{name}: {one}" for one in texts(document.get("warnings"))]
    return view


# ---- fusion --------------------------------------------------------------------------------------------------------

DIAGNOSIS = [("spread_ratio", "spread of the generated spectra, relative to the lab's"),
             ("active_units", "latent units in use"),
             ("held_out_correlation", "correlation with the right lab spectrum, held-out pairs"),
             ("shuffled_low", "the same after shuffling the pairs, lower end (95 %)"),
             ("shuffled_high", "the same after shuffling the pairs, upper end (95 %)"),
             ("explained_variance", "explained variance, held-out pairs"), ("angle_rad", "mean spectral angle (radian)"),
             ("latent", "latent units"), ("samples", "held-out samples"), ("folds", "folds")]


LOSS_COLUMNS = ["explained_variance", "held_out_correlation", "shuffled_high", "spread_ratio", "active_units"]


def curve_figure(curve, held_out):
    """Loss and its parts by epoch: columns as an object of lists, or rows under the names of the network; and the
    relative error on held-out pairs."""
    names = ["loss", "mmd", "sad", "kld", "rec", "held_out"]
    if isinstance(curve, list):
        rows = [numbers(row[:5]) for row in curve if isinstance(row, list)]
        curve = {name: [row[k] for row in rows if row and k < len(row)] for k, name in enumerate(names[:5])}
    if not isinstance(curve, dict):
        return None
    if isinstance(held_out, list):
        curve = {**curve, "held_out": held_out}
    series = []
    for name in names:
        values = curve.get(name)
        values = [number(one) for one in values] if isinstance(values, list) else []
        if any(one is not None and one > 0 for one in values):
            series.append({"name": name.replace("_", " "), "x": list(range(1, len(values) + 1)),
                           "y": [one if one is not None and one > 0 else math.nan for one in values]})
    return figures.lines(series, "epoch", "loss", yaxis=figures.axis("loss", type="log")) if series else None


def spectra_figure(document):
    """Mean spectra over wavelength, as many of lab, scene and generated as the model holds."""
    wavelengths = numbers(pick(document, "spectra.wavelength_nm", "wavelength_nm"))
    series = []
    for keys, name, dash in ((("spectra.lab", "spectra.mean_lab", "mean_lab"), "lab", "solid"),
                             (("spectra.scene", "spectra.mean_scene", "mean_scene"), "scene", "solid"),
                             (("spectra.generated", "spectra.mean_generated", "mean_generated"), "generated", "dash")):
        block = pick(document, *keys)
        values = numbers(pick(block, "mean") if isinstance(block, dict) else block)
        deviation = numbers(pick(block, "sd")) if isinstance(block, dict) else None
        if values and wavelengths and len(values) == len(wavelengths):
            sd = deviation if deviation and len(deviation) == len(values) else None
            series.append(gaps_left_open({"name": name, "x": wavelengths, "y": values, "dash": dash, "sd": sd,
                                          "band": (wavelengths, values)}))
    return figures.lines(series, "wavelength (nm)", "reflectance") if series else None


def losses_view(losses):
    """The trainings with other losses, as trainfusion compares them: their curves over each other, each relative to its first
    epoch because losses of other parts have other units, and what the diagnosis says of each."""
    series, rows = [], []
    for one in losses if isinstance(losses, list) else []:
        name = text(pick(one, "name")) if isinstance(one, dict) else ""
        if not name:
            continue
        curve = pick(one, "curve")
        values = [number(row[0]) if isinstance(row, list) and row else None for row in (curve if isinstance(curve, list) else [])]
        if values and values[0] is not None and values[0] > 0:
            series.append({"name": name, "x": list(range(1, len(values) + 1)),
                           "y": [v / values[0] if v is not None and v > 0 else math.nan for v in values]})
        diagnosis = pick(one, "diagnosis")
        diagnosis = diagnosis if isinstance(diagnosis, dict) else {}
        cells = [figure_text(diagnosis[key], whole=True) if number(diagnosis.get(key)) is not None else "–" for key in LOSS_COLUMNS]
        rows.append({"name": name, "cells": cells, "collapsed": diagnosis.get("collapsed") is True})
    if not rows:
        return None
    title = "loss, relative to the first epoch"
    plot = figures.lines(series, "epoch", title, 400, yaxis=figures.axis(title, type="log", dtick="D2"), legend={
        "orientation": "h", "y": -0.2, "yanchor": "top", "x": 0, "font": {"size": 11}}) if series else None
    return {"rows": rows, "figure": plot}


def fusion_view(fusion):
    document = fusion["document"]
    diagnosis = pick(document, "diagnosis", "training.diagnosis", default={})
    diagnosis = diagnosis if isinstance(diagnosis, dict) else {}
    rows, known = [], set()
    for key, label in DIAGNOSIS:
        if number(diagnosis.get(key)) is not None:
            rows.append((label, figure_text(diagnosis[key], whole=True)))
            known.add(key)
    for key, value in diagnosis.items():
        if key not in known and number(value) is not None:
            rows.append((key.replace("_", " "), figure_text(value)))
    warnings = [text(one) for one in texts(document.get("warnings")) + [diagnosis.get("warning")] if text(one)]
    if diagnosis.get("collapsed") is True and not warnings:
        warnings.append("the generated spectra carry no sample information; models built on them cannot be better than "
                        "the plain mean.")
    warnings = list(dict.fromkeys(warnings))
    return {"file": fusion["file"], "rows": rows, "warnings": [f"Fusion: {one}" for one in warnings],
            "kind": text(pick(document, "transfer.kind", "method", "transfer.method")),
            "curve": curve_figure(pick(document, "transfer.vae.curve", "transfer.curve", "curve"),
                                  pick(document, "diagnosis.held_out_curve", "transfer.vae.held_out", "held_out")),
            "losses": losses_view(pick(document, "losses")), "spectra": spectra_figure(document)}


# ---- maps ----------------------------------------------------------------------------------------------------------


def crs_name(wkt):
    match = re.match(r'\s*\w+\[\s*"([^"]*)"', wkt or "")
    return match.group(1) if match else "unknown coordinate system"


def layer_words(layer):
    return (text(layer.get("name")) or "").lower()


def split_layers(raster):
    """(value, lower, upper, others) of a property map by the words in the layer names."""
    layers = raster["layers"]
    lower = next((one for one in layers if "lower" in layer_words(one)), None)
    upper = next((one for one in layers if "upper" in layer_words(one)), None)
    rest = [one for one in layers if one is not lower and one is not upper]
    return (rest[0] if rest else None), lower, upper, rest[1:]


def caption(values, unit):
    there = values[figures.numpy.isfinite(values)]
    if there.size == 0:
        return "no data"
    low, mid, high = figures.numpy.percentile(there, [2, 50, 98])
    unit = f" {unit}" if unit else ""
    empty = 100.0 * (1.0 - there.size / values.size)
    said = f"median {figure_text(mid)}{unit}, 2–98 %: {figure_text(low)} to {figure_text(high)}{unit}"
    return said + (f"; {empty:.0f} % without data" if empty >= 0.5 else "")


def panel(layer, grid, streams, title=None, values=None, colours=None):
    values = figures.unpack(layer, grid) if values is None else values
    title = title or text(layer.get("name")) or "layer"
    unit = text(layer.get("unit"))
    return {"title": title, "unit": unit, "caption": caption(values, unit),
            "figure": figures.map_layer(values, grid, title, unit, streams, colours)}


def grid_note(raster):
    grid = raster["grid"]
    note = f"{grid['full_cols']} × {grid['full_rows']} cells, {crs_name(grid['crs'])}"
    if (grid["rows"], grid["cols"]) != (grid["full_rows"], grid["full_cols"]):
        note += f"; averaged to {grid['cols']} × {grid['rows']} for this page"
    return note


def streams_over(raster, streams):
    """The streams in the coordinate system of the raster; they are gathered in that of the first map and of the first
    terrain layer."""
    for one in streams["sets"] if streams else []:
        if one["crs"] == raster["grid"]["crs"]:
            return figures.stream_traces(one)
    return []


def map_view(raster, streams):
    value, lower, upper, others = split_layers(raster)
    lines = streams_over(raster, streams)
    panels, warnings = [], []
    stem = raster["file"].rsplit(".", 1)[0]
    if value is not None:
        hint = figures.colours_of(text(value.get("name")))
        colours = hint if hint is not figures.PLAIN_RAMP else figures.colours_of(stem)
        title = short_name(text(value.get("name")), text(value.get("unit")))
        panels.append(panel(value, raster["grid"], lines, title, colours=colours))
    if lower is not None and upper is not None:
        low, high = (figures.unpack(one, raster["grid"]) for one in (lower, upper))
        width = high - low
        panels.append(panel({"name": "Width of the interval", "unit": text(upper.get("unit"))}, raster["grid"], [],
                            values=width))
        warnings += width_warning(panels[0]["title"] if value is not None else stem, value, width, raster["grid"])
    for one in others:
        title = text(one.get("name"))
        panels.append(panel(one, raster["grid"], lines, title.split(", ", 1)[-1].capitalize() or None))
        if "applicable" in title.lower():
            share = figures.unpack(one, raster["grid"])
            share = share[figures.numpy.isfinite(share)]
            share = float(share.mean()) if share.size else math.nan
            panels[-1]["caption"] = f"the model applies to {100 * share:.1f} % of the cells" if math.isfinite(share) else "no data"
            warnings += [f"{panels[0]['title']}: the model does not apply to {100 * (1 - share):.0f} % of the map; values there are guesses."
                         ] if share < 0.9 else []
    return {"file": raster["file"], "note": grid_note(raster), "panels": panels, "warnings": warnings,
            "streams": bool(lines)}


def width_warning(title, value, width, grid):
    if value is None:
        return []
    there = figures.unpack(value, grid)
    there = there[figures.numpy.isfinite(there)]
    wide = width[figures.numpy.isfinite(width)]
    if there.size < 2 or wide.size == 0:
        return [f"{title}: the map holds no data."]
    low, high = figures.numpy.percentile(there, [2, 98])
    if float(figures.numpy.median(wide)) <= high - low:
        return []
    return [f"{title}: the interval of a typical pixel ({figure_text(figures.numpy.median(wide).item())}) is wider than the "
            f"range of the whole map ({figure_text((high - low).item())}). Compare areas, not single pixels."]


def terrain_view(raster, streams):
    lines = streams_over(raster, streams)
    stem = raster["file"].rsplit(".", 1)[0]
    return [{**panel(one, raster["grid"], lines, text(one.get("name")) or stem), "file": raster["file"],
             "note": grid_note(raster)} for one in raster["layers"]]


# ---- correlation table ---------------------------------------------------------------------------------------------


def column(header, *names):
    for name in names:
        for k, one in enumerate(header):
            if one.strip().lower() == name:
                return k
    return None


def read_number(cell):
    try:
        return number(float(cell))
    except ValueError:
        return None


def correlation_view(table):
    rows = [row for row in csv.reader(io.StringIO(table["text"])) if row]
    if len(rows) < 2:
        return None
    header, body = rows[0], rows[1:]
    at = {"zone": column(header, "zone", "area"), "map": column(header, "map", "property", "map_a", "a"),
          "factor": column(header, "factor", "layer", "map_b", "b"),
          "r": column(header, "pearson", "pearson_r", "r"), "p": column(header, "p", "p_effective", "p_value")}
    shown = [[figure_text(read_number(cell), whole=True) if read_number(cell) is not None else cell for cell in row] for row in body]
    view = {"file": table["file"], "header": [one.replace("_", " ") for one in header], "rows": shown, "figures": []}
    if None in (at["map"], at["factor"], at["r"]):
        return view
    zones = {}
    for row in body:
        if len(row) == len(header):
            zones.setdefault(row[at["zone"]] if at["zone"] is not None else "", []).append(row)
    for zone, part in zones.items():
        names = list(dict.fromkeys(row[at["map"]] for row in part))
        factors = list(dict.fromkeys(row[at["factor"]] for row in part))
        values = [[None] * len(factors) for _ in names]
        texts = [[""] * len(factors) for _ in names]
        for row in part:
            i, j, r = names.index(row[at["map"]]), factors.index(row[at["factor"]]), read_number(row[at["r"]])
            p = read_number(row[at["p"]]) if at["p"] is not None else None
            values[i][j] = r
            if r is not None:
                shown_r = f"{r:.2f}".replace("-", "−")
                texts[i][j] = f"<b>{shown_r}</b>*" if p is not None and p < 0.05 else shown_r
        view["figures"].append({"zone": zone, "figure": figures.correlation_matrix(names, factors, values, texts)})
    return view


# ---- profiles along streams ----------------------------------------------------------------------------------------


def class_label(low, high):
    return f"from {low:.4g}" if high is None else f"{low:.4g} to {high:.4g}"


def profile_view(table):
    rows = [row for row in csv.reader(io.StringIO(table["text"])) if row]
    if len(rows) < 2:
        return None
    header, body = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]
    shown = [[figure_text(read_number(cell), whole=True) if read_number(cell) is not None else cell for cell in row] for row in body]
    view = {"file": table["file"], "title": table["file"], "header": [one.replace("_", " ") for one in header], "rows": shown,
            "figure": None, "sentence": ""}
    at = {name: column(header, name) for name in ("map", "streams", "from_m", "to_m", "n", "mean", "placed_mean", "placed_low",
                                                  "placed_high", "pearson", "p_pearson")}
    if None in at.values() or not body:
        return view
    view["title"] = body[0][at["map"]]

    def of(row, name):
        return read_number(row[at[name]])

    r, p = of(body[0], "pearson"), of(body[0], "p_pearson")
    if r is not None:
        shown_r = f"{r:.2f}".replace("-", "−")
        view["sentence"] = f"Correlation with distance r = {shown_r}" + ("." if p is None else f", p = {p:.3g} by random placement.")
    classes = [{"label": class_label(of(row, "from_m") or 0.0, of(row, "to_m")),
                **{name: of(row, name) for name in ("n", "mean", "placed_mean", "placed_low", "placed_high")}}
               for row in body[1:] if row[at["streams"]] == "all" and of(row, "mean") is not None]
    if classes:
        view["figure"] = figures.stream_profile(view["title"], classes)
    return view


# ---- how it was made -----------------------------------------------------------------------------------------------


def record_view(file, record):
    if not isinstance(record, dict) or not text(record.get("tool")):
        return None
    parameters = record.get("parameters") if isinstance(record.get("parameters"), dict) else {}
    hidden = {"threads", "memory"}
    inputs = [one for one in record.get("inputs", []) if isinstance(one, dict)] if isinstance(
        record.get("inputs"), list) else []
    return {"file": file, "tool": record["tool"], "version": text(record.get("version")),
            "seed": str(parameters.get("seed", "")),
            "parameters": [(key, str(value)) for key, value in parameters.items() if key not in hidden and key != "seed"],
            "inputs": [(text(one.get("parameter")), text(one.get("file")), text(one.get("fingerprint"))) for one in inputs]}


def records_of(page):
    found = [(model["file"], pick(model["document"], "record")) for model in page["models"]]
    if page.get("fusion"):
        found.append((page["fusion"]["file"], pick(page["fusion"]["document"], "record")))
    found += [(one["file"], pick(one["document"], "record")) for one in page.get("comparisons", [])]
    found += [(raster["file"], raster.get("record")) for raster in page["maps"] + page["terrain"]]
    if page.get("streams"):
        found.append((page["streams"]["file"], page["streams"].get("record")))
    found.append(("this page", page.get("record")))
    views = [record_view(file, record) for file, record in found]
    return [one for one in views if one is not None]


def page_view(page):
    """Everything that the template needs."""
    streams = page.get("streams")
    view = {"title": page["title"], "version": page["version"], "score_names": [name for _, name, _ in SCORES],
            "models": [model_view(model, k) for k, model in enumerate(page["models"])],
            "fusion": fusion_view(page["fusion"]) if page.get("fusion") else None,
            "maps": [map_view(raster, streams) for raster in page["maps"]],
            "terrain": [one for raster in page["terrain"] for one in terrain_view(raster, streams)],
            "correlation": correlation_view(page["correlation"]) if page.get("correlation") else None,
            "profiles": [one for one in map(profile_view, page.get("profiles", [])) if one is not None],
            "selection": [one for one in map(report_selection.view, page.get("selection", [])) if one is not None],
            "checklist": report_checklist.view(sys.modules[__name__], page["models"]) if page["models"] else [],
            "comparisons": [one for part in page.get("comparisons", []) for one in report_compare.view(sys.modules[__name__], part)],
            "records": records_of(page), "n_streams": len(streams["sets"][0]["lines"]) if streams else 0}
    repeats = [(one["name"], one["scores"]["r2"]["all"], one["colour"]) for one in view["models"]
               if one["scores"].get("r2") and len(one["scores"]["r2"]["all"]) > 1]
    view["spread"] = figures.spread(repeats) if repeats else None
    view["warnings"] = [warning for part in view["models"] + view["maps"] for warning in part["warnings"]]
    if view["fusion"]:
        view["warnings"] += view["fusion"]["warnings"]
    view["warnings"] += [warning for one in view["comparisons"] for warning in one["warnings"]]
    return view
