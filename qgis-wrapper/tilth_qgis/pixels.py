# SPDX-License-Identifier: GPL-2.0-or-later
"""Registers the pixel functions of tilth's virtual maps in the GDAL of QGIS and of the programs that QGIS starts."""

import ctypes
import os
import re

from . import locate

_registered = {}


def _loaded_gdal():
    """Paths of the GDAL libraries in this process; empty where the system does not list them."""
    try:
        with open('/proc/self/maps', encoding='utf-8', errors='replace') as maps:
            return {line.split()[-1] for line in maps if '/libgdal.so' in line}
    except OSError:
        return set()


def foreign_gdal(path):
    """A sentence when the file was built with another GDAL than that of QGIS, otherwise None. Two GDALs in one
    process do not share data sets or drivers, so such a file must not be loaded."""
    loaded = {os.path.basename(name) for name in _loaded_gdal()}
    with open(path, 'rb') as binary:
        wanted = {name.decode() for name in re.findall(rb'libgdal\.so\.\d+', binary.read())}
    for name in wanted:
        if loaded and not any(other == name or other.startswith(name + '.') for other in loaded):
            return f'{path} was built with {name}, but QGIS runs with {", ".join(sorted(loaded))}'
    return None


def _own_folders():
    """Where GDAL itself looks for plugins."""
    return [os.path.join(os.path.dirname(os.path.realpath(library)), 'gdalplugins') for library in _loaded_gdal()]


def find(exe):
    """The module near the engine, or where GDAL looks for plugins; None when it is in neither folder."""
    near = locate.gdal_plugin(exe)
    if near is not None:
        return near
    named = os.environ.get('GDAL_DRIVER_PATH', '').split(os.pathsep)
    for folder in named + _own_folders():
        path = os.path.join(folder, locate.GDAL_PLUGIN)
        if folder and os.path.isfile(path):
            return path
    return None


def register(path):
    """Registers the pixel functions of the module at path. Returns None, or a sentence with the reason why not."""
    if path is None:
        return 'the module gdal_TILTH was not found'
    if path not in _registered:
        _registered[path] = _register(path)
    return _registered[path]


def forget(path):
    """Lets the next register() load the module again; only for one that could not be registered."""
    if _registered.get(path) is not None:
        del _registered[path]


def _register(path):
    try:
        problem = foreign_gdal(path)
        if problem is None:
            ctypes.CDLL(path).GDALRegister_TILTH()
    except (OSError, AttributeError) as error:
        problem = f'{path} cannot be loaded: {error}'
    if problem is None:
        _publish_folder(os.path.dirname(os.path.realpath(path)))
    return problem


def _publish_folder(folder):
    """GDAL programs that QGIS starts find the module by this variable. It replaces GDAL's own folder, so that
    folder is included too."""
    own = _own_folders()
    named = os.environ.get('GDAL_DRIVER_PATH', '')
    if named == 'disable' or (not named and folder in own):
        return
    folders = [part for part in (named.split(os.pathsep) if named else own) if part]
    if folder not in folders:
        os.environ['GDAL_DRIVER_PATH'] = os.pathsep.join([folder] + folders)
