/* SPDX-License-Identifier: GPL-2.0-or-later
 * The protocol of the paper: its split and its neighbours, that its strict form learns nothing from
 * test samples, and what its leaky form prints where there is nothing to find. */
#include "pipeline/paper.h"

#include "num/stats.h"
#include "unit/pipeline/field.h"

enum { BANDS = 30, MAXIMUM = 64 };

typedef struct world {
    field f;
    double wavelength_nm[BANDS];
    tl_paper_data data;
} world;

static void make_world(world *w, ptrdiff_t n, int64_t seed) {
    field_make(&w->f, n, BANDS, 0.3, seed);
    for (int j = 0; j < BANDS; j++) {
        w->wavelength_nm[j] = 400.0 + 10.0 * j;
    }
    w->data = (tl_paper_data){.n = n,
                              .n_rows = n,
                              .scene = &w->f.scene,
                              .lab = &w->f.lab,
                              .wavelength_nm = w->wavelength_nm,
                              .y = w->f.y};
}

static void shuffle_property(world *w, int64_t seed) {
    tl_rng rng = tl_rng_start(seed, TL_STREAM_SIMULATE, 9);
    ptrdiff_t order[MAXIMUM];
    double y[MAXIMUM];
    tl_rng_permutation(&rng, w->data.n, order);
    for (ptrdiff_t i = 0; i < w->data.n; i++) {
        y[i] = w->f.y[order[i]];
    }
    memcpy(w->f.y, y, (size_t)w->data.n * sizeof *y);
}

/* The same steps with less work in each. */
static tl_paper_options quick(void) {
    tl_paper_options o = tl_pipeline_paper_defaults();
    o.transfer.vae.epochs = 4;
    o.seeds.first = -60;
    o.seeds.last = 60;
    o.cars.iterations = 20;
    o.forest.forest.trees = 60;
    o.net.epochs = 30;
    o.net.starts = 1;
    return o;
}

/* --- split --- */

/* A line of samples, and neighbours that each meet one rule. Every third sample by value is tested:
 * with increasing values the samples 1, 4, 7, ... */
static void each_rule_for_neighbours_is_kept(void **state) {
    (void)state;
    tl_err err = {0};
    enum { N = 15, NEAR = 8 };
    tl_matrix scene;
    tl_matrix lab;
    double y[N];
    double wavelength_nm[3] = {500.0, 600.0, 700.0};
    ptrdiff_t group[N + NEAR];
    ptrdiff_t col[N + NEAR];
    ptrdiff_t line[N + NEAR];
    CHECK_OK(tl_matrix_init(&scene, N + NEAR, 3, &err));
    CHECK_OK(tl_matrix_init(&lab, N + NEAR, 3, &err));
    for (ptrdiff_t i = 0; i < N; i++) {
        y[i] = (double)i;
        group[i] = i;
        col[i] = 10 * i;
        line[i] = 0;
    }
    /* Sample 3 is two pixels from sample 2, sample 5 next to it, sample 6 two pixels from the test
     * sample 4. */
    col[3] = 22;
    col[5] = 20;
    line[5] = 1;
    col[6] = 42;
    const struct {
        ptrdiff_t of, col, line;
        double slant; /* angle to the pixel of its sample, rad */
        tl_paper_use use;
    } near[NEAR] = {{0, 0, 1, 0.05, TL_PAPER_PAIR},       /* like its sample */
                    {0, 1, 0, 0.10, TL_PAPER_UNLIKE},     /* not like it */
                    {1, 10, 1, 0.01, TL_PAPER_OF_TEST},   /* its sample is tested */
                    {2, 20, 1, 0.01, TL_PAPER_OWN_PIXEL}, /* the pixel of sample 5 */
                    {2, 21, 0, 0.04, TL_PAPER_TWICE},     /* sample 3 has it, and is more like it */
                    {3, 21, 0, 0.02, TL_PAPER_PAIR},      /* the same pixel */
                    {6, 41, 0, 0.01, TL_PAPER_NEXT_TO_TEST}, /* also next to test sample 4 */
                    {8, 81, 0, 0.01, TL_PAPER_GAPS}};
    for (ptrdiff_t k = 0; k < N + NEAR; k++) {
        const double slant = k < N ? 0.0 : near[k - N].slant;
        tl_matrix_row(&scene, k)[0] = 0.3 * cos(slant);
        tl_matrix_row(&scene, k)[1] = 0.3 * sin(slant);
        tl_matrix_row(&lab, k)[1] = 0.5; /* a right angle to the pixels */
        if (k >= N) {
            group[k] = near[k - N].of;
            col[k] = near[k - N].col;
            line[k] = near[k - N].line;
        }
    }
    tl_matrix_row(&scene, N + 7)[2] = (double)NAN;
    tl_paper_data data = {.n = N,
                          .n_rows = N + NEAR,
                          .scene = &scene,
                          .lab = &lab,
                          .group = group,
                          .col = col,
                          .line = line,
                          .wavelength_nm = wavelength_nm,
                          .y = y};
    tl_paper_split split;
    CHECK_OK(tl_pipeline_paper_divide(&data, 0.08, 0, &split, &err));
    for (ptrdiff_t i = 0; i < N; i++) {
        assert_int_equal(split.use[i], i % 3 == 1 ? TL_PAPER_TEST : TL_PAPER_TRAIN);
    }
    for (ptrdiff_t k = 0; k < NEAR; k++) {
        assert_int_equal(split.use[N + k], near[k].use);
    }
    assert_int_equal(split.count[TL_PAPER_TRAIN], 10);
    assert_int_equal(split.count[TL_PAPER_PAIR], 2);
    ptrdiff_t pair[2];
    tl_pipeline_paper_rows(&split, TL_PAPER_PAIR, pair);
    assert_int_equal(pair[0], N);
    assert_int_equal(pair[1], N + 5);
    tl_pipeline_paper_split_free(&split);

    CHECK_OK(tl_pipeline_paper_divide(&data, 0.08, 1, &split, &err));
    assert_int_equal(split.count[TL_PAPER_PAIR], 0); /* none is like its lab spectrum */
    tl_pipeline_paper_split_free(&split);
    data.n = 14;
    assert_int_equal(tl_pipeline_paper_divide(&data, 0.08, 0, &split, &err), TL_DATA);
    tl_matrix_free(&scene);
    tl_matrix_free(&lab);
}

/* --- the protocol --- */

static double rmse_of(const world *w, const tl_paper_result *r, int entry, tl_paper_use use) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < r->n; i++) {
        if (r->split.use[i] == use) {
            const double d = r->entry[entry].predicted[i] - w->f.y[i];
            sum += d * d;
        }
    }
    return sqrt(sum / (double)r->split.count[use]);
}

/* Lab spectra and pixels are closely related to the property here (R2 about 0.99): the regressions
 * find it, and every line of the tables holds together. */
static void tables_hold_together(void **state) {
    (void)state;
    tl_err err = {0};
    world w;
    make_world(&w, 61, 4);
    const tl_paper_options o = quick();
    tl_paper_result r;
    CHECK_OK(tl_pipeline_paper_run(&w.data, &o, NULL, &r, &err));
    assert_int_equal(r.split.count[TL_PAPER_TEST], 20);
    for (int k = 0; k < TL_PAPER_ENTRIES; k++) {
        const tl_paper_entry *e = &r.entry[k];
        const ptrdiff_t largest = e->features == TL_PAPER_MIXED ? 2 * BANDS : BANDS;
        assert_true(e->m >= 1 && e->m <= largest);
        for (ptrdiff_t j = 0; j < e->m; j++) {
            assert_true(e->chosen[j] < largest && (j == 0 || e->chosen[j] > e->chosen[j - 1]));
        }
        /* The same sum in another order. */
        CHECK_NEAR(e->test.rmse, rmse_of(&w, &r, k, TL_PAPER_TEST), 1e-12);
        CHECK_NEAR(e->train.rmse, rmse_of(&w, &r, k, TL_PAPER_TRAIN), 1e-12);
        assert_int_equal(e->start, 0);
    }
    for (int k = 0; k < 4; k++) { /* lab and scene, PLSR and SVR */
        assert_int_equal(r.entry[k].method, k % 2 == 0 ? TL_PAPER_PLSR : TL_PAPER_SVR);
        assert_int_equal(r.entry[k].features, k / 2);
        assert_true(r.entry[k].test.r2 > 0.9);
    }
    assert_int_equal(r.entry[8].method, TL_PAPER_FD_RF);
    assert_int_equal(r.entry[9].method, TL_PAPER_DNN_CARS);
    tl_pipeline_paper_result_free(&r);
    field_free(&w.f);
}

/* A test sample can hold any lab spectrum, and any value that keeps its rank, without one bit of a
 * prediction from pixels moving. The leaky form does look at it. */
static void strict_form_learns_nothing_from_test_samples(void **state) {
    (void)state;
    tl_err err = {0};
    for (int leaky = 0; leaky < 2; leaky++) {
        world w;
        make_world(&w, 45, 6);
        tl_paper_options o = quick();
        o.leaky = leaky;
        o.starts = 2;
        tl_paper_result before;
        tl_paper_result after;
        CHECK_OK(tl_pipeline_paper_run(&w.data, &o, NULL, &before, &err));
        double sorted[MAXIMUM];
        memcpy(sorted, w.f.y, 45 * sizeof *sorted);
        tl_num_sort(sorted, 45);
        for (ptrdiff_t i = 0; i < 45; i++) {
            for (int rank = 1; rank < 44; rank += 3) {
                if (w.f.y[i] == sorted[rank]) {
                    w.f.y[i] += 0.9 * (sorted[rank + 1] - sorted[rank]);
                    tl_matrix_row(&w.f.lab, i)[7] += 0.3;
                    break;
                }
            }
        }
        CHECK_OK(tl_pipeline_paper_run(&w.data, &o, NULL, &after, &err));
        assert_memory_equal(before.split.use, after.split.use, 45 * sizeof *after.split.use);
        int moved = 0;
        for (int k = 2; k < TL_PAPER_ENTRIES; k++) {
            moved |= memcmp(before.entry[k].predicted, after.entry[k].predicted,
                            45 * sizeof(double)) != 0;
        }
        assert_int_equal(moved, leaky);
        tl_pipeline_paper_result_free(&before);
        tl_pipeline_paper_result_free(&after);
        field_free(&w.f);
    }
}

static double mean_test_r2(const tl_paper_result *r) {
    double sum = 0.0;
    for (int k = 0; k < TL_PAPER_ENTRIES; k++) {
        sum += r->entry[k].test.r2;
    }
    return sum / TL_PAPER_ENTRIES;
}

/* With permuted values there is nothing to find. The strict form shows this: on the average of
 * tables and lines its R2 is not above 0. The leaky form prints one all the same. */
static void leakage_is_printed_as_skill(void **state) {
    (void)state;
    tl_err err = {0};
    double strict = 0.0;
    double leaky = 0.0;
    enum { STUDIES = 4 };
    for (int study = 0; study < STUDIES; study++) {
        world w;
        make_world(&w, 61, 20 + study);
        shuffle_property(&w, study);
        tl_paper_options o = quick();
        tl_paper_result r;
        CHECK_OK(tl_pipeline_paper_run(&w.data, &o, NULL, &r, &err));
        strict += mean_test_r2(&r) / STUDIES;
        tl_pipeline_paper_result_free(&r);
        o.leaky = 1;
        CHECK_OK(tl_pipeline_paper_run(&w.data, &o, NULL, &r, &err));
        leaky += mean_test_r2(&r) / STUDIES;
        tl_pipeline_paper_result_free(&r);
        field_free(&w.f);
    }
    print_message("R2 of shuffled values: strict %.2f, leaky %.2f\n", strict, leaky);
    assert_true(strict < 0.0);
    assert_true(leaky > strict + 0.1);
    assert_true(leaky > 0.0);
}

static void threads_change_nothing(void **state) {
    (void)state;
    tl_err err = {0};
    world w;
    make_world(&w, 30, 3);
    tl_paper_options o = quick();
    tl_paper_result one;
    tl_paper_result two;
    CHECK_OK(tl_pipeline_paper_run(&w.data, &o, NULL, &one, &err));
    o.threads = 2;
    CHECK_OK(tl_pipeline_paper_run(&w.data, &o, NULL, &two, &err));
    for (int k = 0; k < TL_PAPER_ENTRIES; k++) {
        assert_memory_equal(one.entry[k].predicted, two.entry[k].predicted, 30 * sizeof(double));
    }
    tl_pipeline_paper_result_free(&one);
    tl_pipeline_paper_result_free(&two);
    field_free(&w.f);
}

/* Out of memory anywhere: the failure is reported and no memory is lost. */
static void failures_leave_nothing(void **state) {
    (void)state;
    tl_err err = {0};
    world w;
    make_world(&w, 20, 3);
    tl_paper_options o = quick();
    o.transfer.vae.epochs = 1;
    o.seeds.first = 0;
    o.seeds.last = 3;
    tl_paper_result r;
    const ptrdiff_t alive = tl_live_blocks();
    for (ptrdiff_t after = 0; after < 4000; after += after < 60 ? 1 : 37) {
        tl_fail_after(after);
        const tl_code code = tl_pipeline_paper_run(&w.data, &o, NULL, &r, &err);
        tl_fail_after(-1);
        if (code == TL_OK) {
            tl_pipeline_paper_result_free(&r);
            assert_true(after > 60);
            break;
        }
        assert_int_equal(code, TL_NOMEM);
        assert_int_equal(tl_live_blocks(), alive);
    }
    assert_int_equal(tl_live_blocks(), alive);
    o.starts = 0;
    assert_int_equal(tl_pipeline_paper_run(&w.data, &o, NULL, &r, &err), TL_ARG);
    field_free(&w.f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_for_neighbours_is_kept),
        cmocka_unit_test(tables_hold_together),
        cmocka_unit_test(strict_form_learns_nothing_from_test_samples),
        cmocka_unit_test(leakage_is_printed_as_skill),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(failures_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
