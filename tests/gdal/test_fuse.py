# SPDX-License-Identifier: GPL-2.0-or-later
"""A virtual raster of a fusion model has the bytes of fusescene, for any layout of the scene and any way to read it."""
import json
import threading
import unittest

import kit
import numpy as np
from osgeo import gdal

LAYOUTS = {
    "bsq": ("ENVI", "scene.bsq", ["INTERLEAVE=BSQ"]),
    "bil": ("ENVI", "scene.bil", ["INTERLEAVE=BIL"]),
    "bip": ("ENVI", "scene.bip", ["INTERLEAVE=BIP"]),
    "geotiff by band": ("GTiff", "band.tif", ["INTERLEAVE=BAND"]),
    "geotiff by pixel": ("GTiff", "pixel.tif", ["INTERLEAVE=PIXEL"]),
    "geotiff in tiles": ("GTiff", "tiles.tif", ["INTERLEAVE=BAND", "TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16",
                                                "COMPRESS=DEFLATE"]),
}
USED = sorted(kit.USED)
P = len(USED)
CENTRE_IN, CENTRE_OUT = [0.3, 0.32, 0.34, 0.36], [0.2, 0.25, 0.3, 0.35]
SLOPE = [[0.9 - 0.1 * i if i == j else 0.05 * (j - i) for j in range(P)] for i in range(P)]


def write_fusion(path, network=False, shift=0.0):
    """A fusion model of the documented form: direct standardisation, or a small network on top of it."""
    ds = {"lambda": 0.01, "centre_in": CENTRE_IN, "centre_out": [c + shift for c in CENTRE_OUT], "slope": SLOPE}
    transfer = {"kind": "ds", "n_in": P, "n_out": P, "ds": ds}
    options = {"kind": "ds"}
    if network:
        rng = np.random.default_rng(5)
        sizes = ((P, 6), (6, 2), (6, 2), (2, 6), (6, P))
        weights = [w for a, b in sizes for w in rng.normal(size=a * b + b).tolist()]
        vae = {"widths": [6], "latent": 2, "output": "affine", "skip": True, "epochs": 1}
        transfer = {"kind": "vae", "n_in": P, "n_out": P, "ds": ds,
                    "vae": {"options": vae, "weights": weights, "scale_in": [CENTRE_IN, [0.1] * P],
                            "mean_sd": [CENTRE_OUT, [0.05] * P], "curve": [[1.0, 1.0, 1.0, 1.0, 1.0]]}}
        options = {"kind": "vae", "vae": vae}
    content = {"format": "tilth-model", "version": 1, "kind": "fusion", "wavelength_nm": [kit.WAVELENGTHS[b] for b in USED],
               "fwhm_nm": [10.0, 0.0, 10.0, 12.5], "options": options, "transfer": transfer}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file)
    return path


class Fuse(kit.Case):
    def both(self, driver="GTiff", name="scene.tif", options=(), network=False, **more):
        """The raster of fusescene and the virtual raster of one scene."""
        scene = kit.write_scene(self.path(name), driver, options, **more)
        model = write_fusion(self.path("fusion.json"), network)
        tif, vrt = self.path("fused.tif"), self.path("fused.vrt")
        kit.tilth("fusescene", "--scene", scene, "--model", model, "--output", tif)
        kit.tilth("makevrt", "--scene", scene, "--model", model, "--output", vrt)
        return tif, vrt

    def read(self, source, *options):
        """Pixels of a raster after gdal_translate."""
        out = self.path("out.tif")
        done = kit.translate(source, out, *options)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return kit.pixels(out)

    def test_every_layout_whole_in_windows_and_by_pixel(self):
        for layout, (driver, name, options) in LAYOUTS.items():
            with self.subTest(layout):
                tif, vrt = self.both(driver, name, options, network=True)
                whole = kit.pixels(tif)
                self.assertEqual(whole.shape[0], P)
                self.assertSameBytes(self.read(vrt), whole)
                self.assertSameBytes(self.read(vrt, "-co", "INTERLEAVE=BAND"), whole)
                self.assertSameBytes(self.read(vrt, "-b", "3", "-srcwin", "5", "2", "31", "19"), whole[2:3, 2:21, 5:36])
                self.assertSameBytes(self.read(vrt, "--config", "GDAL_SWATH_SIZE", "1000000",
                                               "--config", "GDAL_CACHEMAX", "1"), whole)

    def test_previews_hold_exactly_the_pixels_asked_for(self):
        tif, vrt = self.both(network=True)
        for size in (("20", "11"), ("53", "5"), ("70", "60")):
            self.assertSameBytes(self.read(vrt, "-outsize", *size), self.read(tif, "-outsize", *size))

    def test_a_property_model_over_a_virtual_raster_of_a_fusion_model(self):
        tif, vrt = self.both(network=True)
        model = kit.write_model(self.path("som.json"), [kit.WAVELENGTHS[b] for b in USED], features="fused")
        for scene, name in ((tif, "plain.vrt"), (vrt, "nested.vrt")):
            kit.tilth("makevrt", "--scene", scene, "--model", model, "--output", self.path(name))
        self.assertSameBytes(self.read(self.path("nested.vrt")), self.read(self.path("plain.vrt")))

    def test_values_are_those_of_the_model_written_down_by_hand(self):
        cube = kit.stored_scene()
        _, vrt = self.both(cube=cube)
        got = self.read(vrt)
        x = cube[USED].astype(float) * 1e-4 - np.array(CENTRE_IN)[:, None, None]
        want = np.array(CENTRE_OUT)[:, None, None] + np.tensordot(np.array(SLOPE), x, axes=1)
        missing = (cube[USED] == -32768).any(axis=0)
        self.assertEqual((int(missing.sum()), int(np.isnan(got[0]).sum())), (31, 31))
        self.assertTrue(np.isnan(got[:, missing]).all())
        # Four products in single precision.
        self.assertLess(float(np.abs(got - want)[:, ~missing].max()), 1e-6)

    def test_as_double_in_degraded_resolution_and_with_another_nodata(self):
        tif, vrt = self.both(network=True)
        self.assertSameBytes(self.read(vrt, "-ot", "Float64"), kit.pixels(tif).astype(np.float64))
        half = ("-outsize", "50%", "50%")
        self.assertSameBytes(self.read(vrt, *half), self.read(tif, *half))
        with open(vrt, encoding="utf-8") as file:
            text = file.read()
        with open(vrt, "w", encoding="utf-8") as file:
            file.write(text.replace("<NoDataValue>nan<", "<NoDataValue>-9999<"))
        whole = kit.pixels(tif)
        whole[np.isnan(whole)] = -9999
        self.assertSameBytes(self.read(vrt), whole)

    def test_names_wavelengths_and_place_are_those_of_fusescene(self):
        tif, vrt = (gdal.Open(path) for path in self.both())
        self.assertEqual(vrt.GetGeoTransform(), tif.GetGeoTransform())
        self.assertTrue(vrt.GetSpatialRef().IsSame(tif.GetSpatialRef()))
        for i in range(1, P + 1):
            a, b = vrt.GetRasterBand(i), tif.GetRasterBand(i)
            self.assertEqual(a.GetDescription(), b.GetDescription())
            for key in ("wavelength", "wavelength_units", "fwhm"):
                self.assertEqual(a.GetMetadataItem(key), b.GetMetadataItem(key), key)

    def test_many_threads_and_a_model_that_changes(self):
        tif, vrt = self.both(network=True)
        kit.load_plugin_here()
        whole = kit.pixels(tif)
        wrong = []

        def look(first):
            dataset = gdal.Open(vrt)
            for step in range(8):
                band, row = (first + step) % P, 4 * ((3 * first + step) % 8)
                part = dataset.GetRasterBand(band + 1).ReadAsArray(0, row, 53, 5)
                if part.tobytes() != whole[band, row:row + 5].tobytes():
                    wrong.append((band, row))

        threads = [threading.Thread(target=look, args=(k,)) for k in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])
        write_fusion(self.path("fusion.json"), shift=0.125)
        shifted = gdal.Open(vrt).ReadAsArray()
        write_fusion(self.path("fusion.json"), shift=0.0)
        plain = gdal.Open(vrt).ReadAsArray()
        inside = ~np.isnan(plain)
        self.assertLess(float(np.abs(shifted[inside] - plain[inside] - 0.125).max()), 1e-6)

    def test_what_is_wrong_is_reported_in_one_sentence(self):
        _, vrt = self.both()
        with open(vrt, encoding="utf-8") as file:
            text = file.read()
        other = kit.write_model(self.path("som.json"))
        cases = (('model="fusion.json"', f'model="{other}"', "a fusion model is needed"),
                 ('model="fusion.json"', 'model="fusion.jsonx"', "does not exist"), (' band="2"', ' band="9"', "band is '9'"), (' band="2"', ' band="1.5"', "band is '1.5'"),
                 (' band="2"', "", "band is ''"))
        for old, new, words in cases:
            with self.subTest(new=new):
                with open(self.path("wrong.vrt"), "w", encoding="utf-8") as file:
                    file.write(text.replace(old, new))
                done = kit.translate(self.path("wrong.vrt"), self.path("out.tif"), "-b", "2")
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("tilth_fuse", done.stderr)
                self.assertIn(words, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
