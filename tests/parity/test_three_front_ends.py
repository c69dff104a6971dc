# SPDX-License-Identifier: GPL-2.0-or-later
"""One model and one scene lead to the same bytes on the command line, through the C interface, in QGIS and through gdal_translate."""
import ctypes
import json
import os
import shutil
import subprocess
import sys
import unittest

import study


def file_bytes(path):
    with open(path, "rb") as file:
        return file.read()


class ThreeDoors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = study.folder()
        cls.at = staticmethod(study.make_study(cls.folder.name))
        study.tilth("mapproperty", scene=cls.at("scene.tif"), model=cls.at("som.json"), output=cls.at("cli.tif"), threads=1)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_the_map_holds_values_inside_their_interval(self):
        value, lower, upper, di, applicable = study.read(self.at("cli.tif"))
        self.assertGreater((value == value).mean(), 0.5)
        inside = value == value
        self.assertTrue((lower[inside] <= value[inside]).mean() > 0.99)
        self.assertTrue((upper[inside] >= value[inside]).mean() > 0.99)
        self.assertTrue((di[inside] >= 0).all())
        self.assertEqual(set(applicable[inside]), {0.0, 1.0})

    def test_threads_and_memory_do_not_change_the_bytes(self):
        for threads, memory in ((2, 1024), (2, 50), (3, 40)):
            study.tilth("mapproperty", scene=self.at("scene.tif"), model=self.at("som.json"), output=self.at("again.tif"),
                        threads=threads, memory=memory)
            self.assertEqual(file_bytes(self.at("cli.tif")), file_bytes(self.at("again.tif")), (threads, memory))

    def test_c_interface(self):
        library = ctypes.CDLL(os.environ["TILTH_LIB"])
        library.tilth_open.restype = ctypes.c_void_p
        library.tilth_error.restype = ctypes.c_char_p
        library.tilth_error.argtypes = [ctypes.c_void_p]
        library.tilth_run.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p]
        library.tilth_close.argtypes = [ctypes.c_void_p]
        context = library.tilth_open()
        parameters = json.dumps({"scene": self.at("scene.tif"), "model": self.at("som.json"), "output": self.at("abi.tif")})
        status = library.tilth_run(context, b"mapproperty", parameters.encode(), None)
        self.assertEqual(status, 0, library.tilth_error(context))
        library.tilth_close(context)
        self.assertEqual(file_bytes(self.at("cli.tif")), file_bytes(self.at("abi.tif")))

    def test_qgis(self):
        program = shutil.which("qgis_process.bin") or shutil.which("qgis_process")
        if program is None:
            print("SKIPPED: QGIS is not installed")
            self.skipTest("QGIS is not installed")
        profile = self.at("profile")
        os.makedirs(os.path.join(profile, "profiles/default/QGIS"))
        with open(os.path.join(profile, "profiles/default/QGIS/QGIS3.ini"), "w", encoding="utf-8") as file:
            file.write("[PythonPlugins]\ntilth_qgis=true\n")
        environment = dict(os.environ, QT_QPA_PLATFORM="offscreen", QGIS_CUSTOM_CONFIG_PATH=profile,
                           QGIS_PLUGINPATH=os.path.join(os.environ["TILTH_BUILD"], "qgis"), XDG_RUNTIME_DIR=profile)
        done = subprocess.run([program, "run", "tilth:mapproperty", "--SCENE=" + self.at("scene.tif"),
                               "--MODEL=" + self.at("som.json"), "--OUTPUT=" + self.at("qgis.tif")],
                              env=environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(file_bytes(self.at("cli.tif")), file_bytes(self.at("qgis.tif")))

    def test_gdal_translate(self):
        study.tilth("makevrt", scene=self.at("scene.tif"), model=self.at("som.json"), output=self.at("som.vrt"))
        environment = dict(os.environ, GDAL_DRIVER_PATH=os.environ["TILTH_GDAL_PLUGIN_FOLDER"])
        done = subprocess.run(["gdal_translate", "-q", self.at("som.vrt"), self.at("vrt.tif")], env=environment,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        ours = study.read(self.at("cli.tif"))
        theirs = study.read(self.at("vrt.tif"))
        translated = study.gdal.Open(self.at("vrt.tif"))
        nodata = translated.GetRasterBand(1).GetNoDataValue()
        theirs[theirs == nodata] = float("nan")
        same = (ours.view("u4") == theirs.view("u4")) | ((ours != ours) & (theirs != theirs))
        self.assertTrue(same.all(), f"{(~same).sum()} of {same.size} values differ")


    def test_every_regression_through_gdal(self):
        environment = dict(os.environ, GDAL_DRIVER_PATH=os.environ["TILTH_GDAL_PLUGIN_FOLDER"])
        ways = {"ridge": {"features": "scene", "mnf": "none", "transform": "smooth"},
                "svr": {"lab": self.at("lab.csv"), "transform": "absorbance+snv", "selection": "cars"},
                "forest": {"features": "scene", "mnf": "none", "transform": "derivative"},
                "net": {"lab": self.at("lab.csv"), "features": "mixed"}}
        for regressor, more in ways.items():
            model, made, drawn = (self.at(regressor + end) for end in (".json", ".tif", "_drawn.tif"))
            study.tilth("trainmodel", scene=self.at("scene.tif"), samples=self.at("samples.gpkg"), id_field="id", property="SOM_g_kg",
                        regressor=regressor, folds=2, inner_folds=2, repeats=1, validation="random", output=model, **more)
            study.tilth("mapproperty", scene=self.at("scene.tif"), model=model, output=made, threads=2)
            study.tilth("makevrt", scene=self.at("scene.tif"), model=model, output=self.at(regressor + ".vrt"))
            done = subprocess.run(["gdal_translate", "-q", "-srcwin", "17", "5", "60", "41", self.at(regressor + ".vrt"), drawn],
                                  env=environment, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            ours, theirs = study.read(made)[:, 5:46, 17:77], study.read(drawn)
            same = (ours.view("u4") == theirs.view("u4")) | ((ours != ours) & (theirs != theirs))
            self.assertTrue(same.all(), f"{regressor}: {(~same).sum()} of {same.size} values differ")


if __name__ == "__main__":
    sys.exit(not unittest.main(exit=False, verbosity=2).result.wasSuccessful())
