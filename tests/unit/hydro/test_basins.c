/* SPDX-License-Identifier: GPL-2.0-or-later
 * Outlets, subbasins, their outlines and burnt lines: drawn cases, and what must hold on any
 * ground. */
#include "base/grid.h"
#include "hydro/basins.h"
#include "hydro/burn.h"
#include "hydro/fill.h"
#include "hydro/flow.h"
#include "hydro/outlets.h"
#include "hydro/stream_links.h"
#include "kit/check.h"

static void make(tl_grid *g, ptrdiff_t nrow, ptrdiff_t ncol, double side) {
    tl_err err;
    const tl_georef geo = {.transform = {1000, side, 0, 5000, 0, -side}, .metres_per_unit = 1.0};
    CHECK_OK(tl_grid_init(g, nrow, ncol, &geo, &err));
}

/* --- fractal surface with holes --- */

enum { SIDE = 129, CELLS = SIDE * SIDE };

static double jump(uint64_t seed, ptrdiff_t at, double size) {
    uint64_t h = seed + (uint64_t)at * 0x9E3779B97F4A7C15U;
    h = (h ^ (h >> 31)) * 0xBF58476D1CE4E5B9U;
    h ^= h >> 29;
    return size * ((double)(h % 20011) / 10005.0 - 1.0);
}

/* Midpoint displacement (Fournier et al. 1982): height at the middle of a square or an edge is the
 * mean of the corners plus noise that shrinks with the square. */
static void make_fractal(tl_grid *g, uint64_t seed) {
    make(g, SIDE, SIDE, 25.0);
    double size = 200.0;
    for (ptrdiff_t step = SIDE - 1; step > 1; step /= 2, size *= 0.55) {
        const ptrdiff_t half = step / 2;
        for (ptrdiff_t r = 0; r < SIDE; r += half) {
            for (ptrdiff_t c = 0; c < SIDE; c += half) {
                const int odd_r = r % step != 0;
                const int odd_c = c % step != 0;
                if (!odd_r && !odd_c) {
                    continue;
                }
                const ptrdiff_t r0 = odd_r ? r - half : r;
                const ptrdiff_t r1 = odd_r ? r + half : r;
                const ptrdiff_t c0 = odd_c ? c - half : c;
                const ptrdiff_t c1 = odd_c ? c + half : c;
                const double mean =
                    0.25 * ((double)g->data[r0 * SIDE + c0] + (double)g->data[r1 * SIDE + c0] +
                            (double)g->data[r0 * SIDE + c1] + (double)g->data[r1 * SIDE + c1]);
                g->data[r * SIDE + c] = (float)(mean + jump(seed, r * SIDE + c, size));
            }
        }
    }
    for (ptrdiff_t r = 30; r < 45; r++) {
        for (ptrdiff_t c = 60; c < 70; c++) {
            g->data[r * SIDE + c] = NAN;
        }
    }
    g->data[100 * SIDE + 20] = NAN;
}

typedef struct basin_case {
    tl_grid dem;
    tl_grid filled;
    tl_d8 d8;
    double *count;
} basin_case;

static void make_case(basin_case *g, uint64_t seed) {
    tl_err err;
    make_fractal(&g->dem, seed);
    CHECK_OK(tl_hydro_fill(&g->dem, 0.01, &g->filled, NULL, &err));
    CHECK_OK(tl_hydro_d8_init(&g->d8, &g->filled, TL_FLOW_EDGE_DRAIN, NULL, &err));
    g->count = tl_acquire(CELLS, sizeof *g->count);
    CHECK_OK(tl_hydro_d8_accumulate(&g->d8, &g->filled, g->count, &err));
}

static void free_case(basin_case *g) {
    tl_release(g->count);
    tl_hydro_d8_free(&g->d8);
    tl_grid_free(&g->filled);
    tl_grid_free(&g->dem);
}

/* --- links --- */

static int larger(int a, int b) {
    return a > b ? a : b;
}

/* Links point at each other, numbers rise downstream (so there is no cycle), order and magnitude
 * follow from the links above, areas grow, and lines follow the directions. */
static void check_links(const tl_streams *s, const tl_d8 *d8) {
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        const tl_link *l = &s->link[i];
        const ptrdiff_t *v = s->vertex + l->first;
        int order = 1;
        ptrdiff_t magnitude = l->upstream[0] < 0;
        for (int k = 0; k < 2 && l->upstream[k] >= 0; k++) {
            const tl_link *above = &s->link[l->upstream[k]];
            assert_int_equal(above->downstream, i);
            assert_true(above->downstream_m2 <= l->upstream_m2 + 1e-6);
            order = k == 1 && above->order == order ? order + 1 : larger(order, above->order);
            magnitude += above->magnitude;
        }
        assert_int_equal(l->order, order);
        assert_int_equal(l->magnitude, magnitude);
        assert_true(l->upstream_m2 <= l->downstream_m2);
        if (l->downstream >= 0) {
            const tl_link *below = &s->link[l->downstream];
            assert_true(l->downstream > i);
            assert_true(below->upstream[0] == i || below->upstream[1] == i);
            assert_int_equal(v[0], below->top);
        }
        assert_int_equal(v[l->n_vertex - 1], l->top);
        for (ptrdiff_t k = 1; k < l->n_vertex && l->length_m > 0.0 && l->out < 0; k++) {
            assert_int_equal(tl_hydro_d8_next(d8, v[k]), v[k - 1]);
        }
    }
}

/* --- outlines --- */

static double ring_area(const tl_rings *rings, const tl_ring *ring) {
    double twice = 0.0;
    for (ptrdiff_t k = 0; k < ring->n; k++) {
        const ptrdiff_t a = ring->first + k;
        const ptrdiff_t b = ring->first + (k + 1) % ring->n;
        twice += (double)rings->row[a] * (double)rings->col[b] -
                 (double)rings->col[a] * (double)rings->row[b];
    }
    return 0.5 * twice;
}

static int meets_itself(const tl_rings *rings, const tl_ring *ring) {
    for (ptrdiff_t a = ring->first; a < ring->first + ring->n; a++) {
        for (ptrdiff_t b = ring->first; b < a; b++) {
            if (rings->col[a] == rings->col[b] && rings->row[a] == rings->row[b]) {
                return 1;
            }
        }
    }
    return 0;
}

/* Outer rings lie before their holes, run anticlockwise, and the areas of a label's rings add up
 * to its cells. */
static void check_rings(const tl_rings *rings, const int *label, ptrdiff_t n, int n_label) {
    double *left = tl_acquire(n_label, sizeof *left);
    for (ptrdiff_t at = 0; at < n; at++) {
        if (label[at] >= 0) {
            left[label[at]] += 1.0;
        }
    }
    for (ptrdiff_t r = 0; r < rings->n_ring; r++) {
        const tl_ring *ring = &rings->ring[r];
        const double area = ring_area(rings, ring);
        assert_true(ring->is_hole ? area < 0.0 : area > 0.0);
        const int begins = r == 0 || rings->ring[r - 1].part != ring->part;
        assert_int_equal(begins, !ring->is_hole);
        assert_true(r == 0 || rings->ring[r - 1].label <= ring->label);
        assert_false(meets_itself(rings, ring));
        left[ring->label] -= area;
    }
    for (int i = 0; i < n_label; i++) {
        CHECK_NEAR(left[i], 0.0, 0.0);
    }
    tl_release(left);
}

/* Label 0 touches itself in corners, from outside and around a hole; label 1 sits in a hole:
 *
 *     0 0 0 .
 *     0 1 0 .
 *     0 0 . 0      the pocket at row 2, column 2 meets the hole in a corner only
 *     . . 0 0 */
static void corners_part_polygons_and_holes(void **state) {
    (void)state;
    tl_err err;
    static const int label[16] = {0, 0, 0, -1, 0, 1, 0, -1, 0, 0, -1, 0, -1, -1, 0, 0};
    tl_rings rings;
    CHECK_OK(tl_hydro_rings(label, 4, 4, &rings, &err));
    check_rings(&rings, label, 16, 2);
    assert_int_equal(rings.n_ring, 4);
    assert_int_equal(rings.ring[0].label, 0);
    assert_false(rings.ring[0].is_hole);
    assert_true(rings.ring[1].is_hole);
    assert_int_equal(rings.ring[1].n, 4);
    assert_int_equal(rings.ring[2].label, 0);
    assert_false(rings.ring[2].is_hole);
    assert_int_equal(rings.ring[3].label, 1);
    tl_hydro_rings_free(&rings);
    static const int nothing[4] = {-1, -1, -1, -1};
    CHECK_OK(tl_hydro_rings(nothing, 2, 2, &rings, &err));
    assert_int_equal(rings.n_ring, 0);
    tl_hydro_rings_free(&rings);
    tl_hydro_rings_free(NULL);
}

/* Noise has every corner case there is: parts, nested holes, pinched rings. */
static void outlines_of_noise_add_up(void **state) {
    (void)state;
    tl_err err;
    enum { N = 61 };
    int label[N * N];
    for (int kinds = 2; kinds < 6; kinds++) {
        for (ptrdiff_t at = 0; at < (ptrdiff_t)(N * N); at++) {
            label[at] = (int)(jump(77, at + 10000 * kinds, 0.5) * kinds + 0.5 * kinds) - 1;
            label[at] = label[at] >= kinds ? kinds - 1 : label[at];
        }
        tl_rings rings;
        CHECK_OK(tl_hydro_rings(label, N, N, &rings, &err));
        assert_true(rings.n_ring > 100);
        check_rings(&rings, label, (ptrdiff_t)(N * N), kinds);
        tl_hydro_rings_free(&rings);
    }
}

/* --- whole networks --- */

static int is_above(const basin_case *g, ptrdiff_t at, ptrdiff_t cell) {
    while (at >= 0 && at != cell) {
        at = tl_hydro_d8_next(&g->d8, at);
    }
    return at == cell;
}

/* The stream cell with most water that has at least that many cells, and fewer than below. */
static ptrdiff_t pick(const basin_case *g, ptrdiff_t above_cell, double limit) {
    ptrdiff_t best = -1;
    for (ptrdiff_t at = 0; at < CELLS; at++) {
        if (g->count[at] < limit && (best < 0 || g->count[at] > g->count[best]) &&
            (above_cell < 0 || (at != above_cell && is_above(g, at, above_cell)))) {
            best = at;
        }
    }
    assert_true(best >= 0);
    return best;
}

static void check_cover(const basin_case *g, const tl_streams *s, const tl_streams_options *o,
                        double wanted_cells) {
    tl_err err;
    int *label = tl_acquire(CELLS, sizeof *label);
    double *area = tl_acquire(s->n_link, sizeof *area);
    tl_hydro_basins(&g->d8, s, o, label);
    CHECK_OK(tl_hydro_label_areas(&g->filled, label, s->n_link, area, &err));
    double total = 0.0;
    for (ptrdiff_t i = 0; i < s->n_link; i++) {
        total += area[i];
        /* A link has land of its own exactly when it has cells of its own. */
        assert_int_equal(area[i] > 0.0, s->link[i].n_own > 0);
    }
    CHECK_NEAR(total, 625.0 * wanted_cells, 1e-6);
    tl_rings rings;
    CHECK_OK(tl_hydro_rings(label, SIDE, SIDE, &rings, &err));
    check_rings(&rings, label, CELLS, (int)s->n_link);
    tl_hydro_rings_free(&rings);
    tl_release(label);
    tl_release(area);
}

static void networks_without_outlets_keep_their_invariants(void **state) {
    (void)state;
    tl_err err;
    for (uint64_t seed = 1; seed < 4; seed++) {
        basin_case g;
        make_case(&g, seed);
        static const double thresholds[] = {1.0, 12.0, 150.0};
        for (int k = 0; k < 3; k++) {
            const tl_streams_options o = {.threshold_cells = thresholds[k]};
            tl_streams s;
            CHECK_OK(tl_hydro_streams(&g.filled, &g.d8, &o, &s, NULL, &err));
            check_links(&s, &g.d8);
            double drained = 0.0;
            for (ptrdiff_t i = 0; i < s.n_link; i++) {
                drained += s.link[i].downstream < 0 ? s.link[i].downstream_m2 / 625.0 : 0.0;
            }
            check_cover(&g, &s, &o, drained);
            tl_hydro_streams_free(&s);
        }
        free_case(&g);
    }
}

/* A main outlet, a reservoir above it, a second outlet right below a junction or a link's end, and
 * an inlet: the land is that of the outlets less that of the inlet, each node ends one link. */
static void networks_with_outlets_keep_their_invariants(void **state) {
    (void)state;
    tl_err err;
    for (uint64_t seed = 1; seed < 6; seed++) {
        basin_case g;
        make_case(&g, seed);
        const ptrdiff_t main_outlet = pick(&g, -1, 1e9);
        const ptrdiff_t reservoir = pick(&g, main_outlet, 0.7 * g.count[main_outlet]);
        const ptrdiff_t next = tl_hydro_d8_next(&g.d8, reservoir);
        const ptrdiff_t inlet = pick(&g, reservoir, 0.5 * g.count[reservoir]);
        const tl_node node[4] = {{main_outlet, 0}, {reservoir, 0}, {inlet, 1}, {next, 0}};
        const tl_streams_options o = {
            .threshold_cells = 20.0, .node = node, .n_node = next == main_outlet ? 3 : 4};
        tl_streams s;
        CHECK_OK(tl_hydro_streams(&g.filled, &g.d8, &o, &s, NULL, &err));
        check_links(&s, &g.d8);
        check_cover(&g, &s, &o, g.count[main_outlet] - g.count[inlet]);
        ptrdiff_t ended[4] = {0};
        ptrdiff_t ends = 0;
        for (ptrdiff_t i = 0; i < s.n_link; i++) {
            const tl_link *l = &s.link[i];
            ends += l->downstream < 0;
            if (l->node >= 0) {
                ended[l->node]++;
                assert_int_equal(s.vertex[l->first], node[l->node].cell);
                CHECK_NEAR(l->downstream_m2, 625.0 * g.count[node[l->node].cell], 1e-6);
            }
        }
        assert_int_equal(ends, 1);
        assert_int_equal(ended[0], 1);
        assert_int_equal(ended[1], 1);
        assert_int_equal(ended[2], 0);
        tl_hydro_streams_free(&s);
        free_case(&g);
    }
}

/* Whether (x, y) is on the stretch from a stream cell to one that it drains into or that drains
 * into it. */
static int on_a_stretch(const basin_case *g, const unsigned char *mask, ptrdiff_t cell, double x,
                        double y) {
    const double cx = 1012.5 + 25.0 * (double)(cell % SIDE);
    const double cy = 4987.5 - 25.0 * (double)(cell / SIDE);
    if (hypot(x - cx, y - cy) < 1e-6) {
        return 1;
    }
    for (ptrdiff_t to = 0; to < CELLS; to++) {
        if (!mask[to] ||
            (tl_hydro_d8_next(&g->d8, cell) != to && tl_hydro_d8_next(&g->d8, to) != cell)) {
            continue;
        }
        const double dx = 25.0 * (double)(to % SIDE - cell % SIDE);
        const double dy = -25.0 * (double)(to / SIDE - cell / SIDE);
        const double across = ((x - cx) * dy - (y - cy) * dx) / hypot(dx, dy);
        const double along = ((x - cx) * dx + (y - cy) * dy) / (dx * dx + dy * dy);
        /* Beyond the middle another vertex would be nearer. */
        if (fabs(across) < 1e-6 && along > 0.0 && along <= 0.5 + 1e-9) {
            return 1;
        }
    }
    return 0;
}

static void points_move_to_the_stream_line_at_the_nearest_vertex(void **state) {
    (void)state;
    tl_err err;
    basin_case g;
    make_case(&g, 9);
    const tl_streams_options o = {.threshold_cells = 50.0};
    unsigned char *mask = tl_acquire(CELLS, 1);
    CHECK_OK(tl_hydro_stream_mask(&g.filled, &g.d8, &o, mask, &err));
    double x[200], y[200];
    tl_snap snap[200];
    for (ptrdiff_t i = 0; i < 200; i++) {
        x[i] = 1000.0 + 25.0 * SIDE * (0.5 + 0.55 * jump(3, i, 1.0));
        y[i] = 5000.0 - 25.0 * SIDE * (0.5 + 0.55 * jump(4, i, 1.0));
    }
    CHECK_OK(tl_hydro_snap(&g.filled, &g.d8, &o, x, y, 200, 120.0, snap, &err));
    ptrdiff_t seen[4] = {0};
    ptrdiff_t between = 0;
    for (ptrdiff_t i = 0; i < 200; i++) {
        const int inside = x[i] >= 1000.0 && x[i] < 1000.0 + 25.0 * SIDE && y[i] <= 5000.0 &&
                           y[i] > 5000.0 - 25.0 * SIDE;
        seen[snap[i].state]++;
        assert_int_equal(snap[i].state == TL_SNAP_OUTSIDE, !inside);
        double nearest = 1e9;
        ptrdiff_t vertex = -1;
        for (ptrdiff_t at = 0; at < CELLS; at++) {
            const double d = hypot(1012.5 + 25.0 * (double)(at % SIDE) - x[i],
                                   4987.5 - 25.0 * (double)(at / SIDE) - y[i]);
            if (mask[at] && d < nearest) {
                nearest = d;
                vertex = at;
            }
        }
        if (snap[i].state == TL_SNAP_DONE) {
            assert_int_equal(snap[i].cell, vertex);
            CHECK_NEAR(snap[i].distance_m, hypot(snap[i].x - x[i], snap[i].y - y[i]), 1e-8);
            assert_true(snap[i].distance_m <= fmin(nearest + 1e-9, 120.0));
            assert_true(on_a_stretch(&g, mask, vertex, snap[i].x, snap[i].y));
            between += snap[i].distance_m < nearest - 1e-6;
        } else if (inside && snap[i].state == TL_SNAP_FAR) {
            /* The line is at most half a diagonal nearer than its nearest vertex. */
            assert_true(nearest > 120.0 - 12.5 * sqrt(2.0));
        }
    }
    assert_true(seen[TL_SNAP_DONE] > 20 && seen[TL_SNAP_OUTSIDE] > 5 && seen[TL_SNAP_FAR] > 5);
    assert_true(between > 5);
    tl_release(mask);
    free_case(&g);
}

/* Two lines cross; their common cell is lowered once, NoData and what is outside is skipped, and
 * a line far away costs and changes nothing. */
static void lines_are_burnt_once_per_cell(void **state) {
    (void)state;
    tl_err err;
    tl_grid g;
    make(&g, 5, 6, 10.0);
    for (int i = 0; i < 30; i++) {
        g.data[i] = 100.0F;
    }
    g.data[2 * 6 + 4] = NAN;
    /* Along row 2 from column -3 to column 5; down column 2; a diagonal beyond; a broken one. */
    const double x[8] = {975, 1055, 1025, 1025, 1e12, 2e12, (double)NAN, 1005};
    const double y[8] = {4975, 4975, 4995, 4955, 1e12, -3e12, 4995, 4995};
    const ptrdiff_t first[5] = {0, 2, 4, 6, 8};
    tl_burnt burnt;
    CHECK_OK(tl_hydro_burn(&g, x, y, first, 3, 7.0, &burnt, &err));
    assert_int_equal(burnt.lowered, 5 + 4);
    assert_int_equal(burnt.nodata, 1);
    assert_true(burnt.outside > 1e10);
    for (ptrdiff_t at = 0; at < 30; at++) {
        const int on_line = at / 6 == 2 || at % 6 == 2;
        if (at != 2 * 6 + 4) {
            CHECK_NEAR((double)g.data[at], on_line ? 93.0 : 100.0, 0.0);
        }
    }
    CHECK_OK(tl_hydro_burn(&g, x, y, first, 4, 7.0, &burnt, &err));
    CHECK_OK(tl_hydro_burn(&g, x, y, first + 3, 1, 7.0, &burnt, &err));
    assert_int_equal(burnt.lowered, 0);
    /* A slanted line visits one cell per column, and no column twice. */
    const double sx[2] = {1005, 1055};
    const double sy[2] = {4995, 4965};
    const ptrdiff_t one[2] = {0, 2};
    CHECK_OK(tl_hydro_burn(&g, sx, sy, one, 1, 1.0, &burnt, &err));
    assert_int_equal(burnt.lowered + burnt.nodata, 6);
    CHECK_NEAR(burnt.outside, 0.0, 0.0);
    tl_grid_free(&g);
}

static void memory_may_run_out_anywhere(void **state) {
    (void)state;
    tl_err err;
    const ptrdiff_t before = tl_live_blocks();
    basin_case g;
    make_case(&g, 2);
    const tl_node node = {pick(&g, -1, 1e9), 0};
    const tl_streams_options o = {.threshold_cells = 60.0, .node = &node, .n_node = 1};
    const double x = 2000.0;
    const double y = 4000.0;
    tl_code code = TL_NOMEM;
    for (ptrdiff_t n = 0; code == TL_NOMEM; n++) {
        tl_streams s = {0};
        tl_rings rings = {0};
        tl_burnt burnt;
        tl_snap snap;
        const ptrdiff_t first[2] = {0, 1};
        static int label[CELLS];
        tl_fail_after(n);
        code = tl_hydro_snap(&g.filled, &g.d8, &o, &x, &y, 1, 900.0, &snap, &err);
        code = code == TL_OK ? tl_hydro_streams(&g.filled, &g.d8, &o, &s, NULL, &err) : code;
        if (code == TL_OK) {
            tl_hydro_basins(&g.d8, &s, &o, label);
            code = tl_hydro_rings(label, SIDE, SIDE, &rings, &err);
        }
        code = code == TL_OK ? tl_hydro_burn(&g.dem, &x, &y, first, 1, 1.0, &burnt, &err) : code;
        tl_fail_after(-1);
        tl_hydro_streams_free(&s);
        tl_hydro_rings_free(&rings);
    }
    assert_int_equal(code, TL_OK);
    free_case(&g);
    assert_int_equal(tl_live_blocks(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corners_part_polygons_and_holes),
        cmocka_unit_test(outlines_of_noise_add_up),
        cmocka_unit_test(networks_without_outlets_keep_their_invariants),
        cmocka_unit_test(networks_with_outlets_keep_their_invariants),
        cmocka_unit_test(points_move_to_the_stream_line_at_the_nearest_vertex),
        cmocka_unit_test(lines_are_burnt_once_per_cell),
        cmocka_unit_test(memory_may_run_out_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
