/* SPDX-License-Identifier: GPL-2.0-or-later
 * trainfusion pairs what belongs together, leaves out what cannot be used, and fusespectra returns
 * lab-like spectra back. The scene lives in memory: 20 x 20 cells of 30 m, 12 bands of which the
 * one at 1400 nm is in a water window. */
#include <math.h>

#include "fusion/fusion_model.h"
#include "kit/check.h"
#include "model/document.h"
#include "tools/registry.h"
#include "training_set/study.h"
#include "unit/tools/store_kit.h"

enum { SIDE = 20, BANDS = 12, SAMPLES = 40, LAB_FIRST = 480, LAB_BANDS = 1121 };

static double band_nm(ptrdiff_t j) {
    return 500.0 + 90.0 * (double)j;
}

/* Two smooth constituents of a place; the scene and the lab see both, each in its own way. */
static double constituent(int k, double col, double row) {
    return k == 0 ? sin(0.7 * col + 0.3 * row) : cos(0.5 * row - 0.2 * col + 1.0);
}

static double lab_value(double nm, double col, double row) {
    const double t = (nm - 480.0) / 1100.0;
    return 0.4 + 0.08 * constituent(0, col, row) * t + 0.05 * constituent(1, col, row) * (1.0 - t);
}

static double scene_value(double nm, double col, double row) {
    return 0.03 + 0.6 * lab_value(nm, col, row) + 0.00002 * nm;
}

struct tl_raster {
    tl_raster_info info;
};

/* What the fake store returns, changed by the tests. */
static struct fake {
    int without_wavelengths;
    int n_samples;
    int n_lab;
    double scale; /* of the scene values */
    char *bytes;  /* the last file written, owned */
    size_t length;
    tl_spectra made; /* the last table written */
    char said[8192];
} fake;

static tl_code open_raster(const char *path, const char *parameter, tl_raster **raster,
                           tl_err *err) {
    (void)path;
    (void)parameter;
    *raster = tl_acquire(1, sizeof **raster);
    tl_raster_info *info = &(*raster)->info;
    info->nrow = SIDE;
    info->ncol = SIDE;
    info->geo = (tl_georef){.transform = {0, 30, 0, 600, 0, -30}, .metres_per_unit = 1};
    TL_TRY(tl_bands_init(&info->bands, BANDS, err));
    for (ptrdiff_t j = 0; j < BANDS && !fake.without_wavelengths; j++) {
        info->bands.band[j].centre_nm = band_nm(j);
        info->bands.band[j].fwhm_nm = 10.0;
    }
    return tl_bands_complete(&info->bands, err);
}

static const tl_raster_info *raster_info(const tl_raster *raster) {
    return &raster->info;
}

static void close_raster(tl_raster *raster) {
    if (raster != NULL) {
        tl_bands_free(&raster->info.bands);
        tl_release(raster);
    }
}

/* Cell (2, 2) holds NoData. */
static tl_code read_window(tl_raster *raster, ptrdiff_t col0, ptrdiff_t row0, ptrdiff_t n_cols,
                           ptrdiff_t n_rows, const int *band, ptrdiff_t n_bands, float *out,
                           tl_err *err) {
    (void)raster;
    (void)err;
    for (ptrdiff_t b = 0; b < n_bands; b++) {
        for (ptrdiff_t i = 0; i < n_rows * n_cols; i++) {
            const ptrdiff_t col = col0 + i % n_cols;
            const ptrdiff_t row = row0 + i / n_cols;
            const double value = scene_value(band_nm(band[b] - 1), (double)col, (double)row);
            out[b * n_rows * n_cols + i] = col == 2 && row == 2 ? NAN : (float)(fake.scale * value);
        }
    }
    return TL_OK;
}

static ptrdiff_t sample_col(ptrdiff_t i) {
    return (7 * i) % 20;
}

static ptrdiff_t sample_row(ptrdiff_t i) {
    return (3 * i + i / 20) % 20;
}

/* Sample 0 is on NoData, sample 1 off the scene. */
static tl_code read_samples(const char *path, const char *parameter, const char *id_field,
                            const char *const *property, ptrdiff_t n_property,
                            const tl_georef *target, const tl_progress *progress,
                            tl_samples *samples, tl_err *err) {
    (void)path;
    (void)parameter;
    (void)id_field;
    (void)property;
    (void)target;
    (void)progress;
    TL_TRY(tl_source_samples_init(samples, fake.n_samples, n_property, err));
    for (ptrdiff_t i = 0; i < samples->n; i++) {
        char id[32];
        (void)snprintf(id, sizeof id, "S%td", i);
        TL_TRY(tl_source_samples_set_id(samples, i, id, err));
        samples->x[i] = 30.0 * ((double)(i == 0 ? 2 : sample_col(i)) + 0.5);
        samples->y[i] = 600.0 - 30.0 * ((double)(i == 0 ? 2 : sample_row(i)) + 0.5);
    }
    samples->x[1] = -100.0;
    return TL_OK;
}

/* Lab spectra of S0 to S(n_lab - 2), and one of nobody; a table of scene spectra for
 * fusespectra. */
static tl_code read_spectra(const char *path, const char *parameter, const tl_progress *progress,
                            tl_spectra *spectra, tl_err *err) {
    (void)path;
    (void)progress;
    const int scene = strcmp(parameter, "spectra") == 0;
    TL_TRY(tl_source_spectra_init(spectra, scene ? 5 : fake.n_lab, scene ? BANDS : LAB_BANDS, err));
    for (ptrdiff_t j = 0; j < spectra->p; j++) {
        spectra->wavelength_nm[j] = scene ? 500.0 + 90.0 * (double)j : (double)(LAB_FIRST + j);
        spectra->fwhm_nm[j] = (double)NAN;
    }
    for (ptrdiff_t i = 0; i < spectra->n; i++) {
        char id[32];
        (void)snprintf(id, sizeof id, i == spectra->n - 1 && !scene ? "nobody" : "S%td", i);
        TL_TRY(tl_source_spectra_set_id(spectra, i, id, err));
        for (ptrdiff_t j = 0; j < spectra->p; j++) {
            const double nm = spectra->wavelength_nm[j];
            const double col = scene ? (double)i + 0.5 : (double)sample_col(i);
            const double row = scene ? 7.25 : (double)sample_row(i);
            tl_matrix_row(&spectra->values, i)[j] =
                scene ? scene_value(nm, col, row) : lab_value(nm, col, row);
        }
    }
    return TL_OK;
}

static tl_code write_bytes(const char *path, const char *parameter, const char *bytes,
                           size_t length, tl_err *err) {
    (void)path;
    (void)parameter;
    (void)err;
    tl_release(fake.bytes);
    fake.bytes = tl_copy_text(bytes);
    fake.length = length;
    return TL_OK;
}

static tl_code read_bytes(const char *path, const char *parameter, size_t limit, char **bytes,
                          size_t *length, tl_err *err) {
    (void)path;
    (void)parameter;
    (void)limit;
    (void)err;
    *bytes = tl_copy_text(fake.bytes);
    *length = fake.length;
    return TL_OK;
}

static tl_code write_spectra(const char *path, const char *parameter, const tl_spectra *spectra,
                             tl_err *err) {
    (void)path;
    (void)parameter;
    tl_source_spectra_free(&fake.made);
    TL_TRY(tl_source_spectra_init(&fake.made, spectra->n, spectra->p, err));
    memcpy(fake.made.wavelength_nm, spectra->wavelength_nm, (size_t)spectra->p * sizeof(double));
    memcpy(fake.made.values.data, spectra->values.data,
           (size_t)(spectra->n * spectra->p) * sizeof(double));
    return TL_OK;
}

static const tl_store store = {.open_raster = open_raster,
                               .raster_info = raster_info,
                               .close_raster = close_raster,
                               .read_window = read_window,
                               .read_samples = read_samples,
                               .read_spectra = read_spectra,
                               .write_spectra = write_spectra,
                               .write_bytes = write_bytes,
                               .read_bytes = read_bytes,
                               .exists = kit_exists,
                               .fingerprint = kit_fingerprint,
                               KIT_OUTPUTS};

static int listen(double fraction, int level, const char *message, void *user) {
    (void)fraction;
    (void)level;
    (void)user;
    if (message != NULL) {
        const size_t used = strlen(fake.said);
        (void)snprintf(fake.said + used, sizeof fake.said - used, "%s\n", message);
    }
    return 1;
}

static int set_up(void **state) {
    (void)state;
    fake.without_wavelengths = 0;
    fake.n_samples = SAMPLES;
    fake.n_lab = SAMPLES - 1;
    fake.scale = 1.0;
    fake.said[0] = '\0';
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    tl_release(fake.bytes);
    fake.bytes = NULL;
    tl_source_spectra_free(&fake.made);
    return 0;
}

/* Runs a tool with the usual inputs and the parameters in more. */
static tl_code run_tool(const char *id, json_t *more, json_t **result, tl_err *err) {
    const tl_progress progress = {.report = listen, .from = 0.0, .to = 1.0};
    json_t *params = strcmp(id, "trainfusion") == 0
                         ? json_pack("{s:s,s:s,s:s,s:s}", "scene", "scene.tif", "samples",
                                     "samples.gpkg", "lab", "lab.csv", "output", "fusion.json")
                         : json_pack("{s:s,s:s,s:s}", "spectra", "spectra.csv", "model",
                                     "fusion.json", "output", "made.csv");
    if (more != NULL) {
        json_object_update(params, more);
        json_decref(more);
    }
    json_t *own = NULL;
    const tl_algorithm *alg = tl_tools_find(id);
    assert_non_null(alg);
    const tl_code code = tl_job_run(alg, params, &store, &progress, &own, NULL, err);
    json_decref(params);
    if (result != NULL) {
        *result = own;
    } else {
        json_decref(own);
    }
    return code;
}

static double figure(const json_t *result, const char *key) {
    const json_t *value = json_object_get(result, key);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

/* 40 samples: one on NoData, one off the scene, two without lab spectrum; 36 remain, and 11
 * bands. */
static void pairs_are_joined_by_id(void **state) {
    (void)state;
    tl_err err;
    json_t *result;
    tl_fusion_model m;
    CHECK_OK(run_tool("trainfusion", NULL, &result, &err));
    CHECK_NEAR(figure(result, "samples"), 36.0, 0.0);
    CHECK_NEAR(figure(result, "bands"), 11.0, 0.0);
    assert_true(figure(result, "explained_variance") > 0.99);
    assert_non_null(strstr(fake.said, "samples left out, outside the scene (1 in all): S1"));
    assert_non_null(strstr(fake.said, "no value in a band of the scene (1 in all): S0"));
    assert_non_null(strstr(fake.said, "no lab spectrum with this id (2 in all): S38, S39"));
    assert_non_null(strstr(fake.said, "1 of 39 lab spectra have no sample with their id"));
    assert_non_null(strstr(fake.said, "direct standardisation on 36 held-out samples"));
    CHECK_OK(tl_fusion_model_parse(fake.bytes, fake.length, "fusion.json", &m, &err));
    assert_int_equal(m.p, 11);
    assert_int_equal(json_array_size(json_object_get(m.about, "dropped_bands")), 1);
    for (ptrdiff_t j = 0; j < m.p; j++) {
        assert_true(m.wavelength_nm[j] < 1342.0 || m.wavelength_nm[j] > 1451.0);
    }
    assert_true(json_is_object(json_object_get(m.about, "record")));
    const json_t *generated =
        json_object_get(json_object_get(json_object_get(m.about, "spectra"), "generated"), "mean");
    assert_int_equal(json_array_size(generated), 11);
    tl_fusion_model_free(&m);
    json_decref(result);
}

/* Spectra of positions between the samples come out as the lab would see them. */
static void fusespectra_gives_what_the_lab_would_see(void **state) {
    (void)state;
    tl_err err;
    json_t *result;
    CHECK_OK(run_tool("trainfusion", NULL, NULL, &err));
    assert_int_equal(run_tool("fusespectra", NULL, &result, &err), TL_OK);
    CHECK_NEAR(figure(result, "spectra"), 5.0, 0.0);
    assert_int_equal(fake.made.p, 11);
    for (ptrdiff_t i = 0; i < 5; i++) {
        for (ptrdiff_t j = 0; j < 11; j++) {
            CHECK_NEAR(tl_matrix_row(&fake.made.values, i)[j],
                       lab_value(fake.made.wavelength_nm[j], (double)i + 0.5, 7.25), 2e-3);
        }
    }
    json_decref(result);
}

static void the_network_is_judged_against_direct_standardisation(void **state) {
    (void)state;
    tl_err err;
    json_t *result;
    CHECK_OK(run_tool("trainfusion",
                      json_pack("{s:s,s:s,s:i,s:i,s:s}", "method", "vae", "widths", "16, 8",
                                "latent", 3, "epochs", 20, "neighbours", "yes"),
                      &result, &err));
    assert_non_null(strstr(fake.said, "direct standardisation on 36 held-out samples"));
    assert_non_null(strstr(fake.said, "fusion network on 36 held-out samples"));
    assert_non_null(strstr(fake.said, "of 3 latent units are active"));
    /* Neighbours of these steep fields inherit a lab spectrum that is not quite theirs. */
    assert_true(figure(result, "explained_variance_ds") > 0.5);
    tl_fusion_model m;
    CHECK_OK(tl_fusion_model_parse(fake.bytes, fake.length, "fusion.json", &m, &err));
    assert_int_equal(m.options.vae.depth, 2);
    assert_int_equal(m.options.vae.width[1], 8);
    assert_int_equal(json_array_size(json_object_get(m.about, "held_out_curve")), 20);
    assert_non_null(json_object_get(json_object_get(m.about, "comparison"), "ds"));
    assert_non_null(json_object_get(json_object_get(m.about, "comparison"), "vae"));
    tl_fusion_model_free(&m);
    json_decref(result);
}

/* Every accepted neighbour is within 0.08 rad here; none is a sample's own pixel or next to two
 * samples. */
static void neighbours_never_belong_to_two_samples(void **state) {
    (void)state;
    tl_err err;
    json_t *result;
    CHECK_OK(run_tool("trainfusion", json_pack("{s:s}", "neighbours", "yes"), &result, &err));
    ptrdiff_t wanted = 0;
    for (ptrdiff_t i = 2; i < SAMPLES - 2; i++) {
        static const int step[4][2] = {{0, 1}, {0, -1}, {1, 0}, {-1, 0}};
        for (int s = 0; s < 4; s++) {
            const ptrdiff_t col = sample_col(i) + step[s][0];
            const ptrdiff_t row = sample_row(i) + step[s][1];
            int free = col >= 0 && row >= 0 && col < SIDE && row < SIDE && !(col == 2 && row == 2);
            for (ptrdiff_t k = 0; k < SAMPLES && free; k++) {
                const ptrdiff_t far = labs((k == 0 ? 2 : sample_col(k)) - col) +
                                      labs((k == 0 ? 2 : sample_row(k)) - row);
                free = k == i || k == 1 || far > 1;
            }
            wanted += free;
        }
    }
    assert_true(wanted > 40);
    CHECK_NEAR(figure(result, "neighbours"), (double)wanted, 0.0);
    json_decref(result);
}

/* A tool of the same parameters that asks for every pixel next to a sample, and reports how many rows
 * it got: each sample is at its position, each other row next to a sample of its group. */
static tl_code gather_all(tl_job *job, tl_err *err) {
    const tl_study_request request = {.needs_scene = 1, .needs_lab = 1, .neighbours = 2};
    tl_study s;
    TL_TRY(tl_training_set_gather(job, &request, &s, err));
    ptrdiff_t misplaced = 0;
    for (ptrdiff_t k = 0; k < s.n_rows; k++) {
        int adjacent = 0;
        for (ptrdiff_t i = 0; i < s.n; i++) {
            adjacent |=
                s.group[i] == s.group[k] &&
                labs(s.col[i] - s.col[k]) + labs(s.line[i] - s.line[k]) == (k < s.n ? 0 : 1);
        }
        misplaced += !adjacent;
        misplaced += k < s.n && (s.col[k] != (ptrdiff_t)(s.x[k] / 30.0) ||
                                 s.line[k] != (ptrdiff_t)((600.0 - s.y[k]) / 30.0));
    }
    tl_job_put_number(job, "samples", (double)s.n);
    tl_job_put_number(job, "rows", (double)s.n_rows);
    tl_job_put_number(job, "misplaced", (double)misplaced);
    tl_training_set_free(&s);
    return TL_OK;
}

/* For those who have rules of their own: all pixels N, S, E and W that lie in the scene. */
static void every_pixel_next_to_a_sample_can_be_had(void **state) {
    (void)state;
    tl_err err;
    json_t *result;
    tl_algorithm probe = *tl_tools_find("trainfusion");
    probe.run = gather_all;
    json_t *params = json_pack("{s:s,s:s,s:s,s:s}", "scene", "scene.tif", "samples", "samples.gpkg",
                               "lab", "lab.csv", "output", "fusion.json");
    CHECK_OK(tl_job_run(&probe, params, &store, NULL, &result, NULL, &err));
    json_decref(params);
    ptrdiff_t wanted = 0;
    for (ptrdiff_t i = 2; i < SAMPLES - 2; i++) {
        wanted += 1 + (sample_col(i) > 0) + (sample_col(i) < SIDE - 1) + (sample_row(i) > 0) +
                  (sample_row(i) < SIDE - 1);
    }
    CHECK_NEAR(figure(result, "misplaced"), 0.0, 0.0);
    CHECK_NEAR(figure(result, "rows"), (double)wanted, 0.0);
    json_decref(result);
}

static void the_same_seed_gives_the_same_file(void **state) {
    (void)state;
    tl_err err;
    json_t *more = json_pack("{s:s,s:i,s:s}", "method", "vae", "epochs", 3, "widths", "8");
    CHECK_OK(run_tool("trainfusion", json_incref(more), NULL, &err));
    char *first = tl_copy_text(fake.bytes);
    CHECK_OK(run_tool("trainfusion", json_incref(more), NULL, &err));
    assert_string_equal(first, fake.bytes);
    json_object_set_new(more, "seed", json_integer(-9999));
    CHECK_OK(run_tool("trainfusion", more, NULL, &err));
    assert_true(strcmp(first, fake.bytes) != 0);
    tl_release(first);
}

static void check_refused(json_t *more, const char *named) {
    tl_err err = {0};
    const ptrdiff_t before = tl_live_blocks();
    assert_int_not_equal(run_tool("trainfusion", json_incref(more), NULL, &err), TL_OK);
    if (strstr(err.text, named) == NULL) {
        fail_msg("'%s' should name %s", err.text, named);
    }
    assert_int_equal(tl_live_blocks(), before);
    json_decref(more);
}

static void bad_input_gets_one_clear_sentence(void **state) {
    (void)state;
    check_refused(json_pack("{s:s}", "widths", "128,,32"), "'widths'");
    check_refused(json_pack("{s:s}", "widths", "128,64,32,16,8,4,2"), "'widths'");
    check_refused(json_pack("{s:s}", "widths", ""), "'widths'");
    check_refused(json_pack("{s:i}", "batch", 1), "'batch'");
    fake.without_wavelengths = 1;
    check_refused(NULL, "no wavelength");
    fake.without_wavelengths = 0;
    fake.n_lab = 10;
    check_refused(NULL, "only 7 of the 40 samples");
    fake.n_lab = SAMPLES - 1;
    fake.scale = 10000.0;
    check_refused(NULL, "not reflectance");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pairs_are_joined_by_id, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fusespectra_gives_what_the_lab_would_see, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_network_is_judged_against_direct_standardisation,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(neighbours_never_belong_to_two_samples, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_pixel_next_to_a_sample_can_be_had, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_seed_gives_the_same_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_input_gets_one_clear_sentence, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
