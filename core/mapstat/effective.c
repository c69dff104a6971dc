/* SPDX-License-Identifier: GPL-2.0-or-later
 * Effective sample size from autocorrelation in distance classes; see effective.h. */
#include "mapstat/effective.h"

#include <math.h>

#include "base/alloc.h"

enum { CLASSES = 13 };

typedef struct pairs {
    const double *x; /* centred */
    const double *y;
    ptrdiff_t n;
    unsigned char *class_of; /* class of the pair (i, j), i < j, row by row */
    double rho_x[CLASSES];
    double rho_y[CLASSES];
    double *row_x; /* [n] row sums of the correlation matrices */
    double *row_y;
} pairs;

static double distance(const double *east, const double *north, ptrdiff_t i, ptrdiff_t j) {
    const double de = east[i] - east[j];
    const double dn = north[i] - north[j];
    return sqrt(de * de + dn * dn);
}

/* Equal classes up to the largest distance; a bound belongs to the class below it. */
static void classify(pairs *w, const double *east, const double *north) {
    double largest = 0.0;
    for (ptrdiff_t i = 0; i < w->n; i++) {
        for (ptrdiff_t j = i + 1; j < w->n; j++) {
            largest = fmax(largest, distance(east, north, i, j));
        }
    }
    ptrdiff_t at = 0;
    for (ptrdiff_t i = 0; i < w->n; i++) {
        for (ptrdiff_t j = i + 1; j < w->n; j++) {
            const double d = distance(east, north, i, j);
            int k = 0;
            while (k < CLASSES - 1 && d > (double)(k + 1) * largest / CLASSES) {
                k++;
            }
            w->class_of[at++] = (unsigned char)k;
        }
    }
}

/* Mean product per class over the variance: the correlogram of both variables. */
static void correlogram(pairs *w, double variance_x, double variance_y) {
    double count[CLASSES] = {0};
    ptrdiff_t at = 0;
    for (ptrdiff_t i = 0; i < w->n; i++) {
        for (ptrdiff_t j = i + 1; j < w->n; j++) {
            const int k = w->class_of[at++];
            count[k] += 1.0;
            w->rho_x[k] += w->x[i] * w->x[j];
            w->rho_y[k] += w->y[i] * w->y[j];
        }
    }
    for (int k = 0; k < CLASSES; k++) {
        w->rho_x[k] = count[k] > 0.0 ? w->rho_x[k] / count[k] / variance_x : 0.0;
        w->rho_y[k] = count[k] > 0.0 ? w->rho_y[k] / count[k] / variance_y : 0.0;
    }
}

/* 1 + tr(B Rx) tr(B Ry) / tr(B Rx B Ry) with B = I - 11'/n. */
static double from_traces(pairs *w) {
    const double n = (double)w->n;
    double product = n;
    for (ptrdiff_t i = 0; i < w->n; i++) {
        w->row_x[i] = 1.0;
        w->row_y[i] = 1.0;
    }
    ptrdiff_t at = 0;
    for (ptrdiff_t i = 0; i < w->n; i++) {
        for (ptrdiff_t j = i + 1; j < w->n; j++) {
            const int k = w->class_of[at++];
            product += 2.0 * w->rho_x[k] * w->rho_y[k];
            w->row_x[i] += w->rho_x[k];
            w->row_x[j] += w->rho_x[k];
            w->row_y[i] += w->rho_y[k];
            w->row_y[j] += w->rho_y[k];
        }
    }
    double sum_x = 0.0;
    double sum_y = 0.0;
    double rows = 0.0;
    for (ptrdiff_t i = 0; i < w->n; i++) {
        sum_x += w->row_x[i];
        sum_y += w->row_y[i];
        rows += w->row_x[i] * w->row_y[i];
    }
    const double trace = product + (sum_x * sum_y / n - 2.0 * rows) / n;
    const double top = (n - sum_x / n) * (n - sum_y / n);
    return trace > 0.0 && top > 0.0 ? 1.0 + top / trace : (double)NAN;
}

/* Copies v minus its mean to out; returns the variance (divided by n). */
static double centre(const double *v, ptrdiff_t n, double *out) {
    double mean = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        mean += v[i] / (double)n;
    }
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        out[i] = v[i] - mean;
        sum += out[i] * out[i];
    }
    return sum / (double)n;
}

tl_code tl_mapstat_effective(const double *x, const double *y, const double *east,
                             const double *north, ptrdiff_t n, double *n_effective, tl_err *err) {
    *n_effective = (double)NAN;
    if (n < 3) {
        return TL_OK;
    }
    pairs w = {.n = n};
    double *work = tl_acquire(4 * n, sizeof *work);
    w.class_of = tl_acquire(n * (n - 1) / 2, 1);
    tl_code code = TL_OK;
    if (work == NULL || w.class_of == NULL) {
        code = tl_fail(err, TL_NOMEM, "effective sample size: out of memory for %td places", n);
    } else {
        const double variance_x = centre(x, n, work);
        const double variance_y = centre(y, n, work + n);
        w.x = work;
        w.y = work + n;
        w.row_x = work + 2 * n;
        w.row_y = work + 3 * n;
        if (variance_x > 0.0 && variance_y > 0.0) {
            classify(&w, east, north);
            correlogram(&w, variance_x, variance_y);
            *n_effective = from_traces(&w);
        }
    }
    tl_release(work);
    tl_release(w.class_of);
    return code;
}
