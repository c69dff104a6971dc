# SPDX-License-Identifier: GPL-2.0-or-later
"""Terrain factors against SAGA 8.5: its stored layers of two real elevation models (where the shared data are), and the
installed saga_cmd (where there is one) on a fractal with NoData and a lake and on terraces of whole metres."""
import os
import shutil
import subprocess
import sys
import unittest

import numpy
from osgeo import gdal, ogr, osr

import study

DATA = os.path.join(study.SHARED, "data")
SAGA = shutil.which("saga_cmd")
HAS_DATA = os.path.isdir(os.path.join(DATA, "dem_ecuador", "saga85"))


def read(path, band=1):
    """A band as float64 with NaN for NoData."""
    data = gdal.Open(path)
    source = data.GetRasterBand(band)
    values = source.ReadAsArray().astype(numpy.float64)
    nodata = source.GetNoDataValue()
    if nodata is not None:
        values[values == nodata] = numpy.nan
    return values


class Comparing(unittest.TestCase):
    def setUp(self):
        self.folder = study.folder()
        self.addCleanup(self.folder.cleanup)

    def at(self, name):
        return os.path.join(self.folder.name, name)

    def check(self, ours, theirs, relative, what, absolute=0.0):
        """Equal NoData, and every difference within the tolerance."""
        self.assertTrue((numpy.isnan(ours) == numpy.isnan(theirs)).all(), what + ": NoData differs")
        self.assertTrue(numpy.isfinite(theirs).any(), what + ": nothing to compare")
        excess = numpy.abs(ours - theirs) - absolute - relative * numpy.abs(theirs)
        self.assertLessEqual(numpy.nanmax(excess), 0.0, what)

    def check_aspect(self, ours, theirs):
        """SAGA stores due north as 2 pi when it rounds up; an angle is compared as a direction."""
        turn = numpy.abs((ours - theirs + numpy.pi) % (2 * numpy.pi) - numpy.pi)
        self.check(turn, 0.0 * theirs, 0.0, "aspect", absolute=1e-6)

    def factors(self, dem, **parameters):
        names = ("filled", "slope", "aspect", "area", "sca", "twi", "ls")
        study.tilth("terrainfactors", dem=dem, **parameters, **{name: self.at(name + ".tif") for name in names})
        return {name: read(self.at(name + ".tif")) for name in names}


@unittest.skipUnless(HAS_DATA, "the shared data are not here")
class StoredLayers(Comparing):
    def each(self):
        for name in ("dem_ecuador", "dem_whitebox_90m"):
            folder = os.path.join(DATA, name)
            with self.subTest(dem=name):
                yield os.path.join(folder, "dem.tif"), lambda layer, folder=folder: read(
                    os.path.join(folder, "saga85", f"saga_{layer}.tif"))

    def test_slope_and_aspect(self):
        for dem, saga in self.each():
            study.tilth("slope", dem=dem, output=self.at("s.tif"), aspect=self.at("a.tif"))
            self.check(read(self.at("s.tif")), saga("slope_zt_rad"), 1e-6, "slope")
            self.check_aspect(read(self.at("a.tif")), saga("aspect_zt_rad"))
            study.tilth("slope", dem=dem, method="horn", output=self.at("s.tif"))
            self.check(read(self.at("s.tif")), saga("slope_horn_rad"), 1e-6, "slope of Horn")

    def test_filled_surface_and_areas(self):
        for dem, saga in self.each():
            ours = self.factors(dem, min_slope=0.01)
            self.check(ours["filled"], saga("fill_wangliu"), 0.0, "fill")
            # SAGA rounds every partial sum to float32.
            self.check(ours["area"], saga("area_mfd"), 1e-5, "area to several neighbours")
            ours = self.factors(dem, min_slope=0.01, routing="d8")
            self.check(ours["area"], saga("area_d8"), 1e-7, "area to one neighbour")

    def test_wetness_and_ls_factor(self):
        """The stored layers divide the area by the side of the cell, and use the slope of the unfilled DEM, so the
        comparison is of the formulas: LS and TWI computed from the stored slope and area in double precision, and ours
        from the filled surface, agree where filling leaves the 3 x 3 window alone."""
        for dem, saga in self.each():
            raw = read(dem)
            untouched = saga("fill_wangliu") == raw
            for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0)):
                moved = numpy.roll(numpy.roll(saga("fill_wangliu") == raw, down, 0), right, 1)
                untouched &= moved | numpy.isnan(numpy.roll(numpy.roll(raw, down, 0), right, 1))
            self.assertGreater(untouched.mean(), 0.5)
            for method, layer in (("moore", "ls_moore"), ("desmet_govers", "ls_desmet"), ("boehner_selige", "ls_boehner")):
                ours = self.factors(dem, min_slope=0.01, ls_method=method, flow_width="cell", compatible="saga")
                theirs = numpy.where(untouched, saga(layer), numpy.nan)
                self.check(numpy.where(untouched, ours["ls"], numpy.nan), theirs, 1e-5, layer)
            theirs = numpy.where(untouched, saga("twi_mfd"), numpy.nan)
            self.check(numpy.where(untouched, ours["twi"], numpy.nan), theirs, 0.0, "twi", absolute=1e-5)

    def test_saga_wetness_index(self):
        for dem, saga in self.each():
            study.tilth("wetness", dem=dem, fill="no", index="saga", output=self.at("w.tif"), area=self.at("a.tif"),
                        catchment_slope=self.at("s.tif"))
            self.check(read(self.at("w.tif")), saga("swi_twi"), 0.0, "index", absolute=1e-5)
            self.check(read(self.at("a.tif")), saga("swi_area"), 1e-5, "area")
            self.check(read(self.at("s.tif")), saga("swi_slope"), 1e-5, "catchment slope")


def fractal(rows, columns, seed):
    """Heights around 500 m whose amplitude falls with the wave number to the power 1.8."""
    n = max(rows, columns)
    random = numpy.random.default_rng(seed)
    wave = numpy.hypot(numpy.fft.fftfreq(n)[:, None], numpy.fft.rfftfreq(n)[None, :])
    wave[0, 0] = 1.0
    amplitude = wave**-1.8
    amplitude[0, 0] = 0.0
    z = numpy.fft.irfft2(amplitude * numpy.exp(2j * numpy.pi * random.random(amplitude.shape)), s=(n, n))
    return 500.0 + 100.0 * z[:rows, :columns] / z.std()


def write(path, z, kind, cell, epsg=32616, corner=(730000.0, 4060000.0)):
    data = gdal.GetDriverByName("GTiff").Create(path, z.shape[1], z.shape[0], 1, kind)
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(epsg)
    data.SetProjection(crs.ExportToWkt())
    data.SetGeoTransform((corner[0], cell, 0.0, corner[1], 0.0, -cell))
    band = data.GetRasterBand(1)
    band.SetNoDataValue(-9999.0)
    band.WriteArray(numpy.where(numpy.isnan(z), -9999.0, z))
    data.FlushCache()


class Turned(Comparing):
    def test_turned_ground_gives_turned_layers(self):
        """Mirrored and turned DEMs: every layer is mirrored and turned, up to the order of sums of shares. One direction
        per cell is tested on the unfilled DEM, because a filled surface has equally steep directions, of which the first is used."""
        ground = fractal(90, 120, 12)
        ground[30:36, 50:60] = numpy.nan
        turns = {"as it is": lambda z: z, "mirrored": numpy.fliplr, "upside down": numpy.flipud, "transposed": numpy.transpose,
                 "turned": lambda z: numpy.rot90(z)}
        straight = None
        for name, turn in turns.items():
            dem = self.at("dem.tif")
            write(dem, turn(ground), gdal.GDT_Float32, 10.0)
            made = self.factors(dem)
            del made["aspect"]
            study.tilth("wetness", dem=dem, fill="no", index="saga", output=self.at("i.tif"))
            study.tilth("wetness", dem=dem, index="topmodel", output=self.at("t.tif"))
            study.tilth("lsfactor", dem=dem, field_based="yes", method="desmet_govers", output=self.at("l.tif"))
            study.tilth("flowaccumulation", dem=dem, fill="no", method="d8", edges="drain", output=self.at("d.tif"),
                        contaminated=self.at("c.tif"))
            study.tilth("streams", dem=dem, fill="no", threshold=60, output=self.at("s.gpkg"), order_raster=self.at("o.tif"))
            made.update({letter: read(self.at(letter + ".tif")) for letter in "itldco"})
            if straight is None:
                straight = made
            for layer, values in made.items():
                self.check(values, turn(straight[layer]), 2e-6, f"{layer}, {name}", absolute=2e-5)


@unittest.skipUnless(SAGA, "saga_cmd is not installed")
class InstalledSaga(Comparing):
    def saga(self, library, tool, **parameters):
        words = [SAGA, "-f=s", library, str(tool)]
        for name, value in parameters.items():
            words += ["-" + name, str(value)]
        done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
        self.assertEqual(done.returncode, 0, done.stdout[-400:])

    def each(self):
        ground = fractal(150, 170, 5)
        ground[50:70, 100:130] = ground[50:70, 100:130].mean()
        ground[90:110, 40:60] = numpy.nan
        ground[10, 150] = numpy.nan
        ground[149, :20] = numpy.nan
        write(self.at("fractal.tif"), ground, gdal.GDT_Float32, 10.0)
        write(self.at("terraces.tif"), numpy.round(fractal(120, 90, 6) / 8.0) * 8.0, gdal.GDT_Int16, 30.0)
        for name in ("fractal.tif", "terraces.tif"):
            with self.subTest(dem=name):
                yield self.at(name)

    def test_curvatures(self):
        names = ("C_GENE", "C_PROF", "C_PLAN", "C_TANG", "C_LONG", "C_CROS", "C_MINI", "C_MAXI", "C_TOTA", "C_ROTO")
        for dem in self.each():
            self.saga("ta_morphometry", 0, ELEVATION=dem, METHOD=6, SLOPE=self.at("ks.tif"), ASPECT=self.at("ka.tif"),
                      **{name: self.at(name + ".tif") for name in names})
            study.tilth("slope", dem=dem, output=self.at("s.tif"), aspect=self.at("a.tif"), curvature=self.at("c.tif"))
            self.check(read(self.at("s.tif")), read(self.at("ks.tif")), 1e-6, "slope")
            self.check_aspect(read(self.at("a.tif")), read(self.at("ka.tif")))
            for band, name in enumerate(names):
                # Where terms cancel to nothing both keep rounding errors of 1e-18.
                self.check(read(self.at("c.tif"), band + 1), read(self.at(name + ".tif")), 1e-6, name, absolute=1e-15)

    def saga_chain(self, dem):
        """Fills with 0.01 degrees, then slope, aspect, area, specific area, wetness index; as kf, ks, ka, kt, kc and ki.tif."""
        self.saga("ta_preprocessor", 4, ELEV=dem, FILLED=self.at("kf.tif"), FDIR=self.at("kd.sgrd"),
                  WSHED=self.at("kw.sgrd"), MINSLOPE=0.01)
        self.saga("ta_morphometry", 0, ELEVATION=self.at("kf.tif"), SLOPE=self.at("ks.tif"), ASPECT=self.at("ka.tif"),
                  METHOD=6, UNIT_SLOPE=0)
        self.saga("ta_hydrology", 0, ELEVATION=self.at("kf.tif"), FLOW=self.at("kt.tif"), METHOD=4, CONVERGENCE=1.1,
                  FLOW_UNIT=1)
        self.saga("ta_hydrology", 19, DEM=self.at("kf.tif"), TCA=self.at("kt.tif"), SCA=self.at("kc.tif"),
                  WIDTH=self.at("kx.tif"), METHOD=2)
        self.saga("ta_hydrology", 20, SLOPE=self.at("ks.tif"), AREA=self.at("kc.tif"), TWI=self.at("ki.tif"), CONV=0,
                  METHOD=0)

    def test_a_dem_in_degrees_on_terms_of_saga(self):
        """SAGA treats degrees as metres. With heights of 0.02 m its numbers are meaningful; ours equal them with compatible saga,
        which logs a warning."""
        ground = 1e-4 * (fractal(110, 130, 8) - 500.0)
        ground[40:50, 60:75] = numpy.nan
        write(self.at("degrees.tif"), ground, gdal.GDT_Float32, 1.0 / 1200.0, 4326, (10.0, 7.0))
        self.saga_chain(self.at("degrees.tif"))
        ours = self.factors(self.at("degrees.tif"), min_slope=0.01, compatible="saga")
        self.check(ours["filled"], read(self.at("kf.tif")), 0.0, "fill")
        self.check(ours["slope"], read(self.at("ks.tif")), 1e-6, "slope")
        self.check(ours["area"], read(self.at("kt.tif")), 1e-5, "area")
        self.check(ours["twi"], read(self.at("ki.tif")), 0.0, "wetness index", absolute=1e-5)
        self.assertGreater(numpy.nanmedian(ours["slope"]), 0.3)

    def test_a_dem_in_degrees_in_true_metres(self):
        """At 6.6 degrees of latitude cells of equal degrees are as high as they are wide, 92.16 m of 1/1200 degree: SAGA's
        numbers for such metres are ours for the degrees, as far as cells change over 0.09 degrees (width by 2e-4)."""
        ground = fractal(110, 130, 8)
        ground[40:50, 60:75] = numpy.nan
        latitude = numpy.radians(6.6)
        w = 1.0 - 0.0066943799901413165 * numpy.sin(latitude) ** 2
        metres = numpy.radians(1.0 / 1200.0) * 6378137.0 * numpy.cos(latitude) / numpy.sqrt(w)
        write(self.at("degrees.tif"), ground, gdal.GDT_Float32, 1.0 / 1200.0, 4326, (10.0, 6.6 + 55.0 / 1200.0))
        write(self.at("metres.tif"), ground, gdal.GDT_Float32, metres)
        self.saga_chain(self.at("metres.tif"))
        ours = self.factors(self.at("degrees.tif"), min_slope=0.01)
        self.check(ours["filled"], read(self.at("kf.tif")), 0.0, "fill", absolute=1e-3)
        slope = numpy.abs(ours["slope"] / read(self.at("ks.tif")) - 1.0)
        self.assertLess(numpy.nanquantile(slope, 0.99), 1e-3)
        twi = numpy.abs(ours["twi"] - read(self.at("ki.tif")))
        self.assertLess(numpy.nanquantile(twi, 0.9), 0.005)

    def test_the_chain_of_factors(self):
        for dem in self.each():
            self.saga_chain(dem)
            for number, method in enumerate(("moore", "desmet_govers", "boehner_selige")):
                self.saga("ta_hydrology", 22, SLOPE=self.at("ks.tif"), AREA=self.at("kc.tif"), LS=self.at("kl.tif"), CONV=0,
                          METHOD=number)
                ours = self.factors(dem, min_slope=0.01, ls_method=method, compatible="saga")
                self.check(ours["ls"], read(self.at("kl.tif")), 1e-5, method)
            self.check(ours["filled"], read(self.at("kf.tif")), 0.0, "fill")
            self.check(ours["slope"], read(self.at("ks.tif")), 1e-6, "slope")
            self.check_aspect(ours["aspect"], read(self.at("ka.tif")))
            self.check(ours["area"], read(self.at("kt.tif")), 1e-5, "area")
            self.check(ours["sca"], read(self.at("kc.tif")), 1e-5, "specific area")
            self.check(ours["twi"], read(self.at("ki.tif")), 0.0, "wetness index", absolute=1e-5)

    def test_saga_wetness_index(self):
        for dem in self.each():
            for number, kind in enumerate(("total", "square_root", "specific")):
                self.saga("ta_hydrology", 15, DEM=dem, TWI=self.at("kw.tif"), AREA=self.at("ka.tif"),
                          AREA_MOD=self.at("km.tif"), SLOPE=self.at("ks.tif"), AREA_TYPE=number)
                study.tilth("wetness", dem=dem, fill="no", index="saga", area_type=kind, output=self.at("w.tif"),
                            area=self.at("a.tif"), modified_area=self.at("m.tif"), catchment_slope=self.at("s.tif"))
                self.check(read(self.at("w.tif")), read(self.at("kw.tif")), 0.0, "index of " + kind, absolute=1e-5)
            for layer in "ams":
                self.check(read(self.at(layer + ".tif")), read(self.at(f"k{layer}.tif")), 1e-5, layer)

    def test_wetness_with_transmissivity_and_of_topmodel(self):
        for dem in self.each():
            z = read(dem)
            cell = gdal.Open(dem).GetGeoTransform()[1]
            random = numpy.random.default_rng(3)
            soil = numpy.exp(random.normal(0.0, 2.0, z.shape))
            soil[0, :5] = (0.0, 1e-5, 0.0005, 0.001, 0.002)
            write(self.at("soil.tif"), soil, gdal.GDT_Float32, cell)
            ours = self.factors(dem, min_slope=0.01)
            for name in ("slope", "sca"):
                write(self.at("k" + name + ".tif"), ours[name], gdal.GDT_Float32, cell)
            for index, number in (("standard", 0), ("topmodel", 1)):
                for extra in ({}, {"transmissivity": self.at("soil.tif")}):
                    self.saga("ta_hydrology", 20, SLOPE=self.at("kslope.tif"), AREA=self.at("ksca.tif"), CONV=0,
                              METHOD=number, TWI=self.at("kw.tif"), **({"TRANS": self.at("soil.tif")} if extra else {}))
                    study.tilth("wetness", dem=dem, index=index, compatible="saga", output=self.at("w.tif"), **extra)
                    theirs = read(self.at("kw.tif"))
                    self.check(read(self.at("w.tif")), theirs, 0.0, index, absolute=1e-5)
            study.tilth("wetness", dem=dem, index="topmodel", transmissivity=self.at("soil.tif"), output=self.at("w.tif"))
            self.assertAlmostEqual(numpy.nanmean(read(self.at("w.tif"))), 0.0, places=5)

    def test_field_based_ls_factor(self):
        for dem in self.each():
            for number, method in enumerate(("moore", "desmet_govers", "boehner_selige")):
                self.saga("ta_hydrology", 25, DEM=dem, LS_FACTOR=self.at("kl.tif"), METHOD=number)
                study.tilth("lsfactor", dem=dem, field_based="yes", compatible="saga", method=method,
                            output=self.at("l.tif"))
                self.check(read(self.at("l.tif")), read(self.at("kl.tif")), 1e-5, method)

    def write_fields(self, dem):
        """Three fields that share borders; much of the DEM belongs to none."""
        data = gdal.Open(dem)
        west, cell, _, north, _, _ = data.GetGeoTransform()
        crs = data.GetSpatialRef()
        source = ogr.GetDriverByName("ESRI Shapefile").CreateDataSource(self.at("fields.shp"))
        layer = source.CreateLayer("fields", crs, ogr.wkbPolygon)
        for ring in (((3, 4), (40, 4), (47, 62), (3, 62)), ((40, 4), (85, 4), (80, 62), (47, 62)),
                     ((12, 62), (62, 62), (70, 117), (12, 110))):
            places = ", ".join(f"{west + (x + 0.3) * cell} {north - (y + 0.3) * cell}" for x, y in ring + ring[:1])
            feature = ogr.Feature(layer.GetLayerDefn())
            feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POLYGON(({places}))"))
            layer.CreateFeature(feature)
        source.FlushCache()
        return self.at("fields.shp")

    def test_field_based_ls_factor_inside_fields(self):
        for dem in self.each():
            fields = self.write_fields(dem)
            for number, method in enumerate(("moore", "desmet_govers", "boehner_selige")):
                for stop in (1, 0):
                    self.saga("ta_hydrology", 25, DEM=dem, FIELDS=fields, LS_FACTOR=self.at("kl.tif"), METHOD=number,
                              STOP_AT_EDGE=stop)
                    study.tilth("lsfactor", dem=dem, field_based="yes", fields=fields, compatible="saga", method=method,
                                stop_at_edge="yes" if stop else "no", output=self.at("l.tif"))
                    theirs = read(self.at("kl.tif"))
                    self.assertGreater(numpy.isnan(theirs).mean(), 0.2)
                    self.check(read(self.at("l.tif")), theirs, 1e-5, f"{method}, stop at edge {stop}")


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=2).result
    if not HAS_DATA and not SAGA:
        print("SKIPPED: neither the shared data nor saga_cmd are here")
    sys.exit(not result.wasSuccessful())
