#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A stand-in for the program tilth with tools made for tests: one with every kind of parameter,
one that is slow, one that crashes, one that fails, one that does not stop when asked."""

import fcntl
import json
import os
import shutil
import signal
import sys
import time

KINDS = ('raster rasters points polygons lines spectra model file files field number integer flag choice text '
         'raster_out vector_out spectra_out table_out model_out report_out vrt_out').split()
LOCKS = []
LABELS = ['The first way', 'The second way']


def arg(name, kind, optional=False, **more):
    return dict({'id': name, 'kind': kind, 'label': name.capitalize(), 'help': f'Help of {name}.',
                 'optional': optional or 'default' in more, 'advanced': False, 'output': kind.endswith('_out')}, **more)


def tool(name, parameters, **more):
    return dict({'id': name, 'title': f'Title of {name}', 'group': 'Terrain and streams', 'summary': f'{name}.',
                 'help': 'First paragraph of values <0.5, see doi:10.1/x.\n\nSecond paragraph.', 'example': f'tilth {name}', 'citation': 'Nobody 1999',
                 'tags': ['one', ' two'], 'parameters': parameters}, **more)


def every_kind():
    special = {
        'field': {'parent': 'points', 'optional': True},
        'number': {'unit': 'm', 'min': 0.5, 'max': 2.0, 'default': '1.5'},
        'integer': {'min': 1.0, 'default': '3'},
        'flag': {'default': 'yes'},
        'choice': {'choices': ['alpha', 'beta'], 'default': 'beta'},
    }
    return [arg('x_' + kind if kind != 'points' else kind, kind,
                **{'optional': True, **special.get(kind, {})}) for kind in KINDS] + [
                    arg('x_way', 'choice', True, choices=['alpha', 'beta'], labels=LABELS)]


TOOLS = [
    tool('everykind', every_kind()),
    tool('slow', [arg('output', 'table_out')]),
    tool('stubborn', [arg('output', 'table_out')]),
    tool('crash', [arg('output', 'table_out')]),
    tool('picky', [arg('number', 'number'), arg('elevation', 'raster', True), arg('points', 'points', True),
                   arg('output', 'table_out')]),
    tool('fragile', [arg('number', 'number'), arg('output', 'table_out')]),
    tool('blame', [arg('points', 'points'), arg('output', 'table_out')]),
    tool('fail', [arg('number', 'number'), arg('output', 'table_out')]),
    tool('echo', [arg('elevation', 'raster', True), arg('points', 'points', True), arg('lines', 'lines', True),
                  arg('column', 'field', True, parent='points'), arg('size', 'number', default='0.1'),
                  arg('many', 'rasters', True), arg('way', 'choice', default='beta', choices=['alpha', 'beta'],
                      labels=LABELS),
                  arg('yes', 'flag', default='no'), arg('secret', 'text', True, advanced=True),
                  arg('output', 'table_out')]),
]


def send(item):
    print(json.dumps(item), flush=True)


def temporary(path):
    """A file in a hidden folder whose lock this process holds, as the engine makes it."""
    folder, name = os.path.split(path)
    hidden = os.path.join(folder, f'.tilth-{os.getpid() % 1000000:06d}')
    os.mkdir(hidden)
    LOCKS.append(open(os.path.join(hidden, 'lock'), 'wb'))
    fcntl.flock(LOCKS[-1], fcntl.LOCK_EX)
    return os.path.join(hidden, name)


def run(name, params):
    target = params.get('output')
    half = temporary(target) if target and name in ('slow', 'stubborn', 'crash') else None
    if name in ('slow', 'stubborn'):
        stopping = []
        signal.signal(signal.SIGTERM, lambda *_: stopping.append(1))
        with open(half, 'w', encoding='utf-8') as out:
            out.write('half')
        for step in range(600):
            send({'progress': step / 600})
            time.sleep(0.05)
            if stopping and name == 'slow':
                shutil.rmtree(os.path.dirname(half))
                sys.stderr.write('tilth: cancelled\n')
                return 130
    if name == 'crash':
        with open(half, 'w', encoding='utf-8') as out:
            out.write('half')
        os.kill(os.getpid(), signal.SIGSEGV)
    if name == 'fail' or (name == 'fragile' and params['number'] > 5):
        sys.stderr.write("Warning 1: something from GDAL\ntilth: parameter 'number' is 7; wanted less\n")
        return 2
    if name == 'blame':
        send({'level': 0, 'message': f"a note about '{params['points']}'"})
        sys.stderr.write(f"tilth: points: there is no field x in '{params['points']}'\n")
        return 2
    features = None
    if params.get('points') or params.get('lines'):
        import sqlite3
        with sqlite3.connect(params.get('points') or params['lines']) as base:
            base.row_factory = sqlite3.Row
            features = [{key: row[key] for key in row.keys() if key != 'geom'}
                        for row in base.execute('SELECT * FROM features')]
    send({'progress': 0.5})
    send({'level': 0, 'message': 'half way: ä 土'})
    send({'level': 1, 'message': 'careful'})
    if target:
        with open(target, 'w', encoding='utf-8') as out:
            json.dump({'params': params, 'features': features,
                       'locale': os.environ.get('LC_NUMERIC')}, out)
    send({'result': {'output': target, 'count': 3, 'styles': {}}})
    return 0


def check(name, params):
    """Nothing runs. picky wants a number below 5 and names of files, as the engine does."""
    if name == 'picky':
        wrong = [key for key in ('points', 'output') if key in params and not isinstance(params[key], str)]
        if wrong or params['number'] >= 5:
            sys.stderr.write(f"tilth: parameter 'number' is {params['number']}; wanted less than 5\n")
            return 2
    return 0


def main():
    if sys.argv[1] == 'describe':
        major, _, minor = os.environ.get('FAKE_ABI', '1.1').partition('.')
        numbers = {'abi': int(major), **({'abi_minor': int(minor)} if minor else {})}
        print(json.dumps({'version': '9.9.9', **numbers, 'algorithms': TOOLS}))
        return 0
    if sys.argv[3:] == ['--check']:
        return check(sys.argv[2], json.load(sys.stdin))
    return run(sys.argv[2], json.load(sys.stdin))


if __name__ == '__main__':
    sys.exit(main())
