#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Regenerates tests/kit/clear_sky_6s.csv with 6S as GRASS GIS ships it in i.atcorr (about a quarter of an hour of processor time).

    grass --tmp-location XY --exec tests/evidence/clear_sky_6s.py out.csv [every]      every: only each so-many-th wavelength

i.atcorr computes the reflectance of the ground, F = y / (1 + S y) with y = (x - path) / T, for reflectances x at the top in a
raster of twelve pixels. From those between 0 and 1 path, T and S are found by least squares; where strong absorption leaves too
few, S is that of the adjacent wavelengths. Where fewer than two remain no light is transmitted, and path and T are 0."""
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

TOP = sorted([0.001 * 3**k for k in range(6)] + [0.1 * k for k in range(2, 8)])
TRUTH = [("0.05", "0.4"), ("0.10", "1.0"), ("0.20", "2.0"), ("0.40", "2.0"), ("0.40", "4.0")]
DRY = ["0.01", "0.1", "0.2", "0.3", "0.5"]
WET = ["0.2", "0.5", "1.0", "1.5", "2.5", "3.5", "5.0"]
# Day and hour, place (sun at 33.62 degrees, view straight down from a Landsat), water and ozone, continental aerosol, its depth at 550 nm,
# ground at 0.3 km, sensor in space, one wavelength.
CONDITIONS = "8\n5 20 2.35 110.0 36.0\n8\n{water} 0.3\n1\n0\n{aod}\n-0.3\n-1000\n0\n{um:.5f} {um:.5f}\n"


def wavelengths():
    """2.5 nm apart, wider where nothing happens or nothing comes through."""
    nm, at = [], 350.0
    while at <= 2510.0:
        nm.append(at)
        blind = 1350 <= at < 1445 or 1790 <= at < 1970 or at < 390
        smooth = 480 < at < 680 or 1580 < at < 1780 or 2100 < at < 2300
        at += 10.0 if blind else (5.0 if smooth else 2.5)
    return np.array(nm)


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def ground(folder, aod, water, nm):
    """The result of 6S for TOP."""
    conditions = Path(folder) / "conditions.txt"
    conditions.write_text(CONDITIONS.format(aod=aod, water=water, um=nm / 1000.0))
    run("i.atcorr", "-r", "--q", "--overwrite", "input=top", "range=0,1", f"parameters={conditions}", "output=ground", "rescale=0,1")
    return np.array([float(x) for x in run("r.out.ascii", "-h", "input=ground", "dp=8").split()])


def usable(found, least):
    """Positions, from the bright end down, on one smooth curve; i.atcorr returns noise below the path reflectance."""
    below_one = [i for i in range(len(TOP)) if found[i] < 0.999]
    kept, slope = below_one[-1:], None
    for i in reversed(below_one[:-1]):
        now = (found[kept[-1]] - found[i]) / (TOP[kept[-1]] - TOP[i])
        if found[i] < least or now <= 0 or (slope is not None and not 0.88 < now / slope < 1.3):
            break
        kept.append(i)
        slope = now
    return kept


def solve(found, kept, albedo=None):
    """path, T, S and the largest rest, by Gauss-Newton steps."""
    x, f = np.array(TOP)[kept], found[kept]
    a = (f[0] - f[-1]) / (x[0] - x[-1])
    b, s = a * x[0] - f[0], 0.05 if albedo is None else albedo
    for _ in range(60):
        y = a * x - b
        d = 1 / (1 + s * y) ** 2
        step = np.linalg.lstsq(np.stack([x * d, -d] + ([-y * y * d] if albedo is None else []), 1), f - y / (1 + s * y), rcond=None)[0]
        a, b = a + step[0], b + step[1]
        s += step[2] if albedo is None else 0.0
    y = a * x - b
    return b / a, 1 / a, s, np.abs(y / (1 + s * y) - f).max()


def spectrum(folder, aod, water, nm):
    """[3, wavelengths] path, T, S"""
    found = [ground(folder, aod, water, at) for at in nm]
    out = np.full((3, len(nm)), np.nan)
    for i, at in enumerate(nm):
        kept = usable(found[i], 0.003 if at > 700 else 0.06)
        if len(kept) >= 4 and TOP[kept[0]] - TOP[kept[-1]] > 0.25:
            path, through, albedo, rest = solve(found[i], kept)
            if rest < 3e-5 and 0 <= path < 0.3 and 0 < through <= 1 and 0 <= albedo < 0.5:
                out[:, i] = path, through, albedo
    known = np.isfinite(out[2])
    sky = np.interp(nm, nm[known & (out[1] > 0.15)], out[2, known & (out[1] > 0.15)])
    for i in np.flatnonzero(~known):
        out[:, i] = 0.0, 0.0, sky[i]
        for least in (0.02, 0.05, 0.1):
            kept = usable(found[i], least)
            if len(kept) >= 2:
                path, through, _, rest = solve(found[i], kept, sky[i])
                if rest < 2e-3 and -1e-3 <= path < 0.3 and 0 < through <= 1:
                    out[:2, i] = max(path, 0.0), through
                    break
    out[2] = np.where(out[1] < 0.15, sky, out[2])
    return out


def main():
    nm = wavelengths()[::int(sys.argv[2]) if len(sys.argv) > 2 else 1]
    run("g.region", "n=1", "s=0", f"e={len(TOP)}", "w=0", "rows=1", f"cols={len(TOP)}")
    values = TOP[-1]
    for i in range(len(TOP) - 2, -1, -1):
        values = f"if(col()=={i + 1},{TOP[i]},{values})"
    run("r.mapcalc", "--q", "--o", f"expression=top = double({values})")
    cases = [(f"{a}_{w}", a, w) for a, w in TRUTH] + [(f"dry_{a}", a, "0.0001") for a in DRY] + [(f"wet_{w}", "0.2", w) for w in WET]
    columns = [("nm", [f"{x:g}" for x in nm])]
    with tempfile.TemporaryDirectory() as folder:
        for name, aod, water in cases:
            made = np.round(spectrum(folder, aod, water, nm) * 1e5).astype(int)
            for part, row in zip(("path", "through", "albedo"), made):
                if part != "albedo" or not name.startswith("wet"):
                    columns.append((f"{name} {part}", row.astype(str)))
            print(name, flush=True)
    with open(sys.argv[1], "w") as out:
        out.write("# 6S, see air.py: aerosol optical depth _ water vapour in g cm-2; hundred-thousandths\n")
        out.write(",".join(name for name, _ in columns) + "\n")
        for i in range(len(nm)):
            out.write(",".join(column[i] for _, column in columns) + "\n")


if __name__ == "__main__":
    main()
