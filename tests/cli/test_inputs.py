#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bad input: every case ends with a status, one clear sentence, no new file and an untouched old one."""
import json
import shutil
import unittest

import kit
import numpy
import world


class Inputs(kit.TilthCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        world.write_raster(at / "dem.tif", world.elevation())
        world.write_scene(at / "scene.dat")
        world.write_samples(at / "samples.gpkg")
        world.write_lab(at / "lab.csv")
        (at / "notes.tif").write_text("this is no raster\n", encoding="utf-8")
        (at / "empty.tif").write_bytes(b"")
        cls.train = ("trainmodel", "--samples", "samples.gpkg", "--id_field", "id", "--property", "SOM", "--unit", "g/kg",
                     "--repeats", "1")
        cls.must(*cls.train, "--scene", "scene.dat", "--output", "som.json")

    def test_a_missing_file(self):
        self.refused(kit.USAGE, ["'dem'", "no file 'gone.tif'"], "slope", "--dem", "gone.tif", output="o.tif")
        self.refused(kit.USAGE, ["'scene'", "no file 'gone.dat'"], "mapproperty", "--scene", "gone.dat", "--model",
                     "som.json", output="o.tif")
        self.refused(kit.USAGE, ["'model'", "no file 'gone.json'"], "mapproperty", "--scene", "scene.dat", "--model",
                     "gone.json", output="o.tif")
        self.refused(kit.USAGE, ["'samples'", "no file 'gone.gpkg'"], "trainmodel", "--scene", "scene.dat", "--samples",
                     "gone.gpkg", "--property", "SOM", output="o.json")

    def test_not_a_raster(self):
        for name in ("notes.tif", "empty.tif", "samples.gpkg", "."):
            with self.subTest(name=name):
                self.refused(kit.FAILED, ["dem", name], "slope", "--dem", name, output="o.tif")

    def test_a_truncated_raster(self):
        whole = (self.folder / "dem.tif").read_bytes()
        (self.folder / "half.tif").write_bytes(whole[:len(whole) // 2])
        self.refused(kit.FAILED, ["dem", "half.tif"], "slope", "--dem", "half.tif", output="o.tif")

    def test_not_a_vector_layer(self):
        self.refused(kit.FAILED, ["samples", "notes.tif"], "trainmodel", "--scene", "scene.dat", "--samples", "notes.tif",
                     "--property", "SOM", output="o.json")

    def test_a_field_that_the_layer_lacks_lists_those_it_has(self):
        done = self.tilth("trainmodel", "--scene", "scene.dat", "--samples", "samples.gpkg", "--property", "Zn", "--output",
                          "o.json")
        said = self.sentence(done)
        self.assertIn(done.returncode, (kit.USAGE, kit.FAILED))
        for text in ("'Zn'", "SOM"):
            self.assertIn(text, said)
        self.assertFalse((self.folder / "o.json").exists())

    def test_a_scene_without_wavelengths(self):
        world.write_scene(self.folder / "mute.dat", wavelengths=None)
        self.refused(kit.FAILED, ["scene", "wavelength"], *self.train, "--scene", "mute.dat", output="o.json")
        self.refused(kit.FAILED, ["scene", "wavelength"], "mapproperty", "--scene", "mute.dat", "--model", "som.json",
                     output="o.tif")

    def test_a_scene_that_lacks_bands_of_the_model_names_wavelengths(self):
        layers = world.scene_layers()
        world.write_scene(self.folder / "short.dat", layers[:12], world.BANDS[:12])
        said = self.refused(kit.FAILED, ["nm"], "mapproperty", "--scene", "short.dat", "--model", "som.json",
                            output="o.tif")
        self.assertRegex(said, r"\b(12|13|14|15|16|17|18|19|2\d)\d\d(\.\d+)?\b")

    def test_bands_in_another_order_give_the_same_map(self):
        order = numpy.random.default_rng(5).permutation(len(world.BANDS))
        world.write_scene(self.folder / "shuffled.dat", world.scene_layers()[order], [world.BANDS[k] for k in order])
        self.must("mapproperty", "--scene", "scene.dat", "--model", "som.json", "--output", "a.tif")
        self.must("mapproperty", "--scene", "shuffled.dat", "--model", "som.json", "--output", "b.tif")
        first, second = (world.read(self.folder / name) for name in ("a.tif", "b.tif"))
        self.assertTrue(numpy.array_equal(first, second, equal_nan=True))

    def test_the_interleaving_of_a_scene_changes_nothing(self):
        self.must("mapproperty", "--scene", "scene.dat", "--model", "som.json", "--output", "bil.tif")
        for interleave in ("BSQ", "BIP"):
            with self.subTest(interleave=interleave):
                world.write_scene(self.folder / "other.dat", interleave=interleave)
                self.must("mapproperty", "--scene", "other.dat", "--model", "som.json", "--output", "other.tif")
                self.assertTrue(numpy.array_equal(world.read(self.folder / "bil.tif"),
                                                  world.read(self.folder / "other.tif"), equal_nan=True))

    def test_points_in_another_crs_give_the_same_model(self):
        world.write_samples(self.folder / "degrees.gpkg", epsg=4326, points=[
            (f"S{k:02d}", *world.position(row, column), float(world.som_map()[row, column]))
            for k, (row, column) in enumerate(world.sample_cells())])
        done = self.must("trainmodel", "--scene", "scene.dat", "--samples", "degrees.gpkg", "--id_field", "id",
                         "--property", "SOM", "--unit", "g/kg", "--repeats", "1", "--output", "degrees.json")
        self.assertIn("40 samples", done.stdout)
        one, other = (json.loads((self.folder / name).read_text(encoding="utf-8"))
                      for name in ("som.json", "degrees.json"))
        self.assertEqual(one["model"], other["model"])

    def test_points_outside_the_scene(self):
        points = [(f"P{k}", world.WEST - 5000.0 - k, world.NORTH, 20.0 + k) for k in range(20)]
        world.write_samples(self.folder / "outside.gpkg", points)
        self.refused(kit.FAILED, ["sample"], "trainmodel", "--scene", "scene.dat", "--samples", "outside.gpkg",
                     "--id_field", "id", "--property", "SOM", output="o.json")

    def test_one_point_outside_is_left_out_and_named(self):
        som = world.som_map()
        points = [(f"S{k:02d}", *world.position(row, column), float(som[row, column]))
                  for k, (row, column) in enumerate(world.sample_cells())]
        points.append(("FAR", world.WEST - 900.0, world.NORTH + 900.0, 25.0))
        world.write_samples(self.folder / "far.gpkg", points)
        done = self.must("trainmodel", "--scene", "scene.dat", "--samples", "far.gpkg", "--id_field", "id", "--property",
                         "SOM", "--repeats", "1", "--output", "far.json")
        self.assertIn("FAR", done.stdout)
        self.assertIn("40 samples", done.stdout)

    def test_points_on_nodata(self):
        layers = world.scene_layers()
        layers[:, :, :] = numpy.nan
        layers[:, 0, 0] = 0.2
        world.write_scene(self.folder / "holes.dat", layers)
        self.refused(kit.FAILED, ["sample"], *self.train, "--scene", "holes.dat", output="o.json")

    def test_a_scene_of_nodata_only(self):
        world.write_scene(self.folder / "void.dat", numpy.full_like(world.scene_layers(), numpy.nan))
        self.refused(kit.FAILED, ["scene"], "mapproperty", "--scene", "void.dat", "--model", "som.json", output="o.tif")
        self.refused(kit.FAILED, [], *self.train, "--scene", "void.dat", output="o.json")

    def test_a_dem_without_crs_is_taken_as_metres_and_degrees_are_suspected(self):
        def written(cell, corner):
            text = f"ncols 4\nnrows 4\nxllcorner {corner}\nyllcorner 40\ncellsize {cell}\n" + "5 6 7 9\n" * 4
            (self.folder / "plain.asc").write_text(text)
            for tool in ("slope", "fillsinks", "wetness"):
                yield self.must(tool, "--dem", "plain.asc", "--output", "plain.tif").stdout
        for told in written(0.000833, -105.5):
            self.assertIn("look like degrees", told)
            self.assertIn("EPSG:4326", told)
        for told in written(10, 0):
            self.assertIn("map units are interpreted as metres", told)
            self.assertNotIn("degrees", told)

    def test_a_scene_in_place_of_a_dem_is_noticed(self):
        told = self.must("slope", "--dem", "scene.dat", "--output", "slope.tif").stdout
        self.assertIn("'scene.dat' has 30 bands; the first one is used as elevation", told)

    def test_missing_values_that_the_dem_does_not_declare_are_suspected(self):
        rows = "5 6 7 -9999\n" * 4
        head = "ncols 4\nnrows 4\nxllcorner 0\nyllcorner 0\ncellsize 10\n"
        (self.folder / "holes.asc").write_text(head + rows)
        told = self.must("fillsinks", "--dem", "holes.asc", "--output", "holes.tif").stdout
        self.assertIn("4 cells hold -9999", told)
        (self.folder / "holes.asc").write_text(head + "NODATA_value -9999\n" + rows)
        self.assertNotIn("-9999", self.must("slope", "--dem", "holes.asc", "--output", "holes.tif").stdout)

    def test_a_dem_of_nodata_only(self):
        world.write_raster(self.folder / "void.tif", numpy.full((20, 20), -9999.0), nodata=-9999.0)
        for tool in ("slope", "fillsinks", "flowaccumulation", "wetness", "lsfactor", "streams"):
            output = "o.gpkg" if tool == "streams" else "o.tif"
            with self.subTest(tool=tool):
                self.refused(kit.FAILED, ["dem"], tool, "--dem", "void.tif", output=output)

    def test_fewer_than_ten_samples(self):
        som = world.som_map()
        points = [(f"S{k:02d}", *world.position(row, column), float(som[row, column]))
                  for k, (row, column) in enumerate(world.sample_cells(9))]
        world.write_samples(self.folder / "nine.gpkg", points)
        said = self.refused(kit.FAILED, ["9", "10", "samples"], "trainmodel", "--scene", "scene.dat", "--samples",
                            "nine.gpkg", "--id_field", "id", "--property", "SOM", output="o.json")
        self.assertNotIn("please report", said)

    def test_a_property_that_does_not_vary(self):
        points = [(f"S{k:02d}", *world.position(row, column), 7.0)
                  for k, (row, column) in enumerate(world.sample_cells())]
        world.write_samples(self.folder / "same.gpkg", points)
        self.refused(kit.FAILED, [], "trainmodel", "--scene", "scene.dat", "--samples", "same.gpkg", "--id_field", "id",
                     "--property", "SOM", output="o.json")

    def test_fused_features_without_lab_spectra(self):
        self.refused(kit.USAGE, ["lab"], *self.train, "--scene", "scene.dat", "--features", "fused", output="o.json")

    def test_a_spectra_table_that_is_none(self):
        for name, text in (("words.csv", "id,a,b\nS01,x,y\n"), ("blank.csv", ""), ("binary.csv", "\x01\x02\x7f,\x03\n")):
            with self.subTest(name=name):
                (self.folder / name).write_text(text, encoding="utf-8")
                self.refused(kit.FAILED, ["lab", name], *self.train, "--scene", "scene.dat", "--lab", name, "--features",
                             "fused", output="o.json")

    def test_sceneinfo_describes_a_scene_without_wavelengths_and_refuses_what_is_no_raster(self):
        world.write_scene(self.folder / "mute2.dat", wavelengths=None)
        self.must("sceneinfo", "--scene", "mute2.dat", "--output", "bands.csv")
        self.assertEqual(len((self.folder / "bands.csv").read_text(encoding="utf-8").splitlines()), 1 + len(world.BANDS))
        self.refused(kit.FAILED, ["scene", "notes.tif"], "sceneinfo", "--scene", "notes.tif", output="b.csv")

    def test_spectra_at_samples_that_are_all_off_the_scene(self):
        points = [(f"P{k}", world.WEST - 5000.0 - k, world.NORTH, 20.0) for k in range(12)]
        world.write_samples(self.folder / "off.gpkg", points)
        self.refused(kit.FAILED, ["samples"], "samplespectra", "--scene", "scene.dat", "--samples", "off.gpkg",
                     output="s.csv")

    def test_a_fusion_of_seven_pairs_or_of_other_ids(self):
        fusion = ("trainfusion", "--scene", "scene.dat", "--id_field", "id", "--lab", "lab.csv")
        som = world.som_map()
        points = [(f"S{k:02d}", *world.position(row, column), float(som[row, column]))
                  for k, (row, column) in enumerate(world.sample_cells(8))]
        world.write_samples(self.folder / "eight.gpkg", points)
        self.must(*fusion, "--samples", "eight.gpkg", "--output", "eight.json")
        world.write_samples(self.folder / "seven.gpkg", points[:7])
        self.refused(kit.FAILED, ["7", "at least 8"], *fusion, "--samples", "seven.gpkg", output="f.json")
        world.write_samples(self.folder / "others.gpkg", [("X" + name[1:], x, y, value) for name, x, y, value in points])
        self.refused(kit.FAILED, ["lab", "S00, S01, S02", "X00, X01, X02"], *fusion, "--samples", "others.gpkg",
                     output="f.json")

    def lab_table(self, name, change):
        """lab.csv after change(header, rows), rows being lists of texts."""
        lines = (self.folder / "lab.csv").read_text(encoding="utf-8").splitlines()
        header, rows = lines[0].split(","), [line.split(",") for line in lines[1:]]
        header, rows = change(header, rows) or (header, rows)
        (self.folder / name).write_text("\n".join(",".join(row) for row in [header, *rows]) + "\n", encoding="utf-8")
        return name

    def test_a_fusion_of_bad_lab_spectra(self):
        fusion = ("trainfusion", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id")

        def percent(header, rows):
            return header, [[row[0], *(str(100.0 * float(v)) for v in row[1:])] for row in rows]

        def thermal(header, rows):
            return [header[0], *(str(8000 + 10 * k) for k in range(len(header) - 1))], rows

        def equal(header, rows):
            return header, [[row[0], *rows[0][1:]] for row in rows]

        def gaps(header, rows):
            return header, [[*row[:20], *[""] * 20, *row[40:]] if k < len(rows) - 5 else row for k, row in enumerate(rows)]

        def some_percent(header, rows):
            return header, [percent(header, [row])[1][0] if k < 8 else row for k, row in enumerate(rows)]

        wanted = (("some_percent.csv", some_percent, ["lab", "not reflectance", "percent"]),
                  ("gaps.csv", gaps, ["5 of the 40", "gaps in the lab spectrum"]),
                  ("thermal_lab.csv", thermal, ["lab", "cover 8000-", "0 of"]),
                  ("equal.csv", equal, ["lab", "equal"]))
        for name, change, words in wanted:
            with self.subTest(name):
                self.refused(kit.FAILED, words, *fusion, "--lab", self.lab_table(name, change), output="f.json")
        self.refused(kit.FAILED, ["lab 'percent.csv'", "percent", "importspectra"], *fusion, "--lab",
                     self.lab_table("percent.csv", percent), output="f.json")
        done = self.must("importspectra", "--files", "percent.csv", "--unit", "percent", "--output", "fraction.csv")
        self.must(*fusion, "--lab", "fraction.csv", "--output", "percent.json")

    def test_bands_that_are_the_same_everywhere_are_said(self):
        def flat(header, rows):
            return header, [[row[0], *row[1:-40], *rows[0][-40:]] for row in rows]
        done = self.must("trainfusion", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--lab",
                         self.lab_table("flat.csv", flat), "--output", "flat.json")
        self.assertRegex(done.stdout, r"warning: lab: \d+ of \d+ bands .* have the same value at all samples")

    def test_a_fusion_with_options_that_cannot_be(self):
        fusion = ("trainfusion", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--lab", "lab.csv",
                  "--method", "vae")
        for name, value in (("dropout", "1"), ("latent", "0"), ("widths", "128,0"), ("widths", "a"), ("epochs", "0"), ("batch", "1"),
                            ("learning_rate", "2"), ("half_window", "51"), ("components", "0"), ("method", "magic")):
            with self.subTest(name, value=value):
                self.refused(kit.USAGE, [name], *fusion, "--" + name, value, output="f.json")

    def test_a_fusion_network_that_diverges_says_what_to_change(self):
        self.refused(kit.FAILED, ["diverged", "learning_rate"], "trainfusion", "--scene", "scene.dat", "--samples", "samples.gpkg",
                     "--id_field", "id", "--lab", "lab.csv", "--method", "vae", "--learning_rate", "1", "--epochs", "300",
                     output="f.json")

    def test_a_fusion_without_scene_and_table(self):
        self.refused(kit.USAGE, ["scene", "spectra"], "trainfusion", "--samples", "samples.gpkg", "--id_field", "id", "--lab",
                     "lab.csv", output="f.json")

    def test_a_sample_layer_without_crs_is_assumed_to_fit_and_said(self):
        with open(self.folder / "points.csv", "w", encoding="utf-8") as file:
            file.write("id,x,y,SOM\n")
            for k, (row, column) in enumerate(world.sample_cells()):
                x, y = world.position(row, column)
                file.write(f"S{k:02d},{x},{y},{world.som_map()[row, column]}\n")
        done = self.must("trainmodel", "--scene", "scene.dat", "--samples", "points.csv", "--id_field", "id", "--property",
                         "SOM", "--repeats", "1", "--output", "points.json")
        self.assertIn("40 samples", done.stdout)
        self.assertRegex(done.stdout, r"warning: .*(CRS|coordinate)")

    def test_maps_that_do_not_overlap(self):
        world.write_raster(self.folder / "here.tif", world.elevation())
        shutil.copy(self.folder / "here.tif", self.folder / "there.tif")
        dataset = world.gdal.Open(str(self.folder / "there.tif"), world.gdal.GA_Update)
        dataset.SetGeoTransform((world.WEST + 1e6, 30.0, 0.0, world.NORTH, 0.0, -30.0))
        dataset = None
        self.refused(kit.FAILED, ["there"], "correlatemaps", "--maps", "here.tif", "--factors", "there.tif",
                     output="o.csv")

    def test_a_virtual_raster_is_not_called_tif(self):
        self.refused(kit.USAGE, ["'output'", ".vrt"], "makevrt", "--scene", "scene.dat", "--model", "som.json", output="o.tif")

    def test_a_report_with_a_table_that_correlatemaps_did_not_write(self):
        (self.folder / "table.csv").write_text("id,x,y\nA,1,2\n")
        self.refused(kit.FAILED, ["table.csv", "pearson", "correlatemaps"], "report", "--correlation", "table.csv",
                     output="o.html")

    def test_a_report_of_nothing(self):
        self.refused(kit.USAGE, ["nothing to show"], "report", output="o.html")

    def test_a_report_of_a_scene_as_map(self):
        self.refused(kit.USAGE, ["'maps'", "30 bands"], "report", "--maps", "scene.dat", output="o.html")


if __name__ == "__main__":
    unittest.main()
