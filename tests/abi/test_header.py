#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""tilth.h alone is enough: it compiles as C and as C++ without a warning, and a program that includes nothing else of
tilth links and runs."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(os.environ["TILTH_SOURCE"])
LIB = Path(os.environ["TILTH_LIB"])
sys.path.insert(0, str(ROOT / "tests/kit"))
import world  # noqa: E402  after the path is set

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]
LANGUAGES = {"C11": ["cc", "-x", "c", "-std=c11", "-Wstrict-prototypes"], "C++11": ["c++", "-x", "c++", "-std=c++11"],
             "C++20": ["c++", "-x", "c++", "-std=c++20"]}


class Header(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="tilth-abi-"))
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copy(ROOT / "core/abi/tilth.h", self.folder)  # alone: nothing else of tilth can be included
        world.write_raster(self.folder / "dem.tif", world.elevation())

    def run_in(self, command):
        return subprocess.run([str(word) for word in command], cwd=self.folder, capture_output=True, text=True)

    def test_the_header_compiles_alone(self):
        (self.folder / "alone.c").write_text('#include "tilth.h"\nint main(void) { return TILTH_OK; }\n', encoding="utf-8")
        for name, command in LANGUAGES.items():
            with self.subTest(language=name):
                done = self.run_in([*command, *WARNINGS, "-fsyntax-only", "alone.c"])
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_a_program_links_and_runs(self):
        for name, command in LANGUAGES.items():
            with self.subTest(language=name):
                done = self.run_in([*command, *WARNINGS, "-I", ".", ROOT / "tests/abi/client.c", "-x", "none", LIB,
                                    f"-Wl,-rpath,{LIB.parent}", "-o", "client"])
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                done = self.run_in(["./client", '{"dem": "dem.tif", "output": "o.tif"}', '{"dem": "dem.tif", "x": 1}'])
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "done\n", ""))
                self.assertEqual(sorted(path.name for path in self.folder.iterdir() if path.suffix == ".tif"),
                                 ["dem.tif", "o.tif"])


if __name__ == "__main__":
    unittest.main()
