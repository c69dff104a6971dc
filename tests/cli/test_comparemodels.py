#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""comparemodels: the same folds for every row, scores that can be computed again, the split of the paper, leakage."""
import csv
import json
import unittest

import kit
import numpy
import world

QUICK = ("--repeats", "1", "--bootstrap", "100")


def read_table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def r2_of(observed, predicted):
    return 1.0 - numpy.sum((observed - predicted) ** 2) / numpy.sum((observed - observed.mean()) ** 2)


class CompareModels(kit.TilthCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        world.write_scene(at / "scene.dat")
        world.write_samples(at / "samples.gpkg")
        world.write_lab(at / "lab.csv")
        som = numpy.array([world.som_map()[cell] for cell in world.sample_cells()])
        mixed = numpy.random.default_rng(8).permutation(som)
        rows = ["id,x,y,SOM,noise,flat"] + [
            f"S{k:02d},{x},{y},{som[k]},{mixed[k]},7" for k, (x, y) in enumerate(world.position(*cell) for cell in world.sample_cells())]
        (at / "two.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        cls.inputs = ("--scene", "scene.dat", "--lab", "lab.csv", "--samples", "samples.gpkg", "--id_field", "id", "--property", "SOM",
                      "--unit", "g/kg")
        cls.shuffled = ("--spectra", "spectra.csv", "--lab", "lab.csv", "--samples", "two.csv", "--id_field", "id", "--property", "noise")
        cls.split = ("--preset", "paper", "--methods", "plsr", "--seeds", "30", "--epochs", "5")
        cls.must("samplespectra", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--output", "spectra.csv")
        cls.told = cls.must("comparemodels", *cls.inputs, *QUICK, "--methods", "plsr_svr", "--output", "h.csv", "--document", "h.json").stdout
        cls.must("comparemodels", *cls.inputs, *QUICK, *cls.split, "--output", "p.csv", "--document", "p.json", "--page", "p.html")

    def of(self, name):
        (one,) = json.loads((self.folder / name).read_text(encoding="utf-8"))["properties"]
        return one

    def rows(self, name, **wanted):
        found = [row for row in self.of(name)["rows"] if all(row[key] == value for key, value in wanted.items())]
        self.assertTrue(found, wanted)
        return found

    def test_every_row_stands_in_both_divisions(self):
        rows = read_table(self.folder / "h.csv")
        wanted = [(features, method) for features in ("scene", "fused", "mixed", "lab") for method in ("PLSR", "SVR")]
        for division in ("random", "spatial"):
            found = [(row["features"], row["method"]) for row in rows if row["division"] == division]
            self.assertEqual(found, wanted + [("", "mean"), ("", "kriging")])
        self.assertEqual({row["protocol"] for row in rows}, {"nested"})
        self.assertEqual(rows[0]["gain_r2"], "")
        self.assertIn("nested cross-validation, 1 x 5 folds", self.told)

    def test_scores_follow_from_the_predictions(self):
        one = self.of("h.json")
        observed = numpy.array(one["samples"]["observed"])
        first = {}
        for row in one["rows"]:
            if "predicted" in row:
                predicted = numpy.array(row["predicted"])
                self.assertAlmostEqual(r2_of(observed, predicted), row["test"]["r2"], places=9)
                self.assertAlmostEqual(numpy.sqrt(numpy.mean((observed - predicted) ** 2)), row["test"]["rmse"], places=9)
                reference = first.setdefault(row["division"], row)
                if reference is not row:
                    self.assertAlmostEqual(row["gain"]["r2"][0], row["test"]["r2"] - reference["test"]["r2"], places=9)
                    self.assertLessEqual(row["gain"]["r2"][1], row["gain"]["r2"][2])

    def test_the_first_row_is_what_trainmodel_says(self):
        same = ("--features", "scene", "--mnf", "none", "--log", "no", "--repeats", "2", "--bootstrap", "100", "--validation", "random")
        self.must("trainmodel", *self.inputs, *same, "--output", "t.json")
        self.must("comparemodels", *self.inputs, *same[2:], "--methods", "plsr", "--output", "c.csv", "--document", "c.json")
        model = json.loads((self.folder / "t.json").read_text(encoding="utf-8"))
        (row,) = self.rows("c.json", features="scene", method="PLSR")
        for key in ("r2", "rmse", "mae", "rpiq"):
            self.assertEqual(row["test"][key], model["scores"]["mean"][key])
        self.assertEqual(self.of("c.json")["split_hash"], model["validation"]["split_hash"])
        (mean,) = self.rows("c.json", method="mean")
        self.assertEqual(mean["test"]["rmse"], model["scores"]["intercept_only"]["rmse"])

    def test_the_split_tests_every_third_sample_by_value(self):
        one = self.of("p.json")
        observed, tested = numpy.array(one["samples"]["observed"]), numpy.array(one["samples"]["is_test"])
        ranks = numpy.argsort(numpy.argsort(observed, kind="stable"))
        self.assertTrue(numpy.array_equal(tested, ranks % 3 == 1))
        rows = self.rows("p.json", protocol="split")
        self.assertEqual(len(rows), 10)
        for row in rows:
            predicted = numpy.array(row["predicted"])
            self.assertEqual((row["n_train"], row["n_test"]), (numpy.sum(~tested), numpy.sum(tested)))
            self.assertAlmostEqual(r2_of(observed[tested], predicted[tested]), row["test"]["r2"], places=9)
            self.assertAlmostEqual(r2_of(observed[~tested], predicted[~tested]), row["train"]["r2"], places=9)
            self.assertEqual(row["inputs"], sum(row["chosen"]))
        self.assertEqual(one["seeds"]["tried"], 61)
        self.assertEqual(one["split"]["test samples"], int(numpy.sum(tested)))
        self.assertGreater(one["split"]["neighbours used"], 0)

    def test_leakage_scores_where_there_is_nothing_to_find(self):
        done = self.must("comparemodels", *self.shuffled, *QUICK, *self.split, "--leaky", "yes", "--output", "n.csv", "--document", "n.json")
        self.assertIn("FOR TEACHING ONLY", done.stdout)
        (nested,) = self.rows("n.json", protocol="nested", division="random", features="mixed", method="PLSR")
        mean = {protocol: numpy.mean([row["test"]["r2"] for row in self.rows("n.json", protocol=protocol)]) for protocol in ("split", "leaky")}
        best = max(row["test"]["r2"] for row in self.rows("n.json", protocol="leaky"))
        self.assertLess(nested["test"]["r2"], 0.1)
        self.assertGreater(best, 0.2)
        self.assertGreater(mean["leaky"], mean["split"] + 0.2)

    def test_threads_change_no_byte(self):
        for threads in ("1", "2"):
            self.must("comparemodels", *self.inputs, *QUICK, *self.split, "--threads", threads, "--output", f"t{threads}.csv", "--document",
                      f"t{threads}.json")
        self.assertEqual((self.folder / "t1.csv").read_bytes(), (self.folder / "t2.csv").read_bytes())
        self.assertEqual((self.folder / "t1.json").read_bytes(), (self.folder / "t2.json").read_bytes())

    def test_lab_spectra_alone_and_several_properties(self):
        self.must("comparemodels", "--lab", "lab.csv", "--samples", "two.csv", "--id_field", "id", "--property", "SOM,noise", *QUICK,
                  "--methods", "plsr", "--validation", "random", "--output", "l.csv")
        rows = read_table(self.folder / "l.csv")
        self.assertEqual([(row["property"], row["features"], row["method"]) for row in rows],
                         [(name, *kind) for name in ("SOM", "noise") for kind in (("lab", "PLSR"), ("", "mean"), ("", "kriging"))])
        self.assertGreater(float(rows[0]["r2"]), 0.9)
        self.assertLess(float(rows[3]["r2"]), 0.3)

    def test_units_are_one_or_one_each(self):
        words = ("comparemodels", "--lab", "lab.csv", "--samples", "two.csv", "--id_field", "id", "--property", "SOM,noise", *QUICK,
                 "--methods", "plsr", "--output", "u.csv", "--unit")
        for unit, wanted in (("g/kg,mg/kg", ["g/kg", "mg/kg"]), ("g/kg", ["g/kg", "g/kg"])):
            self.must(*words, unit)
            rows = [row for row in read_table(self.folder / "u.csv") if row["method"] == "PLSR" and row["division"] == "random"]
            self.assertEqual([row["unit"] for row in rows], wanted)
        self.refused(kit.USAGE, ["unit", "3 units for 2 properties"], *words[:-3], *words[-1:], "g/kg,mg/kg,%", output="no.csv")

    def test_the_page_shows_split_and_nested_scores_side_by_side(self):
        page = (self.folder / "p.html").read_text(encoding="utf-8")
        for text in ("The single split of the paper", "Partial least squares, by features", "Methods of other authors", "Chosen bands", "Observed and predicted",
                     "chance finds"):
            self.assertIn(text, page)
        self.assertNotIn("For teaching only", page)
        (row,) = self.rows("p.json", protocol="nested", division="random", features="scene", method="PLSR")
        self.assertIn(f"{row['test']['r2']:.2f}", page)
        self.must("report", "--comparisons", "p.json", "h.json", "--output", "both.html")
        self.assertIn("2 comparisons", (self.folder / "both.html").read_text(encoding="utf-8"))

    def test_odd_documents_still_give_a_page_and_texts_stay_texts(self):
        document = json.loads((self.folder / "p.json").read_text(encoding="utf-8"))
        evil = "</script><img src=x onerror=alert(1)>"
        (one,) = document["properties"]
        odd = [{**one, key: value} for key in ("rows", "samples", "wavelength_nm", "seeds", "warnings", "unit", "n") for value in (7, "x", [], [None], {}, True)]
        odd += [{**one, "rows": [{**row, key: value} for row in one["rows"]]} for key in ("test", "train", "interval", "gain", "predicted", "chosen", "features",
                                                                                       "method", "division", "inputs") for value in (7, "x", [None], {}, None)]
        (self.folder / "odd.json").write_text(json.dumps({**document, "properties": [7, None, *odd]}), encoding="utf-8")
        self.must("report", "--comparisons", "odd.json", "--output", "odd.html")
        texts = {**one, "property": evil, "unit": evil, "warnings": [evil], "rows": [{**row, "features": evil, "method": evil} for row in one["rows"]]}
        (self.folder / "evil.json").write_text(json.dumps({**document, "properties": [texts]}), encoding="utf-8")
        self.must("report", "--comparisons", "evil.json", "--output", "evil.html")
        self.assertNotIn("<img", (self.folder / "evil.html").read_text(encoding="utf-8"))
        self.refused(kit.FAILED, ["property", "comparison"], "report", "--models", "p.json", output="no.html")

    def test_what_cannot_be_compared_is_refused(self):
        for more, wanted in ((("--leaky", "yes"), "preset paper"), (("--mnf", "many"), "mnf"), (("--mnf", "-1"), "mnf"),
                             (("--folds", "1"), "folds")):
            self.refused(kit.USAGE, [wanted], "comparemodels", *self.inputs, *QUICK, *more, output="no.csv")
        self.refused(kit.USAGE, ["no spectra"], "comparemodels", *self.inputs[4:], output="no.csv")
        self.refused(kit.USAGE, ["lab"], "comparemodels", *self.inputs[:2], *self.inputs[4:], "--preset", "paper", output="no.csv")
        self.refused(kit.USAGE, ["scene"], "comparemodels", *self.shuffled, "--mnf", "5", output="no.csv")
        self.refused(kit.FAILED, ["flat"], "comparemodels", *self.shuffled[:-1], "flat", output="no.csv")


if __name__ == "__main__":
    unittest.main()
