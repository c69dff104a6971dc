#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Trouble in the middle of a run: a full disk, Ctrl-C, and a folder that cannot be written."""
import json
import os
import signal
import subprocess
import unittest

import kit
import world


class Trouble(kit.TilthCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        world.write_raster(at / "dem.tif", world.elevation(300, 300))
        world.write_scene(at / "scene.dat")
        world.write_samples(at / "samples.gpkg")
        cls.train = ("trainmodel", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--property",
                     "SOM", "--repeats", "1")
        cls.must(*cls.train, "--output", "som.json")

    def test_full_disk_under_a_raster(self):
        self.refused(kit.FAILED, ["output", "o.tif"], "slope", "--dem", "dem.tif", output="o.tif", file_limit=40000)

    def test_full_disk_under_an_envi_raster(self):
        self.refused(kit.FAILED, ["output", "o.dat"], "slope", "--dem", "dem.tif", output="o.dat", file_limit=40000)

    def test_full_disk_under_a_scene(self):
        for name in ("o.tif", "o.dat", "o.bip"):
            self.refused(kit.FAILED, ["output", name], "cleanscene", "--scene", "scene.dat", output=name, file_limit=40000)

    def test_full_disk_under_a_property_map(self):
        self.refused(kit.FAILED, ["output", "o.tif"], "mapproperty", "--scene", "scene.dat", "--model", "som.json",
                     output="o.tif", file_limit=2000)

    def test_full_disk_under_a_model(self):
        self.refused(kit.FAILED, ["output", "o.json"], *self.train, output="o.json", file_limit=3000)

    def test_full_disk_under_a_table(self):
        self.must("slope", "--dem", "dem.tif", "--output", "s.tif")
        self.refused(kit.FAILED, ["output", "o.csv"], "correlatemaps", "--maps", "dem.tif", "--factors", "s.tif",
                     "--halves", "yes", output="o.csv", file_limit=100)

    def test_full_disk_under_stream_lines(self):
        self.refused(kit.FAILED, ["output", "o.gpkg"], "streams", "--dem", "dem.tif", output="o.gpkg", file_limit=60000)

    def test_full_disk_under_a_report(self):
        self.refused(kit.FAILED, ["o.html"], "report", "--models", "som.json", output="o.html", file_limit=100000)

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_folder_that_cannot_be_written(self):
        (self.folder / "locked").mkdir()
        (self.folder / "locked").chmod(0o500)
        self.refused(kit.FAILED, ["output"], "slope", "--dem", "dem.tif", "--output", "locked/o.tif")

    def test_an_output_name_that_is_a_folder(self):
        (self.folder / "place.tif").mkdir(exist_ok=True)
        done = self.tilth("slope", "--dem", "dem.tif", "--output", "place.tif")
        self.assertIn(done.returncode, (kit.USAGE, kit.FAILED))
        self.assertIn("place.tif", self.sentence(done))
        self.assertEqual([path.name for path in self.folder.iterdir() if ".tilth-" in path.name], [])

    def stopped_by(self, number):
        """Sends the signal as soon as the run reports its first progress; returns (status, standard error)."""
        if not (self.folder / "large.tif").exists():
            world.write_raster(self.folder / "large.tif", world.elevation(2500, 2500) / 10.0)
        (self.folder / "o.tif").write_bytes(kit.OLD)
        before = self.listing()
        parameters = json.dumps({"dem": "large.tif", "output": "o.tif", "threads": 1})
        run = subprocess.Popen([kit.EXE, "run", "flowaccumulation"], cwd=self.folder, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
        run.stdin.write(parameters)
        run.stdin.close()
        for line in run.stdout:
            if json.loads(line).get("progress", 0.0) > 0.0:
                break
        run.send_signal(number)
        rest = run.stdout.read()
        said = run.stderr.read()
        run.stdout.close()
        run.stderr.close()
        status = run.wait()
        self.assertNotIn('"result"', rest)
        self.assertEqual(self.listing(), before)
        return status, said

    def test_cancel_in_the_middle(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number=number):
                status, said = self.stopped_by(number)
                self.assertEqual(status, kit.CANCELLED)
                self.assertEqual(len(said.splitlines()), 1, said)
                self.assertIn("cancelled", said)


if __name__ == "__main__":
    unittest.main()
