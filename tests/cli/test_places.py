#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Names with spaces and Chinese characters, a locale with a decimal comma, and another working folder."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import kit
import world


class Places(kit.TilthCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        world.write_raster(at / "dem.tif", world.elevation(120, 120))
        world.write_scene(at / "scene.dat")
        world.write_samples(at / "samples.gpkg")
        world.write_lab(at / "lab.csv")

    def study(self, at, env=None):
        """A short study inside the folder at; returns the bytes of all its outputs, by name."""
        for name in ("dem.tif", "scene.dat", "scene.hdr", "samples.gpkg", "lab.csv"):
            shutil.copy(self.folder / name, at / name)
        for step in (("slope", "--dem", at / "dem.tif", "--output", at / "slope.tif"),
                     ("wetness", "--dem", at / "dem.tif", "--output", at / "twi.tif"),
                     ("streams", "--dem", at / "dem.tif", "--threshold_km2", "0.05", "--output", at / "streams.geojson"),
                     ("trainmodel", "--scene", at / "scene.dat", "--samples", at / "samples.gpkg", "--id_field", "id",
                      "--property", "SOM", "--unit", "g/kg", "--lab", at / "lab.csv", "--features", "fused", "--repeats",
                      "2", "--output", at / "som.json", "--predictions", at / "predictions.csv"),
                     ("mapproperty", "--scene", at / "scene.dat", "--model", at / "som.json", "--output", at / "som.tif"),
                     ("makevrt", "--scene", at / "scene.dat", "--model", at / "som.json", "--output", at / "som.vrt"),
                     ("correlatemaps", "--maps", at / "slope.tif", "--factors", at / "twi.tif", "--halves", "yes",
                      "--output", at / "correlation.csv"),
                     ("report", "--models", at / "som.json", "--maps", at / "som.tif", "--terrain", at / "slope.tif",
                      "--streams", at / "streams.geojson", "--correlation", at / "correlation.csv", "--output",
                      at / "report.html")):
            self.must(*step, env=env)
        made = {path.name: path.read_bytes() for path in at.iterdir() if path.is_file()}
        made["som.vrt"] = made["som.vrt"].replace(os.fsencode(str(at)), b"HERE")  # it has to name its model and scene
        return made

    def test_blanks_and_chinese_characters_change_nothing(self):
        plain, foreign = self.folder / "plain", self.folder / "土壤 数据" / "área 1"
        plain.mkdir()
        foreign.mkdir(parents=True)
        first, second = self.study(plain), self.study(foreign)
        self.assertEqual(sorted(first), sorted(second))
        for name in first:
            self.assertEqual(first[name], second[name], name)

    def test_a_decimal_comma_changes_nothing(self):
        with tempfile.TemporaryDirectory(prefix="tilth-locale-") as locales:
            subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", f"{locales}/de_DE.UTF-8"], check=False,
                           capture_output=True)
            # glibc itself never frees its copy of LOCPATH; the leak checker of a sanitizer build has to know.
            Path(locales, "lsan.txt").write_text("leak:argz_add_sep\n", encoding="utf-8")
            env = {"LOCPATH": locales, "LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8",
                   "LSAN_OPTIONS": f"suppressions={locales}/lsan.txt:print_suppressions=0"}
            point = subprocess.run([sys.executable, "-c", "import locale; locale.setlocale(locale.LC_ALL, ''); "
                                    "print(locale.localeconv()['decimal_point'])"], env={**os.environ, **env},
                                   capture_output=True, text=True, check=True).stdout
            self.assertEqual(point, ",\n", "the locale de_DE.UTF-8 could not be made; install the package locales")
            comma, plain = self.folder / "comma", self.folder / "point"
            comma.mkdir()
            plain.mkdir()
            first, second = self.study(comma, env), self.study(plain)
            for name in second:
                self.assertEqual(first[name], second[name], name)
            self.refused(kit.USAGE, ["'memory'", "'0,5'", "decimal point"], "slope", "--dem", "dem.tif", "--memory", "0,5",
                         output="o.tif", env=env)

    def test_a_working_folder_elsewhere(self):
        with tempfile.TemporaryDirectory() as other:
            done = subprocess.run([kit.EXE, "slope", "--dem", str(self.folder / "dem.tif"), "--output", "here.tif"],
                                  cwd=other, capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual([path.name for path in Path(other).iterdir()], ["here.tif"])


if __name__ == "__main__":
    unittest.main()
