#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The Python package: files, arrays, errors, progress, cancel, types, and the page of the guide as it is typed."""
import inspect
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(os.environ["TILTH_SOURCE"])
os.environ["TILTH_LIBRARY"] = os.environ["TILTH_LIB"]
sys.path[:0] = [str(ROOT / "tests/kit"), str(ROOT / "plugins/python")]
import numpy  # noqa: E402  after the path is set
import tilth  # noqa: E402
import world  # noqa: E402
from osgeo import gdal  # noqa: E402

GUIDE = ROOT / "docs/guide/scripts.md"


class Python(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="tilth python 土壤 ")
        self.addCleanup(self.place.cleanup)
        self.before = os.getcwd()
        self.addCleanup(os.chdir, self.before)
        os.chdir(self.place.name)
        self.heights = world.elevation(40, 50)
        world.write_raster("dem.tif", self.heights)
        warnings.simplefilter("ignore", tilth.Note)

    def command(self, *words):
        return subprocess.run([os.environ["TILTH_EXE"], *words], capture_output=True, text=True)

    def test_every_tool_of_the_command_line_is_a_function_with_its_parameters(self):
        for name in tilth.tools():
            with self.subTest(tool=name):
                function = getattr(tilth, name)
                ids = {one["id"] for one in tilth.describe(name)["parameters"]}
                self.assertEqual({one.rstrip("_") if one.rstrip("_") in ids else one for one in inspect.signature(function).parameters}, ids | {"progress"})
                self.assertTrue(all(one in function.__doc__ for one in ids))
                self.assertIn(name, dir(tilth))
        with self.assertRaisesRegex(AttributeError, "sloep"):
            tilth.sloep

    def test_files_are_those_of_the_command_line(self):
        result = tilth.slope(dem=Path("dem.tif"), unit="degree", output=Path("python.tif"))
        self.assertEqual(result.output, "python.tif")
        self.assertEqual(self.command("slope", "--dem", "dem.tif", "--unit", "degree", "--output", "typed.tif").returncode, 0)
        self.assertEqual(Path("python.tif").read_bytes(), Path("typed.tif").read_bytes())

    def test_arrays_are_the_same_as_files(self):
        heights = numpy.array(self.heights, dtype=numpy.float64)
        heights[10, 12] = numpy.nan
        position = tilth.Raster.open("dem.tif")
        raster = tilth.Raster(heights, position.transform, position.crs)
        raster.save("hole.tif")
        tilth.slope(dem="hole.tif", output="wanted.tif")
        found = tilth.slope(dem=raster).output
        wanted = tilth.Raster.open("wanted.tif")
        numpy.testing.assert_array_equal(found.array, wanted.array)
        self.assertTrue(numpy.isnan(found.array[10, 12]))
        self.assertEqual((found.transform, found.crs), (wanted.transform, wanted.crs))
        self.assertEqual(sorted(os.listdir()), ["dem.tif", "hole.tif", "wanted.tif"])

    def test_an_array_without_a_position_is_refused_as_a_file_is(self):
        with self.assertRaisesRegex(tilth.Error, "georeference"):
            tilth.slope(dem=self.heights)

    def test_whole_numbers_with_a_mask_become_nan(self):
        band = gdal.GetDriverByName("GTiff").Create("codes.tif", 3, 2, 1, gdal.GDT_Int16)
        band.GetRasterBand(1).SetNoDataValue(-9)
        band.GetRasterBand(1).WriteArray(numpy.array([[1, -9, 3], [4, 5, 6]], dtype=numpy.int16))
        band = None
        array = tilth.Raster.open("codes.tif").array
        numpy.testing.assert_array_equal(array, [[1, numpy.nan, 3], [4, 5, 6]])

    def test_a_table_comes_back_as_rows(self):
        rows = tilth.summarizesamples(samples=self.samples(), properties="SOM").output
        self.assertEqual([row["property"] for row in rows], ["SOM"])
        self.assertEqual(float(rows[0]["mean"]), 3.0)

    def samples(self):
        Path("samples.csv").write_text("id,SOM\n" + "".join(f"S{k},{k}\n" for k in range(1, 6)), encoding="utf-8")
        return "samples.csv"

    def test_what_goes_wrong_is_the_sentence_of_the_command_line(self):
        for kind, given in ((tilth.UsageError, {"unit": "gon"}), (tilth.UsageError, {"dem": "nix.tif"}), (tilth.UsageError, {"sped": 1})):
            parameters = {"dem": "dem.tif", "output": "o.tif", **given}
            with self.assertRaises(kind) as caught:
                tilth.slope(**parameters)
            typed = self.command("slope", *(word for name, value in parameters.items() for word in (f"--{name}", str(value)))).stderr
            if "sped" not in given:
                self.assertEqual(typed.strip(), f"tilth: {caught.exception}")
        with self.assertRaisesRegex(tilth.UsageError, "no tool 'sloep'"):
            tilth.run("sloep")
        self.assertIn("unit", tilth.check("slope", dem="dem.tif", unit="gon"))
        self.assertIsNone(tilth.check("slope", dem="dem.tif"))
        self.assertEqual(os.listdir(), ["dem.tif"])

    def test_progress_rises_and_cancels(self):
        seen = []
        tilth.slope(dem="dem.tif", progress=seen.append)
        self.assertEqual(seen, sorted(seen))
        self.assertEqual(seen[-1], 1.0)
        with self.assertRaises(tilth.Cancelled):
            tilth.slope(dem="dem.tif", output="o.tif", progress=lambda fraction: False)
        self.assertFalse(os.path.exists("o.tif"))

    def test_an_exception_of_the_progress_function_arrives(self):
        def stop(fraction):
            raise KeyboardInterrupt
        with self.assertRaises(KeyboardInterrupt):
            tilth.slope(dem="dem.tif", output="o.tif", progress=stop)
        self.assertFalse(os.path.exists("o.tif"))

    def test_warnings_are_warnings(self):
        world.write_raster("high.tif", self.heights + 20000)
        with self.assertWarnsRegex(tilth.Note, "relief of the Earth"):
            warnings.simplefilter("always", tilth.Note)
            tilth.slope(dem="high.tif")

    def test_a_missing_library_is_named(self):
        done = subprocess.run([sys.executable, "-c", "import tilth; tilth.version()"], capture_output=True, text=True,
                              env=dict(os.environ, TILTH_LIBRARY="/nowhere.so", PYTHONPATH=str(ROOT / "plugins/python")))
        self.assertIn("tilth.Error: The library /nowhere.so cannot be used", done.stderr)
        self.assertIn("set TILTH_LIBRARY", done.stderr)

    @unittest.skipUnless(shutil.which("mypy"), "SKIPPED: mypy is not installed")
    def test_the_types_are_those_of_the_tools(self):
        Path("good.py").write_text("import tilth\ntilth.slope(dem='a.tif', unit='degree', threads=2).output\n"
                                   "tilth.calibrate(scene='a', from_='numbers', output='o')\n", encoding="utf-8")
        Path("bad.py").write_text("import tilth\ntilth.slope(dem='a.tif', unit='gon')\ntilth.slope(unit='degree')\ntilth.nothing()\n", encoding="utf-8")
        check = ["mypy", "--strict", "--cache-dir", os.devnull]
        environment = dict(os.environ, MYPYPATH=str(ROOT / "plugins/python"))
        good = subprocess.run([*check, "good.py"], capture_output=True, text=True, env=environment)
        bad = subprocess.run([*check, "bad.py"], capture_output=True, text=True, env=environment)
        self.assertEqual(good.returncode, 0, good.stdout)
        self.assertEqual(bad.stdout.count(": error:"), 3, bad.stdout)


class Guide(unittest.TestCase):
    """The lines of the guide's page run in the order in which they stand there."""

    def setUp(self):
        self.place = tempfile.TemporaryDirectory(prefix="tilth-guide-")
        self.addCleanup(self.place.cleanup)
        os.makedirs(os.path.join(self.place.name, "sample"), exist_ok=True)
        world.write_raster(os.path.join(self.place.name, "dem.tif"), world.elevation(60, 70))
        Path(self.place.name, "samples.csv").write_text("id,SOM,Cu\n" + "".join(f"S{k},{k},{k % 3}\n" for k in range(1, 9)), encoding="utf-8")

    def blocks(self, language):
        found = re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
        self.assertGreater(len(found), 1)
        return "\n".join(found)

    def test_python(self):
        done = subprocess.run([sys.executable, "-B", "-"], input=self.blocks("python"), capture_output=True, text=True, cwd=self.place.name,
                              env=dict(os.environ, PYTHONPATH=str(ROOT / "plugins/python")))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("mean slope", done.stdout)

    @unittest.skipUnless(shutil.which("Rscript"), "SKIPPED: Rscript is not installed")
    def test_r(self):
        Path(self.place.name, "page.R").write_text(self.blocks("r"), encoding="utf-8")
        folder = str(Path(os.environ["TILTH_EXE"]).parent)
        done = subprocess.run(["Rscript", "--vanilla", "page.R"], capture_output=True, text=True, cwd=self.place.name,
                              env=dict(os.environ, PATH=f"{folder}{os.pathsep}{os.environ['PATH']}"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("SOM", done.stdout)


if __name__ == "__main__":
    unittest.main()
