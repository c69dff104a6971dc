#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Times the fusion network against PyTorch and against the matrix products of OpenBLAS in the same run: medians of wall
and of processor time, and the ratios of both.

The C side is the program fusion_work in this folder (target of the same name) and, for the row through files, the command
tilth. Peers come from tests/install.sh bench; they run in separate processes, one for each core type that OpenBLAS knows,
because it chooses its kernels when it is loaded. All data are simulated.

    TILTH_BUILD=build/release tests/bench/bench_fusion.py                  everything, 3 runs
    ... --only fuse --rows 2008                                            one row of the table, at its full size
    ... --runs 1 --rows 32 --seeds 128 --epochs 2 --peers none             small: threads do not change a result
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time

PAIRS, SAMPLES, BANDS, PROPERTIES, COLUMNS = 455, 61, 285, 3, 2083
SIZES = (285, 128, 64, 32, 16)
BATCH, DROPOUT, WINDOW = 16, 0.4, 11
CORES = ("", "Haswell", "Zen", "SkylakeX", "Cooperlake")


# --- the peers, each in a process of its own ---


def network(torch):
    """The network of the paper as a user of PyTorch writes it. Returns encoder, two heads and decoder."""
    linear, relu = torch.nn.Linear, torch.nn.ReLU

    def chain(sizes, dropout):
        layers = []
        for a, b in zip(sizes[:-1], sizes[1:]):
            layers += [linear(a, b), relu()] + ([torch.nn.Dropout(DROPOUT)] if dropout else [])
        return layers

    encoder = torch.nn.Sequential(*chain(SIZES[:-1], True))
    mu, sigma = linear(SIZES[-2], SIZES[-1]), linear(SIZES[-2], SIZES[-1])
    decoder = torch.nn.Sequential(*chain(SIZES[:0:-1], False), linear(SIZES[1], SIZES[0]), torch.nn.Sigmoid())
    return torch.nn.ModuleList((encoder, mu, sigma, decoder))


def simulate(torch, n):
    torch.manual_seed(1)
    lab = 0.2 + 0.0004 * torch.arange(BANDS) + 0.02 * torch.randn(n, 1)
    return lab + 0.005 * torch.randn(n, BANDS), lab


def peer_train(torch, o):
    x, s = simulate(torch, PAIRS)
    encoder, mu_of, sigma_of, decoder = net = network(torch)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-4)
    first = torch.pdist(s[:200]).square().median() / 2.0
    scales = torch.stack([first * 2.0 ** k for k in range(-2, 3)])[:, None, None]

    def kernel(a, b):
        d = (a * a).sum(1)[:, None] + (b * b).sum(1) - 2.0 * a @ b.T
        return torch.exp(-d / (2.0 * scales)).mean()

    def work():
        for _ in range(o.epochs):
            order = torch.randperm(PAIRS)
            for at in range(0, PAIRS - BATCH // 2, BATCH):
                rows = order[at:at + BATCH] if at + 1.5 * BATCH <= PAIRS else order[at:]
                a, b = x[rows], s[rows]
                h = encoder(a)
                mu, sigma = mu_of(h), sigma_of(h)
                y = decoder(mu + sigma.exp() * torch.randn_like(mu))
                mmd = kernel(y, y) + kernel(b, b) - 2.0 * kernel(y, b)
                cosine = torch.nn.functional.cosine_similarity(y, b).clamp(-1.0 + 1e-7, 1.0 - 1e-7)
                kld = (sigma.exp() - (1.0 + sigma) + mu * mu).sum(1).mean()
                loss = mmd + 0.1 * torch.acos(cosine).mean() + kld
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        if not math.isfinite(loss.item()):
            raise SystemExit("PyTorch: the training diverged")

    net.train()
    return work, 1.0


def score(torch, y, smooth, z):
    """Largest |r| of every set of spectra with every property.

    y  [sets, SAMPLES, BANDS]; z  [SAMPLES, PROPERTIES] with mean 0 and length 1"""
    flat = torch.nn.functional.conv1d(y.reshape(-1, 1, BANDS), smooth, padding=WINDOW // 2)
    c = flat.reshape(y.shape)
    c = c - c.mean(1, keepdim=True)
    r = torch.einsum("snp,nt->stp", c, z) / c.square().sum(1).sqrt().clamp(min=1e-12)[:, None, :]
    return r.abs().amax(2)


def peer_seeds(torch, o, together=1):
    """All spectra of every seed with dropout left on, as in the paper; together = seeds in one product."""
    x, _ = simulate(torch, SAMPLES)
    encoder, mu_of, sigma_of, decoder = net = network(torch)
    net.train()
    z = torch.randn(SAMPLES, PROPERTIES)
    z = (z - z.mean(0)) / (z - z.mean(0)).square().sum(0).sqrt()
    t = torch.arange(-(WINDOW // 2), WINDOW // 2 + 1, dtype=torch.float64)
    basis = torch.stack([torch.ones_like(t), t, t * t], 1)
    smooth = torch.linalg.pinv(basis)[0].float().reshape(1, 1, WINDOW)
    count = min(o.seeds, 400)
    given = x.expand(together, SAMPLES, BANDS) if together > 1 else x

    def work():
        best = torch.zeros(PROPERTIES)
        with torch.no_grad():
            for at in range(0, count, together):
                torch.manual_seed(at)
                h = encoder(given)
                mu = mu_of(h)
                y = decoder(mu + sigma_of(h).exp() * torch.randn_like(mu))
                best = torch.maximum(best, score(torch, y.reshape(together, SAMPLES, BANDS), smooth, z).amax(0))
        return best

    return work, o.seeds / count


def peer_forward(torch, o):
    encoder, mu_of, _, decoder = net = network(torch)
    net.eval()
    rows = min(o.rows, 50)
    x = 0.1 + 0.3 * torch.rand(8 * COLUMNS, BANDS)

    def work():
        with torch.no_grad():
            for at in range(0, rows * COLUMNS, o.block):
                start = at % (len(x) - o.block)
                decoder(mu_of(encoder(x[start:start + o.block])))

    return work, o.rows / rows


def peer_sgemm(_, o):
    """The products of the mean path and nothing else: no bias, no ReLU, no output function."""
    import numpy
    sizes = SIZES + SIZES[-2::-1]
    random = numpy.random.default_rng(1)
    block = o.block
    activations = [random.random((block, k), dtype=numpy.float32) for k in sizes]
    weights = [random.random((a, b), dtype=numpy.float32) for a, b in zip(sizes[:-1], sizes[1:])]
    rows = min(o.rows, 50)

    def work():
        for _ in range(rows * COLUMNS // block):
            for a, w, b in zip(activations[:-1], weights, activations[1:]):
                numpy.matmul(a, w, out=b)

    return work, o.rows / rows


PEERS = {"train": peer_train, "seeds": peer_seeds, "batched": lambda torch, o: peer_seeds(torch, o, 20),
         "forward": peer_forward, "sgemm": peer_sgemm}


def run_peer(o):
    torch = None
    if o.peer != "sgemm":
        import torch
        torch.set_num_threads(1)
    work, factor = PEERS[o.peer](torch, o)
    work()
    pairs = []
    for _ in range(o.runs):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        pairs.append((time.perf_counter() - wall, time.process_time() - cpu))
    print(json.dumps([factor * statistics.median(p[k] for p in pairs) for k in (0, 1)]))


# --- the comparison ---


def peer(o, name, core, block=2048):
    """Wall and processor seconds of a peer with one core type, None when it does not run."""
    environment = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
    if core:
        environment["OPENBLAS_CORETYPE"] = core
    words = [sys.executable, os.path.abspath(__file__), "--peer", name, "--runs", o.runs, "--rows", o.rows, "--seeds", o.seeds,
             "--epochs", o.epochs, "--block", block]
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        print(f"  {name}, {core or 'as installed'}: left out ({(done.stderr.strip() or 'stopped').splitlines()[-1]})")
        return None
    return json.loads(done.stdout.splitlines()[-1])


def own(o, *words):
    """Median wall and processor seconds of the C side and its answer, which must not change from run to run."""
    found = []
    for _ in range(o.runs):
        done = subprocess.run([o.program, *map(str, words)], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(done.stderr)
        found.append(json.loads(done.stdout))
    answers = [{k: v for k, v in f.items() if k not in ("seconds", "processor")} for f in found]
    if any(a != answers[0] for a in answers):
        raise SystemExit(f"{words}: two runs have different results")
    return [statistics.median(f[k] for f in found) for k in ("seconds", "processor")], answers[0]


def tell(name, seconds, ours=None, goal=""):
    ratio = "" if ours is None else f"  {seconds[0] / ours[0]:7.2f} x wall {seconds[1] / ours[1]:7.2f} x processor"
    print(f"  {name:44s} {seconds[0]:9.3f} s wall {seconds[1]:9.3f} s processor{ratio}{goal}", flush=True)


def best_of(o, name, ours, installed_goal="", best_goal="", blocks=(2048,)):
    """Prints a peer as installed and with its best core type."""
    found = {}
    for core in o.cores:
        for block in blocks:
            seconds = peer(o, name, core, block)
            if seconds is not None:
                found[core, block] = seconds
    if not found:
        return
    installed = [seconds for (core, _), seconds in found.items() if core == ""]
    if installed:
        tell(f"{name}, OpenBLAS as installed", min(installed, key=lambda s: s[1]), ours, installed_goal)
    (core, block), seconds = min(found.items(), key=lambda item: item[1][1])
    tell(f"{name}, best core type: {core or 'as installed'}, {block} rows", seconds, ours, best_goal)


def bench_train(o):
    print(f"training {PAIRS} pairs x {BANDS} bands, {o.epochs} epochs, batch {BATCH}, {SIZES[1:]}")
    ours, _ = own(o, "train", o.epochs)
    tell("tilth, one thread, double precision", ours)
    if o.peers != "none":
        best_of(o, "train", ours, "", "  (wanted >= 10)")


def bench_seeds(o):
    print(f"{o.seeds} seeds x {SAMPLES} spectra, {PROPERTIES} properties, score included")
    ours, answer = own(o, "seeds", o.seeds, 1)
    tell("tilth, one thread", ours)
    two, same = own(o, "seeds", o.seeds, 2)
    tell("tilth, two threads", two)
    if answer != same:
        raise SystemExit("two threads find other seeds than one")
    if o.peers != "none":
        best_of(o, "seeds", ours, "", "  (wanted >= 15)")
        best_of(o, "batched", ours, "", "  (wanted >= 5)")


def bench_fuse(o):
    print(f"mean path of {o.rows} x {COLUMNS} pixels x {BANDS} bands, in memory")
    ours, answer = own(o, "fuse", o.rows, 1)
    tell("tilth, one thread", ours)
    two, same = own(o, "fuse", o.rows, 2)
    tell("tilth, two threads", two)
    if answer != same:
        raise SystemExit("two threads compute other spectra than one")
    operations = 4.0 * sum(a * b for a, b in zip(SIZES[:-1], SIZES[1:])) * o.rows * COLUMNS
    print(f"  {operations / ours[1] / 1e9:.1f} GFLOP per second of processor time, everything included")
    if o.peers != "none":
        best_of(o, "sgemm", ours, "", "  (wanted >= 0.6)", (1024, 4096))
        best_of(o, "forward", ours, "  (wanted >= 5)", "  (wanted >= 2)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("train", "seeds", "fuse"))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--seeds", type=int, default=19999)
    parser.add_argument("--rows", type=int, default=2008)
    parser.add_argument("--peers", choices=("all", "none"), default="all")
    parser.add_argument("--cores", default=",".join(CORES), help="core types of OpenBLAS, comma-separated; empty = as installed")
    parser.add_argument("--peer", choices=tuple(PEERS), help=argparse.SUPPRESS)
    parser.add_argument("--block", type=int, default=2048, help=argparse.SUPPRESS)
    o = parser.parse_args()
    if o.peer:
        return run_peer(o)
    o.cores = o.cores.split(",")
    o.program = os.path.join(os.environ.get("TILTH_BUILD", "build"), "tests", "bench", "fusion_work")
    if not os.path.exists(o.program):
        raise SystemExit(f"{o.program} is not there; build the target fusion_work and set TILTH_BUILD")
    for name, bench in (("train", bench_train), ("seeds", bench_seeds), ("fuse", bench_fuse)):
        if o.only in (None, name):
            bench(o)
    return 0


if __name__ == "__main__":
    sys.exit(main())
