# SPDX-License-Identifier: GPL-2.0-or-later
"""Stream nets and subbasins as files: the laws that SWAT interfaces rely on, recomputed from the layers alone, and the
published flow directions of HydroSHEDS. The last ones are skipped where the shared data are absent."""
import csv
import os
import unittest

import numpy
from osgeo import gdal, ogr, osr

import study

CELL = 30.0
EAST, NORTH = 500000.0, 4100000.0
ORDER_OF_STEPS = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))  # N, NE ... NW


def utm():
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32633)
    return crs


def write_raster(path, z, crs=None, transform=(EAST, CELL, 0.0, NORTH, 0.0, -CELL)):
    data = gdal.GetDriverByName("GTiff").Create(path, z.shape[1], z.shape[0], 1, gdal.GDT_Float32)
    data.SetProjection((crs or utm()).ExportToWkt())
    data.SetGeoTransform(transform)
    data.GetRasterBand(1).SetNoDataValue(-9999)
    data.GetRasterBand(1).WriteArray(numpy.where(numpy.isnan(z), -9999, z).astype(numpy.float32))
    data.FlushCache()


def fractal(rows, columns, seed):
    """Noise whose power falls with the square of the frequency, tilted south, with a hole and a ragged corner."""
    random = numpy.random.default_rng(seed)
    waves = numpy.hypot(numpy.fft.fftfreq(rows)[:, None], numpy.fft.fftfreq(columns)[None, :])
    waves[0, 0] = numpy.inf
    z = numpy.fft.ifft2(numpy.fft.fft2(random.normal(size=(rows, columns))) / waves ** 2).real
    z = 500.0 + 60.0 * z / z.std() - 0.4 * numpy.arange(rows)[:, None]
    z[40:52, 70:90] = numpy.nan
    z[:25, :25][numpy.add.outer(numpy.arange(25), numpy.arange(25)) < 22] = numpy.nan
    return z


def rows_of(path):
    data = ogr.Open(path)
    layer = data.GetLayer(0)
    found = []
    for feature in layer:
        row = feature.items()
        row["geometry"] = feature.GetGeometryRef().Clone()
        found.append(row)
    return found


def write_vector(path, kind, geometries, fields=()):
    data = ogr.GetDriverByName("GPKG").CreateDataSource(path)
    layer = data.CreateLayer("given", utm(), kind)
    for name in fields:
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTInteger))
    for geometry, values in geometries:
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetGeometry(geometry)
        for name, value in zip(fields, values):
            feature.SetField(name, value)
        layer.CreateFeature(feature)


def point(x, y):
    geometry = ogr.Geometry(ogr.wkbPoint)
    geometry.AddPoint_2D(x, y)
    return geometry


def line(places):
    geometry = ogr.Geometry(ogr.wkbLineString)
    for x, y in places:
        geometry.AddPoint_2D(x, y)
    return geometry


def drains_through(directions, row, column):
    """Cells whose water passes a cell, from directions 0..7 = N ... NW alone."""
    rows, columns = directions.shape
    seen = numpy.zeros(directions.shape, bool)
    seen[row, column] = True
    rest = [(row, column)]
    while rest:
        r, c = rest.pop()
        for k, (dr, dc) in enumerate(ORDER_OF_STEPS):
            a, b = r - dr, c - dc
            if 0 <= a < rows and 0 <= b < columns and not seen[a, b] and directions[a, b] == k:
                seen[a, b] = True
                rest.append((a, b))
    return seen


def cell_of(x, y):
    return int((NORTH - y) // CELL), int((x - EAST) // CELL)


class Streams(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = study.folder()
        cls.dem = os.path.join(cls.folder.name, "dem.tif")
        write_raster(cls.dem, fractal(150, 180, 4))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def at(self, name):
        return os.path.join(self.folder.name, name)

    def run_streams(self, name, **more):
        for suffix in (".gpkg", "_b.gpkg", "_w.tif", "_d.tif"):
            if os.path.exists(self.at(name + suffix)):
                os.remove(self.at(name + suffix))
        result = study.tilth("streams", dem=self.dem, output=self.at(name + ".gpkg"), basins=self.at(name + "_b.gpkg"),
                             basins_raster=self.at(name + "_w.tif"), directions=self.at(name + "_d.tif"), **more)
        lines = rows_of(self.at(name + ".gpkg"))
        polygons = rows_of(self.at(name + "_b.gpkg"))
        return (result, {row["LINKNO"]: row for row in lines}, polygons, study.read(self.at(name + "_w.tif"), 1),
                study.read(self.at(name + "_d.tif"), 1))

    def check_topology(self, links):
        for number, link in links.items():
            above = [k for k in (link["USLINKNO1"], link["USLINKNO2"]) if k >= 0]
            for k in above:
                self.assertEqual(links[k]["DSLINKNO"], number)
                self.assertLessEqual(links[k]["DSContArea"], link["USContArea"])
            if link["DSLINKNO"] >= 0:
                below = links[link["DSLINKNO"]]
                self.assertIn(number, (below["USLINKNO1"], below["USLINKNO2"]))
                end = link["geometry"].GetPoint_2D(0)
                self.assertEqual(end, below["geometry"].GetPoint_2D(below["geometry"].GetPointCount() - 1))
                self.assertAlmostEqual(link["DOUTEND"], below["DOUTSTART"], places=6)
            else:
                self.assertEqual(link["DOUTEND"], 0.0)
            steps = 0
            k = number
            while k >= 0:
                steps += 1
                self.assertLessEqual(steps, len(links), "a cycle")
                k = links[k]["DSLINKNO"]
            orders = sorted((links[k]["strmOrder"] for k in above), reverse=True)
            strahler = 1 if not orders else orders[0] + (len(orders) == 2 and orders[0] == orders[1])
            self.assertEqual(link["strmOrder"], strahler)
            self.assertEqual(link["Magnitude"], sum(links[k]["Magnitude"] for k in above) if above else 1)

    def check_attributes(self, links):
        for link in links.values():
            self.assertTrue(link["geometry"].IsValid(), link["LINKNO"])
            vertices = link["geometry"].GetPoints()
            self.assertEqual(link["Length"] == 0, vertices[0] == vertices[-1])
            # A link of no length is drawn a thousandth of a cell aside and back.
            self.assertAlmostEqual(link["Length"], link["geometry"].Length(), delta=1e-6 if link["Length"] > 0 else CELL / 499)
            self.assertLessEqual(link["USContArea"], link["DSContArea"])
            self.assertAlmostEqual(link["Slope"], link["strmDrop"] / link["Length"] if link["Length"] > 0 else 0.0, 9)
            self.assertAlmostEqual(link["AreaC"] * 1e4, link["DSContArea"], places=3)
            self.assertAlmostEqual(link["Wid2"], 1.29 * (link["DSContArea"] / 1e6) ** 0.6, places=9)
            self.assertAlmostEqual(link["Dep2"], 0.13 * (link["DSContArea"] / 1e6) ** 0.4, places=9)
            self.assertLessEqual(link["MinEl"], link["MaxEl"])
            self.assertEqual(link["WSNO"], link["LINKNO"])

    def check_subbasins(self, links, polygons, labels):
        ids = [row["PolygonId"] for row in polygons]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(sorted(ids), sorted(numpy.unique(labels[~numpy.isnan(labels)]).astype(int)))
        self.assertEqual(sorted(row["Subbasin"] for row in polygons), list(range(1, len(ids) + 1)))
        for number, link in links.items():
            if number not in ids:
                self.assertEqual(link["Subbasin"], 0)
                # Links of no length, and at most those from an outlet straight into a junction.
                self.assertLess(link["geometry"].GetPointCount(), 3 if link["Length"] > 0 else 4)
        by_id = {row["PolygonId"]: row for row in polygons}
        for row in polygons:
            self.assertTrue(row["geometry"].IsValid(), row["PolygonId"])
            self.assertEqual(row["Subbasin"], links[row["PolygonId"]]["Subbasin"])
            self.assertAlmostEqual(row["Area"], round((labels == row["PolygonId"]).sum() * CELL * CELL), places=6)
            self.assertAlmostEqual(row["geometry"].Area(), row["Area"], delta=1e-3)
            if row["SubbasinR"] > 0:
                self.assertGreater(row["SubbasinR"], row["Subbasin"])
        # Burnt back into cells the polygons are the raster: no gaps, no overlaps.
        target = gdal.GetDriverByName("MEM").Create("", labels.shape[1], labels.shape[0], 1, gdal.GDT_Int32)
        target.SetGeoTransform((EAST, CELL, 0.0, NORTH, 0.0, -CELL))
        target.SetProjection(utm().ExportToWkt())
        target.GetRasterBand(1).Fill(-1)
        memory = ogr.GetDriverByName("Memory").CreateDataSource("")
        layer = memory.CreateLayer("b", utm(), ogr.wkbMultiPolygon)
        layer.CreateField(ogr.FieldDefn("id", ogr.OFTInteger))
        for number, row in by_id.items():
            feature = ogr.Feature(layer.GetLayerDefn())
            feature.SetField("id", number)
            feature.SetGeometry(row["geometry"])
            layer.CreateFeature(feature)
        gdal.RasterizeLayer(target, [1], layer, options=["ATTRIBUTE=id"])
        numpy.testing.assert_array_equal(target.ReadAsArray(), numpy.where(numpy.isnan(labels), -1, labels))

    def test_the_net_and_its_subbasins_keep_their_laws(self):
        for threshold in (3, 25, 300):
            result, links, polygons, labels, directions = self.run_streams("laws", threshold=threshold)
            self.assertEqual(result["links"], len(links))
            self.assertEqual(result["subbasins"], len(polygons))
            self.check_topology(links)
            self.check_attributes(links)
            self.check_subbasins(links, polygons, labels)
            outlets = [link for link in links.values() if link["DSLINKNO"] < 0]
            self.assertAlmostEqual(sum(row["Area"] for row in polygons),
                                   sum(link["DSContArea"] for link in outlets), places=3)
            for link in outlets:
                above = drains_through(directions, *cell_of(*link["geometry"].GetPoint_2D(0)))
                self.assertAlmostEqual(link["DSContArea"], above.sum() * CELL * CELL, places=3)

    def make_outlets(self, links):
        """An outlet, a reservoir above it, an inlet above that, a point source, and three of no use."""
        main = max(links.values(), key=lambda link: link["DSContArea"])
        chain = [main]
        while chain[-1]["USLINKNO1"] >= 0:
            chain.append(max((links[k] for k in (chain[-1]["USLINKNO1"], chain[-1]["USLINKNO2"]) if k >= 0),
                             key=lambda link: link["DSContArea"]))
        chain = [link for link in chain if link["geometry"].GetPointCount() > 4]
        self.assertGreaterEqual(len(chain), 4)
        middle = [link["geometry"].GetPoint_2D(link["geometry"].GetPointCount() // 2) for link in chain]
        write_vector(self.at("points.gpkg"), ogr.wkbPoint, [
            (point(middle[0][0] + 9, middle[0][1] - 8), (70, 0, 0, 0)),
            (point(middle[1][0], middle[1][1] + 7), (71, 0, 1, 0)),
            (point(*middle[2]), (72, 1, 0, 1)),
            (point(*middle[3]), (73, 1, 0, 0)),
            (point(EAST - 5000, NORTH), (74, 0, 0, 0)),
            (point(middle[0][0] + 9, middle[0][1] - 8), (75, 0, 0, 0))], ("ID", "INLET", "RES", "PTSOURCE"))
        return middle

    def test_outlets_bound_the_net_and_part_it(self):
        _, links, _, _, directions = self.run_streams("whole", threshold=40)
        places = self.make_outlets(links)
        result, links, polygons, labels, _ = self.run_streams("bound", threshold=40, outlets=self.at("points.gpkg"),
                                                              snap=40)
        self.check_topology(links)
        self.check_attributes(links)
        self.check_subbasins(links, polygons, labels)
        self.assertEqual(result["outlets_rejected"], [74, 75])
        ends = {link["DSNODEID"]: link for link in links.values() if link["DSNODEID"] >= 0}
        self.assertEqual(sorted(ends), [70, 71, 72])
        self.assertEqual([link["DSNODEID"] for link in links.values() if link["DSLINKNO"] < 0], [70])
        self.assertEqual((ends[71]["RES"], ends[72]["PTSOURCE"], ends[70]["RES"]), (1, 1, 0))
        for number, place in zip((70, 71, 72), places):
            self.assertEqual(cell_of(*ends[number]["geometry"].GetPoint_2D(0)), cell_of(*place))
        land = drains_through(directions, *cell_of(*places[0])) & ~drains_through(directions, *cell_of(*places[3]))
        numpy.testing.assert_array_equal(land, ~numpy.isnan(labels))

    def test_points_move_to_the_foot_of_the_perpendicular(self):
        """Computed from the lines alone: nearest vertex, then the nearest position on the segments that meet there."""
        _, links, _, _, _ = self.run_streams("whole", threshold=40)
        net = [link["geometry"].GetPoints() for link in links.values() if link["Length"] > 0]
        longest = max(net, key=len)
        random = numpy.random.default_rng(9)
        given = {}
        for number, k in enumerate(range(2, len(longest) - 2, 5)):
            x, y = longest[k][:2]
            given[number + 1] = (x + random.uniform(-25, 25), y + random.uniform(-25, 25))
        write_vector(self.at("given.gpkg"), ogr.wkbPoint, [(point(*p), (n,)) for n, p in given.items()], ("ID",))
        if os.path.exists(self.at("snapped.gpkg")):
            os.remove(self.at("snapped.gpkg"))
        result = self.run_streams("near", threshold=40, outlets=self.at("given.gpkg"), snapped=self.at("snapped.gpkg"))[0]
        snapped = rows_of(self.at("snapped.gpkg"))
        self.assertGreater(len(snapped), 4)
        self.assertEqual(len(snapped) + len(result["outlets_rejected"]), len(given))
        for row in snapped:
            p = numpy.array(given[row["ID"]])
            vertices = {tuple(v[:2]) for one in net for v in one}
            nearest = min(vertices, key=lambda v: numpy.hypot(*(p - v)))
            feet = []
            for one in net:
                for a, b in zip(one[:-1], one[1:]):
                    if nearest in (tuple(a[:2]), tuple(b[:2])):
                        a, step = numpy.array(a[:2]), numpy.array(b[:2]) - numpy.array(a[:2])
                        feet.append(a + numpy.clip((p - a) @ step / (step @ step), 0, 1) * step)
            foot = min(feet, key=lambda f: numpy.hypot(*(p - f)))
            place = numpy.array(row["geometry"].GetPoint_2D(0))
            self.assertAlmostEqual(numpy.hypot(*(place - foot)), 0.0, places=6)
            self.assertAlmostEqual(row["moved_m"], numpy.hypot(*(p - foot)), places=6)

    def table(self, name):
        with open(self.at(name), newline="", encoding="utf-8") as source:
            return list(csv.DictReader(source))

    def test_tables_and_rasters_say_what_the_lines_say(self):
        more = {name: self.at(name + end) for name, end in (("tree", ".csv"), ("coordinates", ".csv"), ("order_raster", ".tif"))}
        _, links, _, _, directions = self.run_streams("tables", threshold=60, **more)
        tree = self.table("tree.csv")
        places = self.table("coordinates.csv")
        self.assertEqual([int(row["row"]) for row in places], list(range(len(places))))
        self.assertEqual(len(tree), len(links))
        orders = numpy.full(directions.shape, numpy.nan)
        for row in tree:
            link = links[int(row["LINKNO"])]
            for name in ("DSLINKNO", "USLINKNO1", "USLINKNO2", "strmOrder", "Magnitude", "DSNODEID"):
                self.assertEqual(int(row[name]), link[name])
            own = places[int(row["first_row"]):int(row["last_row"]) + 1]
            self.assertEqual({int(place["LINKNO"]) for place in own}, {link["LINKNO"]})
            vertices = link["geometry"].GetPoints()
            for place, vertex in zip(own, vertices if link["Length"] > 0 else vertices[::2]):
                self.assertEqual((float(place["x"]), float(place["y"])), tuple(vertex[:2]))
            self.assertEqual(len(own), link["geometry"].GetPointCount() - (link["Length"] == 0))
            self.assertAlmostEqual(float(own[0]["to_outlet_m"]), link["DOUTEND"], places=6)
            self.assertAlmostEqual(float(own[-1]["to_outlet_m"]), link["DOUTSTART"], places=6)
            self.assertAlmostEqual(float(own[-1]["elevation_m"]) - float(own[0]["elevation_m"]), link["strmDrop"], places=6)
            if link["Length"] > 0:
                self.assertAlmostEqual(float(own[-1]["area_m2"]), link["USContArea"], places=3)
            for place in own[1 if link["DSLINKNO"] >= 0 else 0:]:
                orders[cell_of(float(place["x"]), float(place["y"]))] = link["strmOrder"]
        numpy.testing.assert_array_equal(study.read(self.at("order_raster.tif"), 1), orders)

    def test_rivers_are_links_of_one_order_in_a_row(self):
        _, links, _, _, _ = self.run_streams("links", threshold=30, rivers=self.at("rivers.gpkg"))
        rivers = {row["RIVERNO"]: row for row in rows_of(self.at("rivers.gpkg"))}
        self.assertEqual(sum(row["Links"] for row in rivers.values()), len(links))
        self.assertLess(len(rivers), len(links))
        for row in rivers.values():
            lowest = links[row["LINKNO"]]
            chain = [lowest]
            while True:
                above = [links[k] for k in (chain[-1]["USLINKNO1"], chain[-1]["USLINKNO2"]) if k >= 0]
                above = [link for link in above if link["strmOrder"] == row["strmOrder"]]
                if not above:
                    break
                self.assertEqual(len(above), 1)
                chain += above
            self.assertEqual(row["Links"], len(chain))
            self.assertAlmostEqual(row["Length"], sum(link["Length"] for link in chain), places=6)
            self.assertAlmostEqual(row["geometry"].Length(), row["Length"], places=6)
            self.assertEqual(row["geometry"].GetPoint_2D(0), lowest["geometry"].GetPoint_2D(0))
            if lowest["DSLINKNO"] >= 0:
                self.assertGreater(links[lowest["DSLINKNO"]]["strmOrder"], row["strmOrder"])
                self.assertGreater(rivers[row["DSRIVERNO"]]["strmOrder"], row["strmOrder"])

    def test_simpler_lines_keep_ends_and_stay_close(self):
        _, full, _, _, _ = self.run_streams("full", threshold=30)
        _, simple, _, _, _ = self.run_streams("simple", threshold=30, simplify=45)
        self.check_topology(simple)
        count = [sum(link["geometry"].GetPointCount() for link in links.values()) for links in (full, simple)]
        self.assertLess(count[1], 0.6 * count[0])
        for number, link in full.items():
            other = simple[number]
            self.assertEqual(other["Length"], link["Length"])
            for k in (0, -1):
                self.assertEqual(other["geometry"].GetPoints()[k], link["geometry"].GetPoints()[k])
            for vertex in link["geometry"].GetPoints():
                self.assertLessEqual(point(*vertex[:2]).Distance(other["geometry"]), 45 + 1e-9)

    def test_burnt_lines_are_followed(self):
        """A straight canal across the hills, partly outside and over NoData, becomes a stream."""
        y = NORTH - CELL * 45.5
        write_vector(self.at("canal.gpkg"), ogr.wkbLineString,
                     [(line([(EAST + CELL * 20.5, y), (EAST + CELL * 200.5, y)]), ()),
                      (line([(EAST - 9000, NORTH), (EAST - 90000, NORTH)]), ())])
        result, links, _, _, directions = self.run_streams("burn", threshold=400, burn=self.at("canal.gpkg"),
                                                           burn_depth=400)
        self.check_topology(links)
        self.assertEqual(result["burnt_cells"], 180 - 20 - 20)
        self.assertGreater(result["burn_skipped_cells"], 20 + 2000)
        # Between the hole and the eastern edge water runs along the canal, all of it to one side or the other.
        canal = directions[45, 92:178]
        self.assertTrue(numpy.isin(canal, (2, 6)).all(), canal)
        plain = self.run_streams("plain", threshold=400)[4]
        self.assertFalse(numpy.isin(plain[45, 92:178], (2, 6)).all())

    def test_codes_of_directions_say_the_same(self):
        _, _, _, _, saga = self.run_streams("saga", threshold=100)
        _, _, _, _, esri = self.run_streams("esri", threshold=100, direction_code="esri")
        _, _, _, _, taudem = self.run_streams("taudem", threshold=100, direction_code="taudem")
        numpy.testing.assert_array_equal(numpy.isnan(saga), numpy.isnan(esri))
        steps = {"esri": {64: 0, 128: 1, 1: 2, 2: 3, 4: 4, 8: 5, 16: 6, 32: 7, 0: -1},
                 "taudem": {3: 0, 2: 1, 1: 2, 8: 3, 7: 4, 6: 5, 5: 6, 4: 7, 0: -1}}
        for codes, grid in (("esri", esri), ("taudem", taudem)):
            there = ~numpy.isnan(grid)
            ours = numpy.vectorize(steps[codes].get)(grid[there].astype(int))
            numpy.testing.assert_array_equal(ours, saga[there])
        numpy.testing.assert_array_equal(numpy.isnan(saga), numpy.isnan(taudem))

    def test_thresholds_in_cells_and_area_are_linked(self):
        by_cells = self.run_streams("cells", threshold=64)[1]
        by_area = self.run_streams("area", threshold_km2=64 * CELL * CELL / 1e6)[1]
        self.assertEqual(len(by_cells), len(by_area))
        for number, link in by_cells.items():
            self.assertEqual(link["DSContArea"], by_area[number]["DSContArea"])

    def test_bad_points_and_lines_are_explained_in_one_sentence(self):
        write_vector(self.at("far.gpkg"), ogr.wkbPoint, [(point(EAST - 1e5, NORTH), ())])
        write_vector(self.at("astray.gpkg"), ogr.wkbLineString, [(line([(EAST - 1e5, NORTH), (EAST - 2e5, NORTH)]), ())])
        for words, parameters in (("off the DEM", {"outlets": self.at("far.gpkg")}),
                                  ("meet no cell of the DEM", {"burn": self.at("astray.gpkg")}),
                                  ("choose a threshold below", {"threshold": 10 ** 9}),
                                  ("give outlets", {"snapped": self.at("none.gpkg")})):
            with self.assertRaises(RuntimeError) as caught:
                study.tilth("streams", dem=self.dem, output=self.at("never.gpkg"), **parameters)
            self.assertIn(words, str(caught.exception))
            self.assertFalse(os.path.exists(self.at("never.gpkg")))


@unittest.skipUnless(os.path.isdir(os.path.join(study.SHARED, "data")), "SKIPPED: the shared data are not here")
class HydroSheds(unittest.TestCase):
    def test_directions_equal_the_published_ones_wherever_the_ground_decides(self):
        """The published directions treat the degree cells as squares. On square cells ours equal them in every cell
        with a single steepest neighbour; where several are as steep, theirs is one of those."""
        source = os.path.join(study.SHARED, "data/dem_hydrosheds")
        z = study.read(os.path.join(source, "dem.tif"), 1).astype(float)
        published = study.read(os.path.join(source, "flowdir_d8.tif"), 1)
        with study.folder() as folder:
            write_raster(os.path.join(folder, "square.tif"), z)
            study.tilth("streams", dem=os.path.join(folder, "square.tif"), fill="no", threshold=500,
                        output=os.path.join(folder, "s.gpkg"), directions=os.path.join(folder, "d.tif"),
                        direction_code="esri")
            ours = study.read(os.path.join(folder, "d.tif"), 1)
        around = numpy.pad(z, 1, constant_values=numpy.nan)
        steps = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))  # ESRI: 1, 2, 4 ... 128
        rows, columns = z.shape
        slope = numpy.stack([(z - around[1 + a:rows + 1 + a, 1 + b:columns + 1 + b]) / numpy.hypot(a, b)
                             for a, b in steps])
        inside = numpy.isfinite(slope).all(axis=0)
        ordered = numpy.sort(numpy.where(numpy.isnan(slope), -numpy.inf, slope), axis=0)
        falls = inside & (ordered[-1] > 0)
        single = falls & (ordered[-1] - ordered[-2] > 1e-9)
        self.assertGreater(single.sum(), 90000)
        self.assertEqual((ours != published)[single].sum(), 0)
        for grid in (ours, published):
            taken = numpy.take_along_axis(slope, numpy.log2(numpy.where(falls, grid, 1)).astype(int)[None], 0)[0]
            self.assertTrue((taken >= ordered[-1] - 1e-9)[falls].all())


@unittest.skipUnless(os.path.isdir(os.path.join(study.SHARED, "data")), "SKIPPED: the shared data are not here")
class Saga(unittest.TestCase):
    def compare(self, name, with_orders):
        """Directions and Strahler orders of SAGA 8.5's Channel Network and Drainage Basins on its own filled DEM. SAGA
        lets no water leave cells next to the edge or NoData; what such cells drain into cannot be compared."""
        source = os.path.join(study.SHARED, "data", name, "saga85")
        with study.folder() as folder:
            def at(file):
                return os.path.join(folder, file)
            study.tilth("streams", dem=os.path.join(source, "saga_fill_wangliu.tif"), fill="no",
                        threshold=1 if with_orders else 1000, output=at("s.gpkg"), basins_raster=at("w.tif"), directions=at("d.tif"))
            directions = study.read(at("d.tif"), 1)
            labels = study.read(at("w.tif"), 1)
            order = {row["LINKNO"]: row["strmOrder"] for row in rows_of(at("s.gpkg"))}
        there = ~numpy.isnan(directions)
        rows, columns = there.shape
        padded = numpy.pad(there, 1)
        inside = numpy.all([padded[a:rows + a, b:columns + b] for a in range(3) for b in range(3)], axis=0)
        numpy.testing.assert_array_equal(directions[inside], study.read(os.path.join(source, "saga_chan_dir.tif"))[inside])
        if not with_orders:
            return inside.sum(), None
        reached = ~inside
        rest = list(zip(*numpy.nonzero(there & ~inside)))
        while rest:
            r, c = rest.pop()
            k = int(directions[r, c])
            if k >= 0:
                below = (r + ORDER_OF_STEPS[k][0], c + ORDER_OF_STEPS[k][1])
                if not reached[below]:
                    reached[below] = True
                    rest.append(below)
        ours = numpy.vectorize(lambda number: order[int(number)])(labels[~reached])
        theirs = study.read(os.path.join(source, "saga_chan_order.tif")).astype(int)[~reached]
        numpy.testing.assert_array_equal(numpy.maximum(ours - 4, 0), numpy.maximum(theirs, 0))
        return inside.sum(), ours.size

    def test_directions_and_orders_equal_saga(self):
        self.assertEqual(self.compare("dem_ecuador", False), (156734, None))
        self.assertEqual(self.compare("dem_whitebox_90m", True), (43710, 42499))


if __name__ == "__main__":
    unittest.main()
