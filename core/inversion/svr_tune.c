/* SPDX-License-Identifier: GPL-2.0-or-later
 * Choosing C, gamma and epsilon of a support vector regression; see svr.h. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parfor.h"
#include "inversion/standardise.h"
#include "inversion/svr.h"
#include "inversion/svr_solve.h"
#include "num/stats.h"

/* One division, standardised by its learning rows. */
typedef struct division {
    const tl_inner_set *set;
    tl_matrix learn; /* [l, l] squared distances */
    tl_matrix check; /* [c, l] squared distances */
    double *scaled;  /* [l] property of the learning rows in standard deviations */
    double mean_y;
    double scale_y;
    ptrdiff_t m;
} division;

/* Points of the grid with the same gamma are consecutive; first[w] .. first[w + 1] - 1. */
typedef struct grid {
    int n_width;
    ptrdiff_t first[tl_svr_max_choices + 1];
    tl_svr_setting *point;
} grid;

typedef struct tuning {
    division *part;
    int n_sets;
    const grid *points;
    tl_matrix error; /* [points, n] */
} tuning;

static void free_division(division *d) {
    tl_matrix_free(&d->learn);
    tl_matrix_free(&d->check);
    tl_release(d->scaled);
}

static tl_code measure(division *d, const tl_matrix *learn, const tl_matrix *check, tl_err *err) {
    TL_TRY(tl_inversion_squared_distances(learn, learn, &d->learn, err));
    return tl_inversion_squared_distances(check, learn, &d->check, err);
}

static void scale_property(division *d) {
    const ptrdiff_t l = d->set->learn_x.nrow;
    d->mean_y = tl_num_mean(d->set->learn_y, l);
    d->scale_y = tl_num_sd(d->set->learn_y, l);
    if (!(d->scale_y > 1e-12 * fabs(d->mean_y))) {
        d->scale_y = 1.0;
    }
    for (ptrdiff_t i = 0; i < l; i++) {
        d->scaled[i] = (d->set->learn_y[i] - d->mean_y) / d->scale_y;
    }
}

static tl_code make_division(division *d, const tl_inner_set *set, tl_err *err) {
    const tl_matrix *x = &set->learn_x;
    if (x->nrow < 2 || x->nrow > tl_svr_max_samples) {
        return tl_fail(err, TL_DATA,
                       "a support vector regression needs 2 to %d samples, but there are %td",
                       tl_svr_max_samples, x->nrow);
    }
    *d = (division){.set = set, .m = x->ncol};
    tl_code code = TL_OK;
    tl_matrix learn = {0};
    tl_matrix check = {0};
    double *mean = tl_acquire(2 * x->ncol, sizeof *mean);
    d->scaled = tl_acquire(x->nrow, sizeof *d->scaled);
    if (mean == NULL || d->scaled == NULL) {
        code = tl_no_memory(err, "a regression on %td features", x->ncol);
        goto done;
    }
    double *scale = mean + x->ncol;
    tl_inversion_moments(x, mean, scale);
    TL_CHECK(tl_inversion_standardise(x, mean, scale, &learn, err));
    TL_CHECK(tl_inversion_standardise(&set->check_x, mean, scale, &check, err));
    TL_CHECK(measure(d, &learn, &check, err));
    scale_property(d);
done:
    tl_matrix_free(&learn);
    tl_matrix_free(&check);
    tl_release(mean);
    return code;
}

/* Errors of the held-out rows of a division at one point; kernel of the check rows in check. */
static void predict_check(const division *d, const tl_matrix *check, const double *beta,
                          double intercept, double *error) {
    for (ptrdiff_t i = 0; i < check->nrow; i++) {
        const double *k = tl_matrix_row(check, i);
        double sum = intercept;
        for (ptrdiff_t j = 0; j < check->ncol; j++) {
            sum += beta[j] * k[j];
        }
        error[d->set->check_row[i]] = d->mean_y + d->scale_y * sum - d->set->check_y[i];
    }
}

/* All points of one gamma on one division: block = division * widths + width. */
static tl_code solve_block(void *arg, ptrdiff_t block, tl_err *err) {
    const tuning *t = arg;
    const division *d = &t->part[block / t->points->n_width];
    const ptrdiff_t width = block % t->points->n_width;
    const ptrdiff_t first = t->points->first[width];
    const double gamma = t->points->point[first].width / (double)d->m;
    tl_code code = TL_OK;
    tl_svr_kernel kernel = {0};
    tl_matrix check = {0};
    double *beta = tl_acquire(d->learn.nrow, sizeof *beta);
    if (beta == NULL) {
        code = tl_no_memory(err, "a support vector regression");
        goto done;
    }
    TL_CHECK(tl_matrix_copy(&check, &d->check, err));
    TL_CHECK(tl_inversion_svr_kernel_init(&kernel, d->learn.nrow, err));
    tl_inversion_svr_kernel_fill(&kernel, &d->learn, gamma);
    for (ptrdiff_t k = 0; k < check.nrow * check.ncol; k++) {
        check.data[k] = exp(-gamma * check.data[k]);
    }
    for (ptrdiff_t k = first; k < t->points->first[width + 1]; k++) {
        const tl_svr_setting *p = &t->points->point[k];
        double intercept;
        TL_CHECK(tl_inversion_svr_solve(&kernel, d->scaled, p->cost, p->tube, 1e-3, beta,
                                        &intercept, err));
        predict_check(d, &check, beta, intercept, tl_matrix_row(&t->error, k));
    }
done:
    tl_inversion_svr_kernel_free(&kernel);
    tl_matrix_free(&check);
    tl_release(beta);
    return code;
}

/* 1 when a is the simpler of two equally good points. */
static int simpler(const tl_svr_setting *a, const tl_svr_setting *b) {
    if (a->cost != b->cost) {
        return a->cost < b->cost;
    }
    return a->width != b->width ? a->width < b->width : a->tube > b->tube;
}

/* Solves every point; the best one replaces *best if its squared error is below *least. */
static tl_code try_points(tuning *t, const grid *points, int threads, ptrdiff_t n,
                          tl_svr_setting *best, double *least, double *error, tl_err *err) {
    const ptrdiff_t count = points->first[points->n_width];
    t->points = points;
    tl_code code;
    TL_CHECK(tl_matrix_init(&t->error, count, n, err));
    TL_CHECK(tl_parfor(threads, (ptrdiff_t)t->n_sets * points->n_width, solve_block, t, NULL, err));
    for (ptrdiff_t k = 0; k < count; k++) {
        double squares = 0.0;
        for (ptrdiff_t i = 0; i < n; i++) {
            squares += tl_matrix_row(&t->error, k)[i] * tl_matrix_row(&t->error, k)[i];
        }
        if (squares < *least || (squares <= *least && simpler(&points->point[k], best))) {
            *least = squares;
            *best = points->point[k];
            memcpy(error, tl_matrix_row(&t->error, k), (size_t)n * sizeof *error);
        }
    }
done:
    tl_matrix_free(&t->error);
    return code;
}

static tl_code try_grid(tuning *t, const tl_svr_options *o, ptrdiff_t n, tl_svr_setting *best,
                        double *least, double *error, tl_err *err) {
    grid all = {.n_width = o->n_width};
    const ptrdiff_t count = (ptrdiff_t)o->n_width * o->n_cost * o->n_tube;
    all.point = tl_acquire(count, sizeof *all.point);
    if (all.point == NULL) {
        return tl_no_memory(err, "a grid of %td points", count);
    }
    ptrdiff_t at = 0;
    for (int w = 0; w < o->n_width; w++) {
        for (int c = 0; c < o->n_cost; c++) {
            for (int e = 0; e < o->n_tube; e++) {
                all.point[at++] = (tl_svr_setting){o->cost[c], o->width[w], o->tube[e]};
            }
        }
        all.first[w + 1] = at;
    }
    const tl_code code = try_points(t, &all, o->threads, n, best, least, error, err);
    tl_release(all.point);
    return code;
}

/* Square root of the mean step of an increasing list; 1 when it has no step. */
static double half_step(const double *value, int n) {
    return n > 1 ? pow(value[n - 1] / value[0], 0.5 / (n - 1)) : 1.0;
}

/* The eight points half a step away in C and gamma. */
static tl_code refine_kernel(tuning *t, const tl_svr_options *o, ptrdiff_t n, tl_svr_setting *best,
                             double *least, double *error, tl_err *err) {
    const double cost_step = half_step(o->cost, o->n_cost);
    const double width_step = half_step(o->width, o->n_width);
    const tl_svr_setting middle = *best;
    tl_svr_setting around[8];
    grid box = {.n_width = 3, .point = around};
    ptrdiff_t at = 0;
    for (int w = -1; w <= 1; w++) {
        for (int c = -1; c <= 1; c++) {
            if (w != 0 || c != 0) {
                around[at++] = (tl_svr_setting){middle.cost * pow(cost_step, c),
                                                middle.width * pow(width_step, w), middle.tube};
            }
        }
        box.first[w + 2] = at;
    }
    return try_points(t, &box, o->threads, n, best, least, error, err);
}

/* The midpoints between epsilon and its neighbours in the grid. */
static tl_code refine_tube(tuning *t, const tl_svr_options *o, ptrdiff_t n, tl_svr_setting *best,
                           double *least, double *error, tl_err *err) {
    tl_svr_setting midpoint[2];
    grid line = {.n_width = 1, .point = midpoint};
    for (int e = 0; e < o->n_tube; e++) {
        const int lower = e + 1 < o->n_tube && o->tube[e + 1] == best->tube;
        const int upper = e > 0 && o->tube[e - 1] == best->tube;
        if (lower || upper) {
            midpoint[line.first[1]] = *best;
            midpoint[line.first[1]++].tube = sqrt(o->tube[e] * best->tube);
        }
    }
    return line.first[1] > 0 ? try_points(t, &line, o->threads, n, best, least, error, err) : TL_OK;
}

tl_code tl_inversion_svr_tune(const tl_inner_set *set, int n_sets, ptrdiff_t n,
                              const tl_svr_options *o, uint32_t index, tl_svr_setting *best,
                              double *error, tl_err *err) {
    (void)index;
    TL_TRY(tl_inversion_svr_options_check(o, err));
    tl_code code = TL_OK;
    tuning t = {.n_sets = n_sets};
    double least = HUGE_VAL;
    t.part = tl_acquire(n_sets, sizeof *t.part);
    if (t.part == NULL) {
        return tl_no_memory(err, "%d inner divisions", n_sets);
    }
    for (int k = 0; k < n_sets; k++) {
        TL_CHECK(make_division(&t.part[k], &set[k], err));
    }
    *best = (tl_svr_setting){o->cost[0], o->width[0], o->tube[0]};
    TL_CHECK(try_grid(&t, o, n, best, &least, error, err));
    if (o->refine) {
        TL_CHECK(refine_kernel(&t, o, n, best, &least, error, err));
        TL_CHECK(refine_tube(&t, o, n, best, &least, error, err));
    }
done:
    for (int k = 0; k < n_sets; k++) {
        free_division(&t.part[k]);
    }
    tl_release(t.part);
    return code;
}
