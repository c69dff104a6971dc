# SPDX-License-Identifier: GPL-2.0-or-later
"""Four threads of a C program read one virtual raster; in a build with the thread sanitizer a race is a failure."""
import os
import unittest

import kit
import test_fuse


SUPPRESSED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tsan.supp")
os.environ["TSAN_OPTIONS"] = f"suppressions={SUPPRESSED} exitcode=66"  # also for the tilth that makes the VRT


class Threads(kit.Case):
    def race(self, scene, model):
        vrt = self.path("map.vrt")
        kit.tilth("makevrt", "--scene", scene, "--model", model, "--output", vrt)
        done = kit.call(os.environ["TILTH_THREADS"], vrt, scene)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "4 threads, 6 rounds, 0 faults\n", ""))

    def test_a_property_map(self):
        self.race(kit.write_scene(self.path("scene.tif"), cube=kit.stored_scene(120, 90)), kit.write_model(self.path("som.json")))

    def test_lab_like_bands_of_a_tiled_scene(self):
        options = ["TILED=YES", "BLOCKXSIZE=32", "BLOCKYSIZE=32", "COMPRESS=DEFLATE", "INTERLEAVE=PIXEL"]
        self.race(kit.write_scene(self.path("scene.tif"), options=options, cube=kit.stored_scene(70, 90)),
                  test_fuse.write_fusion(self.path("fusion.json"), network=True))


if __name__ == "__main__":
    unittest.main(verbosity=2)
