# SPDX-License-Identifier: GPL-2.0-or-later
"""Chooses the engine by the settings, and reports what is missing."""

import json
import os

from . import locate, pixels, settings
from .capi import LibraryEngine
from .engine import EngineError, WorkerEngine, describe
from .translation import tr

SHIPPED = os.path.join(locate.HERE, 'descriptors.json')


def _shipped():
    with open(SHIPPED, encoding='utf-8') as shipped:
        return json.load(shipped)


class Engines:
    """What the provider and its algorithms share. `refresh` checks the installation again."""

    def __init__(self):
        self.exe = None
        self.description = {}
        self.problem = None
        self._library = None

    def refresh(self):
        """Finds the engine and reads the description of the tools from it; without a usable engine the shipped
        description is used, so that the toolbox is never simply empty."""
        self._library = None
        self.problem = None
        self.exe = locate.program(settings.engine_path())
        try:
            if self.exe is None:
                raise EngineError(tr('The tilth engine was not found; install it with: {} (see the page "Installing" of the tilth '
                                     'guide), or choose the program tilth under Settings > Options > Processing > Providers > '
                                     'tilth').format(locate.install_command(_shipped().get('version', ''))))
            self.description = describe(self.exe)
        except EngineError as problem:
            self.problem = str(problem)
            self.description = _shipped()

    def engine(self):
        """The engine to run with; EngineError with one sentence when there is none."""
        if self.problem is not None:
            # It may have been installed since the provider was loaded.
            self.refresh()
        if self.problem is not None:
            raise EngineError(self.problem)
        if settings.engine_kind() != settings.IN_PROCESS:
            return WorkerEngine(self.exe)
        if self._library is None:
            self._library = self._load_library()
        return self._library

    def check(self, tool, params):
        """The sentence about the first wrong parameter, or None when all are right or there is no engine."""
        try:
            return self.engine().check(tool, params)
        except EngineError:
            return None

    def groups(self):
        """The groups of tools in the order of the work, which is that of the description."""
        return list(dict.fromkeys(one['group'] for one in self.description.get('algorithms', [])))

    def _load_library(self):
        path = locate.library(self.exe)
        if path is None:
            raise EngineError(f'The library {locate.LIBRARY} was not found near {self.exe}; set tilth to run '
                              'in a worker process, or install the library')
        problem = pixels.foreign_gdal(path)
        if problem is not None:
            raise EngineError(f'{problem}; set tilth to run in a worker process')
        return LibraryEngine(path)

    def gdal_problem(self):
        """None when QGIS can read tilth's virtual maps, otherwise the reason why not. Registers their pixel functions."""
        return pixels.register(pixels.find(self.exe))
