/* SPDX-License-Identifier: GPL-2.0-or-later
 * Recipes: the nested procedure against a slow plain one written down here, every regression in the
 * kernel of maps and in files, and choices that let nothing leak. */
#include "fusion/ds.h"
#include "inversion/pls.h"
#include "model/document.h"
#include "num/stats.h"
#include "pipeline/applicable_area.h"
#include "pipeline/predict.h"
#include "unit/pipeline/field.h"

enum { bands = 24, samples = 40, pixels = 600 };

static tl_err err;

/* A projection that was fitted on no sample: smooth waves over the bands. */
static void make_projection(tl_linear *l, ptrdiff_t k) {
    CHECK_OK(tl_pipeline_linear_init(l, bands, k, &err));
    for (ptrdiff_t j = 0; j < bands; j++) {
        for (ptrdiff_t r = 0; r < k; r++) {
            tl_matrix_row(&l->weight, j)[r] = 40.0 * cos(0.13 * (double)((r + 1) * j));
        }
    }
    for (ptrdiff_t r = 0; r < k; r++) {
        l->shift[r] = (double)r;
    }
}

/* Small problems, so that every regression is quick. */
static tl_recipe small_recipe(tl_feature_kind features, tl_regressor_kind kind) {
    tl_recipe r = tl_pipeline_recipe_defaults();
    r.features = features;
    r.regressor.kind = kind;
    r.regressor.max_components = 6;
    r.regressor.forest.trees = 20;
    r.regressor.forest.inner_trees = 10;
    r.regressor.net.starts = 2;
    r.regressor.net.epochs = 30;
    r.regressor.svr.n_cost = 2;
    r.regressor.svr.n_width = 2;
    r.regressor.svr.n_tube = 1;
    r.regressor.svr.refine = 0;
    r.cars.iterations = 10;
    r.cars.runs = 3;
    return r;
}

static tl_pipeline_options small_options(void) {
    tl_pipeline_options o = tl_pipeline_defaults();
    o.repeats = 1;
    o.folds = 3;
    o.fit.inner_folds = 3;
    o.bootstrap = 0;
    o.fit.transfer.lambda = 0.01;
    return o;
}

static void wavelengths(double *nm) {
    for (int j = 0; j < bands; j++) {
        nm[j] = 500.0 + 10.0 * j;
    }
}

/* --- the nested procedure, written down plainly --- */

/* Rows with fold == which (inside) or others. */
static ptrdiff_t rows_where(const int *fold, ptrdiff_t n, int which, int inside, ptrdiff_t *rows) {
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if ((fold[i] == which) == inside) {
            rows[count++] = i;
        }
    }
    return count;
}

/* One way: spectra (scores), direct standardisation into lab space, PLSR on lab spectra; or PLSR on
 * the scores. Returns the predictions of the test rows for 1 .. 6 components. */
static void plain_way(int fused, const tl_matrix *x, const tl_matrix *lab, const double *y,
                      const ptrdiff_t *learn, ptrdiff_t n_learn, const ptrdiff_t *test,
                      ptrdiff_t n_test, tl_matrix *out) {
    tl_matrix xl;
    tl_matrix xt;
    tl_matrix ll;
    tl_pls pls;
    double yl[samples];
    CHECK_OK(tl_matrix_take_rows(&xl, x, learn, n_learn, &err));
    CHECK_OK(tl_matrix_take_rows(&xt, x, test, n_test, &err));
    CHECK_OK(tl_matrix_take_rows(&ll, lab, learn, n_learn, &err));
    CHECK_OK(tl_matrix_init(out, n_test, 6, &err));
    for (ptrdiff_t i = 0; i < n_learn; i++) {
        yl[i] = y[learn[i]];
    }
    if (fused) {
        tl_ds ds;
        tl_matrix generated;
        CHECK_OK(tl_fusion_ds_fit(&xl, &ll, 0.01, NULL, 1, &ds, &err));
        CHECK_OK(tl_fusion_ds_apply(&ds, &xt, &generated, &err));
        tl_matrix_free(&xt);
        xt = generated;
        tl_fusion_ds_free(&ds);
    }
    CHECK_OK(tl_inversion_pls_fit(fused ? &ll : &xl, yl, 6, 0, &pls, &err));
    for (ptrdiff_t i = 0; i < n_test; i++) {
        for (ptrdiff_t a = 0; a < 6; a++) {
            tl_matrix_row(out, i)[a] = tl_inversion_pls_predict(&pls, a + 1, tl_matrix_row(&xt, i));
        }
    }
    tl_inversion_pls_free(&pls);
    tl_matrix_free(&xl);
    tl_matrix_free(&xt);
    tl_matrix_free(&ll);
}

typedef struct plain_choice {
    int way;
    int components;
} plain_choice;

/* Inner cross-validation over both ways and all numbers of components. */
static plain_choice plain_choose(const tl_matrix *x, const tl_matrix *lab, const double *y,
                                 const ptrdiff_t *rows, ptrdiff_t n, uint32_t index) {
    int fold[samples];
    plain_choice best = {-1, 0};
    double least = 0.0;
    CHECK_OK(tl_inversion_folds(n, NULL, 3, 1, index, fold, &err));
    for (int way = 0; way < 2; way++) {
        tl_matrix squared;
        CHECK_OK(tl_matrix_init(&squared, n, 6, &err));
        for (int k = 0; k < 3; k++) {
            ptrdiff_t at[samples];
            ptrdiff_t learn[samples];
            ptrdiff_t test[samples];
            tl_matrix p;
            const ptrdiff_t n_learn = rows_where(fold, n, k, 0, at);
            for (ptrdiff_t i = 0; i < n_learn; i++) {
                learn[i] = rows[at[i]];
            }
            const ptrdiff_t n_test = rows_where(fold, n, k, 1, at);
            for (ptrdiff_t i = 0; i < n_test; i++) {
                test[i] = rows[at[i]];
            }
            plain_way(way == 1, x, lab, y, learn, n_learn, test, n_test, &p);
            for (ptrdiff_t i = 0; i < n_test; i++) {
                for (int a = 0; a < 6; a++) {
                    const double e = tl_matrix_row(&p, i)[a] - y[test[i]];
                    tl_matrix_row(&squared, at[i])[a] = e * e;
                }
            }
            tl_matrix_free(&p);
        }
        const int a = tl_inversion_choose_components(&squared, TL_COMPONENTS_TOL);
        double sum = 0.0;
        for (ptrdiff_t i = 0; i < n; i++) {
            sum += tl_matrix_row(&squared, i)[a - 1];
        }
        if (best.way < 0 || sum < least) {
            best = (plain_choice){way, a};
            least = sum;
        }
        tl_matrix_free(&squared);
    }
    return best;
}

/* Two recipes, nested 3 x 3 folds: choices are the same, predictions agree to rounding. */
static void nested_validation_equals_the_plain_procedure(void **state) {
    (void)state;
    field f;
    tl_linear projection;
    tl_matrix scores;
    tl_validation v;
    int seen[2] = {0, 0};
    field_make(&f, samples, bands, 0.6, 31);
    make_projection(&projection, 7);
    f.data.projection = &projection;
    CHECK_OK(tl_pipeline_linear_rows(&projection, &f.scene, &scores, &err));
    tl_pipeline_options o = small_options();
    o.repeats = 4;
    o.fit.recipes = 2;
    for (int k = 0; k < 2; k++) {
        o.fit.recipe[k] =
            small_recipe(k == 0 ? TL_FEATURES_SCENE : TL_FEATURES_FUSED, TL_REGRESSOR_PLSR);
        o.fit.recipe[k].components = 7;
    }
    CHECK_OK(tl_pipeline_validate(&f.data, &o, NULL, &v, &err));
    for (int block = 0; block < 12; block++) {
        ptrdiff_t learn[samples];
        ptrdiff_t test[samples];
        tl_matrix p;
        const int *fold = v.all_folds + (block / 3) * samples;
        const ptrdiff_t n_learn = rows_where(fold, samples, block % 3, 0, learn);
        const ptrdiff_t n_test = rows_where(fold, samples, block % 3, 1, test);
        const plain_choice best =
            plain_choose(&scores, &f.lab, f.y, learn, n_learn, (1U << 16) + (uint32_t)block);
        assert_int_equal(v.recipe[block], best.way);
        assert_int_equal(v.components[block], best.components);
        seen[best.way]++;
        plain_way(best.way == 1, &scores, &f.lab, f.y, learn, n_learn, test, n_test, &p);
        for (ptrdiff_t i = 0; i < n_test; i++) {
            CHECK_NEAR(tl_matrix_row(&v.predicted, block / 3)[test[i]],
                       tl_matrix_row(&p, i)[best.components - 1], 1e-8);
        }
        tl_matrix_free(&p);
    }
    /* Both ways win somewhere, or the choice would not have been tested. */
    assert_true(seen[0] > 0 && seen[1] > 0);
    tl_pipeline_validation_free(&v);
    tl_matrix_free(&scores);
    tl_pipeline_linear_free(&projection);
    field_free(&f);
}

/* --- every regression --- */

typedef struct whole_model {
    field f;
    tl_linear projection;
    double nm[bands];
    tl_property_model m;
} whole_model;

/* Trains a model of one recipe as trainmodel does. */
static void make_model(whole_model *w, const tl_recipe *r, int scores) {
    tl_validation v;
    tl_pipeline_options o = small_options();
    *w = (whole_model){0};
    field_make(&w->f, samples, bands, 0.3, 3);
    wavelengths(w->nm);
    w->f.data.wavelength_nm = w->nm;
    if (scores > 0) {
        make_projection(&w->projection, scores);
        w->f.data.projection = &w->projection;
    }
    o.fit.recipe[0] = *r;
    o.fit.recipe[0].components = scores;
    o.threads = 2;
    CHECK_OK(tl_pipeline_validate(&w->f.data, &o, NULL, &v, &err));
    assert_true(v.scores[0].r2 > 0.2);
    CHECK_OK(tl_pipeline_finish(&w->f.data, &o, NULL, &w->m.final, &err));
    CHECK_OK(tl_pipeline_area_fit(&w->f.data, v.fold, 0, &w->m.projection, &w->m.area, &err));
    w->m.property = tl_copy_text("SOM");
    w->m.unit = tl_copy_text("g/kg");
    w->m.p = bands;
    w->m.features = r->features;
    w->m.level = 0.9;
    w->m.wavelength_nm = tl_acquire(bands, sizeof(double));
    w->m.fwhm_nm = tl_acquire(bands, sizeof(double));
    memcpy(w->m.wavelength_nm, w->nm, sizeof w->nm);
    w->m.folds = v.folds;
    w->m.fold_model = v.fold_model;
    w->m.n = v.n;
    w->m.fold = v.fold;
    w->m.residual = v.residual;
    v.fold_model = NULL;
    v.fold = NULL;
    v.residual = NULL;
    tl_pipeline_validation_free(&v);
}

static void free_model(whole_model *w) {
    tl_pipeline_property_model_free(&w->m);
    tl_pipeline_linear_free(&w->projection);
    field_free(&w->f);
}

typedef struct layers {
    float of[tl_prediction_layers][pixels];
} layers;

/* Maps pixels that are like the samples, in blocks of that size. */
static void map_pixels(const tl_property_model *m, const field *f, ptrdiff_t block, layers *out) {
    tl_predictor t;
    tl_bands scene;
    ptrdiff_t index[bands];
    static float stored[bands][pixels];
    CHECK_OK(tl_bands_init(&scene, bands, &err));
    for (int j = 0; j < bands; j++) {
        index[j] = j;
        for (int i = 0; i < pixels; i++) {
            stored[j][i] =
                (float)(tl_matrix_row(&f->scene, i % samples)[j] + 1e-4 * sin((double)(i + j)));
        }
    }
    stored[3][17] = NAN;
    CHECK_OK(tl_pipeline_predictor_init(&t, m, &scene, index, &err));
    double *scratch = tl_acquire(tl_pipeline_predict_scratch(&t), sizeof *scratch);
    for (ptrdiff_t at = 0; at < pixels; at += block) {
        const float *band[bands];
        tl_prediction want = {0};
        for (int j = 0; j < bands; j++) {
            band[j] = stored[j] + at;
        }
        for (int k = 0; k < tl_prediction_layers; k++) {
            *tl_pipeline_prediction_layer(&want, k) = out->of[k] + at;
        }
        const ptrdiff_t n = pixels - at < block ? pixels - at : block;
        CHECK_OK(tl_pipeline_predict_block(&t, band, n, &want, scratch, &err));
    }
    tl_release(scratch);
    tl_pipeline_predictor_free(&t);
    tl_bands_free(&scene);
}

/* The map has the values of the functions, in any blocks, and after reading from a file. */
static void check_model(const whole_model *w) {
    static layers whole;
    static layers other;
    tl_matrix x;
    double value[samples];
    json_t *root = NULL;
    tl_text text = {0};
    tl_property_model again;
    map_pixels(&w->m, &w->f, pixels, &whole);
    map_pixels(&w->m, &w->f, 7, &other);
    assert_memory_equal(&whole, &other, sizeof other);
    CHECK_OK(tl_matrix_init(&x, samples, bands, &err));
    for (int i = 0; i < samples; i++) {
        for (int j = 0; j < bands; j++) {
            tl_matrix_row(&x, i)[j] =
                (double)(float)(tl_matrix_row(&w->f.scene, i)[j] + 1e-4 * sin((double)(i + j)));
        }
    }
    CHECK_OK(tl_pipeline_function_evaluate(&w->m.final, &w->m.projection, &x, value, &err));
    for (int i = 0; i < samples; i++) {
        assert_true(i == 17 || whole.of[0][i] == (float)value[i]);
        assert_true(i == 17 || whole.of[1][i] <= whole.of[0][i]);
        assert_true(i == 17 || whole.of[2][i] >= whole.of[0][i]);
        assert_true(i == 17 || whole.of[3][i] >= 0.0F);
    }
    for (int k = 0; k < tl_prediction_layers; k++) {
        assert_true(isnan(whole.of[k][17]));
    }
    CHECK_OK(tl_pipeline_property_model_to_json(&w->m, &root, &err));
    CHECK_OK(tl_model_print(root, &text, &err));
    json_decref(root);
    CHECK_OK(
        tl_pipeline_property_model_parse(text.data, (size_t)text.length, "m.json", &again, &err));
    map_pixels(&again, &w->f, pixels, &other);
    assert_memory_equal(&whole, &other, sizeof other);
    tl_pipeline_property_model_free(&again);
    tl_text_free(&text);
    tl_matrix_free(&x);
}

static void every_regression_maps_what_it_says(void **state) {
    (void)state;
    for (int kind = 0; kind < tl_regressor_kinds; kind++) {
        for (int scores = 0; scores <= 5; scores += 5) {
            const tl_feature_kind features = scores == 0 ? TL_FEATURES_SCENE : TL_FEATURES_FUSED;
            const tl_recipe r = small_recipe(features, (tl_regressor_kind)kind);
            whole_model w;
            make_model(&w, &r, scores);
            check_model(&w);
            free_model(&w);
        }
    }
}

static void transforms_and_selections_are_part_of_the_map(void **state) {
    (void)state;
    static const char *const transform[] = {"none", "smooth", "absorbance+snv", "derivative"};
    int narrowed = 0;
    for (int k = 0; k < 12; k++) {
        tl_recipe r = small_recipe(k % 3 == 0   ? TL_FEATURES_SCENE
                                   : k % 3 == 1 ? TL_FEATURES_FUSED
                                                : TL_FEATURES_MIXED,
                                   k % 2 == 0 ? TL_REGRESSOR_PLSR : TL_REGRESSOR_SVR);
        whole_model w;
        (void)snprintf(r.transform, sizeof r.transform, "%s", transform[k % 4]);
        r.window = 5;
        r.selection = k < 6 ? TL_SELECTION_CARS : TL_SELECTION_REPEATED;
        make_model(&w, &r, 0);
        narrowed += w.m.final.m < (r.features == TL_FEATURES_MIXED ? 2 * bands : bands);
        assert_int_equal(w.m.final.scene != NULL, r.regressor.kind == TL_REGRESSOR_PLSR &&
                                                      strcmp(r.transform, "absorbance+snv") != 0);
        check_model(&w);
        free_model(&w);
    }
    assert_true(narrowed >= 8);
}

/* --- honesty --- */

/* A choice among six recipes with selection finds nothing in noise, and whatever is measured at a
 * sample does not move its own prediction by a bit. */
static void choices_and_selections_do_not_leak(void **state) {
    (void)state;
    field f;
    tl_pipeline_options o = small_options();
    tl_validation before;
    tl_validation after;
    field_make(&f, samples, bands, 0.3, 12);
    tl_rng rng = tl_rng_start(5, TL_STREAM_SIMULATE, 9);
    for (ptrdiff_t i = 0; i < f.n; i++) {
        f.y[i] = tl_rng_normal(&rng);
    }
    o.fit.recipes = 6;
    for (int k = 0; k < 6; k++) {
        o.fit.recipe[k] = small_recipe(k < 3 ? TL_FEATURES_SCENE : TL_FEATURES_FUSED,
                                       k % 3 == 2 ? TL_REGRESSOR_SVR : TL_REGRESSOR_PLSR);
        o.fit.recipe[k].selection = k % 3 == 0 ? TL_SELECTION_NONE : TL_SELECTION_CARS;
    }
    o.repeats = 3;
    CHECK_OK(tl_pipeline_validate(&f.data, &o, NULL, &before, &err));
    double mean = 0.0;
    for (int r = 0; r < 3; r++) {
        mean += before.scores[r].r2 / 3.0;
    }
    assert_true(mean < 0.1);
    f.y[7] += 50.0;
    tl_matrix_row(&f.lab, 7)[2] += 0.4;
    CHECK_OK(tl_pipeline_validate(&f.data, &o, NULL, &after, &err));
    for (int r = 0; r < 3; r++) {
        assert_true(tl_matrix_row(&before.predicted, r)[7] ==
                    tl_matrix_row(&after.predicted, r)[7]);
    }
    tl_pipeline_validation_free(&before);
    tl_pipeline_validation_free(&after);
    field_free(&f);
}

/* Spatial blocks, kriging, bootstrap and permutations have the same bits for any threads. */
static void threads_change_nothing_but_the_time(void **state) {
    (void)state;
    field f;
    double east[samples];
    double north[samples];
    tl_validation v[2];
    tl_permutation_result p[2];
    field_make(&f, samples, bands, 0.5, 4);
    for (int i = 0; i < samples; i++) {
        east[i] = 100.0 * (i % 7) + 3.0 * sin((double)i);
        north[i] = 100.0 * (double)(i / 7);
    }
    f.data.east = east;
    f.data.north = north;
    for (int k = 0; k < 2; k++) {
        tl_pipeline_options o = small_options();
        o.fit.recipe[0] = small_recipe(TL_FEATURES_MIXED, TL_REGRESSOR_RIDGE);
        o.division = TL_DIVIDE_SPATIAL;
        o.bootstrap = 200;
        o.threads = 1 + 3 * k;
        CHECK_OK(tl_pipeline_validate(&f.data, &o, NULL, &v[k], &err));
        CHECK_OK(tl_pipeline_permute(&f.data, &o, &v[k], 19, NULL, &p[k], &err));
    }
    assert_memory_equal(v[0].predicted.data, v[1].predicted.data, samples * sizeof(double));
    assert_memory_equal(v[0].kriging.data, v[1].kriging.data, samples * sizeof(double));
    assert_memory_equal(&v[0].interval.r2.lower, &v[1].interval.r2.lower, sizeof(double));
    assert_int_equal(p[0].reaching, p[1].reaching);
    assert_true(v[0].blocks >= 3 && v[0].block_side > 0.0);
    /* The spectra depend on the property, the locations do not. */
    assert_true(v[0].scores[0].r2 > 0.8 && v[0].kriging_scores[0].r2 < 0.3);
    assert_true(v[0].gain.rmse.upper < 0.0);
    assert_int_equal(p[0].reaching, 0);
    for (int k = 0; k < 2; k++) {
        tl_pipeline_validation_free(&v[k]);
    }
    field_free(&f);
}

/* The reported score is the mean over the repeats: the interval is around it, for random folds and
 * for blocks, and so is the interval of the gain over kriging. */
static void intervals_are_around_the_mean_of_the_repeats(void **state) {
    (void)state;
    const tl_division_kind division[2] = {TL_DIVIDE_RANDOM, TL_DIVIDE_SPATIAL};
    field f;
    double east[samples];
    double north[samples];
    field_make(&f, samples, bands, 0.5, 4);
    for (int i = 0; i < samples; i++) {
        east[i] = 100.0 * (i % 7) + 3.0 * sin((double)i);
        north[i] = 100.0 * (double)(i / 7);
    }
    f.data.east = east;
    f.data.north = north;
    for (int k = 0; k < 2; k++) {
        tl_pipeline_options o = small_options();
        tl_validation v;
        double r2 = 0.0;
        double mae = 0.0;
        double gain = 0.0;
        o.fit.recipe[0] = small_recipe(TL_FEATURES_SCENE, TL_REGRESSOR_RIDGE);
        o.division = division[k];
        o.repeats = 4;
        o.bootstrap = 200;
        CHECK_OK(tl_pipeline_validate(&f.data, &o, NULL, &v, &err));
        assert_true(v.scores[0].r2 != v.scores[1].r2);
        for (int r = 0; r < 4; r++) {
            r2 += v.scores[r].r2 / 4.0;
            mae += v.scores[r].mae / 4.0;
            gain += (v.scores[r].r2 - v.kriging_scores[r].r2) / 4.0;
        }
        CHECK_NEAR(v.interval.r2.estimate, r2, 1e-12);
        CHECK_NEAR(v.interval.mae.estimate, mae, 1e-12);
        CHECK_NEAR(v.gain.r2.estimate, gain, 1e-12);
        assert_true(v.interval.r2.lower < r2 && r2 < v.interval.r2.upper);
        assert_true(v.gain.r2.lower < gain && gain < v.gain.r2.upper);
        assert_int_equal(v.interval.groups, samples);
        tl_pipeline_validation_free(&v);
    }
    field_free(&f);
}

static void impossible_recipes_are_refused(void **state) {
    (void)state;
    field f;
    tl_validation v;
    tl_pipeline_options o = small_options();
    field_make(&f, samples, bands, 0.3, 3);
    o.fit.recipe[0].components = 5;
    assert_int_equal(tl_pipeline_validate(&f.data, &o, NULL, &v, &err), TL_DATA);
    assert_non_null(strstr(err.text, "MNF components of the scene is 5"));
    o.fit.recipe[0].components = 0;
    (void)snprintf(o.fit.recipe[0].transform, sizeof o.fit.recipe[0].transform, "nonsense");
    assert_int_equal(tl_pipeline_validate(&f.data, &o, NULL, &v, &err), TL_ARG);
    o.fit.recipe[0] = small_recipe(TL_FEATURES_SCENE, TL_REGRESSOR_PLSR);
    o.fit.recipes = tl_max_recipes + 1;
    assert_int_equal(tl_pipeline_validate(&f.data, &o, NULL, &v, &err), TL_ARG);
    field_free(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nested_validation_equals_the_plain_procedure),
        cmocka_unit_test(every_regression_maps_what_it_says),
        cmocka_unit_test(transforms_and_selections_are_part_of_the_map),
        cmocka_unit_test(choices_and_selections_do_not_leak),
        cmocka_unit_test(threads_change_nothing_but_the_time),
        cmocka_unit_test(intervals_are_around_the_mean_of_the_repeats),
        cmocka_unit_test(impossible_recipes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
