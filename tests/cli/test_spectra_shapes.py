#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Spectra as laboratories, libraries and instruments write them: names of columns, shapes of tables, units, .sed and .sig files."""
import csv
import unittest

import kit
import numpy

NM = numpy.arange(400, 2401, 50)
SOILS = 0.1 + 0.25 * (1 - numpy.exp(-(NM - 350) / 600.0)) * numpy.array([[1.0], [1.2], [0.6]])
NAMES = ("A", "B", "C")


class Shapes(kit.TilthCase):
    def write(self, name, rows, sep=","):
        text = "\n".join(sep.join(str(cell) for cell in row) for row in rows) + "\n"
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def spectra(self, *words):
        """{id: {nm: value}} and the log."""
        done = self.must("importspectra", "--output", "o.csv", *words)
        with open(self.folder / "o.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        nm = [float(cell) for cell in rows[0][1:]]
        return {row[0]: dict(zip(nm, (float(c) if c else numpy.nan for c in row[1:]))) for row in rows[1:]}, done.stdout + done.stderr

    def check(self, got, values=SOILS, names=NAMES, tolerance=1e-5):
        self.assertEqual(list(got), list(names))
        for name, row in zip(names, values):
            self.assertEqual(sorted(got[name]), list(NM))
            numpy.testing.assert_allclose([got[name][nm] for nm in NM], row, atol=tolerance)

    def refuse(self, words, *given):
        self.refused(kit.FAILED, list(words), "importspectra", *given, output="n.csv")

    def table(self, name, label, values=SOILS):
        head = ["id", "SOC", *(label(nm) for nm in NM)]
        return self.write(name, [head] + [[n, 1.5, *(f"{v:.7f}" for v in row)] for n, row in zip(NAMES, values)])

    # --- names of columns ---

    def test_names_of_public_libraries_are_wavelengths(self):
        labels = ("spc.{}", "NIR.{} nm", "X{}", "X{}.nm", "X{}..nm.", "wav_{}", "nm{}", "scan_visnir.{}_ref", "soil.spectra_{}", "R{}_2", "{}.0")
        for label in labels:
            with self.subTest(label):
                self.check(self.spectra("--files", self.table("names.csv", label.format))[0])
        self.check(self.spectra("--files", self.table("names.csv", "{:.2E}".format))[0])

    def test_wavenumbers_of_a_library_are_named(self):
        wavenumbers = numpy.arange(7498.0, 4000.0, -50.0)
        name = self.write("m.csv", [["SSN", *(f"m{w:.1f}" for w in wavenumbers)], ["S1", *[0.3] * len(wavenumbers)]])
        got, said = self.spectra("--files", name)
        self.assertAlmostEqual(min(got["S1"]), 1e7 / 7498.0, places=6)
        self.assertIn("wavenumbers in cm-1", said)

    def test_of_two_sets_of_columns_the_visible_one_is_used_and_named(self):
        head = ["id", *(f"scan_visnir.{nm}_ref" for nm in NM), *(f"scan_mir.{w}_abs" for w in range(600, 4000, 10))]
        name = self.write("two.csv", [head] + [[n, *row, *[1.1] * 340] for n, row in zip(NAMES, SOILS)])
        got, said = self.spectra("--files", name)
        self.check(got)
        self.assertIn("scan_mir.600_abs", said)

    def test_channel_numbers_are_refused_without_a_band_table(self):
        for first, label in ((1, "{}"), (0, "band_{}"), (1, "V{}"), (1, "X{}")):
            head = ["id", *(label.format(k) for k in range(first, first + len(NM)))]
            self.write("channels.csv", [head] + [[n, *row] for n, row in zip(NAMES, SOILS)])
            with self.subTest(label):
                self.refuse(["channels", "band table"], "--files", "channels.csv")
        self.write("channels.csv.bands.csv", [["band", "wavelength"]] + [[k + 1, nm] for k, nm in enumerate(NM)])
        self.check(self.spectra("--files", "channels.csv")[0])

    # --- shapes ---

    def test_pairs_of_wavelengths_and_values(self):
        shapes = {
            "named": sum((["Wavelength (nm)", n] for n in NAMES), []),
            "numbered": sum(([f"Wavelength.{k}" if k else "Wavelength", n] for k, n in enumerate(NAMES)), []),
            "own names": sum(([f"wl_{n}", n] for n in NAMES), []),
            "unnamed": sum(([f"X.{k}", n] for k, n in enumerate(NAMES)), []),
        }
        for shape, head in shapes.items():
            rows = [sum(([nm, f"{SOILS[i, k]:.6f}"] for i in range(3)), []) for k, nm in enumerate(NM)]
            with self.subTest(shape):
                self.check(self.spectra("--files", self.write("pairs.txt", [head] + rows, "\t"))[0])

    def test_names_above_pairs_and_percent_in_them(self):
        head = [sum(([n, ""] for n in NAMES), []), ["Wavelength (nm)", "%R"] * 3]
        rows = [sum(([nm, f"{100 * SOILS[i, k]:.4f}"] for i in range(3)), []) for k, nm in enumerate(NM)]
        got, said = self.spectra("--files", self.write("cary.csv", head + rows))
        self.check(got)
        self.assertIn("x 100", said)

    def test_pairs_on_other_wavelengths_are_interpolated_and_named(self):
        line = 0.1 + 0.0001 * NM
        rows = [[nm, line[k], nm + 10, line[k] + 0.001] for k, nm in enumerate(NM)]
        got, said = self.spectra("--files", self.write("grids.csv", [["nm", "A", "nm", "B"]] + rows))
        self.assertIn("different wavelengths", said)
        self.assertTrue(numpy.isnan(got["B"][400]))
        for nm in NM[1:]:
            self.assertAlmostEqual(got["B"][nm], got["A"][nm], places=9)

    def test_tables_on_their_side(self):
        for head, label in ((["", *NAMES], "X{}"), (["id", *NAMES], "{}"), (["Wavelength", *NAMES], "{}"), (["\u6ce2\u957f(nm)", *NAMES], "{}")):
            rows = [[label.format(nm), *SOILS[:, k]] for k, nm in enumerate(NM)]
            with self.subTest(head[0]):
                self.check(self.spectra("--files", self.write("side.csv", [head] + rows))[0])
        rows = [["SOC", 1.2, 2.0, 0.7]] + [[nm, *SOILS[:, k]] for k, nm in enumerate(NM)]
        self.check(self.spectra("--files", self.write("side.csv", [["id", *NAMES]] + rows))[0])

    def test_a_table_of_properties_is_no_table_of_spectra(self):
        rows = [[1001 + k, (k * 7) % 11 / 5, 10 + (k * 13) % 17] for k in range(60)]
        self.refuse(["column names"], "--files", self.write("soil.csv", [["id", "SOC", "clay"]] + rows))

    def test_numbers_below_the_notes_of_an_instrument(self):
        lines = "Data from node 1\n\nUser: a\n>>>>>Begin<<<<<\n" + "".join(f"{nm}.000\t{v:.6f}\n" for nm, v in zip(NM, SOILS[0]))
        (self.folder / "notes.txt").write_text(lines, encoding="utf-8")
        self.check(self.spectra("--files", "notes.txt")[0], SOILS[:1], ["notes"])

    # --- units ---

    def one(self, name, values):
        return self.write(name + ".txt", [["Wavelength", name]] + [[nm, f"{v:.6f}"] for nm, v in zip(NM, values)], "\t")

    def test_the_unit_is_that_of_the_series(self):
        dark = 0.02 + 0.00001 * NM
        for factor, word in ((100.0, "x 100"), (10000.0, "x 10000")):
            files = [self.one("dark", dark * factor), self.one("bright", SOILS[0] * factor)]
            got, said = self.spectra("--files", files[0], "--files", files[1])
            self.check(got, [dark, SOILS[0]], ["dark", "bright"])
            self.assertIn(word, said)
        self.check(self.spectra("--files", self.one("dark", dark * 100))[0], [dark], ["dark"])

    def test_units_that_contradict_each_other_are_refused(self):
        for factor in (100.0, 10000.0):
            files = [self.one("one", SOILS[0] * factor), self.one("other", SOILS[1])]
            self.refuse(["unit", "one.txt", "other.txt"], "--files", files[0], "--files", files[1])
        self.refuse(["unit"], "--files", self.one("counts", SOILS[0] * 1e6))

    def test_absorbance_is_decided_for_the_series_or_named(self):
        low = -numpy.log10(SOILS[1])
        high = low + 0.9
        got, said = self.spectra("--files", self.one("a", low), "--files", self.one("b", high))
        self.check(got, [SOILS[1], 10 ** -high], ["a", "b"])
        self.assertIn("absorbance", said)
        self.assertIn("absorbance", self.spectra("--files", self.one("a", low))[1])
        name = self.write("n.csv", [["id", *(f"scan.{nm}_abs" for nm in NM)], ["A", *low]])
        self.check(self.spectra("--files", name)[0], [SOILS[1]], ["A"])

    # --- instruments ---

    def sed(self, name, columns, rows, more=""):
        head = f"Comment: \nVersion: 2.2\nInstrument: X [3]\nDetectors: 512,256,256\nMeasurement: REFLECTANCE\n{more}Columns [{len(columns)}]:\nData:\n"
        body = "".join("\t".join(f" {cell:.6f}" for cell in row) + "\n" for row in rows)
        (self.folder / name).write_text(head + "\t".join(columns) + "\n" + body, encoding="utf-8")
        return name

    def test_spectral_evolution(self):
        white = 2.0 + 0.001 * NM
        forms = ((["Wvl", "Rad. (Ref.)", "Rad. (Target)", "Reflect. %"], [[nm, w, w * r, 100 * r] for nm, w, r in zip(NM, white, SOILS[0])]),
                 (["Wvl", "Reflect. %"], [[nm, 100 * r] for nm, r in zip(NM, SOILS[0])]),
                 (["Wvl", "Reflect. [1.0]"], [[nm, r] for nm, r in zip(NM, SOILS[0])]),
                 (["Wvl", "Norm. DN (Ref.)", "Norm. DN (Target)"], [[nm, w, w * r] for nm, w, r in zip(NM, white, SOILS[0])]))
        for columns, rows in forms:
            with self.subTest(columns[-1]):
                got, said = self.spectra("--files", self.sed("p.sed", columns, rows))
                self.check(got, SOILS[:1], ["p"])
                self.assertIn("Spectral Evolution", said)
        rows = [[nm, w, w * r, r] for nm, w, r in zip(NM, white, SOILS[0])]
        got, said = self.spectra("--files", self.sed("p.sed", forms[0][0], rows))
        self.check(got, SOILS[:1], ["p"])
        self.assertIn("target / reference", said)
        self.refuse([".sed", "reference"], "--files", self.sed("r.sed", ["Wvl", "Rad. (Target)"], [[nm, 5] for nm in NM]))

    def test_spectra_vista(self):
        def sig(rows):
            head = ("/*** Spectra Vista SIG Data ***/\nname= p.sig\nunits= Radiance, Radiance\nlongitude= 07327.3812W     , 07327.3812W\n"
                    "latitude= 4530.8521N     , 4530.8521N\ndata= \n")
            (self.folder / "p.sig").write_text(head + "".join(" ".join(f"{cell:.4f}" for cell in row) + "\n" for row in rows), encoding="utf-8")
            return "p.sig"
        rows = [[nm, 5000.0, 5000.0 * r, 100 * r] for nm, r in zip(NM, SOILS[0])]
        got, said = self.spectra("--files", sig(rows))
        self.check(got, SOILS[:1], ["p"])
        self.assertIn("Spectra Vista", said)
        # The second detector begins before the first one ends: the first one is used up to the middle.
        second = [[980.0, 5000.0, 4000.0, 80.0], [1030.0, 5000.0, 4000.0, 80.0]]
        at = int(numpy.searchsorted(NM, 1050))
        got, said = self.spectra("--files", sig(rows[:at] + second + rows[at:]))
        self.assertIn("overlap", said)
        wavelengths = sorted(got["p"])
        self.assertEqual([w for w in wavelengths if 900 < w < 1100], [950.0, 1030.0, 1050.0])
        (self.folder / "cut.sig").write_text("/*** Spectra Vista SIG Data ***/\nname= p\n", encoding="utf-8")
        self.refuse(["cut off"], "--files", "cut.sig")

    def test_positions_are_kept(self):
        rows = [[nm, 100 * r] for nm, r in zip(NM, SOILS[0])]
        files = [self.sed(f"S1_{k}.sed", ["Wvl", "Reflect. %"], rows, f"Latitude: n/a, {45.5 + k}\nLongitude: n/a, {-73.25 - k}\nAltitude: 100,{100 + 2 * k}\n")
                 for k in (0, 1)]
        sig = ("/*** Spectra Vista SIG Data ***/\nlongitude= 07327.3812W     , 07327.3812W\nlatitude= 4530.8521S     , 4530.8521S\ndata= \n"
               + "".join(f"{nm} 2 {2 * r} {100 * r:.4f}\n" for nm, r in zip(NM, SOILS[0])))
        (self.folder / "S2_0.sig").write_text(sig, encoding="utf-8")
        words = sum((["--files", name] for name in (*files, "S2_0.sig")), ["--id_until", "_"])
        _, said = self.spectra(*words)
        self.assertIn("3 of 3 spectra have a position", said)
        self.spectra(*words, "--positions", "places.csv")
        with open(self.folder / "places.csv", encoding="utf-8", newline="") as file:
            found = list(csv.reader(file))
        self.assertEqual(found[0], ["id", "lon", "lat", "elevation_m"])
        self.assertEqual(found[1], ["S1", "-73.75", "46", "101"])
        self.assertEqual(found[2][0], "S2")
        self.assertAlmostEqual(float(found[2][1]), -(73 + 27.3812 / 60), places=9)
        self.assertAlmostEqual(float(found[2][2]), -(45 + 30.8521 / 60), places=9)
        self.assertEqual(found[2][3], "")
        self.refuse(["positions"], "--files", self.one("plain", SOILS[0]), "--positions", "no.csv")

    def test_an_id_in_several_rows_is_named(self):
        table = self.write("twice.csv", [["id", *NM], ["A", *SOILS[0]], ["A", *SOILS[1]], ["B", *SOILS[1]]])
        self.assertIn("more than once", self.spectra("--files", table)[1])

    def test_several_files_of_one_sample_are_named(self):
        files = [self.one(f"P{plot}_0000{k}", SOILS[0]) for plot in (1, 2) for k in (1, 2, 3)]
        words = sum((["--files", name] for name in files), [])
        got, said = self.spectra(*words)
        self.assertEqual(len(got), 6)
        self.assertIn("id_until '_'", said)
        got, said = self.spectra(*words, "--id_until", "_")
        self.assertEqual(list(got), ["P1", "P2"])
        self.assertNotIn("look like repeats", said)


if __name__ == "__main__":
    unittest.main()
