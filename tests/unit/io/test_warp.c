/* SPDX-License-Identifier: GPL-2.0-or-later
 * Rasters put on another grid, and grids of square metric cells. */
#include <gdal.h>
#include <ogr_srs_api.h>

#include "unit/io/io_kit.h"

/* An Int16 GeoTIFF of 8 x 8 cells of 10 m, value 100 row + col, scaled by 0.5; the cell (2, 3) is
 * NoData. */
static void make_source(const char *name, int epsg, const double t[6]) {
    (void)tl_store_gdal();
    GDALDatasetH ds =
        GDALCreate(GDALGetDriverByName("GTiff"), kit_path(name), 8, 8, 1, GDT_Int16, NULL);
    OGRSpatialReferenceH crs = OSRNewSpatialReference(NULL);
    assert_int_equal(OSRImportFromEPSG(crs, epsg), OGRERR_NONE);
    double transform[6];
    memcpy(transform, t, sizeof transform);
    assert_int_equal(GDALSetGeoTransform(ds, transform), CE_None);
    assert_int_equal(GDALSetSpatialRef(ds, crs), CE_None);
    GDALRasterBandH band = GDALGetRasterBand(ds, 1);
    assert_int_equal(GDALSetRasterNoDataValue(band, -1), CE_None);
    assert_int_equal(GDALSetRasterScale(band, 0.5), CE_None);
    int16_t values[64];
    for (int i = 0; i < 64; i++) {
        values[i] = (int16_t)(i == 2 * 8 + 3 ? -1 : 100 * (i / 8) + i % 8);
    }
    assert_int_equal(GDALRasterIO(band, GF_Write, 0, 0, 8, 8, values, 8, 8, GDT_Int16, 0, 0),
                     CE_None);
    OSRDestroySpatialReference(crs);
    GDALClose(ds);
}

static const double utm_cells[6] = {500000, 10, 0, 5000000, 0, -10};

static void make_like(ptrdiff_t nrow, ptrdiff_t ncol, const double t[6], int epsg, tl_grid *like) {
    tl_err err = {0};
    tl_georef geo;
    kit_georef(epsg, t, &geo);
    CHECK_OK(tl_grid_init(like, nrow, ncol, &geo, &err));
    tl_georef_free(&geo);
}

/* A grid that is shifted by whole cells holds the very values, scaled, NoData as NaN; so does the
 * grid itself. */
static void shifted_grids_hold_the_same_values(void **state) {
    (void)state;
    make_source("source.tif", 32633, utm_cells);
    for (int shift = 0; shift < 3; shift++) {
        tl_err err = {0};
        tl_grid like;
        tl_grid grid;
        const double t[6] = {500000 + 10 * shift, 10, 0, 5000000 - 10 * shift, 0, -10};
        make_like(shift == 0 ? 8 : 4, shift == 0 ? 8 : 4, t, 32633, &like);
        CHECK_OK(tl_store_gdal()->read_grid_like(kit_path("source.tif"), "dem", 1, &like,
                                                 TL_NEAREST, &grid, &err));
        for (ptrdiff_t r = 0; r < grid.nrow; r++) {
            for (ptrdiff_t c = 0; c < grid.ncol; c++) {
                const double got = (double)grid.data[r * grid.ncol + c];
                if (r + shift == 2 && c + shift == 3) {
                    assert_true(isnan(got));
                } else {
                    CHECK_NEAR(got, 0.5 * (double)(100 * (r + shift) + c + shift), 0.0);
                }
            }
        }
        tl_grid_free(&grid);
        tl_grid_free(&like);
    }
}

/* A raster without place can only be compared with one of the same shape that has none either. */
static void a_raster_without_place_is_refused_by_name(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    tl_grid like;
    tl_grid grid;
    kit_write("nowhere.dat", "12345678", 8);
    kit_write_text("nowhere.hdr",
                   "ENVI\nsamples = 4\nlines = 2\nbands = 1\ndata type = 1\n"
                   "interleave = bsq\n");
    make_like(3, 3, utm_cells, 32633, &like);
    tl_err err = {0};
    assert_int_equal(store->read_grid_like(kit_path("nowhere.dat"), "factors", 1, &like, TL_NEAREST,
                                           &grid, &err),
                     TL_DATA);
    CHECK_SAYS(err, "nowhere.dat' has no georeference");
    tl_grid_free(&like);
    tl_err none = {0};
    CHECK_OK(store->read_grid(kit_path("nowhere.dat"), "dem", 1, &like, &none));
    CHECK_OK(store->read_grid_like(kit_path("nowhere.dat"), "factors", 1, &like, TL_NEAREST, &grid,
                                   &none));
    CHECK_NEAR(grid.data[7], '8', 0.0);
    tl_grid_free(&grid);
    tl_grid_free(&like);
}

/* Cells twice as large hold the mean of four; the NoData cell is left out of its mean. Half a cell
 * aside, bilinear values of a plane are the plane. Beyond the source there is NaN. */
static void means_and_planes_are_kept(void **state) {
    (void)state;
    tl_err err = {0};
    tl_grid like;
    tl_grid grid;
    make_source("source.tif", 32633, utm_cells);
    const double large[6] = {500000, 20, 0, 5000000, 0, -20};
    make_like(5, 4, large, 32633, &like);
    CHECK_OK(tl_store_gdal()->read_grid_like(kit_path("source.tif"), "dem", 1, &like, TL_AVERAGE,
                                             &grid, &err));
    CHECK_NEAR((double)grid.data[0], 0.5 * (0 + 1 + 100 + 101) / 4.0, 1e-5);
    CHECK_NEAR((double)grid.data[1 * 4 + 1], 0.5 * (202 + 302 + 303) / 3.0, 1e-4);
    assert_true(isnan(grid.data[4 * 4]));
    tl_grid_free(&grid);
    tl_grid_free(&like);
    const double aside[6] = {500045, 10, 0, 5000000 - 45, 0, -10};
    make_like(3, 3, aside, 32633, &like);
    CHECK_OK(tl_store_gdal()->read_grid_like(kit_path("source.tif"), "dem", 1, &like, TL_BILINEAR,
                                             &grid, &err));
    for (int i = 0; i < 9; i++) {
        CHECK_NEAR((double)grid.data[i], 0.5 * (100 * (4.5 + i / 3) + 4.5 + i % 3), 1e-3);
    }
    tl_grid_free(&grid);
    tl_grid_free(&like);
}

/* A plane in degrees, looked at from UTM: the value at a cell is the plane at its coordinates. */
static void grids_in_another_crs_are_reprojected(void **state) {
    (void)state;
    tl_err err = {0};
    tl_grid like;
    tl_grid grid;
    const double degrees[6] = {14.99, 0.0025, 0, 45.01, 0, -0.0025};
    make_source("degrees.tif", 4326, degrees);
    /* (15 E, 45 N) is easting 500000, northing 4982950.40 in zone 33. */
    const double t[6] = {500000 - 5, 10, 0, 4982950.40 + 5, 0, -10};
    make_like(1, 1, t, 32633, &like);
    CHECK_OK(tl_store_gdal()->read_grid_like(kit_path("degrees.tif"), "dem", 1, &like, TL_BILINEAR,
                                             &grid, &err));
    /* 4 cells from both edges: between rows and columns 3 and 4. */
    CHECK_NEAR((double)grid.data[0], 0.5 * (350.0 + 3.5), 0.5 * 100.0 * 0.01);
    tl_grid_free(&grid);
    const double far[6] = {600000, 10, 0, 4000000, 0, -10};
    tl_grid_free(&like);
    make_like(2, 2, far, 32633, &like);
    assert_int_equal(tl_store_gdal()->read_grid_like(kit_path("degrees.tif"), "dem", 1, &like,
                                                     TL_NEAREST, &grid, &err),
                     TL_DATA);
    CHECK_SAYS(err, "no valid value");
    assert_int_equal(tl_store_gdal()->read_grid_like(kit_path("degrees.tif"), "dem", 2, &like,
                                                     TL_NEAREST, &grid, &err),
                     TL_ARG);
    tl_grid_free(&like);
    assert_int_equal(tl_live_blocks(), 0);
}

static void metric_grids_lie_in_the_utm_zone_of_the_centre(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    tl_err err = {0};
    tl_georef geo;
    ptrdiff_t nrow = 0;
    ptrdiff_t ncol = 0;
    const double degrees[6] = {14.99, 0.0025, 0, 45.01, 0, -0.0025};
    make_source("degrees.tif", 4326, degrees);
    CHECK_OK(store->metric_grid(kit_path("degrees.tif"), "dem", 30.0, 900.0, 600.0, &nrow, &ncol,
                                &geo, &err));
    assert_int_equal(nrow, 20);
    assert_int_equal(ncol, 30);
    CHECK_NEAR(geo.transform[1], 30.0, 0.0);
    CHECK_NEAR(geo.transform[5], -30.0, 0.0);
    /* Around (500000, 4982950), corners on multiples of 30 m. */
    CHECK_NEAR(geo.transform[0] + 450.0, 500000.0, 15.01);
    CHECK_NEAR(geo.transform[3] - 300.0, 4982950.4, 15.01);
    CHECK_NEAR(remainder(geo.transform[0], 30.0), 0.0, 1e-9);
    assert_int_equal(geo.is_geographic, 0);
    assert_non_null(strstr(geo.crs_wkt, "32633"));
    tl_georef_free(&geo);
    /* All of it: 0.02 degrees are about 1576 m by 2223 m there. */
    CHECK_OK(store->metric_grid(kit_path("degrees.tif"), "dem", 30.0, 0.0, 0.0, &nrow, &ncol, &geo,
                                &err));
    assert_true(ncol == 53 || ncol == 54);
    assert_true(nrow == 75 || nrow == 76);
    tl_georef_free(&geo);
    const double south[6] = {-63.01, 0.0025, 0, -10.0, 0, -0.0025};
    make_source("south.tif", 4326, south);
    CHECK_OK(
        store->metric_grid(kit_path("south.tif"), "dem", 30.0, 0.0, 0.0, &nrow, &ncol, &geo, &err));
    assert_non_null(strstr(geo.crs_wkt, "32720"));
    tl_georef_free(&geo);
    assert_int_equal(
        store->metric_grid(kit_path("degrees.tif"), "dem", 0.0, 0.0, 0.0, &nrow, &ncol, &geo, &err),
        TL_ARG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shifted_grids_hold_the_same_values),
        cmocka_unit_test(a_raster_without_place_is_refused_by_name),
        cmocka_unit_test(means_and_planes_are_kept),
        cmocka_unit_test(grids_in_another_crs_are_reprojected),
        cmocka_unit_test(metric_grids_lie_in_the_utm_zone_of_the_centre),
    };
    return cmocka_run_group_tests(tests, kit_set_up, kit_tear_down);
}
