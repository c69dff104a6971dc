# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of the report about a selection of bands: how often each was chosen, the error by step, the coefficients by step.

A table that selectbands did not write is left out.
"""
import csv
import io
import math
import statistics

import report_figures as figures

MAX_RUNS, MAX_PATHS = 40, 40


def read(table, names):
    """Rows of finite numbers of these columns; None when a column is missing or no row is whole."""
    found = []
    reader = csv.DictReader(io.StringIO(table["text"]))
    if not set(names) <= set(reader.fieldnames or []):
        return None
    for row in reader:
        try:
            values = [float(row[name]) for name in names]
        except (TypeError, ValueError):
            continue
        if all(math.isfinite(value) for value in values):
            found.append(values)
    return found or None


def bands_view(table):
    rows = read(table, ["wavelength_nm", "frequency", "chosen"])
    if rows is None:
        return None
    rows.sort()
    kept = [row for row in rows if row[2] > 0]
    data = [{"type": "bar", "x": [row[0] for row in rows], "y": [row[1] for row in rows], "hoverinfo": "x+y",
             "marker": {"color": [figures.ACCENT if row[2] > 0 else "#c9c6bb" for row in rows], "line": {"width": 0}}}]
    top = max(rows, key=lambda row: row[1])
    return {"title": "How often each band was chosen", "file": table["file"],
            "figure": figures.figure(data, 260, bargap=0, xaxis=figures.axis("wavelength (nm)"),
                                     yaxis=figures.axis("share of the runs", range=[0, 1.05])),
            "sentence": f"{len(kept)} of {len(rows)} bands are kept (dark). Most often chosen: {top[0]:.6g} nm, in {100 * top[1]:.0f} % "
                        "of the runs."}


def curve_view(table):
    rows = read(table, ["run", "step", "rmsecv", "best"])
    if rows is None:
        return None
    runs, steps, best = {}, {}, []
    for run, step, error, chosen in rows:
        runs.setdefault(run, []).append((step, error))
        steps.setdefault(step, []).append(error)
        if chosen > 0:
            best.append((step, error))
    data = [{"type": "scatter", "mode": "lines", "x": [one[0] for one in line], "y": [one[1] for one in line], "hoverinfo": "skip",
             "line": {"color": figures.MUTED, "width": 0.8}, "opacity": 0.35} for line in list(runs.values())[:MAX_RUNS]]
    order = sorted(steps)
    data.append({"type": "scatter", "mode": "lines", "x": order, "y": [statistics.fmean(steps[step]) for step in order],
                 "hovertemplate": "step %{x}: mean %{y:.4g}<extra></extra>", "line": {"color": figures.ACCENT, "width": 2}})
    data.append({"type": "scatter", "mode": "markers", "x": [one[0] for one in best], "y": [one[1] for one in best],
                 "hovertemplate": "chosen: step %{x}, %{y:.4g}<extra></extra>",
                 "marker": {"color": figures.SERIES[1], "size": 6, "line": {"color": "white", "width": 0.7}}})
    return {"title": "Error of cross-validation by step", "file": table["file"],
            "figure": figures.figure(data, 300, xaxis=figures.axis("step"), yaxis=figures.axis("RMSECV")),
            "sentence": f"{len(runs)} {'run' if len(runs) == 1 else 'runs'}, their mean, and the steps that were chosen. The smallest error of "
                        "many steps is too optimistic to be an accuracy; the scores of models come from selections repeated in every fold."}


def paths_view(table):
    rows = read(table, ["step", "wavelength_nm", "coefficient"])
    if rows is None:
        return None
    bands = {}
    for step, wavelength, coefficient in rows:
        bands.setdefault(wavelength, []).append((step, coefficient))
    lasting = sorted(bands, key=lambda one: (-len(bands[one]), one))[:MAX_PATHS]
    data = [{"type": "scatter", "mode": "lines", "x": [one[0] for one in bands[band]], "y": [one[1] for one in bands[band]],
             "name": f"{band:.6g} nm", "hovertemplate": f"{band:.6g} nm<br>step %{{x}}: %{{y:.3g}}<extra></extra>",
             "line": {"color": figures.SERIES[k % len(figures.SERIES)], "width": 1.1}, "opacity": 0.8} for k, band in enumerate(lasting)]
    return {"title": "Coefficients by step, first run", "file": table["file"],
            "figure": figures.figure(data, 300, xaxis=figures.axis("step"), yaxis=figures.axis(
                "coefficient", zeroline=True, zerolinecolor="#b9b6aa")),
            "sentence": f"The {len(lasting)} bands that are kept longest, standardised. A line ends where its band is excluded."}


def view(table):
    """One card of the page, or None."""
    for make in (bands_view, curve_view, paths_view):
        made = make(table)
        if made is not None:
            return made
    return None


def correlations(tables):
    """Correlation of properties with the spectrum, one line each, over the range of chance: (table, title) pairs of spectracorrelation."""
    series, level = [], 0.0
    for table, title in tables:
        rows = read(table, ["wavelength_nm", "pearson", "chance_level"]) or read(table, ["wavelength_nm", "pearson"])
        if rows is None:
            continue
        rows.sort()
        series.append(figures.gaps_left_open({"name": title, "x": [row[0] for row in rows], "y": [row[1] for row in rows]}))
        level = max([level] + [row[2] for row in rows if len(row) > 2])
    if not series:
        return None
    made = figures.lines(series, "wavelength (nm)", "Pearson's r", 320, yaxis=figures.axis("Pearson's r", zeroline=True, zerolinecolor="#b9b6aa"))
    if level > 0:
        made["layout"]["shapes"] = [{"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": -level, "y1": level, "layer": "below",
                                     "fillcolor": "#e8e5db", "line": {"width": 0}}]
    return {"figure": made, "level": level, "files": ", ".join(table["file"] for table, _ in tables)}
