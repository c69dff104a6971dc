# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of the report about a fusion model: mean spectra, loss curves, and the diagnosis on held-out pairs."""
import math

import report_figures as figures
import report_labels as labels
from report_text import figure_text, number, numbers, pick, text, texts

DIAGNOSIS = [("spread_ratio", "spread of the generated spectra, relative to the lab spectra"),
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
            series.append(figures.gaps_left_open({"name": name, "x": wavelengths, "y": values, "dash": dash, "sd": sd,
                                          "band": (wavelengths, values)}))
    return figures.lines(series, "wavelength (nm)", "reflectance") if series else None


def losses_view(losses):
    """The trainings with other losses that trainfusion compared: their curves, each relative to its first epoch because losses of
    different parts have different units, and the diagnosis of each."""
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
        warnings.append("the generated spectra contain no information about the samples; models built on them cannot be "
                        "better than the mean of the samples.")
    warnings = list(dict.fromkeys(warnings))
    return {"file": fusion["file"], "rows": rows, "warnings": [f"Fusion: {one}" for one in warnings],
            "kind": labels.choice("trainfusion", "method", text(pick(document, "transfer.kind", "method", "transfer.method"))),
            "curve": curve_figure(pick(document, "transfer.vae.curve", "transfer.curve", "curve"),
                                  pick(document, "diagnosis.held_out_curve", "transfer.vae.held_out", "held_out")),
            "losses": losses_view(pick(document, "losses")), "spectra": spectra_figure(document)}
