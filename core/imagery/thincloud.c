/* SPDX-License-Identifier: GPL-2.0-or-later
 * Thin cloud; see thincloud.h. */
#include "imagery/thincloud.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "num/stats.h"

/* --- lower edge --- */

enum { least_in_group = 5 };

typedef struct point {
    double x;
    double y;
} point;

static int by_x(const void *a, const void *b) {
    const point *p = a;
    const point *q = b;
    if (p->x < q->x || p->x > q->x) {
        return p->x < q->x ? -1 : 1;
    }
    return (p->y > q->y) - (p->y < q->y);
}

/* The middle of a group along x and the low quantile of its y. */
static point lower_point(const point *p, ptrdiff_t n, double share, double *scratch) {
    double x = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        x += p[i].x;
        scratch[i] = p[i].y;
    }
    tl_num_sort(scratch, n);
    return (point){x / (double)n, tl_num_quantile(scratch, n, share, 7)};
}

static void fit_line(const point *p, ptrdiff_t n, double *a, double *b) {
    double mean_x = 0.0;
    double mean_y = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        mean_x += p[i].x / (double)n;
        mean_y += p[i].y / (double)n;
    }
    double xx = 0.0;
    double xy = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        xx += (p[i].x - mean_x) * (p[i].x - mean_x);
        xy += (p[i].x - mean_x) * (p[i].y - mean_y);
    }
    *b = xy / xx;
    *a = mean_y - *b * mean_x;
}

tl_code tl_imagery_lower_line(const double *x, const double *y, ptrdiff_t n, ptrdiff_t groups,
                              double share, double *a, double *b, tl_err *err) {
    *a = *b = 0.0;
    if (n < least_in_group * groups) {
        return tl_fail(err, TL_DATA, "lower edge: %td points; wanted %td or more", n,
                       least_in_group * groups);
    }
    point *p = tl_acquire(n, sizeof *p);
    point *edge = tl_acquire(groups, sizeof *edge);
    double *scratch = tl_acquire(n, sizeof *scratch);
    tl_code code = TL_OK;
    if (p == NULL || edge == NULL || scratch == NULL) {
        code = tl_no_memory(err, "%td points", n);
        goto done;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        p[i] = (point){x[i], y[i]};
    }
    qsort(p, (size_t)n, sizeof *p, by_x);
    if (!(p[0].x < p[n - 1].x)) {
        code = tl_fail(err, TL_DATA, "lower edge: all %td points have the same x, %g", n, p[0].x);
        goto done;
    }
    for (ptrdiff_t g = 0; g < groups; g++) {
        const ptrdiff_t from = g * n / groups;
        edge[g] = lower_point(p + from, (g + 1) * n / groups - from, share, scratch);
    }
    fit_line(edge, groups, a, b);
done:
    tl_release(p);
    tl_release(edge);
    tl_release(scratch);
    return code;
}

/* --- spread --- */

tl_code tl_imagery_spread(const double *value, ptrdiff_t n, double *spread, double *noise,
                          tl_err *err) {
    double *all = tl_acquire(3 * n, sizeof *all);
    *spread = (double)NAN;
    if (noise != NULL) {
        *noise = (double)NAN;
    }
    if (all == NULL) {
        return tl_no_memory(err, "%td pairs of cells", n);
    }
    double *difference = all + 2 * n;
    ptrdiff_t m = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (isfinite(value[2 * i]) && isfinite(value[2 * i + 1])) {
            all[2 * m] = value[2 * i];
            all[2 * m + 1] = value[2 * i + 1];
            difference[m++] = fabs(value[2 * i] - value[2 * i + 1]);
        }
    }
    if (m >= 10) {
        tl_num_sort(all, 2 * m);
        tl_num_sort(difference, m);
        /* The median of |a - b| of two normals of deviation s is 0.6745 sqrt(2) s. */
        const double s = tl_num_quantile(difference, m, 0.5, 7) / (0.67448975 * sqrt(2.0));
        const double range =
            tl_num_quantile(all, 2 * m, 0.95, 7) - tl_num_quantile(all, 2 * m, 0.05, 7);
        *spread = s > 0.0 ? range / s : HUGE_VAL;
        if (noise != NULL) {
            *noise = s;
        }
    }
    tl_release(all);
    return TL_OK;
}

/* --- around a cell --- */

/* Sums and counts per column over the rows of the square, moved down row by row. */
typedef struct strip {
    const float *value; /* before smoothing */
    const unsigned char *marked;
    ptrdiff_t ncol;
    double *sum;
    ptrdiff_t *count;
} strip;

static void move_strip(strip *s, ptrdiff_t row, int sign) {
    for (ptrdiff_t c = 0; c < s->ncol; c++) {
        const ptrdiff_t at = row * s->ncol + c;
        if (s->marked[at] && !isnan(s->value[at])) {
            s->sum[c] += sign * (double)s->value[at];
            s->count[c] += sign;
        }
    }
}

/* The mean of a row of squares. */
static void smooth_row(const strip *s, ptrdiff_t radius, float *row) {
    double sum = 0.0;
    ptrdiff_t count = 0;
    for (ptrdiff_t c = 0; c < tl_min(radius, s->ncol); c++) {
        sum += s->sum[c];
        count += s->count[c];
    }
    for (ptrdiff_t c = 0; c < s->ncol; c++) {
        if (c + radius < s->ncol) {
            sum += s->sum[c + radius];
            count += s->count[c + radius];
        }
        if (c - radius - 1 >= 0) {
            sum -= s->sum[c - radius - 1];
            count -= s->count[c - radius - 1];
        }
        if (count > 0 && !isnan(row[c])) {
            row[c] = (float)(sum / (double)count);
        }
    }
}

static float *copy_values(const tl_grid *g) {
    const ptrdiff_t cells = g->nrow * g->ncol;
    float *copy = tl_acquire(cells, sizeof *copy);
    for (ptrdiff_t i = 0; copy != NULL && i < cells; i++) {
        copy[i] = g->data[i];
    }
    return copy;
}

tl_code tl_imagery_smooth(tl_grid *value, const unsigned char *marked, ptrdiff_t radius,
                          tl_err *err) {
    float *before = copy_values(value);
    strip s = {before, marked, value->ncol, tl_acquire(value->ncol, sizeof(double)),
               tl_acquire(value->ncol, sizeof(ptrdiff_t))};
    tl_code code = TL_OK;
    if (before == NULL || s.sum == NULL || s.count == NULL) {
        code = tl_no_memory(err, "%td x %td cells", value->ncol, value->nrow);
        goto done;
    }
    for (ptrdiff_t r = 0; r < tl_min(radius, value->nrow); r++) {
        move_strip(&s, r, 1);
    }
    for (ptrdiff_t r = 0; r < value->nrow; r++) {
        if (r + radius < value->nrow) {
            move_strip(&s, r + radius, 1);
        }
        if (r - radius - 1 >= 0) {
            move_strip(&s, r - radius - 1, -1);
        }
        smooth_row(&s, radius, value->data + r * value->ncol);
    }
done:
    tl_release(before);
    tl_release(s.sum);
    tl_release(s.count);
    return code;
}

tl_code tl_imagery_darkest(tl_grid *value, const unsigned char *marked, ptrdiff_t radius,
                           tl_err *err) {
    const ptrdiff_t nrow = value->nrow;
    const ptrdiff_t ncol = value->ncol;
    float *along = tl_acquire(nrow * ncol, sizeof *along);
    if (along == NULL) {
        return tl_no_memory(err, "%td x %td cells", ncol, nrow);
    }
    for (ptrdiff_t r = 0; r < nrow; r++) {
        for (ptrdiff_t c = 0; c < ncol; c++) {
            float least = INFINITY;
            const ptrdiff_t end = tl_min(c + radius, ncol - 1);
            for (ptrdiff_t k = tl_max(c - radius, 0); k <= end; k++) {
                const ptrdiff_t at = r * ncol + k;
                least = marked[at] && value->data[at] < least ? value->data[at] : least;
            }
            along[r * ncol + c] = least;
        }
    }
    for (ptrdiff_t r = 0; r < nrow; r++) {
        for (ptrdiff_t c = 0; c < ncol; c++) {
            float least = INFINITY;
            const ptrdiff_t end = tl_min(r + radius, nrow - 1);
            for (ptrdiff_t k = tl_max(r - radius, 0); k <= end; k++) {
                least = fminf(least, along[k * ncol + c]);
            }
            float *at = value->data + r * ncol + c;
            *at = isinf(least) || isnan(*at) ? *at : least;
        }
    }
    tl_release(along);
    return TL_OK;
}
