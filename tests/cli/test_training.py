#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""trainmodel and mapproperty: runs that must lead to the same model and the same map, and the contents of the files."""
import csv
import json
import unittest

import kit
import numpy
import world
from osgeo import gdal

gdal.UseExceptions()


class Training(kit.TilthCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        world.write_scene(at / "scene.dat")
        world.write_samples(at / "samples.gpkg")
        world.write_lab(at / "lab.csv")
        rows = [f"S{k:02d},{x},{y},{som},{40 - som + k % 3}" for k, (x, y, som) in enumerate(
            (*world.position(row, column), float(world.som_map()[row, column])) for row, column in world.sample_cells())]
        (at / "two.csv").write_text("id,x,y,SOM,Cu\n" + "\n".join(rows) + "\n")
        cls.samples = ("--samples", "samples.gpkg", "--id_field", "id", "--property", "SOM", "--unit", "g/kg")
        cls.must("trainmodel", *cls.samples, "--scene", "scene.dat", "--repeats", "2", "--output", "som.json", "--predictions",
                 "som.csv")
        cls.must("mapproperty", "--scene", "scene.dat", "--model", "som.json", "--output", "som.tif")

    def model(self, name):
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    def test_spectra_from_a_table_give_the_model_of_the_scene(self):
        self.must("samplespectra", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--output",
                  "spectra.csv")
        same = (*self.samples, "--repeats", "2", "--validation", "random", "--mnf", "none")
        self.must("trainmodel", *same, "--spectra", "spectra.csv", "--output", "table.json")
        self.must("trainmodel", *same, "--scene", "scene.dat", "--output", "plain.json")
        table, plain = self.model("table.json"), self.model("plain.json")
        self.assertEqual(table["model"], plain["model"])
        # The samples have coordinates, so the table contains the scores of kriging, too.
        for key in ("mean", "sd", "intercept_only", "repeats", "kriging"):
            self.assertEqual(table["scores"][key], plain["scores"][key])

    def test_without_unit_the_summary_has_no_gap(self):
        told = self.must("trainmodel", *self.samples[:-2], "--scene", "scene.dat", "--repeats", "1", "--output",
                         "no_unit.json").stdout
        self.assertRegex(told, r"RMSE [0-9.]+, RPIQ")

    def test_spectra_outside_the_range_are_refused_without_talk_of_headers(self):
        rows = "".join(f"A{i},0.{i + 10},0.3\n" for i in range(12))
        (self.folder / "thermal.csv").write_text("id,8000nm,9000nm\n" + rows)
        done = self.tilth("trainmodel", *self.samples, "--spectra", "thermal.csv", "--output", "thermal.json")
        self.assertEqual(done.returncode, kit.FAILED)
        self.assertIn("outside 400-2500 nm", self.sentence(done))
        self.assertNotIn("ENVI", done.stderr)

    def test_threads_change_no_byte_of_a_model(self):
        for threads in (1, 3):
            self.must("trainmodel", *self.samples, "--scene", "scene.dat", "--lab", "lab.csv", "--features", "mixed", "--repeats",
                      "2", "--threads", threads, "--output", f"threads{threads}.json")
        self.assertEqual((self.folder / "threads1.json").read_bytes(), (self.folder / "threads3.json").read_bytes())

    def test_tiles_strips_and_memory_change_no_value_of_a_map(self):
        # Large enough for several windows at the smallest memory, and no multiple of its tiles.
        layers = numpy.tile(world.scene_layers(), (1, 9, 9))[:, :257, :301]
        layers[3, 200:, :50] = numpy.nan
        world.write_scene(self.folder / "large.dat", layers)
        want = None
        for name, options in (("strips", ["TILED=NO", "BLOCKYSIZE=5"]), ("tiles", ["TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=32"]),
                              ("pixels", ["TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=64", "INTERLEAVE=PIXEL", "COMPRESS=DEFLATE"])):
            gdal.Translate(str(self.folder / f"{name}.tif"), str(self.folder / "large.dat"), creationOptions=options)
            for memory in (32, 1024):
                self.must("mapproperty", "--scene", f"{name}.tif", "--model", "som.json", "--memory", memory, "--output", "m.tif")
                got = world.read(self.folder / "m.tif")
                want = got if want is None else want
                with self.subTest(name=name, memory=memory):
                    self.assertEqual(got.shape, (5, 257, 301))
                    self.assertEqual(got.tobytes(), want.tobytes())
        self.assertTrue(numpy.isnan(want[:, 200:, :50]).all())
        self.assertTrue(numpy.isfinite(want[:, :200]).all())

    def test_a_map_has_five_ordered_layers_with_unit_and_record(self):
        source = gdal.Open(str(self.folder / "som.tif"))
        self.assertEqual([source.GetRasterBand(k).GetDescription() for k in range(1, 6)],
                         ["SOM", "SOM, lower bound (90 %)", "SOM, upper bound (90 %)", "SOM, dissimilarity index",
                          "SOM, model applicable"])
        self.assertEqual([source.GetRasterBand(k).GetUnitType() for k in range(1, 6)], ["g/kg"] * 3 + [""] * 2)
        self.assertIn("mapproperty", json.dumps(source.GetMetadata("TILTH")))
        value, lower, upper, di, applicable = source.ReadAsArray()
        good = numpy.isfinite(value)
        threshold = self.model("som.json")["applicability"]["threshold"]
        self.assertEqual((di[good] <= numpy.float32(threshold)).tolist(), (applicable[good] > 0).tolist())
        self.assertGreater(applicable[good].mean(), 0.5)
        self.assertTrue((lower[good] <= value[good]).all() and (value[good] <= upper[good]).all())
        # The spectra of this world follow SOM closely; the map must too.
        self.assertGreater(numpy.corrcoef(value[good], world.som_map()[good])[0, 1], 0.9)

    def test_predictions_are_those_of_the_model_file(self):
        samples = self.model("som.json")["samples"]
        with open(self.folder / "som.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["id"] for row in rows], samples["id"])
        for name in ("observed", "predicted", "lower", "upper"):
            self.assertEqual([float(row[name]) for row in rows], samples[name])
        for k, row in enumerate(rows):
            both = 0.5 * (float(row["repeat_1"]) + float(row["repeat_2"]))
            self.assertAlmostEqual(both, samples["predicted"][k], places=12)

    def test_scores_are_those_of_the_predictions(self):
        with open(self.folder / "som.csv", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        y, p = (numpy.array([float(row[name]) for row in rows]) for name in ("observed", "repeat_1"))
        first = self.model("som.json")["scores"]["repeats"][0]
        self.assertAlmostEqual(first["rmse"], numpy.sqrt(numpy.mean((y - p) ** 2)), places=10)
        self.assertAlmostEqual(first["r2"], 1 - numpy.sum((y - p) ** 2) / numpy.sum((y - y.mean()) ** 2), places=10)

    def test_samples_in_one_pixel_share_their_fold(self):
        som = world.som_map()
        points = []
        for k, (row, column) in enumerate(world.sample_cells()[:20]):
            x, y = world.position(row, column)
            points += [(f"A{k}", x - 3.0, y, float(som[row, column])), (f"B{k}", x + 3.0, y + 3.0, float(som[row, column]) + 0.1)]
        world.write_samples(self.folder / "pairs.gpkg", points)
        done = self.must("trainmodel", "--scene", "scene.dat", "--samples", "pairs.gpkg", "--id_field", "id", "--property", "SOM",
                         "--repeats", "1", "--output", "pairs.json")
        fold = self.model("pairs.json")["samples"]["fold"]
        self.assertEqual(fold[0::2], fold[1::2])
        self.assertEqual(self.model("pairs.json")["validation"]["groups"], 20)
        self.assertIn("kept in one fold", done.stderr + done.stdout)

    def test_a_property_without_relation_is_called_that(self):
        noise = numpy.random.default_rng(11).normal(20.0, 3.0, 40)
        world.write_samples(self.folder / "noise.gpkg", [
            (f"N{k}", *world.position(row, column), float(noise[k])) for k, (row, column) in enumerate(world.sample_cells())])
        self.must("trainmodel", "--scene", "scene.dat", "--samples", "noise.gpkg", "--id_field", "id", "--property", "SOM",
                  "--output", "noise.json")
        model = self.model("noise.json")
        self.assertLess(model["scores"]["mean"]["r2"], 0.15)

    def test_strata_part_the_samples_and_their_scores(self):
        """The western half against the eastern one: the scores are those of the predictions there."""
        west = numpy.tile(numpy.arange(world.COLUMNS) < world.COLUMNS // 2, (world.ROWS, 1))
        world.write_raster(self.folder / "half.tif", numpy.where(west, 0.0, 1.0))
        same = ("trainmodel", *self.samples, "--scene", "scene.dat", "--repeats", "1", "--validation", "random", "--output",
                "strata.json")
        self.must(*same, "--strata", "half.tif", "--strata_breaks", "0.5", "--predictions", "strata.csv")
        told = self.model("strata.json")
        parts = told["strata"]
        self.assertEqual([part["stratum"] for part in parts], ["below 0.5", "from 0.5"])
        samples = told["samples"]
        middle = world.WEST + world.CELL * (world.COLUMNS // 2)
        for part, east in zip(parts, (False, True)):
            here = (numpy.array(samples["x"]) >= middle) == east
            error = (numpy.array(samples["predicted"]) - numpy.array(samples["observed"]))[here]
            self.assertEqual(part["n"], int(here.sum()))
            self.assertAlmostEqual(part["rmse"], float(numpy.sqrt((error ** 2).mean())), places=9)
            self.assertAlmostEqual(part["bias"], float(error.mean()), places=9)
        self.refused(kit.USAGE, ["strata_breaks"], *same[:-2], "--strata", "half.tif", output="x.json")

    def test_a_skewed_property_becomes_a_logarithm_unless_told_otherwise(self):
        som = world.som_map()
        world.write_samples(self.folder / "skewed.gpkg", [
            (f"K{k}", *world.position(row, column), float(numpy.exp(0.25 * som[row, column])))
            for k, (row, column) in enumerate(world.sample_cells())])
        train = ("trainmodel", "--scene", "scene.dat", "--samples", "skewed.gpkg", "--id_field", "id", "--property", "SOM",
                 "--repeats", "1")
        self.must(*train, "--output", "auto.json")
        self.must(*train, "--log", "no", "--output", "plain.json")
        self.assertTrue(self.model("auto.json")["log"])
        self.assertFalse(self.model("plain.json")["log"])
        self.assertIn("log", self.model("auto.json")["scores"])

    def test_lab_spectra_alone_make_a_model_but_no_map(self):
        self.must("trainmodel", *self.samples, "--lab", "lab.csv", "--features", "lab", "--repeats", "1", "--output", "lab.json")
        self.refused(kit.FAILED, ["lab spectra"], "mapproperty", "--scene", "scene.dat", "--model", "lab.json", output="o.tif")

    def test_a_fusion_model_takes_part(self):
        self.must("trainfusion", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--lab", "lab.csv",
                  "--method", "vae", "--epochs", "3", "--output", "vae.json")
        self.must("trainmodel", *self.samples, "--scene", "scene.dat", "--lab", "lab.csv", "--fusion", "vae.json", "--features",
                  "fused", "--output", "fused.json")
        model = self.model("fused.json")
        self.assertEqual(model["validation"]["transfer"], "vae")
        self.assertEqual(model["validation"]["repeats"], 1)
        # The final network is the trained one; those of the folds are others.
        trained = self.model("vae.json")["transfer"]
        self.assertEqual(model["model"]["map"]["transfer"], trained)
        self.assertTrue(all(fold["map"]["transfer"] != trained for fold in model["folds"]))
        self.must("mapproperty", "--scene", "scene.dat", "--model", "fused.json", "--output", "fused.tif")

    def test_a_level_that_the_samples_cannot_carry(self):
        self.refused(kit.FAILED, ["level 0.99", "at least 99 samples"], "trainmodel", *self.samples, "--scene", "scene.dat",
                     "--level", "0.99", output="o.json")

    def test_samples_that_are_left_out_are_counted_by_reason(self):
        points = [(f"P{k}", world.WEST - 900.0, world.NORTH, 20.0 + k) for k in range(9)]
        points += [(f"S{k:02d}", *world.position(row, column), 20.0 + k)
                   for k, (row, column) in enumerate(world.sample_cells()[:8])]
        world.write_samples(self.folder / "mostly.gpkg", points)
        self.refused(kit.FAILED, ["only 8 of the 17 samples", "9 outside the scene"], "trainmodel", "--scene", "scene.dat",
                     "--samples", "mostly.gpkg", "--id_field", "id", "--property", "SOM", output="o.json")

    def test_samples_that_share_a_pixel_or_an_id_are_one_group_however_they_are_linked(self):
        cells = world.sample_cells()
        points = [(f"S{k:02d}", *world.position(*cells[k]), 20.0 + k % 7) for k in range(30)]
        # The last one is in the pixel of the first one and has the id of the second one: three samples, one group.
        points.append((points[1][0], points[0][1], points[0][2], 21.0))
        world.write_samples(self.folder / "linked.gpkg", points)
        self.must("trainmodel", "--scene", "scene.dat", "--samples", "linked.gpkg", "--id_field", "id", "--property", "SOM",
                  "--repeats", "1", "--output", "linked.json")
        self.assertEqual(self.model("linked.json")["validation"]["groups"], 29)


    def test_several_properties_make_a_model_each(self):
        told = self.must("trainmodel", "--scene", "scene.dat", "--samples", "two.csv", "--id_field", "id", "--property", "SOM,Cu",
                         "--repeats", "1", "--output", "two.json", "--predictions", "two_out.csv", "--json").stdout
        self.assertEqual([self.model(name)["property"] for name in ("two.json", "two_Cu.json")], ["SOM", "Cu"])
        self.assertTrue((self.folder / "two_out_Cu.csv").is_file())
        self.assertEqual([one["property"] for one in json.loads(told)["models"]], ["SOM", "Cu"])
        alone = ("trainmodel", "--scene", "scene.dat", "--samples", "two.csv", "--id_field", "id", "--property", "Cu", "--repeats", "1")
        self.must(*alone, "--output", "cu.json")
        for key in ("model", "scores", "samples"):
            self.assertEqual(self.model("cu.json")[key], self.model("two_Cu.json")[key])

    def test_no_file_is_left_when_the_second_property_fails(self):
        self.refused(kit.USAGE, ["Missing"], "trainmodel", "--scene", "scene.dat", "--samples", "two.csv", "--id_field", "id",
                     "--property", "SOM,Missing", "--repeats", "1", output="none.json")

    def test_both_validations_stand_side_by_side(self):
        model = self.model("som.json")
        self.assertEqual(model["validation"]["division"], "random")
        self.assertNotEqual(model["validation"]["split_hash"], model["validation"]["spatial_split_hash"])
        self.assertGreaterEqual(model["spatial"]["blocks"], 5)
        for one in (model["scores"], model["spatial"]):
            self.assertEqual(one["gain_over"], "kriging")
            self.assertLess(one["mean"]["rmse"], one["intercept_only"]["rmse"])
            first = one["interval"]["r2"]
            self.assertLessEqual(first["lower"], first["estimate"])
            self.assertGreaterEqual(first["upper"], first["estimate"])
            self.assertAlmostEqual(first["estimate"], one["mean"]["r2"], places=12)
            self.assertLessEqual(first["lower"], one["mean"]["r2"])
            self.assertGreaterEqual(first["upper"], one["mean"]["r2"])

    def test_the_best_of_several_recipes_is_named(self):
        self.must("trainmodel", *self.samples, "--scene", "scene.dat", "--mnf", "none,5", "--regressor", "best", "--repeats", "1",
                  "--validation", "random", "--folds", "3", "--inner_folds", "3", "--output", "best.json")
        recipes = self.model("best.json")["recipes"]
        self.assertEqual(len(recipes), 8)
        used = [one for one in recipes if one["used"]]
        self.assertEqual([one["inner_rmse"] for one in used], [min(one["inner_rmse"] for one in recipes)])
        told = self.must("modelinfo", "--model", "best.json").stdout
        self.assertIn(used[0]["regressor"], told.splitlines()[0])

    def test_one_out_has_a_fold_for_every_sample(self):
        self.must("trainmodel", *self.samples, "--scene", "scene.dat", "--validation", "one_out", "--output", "one.json")
        model = self.model("one.json")
        self.assertEqual(len(model["folds"]), len(model["samples"]["id"]))
        self.assertEqual(model["validation"]["repeats"], 1)

    def test_chance_is_told_when_asked(self):
        self.must("trainmodel", *self.samples, "--scene", "scene.dat", "--permutations", "19", "--repeats", "1", "--output", "p.json")
        chance = self.model("p.json")["validation"]["permutation"]
        self.assertEqual((chance["permutations"], chance["reaching"], chance["p"]), (19, 0, 0.05))

    def test_options_that_cannot_be(self):
        train = ("trainmodel", *self.samples, "--scene", "scene.dat")
        self.refused(kit.USAGE, ["transform", "smoth"], *train, "--transform", "smoth", output="o.json")
        self.refused(kit.USAGE, ["mnf", "many"], *train, "--mnf", "many", output="o.json")
        self.refused(kit.USAGE, ["more than 32 combinations"], *train, "--mnf", "none,2,3,4", "--regressor", "best", "--selection", "best",
                     output="o.json")
        self.refused(kit.FAILED, ["MNF components of the scene is 80"], *train, "--mnf", "80", output="o.json")

    def test_lab_spectra_choose_their_transform_among_four(self):
        lab = ("trainmodel", *self.samples, "--lab", "lab.csv", "--repeats", "1", "--validation", "random", "--folds", "2",
               "--inner_folds", "2")
        self.must(*lab, "--output", "lab.json")
        recipes = self.model("lab.json")["recipes"]
        self.assertEqual([one["transform"] for one in recipes], ["none", "snv", "derivative", "derivative+snv"])
        self.assertEqual([one["inner_rmse"] for one in recipes if one["used"]], [min(one["inner_rmse"] for one in recipes)])
        # Together with other choices only the two ends are tried, so that the recipes stay within their limit.
        self.must(*lab, "--regressor", "best", "--selection", "best", "--runs", "2", "--output", "many.json")
        self.assertEqual(len(self.model("many.json")["recipes"]), 24)
        self.assertEqual({one["transform"] for one in self.model("many.json")["recipes"]}, {"none", "derivative+snv"})
        # Pixels are left as they are.
        self.assertEqual([one["transform"] for one in self.model("som.json")["recipes"]], ["none"])

    def test_coordinates_of_the_samples_serve_without_a_scene(self):
        lab = ("trainmodel", "--id_field", "id", "--property", "SOM", "--lab", "lab.csv", "--transform", "none", "--repeats", "1")
        self.must(*lab, "--samples", "samples.gpkg", "--output", "metres.json")
        metres = self.model("metres.json")
        self.assertIn("kriging", metres["scores"])
        self.assertGreaterEqual(metres["spatial"]["blocks"], 5)
        # The same positions in degrees lead to the same blocks: one of 40 samples is some 100 m from the next.
        gdal.VectorTranslate(str(self.folder / "degrees.gpkg"), str(self.folder / "samples.gpkg"), dstSRS="EPSG:4326",
                             reproject=True)
        told = self.must(*lab, "--samples", "degrees.gpkg", "--output", "degrees.json")
        self.assertIn("longitudes and latitudes are converted to metres", told.stdout + told.stderr)
        degrees = self.model("degrees.json")
        self.assertAlmostEqual(degrees["scores"]["kriging"]["rmse"], metres["scores"]["kriging"]["rmse"], delta=0.05)
        x, y = (numpy.array(self.model("metres.json")["samples"][k]) for k in ("x", "y"))
        u, v = (numpy.array(degrees["samples"][k]) for k in ("x", "y"))
        self.assertLess(abs(numpy.hypot(u[0] - u[-1], v[0] - v[-1]) / numpy.hypot(x[0] - x[-1], y[0] - y[-1]) - 1), 0.01)
        # One position for all samples is a filler, not a position.
        rows = "".join(f"S{k:02d},0,0,{world.som_map()[cell]}\n" for k, cell in enumerate(world.sample_cells()))
        (self.folder / "filler.csv").write_text("id,x,y,SOM\n" + rows)
        self.must(*lab, "--samples", "filler.csv", "--output", "filler.json")
        self.assertNotIn("kriging", self.model("filler.json")["scores"])
        self.assertEqual(self.model("filler.json")["validation"]["groups"], 40)

    def test_a_mask_and_clipping(self):
        import copy
        mask = numpy.zeros((world.ROWS, world.COLUMNS))
        mask[5:20, 3:] = 1
        world.write_raster(self.folder / "mask.tif", mask)
        low = copy.deepcopy(self.model("som.json"))
        for function in [low["model"], *low["folds"]]:
            function["intercept"] -= 20.0
        (self.folder / "low.json").write_text(json.dumps(low))
        plain = self.must("mapproperty", "--scene", "scene.dat", "--model", "low.json", "--output", "low.tif")
        self.assertIn("below 0", plain.stdout + plain.stderr)
        self.must("mapproperty", "--scene", "scene.dat", "--model", "low.json", "--mask", "mask.tif", "--clip", "yes", "--output",
                  "clipped.tif")
        want, got = world.read(self.folder / "low.tif"), world.read(self.folder / "clipped.tif")
        self.assertLess(numpy.nanmin(want[0]), 0.0)
        want[:3] = numpy.maximum(want[:3], 0.0)
        want[:, mask == 0] = numpy.nan
        self.assertTrue(numpy.array_equal(want, got, equal_nan=True))
        world.write_raster(self.folder / "small.tif", mask[:, 1:])
        self.must("mapproperty", "--scene", "scene.dat", "--model", "som.json", "--mask", "small.tif", "--output", "small map.tif")
        got = world.read(self.folder / "small map.tif")[0]
        self.assertTrue(numpy.array_equal(numpy.isfinite(got[:, :-1]), mask[:, 1:] != 0))
        self.assertTrue(numpy.isnan(got[:, -1]).all())

    def test_a_scene_of_another_scale_is_named_with_its_factor(self):
        world.write_scene(self.folder / "numbers.dat", 10000.0 * world.scene_layers())
        given = ("--scene", "numbers.dat", "--model", "som.json")
        for tool, output in (("mapproperty", "numbers.tif"), ("makevrt", "numbers.vrt")):
            self.refused(kit.FAILED, ["another scale", "scene_scale 0.0001"], tool, *given, output=output)
        self.must("mapproperty", *given, "--scene_scale", "0.0001", "--output", "numbers.tif")
        self.must("mapproperty", "--scene", "scene.dat", "--model", "som.json", "--output", "right.tif")
        numpy.testing.assert_allclose(world.read(self.folder / "numbers.tif"), world.read(self.folder / "right.tif"), rtol=1e-3, atol=1e-3)
        world.write_scene(self.folder / "percent.dat", 100.0 * world.scene_layers())
        self.refused(kit.FAILED, ["scene_scale 0.01"], "mapproperty", "--scene", "percent.dat", "--model", "som.json", output="p.tif")
        self.refused(kit.FAILED, ["scene_scale 1,"], "mapproperty", "--scene", "scene.dat", "--model", "som.json", "--scene_scale", "10000",
                     output="p.tif")
        told = self.must("mapproperty", "--scene", "scene.dat", "--model", "som.json", "--output", "again.tif")
        self.assertNotIn("another scale", told.stdout + told.stderr)


if __name__ == "__main__":
    unittest.main()
