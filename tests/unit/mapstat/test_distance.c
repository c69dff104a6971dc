/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lines to cells, and exact distances to them against a search over all marked cells. */
#include "base/rng.h"
#include "kit/check.h"
#include "mapstat/distance.h"

enum { MAXIMUM = 2500 };

static unsigned char mark[MAXIMUM], nearest[MAXIMUM];
static float distance[MAXIMUM];

/* Random marks on grids of odd shapes with oblong cells. */
static void distances_are_those_of_a_full_search(void **state) {
    (void)state;
    tl_err err;
    static const struct {
        ptrdiff_t nrow, ncol;
        double dx, dy, share;
    } shape[] = {{37, 41, 30, 30, 0.01}, {41, 37, 7, 23, 0.02}, {1, 60, 10, 3, 0.05},
                 {60, 1, 10, 3, 0.05},   {20, 20, 50, 1, 0.3},  {45, 50, 1, 1, 0.001}};
    tl_rng random = tl_rng_start(3, TL_STREAM_SIMULATE, 5);
    for (size_t s = 0; s < sizeof shape / sizeof shape[0]; s++) {
        const ptrdiff_t n = shape[s].nrow * shape[s].ncol, ncol = shape[s].ncol;
        for (ptrdiff_t i = 0; i < n; i++) {
            const int here = tl_rng_uniform(&random) < shape[s].share;
            mark[i] = here ? (unsigned char)(1 + tl_rng_below(&random, 9)) : 0;
        }
        mark[n / 3] = 7;
        CHECK_OK(tl_mapstat_distance(mark, shape[s].nrow, ncol, shape[s].dx, shape[s].dy, distance,
                                     nearest, &err));
        for (ptrdiff_t i = 0; i < n; i++) {
            double least = (double)INFINITY;
            int among = 0; /* the mark that is named is one of the nearest ones */
            for (int pass = 0; pass < 2; pass++) {
                for (ptrdiff_t k = 0; k < n; k++) {
                    const double e = (double)(i % ncol - k % ncol) * shape[s].dx;
                    const double d = (double)(i / ncol - k / ncol) * shape[s].dy;
                    const double away = sqrt(e * e + d * d);
                    if (mark[k] && pass == 0) {
                        least = fmin(least, away);
                    } else if (mark[k] && away <= least * (1 + 1e-12)) {
                        among |= mark[k] == nearest[i];
                    }
                }
            }
            CHECK_NEAR((double)distance[i], (double)(float)least, 1e-7 * least);
            assert_true(among);
        }
    }
}

static void without_marks_everything_is_infinitely_far(void **state) {
    (void)state;
    tl_err err;
    memset(mark, 0, sizeof mark);
    CHECK_OK(tl_mapstat_distance(mark, 5, 6, 1.0, 1.0, distance, nearest, &err));
    for (int i = 0; i < 30; i++) {
        assert_true(isinf(distance[i]) && nearest[i] == 0);
    }
    const ptrdiff_t before = tl_live_blocks();
    tl_code code = TL_NOMEM;
    for (ptrdiff_t n = 0; code == TL_NOMEM; n++) {
        tl_fail_after(n);
        code = tl_mapstat_distance(mark, 5, 6, 1.0, 1.0, distance, NULL, &err);
        tl_fail_after(-1);
    }
    assert_int_equal(code, TL_OK);
    assert_int_equal(tl_live_blocks(), before);
}

/* A line marks one cell per step, the part outside none, and where lines meet the larger value
 * stays, in whichever order they come. */
static void lines_mark_the_cells_they_run_through(void **state) {
    (void)state;
    tl_err err;
    tl_grid shape;
    const tl_georef geo = {.transform = {100, 10, 0, 200, 0, -10}, .metres_per_unit = 1.0};
    CHECK_OK(tl_grid_init(&shape, 6, 8, &geo, &err));
    /* Along row 2 from far west to far east; down column 3; a stretch with a missing vertex. */
    const double x[] = {-1e7, 1e7, 135, 135, 105, (double)NAN, 175};
    const double y[] = {175, 175, 195, 145, 195, 0, 145};
    const ptrdiff_t first[] = {0, 2, 4, 7};
    for (int turn = 0; turn < 2; turn++) {
        const unsigned char value[] = {(unsigned char)(turn ? 2 : 5), (unsigned char)(turn ? 5 : 2),
                                       9};
        ptrdiff_t n;
        CHECK_OK(tl_mapstat_mark_lines(&shape, x, y, first, 3, value, mark, &n, &err));
        assert_int_equal(n, 8 + 6 - 1);
        for (int i = 0; i < 48; i++) {
            const int on_row = i / 8 == 2, on_column = i % 8 == 3;
            const int wanted = on_row && on_column ? 5 : (on_row ? value[0] : value[1]);
            assert_int_equal(mark[i], on_row || on_column ? wanted : 0);
        }
    }
    tl_grid_free(&shape);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_are_those_of_a_full_search),
        cmocka_unit_test(without_marks_everything_is_infinitely_far),
        cmocka_unit_test(lines_mark_the_cells_they_run_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
