/* SPDX-License-Identifier: GPL-2.0-or-later
 * Filling tile by tile and in little memory returns the surface of the whole raster, bit for
 * bit. */
#include "base/georef.h"
#include "base/grid.h"
#include "base/rng.h"
#include "hydro/fill.h"
#include "hydro/tiles/fill_slope.h"
#include "hydro/tiles/fill_tiles.h"
#include "hydro/tiles/floodqueue.h"
#include "kit/check.h"
#include "unit/tiles/memory_scratch.h"

/* Kinds of DEMs for which the laws are tested. */
enum { ROUGH, TERRACES, FLAT, HOLES, BOWLS, ISLANDS, KINDS };

static float height_of(int kind, ptrdiff_t row, ptrdiff_t col, tl_rng *rng) {
    const double x = (double)col;
    const double y = (double)row;
    const double noise = tl_rng_uniform(rng);
    const double waves = 40.0 * sin(0.11 * x) * cos(0.13 * y) + 9.0 * sin(0.7 * x + 0.4 * y);
    switch (kind) {
        case TERRACES: /* many ties and flats, as whole-metre models have */
            return (float)floor(0.2 * waves + 2.0 * noise);
        case FLAT:
            return 7.0F;
        case HOLES:
            return noise < 0.08 ? NAN : (float)(waves + 5.0 * tl_rng_uniform(rng));
        case BOWLS: /* nested depressions wider than any tile */
            return (float)(0.02 * ((x - 30.0) * (x - 30.0) + (y - 25.0) * (y - 25.0)) +
                           3.0 * noise);
        case ISLANDS:
            return sin(0.35 * x) * sin(0.31 * y) < -0.2 ? NAN : (float)floor(6.0 * noise);
        default:
            return (float)(waves + 12.0 * noise);
    }
}

static void make(tl_grid *dem, int kind, ptrdiff_t nrow, ptrdiff_t ncol, int64_t seed) {
    tl_err err;
    const tl_georef geo = {.transform = {0, 10, 0, 0, 0, -12}, .metres_per_unit = 1.0};
    CHECK_OK(tl_grid_init(dem, nrow, ncol, &geo, &err));
    tl_rng rng = tl_rng_start(seed, TL_STREAM_SIMULATE, 0);
    for (ptrdiff_t i = 0; i < nrow * ncol; i++) {
        dem->data[i] = height_of(kind, i / ncol, i % ncol, &rng);
    }
    dem->data[0] = 5.0F; /* at least one cell with data */
}

static void page(tl_paged *z, const tl_grid *dem, ptrdiff_t tile_rows, ptrdiff_t tile_cols) {
    tl_err err;
    static const float blank = NAN;
    const tl_paged_shape shape = {.nrow = dem->nrow,
                                  .ncol = dem->ncol,
                                  .size = sizeof blank,
                                  .tile_rows = tile_rows,
                                  .tile_cols = tile_cols,
                                  .blank = &blank};
    const tl_scratch scratch = memory_scratch(1 << 20);
    CHECK_OK(tl_tiles_paged_init(z, &shape, &scratch, &err));
    CHECK_OK(
        tl_tiles_paged_write(z, (tl_box){0, 0, dem->nrow, dem->ncol}, dem->data, dem->ncol, &err));
}

static void check_same(tl_paged *z, const tl_grid *want) {
    tl_err err;
    const ptrdiff_t n = want->nrow * want->ncol;
    float *found = tl_acquire(n, sizeof *found);
    assert_non_null(found);
    CHECK_OK(tl_tiles_paged_read(z, (tl_box){0, 0, want->nrow, want->ncol}, found, &err));
    for (ptrdiff_t i = 0; i < n; i++) {
        if (memcmp(&found[i], &want->data[i], sizeof *found) != 0 &&
            !(isnan(found[i]) && isnan(want->data[i]))) {
            fail_msg("row %td, column %td is %.9g, wanted %.9g", i / want->ncol, i % want->ncol,
                     (double)found[i], (double)want->data[i]);
        }
    }
    tl_release(found);
}

static const ptrdiff_t shapes[][2] = {{61, 53}, {1, 40}, {40, 1}, {2, 37}, {33, 3}, {64, 64}};

static void lowest_surface_does_not_depend_on_tiles(void **state) {
    (void)state;
    tl_err err;
    static const ptrdiff_t sides[] = {1, 2, 3, 5, 8, 16, 31, 100};
    for (int kind = 0; kind < KINDS; kind++) {
        for (int s = 0; s < 6; s++) {
            tl_grid dem, want;
            make(&dem, kind, shapes[s][0], shapes[s][1], 7 * kind + s);
            CHECK_OK(tl_hydro_fill(&dem, 0.0, &want, NULL, &err));
            for (int k = 0; k < 8; k++) {
                tl_paged z;
                page(&z, &dem, 4, 8);
                CHECK_OK(tl_hydro_tiles_fill_lowest(&z, sides[k], 1 + k % 3, NULL, &err));
                check_same(&z, &want);
                tl_tiles_paged_free(&z);
            }
            tl_grid_free(&dem);
            tl_grid_free(&want);
        }
    }
    assert_int_equal(tl_live_blocks(), 0);
}

/* The three steps on tiles that are not square, as another program would call them. */
static void steps_work_on_rows_and_columns(void **state) {
    (void)state;
    tl_err err;
    static const ptrdiff_t cut[][2] = {{1, 100}, {100, 1}, {1, 7}, {9, 2}, {20, 31}};
    for (int k = 0; k < 5; k++) {
        tl_grid dem, want;
        make(&dem, k % 2 == 0 ? BOWLS : HOLES, 45, 50, k);
        CHECK_OK(tl_hydro_fill(&dem, 0.0, &want, NULL, &err));
        tl_paged z;
        page(&z, &dem, 8, 8);
        const tl_tiling t = tl_tiles_tiling_make(45, 50, cut[k][0], cut[k][1]);
        tl_fill_border *border = tl_acquire(tl_tiles_tiling_count(&t), sizeof *border);
        static float in[45 * 50];
        static float out[45 * 50];
        for (ptrdiff_t tile = 0; tile < tl_tiles_tiling_count(&t); tile++) {
            const tl_box box = tl_tiles_tiling_box(&t, tile);
            const int edge[4] = {box.row0 == 0, box.col0 + box.ncol == 50,
                                 box.row0 + box.nrow == 45, box.col0 == 0};
            CHECK_OK(tl_tiles_paged_read(&z, box, in, &err));
            CHECK_OK(
                tl_hydro_tiles_fill_solve_tile(in, box.nrow, box.ncol, edge, &border[tile], &err));
            assert_true(border[tile].n_pass < border[tile].n_labels);
        }
        CHECK_OK(tl_hydro_tiles_fill_solve_borders(&t, border, &err));
        for (ptrdiff_t tile = 0; tile < tl_tiles_tiling_count(&t); tile++) {
            const tl_box box = tl_tiles_tiling_box(&t, tile);
            CHECK_OK(tl_tiles_paged_read(&z, box, in, &err));
            CHECK_OK(tl_hydro_tiles_fill_finish_tile(&border[tile], in, out, &err));
            CHECK_OK(tl_tiles_paged_write(&z, box, out, box.ncol, &err));
            tl_hydro_tiles_fill_border_free(&border[tile]);
        }
        tl_release(border);
        check_same(&z, &want);
        tl_tiles_paged_free(&z);
        tl_grid_free(&dem);
        tl_grid_free(&want);
    }
}

static tl_code open_memory(void *user, tl_scratch *scratch, tl_err *err) {
    (void)user;
    (void)err;
    *scratch = memory_scratch(1 << 20);
    return TL_OK;
}

static void sloping_fill_does_not_depend_on_memory(void **state) {
    (void)state;
    tl_err err;
    static const ptrdiff_t sides[][2] = {{1, 1}, {4, 4}, {1, 16}, {64, 64}};
    static const double slopes[] = {0.01, 1e-7, 3.0};
    for (int kind = 0; kind < KINDS; kind++) {
        for (int s = 0; s < 6; s++) {
            tl_grid dem, want;
            make(&dem, kind, shapes[s][0], shapes[s][1], 11 * kind + s);
            const double slope = slopes[(kind + s) % 3];
            const tl_flood_order order = s % 2 ? TL_FLOOD_BY_LEVEL : TL_FLOOD_BY_ELEVATION;
            CHECK_OK(tl_hydro_fill_in_order(&dem, slope, order, &want, NULL, &err));
            for (int k = 0; k < 4; k++) {
                const tl_fill_memory memory = {.queue_bytes = k * 600.0,
                                               .open = k == 3 ? NULL : open_memory};
                tl_paged z;
                page(&z, &dem, sides[k][0], sides[k][1]);
                CHECK_OK(
                    tl_hydro_tiles_fill_slope(&z, &dem.geo, slope, order, &memory, NULL, &err));
                check_same(&z, &want);
                tl_tiles_paged_free(&z);
            }
            tl_grid_free(&dem);
            tl_grid_free(&want);
        }
    }
    assert_int_equal(tl_live_blocks(), 0);
}

static void a_long_queue_waits_in_the_scratch_file(void **state) {
    (void)state;
    tl_err err;
    enum { n = 600000 };
    tl_floodqueue small, plain;
    const tl_scratch scratch = memory_scratch(n * 16 + 65536);
    CHECK_OK(tl_hydro_tiles_floodqueue_init(&small, n, 1e5, &scratch, &err));
    CHECK_OK(tl_hydro_tiles_floodqueue_init(&plain, n, 1e9, NULL, &err));
    tl_rng rng = tl_rng_start(5, TL_STREAM_SIMULATE, 0);
    for (ptrdiff_t i = 0; i < n; i++) {
        const tl_flood_entry entry = {floor(1e4 * tl_rng_uniform(&rng)), i};
        CHECK_OK(tl_hydro_tiles_floodqueue_push(&small, entry, &err));
        CHECK_OK(tl_hydro_tiles_floodqueue_push(&plain, entry, &err));
    }
    double last = -1.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        tl_flood_entry a, b;
        CHECK_OK(tl_hydro_tiles_floodqueue_pop(&small, &a, &err));
        CHECK_OK(tl_hydro_tiles_floodqueue_pop(&plain, &b, &err));
        assert_true(a.at == b.at && a.key >= last);
        last = a.key;
    }
    assert_true(small.far.n_written > 0 && plain.far.n_written == 0);
    tl_hydro_tiles_floodqueue_free(&small);
    tl_hydro_tiles_floodqueue_free(&plain);
    assert_int_equal(tl_live_blocks(), 0);
}

static void failures_are_reported_and_leave_nothing(void **state) {
    (void)state;
    tl_err err;
    tl_grid dem;
    make(&dem, ROUGH, 30, 30, 1);
    const tl_fill_memory memory = {.open = open_memory};
    for (int refused = 0; refused < 40; refused++) {
        for (int sloping = 0; sloping < 2; sloping++) {
            tl_paged z;
            page(&z, &dem, 8, 8);
            tl_fail_after(refused);
            const tl_code code = sloping
                                     ? tl_hydro_tiles_fill_slope(
                                           &z, &dem.geo, 0.5, TL_FLOOD_BY_LEVEL, NULL, NULL, &err)
                                     : tl_hydro_tiles_fill_lowest(&z, 10, 1, NULL, &err);
            tl_fail_after(-1);
            assert_true(code == TL_OK || code == TL_NOMEM);
            tl_tiles_paged_free(&z);
        }
    }
    tl_paged z;
    page(&z, &dem, 8, 8);
    assert_int_equal(
        tl_hydro_tiles_fill_slope(&z, &dem.geo, 0.0, TL_FLOOD_BY_LEVEL, &memory, NULL, &err),
        TL_ARG);
    assert_int_equal(tl_hydro_tiles_fill_slope(&z, &dem.geo, (double)NAN, TL_FLOOD_BY_LEVEL,
                                               &memory, NULL, &err),
                     TL_ARG);
    tl_tiles_paged_free(&z);
    tl_grid_free(&dem);
    assert_int_equal(tl_live_blocks(), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lowest_surface_does_not_depend_on_tiles),
        cmocka_unit_test(steps_work_on_rows_and_columns),
        cmocka_unit_test(sloping_fill_does_not_depend_on_memory),
        cmocka_unit_test(a_long_queue_waits_in_the_scratch_file),
        cmocka_unit_test(failures_are_reported_and_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
