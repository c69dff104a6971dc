/* SPDX-License-Identifier: GPL-2.0-or-later
 * Flats, routing rules, directions and weights: laws that hold on any surface. */
#include "base/grid.h"
#include "base/rng.h"
#include "hydro/breach.h"
#include "hydro/downstream.h"
#include "hydro/fill.h"
#include "hydro/flow.h"
#include "kit/check.h"
#include "terrain/neighbours.h"

static const double pi = 3.14159265358979323846;

static void make(tl_grid *g, ptrdiff_t nrow, ptrdiff_t ncol, double dx, double dy) {
    tl_err err;
    const tl_georef geo = {.transform = {0, dx, 0, 0, 0, -dy}, .metres_per_unit = 1.0};
    CHECK_OK(tl_grid_init(g, nrow, ncol, &geo, &err));
}

/* A random DEM of whole metres: pits and flats of all shapes, a large one in the middle, and
 * holes. */
static void make_rough(tl_grid *dem, ptrdiff_t nrow, ptrdiff_t ncol, int64_t seed, int levels) {
    make(dem, nrow, ncol, 10.0, 10.0);
    tl_rng rng = tl_rng_start(seed, TL_STREAM_SIMULATE, 0);
    for (ptrdiff_t at = 0; at < nrow * ncol; at++) {
        dem->data[at] = (float)floor(tl_rng_uniform(&rng) * levels);
        if (tl_rng_uniform(&rng) < 0.002) {
            dem->data[at] = NAN;
        }
    }
    for (ptrdiff_t r = nrow / 4; r < nrow / 2; r++) {
        for (ptrdiff_t c = ncol / 4; c < ncol / 2; c++) {
            dem->data[r * ncol + c] = 0.0F;
        }
    }
}

static int is_outlet(const tl_grid *g, ptrdiff_t at) {
    for (int i = 0; i < 8; i++) {
        if (tl_terrain_neighbour(g, at / g->ncol, at % g->ncol, i) < 0) {
            return 1;
        }
    }
    return 0;
}

/* The definition, computed by relaxing until nothing changes: the lowest surface w >= z in which
 * every cell inside has a neighbour not above it. */
static void fill_by_definition(const tl_grid *dem, float *w) {
    const ptrdiff_t n = dem->nrow * dem->ncol;
    for (ptrdiff_t at = 0; at < n; at++) {
        w[at] = isnan(dem->data[at]) || is_outlet(dem, at) ? dem->data[at] : 1e9F;
    }
    for (int changed = 1; changed;) {
        changed = 0;
        for (ptrdiff_t at = 0; at < n; at++) {
            for (int i = 0; i < 8 && !isnan(dem->data[at]) && !is_outlet(dem, at); i++) {
                const ptrdiff_t other =
                    tl_terrain_neighbour(dem, at / dem->ncol, at % dem->ncol, i);
                const float level = fmaxf(dem->data[at], w[other]);
                if (level < w[at]) {
                    w[at] = level;
                    changed = 1;
                }
            }
        }
    }
}

static void filling_without_slope_gives_the_lowest_surface(void **state) {
    (void)state;
    tl_err err;
    for (int k = 0; k < 6; k++) {
        tl_grid dem, filled;
        make_rough(&dem, 30 + 7 * k, 44 - 3 * k, k, k % 2 ? 5 : 1000);
        float *want = malloc((size_t)(dem.nrow * dem.ncol) * sizeof *want);
        fill_by_definition(&dem, want);
        CHECK_OK(tl_hydro_fill(&dem, 0.0, &filled, NULL, &err));
        for (ptrdiff_t at = 0; at < dem.nrow * dem.ncol; at++) {
            assert_true(filled.data[at] == want[at] || (isnan(filled.data[at]) && isnan(want[at])));
        }
        free(want);
        tl_grid_free(&dem);
        tl_grid_free(&filled);
    }
}

/* Every cell of a surface filled without slope reaches an outlet, for both edge rules. */
static void every_cell_of_a_filled_flat_drains(void **state) {
    (void)state;
    tl_err err;
    for (int k = 0; k < 8; k++) {
        tl_grid dem, filled;
        make_rough(&dem, 60, 50, k, k % 4 == 0 ? 1 : 4);
        CHECK_OK(tl_hydro_fill(&dem, 0.0, &filled, NULL, &err));
        tl_d8 d8;
        CHECK_OK(tl_hydro_d8_init(&d8, &filled, k % 2 ? TL_FLOW_EDGE_SAGA : TL_FLOW_EDGE_DRAIN,
                                  NULL, &err));
        ptrdiff_t valid = 0;
        for (ptrdiff_t at = 0; at < 60 * 50; at++) {
            const ptrdiff_t next = tl_hydro_d8_next(&d8, at);
            valid += !isnan(filled.data[at]);
            if (!isnan(filled.data[at]) && next < 0) {
                assert_true(is_outlet(&filled, at));
            }
            assert_true(next < 0 || filled.data[next] <= filled.data[at]);
        }
        /* A walk downstream visits every valid cell once only if there is no circle. */
        tl_downstream walk;
        CHECK_OK(tl_hydro_downstream_init(&walk, &d8, &filled, &err));
        ptrdiff_t visited = 0;
        unsigned char seen[60 * 50] = {0};
        for (ptrdiff_t at = tl_hydro_downstream_next(&walk); at >= 0;
             at = tl_hydro_downstream_next(&walk)) {
            const ptrdiff_t next = tl_hydro_d8_next(&d8, at);
            assert_false(seen[at] || isnan(filled.data[at]));
            assert_true(next < 0 || !seen[next]);
            seen[at] = 1;
            visited++;
        }
        assert_int_equal(visited, valid);
        tl_hydro_downstream_free(&walk);
        tl_hydro_d8_free(&d8);
        tl_grid_free(&dem);
        tl_grid_free(&filled);
    }
}

/* On a flat shelf below a wall in the west with its exit in the east, water leaves the wall and
 * runs straight east. */
static void water_leaves_high_ground_and_seeks_the_exit(void **state) {
    (void)state;
    tl_err err;
    tl_grid dem;
    make(&dem, 9, 9, 10.0, 10.0);
    for (ptrdiff_t at = 0; at < 81; at++) {
        const ptrdiff_t col = at % 9;
        dem.data[at] = col == 0 || at / 9 == 0 || at / 9 == 8 ? 9.0F : (col == 8 ? 1.0F : 2.0F);
    }
    tl_d8 d8;
    CHECK_OK(tl_hydro_d8_init(&d8, &dem, TL_FLOW_EDGE_DRAIN, NULL, &err));
    for (ptrdiff_t col = 1; col < 8; col++) {
        assert_int_equal(d8.direction[4 * 9 + col], 2);
    }
    /* Next to the northern and southern walls it first turns away from them. */
    assert_int_equal(d8.direction[1 * 9 + 2], 3);
    assert_int_equal(d8.direction[7 * 9 + 2], 1);
    tl_hydro_d8_free(&d8);
    tl_grid_free(&dem);
}

static const tl_flow_method methods[] = {TL_FLOW_MFD, TL_FLOW_D8, TL_FLOW_MFD_QIN,
                                         TL_FLOW_DINF_SAGA, TL_FLOW_DINF_TARBOTON};

/* What enters a surface filled without slope leaves it at the outlets, by every routing; pits of
 * the unfilled DEM keep the rest. */
static void every_routing_conserves_cells_over_flats(void **state) {
    (void)state;
    tl_err err;
    tl_grid dem, filled, flow;
    make_rough(&dem, 60, 50, 3, 6);
    CHECK_OK(tl_hydro_fill(&dem, 0.0, &filled, NULL, &err));
    ptrdiff_t valid = 0;
    for (ptrdiff_t at = 0; at < 3000; at++) {
        valid += !isnan(dem.data[at]);
    }
    for (int m = 0; m < 5; m++) {
        const tl_flow_options options = {
            .method = methods[m], .edge = TL_FLOW_EDGE_DRAIN, .convergence = 1.1};
        CHECK_OK(tl_hydro_accumulate(&filled, &options, &flow, NULL, &err));
        double left = 0.0;
        for (ptrdiff_t at = 0; at < 3000; at++) {
            int lower = 0;
            for (int i = 0; i < 8; i++) {
                const ptrdiff_t other = tl_terrain_neighbour(&filled, at / 50, at % 50, i);
                lower |= other >= 0 && filled.data[other] < filled.data[at];
            }
            if (!isnan(filled.data[at])) {
                assert_true(flow.data[at] >= 1.0F);
                left += is_outlet(&filled, at) && !lower ? (double)flow.data[at] : 0.0;
            }
        }
        /* Floats of size 1000 added up. */
        CHECK_NEAR(left, (double)valid, 0.02);
        tl_grid_free(&flow);
    }
    tl_grid_free(&dem);
    tl_grid_free(&filled);
}

/* On a plane facing 30 degrees, Tarboton's angle is the direction of descent in every inner cell,
 * on square and on oblong cells, and the share is the part of the facet's angle. */
static void facets_find_the_direction_of_a_plane(void **state) {
    (void)state;
    tl_err err;
    for (int k = 0; k < 24; k++) {
        const double angle = (7.0 + 15.0 * k) * pi / 180.0;
        const double dy = k % 2 ? 10.0 : 25.0;
        tl_grid dem, out;
        make(&dem, 7, 7, 10.0, dy);
        for (ptrdiff_t r = 0; r < 7; r++) {
            for (ptrdiff_t c = 0; c < 7; c++) {
                dem.data[r * 7 + c] =
                    (float)(100.0 - cos(angle) * 10.0 * (double)c + sin(angle) * dy * (double)r);
            }
        }
        const tl_flow_options options = {.method = TL_FLOW_DINF_TARBOTON};
        CHECK_OK(tl_hydro_directions(&dem, &options, TL_DIRECTION_SAGA, &out, NULL, &err));
        /* Heights of 100 m are stored to 4e-6 m over cells of 10 m. */
        CHECK_NEAR((double)out.data[24], angle, 2e-6);
        assert_true(isnan(out.data[0]));
        tl_grid_free(&dem);
        tl_grid_free(&out);
    }
}

static void directions_are_numbered_as_others_do(void **state) {
    (void)state;
    static const int saga[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    static const int esri[8] = {64, 128, 1, 2, 4, 8, 16, 32};
    static const int taudem[8] = {3, 2, 1, 8, 7, 6, 5, 4};
    for (int i = 0; i < 8; i++) {
        assert_int_equal(tl_hydro_direction_number(i, TL_DIRECTION_SAGA), saga[i]);
        assert_int_equal(tl_hydro_direction_number(i, TL_DIRECTION_ESRI), esri[i]);
        assert_int_equal(tl_hydro_direction_number(i, TL_DIRECTION_TAUDEM), taudem[i]);
    }
    assert_int_equal(tl_hydro_direction_number(-1, TL_DIRECTION_SAGA), -1);
    assert_int_equal(tl_hydro_direction_number(-1, TL_DIRECTION_ESRI), 0);
    assert_int_equal(tl_hydro_direction_number(-1, TL_DIRECTION_TAUDEM), 0);
}

/* Twice the weight is twice the flow; a weight of NoData adds nothing; a cell whose sum is below 0
 * passes nothing on. */
static void weights_count_as_they_should(void **state) {
    (void)state;
    tl_err err;
    tl_grid dem, weight, flow;
    make(&dem, 1, 4, 10.0, 10.0);
    make(&weight, 1, 4, 10.0, 10.0);
    const float z[4] = {4, 3, 2, 1};
    const float w[4] = {2, NAN, -5, 1};
    memcpy(dem.data, z, sizeof z);
    memcpy(weight.data, w, sizeof w);
    for (int m = 0; m < 5; m++) {
        const tl_flow_options options = {.method = methods[m],
                                         .edge = TL_FLOW_EDGE_DRAIN,
                                         .convergence = 1.1,
                                         .weight = &weight};
        CHECK_OK(tl_hydro_accumulate(&dem, &options, &flow, NULL, &err));
        const double want[4] = {2, 2, -3, 1};
        for (int i = 0; i < 4; i++) {
            CHECK_NEAR((double)flow.data[i], want[i], 0.0);
        }
        tl_grid_free(&flow);
    }
    tl_grid_free(&weight);
    make(&weight, 2, 4, 10.0, 10.0);
    const tl_flow_options options = {.method = TL_FLOW_D8, .weight = &weight};
    assert_int_equal(tl_hydro_accumulate(&dem, &options, &flow, NULL, &err), TL_SHAPE);
    assert_non_null(strstr(err.text, "weights"));
    tl_grid_free(&weight);
    tl_grid_free(&dem);
}

/* A DEM that is turned by a quarter or mirrored has the turned or mirrored result: the lowest
 * surface exactly, flow on a surface without ties and flats to the rounding of its sums. */
static void turned_ground_gives_turned_results(void **state) {
    (void)state;
    tl_err err;
    enum { n = 40 };
    tl_grid dem[3], filled[3], flow[3];
    make_rough(&dem[0], n, n, 21, 200);
    tl_rng rng = tl_rng_start(22, TL_STREAM_SIMULATE, 0);
    for (ptrdiff_t at = 0; at < n * n; at++) {
        dem[0].data[at] += (float)tl_rng_uniform(&rng);
    }
    make(&dem[1], n, n, 10.0, 10.0);
    make(&dem[2], n, n, 10.0, 10.0);
    for (ptrdiff_t at = 0; at < n * n; at++) {
        dem[1].data[at % n * n + (n - 1 - at / n)] = dem[0].data[at];
        dem[2].data[at / n * n + (n - 1 - at % n)] = dem[0].data[at];
    }
    for (int k = 0; k < 3; k++) {
        CHECK_OK(tl_hydro_fill(&dem[k], 0.0, &filled[k], NULL, &err));
    }
    for (int m = 0; m < 6; m++) {
        for (int k = 0; k < 3 && m < 5; k++) {
            const tl_flow_options options = {.method = methods[m], .convergence = 1.1};
            CHECK_OK(tl_hydro_accumulate(&dem[k], &options, &flow[k], NULL, &err));
        }
        const tl_grid *result = m < 5 ? flow : filled;
        for (ptrdiff_t at = 0; at < n * n; at++) {
            const double want = (double)result[0].data[at];
            const double turned = (double)result[1].data[at % n * n + (n - 1 - at / n)];
            const double mirrored = (double)result[2].data[at / n * n + (n - 1 - at % n)];
            if (!isnan(want)) {
                CHECK_NEAR(turned, want, m < 5 ? 1e-6 * want : 0.0);
                /* SAGA's rule asks the neighbour clockwise of a straight aspect to be lower, too:
                 * it is no rule of a mirrored world. */
                if (m == 5 || methods[m] != TL_FLOW_DINF_SAGA) {
                    CHECK_NEAR(mirrored, want, m < 5 ? 1e-6 * want : 0.0);
                }
            }
        }
        for (int k = 0; k < 3 && m < 5; k++) {
            tl_grid_free(&flow[k]);
        }
    }
    for (int k = 0; k < 3; k++) {
        tl_grid_free(&dem[k]);
        tl_grid_free(&filled[k]);
    }
}

/* Ground of one row, one column, one cell or two by two has outlets only: filling leaves it alone
 * and all routings count its cells. */
static void thin_ground_is_all_outlets(void **state) {
    (void)state;
    tl_err err;
    static const ptrdiff_t shape[4][2] = {{1, 9}, {9, 1}, {1, 1}, {2, 2}};
    for (int k = 0; k < 4; k++) {
        const ptrdiff_t n = shape[k][0] * shape[k][1];
        tl_grid dem, filled, flow;
        make(&dem, shape[k][0], shape[k][1], 10.0, 10.0);
        for (ptrdiff_t at = 0; at < n; at++) {
            dem.data[at] = (float)((at * 7) % 5);
        }
        CHECK_OK(tl_hydro_fill(&dem, 0.0, &filled, NULL, &err));
        assert_memory_equal(dem.data, filled.data, (size_t)n * sizeof(float));
        for (int m = 0; m < 5; m++) {
            const tl_flow_options options = {
                .method = methods[m], .edge = (tl_flow_edge)(k % 2), .convergence = 1.1};
            CHECK_OK(tl_hydro_accumulate(&filled, &options, &flow, NULL, &err));
            for (ptrdiff_t at = 0; at < n; at++) {
                assert_true(flow.data[at] >= 1.0F && flow.data[at] <= (float)n);
            }
            tl_grid_free(&flow);
        }
        const tl_breach_options cut = {.max_length = 3};
        ptrdiff_t solved, unsolved;
        CHECK_OK(tl_hydro_breach(&dem, &cut, &solved, &unsolved, NULL, &err));
        assert_int_equal(solved + unsolved, 0);
        tl_grid_free(&dem);
        tl_grid_free(&filled);
    }
}

static void threads_do_not_change_a_byte(void **state) {
    (void)state;
    tl_err err;
    tl_grid dem, filled, flow[2];
    make_rough(&dem, 200, 70, 9, 50);
    CHECK_OK(tl_hydro_fill(&dem, 0.0, &filled, NULL, &err));
    for (int m = 0; m < 5; m++) {
        for (int t = 0; t < 2; t++) {
            const tl_flow_options options = {
                .method = methods[m], .convergence = 1.1, .threads = 1 + 2 * t};
            CHECK_OK(tl_hydro_accumulate(&filled, &options, &flow[t], NULL, &err));
        }
        assert_memory_equal(flow[0].data, flow[1].data, 200 * 70 * sizeof(float));
        tl_grid_free(&flow[0]);
        tl_grid_free(&flow[1]);
    }
    tl_grid_free(&dem);
    tl_grid_free(&filled);
}

static void nothing_leaks_when_memory_ends(void **state) {
    (void)state;
    tl_err err;
    const ptrdiff_t before = tl_live_blocks();
    tl_grid dem, out;
    tl_d8 d8;
    make_rough(&dem, 30, 30, 1, 3);
    for (int k = 0; k < 5; k++) {
        tl_code code = TL_NOMEM;
        ptrdiff_t n = 0;
        for (; code == TL_NOMEM; n++) {
            const tl_flow_options options = {.method = k == 1 ? TL_FLOW_MFD : TL_FLOW_D8,
                                             .convergence = 1.1};
            tl_fail_after(n);
            if (k == 0) {
                code = tl_hydro_fill(&dem, 0.0, &out, NULL, &err);
            } else if (k == 3) {
                code = tl_hydro_d8_init(&d8, &dem, TL_FLOW_EDGE_SAGA, NULL, &err);
            } else if (k == 4) {
                code = tl_hydro_directions(&dem, &options, TL_DIRECTION_ESRI, &out, NULL, &err);
            } else {
                code = tl_hydro_accumulate(&dem, &options, &out, NULL, &err);
            }
            tl_fail_after(-1);
        }
        assert_int_equal(code, TL_OK);
        assert_true(n > 4);
        if (k == 3) {
            tl_hydro_d8_free(&d8);
        } else {
            tl_grid_free(&out);
        }
    }
    tl_grid_free(&dem);
    assert_int_equal(tl_live_blocks(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filling_without_slope_gives_the_lowest_surface),
        cmocka_unit_test(every_cell_of_a_filled_flat_drains),
        cmocka_unit_test(water_leaves_high_ground_and_seeks_the_exit),
        cmocka_unit_test(every_routing_conserves_cells_over_flats),
        cmocka_unit_test(facets_find_the_direction_of_a_plane),
        cmocka_unit_test(directions_are_numbered_as_others_do),
        cmocka_unit_test(weights_count_as_they_should),
        cmocka_unit_test(turned_ground_gives_turned_results),
        cmocka_unit_test(thin_ground_is_all_outlets),
        cmocka_unit_test(threads_do_not_change_a_byte),
        cmocka_unit_test(nothing_leaks_when_memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
