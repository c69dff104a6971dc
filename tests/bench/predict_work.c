/* SPDX-License-Identifier: GPL-2.0-or-later
 * Times what the layers of a map cost in addition to its value, without files.
 *
 *   predict_work <model.json> <pixels> <runs>
 *
 * Prints for every run a line with the processor seconds of the value alone, of value and interval,
 * of value and applicability, and of all five layers, on one thread. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "pipeline/predict.h"

enum { WIDTH = 16384 };

static void check(tl_code code, const tl_err *err) {
    if (code != TL_OK) {
        fprintf(stderr, "predict_work: %s\n", err->text);
        exit(1);
    }
}

static void *zeroed(ptrdiff_t n, size_t size) {
    void *p = tl_acquire(n, size);
    if (p == NULL) {
        fprintf(stderr, "predict_work: out of memory\n");
        exit(1);
    }
    return p;
}

static void read_model(const char *path, tl_property_model *model) {
    tl_err err = {0};
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        fprintf(stderr, "predict_work: '%s' cannot be read\n", path);
        exit(1);
    }
    const long length = ftell(file);
    char *bytes = zeroed(length + 1, 1);
    rewind(file);
    const size_t got = fread(bytes, 1, (size_t)length, file);
    (void)fclose(file);
    check(tl_pipeline_property_model_parse(bytes, got, path, model, &err), &err);
    tl_release(bytes);
}

/* Seconds for count pixels with the layers whose bit is set. */
static double seconds(const tl_predictor *t, const float *const *band, ptrdiff_t count,
                      unsigned layers, double *scratch) {
    static float layer[tl_prediction_layers][WIDTH];
    tl_prediction out = {0};
    tl_err err = {0};
    for (int k = 0; k < tl_prediction_layers; k++) {
        *tl_pipeline_prediction_layer(&out, k) = (layers >> k & 1U) != 0U ? layer[k] : NULL;
    }
    struct timespec from;
    struct timespec to;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    for (ptrdiff_t done = 0; done < count; done += WIDTH) {
        check(tl_pipeline_predict_block(t, band, WIDTH, &out, scratch, &err), &err);
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    return (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
}

int main(int argc, char **argv) {
    tl_err err = {0};
    tl_property_model model;
    tl_bands bands;
    tl_predictor t;
    if (argc != 4) {
        fprintf(stderr, "usage: predict_work MODEL PIXELS RUNS\n");
        return 2;
    }
    read_model(argv[1], &model);
    check(tl_bands_init(&bands, model.p, &err), &err);
    ptrdiff_t *index = zeroed(model.p, sizeof *index);
    const float **band = zeroed(model.p, sizeof *band);
    float *stored = zeroed(model.p * WIDTH, sizeof *stored);
    uint32_t state = 1;
    for (ptrdiff_t j = 0; j < model.p; j++) {
        index[j] = j;
        band[j] = stored + j * WIDTH;
    }
    for (ptrdiff_t k = 0; k < model.p * WIDTH; k++) {
        state = state * 1664525U + 1013904223U;
        stored[k] = 0.2F + 1e-11F * (float)(state >> 8);
    }
    check(tl_pipeline_predictor_init(&t, &model, &bands, index, &err), &err);
    double *scratch = zeroed(tl_pipeline_predict_scratch(&t), sizeof *scratch);
    const ptrdiff_t count = (ptrdiff_t)strtol(argv[2], NULL, 10);
    for (long run = strtol(argv[3], NULL, 10); run > 0; run--) {
        printf("seconds");
        for (int k = 0; k < 4; k++) {
            static const unsigned layers[] = {0x01, 0x07, 0x19, 0x1F};
            printf(" %.9g", seconds(&t, (const float *const *)band, count, layers[k], scratch));
        }
        printf("\n");
    }
    tl_release(scratch);
    tl_pipeline_predictor_free(&t);
    tl_release(stored);
    tl_release((void *)band);
    tl_release(index);
    tl_bands_free(&bands);
    tl_pipeline_property_model_free(&model);
    return 0;
}
