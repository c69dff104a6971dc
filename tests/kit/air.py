# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenes seen through an atmosphere that tilth did not compute.

clear_sky_6s.csv contains the results of the radiative transfer code 6S (version 4.2b, in i.atcorr of
GRASS GIS 8.2) at single wavelengths for a sun of 33.62 degrees, a view straight down, ground at 300 m,
0.30 atm-cm of ozone and its continental aerosol: path reflectance, two-way transmittance and
spherical albedo, fitted to the results of i.atcorr for twelve reflectances (tests/evidence/clear_sky_6s.py). 6S has its own gas lines
(10 cm-1 wide intervals), aerosol, and solution of the scattering; nothing of it is in tilth."""
import csv
from pathlib import Path

import numpy as np

SUN_ZENITH = 33.62
ELEVATION = 300.0
LOADS = [(0.05, 0.4), (0.10, 1.0), (0.20, 2.0), (0.40, 2.0), (0.40, 4.0)]  # aerosol, g cm-2
TABLE = Path(__file__).parent / "clear_sky_6s.csv"
CELL = 30.0


def bands(step=1):
    """Centres and widths like those of GF-5 AHSI."""
    vnir = np.linspace(390.3, 1029.2, 150)
    swir = np.linspace(1004.6, 2513.4, 180)
    swir = swir[swir > 1032.0]
    centre = np.r_[vnir, swir]
    fwhm = np.r_[np.full(len(vnir), 5.0), np.full(len(swir), 10.0)]
    inside = centre < 2490.0
    return centre[inside][::step], fwhm[inside][::step]


def read_6s():
    """{name: (wavelengths, path, through, albedo)}; the wet pieces have no albedo of their own"""
    with TABLE.open() as file:
        file.readline()
        names = next(csv.reader(file))
        columns = dict(zip(names, np.loadtxt(file, delimiter=",").T))
    loads = {name.split()[0] for name in names[1:]}
    return {load: (columns["nm"], columns[f"{load} path"] * 1e-5, columns[f"{load} through"] * 1e-5,
                   columns.get(f"{load} albedo", columns["dry_0.2 albedo"]) * 1e-5) for load in loads}


# --- ground ---

def soil(nm, brightness, clay):
    """Reflectance that rises and bends, with hydroxyl and bound water."""
    base = brightness * (1.0 - np.exp(-(nm - 250.0) / 520.0))
    base *= 1.0 - 0.08 * np.exp(-0.5 * ((nm - 870.0) / 90.0) ** 2) * (1.0 - clay)
    for at, width, depth in ((1414.0, 28.0, 0.10), (1915.0, 38.0, 0.18), (2207.0, 18.0, 0.12)):
        base *= 1.0 - depth * (0.4 + clay) * np.exp(-0.5 * ((nm - at) / width) ** 2)
    return base


def plant(nm, cover):
    """Green leaves over dark soil, with the liquid water of leaves."""
    leaf = 0.05 + 0.43 / (1.0 + np.exp(-(nm - 718.0) / 13.0))
    leaf += 0.06 * np.exp(-0.5 * ((nm - 552.0) / 32.0) ** 2)
    for at, width, depth in ((970.0, 30.0, 0.07), (1190.0, 45.0, 0.14), (1450.0, 70.0, 0.62),
                             (1940.0, 90.0, 0.80), (2500.0, 260.0, 0.70)):
        leaf *= 1.0 - depth * np.exp(-0.5 * ((nm - at) / width) ** 2)
    leaf *= np.where(nm > 1300.0, 1.0 - 0.35 * np.clip((nm - 1300.0) / 900.0, 0.0, 1.0), 1.0)
    return cover * leaf + (1.0 - cover) * soil(nm, 0.22, 0.5)


def field(nm, n, seed):
    """[n, n, wavelengths]: fields of soils and crops, a dark pond and a bright yard."""
    random = np.random.default_rng(seed)
    out = np.empty((n, n, len(nm)))
    side = 6
    for r in range(0, n, side):
        for c in range(0, n, side):
            if random.random() < 0.3:
                spectrum = plant(nm, random.uniform(0.3, 0.95))
            else:
                spectrum = soil(nm, random.uniform(0.18, 0.5), random.uniform(0.0, 1.0))
            out[r:r + side, c:c + side] = spectrum
    out[:6, :6] = 0.03 + 0.02 * np.exp(-(nm - 500.0) / 150.0)
    out[:6, -6:] = soil(nm, 0.75, 0.1)
    return out


# --- light ---

def see(nm, values, centre, fwhm):
    """Means over Gaussian bands; the wavelengths come last."""
    width = fwhm[:, None] / 2.3548
    weight = np.exp(-0.5 * ((nm[None, :] - centre[:, None]) / width) ** 2)
    weight *= np.gradient(nm)[None, :]
    weight /= weight.sum(axis=1, keepdims=True)
    return values @ weight.T


def direct_part(nm, aod):
    """Unscattered part of the upward light (Hansen and Travis 1974 for molecules; Tanre et al. 1979
    for the total transmittance)."""
    um = nm / 1000.0
    molecules = 0.008569 / um ** 4 * (1.0 + 0.0113 / um ** 2 + 0.00013 / um ** 4) * 0.965
    aerosol = aod * (um / 0.55) ** -1.3
    return np.exp(-molecules - aerosol) / np.exp(-0.52 * molecules - 0.167 * aerosol)


def surroundings(ground, reach_m):
    """Mean of the ground around each pixel, weights decreasing with distance; the scene repeats."""
    n = ground.shape[0]
    at = np.minimum(np.arange(n), n - np.arange(n)) * CELL
    weight = np.exp(-np.hypot(at[:, None], at[None, :]) / reach_m)
    weight /= weight.sum()
    spectrum = np.fft.fft2(weight)[:, :, None]
    return np.real(np.fft.ifft2(np.fft.fft2(ground, axes=(0, 1)) * spectrum, axes=(0, 1)))


def scene(aod, water, n=60, seed=1, snr=250.0, reach_m=300.0, step=1):
    """What the sensor sees (reflectance at the top) and what is on the ground.

    returns  centre, fwhm, top [n, n, bands], ground [n, n, bands]"""
    nm, path, through, albedo = read_6s()[f"{aod:.2f}_{water:.1f}"]
    centre, fwhm = bands(step)
    ground = field(nm, n, seed)
    around = surroundings(ground, reach_m) if reach_m > 0.0 else ground
    direct = direct_part(nm, aod)
    top = path + through * (direct * ground + (1.0 - direct) * around) / (1.0 - albedo * around)
    seen = see(nm, top, centre, fwhm)
    random = np.random.default_rng(seed + 100)
    seen += random.normal(size=seen.shape) * seen.mean(axis=(0, 1)) / snr
    return centre, fwhm, seen, see(nm, ground, centre, fwhm)


# --- files ---

def write_envi(path, values, centre, fwhm):
    """[rows, columns, bands] as ENVI, band by band."""
    rows, columns, count = values.shape
    np.ascontiguousarray(values.transpose(2, 0, 1), dtype="<f4").tofile(path)
    numbers = lambda v: ", ".join(f"{x:.4f}" for x in v)
    Path(str(path) + ".hdr").write_text(
        f"ENVI\nsamples = {columns}\nlines = {rows}\nbands = {count}\nheader offset = 0\n"
        "file type = ENVI Standard\ndata type = 4\ninterleave = bsq\nbyte order = 0\n"
        f"map info = {{UTM, 1, 1, 500000, 4300000, {CELL:g}, {CELL:g}, 50, North, WGS-84}}\n"
        f"wavelength units = Nanometers\nwavelength = {{{numbers(centre)}}}\n"
        f"fwhm = {{{numbers(fwhm)}}}\n")


def write_table(path):
    """The pieces of 6S put together as a look-up table: scattering of dry air by aerosol, times what
    each load of water lets through."""
    pieces = read_6s()
    dry = {float(k[4:]): v for k, v in pieces.items() if k.startswith("dry_")}
    wet = {float(k[4:]): v for k, v in pieces.items() if k.startswith("wet_")}
    nm = next(iter(dry.values()))[0]
    aods, waters = sorted(dry), sorted(wet)
    base = dry[0.2]
    shape = (len(aods), len(waters), len(nm))
    part = {k: np.empty(shape) for k in ("path", "through", "albedo")}
    for i, aod in enumerate(aods):
        for j, water in enumerate(waters):
            share = wet[water][2] / np.maximum(base[2], 1e-6)
            dimmed = np.where(base[1] > 1e-5, wet[water][1] / np.maximum(base[1], 1e-5), 1.0)
            part["path"][i, j] = dry[aod][1] * dimmed
            part["through"][i, j] = dry[aod][2] * share
            part["albedo"][i, j] = dry[aod][3]
    head = np.array([0x4C555400, 1, *shape], dtype="<u4").tobytes()
    axes = b"".join(np.array(a, dtype="<f4").tobytes() for a in (aods, waters, nm / 1000.0))
    both = np.sqrt(np.clip(part["through"], 0.0, 1.0))
    body = b"".join(np.clip(v, 0.0, 1.0).astype("<f4").tobytes()
                    for v in (part["path"], both, both, part["albedo"]))
    Path(path).write_bytes(head + axes + body)


def write_spectra(path, names, nm, values):
    lines = ["id," + ",".join(f"{x:g}" for x in nm)]
    lines += [name + "," + ",".join(f"{x:.5f}" for x in row) for name, row in zip(names, values)]
    Path(path).write_text("\n".join(lines) + "\n")
