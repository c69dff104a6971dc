/* SPDX-License-Identifier: GPL-2.0-or-later
 * Noise, bent wavelengths and shifted bands that were put in are measured. */
#include "base/rng.h"
#include "imagery/quality.h"
#include "kit/check.h"

enum { ROWS = 48, COLS = 120, BANDS = 3 };

/* Ground with texture much larger than the noise, brighter from band to band. */
static void make(double texture, double noise, float *out) {
    tl_rng ground = tl_rng_start(1, TL_STREAM_SIMULATE, 0);
    tl_rng rng = tl_rng_start(2, TL_STREAM_SIMULATE, 1);
    for (int i = 0; i < ROWS * COLS; i++) {
        const double g = 0.3 + texture * tl_rng_normal(&ground);
        for (int b = 0; b < BANDS; b++) {
            out[b * ROWS * COLS + i] = (float)((1.0 + 0.1 * b) * g + noise * tl_rng_normal(&rng));
        }
    }
}

static void noise_is_measured_under_texture(void **state) {
    (void)state;
    static const double textures[] = {0.0, 0.002, 0.02, 0.1};
    float *rows = tl_acquire((ptrdiff_t)BANDS * ROWS * COLS, sizeof *rows);
    double variance[400];
    for (int k = 0; k < 4; k++) {
        make(textures[k], 0.004, rows);
        const ptrdiff_t n = tl_imagery_noise_blocks(
            rows + ROWS * COLS, rows, rows + 2 * ROWS * COLS, ROWS, COLS, variance, 400);
        assert_int_equal(n, ROWS / 6 * (COLS / 6));
        const double noise = tl_imagery_noise(variance, n);
        print_message("texture %.3f: noise %.5f of 0.00400\n", textures[k], noise);
        /* The median of 160 variances of 34 degrees of freedom is known to 2 %; texture of the size
         * of the noise adds what the model does not divide out. */
        CHECK_NEAR(noise, 0.004, 0.08 * 0.004);
    }
    tl_release(rows);
}

static void blocks_with_holes_do_not_count(void **state) {
    (void)state;
    float *rows = tl_acquire((ptrdiff_t)BANDS * ROWS * COLS, sizeof *rows);
    double variance[5];
    make(0.01, 0.001, rows);
    rows[0] = NAN;
    assert_int_equal(tl_imagery_noise_blocks(rows, rows + ROWS * COLS, NULL, 6, 12, variance, 5),
                     1);
    assert_int_equal(tl_imagery_noise_blocks(rows, rows, NULL, 5, 120, variance, 5), 0);
    assert_true(isnan(tl_imagery_noise(variance, 0)));
    tl_release(rows);
}

/* A line of depth 0.4 and 8 nm full width at 762 nm, seen by bands of 5 nm that bend by 1.5 nm. */
static void a_bent_detector_is_measured(void **state) {
    (void)state;
    enum { N = 9, WIDE = 200 };
    double centre[N];
    double *profile = tl_acquire(N * WIDE, sizeof *profile);
    double depth = 0.0;
    for (int bent = 0; bent < 2; bent++) {
        for (int i = 0; i < N; i++) {
            centre[i] = 742.0 + 5.0 * i;
            for (int c = 0; c < WIDE; c++) {
                const double t = (double)c / (WIDE - 1) - 0.5;
                const double at = (centre[i] + bent * 6.0 * t * t - 762.0) / 8.0;
                profile[i * WIDE + c] = (50.0 + 0.1 * c - 0.02 * i) *
                                        (1.0 - 0.4 * exp(-4.0 * 0.6931471805599453 * at * at));
            }
        }
        const double smile = tl_imagery_smile_nm(profile, centre, N, WIDE, &depth);
        print_message("smile %.3f nm, depth %.2f\n", smile, depth);
        /* The shift is linearised over bands as wide as the line: within a fifth. */
        CHECK_NEAR(smile, bent * 1.5, 0.3 * bent + 1e-9);
        assert_true(depth > 0.3);
    }
    for (int i = 0; i < N * WIDE; i++) {
        profile[i] = 1.0;
    }
    assert_true(isnan(tl_imagery_smile_nm(profile, centre, N, WIDE, &depth)));
    tl_release(profile);
}

static void a_shifted_band_is_measured(void **state) {
    (void)state;
    static float a[ROWS * COLS];
    static float b[ROWS * COLS];
    for (int i = 0; i < ROWS * COLS; i++) {
        const double x = i % COLS;
        const double phase = 0.7 * (i / COLS);
        a[i] = (float)(0.3 + 0.1 * sin(x / 3.0 + phase));
        b[i] = (float)(0.1 + 0.2 * sin((x - 0.25) / 3.0 + phase));
    }
    tl_keystone s = {0};
    tl_imagery_keystone_add(&s, a, b, ROWS, COLS);
    /* Central differences of a wave of 19 cells are 2 % too small. */
    CHECK_NEAR(tl_imagery_keystone_columns(&s), 0.25, 0.01);
    tl_keystone none = {0};
    assert_true(isnan(tl_imagery_keystone_columns(&none)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_is_measured_under_texture),
        cmocka_unit_test(blocks_with_holes_do_not_count),
        cmocka_unit_test(a_bent_detector_is_measured),
        cmocka_unit_test(a_shifted_band_is_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
