/* SPDX-License-Identifier: GPL-2.0-or-later
 * The wetness index with transmissivity and less its mean. */
#include "hydro/twi.h"
#include "kit/check.h"

enum { ROWS = 3, COLS = 4, CELLS = ROWS * COLS };

static const double cell_m2[ROWS] = {100.0, 90.0, 80.0};

static void make(tl_grid *g, double from, double step) {
    tl_err err;
    CHECK_OK(tl_grid_init(g, ROWS, COLS, NULL, &err));
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        g->data[i] = (float)(from + step * (double)i);
    }
}

static double mean(const tl_grid *g) {
    double sum = 0.0;
    double weight = 0.0;
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        if (!isnan(g->data[i])) {
            sum += cell_m2[i / COLS] * (double)g->data[i];
            weight += cell_m2[i / COLS];
        }
    }
    return sum / weight;
}

static void the_index_of_topmodel_has_no_mean(void **state) {
    (void)state;
    tl_err err;
    tl_grid twi, t;
    make(&twi, 3.0, 0.5);
    make(&t, 0.5, 2.0);
    twi.data[5] = NAN;
    t.data[7] = NAN;
    CHECK_OK(tl_hydro_topmodel(&twi, &t, cell_m2, TL_TOPMODEL_MEANS, &err));
    CHECK_NEAR(mean(&twi), 0.0, 1e-6);
    assert_true(isnan(twi.data[5]) && isnan(twi.data[7]));
    tl_grid_free(&twi);
    tl_grid_free(&t);
}

static void soil_that_is_the_same_everywhere_changes_nothing(void **state) {
    (void)state;
    tl_err err;
    tl_grid with, without, t;
    make(&with, 3.0, 0.5);
    make(&without, 3.0, 0.5);
    make(&t, 7.0, 0.0);
    CHECK_OK(tl_hydro_topmodel(&with, &t, cell_m2, TL_TOPMODEL_MEANS, &err));
    CHECK_OK(tl_hydro_topmodel(&without, NULL, cell_m2, TL_TOPMODEL_MEANS, &err));
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        CHECK_NEAR((double)with.data[i], (double)without.data[i], 2e-6);
    }
    tl_grid_free(&with);
    tl_grid_free(&without);
    tl_grid_free(&t);
}

static void transmissivity_counts_as_at_least_a_thousandth(void **state) {
    (void)state;
    tl_err err;
    tl_grid twi, t;
    make(&twi, 5.0, 0.0);
    make(&t, 0.0, 0.0005);
    CHECK_OK(tl_hydro_twi_transmit(&twi, &t, &err));
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        CHECK_NEAR((double)twi.data[i], 5.0 - log(fmax(0.0005 * (double)i, 0.001)), 2e-6);
    }
    tl_grid_free(&t);
    CHECK_OK(tl_grid_init(&t, ROWS, COLS + 1, NULL, &err));
    assert_int_equal(tl_hydro_twi_transmit(&twi, &t, &err), TL_SHAPE);
    assert_int_equal(tl_hydro_topmodel(&twi, &t, cell_m2, TL_TOPMODEL_MEANS, &err), TL_SHAPE);
    tl_grid_free(&twi);
    tl_grid_free(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_index_of_topmodel_has_no_mean),
        cmocka_unit_test(soil_that_is_the_same_everywhere_changes_nothing),
        cmocka_unit_test(transmissivity_counts_as_at_least_a_thousandth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
