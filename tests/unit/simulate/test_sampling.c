/* SPDX-License-Identifier: GPL-2.0-or-later
 * Samples cover the area, keep apart, and stay away from its edge and from NoData. */
#include "simulate/sampling.h"

#include "kit/check.h"

enum { ROWS = 90, COLS = 120, N = 91 };

static void fill(float *valid) {
    for (ptrdiff_t i = 0; i < ROWS * COLS; i++) {
        valid[i] = i / COLS < 20 && i % COLS < 30 ? NAN : 1.0F;
    }
}

static void samples_keep_apart_and_off_missing_cells(void **state) {
    (void)state;
    tl_err err = {0};
    float *valid = tl_acquire(ROWS * COLS, sizeof *valid);
    fill(valid);
    for (int64_t seed = 0; seed < 20; seed++) {
        ptrdiff_t row[N];
        ptrdiff_t col[N];
        CHECK_OK(tl_simulate_sample_cells(seed, valid, ROWS, COLS, 2, N, row, col, &err));
        int quarter[4] = {0};
        for (int i = 0; i < N; i++) {
            assert_in_range(row[i], 2, ROWS - 3);
            assert_in_range(col[i], 2, COLS - 3);
            assert_true(row[i] >= 22 || col[i] >= 32);
            quarter[2 * (row[i] >= ROWS / 2) + (col[i] >= COLS / 2)]++;
            for (int j = 0; j < i; j++) {
                /* Squares have a side of 10 cells; the distance may shrink twice by a fifth. */
                assert_true(hypot((double)(row[i] - row[j]), (double)(col[i] - col[j])) > 3.0);
            }
        }
        for (int q = 0; q < 4; q++) {
            assert_in_range(quarter[q], 12, 34);
        }
    }
    tl_release(valid);
}

static void the_seed_decides_the_places(void **state) {
    (void)state;
    tl_err err = {0};
    float *valid = tl_acquire(ROWS * COLS, sizeof *valid);
    fill(valid);
    ptrdiff_t row[3][N];
    ptrdiff_t col[3][N];
    CHECK_OK(tl_simulate_sample_cells(1, valid, ROWS, COLS, 2, N, row[0], col[0], &err));
    CHECK_OK(tl_simulate_sample_cells(1, valid, ROWS, COLS, 2, N, row[1], col[1], &err));
    CHECK_OK(tl_simulate_sample_cells(2, valid, ROWS, COLS, 2, N, row[2], col[2], &err));
    assert_memory_equal(row[0], row[1], sizeof row[0]);
    assert_memory_equal(col[0], col[1], sizeof col[0]);
    assert_memory_not_equal(row[0], row[2], sizeof row[0]);
    for (ptrdiff_t i = 0; i < 1000; i++) {
        double d_row;
        double d_col;
        tl_simulate_sample_offset(4, i, &d_row, &d_col);
        assert_true(fabs(d_row) < 0.35 && fabs(d_col) < 0.35);
    }
    tl_release(valid);
}

static void a_full_area_gives_every_cell_and_too_many_are_refused(void **state) {
    (void)state;
    tl_err err = {0};
    float valid[8 * 8];
    for (int i = 0; i < 64; i++) {
        valid[i] = 0.0F;
    }
    ptrdiff_t row[37];
    ptrdiff_t col[37];
    CHECK_OK(tl_simulate_sample_cells(9, valid, 8, 8, 1, 36, row, col, &err));
    int taken[64] = {0};
    for (int i = 0; i < 36; i++) {
        assert_int_equal(taken[row[i] * 8 + col[i]]++, 0);
    }
    assert_int_equal(tl_simulate_sample_cells(9, valid, 8, 8, 1, 37, row, col, &err), TL_DATA);
    assert_non_null(strstr(err.text, "36 cells"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_keep_apart_and_off_missing_cells),
        cmocka_unit_test(the_seed_decides_the_places),
        cmocka_unit_test(a_full_area_gives_every_cell_and_too_many_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
