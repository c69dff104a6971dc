#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""importscene on simulated products of EnMAP, PRISMA, EMIT and DESIS, on plain cubes and on real scenes: every step of the product is
undone, and one sentence names what is missing or broken."""
import os
import shutil
import tarfile
import unittest
import zipfile
from pathlib import Path

import h5py
import kit  # first: it finds tests/kit

import made_products as made
import numpy
import world
from osgeo import gdal

gdal.UseExceptions()
SHARED = Path(os.environ.get("TILTH_SHARED", kit.ROOT / "../shared")) / "data"


def read(path):
    """Values [bands, rows, columns] as float64, NaN for NoData, and the open dataset."""
    file = gdal.Open(str(path))
    values = file.ReadAsArray().astype(float)
    nodata = file.GetRasterBand(1).GetNoDataValue()
    if nodata is not None and not numpy.isnan(nodata):
        values[values == nodata] = numpy.nan
    return values, file


def item(file, key):
    return file.GetMetadataItem(key, "TILTH_SCENE")


class ProductCase(kit.TilthCase):
    def imported(self, product, *more, output="out.tif"):
        """The scene of a product: its values, its dataset, and the log of the run."""
        done = self.must("importscene", "--product", product, *more, "--output", output)
        return *read(self.folder / output), done.stdout + done.stderr

    def no_import(self, product, *wanted, status=kit.FAILED, **options):
        """One sentence, which contains the texts wanted, and nothing written."""
        return self.refused(status, ["product", *wanted], "importscene", "--product", product, output="none.tif", **options)

    def bands(self, file):
        numbers = range(1, file.RasterCount + 1)
        return [[float(file.GetRasterBand(n).GetMetadataItem(key)) for n in numbers] for key in ("wavelength", "fwhm")]


class EnMap(ProductCase):
    @classmethod
    def prepare(cls):
        at = cls.folder
        cls.centre, cls.width, _ = made.enmap_bands()
        cls.truth = made.soil(cls.centre, 20, 24)
        cls.metadata = made.enmap(at / "一景 enmap")
        made.zipped(at / "一景 enmap", at / "enmap.zip")
        made.enmap(at / "small", lower=True, suffix=".BIL", empty=(14, 15))
        cls.radiance = made.radiance(cls.centre, 20, 24)
        made.enmap(at / "l1c", "L1C", cube=cls.radiance)

    def test_folder_archive_metadata_and_image_give_the_same_reflectance(self):
        image = next((self.folder / "一景 enmap").glob("*SPECTRAL_IMAGE.TIF"))
        for product in ("一景 enmap", "enmap.zip", self.metadata, image):
            values, file, said = self.imported(product)
            numpy.testing.assert_allclose(values, self.truth, atol=0.51e-4)
            self.assertIn("EnMAP L2A", said)
            self.assertEqual(file.GetGeoTransform(), (made.WEST, 30.0, 0.0, made.NORTH, 0.0, -30.0))
            centre, width = self.bands(file)
            numpy.testing.assert_allclose(centre, self.centre, atol=1e-3)
            numpy.testing.assert_allclose(width, self.width, atol=1e-3)

    def test_the_facts_of_the_metadata_stay_with_the_scene(self):
        _, file, _ = self.imported("enmap.zip")
        self.assertEqual(item(file, "UTC"), "2023-05-04T03:12:05Z")
        for key, wanted, tolerance in (("SUN_ZENITH_DEG", 29.75, 1e-6), ("SUN_AZIMUTH_DEG", 151.5, 1e-6), ("ELEVATION_M", 123.0, 1e-6),
                                       ("WATER_VAPOUR_G_CM2", 1.43, 1e-6), ("AOD_550", 0.125, 1e-6),
                                       # atan(hypot(tan 4, tan 3)) degrees
                                       ("VIEW_ZENITH_DEG", 4.994, 1e-3)):
            self.assertAlmostEqual(float(item(file, key)), wanted, delta=tolerance)
        self.assertEqual(item(file, "QUANTITY"), "reflectance")

    def test_lower_case_names_line_order_and_empty_bands(self):
        values, file, said = self.imported("small")
        kept = [k for k in range(len(self.centre)) if k not in (14, 15)]
        numpy.testing.assert_allclose(values[kept], self.truth[kept], atol=0.51e-4)
        self.assertTrue(numpy.isnan(values[[14, 15]]).all())
        self.assertIn("empty in the product", said)

    def test_radiance_per_nanometre_becomes_radiance_per_micrometre(self):
        values, file, said = self.imported("l1c")
        # Half a step of the coarsest gain.
        numpy.testing.assert_allclose(values, self.radiance, atol=0.51 * 0.01)
        self.assertEqual(item(file, "QUANTITY"), "radiance")
        self.assertIn("multiplied by 1000", said)

    def cut(self, name, kept, **options):
        """The product with an image that was stored again with some of its bands."""
        folder = self.folder / name
        shutil.copytree(self.folder / "一景 enmap", folder)
        image = next(folder.glob("*.TIF"))
        whole = gdal.Open(str(image)).ReadAsArray()
        image.unlink()
        made.write_geotiff(image, whole[kept], -32768)
        file = gdal.Open(str(image), gdal.GA_Update)
        for number, k in enumerate(kept, 1):
            for key, value in options.items():
                band = file.GetRasterBand(number)
                band.SetDescription(value(k)) if key == "description" else band.SetMetadataItem(key, value(k))
        file = None

    def test_an_image_with_fewer_bands_than_its_metadata(self):
        kept = [k for k in range(len(self.centre)) if k not in (9, 14, 15, 20)]
        self.cut("bare", kept)
        self.no_import("bare", "28 bands", "24", "does not tell which")
        for name, options in (("waves", {"wavelength": lambda k: f"{self.centre[k]:.2f}"}), ("numbers", {"description": lambda k: f"Band {k + 1}"}),
                              ("letters", {"description": lambda k: f"B{k + 1:03d}"})):
            with self.subTest(name=name):
                self.cut(name, kept, **options)
                values, file, said = self.imported(name)
                numpy.testing.assert_allclose(self.bands(file)[0], self.centre[kept], atol=1e-3)
                numpy.testing.assert_allclose(values, self.truth[kept], atol=0.51e-4)
                self.assertIn("24 of the 28 bands", said)

    def test_bands_that_do_not_fit_are_refused(self):
        kept = list(range(10))
        self.cut("twice", kept, description=lambda k: "Band 3")
        self.no_import("twice", "28", "10")
        self.cut("other", kept, wavelength=lambda k: f"{3000 + k}")
        self.no_import("other", "28", "10")
        self.cut("beyond", kept, description=lambda k: f"Band {k + 25}")
        self.no_import("beyond", "28", "10")

    def test_archives_of_every_kind(self):
        for name, mode in (("enmap.tar.gz", "w:gz"), ("enmap.tgz", "w:gz"), ("enmap.tar", "w")):
            with self.subTest(name=name):
                with tarfile.open(self.folder / name, mode) as archive:
                    archive.add(self.folder / "一景 enmap", "deep/一景 enmap")
                values, _, said = self.imported(name)
                numpy.testing.assert_allclose(values, self.truth, atol=0.51e-4)
                self.assertIn("EnMAP L2A", said)

    def test_filters_are_refused(self):
        self.no_import("enmap.zip|subset=a = 1", "subset=", status=kit.USAGE)
        self.no_import("enmap.zip|layername=x", "layername=", status=kit.USAGE)

    def test_what_is_missing_is_named(self):
        made.enmap(self.folder / "no image", image=False)
        self.no_import("no image", "SPECTRAL_IMAGE")
        lone = next((self.folder / "一景 enmap").glob("*SPECTRAL_IMAGE.TIF"))
        (self.folder / "lone").mkdir()
        shutil.copy(lone, self.folder / "lone")
        self.no_import(f"lone/{lone.name}", "METADATA.XML", "wavelengths and gains")
        both = self.folder / "both"
        shutil.copytree(self.folder / "一景 enmap", both)
        shutil.copy(self.metadata, both / self.metadata.name.replace("0000001867", "0000009999"))
        self.no_import("both", "2 EnMAP scenes", "name the metadata file of one of them")

    def test_broken_metadata_and_images(self):
        broken = self.folder / "broken"
        shutil.copytree(self.folder / "一景 enmap", broken)
        metadata, image = next(broken.glob("*.XML")), next(broken.glob("*.TIF"))
        whole = metadata.read_bytes()
        metadata.write_bytes(whole[:len(whole) // 2])
        self.no_import("broken", "XML", "cut off")
        metadata.write_text(whole.decode().replace("<GainOfBand>", "<GainOfNothing>").replace("</GainOfBand>", "</GainOfNothing>"))
        self.no_import("broken", "0 bands with centre and gain", "28")
        metadata.write_bytes(whole)
        content = image.read_bytes()
        image.write_bytes(content[:len(content) * 2 // 3])
        self.no_import("broken")
        with zipfile.ZipFile(self.folder / "other.zip", "w") as other:
            other.writestr("readme.txt", "nothing here")
        self.no_import("other.zip", "other.zip")


class Prisma(ProductCase):
    @classmethod
    def prepare(cls):
        cls.used = [numpy.sort(centre[centre > 0]) for centre in made.prisma_bands()]
        cls.centre = numpy.concatenate(cls.used)
        cls.truth = made.soil(cls.centre, 18, 22)
        cls.l2d = made.prisma(cls.folder / "PRS_L2D_STD_20230504031205_20230504031209_0001.he5")

    def made(self, name, level="L2D", **more):
        return made.prisma(self.folder / f"PRS_{level}_STD_{name}_0001.he5", level, **more)

    def test_the_range_of_reflectance_is_that_of_the_file_and_bands_rise(self):
        # 0.05 to 0.95 over 65535 steps: half a step, and the single precision of the attributes.
        for chunks in ("lines", "pixels", "none"):
            values, file, said = self.imported(self.made(f"chunks_{chunks}", chunks=chunks), output=f"{chunks}.tif")
            numpy.testing.assert_allclose(values, self.truth, atol=0.51 * 0.9 / 65535 + 1e-7)
            numpy.testing.assert_allclose(self.bands(file)[0], self.centre, atol=1e-3)
        self.assertIn("PRISMA L2D", said)
        self.assertIn("3 positions without a band", said)

    def test_corners_are_centres_of_pixels(self):
        _, file, _ = self.imported(self.l2d)
        numpy.testing.assert_allclose(file.GetGeoTransform(), (made.WEST, 30.0, 0.0, made.NORTH, 0.0, -30.0), atol=0.5)
        self.assertIn("UTM zone 50N", file.GetProjection())
        self.assertEqual([float(item(file, key)) for key in ("SUN_ZENITH_DEG", "SUN_AZIMUTH_DEG", "VIEW_ZENITH_DEG")], [29.75, 151.5, 12.5])

    def test_marked_and_empty_pixels_are_nodata_and_measured_zeros_are_not(self):
        error = numpy.zeros((18, 22))
        error[2, 3], error[4, 5], error[6, 7] = 1, 4, 2
        cubes = [made.soil(used, 18, 22) for used in self.used]
        for cube in cubes:
            cube[:, 9, :4] = numpy.nan  # outside the image
            cube[1, 11, 11] = 0.05      # the least value, stored as 0
        values, _, _ = self.imported(self.made("marks", vnir=cubes[0], swir=cubes[1], error=error))
        n_vnir = len(self.used[0])
        self.assertTrue(numpy.isnan(values[:n_vnir, 2, 3]).all() and numpy.isnan(values[:n_vnir, 4, 5]).all())
        self.assertTrue(numpy.isfinite(values[:, 6, 7]).all())
        self.assertTrue(numpy.isnan(values[:, 9, :4]).all())
        self.assertAlmostEqual(values[1, 11, 11], 0.05, delta=2e-5)
        self.assertEqual(numpy.isnan(values[:n_vnir]).sum(), n_vnir * 6)

    def test_l1_gives_radiance_and_finds_its_place_by_coordinates(self):
        cubes = [made.radiance(used, 18, 22) for used in self.used]
        product = self.made("l1", "L1", vnir=cubes[0], swir=cubes[1])
        values, file, said = self.imported(product, "--geocode", "no")
        numpy.testing.assert_allclose(values, numpy.concatenate(cubes), atol=0.0051)
        self.assertEqual(item(file, "QUANTITY"), "radiance")
        self.assertEqual(float(item(file, "SUN_ZENITH_DEG")), 29.75)
        values, file, _ = self.imported(product)
        # On the map every value of the middle is that of the pixel whose centre is nearest.
        west, cell, _, north, _, _ = file.GetGeoTransform()
        rows, columns = values.shape[1:]
        for i, j in ((rows // 2, columns // 2), (rows // 2 + 2, columns // 2 - 3)):
            column = (west + cell * (j + 0.5) - made.WEST) / 30.0 - 0.5
            row = (made.NORTH - (north - cell * (i + 0.5))) / 30.0 - 0.5
            near = [cubes[0][:, r, c] for r in (int(numpy.floor(row)), int(numpy.ceil(row)))
                    for c in (int(numpy.floor(column)), int(numpy.ceil(column)))]
            self.assertLess(min(abs(values[:len(self.used[0]), i, j] - one).max() for one in near), 0.0051)

    def test_l2c_and_an_archive(self):
        l2c = self.made("l2c", "L2C")
        with zipfile.ZipFile(self.folder / "prisma.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(l2c, l2c.name)
        values, _, said = self.imported("prisma.zip", "--geocode", "no")
        numpy.testing.assert_allclose(values, self.truth, atol=0.51 * 0.9 / 65535 + 1e-7)
        self.assertIn("PRISMA L2C", said)

    def test_a_file_with_the_cube_of_one_detector(self):
        for missing, (kind, other) in enumerate((("SWIR", "VNIR"), ("VNIR", "SWIR"))):
            path = self.made(f"only_{kind}")
            with h5py.File(path, "a") as file:
                del file[f"HDFEOS/SWATHS/PRS_L2D_HCO/Data Fields/{other}_Cube"]
                for key in [one for one in file.attrs if other.title() in one]:
                    del file.attrs[key]
            values, file, said = self.imported(path, "--windows", "none")
            used = self.used[1 - missing]
            numpy.testing.assert_allclose(self.bands(file)[0], used, atol=1e-3)
            numpy.testing.assert_allclose(values, made.soil(used, 18, 22), atol=0.51 * 0.9 / 65535 + 1e-7)
            self.assertIn(f"one detector only, {kind}", said)

    def test_refusals(self):
        self.no_import(self.made("offset", "L1", offset=3.5), "offset 3.5", "disagree")
        self.no_import(self.made("no_scale", attributes={"L2ScaleVnirMax": None}), "L2ScaleVnirMax")
        self.no_import(self.made("few", attributes={"List_Cw_Swir": numpy.arange(3, dtype="f4")}), "3 wavelengths", "14 bands", "SWIR")
        with h5py.File(self.folder / "PRS_L2D_STD_empty_0001.he5", "w") as file:
            file.attrs["Product_ID"] = "x"
        self.no_import("PRS_L2D_STD_empty_0001.he5", "no hyperspectral cube", "L2B")
        self.no_import(self.made("unused", attributes={"List_Cw_Vnir": numpy.zeros(9, "f4")}), "no band in use", "VNIR")

    def test_a_file_that_is_cut_off(self):
        content = self.l2d.read_bytes()
        for share in (0.02, 0.5, 0.98):
            (self.folder / "PRS_L2D_STD_cut_0001.he5").write_bytes(content[:int(len(content) * share)])
            self.no_import("PRS_L2D_STD_cut_0001.he5", "PRS_L2D_STD_cut_0001.he5", "cut off")

    def test_a_driver_that_is_not_installed_is_named_with_its_package(self):
        self.no_import(self.l2d, "HDF5", "gdal-plugins", env={"GDAL_SKIP": "HDF5"})


class Tanager(ProductCase):
    @classmethod
    def prepare(cls):
        cls.centre = numpy.linspace(380.0, 2490.0, 24)
        cls.truth = made.soil(cls.centre, 15, 12)
        cls.truth[:, 2, 3] = numpy.nan
        cls.ortho = cls.write("20230504_031205_00_4001_ortho_sr.h5", "GRIDS", "surface_reflectance", cls.truth)

    @classmethod
    def write(cls, name, kind, field, cube, attributes=None, structure=True, epsg=None):
        """A scene as Planet stores it: [band, row, column], wavelengths as attributes of the array."""
        bands, rows, columns = cube.shape
        with h5py.File(cls.folder / name, "w") as file:
            group = file.create_group(f"HDFEOS/{kind}/HYP")
            stored = group.create_dataset(f"Data Fields/{field}", data=numpy.nan_to_num(cube, nan=-9999.0).astype("f4"),
                                          chunks=(4, rows, columns), compression="gzip")
            stored.attrs["_FillValue"] = numpy.float32(-9999.0)
            stored.attrs["wavelengths"] = cls.centre
            stored.attrs["fwhm"] = numpy.full(bands, 5.5)
            stored.attrs["good_wavelengths"] = numpy.where(abs(cls.centre - 1400.0) < 60.0, 0, 1).astype("u1")
            for key, value in (attributes or {}).items():
                if value is None:
                    del stored.attrs[key]
                else:
                    stored.attrs[key] = value
            group.create_dataset("Data Fields/sun_zenith", data=numpy.full((rows, columns), 29.75, "f4"))
            if kind == "SWATHS":
                longitude, latitude = made.lonlat(rows, columns)
                group.create_dataset("Geolocation Fields/Longitude", data=longitude)
                group.create_dataset("Geolocation Fields/Latitude", data=latitude)
            if epsg:
                group.attrs["epsg_code"] = epsg
            if structure and kind == "GRIDS":
                corners = (made.WEST, made.NORTH, made.WEST + 30 * columns, made.NORTH - 30 * rows)
                zone = "" if epsg else "\t\tProjection=HE5_GCTP_UTM\n\t\tZoneCode=50\n"
                text = (f"GROUP=GridStructure\n\tGROUP=GRID_1\n\t\tXDim={columns}\n\t\tYDim={rows}\n"
                        f"\t\tUpperLeftPointMtrs=({corners[0]:.6f},{corners[1]:.6f})\n\t\tLowerRightMtrs=({corners[2]:.6f},{corners[3]:.6f})\n"
                        f"{zone}\tEND_GROUP=GRID_1\nEND_GROUP=GridStructure\n")
                file.create_dataset("HDFEOS INFORMATION/StructMetadata.0", data=numpy.bytes_(text))
        return cls.folder / name

    def test_wavelengths_bad_bands_and_grid_are_those_of_the_file(self):
        values, file, said = self.imported(self.ortho, "--windows", "none")
        numpy.testing.assert_allclose(values, self.truth, rtol=1e-6)
        numpy.testing.assert_allclose(self.bands(file)[0], self.centre)
        numpy.testing.assert_allclose(self.bands(file)[1], 5.5)
        bad = [file.GetRasterBand(k + 1).GetMetadataItem("bbl") == "0" for k in range(24)]
        numpy.testing.assert_array_equal(numpy.array(bad)[self.centre > 400], abs(self.centre[self.centre > 400] - 1400.0) < 60.0)
        self.assertIn("Tanager reflectance", said)
        self.assertEqual(file.GetGeoTransform(), (made.WEST, 30.0, 0.0, made.NORTH, 0.0, -30.0))
        self.assertIn("UTM zone 50N", file.GetProjection())
        self.assertEqual(item(file, "UTC"), "2023-05-04T03:12:05Z")
        self.assertEqual(float(item(file, "SUN_ZENITH_DEG")), 29.75)

    def test_any_name_a_folder_and_an_epsg_code(self):
        other = self.write("scene.h5", "GRIDS", "surface_reflectance", self.truth, epsg=32650)
        _, file, _ = self.imported(other, "--windows", "none")
        self.assertIn("UTM zone 50N", file.GetProjection())
        (self.folder / "folder").mkdir()
        shutil.copy(self.ortho, self.folder / "folder")
        self.assertEqual(self.imported("folder", "--windows", "none")[0].shape, self.truth.shape)

    def test_radiance_of_a_basic_scene(self):
        radiance = made.radiance(self.centre, 15, 12)
        basic = self.write("20230504_031205_00_4001_basic_radiance.h5", "SWATHS", "toa_radiance", radiance)
        values, file, said = self.imported(basic, "--geocode", "no", "--windows", "none")
        numpy.testing.assert_allclose(values, radiance, rtol=1e-6)
        self.assertEqual(item(file, "QUANTITY"), "radiance")
        values, file, _ = self.imported(basic, "--windows", "none")
        self.assertIn("UTM zone 50N", file.GetProjection())
        self.assertLess(abs(values[:, 7, 6] - radiance[:, 7, 6]).max() / radiance.max(), 0.5)

    def test_what_is_missing_is_named(self):
        self.no_import(self.write("few.h5", "GRIDS", "surface_reflectance", self.truth, {"wavelengths": numpy.arange(400.0, 410.0)}),
                       "10 wavelengths", "24 bands")
        self.no_import(self.write("none.h5", "GRIDS", "surface_reflectance", self.truth, {"wavelengths": None}), "0 wavelengths")
        with h5py.File(self.folder / "other.h5", "w") as file:
            file["HDFEOS/GRIDS/HYP/Data Fields/uncertainty"] = numpy.zeros((3, 4))
        self.no_import("other.h5", "other.h5")


class Emit(ProductCase):
    @classmethod
    def prepare(cls):
        cls.centre = made.emit_bands()
        cls.cube = made.soil(cls.centre, 14, 16)
        cls.cube[5, 3, 3] = -0.01  # as EMIT has them in absorption bands
        cls.cube[:, 6, 6] = numpy.nan
        cls.l2a = made.emit(cls.folder / "EMIT_L2A_RFL_001_20230504T031205_2312403_001.nc", cls.cube)

    def test_pixels_stay_as_they_are_without_a_map(self):
        values, file, said = self.imported(self.l2a, "--geocode", "no")
        numpy.testing.assert_allclose(values, self.cube, atol=1e-7)
        numpy.testing.assert_allclose(self.bands(file)[0], self.centre, atol=1e-3)
        self.assertIn("good_wavelengths", said)

    def test_the_table_of_the_product_puts_them_on_the_map(self):
        values, file, _ = self.imported(self.l2a)
        x, y = made.emit_table(14, 16)
        wanted = numpy.where((x > 0)[None], self.cube[:, numpy.maximum(y - 1, 0), numpy.maximum(x - 1, 0)], numpy.nan)
        numpy.testing.assert_allclose(values, wanted, atol=1e-7)
        self.assertEqual(file.GetGeoTransform(), (117.0, 0.0005, 0.0, 36.0, 0.0, -0.0005))

    def test_radiance_of_l1b(self):
        cube = made.radiance(self.centre, 14, 16)
        made.emit(self.folder / "EMIT_L1B_RAD_001_20230504T031205_2312403_001.nc", cube, level="RAD")
        values, file, said = self.imported("EMIT_L1B_RAD_001_20230504T031205_2312403_001.nc", "--geocode", "no")
        numpy.testing.assert_allclose(values, cube, rtol=1e-6)
        self.assertIn("multiplied by 10", said)

    def test_a_file_that_is_cut_off_and_a_driver_that_is_missing(self):
        name = "EMIT_L2A_RFL_001_20230504T000000_0000000_002.nc"
        content = self.l2a.read_bytes()
        (self.folder / name).write_bytes(content[:len(content) // 2])
        self.no_import(name, name, "cut off")
        self.no_import(self.l2a, "netCDF", "gdal-plugins", env={"GDAL_SKIP": "netCDF"})


class Desis(ProductCase):
    def test_reflectance_and_radiance(self):
        centre = numpy.linspace(401.9, 999.5, 18)
        made.desis(self.folder / "l2a")
        values, file, said = self.imported("l2a")
        numpy.testing.assert_allclose(values, made.soil(centre, 16, 20), atol=0.51e-4)
        self.assertIn("no bands beyond 1000 nm", said)
        cube = made.radiance(centre, 16, 20)
        metadata = made.desis(self.folder / "l1c", "L1C", cube=cube)
        values, file, said = self.imported(metadata)
        numpy.testing.assert_allclose(values, cube, atol=0.51 * 0.03)
        self.assertEqual(item(file, "QUANTITY"), "radiance")
        self.assertIn("mW cm-2", said)

    def test_bands_of_the_header_serve_where_the_metadata_have_none(self):
        metadata = made.desis(self.folder / "headed")
        text = metadata.read_text()
        metadata.write_text(text[:text.index("<bandCharacterisation>")] + "</specific></hsi_doc>")
        values, _, _ = self.imported("headed")
        numpy.testing.assert_allclose(values, made.soil(numpy.linspace(401.9, 999.5, 18), 16, 20), atol=0.51e-4)
        for header in (self.folder / "headed").glob("*.hdr"):
            header.unlink()
        self.no_import("headed", "0 bands with centre and gain")

    def test_a_missing_image(self):
        metadata = made.desis(self.folder / "bare")
        next((self.folder / "bare").glob("*.tif")).unlink()
        self.no_import(metadata, "-SPECTRAL_IMAGE.TIF")


class Plain(ProductCase):
    @classmethod
    def prepare(cls):
        cls.nm = numpy.array([450.0, 550.0, 650.0, 850.0, 1650.0, 2200.0])
        cls.cube = made.soil(cls.nm, 10, 12)

    def cube_file(self, name, cube=None, wavelengths=None, interleave="BSQ"):
        world.write_scene(self.folder / name, self.cube if cube is None else cube, wavelengths, interleave=interleave)
        return name

    def test_every_order_of_an_envi_cube(self):
        for interleave in ("BSQ", "BIL", "BIP"):
            values, file, _ = self.imported(self.cube_file("cube.dat", None, self.nm, interleave))
            numpy.testing.assert_allclose(values, self.cube, rtol=1e-6)

    def test_a_table_of_the_user_beside_a_cube_without_wavelengths(self):
        name = self.cube_file("bare.dat")
        self.no_import(name, "does not state the wavelengths of its 6 bands", "bare.dat.bands.csv")
        (self.folder / "bare.dat.bands.csv").write_text(
            "band,wavelength,fwhm,good\n" + "".join(f"{k + 1},{nm},8,{int(k != 4)}\n" for k, nm in enumerate(self.nm)))
        values, file, said = self.imported(name)
        numpy.testing.assert_allclose(self.bands(file)[0], self.nm)
        self.assertEqual(self.bands(file)[1], [8.0] * 6)

    def test_a_wavelength_twice_is_refused_and_falling_ones_are_told(self):
        twice = self.nm.copy()
        twice[2] = twice[1]
        self.no_import(self.cube_file("twice.dat", None, twice), "bands 2 and 3", "550 nm")
        values, file, said = self.imported(self.cube_file("falling.dat", self.cube[::-1], self.nm[::-1]), "--overlap", "both")
        self.assertIn("decrease from band to band", said)
        numpy.testing.assert_allclose(values, self.cube[::-1], rtol=1e-6)

    def test_an_unknown_unit_is_guessed_and_told(self):
        name = self.cube_file("unit.dat", None, self.nm)
        header = self.folder / "unit.hdr"
        header.write_text(header.read_text().replace("Nanometers", "Furlongs"))
        _, _, said = self.imported(name)
        self.assertIn("unit guessed: nm", said)

    def test_percent_and_ten_thousandths_are_told_with_the_factor_that_fits(self):
        for factor, mend in ((100.0, "0.01"), (10000.0, "0.0001")):
            name = self.cube_file("scaled.dat", self.cube * factor, self.nm)
            self.refused(kit.FAILED, ["product", "reflectance", f"set scale {mend}"], "importscene", "--product", name, "--quantity",
                         "reflectance", output="none.tif")
            values, _, _ = self.imported(name, "--quantity", "reflectance", "--scale", mend)
            numpy.testing.assert_allclose(values, self.cube, rtol=1e-5)

    def test_bands_of_zeros_are_bad(self):
        cube = self.cube.copy()
        cube[3] = 0.0
        _, _, said = self.imported(self.cube_file("zeros.dat", cube, self.nm))
        self.assertIn("1 band not used, always 0 in the rows read: 4", said)

    def test_files_that_are_no_rasters(self):
        (self.folder / "note.txt").write_text("hello")
        self.no_import("note.txt", "note.txt")
        (self.folder / "empty folder").mkdir(exist_ok=True)
        self.no_import("empty folder", "EnMAP", "PRISMA", "EMIT", "DESIS")


@unittest.skipUnless(SHARED.is_dir(), "SKIPPED: the shared data are not here")
class Real(ProductCase):
    def test_enmap_over_potsdam_as_an_image_and_as_a_product(self):
        source = SHARED / "scene_enmap_potsdam/enmap_potsdam_64x128.tif"
        values, file, _ = self.imported(source)
        raw = gdal.Open(str(source)).ReadAsArray().astype(float)
        wanted = numpy.where(raw == -32768, numpy.nan, raw * 1e-4)
        numpy.testing.assert_allclose(values, wanted, atol=1e-7)
        rows = numpy.genfromtxt(SHARED / "scene_enmap_potsdam/bands.csv", delimiter=",", names=True)
        numpy.testing.assert_allclose(self.bands(file)[0], rows["wavelength_nm"], atol=0.01)
        bands = rows["wavelength_nm"], rows["fwhm_nm"], 91
        made.enmap(self.folder / "potsdam", cube=wanted, bands=bands, empty=[k for k in range(224) if numpy.isnan(wanted[k]).all()])
        values, file, said = self.imported("potsdam")
        numpy.testing.assert_allclose(values, wanted, atol=1e-7)
        self.assertIn("6 bands are empty in the product", said)

    def test_scenes_from_the_air_and_from_space(self):
        for name, bands, first, last in (("scene_berlin/hymap_9m.bsq", 111, 455.4, 2447.0), ("scene_berlin/enmap_sim_30m_244b.bsq", 244, 423.0, 2446.0),
                                         ("scene_berlin/enmap_sim_30m_177b_gzip.bsq", 177, 460.0, 2409.0),
                                         ("scene_aviris/aviris_50x50x194.bsq", 194, 395.0, 2496.0),
                                         ("scene_gamsberg_hyperion/cubus_gamsberg_subset", 189, 426.8, 2325.0)):
            with self.subTest(name):
                scale = () if "hymap" in name or "244b" in name else ("--quantity", "reflectance", "--scale", "0.0001")
                values, file, _ = self.imported(SHARED / name, *scale, "--overlap", "both")
                centre = self.bands(file)[0]
                self.assertEqual(file.RasterCount, bands)
                self.assertAlmostEqual(min(centre), first, delta=1.0)
                self.assertAlmostEqual(max(centre), last, delta=1.0)
                self.assertTrue(0 < numpy.nanmedian(values) < 1)


if __name__ == "__main__":
    unittest.main()
