# SPDX-License-Identifier: GPL-2.0-or-later
"""Labels of choices, from the descriptions of the tools; files hold the ids.

The descriptions are next to this file in an installation. An id without a label, such as one of another version, is shown as it is.
"""
import functools
import json
from pathlib import Path

DESCRIPTIONS = Path(__file__).resolve().parent / "descriptors.json"


@functools.lru_cache(maxsize=None)
def labels_of(path):
    """{(tool, parameter, id): label} of all choices; empty when there is no such file."""
    try:
        tools = json.loads(path.read_text(encoding="utf-8"))["algorithms"]
    except OSError:
        return {}
    return {(tool["id"], parameter["id"], choice): label for tool in tools for parameter in tool["parameters"]
            for choice, label in zip(parameter.get("choices", []), parameter.get("labels", []))}


def choice(tool, parameter, value):
    """The label of a choice, otherwise the value itself."""
    return labels_of(DESCRIPTIONS).get((tool, parameter, value), value) if isinstance(value, str) else value
