# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs tools inside QGIS through the library libtilth. The JSON and the error sentences are those of the worker process."""

from . import c_library
from .engine import Cancelled, EngineError


class LibraryEngine:
    def __init__(self, path):
        try:
            self.library = c_library.Library(path)
        except c_library.LibraryError as problem:
            raise EngineError(str(problem)) from problem

    def describe(self):
        return self._call(self.library.describe)

    def check(self, tool, params):
        """As WorkerEngine.check."""
        return self._call(self.library.check, tool, params)

    def run(self, tool, params, log, outputs=()):
        """As WorkerEngine.run; the library removes its own temporary files, so outputs is not used."""
        def report(fraction, level, message):
            if message is not None:
                log.message(level, message)
            if fraction >= 0.0:
                log.progress(fraction)
            return not log.cancelled()

        status, result, sentence = self._call(self.library.run, tool, params, report)
        if status == c_library.CANCELLED:
            raise Cancelled()
        if status != c_library.OK:
            raise EngineError(sentence)
        return result

    @staticmethod
    def _call(function, *words):
        try:
            return function(*words)
        except c_library.LibraryError as problem:
            raise EngineError(str(problem)) from problem
