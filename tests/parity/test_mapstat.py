#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Correlations of maps against published matrices and against the same definitions in numpy."""
import csv
import math
import os
import unittest

import numpy

import study

KLEINAUB = os.path.join(study.SHARED, "data", "soil_kleinaub")


def write(path, layer):
    rows, columns = layer.shape
    data = study.gdal.GetDriverByName("GTiff").Create(path, columns, rows, 1, study.gdal.GDT_Float32)
    data.SetGeoTransform((500000.0, 10.0, 0.0, 4000000.0, 0.0, -10.0))
    data.GetRasterBand(1).WriteArray(layer.astype(numpy.float32))
    data.FlushCache()


def fractal(n, seed, exponent=-1.8):
    """A map whose amplitudes fall with that power of the frequency."""
    amplitude = numpy.hypot(numpy.fft.fftfreq(n)[:, None], numpy.fft.rfftfreq(n)[None, :])
    amplitude[0, 0] = 1.0
    amplitude = amplitude ** exponent
    amplitude[0, 0] = 0.0
    noise = numpy.random.default_rng(seed).normal(size=(n, n))
    return 1000.0 * numpy.fft.irfft2(numpy.fft.rfft2(noise) * amplitude, s=(n, n))


def effective(x, y):
    """Effective sample size of two square maps without holes, by the definition summed over lags."""
    n = x.shape[0]
    cells = float(n * n)
    lag = numpy.minimum(numpy.arange(2 * n), 2 * n - numpy.arange(2 * n))
    distance = numpy.hypot(lag[:, None], lag[None, :])

    def forward(values):
        return numpy.fft.rfft2(values, s=(2 * n, 2 * n))

    def back(spectrum):
        return numpy.fft.irfft2(spectrum, s=(2 * n, 2 * n))

    mask = forward(numpy.ones((n, n)))
    count = numpy.rint(back(numpy.abs(mask) ** 2))
    largest = distance[count > 0].max()
    k = numpy.searchsorted(numpy.arange(1, 13) * largest / 13, distance, side="left")
    away = (distance > 0) & (count > 0)
    pairs = numpy.bincount(k[away], count[away], 13)
    matrices = []
    for values in (x, y):
        centred = values - values.mean()
        sums = back(numpy.abs(forward(centred)) ** 2)
        rho = (numpy.bincount(k[away], sums[away], 13) / pairs / values.var())[k]
        rho[0, 0] = 1.0
        rho[count == 0] = 0.0
        matrices.append(rho)
    rows = [back(numpy.fft.rfft2(rho) * mask)[:n, :n] for rho in matrices]
    total = [row.sum() for row in rows]
    trace = (count * matrices[0] * matrices[1]).sum() + (total[0] * total[1] / cells - 2 * (rows[0] * rows[1]).sum()) / cells
    return 1 + (cells - total[0] / cells) * (cells - total[1] / cells) / trace


class Correlations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = study.folder()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def at(self, name):
        return os.path.join(self.folder.name, name)

    def table(self, maps, factors):
        study.tilth("correlatemaps", maps=maps, factors=factors, halves="no", output=self.at("c.csv"))
        with open(self.at("c.csv"), encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def test_two_independent_fractals_are_worth_few_cells(self):
        x, y = fractal(400, 1), fractal(400, 2)
        write(self.at("x.tif"), x)
        write(self.at("y.tif"), y)
        row = self.table(self.at("x.tif"), self.at("y.tif"))[0]
        wanted = effective(x.astype(numpy.float32).astype(float), y.astype(numpy.float32).astype(float))
        self.assertAlmostEqual(float(row["n_effective"]) / wanted, 1.0, delta=1e-9)
        self.assertLess(float(row["n_effective"]), 60.0)
        self.assertLess(float(row["p_naive"]), 1e-100)
        self.assertGreater(float(row["p"]), 0.001)

    def test_white_noise_is_worth_its_cells(self):
        random = numpy.random.default_rng(7)
        write(self.at("u.tif"), random.normal(size=(30, 30)))
        write(self.at("v.tif"), random.normal(size=(30, 30)))
        row = self.table(self.at("u.tif"), self.at("v.tif"))[0]
        self.assertGreater(float(row["n_effective"]), 870.0)
        self.assertLessEqual(float(row["n_effective"]), 900.0)

    @unittest.skipUnless(os.path.isdir(KLEINAUB), "SKIPPED: the shared soil samples are not here")
    def test_samples_of_klein_aub_give_the_published_matrices(self):
        """Each column of the table becomes a map of one row. Cells are float32, so for the ranks the values are replaced by
        their order, which keeps apart what differs in the last digits of a double."""
        with open(os.path.join(KLEINAUB, "kleinaub_samples.csv"), encoding="utf-8") as file:
            samples = list(csv.DictReader(file))
        self.assertEqual(len(samples), 112)

        def values(name):
            if name in ("aspect_sin", "aspect_cos"):
                part = math.sin if name == "aspect_sin" else math.cos
                return numpy.array([part(math.radians(float(row["Aspect (˚)"]))) for row in samples])
            return numpy.array([float(row[name]) if row[name] else numpy.nan for row in samples])

        for file_name, column in (("published_pearson.csv", "pearson"), ("published_spearman.csv", "spearman")):
            with open(os.path.join(KLEINAUB, file_name), encoding="utf-8") as file:
                published = {row[""]: row for row in csv.DictReader(file)}
            names = list(published)
            paths = []
            for k, name in enumerate(names):
                one = values(name)
                paths.append(self.at(f"k{k}.tif"))
                steps = numpy.where(numpy.isnan(one), numpy.nan, numpy.unique(one, return_inverse=True)[1])
                write(paths[-1], (one - numpy.nanmean(one) if column == "pearson" else steps)[None, :])
            for row in self.table(paths, paths):
                a, b = (names[int(row[side][1:])] for side in ("map", "factor"))
                with self.subTest(file=file_name, a=a, b=b):
                    self.assertAlmostEqual(float(row[column]), float(published[a][b]), delta=1e-6)


if __name__ == "__main__":
    unittest.main()
