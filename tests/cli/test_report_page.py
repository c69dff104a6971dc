#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The report in a real browser: it draws itself, fits a desk and a phone, complains about nothing, and can be printed."""
import unittest

import kit
import world

import browser

READY = "document.body && document.body.dataset.drawn === 'yes'"

# Elements that reach over the right edge of the window without a box around them that scrolls.
OVER_THE_EDGE = """Array.from(document.querySelectorAll('body *')).filter((one) => !one.closest('.scroll, nav, svg') &&
  one.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map((one) => one.tagName + '.' + one.className)"""

# Texts of figures that are outside their figure, which cuts them off.
CUT_TEXTS = """Array.from(document.querySelectorAll('.figure')).flatMap((figure) => {
  const edge = figure.getBoundingClientRect();
  return Array.from(figure.querySelectorAll('text')).filter((one) => {
    const box = one.getBoundingClientRect();
    return one.textContent && box.width > 0 && (box.left < edge.left - 1 || box.right > edge.right + 1);
  }).map((one) => one.textContent); })"""

# The tool bar of a figure and the part of it that is drawn on.
BARS_OVER_MAPS = """Array.from(document.querySelectorAll('.figure')).filter((figure) => {
  const bar = figure.querySelector('.modebar-group'), drawn = figure.querySelector('.heatmaplayer');
  return bar && drawn && drawn.children.length && bar.getBoundingClientRect().bottom > drawn.getBoundingClientRect().top + 1;
}).length"""


@unittest.skipIf(browser.program() is None, "no Chromium")
class ReportPage(kit.TilthCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        world.write_raster(at / "dem.tif", world.elevation(120, 300))
        world.write_scene(at / "scene.dat")
        world.write_samples(at / "samples.gpkg")
        world.write_lab(at / "lab.csv")
        cls.must("slope", "--dem", "dem.tif", "--unit", "degree", "--output", "slope.tif")
        cls.must("streams", "--dem", "dem.tif", "--output", "streams.gpkg")
        words = ("--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id")
        cls.must("trainfusion", *words, "--lab", "lab.csv", "--output", "fusion.json")
        cls.must("trainmodel", *words, "--property", "SOM", "--unit", "g/kg", "--repeats", "3", "--output", "som.json")
        cls.must("mapproperty", "--scene", "scene.dat", "--model", "som.json", "--output", "som.tif")
        cls.must("correlatemaps", "--maps", "som.tif", "--factors", "slope.tif", "--halves", "yes", "--output", "c.csv")
        cls.must("comparemodels", *words, "--lab", "lab.csv", "--property", "SOM", "--preset", "paper", "--methods", "plsr", "--repeats", "1",
                 "--seeds", "30", "--epochs", "5", "--bootstrap", "100",
                 "--output", "p.csv", "--document", "p.json")
        cls.mask_a_corner(at / "som.tif")
        cls.must("report", "--models", "som.json", "--fusion", "fusion.json", "--maps", "som.tif", "--terrain", "slope.tif", "--streams",
                 "streams.gpkg", "--correlation", "c.csv", "--comparisons", "p.json", "--title", "A study 土壤", "--output", "report.html")
        cls.browser = browser.Browser().__enter__()

    @classmethod
    def mask_a_corner(cls, path):
        data = world.gdal.Open(str(path), world.gdal.GA_Update)
        applies = data.GetRasterBand(5).ReadAsArray()
        applies[:8, :8] = 0
        data.GetRasterBand(5).WriteArray(applies)

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()
        super().tearDownClass()

    def look(self, width, phone):
        self.browser.open(self.folder / "report.html", width, phone=phone, ready=READY)
        self.assertEqual(self.browser.complaints(), [])
        self.assertEqual(self.browser.run("document.documentElement.scrollWidth"), width)
        self.assertEqual(self.browser.run(OVER_THE_EDGE), [])
        self.assertEqual(self.browser.run(CUT_TEXTS), [])
        places, drawn = (self.browser.run(f"document.querySelectorAll('{one}').length") for one in ("[data-figure]", ".js-plotly-plot"))
        self.assertGreater(places, 10)
        self.assertEqual(drawn, places)

    def test_it_fits_a_desk(self):
        self.look(1280, False)
        self.assertEqual(self.browser.run(BARS_OVER_MAPS), 0)

    def test_it_fits_a_phone_on_which_a_finger_scrolls_the_page(self):
        for width in (360, 390):
            self.look(width, True)
            self.assertEqual(self.browser.run(BARS_OVER_MAPS), 0)
        self.assertEqual(self.browser.run("getComputedStyle(document.querySelector('.records td')).display"), "block")
        self.assertEqual(self.browser.run("Array.from(document.querySelectorAll('.js-plotly-plot')).filter((one) => one.layout.dragmode).length"), 0)

    def test_the_study_map_has_scale_bar_arrow_streams_samples_and_hatching(self):
        self.browser.open(self.folder / "report.html", 1280, ready=READY)
        about = self.browser.run("""(() => { const one = document.querySelector('.study .js-plotly-plot');
          return { texts: one.layout.annotations.map((note) => note.text), shapes: one.layout.shapes.map((box) => [box.x0, box.x1]),
                   images: one.layout.images.length, types: one.data.map((trace) => trace.type + ' ' + (trace.mode || '')) }; })()""")
        (length,) = [text for text in about["texts"] if text.endswith("m")]
        number, unit = length.split(" ")
        metres = float(number) * (1000 if unit == "km" else 1)
        west, east = min(box[0] for box in about["shapes"][1:]), max(box[1] for box in about["shapes"][1:])
        self.assertAlmostEqual(east - west, metres, delta=0.01 * metres)  # UTM: its unit is a metre to 0.04 %
        self.assertEqual(len([text for text in about["texts"] if "<b>N</b>" in text]), 1)
        self.assertEqual(about["images"], 1)
        self.assertIn("scatter markers", about["types"])
        self.assertIn("scatter lines", about["types"])

    def test_a_wide_table_scrolls_inside_its_card_on_a_phone(self):
        self.browser.open(self.folder / "report.html", 390, phone=True, ready=READY)
        wide = self.browser.run("""Array.from(document.querySelectorAll('.scroll')).filter((one) => one.scrollWidth > one.clientWidth)
          .map((one) => getComputedStyle(one).overflowX)""")
        self.assertGreater(len(wide), 1)
        self.assertEqual(set(wide), {"auto"})

    def test_it_can_be_printed(self):
        self.browser.open(self.folder / "report.html", 1280, ready=READY)
        self.browser.printed(self.folder / "report.pdf")
        pages = world.gdal.Open(str(self.folder / "report.pdf"))
        if pages is None:
            self.skipTest("GDAL reads no PDF here")
        self.assertIn(len(pages.GetMetadata("SUBDATASETS")) // 2, range(3, 16))

    def test_in_print_a_heading_keeps_its_paragraph_and_the_beginning_of_what_follows(self):
        self.browser.open(self.folder / "report.html", 1280, ready=READY)
        self.browser.call("Emulation.setEmulatedMedia", media="print")
        short = self.browser.run("""Array.from(document.querySelectorAll('section > h2')).filter((one) => {
          const kept = parseFloat(getComputedStyle(one, '::after').height), card = one.parentElement.querySelector('.card');
          return getComputedStyle(one).breakInside !== 'avoid' || !card ||
            one.getBoundingClientRect().bottom < card.getBoundingClientRect().top - kept + 60; }).map((one) => one.textContent)""")
        self.browser.call("Emulation.setEmulatedMedia", media="")
        self.assertEqual(short, [])

    def test_a_browser_without_what_it_needs_says_so(self):
        self.browser.call("Page.enable")
        script = self.browser.call("Page.addScriptToEvaluateOnNewDocument", source="delete window.DecompressionStream")["identifier"]
        self.browser.open(self.folder / "report.html", 1280)
        self.browser.call("Page.removeScriptToEvaluateOnNewDocument", identifier=script)
        self.assertIn("needs a browser of 2023", self.browser.run("document.querySelector('[data-figure]').textContent"))
        self.assertEqual(self.browser.complaints(), [])


if __name__ == "__main__":
    if browser.program() is None:
        print("SKIPPED: no Chromium on this machine (Debian's package chromium)")
    unittest.main()
