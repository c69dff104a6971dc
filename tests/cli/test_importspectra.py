#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of spectrometers: ids, repeats, outliers, the log of every decision, and files that cannot be read."""
import csv
import os
import shutil
import struct
import unittest
from pathlib import Path

import kit
import numpy

NM = numpy.arange(350, 2501, 10)
BASE = 0.2 + 0.1 * numpy.sin(NM / 300.0)
SHARED = Path(os.environ.get("TILTH_SHARED", kit.ROOT.parent / "shared")) / "data/asd_files"


def export(path, values, delimiter=";", comma=False, head="Wavelength"):
    """One spectrum, one wavelength per row."""
    lines = [f"{head}{delimiter}{path.stem}.asd"] + [f"{nm}{delimiter}{value:.12f}" for nm, value in zip(NM, values)]
    text = "\n".join(lines) + "\n"
    path.write_text("\n".join([lines[0], *(line.replace(".", ",") for line in lines[1:])]) if comma else text,
                    encoding="utf-8")


def write_asd(path, target, white=2.0, splice=(1000.0, 1800.0)):
    """A binary file of version 7 with doubles."""
    head = bytearray(484)
    head[0:3] = b"as7"
    head[186], head[199] = 1, 2
    struct.pack_into("<ff", head, 191, float(NM[0]), 10.0)
    struct.pack_into("<H", head, 204, len(NM))
    struct.pack_into("<ff", head, 444, *splice)
    body = numpy.asarray(target * white, "<f8").tobytes()
    path.write_bytes(bytes(head) + body + struct.pack("<H16xH", 1, 0) + numpy.full(len(NM), white, "<f8").tobytes())


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return [float(nm) for nm in rows[0][1:]], [(row[0], numpy.array(row[1:], float)) for row in rows[1:]]


class Import(kit.TilthCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        for name in ("texts", "mixed", "bad"):
            (at / name).mkdir()
        bent = BASE.copy()
        bent[:60] *= 2.0
        for number, values in enumerate((BASE, BASE * 1.1, BASE * 0.9, bent), 1):
            export(at / f"texts/S01_{number:05}.txt", values, comma=number == 2)
        export(at / "texts/S02_00001.txt", BASE + 0.05, delimiter="\t")
        write_asd(at / "mixed/a.asd", BASE)
        export(at / "mixed/a.asd.txt", BASE * 3)
        export(at / "mixed/b.csv", BASE * 100.0, delimiter=" ", head="wavelength")
        shutil.copy(at / "mixed/a.asd", at / "bad/a.asd")
        (at / "bad/cut.asd").write_bytes((at / "mixed/a.asd").read_bytes()[:900])
        (at / "bad/words.txt").write_text("these are notes\nof the field day\n", encoding="utf-8")

    def run_tool(self, *words):
        """Wavelengths, [(id, values)], and the whole log of the run."""
        done = self.must("importspectra", "--output", "o.csv", *words)
        return (*read(self.folder / "o.csv"), done.stdout + done.stderr)

    def test_repeats_share_an_id_and_an_outlier_is_not_in_their_mean(self):
        nm, rows, said = self.run_tool("--folder", "texts", "--id_until", "_")
        self.assertEqual([name for name, _ in rows], ["S01", "S02"])
        numpy.testing.assert_array_equal(nm, NM)
        numpy.testing.assert_allclose(rows[0][1], BASE, atol=1e-11)
        numpy.testing.assert_allclose(rows[1][1], BASE + 0.05, atol=1e-11)
        for word in ("S01_00004.txt", "semicolons", "tabs", "decimal commas", "5 spectra of 2 ids from 5 files",
                     "216 wavelengths", "1 outliers"):
            self.assertIn(word, said)

    def test_a_larger_angle_lets_the_outlier_in(self):
        _, rows, _ = self.run_tool("--folder", "texts", "--id_until", "_", "--outlier_angle", "3")
        self.assertGreater(abs(rows[0][1] - BASE).max(), 0.01)

    def test_keep_writes_every_spectrum(self):
        _, rows, _ = self.run_tool("--folder", "texts", "--id_until", "_", "--repeats", "keep")
        self.assertEqual([name for name, _ in rows], ["S01"] * 4 + ["S02"])
        _, rows, _ = self.run_tool("--folder", "texts")
        self.assertEqual([name for name, _ in rows], [f"S01_{k:05}" for k in (1, 2, 3, 4)] + ["S02_00001"])

    def test_a_binary_file_wins_over_its_export_and_percent_is_named(self):
        _, rows, said = self.run_tool("--folder", "mixed")
        self.assertEqual([name for name, _ in rows], ["a", "b"])
        numpy.testing.assert_allclose(rows[0][1], BASE, atol=1e-15)
        numpy.testing.assert_allclose(rows[1][1], BASE, atol=1e-11)
        for word in ("a.asd.txt", "b.csv", "x 100", "blanks"):
            self.assertIn(word, said)

    def test_splice_and_range(self):
        step = BASE + numpy.where(NM <= 1000, 0.02, 0.0) - numpy.where(NM > 1800, 0.03, 0.0)
        write_asd(self.folder / "step.asd", step)
        nm, rows, said = self.run_tool("--files", "step.asd", "--splice", "yes", "--from_nm", "400", "--to_nm", "2400")
        self.assertEqual((nm[0], nm[-1]), (400, 2400))
        value = dict(zip(nm, rows[0][1]))
        for near, inner, further in ((1000, 1010, 1020), (1810, 1800, 1790)):
            self.assertAlmostEqual(value[near], 2 * value[inner] - value[further], places=12)
        numpy.testing.assert_allclose(rows[0][1][65:], BASE[(NM >= 1050) & (NM <= 2400)], atol=1e-3)
        self.assertIn("largest step was 0.03", said)
        _, _, said = self.run_tool("--folder", "texts", "--splice", "yes")
        self.assertIn("5 spectra are not spliced", said)

    def test_unreadable_files_stop_the_run_or_are_named(self):
        self.refused(kit.FAILED, ["2 of 3 files", "cut.asd", "words.txt", "skip_bad"], "importspectra", "--folder", "bad",
                     output="n.csv")
        _, rows, said = self.run_tool("--folder", "bad", "--skip_bad", "yes")
        self.assertEqual([name for name, _ in rows], ["a"])
        for word in ("cut.asd", "words.txt"):
            self.assertIn(word, said)
        self.refused(kit.FAILED, ["cut.asd"], "importspectra", "--files", "bad/cut.asd", "--skip_bad", "yes", output="n.csv")

    def test_other_wavelengths_are_refused(self):
        (self.folder / "wide.csv").write_text("id,400,500,600\nq,0.1,0.2,0.3\n", encoding="utf-8")
        self.refused(kit.FAILED, ["wide.csv", "3 wavelengths", "from_nm"], "importspectra", "--files", "mixed/a.asd", "--files",
                     "wide.csv", output="n.csv")
        _, rows, _ = self.run_tool("--files", "wide.csv")
        self.assertEqual(rows[0][0], "q")

    def test_files_or_a_folder_but_not_both_and_not_none(self):
        self.refused(kit.USAGE, ["files", "folder"], "importspectra", output="n.csv")
        self.refused(kit.USAGE, ["files", "folder"], "importspectra", "--files", "mixed/a.asd", "--folder", "mixed",
                     output="n.csv")
        self.refused(kit.FAILED, ["folder", "'nowhere'"], "importspectra", "--folder", "nowhere", output="n.csv")
        self.refused(kit.USAGE, ["from_nm"], "importspectra", "--files", "mixed/a.asd", "--from_nm", "900", "--to_nm", "800",
                     output="n.csv")

    def test_real_files_equal_the_program_of_the_instrument(self):
        if not SHARED.is_dir():
            self.skipTest("SKIPPED: shared data asd_files is not here")
        _, binary, _ = self.run_tool("--files", SHARED / "ribb00003_as7.asd")
        _, text, _ = self.run_tool("--files", SHARED / "ribb00003_as7.asd.txt")
        self.assertEqual(binary[0][0], text[0][0])
        # The export has 15 significant digits.
        numpy.testing.assert_allclose(binary[0][1], text[0][1], rtol=1e-12)

    def test_every_real_file_equals_its_decoded_values(self):
        if not SHARED.is_dir():
            self.skipTest("SKIPPED: shared data asd_files is not here")
        with open(SHARED / "decoded_reflectance.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        for column, name in enumerate(rows[0][1:], 1):
            _, found, _ = self.run_tool("--files", SHARED / (name if name.endswith(".asd") else name + ".asd"))
            wanted = numpy.array([float(row[column]) if row[column] else numpy.nan for row in rows[1:]])
            numpy.testing.assert_allclose(found[0][1], wanted, rtol=1e-6, atol=1e-9, err_msg=name)

    def test_every_real_table_is_imported_in_one_command(self):
        if not SHARED.is_dir():
            self.skipTest("SKIPPED: shared data lab_* is not here")
        absorbance = ("moisture_absorbance", "nirsoil", "yamsys")
        for path in sorted(SHARED.parent.glob("lab_*/*.csv")):
            unit = "absorbance" if path.name.startswith(absorbance) else "auto"
            with self.subTest(path.name):
                _, rows, said = self.run_tool("--files", path, "--unit", unit)
                values = numpy.array([values for _, values in rows])
                self.assertTrue(0.0 < numpy.nanmedian(values) < 0.9, said)

    def test_units_are_what_the_user_says(self):
        def values(*words):
            return self.run_tool("--files", "mixed/a.asd", *words)[1][0][1]
        numpy.testing.assert_allclose(values("--unit", "fraction"), BASE, atol=1e-15)
        numpy.testing.assert_allclose(values("--unit", "percent"), BASE / 100.0, atol=1e-15)
        numpy.testing.assert_allclose(values("--unit", "per10000"), BASE / 10000.0, atol=1e-15)
        numpy.testing.assert_allclose(values("--unit", "absorbance"), 10.0 ** -BASE, atol=1e-15)


if __name__ == "__main__":
    unittest.main()
