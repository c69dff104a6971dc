#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the outputs of the sample study of two checkouts, file by file.

    same_outputs.py OLD_CHECKOUT NEW_CHECKOUT [--run]

Each checkout needs its sample_project/output; with --run the study is run where that folder is missing (minutes). The verdicts:

same     every byte
version  every byte after replacing the version of tilth (models, run records)
record   everything but the run record of tilth, which lists new parameters and the fingerprints of inputs
rows     a GeoPackage with the same rows and another time stamp, which GDAL writes in the scripts of QGIS
texts    a report with the same decimal numbers and other words
drawn    projects, pictures and PDF files of QGIS, which contain random ids and the time; only listed
DIFFERS  anything else; the lines below show where, and the exit status is 1
"""
import argparse
import collections
import difflib
import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

from osgeo import gdal

gdal.UseExceptions()
OUTPUT = "sample_project/output"
DRAWN = {".pdf", ".png", ".qgz"}


def version_of(checkout):
    return re.search(r"^project\(tilth VERSION (\S+)", (checkout / "CMakeLists.txt").read_text(encoding="utf-8"), re.M).group(1)


def without_version(data, version):
    return data.replace(version.encode(), b"<version>")


def decimals_of(data):
    """How often each number with a decimal point is on a page; its style and the ids of its drawings do not count."""
    text = re.sub(r'<style.*?</style>|"[0-9a-f-]{36}"', "", data.decode("utf-8", "replace"), flags=re.S)
    return collections.Counter(re.findall(r"(?<![\w.])-?\d+\.\d+(?:[eE][-+]?\d+)?(?![\w.])", text))


def rows_of(path):
    """Everything in a GeoPackage but the time of its last change."""
    base = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
    try:
        found = {}
        for (table,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
            columns = [row[1] for row in base.execute(f'PRAGMA table_info("{table}")') if row[1] != "last_change"]
            names = ", ".join(f'"{column}"' for column in columns)
            found[table] = [columns, base.execute(f'SELECT {names} FROM "{table}"').fetchall()]
        return found
    finally:
        base.close()


def raster_of(path):
    """Everything that GDAL reads from a raster but the run record."""
    data = gdal.Open(str(path))
    bands = [data.GetRasterBand(k + 1) for k in range(data.RasterCount)]
    domains = {name: data.GetMetadata(name) for name in data.GetMetadataDomainList() or [] if name not in ("DERIVED_SUBDATASETS", "TILTH")}
    return (data.ReadRaster(), data.GetGeoTransform(), data.GetProjection(), domains,
            [(band.GetDescription(), band.GetUnitType(), repr(band.GetNoDataValue()), band.DataType, band.GetMetadata()) for band in bands])


def without_record(path):
    """The content of a file without the run record; None when the kind of file has no known place for it."""
    if path.suffix == ".tif":
        return raster_of(path)
    text = path.read_text(encoding="utf-8") if path.suffix in (".json", ".vrt") else ""
    if path.suffix == ".json":
        document = json.loads(text)
        document.pop("record", None)
        return document
    return re.sub(r'<MDI key="RECORD">.*?</MDI>', "", text) or None


def first_differences(old, new):
    try:
        lines = [data.decode("utf-8").splitlines() for data in (old, new)]
    except UnicodeDecodeError:
        at = next((k for k, (a, b) in enumerate(zip(old, new)) if a != b), min(len(old), len(new)))
        return [f"{len(old)} and {len(new)} bytes, first difference at byte {at}"]
    changed = [line for line in difflib.unified_diff(*lines, lineterm="", n=0) if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    return [line[:160] for line in changed[:6]] + ([f"... {len(changed)} changed lines"] if len(changed) > 6 else [])


def compare(old_path, new_path, versions):
    """(verdict, lines that show where) of one file."""
    old, new = old_path.read_bytes(), new_path.read_bytes()
    if old == new:
        return "same", []
    old, new = without_version(old, versions[0]), without_version(new, versions[1])
    if old == new:
        return "version", []
    if old_path.suffix in DRAWN:
        return "drawn", []
    if old_path.suffix == ".gpkg" and rows_of(old_path) == rows_of(new_path):
        return "rows", []
    if without_record(old_path) is not None and without_record(old_path) == without_record(new_path):
        return "record", []
    if old_path.suffix == ".html" and decimals_of(old) == decimals_of(new):
        return "texts", []
    return "DIFFERS", first_differences(old, new)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--run", action="store_true")
    options = parser.parse_args()
    for checkout in (options.old, options.new):
        if not (checkout / OUTPUT).is_dir():
            if not options.run:
                parser.error(f"{checkout / OUTPUT} is missing; run sample_project/run.sh there, or give --run")
            subprocess.run([checkout / "sample_project/run.sh"], check=True)
    versions = [version_of(checkout) for checkout in (options.old, options.new)]
    names = [{path.name for path in (checkout / OUTPUT).iterdir() if path.is_file()} for checkout in (options.old, options.new)]
    counts = {}
    for name in sorted(names[0] | names[1]):
        if name in names[0] and name in names[1]:
            verdict, lines = compare(options.old / OUTPUT / name, options.new / OUTPUT / name, versions)
        else:
            verdict, lines = "DIFFERS", [f"only in {options.old if name in names[0] else options.new}"]
        counts[verdict] = counts.get(verdict, 0) + 1
        print(f"{verdict:<8} {name}")
        for line in lines:
            print(f"           {line}")
    print(", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())))
    return 1 if counts.get("DIFFERS") or not counts else 0


if __name__ == "__main__":
    sys.exit(main())
