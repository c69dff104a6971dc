# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin is found where it is put, is loaded once, and needs no library but GDAL."""
import os
import subprocess
import sys
import unittest

import kit


class Loading(kit.Case):
    def test_ping_returns_one_where_the_plugin_is(self):
        done = kit.translate(kit.PING, "/vsistdout/", "-of", "XYZ")
        self.assertEqual((done.returncode, done.stdout.split(), done.stderr), (0, ["0.5", "0.5", "1"], ""))

    def test_ping_is_unknown_where_the_plugin_is_not(self):
        done = kit.translate(kit.PING, "/vsistdout/", "-of", "XYZ",
                             env=kit.environment(GDAL_DRIVER_PATH=self.path("")))
        self.assertEqual(done.returncode, 1)
        self.assertIn("not registered", done.stderr)

    def test_it_exports_its_entry_and_nothing_else(self):
        listing = subprocess.run(["nm", "-D", "--defined-only", kit.PLUGIN], capture_output=True, text=True, check=True)
        self.assertEqual([line.split()[1:] for line in listing.stdout.splitlines()], [["T", "GDALRegister_TILTH"]])

    def test_it_is_bound_at_load_and_needs_no_tilth_library(self):
        listing = subprocess.run(["readelf", "-d", kit.PLUGIN], capture_output=True, text=True, check=True).stdout
        self.assertIn("BIND_NOW", listing)
        self.assertIn("libgdal", listing)
        self.assertNotIn("libtilth", listing)

    def test_registering_again_and_again_is_silent(self):
        program = ("from osgeo import gdal\n"
                   "gdal.UseExceptions()\n"
                   "for _ in range(3): gdal.AllRegister()\n"
                   "assert gdal.GetLastErrorMsg() == '', gdal.GetLastErrorMsg()\n"
                   f"print(gdal.Open('''{kit.PING}''').ReadAsArray()[0, 0])\n")
        done = kit.call(sys.executable, "-c", program)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "1.0\n", ""))

    def test_a_running_process_can_load_it_by_hand(self):
        program = ("import ctypes\n"
                   "from osgeo import gdal\n"
                   "gdal.UseExceptions()\n"
                   f"library = ctypes.CDLL({kit.PLUGIN!r})\n"
                   "library.GDALRegister_TILTH()\n"
                   "library.GDALRegister_TILTH()\n"
                   f"print(gdal.Open('''{kit.PING}''').ReadAsArray()[0, 0])\n")
        env = {name: value for name, value in os.environ.items() if name != "GDAL_DRIVER_PATH"}
        done = kit.call(sys.executable, "-c", program, env=env)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "1.0\n", ""))


if __name__ == "__main__":
    unittest.main(verbosity=2)
