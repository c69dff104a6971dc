# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of the report about property models: samples, scores, observed against predicted values, bands."""
import math
import statistics

import report_figures as figures
import report_labels as labels
from report_text import figure_text, named, number, numbers, pick, text, texts

SCORES = [("r2", "R²", ""), ("rmse", "RMSE", "unit"), ("mae", "MAE", "unit"), ("rpiq", "RPIQ", ""),
          ("bias", "bias", "unit"), ("ccc", "CCC", "")]


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


def statistics_of(points, name, unit):
    """A row of the table of samples: statistics of the measured values of a property."""
    values = [one["observed"] for one in points]
    if len(values) < 2:
        return None
    mean, deviation = statistics.fmean(values), statistics.pstdev(values)
    skewness = statistics.fmean(((one - mean) / deviation) ** 3 for one in values) if deviation > 0 else None
    spread = statistics.stdev(values)
    cells = [min(values), statistics.median(values), mean, max(values), spread, 100 * spread / mean if mean > 0 else None, skewness]
    return {"name": name, "unit": unit, "n": figure_text(len(values), whole=True), "cells": [figure_text(one) for one in cells]}


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
    """The scores as a sentence."""
    r2 = view["scores"].get("r2")
    rmse, plain = view["scores"].get("rmse"), view["plain"].get("rmse")
    if r2 is None or rmse is None:
        return ""
    unit = f" {view['unit']}" if view["unit"] else ""
    if r2["mean"] <= 0:
        sentence = "The model predicts unseen samples no better than the mean of the others does"
    else:
        sentence = f"The model explains {100 * r2['mean']:.0f} % of the variance of unseen samples"
    sentence += f"; its typical error is {figure_text(rmse['mean'])}{unit} (RMSE)"
    if plain:
        sentence += f", that of the mean {figure_text(plain['mean'])}{unit}"
    return sentence + "."


def model_warnings(view):
    """Warnings that a careful reader needs."""
    name, found = view["name"], []
    r2 = view["scores"].get("r2")
    if r2 and r2["mean"] <= 0:
        found.append(f"{name}: R² on unseen samples is {figure_text(r2['mean'])}. The map is no better than the mean of "
                     "the samples; do not use its pattern.")
    elif r2 and r2["mean"] < 0.3:
        found.append(f"{name}: R² on unseen samples is {figure_text(r2['mean'])}. Only large differences in the map are "
                     "meaningful.")
    if r2 and r2["sd"] is not None and r2["sd"] > 0.15:
        found.append(f"{name}: R² changes by ± {figure_text(r2['sd'], 2)} with the random division into folds. A "
                     "single split could have almost any value.")
    if view["n"] is not None and 30 <= view["n"] < 50:
        found.append(f"{name}: {view['n']:.0f} samples. With fewer than 50 the scores are uncertain.")
    return found


def model_facts(document, view):
    """(label, text) pairs that describe the model."""
    facts = [("samples", f"{view['n']:.0f}" if view["n"] is not None else ""), ("features", labels.choice("trainmodel", "features", text(document.get("features"))))]
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
            series.append(figures.gaps_left_open({"name": name, "x": [wavelengths[i] for i in order],
                                          "y": [values[i] for i in order],
                                          "colour": colour if key == "scene" else figures.MUTED}))
    if not series:
        return None
    return figures.lines(series, "wavelength (nm)", "coefficient", 240, yaxis=figures.axis(
        "coefficient", zeroline=True, zerolinecolor="#b9b6aa"))


def other_rows(document, view):
    """Rows below that of the model: (label, cells, quiet)."""
    space = score_block(pick(document, "spatial.repeats", "spatial.mean"))
    blocks = number(pick(document, "spatial.blocks"))
    rows = [("in spatial blocks" + (f" ({blocks:.0f})" if blocks else ""), score_cells(space, view["unit"], pick(document, "spatial.interval")),
             False)] if space else []
    strata = pick(document, "strata")
    for part in strata if isinstance(strata, list) else []:
        block = score_block(part)
        if block:
            count = number(pick(part, "n"))
            rows.append((f"stratum {text(pick(part, 'stratum'))}" + (f" ({count:.0f} samples)" if count else ""),
                         score_cells(block, view["unit"]), False))
    for key, name in (("kriging", "kriging of the coordinates only"), ("intercept_only", "mean of the samples only")):
        block = score_block(pick(document, f"scores.{key}"))
        if block:
            rows.append((name, score_cells(block, view["unit"]), True))
    return rows


def chosen_figure(document, colour):
    """Bands that the final model kept, and the share of the fold models that kept each."""
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
    name, unit = named(text(document.get("property")), text(document.get("unit")))
    name = name or model["file"]
    view = {"file": model["file"], "name": name, "unit": unit, "colour": colour,
            "scores": score_block(pick(document, "scores.repeats", "scores.mean")),
            "plain": score_block(pick(document, "scores.intercept_only")),
            "points": points_of(document)}
    n = number(pick(document, "scores.mean.n"))
    view["n"] = n if n is not None else (float(len(view["points"])) if view["points"] else None)
    view["statistics"] = statistics_of(view["points"], name, view["unit"])
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
