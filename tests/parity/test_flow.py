# SPDX-License-Identifier: GPL-2.0-or-later
"""Filling and flow on real elevation models against the layers that SAGA 8.5 and TauDEM made from them. Skipped where the shared data
are absent. The shares that are printed are quoted in docs/methods/flow.md."""
import os
import sys
import unittest

import numpy

import study

DATA = os.path.join(study.SHARED, "data")
STEPS = [(-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)]


def layer(*path):
    """Band 1 as float64, NaN at the NoData value of the file, and at the huge or -99999 values of old files."""
    data = study.gdal.Open(os.path.join(DATA, *path))
    band = data.GetRasterBand(1)
    values = band.ReadAsArray().astype(numpy.float64)
    nodata = band.GetNoDataValue()
    if nodata is not None:
        values[numpy.isclose(values, nodata, rtol=1e-6)] = numpy.nan
    values[(values < -9e4) | (values > 1e30)] = numpy.nan
    return values


def neighbours(values):
    """[8, rows, columns] the neighbours N ... NW, NaN outside."""
    padded = numpy.pad(values, 1, constant_values=numpy.nan)
    rows, columns = values.shape
    return numpy.array([padded[1 + r:1 + r + rows, 1 + c:1 + c + columns] for r, c in STEPS])


def downstream_of(seeds, receives):
    """Cells that get water from the seeds; receives[i] marks the cells that pass on to neighbour i."""
    marked = seeds.copy()
    rows, columns = seeds.shape
    while True:
        before = marked.sum()
        for i, (r, c) in enumerate(STEPS):
            source = numpy.pad(marked & receives[i], 1)
            marked = marked | source[1 - r:1 - r + rows, 1 - c:1 - c + columns]
        if marked.sum() == before:
            return marked


@unittest.skipUnless(os.path.isdir(DATA), "SKIPPED: the shared data are not here")
class Flow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = study.folder()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def at(self, name):
        return os.path.join(self.folder.name, name)

    def run_flow(self, dem, **parameters):
        study.tilth("flowaccumulation", dem=os.path.join(DATA, dem), output=self.at("flow.tif"), **parameters)
        return study.read(self.at("flow.tif"), 1).astype(numpy.float64)

    def test_areas_equal_saga(self):
        # SAGA rounds every partial sum to float32: 1e-5 relative is what can be asked of several directions, 1e-7 of one.
        for dem in ("dem_ecuador", "dem_whitebox_90m"):
            for method, name, tolerance in (("d8", "area_d8", 1e-7), ("dinf_saga", "area_dinf", 1e-5), ("mfd", "area_mfd", 1e-5)):
                with self.subTest(dem=dem, method=method):
                    ours = self.run_flow(dem + "/dem.tif", method=method)
                    theirs = layer(dem, "saga85", "saga_" + name + ".tif")
                    self.assertTrue((numpy.isnan(ours) == numpy.isnan(theirs)).all())
                    difference = numpy.nanmax(numpy.abs(ours / theirs - 1.0))
                    print(f"{dem} {method}: largest relative difference from SAGA {difference:.2g}")
                    self.assertLessEqual(difference, tolerance)

    def test_the_lowest_surface_equals_taudem(self):
        for dem in ("dem_taudem_10m", "dem_logan_100m"):
            with self.subTest(dem=dem):
                study.tilth("fillsinks", dem=os.path.join(DATA, dem, "dem.tif"), min_slope=0, output=self.at("filled.tif"))
                ours = study.read(self.at("filled.tif"), 1).astype(numpy.float64)
                theirs = layer(dem, "taudem_fel.tif")
                both = numpy.isfinite(ours) & numpy.isfinite(theirs)
                print(f"{dem} fill: {(ours != theirs)[both].sum()} of {both.sum()} cells differ from TauDEM")
                self.assertTrue((ours == theirs)[both].all())

    def test_angles_and_areas_of_facets_equal_taudem(self):
        fel = os.path.join(DATA, "dem_taudem_10m", "taudem_fel.tif")
        ours = self.run_flow(fel, fill="no", method="dinf_tarboton", unit="cells", directions=self.at("angle.tif"))
        angle = study.read(self.at("angle.tif"), 1).astype(numpy.float64)
        surface = study.read(fel, 1).astype(numpy.float64)
        theirs = layer("dem_taudem_10m", "taudem_ang.tif")
        around = neighbours(surface)
        flat = ~(around < surface).any(axis=0)
        both = numpy.isfinite(angle) & numpy.isfinite(theirs) & (theirs >= 0)
        turn = numpy.abs(numpy.mod(angle - theirs + numpy.pi, 2 * numpy.pi) - numpy.pi)
        off = both & ~flat & (turn > 1e-5)
        print(f"dem_taudem_10m angles: {(both & ~flat).sum()} cells that are not flat, {off.sum()} differ; "
              f"flat cells: {(both & flat).sum()}, {(both & flat & (turn > 1e-5)).sum()} differ")
        # Equal facets are rare but may differ in the last bit.
        self.assertLess(off.sum(), 1e-4 * both.sum())
        area = layer("dem_taudem_10m", "taudem_sca.tif") / 10.0
        area[area < 0] = numpy.nan
        reached = numpy.isfinite(ours) & numpy.isfinite(area)
        # Below flats and other cells that the programs leave on different ways the areas differ, too.
        receives = []
        for i in range(8):
            towards = [numpy.abs(numpy.mod(a - (2 - i) * numpy.pi / 4 + numpy.pi, 2 * numpy.pi) - numpy.pi) < numpy.pi / 4 - 1e-6
                       for a in (angle, theirs)]
            receives.append(towards[0] | towards[1])
        below = downstream_of(both & (turn > 1e-5) | (numpy.isfinite(angle) != numpy.isfinite(theirs)), receives)
        clean = reached & ~below
        relative = numpy.abs(ours / area - 1.0)
        print(f"dem_taudem_10m areas: {clean.sum()} cells not below such cells, largest relative difference {relative[clean].max():.2g}; "
              f"of all {reached.sum()} cells {(relative[reached] < 1e-4).mean():.4f} agree to 1e-4")
        self.assertGreater(clean.sum(), 1000)
        # TauDEM adds float32 numbers.
        self.assertLess(relative[clean].max(), 1e-4)

    def test_published_directions_of_hydrosheds_are_reported(self):
        dem = os.path.join(DATA, "dem_hydrosheds", "dem.tif")
        self.run_flow(dem, min_slope=0, method="d8", edges="drain", unit="cells", directions=self.at("d8.tif"), direction_code="esri")
        ours = study.read(self.at("d8.tif"), 1)
        theirs = study.read(os.path.join(DATA, "dem_hydrosheds", "flowdir_d8.tif"), 1)
        surface = study.read(dem, 1).astype(numpy.float64)
        around = neighbours(surface)
        drop = surface - around
        inner = numpy.isfinite(around).all(axis=0) & numpy.isin(theirs, [2 ** k for k in range(8)])
        length = numpy.array([1, 2 ** 0.5] * 4)[:, None, None]
        ranked = numpy.sort(drop / length, axis=0)
        alone = inner & (ranked[-1] > 0) & (ranked[-1] > ranked[-2] * 1.1)
        flat = inner & (ranked[-1] <= 0)
        print(f"dem_hydrosheds: D8 agrees in {(ours == theirs)[inner].mean():.4f} of {inner.sum()} inner cells, in "
              f"{(ours == theirs)[alone].mean():.4f} of {alone.sum()} with one clearly steepest neighbour, in "
              f"{(ours == theirs)[flat].mean():.4f} of {flat.sum()} flat ones")
        self.assertGreater((ours == theirs)[alone].mean(), 0.9)


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=2).result
    if result.testsRun == len(result.skipped):
        print("SKIPPED: the shared data are not here")
    sys.exit(not result.wasSuccessful())
