/* SPDX-License-Identifier: GPL-2.0-or-later
 * The work that bench_fusion.py times. Every mode prints one line of JSON with wall and processor
 * seconds:
 *
 *   fusion_work train EPOCHS           455 pairs of spectra of 285 bands, preset paper
 *   fusion_work seeds N_SEEDS THREADS  search on 61 spectra for three properties
 *   fusion_work fuse N_ROWS THREADS    mean path of rows of 2083 pixels, in memory */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/parfor.h"
#include "base/rng.h"
#include "fusion/generator.h"
#include "fusion/seed_search.h"
#include "spectra/segments.h"

enum { PAIRS = 455, SAMPLES = 61, BANDS = 285, PROPERTIES = 3, COLUMNS = 2083, BLOCK_ROWS = 32 };

typedef struct times {
    double wall;
    double processor;
} times;

static double seconds_of(clockid_t clock) {
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static times now(void) {
    return (times){seconds_of(CLOCK_MONOTONIC), seconds_of(CLOCK_PROCESS_CPUTIME_ID)};
}

static void print_times(times start) {
    const times end = now();
    printf("{\"seconds\": %.6f, \"processor\": %.6f", end.wall - start.wall,
           end.processor - start.processor);
}

/* Smooth spectra around an increasing mean, and properties without relation to them. */
static tl_code make_data(ptrdiff_t rows, tl_matrix *satellite, tl_matrix *lab, tl_matrix *property,
                         tl_err *err) {
    tl_rng rng = tl_rng_start(1, TL_STREAM_SIMULATE, 0);
    TL_TRY(tl_matrix_init(satellite, rows, BANDS, err));
    TL_TRY(tl_matrix_init(lab, rows, BANDS, err));
    TL_TRY(tl_matrix_init(property, PROPERTIES, rows, err));
    for (ptrdiff_t i = 0; i < rows; i++) {
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

static tl_code fit_paper(int epochs, const tl_matrix *satellite, const tl_matrix *lab,
                         tl_transfer *transfer, tl_err *err) {
    tl_transfer_options options;
    TL_TRY(tl_fusion_transfer_preset(TL_TRANSFER_VAE, "paper", &options, err));
    options.vae.epochs = epochs;
    return tl_fusion_transfer_fit(&options, satellite, lab, NULL, transfer, err);
}

static tl_code train(int epochs, tl_err *err) {
    tl_matrix satellite = {0};
    tl_matrix lab = {0};
    tl_matrix property = {0};
    tl_transfer transfer = {0};
    tl_code code;
    TL_CHECK(make_data(PAIRS, &satellite, &lab, &property, err));
    const times start = now();
    TL_CHECK(fit_paper(epochs, &satellite, &lab, &transfer, err));
    print_times(start);
    printf(", \"loss\": %.15g}\n",
           tl_matrix_row(&transfer.vae.curve, transfer.vae.curve.nrow - 1)[0]);
done:
    tl_matrix_free(&satellite);
    tl_matrix_free(&lab);
    tl_matrix_free(&property);
    tl_fusion_transfer_free(&transfer);
    return code;
}

static tl_code search(int64_t seeds, int threads, tl_err *err) {
    tl_matrix satellite = {0};
    tl_matrix lab = {0};
    tl_matrix property = {0};
    tl_transfer transfer = {0};
    tl_segments segments = {0};
    tl_savgol smooth = {0};
    tl_seed_search found = {0};
    double centre_nm[BANDS];
    tl_code code;
    for (int j = 0; j < BANDS; j++) {
        centre_nm[j] = 400.0 + 7.0 * j;
    }
    TL_CHECK(make_data(SAMPLES, &satellite, &lab, &property, err));
    TL_CHECK(fit_paper(3, &satellite, &lab, &transfer, err));
    TL_CHECK(tl_spectra_segments(centre_nm, BANDS, &segments, err));
    const tl_savgol_options sg = {.window = 11, .degree = 2};
    TL_CHECK(tl_spectra_savgol_init(&sg, centre_nm, &segments, &smooth, err));
    tl_seed_search_options o = tl_fusion_seed_search_defaults();
    o.last = o.first + seeds - 1;
    o.threads = threads;
    const times start = now();
    TL_CHECK(tl_fusion_search_seeds(&transfer, &satellite, NULL, &property, &smooth, &o, NULL,
                                    &found, err));
    print_times(start);
    printf(", \"best\": [%lld, %lld, %lld], \"score\": %.15g}\n", (long long)found.found[0].seed[0],
           (long long)found.found[1].seed[0], (long long)found.found[2].seed[0],
           found.found[0].score[0]);
done:
    tl_matrix_free(&satellite);
    tl_matrix_free(&lab);
    tl_matrix_free(&property);
    tl_fusion_transfer_free(&transfer);
    tl_spectra_segments_free(&segments);
    tl_spectra_savgol_free(&smooth);
    tl_fusion_seed_search_free(&found);
    return code;
}

/* --- scenes --- */

typedef struct scene {
    tl_generator generator;
    float *input;  /* [BANDS, BLOCK_ROWS * COLUMNS] */
    float *result; /* the same */
} scene;

static tl_code fuse_row(void *arg, ptrdiff_t row, tl_err *err) {
    scene *s = arg;
    const float *from[BANDS];
    float *to[BANDS];
    float *scratch = tl_acquire(tl_fusion_generator_scratch(&s->generator), sizeof *scratch);
    if (scratch == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for a row");
    }
    for (ptrdiff_t j = 0; j < BANDS; j++) {
        from[j] = s->input + (j * BLOCK_ROWS + row % BLOCK_ROWS) * COLUMNS;
        to[j] = s->result + (j * BLOCK_ROWS + row % BLOCK_ROWS) * COLUMNS;
    }
    tl_fusion_generate(&s->generator, from, COLUMNS, to, scratch);
    tl_release(scratch);
    return TL_OK;
}

static tl_code fill_scene(scene *s, tl_err *err) {
    const ptrdiff_t count = (ptrdiff_t)BANDS * BLOCK_ROWS * COLUMNS;
    tl_rng rng = tl_rng_start(2, TL_STREAM_SIMULATE, 0);
    s->input = tl_acquire(count, sizeof *s->input);
    s->result = tl_acquire(count, sizeof *s->result);
    if (s->input == NULL || s->result == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for a block of the scene");
    }
    for (ptrdiff_t k = 0; k < count; k++) {
        s->input[k] = (float)(0.1 + 0.3 * tl_rng_uniform(&rng));
    }
    return TL_OK;
}

/* All rows, block by block as they would come from a file. */
static tl_code fuse_blocks(scene *s, ptrdiff_t n_rows, int threads, tl_err *err) {
    for (ptrdiff_t row = 0; row < n_rows; row += BLOCK_ROWS) {
        const ptrdiff_t n = n_rows - row < BLOCK_ROWS ? n_rows - row : BLOCK_ROWS;
        TL_TRY(tl_parfor(threads, n, fuse_row, s, NULL, err));
    }
    return TL_OK;
}

static tl_code fuse(ptrdiff_t n_rows, int threads, tl_err *err) {
    tl_matrix satellite = {0};
    tl_matrix lab = {0};
    tl_matrix property = {0};
    tl_transfer transfer = {0};
    scene s = {0};
    tl_code code;
    TL_CHECK(make_data(SAMPLES, &satellite, &lab, &property, err));
    TL_CHECK(fit_paper(1, &satellite, &lab, &transfer, err));
    TL_CHECK(tl_fusion_generator_init(&s.generator, &transfer, err));
    TL_CHECK(fill_scene(&s, err));
    const times start = now();
    TL_CHECK(fuse_blocks(&s, n_rows, threads, err));
    print_times(start);
    double sum = 0.0;
    for (ptrdiff_t k = 0; k < (ptrdiff_t)BANDS * BLOCK_ROWS * COLUMNS; k++) {
        sum += (double)s.result[k];
    }
    printf(", \"sum\": %.15g}\n", sum);
done:
    tl_matrix_free(&satellite);
    tl_matrix_free(&lab);
    tl_matrix_free(&property);
    tl_fusion_transfer_free(&transfer);
    tl_fusion_generator_free(&s.generator);
    tl_release(s.input);
    tl_release(s.result);
    return code;
}

int main(int argc, char **argv) {
    tl_err err = {0};
    tl_code code = TL_OK;
    if (argc == 3 && strcmp(argv[1], "train") == 0) {
        code = train(atoi(argv[2]), &err);
    } else if (argc == 4 && strcmp(argv[1], "seeds") == 0) {
        code = search(strtoll(argv[2], NULL, 10), atoi(argv[3]), &err);
    } else if (argc == 4 && strcmp(argv[1], "fuse") == 0) {
        code = fuse((ptrdiff_t)strtoll(argv[2], NULL, 10), atoi(argv[3]), &err);
    } else {
        (void)fprintf(stderr,
                      "usage: fusion_work train EPOCHS | seeds N_SEEDS THREADS | fuse "
                      "N_ROWS THREADS\n");
        return 2;
    }
    if (code != TL_OK) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    return 0;
}
