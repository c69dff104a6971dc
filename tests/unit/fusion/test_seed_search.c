/* SPDX-License-Identifier: GPL-2.0-or-later
 * The seed search finds what trying every seed one by one finds, reports what chance would find,
 * and a seed is a fixed function of the spectrum. */
#include "fusion/seed_search.h"

#include "base/rng.h"
#include "kit/check.h"
#include "num/stats.h"
#include "spectra/segments.h"

enum { ROWS = 21, BANDS = 37, PROPERTIES = 2, LAST = 149 };

typedef struct world {
    tl_transfer transfer;
    tl_matrix satellite;
    tl_matrix property;
    tl_savgol smooth;
} world;

/* A network like that of the paper, hardly trained, on spectra with one hidden cause. */
static void make_world(world *w, const char *preset) {
    tl_err err = {0};
    tl_matrix lab;
    tl_transfer_options o;
    tl_rng rng = tl_rng_start(5, TL_STREAM_SIMULATE, 0);
    CHECK_OK(tl_matrix_init(&w->satellite, ROWS, BANDS, &err));
    CHECK_OK(tl_matrix_init(&lab, ROWS, BANDS, &err));
    CHECK_OK(tl_matrix_init(&w->property, PROPERTIES, ROWS, &err));
    for (ptrdiff_t i = 0; i < ROWS; i++) {
        const double cause = tl_rng_normal(&rng);
        for (ptrdiff_t t = 0; t < PROPERTIES; t++) {
            tl_matrix_row(&w->property, t)[i] = 3.0 + cause + tl_rng_normal(&rng);
        }
        for (ptrdiff_t j = 0; j < BANDS; j++) {
            const double x = 0.2 + 0.004 * (double)j + 0.03 * cause + 0.01 * tl_rng_normal(&rng);
            tl_matrix_row(&w->satellite, i)[j] = x;
            tl_matrix_row(&lab, i)[j] = 1.1 * x + 0.02;
        }
    }
    CHECK_OK(tl_fusion_transfer_preset(TL_TRANSFER_VAE, preset, &o, &err));
    o.vae.epochs = 5;
    CHECK_OK(tl_fusion_transfer_fit(&o, &w->satellite, &lab, NULL, &w->transfer, &err));
    tl_matrix_free(&lab);
    double centre_nm[BANDS];
    for (int j = 0; j < BANDS; j++) {
        centre_nm[j] = 400.0 + 8.0 * j + (j > 20 ? 300.0 : 0.0);
    }
    tl_segments segments;
    CHECK_OK(tl_spectra_segments(centre_nm, BANDS, &segments, &err));
    const tl_savgol_options sg = {.window = 11, .degree = 2};
    CHECK_OK(tl_spectra_savgol_init(&sg, centre_nm, &segments, &w->smooth, &err));
    tl_spectra_segments_free(&segments);
}

static void free_world(world *w) {
    tl_fusion_transfer_free(&w->transfer);
    tl_matrix_free(&w->satellite);
    tl_matrix_free(&w->property);
    tl_spectra_savgol_free(&w->smooth);
}

/* |r| of a property with every band of the spectra of one seed: the largest, or the mean. */
static double plain_score(const world *w, const ptrdiff_t *row, int64_t seed, ptrdiff_t t,
                          int by_mean) {
    tl_err err = {0};
    tl_matrix y;
    double largest = 0.0;
    double sum = 0.0;
    CHECK_OK(
        tl_fusion_apply_seeds(&w->transfer, &w->satellite, row, &seed, 1, &w->smooth, &y, &err));
    for (ptrdiff_t j = 0; j < BANDS; j++) {
        double band[ROWS];
        double known[ROWS];
        ptrdiff_t n = 0;
        for (ptrdiff_t i = 0; i < ROWS; i++) {
            const double value = tl_matrix_row(&w->property, t)[i];
            if (!isnan(value)) {
                known[n] = value;
                band[n++] = tl_matrix_row(&y, i)[j];
            }
        }
        const double r = fabs(tl_num_pearson(band, known, n));
        largest = fmax(largest, r);
        sum += r;
    }
    tl_matrix_free(&y);
    return by_mean ? sum / BANDS : largest;
}

static void check_against_plain(const world *w, const ptrdiff_t *row, tl_seed_score score) {
    tl_err err = {0};
    tl_seed_search found;
    tl_seed_search_options o = tl_fusion_seed_search_defaults();
    o.first = -150;
    o.last = LAST;
    o.score = score;
    CHECK_OK(tl_fusion_search_seeds(&w->transfer, &w->satellite, row, &w->property, &w->smooth, &o,
                                    NULL, &found, &err));
    for (ptrdiff_t t = 0; t < PROPERTIES; t++) {
        double best[3] = {-1.0, -1.0, -1.0};
        int64_t which[3] = {0};
        for (int64_t seed = -150; seed <= LAST; seed++) {
            const double s = plain_score(w, row, seed, t, score == TL_SEED_MEAN);
            for (int k = 0; k < 3; k++) {
                if (s > best[k]) {
                    for (int m = 2; m > k; m--) {
                        best[m] = best[m - 1];
                        which[m] = which[m - 1];
                    }
                    best[k] = s;
                    which[k] = seed;
                    break;
                }
            }
        }
        for (int k = 0; k < 3; k++) {
            assert_int_equal(found.found[t].seed[k], which[k]);
            /* Both are sums of 21 terms, in another order. */
            CHECK_NEAR(found.found[t].score[k], best[k], 1e-9);
        }
    }
    tl_fusion_seed_search_free(&found);
}

static void it_finds_what_trying_every_seed_finds(void **state) {
    (void)state;
    static const char *const preset[] = {"paper", "honest"};
    for (int k = 0; k < 2; k++) {
        world w;
        make_world(&w, preset[k]);
        check_against_plain(&w, NULL, TL_SEED_MAX);
        check_against_plain(&w, NULL, TL_SEED_MEAN);
        ptrdiff_t row[ROWS];
        for (ptrdiff_t i = 0; i < ROWS; i++) {
            row[i] = 100 + 3 * i;
        }
        check_against_plain(&w, row, TL_SEED_MAX);
        tl_matrix_row(&w.property, 1)[4] = (double)NAN;
        tl_matrix_row(&w.property, 1)[ROWS - 1] = (double)NAN;
        check_against_plain(&w, NULL, TL_SEED_MAX);
        free_world(&w);
    }
}

static void the_answer_does_not_depend_on_threads(void **state) {
    (void)state;
    tl_err err = {0};
    world w;
    make_world(&w, "paper");
    tl_seed_search one;
    tl_seed_search two;
    tl_seed_search_options o = tl_fusion_seed_search_defaults();
    o.first = -500;
    o.last = 500;
    o.permutations = 19;
    o.score = TL_SEED_MAX_SPEARMAN;
    CHECK_OK(tl_fusion_search_seeds(&w.transfer, &w.satellite, NULL, &w.property, &w.smooth, &o,
                                    NULL, &one, &err));
    o.threads = 3;
    CHECK_OK(tl_fusion_search_seeds(&w.transfer, &w.satellite, NULL, &w.property, &w.smooth, &o,
                                    NULL, &two, &err));
    for (ptrdiff_t t = 0; t < PROPERTIES; t++) {
        assert_memory_equal(one.found[t].seed, two.found[t].seed, sizeof one.found[t].seed);
        assert_memory_equal(one.found[t].score, two.found[t].score, sizeof one.found[t].score);
    }
    assert_memory_equal(one.null.data, two.null.data, sizeof(double) * PROPERTIES * 19);
    tl_fusion_seed_search_free(&one);
    tl_fusion_seed_search_free(&two);
    free_world(&w);
}

static void the_null_is_the_search_of_the_permuted_property(void **state) {
    (void)state;
    tl_err err = {0};
    world w;
    make_world(&w, "paper");
    tl_seed_search found;
    tl_seed_search_options o = tl_fusion_seed_search_defaults();
    o.first = 0;
    o.last = 40;
    o.permutations = 3;
    CHECK_OK(tl_fusion_search_seeds(&w.transfer, &w.satellite, NULL, &w.property, &w.smooth, &o,
                                    NULL, &found, &err));
    tl_matrix own;
    CHECK_OK(tl_matrix_copy(&own, &w.property, &err));
    for (uint32_t k = 1; k <= 3; k++) {
        ptrdiff_t order[ROWS];
        tl_rng rng = tl_rng_start(o.seed, TL_STREAM_PERMUTATION, k);
        tl_rng_permutation(&rng, ROWS, order);
        for (ptrdiff_t i = 0; i < ROWS; i++) {
            tl_matrix_row(&w.property, 0)[i] = tl_matrix_row(&own, 0)[order[i]];
        }
        double largest = 0.0;
        for (int64_t seed = 0; seed <= 40; seed++) {
            largest = fmax(largest, plain_score(&w, NULL, seed, 0, 0));
        }
        /* The search is in single precision: r of spectra that vary by a hundredth of their
         * level. */
        CHECK_NEAR(tl_matrix_row(&found.null, 0)[k - 1], largest, 2e-5);
    }
    tl_matrix_free(&own);
    tl_fusion_seed_search_free(&found);
    free_world(&w);
}

static void a_shared_mask_makes_the_seed_a_function_of_the_spectrum(void **state) {
    (void)state;
    tl_err err = {0};
    world w;
    make_world(&w, "paper");
    const int64_t seed = -9999;
    tl_matrix all;
    tl_matrix last;
    tl_matrix numbered;
    const ptrdiff_t index = ROWS - 1;
    tl_matrix alone;
    CHECK_OK(tl_matrix_take_rows(&alone, &w.satellite, &index, 1, &err));
    CHECK_OK(tl_fusion_apply_seeds(&w.transfer, &w.satellite, NULL, &seed, 1, NULL, &all, &err));
    CHECK_OK(tl_fusion_apply_seeds(&w.transfer, &alone, NULL, &seed, 1, NULL, &last, &err));
    CHECK_OK(tl_fusion_apply_seeds(&w.transfer, &alone, &index, &seed, 1, NULL, &numbered, &err));
    assert_memory_equal(tl_matrix_row(&all, index), last.data, sizeof(double) * BANDS);
    double apart = 0.0;
    for (ptrdiff_t j = 0; j < BANDS; j++) {
        apart = fmax(apart, fabs(numbered.data[j] - last.data[j]));
    }
    assert_true(apart > 1e-4); /* another number has another mask and other noise */
    tl_matrix_free(&all);
    tl_matrix_free(&last);
    tl_matrix_free(&numbered);
    tl_matrix_free(&alone);
    free_world(&w);
}

static void the_floor_is_the_formula(void **state) {
    (void)state;
    KIT_REFERENCE(reference, "metrics/seed_floor.json");
    const json_t *rows = json_object_get(reference, "rows");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const double got = tl_fusion_seed_floor(json_number_value(json_object_get(row, "S")),
                                                json_number_value(json_object_get(row, "m")),
                                                json_integer_value(json_object_get(row, "n")));
        CHECK_NEAR(got, json_number_value(json_object_get(row, "t")), 1e-12);
    }
    json_decref(reference);
}

static void what_cannot_be_searched_is_named(void **state) {
    (void)state;
    tl_err err = {0};
    world w;
    make_world(&w, "paper");
    tl_seed_search found;
    tl_seed_search_options o = tl_fusion_seed_search_defaults();
    for (ptrdiff_t i = 0; i < ROWS; i++) {
        tl_matrix_row(&w.property, 1)[i] = 2.0;
    }
    assert_int_equal(tl_fusion_search_seeds(&w.transfer, &w.satellite, NULL, &w.property, NULL, &o,
                                            NULL, &found, &err),
                     TL_DATA);
    assert_non_null(strstr(err.text, "all values of property 2 are equal"));
    o.first = 3;
    o.last = 2;
    assert_int_equal(tl_fusion_search_seeds(&w.transfer, &w.satellite, NULL, &w.property, NULL, &o,
                                            NULL, &found, &err),
                     TL_ARG);
    w.transfer.kind = TL_TRANSFER_DS;
    assert_int_equal(tl_fusion_search_seeds(&w.transfer, &w.satellite, NULL, &w.property, NULL, &o,
                                            NULL, &found, &err),
                     TL_ARG);
    w.transfer.kind = TL_TRANSFER_VAE;
    free_world(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_finds_what_trying_every_seed_finds),
        cmocka_unit_test(the_answer_does_not_depend_on_threads),
        cmocka_unit_test(the_null_is_the_search_of_the_permuted_property),
        cmocka_unit_test(a_shared_mask_makes_the_seed_a_function_of_the_spectrum),
        cmocka_unit_test(the_floor_is_the_formula),
        cmocka_unit_test(what_cannot_be_searched_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
