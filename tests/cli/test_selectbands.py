#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Selection of bands: its tables, what it refuses, and its section of the report."""
import csv
import json
import unittest

import kit
import numpy

N, BANDS = 50, 60
NM = [450.0 + 14.0 * k for k in range(BANDS)]
CARRIERS = (12, 13, 41)


def read_table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


class SelectBands(kit.TilthCase):
    @classmethod
    def prepare(cls):
        random = numpy.random.default_rng(4)
        som = 20.0 + 4.0 * random.normal(size=N)
        arsenic = numpy.exp(random.normal(2.0, 1.2, N))
        factors = random.normal(size=(N, 4))
        at = numpy.linspace(0.0, 1.0, BANDS)
        shapes = numpy.array([numpy.cos(3.0 * (k + 1) * at) for k in range(4)])
        spectra = 0.3 + 0.02 * factors @ shapes + 0.003 * random.normal(size=(N, BANDS))
        for k in CARRIERS:
            spectra[:, k] -= 0.004 * (som - 20.0 + random.normal(size=N))
        rows = [["id", "SOM", "As", "flat"]] + [[f"p{k}", repr(float(som[k])), repr(float(arsenic[k])), 7] for k in range(N)]
        write_rows(cls.folder / "samples.csv", rows)
        write_rows(cls.folder / "few.csv", rows[:10])
        write_rows(cls.folder / "spectra.csv", [["id"] + NM] + [[f"p{k}"] + [repr(float(v)) for v in spectra[k]] for k in range(N)])

    def words(self, *more, output="b.csv", samples="samples.csv", prop="SOM", source="--spectra"):
        return ("selectbands", source, "spectra.csv", "--samples", samples, "--id_field", "id", "--property", prop, "--output", output, *more)

    def select(self, *more, **names):
        done = self.must(*self.words("--json", *more, **names))
        return read_table(self.folder / names.get("output", "b.csv")), json.loads(done.stdout)

    def test_the_bands_that_carry_the_property_are_found(self):
        rows, result = self.select("--share", "0.8")
        self.assertEqual([float(row["wavelength_nm"]) for row in rows], NM)
        for k in CARRIERS:
            self.assertGreaterEqual(float(rows[k]["frequency"]), 0.9)
        for row in rows:
            runs = 20.0 * float(row["frequency"])
            self.assertAlmostEqual(runs, round(runs), places=9)
            self.assertEqual(row["chosen"], "1" if round(runs) >= 16 else "0")
        kept = [float(row["wavelength_nm"]) for row in rows if row["chosen"] == "1"]
        self.assertEqual((result["wavelengths_nm"], result["chosen"], result["bands"]), (kept, len(kept), BANDS))
        self.assertLess(len(kept), BANDS / 3)
        self.assertLess(result["rmsecv_selected"], result["rmsecv_all_bands"])
        self.assertEqual((result["features"], result["log"], result["samples"]), ("scene", False, N))

    def test_the_curve_and_the_paths_belong_to_the_choice(self):
        rows, result = self.select("--runs", "3", "--share", "1", "--curve", "c.csv", "--paths", "p.csv")
        curve, paths = read_table(self.folder / "c.csv"), read_table(self.folder / "p.csv")
        best = {}
        for run in ("1", "2", "3"):
            steps = [row for row in curve if row["run"] == run]
            self.assertEqual((steps[0]["step"], steps[0]["bands"], len(steps)), ("1", str(BANDS), 50))
            errors = [float(row["rmsecv"]) for row in steps]
            (best[run],) = [row for row in steps if row["best"] == "1"]
            self.assertEqual(float(best[run]["rmsecv"]), min(errors))
        self.assertAlmostEqual(numpy.mean([float(row["rmsecv"]) for row in best.values()]), result["rmsecv_selected"], places=12)
        members = {row["wavelength_nm"] for row in paths if row["step"] == best["1"]["step"]}
        self.assertEqual(len(members), int(best["1"]["bands"]))
        # What all runs chose, the first one chose.
        self.assertTrue({row["wavelength_nm"] for row in rows if row["frequency"] == "1"} <= members)

    def test_the_same_seed_gives_the_same_bytes_for_any_threads(self):
        for name, extra in (("one", ("--threads", "1")), ("two", ("--threads", "2")), ("other", ("--seed", "5"))):
            self.must(*self.words("--curve", f"{name}_c.csv", *extra, output=f"{name}.csv"))
        for kind in (".csv", "_c.csv"):
            one = (self.folder / f"one{kind}").read_bytes()
            self.assertEqual(one, (self.folder / f"two{kind}").read_bytes())
            self.assertNotEqual(one, (self.folder / f"other{kind}").read_bytes())

    def test_lab_spectra_are_preferred_and_a_skewed_property_is_logged(self):
        _, result = self.select("--runs", "2", prop="As", source="--lab")
        self.assertEqual((result["features"], result["log"]), ("lab", True))
        _, result = self.select("--runs", "2", "--log", "no", "--transform", "absorbance+snv", prop="As", source="--lab")
        self.assertFalse(result["log"])

    def test_chance_is_called_chance(self):
        done = self.must(*self.words(prop="As"))
        self.assertIn("mostly chance", done.stdout)
        self.assertIn("too optimistic to be an accuracy", done.stdout)
        done = self.must(*self.words("--deterministic", "yes"))
        self.assertIn("one run was made", done.stdout)

    def test_what_cannot_be_answered_is_refused_in_one_sentence(self):
        for more, names, found in ((("--transform", "snv+absorbance"), {}, "snv"), ((), {"prop": "flat"}, "flat"),
                                   ((), {"samples": "few.csv"}, "few.csv"), (("--features", "lab"), {}, "lab"),
                                   (("--share", "2"), {}, "share"), (("--folds", "60"), {}, "folds")):
            done = self.tilth(*self.words(*more, output="o.csv", **names))
            self.assertIn(done.returncode, (kit.FAILED, kit.USAGE))
            self.assertIn(found, self.sentence(done))
            self.assertFalse((self.folder / "o.csv").exists())

    def test_the_report_draws_all_three_tables(self):
        self.must(*self.words("--curve", "rc.csv", "--paths", "rp.csv", output="r.csv"))
        self.must("report", "--selection", "r.csv", "rc.csv", "rp.csv", "--output", "r.html")
        page = (self.folder / "r.html").read_text(encoding="utf-8")
        for text in ("How often each band was chosen", "Error of cross-validation by step", "Coefficients by step, first run"):
            self.assertIn(text, page)
        done = self.tilth("report", "--selection", "samples.csv", "--output", "no.html")
        self.assertEqual(done.returncode, kit.FAILED)
        self.assertIn("selectbands", self.sentence(done))


if __name__ == "__main__":
    unittest.main()
