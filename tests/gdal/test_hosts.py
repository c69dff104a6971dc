# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin inside programs of others: another locale, many threads, models that change while it is loaded."""
import os
import subprocess
import sys
import threading
import unittest

import kit
import numpy as np
from osgeo import gdal

GERMAN = """
import locale, sys
from osgeo import gdal
gdal.UseExceptions()
locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")
assert locale.localeconv()["decimal_point"] == ",", locale.localeconv()
sys.stdout.buffer.write(gdal.Open(sys.argv[1]).ReadAsArray().tobytes())
"""


class Hosts(kit.Case):
    @classmethod
    def setUpClass(cls):
        kit.load_plugin_here()

    def setUp(self):
        super().setUp()
        self.scene = kit.write_scene(self.path("scene.tif"), cube=kit.stored_scene(160, 150))
        self.model = kit.write_model(self.path("som.json"))
        self.vrt = self.path("som.vrt")
        kit.tilth("makevrt", "--scene", self.scene, "--model", self.model, "--output", self.vrt)

    def test_a_locale_with_decimal_commas_changes_nothing(self):
        want = kit.pixels(self.vrt)
        locales = self.path("locales")
        os.mkdir(locales)
        made = kit.call("localedef", "-i", "de_DE", "-f", "UTF-8", os.path.join(locales, "de_DE.UTF-8"))
        self.assertTrue(os.listdir(locales), made.stderr)
        env = kit.environment(LOCPATH=locales, LC_ALL="de_DE.UTF-8", LANG="de_DE.UTF-8")
        done = subprocess.run([sys.executable, "-c", GERMAN, self.vrt], env=env, capture_output=True,
                                            check=False)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(done.stdout, want.tobytes())

        again = self.path("again.vrt")
        done = kit.call(kit.EXE, "makevrt", "--scene", self.scene, "--model", self.model, "--output", again, env=env)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.vrt, "rb") as one, open(again, "rb") as other:
            self.assertEqual(one.read(), other.read())

    def test_four_threads_with_a_dataset_each_see_the_same_map(self):
        want = kit.pixels(self.vrt)
        other_model = kit.write_model(self.path("other.json"), property="Cu", unit="mg/kg")
        other_vrt = self.path("other.vrt")
        kit.tilth("makevrt", "--scene", self.scene, "--model", other_model, "--output", other_vrt)
        faults = []

        def work(number):
            try:
                rng = np.random.default_rng(number)
                for turn in range(12):
                    dataset = gdal.Open(self.vrt if (turn + number) % 2 else other_vrt)
                    x, y = int(rng.integers(0, 100)), int(rng.integers(0, 100))
                    got = dataset.ReadAsArray(x, y, 50, 60)
                    if got.tobytes() != want[:, y:y + 60, x:x + 50].tobytes():
                        faults.append(f"thread {number}, turn {turn}: other bytes")
            except Exception as problem:  # a thread must pass its failure to the test
                faults.append(f"thread {number}: {problem}")

        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(faults, [])

    def test_bands_of_one_map_drawn_at_the_same_time(self):
        """As QGIS draws value, bounds and applicability: the same blocks, each layer in a thread of its own."""
        want = kit.pixels(self.vrt)
        faults = []

        def work(band):
            dataset = gdal.Open(self.vrt)
            for top in range(0, 160, 40):
                got = dataset.GetRasterBand(band + 1).ReadAsArray(0, top, 150, 40)
                if got.tobytes() != want[band, top:top + 40].tobytes():
                    faults.append((band, top))

        for turn in range(4):
            os.utime(self.scene, (1000 + turn, 1000 + turn))  # nothing that was kept fits any more
            threads = [threading.Thread(target=work, args=(band,)) for band in range(5)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertEqual(faults, [])

    def test_a_scene_that_was_written_again_is_read_again(self):
        before = kit.pixels(self.vrt)
        opened = gdal.Open(self.vrt)
        cube = kit.stored_scene(160, 150)
        cube[:, 50:] = np.where(cube[:, 50:] == -32768, -32768, cube[:, 50:] + 500)
        kit.write_scene(self.path("new.tif"), cube=cube)
        os.replace(self.path("new.tif"), self.scene)
        kit.tilth("mapproperty", "--scene", self.scene, "--model", self.model, "--output", self.path("map.tif"))
        want = kit.pixels(self.path("map.tif"))
        self.assertNotEqual(before.tobytes(), want.tobytes())
        self.assertSameBytes(kit.pixels(self.vrt), want)
        self.assertSameBytes(opened.ReadAsArray(), want)

    def test_files_do_not_stay_open_without_bound(self):
        scenes = []
        for i in range(12):
            scene = kit.write_scene(self.path(f"scene{i}.tif"))
            vrt = self.path(f"scene{i}.vrt")
            kit.tilth("makevrt", "--scene", scene, "--model", self.model, "--output", vrt)
            kit.pixels(vrt)
            scenes.append(os.path.realpath(scene))
        links = []
        for number in os.listdir("/proc/self/fd"):
            try:
                links.append(os.readlink(f"/proc/self/fd/{number}"))
            except FileNotFoundError:
                pass  # the folder's own descriptor
        self.assertLessEqual(sum(link in scenes for link in links), 4)

    def test_a_model_that_was_trained_again_is_read_again(self):
        before = kit.pixels(self.vrt)
        changed = kit.model([kit.WAVELENGTHS[b] for b in kit.USED])
        changed["model"]["intercept"] += 1.5
        kit.write_model(self.path("new.json"), model=changed["model"])
        os.replace(self.path("new.json"), self.model)
        after = kit.pixels(self.vrt)
        self.assertLess(float(np.nanmax(np.abs(after[0] - before[0] - 1.5))), 1e-5)

    def test_a_failure_does_not_stay(self):
        want = kit.pixels(self.vrt)
        os.rename(self.model, self.path("away.json"))
        with self.assertRaisesRegex(RuntimeError, "som.json does not exist"):
            kit.pixels(self.vrt)
        os.rename(self.path("away.json"), self.model)
        self.assertSameBytes(kit.pixels(self.vrt), want)

    def test_more_models_than_are_kept(self):
        want = kit.pixels(self.vrt)
        for turn in range(2):
            for i in range(9):
                model = kit.write_model(self.path(f"m{i}.json"))
                vrt = self.path(f"m{i}.vrt")
                if turn == 0:
                    kit.tilth("makevrt", "--scene", self.scene, "--model", model, "--output", vrt)
                self.assertSameBytes(kit.pixels(vrt), want)


if __name__ == "__main__":
    unittest.main(verbosity=2)
