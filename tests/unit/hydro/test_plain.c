/* SPDX-License-Identifier: GPL-2.0-or-later
 * The quick kernels of filling, directions, slope, wetness index and LS-factor against the plain
 * rule for one cell at a time: the same bits. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "hydro/factors.h"
#include "hydro/fill.h"
#include "hydro/flow.h"
#include "kit/check.h"
#include "terrain/neighbours.h"

enum { NROW = 211, NCOL = 307, N = NROW * NCOL };

/* Hills with noise; terraces have thousands of equal heights, holes have NoData in them. */
static void make_ground(tl_grid *dem, int terraces, int holes, double dy) {
    tl_err err = {0};
    const tl_georef geo = {.transform = {0, 10, 0, 0, 0, -dy}, .metres_per_unit = 1.0};
    CHECK_OK(tl_grid_init(dem, NROW, NCOL, &geo, &err));
    unsigned noise = 12345;
    for (int at = 0; at < N; at++) {
        noise = noise * 1664525U + 1013904223U;
        const double row = at / NCOL;
        const double col = at % NCOL;
        const double z =
            50.0 + 9.0 * sin(col / 17.0) + 7.0 * cos(row / 23.0) + (double)(noise >> 20) / 1024.0;
        dem->data[at] = (float)(terraces ? floor(z) : z);
        if (holes && (noise >> 8) % 61 == 0) {
            dem->data[at] = NAN;
        }
    }
}

/* --- priority flood, one comparison after the other --- */

typedef struct waiting {
    double height;
    int at;
} waiting;

static int up(waiting *heap, int hole, waiting e) {
    while (hole > 0 && heap[(hole - 1) / 2].height > e.height) {
        heap[hole] = heap[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    heap[hole] = e;
    return hole;
}

static waiting take(waiting *heap, int *n) {
    const waiting root = heap[0];
    const waiting last = heap[--*n];
    int hole = 0;
    for (int left = 1; left < *n; left = 2 * hole + 1) {
        const int right_is_next = left + 1 < *n && !(heap[left + 1].height > heap[left].height);
        heap[hole] = heap[left + right_is_next];
        hole = left + right_is_next;
    }
    up(heap, hole, last);
    return root;
}

static void plain_fill(const tl_grid *dem, double gradient, double dy, float *filled) {
    waiting *heap = tl_acquire(N + 1, sizeof *heap);
    unsigned char *done = tl_acquire(N, 1);
    double length[TL_NEIGHBOURS];
    int n = 0;
    assert_true(heap != NULL && done != NULL);
    tl_terrain_neighbour_lengths(10.0, dy, length);
    for (int row = NROW - 1; row >= 0; row--) {
        for (int col = 0; col < NCOL; col++) {
            const int at = row * NCOL + col;
            filled[at] = dem->data[at];
            for (int i = 0; i < TL_NEIGHBOURS && !isnan(dem->data[at]) && !done[at]; i++) {
                done[at] = tl_terrain_neighbour(dem, row, col, i) < 0;
            }
            if (done[at]) {
                up(heap, n++, (waiting){(double)dem->data[at], at});
            }
        }
    }
    while (n > 0) {
        const int at = take(heap, &n).at;
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            const ptrdiff_t next = tl_terrain_neighbour(dem, at / NCOL, at % NCOL, i);
            if (next >= 0 && !done[next]) {
                const double raised = (double)filled[at] + gradient * length[i];
                const double own = (double)dem->data[next];
                const double height = own > raised ? own : raised;
                filled[next] = (float)height;
                done[next] = 1;
                up(heap, n++, (waiting){height, (int)next});
            }
        }
    }
    tl_release(heap);
    tl_release(done);
}

static void filling_floods_in_the_plain_order(void **state) {
    (void)state;
    for (int k = 0; k < 8; k++) {
        const double dy = k & 4 ? 13.0 : 10.0;
        tl_err err = {0};
        tl_grid dem, filled;
        make_ground(&dem, k & 1, k & 2, dy);
        float *wanted = tl_acquire(N, sizeof *wanted);
        CHECK_OK(tl_hydro_fill(&dem, 1.0, &filled, NULL, &err));
        plain_fill(&dem, tan(3.14159265358979323846 / 180.0), dy, wanted);
        assert_memory_equal(filled.data, wanted, N * sizeof *wanted);
        tl_release(wanted);
        tl_grid_free(&dem);
        tl_grid_free(&filled);
    }
}

/* --- one direction per cell --- */

static int plain_direction(const tl_grid *g, int row, int col, double dy, tl_flow_edge edge) {
    double length[TL_NEIGHBOURS];
    tl_terrain_neighbour_lengths(10.0, dy, length);
    int best = -1;
    double steepest_drop = 0.0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t next = tl_terrain_neighbour(g, row, col, i);
        if (next < 0 && edge == TL_FLOW_EDGE_SAGA) {
            return -1;
        }
        if (next < 0) {
            continue;
        }
        const double drop = ((double)g->data[row * NCOL + col] - (double)g->data[next]) / length[i];
        if (drop > steepest_drop) {
            steepest_drop = drop;
            best = i;
        }
    }
    return best;
}

static void water_takes_the_steepest_way(void **state) {
    (void)state;
    for (int k = 0; k < 8; k++) {
        const double dy = k & 4 ? 13.0 : 10.0;
        const tl_flow_edge edge = k & 1 ? TL_FLOW_EDGE_SAGA : TL_FLOW_EDGE_DRAIN;
        tl_err err = {0};
        tl_grid dem, filled;
        tl_d8 d8;
        make_ground(&dem, 0, k & 2, dy);
        CHECK_OK(tl_hydro_fill(&dem, 1.0, &filled, NULL, &err)); /* no flats */
        CHECK_OK(tl_hydro_d8_init(&d8, &filled, edge, NULL, &err));
        for (int at = 0; at < N; at++) {
            const int wanted = isnan(filled.data[at])
                                   ? -1
                                   : plain_direction(&filled, at / NCOL, at % NCOL, dy, edge);
            assert_int_equal(d8.direction[at], wanted);
        }
        tl_hydro_d8_free(&d8);
        tl_grid_free(&dem);
        tl_grid_free(&filled);
    }
}

/* --- factors --- */

static void check_bits(const tl_grid *grid, int at, double wanted) {
    const float stored = (float)wanted;
    assert_true(isnan(stored) ? isnan(grid->data[at])
                              : memcmp(&stored, &grid->data[at], sizeof stored) == 0);
}

static void factors_are_those_of_the_c_library(void **state) {
    (void)state;
    tl_err err = {0};
    tl_grid dem, filled, area, made[TL_FACTORS];
    tl_cells cells;
    make_ground(&dem, 0, 1, 13.0);
    CHECK_OK(tl_hydro_fill(&dem, 0.01, &filled, NULL, &err));
    const tl_flow_options flow = {.method = TL_FLOW_MFD, .convergence = 1.1, .unit = TL_FLOW_M2};
    CHECK_OK(tl_hydro_accumulate(&filled, &flow, &area, NULL, &err));
    CHECK_OK(tl_terrain_cells_init(&cells, &filled, "test", &err));
    const tl_factor_source source = {.surface = &filled, .area_m2 = &area, .cells = &cells};
    for (int f = 0; f < TL_FACTORS; f++) {
        CHECK_OK(tl_hydro_factor(&source, (tl_factor)f, 2, &made[f], &err));
    }
    for (int at = 0; at < N; at++) {
        double north = (double)NAN;
        double east = (double)NAN;
        if (!isnan(filled.data[at])) {
            tl_terrain_gradient(&filled, at / NCOL, at % NCOL, 10.0, 13.0,
                                TL_SLOPE_ZEVENBERGEN_THORNE, &north, &east);
        }
        const double t = sqrt(north * north + east * east);
        const double width = t > 0.0 ? fabs(north) / t * 10.0 + fabs(east) / t * 13.0
                                     : fabs(cos(1.0)) * 10.0 + fabs(sin(1.0)) * 13.0;
        const double sca = isnan(t) ? (double)NAN : (double)area.data[at] / width;
        check_bits(&made[TL_FACTOR_SLOPE], at, atan(t));
        check_bits(&made[TL_FACTOR_SCA], at, sca);
        check_bits(&made[TL_FACTOR_TWI], at, log(sca) - log(t > 0.001 ? t : 0.001));
        check_bits(&made[TL_FACTOR_LS], at,
                   tl_hydro_ls_moore_of_logs(log(t) - 0.5 * log1p(t * t), log(sca)));
    }
    for (int f = 0; f < TL_FACTORS; f++) {
        tl_grid_free(&made[f]);
    }
    tl_terrain_cells_free(&cells);
    tl_grid_free(&dem);
    tl_grid_free(&filled);
    tl_grid_free(&area);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filling_floods_in_the_plain_order),
        cmocka_unit_test(water_takes_the_steepest_way),
        cmocka_unit_test(factors_are_those_of_the_c_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
