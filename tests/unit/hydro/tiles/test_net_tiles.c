/* SPDX-License-Identifier: GPL-2.0-or-later
 * Stream cells and subbasins of a DEM in tiles equal those of the whole raster. */
#include "base/rng.h"
#include "hydro/basins.h"
#include "hydro/fill.h"
#include "hydro/flow.h"
#include "hydro/tiles/net_tiles.h"
#include "hydro/tiles/route_tiles.h"
#include "kit/check.h"
#include "unit/hydro/tiles/tiles_kit.h"

typedef struct net_case {
    tl_grid filled;
    tl_d8 d8;
    tl_cells cells;
} net_case;

/* A random DEM that falls to the south, with holes; in degrees or metres. */
static void make_case(net_case *g, ptrdiff_t nrow, ptrdiff_t ncol, int64_t seed, int levels,
                      int in_degrees) {
    tl_err err;
    tl_grid rough;
    const double cell = in_degrees ? 0.001 : 10.0;
    tl_georef geo = {.transform = {0, cell, 0, 50.0, 0, -cell}, .metres_per_unit = 1.0};
    geo.is_geographic = in_degrees;
    geo.semi_major_m = 6378137.0;
    CHECK_OK(tl_grid_init(&rough, nrow, ncol, &geo, &err));
    tl_rng rng = tl_rng_start(seed, TL_STREAM_SIMULATE, 0);
    for (ptrdiff_t at = 0; at < nrow * ncol; at++) {
        rough.data[at] = (float)(floor(tl_rng_uniform(&rng) * levels) - (double)(at / ncol) / 3.0);
        if (tl_rng_uniform(&rng) < 0.003) {
            rough.data[at] = NAN;
        }
    }
    CHECK_OK(tl_hydro_fill(&rough, seed % 2 ? 0.0 : 0.01, &g->filled, NULL, &err));
    CHECK_OK(tl_hydro_d8_init(&g->d8, &g->filled, TL_FLOW_EDGE_DRAIN, NULL, &err));
    CHECK_OK(tl_terrain_cells_init(&g->cells, &g->filled, "test", &err));
    tl_grid_free(&rough);
}

static void free_case(net_case *g) {
    tl_terrain_cells_free(&g->cells);
    tl_hydro_d8_free(&g->d8);
    tl_grid_free(&g->filled);
}

/* The results of one division into tiles. */
typedef struct tiled_streams {
    tiled_case tiled;
    tl_paged receivers;
    tl_net net;
} tiled_streams;

static void make_tiled(tiled_streams *t, const net_case *g, const tl_streams_options *options,
                       int cut) {
    tl_err err;
    tl_flow_options flow = {
        .method = TL_FLOW_D8, .edge = TL_FLOW_EDGE_DRAIN, .unit = TL_FLOW_CELLS};
    tl_tiles_sums count, area;
    const int equal = tl_hydro_net_cell_m2(&g->cells) > 0.0;
    breached(&t->tiled, &g->filled, &g->cells, cut);
    const tl_dem_tiles *tiles = &t->tiled.dem_tiles;
    CHECK_OK(tl_hydro_tiles_route(tiles, &flow, &t->receivers, NULL, &err));
    CHECK_OK(tl_hydro_tiles_sum(tiles, &t->receivers, &flow, NULL, &count, NULL, &err));
    flow.unit = TL_FLOW_M2;
    CHECK_OK(tl_hydro_tiles_sum(tiles, &t->receivers, &flow, NULL, &area, NULL, &err));
    CHECK_OK(tl_hydro_tiles_net(tiles, &t->receivers, &count, equal ? NULL : &area, options,
                                &t->net, NULL, &err));
    tl_hydro_tiles_sums_free(&count);
    tl_hydro_tiles_sums_free(&area);
}

static void free_tiled_streams(tiled_streams *t) {
    tl_hydro_net_free(&t->net);
    tl_tiles_paged_free(&t->receivers);
    free_tiled(&t->tiled);
}

static void compare_nets(const tl_net *got, const tl_net *want) {
    assert_int_equal(got->n, want->n);
    assert_true(got->max_cells == want->max_cells);
    for (ptrdiff_t k = 0; k < want->n; k++) {
        const tl_net_cell *a = &got->cell[k];
        const tl_net_cell *b = &want->cell[k];
        assert_true(a->at == b->at && a->next == b->next && a->direction == b->direction &&
                    a->missing == b->missing);
        assert_true(a->count == b->count && a->area_m2 == b->area_m2 && a->z == b->z);
    }
}

static void streams_and_subbasins_do_not_depend_on_the_tiles(void **state) {
    (void)state;
    tl_err err;
    for (int k = 0; k < 12; k++) {
        net_case g;
        make_case(&g, 41 + k, 66 - k, k, k % 3 ? 6 : 200, k % 4 == 3);
        tl_streams_options options = {.threshold_cells = k % 2 ? 12.0 : 0.0,
                                      .threshold_m2 = k % 2 ? 0.0 : 3000.0};
        tl_net want;
        CHECK_OK(tl_hydro_net_collect(&g.filled, &g.d8, &g.cells, &options, &want, NULL, &err));
        assert_true(want.n > 30);
        tl_node node[2] = {{want.cell[2 * want.n / 3].at, 0}, {want.cell[want.n / 4].at, 1}};
        options.node = k % 3 == 1 ? node : NULL;
        options.n_node = k % 3 == 1 ? 2 : 0;
        tl_streams streams;
        CHECK_OK(tl_hydro_streams(&g.filled, &g.d8, &options, &streams, NULL, &err));
        const ptrdiff_t n = g.filled.nrow * g.filled.ncol;
        int *label = malloc((size_t)n * sizeof *label);
        int *got = malloc((size_t)n * sizeof *got);
        tl_hydro_basins(&g.d8, &streams, &options, label);
        for (int cut = 0; cut < n_cuts; cut++) {
            tiled_streams t;
            make_tiled(&t, &g, &options, cut);
            compare_nets(&t.net, &want);
            tl_paged basins;
            CHECK_OK(tl_hydro_tiles_basins(&t.tiled.dem_tiles, &t.receivers, &streams, &options,
                                           &basins, NULL, &err));
            CHECK_OK(tl_tiles_paged_read(&basins, (tl_box){0, 0, g.filled.nrow, g.filled.ncol}, got,
                                         &err));
            assert_memory_equal(got, label, (size_t)n * sizeof *label);
            tl_tiles_paged_free(&basins);
            free_tiled_streams(&t);
        }
        free(label);
        free(got);
        tl_hydro_streams_free(&streams);
        tl_hydro_net_free(&want);
        free_case(&g);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_and_subbasins_do_not_depend_on_the_tiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
