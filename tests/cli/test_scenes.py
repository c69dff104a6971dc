# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenes without or with odd band tables, and spectra at samples, as a user meets them."""
import array
import csv
import json
import sys
import unittest

import kit

COLS, ROWS, BANDS = 6, 5, 4
HEADER = """ENVI
samples = 6
lines = 5
bands = 4
header offset = 0
file type = ENVI Standard
data type = 2
interleave = bil
byte order = 0
map info = {UTM, 1, 1, 500000, 5000000, 10, 10, 33, North, WGS-84, units=Meters}
data ignore value = -1
"""


def stored(band, row, col):
    """NoData in the last row, an empty third band, else different everywhere."""
    return -1 if row == ROWS - 1 or band == 2 else 1000 * (band + 1) + 10 * row + col


def write_scene(path, more):
    values = array.array("h", (stored(b, r, c) for r in range(ROWS) for b in range(BANDS) for c in range(COLS)))
    path.write_bytes(values.tobytes())
    path.with_suffix(".hdr").write_text(HEADER + more, encoding="utf-8")


class Scenes(kit.TilthCase):
    @classmethod
    def prepare(cls):
        write_scene(cls.folder / "scene.dat", "wavelength units = Micrometers\nwavelength = {0.8, 0.5, 0.6, 0.7}\n"
                    "reflectance scale factor = 10000\nbbl = {1, 1, 1, 0}\n")
        write_scene(cls.folder / "mute.dat", "")

    def bands(self, name):
        with open(self.folder / name, encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def test_bands_come_in_wavelength_order_with_reasons(self):
        done = self.must("sceneinfo", "--scene", "scene.dat", "--output", "bands.csv")
        rows = self.bands("bands.csv")
        self.assertEqual([row["band"] for row in rows], ["2", "3", "4", "1"])
        self.assertEqual([float(row["wavelength_nm"]) for row in rows], [500, 600, 700, 800])
        self.assertEqual([row["good"] for row in rows], ["1", "0", "0", "1"])
        self.assertEqual(rows[1]["reason"], "no valid pixel")
        self.assertIn("bbl", rows[2]["reason"])
        self.assertAlmostEqual(float(rows[0]["min"]), 0.2, places=6)
        self.assertAlmostEqual(float(rows[0]["max"]), 0.2035, places=6)
        self.assertIn("look like reflectance from 0 to 1", done.stdout + done.stderr)

    def test_a_band_table_gives_wavelengths_to_every_tool(self):
        told = self.must("sceneinfo", "--scene", "mute.dat")
        self.assertIn("mute.dat.bands.csv", told.stdout + told.stderr)
        table = self.folder / "mute.dat.bands.csv"
        (self.folder / "own.csv").write_text("band,wavelength,fwhm,scale\n1,800,9,0.0001\n2,500,9,0.0001\n3,600,9,0.0001\n4,700,9,0.0001\n")
        self.must("sceneinfo", "--scene", "mute.dat", "--bands_csv", "own.csv", "--output", "mute.csv")
        self.assertEqual([row["fwhm_nm"] for row in self.bands("mute.csv")], ["9"] * 4)
        (self.folder / "own.csv").rename(table)
        (self.folder / "in.csv").write_text("id,x,y\nA,500015,4999985\n")
        self.must("samplespectra", "--scene", "mute.dat", "--samples", "in.csv", "--id_field", "id", "--output", "mute_s.csv")
        self.assertEqual((self.folder / "mute_s.csv").read_text().splitlines()[0], "id,500,700,800")
        table.unlink()

    def test_the_table_of_sceneinfo_becomes_a_band_table_with_another_scale(self):
        write_scene(self.folder / "raw.dat", "wavelength units = nm\nwavelength = {800, 500, 600, 700}\n")
        told = self.must("sceneinfo", "--scene", "raw.dat", "--output", "raw.csv").stdout
        self.assertIn("scale factor 0.0001", told)
        rows = self.bands("raw.csv")
        self.assertEqual({row["scale"] for row in rows}, {"1"})
        with open(self.folder / "raw.dat.bands.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows({**row, "scale": "0.0001"} for row in rows)
        told = self.must("sceneinfo", "--scene", "raw.dat", "--output", "scaled.csv").stdout
        self.assertIn("values look like reflectance from 0 to 1", told)
        before, after = rows[0], self.bands("scaled.csv")[0]
        self.assertEqual([before["band"], before["wavelength_nm"], before["good"]],
                         [after["band"], after["wavelength_nm"], after["good"]])
        self.assertAlmostEqual(float(after["max"]), float(before["max"]) * 1e-4, places=7)

    def test_radiance_is_not_taken_for_reflectance_in_percent(self):
        write_scene(self.folder / "radiance.dat", "wavelength units = nm\nwavelength = {800, 500, 600, 700}\ndata units = radiance\n")
        done = self.must("sceneinfo", "--scene", "radiance.dat")
        self.assertIn("radiance, W m-2 sr-1 um-1, as the scene states", done.stdout)
        self.assertNotIn("look like", done.stdout + done.stderr)
        write_scene(self.folder / "far.dat", "wavelength units = nm\nwavelength = {1100, 1200, 1250, 1300}\n")
        self.assertIn("no usable band from 450 to 900 nm", self.must("sceneinfo", "--scene", "far.dat").stdout)

    def test_a_wrong_band_table_is_refused_and_named(self):
        (self.folder / "wrong.csv").write_text("band,wavelength\n7,500\n")
        done = self.tilth("sceneinfo", "--scene", "scene.dat", "--bands_csv", "wrong.csv", "--output", "none.csv")
        self.assertEqual(done.returncode, kit.FAILED)
        self.assertIn("wrong.csv", done.stderr)
        self.assertIn("band 7", done.stderr)
        self.assertFalse((self.folder / "none.csv").exists())

    def test_spectra_are_those_of_the_pixels_and_every_lost_sample_is_listed(self):
        (self.folder / "samples.csv").write_text(
            "name,x,y\nmid,500025,4999975\nsame,500027,4999978\noff,600000,4999975\nedge,500059.9,4999999.9\n"
            "dry,500025,4999955\nnowhere,,\n")
        done = self.must("samplespectra", "--scene", "scene.dat", "--samples", "samples.csv", "--id_field", "name",
                         "--output", "spectra.csv")
        rows = self.bands("spectra.csv")
        self.assertEqual([row["id"] for row in rows], ["mid", "same", "edge"])
        self.assertEqual(list(rows[0]), ["id", "500", "800"])
        self.assertAlmostEqual(float(rows[0]["500"]), (2000 + 20 + 2) / 1e4, places=7)
        self.assertAlmostEqual(float(rows[2]["800"]), (1000 + 5) / 1e4, places=7)
        text = done.stdout + done.stderr
        self.assertIn("outside the scene (1 in all): off", text)
        self.assertIn("on NoData (1 in all): dry", text)
        self.assertIn("no position (1 in all): nowhere", text)
        self.assertIn("same pixel: mid, same", text)

    def test_a_scene_without_georeference_is_sampled_by_columns_and_rows(self):
        write_scene(self.folder / "bare.dat", "wavelength units = nm\nwavelength = {800, 500, 600, 700}\n")
        header = self.folder / "bare.hdr"
        header.write_text("".join(line for line in header.read_text().splitlines(True) if "map info" not in line))
        (self.folder / "up.csv").write_text("id,x,y\nA,2.5,1.5\n")
        done = self.tilth("samplespectra", "--scene", "bare.dat", "--samples", "up.csv", "--id_field", "id", "--output", "up_s.csv")
        self.assertEqual(done.returncode, kit.FAILED)
        self.assertIn("no georeference", self.sentence(done))
        (self.folder / "down.csv").write_text("id,x,y\nA,2.5,-1.5\n")
        self.must("samplespectra", "--scene", "bare.dat", "--samples", "down.csv", "--id_field", "id", "--output", "down_s.csv")
        self.assertEqual(float(self.bands("down_s.csv")[0]["500"]), stored(1, 1, 2))

    def test_a_window_is_the_mean_of_valid_neighbours(self):
        (self.folder / "one.csv").write_text("id,x,y\nA,500015,4999965\n")
        self.must("samplespectra", "--scene", "scene.dat", "--samples", "one.csv", "--id_field", "id", "--window", "mean3x3",
                  "--output", "mean.csv")
        # Rows 2 and 3 and columns 0 to 2 around (row 3, column 1); row 4 is NoData.
        wanted = sum(stored(1, r, c) for r in (2, 3) for c in (0, 1, 2)) / 6e4
        self.assertAlmostEqual(float(self.bands("mean.csv")[0]["500"]), wanted, places=7)

    def test_the_result_is_machine_readable(self):
        done = self.must("run", "sceneinfo", text_in=json.dumps({"scene": "scene.dat"}))
        lines = [json.loads(line) for line in done.stdout.splitlines() if line.strip()]
        text = json.dumps(lines)
        self.assertIn('"band_table"', text)
        self.assertIn('"good_bands"', text)


if __name__ == "__main__":
    sys.exit(not unittest.main(exit=False, verbosity=2).result.wasSuccessful())
