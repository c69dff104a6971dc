/* SPDX-License-Identifier: GPL-2.0-or-later
 * The timed side of bench_inversion.py: reads raw numbers, works, prints seconds and answers.
 *
 *   inversion_work cars  <file> <n> <p> <repeats>             one run of CARS, deterministic folds
 *   inversion_work nested <file> <n> <p> <repeats> <folds> <threads>   CARS and PLSR in nested folds
 *   inversion_work grid  <file> <n> <p> <repeats> <threads>   grid of a support vector regression
 *   inversion_work map   <file> <m> <s> <blocks> <width> <threads>   support vectors over pixels
 *
 * cars, nested and grid read [n, p] and [n] doubles, nested then [repeats, n] outer folds; map reads the header of a model as doubles (gamma,
 * intercept, [s] beta, [s, m] support), then blocks of [m, width] floats, and writes the values as
 * doubles to <file>.out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/parfor.h"
#include "inversion/cars.h"
#include "inversion/pls.h"
#include "inversion/svr.h"

static void check(tl_code code, const tl_err *err) {
    if (code != TL_OK) {
        fprintf(stderr, "inversion_work: %s\n", err->text);
        exit(1);
    }
}

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void read_all(FILE *file, void *to, size_t size, size_t count) {
    if (fread(to, size, count, file) != count) {
        fprintf(stderr, "inversion_work: the input ends early\n");
        exit(1);
    }
}

static FILE *open_or_leave(const char *path, const char *mode) {
    FILE *file = fopen(path, mode);
    if (file == NULL) {
        fprintf(stderr, "inversion_work: %s cannot be opened\n", path);
        exit(1);
    }
    return file;
}

static void read_samples(char **argument, tl_matrix *x, double **y) {
    tl_err err = {0};
    FILE *file = open_or_leave(argument[0], "rb");
    check(tl_matrix_init(x, atol(argument[1]), atol(argument[2]), &err), &err);
    *y = tl_acquire(x->nrow, sizeof **y);
    read_all(file, x->data, sizeof *x->data, (size_t)(x->nrow * x->ncol));
    read_all(file, *y, sizeof **y, (size_t)x->nrow);
    fclose(file);
}

static void print_seconds(double wall, double cpu) {
    printf("seconds %.9g %.9g\n", now(CLOCK_MONOTONIC) - wall, now(CLOCK_PROCESS_CPUTIME_ID) - cpu);
}

static void time_cars(char **argument) {
    tl_err err = {0};
    tl_matrix x;
    double *y;
    read_samples(argument, &x, &y);
    tl_cars_options o = tl_inversion_cars_defaults();
    o.runs = 1;
    int *fold = tl_acquire(x.nrow, sizeof *fold);
    for (ptrdiff_t i = 0; i < x.nrow; i++) {
        fold[i] = (int)(i % o.folds);
    }
    for (int r = 0; r < atoi(argument[3]); r++) {
        tl_cars cars;
        const double wall = now(CLOCK_MONOTONIC);
        const double cpu = now(CLOCK_PROCESS_CPUTIME_ID);
        check(tl_inversion_cars(&x, y, NULL, fold, &o, (uint32_t)r, NULL, &cars, &err), &err);
        print_seconds(wall, cpu);
        printf("first %.17g\n", cars.rmsecv.data[0]);
        double bands = 0.0;
        for (int i = 0; i < o.iterations; i++) {
            bands += cars.size.data[i];
        }
        printf("bands %.17g\n", bands);
        tl_inversion_cars_free(&cars);
    }
    tl_release(fold);
    tl_release(y);
    tl_matrix_free(&x);
}

/* One outer training set of a repeat: CARS without random steps, then PLSR on its bands. */
typedef struct nest {
    const tl_matrix *x;
    const double *y;
    const double *fold; /* [repeats, n] */
    int folds;
    double *squares; /* [repeats * folds] */
} nest;

/* Squared errors of the test rows with the bands and components of cars. */
static tl_code test_rows(const nest *t, const double *fold, int f, const tl_matrix *learn_x,
                         const double *learn_y, const tl_cars *cars, double *squares, tl_err *err) {
    ptrdiff_t *band = tl_acquire(cars->p, sizeof *band);
    ptrdiff_t count = 0;
    tl_matrix part = {0};
    tl_pls pls = {0};
    tl_code code;
    for (ptrdiff_t j = 0; j < cars->p; j++) {
        if (cars->chosen[j]) {
            band[count++] = j;
        }
    }
    TL_CHECK(tl_matrix_copy(&part, learn_x, err));
    tl_matrix_keep_columns(&part, band, count);
    const ptrdiff_t components = cars->components[cars->best[0]];
    TL_CHECK(tl_inversion_pls_fit(&part, learn_y, components, 1, &pls, err));
    for (ptrdiff_t i = 0; i < t->x->nrow; i++) {
        if ((int)fold[i] == f) {
            double value = pls.intercept[pls.components];
            for (ptrdiff_t k = 0; k < count; k++) {
                value += tl_matrix_row(&pls.coefficients, pls.components)[k] *
                         tl_matrix_row(t->x, i)[band[k]];
            }
            *squares += (value - t->y[i]) * (value - t->y[i]);
        }
    }
done:
    tl_release(band);
    tl_matrix_free(&part);
    tl_inversion_pls_free(&pls);
    return code;
}

static tl_code nest_block(void *arg, ptrdiff_t block, tl_err *err) {
    const nest *t = arg;
    const int f = (int)(block % t->folds);
    const double *fold = t->fold + block / t->folds * t->x->nrow;
    ptrdiff_t *row = tl_acquire(t->x->nrow, sizeof *row);
    double *y = tl_acquire(t->x->nrow, sizeof *y);
    int *inner = tl_acquire(t->x->nrow, sizeof *inner);
    ptrdiff_t l = 0;
    tl_matrix x = {0};
    tl_cars cars = {0};
    tl_cars_options o = tl_inversion_cars_defaults();
    o.deterministic = 1;
    for (ptrdiff_t i = 0; i < t->x->nrow; i++) {
        if ((int)fold[i] != f) {
            inner[l] = (int)(l % o.folds);
            y[l] = t->y[i];
            row[l++] = i;
        }
    }
    tl_code code;
    TL_CHECK(tl_matrix_take_rows(&x, t->x, row, l, err));
    TL_CHECK(tl_inversion_cars(&x, y, NULL, inner, &o, 0, NULL, &cars, err));
    TL_CHECK(test_rows(t, fold, f, &x, y, &cars, &t->squares[block], err));
done:
    tl_inversion_cars_free(&cars);
    tl_matrix_free(&x);
    tl_release(row);
    tl_release(y);
    tl_release(inner);
    return code;
}

static void time_nested(char **argument) {
    tl_err err = {0};
    tl_matrix x;
    double *y;
    read_samples(argument, &x, &y);
    const ptrdiff_t repeats = atol(argument[3]);
    nest t = {.x = &x, .y = y, .folds = atoi(argument[4])};
    double *fold = tl_acquire(repeats * x.nrow, sizeof *fold);
    t.squares = tl_acquire(repeats * t.folds, sizeof *t.squares);
    FILE *file = open_or_leave(argument[0], "rb");
    fseek(file, (long)((size_t)(x.nrow * x.ncol + x.nrow) * sizeof *y), SEEK_SET);
    read_all(file, fold, sizeof *fold, (size_t)(repeats * x.nrow));
    fclose(file);
    t.fold = fold;
    const double wall = now(CLOCK_MONOTONIC);
    const double cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    check(tl_parfor(atoi(argument[5]), repeats * t.folds, nest_block, &t, NULL, &err), &err);
    print_seconds(wall, cpu);
    printf("squares");
    for (ptrdiff_t r = 0; r < repeats; r++) {
        double sum = 0.0;
        for (ptrdiff_t f = 0; f < t.folds; f++) {
            sum += t.squares[r * t.folds + f];
        }
        printf(" %.17g", sum);
    }
    printf("\n");
    tl_release(fold);
    tl_release(t.squares);
    tl_release(y);
    tl_matrix_free(&x);
}

enum { divisions = 5 };

static void make_sets(const tl_matrix *x, const double *y, tl_inner_set *set) {
    tl_err err = {0};
    ptrdiff_t *learn = tl_acquire(x->nrow, sizeof *learn);
    for (ptrdiff_t k = 0; k < divisions; k++) {
        ptrdiff_t l = 0;
        ptrdiff_t c = 0;
        set[k].learn_y = tl_acquire(x->nrow, sizeof *y);
        set[k].check_y = tl_acquire(x->nrow, sizeof *y);
        set[k].check_row = tl_acquire(x->nrow, sizeof *learn);
        for (ptrdiff_t i = 0; i < x->nrow; i++) {
            if (i % divisions == k) {
                set[k].check_y[c] = y[i];
                set[k].check_row[c++] = i;
            } else {
                set[k].learn_y[l] = y[i];
                learn[l++] = i;
            }
        }
        check(tl_matrix_take_rows(&set[k].learn_x, x, learn, l, &err), &err);
        check(tl_matrix_take_rows(&set[k].check_x, x, set[k].check_row, c, &err), &err);
    }
    tl_release(learn);
}

static void time_grid(char **argument) {
    tl_err err = {0};
    tl_matrix x;
    double *y;
    tl_inner_set set[divisions];
    read_samples(argument, &x, &y);
    make_sets(&x, y, set);
    tl_svr_options o = tl_inversion_svr_defaults();
    o.refine = 0;
    o.threads = atoi(argument[4]);
    double *error = tl_acquire(x.nrow, sizeof *error);
    for (int r = 0; r < atoi(argument[3]); r++) {
        tl_svr_setting best;
        const double wall = now(CLOCK_MONOTONIC);
        const double cpu = now(CLOCK_PROCESS_CPUTIME_ID);
        check(tl_inversion_svr_tune(set, divisions, x.nrow, &o, 0, &best, error, &err), &err);
        print_seconds(wall, cpu);
        double squares = 0.0;
        for (ptrdiff_t i = 0; i < x.nrow; i++) {
            squares += error[i] * error[i];
        }
        printf("best %.17g %.17g %.17g %.17g\n", best.cost, best.width, best.tube,
               squares / (double)x.nrow);
    }
    tl_release(error);
    for (int k = 0; k < divisions; k++) {
        tl_matrix_free(&set[k].learn_x);
        tl_matrix_free(&set[k].check_x);
        tl_release(set[k].learn_y);
        tl_release(set[k].check_y);
        tl_release(set[k].check_row);
    }
    tl_release(y);
    tl_matrix_free(&x);
}

typedef struct pixels {
    const tl_svr *svr;
    const float *u;
    ptrdiff_t width;
    double *value;
} pixels;

static tl_code map_block(void *arg, ptrdiff_t block, tl_err *err) {
    const pixels *p = arg;
    float *scratch = tl_acquire(tl_inversion_svr_scratch(p->svr), sizeof *scratch);
    if (scratch == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory");
    }
    tl_inversion_svr_predict_block(p->svr, p->u + block * p->svr->m * p->width, p->width,
                                   p->value + block * p->width, scratch);
    tl_release(scratch);
    return TL_OK;
}

static void read_model(FILE *file, ptrdiff_t m, ptrdiff_t s, tl_svr *svr) {
    tl_err err = {0};
    *svr = (tl_svr){.m = m, .n_support = s, .scale_y = 1.0};
    svr->mean = tl_acquire(m, sizeof *svr->mean);
    svr->scale = tl_acquire(m, sizeof *svr->scale);
    svr->beta = tl_acquire(s, sizeof *svr->beta);
    for (ptrdiff_t j = 0; j < m; j++) {
        svr->scale[j] = 1.0;
    }
    check(tl_matrix_init(&svr->support, s, m, &err), &err);
    read_all(file, &svr->gamma, sizeof svr->gamma, 1);
    read_all(file, &svr->intercept, sizeof svr->intercept, 1);
    read_all(file, svr->beta, sizeof *svr->beta, (size_t)s);
    read_all(file, svr->support.data, sizeof *svr->support.data, (size_t)(s * m));
    check(tl_inversion_svr_pack(svr, &err), &err);
}

static void time_map(char **argument) {
    tl_err err = {0};
    tl_svr svr;
    const ptrdiff_t m = atol(argument[1]);
    const ptrdiff_t blocks = atol(argument[3]);
    const ptrdiff_t width = atol(argument[4]);
    FILE *file = open_or_leave(argument[0], "rb");
    read_model(file, m, atol(argument[2]), &svr);
    float *u = tl_acquire(blocks * m * width, sizeof *u);
    double *value = tl_acquire(blocks * width, sizeof *value);
    read_all(file, u, sizeof *u, (size_t)(blocks * m * width));
    fclose(file);
    pixels p = {.svr = &svr, .u = u, .width = width, .value = value};
    for (int r = 0; r < 3; r++) {
        const double wall = now(CLOCK_MONOTONIC);
        const double cpu = now(CLOCK_PROCESS_CPUTIME_ID);
        check(tl_parfor(atoi(argument[5]), blocks, map_block, &p, NULL, &err), &err);
        print_seconds(wall, cpu);
    }
    char path[4096];
    snprintf(path, sizeof path, "%s.out", argument[0]);
    file = open_or_leave(path, "wb");
    fwrite(value, sizeof *value, (size_t)(blocks * width), file);
    fclose(file);
    tl_release(u);
    tl_release(value);
    tl_inversion_svr_free(&svr);
}

int main(int argc, char **argv) {
    if (argc == 6 && strcmp(argv[1], "cars") == 0) {
        time_cars(argv + 2);
    } else if (argc == 8 && strcmp(argv[1], "nested") == 0) {
        time_nested(argv + 2);
    } else if (argc == 7 && strcmp(argv[1], "grid") == 0) {
        time_grid(argv + 2);
    } else if (argc == 8 && strcmp(argv[1], "map") == 0) {
        time_map(argv + 2);
    } else {
        fprintf(stderr, "inversion_work: see the head of inversion_work.c\n");
        return 2;
    }
    return 0;
}
