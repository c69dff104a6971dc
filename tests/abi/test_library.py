#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""libtilth through ctypes, as a host program drives it: describe, check, run, progress, cancel, the error sentence."""
import ctypes
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(os.environ["TILTH_SOURCE"])
sys.path.insert(0, str(ROOT / "tests/kit"))
sys.path.insert(0, str(ROOT / "qgis-wrapper"))
import world  # noqa: E402  after the path is set

OK, USAGE, FAILED, CANCELLED = 0, 2, 3, 130
CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_double, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)


def load():
    lib = ctypes.CDLL(os.environ["TILTH_LIB"])
    for name, result, arguments in (
            ("tilth_abi_version", ctypes.c_int, []), ("tilth_abi_minor", ctypes.c_int, []), ("tilth_abandon", ctypes.c_int, []),
            ("tilth_abi_refusal", ctypes.c_char_p, [ctypes.c_int, ctypes.c_int]), ("tilth_version", ctypes.c_char_p, []),
            ("tilth_open", ctypes.c_void_p, []), ("tilth_close", None, [ctypes.c_void_p]),
            ("tilth_set_progress", None, [ctypes.c_void_p, CALLBACK, ctypes.c_void_p]),
            ("tilth_describe", ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_char_p]),
            ("tilth_check", ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]),
            ("tilth_run", ctypes.c_int, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p,
                                         ctypes.POINTER(ctypes.c_void_p)]),
            ("tilth_error", ctypes.c_char_p, [ctypes.c_void_p]), ("tilth_free", None, [ctypes.c_void_p])):
        function = getattr(lib, name)
        function.restype = result
        function.argtypes = arguments
    return lib


LIBRARY = load()


class Context:
    """One tilth_ctx; texts come back as Python texts, and everything is freed."""

    def __init__(self):
        self.ctx = LIBRARY.tilth_open()
        assert self.ctx
        self.callback = None

    def close(self):
        LIBRARY.tilth_close(self.ctx)

    def take(self, pointer):
        if not pointer:
            return None
        try:
            return ctypes.string_at(pointer).decode("utf-8")
        finally:
            LIBRARY.tilth_free(pointer)

    def describe(self, tool=None):
        return self.take(LIBRARY.tilth_describe(self.ctx, tool.encode() if tool else None))

    def check(self, tool, parameters):
        return LIBRARY.tilth_check(self.ctx, tool, self.packed(parameters))

    def run(self, tool, parameters):
        result = ctypes.c_void_p()
        status = LIBRARY.tilth_run(self.ctx, tool, self.packed(parameters), ctypes.byref(result))
        text = self.take(result.value)
        return status, None if text is None else json.loads(text)

    @staticmethod
    def packed(parameters):
        return parameters if parameters is None or isinstance(parameters, bytes) else json.dumps(parameters).encode()

    def error(self):
        return LIBRARY.tilth_error(self.ctx).decode("utf-8")

    def watch(self, function):
        self.callback = CALLBACK(function)
        LIBRARY.tilth_set_progress(self.ctx, self.callback, None)


class Library(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="tilth-abi-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.dem = world.write_raster(self.folder / "dem.tif", world.elevation(400, 300))
        self.context = Context()
        self.addCleanup(self.context.close)

    def parameters(self, output="slope.tif", **more):
        return {"dem": self.dem, "output": str(self.folder / output), **more}

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())

    def test_the_version_is_that_of_the_header(self):
        header = (ROOT / "core/abi/tilth.h").read_text(encoding="utf-8")
        self.assertEqual(LIBRARY.tilth_abi_version(), int(re.search(r"TILTH_ABI_VERSION (\d+)", header).group(1)))
        self.assertEqual(LIBRARY.tilth_abi_minor(), int(re.search(r"TILTH_ABI_MINOR (\d+)", header).group(1)))
        self.assertRegex(LIBRARY.tilth_version().decode(), r"\A\d+\.\d+\.\d+\Z")

    def test_the_symbols_file_lists_the_functions_of_the_header(self):
        header = (ROOT / "core/abi/tilth.h").read_text(encoding="utf-8")
        declared = re.findall(r"TILTH_API [^;(]*?(tilth_\w+)\(", header)
        listed = (ROOT / "core/abi/tilth.symbols").read_text(encoding="utf-8").split()
        self.assertEqual(sorted(declared), sorted(listed))

    def test_every_symbol_that_python_binds_is_exported(self):
        source = (ROOT / "plugins/python/tilth/c_library.py").read_text(encoding="utf-8")
        bound = set(re.findall(r"'(tilth_\w+)'", source))
        listed = set((ROOT / "core/abi/tilth.symbols").read_text(encoding="utf-8").split())
        self.assertGreater(len(bound), 5)
        self.assertLessEqual(bound, listed)

    def test_describe_gives_the_same_text_as_the_command_line(self):
        said = subprocess.run([os.environ["TILTH_EXE"], "describe", "--json"], capture_output=True, check=True).stdout
        self.assertEqual(self.context.describe(), said.decode("utf-8").rstrip("\n"))

    def test_describe_of_an_unknown_tool(self):
        self.assertIsNone(self.context.describe("sloep"))
        self.assertIn("'sloep'", self.context.error())

    def test_check_says_what_run_would_say_and_writes_nothing(self):
        before = self.names()
        self.assertEqual(self.context.check(b"slope", self.parameters()), OK)
        self.assertEqual(self.context.error(), "")
        for wrong in ({}, {"dem": self.dem}, self.parameters(memory="much"), self.parameters(unit="gon"),
                      {"dem": "gone.tif", "output": "o.tif"}, self.parameters(dme=1)):
            with self.subTest(wrong=wrong):
                self.assertEqual(self.context.check(b"slope", wrong), USAGE)
                said = self.context.error()
                self.assertEqual(self.context.run(b"slope", wrong), (USAGE, None))
                self.assertEqual(self.context.error(), said)
                self.assertNotIn("\n", said)
        self.assertEqual(self.names(), before)

    def test_what_is_no_object_of_parameters_is_refused(self):
        for text in (b"", b"{", b"[]", b"null", b'"a"', b"\xff", b'{"dem": NaN}', b"{" * 100000, None):
            with self.subTest(text=text):
                self.assertEqual(self.context.check(b"slope", text), USAGE)
                self.assertNotEqual(self.context.error(), "")
        self.assertEqual(self.context.run(None, {}), (USAGE, None))

    def test_run_gives_the_bytes_of_the_command_line(self):
        status, result = self.context.run(b"slope", self.parameters())
        self.assertEqual((status, self.context.error()), (OK, ""))
        self.assertEqual(result["output"], str(self.folder / "slope.tif"))
        subprocess.run([os.environ["TILTH_EXE"], "slope", "--dem", self.dem, "--output", self.folder / "cli.tif", "--quiet"],
                       check=True)
        self.assertEqual((self.folder / "slope.tif").read_bytes(), (self.folder / "cli.tif").read_bytes())

    def test_progress_rises_from_0_to_1_and_comes_from_the_calling_thread(self):
        seen, threads = [], set()

        def watch(fraction, level, message, _user):
            threads.add(threading.get_ident())
            seen.append((fraction, level, message))
            return 1

        self.context.watch(watch)
        self.assertEqual(self.context.run(b"flowaccumulation", self.parameters())[0], OK)
        fractions = [fraction for fraction, _, _ in seen if fraction >= 0.0]
        self.assertEqual(fractions, sorted(fractions))
        self.assertEqual((fractions[0], fractions[-1]), (0.0, 1.0))
        self.assertEqual(threads, {threading.get_ident()})
        self.assertTrue(all(level in (0, 1) for _, level, _ in seen))

    def test_cancel_at_every_step_leaves_the_old_file(self):
        fractions = []
        self.context.watch(lambda fraction, *_: fractions.append(fraction) or 1)
        (self.folder / "slope.tif").write_bytes(b"old")
        self.assertEqual(self.context.run(b"slope", self.parameters("count.tif"))[0], OK)
        before = self.names()
        # Between its steps a run repeats its last fraction now and then, so calls cannot be counted.
        steps = sorted({fraction for fraction in fractions if fraction >= 0.0})
        for stop_at in sorted({0, 1, 2, len(steps) // 2, len(steps) - 1}):
            wanted = steps[stop_at]

            def watch(fraction, _level, _message, _user, wanted=wanted):
                return 0 if fraction >= wanted else 1

            self.context.watch(watch)
            with self.subTest(stop_at=stop_at):
                self.assertEqual(self.context.run(b"slope", self.parameters()), (CANCELLED, None))
                self.assertIn("cancelled", self.context.error())
                self.assertEqual(self.names(), before)
                self.assertEqual((self.folder / "slope.tif").read_bytes(), b"old")

    def test_runs_can_be_abandoned(self):
        """By another thread, in a process that ends then; a run that is over is not affected."""
        self.assertEqual(LIBRARY.tilth_abandon(), 0)
        (self.folder / "slope.tif").write_bytes(b"old")
        before = self.names()
        child = os.fork()
        if child == 0:
            said = []
            self.context.watch(lambda *_: said or (said.append(LIBRARY.tilth_abandon()), os._exit(7 + said[0]))[0])
            self.context.run(b"slope", self.parameters())
            os._exit(1)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 8)
        self.assertEqual(self.names(), before)
        self.assertEqual((self.folder / "slope.tif").read_bytes(), b"old")

    def test_after_a_failure_the_context_works_again(self):
        self.assertEqual(self.context.run(b"slope", {})[0], USAGE)
        self.assertEqual(self.context.run(b"slope", self.parameters())[0], OK)
        self.assertEqual(self.context.error(), "")

    def test_two_contexts_in_two_threads_do_not_meet(self):
        done = {}

        def work(name):
            context = Context()
            done[name] = [context.run(b"slope", self.parameters(f"{name}.tif"))[0], context.run(b"slope", {})[0],
                          context.error()]
            context.close()

        threads = [threading.Thread(target=work, args=(name,)) for name in ("a", "b", "c")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for name in ("a", "b", "c"):
            self.assertEqual(done[name][:2], [OK, USAGE])
            self.assertIn("'dem'", done[name][2])
        self.assertEqual((self.folder / "a.tif").read_bytes(), (self.folder / "b.tif").read_bytes())

    def test_the_locale_of_the_host_changes_nothing_and_is_given_back(self):
        locales = self.folder / "locales"
        locales.mkdir()
        subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", locales / "de_DE.UTF-8"], check=False,
                       capture_output=True)
        self.context.run(b"slope", self.parameters("point.tif"))
        code = (
            "import locale, sys; sys.path.insert(0, %r); locale.setlocale(locale.LC_ALL, 'de_DE.UTF-8')\n"
            "import test_library as t; c = t.Context()\n"
            "assert locale.localeconv()['decimal_point'] == ','\n"
            "status, result = c.run(b'slope', %r); assert status == 0, c.error()\n"
            "assert c.check(b'slope', %r) == 0, c.error()\n"
            "assert c.check(b'slope', %r) == 2\n"
            "assert locale.localeconv()['decimal_point'] == ','\n"
            % (str(Path(__file__).parent), self.parameters("comma.tif"), self.parameters(memory="512.5"),
               self.parameters(memory="512,5")))
        done = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True,
                              env={**os.environ, "LOCPATH": str(locales)})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual((self.folder / "comma.tif").read_bytes(), (self.folder / "point.tif").read_bytes())


if __name__ == "__main__":
    unittest.main()
