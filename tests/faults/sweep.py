# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a tool again and again, each time with another call failing, and judges what is left.

A run is right when it ends with another status than 0, one sentence on standard error and no file that was not there before (old
outputs unchanged), or with status 0 and outputs of the same bytes as without a fault. Where memory was refused the sentence names memory.
"""
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import local

import runs

LIBRARY = os.environ.get("TILTH_FAULTS_LIB", str(runs.ROOT / "build/release/tests/faults/libtilth_faults.so"))
KINDS = ("alloc", "open", "read", "write", "sync", "rename", "close")
OLD = b"this was here before\n"


def listing(folder):
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*") if path.is_file()}


class Sweep:
    """The inputs, a copy of them for each worker, and the baseline of each tool."""

    def __init__(self, workers=None):
        self.root = Path(tempfile.mkdtemp(prefix="tilth-faults-"))
        self.inputs = self.root / "inputs"
        self.inputs.mkdir()
        runs.make_inputs(self.inputs)
        self.workers = workers or os.cpu_count() or 1
        self.own = local()
        self.base = {}
        self.tried = 0
        self.faults = []

    def close(self):
        shutil.rmtree(self.root, ignore_errors=True)

    def folder(self):
        """The folder of the calling worker, with fresh inputs when something was left in it."""
        if getattr(self.own, "folder", None) is None:
            self.own.folder = Path(tempfile.mkdtemp(dir=self.root, prefix="run-"))
            shutil.copytree(self.inputs, self.own.folder, dirs_exist_ok=True)
            self.own.before = listing(self.own.folder)
        return self.own.folder

    def renew(self):
        shutil.rmtree(self.own.folder)
        self.own.folder = None

    def run(self, tool, outputs, fault=None, counts=None, timeout=120):
        environment = dict(os.environ, LD_PRELOAD=LIBRARY, OMP_NUM_THREADS="1", GDAL_NUM_THREADS="1")
        if fault is not None:
            environment["TILTH_FAULT"] = fault
        if counts is not None:
            environment["TILTH_FAULT_COUNTS"] = str(counts)
        return subprocess.run([runs.EXE, "run", tool], cwd=self.folder(), input=runs.parameters(tool, outputs), capture_output=True,
                              text=True, errors="replace", env=environment, timeout=timeout)

    def baseline(self, tool, outputs):
        """({output file: hash}, {kind: number of calls}); the outputs are removed again."""
        key = tool, tuple(sorted(outputs.items()))
        if key not in self.base:
            folder, counts = self.folder(), self.root / "counts.txt"
            made = []
            for _ in range(2):
                done = self.run(tool, outputs, counts=counts)
                if done.returncode != 0:
                    raise RuntimeError(f"{tool} fails without a fault: {done.stderr}")
                made.append({name: text for name, text in listing(folder).items() if name not in self.own.before})
                for name in made[-1]:
                    (folder / name).unlink()
            same = {name: text if made[1].get(name) == text else None for name, text in made[0].items()}
            self.base[key] = same, {kind: int(n) for kind, n in (line.split() for line in counts.read_text().splitlines())}
        return self.base[key]

    def judge(self, tool, outputs, fault, old):
        """Runs with one fault; returns what is wrong, or None."""
        wanted, _ = self.baseline(tool, outputs)
        folder = self.folder()
        if old:
            for name in outputs.values():
                if not name.endswith((".gpkg", ".shp")):  # an old container is kept and added to, so it has to be a real one
                    (folder / name).write_bytes(OLD)
        before = listing(folder)
        try:
            done = self.run(tool, outputs, fault)
        except subprocess.TimeoutExpired:
            self.renew()
            return "does not end within two minutes"
        after = listing(folder)
        wrong = self.fault_of(done, before, after, wanted, fault)
        for name in set(after) - set(self.own.before):
            (folder / name).unlink()
        if any(after.get(name) != text for name, text in self.own.before.items()):
            wrong = wrong or "an input has changed"
            self.renew()
        return wrong

    @staticmethod
    def fault_of(done, before, after, wanted, fault):
        lines = done.stderr.strip().splitlines()
        if done.returncode == 0:
            lost = [name for name, text in wanted.items() if name not in after or (text is not None and after[name] != text)]
            more = [name for name in after if name not in before and name not in wanted]
            return f"status 0, but {', '.join(lost + more)} differ" if lost or more else None
        if done.returncode not in (2, 3, 130):
            return f"ends with status {done.returncode}: {done.stderr.strip()[:200]}"
        if len(lines) != 1 or not lines[0].startswith("tilth: "):
            return f"wanted one sentence, found: {done.stderr.strip()[:300]}"
        if fault.startswith("alloc") and "memory" not in lines[0]:
            return f"memory was refused, but: {lines[0][:300]}"
        if after != before:
            changed = [name for name in set(before) | set(after) if before.get(name) != after.get(name)]
            return f"status {done.returncode} ({lines[0][:120]}), but it leaves {', '.join(sorted(changed))}"
        return None

    def points(self, tool, outputs, kind, share, seed=1):
        """Positions of the calls to fail: all of them, or share of them (a number below 1: a part; from 1: so many)."""
        n = self.baseline(tool, outputs)[1][kind]
        count = n if share is None else min(n, max(1, int(share * n) if share < 1 else int(share)))
        if count == n:
            return list(range(n))
        return sorted(random.Random(f"{seed} {tool} {kind}").sample(range(n), count))

    def sweep(self, tools, kinds, share, modes=("once", "on"), outputs=None, seed=1):
        """Tries the points of every tool and kind; the faults found are printed and kept."""
        work = []
        for tool in tools:
            written = outputs or runs.RUNS[tool][1]
            for kind in kinds:
                for k, n in enumerate(self.points(tool, written, kind, share, seed)):
                    for mode in (modes if share is None else [modes[k % len(modes)]]):
                        work.append((tool, written, f"{kind} {n} {mode}", bool(n % 2)))
        with ThreadPoolExecutor(self.workers) as pool:
            for one, wrong in zip(work, pool.map(lambda one: self.judge(*one), work)):
                self.tried += 1
                if wrong is not None:
                    self.faults.append(f"{one[0]}, {one[2]}: {wrong}")
                    print("FAULT", self.faults[-1], flush=True)
        return self.faults


def main(words):
    """sweep.py [--share S] [--kinds a,b] [--seed N] [tool ...]: prints every fault and the numbers; status 1 when there is one."""
    share, kinds, seed, tools = None, KINDS, 1, []
    while words:
        word = words.pop(0)
        if word == "--share":
            share = float(words.pop(0))
        elif word == "--kinds":
            kinds = tuple(words.pop(0).split(","))
        elif word == "--seed":
            seed = int(words.pop(0))
        else:
            tools.append(word)
    sweep = Sweep()
    try:
        for tool in tools or runs.RUNS:
            before = sweep.tried, len(sweep.faults)
            sweep.sweep([tool], kinds, share, seed=seed)
            counts = sweep.baseline(tool, runs.RUNS[tool][1])[1]
            print(f"{tool}: {sweep.tried - before[0]} points, {len(sweep.faults) - before[1]} faults; calls: "
                  + ", ".join(f"{kind} {counts[kind]}" for kind in KINDS), flush=True)
    finally:
        sweep.close()
    print(f"{sweep.tried - len(sweep.faults)} passed, {len(sweep.faults)} failed")
    return 1 if sweep.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
