/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pearson, Spearman and their significance over a selection of cells; see correlate.h. */
#include "mapstat/correlate.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "mapstat/effective.h"
#include "num/ranks.h"

/* --- coefficients --- */

/* Pearson's r from the means and the sums of squares and products around them. */
static double r_of(double n, double mean_x, double mean_y, double xx, double yy, double xy) {
    const double tiny = 1e-14;
    if (n < 3.0 || !(xx > tiny * n * mean_x * mean_x) || !(yy > tiny * n * mean_y * mean_y)) {
        return (double)NAN;
    }
    const double r = xy / sqrt(xx * yy);
    return tl_min_double(1.0, tl_max_double(-1.0, r));
}

double tl_mapstat_pearson(const double *x, const double *y, ptrdiff_t n) {
    double mean_x = 0.0;
    double mean_y = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        mean_x += x[i];
        mean_y += y[i];
    }
    mean_x /= (double)n;
    mean_y /= (double)n;
    double xx = 0.0;
    double yy = 0.0;
    double xy = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const double dx = x[i] - mean_x;
        const double dy = y[i] - mean_y;
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    return r_of((double)n, mean_x, mean_y, xx, yy, xy);
}

/* Two-sided probability of |r| or more by chance with n independent pairs. */
static double p_of(double r, double n) {
    if (isnan(r) || isnan(n) || n < 3.0) {
        return (double)NAN;
    }
    const double rest = 1.0 - r * r;
    if (!(rest > 0.0)) {
        return 0.0;
    }
    return 2.0 * gsl_cdf_tdist_Q(fabs(r) * sqrt((n - 2.0) / rest), n - 2.0);
}

/* --- the selected cells --- */

/* The smallest rectangle around the selection, in double. */
typedef struct window {
    ptrdiff_t row0;
    ptrdiff_t col0;
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    double *x; /* [nrow, ncol] */
    double *y;
    unsigned char *mask;
    double *packed; /* [2, n] values of the selected cells, one after the other */
    ptrdiff_t n;
} window;

typedef struct pair_scan {
    const tl_grid *a;
    const tl_grid *b;
    const tl_selection *selection;
} pair_scan;

static int counts(const pair_scan *s, ptrdiff_t row, ptrdiff_t col) {
    const ptrdiff_t at = tl_grid_at(s->a, row, col);
    return (s->selection->zone == NULL || s->selection->zone[at] == s->selection->wanted) &&
           !isnan(s->a->data[at]) && !isnan(s->b->data[at]);
}

static void find_window(const pair_scan *s, window *w) {
    ptrdiff_t last_row = -1;
    ptrdiff_t last_col = -1;
    w->row0 = s->a->nrow;
    w->col0 = s->a->ncol;
    for (ptrdiff_t row = 0; row < s->a->nrow; row++) {
        for (ptrdiff_t col = s->selection->col_from; col < s->selection->col_to; col++) {
            if (counts(s, row, col)) {
                w->n++;
                w->row0 = tl_min(row, w->row0);
                w->col0 = tl_min(col, w->col0);
                last_row = row;
                last_col = tl_max(col, last_col);
            }
        }
    }
    w->nrow = w->n > 0 ? last_row - w->row0 + 1 : 0;
    w->ncol = w->n > 0 ? last_col - w->col0 + 1 : 0;
}

static tl_code fill_window(const pair_scan *s, window *w, tl_err *err) {
    const ptrdiff_t cells = w->nrow * w->ncol;
    w->x = tl_acquire(cells, sizeof *w->x);
    w->y = tl_acquire(cells, sizeof *w->y);
    w->mask = tl_acquire(cells, 1);
    if (w->x == NULL || w->y == NULL || w->mask == NULL) {
        return tl_no_memory(err, "the correlation of %td cells", cells);
    }
    for (ptrdiff_t row = 0; row < w->nrow; row++) {
        for (ptrdiff_t col = 0; col < w->ncol; col++) {
            const ptrdiff_t at = row * w->ncol + col;
            const ptrdiff_t from = tl_grid_at(s->a, w->row0 + row, w->col0 + col);
            w->mask[at] = (unsigned char)counts(s, w->row0 + row, w->col0 + col);
            w->x[at] = w->mask[at] ? (double)s->a->data[from] : 0.0;
            w->y[at] = w->mask[at] ? (double)s->b->data[from] : 0.0;
        }
    }
    return TL_OK;
}

static tl_code pack_window(window *w, tl_err *err) {
    w->packed = tl_acquire(2 * w->n, sizeof *w->packed);
    if (w->packed == NULL) {
        return tl_no_memory(err, "the correlation of %td values", w->n);
    }
    ptrdiff_t k = 0;
    for (ptrdiff_t i = 0; i < w->nrow * w->ncol; i++) {
        if (w->mask[i]) {
            w->packed[k] = w->x[i];
            w->packed[w->n + k] = w->y[i];
            k++;
        }
    }
    return TL_OK;
}

static void free_window(window *w) {
    tl_release(w->x);
    tl_release(w->y);
    tl_release(w->mask);
    tl_release(w->packed);
}

/* --- trend --- */

/* Subtracts the least-squares plane from the values; in one row or column of cells it is a line. */
static void subtract_plane(const window *w, double *values, double dx, double dy) {
    double row_mean = 0.0;
    double col_mean = 0.0;
    double mean = 0.0;
    const double n = (double)w->n;
    for (ptrdiff_t i = 0; i < w->nrow * w->ncol; i++) {
        row_mean += w->mask[i] ? (double)(i / w->ncol) / n : 0.0;
        col_mean += w->mask[i] ? (double)(i % w->ncol) / n : 0.0;
        mean += w->mask[i] ? values[i] / n : 0.0;
    }
    double ee = 0.0;
    double nn = 0.0;
    double en = 0.0;
    double ev = 0.0;
    double nv = 0.0;
    for (ptrdiff_t i = 0; i < w->nrow * w->ncol; i++) {
        if (w->mask[i]) {
            const double east = dx * ((double)(i % w->ncol) - col_mean);
            const double north = dy * ((double)(i / w->ncol) - row_mean);
            ee += east * east;
            nn += north * north;
            en += east * north;
            ev += east * (values[i] - mean);
            nv += north * (values[i] - mean);
        }
    }
    const double det = ee * nn - en * en;
    double per_east = ee > nn ? ev / ee : 0.0;
    double per_north = ee > nn || !(nn > 0.0) ? 0.0 : nv / nn;
    if (det > 1e-12 * ee * nn) {
        per_east = (ev * nn - nv * en) / det;
        per_north = (nv * ee - ev * en) / det;
    }
    for (ptrdiff_t i = 0; i < w->nrow * w->ncol; i++) {
        if (w->mask[i]) {
            values[i] -= mean + per_east * dx * ((double)(i % w->ncol) - col_mean) +
                         per_north * dy * ((double)(i / w->ncol) - row_mean);
        }
    }
}

/* Spread of the values around the mean, to distinguish remainders of rounding from a map. */
static double spread(const window *w, const double *values, double mean) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < w->nrow * w->ncol; i++) {
        sum += w->mask[i] ? (values[i] - mean) * (values[i] - mean) : 0.0;
    }
    return sum;
}

static double mean_of(const window *w, const double *values) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < w->nrow * w->ncol; i++) {
        sum += w->mask[i] ? values[i] : 0.0;
    }
    return sum / (double)w->n;
}

/* 1 when a residual is left; an exact plane leaves only the rounding of its floats. */
static int detrend(const window *w, double *values, double dx, double dy) {
    const double mean = mean_of(w, values);
    const double before = spread(w, values, mean) + (double)w->n * mean * mean;
    subtract_plane(w, values, dx, dy);
    return spread(w, values, 0.0) > 1e-13 * before;
}

/* --- ranks --- */

static tl_code spearman_of(const window *w, double *rho, tl_err *err) {
    const ptrdiff_t n = w->n;
    float *values = tl_acquire(n, sizeof *values);
    double *ranks = tl_acquire(2 * n, sizeof *ranks);
    tl_code code = TL_OK;
    if (values == NULL || ranks == NULL) {
        code = tl_no_memory(err, "the ranks of %td cells", n);
        goto done;
    }
    for (ptrdiff_t side = 0; side < 2; side++) {
        for (ptrdiff_t i = 0; i < n; i++) {
            values[i] = (float)w->packed[side * n + i];
        }
        TL_CHECK(tl_num_mean_ranks(values, n, ranks + side * n, err));
    }
    *rho = tl_mapstat_pearson(ranks, ranks + n, n);
done:
    tl_release(values);
    tl_release(ranks);
    return code;
}

/* --- both together --- */

/* Fisher's transform makes r normal with the variance 1 / (n - 3). */
static void interval(tl_correlation *c) {
    if (c->n_effective > 3.0) {
        const double normal_975 = 1.959963984540054;
        const double half = normal_975 / sqrt(c->n_effective - 3.0);
        const double z = atanh(c->pearson);
        c->low = tanh(z - half);
        c->high = tanh(z + half);
    }
}

static tl_code correlate_window(const pair_scan *s, window *w, const tl_correlate_options *options,
                                tl_correlation *out, tl_err *err) {
    double dx;
    double dy;
    TL_TRY(tl_georef_cell_m(&s->a->geo, s->a->nrow / 2, &dx, &dy, err));
    TL_TRY(fill_window(s, w, err));
    if (options->detrend && (!detrend(w, w->x, dx, dy) || !detrend(w, w->y, dx, dy))) {
        return TL_OK;
    }
    TL_TRY(pack_window(w, err));
    out->pearson = tl_mapstat_pearson(w->packed, w->packed + w->n, w->n);
    if (isnan(out->pearson)) {
        return TL_OK;
    }
    if (options->spearman) {
        TL_TRY(spearman_of(w, &out->spearman, err));
    }
    const tl_field_pair pair = {w->nrow, w->ncol, w->mask, w->x, w->y, dx, dy};
    tl_effective effective;
    TL_TRY(tl_mapstat_effective(&pair, &effective, err));
    out->n_effective = fmin(effective.n, (double)out->n);
    if (isnan(effective.n)) {
        out->n_effective = effective.n;
    }
    out->p_naive = p_of(out->pearson, (double)out->n);
    out->p = p_of(out->pearson, out->n_effective);
    out->p_spearman = p_of(out->spearman, out->n_effective);
    interval(out);
    return TL_OK;
}

tl_code tl_mapstat_correlate(const tl_grid *a, const tl_grid *b, const tl_selection *selection,
                             const tl_correlate_options *options, tl_correlation *out,
                             tl_err *err) {
    const double unknown = (double)NAN;
    *out = (tl_correlation){.pearson = unknown,
                            .spearman = unknown,
                            .p_naive = unknown,
                            .n_effective = unknown,
                            .p = unknown,
                            .low = unknown,
                            .high = unknown,
                            .p_spearman = unknown};
    if (a->nrow != b->nrow || a->ncol != b->ncol) {
        return tl_fail(err, TL_SHAPE,
                       "correlation: the maps have %td x %td and %td x %td cells; align them first",
                       a->nrow, a->ncol, b->nrow, b->ncol);
    }
    if (selection->col_from < 0 || selection->col_to > a->ncol) {
        return tl_fail(err, TL_ARG, "correlation: columns %td to %td are outside 0 to %td",
                       selection->col_from, selection->col_to, a->ncol);
    }
    const pair_scan s = {a, b, selection};
    window w = {0};
    find_window(&s, &w);
    out->n = w.n;
    const tl_code code = w.n < 3 ? TL_OK : correlate_window(&s, &w, options, out, err);
    free_window(&w);
    return code;
}
