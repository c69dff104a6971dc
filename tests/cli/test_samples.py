#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Samples before any model: their summary, and the property against every band, checked with numpy."""
import csv
import json
import unittest

import kit
import numpy
import world

ogr = world.ogr
N, BANDS = 60, 25
NM = [450.0 + 80.0 * k for k in range(BANDS)]


def read_table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def ranks(values):
    """Mean ranks; equal values share them."""
    values = numpy.asarray(values)
    return numpy.array([(values < v).sum() + ((values == v).sum() + 1) / 2.0 for v in values])


def pearson(a, b):
    return numpy.corrcoef(a, b)[0, 1]


class Samples(kit.TilthCase):
    @classmethod
    def prepare(cls):
        random = numpy.random.default_rng(11)
        cls.som = numpy.round(numpy.exp(random.normal(3.0, 0.7, N)), 2)
        cls.arsenic = numpy.round(5.0 + 0.1 * cls.som + random.normal(0.0, 1.0, N), 1)
        cls.zinc = random.normal(70.0, 8.0, N)
        rows = [["id", "SOM", "As", "Zn", "note"]]
        rows += [[f"p{k}", cls.som[k], cls.arsenic[k], repr(float(cls.zinc[k])), "field"] for k in range(N)]
        rows[4][2], rows[9][2], rows[17][2], rows[30][2] = "<0.5", "n.d.", "", "<0.5"
        cls.known = numpy.ones(N, bool)
        cls.known[[3, 8, 16, 29]] = False
        write_rows(cls.folder / "samples.csv", rows)
        cls.spectra = 0.3 + 0.02 * random.normal(size=(N, BANDS))
        cls.spectra[:, 4] -= 0.002 * cls.som
        text = [["id"] + NM] + [[f"p{k}"] + [repr(float(v)) for v in cls.spectra[k]] for k in range(N)]
        write_rows(cls.folder / "spectra.csv", text)

    def summary(self, *words, samples="samples.csv", properties="SOM, As,Zn"):
        done = self.must("summarizesamples", "--samples", samples, "--properties", properties, "--output", "t.csv", *words)
        return {row["property"]: row for row in read_table(self.folder / "t.csv")}, done.stdout

    def bands(self, *words, **files):
        files = {"spectra": "spectra.csv", "samples": "samples.csv", **files}
        done = self.must("spectracorrelation", "--spectra", files["spectra"], "--samples", files["samples"], "--id_field", "id",
                         "--property", "SOM", "--output", "b.csv", "--json", *words)
        return read_table(self.folder / "b.csv"), json.loads(done.stdout)

    # --- summarizesamples ---

    def test_the_summary_is_that_of_numpy(self):
        table, _ = self.summary()
        for name, x in (("SOM", self.som), ("As", self.arsenic[self.known]), ("Zn", self.zinc)):
            d = x - x.mean()
            wanted = {"n": x.size, "missing": N - x.size, "min": x.min(), "q1": numpy.percentile(x, 25), "median": numpy.median(x),
                      "mean": x.mean(), "q3": numpy.percentile(x, 75), "max": x.max(), "sd": x.std(ddof=1),
                      "cv_percent": 100.0 * x.std(ddof=1) / x.mean(), "skewness": (d ** 3).mean() / (d ** 2).mean() ** 1.5,
                      "kurtosis": (d ** 4).mean() / (d ** 2).mean() ** 2 - 3.0}
            for column, value in wanted.items():
                self.assertAlmostEqual(float(table[name][column]), value, places=9, msg=f"{name} {column}")

    def test_blanks_and_texts_are_counted_apart_and_told(self):
        table, said = self.summary()
        self.assertEqual([table["As"][c] for c in ("n", "missing", "blank", "text")], [str(N - 4), "4", "1", "3"])
        self.assertEqual([table["SOM"][c] for c in ("missing", "blank", "text")], ["0", "0", "0"])
        for text in ("As: 4 of 60 samples have no number (blank 1, text 3)", "below detection", "SOM: 60 values from",
                     "a few high values raise the mean", "Zn: 60 values", "varies little"):
            self.assertIn(text, said)

    def test_a_geopackage_gives_the_same_table(self):
        dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(self.folder / "samples.gpkg"))
        layer = dataset.CreateLayer("samples", world.crs(), ogr.wkbPoint)
        rows = read_table(self.folder / "samples.csv")
        for name in ("SOM", "As", "Zn"):
            layer.CreateField(ogr.FieldDefn(name, ogr.OFTString if name == "As" else ogr.OFTReal))
        for k, row in enumerate(rows):
            feature = ogr.Feature(layer.GetLayerDefn())
            for name in ("SOM", "As", "Zn"):
                if row[name] != "":
                    feature.SetField(name, row[name])
            feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POINT ({world.WEST + 10.0 * k} {world.NORTH})"))
            layer.CreateFeature(feature)
            feature = None
        layer = None
        dataset = None
        from_csv, _ = self.summary()
        self.assertEqual(self.summary(samples="samples.gpkg")[0], from_csv)

    def test_pairs_of_properties_have_both_coefficients(self):
        self.summary("--correlations", "pairs.csv")
        rows = read_table(self.folder / "pairs.csv")
        self.assertEqual([(row["property"], row["with"]) for row in rows], [("SOM", "As"), ("SOM", "Zn"), ("As", "Zn")])
        every = numpy.ones(N, bool)
        pairs = ((self.som, self.arsenic, self.known), (self.som, self.zinc, every), (self.arsenic, self.zinc, self.known))
        for row, (a, b, use) in zip(rows, pairs):
            self.assertEqual(int(row["n"]), int(use.sum()))
            self.assertAlmostEqual(float(row["pearson"]), pearson(a[use], b[use]), places=10)
            self.assertAlmostEqual(float(row["spearman"]), pearson(ranks(a[use]), ranks(b[use])), places=10)
        self.assertLess(float(rows[0]["p"]), 0.01)
        self.assertGreater(float(rows[1]["p"]), 0.01)

    def test_equal_values_have_no_shape(self):
        write_rows(self.folder / "flat.csv", [["A", "B"]] + [[0.1, k] for k in range(6)])
        table, said = self.summary("--correlations", "pairs.csv", samples="flat.csv", properties="A,B")
        self.assertEqual([table["A"][c] for c in ("sd", "cv_percent", "skewness", "kurtosis")], ["0", "0", "", ""])
        self.assertEqual(read_table(self.folder / "pairs.csv")[0]["pearson"], "")
        self.assertIn("all values are equal", said)
        self.assertIn("A with B: no correlation", said)

    def test_bad_lists_of_properties_are_refused(self):
        words = ("summarizesamples", "--samples", "samples.csv", "--properties")
        self.refused(kit.USAGE, ["properties", "separated by commas"], *words, "SOM,,As", output="o.csv")
        self.refused(kit.USAGE, ["properties", "SOM", "twice"], *words, "SOM,As,SOM", output="o.csv")
        self.refused(kit.USAGE, ["Cd", "SOM, As, Zn"], *words, "SOM,Cd", output="o.csv")
        done = self.tilth(*words, "note", "--output", "o.csv")
        self.assertEqual(done.returncode, kit.FAILED)
        self.assertIn("not numbers at 60 of 60 samples", done.stderr)
        done = self.tilth(*words, "SOM", "--output", "o.csv", "--correlations", "c.csv")
        self.assertEqual(done.returncode, kit.USAGE)
        self.assertIn("at least two", self.sentence(done))

    # --- spectracorrelation ---

    def test_every_band_has_the_coefficients_of_numpy(self):
        rows, result = self.bands()
        self.assertEqual([float(row["wavelength_nm"]) for row in rows], NM)
        for k, row in enumerate(rows):
            self.assertEqual(int(row["n"]), N)
            self.assertAlmostEqual(float(row["pearson"]), pearson(self.spectra[:, k], self.som), places=9)
            self.assertAlmostEqual(float(row["spearman"]), pearson(ranks(self.spectra[:, k]), ranks(self.som)), places=6)
            self.assertGreaterEqual(float(row["p_adjusted"]), 1.0 / 200.0)
        self.assertEqual((result["best_wavelength_nm"], result["p_largest"]), (NM[4], 1.0 / 200.0))
        self.assertLess(result["best_pearson"], 0.0)
        self.assertEqual(float(rows[0]["chance_level"]), result["chance_level"])

    def test_the_chance_level_is_that_of_numpys_permutations(self):
        _, result = self.bands("--permutations", "1999")
        random = numpy.random.default_rng(5)
        z = (self.spectra - self.spectra.mean(0)) / self.spectra.std(0)
        y = (self.som - self.som.mean()) / self.som.std()
        largest = [numpy.abs(random.permutation(y) @ z / N).max() for _ in range(4000)]
        # The 95 % point of 2000 maxima with a spread of 0.05 is known to about 0.004.
        self.assertAlmostEqual(result["chance_level"], numpy.percentile(largest, 95), delta=0.016)

    def test_noise_is_called_noise(self):
        noise = 0.3 + 0.02 * numpy.random.default_rng(21).normal(size=(N, BANDS))
        write_rows(self.folder / "noise.csv", [["id"] + NM] + [[f"p{k}"] + list(noise[k]) for k in range(N)])
        done = self.must("spectracorrelation", "--spectra", "noise.csv", "--samples", "samples.csv", "--id_field", "id",
                         "--property", "SOM", "--output", "n.csv")
        self.assertIn("no single band of these spectra is related to SOM", done.stdout)
        self.assertGreater(min(float(row["p_adjusted"]) for row in read_table(self.folder / "n.csv")), 0.05)

    def test_gaps_and_missing_values_leave_their_pairs_out(self):
        spectra = [["id"] + NM]
        for k in range(N - 1):
            row = [f"p{k}"] + [repr(float(v)) for v in self.spectra[k]]
            row[1] = "" if k < 40 else row[1]
            row[3] = "" if k < 10 else row[3]
            spectra.append(row)
        write_rows(self.folder / "gaps.csv", spectra)
        rows, result = self.bands(spectra="gaps.csv")
        self.assertEqual([int(row["n"]) for row in rows[:4]], [19, 59, 49, 59])
        self.assertEqual((rows[0]["pearson"], rows[0]["p_adjusted"]), ("", ""))
        self.assertAlmostEqual(float(rows[2]["pearson"]), pearson(self.spectra[10:59, 2], self.som[10:59]), places=9)
        self.assertEqual(result["dropped"], [{"id": "p59", "reason": "no spectrum with this id"}])

    def test_several_spectra_of_one_id_are_averaged(self):
        text = [["id"] + NM]
        for k in range(N):
            text += [[f"p{k}"] + [repr(float(v + sign * 0.01)) for v in self.spectra[k]] for sign in (-1, 1)]
        write_rows(self.folder / "scans.csv", text)
        rows, _ = self.bands(spectra="scans.csv")
        self.assertAlmostEqual(float(rows[7]["pearson"]), pearson(self.spectra[:, 7], self.som), places=9)

    def test_the_same_seed_gives_the_same_bytes_for_any_threads(self):
        words = ("spectracorrelation", "--spectra", "spectra.csv", "--samples", "samples.csv", "--id_field", "id", "--property", "SOM")
        for name, extra in (("one", ("--threads", "1")), ("two", ("--threads", "2")), ("other", ("--seed", "5"))):
            self.must(*words, *extra, "--output", f"{name}.csv")
        one = (self.folder / "one.csv").read_bytes()
        self.assertEqual(one, (self.folder / "two.csv").read_bytes())
        self.assertNotEqual(one, (self.folder / "other.csv").read_bytes())

    def test_no_permutations_no_test(self):
        rows, result = self.bands("--permutations", "0")
        self.assertEqual({(row["p_adjusted"], row["chance_level"]) for row in rows}, {("", "")})
        self.assertEqual((result["chance_level"], result["p_largest"]), (None, None))

    def test_ids_that_do_not_meet_are_refused(self):
        done = self.tilth("spectracorrelation", "--spectra", "spectra.csv", "--samples", "samples.csv", "--property", "SOM",
                          "--output", "o.csv")
        self.assertEqual(done.returncode, kit.FAILED)
        for text in ("none of its ids (p0", "(1, 2, 3, ...)", "id_field"):
            self.assertIn(text, done.stderr)
        self.assertFalse((self.folder / "o.csv").exists())


if __name__ == "__main__":
    unittest.main()
