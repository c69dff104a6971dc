#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Times how much the plugin delays the start of QGIS: import, provider with all tools, graphical models; medians.

    TILTH_EXE=build/release/bin/tilth TILTH_BUILD=build/release tests/bench/bench_qgis.py          limit: 0.3 s
    ... --runs 1 --no-limits                                                                       only that it works

The engine lists its tools in a separate process; that is part of the time. QGIS itself is not.
"""
import argparse
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT_SECONDS = 0.3

CHILD = """
import resource, sys, time
sys.path.insert(0, sys.argv[1])
import kit
from qgis.core import QgsApplication
def spent():
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)
begin, used = time.monotonic(), spent()
from tilth_qgis.plugin import TilthPlugin
plugin = TilthPlugin(None)
plugin.initProcessing()
wall, used = time.monotonic() - begin, spent() - used
count = len(QgsApplication.processingRegistry().providerById('tilth').algorithms())
print('measured', wall, used, count, flush=True)
import os
os._exit(0)
"""


def measure():
    """Wall seconds, processor seconds of QGIS and the engine, number of tools and models; None without PyQGIS."""
    done = subprocess.run([sys.executable, "-c", CHILD, os.path.join(os.path.dirname(HERE), "qgis")], capture_output=True, text=True,
                          check=True)
    words = [line.split() for line in done.stdout.splitlines() if line.startswith("measured")]
    if not words:
        print(next((line for line in done.stdout.splitlines() if "SKIPPED" in line), done.stdout + done.stderr))
        return None
    return float(words[0][1]), float(words[0][2]), int(words[0][3])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--no-limits", action="store_true")
    options = parser.parse_args()
    runs = [measure() for _ in range(options.runs)]
    if runs[0] is None:
        return 0
    wall, used = (statistics.median(run[i] for run in runs) for i in (0, 1))
    print(f"toolbox load: {wall:.3f} s ({used:.3f} s of processor time, the engine's included), {runs[0][2]} tools and models; "
          f"to reach: {LIMIT_SECONDS} s")
    if runs[0][2] < 20:
        print("the provider has too few tools")
        return 1
    return 1 if wall > LIMIT_SECONDS and not options.no_limits else 0


if __name__ == "__main__":
    sys.exit(main())
