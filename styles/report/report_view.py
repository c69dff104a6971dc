# SPDX-License-Identifier: GPL-2.0-or-later
"""Turns the gathered document of the report (models, maps, tables) into the values and texts of the page.

A part that is missing in the document, or that has an unknown form, is left out of the page.
"""
import report_checklist
import report_compare
import report_figures as figures
import report_fusion
import report_maps
import report_masks
import report_models
import report_records
import report_selection
import report_tables
from report_text import pretty


def titles_of(page, maps, terrain):
    """{stem of a file: what it shows}, for tables that name their maps by file."""
    known = {raster["file"].rsplit(".", 1)[0]: view["title"] for raster, view in zip(page["maps"], maps)}
    layers = {}
    for one in terrain:
        layers.setdefault(one["file"].rsplit(".", 1)[0], []).append(one["title"])
    known.update({stem: titles[0] for stem, titles in layers.items() if len(titles) == 1})
    return known


def property_of(table, known):
    """The property of a table, by the words in the name of its file: spectral_som.csv is about SOM."""
    stem = table["file"].rsplit(".", 1)[0]
    words = [one for one in stem.lower().split("_") if one in ("som", "as", "cu") or one in known]
    return pretty(words[0] if len(words) == 1 else stem, known)


def all_warnings(view):
    found = [warning for part in view["models"] + view["maps"] for warning in part["warnings"]]
    found += view["fusion"]["warnings"] if view["fusion"] else []
    return found + [warning for one in view["comparisons"] for warning in one["warnings"]]


def seen(views):
    return [one for one in views if one is not None]


def page_view(page):
    """Everything that the template needs."""
    streams = page.get("streams")
    models = [report_models.model_view(model, k) for k, model in enumerate(page["models"])]
    thin = [report_masks.thin_cloud(page, raster["grid"]) for raster in page["maps"]]
    maps = [report_maps.map_view(raster, streams, cloud) for raster, cloud in zip(page["maps"], thin)]
    terrain = [one for raster in page["terrain"] for one in report_maps.terrain_view(raster, streams)]
    known = titles_of(page, maps, terrain)
    view = {"title": page["title"], "version": page["version"], "models": models, "maps": maps, "terrain": terrain,
            "masks": [report_masks.mask_view(raster) for raster in page.get("masks", [])],
            "score_names": [name for _, name, _ in report_models.SCORES], "study": report_maps.study_view(page, thin[0] if thin else None),
            "samples": [one["statistics"] for one in models if one["statistics"]],
            "fusion": report_fusion.fusion_view(page["fusion"]) if page.get("fusion") else None,
            "spectral": report_selection.correlations([(table, property_of(table, known)) for table in page.get("spectral", [])]),
            "correlation": report_tables.correlation_view(page["correlation"], known) if page.get("correlation") else None,
            "profiles": seen(report_tables.profile_view(table, known) for table in page.get("profiles", [])),
            "selection": seen(map(report_selection.view, page.get("selection", []))),
            "checklist": report_checklist.view(page["models"]) if page["models"] else [],
            "comparisons": [one for part in page.get("comparisons", []) for one in report_compare.view(part)],
            "records": report_records.records_of(page), "n_streams": len(streams["sets"][0]["lines"]) if streams else 0}
    repeats = [(one["name"], one["scores"]["r2"]["all"], one["colour"]) for one in models
               if one["scores"].get("r2") and len(one["scores"]["r2"]["all"]) > 1]
    view["spread"] = figures.spread(repeats) if repeats else None
    view["warnings"] = all_warnings(view)
    return view
