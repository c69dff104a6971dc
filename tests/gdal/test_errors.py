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
        self.change(r'\smodel="[^"]*"', "")
        self.refuse("tilth_map", "model is missing")

    def test_model_is_a_folder(self):
        os.remove(self.model)
        os.mkdir(self.model)
        self.refuse("tilth_map", "not a tilth model")

    def test_models_and_scenes_that_are_no_files(self):
        """A pipe would be waited for, with all other models held up; a device ends or never does."""
        with open(self.model, "rb") as file:
            whole = file.read()
        os.remove(self.model)
        os.mkfifo(self.model)
        self.refuse("tilth_map", "som.json", "not a tilth model")
        os.remove(self.model)
        os.symlink("/dev/zero", self.model)
        self.refuse("tilth_map", "som.json", "not a tilth model")
        os.remove(self.model)
        with open(self.model, "wb") as file:
            file.write(whole)
        pipe = self.path("pipe.tif")
        os.mkfifo(pipe)
        self.change(r'\sscene="[^"]*"', f' scene="{pipe}"')
        self.change(r'\srelative="1"', ' relative="0"')
        self.change(r'\smodel="[^"]*"', f' model="{self.model}"')
        self.refuse("tilth_map", "pipe.tif", "named pipe")

    def test_unknown_arguments(self):
        with open(self.vrt, encoding="utf-8") as file:
            whole = file.read()
        for wrong in ("src_nodta", "scal", "layr", "src_nodata"):
            self.change(r"\smodel=", f' {wrong}="1" model=', count=1)
            self.refuse("tilth_map", f"no argument '{wrong}'", "layer")
            with open(self.vrt, "w", encoding="utf-8") as file:
                file.write(whole)

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
        self.refuse("tilth_map", "2 sources", "makevrt")

    def test_sources_that_are_no_index_rasters(self):
        self.change("/vsimem/tilth/rows.tif", "/vsimem/tilth/columns.tif", count=1)
        self.refuse("tilth_map", "first two sources", "makevrt")

    def test_index_raster_shifted_beyond_the_scene(self):
        self.change('<SrcRect xOff="0" yOff="0" xSize="53"', '<SrcRect xOff="9" yOff="0" xSize="53"', count=1)
        self.refuse("tilth_map", "first two sources", "53 x 37")

    def test_arguments_left_out(self):
        with open(self.vrt, encoding="utf-8") as file:
            whole = file.read()
        for name in ("model", "scene", "size", "bands", "scene_nm", "wavelength_nm"):
            with self.subTest(name):
                self.change(rf'\s{name}="[^"]*"', "")
                self.refuse("tilth_map", f"argument {name} is missing")
                with open(self.vrt, "w", encoding="utf-8") as file:
                    file.write(whole)

    def test_file_of_an_earlier_version(self):
        """One source per band, and no scene in the arguments."""
        self.change(r'\s(scene|size|bands|scene_nm)="[^"]*"', "")
        self.refuse("tilth_map", "argument scene is missing", "run tilth makevrt again")

    def test_model_with_fewer_bands(self):
        kit.write_model(self.model, [kit.WAVELENGTHS[b] for b in kit.USED[:3]])
        self.refuse("tilth_map", "has 3 bands", "for 4", "makevrt")

    def test_scene_of_another_size(self):
        kit.write_scene(self.scene, cube=kit.stored_scene(40, 60))
        self.refuse("tilth_map", "scene.tif", "makevrt")

    def test_scene_of_fewer_bands(self):
        self.change('bands="10,', 'bands="13,')
        self.refuse("tilth_map", "12 bands", "band 13")

    def test_scene_of_other_wavelengths(self):
        from osgeo import gdal
        dataset = gdal.Open(self.scene, gdal.GA_Update)
        dataset.GetRasterBand(kit.USED[2] + 1).SetMetadataItem("wavelength", "700")
        dataset = None
        self.refuse("tilth_map", "band 5", "700.00 nm", "691.00 nm", "makevrt")

    def test_scene_that_is_gone(self):
        os.remove(self.scene)
        self.refuse("scene.tif")

    def test_scene_that_is_cut_off(self):
        os.truncate(self.scene, os.path.getsize(self.scene) // 2)
        out = self.path("out.tif")
        done = kit.translate(self.vrt, out)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertFalse(os.path.exists(out))

    def test_scene_that_leads_back_to_itself(self):
        self.change(r'\sscene="[^"]*"\s+relative="1"', f' scene="{self.vrt}" relative="0"')
        done = kit.translate(self.vrt, self.path("out.tif"))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertFalse(os.path.exists(self.path("out.tif")))

    def test_other_transfer_type(self):
        self.change("<SourceTransferType>Float32", "<SourceTransferType>Float64")
        self.refuse("tilth_map", "Float64", "Float32")

    def test_unknown_layer(self):
        self.change('layer="value"', 'layer="middle"')
        self.refuse("tilth_map", "middle", "value, lower, upper, di or applicable")

    def test_numbers_that_are_none(self):
        with open(self.vrt, encoding="utf-8") as file:
            whole = file.read()
        for name, wrong, word in (("bands", "1;5,2,3,4", "1;5"), ("bands", "0,2,3,4", "entry 1 is 0"), ("bands", "1.5,2,3,4", "1.5"),
                                  ("bands", "1," * 70000 + "1", "70001"), ("bands", "99999999999,1,2,3", "entry 1"),
                                  ("size", "53,-1", "53,-1"), ("size", "53,1e9", "262144"),
                                  ("scene_nm", "1,2,3", "3 entries"), ("wavelength_nm", "1,2,3,inf", "inf"),
                                  ("size", "37,53", "")):
            with self.subTest(f"{name} {wrong[:20]}"):
                self.change(rf'\s{name}="[^"]*"', f' {name}="{wrong}"')
                self.refuse("tilth_map", name if word else "scene", word)
                with open(self.vrt, "w", encoding="utf-8") as file:
                    file.write(whole)

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

    def test_a_scene_longer_than_the_index_rasters(self):
        from osgeo import gdal
        path = self.path("long.tif")
        dataset = gdal.GetDriverByName("GTiff").Create(path, 300000, 1, 1)
        dataset.GetRasterBand(1).SetMetadata({"wavelength": "500", "wavelength_units": "nm"})
        dataset = None
        self.refuse("300000", "262144", "mapproperty", scene=path, model=kit.write_model(self.path("m.json"), [500.0]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
