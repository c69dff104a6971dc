# SPDX-License-Identifier: GPL-2.0-or-later
"""tilth for Python: every tool is a function of this package, with the names of the command line.

    import tilth
    tilth.slope(dem='dem.tif', output='slope.tif', unit='degree')

    relief = tilth.Raster(heights, transform=(500000, 30, 0, 4000000, 0, -30), crs='EPSG:32650')
    steepness = tilth.slope(dem=relief).output.array

Inputs are names of files (str or Path), Raster objects or arrays. An output that has to be named and is not comes back as a
Raster, or as a list of rows where it is a table in CSV. help(tilth.slope) prints the parameters of a tool.
"""

import csv
import inspect
import keyword
import logging
import os
import pathlib
import tempfile
import warnings

import numpy

from . import c_library
from .raster import Raster

__all__ = ['Cancelled', 'Error', 'Note', 'Raster', 'Result', 'UsageError', 'check', 'describe', 'run', 'tools', 'version']

_log = logging.getLogger('tilth')
_library = None
_described = None

# Files of these kinds can be made for a run and read back.
_ENDINGS = {'raster_out': '.tif', 'table_out': '.csv', 'spectra_out': '.csv'}


class Error(Exception):
    """A tool failed; the text is its sentence. No output was changed."""


class UsageError(Error):
    """A parameter is unknown, missing or out of range."""


class Cancelled(Error):
    """The run was stopped by its progress function; no output was changed."""


class Note(UserWarning):
    """What a tool warns about."""


class Result(dict):
    """What a tool returns, as a dict whose items are attributes too: names of outputs, figures, and outputs that were not named."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f'the result has no item {name!r}; it has {", ".join(self)}') from None


# --- the library ---

def _places():
    """Where the library may be, in this order: TILTH_LIBRARY, the prefix in which this package is installed, the system."""
    if os.environ.get('TILTH_LIBRARY'):
        return [os.environ['TILTH_LIBRARY']]
    name = f'libtilth.so.{c_library.ABI_MAJOR}'
    near = [str(path) for parent in pathlib.Path(__file__).resolve().parents[2:5]
            for path in sorted({*parent.glob(f'lib/{name}'), *parent.glob(f'lib/*/{name}'), *parent.glob(name)})]
    return [*near, name]


def _lib():
    global _library
    if _library is None:
        try:
            _library = c_library.Library(_places()[0])
        except c_library.LibraryError as problem:
            raise Error(f'{problem}; install tilth, or set TILTH_LIBRARY to the file of its library') from None
    return _library


def _tools():
    global _described
    if _described is None:
        _described = {one['id']: one for one in _lib().describe()['algorithms']}
    return _described


def version():
    """The version of the library as text."""
    return _lib().version()


def tools():
    """The ids of all tools with their titles."""
    return {name: one['title'] for name, one in _tools().items()}


def describe(tool):
    """The description of a tool: title, help, parameters with kinds, units, defaults and limits."""
    if tool not in _tools():
        raise UsageError(f'there is no tool {tool!r}; tilth.tools() lists them')
    return _tools()[tool]


# --- parameters ---

def _python_name(parameter):
    """The parameter 'from' is from_ in Python, where the word has a meaning."""
    return f'{parameter}_' if keyword.iskeyword(parameter) else parameter


def _is_array(value):
    return isinstance(value, (Raster, numpy.ndarray)) and numpy.ndim(getattr(value, 'array', value)) >= 2


def _plain(value, name, folder):
    """The value as JSON has it; arrays become files of the folder."""
    if _is_array(value):
        path = os.path.join(folder, f'{name}.tif')
        (value if isinstance(value, Raster) else Raster(value)).save(path)
        return path
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, numpy.ndarray):
        return [_plain(one, name, folder) for one in value.tolist()]
    if isinstance(value, (list, tuple)):
        return [_plain(one, f'{name}-{k + 1}', folder) for k, one in enumerate(value)]
    if isinstance(value, numpy.generic):
        return value.item()
    return value


def _unnamed(tool, given):
    """The outputs that must be named and are not, with an ending, where such files can be read back."""
    return {one['id']: _ENDINGS[one['kind']] for one in describe(tool)['parameters']
            if one['output'] and not one['optional'] and one['id'] not in given and one['kind'] in _ENDINGS}


def _rows(path):
    with open(path, encoding='utf-8', newline='') as file:
        return list(csv.DictReader(line for line in file if not line.startswith('#')))


def _parameters(tool, given, folder):
    known = {_python_name(one['id']): one['id'] for one in describe(tool)['parameters']}
    params = {known.get(name, name): _plain(value, name, folder) for name, value in given.items() if value is not None}
    made = {name: os.path.join(folder, f'out-{name}{ending}') for name, ending in _unnamed(tool, params).items()}
    return {**params, **made}, made


# --- runs ---

def check(tool, **parameters):
    """The sentence about the first wrong parameter, or None. Nothing is run."""
    describe(tool)
    with tempfile.TemporaryDirectory(prefix='tilth-') as folder:
        return _lib().check(tool, _parameters(tool, parameters, folder)[0])


def _reporter(progress):
    def report(fraction, level, message):
        if message is not None and level > 0:
            warnings.warn(message, Note, stacklevel=6)
        elif message is not None:
            _log.info('%s', message)
        return progress(fraction) if progress is not None and fraction >= 0.0 else None
    return report


def run(tool, progress=None, **parameters):
    """Runs a tool by its id.

    progress    called with a number from 0 to 1 now and then; the run is cancelled when it returns False. Ctrl+C cancels as well
    parameters  as on the command line; None leaves one out
    returns     a Result
    raises      UsageError, Error, Cancelled, with the sentence of the tool
    """
    describe(tool)
    with tempfile.TemporaryDirectory(prefix='tilth-') as folder:
        params, made = _parameters(tool, parameters, folder)
        try:
            status, result, sentence = _lib().run(tool, params, _reporter(progress))
        except c_library.LibraryError as problem:
            raise Error(str(problem)) from None
        if status == c_library.CANCELLED:
            raise Cancelled('the run was cancelled')
        if status != c_library.OK:
            raise (UsageError if status == c_library.USAGE else Error)(sentence)
        read = {name: Raster.open(path) if path.endswith('.tif') else _rows(path) for name, path in made.items()}
    return Result({**result, **read})


# --- one function for each tool ---

def _signature(tool):
    """Required parameters come first; outputs that come back when they are not named are not required."""
    kind = inspect.Parameter.KEYWORD_ONLY
    required, optional = [], []
    for one in tool['parameters']:
        name = _python_name(one['id'])
        if one['optional'] or one['kind'] in _ENDINGS:
            optional.append(inspect.Parameter(name, kind, default=None))
        else:
            required.append(inspect.Parameter(name, kind))
    return inspect.Signature([*required, *optional, inspect.Parameter('progress', kind, default=None)])


def _documentation(tool):
    lines = [f'{tool["title"]}.', '', tool['help'], '']
    for one in tool['parameters']:
        unit = f' ({one["unit"]})' if one.get('unit') else ''
        words = [f'one of {", ".join(one["choices"])}'] if one.get('choices') else []
        words += [f'default {one["default"]}'] if one.get('default') else []
        more = f' [{"; ".join(words)}]' if words else ''
        lines += [f'{_python_name(one["id"])}: {one["label"]}{unit}. {one["help"]}{more}']
    return '\n'.join(lines)


def _function(name):
    tool = _tools()[name]

    def call(**parameters):
        return run(name, **parameters)

    call.__name__ = call.__qualname__ = name
    call.__module__ = __name__
    call.__doc__ = _documentation(tool)
    call.__signature__ = _signature(tool)
    return call


def __getattr__(name):
    if name.startswith('_') or name not in _tools():
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    globals()[name] = _function(name)
    return globals()[name]


def __dir__():
    return sorted({*__all__, *_tools()})
