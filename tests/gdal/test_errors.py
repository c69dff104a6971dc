# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever is wrong with a virtual raster or its model is one clear sentence, status 1 and no file."""
import json
import os
import re
import unittest

import kit


class Errors(kit.Case):
    def setUp(self):
        super().setUp()
        self.scene = kit.write_scene(self.path("scene.tif"))
        self.model = kit.write_model(self.path("som.json"))
        self.vrt = self.path("som.vrt")
        kit.tilth("makevrt", "--scene", self.scene, "--model", self.model, "--output", self.vrt)

    def change(self, pattern, replacement, count=0):
        """Edits the virtual raster; the pattern must be there."""
        with open(self.vrt, encoding="utf-8") as file:
            text = file.read()
        changed, found = re.subn(pattern, replacement, text, count=count, flags=re.DOTALL)
        self.assertGreater(found, 0, f"{pattern} is not in the virtual raster")
        with open(self.vrt, "w", encoding="utf-8") as file:
            file.write(changed)

    def refuse(self, *words):
        out = self.path("out.tif")
        done = kit.translate(self.vrt, out, "-b", "1")
        self.assertEqual(done.returncode, 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertFalse(os.path.exists(out))

    def test_the_unchanged_one_is_fine(self):
        self.assertEqual(kit.translate(self.vrt, self.path("out.tif")).returncode, 0)

    def test_missing_model(self):
        os.remove(self.model)
        self.refuse("tilth_map", "som.json", "does not exist")

    def test_model_argument_left_out(self):
        self.change(r' model="[^"]*"', "")
        self.refuse("tilth_map", "model is missing")

    def test_model_is_a_folder(self):
        os.remove(self.model)
        os.mkdir(self.model)
        self.refuse("tilth_map", "not a tilth model")

    def test_truncated_model(self):
        size = os.path.getsize(self.model)
        for keep in (0, 1, size // 2, size - 1):
            os.truncate(self.model, keep) if keep < os.path.getsize(self.model) else kit.write_model(self.model)
            os.truncate(self.model, keep)
            self.refuse("tilth_map", "som.json")
            kit.write_model(self.model)

    def test_hostile_model(self):
        whole = json.dumps(kit.model([1.0, 2.0, 3.0, 4.0]))
        for text, word in (("[" * 100000, "nested"), (whole.replace("1.0", "NaN", 1), "som.json"),
                           (whole.replace('"fwhm_nm": [10.0, ', '"fwhm_nm": ["x", '), "fwhm_nm"),
                           (whole.replace('"level": 0.9', '"level": 9'), "level"),
                           (whole.replace('"property",', '"fusion",', 1), "fusion")):
            self.assertNotEqual(text, whole)
            with open(self.model, "w", encoding="utf-8") as file:
                file.write(text)
            self.refuse("tilth_map", word)

    def test_source_left_out(self):
        self.change(r"<SimpleSource>.*?</SimpleSource>", "", count=1)
        self.refuse("tilth_map")

    def test_source_and_its_entries_left_out(self):
        self.change(r"<SimpleSource>.*?</SimpleSource>", "", count=1)
        self.change(r'(scale|offset|src_nodata|wavelength_nm)="[^"]*"', "")
        self.refuse("tilth_map", "4 bands", "3 sources", "makevrt")

    def test_other_transfer_type(self):
        self.change("<SourceTransferType>Float32", "<SourceTransferType>Float64")
        self.refuse("tilth_map", "Float64", "Float32")

    def test_unknown_layer(self):
        self.change('layer="value"', 'layer="middle"')
        self.refuse("tilth_map", "middle", "value, lower, upper, di or applicable")

    def test_number_that_is_none(self):
        self.change('scale="[^"]*"', 'scale="1;5"')
        self.refuse("tilth_map", "scale", "1;5")

    def test_too_many_entries(self):
        self.change('offset="[^"]*"', 'offset="0,0,0,0,0,0"')
        self.refuse("tilth_map", "offset", "6 entries", "4 sources")

    def test_model_of_other_bands_in_the_same_place(self):
        kit.write_model(self.model, [kit.WAVELENGTHS[b] + 1.0 for b in kit.USED])
        self.refuse("tilth_map", "makevrt", "nm")

    def test_model_trained_on_lab_spectra(self):
        kit.write_model(self.model, features="lab")
        self.refuse("tilth_map", "lab spectra")


class MakeVrt(kit.Case):
    def refuse(self, *words, scene, model):
        target = self.path("som.vrt")
        with open(target, "w", encoding="ascii") as file:
            file.write("old")
        done = kit.call(kit.EXE, "makevrt", "--scene", scene, "--model", model, "--output", target)
        self.assertNotEqual(done.returncode, 0)
        for word in words:
            self.assertIn(word, done.stderr)
        with open(target, encoding="ascii") as file:
            self.assertEqual(file.read(), "old")
        self.assertEqual([name for name in os.listdir(self.path("")) if "tilth-" in name], [])

    def test_bands_that_the_scene_lacks_are_named(self):
        self.refuse("2400", scene=kit.write_scene(self.path("s.tif")),
                    model=kit.write_model(self.path("m.json"), [kit.WAVELENGTHS[0], 2400.0]))

    def test_scene_without_wavelengths(self):
        plain = kit.write_scene(self.path("plain.tif"), wavelengths=False)
        self.refuse("wavelength", scene=plain, model=kit.write_model(self.path("m.json")))

    def test_what_is_no_model(self):
        scene = kit.write_scene(self.path("s.tif"))
        self.refuse("model", scene=scene, model=scene)

    def test_slow_layout_is_warned_about(self):
        import numpy as np
        from osgeo import gdal
        path = self.path("wide.tif")
        memory = gdal.GetDriverByName("MEM").Create("", 4, 3, 130, gdal.GDT_Float32)
        for i in range(130):
            band = memory.GetRasterBand(i + 1)
            band.WriteArray(np.full((3, 4), 0.25, np.float32))
            band.SetMetadata({"wavelength": str(400 + 10 * i), "wavelength_units": "nm"})
        for layout, warned in (("PIXEL", True), ("BAND", False)):
            gdal.GetDriverByName("GTiff").CreateCopy(path, memory, options=[f"INTERLEAVE={layout}"])
            model = kit.write_model(self.path("m.json"), [500.0, 700.0])
            done = kit.tilth("makevrt", "--scene", path, "--model", model, "--output", self.path("o.vrt"))
            self.assertEqual("INTERLEAVE=BAND" in done.stdout + done.stderr, warned, layout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
