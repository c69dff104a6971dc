/* SPDX-License-Identifier: GPL-2.0-or-later
 * Rasters in tiles: what is written is read, however little memory there is. */
#include "base/rng.h"
#include "kit/check.h"
#include "tiles/paged.h"
#include "tiles/tiling.h"
#include "unit/tiles/memory_scratch.h"

static void tiles_cover_every_cell_once(void **state) {
    (void)state;
    const ptrdiff_t sides[][4] = {{7, 9, 3, 4}, {1, 20, 5, 6}, {8, 8, 8, 8}, {5, 3, 100, 1}};
    for (int k = 0; k < 4; k++) {
        const tl_tiling t =
            tl_tiles_tiling_make(sides[k][0], sides[k][1], sides[k][2], sides[k][3]);
        int seen[100] = {0};
        for (ptrdiff_t tile = 0; tile < tl_tiles_tiling_count(&t); tile++) {
            const tl_box box = tl_tiles_tiling_box(&t, tile);
            assert_true(box.nrow > 0 && box.ncol > 0);
            for (ptrdiff_t row = box.row0; row < box.row0 + box.nrow; row++) {
                for (ptrdiff_t col = box.col0; col < box.col0 + box.ncol; col++) {
                    assert_int_equal(tl_tiles_tiling_of(&t, row, col), tile);
                    seen[row * t.ncol + col]++;
                }
            }
        }
        for (ptrdiff_t i = 0; i < t.nrow * t.ncol; i++) {
            assert_int_equal(seen[i], 1);
        }
    }
}

static void neighbours_of_tiles_know_each_other(void **state) {
    (void)state;
    const tl_tiling t = tl_tiles_tiling_make(10, 10, 4, 3);
    for (ptrdiff_t tile = 0; tile < tl_tiles_tiling_count(&t); tile++) {
        for (int i = 0; i < 8; i++) {
            const ptrdiff_t other = tl_tiles_tiling_neighbour(&t, tile, i);
            assert_true(other < 0 || tl_tiles_tiling_neighbour(&t, other, (i + 4) % 8) == tile);
        }
    }
    assert_int_equal(tl_tiles_tiling_neighbour(&t, 0, 0), -1);
    assert_int_equal(tl_tiles_tiling_neighbour(&t, 0, 3), 5);
    const tl_box halo = tl_tiles_tiling_halo(&t, 0, 2);
    assert_true(halo.row0 == -2 && halo.col0 == -2 && halo.nrow == 8 && halo.ncol == 7);
}

enum { rows = 75, cols = 101 };

/* Random boxes and cells written to a paged and to a plain raster of four-byte cells. */
static void scribble(tl_paged *p, int32_t *plain, int64_t seed) {
    tl_err err;
    tl_rng rng = tl_rng_start(seed, TL_STREAM_SIMULATE, 0);
    for (int step = 0; step < 3000; step++) {
        const tl_box box = {tl_rng_below(&rng, rows + 20) - 10, tl_rng_below(&rng, cols + 20) - 10,
                            tl_rng_below(&rng, 12) + 1, tl_rng_below(&rng, 12) + 1};
        int32_t values[12 * 15];
        if (step % 3 == 0) {
            for (ptrdiff_t i = 0; i < 12 * 15; i++) {
                values[i] = (int32_t)tl_rng_below(&rng, 1000000);
            }
            CHECK_OK(tl_tiles_paged_write(p, box, values, 15, &err));
        } else {
            CHECK_OK(tl_tiles_paged_read(p, box, values, &err));
        }
        for (ptrdiff_t i = 0; i < box.nrow * box.ncol; i++) {
            const ptrdiff_t row = box.row0 + i / box.ncol;
            const ptrdiff_t col = box.col0 + i % box.ncol;
            const int inside = row >= 0 && col >= 0 && row < rows && col < cols;
            if (step % 3 == 0 && inside) {
                plain[row * cols + col] = values[i / box.ncol * 15 + i % box.ncol];
            } else if (step % 3 != 0) {
                assert_int_equal(values[i], inside ? plain[row * cols + col] : -7);
            }
        }
        const ptrdiff_t row = tl_rng_below(&rng, rows);
        const ptrdiff_t col = tl_rng_below(&rng, cols);
        int32_t *cell = tl_tiles_paged_at(p, row, col, 1, &err);
        if (cell == NULL) {
            fail_msg("no cell: %s", err.text);
            return;
        }
        assert_int_equal(*cell, plain[row * cols + col]);
        *cell = plain[row * cols + col] = step;
    }
}

static void what_is_written_is_read_in_little_memory(void **state) {
    (void)state;
    tl_err err;
    static int32_t plain[rows * cols];
    static const int32_t blank = -7;
    const ptrdiff_t sides[][2] = {{4, 4}, {1, 128}, {128, 1}, {8, 16}, {1, 1}, {256, 256}};
    for (int k = 0; k < 6; k++) {
        for (int i = 0; i < rows * cols; i++) {
            plain[i] = blank;
        }
        const tl_paged_shape shape = {rows, cols, 4, sides[k][0], sides[k][1], &blank, 0.0};
        const tl_scratch scratch = memory_scratch(1 << 22);
        tl_paged p;
        CHECK_OK(tl_tiles_paged_init(&p, &shape, &scratch, &err));
        scribble(&p, plain, k);
        CHECK_OK(tl_tiles_paged_limit(&p, 1e6, &err));
        scribble(&p, plain, k + 10);
        CHECK_OK(tl_tiles_paged_limit(&p, 0.0, &err));
        assert_true(p.n_resident <= 16);
        scribble(&p, plain, k + 20);
        assert_true(p.down * p.across <= 16 || (p.n_written > 0 && p.n_read > 0));
        tl_tiles_paged_free(&p);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

static void without_scratch_all_stays_in_memory(void **state) {
    (void)state;
    tl_err err;
    static int32_t plain[rows * cols];
    const int32_t blank = -7;
    for (int i = 0; i < rows * cols; i++) {
        plain[i] = blank;
    }
    const tl_paged_shape shape = {rows, cols, 4, 4, 4, &blank, 0.0};
    tl_paged p;
    CHECK_OK(tl_tiles_paged_init(&p, &shape, NULL, &err));
    scribble(&p, plain, 3);
    assert_true(p.n_written == 0 && p.n_resident > 16);
    tl_tiles_paged_free(&p);
}

static void a_full_disk_ends_the_run(void **state) {
    (void)state;
    tl_err err;
    const tl_paged_shape shape = {rows, cols, 4, 4, 4, NULL, 0.0};
    const tl_scratch scratch = memory_scratch(1024);
    tl_paged p;
    CHECK_OK(tl_tiles_paged_init(&p, &shape, &scratch, &err));
    static int32_t values[rows * cols];
    assert_int_equal(tl_tiles_paged_write(&p, (tl_box){0, 0, rows, cols}, values, cols, &err),
                     TL_IO);
    assert_non_null(strstr(err.text, "full"));
    tl_tiles_paged_free(&p);
    assert_int_equal(tl_live_blocks(), 0);
}

static void impossible_shapes_are_refused(void **state) {
    (void)state;
    tl_err err;
    const tl_paged_shape shapes[] = {{0, 5, 4, 4, 4, NULL, 0.0},
                                     {5, 5, 17, 4, 4, NULL, 0.0},
                                     {5, 5, 0, 4, 4, NULL, 0.0},
                                     {5, 5, 4, 0, 4, NULL, 0.0}};
    for (int k = 0; k < 4; k++) {
        const tl_scratch scratch = memory_scratch(64);
        tl_paged p;
        assert_int_equal(tl_tiles_paged_init(&p, &shapes[k], &scratch, &err), TL_ARG);
        tl_tiles_paged_free(&p);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tiles_cover_every_cell_once),
        cmocka_unit_test(neighbours_of_tiles_know_each_other),
        cmocka_unit_test(what_is_written_is_read_in_little_memory),
        cmocka_unit_test(without_scratch_all_stays_in_memory),
        cmocka_unit_test(a_full_disk_ends_the_run),
        cmocka_unit_test(impossible_shapes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
