#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The two numbers of the interface keep their promise: programs that were compiled against an earlier header of the same
major number run with the present library, and what does not fit is refused in one sentence.

tests/abi/headers holds the header of every minor number that was released before the present one.
"""
import ctypes
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(os.environ["TILTH_SOURCE"])
LIB = Path(os.environ["TILTH_LIB"])
EXE = os.environ["TILTH_EXE"]
sys.path.insert(0, str(ROOT / "tests/kit"))
import world  # noqa: E402  after the path is set

HEADER = (ROOT / "core/abi/tilth.h").read_text(encoding="utf-8")
MAJOR = int(re.search(r"#define TILTH_ABI_VERSION (\d+)", HEADER).group(1))
MINOR = int(re.search(r"#define TILTH_ABI_MINOR (\d+)", HEADER).group(1))


def earlier_headers():
    """{minor: path} of the stored headers of the present major number."""
    found = {}
    for path in (ROOT / "tests/abi/headers").glob("tilth_*_*.h"):
        major, minor = map(int, re.fullmatch(r"tilth_(\d+)_(\d+)", path.stem).groups())
        if major == MAJOR:
            found[minor] = path
    return found


def promises(header):
    """What a compiled program relies on: declarations and numbers, without comments and the minor number."""
    code = re.sub(r"/\*.*?\*/", " ", header, flags=re.S)
    declarations = re.findall(r"TILTH_API [^;]*;|typedef [^;]*;|TILTH_\w+ = \d+", code)
    return {" ".join(one.split()) for one in declarations}


def broken_promises(earlier, present):
    return sorted(promises(earlier) - promises(present))


class Compatibility(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="tilth-compatibility-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def run_in(self, *words, **environment):
        return subprocess.run([str(word) for word in words], cwd=self.folder, capture_output=True, text=True,
                              env={**os.environ, **environment})

    def other_library(self, major, minor):
        """A library to be loaded before ours that has another interface number and is built from the same source."""
        (self.folder / "abi").mkdir(exist_ok=True)
        text = HEADER.replace(f"#define TILTH_ABI_VERSION {MAJOR}\n", f"#define TILTH_ABI_VERSION {major}\n")
        text = text.replace(f"#define TILTH_ABI_MINOR {MINOR}\n", f"#define TILTH_ABI_MINOR {minor}\n")
        (self.folder / "abi/tilth.h").write_text(text, encoding="utf-8")
        (self.folder / "version.c").write_text('const char *tl_version(void);\nconst char *tl_version(void) { return "9.9.9"; }\n',
                                               encoding="utf-8")
        library = self.folder / f"libother_{major}_{minor}.so"
        done = self.run_in("cc", "-shared", "-fPIC", "-I", self.folder, "-I", ROOT / "core", ROOT / "core/abi/compatibility.c",
                           "version.c", "-o", library)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return library

    def test_the_header_of_every_earlier_minor_number_is_stored(self):
        self.assertEqual(sorted(earlier_headers()), list(range(MINOR)))

    def test_nothing_that_was_promised_is_missing_or_changed(self):
        for minor, path in earlier_headers().items():
            with self.subTest(minor=minor):
                self.assertEqual(broken_promises(path.read_text(encoding="utf-8"), HEADER), [])

    def test_a_removed_or_changed_promise_is_found(self):
        for change in (lambda text: re.sub(r"TILTH_API void tilth_free\(void \*text\);", "", text),
                       lambda text: text.replace("tilth_describe(tilth_ctx *ctx, const char *id)", "tilth_describe(tilth_ctx *ctx)"),
                       lambda text: text.replace("TILTH_CANCELLED = 130", "TILTH_CANCELLED = 4")):
            changed = change(HEADER)
            self.assertNotEqual(changed, HEADER)
            self.assertEqual(len(broken_promises(HEADER, changed)), 1)

    def test_programs_of_every_earlier_header_run(self):
        world.write_raster(self.folder / "dem.tif", world.elevation())
        for minor, path in {**earlier_headers(), MINOR: ROOT / "core/abi/tilth.h"}.items():
            with self.subTest(minor=minor):
                shutil.copy(path, self.folder / "tilth.h")
                done = self.run_in("cc", "-I", ".", ROOT / "tests/abi/client.c", LIB, f"-Wl,-rpath,{LIB.parent}", "-o", "client")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                done = self.run_in("./client", '{"dem": "dem.tif", "output": "o.tif"}', '{"dem": "dem.tif", "x": 1}')
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "done\n", ""))

    def test_the_library_serves_the_same_major_and_no_higher_minor_number(self):
        refusal = ctypes.CDLL(str(LIB)).tilth_abi_refusal
        refusal.restype, refusal.argtypes = ctypes.c_char_p, [ctypes.c_int, ctypes.c_int]
        for minor in range(MINOR + 1):
            self.assertIsNone(refusal(MAJOR, minor))
        for major, minor in ((MAJOR, MINOR + 1), (MAJOR + 1, 0), (MAJOR - 1, 0), (MAJOR + 1, MINOR)):
            with self.subTest(major=major, minor=minor):
                sentence = refusal(major, minor).decode()
                self.assertIn(f"has interface {MAJOR}.{MINOR}, but this program needs {major}.{minor}", sentence)
                self.assertNotIn("\n", sentence)
                self.assertFalse(sentence.endswith("."))

    def test_the_command_line_runs_with_a_higher_minor_and_refuses_another_major(self):
        done = self.run_in(EXE, "version", LD_PRELOAD=str(self.other_library(MAJOR, MINOR + 5)))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for major, minor in ((MAJOR + 1, 0), (MAJOR, MINOR - 1)):
            with self.subTest(major=major, minor=minor):
                done = self.run_in(EXE, "version", LD_PRELOAD=str(self.other_library(major, minor)))
                self.assertEqual((done.returncode, done.stdout), (3, ""))
                self.assertEqual(done.stderr, f"tilth: the tilth library 9.9.9 has interface {major}.{minor}, but this program "
                                              f"needs {MAJOR}.{MINOR}; install the library and the program of the same release\n")

    def test_the_name_of_the_library_contains_the_major_number(self):
        dynamic = self.run_in("readelf", "-d", LIB).stdout
        self.assertIn(f"Library soname: [libtilth.so.{MAJOR}]", dynamic)


if __name__ == "__main__":
    unittest.main()
