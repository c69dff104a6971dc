# SPDX-License-Identifier: GPL-2.0-or-later
"""What sceneinfo reports about the quality of a scene, in its table and on its page."""
import csv
import html.parser
import unittest

import numpy

import kit
import world

ROWS, COLUMNS, BANDS = 200, 90, 24
CENTRES = [450.0 + 20.0 * k for k in range(BANDS)]
NOISE, NOISY, STRIPED = 0.002, 5, 12


class Page(html.parser.HTMLParser):
    """Collects titles of marks, addresses and pictures."""

    def __init__(self):
        super().__init__()
        self.polylines, self.images, self.addresses = 0, 0, []

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.polylines += tag == "polyline"
        self.images += tag == "img" and found["src"].startswith("data:image/png;base64,")
        self.addresses += [v for k, v in attributes if k in ("src", "href") and not v.startswith(("data:", "#"))]


class SceneQuality(kit.TilthCase):
    @classmethod
    def prepare(cls):
        random = numpy.random.default_rng(11)
        ground = 0.25 + 0.04 * random.standard_normal((ROWS, COLUMNS))
        slope = 1.0 + 0.0005 * (numpy.array(CENTRES) - 450.0)
        made = ground[None] * slope[:, None, None] + NOISE * random.standard_normal((BANDS, ROWS, COLUMNS))
        made[NOISY] += 0.05 * random.standard_normal((ROWS, COLUMNS))
        made[STRIPED] += 0.03 * random.standard_normal(COLUMNS)[None, :]
        world.write_scene(cls.folder / "scene.dat", made, CENTRES)
        cls.done = cls.must("sceneinfo", "--scene", "scene.dat", "--output", "bands.csv", "--report", "page.html")
        with open(cls.folder / "bands.csv", encoding="utf-8") as file:
            cls.rows = list(csv.DictReader(file))

    def test_the_signal_to_noise_ratio_is_that_of_the_noise_put_in(self):
        # Neighbours of the noisy and the striped band borrow their faults.
        apart = [k for k in range(BANDS) if min(abs(k - NOISY), abs(k - STRIPED)) > 1]
        for k in apart:
            wanted = 0.25 * (1.0 + 0.0005 * (CENTRES[k] - 450.0)) / NOISE
            self.assertAlmostEqual(float(self.rows[k]["snr"]) / wanted, 1.0, delta=0.12)
        self.assertLess(float(self.rows[NOISY]["snr"]), 10.0)

    def test_stripes_are_told_from_clean_bands(self):
        self.assertAlmostEqual(float(self.rows[STRIPED]["stripe_percent"]), 100 * 0.03 / 0.28, delta=3.0)
        self.assertEqual(sum(float(row["stripe_percent"]) > 2.0 for row in self.rows), 1)

    def test_only_the_faulty_bands_are_advised_against(self):
        self.assertEqual([k for k, row in enumerate(self.rows) if row["advice"]], [NOISY, STRIPED])
        self.assertIn("signal-to-noise", self.rows[NOISY]["advice"])
        self.assertIn("stripes", self.rows[STRIPED]["advice"])
        self.assertIn("2 usable bands", self.done.stderr + self.done.stdout)

    def test_the_page_stands_alone(self):
        text = (self.folder / "page.html").read_text(encoding="utf-8")
        page = Page()
        page.feed(text)
        self.assertEqual((page.images, page.addresses), (1, []))
        self.assertGreaterEqual(page.polylines, 3)
        self.assertTrue("Band 6 (550 nm)" in text)

    def test_equal_runs_give_equal_pages(self):
        self.must("sceneinfo", "--scene", "scene.dat", "--report", "again.html", "--threads", 3)
        self.assertEqual((self.folder / "again.html").read_bytes(), (self.folder / "page.html").read_bytes())

    def test_scenes_without_wavelengths_or_values_have_a_page_too(self):
        world.write_scene(self.folder / "mute.dat", numpy.full((3, 20, 20), 0.2), None)
        world.write_scene(self.folder / "void.dat", numpy.full((3, 20, 20), numpy.nan), [500.0, 600.0, 700.0])
        world.write_scene(self.folder / "cell.dat", numpy.full((1, 1, 1), 0.2), [500.0])
        for name in ("mute", "void", "cell"):
            self.must("sceneinfo", "--scene", f"{name}.dat", "--output", f"{name}.csv", "--report", f"{name}.html")
            self.assertIn("Every band", (self.folder / f"{name}.html").read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
