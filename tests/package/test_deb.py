# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian package contains every part of tilth in the right folder, and names what it needs."""
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

BUILD = Path(os.environ["TILTH_BUILD"])
PARTS = ("usr/bin/tilth", "usr/include/tilth.h", "usr/share/man/man1/tilth.1.gz", "usr/share/man/man1/tilth-slope.1.gz",
         "usr/share/bash-completion/completions/tilth", "usr/share/zsh/vendor-completions/_tilth", "usr/share/doc/tilth/copyright",
         "usr/share/tilth/report/render_report.py", "usr/share/tilth/report/report.html.j2",
         "usr/share/tilth/styles/som.qml",
         "usr/lib/python3/dist-packages/tilth/__init__.py", "usr/lib/python3/dist-packages/tilth/__init__.pyi",
         "usr/lib/python3/dist-packages/tilth/py.typed")
ENDINGS = ("/gdalplugins/gdal_TILTH.so", "/libtilth.so.1", "/pkgconfig/tilth.pc", "/tilthConfig.cmake",
           "/tilth_qgis/metadata.txt", "/tilth_qgis/descriptors.json", "/tilth_qgis/LICENSE")


def run(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout


class Deb(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            run("cpack", "-G", "DEB", "--config", BUILD / "CPackConfig.cmake", "-B", folder)
            package = next(Path(folder).glob("*.deb"))
            cls.name = package.name
            cls.files = [line.split(None, 5)[5].removeprefix("./") for line in run("dpkg", "-c", package).splitlines()]
            cls.fields = run("dpkg-deb", "-f", package)
            run("dpkg-deb", "-x", package, Path(folder) / "root")
            cls.programs = {path.name: run("readelf", "-W", "-h", "-l", "-d", "--dyn-syms", path)
                            for path in sorted((Path(folder) / "root").rglob("*"))
                            if path.is_file() and not path.is_symlink() and path.read_bytes()[:4] == b"\x7fELF"}

    def test_its_name_follows_the_rules_of_debian(self):
        self.assertRegex(self.name, r"^tilth_\d+\.\d+\.\d+_[a-z0-9]+\.deb$")

    def test_every_part_is_in_its_place(self):
        for part in PARTS:
            self.assertIn(part, self.files)
        for ending in ENDINGS:
            self.assertTrue([name for name in self.files if f"/{name.split(' -> ')[0]}".endswith(ending)], ending)

    def test_nothing_of_the_build_is_in_it(self):
        for name in self.files:
            self.assertTrue(name.startswith("usr/") or name == "", name)
            self.assertNotRegex(name, r"__pycache__|\.pyc$|\.o$|\.a$")

    def test_the_libraries_it_links_are_dependencies(self):
        for library in ("libgdal", "libgsl", "libgeos-c1", "libjansson4", "libsvm3", "python3-jinja2"):
            self.assertIn(library, self.fields.split("Depends:")[1].split("\n")[0])

    def test_programs_and_libraries_are_hardened(self):
        """dpkg-buildflags with hardening=+all: position-independent, tables read-only from the start, stacks and copies guarded."""
        self.assertEqual(len(self.programs), 3, self.programs.keys())
        for name, headers in self.programs.items():
            with self.subTest(name=name):
                self.assertRegex(headers, r"Type:\s+DYN")
                self.assertIn("GNU_RELRO", headers)
                self.assertRegex(headers, r"BIND_NOW|FLAGS_1.*NOW")
                self.assertRegex(headers, r"GNU_STACK.* RW ")
                self.assertIn("__stack_chk_fail", headers)
                self.assertRegex(headers, r"__\w+_chk@")
                self.assertNotRegex(headers, r"R(UN)?PATH.*(build|tmp)")


if __name__ == "__main__":
    unittest.main()
