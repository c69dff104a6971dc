# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands between QGIS and the engine, and mending of what can be mended from here.

The engine looks after its own parts. Whether QGIS finds the engine, speaks its version of the interface
and can draw virtual maps is known only on this side, and can be asked without an engine.
"""

import collections

from . import locate, pixels, settings
from .engine import EngineError, describe
from .translation import tr

# what: the part; fine: it works now; text: one sentence; mended: it did not work before
Finding = collections.namedtuple('Finding', 'what fine text mended')


def _answers(path):
    try:
        describe(path)
        return True
    except EngineError:
        return False


def _mend_engine(engines):
    """Looks for an engine where they are usually installed and keeps the first one that answers well."""
    before = engines.problem
    for path in locate.usual_programs():
        if not _answers(path) or not settings.set_engine_path(path):
            continue
        engines.refresh()
        if engines.problem is None:
            return Finding(tr('engine'), True, tr('{} was found and put into the settings; before: {}').format(path, before),
                           True)
    return Finding(tr('engine'), False, before, False)


def _engine(engines):
    engines.refresh()
    if engines.problem is not None:
        return _mend_engine(engines)
    found = engines.description
    interface = f'{found["abi"]}.{found.get("abi_minor", 0)}'
    return Finding(tr('engine'), True, tr('{} of version {}, interface {}').format(engines.exe, found.get('version', ''), interface),
                   False)


def _virtual_maps(engines):
    path = pixels.find(engines.exe)
    problem = pixels.register(path)
    if problem is not None:
        pixels.forget(path)  # a module that was replaced since is looked at anew the next time
        return Finding(tr('virtual maps'), False, tr('QGIS cannot draw virtual maps: {}.').format(problem), False)
    return Finding(tr('virtual maps'), True, tr('{} is registered in this QGIS.').format(path), False)


def _tools(engines):
    kind = settings.engine_kind()
    if kind != settings.IN_PROCESS:
        return Finding(tr('where tools run'), True, tr('in a process of their own'), False)
    try:
        engines.engine()
        return Finding(tr('where tools run'), True, tr('inside QGIS'), False)
    except EngineError as problem:
        return Finding(tr('where tools run'), False, str(problem), False)


def inspect(engines):
    """Findings about the engine, the virtual maps and the way tools run, in this order."""
    return [_engine(engines), _virtual_maps(engines), _tools(engines)]


def text_of(finding):
    state = tr('mended') if finding.mended else tr('in order') if finding.fine else tr('not in order')
    return f'{finding.what} ({state}): {finding.text}'
