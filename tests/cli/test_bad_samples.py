#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables of samples as laboratories deliver them: every fault ends in one sentence, or is logged and repaired."""
import csv
import json
import unittest

import kit
import world


class BadSamples(kit.TilthCase):
    @classmethod
    def prepare(cls):
        world.write_scene(cls.folder / "scene.dat")
        world.write_lab(cls.folder / "lab.csv")
        som = world.som_map()
        cls.rows = [[f"S{k:02d}", *world.position(row, column), f"{float(som[row, column]):.3f}"]
                    for k, (row, column) in enumerate(world.sample_cells())]

    def write(self, name, rows, header=("id", f"x_{world.EPSG}", f"y_{world.EPSG}", "SOM")):
        with open(self.folder / name, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])

    def copy(self):
        return [list(row) for row in self.rows]

    def words(self, samples, *more, field="SOM", id_field=("--id_field", "id")):
        return ("trainmodel", "--scene", "scene.dat", "--samples", samples, "--property", field, *id_field, "--repeats", "1",
                *more)

    def train(self, rows, *more, **options):
        """Trains on these rows; returns the model and the log."""
        header = options.pop("header", None)
        self.write("s.csv", rows, *([header] if header else []))
        done = self.must(*self.words("s.csv", *more, **options), "--output", "m.json")
        return json.loads((self.folder / "m.json").read_text(encoding="utf-8")), done.stdout + done.stderr

    def test_values_below_detection_are_left_out_and_listed(self):
        rows = self.copy()
        rows[3][3], rows[7][3] = "<0.5", " < 2 "
        _, said = self.train(rows)
        self.assertIn("2 values of 'SOM' lie below a detection limit ('<0.5' at S03", said)
        self.assertIn("samples left out, below the detection limit (2 in all): S03, S07", said)

    def test_half_the_limit_is_taken_when_asked(self):
        rows = self.copy()
        rows[3][3], rows[7][3] = "<0.5", " < 2 "
        model, said = self.train(rows, "--below", "half")
        self.assertIn("2 values below detection limits of 0.5 to 2 count as half the limit", said)
        observed = dict(zip(model["samples"]["id"], model["samples"]["observed"]))
        self.assertEqual((len(observed), observed["S03"], observed["S07"]), (len(rows), 0.25, 1.0))

    def test_blanks_and_words_are_left_out_and_listed(self):
        rows = self.copy()
        rows[3][3], rows[7][3], rows[9][3] = "", "n.d.", "NA"
        _, said = self.train(rows)
        self.assertIn("2 values of 'SOM' are missing ('n.d.' at S07, 'NA' at S09)", said)
        self.assertIn("no number in the property field (3 in all): S03, S07, S09", said)

    def test_a_row_that_is_entered_twice_counts_once(self):
        rows = self.copy()
        _, said = self.train(rows + [rows[5], rows[5], rows[11]])
        self.assertIn("samples left out, entered twice (same id, place and value) (3 in all): S05, S05, S11", said)

    def test_two_samples_at_one_place_are_told(self):
        rows = self.copy()
        rows[6][1:3] = rows[5][1:3]
        model, said = self.train(rows)
        self.assertIn("samples: 1 is exactly at the position of another one (S06 at that of S05)", said)
        self.assertEqual(model["validation"]["groups"], len(rows) - 1)

    def test_a_constant_property_is_refused(self):
        self.write("s.csv", [row[:3] + ["4.2"] for row in self.rows])
        self.refused(kit.FAILED, ["'SOM' is 4.2 at all 40 samples", "values that differ"], *self.words("s.csv"), output="o.json")

    def test_samples_in_one_place_are_refused(self):
        """Exactly at one position, or at different positions inside one pixel."""
        x, y = world.position(5, 6)
        for step in (0.0, 0.2):
            self.write("s.csv", [[row[0], x + step * (k % 7), y - step * (k % 5), row[3]] for k, row in enumerate(self.rows)])
            self.refused(kit.FAILED, ["all 40 samples of 's.csv' are at one position or in one pixel", "coordinates"], *self.words("s.csv"),
                         output="o.json")
            self.refused(kit.FAILED, ["all 40 samples"], "selectbands", *self.words("s.csv")[1:-2], "--runs", "2", output="o.csv")

    def test_numbers_beyond_all_measure_are_refused(self):
        for value in ("1e300", "-2e31", "1e308"):
            rows = self.copy()
            rows[4][3] = value
            self.write("s.csv", rows)
            wanted = [f"is {float(value):g} at S04", "no measured value", "missing_values"]
            self.refused(kit.FAILED, wanted, *self.words("s.csv", "--missing_values", "none"), output="o.json")
            self.refused(kit.FAILED, ["no measured value"], "summarizesamples", "--samples", "s.csv", "--properties", "SOM", "--missing_values",
                         "none", output="o.csv")
            _, said = self.train(rows)  # otherwise it is a code, which is logged
            self.assertIn("S04", said)

    def test_the_unit_in_a_name_of_a_field_is_taken(self):
        header = ("id", "x", "y", "SOM (g/kg)")
        _, said = self.train(self.rows, header=header, field="SOM (g/kg)")
        self.assertIn("the unit g/kg is read from the field name 'SOM (g/kg)'", said)
        _, said = self.train(self.rows, header=header, field="som")
        self.assertIn("the unit g/kg is read from the field name 'SOM (g/kg)'", said)

    def test_a_name_that_two_fields_share_is_not_guessed(self):
        self.write("s.csv", [row + ["1"] for row in self.rows], ("id", "x", "y", "SOM (g/kg)", "SOM (%)"))
        self.refused(kit.USAGE, ["no column 'SOM'", "SOM (g/kg), SOM (%)"], *self.words("s.csv"), output="o.json")

    def test_words_in_a_number_field_are_refused(self):
        self.write("s.csv", [row[:3] + [("loam", "clay", "sand")[k % 3]] for k, row in enumerate(self.rows)])
        self.refused(kit.FAILED, ["'SOM'", "texts that are not numbers at 40 of 40 samples", "'loam' at S00", "measured numbers"],
                     *self.words("s.csv"), output="o.json")

    def test_numbers_of_classes_are_told(self):
        _, said = self.train([row[:3] + [str(1 + k % 3)] for k, row in enumerate(self.rows)])
        self.assertIn("'SOM' has only 3 different whole values (1, 2, 3) at 40 samples", said)

    def test_ids_that_do_not_meet_show_both_kinds(self):
        lab = ("--lab", "lab.csv", "--features", "lab")
        self.write("s.csv", self.rows)
        self.refused(kit.FAILED, ["lab", "(S00, S01, S02, ...)", "(1, 2, 3, ...)", "id_field"],
                     *self.words("s.csv", *lab, id_field=()), output="o.json")
        self.write("s.csv", [[row[0].replace("S", "s ").replace(" 0", " "), *row[1:]] for row in self.rows])
        done = self.must(*self.words("s.csv", *lab), "--output", "o.json")
        self.assertIn("differ only in their writing from those of the samples 's.csv' ('S00' and 's 0')", done.stdout + done.stderr)
        self.write("s.csv", [[row[0].replace("S", "Q"), *row[1:]] for row in self.rows])
        self.refused(kit.FAILED, ["(Q00, Q01, Q02, ...)", "wanted the same ids in both"], *self.words("s.csv", *lab),
                     output="o.json")

    def test_fewer_than_ten_are_refused_and_fewer_than_thirty_are_told(self):
        self.write("s.csv", self.rows[:9])
        self.refused(kit.FAILED, ["only 9 of the 9 samples", "at least 10"], *self.words("s.csv"), output="o.json")
        for count, told in ((29, True), (30, False)):
            with self.subTest(count=count):
                _, said = self.train(self.rows[:count])
                self.assertEqual(f"only {count} independent samples: their scores are uncertain" in said, told)


if __name__ == "__main__":
    unittest.main()
