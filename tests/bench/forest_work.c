/* SPDX-License-Identifier: GPL-2.0-or-later
 * The timed side of bench_forest.py: reads raw numbers, works, prints seconds, writes values.
 *
 *   forest_work forest        <file> <n> <m> <blocks> <width> <threads> <repeats>
 *   forest_work net           <file> <n> <m> <blocks> <width> <threads> <repeats>
 *   forest_work applicability <file> <n> <m> <blocks> <width> <threads> <repeats>
 *
 * The file holds [n, m] and [n] doubles to fit on, then blocks of [m, width] floats. "fit" lines
 * tell the seconds of the fit, "seconds" lines those of all blocks. Values are written as doubles
 * to <file>.out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/parfor.h"
#include "inversion/applicability.h"
#include "inversion/forest.h"
#include "inversion/net.h"

typedef struct request {
    char kind; /* 'f', 'n' or 'a' */
    int threads;
    tl_matrix x;
    double *y;
    ptrdiff_t blocks;
    ptrdiff_t width;
    float *pixel;  /* [blocks, m, width] */
    double *value; /* [blocks, width] */
    tl_forest forest;
    tl_net net;
    tl_applicability area;
} request;

static void check(tl_code code, const tl_err *err) {
    if (code != TL_OK) {
        fprintf(stderr, "forest_work: %s\n", err->text);
        exit(1);
    }
}

static void leave(const char *text) {
    fprintf(stderr, "forest_work: %s\n", text);
    exit(1);
}

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void print_seconds(const char *word, double wall, double cpu) {
    printf("%s %.9g %.9g\n", word, now(CLOCK_MONOTONIC) - wall,
           now(CLOCK_PROCESS_CPUTIME_ID) - cpu);
}

static void read_request(char **argument, request *r) {
    tl_err err = {0};
    FILE *file = fopen(argument[1], "rb");
    if (file == NULL) {
        leave("the input cannot be opened");
    }
    r->kind = argument[0][0];
    check(tl_matrix_init(&r->x, atol(argument[2]), atol(argument[3]), &err), &err);
    r->blocks = atol(argument[4]);
    r->width = atol(argument[5]);
    r->threads = atoi(argument[6]);
    const size_t samples = (size_t)(r->x.nrow * r->x.ncol);
    const size_t pixels = (size_t)(r->blocks * r->width * r->x.ncol);
    r->y = tl_acquire(r->x.nrow, sizeof *r->y);
    r->pixel = tl_acquire((ptrdiff_t)pixels, sizeof *r->pixel);
    r->value = tl_acquire(r->blocks * r->width, sizeof *r->value);
    if (r->y == NULL || r->pixel == NULL || r->value == NULL) {
        leave("out of memory");
    }
    if (fread(r->x.data, sizeof *r->x.data, samples, file) != samples ||
        fread(r->y, sizeof *r->y, (size_t)r->x.nrow, file) != (size_t)r->x.nrow ||
        fread(r->pixel, sizeof *r->pixel, pixels, file) != pixels) {
        leave("the input ends early");
    }
    fclose(file);
}

static void fit(request *r) {
    tl_err err = {0};
    if (r->kind == 'f') {
        tl_forest_options o = tl_inversion_forest_defaults();
        o.threads = r->threads;
        check(tl_inversion_forest_fit(&r->x, r->y, &o, NULL, 0, &r->forest, &err), &err);
    } else if (r->kind == 'n') {
        tl_net_options o = tl_inversion_net_defaults();
        o.threads = r->threads;
        check(tl_inversion_net_fit(&r->x, r->y, &o, NULL, 0, &r->net, &err), &err);
    } else {
        check(tl_inversion_applicability_fit(&r->x, NULL, NULL, 1, &r->area, &err), &err);
    }
}

static tl_code map_block(void *arg, ptrdiff_t block, tl_err *err) {
    const request *r = arg;
    const float *u = r->pixel + block * r->x.ncol * r->width;
    double *value = r->value + block * r->width;
    if (r->kind == 'f') {
        return tl_inversion_forest_predict_block(&r->forest, u, r->width, value, err);
    }
    if (r->kind == 'n') {
        return tl_inversion_net_predict_block(&r->net, u, r->width, value, err);
    }
    float *di = tl_acquire(r->width, sizeof *di);
    if (di == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory");
    }
    tl_inversion_applicability_block(&r->area, u, r->width, di);
    for (ptrdiff_t i = 0; i < r->width; i++) {
        value[i] = (double)di[i];
    }
    tl_release(di);
    return TL_OK;
}

static void write_values(const char *path, const request *r) {
    char name[4096];
    (void)snprintf(name, sizeof name, "%s.out", path);
    FILE *file = fopen(name, "wb");
    const size_t count = (size_t)(r->blocks * r->width);
    if (file == NULL || fwrite(r->value, sizeof *r->value, count, file) != count ||
        fclose(file) != 0) {
        leave("the values cannot be written");
    }
}

static void release(request *r) {
    tl_inversion_forest_free(&r->forest);
    tl_inversion_net_free(&r->net);
    tl_inversion_applicability_free(&r->area);
    tl_matrix_free(&r->x);
    tl_release(r->y);
    tl_release(r->pixel);
    tl_release(r->value);
}

int main(int argc, char **argv) {
    tl_err err = {0};
    request r = {0};
    if (argc != 9 || (strcmp(argv[1], "forest") != 0 && strcmp(argv[1], "net") != 0 &&
                      strcmp(argv[1], "applicability") != 0)) {
        leave("wanted forest, net or applicability and seven arguments");
    }
    read_request(argv + 1, &r);
    double wall = now(CLOCK_MONOTONIC);
    double cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    fit(&r);
    print_seconds("fit", wall, cpu);
    for (int i = 0; i < atoi(argv[8]); i++) {
        wall = now(CLOCK_MONOTONIC);
        cpu = now(CLOCK_PROCESS_CPUTIME_ID);
        check(tl_parfor(r.threads, r.blocks, map_block, &r, NULL, &err), &err);
        print_seconds("seconds", wall, cpu);
    }
    write_values(argv[2], &r);
    release(&r);
    return 0;
}
