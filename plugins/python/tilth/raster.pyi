# SPDX-License-Identifier: GPL-2.0-or-later
import os
from collections.abc import Sequence
from typing import Any, Union

import numpy

class Raster:
    array: numpy.ndarray[Any, Any]
    transform: Union[tuple[float, ...], None]
    crs: str
    def __init__(self, array: Any, transform: Union[Sequence[float], None] = None, crs: str = "") -> None: ...
    @classmethod
    def open(cls, path: Union[str, os.PathLike[str]]) -> Raster: ...
    def save(self, path: Union[str, os.PathLike[str]]) -> None: ...
