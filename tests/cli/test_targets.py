#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Outputs that are no plain files, outputs that are layers of a file with others in it, and what a killed run leaves."""
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import unittest

from osgeo import gdal, ogr

import kit
import world


def layers(path):
    opened = ogr.Open(str(path))
    return {layer.GetName(): layer.GetFeatureCount() for layer in opened}


class Targets(kit.TilthCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        world.write_raster(at / "dem.tif", world.elevation(60, 60))
        world.write_samples(at / "samples.gpkg")
        (at / "lab.csv").write_text("id,400,410,420,430\na,0.1,0.2,0.3,0.4\nb,0.2,0.3,0.4,0.5\n")

    def hidden(self):
        return [path for path in self.folder.rglob(".tilth-*")]

    # --- what is no file ---

    def test_what_is_no_file_is_refused_before_work(self):
        (self.folder / "place.tif").mkdir()
        os.mkfifo(self.folder / "pipe.tif")
        os.symlink("/dev/stdout", self.folder / "out.tif")
        os.symlink("/dev/null", self.folder / "null.tif")
        os.symlink("loop.tif", self.folder / "loop.tif")
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(str(self.folder / "socket.tif"))
        cases = ("-", "/dev/stdout", "/dev/null", "/dev/full", "/dev/fd/1", "/proc/self/fd/1", "/vsimem/o.tif", "/vsistdout/",
                 "/vsizip/o.zip/o.tif", "memory:", "memory:o.tif", "ogr:dbname=x.tif", "https://example.org/o.tif", ".", "..",
                 "sub/", "place.tif", "pipe.tif", "out.tif", "null.tif", "loop.tif", "socket.tif", "no/such/o.tif", "o", "o.",
                 ".tif", "o.xyz", "o.csv", "o.gpkg", "o.tif|layername=x", "o" * 5000 + ".tif")
        for name in cases:
            with self.subTest(name=name[:40]):
                before = self.listing()
                done = self.tilth("slope", "--dem", "dem.tif", "--output", name)
                self.assertIn("output", self.sentence(done))
                self.assertEqual(done.returncode, kit.USAGE)
                self.assertEqual((self.listing(), self.hidden()), (before, []))
                self.assertEqual(done.stdout, "")
        self.assertTrue(os.path.islink(self.folder / "out.tif"))

    def test_every_kind_of_output_has_its_extensions(self):
        for words, good, bad in (
                (("importspectra", "--files", "lab.csv"), "o.csv", ("o", "o.xlsx", "o.tif")),
                (("streams", "--dem", "dem.tif", "--threshold", "50"), "o.gpkg", ("o", "o.kml", "o.csv")),
                (("checkinstall",), "o.csv", ("o.ods", "o.json"))):
            self.must(*words, "--output", good)
            for name in bad:
                with self.subTest(name=name):
                    self.assertIn("wanted a name", self.refused(kit.USAGE, [name], *words, "--output", name))

    def test_a_name_that_is_too_long_for_the_disk_or_for_its_record(self):
        for name in ("o" * 244 + ".tif", "o" * 252 + ".tif", "\u571f" * 84 + ".tif", "o" * 249 + ".dat"):
            with self.subTest(length=len(name)):
                self.refused(kit.USAGE, ["bytes", "wanted at most 247"], "slope", "--dem", "dem.tif", "--output", name)
        name = "o" * 243 + ".dat"
        self.must("slope", "--dem", "dem.tif", "--output", name)
        self.assertTrue((self.folder / f"{name}.aux.xml").is_file())

    def test_names_with_a_colon_or_blanks_are_files(self):
        for name in ("./a:b.tif", "a b.tif", "ä土.tif", "%d.tif", "-o.tif"):
            self.must("slope", "--dem", "dem.tif", f"--output={name}")
            self.assertTrue((self.folder / name).is_file())

    def test_a_link_stands_for_its_target(self):
        (self.folder / "far").mkdir()
        for name, target in (("new.tif", "far/new.tif"), ("old.tif", str(self.folder / "far" / "old.tif"))):
            os.symlink(target, self.folder / name)
            if name == "old.tif":
                (self.folder / "far" / name).write_bytes(kit.OLD)
            self.must("slope", "--dem", "dem.tif", "--output", name)
            self.assertTrue((self.folder / name).is_symlink())
            self.assertIsNotNone(gdal.Open(str(self.folder / "far" / name)))

    def test_a_file_that_is_replaced_keeps_who_may_read_it(self):
        (self.folder / "private.csv").write_bytes(kit.OLD)
        (self.folder / "private.csv").chmod(0o600)
        self.must("importspectra", "--files", "lab.csv", "--output", "private.csv")
        self.assertEqual((self.folder / "private.csv").stat().st_mode & 0o777, 0o600)

    def test_an_envi_name_whose_header_is_taken(self):
        self.must("slope", "--dem", "dem.tif", "--output", "taken.dat")
        self.refused(kit.USAGE, ["taken.bil", "header", "taken.dat"], "slope", "--dem", "dem.tif", "--output", "taken.bil")
        self.must("slope", "--dem", "dem.tif", "--output", "taken.dat")

    # --- layers ---

    def streams(self, *words):
        return self.tilth("streams", "--dem", "dem.tif", "--threshold", "50", *words)

    def container(self, name):
        shutil.copy(self.folder / "samples.gpkg", self.folder / name)
        return self.folder / name

    def test_a_layer_is_added_and_replaced_and_others_stay(self):
        path = self.container("study.gpkg")
        gdal.Translate(str(path), str(self.folder / "dem.tif"), format="GPKG", outputType=gdal.GDT_Byte,
                       creationOptions=["APPEND_SUBDATASET=YES", "RASTER_TABLE=heights"])
        for threshold in ("50", "20"):
            done = self.must("streams", "--dem", "dem.tif", "--threshold", threshold, "--output", "study.gpkg")
            self.assertIn("output: study.gpkg|layername=streams", done.stdout)
            found = layers(path)
            self.assertEqual(found["samples"], 40)
            alone = self.must("streams", "--dem", "dem.tif", "--threshold", threshold, "--output", "alone.gpkg", "--overwrite")
            self.assertIn("output: alone.gpkg\n", alone.stdout)
            self.assertEqual(found["streams"], layers(self.folder / "alone.gpkg")["streams"])
        self.assertIsNotNone(gdal.Open(f"GPKG:{path}:heights"))
        opened = ogr.Open(str(path))
        self.assertIn('"streams"', opened.GetLayerByName("streams").GetMetadataItem("RECORD", "TILTH"))

    def test_outputs_name_their_layers(self):
        for existing in (0, 1):
            path = self.container("named.gpkg") if existing else self.folder / "fresh.gpkg"
            done = self.streams("--output", f"{path}|layername=lines", "--basins", f"{path}|layername=areas")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(set(layers(path)), {"lines", "areas"} | ({"samples"} if existing else set()))

    def test_an_input_layer_of_the_same_file_stays(self):
        path = self.container("both.gpkg")
        points = ogr.Open(str(path), 1)
        layer = points.CreateLayer("outlets", points.GetLayer(0).GetSpatialRef(), ogr.wkbPoint)
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometry(ogr.CreateGeometryFromWkt("POINT (700900 4059100)"))
        layer.CreateFeature(feature)
        del feature, layer, points
        done = self.streams("--outlets", f"{path}|layername=outlets", "--output", str(path))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(set(layers(path)), {"samples", "outlets", "streams"})
        for name in (f"{path}|layername=outlets", f"{path}|layername=OUTLETS"):
            before = self.listing()
            done = self.streams("--outlets", f"{path}|layername=outlets", "--output", name)
            self.assertEqual((done.returncode, self.listing()), (kit.USAGE, before))

    def test_a_layer_of_somebody_else_is_not_replaced_by_chance(self):
        path = self.container("theirs.gpkg")
        base = ogr.Open(str(path), 1)
        base.CopyLayer(base.GetLayer(0), "streams")
        base.ExecuteSQL("CREATE TABLE rivers (a TEXT)")
        del base
        before = self.listing()
        for name, said in (("theirs.gpkg", "tilth did not make"), ("theirs.gpkg|layername=rivers", "no vector layer"),
                           ("theirs.gpkg|layername=gpkg_contents", "gpkg_contents"), ("theirs.gpkg|subset=a", "layername")):
            done = self.streams("--output", name)
            self.assertEqual((done.returncode, self.listing()), (kit.USAGE, before), done.stderr)
            self.assertIn(said, self.sentence(done))
        self.assertEqual(self.streams("--output", "theirs.gpkg|layername=streams").returncode, 0)
        self.assertEqual(layers(path)["samples"], 40)

    def test_styles_that_qgis_keeps_in_the_file_stay(self):
        path = self.container("styled.gpkg")
        self.assertEqual(self.streams("--output", "styled.gpkg").returncode, 0)
        with sqlite3.connect(path) as base:
            base.execute("CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, f_table_name TEXT, styleQML TEXT)")
            base.execute("INSERT INTO layer_styles VALUES (1, 'streams', '<qgis/>'), (2, 'samples', '<qgis/>')")
            wanted = base.execute("SELECT * FROM layer_styles").fetchall()
        base.close()
        self.assertEqual(self.streams("--output", "styled.gpkg").returncode, 0)
        with sqlite3.connect(path) as base:
            self.assertEqual(base.execute("SELECT * FROM layer_styles").fetchall(), wanted)
            self.assertEqual(base.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
        base.close()
        self.assertEqual(self.streams("--output", "styled.gpkg|layername=layer_styles").returncode, kit.USAGE)

    def test_overwrite_replaces_the_whole_file(self):
        path = self.container("whole.gpkg")
        self.assertEqual(self.streams("--output", "whole.gpkg", "--overwrite", "yes").returncode, 0)
        self.assertEqual(list(layers(path)), ["streams"])
        self.assertEqual(self.streams("--output", "first.gpkg").returncode, 0)
        self.assertEqual(path.read_bytes(), (self.folder / "first.gpkg").read_bytes())

    def test_a_full_disk_under_a_container_leaves_it_as_it_was(self):
        path = self.container("full.gpkg")
        before = self.listing()
        for limit in (path.stat().st_size, path.stat().st_size + 4096, path.stat().st_size + 16384):
            done = self.tilth("streams", "--dem", "dem.tif", "--threshold", "10", "--output", "full.gpkg", "--basins",
                              "full.gpkg.shp", "--tree", "full.csv", file_limit=limit)
            self.assertEqual(done.returncode, kit.FAILED, done.stdout + done.stderr)
            self.assertIn("output", self.sentence(done))
            self.assertEqual((self.listing(), self.hidden()), (before, []))

    # --- sets ---

    def test_all_outputs_or_none(self):
        old = {"set.dat": b"old data", "set.hdr": b"old header", "set.dat.aux.xml": b"<old/>", "aspect.tif": b"old aspect"}
        for name, content in old.items():
            (self.folder / name).write_bytes(content)
        before = self.listing()
        done = self.tilth("slope", "--dem", "dem.tif", "--output", "set.dat", "--aspect", "aspect.tif", file_limit=14000)
        self.assertEqual((done.returncode, self.listing(), self.hidden()), (kit.FAILED, before, []))
        self.must("slope", "--dem", "dem.tif", "--output", "set.dat", "--aspect", "aspect.tif")
        self.assertEqual(gdal.Open(str(self.folder / "set.dat")).RasterXSize, 60)

    # --- kills ---

    def test_a_killed_run_leaves_nothing_behind_after_the_next_one(self):
        world.write_raster(self.folder / "large.tif", world.elevation(1500, 1500) / 10.0)
        (self.folder / "kill.dat").write_bytes(kit.OLD)
        before = self.listing()
        for pause in (0.0, 0.05, 0.1, 0.2):
            run = subprocess.Popen([kit.EXE, "flowaccumulation", "--dem", "large.tif", "--output", "kill.dat"],
                                   cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(1000):
                if self.hidden() or run.poll() is not None:
                    break
                time.sleep(0.005)
            time.sleep(pause)
            run.send_signal(signal.SIGKILL)
            run.wait()
            self.assertEqual((self.folder / "kill.dat").read_bytes()[:len(kit.OLD)], kit.OLD)
        self.assertTrue(self.hidden())
        self.must("importspectra", "--files", "lab.csv", "--output", "next.csv")
        (self.folder / "next.csv").unlink()
        self.assertEqual((self.listing(), self.hidden()), (before, []))

    def test_two_runs_that_write_one_file(self):
        commands = [[kit.EXE, "streams", "--dem", "dem.tif", "--threshold", "20", "--quiet", "--output", name]
                    for name in ("race.gpkg", "race.gpkg|layername=other", "race.geojson", "race.geojson") * 3]
        runs = [subprocess.Popen(words, cwd=self.folder, stderr=subprocess.PIPE, text=True) for words in commands]
        ends = [(run.communicate()[1], run.returncode) for run in runs]
        self.assertEqual(ends, [("", 0)] * len(runs))
        wanted = layers(self.folder / "race.geojson")["streams"]
        self.assertEqual(layers(self.folder / "race.gpkg"), {"streams": wanted, "other": wanted})
        self.assertEqual(self.hidden(), [])


if __name__ == "__main__":
    unittest.main()
