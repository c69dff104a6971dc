# SPDX-License-Identifier: GPL-2.0-or-later
"""The C interface of libtilth (tilth.h) through ctypes. Used by the package tilth and by the QGIS plugin."""

import ctypes
import json

# The interface that this module was written for. A library serves it with the same major number and with the same or a higher
# minor number; libraries from before minor numbers existed have 0.
ABI_MAJOR = 1
ABI_MINOR = 0

OK = 0
USAGE = 2
FAILED = 3
CANCELLED = 130

CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_double, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)

# What each function returns and what it accepts. Texts that the library allocates come back as plain pointers, because ctypes
# would otherwise copy them and lose the address that must be freed.
SYMBOLS = {
    'tilth_abi_version': (ctypes.c_int, []),
    'tilth_version': (ctypes.c_char_p, []),
    'tilth_open': (ctypes.c_void_p, []),
    'tilth_close': (None, [ctypes.c_void_p]),
    'tilth_set_progress': (None, [ctypes.c_void_p, CALLBACK, ctypes.c_void_p]),
    'tilth_describe': (ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_char_p]),
    'tilth_check': (ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]),
    'tilth_run': (ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p)]),
    'tilth_error': (ctypes.c_char_p, [ctypes.c_void_p]),
    'tilth_free': (None, [ctypes.c_void_p]),
}


class LibraryError(Exception):
    """The library is missing, is another one, or has no memory left."""


def abi_refusal(major, minor, path):
    """Why the engine at path does not serve this module, in one sentence; None when it does."""
    if major == ABI_MAJOR and minor >= ABI_MINOR:
        return None
    newer = isinstance(major, int) and major > ABI_MAJOR
    return (f'{path} has interface {major}.{minor}, but this plugin needs interface {ABI_MAJOR}.{ABI_MINOR} or a later '
            f'{ABI_MAJOR}.x; update the {"plugin" if newer else "engine"} to the release of the '
            f'{"engine" if newer else "plugin"}')


def _minor(lib):
    try:
        return lib.tilth_abi_minor()
    except AttributeError:
        return 0


def load(path):
    """The library with every signature set; LibraryError when it is missing or does not serve this module."""
    try:
        lib = ctypes.CDLL(path)
        version = lib.tilth_abi_version
        version.restype, version.argtypes = SYMBOLS['tilth_abi_version']
        refusal = abi_refusal(version(), _minor(lib), path)
        if refusal is not None:
            raise LibraryError(refusal)
        for name, (result, arguments) in SYMBOLS.items():
            function = getattr(lib, name)
            function.restype = result
            function.argtypes = arguments
    except (OSError, AttributeError) as problem:
        raise LibraryError(f'The library {path} cannot be used: {problem}') from problem
    return lib


class Library:
    """libtilth. Every call has a context of its own, so that several threads may call at once."""

    def __init__(self, path):
        self.lib = load(path)

    def version(self):
        return self.lib.tilth_version().decode('utf-8')

    def _take(self, pointer):
        """Python text of a text that the library allocated, which is then freed."""
        try:
            return ctypes.string_at(pointer).decode('utf-8')
        finally:
            self.lib.tilth_free(pointer)

    def _open(self):
        ctx = self.lib.tilth_open()
        if not ctx:
            raise LibraryError('Out of memory')
        return ctx

    def _error(self, ctx):
        return (self.lib.tilth_error(ctx) or b'').decode('utf-8', 'replace')

    def describe(self):
        """The tools and their parameters."""
        ctx = self._open()
        try:
            pointer = self.lib.tilth_describe(ctx, None)
            if not pointer:
                raise LibraryError(self._error(ctx))
            return json.loads(self._take(pointer))
        finally:
            self.lib.tilth_close(ctx)

    def check(self, tool, params):
        """The sentence about the first wrong parameter, or None. Nothing is run."""
        ctx = self._open()
        try:
            status = self.lib.tilth_check(ctx, tool.encode('utf-8'), json.dumps(params).encode('utf-8'))
            return self._error(ctx) if status != OK else None
        finally:
            self.lib.tilth_close(ctx)

    def run(self, tool, params, report):
        """Runs a tool.

        report   called with (fraction, level, message) from time to time; fraction is negative when there is only a message,
                 message None when there is only a fraction; returns False to cancel. What it raises stops the run and is
                 raised here
        returns  (status, result, sentence): the result is None after a failure
        """
        raised = []

        def call(fraction, level, message, _user):
            # No Python exception may cross C: it is kept, the run is stopped, and it is raised afterwards.
            try:
                text = None if message is None else message.decode('utf-8', 'replace')
                return 0 if report(fraction, level, text) is False else 1
            except BaseException as problem:
                raised.append(problem)
                return 0

        callback = CALLBACK(call)  # kept alive by this name while C may call it
        result = ctypes.c_void_p()
        ctx = self._open()
        try:
            self.lib.tilth_set_progress(ctx, callback, None)
            status = self.lib.tilth_run(ctx, tool.encode('utf-8'), json.dumps(params).encode('utf-8'), ctypes.byref(result))
            sentence = self._error(ctx)
        finally:
            self.lib.tilth_close(ctx)
        text = self._take(result) if result else None
        if raised:
            raise raised[0]
        return status, None if text is None else json.loads(text), sentence
