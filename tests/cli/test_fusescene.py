#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fusescene: the same numbers as fusespectra for every pixel, whatever the file, the memory and the threads."""
import csv
import json
import unittest

import kit
import numpy
import world
from osgeo import gdal

gdal.UseExceptions()


class FuseScene(kit.TilthCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        cls.layers = world.scene_layers()
        cls.layers[3, 5, 6:9] = numpy.nan  # a band that the model uses
        world.write_scene(at / "scene.dat", cls.layers)
        world.write_samples(at / "samples.gpkg")
        world.write_lab(at / "lab.csv")
        pairs = ("--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--lab", "lab.csv")
        cls.must("trainfusion", *pairs, "--output", "ds.json")
        for preset in ("honest", "paper"):
            cls.must("trainfusion", *pairs, "--method", "vae", "--preset", preset, "--epochs", "3", "--neighbours", "no",
                     "--output", f"{preset}.json")
        # A point in every pixel of four rows.
        cls.cells = [(row, column) for row in (0, 5, 17, 29) for column in range(world.COLUMNS)]
        world.write_samples(at / "points.gpkg", [(f"P{row}_{column}", *world.position(row, column), 0.0)
                                                 for row, column in cls.cells])
        cls.must("samplespectra", "--scene", "scene.dat", "--samples", "points.gpkg", "--id_field", "id", "--output",
                 "points.csv")

    def fuse(self, output, *more, scene="scene.dat", model="ds.json"):
        done = self.must("fusescene", "--scene", scene, "--model", model, "--output", output, *more)
        return done.stdout + done.stderr

    def table(self, model):
        """The spectra that fusespectra generates for the points, [points, bands]."""
        self.must("fusespectra", "--spectra", "points.csv", "--model", model, "--output", "table.csv")
        with open(self.folder / "table.csv", encoding="utf-8") as file:
            rows = list(csv.reader(file))[1:]
        found = {row[0]: [float(cell) if cell else numpy.nan for cell in row[1:]] for row in rows}
        return numpy.array([found[f"P{row}_{column}"] for row, column in self.cells])

    def model(self, name="ds.json"):
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    def test_every_pixel_is_what_fusespectra_makes_of_it(self):
        for model in ("ds.json", "honest.json", "paper.json"):
            with self.subTest(model=model):
                self.fuse("fused.tif", model=model)
                fused = world.read(self.folder / "fused.tif")
                wanted = self.table(model)
                found = numpy.array([fused[:, row, column] for row, column in self.cells])
                self.assertTrue(numpy.isfinite(wanted).sum() > 0.9 * wanted.size)
                # Scenes are worked out in single precision: sums of some hundred products of numbers below 10.
                self.assertTrue(numpy.array_equal(numpy.isnan(wanted), numpy.isnan(found)))
                self.assertLess(numpy.nanmax(numpy.abs(wanted - found)), 2e-5)

    def test_a_scene_on_another_scale_is_refused_or_multiplied(self):
        for factor, word in ((10000.0, "scene_scale 0.0001"), (100.0, "scene_scale 0.01")):
            world.write_scene(self.folder / "scaled.dat", factor * self.layers)
            for model in ("ds.json", "honest.json"):
                given = ("--scene", "scaled.dat", "--model", model)
                self.refused(kit.FAILED, ["another scale", word], "fusescene", *given, output="no.tif")
                self.refused(kit.FAILED, ["another scale", word], "makevrt", *given, output="no.vrt")
                self.must("fusescene", *given, "--scene_scale", str(1.0 / factor), "--output", "scaled.tif")
                self.fuse("fused.tif", model=model)
                numpy.testing.assert_allclose(world.read(self.folder / "scaled.tif"), world.read(self.folder / "fused.tif"), atol=2e-4)

    def test_a_gap_in_one_band_is_a_gap_in_all(self):
        self.fuse("fused.tif")
        empty = ~numpy.isfinite(world.read(self.folder / "fused.tif"))
        self.assertTrue((empty.all(axis=0) == empty.any(axis=0)).all())
        self.assertEqual([tuple(cell) for cell in numpy.argwhere(empty[0])], [(5, 6), (5, 7), (5, 8)])

    def test_the_output_is_a_scene_with_the_bands_of_the_model(self):
        wanted = self.model()
        for name in ("bands.tif", "bands.dat"):
            self.fuse(name)
            self.must("sceneinfo", "--scene", name, "--output", "bands.csv")
            with open(self.folder / "bands.csv", encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
            self.assertEqual(len(rows), len(wanted["wavelength_nm"]))
            for row, centre, width in zip(rows, wanted["wavelength_nm"], wanted["fwhm_nm"]):
                self.assertAlmostEqual(float(row["wavelength_nm"]), centre, places=6)
                self.assertAlmostEqual(float(row["fwhm_nm"]), width, places=6)
        self.assertTrue(numpy.array_equal(world.read(self.folder / "bands.tif"), world.read(self.folder / "bands.dat"),
                                          equal_nan=True))

    def test_the_result_tells_pixels_bands_and_change(self):
        given = json.dumps({"scene": "scene.dat", "model": "ds.json", "output": "told.tif"})
        lines = [json.loads(line) for line in self.must("run", "fusescene", text_in=given).stdout.splitlines() if line]
        result = next(value for line in lines for value in [line.get("result", line)] if "fused" in value)
        fused = world.read(self.folder / "told.tif").astype(float)
        places = [world.BANDS.index(centre) for centre in self.model()["wavelength_nm"]]
        change = fused - self.layers[places].astype(numpy.float32)
        self.assertEqual(result["pixels"], world.ROWS * world.COLUMNS)
        self.assertEqual(result["fused"], world.ROWS * world.COLUMNS - 3)
        self.assertEqual(result["bands"], len(places))
        # The tool adds before it rounds to single precision, which moves a reflectance by at most 3e-8.
        self.assertAlmostEqual(result["mean_change"], numpy.nanmean(change), delta=3e-8)
        self.assertAlmostEqual(result["mean_absolute_change"], numpy.nanmean(abs(change)), delta=3e-8)
        self.assertGreater(result["mean_absolute_change"], 0.01)

    def test_threads_and_memory_change_no_byte_and_tiles_no_value(self):
        # Large enough for several blocks of rows at the smallest memory, and no multiple of its tiles.
        layers = numpy.tile(self.layers, (1, 9, 9))[:, :257, :301]
        world.write_scene(self.folder / "strips.dat", layers)
        world.write_raster(self.folder / "tiles.tif", layers, options=["TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64"])
        (self.folder / "tiles.tif.bands.csv").write_text(
            "wavelength\n" + "".join(f"{one:.2f}\n" for one in world.BANDS), encoding="utf-8")
        for model in ("ds.json", "honest.json"):
            self.fuse("a.tif", "--threads", 1, scene="strips.dat", model=model)
            self.fuse("b.tif", "--threads", 2, "--memory", "32", scene="strips.dat", model=model)
            self.fuse("c.tif", "--threads", 2, "--memory", "32", scene="tiles.tif", model=model)
            with self.subTest(model=model):
                self.assertEqual((self.folder / "a.tif").read_bytes(), (self.folder / "b.tif").read_bytes())
                self.assertTrue(numpy.array_equal(world.read(self.folder / "a.tif"), world.read(self.folder / "c.tif"),
                                                  equal_nan=True))

    def test_the_size_is_said_and_the_warning_of_the_model_is_passed_on(self):
        self.assertIn("MiB", self.fuse("said.tif"))
        warned = self.model()
        warned["warnings"] = ["it has collapsed to the mean spectrum"]
        (self.folder / "warned.json").write_text(json.dumps(warned), encoding="utf-8")
        told = self.fuse("said.tif", model="warned.json")
        self.assertIn("the fusion model warns: it has collapsed to the mean spectrum", told)

    def test_bad_inputs_are_refused_with_one_sentence(self):
        def refused(wanted, scene="scene.dat", model="ds.json", status=kit.FAILED, output="o.tif"):
            self.refused(status, wanted, "fusescene", "--scene", scene, "--model", model, output=output)

        self.must("trainmodel", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--property", "SOM",
                  "--unit", "g/kg", "--repeats", "1", "--output", "som.json")
        refused(["model", "som.json", "property"], model="som.json")
        (self.folder / "cut.json").write_text((self.folder / "ds.json").read_text(encoding="utf-8")[:400], encoding="utf-8")
        refused(["model", "cut.json"], model="cut.json")
        world.write_scene(self.folder / "mute.dat", wavelengths=None)
        refused(["scene", "wavelength"], scene="mute.dat")
        world.write_scene(self.folder / "shifted.dat", wavelengths=[one + 400.0 for one in world.BANDS])
        refused(["bands"], scene="shifted.dat")
        empty = self.layers.copy()
        empty[4] = numpy.nan
        world.write_scene(self.folder / "empty.dat", empty)
        refused(["scene", "empty.dat", "nothing can be fused"], scene="empty.dat")
        refused(["output", "o.txt"], output="o.txt", status=kit.USAGE)


if __name__ == "__main__":
    unittest.main()
