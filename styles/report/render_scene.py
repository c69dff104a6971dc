#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the page of a scene: reads the gathered document (JSON) from standard input and writes the HTML file that it names.

Started by the tool `sceneinfo`. Needs only Python itself: the figures are drawn as SVG, the picture as PNG. A failure is one
sentence on standard error.
"""
import base64
import html
import json
import math
import struct
import sys
import zlib
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
WIDE, TALL, LEFT, RIGHT, TOP, BOTTOM = 1080, 300, 64, 12, 12, 40
SERIES = ["#2f5d50", "#b5651d", "#4a6fa5", "#8c4f7d"]


def text(value):
    return html.escape(str(value))


def shown(value, digits=3):
    return "–" if value is None else f"{value:.{digits}g}"


# --- picture ---

def png(wide, tall, red, green, blue):
    """A PNG of three channels; cells with zero in all of them are transparent."""
    lines = bytearray()
    for row in range(tall):
        lines.append(0)
        for at in range(row * wide, (row + 1) * wide):
            rgb = (red[at], green[at], blue[at])
            lines += bytes((*rgb, 255 if any(rgb) else 0))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", wide, tall, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(lines), 9)) + chunk(b"IEND", b"")


def picture(found):
    if not found:
        return ""
    cells = bytes.fromhex(found["hex"])
    n = found["wide"] * found["tall"]
    data = base64.b64encode(png(found["wide"], found["tall"], cells[:n], cells[n:2 * n], cells[2 * n:])).decode("ascii")
    bands = ", ".join(f"{nm:.0f}" for nm in found["nm"])
    return (f'<section><h2>Quick look</h2><p class="note">Red, green, blue: bands at {bands} nm, each stretched between the 2nd and the '
            f'98th percentile.</p><div class="card"><img alt="Quick look of the scene" style="max-width:100%;image-rendering:pixelated" '
            f'src="data:image/png;base64,{data}"></div></section>')


# --- figures ---

def ticks(low, high, wanted=6):
    raw = (high - low) / wanted
    step = 10.0 ** math.floor(math.log10(raw))
    step *= next(k for k in (1, 2, 5, 10) if k * step >= raw)
    first = math.ceil(low / step)
    return [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]


def runs(bands, key):
    """Runs of adjacent good bands of one detector, as lists of (nm, value)."""
    out, last = [], None
    for band in bands:
        here = band["detector"] if band["good"] and band[key] is not None else None
        if here is None:
            last = None
            continue
        if here != last:
            out.append((here, []))
        out[-1][1].append((band["nm"], band[key]))
        last = here
    return out


def shades(bands):
    """Wavelength ranges of bad bands, merged: (from, to, reasons)."""
    out, last_bad = [], False
    for k, band in enumerate(bands):
        if not band["good"]:
            before = 0.5 * (bands[k - 1]["nm"] + band["nm"]) if k > 0 else band["nm"]
            behind = 0.5 * (bands[k + 1]["nm"] + band["nm"]) if k + 1 < len(bands) else band["nm"]
            if last_bad and out[-1][2] == band["reason"]:
                out[-1] = (out[-1][0], behind, band["reason"])
            else:
                out.append((before, behind, band["reason"]))
        last_bad = not band["good"]
    return out


def figure(bands, key, title, from_zero=False):
    """One quantity against wavelength, unused bands shaded, a title on every mark."""
    known = [b[key] for b in bands if b["good"] and b[key] is not None]
    if not known or bands[0]["nm"] == bands[-1]["nm"]:
        return '<p class="note">There is nothing to draw: no usable band has a value and a wavelength.</p>'
    low, high = (0.0 if from_zero else min(known)), max(known)
    high, low = high + 0.05 * (high - low or 1.0), low - (0.0 if from_zero else 0.05 * (high - low or 1.0))
    first, last = bands[0]["nm"], bands[-1]["nm"]

    def x(nm):
        return LEFT + (nm - first) / (last - first) * (WIDE - LEFT - RIGHT)

    def y(value):
        return TALL - BOTTOM - (value - low) / (high - low) * (TALL - TOP - BOTTOM)

    parts = [f'<svg viewBox="0 0 {WIDE} {TALL}" role="img" aria-label="{text(title)}" style="width:100%;height:auto;font-size:12px">']
    for a, b, reason in shades(bands):
        parts.append(f'<rect x="{x(a):.1f}" y="{TOP}" width="{max(1.0, x(b) - x(a)):.1f}" height="{TALL - TOP - BOTTOM}" fill="#e8e2d2">'
                     f'<title>{a:.0f}–{b:.0f} nm: {text(reason)}</title></rect>')
    for value in ticks(low, high):
        parts.append(f'<line x1="{LEFT}" x2="{WIDE - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="#eceae3"/>'
                     f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end" fill="#6f6f66">{value:.4g}</text>')
    for nm in ticks(first, last, 10):
        parts.append(f'<text x="{x(nm):.1f}" y="{TALL - BOTTOM + 18}" text-anchor="middle" fill="#6f6f66">{nm:g}</text>')
    parts.append(f'<text x="{WIDE / 2}" y="{TALL - 4}" text-anchor="middle" fill="#6f6f66">wavelength, nm</text>')
    for detector, points in runs(bands, key):
        colour = SERIES[(detector - 1) % len(SERIES)]
        line = " ".join(f"{x(nm):.1f},{y(value):.1f}" for nm, value in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.6"/>')
        for nm, value in points:
            parts.append(f'<circle cx="{x(nm):.1f}" cy="{y(value):.1f}" r="2.4" fill="{colour}"><title>{nm:.1f} nm: {value:.4g}</title></circle>')
    parts.append("</svg>")
    return "".join(parts)


# --- page ---

def hints(page):
    """Sentences about what a reader should check."""
    out = []
    for seam in page["seams"]:
        if seam["step"] is not None:
            out.append(f"Detectors meet at {seam['nm']:.0f} nm with a median step of {shown(seam['step'])} ({shown(seam['percent'], 2)} % of the "
                       f"signal). cleanscene removes steps; a real bend of the spectrum looks like a step, too.")
        if seam["keystone"] is not None:
            out.append(f"The bands on both sides of {seam['nm']:.0f} nm are {shown(seam['keystone'], 2)} columns apart (keystone).")
    if page["smile_nm"] is not None:
        out.append(f"The oxygen line at 760 nm (depth {shown(page['line_depth'], 2)}) shifts by {shown(page['smile_nm'], 2)} nm across the scene "
                   "(smile).")
    else:
        out.append("Smile cannot be measured: the scene has no oxygen line at 760 nm that is deep enough and covered by four bands.")
    return out


def table(bands):
    rows = []
    for band in bands:
        why = band["reason"] if not band["good"] else band["advice"]
        mark = "not used" if not band["good"] else ("check it" if band["advice"] else "")
        nm = shown(band["nm"], 6)
        rows.append(f'<tr><td class="num">{band["band"]}</td><td class="num">{nm}</td><td class="num">{band["detector"]}</td>'
                    f'<td class="num">{shown(band["mean"], 4)}</td><td class="num">{shown(band["snr"])}</td>'
                    f'<td class="num">{shown(band["stripes"], 2)}</td><td>{mark}</td><td>{text(why)}</td></tr>')
    heads = "".join(f'<th class="num">{h}</th>' for h in ("Band", "Centre, nm", "Detector", "Mean", "SNR", "Stripes, %"))
    return f'<div class="scroll"><table><tr>{heads}<th></th><th>Why</th></tr>{"".join(rows)}</table></div>'


def render(page):
    bands = sorted(page["bands"], key=lambda b: (b["nm"] is None, b["nm"] or 0.0))
    drawn = [b for b in bands if b["nm"] is not None]
    good = sum(b["good"] for b in bands)
    doubtful = [b for b in bands if b["good"] and b["advice"]]
    about = " · ".join(text(part) for part in (page["sensor"], page["utc"], f'{page["rows"]} rows, {page["columns"]} columns',
                                               f'{good} of {len(bands)} bands usable') if part)
    plots = ""
    if len(drawn) > 1:
        for key, title, zero in (("mean", "Mean spectrum", False), ("snr", "Signal-to-noise ratio", True),
                                 ("stripes", "Stripes, % of the signal", True)):
            plots += f'<section><h2>{title}</h2><div class="card">{figure(drawn, key, title, zero)}</div></section>'
    lines = "".join(f"<li>{text(line)}</li>" for line in hints(page))
    advice = "".join(f'<li>Band {b["band"]} ({shown(b["nm"], 6)} nm): {text(b["advice"])}</li>' for b in doubtful)
    if advice:
        advice = ('<section><h2>Bands that should not be used</h2><div class="card warnings"><ul>' + advice +
                  "</ul></div></section>")
    css = (HERE / "report.css").read_text(encoding="utf-8")
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="tilth {text(page["version"])}"><title>{text(page["title"])}</title><style>
{css}
</style></head><body>
<header class="page"><div class="wrap"><h1>{text(page["title"])}</h1><p>{about}</p></div></header>
<main class="wrap">
{picture(page.get("picture"))}
{plots}
<section><h2>Geometry and detectors</h2><div class="card"><ul>{lines}</ul></div></section>
{advice}
<section><h2>Every band</h2><p class="note">Shaded in the figures: bands that are not used. Signal-to-noise ratio: the mean of the
sampled rows divided by the part that neighbouring bands do not explain, in blocks of 6 x 6 cells. Stripes: the standard deviation of
the columns that is larger than chance.</p>
<div class="card">{table(bands)}</div></section>
</main><footer><div class="wrap">Made by tilth {text(page["version"])} from rows distributed over the scene.</div></footer></body></html>
"""


def main():
    try:
        page = json.loads(sys.stdin.buffer.read().decode("utf-8"))
        made = render(page)
    except Exception as problem:  # a fault of the page itself: the user reads a sentence, not a traceback
        sys.exit(f"the page could not be made ({type(problem).__name__}: {problem}); please report this")
    try:
        Path(page["output"]).write_text(made, encoding="utf-8", newline="\n")
    except OSError as problem:
        sys.exit(f"parameter 'report': '{page['target']}' could not be written: {problem.strerror or problem}")


if __name__ == "__main__":
    main()
