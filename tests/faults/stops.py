# SPDX-License-Identifier: GPL-2.0-or-later
"""Stops runs at random moments: a cancelled run ends within a second and leaves nothing; a killed one leaves whole files, and the
next run sweeps up and writes the same bytes as ever."""
import os
import random
import signal
import subprocess
import sys
import threading
import time

import numpy
import runs
import sweep
import world

SECOND = 1.0

# Inputs that keep each tool busy for some seconds: (parameters, outputs).
LONG = {
    "simulatescene": ({"dem": "large.tif", "width_km": 20, "height_km": 20}, {"scene": "o.tif", "samples": "o.gpkg", "lab": "o.csv", "truth": "t.tif"}),
    "calibrate": ({"scene": "wide.tif", "from": "radiance", "to": "radiance"}, {"output": "o.tif"}),
    "correctatmosphere": ({"scene": "wide.tif", "quantity": "radiance", "sun_zenith": 30, "aod": 0.1, "water": 1, "elevation": 200,
                           "adjacency": 500}, {"output": "o.tif"}),
    "cleanscene": ({"scene": "wide.dat"}, {"output": "o.tif"}),
    "sceneinfo": ({"scene": "wide.dat"}, {"output": "o.csv", "report": "o.html"}),
    "spectracorrelation": ({"spectra": "many.csv", "samples": "many_samples.csv", "id_field": "id", "property": "SOM", "permutations": 99999},
                           {"output": "o.csv"}),
    "trainfusion": ({"spectra": "many.csv", "samples": "many_samples.csv", "id_field": "id", "lab": "many_lab.csv", "method": "best",
                     "epochs": 1000}, {"output": "o.json"}),
    "fusescene": ({"scene": "wide.dat", "model": "ds.json"}, {"output": "o.tif"}),
    "selectbands": ({"spectra": "many.csv", "samples": "many_samples.csv", "id_field": "id", "property": "SOM", "runs": 500},
                    {"output": "o.csv"}),
    "comparemodels": ({"spectra": "many.csv", "lab": "many_lab.csv", "samples": "many_samples.csv", "id_field": "id", "property": "SOM"},
                      {"output": "o.csv"}),
    "trainmodel": ({"spectra": "many.csv", "samples": "many_samples.csv", "id_field": "id", "property": "SOM", "regressor": "best",
                    "repeats": 10}, {"output": "o.json"}),
    "mapproperty": ({"scene": "wide.dat", "model": "som.json"}, {"output": "o.tif"}),
    "fillsinks": ({"dem": "large.tif"}, {"output": "o.tif"}),
    "flowaccumulation": ({"dem": "large.tif"}, {"output": "o.tif"}),
    "slope": ({"dem": "large.tif"}, {"output": "o.tif", "aspect": "a.tif"}),
    "wetness": ({"dem": "large.tif", "index": "saga"}, {"output": "o.tif"}),
    "lsfactor": ({"dem": "large.tif"}, {"output": "o.tif"}),
    "terrainfactors": ({"dem": "large.tif"}, {"filled": "o.tif", "twi": "twi.tif"}),
    "streams": ({"dem": "large.tif"}, {"output": "o.gpkg", "basins": "b.gpkg"}),
    "correlatemaps": ({"maps": ["large.tif"], "factors": ["large.tif"], "halves": True}, {"output": "o.csv"}),
    "streamprofile": ({"map": "large.tif", "streams": "large_streams.gpkg", "placements": 500}, {"output": "o.csv"}),
}


# What makes the runs of LONG short on small inputs.
FEWER = {"spectracorrelation": {"permutations": 50}, "trainfusion": {"epochs": 3, "method": "vae"}, "selectbands": {"runs": 4},
         "comparemodels": {"repeats": 1, "bootstrap": 100, "folds": 2, "inner_folds": 2, "epochs": 3},
         "trainmodel": {"repeats": 1, "bootstrap": 100, "folds": 2, "inner_folds": 2}, "streamprofile": {"placements": 4},
         "simulatescene": {"width_km": 5, "height_km": 5}}


def make_long_inputs(at, samples=3000, cells=1500, tiles=16):
    """The inputs of LONG, in addition to those of runs."""
    world.write_raster(at / "large.tif", 0.25 * world.elevation(cells, cells))
    layers = numpy.tile(world.scene_layers(), (1, tiles, tiles))
    world.write_scene(at / "wide.dat", layers)
    world.write_scene(at / "wide_light.dat", 50.0 * layers)
    runs.must(at, "calibrate", scene="wide_light.dat", **{"from": "radiance", "to": "radiance"}, output="wide.tif")
    runs.must(at, "streams", dem="large.tif", output="large_streams.gpkg")
    rng = numpy.random.default_rng(5)
    som = rng.uniform(5, 40, samples)
    with open(at / "many_samples.csv", "w", encoding="utf-8") as file:
        file.write("id,x,y,SOM\n")
        for k in range(samples):
            file.write(f"M{k},{world.WEST + rng.uniform(0, 20000):.1f},{world.NORTH - rng.uniform(0, 20000):.1f},{som[k]:.3f}\n")
    for name, nm in (("many.csv", world.BANDS), ("many_lab.csv", [400.0 + 10 * k for k in range(211)])):
        values = numpy.array([[world.spectrum(one, x) for x in nm] for one in som]) + rng.normal(0, 0.002, (samples, len(nm)))
        with open(at / name, "w", encoding="utf-8") as file:
            file.write("id," + ",".join(f"{x:g}" for x in nm) + "\n")
            for k in range(samples):
                file.write(f"M{k}," + ",".join(f"{v:.5f}" for v in values[k]) + "\n")


def processor_seconds(pid):
    """Processor time of a process so far; its threads together."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def start(folder, tool, text):
    run = subprocess.Popen([runs.EXE, "run", tool], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                           stderr=subprocess.PIPE, text=True, errors="replace", env=dict(os.environ, OMP_NUM_THREADS="1"))
    run.stdin.write(text)
    run.stdin.close()
    return run


def stop(run, seconds, number):
    """Waits, sends the signal; returns (seconds of work after it, status, standard error)."""
    time.sleep(seconds)
    if run.poll() is None:
        before = processor_seconds(run.pid)
        run.send_signal(number)
    else:
        before = None
    said = []
    reader = threading.Thread(target=lambda: said.append(run.stderr.read()))
    reader.start()
    _, status, used = os.wait4(run.pid, 0) if run.returncode is None else (0, None, None)
    reader.join()
    run.stderr.close()
    if status is None:
        return 0.0, run.returncode, said[0]
    run.returncode = os.waitstatus_to_exitcode(status)
    return (used.ru_utime + used.ru_stime - before) if before is not None else 0.0, run.returncode, said[0]


def cancel(folder, tool, given, outputs, seconds):
    """Cancels one run; returns what is wrong, or None, and the seconds that it went on for."""
    before = sweep.listing(folder)
    text = runs.json.dumps({**given, **outputs, "threads": 1})
    after, status, said = stop(start(folder, tool, text), seconds, random.choice((signal.SIGTERM, signal.SIGINT)))
    wrong = None
    left = sweep.listing(folder)
    if status == 0:
        for name in set(left) - set(before):
            (folder / name).unlink()
        return None, after
    if status in (-signal.SIGTERM, -signal.SIGINT) and left == before:
        return None, after  # the program was still being loaded, and nothing had begun
    if status != 130 or "cancelled" not in said or len(said.splitlines()) != 1:
        wrong = f"status {status}: {said[:200]}"
    elif after > SECOND:
        wrong = f"goes on for {after:.1f} s"
    elif left != before:
        wrong = f"leaves {sorted(set(left) - set(before))}"
    for name in set(left) - set(before):
        (folder / name).unlink()
    return wrong, after


def cancel_all(folder, tools, times, longest=4.0, seed=1):
    """Cancels each tool so many times; returns (number tried, faults)."""
    rng = random.Random(seed)
    faults, tried = [], 0
    for tool in tools:
        given, outputs = LONG.get(tool) or runs.RUNS[tool]
        worst = 0.0
        for _ in range(times):
            tried += 1
            moment = rng.uniform(0.02, longest if tool in LONG else 0.2)
            wrong, after = cancel(folder, tool, given, outputs, moment)
            worst = max(worst, after)
            if wrong is not None:
                faults.append(f"{tool}, cancelled after {moment:.2f} s: {wrong}")
                print("FAULT", faults[-1], flush=True)
        print(f"{tool}: cancelled {times} times, at most {worst:.2f} s of work afterwards", flush=True)
    return tried, faults


def kill(folder, tool, wanted, seconds):
    """Kills one run, then runs the tool to its end; returns what is wrong, or None."""
    outputs = runs.RUNS[tool][1]
    before = sweep.listing(folder)
    for name in outputs.values():
        if not name.endswith(".gpkg"):
            (folder / name).write_bytes(sweep.OLD)
    run = start(folder, tool, runs.parameters(tool))
    stop(run, seconds, signal.SIGKILL)
    wrong = None
    for name in outputs.values():
        path = folder / name
        if path.exists() and path.read_bytes() != sweep.OLD and sweep.listing(folder)[name] != wanted.get(name) \
                and wanted.get(name) is not None:
            wrong = f"'{name}' is neither the old nor the new file"
        if name.endswith(".gpkg"):
            path.unlink(missing_ok=True)  # the next run would add its layers to it
    again = start(folder, tool, runs.parameters(tool))
    said = again.stderr.read()
    again.stderr.close()
    if again.wait() != 0:
        wrong = wrong or f"the next run fails: {said[:200]}"
    after = sweep.listing(folder)
    left = sorted(set(after) - set(before) - set(wanted))
    if left:
        wrong = wrong or f"the next run leaves {', '.join(left)}"
    differing = [name for name, text in wanted.items() if after.get(name) != text and text is not None]
    if differing:
        wrong = wrong or f"the next run writes other bytes: {', '.join(differing)}"
    for name in set(after) - set(before):
        (folder / name).unlink()
    return wrong


def kill_all(work, tools, times, seed=1):
    """Kills runs of each tool so many times; returns (number tried, faults)."""
    rng = random.Random(seed)
    faults, tried = [], 0
    for tool in tools:
        wanted, _ = work.baseline(tool, runs.RUNS[tool][1])
        began = time.monotonic()
        done = start(work.folder(), tool, runs.parameters(tool))
        done.stderr.close()
        done.wait()
        whole = time.monotonic() - began
        for name in wanted:
            (work.folder() / name).unlink()
        for _ in range(times):
            tried += 1
            moment = rng.uniform(0.3, 1.05) * whole
            wrong = kill(work.folder(), tool, wanted, moment)
            if wrong is not None:
                faults.append(f"{tool}, killed after {moment:.2f} s: {wrong}")
                print("FAULT", faults[-1], flush=True)
    return tried, faults


KILLED = ("slope", "streams", "terrainfactors", "importscene", "cleanscene", "trainmodel", "mapproperty", "samplespectra", "simulatescene",
          "fusescene")


def main(words):
    """stops.py cancel|kill [times] [tool ...]"""
    what, times, tools = words[0], int(words[1]), words[2:]
    work = sweep.Sweep(1)
    try:
        if what == "cancel":
            make_long_inputs(work.inputs)
            tried, faults = cancel_all(work.folder(), tools or runs.RUNS, times)
        else:
            tried, faults = kill_all(work, tools or KILLED, times)
    finally:
        work.close()
    print(f"{tried - len(faults)} passed, {len(faults)} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
