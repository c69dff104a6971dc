#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""No output replaces a file that the run reads, nor another output, however the path is spelled."""
import os
import shutil
import unittest
import zipfile

import kit
import world


class Identity(kit.TilthCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        world.write_raster(at / "dem.tif", world.elevation(60, 60))
        world.write_scene(at / "scene.dat")
        world.write_samples(at / "samples.gpkg")
        (at / "lab.csv").write_text("id,400,410,420,430\na,0.1,0.2,0.3,0.4\nb,0.2,0.3,0.4,0.5\n")
        os.symlink(".", at / "same")
        os.symlink("dem.tif", at / "link.tif")
        os.link(at / "dem.tif", at / "hard.tif")
        (at / "sub").mkdir()
        cls.must("slope", "--dem", "dem.tif", "--output", "factor.tif")

    def destroys(self, name, *words):
        """The run is refused before any work: one sentence that names the file, and every file as before."""
        before = self.listing()
        done = self.tilth(*words)
        self.assertEqual(self.listing(), before)
        said = self.sentence(done)
        self.assertEqual(done.returncode, kit.USAGE, said)
        self.assertIn(name, said)
        return said

    def test_every_spelling_of_an_input(self):
        at = self.folder
        for name in ("dem.tif", "./dem.tif", str(at / "dem.tif"), "same/dem.tif", "sub/../dem.tif", "link.tif", "hard.tif",
                     ".//dem.tif", f"/proc/self/cwd/dem.tif", str(at / "same" / "link.tif")):
            with self.subTest(name=name):
                said = self.destroys(name, "slope", "--dem", "dem.tif", "--output", name)
                self.assertIn("'dem'", said)
        for name in ("link.tif", "hard.tif", "same/dem.tif"):
            with self.subTest(dem=name):
                self.destroys("dem.tif", "slope", "--dem", name, "--output", "dem.tif")

    def test_every_kind_of_input(self):
        self.must("importspectra", "--files", "lab.csv", "--output", "spectra.csv")
        self.must("trainmodel", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--property", "SOM",
                  "--repeats", "1", "--output", "som.json")
        for name, words in (
                ("./lab.csv", ("importspectra", "--files", "lab.csv", "--output")),
                ("./lab.csv", ("importspectra", "--folder", "./sub/..", "--output")),
                ("./scene.dat", ("mapproperty", "--scene", "scene.dat", "--model", "som.json", "--output")),
                ("./samples.gpkg|layername=samples", ("streams", "--dem", "dem.tif", "--outlets", "samples.gpkg", "--output")),
                ("./som.json", ("trainmodel", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id",
                                "--property", "SOM", "--fusion", "som.json", "--output")),
                ("same/factor.tif", ("correlatemaps", "--maps", "dem.tif", "--factors", "factor.tif", "--output"))):
            with self.subTest(words=words):
                self.destroys(name, *words, name)

    def test_two_outputs_that_are_one_file(self):
        for one, other in (("s.gpkg", "./s.gpkg"), ("same/s.gpkg", "s.gpkg"), (str(self.folder / "s.gpkg"), "sub/../s.gpkg")):
            with self.subTest(other=other):
                self.destroys("s.gpkg", "streams", "--dem", "dem.tif", "--output", one, "--basins", other)
        os.symlink("later.tif", self.folder / "ahead.tif")
        self.destroys("later.tif", "slope", "--dem", "dem.tif", "--output", "later.tif", "--aspect", "ahead.tif")

    def test_two_outputs_that_share_a_sidecar(self):
        said = self.destroys("a.img", "slope", "--dem", "dem.tif", "--output", "a.dat", "--aspect", "a.img")
        self.assertIn("a.hdr", said)

    def test_sidecars_of_an_input(self):
        shutil.copy(self.folder / "scene.dat", self.folder / "scene.img")
        self.assertIn("header", self.destroys("scene.dat", "slope", "--dem", "scene.dat", "--output", "scene.img"))
        (self.folder / "scene.img").unlink()
        (self.folder / "scene.dat.bands.csv").write_text("band,wavelength\n1,450\n")
        self.destroys("scene.dat.bands.csv", "sceneinfo", "--scene", "scene.dat", "--output", "./scene.dat.bands.csv")
        (self.folder / "scene.dat.bands.csv").unlink()

    def test_members_of_virtual_rasters(self):
        from osgeo import gdal
        (self.folder / "deep").mkdir()
        gdal.BuildVRT(str(self.folder / "deep" / "one.vrt"), [str(self.folder / "dem.tif")]).FlushCache()
        gdal.BuildVRT(str(self.folder / "two.vrt"), [str(self.folder / "deep" / "one.vrt")]).FlushCache()
        gdal.Warp(str(self.folder / "warped.vrt"), str(self.folder / "two.vrt"), format="VRT").FlushCache()
        text = (self.folder / "two.vrt").read_text()
        for name in ("deep/one.vrt", "two.vrt", "warped.vrt", text, "vrt://dem.tif?bands=1", "GTIFF_DIR:1:dem.tif"):
            with self.subTest(name=name[:20]):
                said = self.destroys("dem.tif", "fillsinks", "--dem", name, "--output", "./dem.tif")
                self.assertIn("replace", said)

    def test_virtual_files_without_their_extension(self):
        """GDAL recognises them by their content, also inside other ones."""
        from osgeo import gdal
        gdal.BuildVRT(str(self.folder / "inner"), [str(self.folder / "dem.tif")]).FlushCache()
        gdal.BuildVRT(str(self.folder / "outer.dat"), [str(self.folder / "inner")]).FlushCache()
        gdal.BuildVRT(str(self.folder / "outer.vrt"), [str(self.folder / "inner")]).FlushCache()
        text = " \n" + (self.folder / "outer.vrt").read_text()
        for name in ("inner", "outer.dat", "outer.vrt", "file://outer.vrt", "vrt://outer.vrt?bands=1", text):
            with self.subTest(name=name[:20]):
                self.destroys("dem.tif", "fillsinks", "--dem", name, "--output", "dem.tif")

    def test_other_names_of_a_file(self):
        for name in ("file://dem.tif", "FILE://dem.tif", f"file://{self.folder}/dem.tif", "file://./dem.tif"):
            with self.subTest(name=name):
                self.destroys("dem.tif", "slope", "--dem", name, "--output", "dem.tif")
        shutil.copy(self.folder / "lab.csv", self.folder / "la|b.csv")
        for name in ("la|b.csv", "./la|b.csv"):
            self.destroys("la|b.csv", "importspectra", "--files", "la|b.csv", "--output", name)
        at = self.folder / "samples.gpkg"
        for name in ("samples.gpkg|layerid=0", "samples.gpkg|LAYERNAME=samples", "file://samples.gpkg|layername=samples",
                     'samples.gpkg|layername=samples|subset="SOM" > 1', f"dbname='{at}' table=\"samples\" (geom)", "GPKG:samples.gpkg:samples"):
            with self.subTest(name=name):
                self.destroys("samples.gpkg", "streams", "--dem", "dem.tif", "--outlets", name, "--output", "samples.gpkg|layername=samples")

    def test_models_of_virtual_rasters(self):
        self.must("trainmodel", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--property", "SOM",
                  "--repeats", "1", "--output", "used.json")
        self.must("makevrt", "--scene", "scene.dat", "--model", "used.json", "--output", "map.vrt")
        self.destroys("used.json", "trainmodel", "--scene", "map.vrt", "--samples", "samples.gpkg", "--id_field", "id",
                      "--property", "SOM", "--output", "./used.json")

    def test_the_folder_of_a_product(self):
        (self.folder / "delivered" / "deep").mkdir(parents=True)
        for name in ("delivered/image.tif", "delivered/deep/image.tif"):
            shutil.copy(self.folder / "dem.tif", self.folder / name)
            with self.subTest(name=name):
                self.destroys(name, "importscene", "--product", "delivered", "--output", name)

    def test_archives(self):
        with zipfile.ZipFile(self.folder / "dem.zip", "w") as file:
            file.write(self.folder / "dem.tif", "inside/dem.tif")
        os.symlink("dem.zip", self.folder / "out.tif")
        for name in ("/vsizip/dem.zip/inside/dem.tif", f"/vsizip/{self.folder}/dem.zip/inside/dem.tif",
                     "/vsizip/{dem.zip}/inside/dem.tif"):
            with self.subTest(name=name):
                self.destroys("out.tif", "slope", "--dem", name, "--output", "out.tif")
        (self.folder / "out.tif").unlink()

    def test_other_files_may_be_replaced(self):
        self.must("slope", "--dem", "dem.tif", "--output", "again.tif", "--aspect", "aspect.tif")
        self.must("slope", "--dem", "dem.tif", "--output", "again.tif", "--aspect", "aspect.tif")
        self.must("slope", "--dem", "dem.tif", "--output", "dem.dat")
        self.must("slope", "--dem", "dem.tif", "--output", "sub/dem.tif")
        self.must("slope", "--dem", "dem.tif", "--output", "sub/dem.tif")


if __name__ == "__main__":
    unittest.main()
