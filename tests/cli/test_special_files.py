#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pipes, devices and sockets in the place of files are refused before anything is opened, wherever they are named."""
import os
import socket
import subprocess
import unittest

import kit
import world

VRT = """<VRTDataset rasterXSize="28" rasterYSize="24"><SRS>EPSG:32616</SRS>
<GeoTransform>700000, 30, 0, 4060000, 0, -30</GeoTransform><VRTRasterBand dataType="Float32" band="1"><SimpleSource>
<SourceFilename relativeToVRT="1">{}</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"""


class SpecialFiles(kit.TilthCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        world.write_raster(at / "dem.tif", world.elevation(24, 28))
        world.write_scene(at / "scene.dat")
        world.write_samples(at / "samples.gpkg")
        for name in ("pipe.tif", "pipe.json", "pipe.csv", "pipe.gpkg"):
            os.mkfifo(at / name)
        (at / "folder").mkdir()
        os.mkfifo(at / "folder/one.asd")
        (at / "zero.tif").symlink_to("/dev/zero")
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(at / "socket.tif"))
        (at / "one.vrt").write_text(VRT.format("pipe.tif"), encoding="utf-8")
        (at / "two.vrt").write_text(VRT.format("one.vrt"), encoding="utf-8")
        (at / "plain.vrt").write_text(VRT.format("dem.tif"), encoding="utf-8")
        (at / "tilth.vrt").write_text(VRT.format("dem.tif").replace("</VRTRasterBand>", "<PixelFunctionArguments model='pipe.json'/></VRTRasterBand>"), encoding="utf-8")

    @classmethod
    def tilth(cls, *words, **options):
        """As the kit's, but a run that waits for a pipe fails the test instead of holding it up."""
        return subprocess.run([kit.EXE, *map(str, words)], cwd=cls.folder, capture_output=True, encoding="utf-8", timeout=60)

    def test_every_kind_of_input(self):
        samples = ("--samples", "samples.gpkg", "--id_field", "id")
        for wanted, words, output in (
                ("named pipe", ("slope", "--dem", "pipe.tif"), "o.tif"),
                ("device", ("slope", "--dem", "zero.tif"), "o.tif"),
                ("device", ("slope", "--dem", "/dev/null"), "o.tif"),
                ("socket", ("slope", "--dem", "socket.tif"), "o.tif"),
                ("named pipe", ("modelinfo", "--model", "pipe.json"), "o.csv"),
                ("named pipe", ("mapproperty", "--scene", "scene.dat", "--model", "pipe.json"), "o.tif"),
                ("named pipe", ("mapproperty", "--scene", "pipe.tif", "--model", "pipe.json"), "o.tif"),
                ("named pipe", ("summarizesamples", "--samples", "pipe.csv", "--properties", "SOM"), "o.csv"),
                ("named pipe", ("samplespectra", "--scene", "scene.dat", "--samples", "pipe.gpkg"), "o.csv"),
                ("named pipe", ("trainfusion", "--scene", "scene.dat", *samples, "--lab", "pipe.csv"), "o.json"),
                ("named pipe", ("importspectra", "--files", "pipe.csv"), "o.csv"),
                ("named pipe", ("importscene", "--product", "pipe.tif"), "o.tif"),
                ("named pipe", ("sceneinfo", "--scene", "scene.dat", "--bands_csv", "pipe.csv"), "o.csv"),
                ("named pipe", ("correlatemaps", "--maps", "dem.tif", "--factors", "pipe.tif"), "o.csv"),
                ("named pipe", ("report", "--models", "pipe.json"), "o.html")):
            with self.subTest(words=words):
                done = self.tilth(*words, "--output", output)
                self.assertIn(done.returncode, (kit.USAGE, kit.FAILED))
                self.assertIn(wanted, self.sentence(done))
                self.assertFalse((self.folder / output).exists())

    def test_members_of_virtual_rasters(self):
        for name in ("one.vrt", "two.vrt", "tilth.vrt", VRT.format("pipe.tif")):
            with self.subTest(name=name):
                done = self.tilth("slope", "--dem", name, "--output", "o.tif")
                self.assertEqual(done.returncode, kit.USAGE)
                self.assertRegex(self.sentence(done), "dem: .* names 'pipe.(tif|json)', which is a named pipe")
        self.must("slope", "--dem", "plain.vrt", "--output", "fine.tif")

    def test_names_with_a_pipe_inside(self):
        (self.folder / "named.vrt").write_text(VRT.format("vrt://pipe.tif?bands=1"), encoding="utf-8")
        for name in ("vrt://pipe.tif?bands=1", "file://pipe.tif", "named.vrt", " " + VRT.format("pipe.tif")):
            with self.subTest(name=name):
                self.assertIn("named pipe", self.sentence(self.tilth("slope", "--dem", name, "--output", "o.tif")))

    def test_virtual_rasters_that_name_each_other(self):
        """Each is read once: following every path through them would take for ever."""
        sources = "".join(f"<SimpleSource><SourceFilename relativeToVRT='1'>{name}</SourceFilename></SimpleSource>"
                          for name in ("ring.vrt", "turn.vrt", "ring.vrt", "turn.vrt"))
        whole = VRT.format("ring.vrt").replace("</VRTRasterBand>", sources + "</VRTRasterBand>")
        for name in ("ring.vrt", "turn.vrt"):
            (self.folder / name).write_text(whole, encoding="utf-8")
        done = self.tilth("slope", "--dem", "ring.vrt", "--output", "o.tif")
        self.assertNotEqual(done.returncode, 0)

    def test_the_comparison_with_old_outputs_waits_for_no_pipe(self):
        """The files of a run are compared before its work; that must not wait for a pipe either."""
        (self.folder / "old.tif").write_bytes(kit.OLD)
        done = self.tilth("slope", "--dem", "pipe.tif", "--output", "old.tif")
        self.assertIn("named pipe", self.sentence(done))
        self.assertEqual((self.folder / "old.tif").read_bytes(), kit.OLD)


if __name__ == "__main__":
    unittest.main()
