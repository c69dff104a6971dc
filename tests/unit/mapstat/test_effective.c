/* SPDX-License-Identifier: GPL-2.0-or-later
 * Effective sample size: known numbers on a small map in double, with and without holes, and the
 * definition over all pairs of cells on maps of odd shapes. */
#include "base/rng.h"
#include "kit/check.h"
#include "mapstat/correlate.h"
#include "mapstat/effective.h"

enum { ROWS = 10, COLS = 12, CELLS = ROWS * COLS };

static double x[CELLS], y[CELLS];
static unsigned char mask[CELLS];

static tl_field_pair known_pair(void) {
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < COLS; j++) {
            x[i * COLS + j] = sin(0.5 * i) + 0.3 * cos(0.7 * j) + 0.05 * ((7 * i + 3 * j) % 5);
            y[i * COLS + j] =
                0.6 * sin(0.5 * i + 0.4) + 0.4 * cos(0.7 * j) + 0.08 * ((5 * i + 11 * j) % 7);
            mask[i * COLS + j] = 1;
        }
    }
    return (tl_field_pair){ROWS, COLS, mask, x, y, 10.0, 10.0};
}

/* Numbers worked out over all pairs, apart from this code. */
static void a_small_map_gives_the_known_numbers(void **state) {
    (void)state;
    tl_err err;
    const tl_field_pair pair = known_pair();
    tl_effective e;
    CHECK_OK(tl_mapstat_effective(&pair, &e, &err));
    CHECK_NEAR(tl_mapstat_pearson(x, y, CELLS), 0.8738985709910, 1e-12);
    CHECK_NEAR(e.n, 9.3973448398684, 1e-9);
    static const double pairs[TL_CORRELOGRAM] = {218, 394, 1006, 838, 1046, 928, 868,
                                                 740, 470, 402,  150, 70,   10};
    for (int k = 0; k < TL_CORRELOGRAM; k++) {
        CHECK_NEAR(e.pairs[k], pairs[k], 0.0);
    }
    CHECK_NEAR(e.autocorr_x[0], 0.88207561, 5e-9);
    CHECK_NEAR(e.autocorr_x[1], 0.73169052, 5e-9);
    CHECK_NEAR(e.autocorr_x[2], 0.42358129, 5e-9);
    CHECK_NEAR(e.autocorr_y[0], 0.81846995, 5e-9);
    CHECK_NEAR(e.autocorr_y[1], 0.71428871, 5e-9);
    CHECK_NEAR(e.autocorr_y[2], 0.45331798, 5e-9);
}

static void holes_change_the_pairs(void **state) {
    (void)state;
    tl_err err;
    const tl_field_pair pair = known_pair();
    for (int j = 4; j <= 7; j++) {
        mask[3 * COLS + j] = 0;
        mask[4 * COLS + j] = 0;
    }
    mask[0] = 0;
    x[0] = (double)NAN; /* what does not count is not looked at */
    tl_effective e;
    CHECK_OK(tl_mapstat_effective(&pair, &e, &err));
    CHECK_NEAR(e.n, 8.5638880483557, 1e-9);
}

/* The definition, pair by pair. */
static double by_pairs(const tl_field_pair *p) {
    enum { MAXIMUM = 400 };
    static double u[2][MAXIMUM], row[2][MAXIMUM], at[2][MAXIMUM];
    int n = 0;
    double mean[2] = {0, 0}, variance[2] = {0, 0}, largest = 0.0;
    for (int i = 0; i < p->nrow * p->ncol; i++) {
        if (p->mask[i]) {
            u[0][n] = p->x[i];
            u[1][n] = p->y[i];
            at[0][n] = p->dx * (double)(i % p->ncol);
            at[1][n++] = p->dy * (double)(i / p->ncol);
        }
    }
    for (int s = 0; s < 2; s++) {
        for (int i = 0; i < n; i++) {
            mean[s] += u[s][i] / n;
        }
        for (int i = 0; i < n; i++) {
            u[s][i] -= mean[s];
            variance[s] += u[s][i] * u[s][i] / n;
        }
    }
    static unsigned char class_of[MAXIMUM][MAXIMUM];
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                const double e = at[0][i] - at[0][j], s = at[1][i] - at[1][j];
                const double d = sqrt(e * e + s * s);
                if (pass == 0) {
                    largest = fmax(largest, d);
                } else {
                    int k = 0;
                    while (k < 12 && d > (k + 1) * largest / 13) {
                        k++;
                    }
                    class_of[i][j] = (unsigned char)k;
                }
            }
        }
    }
    double rho[2][13] = {{0}}, count[13] = {0};
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < i; j++) {
            const int k = class_of[i][j];
            count[k] += 1.0;
            rho[0][k] += u[0][i] * u[0][j] / variance[0];
            rho[1][k] += u[1][i] * u[1][j] / variance[1];
        }
    }
    double product = n, sum[2] = {0, 0}, rows = 0.0;
    for (int i = 0; i < n; i++) {
        row[0][i] = row[1][i] = 1.0;
    }
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < i; j++) {
            const int k = class_of[i][j];
            const double a = rho[0][k] / count[k], b = rho[1][k] / count[k];
            product += 2.0 * a * b;
            row[0][i] += a;
            row[0][j] += a;
            row[1][i] += b;
            row[1][j] += b;
        }
    }
    for (int i = 0; i < n; i++) {
        sum[0] += row[0][i];
        sum[1] += row[1][i];
        rows += row[0][i] * row[1][i];
    }
    const double trace = product + (sum[0] * sum[1] / n - 2.0 * rows) / n;
    return 1.0 + (n - sum[0] / n) * (n - sum[1] / n) / trace;
}

/* One row, one column, oblong cells, scattered cells: the same as pair by pair. */
static void lags_give_what_pairs_give(void **state) {
    (void)state;
    tl_err err;
    static const struct {
        ptrdiff_t nrow, ncol;
        double dx, dy, share;
    } shape[] = {{1, 57, 10, 10, 1.0}, {43, 1, 5, 7, 1.0},   {13, 17, 30, 10, 1.0},
                 {19, 20, 7, 11, 0.7}, {20, 19, 1, 1, 0.15}, {2, 3, 1, 1, 1.0}};
    static double u[400], v[400];
    static unsigned char here[400];
    tl_rng random = tl_rng_start(4, TL_STREAM_SIMULATE, 1);
    for (size_t k = 0; k < sizeof shape / sizeof shape[0]; k++) {
        const ptrdiff_t cells = shape[k].nrow * shape[k].ncol;
        for (ptrdiff_t i = 0; i < cells; i++) {
            const double row = (double)(i / shape[k].ncol), col = (double)(i % shape[k].ncol);
            u[i] = 250.0 + sin(0.3 * row) + cos(0.2 * col) + 0.5 * tl_rng_normal(&random);
            v[i] = 0.01 * sin(0.25 * row + 0.1 * col) + 0.004 * tl_rng_normal(&random);
            here[i] = tl_rng_uniform(&random) < shape[k].share;
        }
        const tl_field_pair pair = {shape[k].nrow, shape[k].ncol, here, u, v,
                                    shape[k].dx,   shape[k].dy};
        tl_effective e;
        CHECK_OK(tl_mapstat_effective(&pair, &e, &err));
        const double wanted = by_pairs(&pair);
        CHECK_NEAR(e.n, wanted, 1e-9 * wanted);
    }
}

static void what_cannot_be_estimated_is_not_a_number(void **state) {
    (void)state;
    tl_err err;
    const ptrdiff_t before = tl_live_blocks();
    const tl_field_pair pair = known_pair();
    tl_effective e;
    tl_code code = TL_NOMEM;
    for (ptrdiff_t n = 0; code == TL_NOMEM; n++) {
        tl_fail_after(n);
        code = tl_mapstat_effective(&pair, &e, &err);
        tl_fail_after(-1);
    }
    assert_int_equal(code, TL_OK);
    for (int i = 0; i < CELLS; i++) {
        y[i] = 0.1;
    }
    CHECK_OK(tl_mapstat_effective(&pair, &e, &err));
    assert_true(isnan(e.n));
    for (int i = 2; i < CELLS; i++) {
        mask[i] = 0;
    }
    CHECK_OK(tl_mapstat_effective(&pair, &e, &err));
    assert_true(isnan(e.n));
    assert_int_equal(tl_live_blocks(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_map_gives_the_known_numbers),
        cmocka_unit_test(holes_change_the_pairs),
        cmocka_unit_test(lags_give_what_pairs_give),
        cmocka_unit_test(what_cannot_be_estimated_is_not_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
