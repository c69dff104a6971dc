#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Times the terrain tools on a fractal DEM against SAGA, GRASS and GDAL in the same run: medians of wall time, processor
time (the fairer one on a busy machine) and peak memory.

Peers that are not installed are left out (tests/install.sh bench brings them). The DEM and all layers are in a temporary folder.

    TILTH_EXE=build/release/bin/tilth tests/bench/bench_terrain.py                   2000 x 2000 cells, 3 runs
    ... --side 8000 --runs 1                                                          large: minutes
    ... --relief 1                                                                    gentle: heights spread by 1 m, not 100 m
    ... --side 150 --runs 1 --peers none                                              small: bytes do not depend on threads
"""
import argparse
import hashlib
import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

LAYERS = ("filled", "slope", "area", "sca", "twi", "ls")


def make_dem(path, side, relief=100.0, seed=1):
    """In a process of its own, because a child starts with the peak memory of its parent: this one stays small.

    Float32 heights whose amplitude falls with the wave number to the power 1.8, with depressions of every size."""
    import numpy
    from osgeo import gdal, osr

    gdal.UseExceptions()
    random = numpy.random.default_rng(seed)
    wave = numpy.hypot(numpy.fft.fftfreq(side)[:, None], numpy.fft.rfftfreq(side)[None, :])
    wave[0, 0] = 1.0
    amplitude = wave**-1.8
    amplitude[0, 0] = 0.0
    z = numpy.fft.irfft2(amplitude * numpy.exp(2j * numpy.pi * random.random(amplitude.shape)), s=(side, side))
    z = 500.0 + relief * z / z.std()
    data = gdal.GetDriverByName("GTiff").Create(path, side, side, 1, gdal.GDT_Float32)
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32616)
    data.SetProjection(crs.ExportToWkt())
    data.SetGeoTransform((300000.0, 10.0, 0.0, 4300000.0, 0.0, -10.0))
    data.GetRasterBand(1).WriteArray(z.astype(numpy.float32))
    data.FlushCache()


def run(command, environment=None):
    """Wall seconds, processor seconds and peak memory in bytes of one command."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


class Bench:
    def __init__(self, folder, runs):
        self.folder = folder
        self.runs = runs
        self.results = {}

    def at(self, name):
        return os.path.join(self.folder, name)

    def measure(self, name, *commands, environment=None):
        """Runs the commands one after another, several times; keeps the median of the sum and the largest peak."""
        seconds, busy, peak = [], [], 0
        for _ in range(self.runs):
            done = [run(command, environment) for command in commands]
            seconds.append(sum(wall for wall, _, _ in done))
            busy.append(sum(cpu for _, cpu, _ in done))
            peak = max([peak] + [memory for _, _, memory in done])
        result = {"s": round(statistics.median(seconds), 3), "cpu_s": round(statistics.median(busy), 3),
                  "peak_MiB": round(peak / 2**20, 1)}
        self.results[name] = result
        print(f"{name:28s} {result['s']:9.3f} s {result['cpu_s']:9.3f} CPU s {result['peak_MiB']:9.1f} MiB", flush=True)

    def ratio(self, ours, theirs, without=None):
        """Time of theirs to ours; without: a measurement of what theirs does before it starts."""
        if theirs in self.results:
            before = self.results[without] if without else {"s": 0.0, "cpu_s": 0.0}
            wall, cpu = ((self.results[theirs][unit] - before[unit]) / self.results[ours][unit] for unit in ("s", "cpu_s"))
            self.results[f"{theirs} / {ours}"] = [round(wall, 2), round(cpu, 2)]
            print(f"{theirs} / {ours} = {wall:.2f} wall, {cpu:.2f} CPU")


def program_alone(bench, exe):
    """What the program needs whatever the size of the DEM."""
    tiny = bench.at("tiny.tif")
    maker = multiprocessing.Process(target=make_dem, args=(tiny, 40))
    maker.start()
    maker.join()
    bench.measure("program", [exe, "terrainfactors", "--quiet", "--dem", tiny, "--ls", bench.at("tiny_ls.tif")])


def tilth_tools(bench, exe, dem):
    layers = [word for name in LAYERS for word in ("--" + name, bench.at(name + ".tif"))]
    whole = ["--quiet", "--memory", "16384", "--dem", dem]  # MiB: none of it in tiles
    bench.measure("terrainfactors", [exe, "terrainfactors", *whole, *layers])
    one = [word for name in LAYERS for word in ("--" + name, bench.at("one_" + name + ".tif"))]
    bench.measure("terrainfactors, 1 thread", [exe, "terrainfactors", *whole, "--threads", "1", *one])
    bench.measure("slope", [exe, "slope", *whole, "--output", bench.at("s.tif")])
    bench.measure("wetness --index saga", [exe, "wetness", *whole, "--fill", "no", "--index", "saga",
                                           "--output", bench.at("swi.tif")])
    bench.measure("streams", [exe, "streams", *whole, "--output", bench.at("lines.gpkg"), "--basins",
                              bench.at("basins.gpkg")])
    return all(digest(bench.at(name + ".tif")) == digest(bench.at("one_" + name + ".tif")) for name in LAYERS)


def saga_chain(bench, dem):
    """The same chain; XXL is the faster of SAGA's two fills. The faster of one and two threads counts for each."""
    at = bench.at

    def chain():
        yield ["ta_preprocessor", "5", "-ELEV", dem, "-FILLED", at("kf.tif"), "-MINSLOPE", "0.01"]
        yield ["ta_morphometry", "0", "-ELEVATION", at("kf.tif"), "-SLOPE", at("ks.tif"), "-ASPECT", at("ka.tif"), "-METHOD", "6"]
        yield ["ta_hydrology", "0", "-ELEVATION", at("kf.tif"), "-FLOW", at("kt.tif"), "-METHOD", "4", "-CONVERGENCE", "1.1",
               "-FLOW_UNIT", "1"]
        yield ["ta_hydrology", "19", "-DEM", at("kf.tif"), "-TCA", at("kt.tif"), "-SCA", at("kc.tif"), "-WIDTH", at("kx.tif"),
               "-METHOD", "2"]
        yield ["ta_hydrology", "20", "-SLOPE", at("ks.tif"), "-AREA", at("kc.tif"), "-TWI", at("ki.tif"), "-CONV", "0"]
        yield ["ta_hydrology", "22", "-SLOPE", at("ks.tif"), "-AREA", at("kc.tif"), "-LS", at("kl.tif"), "-CONV", "0",
               "-METHOD", "0"]

    commands = [["saga_cmd", "-f=s", *words] for words in chain()]
    for threads in ("1", "2"):
        bench.measure(f"SAGA chain, {threads} thread(s)", *commands, environment={**os.environ, "OMP_NUM_THREADS": threads})


def saga_index(bench, dem):
    at = bench.at
    runs, bench.runs = bench.runs, 1
    bench.measure("SAGA wetness index", ["saga_cmd", "-f=s", "ta_hydrology", "15", "-DEM", dem, "-TWI", at("kw.tif"), "-AREA",
                                         at("ka.tif"), "-AREA_MOD", at("km.tif"), "-SLOPE", at("ks.tif")])
    bench.runs = runs


def grass_tools(bench, dem, side):
    """In a separate location. Streams: drainage by single flow, streams and basins at the threshold of tilth (1 % of the
    cells), both as vectors in files. GRASS works on its own raster format, so reading the DEM and writing are part of the
    work; the start of a session is measured separately and subtracted."""
    base, mapset = bench.at("grass"), bench.at("grass/location/PERMANENT")
    os.mkdir(base)
    home = {**os.environ, "HOME": base, "GRASS_VERBOSE": "0", "GRASS_OVERWRITE": "1"}
    run(["grass", "-c", dem, "-e", os.path.dirname(mapset)], home)

    def script(name, *lines):
        path = bench.at(name + ".sh")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(("set -e", *lines)) + "\n")
        return ["grass", mapset, "--exec", "sh", path]

    def out(name, kind):
        return f"v.out.ogr --q input={name} type={kind} output={bench.at(name + '.gpkg')} format=GPKG"

    read = f"r.in.gdal --q input={dem} output=dem"
    bench.measure("GRASS session", script("none", "true"), environment=home)
    bench.measure("GRASS streams", script(
        "streams", read, f"r.watershed --q -s elevation=dem threshold={side * side // 100} stream=s basin=b drainage=d accumulation=a",
        "r.thin --q input=s output=t", "r.to.vect --q input=t output=lines_grass type=line",
        "r.to.vect --q input=b output=basins_grass type=area", out("lines_grass", "line"), out("basins_grass", "area")),
        environment=home)
    bench.measure("GRASS slope", script("slope", read, "r.slope.aspect --q elevation=dem slope=slope",
                                        f"r.out.gdal --q -c -f input=slope output={bench.at('gs.tif')} type=Float32"), environment=home)


def gdal_tools(bench, dem):
    packed = ["-co", "TILED=YES", "-co", "COMPRESS=DEFLATE", "-co", "PREDICTOR=3", "-co", "ZLEVEL=1"]
    bench.measure("gdaldem slope", ["gdaldem", "slope", "-q", dem, bench.at("g.tif"), "-alg", "ZevenbergenThorne"])
    bench.measure("gdaldem slope, packed", ["gdaldem", "slope", "-q", dem, bench.at("g.tif"), "-alg", "ZevenbergenThorne", *packed])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", default="saga,grass,gdal,index", help="saga, grass, gdal, index (SAGA's wetness index), none")
    parser.add_argument("--relief", type=float, default=100.0, help="standard deviation of the heights in metres")
    parser.add_argument("--folder", help="where the files are made; default: the temporary folder")
    options = parser.parse_args()
    exe = os.environ.get("TILTH_EXE", "tilth")
    peers = options.peers.split(",")
    bench = Bench(tempfile.mkdtemp(prefix="tilth_bench_", dir=options.folder), options.runs)
    try:
        dem = bench.at("dem.tif")
        maker = multiprocessing.Process(target=make_dem, args=(dem, options.side, options.relief))
        maker.start()
        maker.join()
        program_alone(bench, exe)
        same = tilth_tools(bench, exe, dem)
        if "saga" in peers and shutil.which("saga_cmd"):
            saga_chain(bench, dem)
        if "index" in peers and shutil.which("saga_cmd"):
            saga_index(bench, dem)
        if "grass" in peers and shutil.which("grass"):
            grass_tools(bench, dem, options.side)
        if "gdal" in peers and shutil.which("gdaldem"):
            gdal_tools(bench, dem)
        for theirs in ("SAGA chain, 1 thread(s)", "SAGA chain, 2 thread(s)"):
            bench.ratio("terrainfactors", theirs)
        bench.ratio("slope", "gdaldem slope")
        bench.ratio("slope", "gdaldem slope, packed")
        bench.ratio("wetness --index saga", "SAGA wetness index")
        bench.ratio("streams", "GRASS streams", "GRASS session")
        bench.ratio("slope", "GRASS slope", "GRASS session")
        own = bench.results["program"]["peak_MiB"]
        per_cell = {name: round((bench.results[name]["peak_MiB"] - own) * 2**20 / options.side**2, 1)
                    for name in ("terrainfactors", "streams", "slope", "wetness --index saga")}
        print(json.dumps({"side": options.side, "relief": options.relief, "same_bytes": same, "bytes_per_cell": per_cell,
                          "results": bench.results}))
        return 0 if same else 1
    finally:
        shutil.rmtree(bench.folder)


if __name__ == "__main__":
    sys.exit(main())
