# SPDX-License-Identifier: GPL-2.0-or-later
"""The text of plugins/python/tilth/__init__.pyi, the types of the Python package; make_reference.py writes it."""
import json
import keyword

HEAD = '''# SPDX-License-Identifier: GPL-2.0-or-later
# Written by docs/make_reference.py from the descriptions of the tools.
import os
from collections.abc import Callable, Sequence
from typing import Any, Literal, Union

import numpy

from .raster import Raster as Raster

_Path = Union[str, os.PathLike[str]]
_Raster = Union[_Path, Raster, numpy.ndarray[Any, Any]]
_Progress = Union[Callable[[float], Any], None]

class Error(Exception): ...
class UsageError(Error): ...
class Cancelled(Error): ...
class Note(UserWarning): ...

class Result(dict[str, Any]):
    def __getattr__(self, name: str) -> Any: ...

def version() -> str: ...
def tools() -> dict[str, str]: ...
def describe(tool: str) -> dict[str, Any]: ...
def check(tool: str, **parameters: Any) -> Union[str, None]: ...
def run(tool: str, progress: _Progress = None, **parameters: Any) -> Result: ...
'''

TYPES = {"number": "float", "integer": "int", "flag": "bool", "text": "str", "field": "str", "raster": "_Raster", "rasters": "Sequence[_Raster]",
         "files": "Sequence[_Path]"}
READ_BACK = ("raster_out", "table_out", "spectra_out")


def type_of(parameter):
    if parameter["kind"] == "choice":
        return "Literal[" + ", ".join(json.dumps(one) for one in parameter["choices"]) + "]"
    return TYPES.get(parameter["kind"], "_Path")


def function(tool):
    """Required parameters come first; an output that comes back when it is not named is not required."""
    required, optional = [], []
    for one in tool["parameters"]:
        name = one["id"] + ("_" if keyword.iskeyword(one["id"]) else "")
        if one["optional"] or one["kind"] in READ_BACK:
            optional.append(f"    {name}: Union[{type_of(one)}, None] = None,")
        else:
            required.append(f"    {name}: {type_of(one)},")
    return "\n".join([f"def {tool['id']}(", "    *,", *required, *optional, "    progress: _Progress = None,", ") -> Result:",
                      f'    """{tool["summary"]}"""', "    ..."])


def page(description):
    return "\n".join([HEAD, *(function(one) for one in description["algorithms"])]) + "\n"
