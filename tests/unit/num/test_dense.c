/* SPDX-License-Identifier: GPL-2.0-or-later
 * A layer in single precision equals the plain sum, the bits do not depend on the lane, and its
 * exponential is that of the C library. */
#include "num/dense.h"

#include "base/rng.h"
#include "kit/check.h"
#include "num/width.h"

static void fill(double *to, ptrdiff_t n, uint32_t index) {
    tl_rng rng = tl_rng_start(3, TL_STREAM_SIMULATE, index);
    for (ptrdiff_t i = 0; i < n; i++) {
        to[i] = tl_rng_normal(&rng);
    }
}

static void check_shape(ptrdiff_t n_in, ptrdiff_t n_out, int rectify) {
    tl_err err = {0};
    double *w = tl_acquire(n_in * n_out, sizeof *w);
    double *b = tl_acquire(n_out, sizeof *b);
    double *pixel = tl_acquire(n_in * TL_DENSE_PIXELS, sizeof *pixel);
    float *x = tl_acquire(n_in * TL_DENSE_PIXELS, sizeof *x);
    fill(w, n_in * n_out, 1);
    fill(b, n_out, 2);
    fill(pixel, n_in * TL_DENSE_PIXELS, 3);
    for (ptrdiff_t i = 0; i < n_in * TL_DENSE_PIXELS; i++) {
        x[i] = (float)pixel[i];
    }
    tl_dense layer;
    CHECK_OK(tl_num_dense_init(&layer, n_in, n_out, w, b, &err));
    float *y = tl_acquire(layer.padded * TL_DENSE_PIXELS, sizeof *y);
    tl_num_dense(&layer, x, y, rectify);
    for (ptrdiff_t j = 0; j < n_out; j++) {
        for (ptrdiff_t c = 0; c < TL_DENSE_PIXELS; c++) {
            float sum = (float)b[j];
            for (ptrdiff_t i = 0; i < n_in; i++) {
                sum += (float)w[j * n_in + i] * x[i * TL_DENSE_PIXELS + c];
            }
            const float want = rectify && sum < 0.0F ? 0.0F : sum;
            /* The same bits: every product and every sum is rounded, in one order. */
            assert_memory_equal(&y[j * TL_DENSE_PIXELS + c], &want, sizeof want);
        }
    }
    for (ptrdiff_t k = n_out * TL_DENSE_PIXELS; k < layer.padded * TL_DENSE_PIXELS; k++) {
        assert_true(!(y[k] > 0.0F) && !(y[k] < 0.0F));
    }
    tl_num_dense_free(&layer);
    tl_release(w);
    tl_release(b);
    tl_release(pixel);
    tl_release(x);
    tl_release(y);
}

static void a_layer_is_the_plain_sum_bit_by_bit(void **state) {
    (void)state;
    for (int width = TL_NUM_NARROW; width <= TL_NUM_AVX512; width++) {
        tl_num_width_limit((tl_num_width)width);
        check_shape(285, 128, 1);
        check_shape(128, 285, 0);
        check_shape(16, 3, 1);
        check_shape(1, 1, 0);
    }
}

static void what_is_missing_stays_missing_in_its_pixel(void **state) {
    (void)state;
    tl_err err = {0};
    const double w[4] = {1.0, 2.0, -1.0, 0.5};
    tl_dense layer;
    CHECK_OK(tl_num_dense_init(&layer, 2, 2, w, NULL, &err));
    float x[2 * TL_DENSE_PIXELS] = {0.0F};
    float y[8 * TL_DENSE_PIXELS];
    x[5] = NAN;
    tl_num_dense(&layer, x, y, 1);
    for (ptrdiff_t c = 0; c < TL_DENSE_PIXELS; c++) {
        assert_int_equal(isnan(y[c]) != 0, c == 5);
        assert_int_equal(isnan(y[TL_DENSE_PIXELS + c]) != 0, c == 5);
    }
    tl_num_dense_free(&layer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_layer_is_the_plain_sum_bit_by_bit),
        cmocka_unit_test(what_is_missing_stays_missing_in_its_pixel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
