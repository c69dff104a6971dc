/* SPDX-License-Identifier: GPL-2.0-or-later
 * The simulated study area as a whole: measured values have the wanted moments, spectra carry the
 * answer only in part, and neither threads nor memory change a byte. */
#include "kit/check.h"
#include "num/stats.h"
#include "tools/registry.h"
#include "unit/tools/store_kit.h"

/* --- a store in memory --- */

enum { ROWS = 90, COLS = 100, CELLS = ROWS * COLS, BANDS = 330, N = 91, LAB = 2101 };

struct tl_sink {
    float *layers; /* where write_rows puts them */
};

typedef struct kept {
    float *scene; /* [BANDS, CELLS] */
    float *truth; /* [3, CELLS] */
    double centre_nm[BANDS];
    double fwhm_nm[BANDS];
    double measured[N][3];
    double x[N];
    double y[N];
    tl_matrix lab;
    ptrdiff_t mines;
    char record[4000];
} kept;

static kept *now; /* what the run that is going on writes to */
static int empty_dem;

static tl_code metric_grid(const char *path, const char *parameter, double cell_m, double width_m,
                           double height_m, ptrdiff_t *nrow, ptrdiff_t *ncol, tl_georef *geo,
                           tl_err *err) {
    (void)path;
    (void)parameter;
    (void)width_m;
    (void)height_m;
    (void)err;
    *nrow = ROWS;
    *ncol = COLS;
    *geo = (tl_georef){.transform = {500000.0, cell_m, 0.0, 4000000.0, 0.0, -cell_m},
                       .metres_per_unit = 1.0};
    return TL_OK;
}

static tl_code read_grid_like(const char *path, const char *parameter, int band,
                              const tl_grid *like, tl_resampling resampling, tl_grid *grid,
                              tl_err *err) {
    (void)path;
    (void)parameter;
    (void)band;
    (void)resampling;
    TL_TRY(tl_grid_init(grid, like->nrow, like->ncol, &like->geo, err));
    for (ptrdiff_t r = 0; r < like->nrow; r++) {
        for (ptrdiff_t c = 0; c < like->ncol; c++) {
            const double z = 300.0 + 60.0 * sin((double)r / 11.0) * cos((double)c / 13.0) +
                             0.8 * (double)r + 12.0 * sin((double)(r + 2 * c) / 5.0);
            grid->data[r * like->ncol + c] = empty_dem || r + c < 12 ? NAN : (float)z;
        }
    }
    return TL_OK;
}

static tl_code create_raster(const char *path, const char *parameter, ptrdiff_t nrow,
                             ptrdiff_t ncol, const tl_georef *geo, const tl_layer *layer,
                             ptrdiff_t n_layers, const char *record, tl_sink **sink, tl_err *err) {
    (void)path;
    (void)geo;
    (void)err;
    assert_int_equal(nrow, ROWS);
    assert_int_equal(ncol, COLS);
    *sink = tl_acquire(1, sizeof **sink);
    assert_string_equal(parameter, "truth");
    assert_int_equal(n_layers, 3);
    (*sink)->layers = now->truth;
    assert_string_equal(layer[1].unit, "mg/kg");
    (void)snprintf(now->record, sizeof now->record, "%s", record);
    return TL_OK;
}

static tl_code write_rows(tl_sink *sink, ptrdiff_t layer, ptrdiff_t row0, ptrdiff_t n_rows,
                          const float *rows, tl_err *err) {
    (void)err;
    memcpy(sink->layers + layer * CELLS + row0 * COLS, rows,
           (size_t)(n_rows * COLS) * sizeof *rows);
    return TL_OK;
}

static tl_code create_scene(const char *path, const char *parameter, ptrdiff_t nrow, ptrdiff_t ncol,
                            const tl_georef *geo, const tl_bands *bands, const tl_scene_form *form,
                            const tl_scene_facts *facts, const char *record, tl_sink **sink,
                            tl_err *err) {
    (void)path;
    (void)geo;
    (void)form;
    (void)facts;
    (void)record;
    (void)err;
    assert_string_equal(parameter, "scene");
    assert_int_equal(nrow, ROWS);
    assert_int_equal(ncol, COLS);
    assert_int_equal(bands->n, BANDS);
    assert_int_equal(bands->quantity, TL_QUANTITY_REFLECTANCE);
    *sink = tl_acquire(1, sizeof **sink);
    (*sink)->layers = now->scene;
    for (ptrdiff_t j = 0; j < bands->n; j++) {
        now->centre_nm[j] = bands->band[j].centre_nm;
        now->fwhm_nm[j] = bands->band[j].fwhm_nm;
    }
    return TL_OK;
}

static tl_code write_scene_rows(tl_sink *sink, ptrdiff_t row0, ptrdiff_t n_rows, const float *rows,
                                tl_err *err) {
    for (ptrdiff_t j = 0; j < BANDS; j++) {
        (void)write_rows(sink, j, row0, n_rows, rows + j * n_rows * COLS, err);
    }
    return TL_OK;
}

static tl_code finish_raster(tl_sink *sink, tl_err *err) {
    (void)err;
    tl_release(sink);
    return TL_OK;
}

static void abandon_raster(tl_sink *sink) {
    tl_release(sink);
}

static tl_code write_spectra(const char *path, const char *parameter, const tl_spectra *spectra,
                             tl_err *err) {
    (void)path;
    (void)parameter;
    assert_string_equal(spectra->id[0], "S001");
    assert_true(spectra->wavelength_nm[0] == 400.0 && spectra->wavelength_nm[LAB - 1] == 2500.0);
    return tl_matrix_copy(&now->lab, &spectra->values, err);
}

static tl_code write_features(const char *path, const char *parameter, const char *layer_name,
                              const tl_features *features, const tl_georef *geo, const char *record,
                              tl_err *err) {
    (void)path;
    (void)layer_name;
    (void)geo;
    (void)record;
    (void)err;
    const tl_table *t = &features->table;
    if (strcmp(parameter, "mine_points") == 0) {
        now->mines = t->nrow;
        return TL_OK;
    }
    assert_int_equal(t->nrow, N);
    assert_string_equal(t->column[2].name, "As_mg_kg");
    for (ptrdiff_t i = 0; i < N; i++) {
        for (ptrdiff_t j = 0; j < 3; j++) {
            now->measured[i][j] = t->number[i * t->ncol + 1 + j];
        }
        now->x[i] = features->x[i];
        now->y[i] = features->y[i];
    }
    return TL_OK;
}

static const tl_store memory_store = {.metric_grid = metric_grid,
                                      .read_grid_like = read_grid_like,
                                      .create_raster = create_raster,
                                      .write_rows = write_rows,
                                      .create_scene = create_scene,
                                      .write_scene_rows = write_scene_rows,
                                      .finish_raster = finish_raster,
                                      .abandon_raster = abandon_raster,
                                      .write_spectra = write_spectra,
                                      .write_features = write_features,
                                      .exists = kit_exists,
                                      .fingerprint = kit_fingerprint,
                                      KIT_OUTPUTS};

/* --- runs --- */

static tl_code simulate(const char *more, kept *k, json_t **result, tl_err *err) {
    json_t *params = json_loads(more, 0, NULL);
    assert_non_null(params);
    const char *const given[5][2] = {{"dem", "dem.tif"},
                                     {"scene", "scene.tif"},
                                     {"samples", "samples.gpkg"},
                                     {"lab", "lab.csv"},
                                     {"truth", "truth.tif"}};
    for (int i = 0; i < 5; i++) {
        json_object_set_new(params, given[i][0], json_string(given[i][1]));
    }
    *k = (kept){0};
    k->scene = tl_acquire((ptrdiff_t)BANDS * CELLS, sizeof(float));
    k->truth = tl_acquire((ptrdiff_t)3 * CELLS, sizeof(float));
    now = k;
    const tl_code code =
        tl_job_run(tl_tools_find("simulatescene"), params, &memory_store, NULL, result, NULL, err);
    json_decref(params);
    return code;
}

static void forget(kept *k, json_t *result) {
    tl_release(k->scene);
    tl_release(k->truth);
    tl_matrix_free(&k->lab);
    json_decref(result);
}

static void expect_equal(const kept *a, const kept *b) {
    assert_memory_equal(a->scene, b->scene, (size_t)BANDS * CELLS * sizeof(float));
    assert_memory_equal(a->truth, b->truth, (size_t)3 * CELLS * sizeof(float));
    assert_memory_equal(a->lab.data, b->lab.data, (size_t)N * LAB * sizeof(double));
    assert_memory_equal(a->measured, b->measured, sizeof a->measured);
    assert_memory_equal(a->x, b->x, sizeof a->x);
    assert_string_equal(a->record, b->record);
}

/* --- claims --- */

static void threads_and_memory_do_not_change_a_byte_but_the_seed_does(void **state) {
    (void)state;
    tl_err err = {0};
    kept k[4];
    json_t *result[4];
    CHECK_OK(simulate("{\"seed\": 5, \"threads\": 1}", &k[0], &result[0], &err));
    CHECK_OK(simulate("{\"seed\": 5, \"threads\": 2}", &k[1], &result[1], &err));
    CHECK_OK(simulate("{\"seed\": 5, \"threads\": 2, \"memory\": 32}", &k[2], &result[2], &err));
    CHECK_OK(simulate("{\"seed\": 6}", &k[3], &result[3], &err));
    expect_equal(&k[0], &k[1]);
    expect_equal(&k[0], &k[2]);
    assert_memory_not_equal(k[0].scene + CELLS - COLS, k[3].scene + CELLS - COLS, COLS);
    assert_memory_not_equal(k[0].measured, k[3].measured, sizeof k[0].measured);
    assert_memory_not_equal(k[0].x, k[3].x, sizeof k[0].x);
    for (int i = 0; i < 4; i++) {
        forget(&k[i], result[i]);
    }
}

/* The defaults, and the documented tolerance of 2 %. */
static void samples_have_the_moments_of_the_parameters(void **state) {
    (void)state;
    const double wanted[3][4] = {
        {20.0, 0.32, 0.6, 0.72}, {40.0, 1.7, 3.6, 17.0}, {30.0, 0.42, 1.6, 4.5}};
    tl_err err = {0};
    for (int seed = 1; seed <= 3; seed++) {
        kept k;
        json_t *result = NULL;
        char more[60];
        (void)snprintf(more, sizeof more, "{\"seed\": %d, \"mine_points\": \"mines.gpkg\"}", seed);
        CHECK_OK(simulate(more, &k, &result, &err));
        assert_int_equal(k.mines, 3);
        for (int j = 0; j < 3; j++) {
            double v[N];
            for (int i = 0; i < N; i++) {
                v[i] = k.measured[i][j];
                assert_true(v[i] > 0.0);
            }
            const double mean = tl_num_mean(v, N);
            CHECK_NEAR(mean / wanted[j][0], 1.0, 1e-9);
            CHECK_NEAR(tl_num_sd(v, N) / mean / wanted[j][1], 1.0, 0.02);
            CHECK_NEAR(tl_num_skewness(v, N), wanted[j][2], 0.02 * fmax(1.0, wanted[j][2]));
            CHECK_NEAR(tl_num_kurtosis(v, N), wanted[j][3], 0.02 * fmax(1.0, wanted[j][3]));
        }
        const json_t *som = json_object_get(result, "SOM_g_kg");
        CHECK_NEAR(json_number_value(json_object_get(som, "cv")), 0.32, 0.0064);
        forget(&k, result);
    }
}

static void truth_and_scene_are_whole_inside_and_missing_outside(void **state) {
    (void)state;
    tl_err err = {0};
    kept k;
    json_t *result = NULL;
    CHECK_OK(simulate("{\"seed\": 2}", &k, &result, &err));
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        const int outside = i / COLS + i % COLS < 12;
        for (int j = 0; j < 3; j++) {
            const float v = k.truth[j * CELLS + i];
            assert_true(outside ? isnan(v) != 0 : v > 0.0F && v < 10000.0F);
        }
        for (int j = 0; j < BANDS; j++) {
            const float v = k.scene[j * CELLS + i];
            assert_true(outside ? isnan(v) != 0 : v > -1.0F && v < 1.5F);
        }
    }
    CHECK_NEAR(k.centre_nm[0], 390.324, 1e-9);
    CHECK_NEAR(k.fwhm_nm[329], 10.0, 1e-9);
    for (int i = 0; i < N; i++) {
        const double col = (k.x[i] - 500000.0) / 30.0;
        const double row = (4000000.0 - k.y[i]) / 30.0;
        assert_true(col > 2.0 && col < COLS - 2 && row > 2.0 && row < ROWS - 2);
        assert_true(row + col > 12.0);
    }
    forget(&k, result);
}

/* Measured SOM is near the true map at its place (nugget and assay apart), and dark soils in the
 * laboratory and in the scene hold more of it, but not so strictly that a single band reveals the
 * answer away. */
static void spectra_carry_organic_matter_in_part(void **state) {
    (void)state;
    tl_err err = {0};
    kept k;
    json_t *result = NULL;
    CHECK_OK(simulate("{\"seed\": 4, \"cloud\": 0}", &k, &result, &err));
    double som[N];
    double truth[N];
    double lab[N];
    double scene[N];
    for (int i = 0; i < N; i++) {
        const ptrdiff_t col = (ptrdiff_t)floor((k.x[i] - 500000.0) / 30.0);
        const ptrdiff_t row = (ptrdiff_t)floor((4000000.0 - k.y[i]) / 30.0);
        som[i] = k.measured[i][0];
        truth[i] = (double)k.truth[row * COLS + col];
        lab[i] = -log10(tl_matrix_row(&k.lab, i)[700 - 400]);
        scene[i] = -log10((double)k.scene[72 * CELLS + row * COLS + col]); /* 699 nm */
    }
    const double to_truth = tl_num_pearson(som, truth, N);
    const double to_lab = tl_num_pearson(som, lab, N);
    const double to_scene = tl_num_pearson(som, scene, N);
    assert_true(to_truth > 0.8 && to_truth < 0.99);
    assert_true(to_lab > 0.3 && to_lab < 0.95);
    assert_true(to_scene > 0.1 && to_scene < to_lab);
    forget(&k, result);
}

static void what_cannot_be_is_said_in_one_sentence(void **state) {
    (void)state;
    tl_err err = {0};
    kept k;
    json_t *result = NULL;
    assert_int_equal(simulate("{\"samples_count\": 9000}", &k, &result, &err), TL_DATA);
    assert_non_null(strstr(err.text, "9000 samples"));
    forget(&k, result);
    assert_int_equal(simulate("{\"as_skewness\": 9}", &k, &result, &err), TL_ARG);
    assert_non_null(strstr(err.text, "As_mg_kg: no data can have skewness 9"));
    forget(&k, result);
    assert_int_equal(simulate("{\"samples_count\": 9}", &k, &result, &err), TL_ARG);
    assert_non_null(strstr(err.text, "samples_count"));
    forget(&k, result);
    empty_dem = 1;
    assert_int_not_equal(simulate("{}", &k, &result, &err), TL_OK);
    empty_dem = 0;
    forget(&k, result);
    assert_int_equal(tl_live_blocks(), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_and_memory_do_not_change_a_byte_but_the_seed_does),
        cmocka_unit_test(samples_have_the_moments_of_the_parameters),
        cmocka_unit_test(truth_and_scene_are_whole_inside_and_missing_outside),
        cmocka_unit_test(spectra_carry_organic_matter_in_part),
        cmocka_unit_test(what_cannot_be_is_said_in_one_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
