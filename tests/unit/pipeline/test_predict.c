/* SPDX-License-Identifier: GPL-2.0-or-later
 * Property models in files, and the kernel that predicts pixels with them. */
#include "model/document.h"
#include "pipeline/applicable_area.h"
#include "pipeline/predict.h"
#include "unit/pipeline/field.h"

enum { bands = 13, samples = 30, pixels = 1500 };

/* A whole model as trainmodel makes it. */
static void make_model(field *f, tl_feature_kind features, tl_transfer_kind transfer, int log_y,
                       tl_property_model *m) {
    tl_err err = {0};
    tl_pipeline_options o = tl_pipeline_defaults();
    if (transfer == TL_TRANSFER_VAE) {
        CHECK_OK(tl_fusion_transfer_preset(TL_TRANSFER_VAE, "honest", &o.fit.transfer, &err));
        o.fit.transfer.vae.depth = 2;
        o.fit.transfer.vae.width[0] = 9;
        o.fit.transfer.vae.width[1] = 7;
        o.fit.transfer.vae.latent = 3;
        o.fit.transfer.vae.epochs = 4;
    }
    o.fit.recipe[0].features = features;
    o.repeats = 1;
    o.fit.log = log_y;
    tl_validation v;
    CHECK_OK(tl_pipeline_validate(&f->data, &o, NULL, &v, &err));
    *m = (tl_property_model){.property = tl_copy_text("SOM"),
                             .unit = tl_copy_text("g/kg"),
                             .p = bands,
                             .wavelength_nm = tl_acquire(bands, sizeof(double)),
                             .fwhm_nm = tl_acquire(bands, sizeof(double)),
                             .features = features,
                             .log = log_y,
                             .level = 0.9,
                             .folds = v.folds,
                             .fold_model = v.fold_model,
                             .n = v.n,
                             .fold = v.fold,
                             .residual = v.residual,
                             .about = json_pack("{s:[s]}", "warnings", "made up")};
    v.fold_model = NULL;
    v.fold = NULL;
    v.residual = NULL;
    tl_pipeline_validation_free(&v);
    for (int j = 0; j < bands; j++) {
        m->wavelength_nm[j] = 500.0 + 10.0 * j;
        m->fwhm_nm[j] = 10.0;
    }
    CHECK_OK(tl_pipeline_finish(&f->data, &o, NULL, &m->final, &err));
    if (features != TL_FEATURES_LAB) {
        CHECK_OK(tl_pipeline_area_fit(&f->data, m->fold, log_y, &m->projection, &m->area, &err));
    }
}

typedef struct image {
    tl_bands bands;
    ptrdiff_t index[bands];
    float *stored; /* [bands, pixels] */
    const float *row[bands];
} image;

/* Stored values are whole numbers in three kinds of bands: as they are, scaled, with NoData. */
static void make_image(image *im) {
    tl_rng rng = tl_rng_start(21, TL_STREAM_SIMULATE, 7);
    assert_int_equal(tl_bands_init(&im->bands, bands, NULL), TL_OK);
    im->stored = tl_acquire((ptrdiff_t)bands * pixels, sizeof *im->stored);
    for (int j = 0; j < bands; j++) {
        im->index[j] = bands - 1 - j;
        tl_band *b = &im->bands.band[bands - 1 - j];
        b->scale = j % 3 == 0 ? 1.0 : 0.0001;
        b->offset = j % 3 == 2 ? -0.01 : 0.0;
        b->has_nodata = j % 3 == 1;
        b->nodata = -32768.0;
        im->row[j] = im->stored + (ptrdiff_t)j * pixels;
        for (int i = 0; i < pixels; i++) {
            const double r = 0.2 + 0.02 * tl_rng_normal(&rng);
            im->stored[j * pixels + i] = (float)(j % 3 == 0 ? r : floor(r * 10000.0));
        }
    }
}

static void free_image(image *im) {
    tl_bands_free(&im->bands);
    tl_release(im->stored);
}

typedef struct maps {
    float value[pixels];
    float lower[pixels];
    float upper[pixels];
    float di[pixels];
    float applicable[pixels];
} maps;

static void predict_all(const tl_property_model *m, const image *im, ptrdiff_t block, maps *out) {
    tl_err err = {0};
    tl_predictor t;
    CHECK_OK(tl_pipeline_predictor_init(&t, m, &im->bands, im->index, &err));
    double *scratch = tl_acquire(tl_pipeline_predict_scratch(&t), sizeof *scratch);
    for (ptrdiff_t at = 0; at < pixels; at += block) {
        const ptrdiff_t n = pixels - at < block ? pixels - at : block;
        const float *row[bands];
        for (int j = 0; j < bands; j++) {
            row[j] = im->row[j] + at;
        }
        const tl_prediction layers = {.value = out->value + at,
                                      .lower = out->lower + at,
                                      .upper = out->upper + at,
                                      .di = out->di + at,
                                      .applicable = out->applicable + at};
        CHECK_OK(tl_pipeline_predict_block(&t, row, n, &layers, scratch, &err));
    }
    tl_release(scratch);
    tl_pipeline_predictor_free(&t);
}

/* The kernel has the bits of the plain definition: physical values through the function, CV+ around
 * the fold functions, logarithms back. */
static void kernel_equals_the_definition(void **state) {
    (void)state;
    tl_err err = {0};
    static maps got;
    image im;
    make_image(&im);
    for (int kind = 0; kind < 6; kind++) {
        const tl_feature_kind features = kind < 2   ? TL_FEATURES_SCENE
                                         : kind < 5 ? TL_FEATURES_MIXED
                                                    : TL_FEATURES_FUSED;
        field f;
        tl_property_model m;
        field_make(&f, samples, bands, 0.3, 3);
        make_model(&f, features, kind < 4 ? TL_TRANSFER_DS : TL_TRANSFER_VAE, kind % 2, &m);
        predict_all(&m, &im, pixels, &got);
        tl_matrix x;
        static double value[pixels];
        static double fold_value[16][pixels];
        CHECK_OK(tl_matrix_init(&x, pixels, bands, &err));
        for (int i = 0; i < pixels; i++) {
            for (int j = 0; j < bands; j++) {
                const tl_band *b = &im.bands.band[im.index[j]];
                tl_matrix_row(&x, i)[j] = (double)tl_band_value(b, im.row[j][i]);
            }
        }
        CHECK_OK(tl_pipeline_function_evaluate(&m.final, NULL, &x, value, &err));
        for (int k = 0; k < m.folds; k++) {
            CHECK_OK(
                tl_pipeline_function_evaluate(&m.fold_model[k], NULL, &x, fold_value[k], &err));
        }
        tl_cv_plus c;
        CHECK_OK(tl_inversion_cv_plus_init(&c, m.residual, m.fold, m.n, m.folds, 0.9, &err));
        for (int i = 0; i < pixels; i++) {
            double p[16];
            double low;
            double high;
            for (int k = 0; k < m.folds; k++) {
                p[k] = fold_value[k][i];
            }
            tl_inversion_cv_plus_interval(&c, p, &low, &high);
            const double v = tl_pipeline_to_unit(&m.final, m.log, value[i]);
            low = m.log ? exp(low) : low;
            high = m.log ? exp(high) : high;
            assert_true(got.value[i] == (float)v);
            assert_true(got.lower[i] == (float)fmin(low, v));
            assert_true(got.upper[i] == (float)fmax(high, v));
            assert_true(got.lower[i] < got.upper[i]);
        }
        tl_inversion_cv_plus_free(&c);
        tl_matrix_free(&x);
        tl_pipeline_property_model_free(&m);
        field_free(&f);
    }
    free_image(&im);
}

/* Any division of the image results in the same bytes, also when only the value is wanted. */
static void check_blocks(const tl_property_model *m, const image *im) {
    tl_err err = {0};
    static maps whole;
    static maps cut;
    predict_all(m, im, pixels, &whole);
    const ptrdiff_t sizes[4] = {1, 7, 511, 513};
    for (int k = 0; k < 4; k++) {
        predict_all(m, im, sizes[k], &cut);
        assert_memory_equal(&whole, &cut, sizeof cut);
    }
    tl_predictor t;
    CHECK_OK(tl_pipeline_predictor_init(&t, m, &im->bands, im->index, &err));
    double *scratch = tl_acquire(tl_pipeline_predict_scratch(&t), sizeof *scratch);
    const tl_prediction value_only = {.value = cut.value};
    CHECK_OK(tl_pipeline_predict_block(&t, im->row, pixels, &value_only, scratch, &err));
    assert_memory_equal(whole.value, cut.value, sizeof cut.value);
    tl_release(scratch);
    tl_pipeline_predictor_free(&t);
}

static void blocks_do_not_change_bytes(void **state) {
    (void)state;
    image im;
    field f;
    make_image(&im);
    field_make(&f, samples, bands, 0.3, 3);
    for (int kind = TL_TRANSFER_DS; kind <= TL_TRANSFER_VAE; kind++) {
        tl_property_model m;
        make_model(&f, TL_FEATURES_FUSED, (tl_transfer_kind)kind, 0, &m);
        check_blocks(&m, &im);
        tl_pipeline_property_model_free(&m);
    }
    field_free(&f);
    free_image(&im);
}

/* One bad band spoils its pixel and no other. */
static void missing_bands_spoil_only_their_pixel(void **state) {
    (void)state;
    static maps clean;
    static maps got;
    image im;
    field f;
    tl_property_model m;
    make_image(&im);
    field_make(&f, samples, bands, 0.3, 3);
    make_model(&f, TL_FEATURES_SCENE, TL_TRANSFER_DS, 0, &m);
    predict_all(&m, &im, pixels, &clean);
    im.stored[1 * pixels + 10] = -32768.0f;
    im.stored[0 * pixels + 600] = NAN;
    im.stored[2 * pixels + 601] = INFINITY;
    /* NoData of another band is a value like any other here. */
    im.stored[2 * pixels + 700] = -32768.0f;
    predict_all(&m, &im, pixels, &got);
    for (int i = 0; i < pixels; i++) {
        if (i == 10 || i == 600 || i == 601) {
            assert_true(isnan(got.value[i]) && isnan(got.lower[i]) && isnan(got.upper[i]));
        } else if (i == 700) {
            assert_true(!isnan(got.value[i]));
        } else {
            assert_true(got.value[i] == clean.value[i] && got.lower[i] == clean.lower[i]);
        }
    }
    tl_pipeline_property_model_free(&m);
    field_free(&f);
    free_image(&im);
}

static void print_model(const tl_property_model *m, tl_text *text) {
    tl_err err = {0};
    json_t *root = NULL;
    CHECK_OK(tl_pipeline_property_model_to_json(m, &root, &err));
    CHECK_OK(tl_model_print(root, text, &err));
    json_decref(root);
}

/* What is written reads back as the same bits, so it is written again as the same bytes. */
static void models_survive_their_file(void **state) {
    (void)state;
    tl_err err = {0};
    static maps before;
    static maps after;
    image im;
    make_image(&im);
    for (int kind = 0; kind < 5; kind++) {
        const tl_feature_kind features[5] = {TL_FEATURES_SCENE, TL_FEATURES_FUSED,
                                             TL_FEATURES_MIXED, TL_FEATURES_FUSED,
                                             TL_FEATURES_MIXED};
        field f;
        tl_property_model m;
        tl_property_model again;
        tl_text text = {0};
        tl_text twice = {0};
        field_make(&f, samples, bands, 0.3, 3);
        make_model(&f, features[kind], kind < 3 ? TL_TRANSFER_DS : TL_TRANSFER_VAE, 1, &m);
        print_model(&m, &text);
        CHECK_OK(tl_pipeline_property_model_parse(text.data, (size_t)text.length, "m.json", &again,
                                                  &err));
        print_model(&again, &twice);
        assert_string_equal(text.data, twice.data);
        predict_all(&m, &im, pixels, &before);
        predict_all(&again, &im, pixels, &after);
        assert_memory_equal(&before, &after, sizeof after);
        tl_text_free(&text);
        tl_text_free(&twice);
        tl_pipeline_property_model_free(&m);
        tl_pipeline_property_model_free(&again);
        field_free(&f);
    }
    free_image(&im);
}

/* A damaged document is refused with a sentence and leaves no memory behind. */
static void hostile_models_are_refused(void **state) {
    (void)state;
    tl_err err = {0};
    field f;
    tl_property_model m;
    json_t *root = NULL;
    field_make(&f, samples, bands, 0.3, 3);
    make_model(&f, TL_FEATURES_SCENE, TL_TRANSFER_DS, 0, &m);
    CHECK_OK(tl_pipeline_property_model_to_json(&m, &root, &err));
    const char *const keys[] = {"property",  "unit",          "features", "calibration",
                                "log",       "level",         "model",    "folds",
                                "residuals", "wavelength_nm", "fwhm_nm",  "kind"};
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        for (int how = 0; how < 5; how++) {
            json_t *bad = json_deep_copy(root);
            if (how == 0) {
                json_object_del(bad, keys[k]);
            } else {
                json_object_set_new(bad, keys[k],
                                    how == 1   ? json_null()
                                    : how == 2 ? json_integer(-7)
                                    : how == 3 ? json_pack("[i,s]", 3, "x")
                                               : json_pack("{s:[]}", "fold"));
            }
            tl_property_model read;
            const ptrdiff_t before = tl_live_blocks();
            err.text[0] = '\0';
            assert_int_equal(tl_pipeline_property_model_from_json(bad, &read, &err), TL_FORMAT);
            assert_true(strlen(err.text) > 10);
            assert_int_equal(tl_live_blocks(), before);
            json_decref(bad);
        }
    }
    json_array_set_new(json_object_get(json_object_get(root, "residuals"), "fold"), 4,
                       json_integer(99));
    tl_property_model read;
    assert_int_equal(tl_pipeline_property_model_from_json(root, &read, &err), TL_FORMAT);
    assert_non_null(strstr(err.text, "entry 4"));
    json_decref(root);
    tl_pipeline_property_model_free(&m);
    field_free(&f);
}

static void lab_models_cannot_be_mapped(void **state) {
    (void)state;
    tl_err err = {0};
    image im;
    field f;
    tl_property_model m;
    make_image(&im);
    field_make(&f, samples, bands, 0.3, 3);
    make_model(&f, TL_FEATURES_LAB, TL_TRANSFER_DS, 0, &m);
    tl_predictor t;
    assert_int_equal(tl_pipeline_predictor_init(&t, &m, &im.bands, im.index, &err), TL_DATA);
    assert_non_null(strstr(err.text, "lab spectra"));
    tl_pipeline_property_model_free(&m);
    field_free(&f);
    free_image(&im);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernel_equals_the_definition),
        cmocka_unit_test(blocks_do_not_change_bytes),
        cmocka_unit_test(missing_bands_spoil_only_their_pixel),
        cmocka_unit_test(models_survive_their_file),
        cmocka_unit_test(hostile_models_are_refused),
        cmocka_unit_test(lab_models_cannot_be_mapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
