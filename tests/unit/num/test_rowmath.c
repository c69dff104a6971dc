/* SPDX-License-Identifier: GPL-2.0-or-later
 * Logarithms and arctangents of rows against the C library. */
#include <math.h>

#include "kit/check.h"
#include "num/rowmath.h"

enum { N = 4099 }; /* no multiple of any vector length */

/* Relative error, of a value that is 0 the value itself. */
static double error_of(double got, double wanted) {
    return wanted < 0.0 || wanted > 0.0 ? fabs(got / wanted - 1.0) : fabs(got);
}

static double worst(void (*row)(const double *, double *, ptrdiff_t), double (*one)(double),
                    const double *x) {
    static double y[N];
    double largest = 0.0;
    row(x, y, N);
    for (int i = 0; i < N; i++) {
        largest = fmax(largest, error_of(y[i], one(x[i])));
    }
    return largest;
}

/* Over twenty powers of ten, and closely around 1, where logarithms vanish. */
static void rows_equal_the_library_to_their_bound(void **state) {
    (void)state;
    static double x[N];
    for (int i = 0; i < N; i++) {
        x[i] = pow(10.0, -10.0 + 20.0 * i / (N - 1.0));
    }
    assert_true(worst(tl_num_row_log, log, x) < TL_ROW_ERROR / 10.0);
    assert_true(worst(tl_num_row_atan, atan, x) < TL_ROW_ERROR / 10.0);
    for (int i = 0; i < N; i++) {
        x[i] = 1.0 + (i - N / 2) * 3e-5;
    }
    assert_true(worst(tl_num_row_log, log, x) < TL_ROW_ERROR / 10.0);
    assert_true(worst(tl_num_row_atan, atan, x) < TL_ROW_ERROR / 10.0);
    double zero = 0.0;
    double flat = 1.0;
    tl_num_row_atan(&zero, &flat, 1);
    assert_true(flat == 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_equal_the_library_to_their_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
