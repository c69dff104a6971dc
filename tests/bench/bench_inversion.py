#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Times band selection and support vector regression against numpy, scikit-learn and R in the same run: medians of wall and
of processor time, and the ratios of both.

The C side is the program inversion_work in this folder (target of the same name). Peers that are not installed are
left out (tests/install.sh bench brings them). All data are simulated: 61 samples, 570 bands, as many as a lab spectrum
and a scene have together.

    TILTH_BUILD=build/release tests/bench/bench_inversion.py               everything, 5 runs
    ... --only map --pixels 4200000 --runs 1                               one row, at its full size
    ... --runs 1 --pixels 8192 --peers none                                small: threads do not change a result
    OPENBLAS_CORETYPE=SkylakeX ...                                         numpy with the BLAS kernels of the machine
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import numpy

warnings.filterwarnings("ignore", category=FutureWarning)  # PLSRegression.coef_ will be turned one day

SAMPLES, BANDS, FOLDS, STEPS, COMPONENTS = 61, 570, 5, 50, 10
SUPPORT, FEATURES, WIDTH = 60, 51, 2048


def simulate(n=SAMPLES, p=BANDS, seed=1):
    """Smooth spectra of eight factors, the property with two of them and noise."""
    random = numpy.random.default_rng(seed)
    at = numpy.linspace(0.0, 1.0, p)
    factors = random.normal(size=(n, 8))
    shapes = numpy.array([numpy.cos((k + 1) * 3.0 * at + k) / (k + 1) for k in range(8)])
    x = 0.3 + 0.05 * factors @ shapes + 0.002 * random.normal(size=(n, p))
    y = 20.0 + 5.0 * factors[:, 2] - 3.0 * factors[:, 4] + 1.5 * random.normal(size=n)
    return x, y


def clock():
    return time.perf_counter(), time.process_time()


def timed(work, runs):
    """Median wall and processor seconds of work(), and its last answer."""
    pairs = []
    for _ in range(runs):
        wall, cpu = clock()
        answer = work()
        end = clock()
        pairs.append((end[0] - wall, end[1] - cpu))
    return statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs), answer


def own(program, *words):
    """Lines of the C side by their first word, each a list of lists of numbers."""
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    lines = {}
    for line in done.stdout.splitlines():
        word, *numbers = line.split()
        lines.setdefault(word, []).append([float(number) for number in numbers])
    return lines


def median_seconds(lines):
    return tuple(statistics.median(line[k] for line in lines["seconds"]) for k in (0, 1))


def tell(name, seconds, ours=None, wanted=None):
    wall, cpu = seconds
    ratio = "" if ours is None else f"   {wall / ours[0]:8.1f} x wall {cpu / ours[1]:8.1f} x processor"
    goal = "" if wanted is None else f"   (wanted >= {wanted:g})"
    print(f"{name:46s} {wall * 1e3:11.2f} ms wall {cpu * 1e3:11.2f} ms processor{ratio}{goal}", flush=True)


# --- CARS ---


def kernel_pls(x, y, most):
    """Coefficients of 1 .. max_components components, X'y deflated only, with products of whole matrices."""
    mean, mean_y = x.mean(0), y.mean()
    xc = x - mean
    s = xc.T @ (y - mean_y)
    p = x.shape[1]
    loadings, weights, coefficients = numpy.empty((p, most)), numpy.empty((p, most)), numpy.empty((p, most))
    b = numpy.zeros(p)
    for a in range(most):
        w = s / numpy.sqrt(s @ s)
        r = w - weights[:, :a] @ (loadings[:, :a].T @ w)
        t = xc @ r
        tt = t @ t
        loadings[:, a] = xc.T @ t / tt
        weights[:, a] = r
        q = r @ s / tt
        s = s - loadings[:, a] * (q * tt)
        b = b + r * q
        coefficients[:, a] = b
    return coefficients, mean, mean_y


def numpy_errors(x, y, test, learn, most):
    coefficients, mean, mean_y = kernel_pls(x[learn], y[learn], most)
    return (x[test] - mean) @ coefficients + mean_y - y[test][:, None]


def numpy_weights(x, y, most):
    return kernel_pls(x, y, most)[0][:, -1]


def sklearn_errors(x, y, test, learn, most):
    from sklearn.cross_decomposition import PLSRegression
    errors = numpy.empty((len(test), most))
    for a in range(1, most + 1):
        fit = PLSRegression(n_components=a, scale=False).fit(x[learn], y[learn])
        errors[:, a - 1] = fit.predict(x[test])[:, 0] - y[test]
    return errors


def sklearn_weights(x, y, most):
    from sklearn.cross_decomposition import PLSRegression
    return PLSRegression(n_components=most, scale=False).fit(x, y).coef_.ravel()


def cars_run(x, y, errors_of, weights_of, seed):
    """One run as in core/inversion/cars.h. Returns the RMSECV of every step and the sum of the numbers of bands."""
    random = numpy.random.default_rng(seed)
    n, p = x.shape
    x = (x - x.mean(0)) / x.std(0, ddof=1)
    fold = numpy.arange(n) % FOLDS
    ratio = numpy.log(p / 2.0) / (STEPS - 1)
    first = (p / 2.0) ** (1.0 / (STEPS - 1))
    members = numpy.arange(p)
    curve, bands = [], 0
    for step in range(STEPS):
        bands += len(members)
        part = x[:, members]
        most = min(COMPONENTS, len(members))
        squares = numpy.zeros(most)
        for k in range(FOLDS):
            squares += (errors_of(part, y, numpy.flatnonzero(fold == k), numpy.flatnonzero(fold != k), most) ** 2).sum(0)
        curve.append(numpy.sqrt(squares.min() / n))
        rows = random.permutation(n)[: int(0.8 * n)]
        weight = numpy.abs(weights_of(part[rows], y[rows], most))
        count = max(2, int(numpy.floor(p * first * numpy.exp(-ratio * (step + 2)) + 0.5)))
        kept = numpy.argsort(-weight, kind="stable")[:count]
        share = weight[kept] / weight[kept].sum()
        members = members[numpy.unique(random.choice(kept, size=p, p=share))]
    return curve, bands


def bench_cars(o):
    x, y = simulate()
    path = os.path.join(o.folder, "cars.raw")
    numpy.concatenate([x.ravel(), y]).tofile(path)
    lines = own(o.program, "cars", path, SAMPLES, BANDS, max(o.runs, 3))
    ours = median_seconds(lines)
    print(f"CARS, one run, {SAMPLES} x {BANDS}, {STEPS} steps, {FOLDS} folds, {COMPONENTS} components")
    tell("  tilth, one thread", ours)
    wall, cpu, (curve, bands) = timed(lambda: cars_run(x, y, numpy_errors, numpy_weights, 1), o.runs)
    # The first step knows no random draw: both must have the same RMSECV there.
    if abs(curve[0] / lines["first"][0][0] - 1.0) > 1e-8:
        raise SystemExit(f"RMSECV of all bands: {lines['first'][0][0]} here, {curve[0]} with numpy")
    print(f"  bands of all steps together: {lines['bands'][0][0]:.0f} here, {bands} with numpy")
    tell("  numpy, kernel PLS on matrices", (wall, cpu), ours, 8)
    if o.peers != "none":
        wall, cpu, _ = timed(lambda: cars_run(x, y, sklearn_errors, sklearn_weights, 1), 1)
        tell("  scikit-learn, PLSRegression per component", (wall, cpu), ours, 100)
        # One fit with all components serves all numbers of them when the caller knows how.
        wall, cpu, _ = timed(lambda: cars_run(x, y, sklearn_once, sklearn_weights, 1), 1)
        tell("  scikit-learn, one PLSRegression per fold", (wall, cpu), ours)


def sklearn_once(x, y, test, learn, most):
    from sklearn.cross_decomposition import PLSRegression
    fit = PLSRegression(n_components=most, scale=False).fit(x[learn], y[learn])
    steps = numpy.cumsum(fit.x_rotations_ * fit.y_loadings_[0], axis=1)
    return (x[test] - x[learn].mean(0)) @ steps + y[learn].mean() - y[test][:, None]


# --- CARS and PLSR in nested folds ---


def bench_nested(o):
    x, y = simulate()
    random = numpy.random.default_rng(9)
    folds = numpy.array([random.permutation(SAMPLES) % FOLDS for _ in range(o.repeats)], dtype=float)
    path = os.path.join(o.folder, "nested.raw")
    numpy.concatenate([x.ravel(), y, folds.ravel()]).tofile(path)
    words = (path, SAMPLES, BANDS, o.repeats, FOLDS)
    one, two = (own(o.program, "nested", *words, threads) for threads in (1, 2))
    if one["squares"] != two["squares"]:
        raise SystemExit("two threads compute other predictions than one")
    ours = median_seconds(one)
    print(f"nested cross-validation of CARS (no random steps) and PLSR, {SAMPLES} x {BANDS}, {FOLDS} folds x {o.repeats} repeats, 5 inner folds")
    tell("  tilth, one thread", ours)
    tell("  tilth, two threads", median_seconds(two))
    if o.peers == "none" or shutil.which("Rscript") is None:
        return
    done = subprocess.run(["Rscript", os.path.join(os.path.dirname(os.path.abspath(__file__)), "nested_pls.R"), *map(str, words)],
                          capture_output=True, text=True)
    if done.returncode != 0:
        print("  R pls left out: " + done.stderr.strip().splitlines()[-1])
        return
    lines = {line.split()[0]: [float(word) for word in line.split()[1:]] for line in done.stdout.splitlines()}
    off = numpy.abs(numpy.array(lines["squares"]) / numpy.array(one["squares"][0]) - 1.0).max()
    print(f"  R² of the repeats {1 - numpy.array(lines['squares']).mean() / (SAMPLES * y.var()):.3f}; squared errors differ from R's by {off:.2g}")
    if off > 1e-6:
        raise SystemExit("R pls computes other predictions")
    tell("  R pls", tuple(lines["seconds"]), ours, 20)


# --- grid of a support vector regression ---


def bench_grid(o):
    x, y = simulate(p=FEATURES)
    path = os.path.join(o.folder, "grid.raw")
    numpy.concatenate([x.ravel(), y]).tofile(path)
    lines = own(o.program, "grid", path, SAMPLES, FEATURES, max(o.runs, 3), 1)
    both = own(o.program, "grid", path, SAMPLES, FEATURES, max(o.runs, 3), 2)
    if lines["best"] != both["best"]:
        raise SystemExit("two threads choose another point of the grid than one")
    ours = median_seconds(lines)
    print(f"grid of a support vector regression, {SAMPLES} x {FEATURES}, 108 points, {FOLDS} folds")
    tell("  tilth, one thread", ours)
    tell("  tilth, two threads", median_seconds(both))
    if o.peers == "none":
        return
    from sklearn.model_selection import GridSearchCV, PredefinedSplit
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVR
    grid = {"svr__C": [2.0 ** (-1 + 2 * k) for k in range(6)],
            "svr__gamma": [2.0 ** (-5 + 1.5 * k) / FEATURES for k in range(6)],
            "svr__epsilon": [0.02, 0.1, 0.3]}
    z = (y - y.mean()) / y.std(ddof=1)

    def search():
        return GridSearchCV(make_pipeline(StandardScaler(), SVR()), grid, cv=PredefinedSplit(numpy.arange(SAMPLES) % FOLDS),
                            scoring="neg_mean_squared_error", refit=False).fit(x, z)

    wall, cpu, found = timed(search, o.runs)
    best = found.best_params_
    mine = lines["best"][0]
    print(f"  chosen: C {mine[0]:g}, gamma p {mine[1]:.3g}, epsilon {mine[2]:g}, MSE {mine[3] / y.var(ddof=1):.4f} here; C {best['svr__C']:g}, "
          f"gamma p {best['svr__gamma'] * FEATURES:.3g}, epsilon {best['svr__epsilon']:g}, MSE {-found.best_score_:.4f} there "
          "(there y is scaled once, and folds are averaged)")
    tell("  scikit-learn, GridSearchCV", (wall, cpu), ours, 3)


# --- maps with a support vector regression ---


def bench_map(o):
    random = numpy.random.default_rng(3)
    blocks = max(1, o.pixels // WIDTH)
    support = random.normal(size=(SUPPORT, FEATURES))
    beta = random.normal(size=SUPPORT) * 4.0
    gamma, intercept = 0.7 / FEATURES, 0.3
    pixels = random.standard_normal((blocks, FEATURES, WIDTH), dtype=numpy.float32)
    path = os.path.join(o.folder, "map.raw")
    with open(path, "wb") as file:
        numpy.concatenate([[gamma, intercept], beta, support.ravel()]).tofile(file)
        pixels.tofile(file)
    one = own(o.program, "map", path, FEATURES, SUPPORT, blocks, WIDTH, 1)
    value = numpy.fromfile(path + ".out")
    two = own(o.program, "map", path, FEATURES, SUPPORT, blocks, WIDTH, 2)
    if not numpy.array_equal(value, numpy.fromfile(path + ".out")):
        raise SystemExit("two threads compute other values than one")
    ours = median_seconds(one)
    print(f"map with {SUPPORT} support vectors x {FEATURES} bands, {blocks * WIDTH} pixels")
    tell("  tilth, one thread", ours)
    tell("  tilth, two threads", median_seconds(two))
    rows = numpy.ascontiguousarray(pixels.transpose(0, 2, 1))

    def product():
        """Float product and exponential, block by block: what a careful user of numpy writes."""
        v = support.astype(numpy.float32)
        vv = (v * v).sum(1)
        b = beta.astype(numpy.float32)
        out = numpy.empty((blocks, WIDTH))
        for k in range(blocks):
            u = rows[k]
            d = (u * u).sum(1)[:, None] + vv - 2.0 * (u @ v.T)
            out[k] = numpy.exp(numpy.float32(-gamma) * d) @ b + intercept
        return out.ravel()

    wall, cpu, answer = timed(product, o.runs)
    off = numpy.abs(answer - value).max()
    if off > 1e-4 * numpy.abs(beta).sum():
        raise SystemExit(f"numpy differs by up to {off}")
    tell("  numpy, product and exp", (wall, cpu), ours, 4)
    if o.peers == "none":
        return
    from sklearn.svm import SVR
    # scikit-learn wants a fit: these vectors, every one of them used, with coefficients of our own.
    peer = SVR(C=1e6, gamma=gamma, epsilon=0.0).fit(support, beta)
    if len(peer.support_) != SUPPORT:
        raise SystemExit(f"scikit-learn kept {len(peer.support_)} support vectors")
    peer._dual_coef_ = beta[None, :].copy()
    peer._intercept_ = numpy.array([intercept])
    some = max(1, min(blocks, 200000 // WIDTH))

    def predict():
        return numpy.concatenate([peer.predict(rows[k].astype(float)) for k in range(some)])

    wall, cpu, answer = timed(predict, 1)
    off = numpy.abs(answer - value[: some * WIDTH]).max()
    print(f"  largest difference to scikit-learn (double): {off:.2g} of a sum of |beta| of {numpy.abs(beta).sum():.0f}")
    if off > 1e-5 * numpy.abs(beta).sum():
        raise SystemExit("scikit-learn computes other values")
    tell("  scikit-learn, predict in blocks", (wall * blocks / some, cpu * blocks / some), ours, 20)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("cars", "nested", "grid", "map"))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=10, help="of the nested cross-validation")
    parser.add_argument("--pixels", type=int, default=500000)
    parser.add_argument("--peers", choices=("all", "none"), default="all", help="none: numpy alone")
    o = parser.parse_args()
    o.program = os.path.join(os.environ.get("TILTH_BUILD", "build"), "tests", "bench", "inversion_work")
    if not os.path.exists(o.program):
        raise SystemExit(f"{o.program} is not there; build the target inversion_work and set TILTH_BUILD")
    with tempfile.TemporaryDirectory() as o.folder:
        for name, bench in (("cars", bench_cars), ("nested", bench_nested), ("grid", bench_grid), ("map", bench_map)):
            if o.only in (None, name):
                bench(o)


if __name__ == "__main__":
    sys.exit(main())
