/* SPDX-License-Identifier: GPL-2.0-or-later
 * The work that bench_fusion.py times: `fusion_work seeds N_SEEDS THREADS` searches seeds with the
 * article's network on 61 spectra of 285 bands for three properties and prints seconds and the
 * best seeds as JSON. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/rng.h"
#include "fusion/seed_search.h"
#include "spectra/segments.h"

enum { ROWS = 61, BANDS = 285, PROPERTIES = 3 };

static double now(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Smooth spectra around a rising mean, and properties without relation to them. */
static tl_code make_data(tl_matrix *satellite, tl_matrix *lab, tl_matrix *property, tl_err *err) {
    tl_rng rng = tl_rng_start(1, TL_STREAM_SIMULATE, 0);
    TL_TRY(tl_matrix_init(satellite, ROWS, BANDS, err));
    TL_TRY(tl_matrix_init(lab, ROWS, BANDS, err));
    TL_TRY(tl_matrix_init(property, PROPERTIES, ROWS, err));
    for (ptrdiff_t i = 0; i < ROWS; i++) {
        const double level = 0.02 * tl_rng_normal(&rng);
        for (ptrdiff_t j = 0; j < BANDS; j++) {
            const double x = 0.2 + 0.0004 * (double)j + level;
            tl_matrix_row(satellite, i)[j] = x + 0.005 * tl_rng_normal(&rng);
            tl_matrix_row(lab, i)[j] = x;
        }
        for (ptrdiff_t t = 0; t < PROPERTIES; t++) {
            tl_matrix_row(property, t)[i] = tl_rng_normal(&rng);
        }
    }
    return TL_OK;
}

static tl_code search(int64_t seeds, int threads, tl_err *err) {
    tl_matrix satellite = {0};
    tl_matrix lab = {0};
    tl_matrix property = {0};
    tl_transfer transfer = {0};
    tl_transfer_options options;
    tl_segments segments = {0};
    tl_savgol smooth = {0};
    tl_seed_search found = {0};
    double centre_nm[BANDS];
    tl_code code;
    for (int j = 0; j < BANDS; j++) {
        centre_nm[j] = 400.0 + 7.0 * j;
    }
    TL_CHECK(make_data(&satellite, &lab, &property, err));
    TL_CHECK(tl_transfer_preset(TL_TRANSFER_VAE, "paper", &options, err));
    options.vae.epochs = 3;
    TL_CHECK(tl_transfer_fit(&options, &satellite, &lab, NULL, &transfer, err));
    TL_CHECK(tl_spectra_segments(centre_nm, BANDS, &segments, err));
    const tl_savgol_options sg = {.window = 11, .degree = 2};
    TL_CHECK(tl_spectra_savgol_init(&sg, centre_nm, &segments, &smooth, err));
    tl_seed_search_options o = tl_seed_search_defaults();
    o.last = o.first + seeds - 1;
    o.threads = threads;
    const double start = now();
    TL_CHECK(tl_fusion_search_seeds(&transfer, &satellite, NULL, &property, &smooth, &o, NULL,
                                    &found, err));
    printf("{\"seconds\": %.6f, \"best\": [%lld, %lld, %lld], \"score\": %.15g}\n", now() - start,
           (long long)found.found[0].seed[0], (long long)found.found[1].seed[0],
           (long long)found.found[2].seed[0], found.found[0].score[0]);
done:
    tl_matrix_free(&satellite);
    tl_matrix_free(&lab);
    tl_matrix_free(&property);
    tl_transfer_free(&transfer);
    tl_segments_free(&segments);
    tl_savgol_free(&smooth);
    tl_seed_search_free(&found);
    return code;
}

int main(int argc, char **argv) {
    tl_err err = {0};
    if (argc != 4 || strcmp(argv[1], "seeds") != 0) {
        (void)fprintf(stderr, "usage: fusion_work seeds N_SEEDS THREADS\n");
        return 2;
    }
    if (search(strtoll(argv[2], NULL, 10), atoi(argv[3]), &err) != TL_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    return 0;
}
