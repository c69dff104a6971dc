#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the report page: reads the gathered document (JSON) from standard input and writes the HTML file that it names.

Started by the tool `report`. A failure is one sentence on standard error.
"""
import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent

try:
    import jinja2
    import numpy  # noqa: F401  used by report_layers
    from plotly.offline import get_plotlyjs
except ImportError as problem:
    PACKAGES = "python3-plotly python3-jinja2 python3-numpy"
    sys.exit(f"the report needs the Python module '{problem.name}'; install the packages {PACKAGES}")

sys.path.insert(0, str(HERE))
import report_drawings  # noqa: E402  after the path is set
import report_view  # noqa: E402


def render(page):
    """The whole page as one text."""
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(str(HERE)), autoescape=True, trim_blocks=True,
                                     lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    drawings = report_drawings.Drawings()
    safe = jinja2.utils.markupsafe.Markup
    return environment.get_template("report.html.j2").render(
        page=report_view.page_view(page), draw=drawings, safe=safe,
        css=safe((HERE / "report.css").read_text(encoding="utf-8")),
        plotly=safe(report_drawings.deflated(get_plotlyjs().encode("utf-8"))))


def main():
    try:
        page = json.loads(sys.stdin.buffer.read().decode("utf-8"))
        html = render(page)
    except Exception as problem:  # a fault of the page itself: the user reads a sentence, not a traceback
        sys.exit(f"the page could not be made ({type(problem).__name__}: {problem}); please report this")
    try:
        Path(page["output"]).write_text(html, encoding="utf-8", newline="\n")
    except OSError as problem:
        sys.exit(f"parameter 'output': '{page['target']}' could not be written: {problem.strerror or problem}")


if __name__ == "__main__":
    main()
