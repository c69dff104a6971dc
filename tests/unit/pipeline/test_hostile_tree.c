/* SPDX-License-Identifier: GPL-2.0-or-later
 * Every single value of a property model with a fusion network is replaced by every kind of wrong
 * value: either the reader refuses with a sentence, or the model predicts without breaking a
 * promise. */
#include "model/document.h"
#include "pipeline/applicable_area.h"
#include "pipeline/predict.h"
#include "unit/pipeline/field.h"

enum { bands = 6, samples = 16, pixels = 7 };

static tl_err err;

enum { kinds = 4 };

/* Options of small models: a network on top of direct standardisation under PLSR, and the
 * regressions that are not linear on chosen, transformed, generated bands. */
static tl_pipeline_options options_of(int kind) {
    static const tl_regressor_kind regressor[kinds] = {TL_REGRESSOR_PLSR, TL_REGRESSOR_SVR,
                                                       TL_REGRESSOR_FOREST, TL_REGRESSOR_NET};
    tl_pipeline_options o = tl_pipeline_defaults();
    tl_recipe *r = &o.fit.recipe[0];
    o.repeats = 1;
    o.folds = 2;
    o.bootstrap = 0;
    r->features = TL_FEATURES_FUSED;
    r->regressor.kind = regressor[kind];
    r->regressor.max_components = 2;
    r->regressor.forest.trees = 3;
    r->regressor.net.starts = 1;
    r->regressor.net.epochs = 2;
    if (kind > 0) {
        r->components = 3;
        r->selection = TL_SELECTION_CARS;
        r->cars.iterations = 5;
        r->window = 3;
        (void)snprintf(r->transform, sizeof r->transform, "%s", kind == 2 ? "none" : "smooth+snv");
        return o;
    }
    CHECK_OK(tl_fusion_transfer_preset(TL_TRANSFER_VAE, "honest", &o.fit.transfer, &err));
    o.fit.transfer.vae.depth = 1;
    o.fit.transfer.vae.width[0] = 3;
    o.fit.transfer.vae.latent = 2;
    o.fit.transfer.vae.epochs = 2;
    o.fit.transfer.vae.batch = 4;
    return o;
}

/* The document of a small model of that kind. */
static json_t *make_document(int kind) {
    field f;
    tl_validation v;
    json_t *root = NULL;
    tl_property_model m = {.p = bands, .level = 0.8, .features = TL_FEATURES_FUSED};
    const tl_pipeline_options o = options_of(kind);
    tl_linear projection;
    double nm[bands];
    field_make(&f, samples, bands, 0.3, 5);
    CHECK_OK(tl_pipeline_linear_init(&projection, bands, 3, &err));
    for (int j = 0; j < bands; j++) {
        nm[j] = 500.0 + 10.0 * j;
        for (int k = 0; k < 3; k++) {
            tl_matrix_row(&projection.weight, j)[k] = cos((double)(j * (k + 1)));
        }
    }
    f.data.wavelength_nm = nm;
    f.data.projection = &projection;
    CHECK_OK(tl_pipeline_validate(&f.data, &o, NULL, &v, &err));
    CHECK_OK(tl_pipeline_finish(&f.data, &o, NULL, &m.final, &err));
    assert_null(m.final.scene);
    CHECK_OK(tl_pipeline_area_fit(&f.data, v.fold, 0, &m.projection, &m.area, &err));
    m.property = tl_copy_text("As");
    m.unit = tl_copy_text("mg/kg");
    m.folds = v.folds;
    m.fold_model = v.fold_model;
    m.n = v.n;
    m.fold = v.fold;
    m.residual = v.residual;
    v.fold_model = NULL;
    v.fold = NULL;
    v.residual = NULL;
    m.wavelength_nm = tl_acquire(bands, sizeof(double));
    m.fwhm_nm = tl_acquire(bands, sizeof(double));
    for (int j = 0; j < bands; j++) {
        m.wavelength_nm[j] = 500.0 + 10.0 * j;
        m.fwhm_nm[j] = 10.0;
    }
    CHECK_OK(tl_pipeline_property_model_to_json(&m, &root, &err));
    tl_pipeline_property_model_free(&m);
    tl_pipeline_validation_free(&v);
    tl_pipeline_linear_free(&projection);
    field_free(&f);
    return root;
}

/* A model that was read must predict: numbers or NaN, bounds around the value. */
static void predict_with(const tl_property_model *m) {
    tl_predictor t;
    tl_bands scene;
    ptrdiff_t index[bands];
    float stored[pixels];
    const float *band[bands];
    float value[pixels];
    float lower[pixels];
    float upper[pixels];
    float di[pixels];
    float applicable[pixels];
    assert_int_equal(m->p, bands);
    assert_int_equal(tl_bands_init(&scene, bands, NULL), TL_OK);
    for (int i = 0; i < pixels; i++) {
        stored[i] = 0.1F * (float)i;
    }
    for (int j = 0; j < bands; j++) {
        index[j] = j;
        band[j] = stored;
    }
    if (tl_pipeline_predictor_init(&t, m, &scene, index, &err) == TL_OK) {
        double *scratch = tl_acquire(tl_pipeline_predict_scratch(&t), sizeof *scratch);
        assert_non_null(scratch);
        const tl_prediction layers = {
            .value = value, .lower = lower, .upper = upper, .di = di, .applicable = applicable};
        CHECK_OK(tl_pipeline_predict_block(&t, band, pixels, &layers, scratch, &err));
        for (int i = 0; i < pixels; i++) {
            assert_true(isnan(value[i]) || isfinite(value[i]));
            assert_false(lower[i] > value[i] || upper[i] < value[i]);
            assert_true(isnan(di[i]) || (isfinite(di[i]) && di[i] >= 0.0F));
            assert_true(isnan(applicable[i]) || (applicable[i] >= 0.0F && applicable[i] <= 1.0F));
        }
        tl_release(scratch);
        tl_pipeline_predictor_free(&t);
    }
    tl_bands_free(&scene);
}

typedef struct tally {
    const json_t *root;
    int refused;
    int accepted;
} tally;

static void try_document(tally *t) {
    tl_property_model m;
    const ptrdiff_t before = tl_live_blocks();
    err.text[0] = '\0';
    const tl_code code = tl_pipeline_property_model_from_json(t->root, &m, &err);
    if (code == TL_OK) {
        t->accepted++;
        predict_with(&m);
        tl_pipeline_property_model_free(&m);
    } else {
        t->refused++;
        assert_int_equal(code, TL_FORMAT);
        assert_true(strlen(err.text) > 10);
    }
    assert_int_equal(tl_live_blocks(), before);
}

static json_t *wrong_value(int which) {
    switch (which) {
        case 0:
            return json_null();
        case 1:
            return json_string("x");
        case 2:
            return json_integer(-1);
        case 3:
            return json_integer(INT64_MAX);
        case 4:
            return json_real(-1.7e308);
        case 5:
            return json_array();
        case 6:
            return json_object();
        case 7:
            return json_true();
        case 8:
            return json_real(0.5);
        default:
            return json_integer(0);
    }
}

static void walk(tally *t, json_t *at);

/* Replaces child by each wrong value, restores child, then continues inside child. */
static void replace_and_walk(tally *t, json_t *at, const char *key, size_t index, json_t *child) {
    json_incref(child);
    for (int which = 0; which < 10; which++) {
        if (key != NULL) {
            json_object_set_new(at, key, wrong_value(which));
        } else {
            json_array_set_new(at, index, wrong_value(which));
        }
        try_document(t);
    }
    if (key != NULL) {
        json_object_set(at, key, child);
    } else {
        json_array_set(at, index, child);
    }
    walk(t, child);
    json_decref(child);
}

/* Of a long list the first and last entry stand for all. */
static void walk(tally *t, json_t *at) {
    const size_t n = json_array_size(at);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || i == n - 1) {
            replace_and_walk(t, at, NULL, i, json_array_get(at, i));
        }
    }
    if (n > 0) {
        json_t *last = json_incref(json_array_get(at, n - 1));
        json_array_remove(at, n - 1);
        try_document(t);
        json_array_append_new(at, last);
    }
    const char *key = NULL;
    json_t *child = NULL;
    void *next = NULL;
    json_object_foreach_safe(at, next, key, child) {
        replace_and_walk(t, at, key, 0, child);
    }
}

static void distrust_every_value(int kind) {
    json_t *root = make_document(kind);
    tl_text before = {0};
    tl_text after = {0};
    CHECK_OK(tl_model_print(root, &before, &err));
    tally t = {.root = root};
    try_document(&t);
    assert_int_equal(t.accepted, 1);
    walk(&t, root);
    /* Most replacements are wrong; some (another number for a number) are another fine model. */
    assert_true(t.refused > 500);
    assert_true(t.accepted > 50);
    CHECK_OK(tl_model_print(root, &after, &err));
    assert_string_equal(before.data, after.data);
    tl_text_free(&before);
    tl_text_free(&after);
    json_decref(root);
}

static void no_value_of_a_model_is_trusted(void **state) {
    (void)state;
    for (int kind = 0; kind < kinds; kind++) {
        distrust_every_value(kind);
    }
}

/* The text of the same model cut short or with one byte changed never gets past the readers
 * unharmed. */
static void damage_bytes(int kind) {
    json_t *root = make_document(kind);
    tl_text text = {0};
    CHECK_OK(tl_model_print(root, &text, &err));
    json_decref(root);
    const size_t length = (size_t)text.length;
    const ptrdiff_t before = tl_live_blocks();
    tl_rng rng = tl_rng_start(11, TL_STREAM_SIMULATE, 1);
    char *copy = malloc(length);
    assert_non_null(copy);
    for (int turn = 0; turn < 1500; turn++) {
        tl_property_model m;
        memcpy(copy, text.data, length);
        const size_t at = (size_t)tl_rng_below(&rng, text.length);
        const size_t kept = turn % 3 == 0 ? at : length;
        copy[at] = turn % 3 == 1 ? (char)tl_rng_below(&rng, 256) : copy[at];
        if (turn % 3 == 2) {
            copy[at] = "0123456789eE+-.,[]{}\""[tl_rng_below(&rng, 21)];
        }
        if (tl_pipeline_property_model_parse(copy, kept, "m.json", &m, &err) == TL_OK) {
            /* Without its last line feed the text is still the whole model. */
            assert_true(kept + 1 >= length);
            if (m.p == bands) {
                predict_with(&m);
            }
            tl_pipeline_property_model_free(&m);
        }
        assert_int_equal(tl_live_blocks(), before);
    }
    free(copy);
    tl_text_free(&text);
}

static void damaged_bytes_of_a_model_are_harmless(void **state) {
    (void)state;
    for (int kind = 0; kind < kinds; kind++) {
        damage_bytes(kind);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_value_of_a_model_is_trusted),
        cmocka_unit_test(damaged_bytes_of_a_model_are_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
