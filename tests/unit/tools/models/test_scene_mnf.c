/* SPDX-License-Identifier: GPL-2.0-or-later
 * The minimum noise fraction of a scene, read through a store in memory. */
#include "tools/models/scene_mnf.h"

#include "base/rng.h"
#include "kit/check.h"

struct tl_raster {
    tl_raster_info info;
    ptrdiff_t reads;
};

static const tl_raster_info *info_of(const tl_raster *raster) {
    return &raster->info;
}

/* A smooth field with noise; every 50th pixel is NoData. Band b of the file is noisier. */
static float value_at(ptrdiff_t row, ptrdiff_t col, int band) {
    if ((row * 7 + col) % 50 == 0) {
        return NAN;
    }
    const uint32_t counter[4] = {(uint32_t)row, (uint32_t)col, (uint32_t)band, 77};
    double z[4];
    tl_rng_normal4(3, counter, z);
    return (float)(0.3 + 0.05 * sin(0.03 * (double)(row + 2 * col) + 0.2 * band) +
                   0.001 * band * z[0]);
}

static tl_code read_window(tl_raster *raster, ptrdiff_t col0, ptrdiff_t row0, ptrdiff_t n_cols,
                           ptrdiff_t n_rows, const int *band, ptrdiff_t n_bands, float *out,
                           tl_err *err) {
    (void)err;
    assert_true(col0 >= 0 && col0 + n_cols <= raster->info.ncol);
    assert_true(row0 >= 0 && row0 + n_rows <= raster->info.nrow);
    raster->reads++;
    for (ptrdiff_t b = 0; b < n_bands; b++) {
        for (ptrdiff_t r = 0; r < n_rows; r++) {
            for (ptrdiff_t c = 0; c < n_cols; c++) {
                out[(b * n_rows + r) * n_cols + c] = value_at(row0 + r, col0 + c, band[b]);
            }
        }
    }
    return TL_OK;
}

static const tl_store store = {.raster_info = info_of, .read_window = read_window};
static const int number[] = {2, 3, 5};

/* Every whole pixel and pair of a small scene counts once, whatever the number of threads. */
static void a_small_scene_is_read_whole(void **state) {
    (void)state;
    tl_err err = {0};
    enum { nrow = 45, ncol = 60 };
    tl_raster raster = {.info = {.nrow = nrow, .ncol = ncol}};
    ptrdiff_t pixels = 0;
    ptrdiff_t pairs = 0;
    for (ptrdiff_t r = 0; r < nrow; r++) {
        for (ptrdiff_t c = 0; c < ncol; c++) {
            const int whole = !isnan(value_at(r, c, 1));
            pixels += whole;
            pairs += whole && r + 1 < nrow && c + 1 < ncol && !isnan(value_at(r + 1, c + 1, 1));
        }
    }
    tl_mnf one;
    tl_mnf two;
    tl_scene_mnf seen;
    CHECK_OK(tl_scene_mnf_collect(&store, &raster, number, 3, 2, 1, NULL, &one, &seen, &err));
    assert_int_equal(seen.pixels, pixels);
    assert_int_equal(seen.pairs, pairs);
    assert_int_equal(seen.rows, nrow);
    CHECK_OK(tl_scene_mnf_collect(&store, &raster, number, 3, 2, 2, NULL, &two, NULL, &err));
    assert_memory_equal(one.weight.data, two.weight.data, 6 * sizeof(double));
    assert_memory_equal(one.mean, two.mean, 3 * sizeof(double));
    tl_spectra_mnf_free(&one);
    tl_spectra_mnf_free(&two);
}

/* 1.2 million pixels: about 400 000 of them are read. */
static void a_large_scene_is_read_in_spread_groups(void **state) {
    (void)state;
    tl_err err = {0};
    tl_raster raster = {.info = {.nrow = 3000, .ncol = 400}};
    tl_mnf mnf;
    tl_scene_mnf seen;
    CHECK_OK(tl_scene_mnf_collect(&store, &raster, number, 1, 1, 2, NULL, &mnf, &seen, &err));
    assert_true(seen.rows >= 1000 && seen.rows <= 1016);
    assert_int_equal(raster.reads, seen.rows / 16);
    tl_spectra_mnf_free(&mnf);
}

static void too_few_pairs_are_refused(void **state) {
    (void)state;
    tl_err err = {0};
    tl_raster raster = {.info = {.nrow = 1, .ncol = 40}};
    tl_mnf mnf;
    assert_int_equal(tl_scene_mnf_collect(&store, &raster, number, 3, 2, 1, NULL, &mnf, NULL, &err),
                     TL_DATA);
    assert_non_null(strstr(err.text, "0 pairs"));
    assert_null(mnf.mean);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_scene_is_read_whole),
        cmocka_unit_test(a_large_scene_is_read_in_spread_groups),
        cmocka_unit_test(too_few_pairs_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
