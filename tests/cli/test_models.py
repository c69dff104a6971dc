#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Model files of unknown origin: truncated, of wrong types, with huge lengths and numbers that are none."""
import copy
import json
import random
import unittest

import kit
import world


class Models(kit.TilthCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        world.write_scene(at / "scene.dat")
        world.write_samples(at / "samples.gpkg")
        cls.must("trainmodel", "--scene", "scene.dat", "--samples", "samples.gpkg", "--id_field", "id", "--property", "SOM",
                 "--unit", "g/kg", "--repeats", "1", "--output", "som.json")
        cls.text = (at / "som.json").read_text(encoding="utf-8")
        cls.model = json.loads(cls.text)

    def hostile(self, content, output="o.tif"):
        """mapproperty refuses the file and names it."""
        (self.folder / "bad.json").write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return self.refused(kit.FAILED, ["model", "bad.json"], "mapproperty", "--scene", "scene.dat", "--model", "bad.json",
                            output=output)

    def test_the_whole_model_is_taken(self):
        (self.folder / "bad.json").write_text(self.text, encoding="utf-8")
        self.must("mapproperty", "--scene", "scene.dat", "--model", "bad.json", "--output", "good.tif")

    def test_truncated_anywhere(self):
        generator = random.Random(1)
        for length in [0, 1, 2, len(self.text) // 2, len(self.text) - 3] + [generator.randrange(len(self.text))
                                                                            for _ in range(10)]:
            with self.subTest(length=length):
                self.hostile(self.text[:length])

    def test_not_a_model(self):
        for content in (b"\x89PNG\r\n\x1a\n" + bytes(200), b"\xff\xfe\x00", b"[]", b"7", b"null", b'"tilth-model"', b"{}",
                        b'{"format": "geojson"}', b'{"format": "tilth-model", "version": 2, "kind": "property"}',
                        b'{"format": "tilth-model", "version": 1, "kind": "fusion"}'):
            with self.subTest(content=content):
                self.hostile(content)

    def test_deep_nesting(self):
        self.hostile("[" * 200000)
        self.hostile('{"a":' * 100000)

    def test_huge_lengths(self):
        for key in ("wavelength_nm", "folds"):
            broken = copy.deepcopy(self.model)
            broken[key] = [1] * 300000
            with self.subTest(key=key):
                self.hostile(json.dumps(broken))

    def test_numbers_that_are_none(self):
        for word in ("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "0x10", "1,5"):
            broken = copy.deepcopy(self.model)
            broken["model"]["intercept"] = 123454321.5
            with self.subTest(word=word):
                self.hostile(json.dumps(broken).replace("123454321.5", word))

    def test_every_key_of_the_wrong_type_or_missing(self):
        needed = ("property", "unit", "features", "calibration", "log", "level", "wavelength_nm", "fwhm_nm", "model",
                  "folds", "residuals")
        for key in needed:
            for value in (None, "x", 7.5, [], {}, [["x"]], "absent"):
                broken = copy.deepcopy(self.model)
                if value == "absent":
                    del broken[key]
                elif isinstance(value, str) and key in ("property", "unit"):
                    continue
                else:
                    broken[key] = value
                with self.subTest(key=key, value=value):
                    self.hostile(json.dumps(broken))

    def test_lengths_that_do_not_fit_together(self):
        for path in (("model", "scene"), ("residuals", "fold"), ("residuals", "absolute"), ("fwhm_nm",)):
            broken = copy.deepcopy(self.model)
            at = broken
            for key in path[:-1]:
                at = at[key]
            at[path[-1]] = at[path[-1]][:-1]
            with self.subTest(path=path):
                self.hostile(json.dumps(broken))

    def test_doubled_keys(self):
        self.hostile(self.text.replace('"unit"', '"property"', 1))

    def test_modelinfo_refuses_the_same(self):
        (self.folder / "bad.json").write_text(self.text[:300], encoding="utf-8")
        self.refused(kit.FAILED, ["model", "bad.json"], "modelinfo", "--model", "bad.json")

    def test_a_map_is_not_made_with_a_fusion_model_and_the_report_tells_kinds_apart(self):
        (self.folder / "kind.json").write_text('{"format": "tilth-model", "version": 1, "kind": "fusion"}',
                                               encoding="utf-8")
        self.refused(kit.FAILED, ["models", "kind.json", "fusion"], "report", "--models", "kind.json", output="o.html")
        self.refused(kit.FAILED, ["fusion", "som.json", "property"], "report", "--fusion", "som.json", output="o.html")


if __name__ == "__main__":
    unittest.main()
