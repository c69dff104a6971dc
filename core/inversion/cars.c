/* SPDX-License-Identifier: GPL-2.0-or-later
 * Competitive adaptive reweighted sampling; see cars.h. */
#include "inversion/cars.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "base/rng.h"
#include "inversion/cars_fit.h"
#include "inversion/folds.h"
#include "inversion/standardise.h"
#include "num/stats.h"

enum { min_rows = 5, max_runs = 1000 };

/* Makes the folds of CARS differ from other divisions with the same seed. */
static const uint32_t fold_indices = 0x80000000U;

/* A band with its weight in a step. */
typedef struct candidate {
    double weight;
    ptrdiff_t at; /* among the bands of the step */
} candidate;

/* What all runs share. */
typedef struct selection {
    const tl_cars_options *o;
    tl_matrix x; /* [n, p] autoscaled */
    const double *y;
    const ptrdiff_t *group;
    const int *fold;
    uint32_t index;
    tl_matrix in_best; /* [runs, p] 1: chosen by the run */
    tl_cars *out;
} selection;

/* The memory of one run. */
typedef struct run_work {
    tl_cars_fit fit;
    int *fold;         /* [n] */
    ptrdiff_t *row;    /* [n] a permutation */
    double *squares;   /* [components] */
    ptrdiff_t *member; /* [p] numbers of the bands of the step, increasing */
    ptrdiff_t *keep;   /* [p] positions of those that stay */
    candidate *order;  /* [p] */
    double *sum;       /* [p] of the weights up to a candidate */
    tl_rng rng;
} run_work;

tl_cars_options tl_inversion_cars_defaults(void) {
    return (tl_cars_options){.iterations = 50,
                             .row_share = 0.8,
                             .folds = 5,
                             .components = 10,
                             .runs = 20,
                             .keep_share = 0.3,
                             .seed = 1,
                             .threads = 1};
}

static tl_code check_whole(const char *name, int value, int min, int max, tl_err *err) {
    return value >= min && value <= max
               ? TL_OK
               : tl_fail(err, TL_ARG, "cars: %s = %d, wanted %d to %d", name, value, min, max);
}

tl_code tl_inversion_cars_options_check(const tl_cars_options *o, tl_err *err) {
    TL_TRY(check_whole("iterations", o->iterations, 2, 1000, err));
    TL_TRY(check_whole("folds", o->folds, 2, 100, err));
    TL_TRY(check_whole("components", o->components, 1, 100, err));
    TL_TRY(check_whole("runs", o->runs, 1, max_runs, err));
    if (!(o->row_share >= 0.1 && o->row_share <= 1.0)) {
        return tl_fail(err, TL_ARG, "cars: share of rows = %g, wanted 0.1 to 1", o->row_share);
    }
    if (!(o->keep_share >= 0.0 && o->keep_share <= 1.0)) {
        return tl_fail(err, TL_ARG, "cars: share of runs = %g, wanted 0 to 1", o->keep_share);
    }
    return TL_OK;
}

ptrdiff_t tl_inversion_cars_size(ptrdiff_t p, int n, int i) {
    const double half = (double)p / 2.0;
    const double k = log(half) / (n - 1);
    const double a = pow(half, 1.0 / (n - 1));
    const ptrdiff_t size = (ptrdiff_t)floor((double)p * a * exp(-k * (i + 1)) + 0.5);
    const ptrdiff_t least = tl_min(p, 2);
    return tl_max(least, tl_min(p, size));
}

static void release_work(run_work *w) {
    tl_inversion_cars_fit_free(&w->fit);
    tl_release(w->fold);
    tl_release(w->row);
    tl_release(w->squares);
    tl_release(w->member);
    tl_release(w->keep);
    tl_release(w->order);
    tl_release(w->sum);
}

static tl_code acquire_work(run_work *w, const selection *s, tl_err *err) {
    const ptrdiff_t n = s->x.nrow;
    const ptrdiff_t p = s->x.ncol;
    TL_TRY(tl_inversion_cars_fit_init(&w->fit, &s->x, s->y, s->o->components, err));
    w->fold = tl_acquire(n, sizeof *w->fold);
    w->row = tl_acquire(n, sizeof *w->row);
    w->squares = tl_acquire(s->o->components, sizeof *w->squares);
    w->member = tl_acquire(p, sizeof *w->member);
    w->keep = tl_acquire(p, sizeof *w->keep);
    w->order = tl_acquire(p, sizeof *w->order);
    w->sum = tl_acquire(p, sizeof *w->sum);
    if (w->fold == NULL || w->row == NULL || w->squares == NULL || w->member == NULL ||
        w->keep == NULL || w->order == NULL || w->sum == NULL) {
        return tl_no_memory(err, "a selection among %td bands", p);
    }
    return TL_OK;
}

/* Adds the squared errors of the rows of one fold, for every number of components. */
static void add_fold(run_work *w, int k, ptrdiff_t max_components) {
    tl_cars_fit *f = &w->fit;
    for (ptrdiff_t i = 0; i < f->n; i++) {
        f->mask[i] = w->fold[i] == k ? 0.0 : 1.0;
    }
    tl_inversion_cars_fit_rows(f);
    for (ptrdiff_t i = 0; i < f->n; i++) {
        if (w->fold[i] != k) {
            continue;
        }
        double error = f->mean_y - f->y[i];
        for (ptrdiff_t a = 0; a < max_components; a++) {
            if (a < f->components) {
                error += f->loading[a] * f->score[a * f->width + i];
            }
            w->squares[a] += error * error;
        }
    }
}

/* RMSECV of the bands of the step and the number of components that has it. */
static double validate(run_work *w, const tl_cars_options *o, int *components) {
    tl_cars_fit *f = &w->fit;
    const ptrdiff_t max_components = tl_min(f->v, o->components);
    for (ptrdiff_t a = 0; a < max_components; a++) {
        w->squares[a] = 0.0;
    }
    for (int k = 0; k < o->folds; k++) {
        add_fold(w, k, max_components);
    }
    ptrdiff_t best = 0;
    for (ptrdiff_t a = 1; a < max_components; a++) {
        best = w->squares[a] < w->squares[best] ? a : best;
    }
    *components = (int)best + 1;
    return sqrt(w->squares[best] / (double)f->n);
}

/* The fit that weights the bands, on a share of the rows. */
static void weigh(run_work *w, const tl_cars_options *o) {
    tl_cars_fit *f = &w->fit;
    const ptrdiff_t rows =
        o->deterministic ? f->n : (ptrdiff_t)floor(o->row_share * (double)f->n + 1e-9);
    if (o->deterministic) {
        for (ptrdiff_t i = 0; i < f->n; i++) {
            w->row[i] = i;
        }
    } else {
        tl_rng_permutation(&w->rng, f->n, w->row);
    }
    for (ptrdiff_t i = 0; i < f->n; i++) {
        f->mask[w->row[i]] = i < rows ? 1.0 : 0.0;
    }
    tl_inversion_cars_fit_rows(f);
    tl_inversion_cars_fit_coefficients(f);
}

static int heavier_first(const void *a, const void *b) {
    const candidate *p = a;
    const candidate *q = b;
    if (p->weight != q->weight) {
        return p->weight > q->weight ? -1 : 1;
    }
    return p->at < q->at ? -1 : p->at > q->at;
}

/* Writes the bands with the largest weights, at most count, into w->order; returns their number. */
static ptrdiff_t rank_bands(run_work *w, ptrdiff_t count) {
    const ptrdiff_t v = w->fit.v;
    for (ptrdiff_t j = 0; j < v; j++) {
        w->order[j] = (candidate){fabs(w->fit.weight[j]), j};
    }
    qsort(w->order, (size_t)v, sizeof *w->order, heavier_first);
    ptrdiff_t kept = 0;
    while (kept < v && kept < count && w->order[kept].weight > 0.0) {
        kept++;
    }
    return kept;
}

/* Marks in w->keep (1 or 0 per band of the step) the bands that p weighted draws among the
 * candidates chose. */
static void draw_bands(run_work *w, ptrdiff_t kept, ptrdiff_t p) {
    double total = 0.0;
    for (ptrdiff_t k = 0; k < kept; k++) {
        total += w->order[k].weight;
        w->sum[k] = total;
    }
    for (ptrdiff_t d = 0; d < p; d++) {
        const double aim = tl_rng_uniform(&w->rng) * total;
        ptrdiff_t low = 0;
        ptrdiff_t high = kept - 1;
        while (low < high) {
            const ptrdiff_t middle = (low + high) / 2;
            if (w->sum[middle] > aim) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        w->keep[w->order[low].at] = 1;
    }
}

/* Reduces the bands to those of the next step; returns 0 when no band has a weight. */
static int reduce(run_work *w, const tl_cars_options *o, ptrdiff_t p, int step) {
    const ptrdiff_t kept = rank_bands(w, tl_inversion_cars_size(p, o->iterations, step));
    for (ptrdiff_t j = 0; j < w->fit.v; j++) {
        w->keep[j] = 0;
    }
    if (o->deterministic) {
        for (ptrdiff_t k = 0; k < kept; k++) {
            w->keep[w->order[k].at] = 1;
        }
    } else if (kept > 0) {
        draw_bands(w, kept, p);
    }
    ptrdiff_t v = 0;
    for (ptrdiff_t j = 0; j < w->fit.v; j++) {
        if (w->keep[j]) {
            w->member[v] = w->member[j];
            w->keep[v++] = j;
        }
    }
    if (v > 0) {
        tl_inversion_cars_fit_keep(&w->fit, w->keep, v);
    }
    return v > 0;
}

/* Records one step; its bands become those of the run when they are the best so far. */
static void note_step(const selection *s, const run_work *w, ptrdiff_t run, int step, double rmsecv,
                      int components) {
    tl_cars *out = s->out;
    const ptrdiff_t p = s->x.ncol;
    const double *curve = tl_matrix_row(&out->rmsecv, run);
    tl_matrix_row(&out->rmsecv, run)[step] = rmsecv;
    tl_matrix_row(&out->size, run)[step] = (double)w->fit.v;
    out->components[run * s->o->iterations + step] = components;
    if (run == 0) {
        for (ptrdiff_t j = 0; j < w->fit.v; j++) {
            tl_matrix_row(&out->path, step)[w->member[j]] = w->fit.weight[j];
        }
    }
    const int smaller =
        tl_matrix_row(&out->size, run)[step] < tl_matrix_row(&out->size, run)[out->best[run]];
    if (step == 0 || rmsecv < curve[out->best[run]] ||
        (rmsecv <= curve[out->best[run]] && smaller)) {
        double *in_best = tl_matrix_row(&s->in_best, run);
        out->best[run] = step;
        for (ptrdiff_t j = 0; j < p; j++) {
            in_best[j] = 0.0;
        }
        for (ptrdiff_t j = 0; j < w->fit.v; j++) {
            in_best[w->member[j]] = 1.0;
        }
    }
}

static tl_code divide(const selection *s, run_work *w, uint32_t index, tl_err *err) {
    const ptrdiff_t n = s->x.nrow;
    if (s->fold == NULL) {
        return tl_inversion_folds(n, s->group, s->o->folds, s->o->seed, fold_indices | index,
                                  w->fold, err);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        if (s->fold[i] < 0 || s->fold[i] >= s->o->folds) {
            return tl_fail(err, TL_ARG, "cars: row %td is in fold %d, wanted 0 to %d", i,
                           s->fold[i], s->o->folds - 1);
        }
        w->fold[i] = s->fold[i];
    }
    return TL_OK;
}

static tl_code one_run(void *arg, ptrdiff_t run, tl_err *err) {
    const selection *s = arg;
    const ptrdiff_t p = s->x.ncol;
    const uint32_t index = s->index * max_runs + (uint32_t)run;
    run_work w = {0};
    tl_code code;
    TL_CHECK(acquire_work(&w, s, err));
    TL_CHECK(divide(s, &w, index, err));
    w.rng = tl_rng_start(s->o->seed, TL_STREAM_CARS, index);
    for (ptrdiff_t j = 0; j < p; j++) {
        w.member[j] = j;
        w.keep[j] = j;
    }
    tl_inversion_cars_fit_keep(&w.fit, w.keep, p);
    for (int step = 0; step < s->o->iterations; step++) {
        int components;
        const double rmsecv = validate(&w, s->o, &components);
        weigh(&w, s->o);
        note_step(s, &w, run, step, rmsecv, components);
        if (step + 1 < s->o->iterations && !reduce(&w, s->o, p, step + 1)) {
            break;
        }
    }
done:
    release_work(&w);
    return code;
}

/* The two max_components frequent bands, used when fewer reach the share. */
static void choose_two(tl_cars *out) {
    for (ptrdiff_t j = 0; j < out->p; j++) {
        ptrdiff_t before = 0;
        for (ptrdiff_t i = 0; i < out->p; i++) {
            before += out->frequency[i] > out->frequency[j] ||
                      (out->frequency[i] == out->frequency[j] && i < j);
        }
        out->chosen[j] = before < 2;
    }
}

static void combine_runs(const selection *s) {
    tl_cars *out = s->out;
    for (ptrdiff_t j = 0; j < out->p; j++) {
        double count = 0.0;
        for (int r = 0; r < out->runs; r++) {
            count += tl_matrix_row(&s->in_best, r)[j];
        }
        out->frequency[j] = count / out->runs;
        /* A small tolerance, so that 6 of 20 runs are 0.3 of them with any rounding. */
        const double wanted = s->o->keep_share * out->runs - 1e-6;
        out->chosen[j] = count > 0.0 && count >= wanted;
        out->n_chosen += out->chosen[j];
    }
    if (out->n_chosen < 2 && out->runs > 1) {
        choose_two(out);
        out->n_chosen = tl_min(out->p, 2);
    }
}

static tl_code acquire_result(tl_cars *out, ptrdiff_t p, const tl_cars_options *o, tl_err *err) {
    const int runs = o->deterministic ? 1 : o->runs;
    const ptrdiff_t steps = o->iterations;
    *out = (tl_cars){.p = p, .runs = runs, .iterations = o->iterations};
    TL_TRY(tl_matrix_init(&out->size, runs, steps, err));
    TL_TRY(tl_matrix_init(&out->rmsecv, runs, steps, err));
    TL_TRY(tl_matrix_init(&out->path, steps, p, err));
    out->chosen = tl_acquire(p, sizeof *out->chosen);
    out->frequency = tl_acquire(p, sizeof *out->frequency);
    out->components = tl_acquire(runs * steps, sizeof *out->components);
    out->best = tl_acquire(runs, sizeof *out->best);
    if (out->chosen == NULL || out->frequency == NULL || out->components == NULL ||
        out->best == NULL) {
        return tl_no_memory(err, "a selection among %td bands", p);
    }
    for (ptrdiff_t k = 0; k < runs * steps; k++) {
        out->rmsecv.data[k] = (double)NAN;
    }
    for (ptrdiff_t k = 0; k < steps * p; k++) {
        out->path.data[k] = (double)NAN;
    }
    return TL_OK;
}

/* Autoscales; fails when nothing varies. */
static tl_code prepare(selection *s, const tl_matrix *x, tl_err *err) {
    tl_code code = TL_OK;
    double *mean = tl_acquire(2 * x->ncol, sizeof *mean);
    if (mean == NULL) {
        return tl_no_memory(err, "a selection among %td bands", x->ncol);
    }
    double *scale = mean + x->ncol;
    tl_inversion_moments(x, mean, scale);
    double spread = 0.0;
    TL_CHECK(tl_inversion_standardise(x, mean, scale, &s->x, err));
    for (ptrdiff_t k = 0; k < x->nrow * x->ncol; k++) {
        spread = tl_max_double(fabs(s->x.data[k]), spread);
    }
    if (!(spread > 1e-9)) {
        code = tl_fail(err, TL_DATA, "bands cannot be selected: none of the %td bands varies",
                       x->ncol);
    } else if (!(tl_num_sd(s->y, x->nrow) > 0.0)) {
        code = tl_fail(err, TL_DATA, "bands cannot be selected: the property has one value, %g",
                       s->y[0]);
    }
done:
    tl_release(mean);
    return code;
}

tl_code tl_inversion_cars(const tl_matrix *x, const double *y, const ptrdiff_t *group,
                          const int *fold, const tl_cars_options *o, uint32_t index,
                          const tl_progress *progress, tl_cars *out, tl_err *err) {
    *out = (tl_cars){0};
    TL_TRY(tl_inversion_cars_options_check(o, err));
    if (x->nrow < min_rows || x->ncol < 1) {
        return tl_fail(err, TL_DATA,
                       "bands cannot be selected from %td samples and %td bands: at least %d "
                       "samples are needed",
                       x->nrow, x->ncol, min_rows);
    }
    selection s = {.o = o, .y = y, .group = group, .fold = fold, .index = index, .out = out};
    tl_code code;
    TL_CHECK(acquire_result(out, x->ncol, o, err));
    TL_CHECK(tl_matrix_init(&s.in_best, out->runs, x->ncol, err));
    TL_CHECK(prepare(&s, x, err));
    TL_CHECK(tl_parfor(o->threads, out->runs, one_run, &s, progress, err));
    combine_runs(&s);
done:
    tl_matrix_free(&s.x);
    tl_matrix_free(&s.in_best);
    if (code != TL_OK) {
        tl_inversion_cars_free(out);
    }
    return code;
}

void tl_inversion_cars_free(tl_cars *cars) {
    if (cars != NULL) {
        tl_matrix_free(&cars->size);
        tl_matrix_free(&cars->rmsecv);
        tl_matrix_free(&cars->path);
        tl_release(cars->chosen);
        tl_release(cars->frequency);
        tl_release(cars->components);
        tl_release(cars->best);
        *cars = (tl_cars){0};
    }
}
