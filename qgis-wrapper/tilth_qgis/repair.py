# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks the connection between QGIS and the engine, and repairs what the plugin can repair.

The engine checks its own parts. Whether QGIS finds the engine, has the same interface and can draw virtual maps
is known only here, and is checked without an engine too.
"""

import collections

from . import locate, pixels, settings
from .engine import EngineError, describe
from .translation import tr

# what: the part; fine: it works now; text: one sentence; repaired: it did not work before
Finding = collections.namedtuple('Finding', 'what fine text repaired')


def _works(path):
    try:
        describe(path)
        return True
    except EngineError:
        return False


def _repair_engine(engines):
    """Looks for an engine where they are usually installed and stores the first one that works in the settings."""
    before = engines.problem
    for path in locate.usual_programs():
        if not _works(path) or not settings.set_engine_path(path):
            continue
        engines.refresh()
        if engines.problem is None:
            return Finding(tr('engine'), True, tr('{} was found and stored in the settings; before: {}').format(path, before),
                           True)
    return Finding(tr('engine'), False, before, False)


def _engine(engines):
    engines.refresh()
    if engines.problem is not None:
        return _repair_engine(engines)
    found = engines.description
    interface = f'{found["abi"]}.{found.get("abi_minor", 0)}'
    return Finding(tr('engine'), True, tr('{} of version {}, interface {}').format(engines.exe, found.get('version', ''), interface),
                   False)


def _virtual_maps(engines):
    path = pixels.find(engines.exe)
    problem = pixels.register(path)
    if problem is not None:
        pixels.forget(path)  # so that a module that is replaced later is loaded next time
        return Finding(tr('virtual maps'), False, tr('QGIS cannot draw virtual maps: {}').format(problem), False)
    return Finding(tr('virtual maps'), True, tr('{} is registered in this QGIS').format(path), False)


def _tools(engines):
    kind = settings.engine_kind()
    if kind != settings.IN_PROCESS:
        return Finding(tr('where tools run'), True, tr('in a separate worker process'), False)
    try:
        engines.engine()
        return Finding(tr('where tools run'), True, tr('inside QGIS'), False)
    except EngineError as problem:
        return Finding(tr('where tools run'), False, str(problem), False)


def inspect(engines):
    """Findings about the engine, the virtual maps and the way tools run, in this order."""
    return [_engine(engines), _virtual_maps(engines), _tools(engines)]


def text_of(finding):
    state = tr('repaired') if finding.repaired else tr('works') if finding.fine else tr('does not work')
    return f'{finding.what} ({state}): {finding.text}'
