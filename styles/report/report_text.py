# SPDX-License-Identifier: GPL-2.0-or-later
"""Values from documents, and numbers in the form that a reader expects.

No function here expects a key to exist: files of other versions and of other programs lack some.
"""
import math
import re

def pick(where, *paths, default=None):
    """The first of the dotted paths that leads to something other than null."""
    for path in paths:
        at = where
        for key in path.split("."):
            at = at.get(key) if isinstance(at, dict) else None
        if at is not None:
            return at
    return default


def number(value):
    """A finite number or None; flags are no numbers."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def numbers(value):
    """A list of finite numbers, or None when it is anything else."""
    if not isinstance(value, list) or not value:
        return None
    made = [number(one) for one in value]
    return None if None in made else made


def text(value):
    return value if isinstance(value, str) else ""


def short_name(name, unit):
    """The name without the unit with which field names often end: SOM_g_kg in g/kg is SOM."""
    ending = "_" + re.sub(r"\W+", "_", unit).strip("_")
    return name[:-len(ending)] if unit and len(name) > len(ending) and name.endswith(ending) else name


def named(name, unit):
    """(name, unit) of a field; a missing unit is read from the name: SOM_g_kg is SOM in g/kg."""
    found = re.search(r"_(m?g)_kg$", name)
    unit = unit or (f"{found.group(1)}/kg" if found else "")
    return short_name(name, unit), unit


def texts(value):
    """The texts of a list; warnings may be plain texts or objects with a text."""
    found = [one if isinstance(one, str) else text(pick(one, "text")) for one in value] if isinstance(value, list) else []
    return [one for one in found if one]


POWERS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def grouped(text):
    """Digits before the decimal point in groups of three when there are five or more: 62 500."""
    whole, dot, rest = text.partition(".")
    return (f"{int(whole):,}".replace(",", "\u202f") if len(whole.lstrip("-")) > 4 else whole) + dot + rest


def figure_text(value, digits=3, whole=False):
    """A number in the form that a reader expects: three significant digits, powers of ten for very small and very large
    numbers, long numbers in groups; whole: as a count."""
    value = number(value)
    if value is None:
        return "–"
    if value == 0:
        return "0"
    if whole and value.is_integer() and abs(value) < 1e9:
        return grouped(f"{value:.0f}").replace("-", "−")
    if not 1e-4 <= abs(value) < 1e6:
        mantissa, power = f"{value:.{digits - 1}e}".split("e")
        return f"{mantissa} × 10{str(int(power)).translate(POWERS)}".replace("-", "−")
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return grouped(f"{value:.{decimals}f}").replace("-", "−")


def pretty(stem, known=None):
    """The stem of a file as a heading: its title in the files, otherwise a known name, otherwise the stem in words."""
    if known and stem in known:
        return known[stem]
    words = {"som": "SOM", "as": "As", "cu": "Cu", "twi": "Topographic wetness index", "ls": "LS-factor", "slope": "Slope",
             "dem": "Elevation", "accumulation": "Flow accumulation", "filled": "Filled elevation", "aspect": "Aspect"}
    return words.get(stem.lower(), stem.replace("_", " ").strip().capitalize() or stem)
