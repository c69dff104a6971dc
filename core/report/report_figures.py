# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of the report page as plain plotly descriptions (dictionaries), and maps as packed layers.

Texts that come from files are escaped here, because plotly reads a few HTML tags in its texts. Maps are packed as
16-bit steps between the smallest and the largest value, a few hundred kilobytes each; report.js.j2 unpacks them.
"""
import base64
import html
import math

import numpy

INK = "#2a2a26"
MUTED = "#77776e"
LINE = "#dcdad2"
ACCENT = "#2f5d50"
SERIES = ["#2f5d50", "#b5651d", "#4a6fa5", "#8c4f7d", "#7a8c2f", "#a8443a", "#3f8f8a", "#6b5b4b"]

# Colours from low to high, by words in the name of a layer; the first that fits is taken.
RAMPS = [
    (("applicable",), ["#d9a38f", "#efe6dc", "#cfe0d3"]),
    (("dissimilarity",), ["#f4f6f2", "#dfe3cf", "#e6c98c", "#cf8a4b", "#8f3f24"]),
    (("width", "interval"), ["#f5f3f8", "#d3cbe3", "#a99bc9", "#7b68a8", "#4d3a80"]),
    (("slope",), ["#fbf9f4", "#e6d3b1", "#c99d66", "#95613a", "#54301f"]),
    (("wetness", "twi"), ["#f7f4e4", "#cfe3c8", "#86c3bd", "#3d8fb0", "#1b4f86"]),
    (("accumulation", "area"), ["#f5f8fa", "#c3d9e8", "#7fb0d0", "#3c7ead", "#144a75"]),
    (("aspect",), ["#4a6fa5", "#86b68f", "#e4d27a", "#c46a4a", "#4a6fa5"]),
    (("ls", "erosion"), ["#fdf7ea", "#f5d49a", "#e8984f", "#c3542d", "#7a2016"]),
    (("elev", "dem", "fill", "height"), ["#3f6b4f", "#8fae72", "#e0d7a0", "#b98a5c", "#f4f1ea"]),
    (("som", "organic", "carbon"), ["#fbf3d9", "#e5c98a", "#b98d4f", "#7d5428", "#3d2611"]),
    (("as", "arsenic"), ["#f2f4ec", "#c9d7a2", "#d9b44a", "#c9692c", "#8a1c1c"]),
    (("cu", "copper"), ["#eef6f3", "#b4dccb", "#6fb59d", "#347f6c", "#12463d"]),
]
PLAIN_RAMP = ["#f7f5ec", "#d5dcb4", "#93b98d", "#4c8c7c", "#1f4e5f"]


def label(text):
    return html.escape(str(text))


def with_unit(name, unit):
    return f"{label(name)} ({label(unit)})" if unit else label(name)


def finite(values):
    return [None if value is None or not math.isfinite(value) else value for value in values]


def colours_of(name):
    words = "".join(mark if mark.isalnum() else " " for mark in name.lower()).split()
    for keys, ramp in RAMPS:
        for key in keys:
            if key in words or (len(key) > 3 and any(key in word for word in words)):
                break
        else:
            continue
        return ramp
    return PLAIN_RAMP


def axis(title="", **more):
    return {"title": {"text": title, "font": {"size": 12, "color": MUTED}}, "gridcolor": "#eceae3", "zeroline": False,
            "linecolor": LINE, "tickfont": {"size": 11, "color": MUTED}, "automargin": True, **more}


def layout(**more):
    return {"font": {"family": "inherit", "color": INK, "size": 12}, "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)", "margin": {"l": 56, "r": 12, "t": 10, "b": 44}, "showlegend": False,
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "#b9b6aa", "activecolor": ACCENT},
            "hovermode": "closest", "legend": {"orientation": "h", "y": 1.12, "x": 0, "font": {"size": 11}}, **more}


def figure(data, height=320, **more):
    return {"kind": "plot", "data": data, "layout": layout(height=height, **more)}


def scatter(points, name, unit, colour):
    """Observed against predicted: points is a list of dictionaries id, observed, predicted, lower, upper, and spatial, which
    is the value from spatial blocks."""
    observed = [one["observed"] for one in points]
    predicted = [one["predicted"] for one in points]
    apart = [one for one in points if one.get("spatial") is not None]
    bars = [one for one in points if one.get("lower") is not None and one.get("upper") is not None]
    ends = observed + predicted
    low, high = min(ends), max(ends)
    room = 0.05 * (high - low or 1.0)
    span = [low - room, high + room]
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
    """series is a list of dictionaries name, x, y and, optionally, colour, dash, and sd with band = (x, y) it is around."""
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


def correlation_matrix(rows, columns, values, texts):
    """values and texts are [len(rows)][len(columns)], with None where there is nothing."""
    notes = [{"x": label(columns[j]), "y": label(rows[i]), "text": texts[i][j], "showarrow": False,
              "font": {"size": 12, "color": "white" if abs(values[i][j]) > 0.55 else INK}}
             for i in range(len(rows)) for j in range(len(columns)) if values[i][j] is not None]
    data = [{"type": "heatmap", "x": [label(one) for one in columns], "y": [label(one) for one in rows], "z": values,
             "zmin": -1, "zmax": 1, "xgap": 2, "ygap": 2, "showscale": False, "hoverongaps": False,
             "hovertemplate": "%{y} and %{x}: r = %{z:.3f}<extra></extra>",
             "colorscale": [[0, "#8a3b2c"], [0.25, "#d49a83"], [0.5, "#f6f4ee"], [0.75, "#86aec4"], [1, "#1f5a85"]]}]
    return figure(data, 92 + 44 * len(rows), annotations=notes,
                  xaxis=axis("", side="top", showgrid=False, type="category"),
                  yaxis=axis("", autorange="reversed", showgrid=False, type="category"),
                  margin={"l": 90, "r": 10, "t": 44, "b": 6})


def stream_profile(name, classes):
    """Means by class of distance over the range that streams placed at random give.

    classes is a list of dictionaries label, mean, n, placed_mean, placed_low, placed_high; None where a number is missing."""
    x = [label(one["label"]) for one in classes]
    data = []
    banded = [k for k, one in enumerate(classes) if one["placed_low"] is not None and one["placed_high"] is not None]
    if banded:
        at = [x[k] for k in banded]
        data.append({"type": "scatter", "mode": "lines", "x": at + at[::-1], "fill": "toself", "fillcolor": "#d9dfe6",
                     "y": [classes[k]["placed_high"] for k in banded] + [classes[k]["placed_low"] for k in reversed(banded)],
                     "line": {"width": 0}, "hoverinfo": "skip", "name": "streams placed at random, 95 of 100"})
        data.append({"type": "scatter", "mode": "lines", "x": at, "y": [classes[k]["placed_mean"] for k in banded],
                     "name": "their mean", "hoverinfo": "skip", "line": {"color": MUTED, "dash": "dash", "width": 1}})
    data.append({"type": "scatter", "mode": "lines+markers", "x": x, "y": [one["mean"] for one in classes],
                 "name": "the real streams", "customdata": [one["n"] for one in classes],
                 "hovertemplate": "%{x} m<br>mean %{y:.4g}<br>%{customdata} cells<extra></extra>",
                 "line": {"color": ACCENT, "width": 1.8}, "marker": {"color": ACCENT, "size": 7}})
    return figure(data, 320, xaxis=axis("distance to the nearest stream (m)", type="category"),
                  yaxis=axis("mean of " + label(name)))


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


def metres_ratio(grid):
    """How much longer a map unit is on the y axis than on the x axis."""
    t = grid["transform"]
    cell = grid.get("cell_m")
    if not cell or not t[1] or not t[5]:
        return 1.0
    return abs(cell[1] / t[5]) / abs(cell[0] / t[1])


def map_layer(values, grid, name, unit, streams=None, colours=None):
    """One map: packed values, where they lie, colours, and stream lines over it."""
    there = numpy.isfinite(values)
    low = float(values[there].min()) if there.any() else 0.0
    high = float(values[there].max()) if there.any() else 1.0
    step = (high - low) / 65534.0 or 1.0
    packed = numpy.full(values.shape, 65535, dtype="<u2")
    packed[there] = numpy.rint((values[there] - low) / step).astype("<u2")
    t = grid["transform"]
    zmin, zmax = stretch(values)
    ramp = colours or colours_of(name)
    return {"kind": "map", "rows": grid["rows"], "cols": grid["cols"], "values": base64.b64encode(packed).decode("ascii"),
            "low": low, "step": step, "x0": t[0] + t[1] / 2, "dx": t[1], "y0": t[3] + t[5] / 2, "dy": t[5],
            "ratio": metres_ratio(grid), "geographic": bool(grid.get("geographic")), "zmin": zmin, "zmax": zmax,
            "unit": label(unit), "name": label(name), "streams": streams or [],
            "colours": [[k / (len(ramp) - 1), colour] for k, colour in enumerate(ramp)]}


def stream_traces(streams):
    """Stream lines joined by order: [{x, y, width, order}], gaps as None."""
    by_order = {}
    for line in streams["lines"]:
        order = int(line.get("order") or 1)
        one = by_order.setdefault(order, {"x": [], "y": [], "order": order, "width": 0.5 + 0.55 * order})
        one["x"] += line["x"] + [None]
        one["y"] += line["y"] + [None]
    return [by_order[order] for order in sorted(by_order)]
