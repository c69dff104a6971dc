#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The network of trainfusion: its switches, its losses side by side, its seeds; measured responses; supervised features."""
import csv
import json
import unittest

import kit
import numpy
import world


class FusionNetwork(kit.TilthCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        world.write_scene(at / "scene.dat", world.scene_layers())
        world.write_samples(at / "samples.gpkg")
        world.write_lab(at / "lab.csv")
        cls.inputs = ("--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--lab", "lab.csv")
        cls.network = (*cls.inputs, "--method", "vae", "--preset", "paper", "--epochs", "3", "--neighbours", "no")
        cls.must("trainfusion", *cls.network, "--output", "paper.json")
        cls.must("samplespectra", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--output", "spectra.csv")
        cls.search = ("--spectra", "spectra.csv", "--model", "paper.json", "--samples", "samples.gpkg", "--id_field", "id",
                      "--property", cls.property_field())

    @classmethod
    def property_field(cls):
        """The first number among the fields of the samples."""
        from osgeo import ogr
        layer = (source := ogr.Open(str(cls.folder / "samples.gpkg"))).GetLayer(0)
        definition = layer.GetLayerDefn()
        names = [definition.GetFieldDefn(k).GetName() for k in range(definition.GetFieldCount())
                 if definition.GetFieldDefn(k).GetType() == ogr.OFTReal]
        del source
        return names[0]

    def model(self, name):
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    def result(self, *words):
        return json.loads(self.must(*words, "--json").stdout)

    def test_switches_arrive_in_the_options_of_the_model(self):
        self.must("trainfusion", *self.network, "--sigma", "logstd", "--network_output", "affine", "--network_input", "standardised",
                  "--init", "uniform", "--w_mmd", "0.25", "--w_sad", "2", "--w_kld", "0.5", "--w_rec", "0.75", "--early_stop", "yes",
                  "--output", "switched.json")
        options = self.model("switched.json")["options"]["vae"]
        for name, value in {"sigma": "logstd", "output": "affine", "input": "standardised", "init": "uniform", "w_mmd": 0.25, "w_sad": 2,
                            "w_kld": 0.5, "w_rec": 0.75, "early_stop": True}.items():
            self.assertEqual(options[name], value, name)

    def test_five_losses_stand_side_by_side(self):
        self.must("trainfusion", *self.network, "--compare_losses", "yes", "--output", "losses.json")
        losses = self.model("losses.json")["losses"]
        self.assertEqual([loss["name"] for loss in losses],
                         ["SAD + KLD", "MMD + KLD", "0.5 MMD + 0.5 SAD + KLD", "MMD + 0.1 SAD + KLD", "honest"])
        for loss in losses:
            self.assertEqual(len(loss["held_out"]), 3)
            for row in loss["curve"]:
                parts = dict(zip(loss["columns"], row))
                total = sum(loss["weights"][name] * parts[name] for name in ("mmd", "sad", "kld", "rec"))
                self.assertAlmostEqual(parts["loss"], total, delta=1e-9 * max(1.0, abs(total)))
        self.assertGreater(losses[4]["diagnosis"]["explained_variance"], losses[3]["diagnosis"]["explained_variance"])

    def test_the_best_seed_is_the_one_whose_spectra_correlate_best(self):
        found = self.result("fusespectra", *self.search, "--seeds", "-4:4", "--kept", "1", "--smoothing", "1", "--output", "best.csv")
        self.assertGreater(found["chance_score"], 0.0)
        scores = {}
        for seed in range(-4, 5):
            self.must("fusespectra", *self.search, "--seeds", f"{seed}:{seed}", "--kept", "1", "--smoothing", "1", "--output", "one.csv")
            with open(self.folder / "one.csv", encoding="utf-8") as file:
                rows = list(csv.reader(file))[1:]
            spectra = numpy.array([[float(cell) if cell else numpy.nan for cell in row[1:]] for row in rows])
            scores[seed] = self.largest_correlation([row[0] for row in rows], spectra)
        best = max(scores, key=lambda seed: scores[seed])
        self.assertEqual(found["best_seeds"], str(best))
        self.assertAlmostEqual(found["score"], scores[best], delta=1e-6)

    def largest_correlation(self, ids, spectra):
        from osgeo import ogr
        layer = (source := ogr.Open(str(self.folder / "samples.gpkg"))).GetLayer(0)
        value = {feature["id"]: feature[self.property_field()] for feature in layer}
        del source
        y = numpy.array([value[name] if value[name] is not None else numpy.nan for name in ids])
        there = numpy.isfinite(y) & numpy.isfinite(spectra).all(axis=1)
        x = spectra[there] - spectra[there].mean(axis=0)
        y = y[there] - y[there].mean()
        # Bands that do not vary count as uncorrelated.
        length = numpy.sqrt((x**2).sum(axis=0) * (y**2).sum())
        return numpy.max(numpy.abs(x.T @ y) / numpy.where(length > 0, length, numpy.inf))

    def test_a_search_that_cannot_be_is_refused_in_one_sentence(self):
        self.refused(2, ("'seeds' is '5'; wanted the first and the last seed",), "fusespectra", *self.search, "--seeds", "5", output="no.csv")
        self.refused(2, ("needs the parameters 'seeds', 'samples' and 'property' together",), "fusespectra", "--spectra", "spectra.csv", "--model",
                     "paper.json", "--seeds", "1:9", output="no.csv")

    def test_idle_switches_are_told_and_two_sources_refused(self):
        linear = (*self.inputs, "--method", "ds", "--neighbours", "no")
        told = self.must("trainfusion", *linear, "--epochs", "5", "--output", "ds.json")
        self.assertIn("epochs is an option of the network and has no effect with method ds", told.stdout + told.stderr)
        plain = self.must("trainfusion", *linear, "--output", "ds.json")
        self.assertNotIn("option of the network", plain.stdout + plain.stderr)
        self.refused(2, ("scene", "spectra", "both given"), "trainfusion", *linear, "--spectra", "spectra.csv", output="no.json")

    def write_responses(self, name, centres, width):
        grid = numpy.arange(350.0, 2501.0, 1.0)
        with open(self.folder / name, "w", encoding="utf-8") as file:
            file.write("wavelength," + ",".join(f"band{k}" for k in range(len(centres))) + "\n")
            sigma = width / 2.3548200450309493
            values = numpy.exp(-0.5 * ((grid[:, None] - numpy.array(centres)[None, :]) / sigma) ** 2)
            for nm, row in zip(grid, values):
                file.write(f"{nm}," + ",".join(f"{value:.9f}" for value in row) + "\n")

    def test_measured_responses_take_the_place_of_the_formula(self):
        self.must("trainfusion", *self.inputs, "--output", "plain.json")
        plain = self.model("plain.json")
        self.write_responses("response.csv", plain["wavelength_nm"], 60.0)
        said = self.must("trainfusion", *self.inputs, "--response", "response.csv", "--output", "measured.json")
        self.assertIn("have a measured response", said.stdout + said.stderr)
        measured = self.model("measured.json")
        self.assertEqual(measured["resample"], "measured")
        self.assertNotEqual(measured["spectra"]["lab"]["mean"], plain["spectra"]["lab"]["mean"])
        self.write_responses("far.csv", [353.0], 2.0)
        self.refused(3, ("response: none of the 1 responses (the first at 353",), "trainfusion", *self.inputs, "--response", "far.csv", output="no.json")

    def test_supervised_features_make_a_model_and_a_map(self):
        self.must("trainmodel", *self.inputs, "--property", self.property_field(), "--features", "supervised", "--fusion", "paper.json",
                  "--folds", "2", "--inner_folds", "2", "--validation", "random", "--bootstrap", "100", "--output", "supervised.json")
        self.assertEqual(self.model("supervised.json")["features"], "supervised")
        self.must("mapproperty", "--scene", "scene.dat", "--model", "supervised.json", "--output", "map.tif")
        self.assertTrue(numpy.isfinite(world.read(self.folder / "map.tif")[0]).any())
        self.refused(2, ("transform none",), "trainmodel", *self.inputs, "--property", self.property_field(), "--features", "supervised",
                     "--transform", "snv", output="no.json")


if __name__ == "__main__":
    unittest.main()
