# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of the report page as plain plotly descriptions (dictionaries).

Texts that come from files are escaped here, because plotly reads a few HTML tags in its texts.
"""
import html
import json
import math
import statistics
from pathlib import Path

INK = "#2a2a26"
MUTED = "#77776e"
LINE = "#dcdad2"
ACCENT = "#2f5d50"
SERIES = ["#2f5d50", "#b5651d", "#4a6fa5", "#8c4f7d", "#7a8c2f", "#a8443a", "#3f8f8a", "#6b5b4b"]

# Colours from low to high, those of the styles for QGIS: styles/make_styles.py writes them from the same tables.
RAMPS = json.loads((Path(__file__).resolve().parent / "report_ramps.json").read_text(encoding="utf-8"))

# The ramp of a layer, by words in its name; the first match is used.
WORDS = [(("dissimilarity",), "dissimilarity"), (("width", "interval"), "interval_som"), (("slope",), "slope"), (("wetness", "twi"), "twi"),
         (("accumulation", "area"), "flowaccumulation"), (("aspect",), "aspect"), (("ls", "erosion"), "ls"),
         (("elev", "dem", "fill", "height"), "elevation"), (("som", "organic", "carbon"), "som"), (("as", "arsenic"), "as"),
         (("cu", "copper"), "cu")]

# Layers without a style of their own: dissimilarity is pale where the model applies, aspect ends with its first colour.
OTHERS = {"dissimilarity": ["#f4f6f2", "#dfe3cf", "#e6c98c", "#cf8a4b", "#8f3f24"],
          "aspect": ["#4a6fa5", "#86b68f", "#e4d27a", "#c46a4a", "#4a6fa5"],
          "elevation": ["#2f5b45", "#7c9f6a", "#c9c48c", "#e2cfae", "#f7f3ea"]}
PLAIN_RAMP = ["#f7f5ec", "#d5dcb4", "#93b98d", "#4c8c7c", "#1f4e5f"]


def label(text):
    return html.escape(str(text))


def with_unit(name, unit):
    return f"{label(name)} ({label(unit)})" if unit else label(name)


def finite(values):
    return [None if value is None or not math.isfinite(value) else value for value in values]


def colours_of(name):
    words = "".join(mark if mark.isalnum() else " " for mark in name.lower()).split()
    for keys, ramp in WORDS:
        if any(key in words or (len(key) > 3 and any(key in word for word in words)) for key in keys):
            return OTHERS.get(ramp) or RAMPS.get(ramp) or PLAIN_RAMP
    return PLAIN_RAMP


def axis(title="", **more):
    return {"title": {"text": title, "font": {"size": 12, "color": MUTED}}, "gridcolor": "#eceae3", "zeroline": False,
            "linecolor": LINE, "tickfont": {"size": 11, "color": MUTED}, "automargin": True, **more}


def layout(**more):
    return {"font": {"family": "inherit", "color": INK, "size": 12}, "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)", "margin": {"l": 56, "r": 12, "t": 24, "b": 44}, "showlegend": False,
            "hovermode": "closest", "legend": {"orientation": "h", "y": 1.12, "x": 0, "font": {"size": 11}}, **more}


def figure(data, height=320, **more):
    return {"kind": "plot", "data": data, "layout": layout(height=height, **more)}


def scatter(points, name, unit, colour):
    """Observed against predicted: points is a list of dictionaries id, observed, predicted, lower, upper, and spatial, the
    value predicted in spatial blocks."""
    observed = [one["observed"] for one in points]
    predicted = [one["predicted"] for one in points]
    apart = [one for one in points if one.get("spatial") is not None]
    bars = [one for one in points if one.get("lower") is not None and one.get("upper") is not None]
    ends = observed + predicted
    low, high = min(ends), max(ends)
    margin = 0.05 * (high - low or 1.0)
    span = [low - margin, high + margin]
    data = [{"type": "scatter", "mode": "lines", "x": span, "y": span, "hoverinfo": "skip",
             "line": {"color": MUTED, "dash": "dash", "width": 1}}]
    if bars:
        xs, ys = [], []
        for one in bars:
            xs += [one["observed"], one["observed"], None]
            ys += [one["lower"], one["upper"], None]
        data.append({"type": "scatter", "mode": "lines", "x": xs, "y": ys, "hoverinfo": "skip", "opacity": 0.3,
                     "line": {"color": colour, "width": 1.5}})
    if apart:
        data.append({"type": "scatter", "mode": "markers", "x": [one["observed"] for one in apart], "y": [one["spatial"] for one in apart],
                     "text": [label(one.get("id", "")) for one in apart], "name": "spatial blocks",
                     "hovertemplate": "%{text}<br>observed %{x:.4g}<br>in blocks %{y:.4g}<extra></extra>",
                     "marker": {"color": MUTED, "size": 6, "opacity": 0.75, "symbol": "circle-open"}})
    data.append({"type": "scatter", "mode": "markers", "x": observed, "y": predicted, "name": "random folds",
                 "text": [label(one.get("id", "")) for one in points],
                 "hovertemplate": "%{text}<br>observed %{x:.4g}<br>predicted %{y:.4g}<extra></extra>",
                 "marker": {"color": colour, "size": 7, "opacity": 0.85, "line": {"color": "white", "width": 0.7}}})
    return figure(data, 380, xaxis=axis("observed " + with_unit(name, unit), range=span),
                  yaxis=axis("predicted " + with_unit(name, unit), range=span, scaleanchor="x", constrain="domain"))


def spread(rows):
    """R2 of every repeat of the cross-validation: rows is a list of (name, [r2, ...], colour)."""
    data = []
    for name, values, colour in rows:
        data.append({"type": "box", "x": values, "name": label(name), "boxpoints": "all", "jitter": 0.6, "pointpos": 0,
                     "marker": {"color": colour, "size": 5, "opacity": 0.7}, "line": {"color": colour, "width": 1.2},
                     "fillcolor": "rgba(0,0,0,0)", "hoverinfo": "x+name", "orientation": "h"})
    lowest = min(min(values) for _, values, _ in rows)
    return figure(data, 90 + 62 * len(rows), xaxis=axis("R² of each repeat", range=[min(-0.05, lowest - 0.05), 1.0],
                                                         zeroline=True, zerolinecolor="#b9b6aa"),
                  yaxis=axis("", autorange="reversed"))


def lines(series, x_title, y_title, height=320, **more):
    """series is a list of dictionaries name, x, y and, optionally, colour, dash, and sd with band = (x, y), the line that it surrounds."""
    data = []
    for k, one in enumerate(series):
        colour = one.get("colour", SERIES[k % len(SERIES)])
        if one.get("sd") is not None:
            x, y = one["band"]
            upper = [a + b for a, b in zip(y, one["sd"])]
            lower = [a - b for a, b in zip(y, one["sd"])]
            data.append({"type": "scatter", "mode": "lines", "x": x + x[::-1], "y": upper + lower[::-1],
                         "fill": "toself", "fillcolor": colour, "opacity": 0.12, "line": {"width": 0},
                         "hoverinfo": "skip", "showlegend": False})
        data.append({"type": "scatter", "mode": "lines", "x": one["x"], "y": finite(one["y"]),
                     "name": label(one["name"]), "showlegend": True,
                     "line": {"color": colour, "width": 1.8, "dash": one.get("dash", "solid")}})
    options = {"xaxis": axis(x_title), "yaxis": axis(y_title)}
    options.update(more)
    return figure(data, height, **{**options, "showlegend": len(series) > 1, "hovermode": "x unified"})


def in_lines(text, length=12):
    """The words of a text in lines of about that many letters."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > length:
            lines.append(word)
        else:
            lines[-1] = (lines[-1] + " " + word).strip()
    return "<br>".join(lines)


def correlation_matrix(rows, columns, values, texts):
    """values and texts are [len(rows)][len(columns)], with None where there is nothing."""
    notes = [{"x": in_lines(label(columns[j])), "y": label(rows[i]), "text": texts[i][j], "showarrow": False,
              "font": {"size": 12, "color": "white" if abs(values[i][j]) > 0.55 else INK}}
             for i in range(len(rows)) for j in range(len(columns)) if values[i][j] is not None]
    data = [{"type": "heatmap", "x": [in_lines(label(one)) for one in columns], "y": [label(one) for one in rows], "z": values,
             "zmin": -1, "zmax": 1, "xgap": 2, "ygap": 2, "showscale": False, "hoverongaps": False,
             "hovertemplate": "%{y} and %{x}: r = %{z:.3f}<extra></extra>",
             "colorscale": [[0, "#8a3b2c"], [0.25, "#d49a83"], [0.5, "#f6f4ee"], [0.75, "#86aec4"], [1, "#1f5a85"]]}]
    # Long names stand in lines below the matrix; above it they would be cut where a narrow page turns them.
    return figure(data, 110 + 44 * len(rows), annotations=notes,
                  xaxis=axis("", showgrid=False, type="category"),
                  yaxis=axis("", autorange="reversed", showgrid=False, type="category"),
                  margin={"l": 90, "r": 10, "t": 26, "b": 66})


def stream_profile(name, classes):
    """Means by class of distance over the range of randomly placed streams.

    classes is a list of dictionaries label, mean, n, placed_mean, placed_low, placed_high; None where a number is missing."""
    x = [label(one["label"]) for one in classes]
    data = []
    banded = [k for k, one in enumerate(classes) if one["placed_low"] is not None and one["placed_high"] is not None]
    if banded:
        at = [x[k] for k in banded]
        data.append({"type": "scatter", "mode": "lines", "x": at + at[::-1], "fill": "toself", "fillcolor": "#d9dfe6",
                     "y": [classes[k]["placed_high"] for k in banded] + [classes[k]["placed_low"] for k in reversed(banded)],
                     "line": {"width": 0}, "hoverinfo": "skip", "name": "randomly placed streams, 95 of 100"})
        data.append({"type": "scatter", "mode": "lines", "x": at, "y": [classes[k]["placed_mean"] for k in banded],
                     "name": "their mean", "hoverinfo": "skip", "line": {"color": MUTED, "dash": "dash", "width": 1}})
    data.append({"type": "scatter", "mode": "lines+markers", "x": x, "y": [one["mean"] for one in classes],
                 "name": "the real streams", "customdata": [one["n"] for one in classes],
                 "hovertemplate": "%{x} m<br>mean %{y:.4g}<br>%{customdata} cells<extra></extra>",
                 "line": {"color": ACCENT, "width": 1.8}, "marker": {"color": ACCENT, "size": 7}})
    return figure(data, 320, xaxis=axis("distance to the nearest stream (m)", type="category"),
                  yaxis=axis("mean of " + label(name)))


def gaps_left_open(series):
    """Interrupts a line where bands are left out: where a step is more than three times the median one."""
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
