/* SPDX-License-Identifier: GPL-2.0-or-later
 * Stream links: a drawn network whose answer is known, and the invariants that any network
 * keeps. */
#include "base/grid.h"
#include "hydro/fill.h"
#include "hydro/flow.h"
#include "hydro/stream_links.h"
#include "kit/check.h"

static void make(tl_grid *g, ptrdiff_t nrow, ptrdiff_t ncol, double side) {
    tl_err err;
    const tl_georef geo = {.transform = {0, side, 0, 0, 0, -side}, .metres_per_unit = 1.0};
    CHECK_OK(tl_grid_init(g, nrow, ncol, &geo, &err));
}

/* A valley drawn as single cells between NoData walls, so every cell is a stream:
 *
 *     a . b        a and b meet in J; J flows south to K, where a third source d joins.
 *     . J .
 *     d K .
 *     . L . */
static void drawn_network_has_the_drawn_topology(void **state) {
    (void)state;
    tl_err err;
    tl_grid g;
    make(&g, 4, 3, 10.0);
    const float z[12] = {9, NAN, 9.5F, NAN, 7, NAN, 6, 5, NAN, NAN, 4.8F, NAN};
    memcpy(g.data, z, sizeof z);
    tl_d8 d8;
    tl_streams s;
    const tl_streams_options options = {.threshold_cells = 1.0};
    CHECK_OK(tl_hydro_d8_init(&d8, &g, TL_FLOW_EDGE_DRAIN, NULL, &err));
    CHECK_OK(tl_hydro_streams(&g, &d8, &options, &s, NULL, &err));
    assert_int_equal(s.n_link, 5);
    const double diagonal = 10.0 * sqrt(2.0);
    int sources = 0;
    for (ptrdiff_t i = 0; i < 5; i++) {
        const tl_link *l = &s.link[i];
        sources += l->magnitude == 1;
        if (l->downstream < 0) {
            assert_int_equal(l->magnitude, 3);
            assert_int_equal(l->order, 2);
            assert_int_equal(s.vertex[l->first], 10);
            assert_int_equal(s.vertex[l->first + 1], 7);
            CHECK_NEAR(l->length_m, 10.0, 1e-12);
            CHECK_NEAR(l->drop_m, 0.2, 1e-6);
            CHECK_NEAR(l->downstream_m2, 600.0, 1e-9);
            CHECK_NEAR(l->upstream_m2, 500.0, 1e-9);
        } else if (l->magnitude == 2) {
            assert_int_equal(l->order, 2);
            CHECK_NEAR(l->to_outlet_end_m, 10.0, 1e-12);
            CHECK_NEAR(l->to_outlet_start_m, 20.0, 1e-12);
            CHECK_NEAR(l->downstream_m2, 300.0, 1e-9);
        } else if (l->top == 0 || l->top == 2) {
            CHECK_NEAR(l->length_m, diagonal, 1e-12);
            CHECK_NEAR(l->straight_m, diagonal, 1e-12);
            CHECK_NEAR(l->to_outlet_start_m, 20.0 + diagonal, 1e-12);
        } else {
            assert_int_equal(l->top, 6);
            CHECK_NEAR(l->slope, 0.1, 1e-7);
        }
    }
    assert_int_equal(sources, 3);
    tl_hydro_streams_free(&s);
    tl_hydro_d8_free(&d8);
    tl_grid_free(&g);
}

/* Three streams in one cell: two binary junctions, joined by a link without length. Orders 1, 1, 1
 * result in order 2, as by Strahler's rule for three equal streams. */
static void three_streams_meet_in_two_junctions(void **state) {
    (void)state;
    tl_err err;
    tl_grid g;
    make(&g, 3, 3, 10.0);
    /* The middle source is the highest but reaches the junction more steeply than its
     * neighbours. */
    const float z[9] = {9, 9.8F, 9.5F, NAN, 5, NAN, NAN, 4, NAN};
    memcpy(g.data, z, sizeof z);
    tl_d8 d8;
    tl_streams s;
    const tl_streams_options options = {.threshold_cells = 1.0};
    CHECK_OK(tl_hydro_d8_init(&d8, &g, TL_FLOW_EDGE_DRAIN, NULL, &err));
    CHECK_OK(tl_hydro_streams(&g, &d8, &options, &s, NULL, &err));
    assert_int_equal(s.n_link, 5);
    int without_length = 0;
    for (ptrdiff_t i = 0; i < 5; i++) {
        if (s.link[i].length_m > 0.0) {
            continue;
        }
        without_length++;
        assert_int_equal(s.link[i].magnitude, 2);
        assert_int_equal(s.link[i].out, -1);
        assert_int_equal(s.vertex[s.link[i].first], 4);
        assert_int_equal(s.vertex[s.link[i].first + 1], 4);
        CHECK_NEAR(s.link[i].slope, 0.0, 0.0);
        CHECK_NEAR(s.link[i].downstream_m2, 200.0, 1e-9);
    }
    assert_int_equal(without_length, 1);
    const tl_link *last = &s.link[4];
    assert_int_equal(last->downstream, -1);
    assert_int_equal(last->order, 2);
    assert_int_equal(last->magnitude, 3);
    CHECK_NEAR(last->upstream_m2, 400.0, 1e-9);
    tl_hydro_streams_free(&s);
    tl_hydro_d8_free(&d8);
    tl_grid_free(&g);
}

/* Two streams meet in the last cell, at an edge or next to NoData: the link there has one cell, and
 * ends a quarter of a step on, the way that water goes. The links above count that length, too. */
static void check_last_cell(const float z[9], ptrdiff_t last_cell, int out, double length_m) {
    tl_err err;
    tl_grid g;
    make(&g, 3, 3, 10.0);
    memcpy(g.data, z, 9 * sizeof *z);
    tl_d8 d8;
    tl_streams s;
    const tl_streams_options options = {.threshold_cells = 1.0};
    CHECK_OK(tl_hydro_d8_init(&d8, &g, TL_FLOW_EDGE_DRAIN, NULL, &err));
    CHECK_OK(tl_hydro_streams(&g, &d8, &options, &s, NULL, &err));
    assert_int_equal(s.n_link, 3);
    const tl_link *last = &s.link[2];
    assert_int_equal(last->downstream, -1);
    assert_int_equal(last->n_own, 1);
    assert_int_equal(last->out, out);
    CHECK_NEAR(last->length_m, length_m, 1e-12);
    CHECK_NEAR(last->straight_m, length_m, 1e-12);
    CHECK_NEAR(last->drop_m, 0.0, 0.0);
    CHECK_NEAR(s.vertex_m[last->first], 0.0, 0.0);
    CHECK_NEAR(s.vertex_m[last->first + 1], length_m, 1e-12);
    for (ptrdiff_t i = 0; i < 2; i++) {
        assert_int_equal(s.link[i].out, -1);
        CHECK_NEAR(s.link[i].to_outlet_end_m, length_m, 1e-12);
    }
    double col[2], row[2];
    for (ptrdiff_t k = 0; k < 2; k++) {
        assert_int_equal(s.vertex[last->first + k], last_cell);
        tl_hydro_streams_position(&s, last, last->first + k, &col[k], &row[k]);
    }
    CHECK_NEAR(col[1], (double)(last_cell % 3) + 0.5, 0.0);
    CHECK_NEAR(row[1], (double)(last_cell / 3) + 0.5, 0.0);
    CHECK_NEAR(10.0 * hypot(col[0] - col[1], row[0] - row[1]), length_m, 1e-12);
    assert_true((ptrdiff_t)col[0] == last_cell % 3 && (ptrdiff_t)row[0] == last_cell / 3);
    tl_hydro_streams_free(&s);
    tl_hydro_d8_free(&d8);
    tl_grid_free(&g);
}

static void a_last_cell_ends_on_the_way_that_water_leaves(void **state) {
    (void)state;
    /* Equal streams from N and E of the corner; the first of them goes straight on south. */
    const float corner[9] = {NAN, NAN, NAN, 9, NAN, NAN, 5, 9, NAN};
    check_last_cell(corner, 6, 4, 2.5);
    /* Equal streams from NE and W: straight on from the first is the south-west. */
    const float diagonal[9] = {NAN, NAN, 9, 9, 5, NAN, NAN, NAN, NAN};
    check_last_cell(diagonal, 4, 5, 2.5 * sqrt(2.0));
    /* Straight on from the larger stream is a cell with data; the next missing neighbour
     * clockwise. */
    const float bent[9] = {NAN, 9, NAN, NAN, 5, NAN, NAN, 9.5F, NAN};
    check_last_cell(bent, 4, 5, 2.5 * sqrt(2.0));
}

/* One cell alone with NoData around: water has no way in and leaves to the south. */
static void a_single_cell_is_a_line(void **state) {
    (void)state;
    tl_err err;
    tl_grid g;
    make(&g, 1, 1, 10.0);
    g.data[0] = 3.0F;
    tl_d8 d8;
    tl_streams s;
    const tl_streams_options options = {.threshold_cells = 1.0};
    CHECK_OK(tl_hydro_d8_init(&d8, &g, TL_FLOW_EDGE_DRAIN, NULL, &err));
    CHECK_OK(tl_hydro_streams(&g, &d8, &options, &s, NULL, &err));
    assert_int_equal(s.n_link, 1);
    assert_int_equal(s.link[0].out, 4);
    CHECK_NEAR(s.link[0].length_m, 2.5, 1e-12);
    tl_hydro_streams_free(&s);
    tl_hydro_d8_free(&d8);
    tl_grid_free(&g);
}

static void check_link(const tl_streams *s, ptrdiff_t i, const tl_d8 *d8) {
    const tl_link *l = &s->link[i];
    const ptrdiff_t *v = s->vertex + l->first;
    if (l->downstream >= 0) {
        assert_true(l->downstream > i);
        const tl_link *below = &s->link[l->downstream];
        assert_true(below->upstream[0] == i || below->upstream[1] == i);
        assert_int_equal(v[0], below->top);
        assert_true(l->downstream_m2 <= below->upstream_m2 + 1e-6);
    }
    assert_true(l->upstream_m2 <= l->downstream_m2);
    assert_true(l->drop_m >= 0.0);
    assert_int_equal(v[l->n_vertex - 1], l->top);
    if (l->downstream < 0) {
        assert_true(l->length_m > 0.0);
    }
    if (l->length_m > 0.0 && l->out < 0) {
        for (ptrdiff_t k = 1; k < l->n_vertex; k++) {
            assert_int_equal(tl_hydro_d8_next(d8, v[k]), v[k - 1]);
        }
    }
    if (l->upstream[0] < 0) {
        assert_int_equal(l->upstream[1], -1);
        assert_int_equal(l->order, 1);
        assert_int_equal(l->magnitude, 1);
        return;
    }
    const tl_link *a = &s->link[l->upstream[0]];
    const tl_link *b = &s->link[l->upstream[1]];
    assert_true(a->downstream == i && b->downstream == i);
    assert_int_equal(l->magnitude, a->magnitude + b->magnitude);
    const int high = a->order > b->order ? a->order : b->order;
    assert_int_equal(l->order, a->order == b->order ? high + 1 : high);
}

/* On a rough surface: links point at each other, no cycle, orders and magnitudes follow from the
 * links above, lines follow the directions, and every stream cell belongs to exactly one link
 * besides junction ends. */
static void any_network_keeps_its_invariants(void **state) {
    (void)state;
    tl_err err;
    tl_grid dem, filled;
    make(&dem, 90, 110, 30.0);
    for (ptrdiff_t r = 0; r < 90; r++) {
        for (ptrdiff_t c = 0; c < 110; c++) {
            dem.data[r * 110 + c] = (float)floor(
                300.0 + (double)r + 12.0 * sin(0.21 * (double)r) * cos(0.17 * (double)c) +
                5.0 * sin(1.3 * (double)r + 0.9 * (double)c));
        }
    }
    dem.data[40 * 110 + 50] = NAN;
    CHECK_OK(tl_hydro_fill(&dem, 0.01, &filled, NULL, &err));
    tl_d8 d8;
    CHECK_OK(tl_hydro_d8_init(&d8, &filled, TL_FLOW_EDGE_DRAIN, NULL, &err));
    double *count = tl_acquire(90 * 110, sizeof *count);
    CHECK_OK(tl_hydro_d8_accumulate(&d8, &filled, count, &err));
    static const double thresholds[] = {1.0, 5.0, 40.0};
    for (int k = 0; k < 3; k++) {
        tl_streams s;
        const tl_streams_options options = {.threshold_cells = thresholds[k]};
        CHECK_OK(tl_hydro_streams(&filled, &d8, &options, &s, NULL, &err));
        assert_true(s.n_link > 5);
        ptrdiff_t cells = 0;
        ptrdiff_t sources = 0;
        ptrdiff_t at_outlets = 0;
        for (ptrdiff_t i = 0; i < s.n_link; i++) {
            check_link(&s, i, &d8);
            sources += s.link[i].upstream[0] < 0;
            at_outlets += s.link[i].downstream < 0 ? s.link[i].magnitude : 0;
            const int ends_in_junction = s.link[i].downstream >= 0;
            if (s.link[i].length_m > 0.0) {
                cells += s.link[i].out >= 0 ? 1 : s.link[i].n_vertex - ends_in_junction;
            }
        }
        ptrdiff_t wanted = 0;
        for (ptrdiff_t at = 0; at < 90 * 110; at++) {
            wanted += count[at] >= thresholds[k];
        }
        assert_int_equal(cells, wanted);
        assert_int_equal(sources, at_outlets);
        /* 900 m2 per cell: the area threshold results in the same links. */
        tl_streams by_area;
        const tl_streams_options area = {.threshold_m2 = 900.0 * thresholds[k]};
        CHECK_OK(tl_hydro_streams(&filled, &d8, &area, &by_area, NULL, &err));
        assert_int_equal(by_area.n_link, s.n_link);
        tl_hydro_streams_free(&by_area);
        tl_hydro_streams_free(&s);
    }
    tl_release(count);
    tl_hydro_d8_free(&d8);
    tl_grid_free(&dem);
    tl_grid_free(&filled);
}

static void threshold_out_of_reach_is_explained(void **state) {
    (void)state;
    tl_err err;
    const ptrdiff_t before = tl_live_blocks();
    tl_grid g;
    make(&g, 3, 3, 10.0);
    for (int i = 0; i < 9; i++) {
        g.data[i] = (float)i;
    }
    tl_d8 d8;
    tl_streams s;
    tl_streams_options options = {.threshold_cells = 1000.0};
    CHECK_OK(tl_hydro_d8_init(&d8, &g, TL_FLOW_EDGE_DRAIN, NULL, &err));
    assert_int_equal(tl_hydro_streams(&g, &d8, &options, &s, NULL, &err), TL_DATA);
    assert_non_null(strstr(err.text, "threshold"));
    options.threshold_cells = 0.0;
    assert_int_equal(tl_hydro_streams(&g, &d8, &options, &s, NULL, &err), TL_ARG);
    options.threshold_cells = 1.0;
    tl_code code = TL_NOMEM;
    for (ptrdiff_t n = 0; code == TL_NOMEM; n++) {
        tl_fail_after(n);
        code = tl_hydro_streams(&g, &d8, &options, &s, NULL, &err);
        tl_fail_after(-1);
    }
    assert_int_equal(code, TL_OK);
    tl_hydro_streams_free(&s);
    tl_hydro_d8_free(&d8);
    tl_grid_free(&g);
    assert_int_equal(tl_live_blocks(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drawn_network_has_the_drawn_topology),
        cmocka_unit_test(three_streams_meet_in_two_junctions),
        cmocka_unit_test(a_last_cell_ends_on_the_way_that_water_leaves),
        cmocka_unit_test(a_single_cell_is_a_line),
        cmocka_unit_test(any_network_keeps_its_invariants),
        cmocka_unit_test(threshold_out_of_reach_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
