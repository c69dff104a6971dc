#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The report page: it needs no other file, agrees with its input files, and texts from files stay texts."""
import base64
import csv
import html.parser
import json
import re
import sys
import unittest
import zlib

import kit
import numpy
import world

EVIL = "</script><script>alert('x')</script><img src=x onerror=alert(1)>{{7*7}}"


class Page(html.parser.HTMLParser):
    """Elements, visible text, and the content of every script of a page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.said, self.scripts, self.inside = [], [], [], []
        self.feed(text)
        self.close()
        self.text = " ".join(" ".join(self.said).split())
        packed = {attributes["id"]: zlib.decompress(base64.b64decode(content)) for attributes, content in self.scripts
                  if attributes.get("type") == "text/plain"}
        self.figures = json.loads(packed["figures"])["figures"]
        self.lines = json.loads(packed["figures"])["lines"]
        self.cells = numpy.frombuffer(packed["cells"], dtype="u1")
        self.plotly = packed["plotly"].decode("utf-8")

    def values(self, figure):
        """The cells of a map, NaN where there is nothing."""
        count = figure["rows"] * figure["cols"]
        high, low = (self.cells[at:at + count].astype(int) for at in (figure["packed"], figure["packed"] + count))
        steps = (256 * high + low).reshape(figure["rows"], figure["cols"])
        return numpy.where(steps == 4095, numpy.nan, figure["low"] + figure["step"] * steps)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in ("meta", "br", "img"):
            self.inside.append(tag)
        if tag == "script":
            self.scripts.append((dict(attributes), ""))

    def handle_endtag(self, tag):
        assert self.inside and self.inside[-1] == tag, f"</{tag}> closes <{self.inside[-1:]}>"
        self.inside.pop()

    def handle_data(self, data):
        if self.inside and self.inside[-1] == "script":
            attributes, content = self.scripts[-1]
            self.scripts[-1] = (attributes, content + data)
        elif not self.inside or self.inside[-1] != "style":
            self.said.append(data)


class Report(kit.TilthCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        world.write_raster(at / "dem.tif", 0.5 * world.elevation(120, 900))  # below the summit of Mount Everest
        world.write_scene(at / "scene.dat")
        world.write_samples(at / "samples.gpkg")
        world.write_lab(at / "lab.csv")
        cls.must("slope", "--dem", "dem.tif", "--unit", "degree", "--output", "slope.tif")
        cls.must("streams", "--dem", "dem.tif", "--output", "streams.gpkg")
        cls.must("trainfusion", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--lab", "lab.csv",
                 "--output", "fusion.json")
        cls.result = json.loads(cls.must(
            "trainmodel", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--property", "SOM",
            "--unit", "g/kg", "--repeats", "3", "--output", "som.json", "--json").stdout)
        cls.must("mapproperty", "--scene", "scene.dat", "--model", "som.json", "--output", "som.tif")
        cls.must("correlatemaps", "--maps", "som.tif", "--factors", "slope.tif", "--halves", "yes", "--output", "c.csv")
        cls.words = ("report", "--models", "som.json", "--fusion", "fusion.json", "--maps", "som.tif", "--terrain",
                     "slope.tif", "--streams", "streams.gpkg", "--correlation", "c.csv")
        cls.must(*cls.words, "--title", "A study", "--output", "report.html")
        cls.html = (at / "report.html").read_text(encoding="utf-8")
        cls.page = Page(cls.html)

    def test_it_needs_nothing_from_outside(self):
        for tag, attributes in self.page.elements:
            self.assertNotIn(tag, ("link", "iframe", "object", "embed", "base"))
            for name in ("src", "srcset", "action", "data"):
                self.assertNotIn(name, attributes, (tag, attributes))
            self.assertTrue(attributes.get("href", "#").startswith("#"), attributes)
        self.assertNotRegex(self.html[:self.html.index("</style>")], r"@import|url\(")
        self.assertIn("plotly.js", self.page.plotly[:200])

    def test_every_element_is_closed(self):
        self.assertEqual(self.page.inside, [])

    def test_the_scores_are_those_of_the_training(self):
        mean = self.result["scores"]["mean"]
        for key in ("r2", "rmse"):
            digits = f"{mean[key]:.3g}"
            self.assertIn(digits, self.page.text.replace("−", "-"))
        self.assertIn("mean of the samples only", self.page.text)
        self.assertIn(f"explains {100 * mean['r2']:.0f} % of the variance", self.page.text)

    def test_every_part_has_its_heading(self):
        for heading in ("Scores on unseen samples", "Maps", "Models", "Fusion of scene and lab spectra",
                        "Terrain and streams", "Correlation of maps and terrain", "How it was made"):
            self.assertIn(heading, self.page.text)

    def test_every_figure_has_its_place(self):
        places = [int(attributes["data-figure"]) for _, attributes in self.page.elements if "data-figure" in attributes]
        self.assertEqual(places, list(range(len(self.page.figures))))
        self.assertGreaterEqual(len(places), 8)

    def test_the_scatter_plot_holds_every_sample_and_its_interval(self):
        model = json.loads((self.folder / "som.json").read_text(encoding="utf-8"))
        marks = [trace for figure in self.page.figures if figure["kind"] == "plot" for trace in figure["data"]
                 if trace.get("mode") == "markers"]
        self.assertEqual([one["name"] for one in marks], ["spatial blocks", "random folds"])
        for one, key in zip(marks, ("spatial_predicted", "predicted")):
            self.assertEqual(one["x"], model["samples"]["observed"])
            self.assertEqual(one["y"], model["samples"][key])

    def test_both_validations_and_what_needs_no_spectrum_stand_side_by_side(self):
        model = json.loads((self.folder / "som.json").read_text(encoding="utf-8"))
        for text in (f"in spatial blocks ({model['spatial']['blocks']})", "kriging of the coordinates only", "mean of the samples only"):
            self.assertIn(text, self.page.text)
        for of in ("scores", "spatial"):
            for key in ("r2", "rmse"):
                self.assertIn(f"{model[of]['mean'][key]:.3g}", self.page.text)

    def test_the_checklist_says_what_was_not_tested(self):
        text = self.page.text
        for question in ("Better than the mean of the samples? RMSE of the model and of the mean, on unseen samples yes",
                         "More than chance? share of runs with a randomly permuted property that score as well – not tested",
                         "Is it known where the model applies? area of applicability yes"):
            self.assertIn(question, text)
        model = json.loads((self.folder / "som.json").read_text(encoding="utf-8"))
        model["validation"]["permutation"] = {"permutations": 99, "reaching": 40, "p": 0.41}
        model["scores"]["intercept_only"]["rmse"] = 0.5 * model["scores"]["mean"]["rmse"]
        (self.folder / "poor.json").write_text(json.dumps(model), encoding="utf-8")
        self.must("report", "--models", "poor.json", "--output", "poor.html")
        text = Page((self.folder / "poor.html").read_text(encoding="utf-8")).text
        self.assertIn("on unseen samples no", text)
        self.assertIn("score as well no p = 0.41 of 99 permutations", text)

    def test_a_selection_is_drawn_with_the_folds_that_share_it(self):
        self.must("trainmodel", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--property", "SOM", "--mnf", "none",
                  "--selection", "cars", "--repeats", "1", "--output", "cars.json")
        self.must("report", "--models", "cars.json", "--output", "cars.html")
        model = json.loads((self.folder / "cars.json").read_text(encoding="utf-8"))
        page = Page((self.folder / "cars.html").read_text(encoding="utf-8"))
        (bars,) = [trace for figure in page.figures for trace in figure["data"] if trace["type"] == "bar"]
        self.assertEqual(bars["x"], model["wavelength_nm"])
        for j, share in enumerate(bars["y"]):
            self.assertAlmostEqual(share, sum(j in fold["chosen"] for fold in model["folds"]) / len(model["folds"]))

    def test_the_map_is_the_map(self):
        figure = next(one for one in self.page.figures if one["kind"] == "map" and one["name"] == "SOM")
        truth = world.read(self.folder / "som.tif", 1)
        self.assertLessEqual(float(numpy.abs(self.page.values(figure) - truth).max()), 0.51 * figure["step"])
        self.assertLess(figure["step"], 0.0003 * (truth.max() - truth.min()))
        self.assertEqual((figure["x0"], figure["dx"]), (world.WEST + 15.0, 30.0))
        self.assertEqual((figure["y0"], figure["dy"]), (world.NORTH - 15.0, -30.0))
        self.assertTrue(self.page.lines[figure["streams"]])

    def test_the_study_map_holds_every_sample_and_its_value(self):
        figure = next(one for one in self.page.figures if one["kind"] == "map" and one["large"])
        model = json.loads((self.folder / "som.json").read_text(encoding="utf-8"))
        self.assertEqual(figure["name"], "SOM")
        self.assertEqual(figure["points"]["value"], model["samples"]["observed"])
        self.assertEqual(figure["points"]["x"], model["samples"]["x"])
        for text in ("Figure 1. Study area: SOM with streams and samples.", "Table 1. The measured values of the samples.", "stream of order 2"):
            self.assertIn(text, self.page.text)

    def test_streams_are_as_wide_as_their_order(self):
        source = world.gdal.OpenEx(str(self.folder / "streams.gpkg"))
        orders = sorted({feature.GetField("strmOrder") for feature in source.GetLayer(0)})
        self.assertGreater(len(orders), 1)
        (lines,) = [one for one in self.page.lines if one][:1]
        self.assertEqual([one["order"] for one in lines], orders)

    def test_where_the_model_does_not_apply_is_hatched(self):
        source = world.gdal.Open(str(self.folder / "som.tif"))
        copy = world.gdal.GetDriverByName("GTiff").CreateCopy(str(self.folder / "part.tif"), source)
        applies = numpy.ones((source.RasterYSize, source.RasterXSize), dtype="float32")
        applies[:10, :] = 0
        copy.GetRasterBand(5).WriteArray(applies)
        copy = None
        self.must("report", "--maps", "part.tif", "--output", "part.html")
        page = Page((self.folder / "part.html").read_text(encoding="utf-8"))
        hatched = [one for one in page.figures if "mask" in one]
        self.assertEqual([one["large"] for one in hatched], [True, False])
        for one in hatched:
            mask = page.cells[one["mask"]:one["mask"] + applies.size].reshape(applies.shape)
            self.assertTrue(numpy.array_equal(mask, 1 - applies))
        self.assertNotIn("model applicable", [one.get("name", "").lower() for one in page.figures])

    def test_masks_are_shown_as_classes_and_thin_cloud_is_hatched_over_the_map(self):
        source = world.gdal.Open(str(self.folder / "som.tif"))
        shape = (source.RasterYSize, source.RasterXSize)
        planes = {"Usable bare soil": numpy.ones(shape), "Class: 1 bare soil, 3 plants, 6 cloud": numpy.ones(shape),
                  "Thickness of thin cloud": numpy.linspace(0, 0.1, shape[0] * shape[1]).reshape(shape),
                  "Stratum: 1 clear, 2 thin cloud, 3 cloud": numpy.ones(shape), "NDVI": numpy.zeros(shape)}
        planes["Class: 1 bare soil, 3 plants, 6 cloud"][:, :5] = 3
        planes["Stratum: 1 clear, 2 thin cloud, 3 cloud"][:4, :] = 2
        data = world.gdal.GetDriverByName("GTiff").Create(str(self.folder / "masks.tif"), shape[1], shape[0], len(planes), world.gdal.GDT_Float32)
        data.SetGeoTransform(source.GetGeoTransform())
        data.SetProjection(source.GetProjection())
        for k, (name, values) in enumerate(planes.items(), 1):
            data.GetRasterBand(k).WriteArray(values.astype("float32"))
            data.GetRasterBand(k).SetDescription(name)
        data = None
        self.must("report", "--maps", "som.tif", "--masks", "masks.tif", "--output", "masks.html")
        page = Page((self.folder / "masks.html").read_text(encoding="utf-8"))
        hatched = [one for one in page.figures if "thin" in one]
        self.assertEqual([(one["name"], one["large"]) for one in hatched], [("SOM", True), ("SOM", False)])
        cells = page.cells[hatched[0]["thin"]:hatched[0]["thin"] + shape[0] * shape[1]].reshape(shape)
        self.assertEqual((cells[:4].min(), cells[4:].max()), (1, 0))
        classes = [one["classes"] for one in page.figures if "classes" in one]
        self.assertEqual(classes, [{"1": "bare soil", "3": "plants", "6": "cloud"}, {"1": "clear", "2": "thin cloud", "3": "cloud"}])
        self.assertIn(f"plants {500 / shape[1]:.1f} %", page.text)
        self.assertIn("Usable bare soil: 100.0 % of the cells.", page.text)
        self.assertNotIn("NDVI", page.text)
        self.refused(kit.USAGE, ["'masks'", "at most 16 layers"], "report", "--masks", "scene.dat", output="o.html")

    def test_the_statistics_of_the_samples_are_those_of_the_samples(self):
        observed = numpy.array(json.loads((self.folder / "som.json").read_text(encoding="utf-8"))["samples"]["observed"])
        row = self.page.text.split("CV (%) skewness")[1].split("Figure")[0]
        for value in (observed.min(), numpy.median(observed), observed.mean(), observed.max(), observed.std(ddof=1)):
            self.assertIn(f"{value:#.3g}".rstrip("."), row)

    def test_numbers_and_labels_are_those_of_a_reader(self):
        sys.path.insert(0, str(kit.ROOT / "styles/report"))
        import report_text
        for value, wanted in ((62500, "62\u202f500"), (1.03e-7, "1.03 × 10⁻⁷"), (-0.0123, "−0.0123"), (1234567.0, "1\u202f234\u202f567"),
                              (4.0, "4"), (9.9996e5, "999\u202f960")):
            self.assertEqual(report_text.figure_text(value, whole=True), wanted)
        self.assertEqual(report_text.named("SOM_g_kg", ""), ("SOM", "g/kg"))
        self.assertEqual(report_text.named("pH", ""), ("pH", ""))
        self.assertNotIn("unit=", [code for code in re.findall(r"<code>([^<]*)</code>", self.html)])

    def test_correlation_with_the_spectrum_is_drawn_over_what_chance_gives(self):
        self.must("samplespectra", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--output", "spectra.csv")
        self.must("spectracorrelation", "--spectra", "spectra.csv", "--samples", "samples.gpkg", "--id_field", "id", "--property", "SOM",
                  "--output", "som.csv")
        self.must("report", "--spectral", "som.csv", "--output", "spectral.html")
        with open(self.folder / "som.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        (figure,) = Page((self.folder / "spectral.html").read_text(encoding="utf-8")).figures
        self.assertEqual([one for one in figure["data"][0]["y"] if one is not None], [float(row["pearson"]) for row in rows])
        self.assertEqual(figure["layout"]["shapes"][0]["y1"], float(rows[0]["chance_level"]))

    def test_grids_of_every_kind_are_drawn(self):
        """One cell, no data at all, no coordinate system, degrees, a turned grid, rows from the south."""
        for name, shape, transform, crs in (("one", (1, 1), (0, 30, 0, 0, 0, -30), 32650), ("nan", (9, 8), (0, 30, 0, 0, 0, -30), 32650),
                                            ("bare", (9, 8), (0, 30, 0, 0, 0, -30), None), ("degrees", (9, 8), (100, 0.01, 0, 30, 0, -0.01), 4326),
                                            ("turned", (9, 8), (0, 30, 9, 0, 9, -30), 32650), ("up", (9, 8), (0, 30, 0, 0, 0, 30), 32650)):
            data = world.gdal.GetDriverByName("GTiff").Create(str(self.folder / f"{name}.tif"), shape[1], shape[0], 1, world.gdal.GDT_Float32)
            data.SetGeoTransform(transform)
            if crs:
                place = world.osr.SpatialReference()
                place.ImportFromEPSG(crs)
                data.SetProjection(place.ExportToWkt())
            values = numpy.arange(shape[0] * shape[1], dtype="float32").reshape(shape)
            data.GetRasterBand(1).WriteArray(numpy.full(shape, numpy.nan, dtype="float32") if name == "nan" else values)
            data = None
            self.must("report", "--maps", f"{name}.tif", "--output", "grid.html")
            page = Page((self.folder / "grid.html").read_text(encoding="utf-8"))
            shown = page.values(page.figures[0])
            self.assertEqual(numpy.isnan(shown).all(), name == "nan")
            self.assertEqual(page.figures[0]["turned"], name == "turned")
            self.assertEqual("north is not up" in page.text, name == "turned")

    def test_the_page_is_small(self):
        self.assertLess(len(self.html.encode("utf-8")), 6e6)

    def test_the_interval_width_is_upper_minus_lower(self):
        figure = next(one for one in self.page.figures if one["kind"] == "map" and "Width" in one["name"])
        _, lower, upper, _, _ = world.read(self.folder / "som.tif")
        self.assertAlmostEqual(figure["low"], float((upper.astype(float) - lower).min()), places=4)

    def test_a_large_raster_is_averaged(self):
        figure = next(one for one in self.page.figures if one["kind"] == "map" and one["name"] == "Slope")
        self.assertEqual((figure["cols"], figure["rows"], figure["dx"]), (300, 40, 90.0))

    def test_the_correlation_table_is_the_file(self):
        with open(self.folder / "c.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        self.assertIn(f"The whole table ({len(rows) - 1} rows, c.csv)", self.page.text)

    def test_the_run_records_are_listed(self):
        self.assertIn("trainmodel", self.page.text)
        self.assertIn("mapproperty", self.page.text)
        self.assertRegex(self.page.text, r"scene\.dat scene [0-9a-f]{16}")

    def test_the_same_inputs_give_the_same_page(self):
        self.must(*self.words, "--title", "A study", "--output", "again.html")
        self.assertEqual((self.folder / "again.html").read_text(encoding="utf-8"), self.html)

    def test_texts_from_files_stay_texts(self):
        model = json.loads((self.folder / "som.json").read_text(encoding="utf-8"))
        model["property"] = EVIL
        model["unit"] = EVIL
        model["samples"]["id"] = [EVIL] * len(model["samples"]["id"])
        model["warnings"] = [EVIL]
        (self.folder / "evil.json").write_text(json.dumps(model), encoding="utf-8")
        (self.folder / "evil.csv").write_text(f'map,factor,zone,pearson,p\n"{EVIL}","{EVIL}","{EVIL}",0.5,0.01\n',
                                              encoding="utf-8")
        source = world.gdal.Open(str(self.folder / "som.tif"))
        dataset = world.gdal.GetDriverByName("GTiff").CreateCopy(str(self.folder / "evil.tif"), source)
        dataset.GetRasterBand(1).SetDescription(EVIL)
        dataset = None
        self.must("report", "--models", "evil.json", "--maps", "evil.tif", "--correlation", "evil.csv", "--title", EVIL,
                  "--output", "evil.html")
        page = Page((self.folder / "evil.html").read_text(encoding="utf-8"))
        self.assertEqual(len(page.scripts), len(self.page.scripts))
        self.assertNotIn("img", [tag for tag, _ in page.elements])
        self.assertEqual(page.inside, [])
        self.assertIn("{{7*7}}", page.text)
        texts = json.dumps(page.figures)
        self.assertNotIn("<img", texts)
        self.assertNotIn("<script", texts)

    def test_a_model_without_samples_or_scores_still_gives_a_page(self):
        model = json.loads((self.folder / "som.json").read_text(encoding="utf-8"))
        for key in ("scores", "samples", "validation", "warnings", "record", "dropped"):
            model.pop(key, None)
        (self.folder / "bare.json").write_text(json.dumps(model), encoding="utf-8")
        self.must("report", "--models", "bare.json", "--output", "bare.html")
        self.assertIn("SOM", Page((self.folder / "bare.html").read_text(encoding="utf-8")).text)

    def test_odd_values_in_a_model_still_give_a_page(self):
        model = json.loads((self.folder / "som.json").read_text(encoding="utf-8"))
        names = []
        for k, odd in enumerate((7, "x", [], [None], {}, {"r2": "high"}, True, [[1, 2], 3])):
            broken = {**model, "scores": odd, "samples": odd, "warnings": odd, "validation": odd, "record": odd, "spatial": odd, "recipes": odd,
                      "dropped": odd}
            names.append(f"odd{k}.json")
            (self.folder / names[-1]).write_text(json.dumps(broken), encoding="utf-8")
        self.must("report", "--models", *names, "--output", "odd.html")
        fusion = json.loads((self.folder / "fusion.json").read_text(encoding="utf-8"))
        for odd in (7, "x", [], {"lab": 1}, {"lab": {"mean": ["a"]}}):
            (self.folder / "odd.json").write_text(json.dumps({**fusion, "diagnosis": odd, "spectra": odd, "warnings": odd}),
                                                  encoding="utf-8")
            with self.subTest(fusion=odd):
                self.must("report", "--fusion", "odd.json", "--output", "odd.html")

    def test_choices_are_shown_with_their_labels(self):
        description = json.loads(self.must("describe", "--json").stdout)
        labels = {(tool["id"], one["id"], choice): label for tool in description["algorithms"] for one in tool["parameters"]
                  for choice, label in zip(one.get("choices", []), one.get("labels", []))}
        self.assertIn(f"features {labels.get(('trainmodel', 'features', 'scene'), 'scene')} ", self.page.text)
        self.assertIn(f"fusion.json · {labels.get(('trainfusion', 'method', 'ds'), 'ds')} ", self.page.text)
        for tool, parameter, choice in (("slope", "unit", "degree"), ("trainmodel", "regressor", "plsr")):
            label = labels.get((tool, parameter, choice))
            self.assertIn(f"{parameter}={choice} ({label})" if label else f"{parameter}={choice} ", self.page.text)

    def test_losses_side_by_side_are_drawn_and_listed(self):
        self.must("trainfusion", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--lab", "lab.csv",
                  "--method", "vae", "--epochs", "20", "--compare_losses", "yes", "--output", "losses.json")
        fusion = json.loads((self.folder / "losses.json").read_text(encoding="utf-8"))
        names = [one["name"] for one in fusion["losses"]]
        self.assertEqual(len(names), 5)
        self.must("report", "--fusion", "losses.json", "--output", "losses.html")
        page = (self.folder / "losses.html").read_text(encoding="utf-8")
        rows = page.split('<table class="losses">')[1].split("</table>")[0].split("<tr>")[2:]
        self.assertEqual([row.split("<td>")[1].split("</td>")[0] for row in rows], names)
        for row, one in zip(rows, fusion["losses"]):
            self.assertEqual("no sample information" in row, one["diagnosis"]["collapsed"])
        self.assertIn("loss, relative to the first epoch", json.dumps(Page(page).figures))
        self.assertNotIn("Losses compared", self.html)
        for odd in (7, "x", [None], [{"name": 3}], [{"name": "a", "curve": [["b"], 2], "diagnosis": 5}]):
            (self.folder / "odd.json").write_text(json.dumps({**fusion, "losses": odd}), encoding="utf-8")
            with self.subTest(losses=odd):
                self.must("report", "--fusion", "odd.json", "--output", "odd.html")

    def test_missing_python_modules_are_named_with_their_packages(self):
        bare = self.folder / "bare-python"
        bare.write_text('#!/bin/sh\nexec /usr/bin/python3 -S "$@"\n', encoding="utf-8")
        bare.chmod(0o755)
        self.refused(kit.FAILED, ["python3-plotly", "python3-jinja2", "jinja2"], *self.words, output="o.html",
                     env={"TILTH_PYTHON": str(bare)})


if __name__ == "__main__":
    unittest.main()
