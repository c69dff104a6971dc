# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian package contains every part of tilth in the right folder, and names what it needs."""
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

BUILD = Path(os.environ["TILTH_BUILD"])
PARTS = ("usr/bin/tilth", "usr/include/tilth.h", "usr/share/man/man1/tilth.1.gz", "usr/share/doc/tilth/copyright",
         "usr/share/tilth/report/render_report.py", "usr/share/tilth/report/report.html.j2",
         "usr/share/tilth/styles/som.qml")
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


if __name__ == "__main__":
    unittest.main()
