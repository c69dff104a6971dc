/* SPDX-License-Identifier: GPL-2.0-or-later
 * Tests of the shift between two pictures. */
#include "mapstat/shift.h"

#include <math.h>

#include "kit/check.h"

enum { rows = 90, cols = 120, waves = 60 };

/* A field of random waves of 4 cells and longer, seen at (r + row, c + col). */
static void paint(double row, double col, float *picture) {
    for (ptrdiff_t i = 0; i < rows * cols; i++) {
        picture[i] = 0.0F;
    }
    for (int k = 0; k < waves; k++) {
        const double u = 3.0 * sin(12.9898 * k + 1.0) / 2.0;
        const double v = 3.0 * sin(78.233 * k + 2.0) / 2.0;
        for (ptrdiff_t i = 0; i < rows * cols; i++) {
            const double r = (double)(i / cols) + row;
            const double c = (double)(i % cols) + col;
            picture[i] += (float)sin(u * c + v * r + 0.7 * k);
        }
    }
}

static void finds_the_shift_of_a_copy(void **state) {
    (void)state;
    static const double shifts[][2] = {{0.0, 0.0}, {3.0, -5.0}, {0.5, 0.25}, {-1.37, 2.81}};
    static float a[rows * cols];
    static float b[rows * cols];
    paint(0.0, 0.0, a);
    for (int k = 0; k < 4; k++) {
        tl_err err = {0};
        tl_shift shift;
        /* What a has at r, b has at r + shift. */
        paint(-shifts[k][0], -shifts[k][1], b);
        CHECK_OK(tl_mapstat_shift(a, b, rows, cols, &shift, &err));
        /* The windows do not move with the picture, which costs a few hundredths of a cell. */
        assert_float_equal(shift.row, shifts[k][0], 0.05);
        assert_float_equal(shift.col, shifts[k][1], 0.05);
        assert_true(shift.peak > 0.5);
    }
}

static void a_gain_an_offset_and_a_hole_change_little(void **state) {
    (void)state;
    static float a[rows * cols];
    static float b[rows * cols];
    tl_err err = {0};
    tl_shift shift;
    paint(0.0, 0.0, a);
    paint(1.4, -0.6, b);
    for (ptrdiff_t i = 0; i < rows * cols; i++) {
        b[i] = i % cols == 40 ? NAN : 5.0F * b[i] + 100.0F;
    }
    CHECK_OK(tl_mapstat_shift(a, b, rows, cols, &shift, &err));
    assert_float_equal(shift.row, -1.4, 0.1);
    assert_float_equal(shift.col, 0.6, 0.1);
}

static void pictures_without_content_have_no_shift(void **state) {
    (void)state;
    static float a[rows * cols];
    static float b[rows * cols];
    tl_err err = {0};
    tl_shift shift;
    paint(0.0, 0.0, a);
    assert_int_equal(tl_mapstat_shift(a, b, rows, cols, &shift, &err), TL_DATA);
    assert_int_equal(tl_mapstat_shift(a, a, 8, cols, &shift, &err), TL_DATA);
    for (ptrdiff_t i = 0; i < rows * cols; i++) {
        b[i] = (float)sin(1e4 * sin(12345.678 * (double)i));
    }
    CHECK_OK(tl_mapstat_shift(a, b, rows, cols, &shift, &err));
    assert_true(shift.peak < 0.3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_shift_of_a_copy),
        cmocka_unit_test(a_gain_an_offset_and_a_hole_change_little),
        cmocka_unit_test(pictures_without_content_have_no_shift),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
