# SPDX-License-Identifier: GPL-2.0-or-later
"""The provenance of every file: the run records inside the files."""
import report_labels as labels
from report_text import pick, text


def label_of(tool, parameter, value):
    """The label of a choice; '' when it has none. The id stays on the page, because it repeats the run."""
    label = labels.choice(tool, parameter, value)
    return label if label != value else ""


def record_view(file, record):
    if not isinstance(record, dict) or not text(record.get("tool")):
        return None
    parameters = record.get("parameters") if isinstance(record.get("parameters"), dict) else {}
    hidden = {"threads", "memory"}
    inputs = [one for one in record.get("inputs", []) if isinstance(one, dict)] if isinstance(
        record.get("inputs"), list) else []
    return {"file": file, "tool": record["tool"], "version": text(record.get("version")),
            "seed": str(parameters.get("seed", "")),
            "parameters": [(key, str(value), label_of(record["tool"], key, value)) for key, value in parameters.items()
                           if key not in hidden and key != "seed" and str(value).strip()],
            "inputs": [(text(one.get("parameter")), text(one.get("file")), text(one.get("fingerprint"))) for one in inputs]}


def records_of(page):
    found = [(model["file"], pick(model["document"], "record")) for model in page["models"]]
    if page.get("fusion"):
        found.append((page["fusion"]["file"], pick(page["fusion"]["document"], "record")))
    found += [(one["file"], pick(one["document"], "record")) for one in page.get("comparisons", [])]
    found += [(raster["file"], raster.get("record")) for raster in page["maps"] + page.get("masks", []) + page["terrain"]]
    if page.get("streams"):
        found.append((page["streams"]["file"], page["streams"].get("record")))
    found.append(("this page", page.get("record")))
    views = [record_view(file, record) for file, record in found]
    return [one for one in views if one is not None]
