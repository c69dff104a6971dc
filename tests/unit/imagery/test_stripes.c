/* SPDX-License-Identifier: GPL-2.0-or-later
 * Stripes that were put into a landscape are found, and a landscape without stripes is left
 * alone. */
#include "base/rng.h"
#include "imagery/stripes.h"
#include "kit/check.h"

enum { COLS = 240, ROWS = 600, WINDOW = 15 };

static const double ground_sd = 0.03; /* texture from cell to cell */

/* Fields 20 cells wide, a slope across the scene, texture; factor or offset stripes on top. */
static void make(const double *stripe, int as_gain, float *rows) {
    tl_rng rng = tl_rng_start(7, TL_STREAM_SIMULATE, 0);
    for (int r = 0; r < ROWS; r++) {
        for (int c = 0; c < COLS; c++) {
            const double field = (r / 40 * 31 + (c + r / 7) / 20 * 17) % 5;
            double v = 0.2 + 0.04 * field + 0.0003 * c + ground_sd * tl_rng_normal(&rng);
            v = as_gain ? fmax(v, 0.01) * exp(stripe[c]) : v + stripe[c];
            rows[r * COLS + c] = (float)v;
        }
    }
}

static void put_stripes(double sd, double *stripe) {
    tl_rng rng = tl_rng_start(8, TL_STREAM_SIMULATE, 1);
    for (int c = 0; c < COLS; c++) {
        stripe[c] = sd * tl_rng_normal(&rng);
    }
}

/* Adds the rows in pieces of step and solves. */
static tl_stripe_profile find(const float *rows, int as_gain, ptrdiff_t step, double *stripe) {
    tl_err err = {0};
    tl_stripes s;
    tl_stripe_profile found;
    CHECK_OK(tl_imagery_stripes_init(&s, ROWS, COLS, as_gain, &err));
    tl_imagery_stripes_learn(&s, rows + 100 * COLS, 64);
    for (ptrdiff_t r = 0; r < ROWS; r += step) {
        tl_imagery_stripes_add(&s, r, rows + r * COLS, ROWS - r < step ? ROWS - r : step);
    }
    CHECK_OK(tl_imagery_stripes_solve(&s, WINDOW, stripe, &found, &err));
    tl_imagery_stripes_free(&s);
    return found;
}

/* Standard deviation of what is left between the columns, less its slow part. */
static double left_over(const double *put, const double *found) {
    double sum = 0.0;
    double square = 0.0;
    int n = 0;
    for (int c = WINDOW / 2; c < COLS - WINDOW / 2; c++) {
        const double left = put[c] - found[c];
        sum += left;
        square += left * left;
        n++;
    }
    return sqrt(square / n - sum / n * (sum / n));
}

static void stripes_are_taken_out(void **state) {
    (void)state;
    float *rows = tl_acquire((ptrdiff_t)ROWS * COLS, sizeof *rows);
    double put[COLS];
    double found[COLS];
    for (int as_gain = 0; as_gain < 2; as_gain++) {
        /* In logarithms the fields differ by a third, not by 0.04. */
        const double sd = as_gain ? 0.06 : 0.02;
        put_stripes(sd, put);
        make(put, as_gain, rows);
        const tl_stripe_profile profile = find(rows, as_gain, 600, found);
        /* Measured: 0.4 of the standard deviation is left. A quarter of it is the running median of
         * 15 columns, which treats part of the stripes as surface; the rest is the landscape, whose
         * fields are 20 columns wide. */
        const double left = left_over(put, found) / sd;
        print_message("left of the stripes (%s): %.3f, chance %.5f, found %.4f\n",
                      as_gain ? "gain" : "offset", left, profile.chance, profile.amplitude);
        assert_true(left < 0.5);
        CHECK_NEAR(profile.amplitude, sd, 0.25 * sd);
    }
    tl_release(rows);
}

/* A landscape without stripes changes by less than a tenth of its texture. */
static void a_clean_scene_is_left_alone(void **state) {
    (void)state;
    float *rows = tl_acquire((ptrdiff_t)ROWS * COLS, sizeof *rows);
    double none[COLS] = {0};
    double found[COLS];
    make(none, 0, rows);
    const tl_stripe_profile profile = find(rows, 0, 600, found);
    const double changed = left_over(none, found);
    print_message("clean scene changed by %.5f (texture %.2f), chance %.5f\n", changed, ground_sd,
                  profile.chance);
    assert_true(changed < 0.1 * ground_sd);
    tl_release(rows);
}

static void sums_do_not_depend_on_the_pieces(void **state) {
    (void)state;
    float *rows = tl_acquire((ptrdiff_t)ROWS * COLS, sizeof *rows);
    double put[COLS];
    double one[COLS];
    double other[COLS];
    put_stripes(0.01, put);
    make(put, 0, rows);
    for (int r = 0; r < ROWS; r += 3) {
        rows[r * COLS + r % COLS] = NAN;
    }
    (void)find(rows, 0, 600, one);
    (void)find(rows, 0, 7, other);
    assert_memory_equal(one, other, sizeof one);
    tl_release(rows);
}

static void removing_is_the_inverse_of_putting(void **state) {
    (void)state;
    const double stripe[3] = {0.1, -0.2, 0.0};
    float rows[6] = {1.0F, 1.0F, 1.0F, NAN, 2.0F, 3.0F};
    tl_imagery_stripes_remove(stripe, 3, 0, rows, 2);
    CHECK_NEAR((double)rows[0], 0.9, 1e-6);
    CHECK_NEAR((double)rows[4], 2.2, 1e-6);
    assert_true(isnan(rows[3]));
    tl_imagery_stripes_remove(stripe, 3, 1, rows, 2);
    CHECK_NEAR((double)rows[0], 0.9 * exp(-0.1), 1e-6);
    CHECK_NEAR((double)rows[5], 3.0, 0.0);
}

/* Nothing, one column, two columns, one row: no crash and no stripes. */
static void tiny_and_empty_bands_have_no_stripes(void **state) {
    (void)state;
    for (ptrdiff_t ncol = 1; ncol < 4; ncol++) {
        for (int empty = 0; empty < 2; empty++) {
            tl_err err = {0};
            const float rows[3] = {empty ? NAN : 1.0F, empty ? NAN : 1.0F, empty ? NAN : 1.0F};
            double stripe[3];
            tl_stripes s;
            tl_stripe_profile found;
            CHECK_OK(tl_imagery_stripes_init(&s, 1, ncol, 0, &err));
            tl_imagery_stripes_learn(&s, rows, 1);
            tl_imagery_stripes_add(&s, 0, rows, 1);
            CHECK_OK(tl_imagery_stripes_solve(&s, 51, stripe, &found, &err));
            for (ptrdiff_t c = 0; c < ncol; c++) {
                CHECK_NEAR(stripe[c], 0.0, 0.0);
            }
            tl_imagery_stripes_free(&s);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stripes_are_taken_out),
        cmocka_unit_test(a_clean_scene_is_left_alone),
        cmocka_unit_test(sums_do_not_depend_on_the_pieces),
        cmocka_unit_test(removing_is_the_inverse_of_putting),
        cmocka_unit_test(tiny_and_empty_bands_have_no_stripes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
