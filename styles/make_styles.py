#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes styles/qml/*.qml, styles/sld/*.sld and styles/report/report_ramps.json from styles/ramps/*.csv.

    python3 styles/make_styles.py          writes them
    python3 styles/make_styles.py --check  exit status 1 when a committed file differs

A ramp is a table `value,color,label`: value is the upper bound of a class (the last one is inf), so a legend
names the classes and their unit. Rasters become classes of one band; streams.csv also has a line width.
Colours are even: see colour.py.
"""

import csv
import glob
import json
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import qml  # noqa: E402  after the path is set
import sld  # noqa: E402

REPORT = os.path.join(HERE, 'report', 'report_ramps.json')
INK, EARTH = '#1d1d1b', '#4d4035'
OUTSIDE = 'model does not apply'


def ramps():
    """{name: rows} of every table."""
    found = {}
    for path in sorted(glob.glob(os.path.join(HERE, 'ramps', '*.csv'))):
        with open(path, encoding='utf-8', newline='') as table:
            found[os.path.splitext(os.path.basename(path))[0]] = list(csv.DictReader(table))
    return found


def all_files():
    """{path: bytes} of everything that is made."""
    tables = ramps()
    lines = tables.pop('streams')
    made = {f'qml/{name}.qml': qml.classes(rows) for name, rows in tables.items()}
    made.update({f'sld/{name}.sld': sld.classes(name, rows) for name, rows in tables.items()})
    made.update({
        'qml/dem.qml': qml.hillshade(),  # shade is left to QGIS: servers do not carry out SLD's ShadedRelief
        'qml/streams.qml': qml.streams(lines), 'sld/streams.sld': sld.streams('streams', lines),
        'qml/samples.qml': qml.samples(), 'sld/samples.sld': sld.samples('samples'),
        'qml/zones.qml': qml.areas(INK, 0.5, 'dash'), 'sld/zones.sld': sld.areas('zones', 'zone', INK, 0.5, '6 3'),
        'qml/subbasins.qml': qml.areas(EARTH, 0.26), 'sld/subbasins.sld': sld.areas('subbasins', 'subbasin', EARTH, 0.26),
        'qml/not_applicable.qml': qml.hatched(INK, 45, 1.5, 0.2, 'applicable', OUTSIDE),
        'sld/not_applicable.sld': sld.hatched('not_applicable', OUTSIDE, INK, 1.5, 0.2, 'applicable')})
    files = {os.path.join(HERE, *name.split('/')): text for name, text in made.items()}
    colors = {name: [row['color'] for row in rows] for name, rows in {**tables, 'streams': lines}.items()}
    files[REPORT] = (json.dumps(colors, indent=1, sort_keys=True) + '\n').encode('utf-8')
    return files


def main():
    files = all_files()
    kept = {path for kind in ('qml', 'sld') for path in glob.glob(os.path.join(HERE, kind, '*.' + kind))}
    differing = [path for path in kept if path not in files]
    for path, text in files.items():
        old = None
        if os.path.exists(path):
            with open(path, 'rb') as file:
                old = file.read()
        if old != text:
            differing.append(path)
            if '--check' not in sys.argv:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, 'wb') as out:
                    out.write(text)
    if '--check' in sys.argv and differing:
        print('not as styles/make_styles.py writes them: ' + ', '.join(sorted(map(os.path.basename, differing))))
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
