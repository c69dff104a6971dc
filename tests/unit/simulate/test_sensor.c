/* SPDX-License-Identifier: GPL-2.0-or-later
 * The simulated scene: same bytes for any blocks and threads, faults where they are documented to
 * be, metals only through what they go along with. */
#include "simulate/sensor.h"

#include "kit/check.h"
#include "num/stats.h"

enum { ROWS = 40, COLS = 48, CELLS = ROWS * COLS };

typedef struct world {
    float elevation[CELLS];
    float slope[CELLS];
    float wetness[CELLS];
    float light[CELLS];
    tl_simulate_area area;
    tl_simulate_band band[TL_SIMULATE_BANDS];
} world;

static void build(world *w, int64_t seed, int fixed) {
    tl_err err = {0};
    *w = (world){0};
    CHECK_OK(tl_simulate_add_noise(77, TL_SIMULATE_USE_CLAY, 9, ROWS, COLS, 9.0, 40.0, w->elevation,
                                   &err));
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        const ptrdiff_t next = i % COLS + 1 < COLS ? i + 1 : i - 1;
        w->slope[i] = fabsf(w->elevation[next] - w->elevation[i]) / 30.0F;
        w->wetness[i] = -w->elevation[i];
        w->light[i] = 1.0F;
    }
    w->elevation[5] = NAN;
    const tl_simulate_terrain terrain = {ROWS,     COLS,       30.0,    w->elevation,
                                         w->slope, w->wetness, w->light};
    CHECK_OK(tl_simulate_area_init(&w->area, &terrain, 2, seed, NULL, &err));
    tl_simulate_sensor_bands(w->band);
    if (fixed) {
        double z[3] = {-1.0, 0.0, 1.0};
        double u[3] = {-1.0, 0.0, 1.0};
        tl_simulate_marginal m[3] = {{2.0, 16.0, 0.3, 0.0, 1.0, 3, z, u},
                                     {4.0, 15.0, 1.0, 0.0, 1.0, 3, z, u},
                                     {3.0, 25.0, 0.4, 0.0, 1.0, 3, z, u}};
        tl_simulate_area_fix(&w->area, m);
    }
}

static float *scene_of(const world *w, int64_t seed, double snr, double cloud) {
    tl_err err = {0};
    const tl_simulate_faults faults = {snr, cloud};
    float *scene = tl_acquire((ptrdiff_t)TL_SIMULATE_BANDS * CELLS, sizeof *scene);
    CHECK_OK(
        tl_simulate_scene_rows(&w->area, w->band, &faults, seed, 0, ROWS, 1, NULL, scene, &err));
    return scene;
}

static int nearest_band(const world *w, double wl_nm) {
    int best = 0;
    for (int j = 0; j < TL_SIMULATE_BANDS; j++) {
        if (fabs(w->band[j].centre_nm - wl_nm) < fabs(w->band[best].centre_nm - wl_nm)) {
            best = j;
        }
    }
    return best;
}

static void blocks_and_threads_do_not_change_a_byte(void **state) {
    (void)state;
    tl_err err = {0};
    world *w = tl_acquire(1, sizeof *w);
    build(w, 3, 1);
    float *whole = scene_of(w, 3, 80.0, 0.5);
    const tl_simulate_faults faults = {80.0, 0.5};
    const ptrdiff_t cut[3] = {1, 7, 40};
    float *block = tl_acquire((ptrdiff_t)TL_SIMULATE_BANDS * CELLS, sizeof *block);
    for (int k = 0; k < 3; k++) {
        for (ptrdiff_t row = 0; row < ROWS; row += cut[k]) {
            const ptrdiff_t n = row + cut[k] < ROWS ? cut[k] : ROWS - row;
            CHECK_OK(tl_simulate_scene_rows(&w->area, w->band, &faults, 3, row, n, 1 + k, NULL,
                                            block, &err));
            for (ptrdiff_t j = 0; j < TL_SIMULATE_BANDS; j++) {
                assert_memory_equal(block + j * n * COLS, whole + j * CELLS + row * COLS,
                                    (size_t)(n * COLS) * sizeof *block);
            }
        }
    }
    float *again = scene_of(w, 4, 80.0, 0.5);
    assert_memory_not_equal(again, whole, CELLS * sizeof *whole);
    assert_true(isnan(whole[5]) && isnan(whole[(ptrdiff_t)329 * CELLS + 5]));
    tl_release(again);
    tl_release(block);
    tl_release(whole);
    tl_simulate_area_free(&w->area);
    tl_release(w);
}

/* A band's absorption is averaged over its response before the spectrum is computed; that must
 * agree with the spectrum at 1 nm averaged over the response. Features are at least 13 nm wide,
 * bands at most 10. */
static void bands_agree_with_the_resampled_full_spectrum(void **state) {
    (void)state;
    world *w = tl_acquire(1, sizeof *w);
    tl_simulate_sensor_bands(w->band);
    const double score[4] = {1.0, 1.0, -1.0, 0.5};
    const tl_simulate_soil soil = tl_simulate_soil_of(15.0, score);
    for (int j = 0; j < TL_SIMULATE_BANDS; j++) {
        const tl_simulate_band *b = &w->band[j];
        double weights = 0.0;
        double sum = 0.0;
        for (double wl = floor(b->centre_nm) - 25.0; wl < b->centre_nm + 25.0; wl += 1.0) {
            const double weight = tl_simulate_response(wl, b->centre_nm, b->fwhm_nm);
            const tl_simulate_absorption k = tl_simulate_absorption_at(wl);
            weights += weight;
            sum += weight * tl_simulate_reflectance(&soil, &k);
        }
        CHECK_NEAR(tl_simulate_reflectance(&soil, &b->absorption), sum / weights, 3e-4);
    }
    tl_release(w);
}

static void bands_are_those_of_the_nominal_sensor(void **state) {
    (void)state;
    tl_simulate_band band[TL_SIMULATE_BANDS];
    tl_simulate_sensor_bands(band);
    CHECK_NEAR(band[0].centre_nm, 390.3, 0.1);
    CHECK_NEAR(band[149].centre_nm, 1029.2, 0.1);
    CHECK_NEAR(band[150].centre_nm, 1004.6, 0.1);
    CHECK_NEAR(band[329].centre_nm, 2513.4, 0.1);
    int blind = 0;
    for (int j = 0; j < TL_SIMULATE_BANDS; j++) {
        const double wl = band[j].centre_nm;
        assert_int_equal(band[j].detector, j < 150 ? 1 : 2);
        if ((wl >= 1360.0 && wl <= 1430.0) || (wl >= 1810.0 && wl <= 1935.0)) {
            blind++;
            assert_true(band[j].noise > 10.0);
        }
        if (wl > 1480.0 && wl < 1720.0) {
            assert_true(band[j].noise < 3.0);
        }
    }
    assert_true(blind > 20);
}

static double mean_of(const float *scene, int band, ptrdiff_t from_col, ptrdiff_t to_col) {
    double sum = 0.0;
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        if (i % COLS >= from_col && i % COLS < to_col && i != 5) {
            sum += (double)scene[band * CELLS + i];
            n++;
        }
    }
    return sum / (double)n;
}

static void thin_cloud_lies_in_the_right_half_only(void **state) {
    (void)state;
    world *w = tl_acquire(1, sizeof *w);
    build(w, 3, 1);
    float *clear = scene_of(w, 3, 200.0, 0.0);
    float *cloudy = scene_of(w, 3, 200.0, 1.0);
    const int blue = nearest_band(w, 480.0);
    const int swir = nearest_band(w, 2200.0);
    CHECK_NEAR(mean_of(cloudy, blue, 0, COLS / 2), mean_of(clear, blue, 0, COLS / 2), 1e-9);
    const double rise = mean_of(cloudy, blue, 30, COLS) - mean_of(clear, blue, 30, COLS);
    assert_true(rise > 0.03);
    assert_true(mean_of(cloudy, swir, 30, COLS) - mean_of(clear, swir, 30, COLS) < 0.5 * rise);
    tl_release(clear);
    tl_release(cloudy);
    tl_simulate_area_free(&w->area);
    tl_release(w);
}

/* The detectors overlap at 1005-1029 nm: the second one reads about 2.5 % higher there. Noise
 * follows the asked signal-to-noise ratio; blind bands are far noisier. */
static void the_seam_steps_and_noise_follows_its_number(void **state) {
    (void)state;
    world *w = tl_acquire(1, sizeof *w);
    build(w, 8, 1);
    float *quiet = scene_of(w, 8, 1e9, 0.0);
    float *noisy = scene_of(w, 8, 80.0, 0.0);
    const double step = mean_of(quiet, 152, 0, COLS) / mean_of(quiet, 149, 0, COLS);
    CHECK_NEAR(step, 1.025, 0.02);
    const int usual = nearest_band(w, 700.0);
    const int blind = nearest_band(w, 1400.0);
    double square[2] = {0.0, 0.0};
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        if (i != 5) {
            const double a = (double)(noisy[usual * CELLS + i] - quiet[usual * CELLS + i]);
            const double b = (double)(noisy[blind * CELLS + i] - quiet[blind * CELLS + i]);
            square[0] += a * a / (double)(CELLS - 1);
            square[1] += b * b / (double)(CELLS - 1);
        }
    }
    /* 1919 cells: the standard deviation is known to 1.6 %. */
    CHECK_NEAR(sqrt(square[0]) / (0.3 / 80.0 * w->band[usual].noise), 1.0, 0.08);
    assert_true(square[1] > 100.0 * square[0]);
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        for (int j = 0; j < TL_SIMULATE_BANDS && i != 5; j++) {
            assert_true(quiet[j * CELLS + i] > 0.0F && quiet[j * CELLS + i] < 1.0F);
        }
    }
    tl_release(quiet);
    tl_release(noisy);
    tl_simulate_area_free(&w->area);
    tl_release(w);
}

static void metals_leave_no_trace_of_their_own(void **state) {
    (void)state;
    world *w = tl_acquire(1, sizeof *w);
    build(w, 3, 1);
    float *before = scene_of(w, 3, 80.0, 0.5);
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        w->area.layer[TL_SIMULATE_LAYER_AS][i] *= 10.0F;
        w->area.layer[TL_SIMULATE_LAYER_CU][i] += 50.0F;
    }
    float *after = scene_of(w, 3, 80.0, 0.5);
    assert_memory_equal(before, after, (size_t)TL_SIMULATE_BANDS * CELLS * sizeof *before);
    tl_release(before);
    tl_release(after);
    tl_simulate_area_free(&w->area);
    tl_release(w);
}

static double layer_correlation(const world *w, int a, int b) {
    double x[CELLS];
    double y[CELLS];
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        if (i != 5) {
            x[n] = (double)w->area.layer[a][i];
            y[n++] = (double)w->area.layer[b][i];
        }
    }
    return tl_num_pearson(x, y, n);
}

static void soils_follow_terrain_and_metals_follow_their_companions(void **state) {
    (void)state;
    double sum[3] = {0.0, 0.0, 0.0};
    world *w = tl_acquire(1, sizeof *w);
    for (int64_t seed = 1; seed <= 8; seed++) {
        build(w, seed, 0);
        sum[0] += layer_correlation(w, TL_SIMULATE_LAYER_AS, TL_SIMULATE_LAYER_IRON) / 8.0;
        sum[1] += layer_correlation(w, TL_SIMULATE_LAYER_CU, TL_SIMULATE_LAYER_CLAY) / 8.0;
        sum[2] += layer_correlation(w, TL_SIMULATE_LAYER_SOM, TL_SIMULATE_LAYER_CLAY) / 8.0;
        tl_simulate_area_free(&w->area);
    }
    assert_true(sum[0] > 0.5 && sum[0] < 0.95);
    assert_true(sum[1] > 0.2 && sum[2] > 0.2);
    tl_release(w);
}

static void samples_differ_from_their_cell_by_the_stated_share(void **state) {
    (void)state;
    tl_err err = {0};
    world *w = tl_acquire(1, sizeof *w);
    build(w, 3, 0);
    ptrdiff_t row[1000];
    ptrdiff_t col[1000];
    for (ptrdiff_t i = 0; i < 1000; i++) {
        row[i] = 1 + i % 38;
        col[i] = i % 47;
    }
    tl_matrix scores = {0};
    CHECK_OK(tl_simulate_sample_scores(&w->area, 3, 0.1, row, col, 1000, &scores, &err));
    double square = 0.0;
    for (ptrdiff_t i = 0; i < 1000; i++) {
        const double cell = (double)w->area.layer[0][row[i] * COLS + col[i]];
        const double d = tl_matrix_row(&scores, i)[0] - sqrt(0.9) * cell;
        square += d * d / 1000.0;
    }
    /* 1000 squares: 4.5 % standard error. */
    CHECK_NEAR(square, 0.1, 0.02);
    tl_matrix_free(&scores);
    tl_simulate_area_free(&w->area);
    tl_release(w);
}

static void bad_numbers_are_refused_and_nothing_is_kept(void **state) {
    (void)state;
    tl_err err = {0};
    float nothing[4] = {NAN, NAN, NAN, NAN};
    const ptrdiff_t before = tl_live_blocks();
    tl_simulate_terrain terrain = {2, 2, 30.0, nothing, nothing, nothing, nothing};
    tl_simulate_area area;
    assert_int_equal(tl_simulate_area_init(&area, &terrain, 1, 1, NULL, &err), TL_DATA);
    nothing[0] = 1.0F;
    assert_int_equal(tl_simulate_area_init(&area, &terrain, 51, 1, NULL, &err), TL_ARG);
    for (ptrdiff_t k = 0; k < 17; k++) {
        tl_fail_after(k);
        assert_int_equal(tl_simulate_area_init(&area, &terrain, 0, 1, NULL, &err), TL_NOMEM);
        tl_fail_after(-1);
    }
    assert_int_equal(tl_live_blocks(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_and_threads_do_not_change_a_byte),
        cmocka_unit_test(bands_agree_with_the_resampled_full_spectrum),
        cmocka_unit_test(bands_are_those_of_the_nominal_sensor),
        cmocka_unit_test(thin_cloud_lies_in_the_right_half_only),
        cmocka_unit_test(the_seam_steps_and_noise_follows_its_number),
        cmocka_unit_test(metals_leave_no_trace_of_their_own),
        cmocka_unit_test(soils_follow_terrain_and_metals_follow_their_companions),
        cmocka_unit_test(samples_differ_from_their_cell_by_the_stated_share),
        cmocka_unit_test(bad_numbers_are_refused_and_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
