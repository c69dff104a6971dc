# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds the parts of tilth that are not Python: the program, the library, GDAL's plugin.

The program is looked for in the setting, in the variable TILTH_EXE, in the folders around this plugin (an
installed or a built tree holds both), and on PATH. The other two are looked for near the program. A folder
is accepted instead of a file.
"""

import glob
import os
import platform
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = 'tilth.exe' if os.name == 'nt' else 'tilth'
LIBRARY = {'win32': 'tilth.dll', 'darwin': 'libtilth.dylib'}.get(sys.platform, 'libtilth.so')
GDAL_PLUGIN = 'gdal_TILTH.dll' if os.name == 'nt' else 'gdal_TILTH.so'


def _file(path, name):
    """The path itself when it is a file, name inside it when it is a folder, else None."""
    if path and os.path.isdir(path):
        inside = [os.path.join(path, name), os.path.join(path, 'bin', name)]
        path = next((candidate for candidate in inside if os.path.isfile(candidate)), None)
    return path if path and os.path.isfile(path) else None


def _parents(folder, depth):
    for _ in range(depth):
        folder = os.path.dirname(folder)
        yield folder


def program(setting=''):
    """Path of the program tilth, or None. A setting that names no program is not silently replaced."""
    if setting:
        return _file(setting, PROGRAM)
    if os.environ.get('TILTH_EXE'):
        return _file(os.environ['TILTH_EXE'], PROGRAM)
    for folder in _parents(HERE, 4):
        found = _file(os.path.join(folder, 'bin', PROGRAM), PROGRAM)
        if found:
            return found
    return shutil.which(PROGRAM)


def _near(exe, name):
    prefix = os.path.dirname(os.path.dirname(os.path.realpath(exe)))
    for pattern in ('lib', 'lib/gdalplugins', 'lib64', 'lib64/gdalplugins', 'lib/*', 'lib/*/gdalplugins', 'bin',
                    'plugins/gdal'):
        found = sorted(glob.glob(os.path.join(glob.escape(prefix), *pattern.split('/'), name)))
        if found:
            return found[0]
    return None


def page(exe, name):
    """The page of the documentation that was installed with the engine or is near it, or None."""
    roots = [os.path.dirname(os.path.dirname(os.path.realpath(exe)))] if exe else []
    for root in roots + list(_parents(HERE, 4)):
        for folder in ('share/doc/tilth/html', 'site'):
            path = os.path.join(root, *folder.split('/'), *name.split('/'))
            if os.path.isfile(path):
                return path
    return None


def usual_programs():
    """The existing programs tilth in the folders that packages and users install to."""
    home = os.path.expanduser('~')
    folders = ['/usr/bin', '/usr/local/bin', '/opt/tilth/bin', os.path.join(home, '.local', 'bin'),
               os.path.join(home, 'tilth', 'bin')]
    if os.name == 'nt':
        folders = [os.path.join(os.environ.get(name, ''), 'tilth') for name in ('ProgramFiles', 'LOCALAPPDATA')]
    found = [_file(folder, PROGRAM) for folder in folders]
    return [path for path in found if path]


def _systems(path='/etc/os-release'):
    """The names of this Linux and of those that it is made from, such as {'ubuntu', 'debian'}; empty on other systems."""
    try:
        with open(path, encoding='utf-8') as text:
            lines = dict(line.strip().split('=', 1) for line in text if '=' in line)
    except OSError:
        return set()
    return set(f'{lines.get("ID", "")} {lines.get("ID_LIKE", "")}'.replace('"', '').lower().split())


def install_command(version, release='/etc/os-release'):
    """The command that installs the engine on this system: its package where there are Debian packages, else its sources."""
    if 'debian' in _systems(release):
        machine = {'x86_64': 'amd64', 'aarch64': 'arm64'}.get(platform.machine(), platform.machine())
        return f'sudo apt install ./tilth_{version}_{machine}.deb'
    return 'cmake --preset release && cmake --build --preset release && sudo cmake --install build/release'


def library(exe):
    """Path of libtilth, or None."""
    if os.environ.get('TILTH_LIB'):
        return _file(os.environ['TILTH_LIB'], LIBRARY)
    return _near(exe, LIBRARY) if exe else None


def gdal_plugin(exe):
    """Path of the pixel functions' module, or None."""
    if os.environ.get('TILTH_GDAL_PLUGIN'):
        return _file(os.environ['TILTH_GDAL_PLUGIN'], GDAL_PLUGIN)
    return _near(exe, GDAL_PLUGIN) if exe else None
