#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Data set strings as QGIS, GDAL and people write them: layers, filters, archives, options. Each is used or refused, and the
command line and JSON agree."""
import csv
import json
import tarfile
import unittest
import zipfile

import kit
import numpy
import world

gdal, ogr = world.gdal, world.ogr
SOILS = [("A", 10.0), ("B", 20.0), ("C", 30.0), ("D", 40.0)]


def cell(k):
    x, y = world.position(3 + 2 * k, 4 + k)
    return f"POINT ({x} {y})"


def write_layer(path, driver, name, rows, kind=ogr.wkbPoint, into=None):
    """A layer with the fields id and SOM; rows are (id, SOM, WKT)."""
    made = into if into is not None else ogr.GetDriverByName(driver).CreateDataSource(str(path))
    out = made.CreateLayer(name, world.crs(), kind)
    for field, type_ in (("id", ogr.OFTString), ("SOM", ogr.OFTReal)):
        out.CreateField(ogr.FieldDefn(field, type_))
    for id_, som, wkt in rows:
        feature = ogr.Feature(out.GetLayerDefn())
        feature["id"], feature["SOM"] = id_, som
        feature.SetGeometry(ogr.CreateGeometryFromWkt(wkt))
        out.CreateFeature(feature)
    return made


class Sources(kit.TilthCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        world.write_raster(at / "scene.tif", world.scene_layers())
        scene = gdal.Open(str(at / "scene.tif"), gdal.GA_Update)
        for number, one in enumerate(world.BANDS, 1):
            scene.GetRasterBand(number).SetMetadata({"wavelength": str(one), "wavelength_units": "nm"})
        scene = None
        rows = [(id_, som, cell(k)) for k, (id_, som) in enumerate(SOILS)]
        made = write_layer(at / "soil.gpkg", "GPKG", "plots", rows)
        write_layer(None, None, "others", [("X", 1.0, cell(0))], into=made)
        write_layer(None, None, "layer_styles", [], ogr.wkbNone, into=made)
        made = None
        for name, driver in (("soil.shp", "ESRI Shapefile"), ("soil.geojson", "GeoJSON"), ("soil.sqlite", "SQLite")):
            made = write_layer(at / name, driver, "soil", rows)
            made = None
        made = write_layer(at / "only.gpkg", "GPKG", "only", rows)
        write_layer(None, None, "layer_styles", [], ogr.wkbNone, into=made)
        x, y = world.position(9, 9)
        made = write_layer(at / "mixed.gpkg", "GPKG", "mixed", [
            *rows[:2], ("L", 5.0, f"LINESTRING ({x} {y}, {x + 30} {y})"), ("M", 7.0, f"MULTIPOINT (({x} {y}))"),
            ("P", 6.0, f"POLYGON (({x} {y}, {x + 90} {y}, {x} {y - 90}, {x} {y}))")], ogr.wkbUnknown)
        made = None
        with zipfile.ZipFile(at / "shapes.zip", "w") as archive:
            for ending in ("shp", "shx", "dbf", "prj"):
                archive.write(at / f"soil.{ending}", f"inside/soil.{ending}")
        for name, members in (("scene.zip", ["scene.tif"]), ("scenes.zip", ["one.tif", "two.tif"])):
            with zipfile.ZipFile(at / name, "w") as archive:
                archive.writestr("readme.txt", "a scene")
                for member in members:
                    archive.write(at / "scene.tif", member)
        with tarfile.open(at / "scene.tar.gz", "w:gz") as archive:
            archive.add(at / "scene.tif", "d/scene.tif")
        (at / "odd|name.tif").write_bytes((at / "scene.tif").read_bytes())

    def sample(self, samples, scene="scene.tif", *words):
        done = self.must("samplespectra", "--scene", scene, "--samples", samples, "--id_field", "id", "--output", "o.csv",
                         *words)
        with open(self.folder / "o.csv", encoding="utf-8", newline="") as file:
            return "".join(row[0] for row in list(csv.reader(file))[1:]), done.stdout

    def refused_sample(self, samples, *wanted, scene="scene.tif"):
        done = self.tilth("samplespectra", "--scene", scene, "--samples", samples, "--id_field", "id", "--output", "o.csv")
        said = self.sentence(done)
        self.assertIn(done.returncode, (kit.USAGE, kit.FAILED))
        for text in wanted:
            self.assertIn(text, said)

    def test_a_layer_by_name_or_number(self):
        for source, ids in (("soil.gpkg|layername=plots", "ABCD"), ("soil.gpkg|layername=others", "X"),
                            ("soil.gpkg|layerid=1", "X"), ("soil.shp|layerid=0", "ABCD"),
                            ("soil.geojson|layername=soil|geometrytype=Point", "ABCD")):
            with self.subTest(source=source):
                self.assertEqual(self.sample(source)[0], ids)
        self.refused_sample("soil.gpkg|layername=plotz", "'plotz'", "plots, others")
        self.refused_sample("soil.gpkg|layerid=9", "number 9", "plots, others")
        self.refused_sample("soil.gpkg|layerid=first", "layerid=first")

    def test_the_layer_that_is_taken_is_logged_where_there_are_several(self):
        ids, log = self.sample("soil.gpkg")
        self.assertEqual(ids, "ABCD")
        self.assertIn("'plots' is read, and '|layername=NAME'", log)
        self.assertNotIn("layername", self.sample("only.gpkg", "scene.tif", "--strict", "yes")[1])
        self.refused(kit.FAILED, ["plots, others", "strict"], "samplespectra", "--scene", "scene.tif", "--samples", "soil.gpkg",
                     "--strict", "yes", output="s.csv")

    def test_a_filter_is_applied_in_every_format(self):
        for file in ("soil.gpkg|layername=plots", "soil.shp", "soil.geojson", "soil.sqlite"):
            for condition, ids in (('"id" = \'B\'', "B"), ("SOM > 15 AND SOM < 35", "BC"), ("id IN ('A','D')", "AD"),
                                   ('"SOM" >= 20|geometrytype=Point', "BCD"), ("", "ABCD")):
                with self.subTest(file=file, condition=condition):
                    self.assertEqual(self.sample(f"{file}|subset={condition}")[0], ids)

    def test_a_whole_query_and_a_mark_inside_a_condition(self):
        self.assertEqual(self.sample("soil.gpkg|subset=SELECT * FROM plots WHERE SOM < 25")[0], "AB")
        self.assertEqual(self.sample("soil.gpkg|layername=plots|subset=\"id\" || '|' = 'C|'")[0], "C")

    def test_a_filter_that_says_nothing_is_refused(self):
        for file in ("soil.gpkg|layername=plots", "soil.shp", "soil.geojson"):
            with self.subTest(file=file):
                self.refused_sample(f'{file}|subset="SOMM" > 15', "SOMM")
                self.refused_sample(f"{file}|subset=SOMM > 15", "SOMM")
                self.refused_sample(f"{file}|subset=SOM > > 15", "SOM > > 15")
                self.refused_sample(f"{file}|subset=SOM > 1000", "keeps no feature")
        self.refused_sample("soil.gpkg|subset=SELECT * FROM nothing", "nothing")
        self.refused_sample("soil.gpkg|layername=plots|filter=SOM > 15", "'|filter=SOM > 15'")

    def test_geometries_of_one_type(self):
        self.assertEqual(self.sample("mixed.gpkg|geometrytype=Point")[0], "ABM")
        self.assertEqual(self.sample("mixed.gpkg|geometrytype=PointZ|subset=SOM < 8")[0], "M")
        self.refused_sample("mixed.gpkg|geometrytype=Circle", "geometrytype=Circle")
        self.refused_sample("mixed.gpkg", "Line String")

    def test_filters_hold_for_zones_and_lines(self):
        x, y = world.position(0, 0)
        half = world.CELL * world.COLUMNS / 2
        box = "POLYGON (({0} {2}, {1} {2}, {1} {3}, {0} {3}, {0} {2}))"
        rows = [("west", 1.0, box.format(x - 20, x + half, y + 20, y - 900)), ("east", 2.0, box.format(x + half, x + 9e3, y + 20, y - 900)),
                ("river", 3.0, f"LINESTRING ({x} {y - 200}, {x + 900} {y - 200})")]
        made = write_layer(self.folder / "shapes.gpkg", "GPKG", "shapes", rows, ogr.wkbUnknown)
        made = None
        world.write_raster(self.folder / "map.tif", world.som_map())
        self.must("correlatemaps", "--maps", "map.tif", "--factors", "scene.tif", "--zones",
                  "shapes.gpkg|layername=shapes|geometrytype=Polygon|subset=SOM = 2", "--zone_field", "id", "--halves", "no",
                  "--output", "c.csv")
        with open(self.folder / "c.csv", encoding="utf-8", newline="") as file:
            self.assertEqual([row["zone"] for row in csv.DictReader(file)], ["whole", "east"])
        self.must("streamprofile", "--map", "map.tif", "--streams", "shapes.gpkg|layername=shapes|geometrytype=LineString",
                  "--placements", "0", "--output", "p.csv")
        self.refused(kit.FAILED, ["Polygon"], "streamprofile", "--map", "map.tif", "--streams", "shapes.gpkg", output="p.csv")

    def test_archives(self):
        self.assertEqual(self.sample("shapes.zip")[0], "ABCD")
        self.assertEqual(self.sample("/vsizip/shapes.zip|subset=SOM > 35")[0], "D")
        self.assertEqual(self.sample("/vsizip/shapes.zip/inside/soil.shp|subset=SOM > 35")[0], "D")
        for scene in ("scene.zip", "scene.tar.gz", "/vsizip/scene.zip", "/vsizip/scene.zip/scene.tif", "/vsitar/scene.tar.gz/d/scene.tif",
                      "/vsizip/{scenes.zip}/two.tif"):
            with self.subTest(scene=scene):
                self.assertEqual(self.sample("soil.shp", scene)[0], "ABCD")
        self.assertIn("'scene.tif' in the archive 'scene.zip' is read", self.sample("soil.shp", "scene.zip")[1])
        self.refused_sample("soil.shp", "2 rasters", "one.tif", "two.tif", scene="scenes.zip")
        self.refused_sample("soil.shp", "no raster", scene="shapes.zip")
        self.refused_sample("scene.zip", "no vector layer")

    def test_databases_as_qgis_writes_them(self):
        source = f"dbname='{self.folder}/soil.sqlite' table=\"soil\" (geometry) sql=SOM > 25"
        self.assertEqual(self.sample(source)[0], "CD")
        self.refused_sample("dbname='d' host=127.0.0.1 port=1 user='me' password='hush' table=\"t\" (g)", "PG:dbname")
        done = self.tilth("samplespectra", "--scene", "scene.tif", "--samples",
                          "dbname='d' host=127.0.0.1 port=1 user='me' password='hush' table=\"t\" (g)", "--output", "o.csv")
        self.assertNotIn("hush", done.stderr + done.stdout)
        self.refused_sample("memory?geometry=Point&crs=EPSG:4326", "temporary layer of QGIS")
        self.refused_sample(f"file://{self.folder}/a.csv?type=csv&xField=x", "delimited text")

    def test_rasters(self):
        self.assertEqual(self.sample("soil.shp", "odd|name.tif")[0], "ABCD")
        self.assertEqual(self.sample("soil.shp", "scene.tif|option:NUM_THREADS=2")[0], "ABCD")
        self.refused_sample("soil.shp", "NUM_FRED", scene="scene.tif|option:NUM_FRED=2")
        self.refused_sample("soil.shp", "subset=", scene="scene.tif|subset=a = 1")
        self.refused_sample("soil.shp", "layername=x", scene="scene.tif|layername=x")
        self.refused_sample("soil.shp", "no file 'gone.nc'", scene='NETCDF:"gone.nc":v')
        self.refused_sample("soil.shp", "no file 'gone.gpkg'", scene="GPKG:gone.gpkg:t")

    def test_readers_of_whole_files_refuse_filters(self):
        world.write_lab(self.folder / "lab.csv")
        world.write_samples(self.folder / "s.gpkg")
        part = "|subset=id = 'S01'"
        for words in (("trainfusion", "--spectra", "lab.csv" + part, "--lab", "lab.csv", "--samples", "s.gpkg", "--id_field", "id", "--output", "o.json"),
                      ("trainfusion", "--spectra", "lab.csv", "--lab", "lab.csv" + part, "--samples", "s.gpkg", "--id_field", "id", "--output", "o.json"),
                      ("spectracorrelation", "--spectra", "lab.csv" + part, "--samples", "s.gpkg", "--id_field", "id", "--property",
                       "SOM", "--output", "o.csv"),
                      ("importspectra", "--files", "lab.csv" + part, "--output", "o.csv"),
                      ("modelinfo", "--model", "lab.csv" + part, "--output", "o.txt"),
                      ("report", "--correlation", "lab.csv" + part, "--output", "o.html")):
            with self.subTest(words=words):
                done = self.tilth(*words)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("subset", self.sentence(done))

    def test_json_means_the_same(self):
        params = {"scene": "scene.tif", "samples": "soil.gpkg|layername=plots|subset=\"id\" = 'B'", "id_field": "id", "output": "j.csv"}
        done = self.tilth("run", "samplespectra", text_in=json.dumps(params))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.sample(params["samples"])
        self.assertEqual((self.folder / "j.csv").read_bytes(), (self.folder / "o.csv").read_bytes())


if __name__ == "__main__":
    unittest.main()
