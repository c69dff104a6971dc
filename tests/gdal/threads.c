/* SPDX-License-Identifier: GPL-2.0-or-later
 * Four threads read one virtual raster at once, each with a dataset of its own and band by band, as
 * QGIS does. Built for the thread sanitizer; ends with 0 when all of them read the same bytes.
 *
 *   threads FILE.vrt SCENE   SCENE gets a new time before each round, so that nothing is kept */
#define _POSIX_C_SOURCE 200809L
#include <cpl_conv.h>
#include <gdal.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { THREADS = 4, ROUNDS = 6, STRIPES = 4 };

typedef struct reader {
    const char *path;
    const float *want; /* [bands, rows, columns] */
    pthread_barrier_t *start;
    int number;
    int faults;
} reader;

/* All bands of some rows, each compared with what was read alone. */
static int check_stripe(GDALDatasetH dataset, const float *want, int stripe, int first_band) {
    const int cols = GDALGetRasterXSize(dataset);
    const int rows = GDALGetRasterYSize(dataset);
    const int bands = GDALGetRasterCount(dataset);
    const int top = stripe * rows / STRIPES;
    const int tall = (stripe + 1) * rows / STRIPES - top;
    float *got = malloc((size_t)tall * (size_t)cols * sizeof *got);
    int faults = got == NULL;
    for (int k = 0; k < bands && got != NULL; k++) {
        const int band = (k + first_band) % bands;
        const float *same = want + ((size_t)band * (size_t)rows + (size_t)top) * (size_t)cols;
        faults += GDALRasterIO(GDALGetRasterBand(dataset, band + 1), GF_Read, 0, top, cols, tall,
                               got, cols, tall, GDT_Float32, 0, 0) != CE_None ||
                  memcmp(got, same, (size_t)tall * (size_t)cols * sizeof *got) != 0;
    }
    free(got);
    return faults;
}

static void *read_all(void *arg) {
    reader *r = arg;
    (void)pthread_barrier_wait(r->start);
    GDALDatasetH dataset = GDALOpen(r->path, GA_ReadOnly);
    r->faults += dataset == NULL;
    for (int stripe = 0; stripe < STRIPES && dataset != NULL; stripe++) {
        r->faults += check_stripe(dataset, r->want, stripe, r->number);
    }
    if (dataset != NULL) {
        GDALClose(dataset);
    }
    return NULL;
}

static float *read_alone(const char *path) {
    GDALDatasetH dataset = GDALOpen(path, GA_ReadOnly);
    if (dataset == NULL) {
        return NULL;
    }
    const int cols = GDALGetRasterXSize(dataset);
    const int rows = GDALGetRasterYSize(dataset);
    const int bands = GDALGetRasterCount(dataset);
    float *all = malloc((size_t)cols * (size_t)rows * (size_t)bands * sizeof *all);
    if (all != NULL && GDALDatasetRasterIO(dataset, GF_Read, 0, 0, cols, rows, all, cols, rows,
                                           GDT_Float32, bands, NULL, 0, 0, 0) != CE_None) {
        free(all);
        all = NULL;
    }
    GDALClose(dataset);
    return all;
}

static int play_round(const char *path, const float *want) {
    pthread_t thread[THREADS];
    reader reader_of[THREADS];
    pthread_barrier_t start;
    int faults = 0;
    (void)pthread_barrier_init(&start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        reader_of[i] = (reader){.path = path, .want = want, .start = &start, .number = i};
        if (pthread_create(&thread[i], NULL, read_all, &reader_of[i]) != 0) {
            return 1;
        }
    }
    for (int i = 0; i < THREADS; i++) {
        (void)pthread_join(thread[i], NULL);
        faults += reader_of[i].faults;
    }
    (void)pthread_barrier_destroy(&start);
    return faults;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        (void)fprintf(stderr, "usage: threads FILE.vrt SCENE\n");
        return 2;
    }
    GDALAllRegister();
    float *want = read_alone(argv[1]);
    int faults = want == NULL;
    for (int k = 0; k < ROUNDS && want != NULL; k++) {
        const struct timespec times[2] = {{.tv_sec = 1000 + k / 2}, {.tv_sec = 1000 + k / 2}};
        faults += utimensat(0, argv[2], times, 0) != 0 || play_round(argv[1], want) != 0;
    }
    free(want);
    (void)printf("%d threads, %d rounds, %d faults\n", THREADS, ROUNDS, faults);
    return faults > 0;
}
