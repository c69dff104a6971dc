/* SPDX-License-Identifier: GPL-2.0-or-later
 * Tables of samples and bands keep the rows and columns that were asked for, and only those. */
#include "base/matrix.h"
#include "kit/check.h"

enum { ROWS = 3, COLS = 5 };

/* The value encodes its position: 10 * row + column. */
static void make(tl_matrix *m) {
    tl_err err;
    CHECK_OK(tl_matrix_init(m, ROWS, COLS, &err));
    for (ptrdiff_t k = 0; k < ROWS * COLS; k++) {
        m->data[k] = (double)(10 * (k / COLS) + k % COLS);
    }
}

static void columns_left_out_close_the_gap(void **state) {
    (void)state;
    static const ptrdiff_t kept[] = {1, 2, 4};
    tl_matrix m;
    make(&m);
    tl_matrix_keep_columns(&m, kept, 3);
    assert_int_equal(m.nrow, ROWS);
    assert_int_equal(m.ncol, 3);
    for (ptrdiff_t i = 0; i < ROWS; i++) {
        for (ptrdiff_t k = 0; k < 3; k++) {
            CHECK_NEAR(tl_matrix_row(&m, i)[k], (double)(10 * i + kept[k]), 0.0);
        }
    }
    tl_matrix_free(&m);
    tl_matrix_keep_columns(&m, kept, 3);
    assert_int_equal(m.ncol, 0);
}

static void rows_are_taken_in_any_order(void **state) {
    (void)state;
    static const ptrdiff_t index[] = {2, 0, 2};
    tl_err err;
    tl_matrix m;
    tl_matrix taken;
    make(&m);
    CHECK_OK(tl_matrix_take_rows(&taken, &m, index, 3, &err));
    for (ptrdiff_t i = 0; i < 3; i++) {
        CHECK_NEAR(tl_matrix_row(&taken, i)[3], (double)(10 * index[i] + 3), 0.0);
    }
    tl_matrix_free(&m);
    tl_matrix_free(&taken);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_left_out_close_the_gap),
        cmocka_unit_test(rows_are_taken_in_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
