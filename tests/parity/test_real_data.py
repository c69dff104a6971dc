# SPDX-License-Identifier: GPL-2.0-or-later
"""Real scenes and elevation models, and the numbers that SAGA 8.5 gave for them. Skipped where the shared data are absent."""
import csv
import json
import os
import shutil
import sys
import unittest

import numpy

import study

DATA = os.path.join(study.SHARED, "data")


def near(ours, theirs, nodata=-99999.0):
    """Both as float64 with the cells that have a value in both; the masks must agree."""
    ours = ours.astype(numpy.float64)
    theirs = theirs.astype(numpy.float64)
    theirs[theirs == nodata] = numpy.nan
    return ours, theirs


@unittest.skipUnless(os.path.isdir(DATA), "SKIPPED: the shared data are not here")
class RealData(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = study.folder()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def at(self, name):
        return os.path.join(self.folder.name, name)

    def saga(self, name):
        return study.read(os.path.join(DATA, "dem_ecuador/saga85", "saga_" + name + ".tif"), 1)

    def test_enmap_bands_come_in_wavelength_order_with_empty_ones_flagged(self):
        scene = os.path.join(DATA, "scene_enmap_potsdam/enmap_potsdam_64x128.tif")
        study.tilth("sceneinfo", scene=scene, output=self.at("bands.csv"))
        with open(self.at("bands.csv"), encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), 224)
        centres = [float(row["wavelength_nm"]) for row in rows]
        self.assertEqual(centres, sorted(centres))
        bad = {int(row["band"]) for row in rows if row["good"] in ("0", "no")}
        self.assertTrue(set(range(130, 136)) <= bad, bad)

    def test_a_model_trained_on_spectra_of_the_enmap_scene_maps_it(self):
        scene = os.path.join(DATA, "scene_enmap_potsdam/enmap_potsdam_64x128.tif")
        data = study.gdal.Open(scene)
        geo = data.GetGeoTransform()
        land = study.read(os.path.join(DATA, "scene_enmap_potsdam/landcover_64x128.tif"))
        red = data.GetRasterBand(50).ReadAsArray().astype(float)
        infrared = data.GetRasterBand(80).ReadAsArray().astype(float)
        random = numpy.random.default_rng(3)
        rows, columns = numpy.nonzero(land != 6)
        chosen = random.choice(rows.size, 60, replace=False)
        with open(self.at("samples.csv"), "w", encoding="utf-8") as file:
            file.write("id,x,y,index\n")
            for k in chosen:
                r, c = rows[k], columns[k]
                x, y = geo[0] + (c + 0.5) * geo[1], geo[3] + (r + 0.5) * geo[5]
                value = (infrared[r, c] - red[r, c]) / 1000.0
                file.write(f"s{k},{x},{y},{value}\n")
        study.tilth("trainmodel", scene=scene, samples=self.at("samples.csv"), id_field="id", property="index",
                    unit="1", mnf="none", output=self.at("index.json"))
        study.tilth("mapproperty", scene=scene, model=self.at("index.json"), output=self.at("index.tif"))
        value = study.read(self.at("index.tif"), 1)
        truth = (infrared - red) / 1000.0
        good = numpy.isfinite(value) & (land != 6)
        self.assertGreater(good.mean(), 0.5)
        # The property is a linear function of two bands, so PLSR on the bands must find it nearly exactly.
        self.assertGreater(numpy.corrcoef(value[good], truth[good])[0, 1], 0.99)

    def test_a_compressed_scene_is_read_and_nothing_is_left_beside_it(self):
        source = os.path.join(DATA, "scene_berlin/enmap_sim_30m_177b_gzip")
        folder = self.at("gzip")
        os.mkdir(folder)
        for ending in (".bsq", ".hdr"):
            shutil.copy(source + ending, folder)
        scene = os.path.join(folder, os.path.basename(source) + ".bsq")
        study.tilth("sceneinfo", scene=scene, output=self.at("gzip.csv"))
        with open(self.at("gzip.csv"), encoding="utf-8") as file:
            self.assertEqual(sum(row["good"] == "1" for row in csv.DictReader(file)), 175)
        self.assertEqual(len(os.listdir(folder)), 2, os.listdir(folder))

    def test_lab_tables_train_without_scene_and_coordinates(self):
        for table, names, field, least in (("lab_geeves/geeves_asd", "lab_geeves/geeves_asd", "clay_pct", 0.5),
                                           ("chemo_corn/m5spec", "chemo_corn/propvals", "Protein", 0.85)):
            study.tilth("trainmodel", spectra=os.path.join(DATA, table + ".csv"), samples=os.path.join(DATA, names + ".csv"),
                        id_field="id", property=field, repeats=2, output=self.at("lab.json"))
            with open(self.at("lab.json"), encoding="utf-8") as file:
                self.assertGreater(json.load(file)["scores"]["mean"]["r2"], least, field)

    def test_a_skewed_property_whose_logarithm_predicts_badly_is_modelled_without_it(self):
        table = os.path.join(DATA, "lab_nirsoil/nirsoil.csv")
        study.tilth("trainmodel", spectra=table, samples=table, id_field="id", property="C_g_100g", repeats=1,
                    output=self.at("carbon.json"))
        with open(self.at("carbon.json"), encoding="utf-8") as file:
            model = json.load(file)
        # With the logarithm R2 is below -100, because a few predictions are extrapolated.
        self.assertIs(model["log"], False)
        self.assertGreater(model["scores"]["mean"]["r2"], 0.6)

    def test_a_model_trained_on_lab_spectra_resampled_to_the_enmap_bands_maps_the_scene(self):
        scene = os.path.join(DATA, "scene_enmap_potsdam/enmap_potsdam_64x128.tif")
        with open(os.path.join(DATA, "scene_enmap_potsdam/bands.csv"), encoding="utf-8") as file:
            bands = [row for row in csv.DictReader(file) if row["good"] == "1"]
        centre = numpy.array([float(row["wavelength_nm"]) for row in bands])
        sigma = numpy.array([float(row["fwhm_nm"]) for row in bands]) / (2 * numpy.sqrt(2 * numpy.log(2)))
        number = numpy.array([int(row["band"]) for row in bands])
        order = numpy.argsort(centre, kind="stable")
        centre, sigma, number = centre[order], sigma[order], number[order]
        with open(os.path.join(DATA, "lab_geeves/geeves_asd.csv"), encoding="utf-8") as file:
            rows = list(csv.reader(file))
        first = rows[0].index("350")
        lab_nm = numpy.array([float(name) for name in rows[0][first:]])
        carbon = rows[0].index("total_carbon_pct")
        rows = [row for row in rows[1:] if row[carbon]]
        response = numpy.exp(-0.5 * ((lab_nm[:, None] - centre[None, :]) / sigma[None, :]) ** 2)
        spectra = numpy.array([row[first:] for row in rows], dtype=float) @ (response / response.sum(axis=0))
        with open(self.at("lab.csv"), "w", encoding="utf-8") as file:
            file.write("id," + ",".join(f"{c:.9g}" for c in centre) + "\n")
            for row, values in zip(rows, spectra):
                file.write(row[0] + "," + ",".join(f"{v:.9g}" for v in values) + "\n")
        with open(self.at("carbon.csv"), "w", encoding="utf-8") as file:
            file.write("id,carbon\n" + "".join(f"{row[0]},{row[carbon]}\n" for row in rows))
        result = study.tilth("trainmodel", spectra=self.at("lab.csv"), samples=self.at("carbon.csv"), id_field="id",
                             property="carbon", unit="%", log="no", output=self.at("carbon.json"))
        # Half of the variance is asked: that the bands carry the property, not how well.
        self.assertGreater(result["r2"], 0.5)
        study.tilth("mapproperty", scene=scene, model=self.at("carbon.json"), output=self.at("carbon.tif"))
        with open(self.at("carbon.json"), encoding="utf-8") as file:
            model = json.load(file)
        stored = study.read(scene).astype(numpy.float64)
        total = numpy.full(stored.shape[1:], model["model"]["intercept"])
        for wavelength, coefficient in zip(model["wavelength_nm"], model["model"]["scene"]):
            layer = stored[number[numpy.argmin(numpy.abs(centre - wavelength))] - 1]
            total += coefficient * numpy.where(layer == -32768, numpy.nan, layer * 0.0001)
        # One pixel of this scene is 0 in every band that is not NoData; such a pixel is outside the scene.
        total[((stored == 0) | (stored == -32768)).all(axis=0)] = numpy.nan
        value = study.read(self.at("carbon.tif"), 1)
        self.assertTrue((numpy.isnan(value) == numpy.isnan(total)).all())
        self.assertGreater(numpy.isfinite(value).mean(), 0.9)
        # Reflectance and map are float32; the sums of terms of opposite sign lose up to two digits.
        self.assertLess(numpy.nanmax(numpy.abs(value - total) / numpy.maximum(1.0, numpy.abs(total))), 1e-5)

    def test_slope_equals_saga(self):
        dem = os.path.join(DATA, "dem_ecuador/dem.tif")
        study.tilth("slope", dem=dem, output=self.at("slope.tif"))
        ours, theirs = near(study.read(self.at("slope.tif"), 1), self.saga("slope_zt_rad"))
        self.assertTrue((numpy.isnan(ours) == numpy.isnan(theirs)).all())
        self.assertLess(numpy.nanmax(numpy.abs(ours - theirs)), 1e-6)

    def test_filled_surface_equals_saga(self):
        dem = os.path.join(DATA, "dem_ecuador/dem.tif")
        study.tilth("fillsinks", dem=dem, min_slope=0.01, output=self.at("filled.tif"))
        ours, theirs = near(study.read(self.at("filled.tif"), 1), self.saga("fill_wangliu"))
        self.assertTrue((numpy.isnan(ours) == numpy.isnan(theirs)).all())
        self.assertEqual(numpy.nanmax(numpy.abs(ours - theirs)), 0.0)

    def test_the_lowest_filled_surface_equals_taudem(self):
        for name in ("dem_taudem_10m", "dem_logan_100m"):
            study.tilth("fillsinks", dem=os.path.join(DATA, name, "dem.tif"), min_slope=0, output=self.at("lowest.tif"))
            values = study.read(os.path.join(DATA, name, "taudem_fel.tif"), 1).astype(numpy.float64)
            # TauDEM's NoData is -3e38.
            values[values < -1e30] = numpy.nan
            ours = study.read(self.at("lowest.tif"), 1).astype(numpy.float64)
            self.assertTrue((numpy.isnan(ours) == numpy.isnan(values)).all(), name)
            self.assertEqual(numpy.nanmax(numpy.abs(ours - values)), 0.0, name)

    def test_wetness_and_ls_factor_are_their_formulas_on_layers_of_saga(self):
        folder = os.path.join(DATA, "dem_whitebox_90m")
        study.tilth("fillsinks", dem=os.path.join(folder, "dem.tif"), output=self.at("f.tif"))
        study.tilth("slope", dem=self.at("f.tif"), output=self.at("s.tif"), aspect=self.at("a.tif"))
        study.tilth("wetness", dem=os.path.join(folder, "dem.tif"), output=self.at("w.tif"))
        study.tilth("lsfactor", dem=os.path.join(folder, "dem.tif"), output=self.at("l.tif"))
        area = study.read(os.path.join(folder, "saga85/saga_area_mfd.tif"), 1).astype(numpy.float64)
        area[area == -99999.0] = numpy.nan
        slope, aspect, wetness, ls = (study.read(self.at(n), 1).astype(numpy.float64) for n in ("s.tif", "a.tif", "w.tif", "l.tif"))
        # The flow width of a cell of 90 m follows the aspect; a flat cell has the width of its side.
        width = 90.0 * numpy.where(numpy.isnan(aspect), 1.0, numpy.abs(numpy.sin(aspect)) + numpy.abs(numpy.cos(aspect)))
        specific = area / width
        # float32 layers: about 1e-7 of each factor.
        self.assertLess(numpy.nanmax(numpy.abs(wetness - numpy.log(specific / numpy.maximum(numpy.tan(slope), 0.001)))), 1e-5)
        moore = 1.4 * (specific / 22.13) ** 0.4 * (numpy.sin(slope) / 0.0896) ** 1.3
        self.assertLess(numpy.nanmax(numpy.abs(ls - moore) / numpy.maximum(moore, 1e-6)), 1e-5)

    def test_multiple_flow_area_equals_saga(self):
        dem = os.path.join(DATA, "dem_ecuador/dem.tif")
        study.tilth("flowaccumulation", dem=dem, method="mfd", unit="m2", output=self.at("area.tif"))
        ours, theirs = near(study.read(self.at("area.tif"), 1), self.saga("area_mfd"))
        # SAGA rounds every partial sum to float32, so 1e-5 relative is what can be asked for.
        self.assertLess(numpy.nanmax(numpy.abs(ours / theirs - 1.0)), 1e-5)


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=2).result
    if result.testsRun == len(result.skipped):
        print("SKIPPED: the shared data are not here")
    sys.exit(not result.wasSuccessful())
