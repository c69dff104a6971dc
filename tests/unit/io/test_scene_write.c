/* SPDX-License-Identifier: GPL-2.0-or-later
 * Scenes come back with every value, band and fact that was put into them, whatever the format. */
#include <gdal.h>

#include "unit/io/io_kit.h"

enum { COLS = 37, ROWS = 53, BANDS = 5 };

static float value(int band, int row, int col) {
    return row == 5 && col == 7
               ? NAN
               : 0.1F * (float)(band + 1) + 0.001F * (float)row + 0.0001F * (float)col;
}

static void make_bands(tl_bands *bands) {
    static const double centre[BANDS] = {450.123, 900.5, 1000.25, 995.75, 2400.0625};
    tl_err err = {0};
    CHECK_OK(tl_bands_init(bands, BANDS, &err));
    for (int i = 0; i < BANDS; i++) {
        tl_band *b = &bands->band[i];
        b->centre_nm = centre[i];
        b->fwhm_nm = i == 4 ? 8.5 : 6.1 + 0.001 * i;
        b->fwhm_assumed = i == 4;
        b->detector = i < 3 ? 1 : 2;
        b->scale = 0.0001;
        b->offset = i == 0 ? 0.05 : 0.0;
        b->has_nodata = 1;
        b->nodata = -9999.0;
        (void)snprintf(b->name, sizeof b->name, "VNIR band %d", i + 1);
        (void)snprintf(b->unit, sizeof b->unit, "1");
    }
    bands->band[1].good = 0;
    (void)snprintf(bands->band[1].reason, sizeof bands->band[1].reason, "%s",
                   "detector overlap (900-1000 nm); the SWIR detector is used");
    bands->quantity = TL_QUANTITY_TOA_REFLECTANCE;
}

static tl_scene_facts make_facts(void) {
    tl_scene_facts f = tl_source_scene_facts_none();
    (void)snprintf(f.sensor, sizeof f.sensor, "GF5B AHSI");
    (void)snprintf(f.utc, sizeof f.utc, "2022-04-24T03:12:05Z");
    f.latitude_deg = 30.05;
    f.longitude_deg = -103.25;
    f.sun_zenith_deg = 31.125;
    f.sun_azimuth_deg = 140.7;
    f.aod_550 = 0.13;
    return f;
}

static void write_scene(const char *path, tl_stored_type type, tl_interleave interleave,
                        ptrdiff_t step, const tl_bands *bands) {
    const tl_store *store = tl_store_gdal();
    const tl_scene_form form = {type, interleave};
    const tl_scene_facts facts = make_facts();
    tl_err err = {0};
    tl_georef geo;
    kit_georef(32633, NULL, &geo);
    tl_sink *sink = NULL;
    CHECK_OK(store->create_scene(path, "output", ROWS, COLS, &geo, bands, &form, &facts,
                                 "{\"tool\":\"slope\"}", &sink, &err));
    float *rows = tl_acquire((ptrdiff_t)BANDS * step * COLS, sizeof *rows);
    for (ptrdiff_t row0 = 0; row0 < ROWS; row0 += step) {
        const ptrdiff_t n = ROWS - row0 < step ? ROWS - row0 : step;
        for (ptrdiff_t i = 0; i < BANDS * n * COLS; i++) {
            rows[i] = value((int)(i / (n * COLS)), (int)(row0 + i / COLS % n), (int)(i % COLS));
        }
        CHECK_OK(store->write_scene_rows(sink, row0, n, rows, &err));
    }
    CHECK_OK(store->finish_raster(sink, &err));
    tl_release(rows);
    tl_georef_free(&geo);
}

static void check_table(const tl_bands *found, const tl_bands *wanted) {
    assert_int_equal(found->n, wanted->n);
    assert_int_equal(found->quantity, wanted->quantity);
    for (ptrdiff_t i = 0; i < wanted->n; i++) {
        const tl_band *a = &found->band[i];
        const tl_band *b = &wanted->band[i];
        CHECK_NEAR(a->centre_nm, b->centre_nm, 1e-9);
        CHECK_NEAR(a->fwhm_nm, b->fwhm_nm, 1e-9);
        assert_int_equal(a->fwhm_assumed, b->fwhm_assumed);
        assert_int_equal(a->detector, b->detector);
        assert_int_equal(a->good, b->good);
        assert_string_equal(a->reason, b->reason);
        assert_string_equal(a->name, b->name);
    }
}

/* tolerance  half a step of whole numbers, or the rounding of floats (none) */
static void check_scene(const char *path, const tl_bands *wanted, double tolerance) {
    const tl_store *store = tl_store_gdal();
    tl_err err = {0};
    tl_raster *raster = NULL;
    CHECK_OK(store->open_raster(path, "scene", &raster, &err));
    const tl_raster_info *info = store->raster_info(raster);
    check_table(&info->bands, wanted);
    assert_string_equal(info->band_note, "");
    const tl_scene_facts facts = make_facts();
    assert_string_equal(info->facts.sensor, facts.sensor);
    assert_string_equal(info->facts.utc, facts.utc);
    CHECK_NEAR(info->facts.latitude_deg, facts.latitude_deg, 0.0);
    CHECK_NEAR(info->facts.longitude_deg, facts.longitude_deg, 0.0);
    CHECK_NEAR(info->facts.sun_zenith_deg, facts.sun_zenith_deg, 0.0);
    CHECK_NEAR(info->facts.sun_azimuth_deg, facts.sun_azimuth_deg, 0.0);
    CHECK_NEAR(info->facts.aod_550, facts.aod_550, 0.0);
    assert_true(isnan(info->facts.elevation_m));
    float rows[ROWS * COLS];
    for (int b = 1; b <= BANDS; b++) {
        CHECK_OK(store->read_window(raster, 0, 0, COLS, ROWS, &b, 1, rows, &err));
        for (int i = 0; i < ROWS * COLS; i++) {
            const float v = value(b - 1, i / COLS, i % COLS);
            assert_int_equal(isnan(rows[i]), isnan(v));
            if (!isnan(v)) {
                CHECK_NEAR((double)rows[i], (double)v, tolerance);
            }
        }
    }
    store->close_raster(raster);
}

static void every_form_brings_everything_back(void **state) {
    (void)state;
    static const char *const names[] = {"a.tif", "b.dat", "c.img", "d.bsq", "e.bil", "f.bip"};
    tl_bands bands;
    make_bands(&bands);
    for (int name = 0; name < 6; name++) {
        for (int interleave = 0; interleave < 3; interleave++) {
            const char *path = kit_path(names[name]);
            write_scene(path, TL_STORED_FLOAT32, (tl_interleave)interleave, 9, &bands);
            check_scene(path, &bands, 0.0);
            write_scene(path, TL_STORED_INT16, (tl_interleave)interleave, 64, &bands);
            check_scene(path, &bands, 0.5001e-4);
            write_scene(path, TL_STORED_UINT16, (tl_interleave)interleave, 1, &bands);
            check_scene(path, &bands, 0.5001e-4);
        }
    }
    tl_bands_free(&bands);
}

/* The scales of whole numbers and the NoData of the table are those of the file, and values beyond
 * the type are clipped to what is not NoData. */
static void whole_numbers_keep_scale_and_nodata(void **state) {
    (void)state;
    tl_bands bands;
    make_bands(&bands);
    write_scene(kit_path("w.tif"), TL_STORED_INT16, TL_BY_BAND, 10, &bands);
    GDALDatasetH ds = GDALOpen(kit_path("w.tif"), GA_ReadOnly);
    GDALRasterBandH band = GDALGetRasterBand(ds, 1);
    int has = 0;
    CHECK_NEAR(GDALGetRasterScale(band, &has), 0.0001, 0.0);
    CHECK_NEAR(GDALGetRasterOffset(band, &has), 0.05, 0.0);
    CHECK_NEAR(GDALGetRasterNoDataValue(band, &has), -9999.0, 0.0);
    assert_string_equal(GDALGetMetadataItem(band, "CENTRAL_WAVELENGTH_UM", "IMAGERY"), "0.450123");
    assert_string_equal(GDALGetMetadataItem(ds, "QUANTITY", "TILTH_SCENE"), "TOA reflectance");
    GDALClose(ds);
    for (int i = 0; i < BANDS; i++) {
        bands.band[i].scale = 1e-6; /* 0.1 is 100000: beyond 16 bits */
        bands.band[i].offset = 0.0;
        bands.band[i].nodata = 65535.0;
    }
    write_scene(kit_path("w.tif"), TL_STORED_UINT16, TL_BY_BAND, 10, &bands);
    ds = GDALOpen(kit_path("w.tif"), GA_ReadOnly);
    float first = 0.0F;
    assert_int_equal(GDALRasterIO(GDALGetRasterBand(ds, 1), GF_Read, 0, 0, 1, 1, &first, 1, 1,
                                  GDT_Float32, 0, 0),
                     CE_None);
    CHECK_NEAR((double)first, 65534.0, 0.0);
    GDALClose(ds);
    tl_bands_free(&bands);
}

static void bytes_do_not_depend_on_the_pieces(void **state) {
    (void)state;
    static const char *const names[] = {"p.tif", "q.bil"};
    tl_bands bands;
    make_bands(&bands);
    for (int k = 0; k < 2; k++) {
        tl_err err = {0};
        char first[17];
        char second[17];
        write_scene(kit_path(names[k]), TL_STORED_FLOAT32, TL_BY_PIXEL, 1, &bands);
        CHECK_OK(tl_store_gdal()->fingerprint(kit_path(names[k]), "file", first, &err));
        write_scene(kit_path(names[k]), TL_STORED_FLOAT32, TL_BY_PIXEL, 20, &bands);
        CHECK_OK(tl_store_gdal()->fingerprint(kit_path(names[k]), "file", second, &err));
        assert_string_equal(first, second);
    }
    tl_bands_free(&bands);
}

static void rows_out_of_turn_and_unknown_names_are_refused(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    const tl_scene_form form = {TL_STORED_FLOAT32, TL_BY_BAND};
    tl_err err = {0};
    tl_bands bands;
    tl_georef geo;
    tl_sink *sink = NULL;
    float rows[BANDS * COLS] = {0};
    make_bands(&bands);
    kit_georef(32633, NULL, &geo);
    assert_int_equal(store->create_scene(kit_path("s.png"), "output", ROWS, COLS, &geo, &bands,
                                         &form, NULL, NULL, &sink, &err),
                     TL_ARG);
    assert_non_null(strstr(err.text, ".bip"));
    CHECK_OK(store->create_scene(kit_path("turn.dat"), "output", ROWS, COLS, &geo, &bands, &form,
                                 NULL, NULL, &sink, &err));
    assert_int_equal(store->write_scene_rows(sink, 1, 1, rows, &err), TL_INTERNAL);
    store->abandon_raster(sink);
    tl_georef_free(&geo);
    tl_bands_free(&bands);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_brings_everything_back),
        cmocka_unit_test(whole_numbers_keep_scale_and_nodata),
        cmocka_unit_test(bytes_do_not_depend_on_the_pieces),
        cmocka_unit_test(rows_out_of_turn_and_unknown_names_are_refused),
    };
    return cmocka_run_group_tests(tests, kit_set_up, kit_tear_down);
}
