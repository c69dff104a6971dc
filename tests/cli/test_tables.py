#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tables as people have them: every form of a table of samples leads to the same pixels, every code of missing values to the
same model as an empty cell, and ids meet across the writings of programs; what cannot be understood is refused."""
import csv
import json
import unittest

import numpy as np
from osgeo import gdal, ogr, osr

import kit

gdal.UseExceptions()
NM = (450, 550, 650, 850, 1050, 1250, 1650, 2200)
PLACES = {"A": (3, 2), "B": (15, 7), "C": (9, 18)}  # column, row


def crs(epsg):
    system = osr.SpatialReference()
    system.ImportFromEPSG(epsg)
    system.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return system


def plane():
    return [(name, 500005 + 10 * col, 3999995 - 10 * row) for name, (col, row) in PLACES.items()]


def degrees():
    way = osr.CoordinateTransformation(crs(32633), crs(4326))
    return [(name, *way.TransformPoint(float(x), float(y))[:2]) for name, x, y in plane()]


def parts(value, pattern):
    degree = int(value)
    minute = int((value - degree) * 60)
    return pattern.format(d=degree, m=minute, s=f"{((value - degree) * 60 - minute) * 60:.4f}")


def text(head, rows, separator=","):
    return "".join(separator.join(map(str, row)) + "\n" for row in [head, *rows])


def book(path, driver, sheets):
    """A workbook without a header of GDAL: {name of a sheet: rows}."""
    made = ogr.GetDriverByName(driver).CreateDataSource(str(path))
    for name, rows in sheets.items():
        sheet = made.CreateLayer(name)
        for column in range(len(rows[0])):
            sheet.CreateField(ogr.FieldDefn(f"Field{column + 1}", ogr.OFTString))
        for row in rows:
            feature = ogr.Feature(sheet.GetLayerDefn())
            for column, cell in enumerate(row):
                if cell != "":
                    feature.SetField(column, str(cell))
            sheet.CreateFeature(feature)
        sheet = None
    made = None


class Positions(kit.TilthCase):
    @classmethod
    def prepare(cls):
        cls.cube = (0.1 + 0.3 * np.random.default_rng(1).random((len(NM), 20, 20))).astype("f4")
        made = gdal.GetDriverByName("GTiff").Create(str(cls.folder / "scene.tif"), 20, 20, len(NM), gdal.GDT_Float32)
        made.SetGeoTransform((500000, 10, 0, 4000000, 0, -10))
        made.SetProjection(crs(32633).ExportToWkt())
        for number, layer in enumerate(cls.cube, 1):
            made.GetRasterBand(number).SetMetadataItem("wavelength", str(NM[number - 1]))
            made.GetRasterBand(number).SetMetadataItem("wavelength_units", "nm")
            made.GetRasterBand(number).WriteArray(layer)
        made = None

    def words(self, samples, id_field):
        return ("samplespectra", "--scene", "scene.tif", "--samples", samples, "--bands", "all", "--id_field", id_field)

    def check(self, samples, id_field="id", logged=(), names=None):
        done = self.must(*self.words(samples, id_field), "--output", "o.csv")
        with open(self.folder / "o.csv", encoding="utf-8", newline="") as file:
            rows = {row["id"]: float(row["450"]) for row in csv.DictReader(file)}
        for (_, (col, row)), name in zip(PLACES.items(), names or PLACES):
            self.assertAlmostEqual(rows[name], float(self.cube[0, row, col]), 6)
        for word in logged:
            self.assertIn(word, done.stdout + done.stderr)

    def write(self, content, name="p.csv", encoding="utf-8"):
        (self.folder / name).write_bytes(content.encode(encoding))
        return name

    def test_columns_of_positions_are_known_by_many_names(self):
        x_y = [("x", "y"), ("POINT_X", "POINT_Y"), ("X (m)", "Y (m)"), ("x_coord", "y_coord"), ("coords.x1", "coords.x2"),
               ("Easting", "Northing"), ("UTM_E", "UTM_N"), ("横坐标", "纵坐标"), ("X坐标", "Y坐标"), ("east_32633", "north_32633"),
               ("E", "N"), ("east_m", "north_m"), ("utm_east", "utm_north"), ("Ostwert (m)", "Nordwert (m)")]
        lon_lat = [("lon", "lat"), ("Longitude", "Latitude"), ("GPS_LONG", "GPS_LAT"), ("TH_LONG", "TH_LAT"), ("lng", "lat"),
                   ("decimalLongitude", "decimalLatitude"), ("longitude.point_wgs84_dd", "latitude.point_wgs84_dd"),
                   ("经度", "纬度"), ("东经（°）", "北纬（°）"), ("Länge", "Breite")]
        for names, rows in [(n, plane()) for n in x_y] + [(n, degrees()) for n in lon_lat]:
            with self.subTest(names=names):
                self.check(self.write(text(["id", *names], rows)))

    def test_degrees_minutes_and_seconds_are_read(self):
        for pattern, east, north in (("{d}°{m}'{s}\"", "E", "N"), ("{d} {m} {s} ", "E", "N"), ("{d}:{m}:{s}", "", ""),
                                     ("{d}°{m}′{s}″", "", ""), ("{d}度{m}分{s}秒", "", "")):
            with self.subTest(pattern=pattern):
                rows = [(name, parts(x, pattern) + east, parts(y, pattern) + north) for name, x, y in degrees()]
                self.check(self.write(text(["id", "lon", "lat"], rows, "\t"), "p.tsv"), logged=["degrees, minutes and seconds"])
        self.check(self.write(text(["编号", "东经", "北纬"], [(name, "东经" + parts(x, "{d}°{m}′{s}″"), "北纬" + parts(
            y, "{d}°{m}′{s}″")) for name, x, y in degrees()])), "编号")

    def test_the_crs_is_given_or_deduced(self):
        for head, more, logged in ((("x", "y", "crs"), "EPSG:32633", []), (("x", "y", "EPSG"), "32633", []),
                                   (("x", "y", "utm_zone"), "33N", []), (("x", "y", "utm_zone"), "33", ["the north", "EPSG:32633"])):
            with self.subTest(head=head, more=more):
                self.check(self.write(text(["id", *head], [(*row, more) for row in plane()])), logged=logged)
        self.check(self.write(text(["id", "x", "y"], degrees())), logged=["EPSG:4326 by their size"])
        self.check(self.write(text(["id", "x", "y"], plane())), logged=["assumed to be in that of the raster"])
        self.refused(kit.FAILED, ["several coordinate systems", "EPSG:32633", "EPSG:32634"], *self.words(self.write(text(
            ["id", "x", "y", "crs"], [(*row, f"EPSG:3263{k + 3}") for k, row in enumerate(plane())])), "id"), output="r.csv")

    def test_rows_and_columns_of_the_scene_are_positions(self):
        for head, first in ((("row", "col"), 1), (("row_0", "col_0"), 0), (("行号", "列号"), 1), (("line", "column"), 1)):
            with self.subTest(head=head):
                rows = [(name, row + first, col + first) for name, (col, row) in PLACES.items()]
                self.check(self.write(text(["id", *head], rows)), logged=[f"counted from {first}"])

    def test_positions_that_cannot_be_read_are_not_called_off_the_scene(self):
        cases = [(text(["id", "x", "y"], [(n, "east", "north") for n in "ABC"]), ["none of the 3 positions", "'east'", "line 2"]),
                 (text(["id", "x", "y"], [(n, "", "") for n in "ABC"]), ["none of the 3 positions", "empty"]),
                 (text(["id", "lon", "lat"], [(n, y, x + 100) for n, x, y in degrees()]), ["no latitude"]),
                 (text(["id", "x", "x", "y"], [(n, x, x + 5, y) for n, x, y in plane()]), ["two columns 'x'", "line 2"]),
                 (text(["id", "place"], [(n, "north") for n in "ABC"]), ["no coordinate columns", "lon and lat"])]
        for content, wanted in cases:
            said = self.refused(kit.FAILED, wanted, *self.words(self.write(content), "id"), output="r.csv")
            self.assertNotIn("valid pixel", said)

    def test_codes_are_no_positions(self):
        self.check(self.write(text(["id", "x", "y"], [*plane(), ("D", -9999, -9999), ("E", "NA", "n.d.")])),
                   logged=["-9999 in D", "no position (2 in all): D, E"])

    def test_every_form_of_text_is_the_same_table(self):
        head, rows = ["id", "x", "y"], plane()
        comma = [(n, f"{x},00", f"{y},00") for n, x, y in rows]
        forms = {
            "semicolons": text(head, rows, ";"), "decimal commas": text(head, comma, ";"), "tabs": text(head, rows, "\t"),
            "blanks": text(head, rows, "  "), "sep": "sep=;\n" + text(head, comma, ";"),
            "blank rows": text(head, [*rows, ("", "", ""), ("", "", "")]), "title": "Sampling of 2020\n" + text(head, rows),
            "padded title": "Sampling of 2020,,\n" + text(head, rows), "empty columns": text([*head, "", ""], [(*r, "", "") for r in rows]),
            "quoted": text([f'"{h}"' for h in head], [[f'"{c}"' for c in r] for r in rows]),
            "write.table": text([f'"{h}"' for h in head], [(f'"{k}"', f'"{r[0]}"', *r[1:]) for k, r in enumerate(rows, 1)], " "),
            "thousands": text(head, [(n, f'"{x:,}"', f'"{y:,}"') for n, x, y in rows])}
        for form, content in forms.items():
            with self.subTest(form=form):
                self.check(self.write(content))

    def test_every_encoding_is_recognised_and_logged(self):
        rows = [("土" + n, x, y) for n, x, y in plane()]
        content = text(["样品编号", "x", "y"], rows)
        for encoding, logged in (("utf-8", []), ("utf-8-sig", []), ("utf-16", []), ("utf-16-le", ["UTF-16LE"]), ("gbk", ["GBK"])):
            with self.subTest(encoding=encoding):
                self.check(self.write(content, encoding=encoding), "样品编号", logged, [r[0] for r in rows])
        self.check(self.write(text(["Größe", "x", "y"], [("é" + n, x, y) for n, x, y in plane()]), encoding="latin-1"), "Größe",
                   ["Latin-1"], ["é" + n for n in PLACES])

    def test_workbooks_are_tables(self):
        rows = [["样品编号", "经度", "纬度"], *[list(row) for row in degrees()]]
        for extension, driver in (("xlsx", "XLSX"), ("ods", "ODS")):
            with self.subTest(extension=extension):
                name = f"书.{extension}"
                book(self.folder / name, driver, {"Notes": [["read me"], ["made in 2020"]], "Sheet1": rows, "Sheet2": [["id", "x", "y"], *[list(r) for r in plane()]]})
                self.check(name, "样品编号", ["the sheet 'Sheet1' is read"])
                self.check(f"{name}|layername=Sheet2")
                self.refused(kit.USAGE, ["Sheet3", "Notes, Sheet1, Sheet2"], *self.words(f"{name}|layername=Sheet3", "id"),
                             output="r.csv")

    def layer(self, path, driver, field, points=True, options=()):
        made = ogr.GetDriverByName(driver).CreateDataSource(str(self.folder / path))
        layer = made.CreateLayer("points", crs(32633), ogr.wkbPoint if points else ogr.wkbNone, list(options))
        layer.CreateField(ogr.FieldDefn(field, ogr.OFTString))
        for name in ("x", "y"):
            layer.CreateField(ogr.FieldDefn(name, ogr.OFTReal))
        for number, (name, x, y) in zip((7, 12, 5000000000), plane()):
            feature = ogr.Feature(layer.GetLayerDefn())
            if driver == "GPKG":
                feature.SetFID(number)
            feature[field], feature["x"], feature["y"] = name, x, y
            if points:
                feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POINT ({x} {y})"))
            layer.CreateFeature(feature)
        layer = made = None

    def test_the_key_of_a_layer_is_an_id(self):
        self.layer("key.gpkg", "GPKG", "name")
        self.check("key.gpkg", "fid", names=["7", "12", "5000000000"])
        self.layer("named.gpkg", "GPKG", "name", options=["FID=plot_no"])
        self.check("named.gpkg", "plot_no", names=["7", "12", "5000000000"])
        self.check("named.gpkg", "fid", names=["7", "12", "5000000000"])
        self.layer("key.geojson", "GeoJSON", "name")
        self.check("key.geojson", "fid", names=["0", "1", "2"])

    def test_a_layer_without_geometry_has_columns_of_positions(self):
        self.layer("plain.gpkg", "GPKG", "name", points=False)
        self.check("plain.gpkg", "name")
        self.layer("plain.dbf", "ESRI Shapefile", "name", points=False)
        self.check("plain.dbf", "name")

    def test_shapefiles_without_a_code_page_are_read_by_their_bytes(self):
        for encoding, logged in (("CP936", "GBK"), ("UTF-8", "UTF-8")):
            with self.subTest(encoding=encoding):
                name = f"china_{encoding}"
                self.layer(f"{name}.shp", "ESRI Shapefile", "编号", options=[f"ENCODING={encoding}"])
                self.check(f"{name}.shp", "编号")
                (self.folder / f"{name}.cpg").unlink()
                self.check(f"{name}.shp", "编号", [f"are read as {logged}"])


class Models(kit.TilthCase):
    """Forty spectra that follow a property; every change of the tables leaves the model as it was."""

    @classmethod
    def prepare(cls):
        draw = np.random.default_rng(5)
        cls.nm = np.arange(400, 1301, 20)
        y = 10 + 5 * draw.standard_normal(40)
        dip, hump = np.exp(-((cls.nm - 700) / 60.0) ** 2), np.exp(-((cls.nm - 1000) / 80.0) ** 2)
        r = np.linspace(0.2, 0.5, cls.nm.size) - np.outer(y - 10, 0.01 * dip)
        r = r + np.outer(draw.standard_normal(40), 0.02 * hump) + 0.004 * draw.standard_normal((40, cls.nm.size))
        cls.ids = [f"S{k:02d}" for k in range(1, 41)]
        cls.spectra = [[name, *(f"{v:.6f}" for v in row)] for name, row in zip(cls.ids, r)]
        cls.values = [f"{v:.6f}" for v in y]

    def write(self, name, head, rows, separator=",", encoding="utf-8"):
        (self.folder / name).write_bytes(text(head, rows, separator).encode(encoding))

    def words(self, *more, field="SOM", id_field="id"):
        return ("trainmodel", "--spectra", "s.csv", "--samples", "y.csv", "--id_field", id_field, "--property", field, "--features",
                "scene", "--mnf", "none", "--repeats", "1", "--bootstrap", "100", *more)

    def train(self, ids=None, values=None, spectra=None, head=("id", "SOM"), encoding="utf-8", separator=",", more=(), **options):
        """The model and the log."""
        self.write("s.csv", ["id", *self.nm], spectra or self.spectra)
        self.write("y.csv", head, zip(ids or self.ids, values or self.values), separator, encoding)
        done = self.must(*self.words(*more, **options), "--output", "m.json")
        return json.loads((self.folder / "m.json").read_text(encoding="utf-8")), done.stdout + done.stderr

    def with_values(self, cells):
        return [cells.get(name, value) for name, value in zip(self.ids, self.values)]

    def test_a_code_of_a_property_is_an_empty_cell(self):
        empty, _ = self.train(values=self.with_values({"S04": "", "S18": ""}))
        for code in ("-9999", "-9999.00", "-999", "-99", "-99.99", "-888.88", "-32768", "9999", "-1.23e34", "1e30", "−9999"):
            with self.subTest(code=code):
                model, said = self.train(values=self.with_values({"S04": code, "S18": code}))
                self.assertEqual(model["model"], empty["model"])
                self.assertEqual(model["scores"], empty["scores"])
                self.assertRegex(said, r"2 values of 'SOM' \(.* in S04, .* in S18\) are interpreted as codes of missing values")
        for code in ("NA", "#N/A", "n.d.", "bdl", "  ", "-", "NULL", "未检出"):
            with self.subTest(code=code):
                model, said = self.train(values=self.with_values({"S04": code, "S18": code}))
                self.assertEqual(model["model"], empty["model"])
                self.assertIn("no number in the property field (2 in all): S04, S18", said)

    def test_the_option_settles_what_a_code_is(self):
        cells = self.with_values({"S04": "77.5"})
        kept, _ = self.train(values=cells)
        removed, said = self.train(values=cells, more=("--missing_values", "77.5,-5"))
        self.assertIn("77.5 in S04", said)
        self.assertEqual((len(kept["samples"]["id"]), len(removed["samples"]["id"])), (40, 39))
        kept, _ = self.train(values=self.with_values({"S04": "-9999"}), more=("--missing_values", "none"))
        self.assertEqual(min(kept["samples"]["observed"]), -9999)
        self.refused(kit.FAILED, ["-9999 in S04", "strict"], *self.words("--strict", "yes"), output="r.json")
        doubtful = [f"{3 * float(v) - 30:.4f}" for v in self.values]
        _, said = self.train(values=["-99", *doubtful[1:]])
        self.assertIn("missing_values -99 to leave them out", said)

    def test_one_bad_channel_costs_no_sample(self):
        for code in ("-9999", "-1.23e34", "#N/A", ""):
            with self.subTest(code=code):
                spectra = [list(row) for row in self.spectra]
                spectra[0][4] = spectra[0][5] = spectra[7][20] = code
                model, said = self.train(spectra=spectra)
                self.assertEqual(len(model["samples"]["id"]), 40)
                self.assertIn("3 missing values of 2 spectra (the first is S01 at 460 nm) are filled by a straight line", said)
                self.assertGreater(model["scores"]["mean"]["r2"], 0.95)

    def test_a_long_gap_costs_its_sample_and_an_empty_channel_itself(self):
        spectra = [[row[0], *["-9999" if row[0] == "S01" and k < 9 else v for k, v in enumerate(row[1:])]] for row in self.spectra]
        model, said = self.train(spectra=spectra)
        self.assertIn("no value in a band of the scene (1 in all): S01", said)
        spectra = [[*row[:6], "-9999", *row[7:]] for row in self.spectra]
        model, said = self.train(spectra=spectra)
        self.assertEqual(len(model["samples"]["id"]), 40)
        self.assertIn(f"{len(self.nm) - 1} of {len(self.nm)} bands are used", said)

    def test_a_spectrum_of_zeros_is_no_measurement(self):
        spectra = [[row[0], *["0" if row[0] == "S07" else v for v in row[1:]]] for row in self.spectra]
        model, said = self.train(spectra=spectra)
        self.assertIn("0 in every channel (the first is 'S07')", said)
        rest, _ = self.train(spectra=[row for row in self.spectra if row[0] != "S07"])
        self.assertEqual(model["model"], rest["model"])

    def test_ids_meet_across_their_writings(self):
        plain, _ = self.train()
        numbers = [str(k) for k in range(1, 41)]
        spectra = [[number, *row[1:]] for number, row in zip(numbers, self.spectra)]
        cases = [(None, [n.lower() for n in self.ids]), (None, [n.replace("S", "s ") for n in self.ids]),
                 (None, [f"Hebei_{n}" for n in self.ids]), (spectra, [n.zfill(3) for n in numbers]),
                 (spectra, [f"{n}.0" for n in numbers]), (spectra, [f"P-{n}" for n in numbers])]
        for table, ids in cases:
            with self.subTest(ids=ids[0]):
                model, said = self.train(ids=ids, spectra=table)
                self.assertEqual(model["scores"], plain["scores"])
                self.assertIn("40 of its ids differ only in their writing", said)
                self.assertIn(f"'{ids[0]}'", said)

    def test_ids_that_do_not_meet_are_shown_from_both_sides(self):
        self.train()
        self.write("y.csv", ["id", "SOM"], [("T" + n[1:], v) for n, v in zip(self.ids, self.values)])
        self.refused(kit.FAILED, ["(S01, S02, S03, ...)", "(T01, T02, T03, ...)"], *self.words(), output="r.json")

    def test_the_column_of_ids_of_spectra_is_a_parameter(self):
        plain, _ = self.train()
        self.write("s.csv", ["id", "plot", *self.nm], [[f"L{k}", row[0], *row[1:]] for k, row in enumerate(self.spectra)])
        self.refused(kit.FAILED, ["(L0, L1, L2, ...)", "(S01, S02, S03, ...)"], *self.words(), output="r.json")
        self.must(*self.words("--spectra_id", "sample, plot"), "--output", "m.json")
        model = json.loads((self.folder / "m.json").read_text(encoding="utf-8"))
        self.assertEqual(model["scores"], plain["scores"])
        self.refused(kit.USAGE, ["spectra_id", "no column 'site'", "id, plot, 400"], *self.words("--spectra_id", "site"),
                     output="r.json")

    def test_an_id_twice_in_a_table_of_spectra_is_reported(self):
        plain, _ = self.train()
        _, said = self.train(spectra=[*self.spectra, self.spectra[0]])
        self.assertIn("the first is 'S01', has several spectra in 's.csv', which are averaged", said)
        # As many samples as spectra with one id: they belong together in their order.
        ids = ["S01" if n == "S02" else n for n in self.ids]
        spectra = [[name, *row[1:]] for name, row in zip(ids, self.spectra)]
        model, said = self.train(ids=ids, spectra=spectra)
        self.assertNotIn("averaged", said)
        self.assertEqual(model["samples"]["observed"], plain["samples"]["observed"])

    def test_headings_with_units_commas_and_chinese(self):
        plain, _ = self.train()
        for heading, field, unit in (("SOM (g/kg)", "SOM", "g/kg"), ('"SOM, g/kg"', "SOM", "g/kg"), ('"SOM, g/kg"', "SOM, g/kg", "g/kg"),
                                     ("SOM mg·kg-1", "SOM", "mg·kg-1"), ("有机质（g/kg）", "有机质", "g/kg"), ("SOM %", "SOM", "%")):
            for encoding in ("utf-8", "gb18030", "utf-16"):
                with self.subTest(heading=heading, encoding=encoding):
                    model, said = self.train(head=("编号", heading), field=field, id_field="编号", encoding=encoding)
                    self.assertEqual((model["scores"], model["unit"]), (plain["scores"], unit))

    def test_decimal_commas_of_a_property(self):
        plain, _ = self.train()
        comma = [v.replace(".", ",") for v in self.values]
        for values, separator in ((comma, ";"), (comma, "\t"), ([f'"{v}"' for v in comma], ","),
                                  ([a if k % 2 else b for k, (a, b) in enumerate(zip(comma, self.values))], ";")):
            model, said = self.train(values=values, separator=separator)
            self.assertEqual(model["samples"]["observed"], plain["samples"]["observed"])
            self.assertIn("decimal comma", said)
        self.write("y.csv", ["id", "SOM"], zip(self.ids, comma))
        self.refused(kit.FAILED, ["line 2", "decimal commas", "semicolons"], *self.words(), output="r.json")

    def test_a_sentence_in_chinese_ends_with_a_whole_character(self):
        name = "很长的字段名称土壤有机质含量测定结果第一批次样品数据" * 2
        self.write("s.csv", ["id", *self.nm], self.spectra)
        self.write("y.csv", ["id", name], zip(self.ids, self.with_values({"S04": "-9999"})))
        done = self.must(*self.words(field=name), "--output", "m.json")
        self.assertNotIn("\ufffd", done.stdout + done.stderr)

    def test_files_of_one_name_in_two_folders_stay_apart(self):
        for folder, value in (("2020", 0.1), ("2021", 0.3)):
            (self.folder / "scans" / folder).mkdir(parents=True, exist_ok=True)
            (self.folder / "scans" / folder / "S01.txt").write_text(f"wavelength\tS\n400\t{value}\n410\t{value}\n")
        done = self.must("importspectra", "--files", "scans/2020/S01.txt", "scans/2021/S01.txt", "--output", "i.csv")
        with open(self.folder / "i.csv", encoding="utf-8", newline="") as file:
            rows = {row["id"]: float(row["400"]) for row in csv.DictReader(file)}
        self.assertEqual(rows, {"2020/S01": 0.1, "2021/S01": 0.3})
        self.assertIn("one name in different folders", done.stdout + done.stderr)


class Outlets(kit.TilthCase):
    """Gauges of a stream, whatever their ids are."""

    @classmethod
    def prepare(cls):
        y, x = np.mgrid[0:80, 0:80]
        made = gdal.GetDriverByName("GTiff").Create(str(cls.folder / "dem.tif"), 80, 80, 1, gdal.GDT_Float32)
        made.SetGeoTransform((500000, 30, 0, 4000000, 0, -30))
        made.SetProjection(crs(32633).ExportToWkt())
        made.GetRasterBand(1).WriteArray((180.0 - y + np.abs(x - 40) * 0.9).astype("f4"))
        made = None

    def run_with(self, ids, more=(), head="ID"):
        rows = [(name, 501215, y, "EPSG:32633") for name, y in zip(ids, (3998785, 3997905))]
        (self.folder / "gauges.csv").write_text(text([head, "x", "y", "crs"], rows), encoding="utf-8")
        done = self.must("streams", "--dem", "dem.tif", "--threshold", "100", "--outlets", "gauges.csv", "--output", "s.gpkg",
                         "--snapped", "snapped.gpkg", *more)
        opened = ogr.Open(str(self.folder / "snapped.gpkg"))
        found = [{k: feature[k] for k in feature.keys()} for feature in opened.GetLayer(0)]
        opened = None
        return found, done.stdout + done.stderr

    def test_whole_numbers_of_any_size_are_kept(self):
        for ids in ((7, 12), (5000000001, 5000000002), ("12.0", "7")):
            found, said = self.run_with(ids)
            self.assertEqual([row["ID"] for row in found], [int(float(i)) for i in ids])
            self.assertNotIn("numbered from 1", said)
            self.assertNotIn("name", found[0])

    def test_texts_are_numbered_and_kept_as_names(self):
        for ids, logged in ((("A-7", "B-2"), "'A-7'"), (("水文站一", "水文站二"), "'水文站一'"), ((7, 7), "each there once"),
                            (("1.5", "2.5"), "'1.5'")):
            with self.subTest(ids=ids):
                found, said = self.run_with(ids)
                self.assertEqual([(row["ID"], row["name"]) for row in found], [(1, str(ids[0])), (2, str(ids[1]))])
                self.assertIn("numbered from 1", said)
                self.assertIn(logged, said)

    def test_the_field_of_the_ids_is_a_parameter(self):
        found, _ = self.run_with((70, 80), ("--outlet_id", "gauge"), head="gauge")
        self.assertEqual([row["ID"] for row in found], [70, 80])
        found, said = self.run_with((70, 80), head="gauge")
        self.assertEqual([row["ID"] for row in found], [1, 2])
        self.assertIn("outlet_id chooses a field", said)
        self.refused(kit.USAGE, ["no column 'station'", "gauge, x, y, crs"], "streams", "--dem", "dem.tif", "--threshold", "100",
                     "--outlets", "gauges.csv", "--outlet_id", "station", output="r.gpkg")


if __name__ == "__main__":
    unittest.main()
