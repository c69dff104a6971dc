/* SPDX-License-Identifier: GPL-2.0-or-later
 * Minimum noise fraction of a made-up scene whose signal and noise are known. */
#include "spectra/mnf.h"

#include "base/rng.h"
#include "kit/check.h"

enum { P = 24, SIGNALS = 3, ROWS = 120, COLS = 100 };

/* A smooth field of three mixed shapes, plus noise that differs between bands and is shared by
 * neighbouring bands. */
typedef struct scene {
    float *x; /* [P, ROWS * COLS] */
    double shape[SIGNALS][P];
} scene;

static double noise_sd(int j) {
    return 0.002 + 0.0005 * (j % 5);
}

static void make_scene(scene *s) {
    tl_rng rng = tl_rng_start(21, TL_STREAM_SIMULATE, 0);
    s->x = tl_acquire((ptrdiff_t)P * ROWS * COLS, sizeof *s->x);
    for (int k = 0; k < SIGNALS; k++) {
        for (int j = 0; j < P; j++) {
            s->shape[k][j] = 0.05 * cos(0.3 * (k + 1) * j + k);
        }
    }
    for (ptrdiff_t r = 0; r < ROWS; r++) {
        for (ptrdiff_t c = 0; c < COLS; c++) {
            const double share[SIGNALS] = {sin(0.05 * (double)r), cos(0.04 * (double)(c + r)),
                                           sin(0.06 * (double)c + 1.0)};
            double before = tl_rng_normal(&rng);
            for (int j = 0; j < P; j++) {
                const double now = tl_rng_normal(&rng);
                double value = 0.3 + noise_sd(j) * (0.8 * now + 0.6 * before);
                before = now;
                for (int k = 0; k < SIGNALS; k++) {
                    value += share[k] * s->shape[k][j];
                }
                s->x[(ptrdiff_t)j * ROWS * COLS + r * COLS + c] = (float)value;
            }
        }
    }
}

static void feed(const scene *s, tl_mnf_sums *sums, ptrdiff_t from, ptrdiff_t end) {
    const ptrdiff_t stride = (ptrdiff_t)ROWS * COLS;
    for (ptrdiff_t r = from; r < end; r++) {
        const float *row = s->x + r * COLS;
        tl_spectra_mnf_data_add(sums, row, COLS, stride);
        if (r + 1 < ROWS) {
            tl_spectra_mnf_noise_add(sums, row, row + COLS, COLS, stride);
        }
    }
}

/* The covariance of the differences is the true one of the noise: 12 000 pairs leave a relative
 * error of about sqrt(2 / 12000) = 1.3 % of a variance, so 6 % is more than four of them. */
static void the_noise_is_found(void **state) {
    (void)state;
    tl_err err = {0};
    scene s;
    make_scene(&s);
    tl_mnf_sums sums;
    tl_matrix noise;
    tl_matrix data;
    CHECK_OK(tl_spectra_mnf_sums_init(&sums, P, &err));
    feed(&s, &sums, 0, ROWS);
    assert_int_equal(sums.pixels, ROWS * COLS);
    assert_int_equal(sums.pairs, (ROWS - 1) * (COLS - 1));
    CHECK_OK(tl_spectra_mnf_covariances(&sums, &noise, &data, &err));
    for (int j = 0; j < P; j++) {
        const double *row = tl_matrix_row(&noise, j);
        const double want = noise_sd(j) * noise_sd(j);
        /* The field itself changes by up to 5e-3 from one pixel to its neighbour. */
        CHECK_NEAR(row[j], want, 0.06 * want + 1.3e-5);
        if (j > 0) {
            CHECK_NEAR(row[j - 1], 0.48 * noise_sd(j) * noise_sd(j - 1), 0.06 * want + 1.3e-5);
        }
    }
    tl_matrix_free(&noise);
    tl_matrix_free(&data);
    tl_spectra_mnf_sums_free(&sums);
    tl_release(s.x);
}

/* W S_noise W' = 1, W S W' = the ratios. Three signals: three ratios far above 1, the others near
 * it; and the three weights see all of the signal and none of the rest. */
static void the_scores_are_whitened_and_ordered(void **state) {
    (void)state;
    tl_err err = {0};
    scene s;
    make_scene(&s);
    tl_mnf_sums sums;
    tl_matrix noise;
    tl_matrix data;
    tl_mnf mnf;
    CHECK_OK(tl_spectra_mnf_sums_init(&sums, P, &err));
    feed(&s, &sums, 0, ROWS);
    CHECK_OK(tl_spectra_mnf_covariances(&sums, &noise, &data, &err));
    CHECK_OK(tl_spectra_mnf_fit(&sums, P, &mnf, &err));
    for (int a = 0; a < P; a++) {
        for (int b = 0; b < P; b++) {
            double in_noise = 0.0;
            double in_data = 0.0;
            for (int i = 0; i < P; i++) {
                for (int j = 0; j < P; j++) {
                    const double ww =
                        tl_matrix_row(&mnf.weight, a)[i] * tl_matrix_row(&mnf.weight, b)[j];
                    in_noise += ww * tl_matrix_row(&noise, i)[j];
                    in_data += ww * tl_matrix_row(&data, i)[j];
                }
            }
            CHECK_NEAR(in_noise, a == b ? 1.0 : 0.0, 1e-9);
            CHECK_NEAR(in_data, a == b ? mnf.ratio[a] : 0.0, 1e-9 * mnf.ratio[0]);
        }
        assert_true(a == 0 || mnf.ratio[a] <= mnf.ratio[a - 1]);
    }
    assert_true(mnf.ratio[SIGNALS - 1] > 20.0);
    assert_true(mnf.ratio[SIGNALS] < 1.3);
    /* Later weights are orthogonal to the shapes of the signal, in units of the noise. */
    for (int k = 0; k < SIGNALS; k++) {
        double seen[P] = {0};
        for (int a = 0; a < P; a++) {
            for (int j = 0; j < P; j++) {
                seen[a] += tl_matrix_row(&mnf.weight, a)[j] * s.shape[k][j];
            }
        }
        const double inside = seen[0] * seen[0] + seen[1] * seen[1] + seen[2] * seen[2];
        for (int a = SIGNALS; a < P; a++) {
            assert_true(seen[a] * seen[a] < 0.01 * inside);
        }
    }
    tl_spectra_mnf_free(&mnf);
    tl_matrix_free(&noise);
    tl_matrix_free(&data);
    tl_spectra_mnf_sums_free(&sums);
    tl_release(s.x);
}

/* Sums made in two parts and merged, and sums around another origin, lead to the same transform. */
static void parts_merge(void **state) {
    (void)state;
    tl_err err = {0};
    scene s;
    make_scene(&s);
    tl_mnf_sums whole;
    tl_mnf_sums part[3];
    CHECK_OK(tl_spectra_mnf_sums_init(&whole, P, &err));
    feed(&s, &whole, 0, ROWS);
    for (int i = 0; i < 3; i++) {
        CHECK_OK(tl_spectra_mnf_sums_init(&part[i], P, &err));
    }
    feed(&s, &part[1], 0, 50);
    feed(&s, &part[2], 50, ROWS);
    CHECK_OK(tl_spectra_mnf_merge(&part[0], &part[1], &err));
    CHECK_OK(tl_spectra_mnf_merge(&part[0], &part[2], &err));
    assert_int_equal(part[0].pixels, whole.pixels);
    tl_mnf a;
    tl_mnf b;
    CHECK_OK(tl_spectra_mnf_fit(&whole, 3, &a, &err));
    CHECK_OK(tl_spectra_mnf_fit(&part[0], 3, &b, &err));
    for (int k = 0; k < 3; k++) {
        CHECK_NEAR(a.ratio[k], b.ratio[k], 1e-9 * a.ratio[k]);
        for (int j = 0; j < P; j++) {
            CHECK_NEAR(tl_matrix_row(&a.weight, k)[j], tl_matrix_row(&b.weight, k)[j], 1e-6);
        }
    }
    tl_spectra_mnf_free(&a);
    tl_spectra_mnf_free(&b);
    for (int i = 0; i < 3; i++) {
        tl_spectra_mnf_sums_free(&part[i]);
    }
    tl_spectra_mnf_sums_free(&whole);
    tl_release(s.x);
}

/* A band that never changes and a pixel without data do not stop the fit. */
static void dead_bands_and_holes_are_survived(void **state) {
    (void)state;
    tl_err err = {0};
    scene s;
    make_scene(&s);
    for (ptrdiff_t i = 0; i < ROWS * COLS; i++) {
        s.x[5 * ROWS * COLS + i] = 0.25F;
    }
    s.x[0] = NAN;
    s.x[3 * ROWS * COLS + 777] = NAN;
    tl_mnf_sums sums;
    CHECK_OK(tl_spectra_mnf_sums_init(&sums, P, &err));
    tl_mnf mnf;
    assert_int_equal(tl_spectra_mnf_fit(&sums, 3, &mnf, &err), TL_DATA);
    feed(&s, &sums, 0, ROWS);
    assert_int_equal(sums.pixels, ROWS * COLS - 2);
    assert_int_equal(sums.pairs, (ROWS - 1) * (COLS - 1) - 3);
    CHECK_OK(tl_spectra_mnf_fit(&sums, 3, &mnf, &err));
    for (int k = 0; k < 3; k++) {
        for (int j = 0; j < P; j++) {
            assert_true(isfinite(tl_matrix_row(&mnf.weight, k)[j]));
        }
        CHECK_NEAR(tl_matrix_row(&mnf.weight, k)[5], 0.0, 1e-9);
    }
    tl_spectra_mnf_free(&mnf);
    assert_int_equal(tl_spectra_mnf_fit(&sums, P + 1, &mnf, &err), TL_ARG);
    tl_spectra_mnf_sums_free(&sums);
    /* Two bands that are the same leave the noise singular but for what steadies it. */
    memcpy(s.x + 7 * ROWS * COLS, s.x + 8 * ROWS * COLS, ROWS * COLS * sizeof *s.x);
    CHECK_OK(tl_spectra_mnf_sums_init(&sums, P, &err));
    feed(&s, &sums, 0, ROWS);
    CHECK_OK(tl_spectra_mnf_fit(&sums, 3, &mnf, &err));
    assert_true(mnf.ratio[2] > 20.0 && mnf.ratio[0] < 1e5);
    tl_spectra_mnf_free(&mnf);
    tl_spectra_mnf_sums_free(&sums);
    /* Two rows of pixels: 99 pairs cannot determine 300 covariances, and there is still a
     * result. */
    CHECK_OK(tl_spectra_mnf_sums_init(&sums, P, &err));
    feed(&s, &sums, 10, 11);
    tl_spectra_mnf_data_add(&sums, s.x + 11 * COLS, 20, (ptrdiff_t)ROWS * COLS);
    assert_int_equal(tl_spectra_mnf_fit(&sums, 2, &mnf, &err), TL_OK);
    tl_spectra_mnf_free(&mnf);
    tl_spectra_mnf_sums_free(&sums);
    tl_release(s.x);
}

static void files_keep_every_bit(void **state) {
    (void)state;
    tl_err err = {0};
    scene s;
    make_scene(&s);
    tl_mnf_sums sums;
    tl_mnf fitted;
    tl_mnf mnf;
    tl_mnf back;
    json_t *json;
    CHECK_OK(tl_spectra_mnf_sums_init(&sums, P, &err));
    feed(&s, &sums, 0, 40);
    CHECK_OK(tl_spectra_mnf_fit(&sums, 9, &fitted, &err));
    CHECK_OK(tl_spectra_mnf_first(&fitted, 4, &mnf, &err));
    CHECK_OK(tl_spectra_mnf_to_json(&mnf, &json, &err));
    CHECK_OK(tl_spectra_mnf_from_json(json, P, &back, &err));
    assert_int_equal(back.k, 4);
    assert_memory_equal(back.weight.data, fitted.weight.data, 4 * P * sizeof(double));
    assert_memory_equal(back.mean, fitted.mean, P * sizeof(double));
    assert_memory_equal(back.ratio, fitted.ratio, 4 * sizeof(double));
    tl_matrix x;
    tl_matrix scores;
    CHECK_OK(tl_matrix_init(&x, 2, P, &err));
    memcpy(x.data, mnf.mean, P * sizeof(double));
    tl_matrix_row(&x, 1)[3] = (double)NAN;
    CHECK_OK(tl_spectra_mnf_components(&back, &x, &scores, &err));
    for (int k = 0; k < 4; k++) {
        CHECK_NEAR(tl_matrix_row(&scores, 0)[k], 0.0, 0.0);
        assert_true(isnan(tl_matrix_row(&scores, 1)[k]));
    }
    tl_matrix_free(&scores);
    tl_matrix_free(&x);
    tl_spectra_mnf_free(&back);
    assert_int_equal(tl_spectra_mnf_from_json(json, P - 1, &back, &err), TL_FORMAT);
    assert_int_equal(tl_spectra_mnf_from_json(json, 3, &back, &err), TL_FORMAT);
    (void)json_object_del(json, "mean");
    assert_int_equal(tl_spectra_mnf_from_json(json, P, &back, &err), TL_FORMAT);
    assert_non_null(strstr(err.text, "mean"));
    json_decref(json);
    tl_spectra_mnf_free(&fitted);
    tl_spectra_mnf_free(&mnf);
    tl_spectra_mnf_sums_free(&sums);
    tl_release(s.x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_noise_is_found),
        cmocka_unit_test(the_scores_are_whitened_and_ordered),
        cmocka_unit_test(parts_merge),
        cmocka_unit_test(dead_bands_and_holes_are_survived),
        cmocka_unit_test(files_keep_every_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
