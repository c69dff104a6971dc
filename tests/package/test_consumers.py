# SPDX-License-Identifier: GPL-2.0-or-later
"""An installed tilth is found by find_package(tilth) and by pkg-config, and a program linked to it runs."""
import os
import shlex
import subprocess
import tempfile
import unittest
from pathlib import Path

BUILD = Path(os.environ["TILTH_BUILD"])
CONSUMER = Path(os.environ["TILTH_SOURCE"]) / "tests/package/consumer"
EXPECTED = f"tilth {os.environ['TILTH_VERSION']}, slope known\n"


def run(*words, **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, words))}\n{done.stdout}{done.stderr}")
    return done.stdout


class Consumers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name)
        cls.prefix = cls.root / "a prefix with blanks"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)
        cls.library = next(cls.prefix.rglob("libtilth.so")).parent

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_find_package_gives_a_target_that_links_and_runs(self):
        build = self.root / "cmake"
        run("cmake", "-S", CONSUMER, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}")
        run("cmake", "--build", build)
        self.assertEqual(run(build / "consumer"), EXPECTED)

    def test_pkg_config_gives_flags_that_compile_and_link(self):
        environment = {**os.environ, "PKG_CONFIG_PATH": str(self.library / "pkgconfig")}
        self.assertEqual(run("pkg-config", "--modversion", "tilth", env=environment).strip(), os.environ["TILTH_VERSION"])
        flags = shlex.split(run("pkg-config", "--cflags", "--libs", "tilth", env=environment))
        self.assertIn("-ltilth", flags)
        program = self.root / "consumer"
        run("cc", CONSUMER / "main.c", "-o", program, *flags, f"-Wl,-rpath,{self.library}")
        self.assertEqual(run(program), EXPECTED)


if __name__ == "__main__":
    unittest.main()
