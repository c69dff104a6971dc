# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of the report about tables: correlation of maps and terrain, profiles along streams."""
import csv
import io

import report_figures as figures
from report_text import figure_text, number, pretty

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


def cell_text(cell):
    """A cell of a table as it is shown: numbers short, texts as they are."""
    value = read_number(cell)
    return cell if value is None else figure_text(value, whole=True)


def correlation_view(table, known):
    rows = [row for row in csv.reader(io.StringIO(table["text"])) if row]
    if len(rows) < 2:
        return None
    header, body = rows[0], rows[1:]
    at = {"zone": column(header, "zone", "area"), "map": column(header, "map", "property", "map_a", "a"),
          "factor": column(header, "factor", "layer", "map_b", "b"),
          "r": column(header, "pearson", "pearson_r", "r"), "p": column(header, "p", "p_effective", "p_value")}
    shown = [[cell_text(cell) for cell in row] for row in body]
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
                shown_r = f"{r:.2f}".replace("-0.00", "0.00").replace("-", "−")
                texts[i][j] = f"<b>{shown_r}</b>*" if p is not None and p < 0.05 else shown_r
        view["figures"].append({"zone": zone, "figure": figures.correlation_matrix(
            [pretty(one, known) for one in names], [pretty(one, known) for one in factors], values, texts)})
    return view


# ---- profiles along streams ----------------------------------------------------------------------------------------


def class_label(low, high):
    return f"from {low:.4g}" if high is None else f"{low:.4g} to {high:.4g}"


def profile_view(table, known):
    rows = [row for row in csv.reader(io.StringIO(table["text"])) if row]
    if len(rows) < 2:
        return None
    header, body = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]
    shown = [[cell_text(cell) for cell in row] for row in body]
    view = {"file": table["file"], "title": table["file"], "header": [one.replace("_", " ") for one in header], "rows": shown,
            "figure": None, "sentence": ""}
    at = {name: column(header, name) for name in ("map", "streams", "from_m", "to_m", "n", "mean", "placed_mean", "placed_low",
                                                  "placed_high", "pearson", "p_pearson")}
    if None in at.values() or not body:
        return view
    view["title"] = pretty(body[0][at["map"]], known)

    def of(row, name):
        return read_number(row[at[name]])

    r, p = of(body[0], "pearson"), of(body[0], "p_pearson")
    if r is not None:
        shown_r = f"{r:.2f}".replace("-", "−")
        view["sentence"] = f"Correlation with distance r = {shown_r}" + ("." if p is None else f", p = {p:.3g} from randomly placed streams.")
    classes = [{"label": class_label(of(row, "from_m") or 0.0, of(row, "to_m")),
                **{name: of(row, name) for name in ("n", "mean", "placed_mean", "placed_low", "placed_high")}}
               for row in body[1:] if row[at["streams"]] == "all" and of(row, "mean") is not None]
    if classes:
        view["figure"] = figures.stream_profile(view["title"], classes)
    return view
