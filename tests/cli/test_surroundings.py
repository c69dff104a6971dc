#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What surrounds a run: standard output that cannot be written, foreign settings of Python, homes and scratch folders that do
not exist, spreadsheets that would run a text as a formula, and programs that outlive the run that started them."""
import csv
import os
import signal
import subprocess
import time
import unittest

import kit
import world

IDS = ["=1+1", "=cmd|'/c calc'!A1", "+A1", "-B2+3", "@SUM(A1)", "-5", "+7", "plain", "'quoted'", "a=b", "-", "= , \"both\"", "\uff1d1+1", "\uff20A"]


class Surroundings(kit.TilthCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        world.write_raster(at / "dem.tif", world.elevation(60, 60))
        world.write_scene(at / "scene.dat")
        world.write_samples(at / "samples.gpkg")
        cls.must("trainmodel", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--property", "SOM",
                 "--repeats", "1", "--output", "som.json")

    # --- standard output ---

    def ended(self, *words, **files):
        return subprocess.run([kit.EXE, *words], cwd=self.folder, stderr=subprocess.PIPE, text=True, **files)

    def test_lost_output_is_a_failure(self):
        commands = (("help",), ("help", "slope"), ("list",), ("version",), ("describe", "slope"),
                    ("slope", "--dem", "dem.tif", "--output", "o.tif"), ("slope", "--dem", "dem.tif", "--output", "o.tif", "--json"))
        for words in commands:
            with self.subTest(words=words):
                with open("/dev/full", "w", encoding="utf-8") as full:
                    done = self.ended(*words, stdout=full)
                self.assertEqual(done.returncode, kit.FAILED)
                self.assertIn("standard output", done.stderr)
                reading, writing = os.pipe()
                os.close(reading)
                done = self.ended(*words, stdout=writing)
                os.close(writing)
                self.assertEqual(done.returncode, kit.FAILED)
                done = self.ended(*words, preexec_fn=lambda: os.close(1))
                self.assertEqual(done.returncode, kit.FAILED)
                self.assertIn("standard output", done.stderr)
        self.assertEqual(self.ended("slope", "--dem", "dem.tif", "--output", "o.tif", "--quiet",
                                    preexec_fn=lambda: os.close(1)).returncode, 0)

    def test_closed_standard_files_do_not_end_up_in_outputs(self):
        self.must("slope", "--dem", "dem.tif", "--output", "wanted.tif")
        for closed in ((1,), (2,), (0, 1, 2)):
            def close(numbers=closed):
                for number in numbers:
                    os.close(number)
            subprocess.run([kit.EXE, "slope", "--dem", "dem.tif", "--output", "got.tif"], cwd=self.folder, preexec_fn=close,
                           stdout=None if 1 in closed else subprocess.DEVNULL, check=False)
            self.assertEqual((self.folder / "got.tif").read_bytes(), (self.folder / "wanted.tif").read_bytes())

    # --- formulas ---

    def test_texts_that_a_spreadsheet_would_run(self):
        with open(self.folder / "lab.csv", "w", encoding="utf-8", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(["id", 400, 410, 420, 430])
            rows.writerows([name, 0.1, 0.2, 0.3, 0.4 + 0.001 * k] for k, name in enumerate(IDS))
        self.must("importspectra", "--files", "lab.csv", "--output", "safe.csv")
        with open(self.folder / "safe.csv", encoding="utf-8", newline="") as made:
            cells = [row[0] for row in csv.reader(made)][1:]
        self.assertEqual(len(cells), len(IDS))
        for name, cell in zip(IDS, cells):
            with self.subTest(name=name):
                number_or_dash = name in ("-5", "+7", "-")
                self.assertEqual(cell, "'" + name if name[0] in "=+-@\uff1d\uff20" and not number_or_dash else name)
        # tilth itself reads the ids as they were.
        self.must("importspectra", "--files", "safe.csv", "--output", "again.csv")
        self.assertEqual((self.folder / "again.csv").read_bytes(), (self.folder / "safe.csv").read_bytes())

    def test_a_property_that_begins_like_a_formula(self):
        world.write_samples(self.folder / "odd.gpkg")
        from osgeo import ogr
        base = ogr.Open(str(self.folder / "odd.gpkg"), 1)
        base.ExecuteSQL('ALTER TABLE samples RENAME COLUMN "SOM" TO "=SOM"')
        del base
        self.must("summarizesamples", "--samples", "odd.gpkg", "--properties", "=SOM", "--output", "summary.csv")
        self.assertIn("\"'=SOM\"", (self.folder / "summary.csv").read_text(encoding="utf-8"))

    # --- Python and folders ---

    def test_foreign_settings_of_python_change_nothing(self):
        bad = self.folder / "foreign"
        bad.mkdir()
        for name in ("json", "jinja2", "numpy", "sitecustomize", "usercustomize", "report_view"):
            (bad / f"{name}.py").write_text("import pathlib\npathlib.Path(__file__).with_name('was.run').touch()\nraise SystemExit(9)\n")
        self.must("report", "--models", "som.json", "--output", "wanted.html")
        wanted = (self.folder / "wanted.html").read_bytes()
        for settings in ({"PYTHONPATH": str(bad)}, {"PYTHONHOME": str(bad)}, {"PYTHONSTARTUP": str(bad / "json.py")},
                         {"PYTHONPATH": str(bad), "PYTHONHOME": "/nowhere"}, {"PYTHONUSERBASE": str(bad)},
                         {"PYTHONIOENCODING": "latin-1"}, {"LC_ALL": "C"}, {"HOME": "/nowhere"}, {"TMPDIR": "/nowhere"},
                         {"HOME": "/proc", "TMPDIR": "/proc"}):
            with self.subTest(settings=settings):
                self.must("report", "--models", "som.json", "--output", "wanted.html", env=settings)
                self.assertEqual((self.folder / "wanted.html").read_bytes(), wanted)
                self.must("checkinstall", env=settings)
        self.assertFalse((bad / "was.run").exists())

    def test_no_home_and_an_empty_environment(self):
        done = subprocess.run([kit.EXE, "report", "--models", "som.json", "--output", "bare.html"], cwd=self.folder, env={},
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    @staticmethod
    def is_alive(number):
        try:
            with open(f"/proc/{number}/stat", encoding="utf-8") as stat:
                return stat.read().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False

    def test_a_program_that_a_run_started_ends_with_it(self):
        sleeper = self.folder / "sleeper"
        sleeper.write_text(f"#!/bin/sh\necho $$ > {self.folder}/pid\nexec sleep 600\n")
        sleeper.chmod(0o755)
        run = subprocess.Popen([kit.EXE, "report", "--models", "som.json", "--output", "never.html"], cwd=self.folder,
                               env={**os.environ, "TILTH_PYTHON": str(sleeper)}, stdout=subprocess.DEVNULL)
        number = self.folder / "pid"
        for _ in range(1000):
            if number.exists() and number.read_text():
                break
            time.sleep(0.01)
        run.send_signal(signal.SIGKILL)
        run.wait()
        child = int(number.read_text())
        for _ in range(500):
            if not self.is_alive(child):
                break
            time.sleep(0.01)
        else:
            self.fail("the program is still running")
        self.must("report", "--models", "som.json", "--output", "next.html")
        self.assertEqual(list(self.folder.glob(".tilth-*")), [])

    def test_a_program_that_cannot_be_started_is_named(self):
        done = self.tilth("report", "--models", "som.json", "--output", "never.html", env={"TILTH_PYTHON": "/no/such/python"})
        self.assertEqual(done.returncode, kit.FAILED)
        self.assertIn("/no/such/python", self.sentence(done))


if __name__ == "__main__":
    unittest.main()
