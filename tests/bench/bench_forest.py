#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Times regression forests, the small network and the dissimilarity index over pixels against scikit-learn and numpy in
the same run: medians of wall and of processor time, and the ratios of both.

The C side is the program forest_work in this folder (target of the same name). Without scikit-learn (tests/install.sh
bench brings it) or with --peers none only threads are compared. All data are simulated.

    TILTH_BUILD=build/release tests/bench/bench_forest.py                  everything: 100 000 pixels, 3 runs
    ... --only forest --samples 200                                        one row, other samples
    ... --runs 1 --pixels 2048 --peers none                                small: threads do not change a result
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy

WIDTH = 1024


def simulate(n, m, pixels, seed=1):
    """Smooth spectra of eight factors, n with a property and others around them as blocks [m, WIDTH]."""
    random = numpy.random.default_rng(seed)
    at = numpy.linspace(0.0, 1.0, m)
    shapes = numpy.array([numpy.cos((k + 1) * 3.0 * at + k) / (k + 1) for k in range(8)])
    factors = random.normal(size=(n, 8))
    x = 0.3 + 0.05 * factors @ shapes + 0.004 * random.normal(size=(n, m))
    y = 20.0 + 5.0 * factors[:, 2] - 3.0 * factors[:, 4] + 1.5 * random.normal(size=n)
    blocks = max(1, pixels // WIDTH)
    pixel = numpy.empty((blocks, m, WIDTH), dtype=numpy.float32)
    for b in range(blocks):
        mixed = random.normal(size=(WIDTH, 8))
        pixel[b] = (0.3 + 0.05 * mixed @ shapes + 0.004 * random.normal(size=(WIDTH, m))).T
    return x, y, pixel


def timed(work, runs):
    """Median wall and processor seconds of work(), and its last answer."""
    pairs = []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        answer = work()
        pairs.append((time.perf_counter() - wall, time.process_time() - cpu))
    return (statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs)), answer


def own(o, kind, x, y, pixel):
    """Seconds of fit and of all pixels with one and two threads, and the values, which must be the same for both."""
    path = os.path.join(o.folder, kind + ".raw")
    with open(path, "wb") as file:
        x.tofile(file)
        y.tofile(file)
        pixel.tofile(file)
    seconds, values = {}, []
    for threads in (1, 2):
        words = [kind, path, *x.shape, len(pixel), WIDTH, threads, max(o.runs, 3)]
        done = subprocess.run([o.program, *map(str, words)], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        for word in ("fit", "seconds"):
            rows = [[float(number) for number in line.split()[1:]] for line in done.stdout.splitlines() if line.split()[0] == word]
            seconds[word, threads] = tuple(statistics.median(row[k] for row in rows) for k in (0, 1))
        values.append(numpy.fromfile(path + ".out"))
    if values[0].tobytes() != values[1].tobytes():
        raise SystemExit(f"{kind}: two threads compute other values than one")
    return seconds, values[0]


def tell(name, seconds, ours=None, wanted=None):
    wall, cpu = seconds
    ratio = "" if ours is None else f"   {wall / ours[0]:8.1f} x wall {cpu / ours[1]:8.1f} x processor"
    goal = "" if wanted is None else f"   (wanted >= {wanted:g})"
    print(f"{name:46s} {wall * 1e3:11.2f} ms wall {cpu * 1e3:11.2f} ms processor{ratio}{goal}", flush=True)


def tell_own(title, seconds):
    print(title)
    tell("  tilth, fit, one thread", seconds["fit", 1])
    tell("  tilth, pixels, one thread", seconds["seconds", 1])
    tell("  tilth, pixels, two threads", seconds["seconds", 2])


def rows_of(pixel):
    """Pixels as the peers want them: [pixels, m], contiguous."""
    return numpy.ascontiguousarray(pixel.transpose(0, 2, 1)).reshape(-1, pixel.shape[1])


def bench_forest(o):
    x, y, pixel = simulate(o.samples, 285, o.pixels)
    seconds, value = own(o, "forest", x, y, pixel)
    tell_own(f"forest of 500 trees, {o.samples} samples x 285 bands, {value.size} pixels", seconds)
    if o.peers == "none":
        return
    from sklearn.ensemble import RandomForestRegressor
    leaf = 3 if o.samples < 100 else 5
    peer = RandomForestRegressor(n_estimators=500, max_features=95, min_samples_leaf=leaf, random_state=1)
    fit, _ = timed(lambda: peer.fit(x, y), 1)
    tell("  scikit-learn, fit", fit, seconds["fit", 1])
    rows = rows_of(pixel)
    for jobs in (1, 2):
        peer.n_jobs = jobs
        wall, answer = timed(lambda: peer.predict(rows), o.runs)
        tell(f"  scikit-learn, predict, n_jobs = {jobs}", wall, seconds["seconds", jobs], 5)
    print(f"  correlation of both maps {numpy.corrcoef(answer, value)[0, 1]:.4f}")
    if numpy.corrcoef(answer, value)[0, 1] < 0.97:
        raise SystemExit("scikit-learn's forest computes another map")


def bench_net(o):
    x, y, pixel = simulate(61, 30, o.pixels)
    seconds, value = own(o, "net", x, y, pixel)
    tell_own(f"network of 5 starts, 61 samples x 30 bands, {value.size} pixels", seconds)
    if o.peers == "none":
        return
    from sklearn.neural_network import MLPRegressor
    rows = rows_of(pixel)
    z, center, scale = (x - x.mean(0)) / x.std(0), x.mean(0), x.std(0)
    # The maximum number of epochs of ours; scikit-learn has no dropout, so only its speed is comparable.
    peers = [MLPRegressor((64, 32, 16), alpha=1e-4, batch_size=16, learning_rate_init=1e-3, max_iter=500, early_stopping=True,
                          validation_fraction=0.15, n_iter_no_change=40, random_state=s) for s in range(5)]
    fit, _ = timed(lambda: [peer.fit(z, (y - y.mean()) / y.std()) for peer in peers], 1)
    tell("  scikit-learn, fit", fit, seconds["fit", 1])
    wall, answer = timed(lambda: sum(peer.predict((rows - center) / scale) for peer in peers) / 5.0, o.runs)
    tell("  scikit-learn, predict", wall, seconds["seconds", 1])
    del answer


def bench_applicability(o):
    x, y, pixel = simulate(61, 10, o.pixels)
    seconds, value = own(o, "applicability", x, y, pixel)
    tell_own(f"dissimilarity index, 61 samples x 10 scores, {value.size} pixels", seconds)
    rows = rows_of(pixel)
    mean, sd = x.mean(0), x.std(0, ddof=1)
    samples = (x - mean) / sd
    apart = numpy.sqrt(((samples[:, None] - samples[None]) ** 2).sum(2))
    mean_distance = apart.sum() / (61 * 60)

    def product():
        """Squared lengths minus twice the product, block by block: what a careful user of numpy writes."""
        out = numpy.empty(len(rows))
        lengths = (samples**2).sum(1)
        for i in range(0, len(rows), WIDTH):
            z = (rows[i:i + WIDTH] - mean) / sd
            squares = (z**2).sum(1)[:, None] + lengths - 2.0 * (z @ samples.T)
            out[i:i + WIDTH] = numpy.sqrt(numpy.maximum(squares.min(1), 0.0)) / mean_distance
        return out

    wall, answer = timed(product, o.runs)
    tell("  numpy, products", wall, seconds["seconds", 1])
    if numpy.abs(answer - value).max() > 1e-5:
        raise SystemExit(f"numpy differs by up to {numpy.abs(answer - value).max()}")
    if o.peers == "none":
        return
    from sklearn.neighbors import NearestNeighbors
    tree = NearestNeighbors(n_neighbors=1).fit(samples)
    wall, answer = timed(lambda: tree.kneighbors((rows - mean) / sd)[0][:, 0] / mean_distance, o.runs)
    tell("  scikit-learn, NearestNeighbors", wall, seconds["seconds", 1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("forest", "net", "applicability"))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pixels", type=int, default=100352)
    parser.add_argument("--samples", type=int, default=61, help="of the forest")
    parser.add_argument("--peers", choices=("all", "none"), default="all", help="none: without scikit-learn")
    o = parser.parse_args()
    o.program = os.path.join(os.environ.get("TILTH_BUILD", "build"), "tests", "bench", "forest_work")
    if not os.path.exists(o.program):
        raise SystemExit(f"{o.program} is not there; build the target forest_work and set TILTH_BUILD")
    with tempfile.TemporaryDirectory() as o.folder:
        for name, bench in (("forest", bench_forest), ("net", bench_net), ("applicability", bench_applicability)):
            if o.only in (None, name):
                bench(o)


if __name__ == "__main__":
    sys.exit(main())
