# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of the report about comparemodels: nested rows, the single split next to them, scatter plots, chosen bands.

Rows without scores are left out; any other part of a file may be missing.
"""
import report_figures as figures
from report_text import figure_text, named, number, numbers, pick, text, texts

FEATURES = {"scene": "pixel", "fused": "generated", "mixed": "both", "lab": "lab", "": ""}
PLAIN = {"mean": "mean only", "kriging": "kriging only"}
ORDER = {"lab": 0, "scene": 1, "fused": 2, "mixed": 3, "": 4}
MAX_ROWS, MAX_SAMPLES, MAX_BANDS = 200, 5000, 5000
NEAR, FAR, ONCE, LEAK = figures.ACCENT, figures.SERIES[2], figures.SERIES[1], "#c0392b"

# Protocol, division, name, colour, plotly's symbol, the same symbol as text.
KINDS = [("nested", "random", "nested, random folds", NEAR, "circle", "●"), ("nested", "spatial", "nested, spatial blocks", FAR, "square", "■"),
         ("split", "gradient", "single split, test samples", ONCE, "diamond-open", "◇"), ("leaky", "gradient", "leaky, for teaching", LEAK, "x-thin-open", "×")]


def label_of(row):
    return PLAIN.get(row["method"]) or f"{FEATURES.get(row['features'], row['features'])} {row['method']}"


def interval(row, path):
    """[estimate, lower, upper] or None."""
    found = pick(row, path)
    values = [number(one) for one in found] if isinstance(found, list) and len(found) == 3 else None
    return values if values and None not in values else None


def read_row(one):
    row = {key: text(pick(one, key)) for key in ("protocol", "division", "features", "method", "setting")}
    for part in ("test", "train"):
        row[part] = {key: number(pick(one, f"{part}.{key}")) for key in ("r2", "rmse", "mae", "rpiq")}
    row.update({key: number(pick(one, key)) for key in ("n_train", "n_test", "inputs", "p_gain", "coverage")})
    row.update({"r2_interval": interval(one, "interval.r2"), "gain": interval(one, "gain.r2")})
    for key in ("predicted", "chosen"):
        values = pick(one, key)
        row[key] = [number(value) for value in values] if isinstance(values, list) else None
    return row if row["method"] and row["test"]["rmse"] is not None else None


def find(rows, protocol, division, like):
    return next((row for row in rows if row["protocol"] == protocol and row["division"] == division and
                 row["features"] == like["features"] and row["method"] == like["method"]), None)


# ---- tables --------------------------------------------------------------------------------------------------------


def plain(value, sign=False):
    """Two decimals, for scores without unit."""
    if value is not None and abs(value) >= 1000:
        return figure_text(value)
    return "–" if value is None else f"{value:+.2f}".replace("-", "−") if sign else f"{value:.2f}".replace("-", "−")


def between(values, sign=False):
    return f"{plain(values[1], sign)} to {plain(values[2], sign)}" if values else ""


def score_cells(scores):
    return [plain(scores[key]) if key in ("r2", "rpiq") else figure_text(scores[key]) for key in ("r2", "rmse", "mae", "rpiq")]


def gain_cell(row):
    """A difference counts when its interval excludes zero and the test over folds agrees."""
    if row is None or row["gain"] is None:
        return {"main": "", "small": "", "shown": ""}
    low, high = row["gain"][1:]
    p = f", p = {row['p_gain']:.2g}" if row["p_gain"] is not None else ""
    sure = row["p_gain"] is not None and row["p_gain"] <= 0.05
    return {"main": plain(row["gain"][0], True), "small": between(row["gain"], True) + p,
            "shown": "better" if low > 0 and sure else "worse" if high < 0 and sure else ""}


def nested_table(rows):
    made = []
    for row in rows:
        if row["protocol"] != "nested" or row["division"] != "random":
            continue
        far = find(rows, "nested", "spatial", row)
        made.append({"label": label_of(row), "plain": row["method"] in PLAIN, "cells": score_cells(row["test"]),
                     "interval": between(row["r2_interval"]), "gain": gain_cell(row),
                     "far": score_cells(far["test"])[:2] if far else None,
                     "far_interval": between(far["r2_interval"]) if far else "", "far_gain": gain_cell(far)})
    return made


def split_table(rows, protocol, methods):
    made = []
    chosen = [row for row in rows if row["protocol"] == protocol and row["method"] in methods]
    for row in sorted(chosen, key=lambda one: (methods.index(one["method"]), ORDER.get(one["features"], 9))):
        near, far = find(rows, "nested", "random", row), find(rows, "nested", "spatial", row)
        made.append({"label": label_of(row), "inputs": figure_text(row["inputs"], whole=True),
                     "train": score_cells(row["train"]), "test": score_cells(row["test"]),
                     "interval": between(row["r2_interval"]), "near": score_cells(near["test"])[:2] if near else None,
                     "near_interval": between(near["r2_interval"]) if near else "",
                     "far": score_cells(far["test"])[:1] if far else None})
    return made


# ---- figures -------------------------------------------------------------------------------------------------------


def forest_figure(rows):
    """R² with its interval, one line per model."""
    names = list(dict.fromkeys(label_of(row) for row in rows))
    data = []
    for k, (protocol, division, name, colour, symbol, _) in enumerate(KINDS):
        part = [row for row in rows if (row["protocol"], row["division"]) == (protocol, division) and row["test"]["r2"] is not None]
        if not part:
            continue
        around = [row["r2_interval"] or [row["test"]["r2"]] * 3 for row in part]
        data.append({"type": "scatter", "mode": "markers", "name": name, "x": [max(row["test"]["r2"], -1.5) for row in part],
                     "y": [names.index(label_of(row)) + 0.16 * (k - 1) for row in part], "text": [figures.label(label_of(row)) for row in part], "customdata": [row["test"]["r2"] for row in part],
                     "hovertemplate": "%{text}<br>R² %{customdata:.2f}<extra></extra>",
                     "marker": {"color": colour, "size": 8, "symbol": symbol, "line": {"width": 1.5}},
                     "error_x": {"type": "data", "symmetric": False, "color": colour, "thickness": 1.2, "width": 0,
                                 "array": [max(0.0, one[2] - row["test"]["r2"]) for one, row in zip(around, part)],
                                 "arrayminus": [max(0.0, row["test"]["r2"] - one[1]) for one, row in zip(around, part)]}})
    if not data:
        return None
    ends = [x - less for one in data for x, less in zip(one["x"], one["error_x"]["arrayminus"])]
    low = max(-1.05, min(0.0, *ends) - 0.05)
    return figures.figure(data, 90 + 34 * len(names), xaxis=figures.axis("R²", zeroline=True, zerolinecolor="#b9b6aa", range=[low, 1.02]),
                          yaxis=figures.axis("", tickvals=list(range(len(names))), ticktext=[figures.label(name) for name in names],
                                             range=[len(names) - 0.4, -0.6], showgrid=False))


def legend(rows):
    """(symbol, name, colour) of the kinds in the figure."""
    there = {(row["protocol"], row["division"]) for row in rows}
    return [(mark, name, colour) for protocol, division, name, colour, _, mark in KINDS if (protocol, division) in there]


def points_figure(groups, unit):
    """Observed against predicted: groups is a list of (name, observed, predicted, marker)."""
    ends = [value for _, observed, predicted, _ in groups for value in observed + predicted]
    seen = [value for _, observed, _, _ in groups for value in observed]
    low, high = min(seen), max(seen)
    reach = high - low or 1.0
    span = [max(min(ends), low - reach) - 0.05 * reach, min(max(ends), high + reach) + 0.05 * reach]
    data = [{"type": "scatter", "mode": "lines", "x": span, "y": span, "hoverinfo": "skip", "showlegend": False,
             "line": {"color": figures.MUTED, "dash": "dash", "width": 1}}]
    for name, observed, predicted, marker in groups:
        data.append({"type": "scatter", "mode": "markers", "x": observed, "y": predicted, "name": name,
                     "hovertemplate": "observed %{x:.4g}<br>predicted %{y:.4g}<extra></extra>", "marker": marker})
    unit = f" ({figures.label(unit)})" if unit else ""
    return figures.figure(data, 300, showlegend=False, xaxis=figures.axis("observed" + unit, range=span),
                          yaxis=figures.axis("predicted" + unit, range=span, scaleanchor="x", constrain="domain"))


# The marks of these panels, explained once above them: (symbol, name, colour).
MARKS = {"training": ("○", "training samples of the split", "#a8a598"), "test": ("●", "its test samples", ONCE),
         "nested": ("+", "the same model, nested", NEAR), "alone": ("●", "nested: every sample, predicted without it", NEAR)}


def pairs(observed, predicted, wanted):
    kept = [(a, b) for a, b, take in zip(observed, predicted, wanted) if take and a is not None and b is not None]
    return [a for a, _ in kept], [b for _, b in kept]


def scatter_panels(rows, samples, unit):
    """One card per model: training and test samples of the split, or the nested predictions."""
    observed, tested = samples
    split = [row for row in rows if row["protocol"] == "split"]
    panels = []
    for row in split or [one for one in rows if one["protocol"] == "nested" and one["division"] == "random"]:
        if row["predicted"] is None or len(row["predicted"]) != len(observed):
            continue
        groups = []
        if split and len(tested) == len(observed):
            groups.append(("training", *pairs(observed, row["predicted"], [not one for one in tested]),
                           {"color": "rgba(0,0,0,0)", "size": 6, "line": {"color": "#a8a598", "width": 1.2}}))
            groups.append(("test", *pairs(observed, row["predicted"], tested), {"color": ONCE, "size": 7, "opacity": 0.9}))
        twin = row if not split else find(rows, "nested", "random", row)
        if twin is not None and twin["predicted"] is not None and len(twin["predicted"]) == len(observed):
            groups.append(("nested", *pairs(observed, twin["predicted"], [True] * len(observed)),
                           {"color": NEAR, "size": 6, "opacity": 0.8, "symbol": "cross-thin-open" if split else "circle"}))
        groups = [group for group in groups if group[1]]
        if groups:
            panels.append({"title": label_of(row), "figure": points_figure(groups, unit)})
    return panels


def band_lines(row, p, projected):
    """[(name, shares by band)] of the bands that a row chose; empty where it chose among MNF components."""
    shares = row["chosen"]
    if shares is None or None in shares or (row["protocol"] == "nested" and projected and row["method"] in ("PLSR", "SVR") and
                                            row["features"] != "lab"):
        return []
    name = {"nested": "nested", "split": "split", "leaky": "leaky"}.get(row["protocol"], "") + ": " + label_of(row)
    if len(shares) == p:
        return [(name, shares)]
    if len(shares) == 2 * p:  # the split has the generated bands first, the nested rows those of the pixel
        parts = ("pixel", "generated") if row["protocol"] == "nested" else ("generated", "pixel")
        return [(f"{name}, {parts[0]} part", shares[:p]), (f"{name}, {parts[1]} part", shares[p:])]
    return []


def bands_figure(rows, wavelengths, projected):
    lines = []
    for row in rows:
        if row["protocol"] != "leaky" and row["division"] != "spatial" and row["method"] in ("PLSR", "SVR", "FD-RF", "DNN-CARS"):
            lines += band_lines(row, len(wavelengths), projected)
    if not lines:
        return None
    data = []
    for k, (name, shares) in enumerate(lines):
        at = [j for j, share in enumerate(shares) if share > 0]
        data.append({"type": "scatter", "mode": "markers", "x": [wavelengths[j] for j in at], "y": [k] * len(at), "name": figures.label(name),
                     "hovertemplate": "%{x:.1f} nm: %{customdata:.0%} of the fits<extra></extra>", "customdata": [shares[j] for j in at],
                     "marker": {"symbol": "line-ns-open", "size": 11, "color": NEAR if name.startswith("nested") else ONCE,
                                "opacity": [0.25 + 0.75 * min(1.0, shares[j]) for j in at], "line": {"width": 1.6}}})
    return figures.figure(data, 90 + 26 * len(lines), xaxis=figures.axis("wavelength (nm)", range=[min(wavelengths) - 20, max(wavelengths) + 20]),
                          yaxis=figures.axis("", tickvals=list(range(len(lines))), ticktext=[figures.label(name) for name, _ in lines],
                                             range=[len(lines) - 0.4, -0.6], tickfont={"size": 10, "color": figures.MUTED}))


# ---- one property --------------------------------------------------------------------------------------------------


def facts(one):
    n, folds, repeats = (number(pick(one, key)) for key in ("n", "folds", "repeats"))
    found = [f"{n:.0f} samples"] if n else []
    if folds and repeats:
        found.append(f"nested folds {repeats:.0f} × {folds:.0f}")
    blocks, side = number(pick(one, "blocks")), number(pick(one, "block_side"))
    if blocks and side:
        found.append(f"{blocks:.0f} spatial blocks of {figure_text(side)} map units")
    if pick(one, "log") is True:
        found.append("nested rows on logarithms")
    scores = number(pick(one, "scores"))
    if scores:
        found.append(f"nested pixel spectra as {scores:.0f} MNF components")
    if text(pick(one, "split_hash")):
        found.append("folds " + pick(one, "split_hash"))
    return " · ".join(found)


def seeds_sentence(one):
    tried, chance = number(pick(one, "seeds.tried")), number(pick(one, "seeds.chance"))
    best = numbers(pick(one, "seeds.score"))
    if not best or tried is None or chance is None:
        return ""
    verdict = "less than" if best[0] < chance else "about" if best[0] < chance + 0.05 else "more than"
    return (f"Of {tried:.0f} seeds of the fusion network the best one correlates with the property at {best[0]:.2f} on the training samples; "
            f"that is {verdict} the {chance:.2f} that chance reaches with so many seeds.")


def property_view(one, file):
    rows = pick(one, "rows")
    rows = [read_row(row) for row in rows[:MAX_ROWS] if isinstance(row, dict)] if isinstance(rows, list) else []
    rows = [row for row in rows if row is not None]
    observed = numbers(pick(one, "samples.observed")) or []
    tested = pick(one, "samples.is_test")
    tested = [value is True for value in tested] if isinstance(tested, list) else []
    wavelengths = numbers(pick(one, "wavelength_nm")) or []
    name, unit = named(text(pick(one, "property")), text(pick(one, "unit")))
    name = name or file
    small = len(observed) <= MAX_SAMPLES
    return {"name": name, "unit": unit, "file": file, "facts": facts(one), "nested": nested_table(rows),
            "spatial": any(row["division"] == "spatial" for row in rows), "leaky": any(row["protocol"] == "leaky" for row in rows),
            "tables": [(title, split_table(rows, "split", methods), split_table(rows, "leaky", methods)) for title, methods in (
                ("Partial least squares, by features", ["PLSR"]), ("Support vector regression, by features", ["SVR"]),
                ("Methods of other authors", ["FD-RF", "DNN-CARS"])) if any(row["protocol"] == "split" for row in rows)],
            "split": any(row["protocol"] == "split" for row in rows), "forest": forest_figure(rows), "legend": legend(rows), "seeds": seeds_sentence(one),
            "scatter": scatter_panels(rows, (observed, tested), unit) if small and observed else [],
            "marks": [MARKS[key] for key in (("training", "test", "nested") if any(row["protocol"] == "split" for row in rows) else ("alone",))],
            "bands": bands_figure(rows, wavelengths, number(pick(one, "scores"))) if 0 < len(wavelengths) <= MAX_BANDS else None,
            "warnings": [f"{name}: {warning}" for warning in texts(pick(one, "warnings"))]}


def view(comparison):
    """The properties of one comparison."""
    found = pick(comparison, "document.properties")
    return [property_view(one, comparison["file"]) for one in found if isinstance(one, dict)] if isinstance(found, list) else []
