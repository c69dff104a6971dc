/* SPDX-License-Identifier: GPL-2.0-or-later
 * Rasters that are written come back as they were, with the same bytes however the work was cut. */
#include <gdal.h>
#include <signal.h>
#include <sys/resource.h>

#include "unit/io/io_kit.h"

enum { COLS = 300, ROWS = 700, LAYERS = 3 };

static float value(int layer, int row, int col) {
    return row == 5 && col == 7 ? NAN : (float)layer + 0.25F * (float)row + 0.001F * (float)col;
}

static const tl_layer layers[LAYERS] = {
    {.description = "SOM", .unit = "g/kg", .centre_nm = 500.004, .fwhm_nm = 4.28},
    {.description = "b", .unit = NULL, .centre_nm = 1000.125, .fwhm_nm = 8.421},
    {.description = "c", .unit = "mg/kg", .centre_nm = 2412.5, .fwhm_nm = 8.5},
};

/* Writes the raster in pieces of step rows: layer by layer inside each piece, or layer after
 * layer. */
static tl_code write_raster(const char *path, ptrdiff_t step, int layer_by_layer, tl_err *err) {
    const tl_store *store = tl_store_gdal();
    tl_georef geo;
    kit_georef(32633, NULL, &geo);
    float *rows = tl_acquire((ptrdiff_t)ROWS * COLS, sizeof *rows);
    tl_sink *sink = NULL;
    tl_code code = store->create_raster(path, "output", ROWS, COLS, &geo, layers, LAYERS,
                                        "{\"tool\":\"slope\",\"version\":\"1\"}", &sink, err);
    const ptrdiff_t pieces = (ROWS + step - 1) / step;
    for (ptrdiff_t k = 0; code == TL_OK && k < pieces * LAYERS; k++) {
        const int layer = (int)(layer_by_layer ? k / pieces : k % LAYERS);
        const ptrdiff_t row0 = (layer_by_layer ? k % pieces : k / LAYERS) * step;
        const ptrdiff_t n = ROWS - row0 < step ? ROWS - row0 : step;
        for (ptrdiff_t i = 0; i < n * COLS; i++) {
            rows[i] = value(layer, (int)(row0 + i / COLS), (int)(i % COLS));
        }
        code = store->write_rows(sink, layer, row0, n, rows, err);
    }
    if (code == TL_OK) {
        code = store->finish_raster(sink, err);
    } else {
        store->abandon_raster(sink);
    }
    tl_release(rows);
    tl_georef_free(&geo);
    return code;
}

static void check_raster(const char *path, const char *format) {
    const tl_store *store = tl_store_gdal();
    tl_err err = {0};
    tl_raster *raster = NULL;
    CHECK_OK(store->open_raster(path, "scene", &raster, &err));
    const tl_raster_info *info = store->raster_info(raster);
    assert_string_equal(info->format, format);
    assert_int_equal(info->nrow, ROWS);
    assert_int_equal(info->ncol, COLS);
    float *rows = tl_acquire((ptrdiff_t)ROWS * COLS, sizeof *rows);
    for (int b = 1; b <= LAYERS; b++) {
        /* The band table survives to a hundredth of a nanometre and better. */
        CHECK_NEAR(info->bands.band[b - 1].centre_nm, layers[b - 1].centre_nm, 1e-9);
        CHECK_NEAR(info->bands.band[b - 1].fwhm_nm, layers[b - 1].fwhm_nm, 1e-9);
        CHECK_OK(store->read_window(raster, 0, 0, COLS, ROWS, &b, 1, rows, &err));
        for (int i = 0; i < ROWS * COLS; i++) {
            const float wanted = value(b - 1, i / COLS, i % COLS);
            if (memcmp(&rows[i], &wanted, sizeof wanted) != 0 &&
                !(isnan(rows[i]) && isnan(wanted))) {
                fail_msg("%s band %d cell %d: %g, wanted %g", path, b, i, (double)rows[i],
                         (double)wanted);
            }
        }
    }
    CHECK_NEAR(info->geo.transform[0], 400000.0, 0.0);
    CHECK_NEAR(info->geo.transform[3], 5800000.0, 0.0);
    assert_non_null(info->geo.crs_wkt);
    assert_non_null(strstr(info->geo.crs_wkt, "32633"));
    tl_release(rows);
    store->close_raster(raster);
}

static void written_rasters_come_back_bit_by_bit(void **state) {
    (void)state;
    tl_err err = {0};
    CHECK_OK(write_raster(kit_path("out.tif"), 64, 0, &err));
    check_raster(kit_path("out.tif"), "GTiff");
    CHECK_OK(write_raster(kit_path("out.dat"), 64, 0, &err));
    check_raster(kit_path("out.dat"), "ENVI");
    CHECK_OK(write_raster(kit_path("lines.bil"), 1, 0, &err));
    check_raster(kit_path("lines.bil"), "ENVI");
}

static void names_units_and_record_travel_with_a_geotiff(void **state) {
    (void)state;
    tl_err err = {0};
    char *record = NULL;
    CHECK_OK(write_raster(kit_path("named.tif"), ROWS, 0, &err));
    CHECK_OK(tl_store_gdal()->read_record(kit_path("named.tif"), "raster", &record, &err));
    assert_string_equal(record, "{\"tool\":\"slope\",\"version\":\"1\"}");
    tl_release(record);
    GDALDatasetH ds = GDALOpen(kit_path("named.tif"), GA_ReadOnly);
    assert_string_equal(GDALGetMetadataItem(ds, "TOOL", "TILTH"), "slope");
    assert_non_null(GDALGetMetadataItem(ds, "VERSION", "TILTH"));
    GDALRasterBandH band = GDALGetRasterBand(ds, 1);
    assert_string_equal(GDALGetDescription(band), "SOM");
    assert_string_equal(GDALGetRasterUnitType(band), "g/kg");
    int has = 0;
    assert_true(isnan(GDALGetRasterNoDataValue(band, &has)));
    assert_int_equal(has, 1);
    GDALClose(ds);
}

static void check_same_file(const char *a, const char *b) {
    tl_err err = {0};
    char *x = NULL;
    char *y = NULL;
    size_t n = 0;
    size_t m = 0;
    CHECK_OK(tl_store_gdal()->read_bytes(a, "file", 1 << 28, &x, &n, &err));
    CHECK_OK(tl_store_gdal()->read_bytes(b, "file", 1 << 28, &y, &m, &err));
    assert_int_equal(n, m);
    assert_memory_equal(x, y, n);
    tl_release(x);
    tl_release(y);
}

static void the_cut_of_the_work_does_not_show_in_the_bytes(void **state) {
    (void)state;
    static const struct {
        ptrdiff_t step;
        int layer_by_layer;
    } ways[] = {{1, 0}, {97, 0}, {256, 0}, {ROWS, 0}, {13, 1}, {ROWS, 1}};
    static const char *const names[] = {"bytes.tif", "bytes.dat"};
    for (int k = 0; k < 2; k++) {
        char first[512];
        (void)snprintf(first, sizeof first, "%s", kit_path(k == 0 ? "first.tif" : "first.dat"));
        tl_err err = {0};
        CHECK_OK(write_raster(first, 64, 0, &err));
        for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
            CHECK_OK(write_raster(kit_path(names[k]), ways[w].step, ways[w].layer_by_layer, &err));
            check_same_file(first, kit_path(names[k]));
        }
    }
    check_same_file(kit_path("first.hdr"), kit_path("bytes.hdr"));
}

static void rows_that_never_came_are_nodata(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    tl_err err = {0};
    tl_sink *sink = NULL;
    const tl_georef geo = {.transform = {0, 1, 0, 0, 0, -1}, .metres_per_unit = 1.0};
    const float row[4] = {1, 2, 3, 4};
    CHECK_OK(store->create_raster(kit_path("part.tif"), "output", 3, 4, &geo, layers, 1, NULL,
                                  &sink, &err));
    CHECK_OK(store->write_rows(sink, 0, 1, 1, row, &err));
    CHECK_OK(store->finish_raster(sink, &err));
    tl_grid grid;
    CHECK_OK(store->read_grid(kit_path("part.tif"), "dem", 1, &grid, &err));
    assert_true(isnan(grid.data[0]));
    CHECK_NEAR((double)grid.data[4], 1.0, 0.0);
    assert_true(isnan(grid.data[11]));
    assert_null(grid.geo.crs_wkt);
    tl_grid_free(&grid);
}

static void mistakes_of_tools_are_caught(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    tl_err err = {0};
    tl_sink *sink = NULL;
    const tl_georef geo = {.transform = {0, 1, 0, 0, 0, -1}, .metres_per_unit = 1.0};
    const float row[4] = {1, 2, 3, 4};
    CHECK_OK(store->create_raster(kit_path("twice.tif"), "output", 3, 4, &geo, layers, 1, NULL,
                                  &sink, &err));
    assert_int_equal(store->write_rows(sink, 1, 0, 1, row, &err), TL_INTERNAL);
    assert_int_equal(store->write_rows(sink, 0, 3, 1, row, &err), TL_INTERNAL);
    store->abandon_raster(sink);
    assert_int_equal(store->create_raster(kit_path("map.xyz"), "output", 3, 4, &geo, layers, 1,
                                          NULL, &sink, &err),
                     TL_ARG);
    CHECK_SAYS(err, ".tif");
    assert_int_equal(store->create_raster(kit_path("no folder/map.tif"), "output", 3, 4, &geo,
                                          layers, 1, NULL, &sink, &err),
                     TL_IO);
    CHECK_SAYS(err, "does not exist");
    assert_null(sink);
}

/* A disk that is full at any byte of the output is noticed at the latest when the raster is
 * finished. The limit on file sizes stands for the disk. */
static void a_full_disk_is_noticed(void **state) {
    (void)state;
    static const char *const names[] = {"full.tif", "full.dat"};
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, SIG_IGN);
    for (int k = 0; k < 2; k++) {
        tl_err err = {0};
        CHECK_OK(write_raster(kit_path(names[k]), 64, 0, &err));
        char *bytes = NULL;
        size_t length = 0;
        CHECK_OK(tl_store_gdal()->read_bytes(kit_path(names[k]), "file", 1 << 28, &bytes, &length,
                                             &err));
        tl_release(bytes);
        for (size_t missing = 1; missing < length; missing = missing * 3 + 1) {
            struct rlimit small = before;
            small.rlim_cur = length - missing;
            (void)unlink(kit_path(names[k]));
            (void)unlink(kit_path("full.hdr"));
            (void)unlink(kit_path("full.dat.aux.xml"));
            assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
            tl_err why = {0};
            const tl_code code = write_raster(kit_path(names[k]), 64, 0, &why);
            assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
            if (code != TL_IO) {
                fail_msg("%s: %zu of %zu bytes short gave %s", names[k], missing, length,
                         tl_code_text(code));
            }
            CHECK_SAYS(why, "cannot be written");
        }
    }
    assert_int_equal(tl_live_blocks(), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_rasters_come_back_bit_by_bit),
        cmocka_unit_test(names_units_and_record_travel_with_a_geotiff),
        cmocka_unit_test(the_cut_of_the_work_does_not_show_in_the_bytes),
        cmocka_unit_test(rows_that_never_came_are_nodata),
        cmocka_unit_test(mistakes_of_tools_are_caught),
        cmocka_unit_test(a_full_disk_is_noticed),
    };
    return cmocka_run_group_tests(tests, kit_set_up, kit_tear_down);
}
