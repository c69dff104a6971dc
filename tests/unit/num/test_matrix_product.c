/* SPDX-License-Identifier: GPL-2.0-or-later
 * Matrix products equal plain sums in increasing order, bit for bit, for every shape and layout. */
#include "num/matrix_product.h"

#include "base/rng.h"
#include "kit/check.h"
#include "num/width.h"

enum { CAPACITY = 40 * 40 };

static void fill(double *x, uint32_t index) {
    tl_rng rng = tl_rng_start(3, TL_STREAM_SIMULATE, index);
    for (ptrdiff_t i = 0; i < CAPACITY; i++) {
        x[i] = tl_rng_normal(&rng);
    }
}

static void check_shape(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, int turned, int add) {
    static double a[CAPACITY];
    static double b[CAPACITY];
    static double c[CAPACITY];
    static double start[CAPACITY];
    fill(a, 0);
    fill(b, 1);
    fill(start, 2);
    memcpy(c, start, sizeof c);
    const ptrdiff_t a_row = turned ? 1 : k;
    const ptrdiff_t a_col = turned ? m : 1;
    tl_num_product(m, n, k, a, a_row, a_col, b, c, add);
    for (ptrdiff_t i = 0; i < m; i++) {
        for (ptrdiff_t j = 0; j < n; j++) {
            double sum = add ? start[i * n + j] : 0.0;
            for (ptrdiff_t l = 0; l < k; l++) {
                sum += a[i * a_row + l * a_col] * b[l * n + j];
            }
            assert_true(c[i * n + j] == sum);
        }
    }
    assert_true(m * n >= CAPACITY || c[m * n] == start[m * n]);
}

static void check_every_shape(void) {
    const ptrdiff_t sides[] = {1, 3, 4, 7, 8, 17, 33, 39};
    for (int i = 0; i < 8; i++) {
        for (int j = 0; j < 8; j++) {
            for (int k = 0; k < 8; k++) {
                for (int mode = 0; mode < 4; mode++) {
                    check_shape(sides[i], sides[j], sides[k], mode & 1, mode >> 1);
                }
            }
        }
    }
}

static void every_shape_equals_the_plain_sums(void **state) {
    (void)state;
    check_every_shape();
}

static void narrower_vectors_give_the_same_bits(void **state) {
    (void)state;
    for (int width = TL_NUM_NARROW; width <= TL_NUM_AVX512; width++) {
        tl_num_width_limit((tl_num_width)width);
        assert_true((int)tl_num_width_used() <= width);
        check_every_shape();
    }
}

static void a_transpose_swaps_rows_and_columns(void **state) {
    (void)state;
    const double from[6] = {1, 2, 3, 4, 5, 6};
    double to[6];
    tl_num_transpose(2, 3, from, to);
    const double want[6] = {1, 4, 2, 5, 3, 6};
    assert_memory_equal(to, want, sizeof want);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_equals_the_plain_sums),
        cmocka_unit_test(narrower_vectors_give_the_same_bits),
        cmocka_unit_test(a_transpose_swaps_rows_and_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
