# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs tools inside QGIS through the library libtilth. The JSON and the error sentences are those of the worker process."""

import ctypes
import json

from .engine import Cancelled, EngineError, check_abi

CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_double, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)

# Every exported symbol: what it returns and what it accepts. Texts that the library allocates come back as
# plain pointers, because ctypes would otherwise copy them and lose the address that must be freed.
SYMBOLS = {
    'tilth_abi_version': (ctypes.c_int, []),
    'tilth_version': (ctypes.c_char_p, []),
    'tilth_open': (ctypes.c_void_p, []),
    'tilth_close': (None, [ctypes.c_void_p]),
    'tilth_set_progress': (None, [ctypes.c_void_p, CALLBACK, ctypes.c_void_p]),
    'tilth_describe': (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_char_p]),
    'tilth_check': (ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]),
    'tilth_run': (ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p,
                                 ctypes.POINTER(ctypes.c_void_p)]),
    'tilth_error': (ctypes.c_char_p, [ctypes.c_void_p]),
    'tilth_free': (None, [ctypes.c_void_p]),
}
CANCELLED = 130


def _minor(lib):
    """The minor number of the interface; libraries from before it existed have 0."""
    try:
        return lib.tilth_abi_minor()
    except AttributeError:
        return 0


def load(path):
    """The library with every signature set; EngineError when it is missing or does not serve this plugin."""
    try:
        lib = ctypes.CDLL(path)
        abi = lib.tilth_abi_version
        abi.restype, abi.argtypes = SYMBOLS['tilth_abi_version']
        check_abi(abi(), _minor(lib), path)
        for name, (result, arguments) in SYMBOLS.items():
            function = getattr(lib, name)
            function.restype = result
            function.argtypes = arguments
    except (OSError, AttributeError) as problem:
        raise EngineError(f'The library {path} cannot be used: {problem}') from problem
    return lib


class LibraryEngine:
    def __init__(self, path):
        self.lib = load(path)

    def _take(self, pointer):
        """Python text of a text that the library allocated, which is then freed."""
        try:
            return ctypes.string_at(pointer).decode('utf-8')
        finally:
            self.lib.tilth_free(pointer)

    def _open(self):
        ctx = self.lib.tilth_open()
        if not ctx:
            raise EngineError('Out of memory')
        return ctx

    def _error(self, ctx):
        return (self.lib.tilth_error(ctx) or b'').decode('utf-8', 'replace')

    def describe(self):
        ctx = self._open()
        try:
            pointer = self.lib.tilth_describe(ctx, None)
            if not pointer:
                raise EngineError(self._error(ctx))
            return json.loads(self._take(pointer))
        finally:
            self.lib.tilth_close(ctx)

    def check(self, tool, params):
        """As WorkerEngine.check."""
        ctx = self._open()
        try:
            status = self.lib.tilth_check(ctx, tool.encode('utf-8'), json.dumps(params).encode('utf-8'))
            return self._error(ctx) if status != 0 else None
        finally:
            self.lib.tilth_close(ctx)

    def run(self, tool, params, log, outputs=()):
        """As WorkerEngine.run; the library removes its own temporary files, so outputs is not used."""
        raised = []

        def report(fraction, level, message, _user):
            # No Python exception may cross C: it is kept, the run is stopped, and it is raised afterwards.
            try:
                if message is not None:
                    log.message(level, message.decode('utf-8', 'replace'))
                if fraction >= 0.0:
                    log.progress(fraction)
                return 0 if log.cancelled() else 1
            except BaseException as problem:
                raised.append(problem)
                return 0

        callback = CALLBACK(report)  # kept alive by this name while C may call it
        result = ctypes.c_void_p()
        ctx = self._open()
        try:
            self.lib.tilth_set_progress(ctx, callback, None)
            status = self.lib.tilth_run(ctx, tool.encode('utf-8'), json.dumps(params).encode('utf-8'),
                                        ctypes.byref(result))
            sentence = self._error(ctx)
        finally:
            self.lib.tilth_close(ctx)
        if raised:
            raise raised[0]
        if status == CANCELLED:
            raise Cancelled()
        if status != 0:
            raise EngineError(sentence)
        return json.loads(self._take(result))
