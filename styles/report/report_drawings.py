# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything that the page draws, packed: figures as one JSON text, the cells of maps as one block of bytes, both deflated.

A browser inflates them with its own DecompressionStream. Figures and tables are numbered here, too.
"""
import base64
import json
import zlib


def deflated(data):
    """Deflated bytes in base 64, which may be placed in a script element."""
    return base64.b64encode(zlib.compress(data, 6)).decode("ascii")


class Drawings:
    """Collects the figures of the page; the template adds each one."""

    def __init__(self):
        self.figures, self.lines, self.bytes = [], [], bytearray()
        self.known, self.offsets = {}, {}
        self.n_figures = self.n_tables = 0

    def add(self, figure):
        """The number of a figure among all that the page draws."""
        made = dict(figure)
        for key in ("packed", "mask", "thin"):
            if key in made:
                made[key] = self._offset(made[key])
        if made.get("kind") == "map":
            made["streams"] = self._shared(figure["streams"])
        self.figures.append(made)
        return len(self.figures) - 1

    def _offset(self, data):
        """The offset of these bytes; equal bytes, such as those of the study map and of the same map below, are stored once."""
        if data not in self.offsets:
            self.offsets[data] = len(self.bytes)
            self.bytes += data
        return self.offsets[data]

    def _shared(self, lines):
        """Maps with the same streams share one list of lines."""
        if id(lines) not in self.known:
            self.known[id(lines)] = len(self.lines)
            self.lines.append(lines)
        return self.known[id(lines)]

    def figure(self):
        self.n_figures += 1
        return self.n_figures

    def table(self):
        self.n_tables += 1
        return self.n_tables

    def as_json(self):
        plain = json.dumps({"figures": self.figures, "lines": self.lines}, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
        return deflated(plain.encode("ascii"))

    def as_cells(self):
        return deflated(bytes(self.bytes))
