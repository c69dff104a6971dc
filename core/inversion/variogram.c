/* SPDX-License-Identifier: GPL-2.0-or-later
 * Variograms fitted to differences between samples; see kriging.h. */
#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/stop.h"
#include "inversion/kriging.h"

enum { MAX_CLASSES = 15, MIN_CLASSES = 4, RANGE_STEPS = 200, REFINEMENTS = 80 };

/* Distance classes of pairs of samples. */
typedef struct classes {
    int n;
    double pairs[MAX_CLASSES];
    double distance[MAX_CLASSES]; /* mean */
    double gamma[MAX_CLASSES];    /* mean of half the squared difference */
} classes;

/* Share of the sill that is reached at distance h, in [0, 1]. */
static double shape(tl_variogram_kind kind, double h, double range) {
    const double u = h / range;
    if (kind == TL_EXPONENTIAL) {
        return -expm1(-u);
    }
    return u < 1.0 ? u * (1.5 - 0.5 * u * u) : 1.0;
}

double tl_inversion_variogram(const tl_variogram *v, double h) {
    return h > 0.0 ? v->nugget + v->sill * shape(v->kind, h, v->range) : 0.0;
}

static double cutoff_of(const double *x, const double *y, ptrdiff_t n) {
    double west = x[0];
    double east = x[0];
    double south = y[0];
    double north = y[0];
    for (ptrdiff_t i = 1; i < n; i++) {
        west = fmin(west, x[i]);
        east = fmax(east, x[i]);
        south = fmin(south, y[i]);
        north = fmax(north, y[i]);
    }
    return hypot(east - west, north - south) / 3.0;
}

static tl_code collect(const double *x, const double *y, const double *value, ptrdiff_t n,
                       classes *c, tl_err *err) {
    const double cutoff = cutoff_of(x, y, n);
    const ptrdiff_t wanted = n >= 4 * MAX_CLASSES  ? MAX_CLASSES
                             : n < 4 * MIN_CLASSES ? MIN_CLASSES
                                                   : n / 4;
    const double width = cutoff / (double)wanted;
    classes all = {0};
    for (ptrdiff_t i = 1; i < n; i++) {
        TL_TRY(tl_stop_check(err));
        for (ptrdiff_t j = 0; j < i; j++) {
            const double h = hypot(x[i] - x[j], y[i] - y[j]);
            if (!(h > 0.0) || h > cutoff) {
                continue;
            }
            /* A distance on a class limit belongs to the nearer class. */
            ptrdiff_t k = (ptrdiff_t)ceil(h / width) - 1;
            k = k >= wanted ? wanted - 1 : k;
            const double d = value[i] - value[j];
            all.pairs[k] += 1.0;
            all.distance[k] += h;
            all.gamma[k] += 0.5 * d * d;
        }
    }
    *c = (classes){0};
    for (ptrdiff_t k = 0; k < wanted; k++) {
        if (all.pairs[k] > 0.0) {
            c->pairs[c->n] = all.pairs[k];
            c->distance[c->n] = all.distance[k] / all.pairs[k];
            c->gamma[c->n++] = all.gamma[k] / all.pairs[k];
        }
    }
    return TL_OK;
}

static double squares_left(const classes *c, const tl_variogram *v) {
    double sum = 0.0;
    for (int k = 0; k < c->n; k++) {
        const double h = c->distance[k];
        const double d = c->gamma[k] - tl_inversion_variogram(v, h);
        sum += c->pairs[k] / (h * h) * d * d;
    }
    return sum;
}

/* Best nugget and sill, neither below 0, for a given range: weighted straight line of gamma on the
 * shape. */
static void fit_levels(const classes *c, tl_variogram *v) {
    double w0 = 0.0;
    double wf = 0.0;
    double wff = 0.0;
    double wg = 0.0;
    double wfg = 0.0;
    for (int k = 0; k < c->n; k++) {
        const double h = c->distance[k];
        const double w = c->pairs[k] / (h * h);
        const double f = shape(v->kind, h, v->range);
        w0 += w;
        wf += w * f;
        wff += w * f * f;
        wg += w * c->gamma[k];
        wfg += w * f * c->gamma[k];
    }
    const double determinant = w0 * wff - wf * wf;
    v->nugget = wg / w0;
    v->sill = 0.0;
    if (determinant > 1e-12 * w0 * wff) {
        const double sill = (w0 * wfg - wf * wg) / determinant;
        const double nugget = (wg - sill * wf) / w0;
        if (sill > 0.0) {
            v->nugget = tl_max_double(nugget, 0.0);
            v->sill = nugget > 0.0 ? sill : wfg / wff;
        }
    }
    v->sse = squares_left(c, v);
}

static tl_variogram fit_at(const classes *c, tl_variogram_kind kind, double log_range) {
    tl_variogram v = {.kind = kind, .range = exp(log_range)};
    fit_levels(c, &v);
    return v;
}

/* Golden sections of [low, high] around the best grid point. */
static tl_variogram refine(const classes *c, double low, double high, tl_variogram best) {
    const double golden = 0.5 * (sqrt(5.0) - 1.0);
    for (int i = 0; i < REFINEMENTS; i++) {
        const double left = high - golden * (high - low);
        const double right = low + golden * (high - low);
        const tl_variogram a = fit_at(c, best.kind, left);
        const tl_variogram b = fit_at(c, best.kind, right);
        best = a.sse < best.sse ? a : best;
        best = b.sse < best.sse ? b : best;
        if (a.sse <= b.sse) {
            high = right;
        } else {
            low = left;
        }
    }
    return best;
}

static double variance_of(const double *value, ptrdiff_t n) {
    double mean = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        mean += value[i] / (double)n;
    }
    double squares = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        squares += (value[i] - mean) * (value[i] - mean);
    }
    return squares / (double)(n - 1);
}

tl_code tl_inversion_variogram_fit(const double *x, const double *y, const double *value,
                                   ptrdiff_t n, tl_variogram_kind kind, tl_variogram *out,
                                   tl_err *err) {
    if (n < 4) {
        return tl_fail(err, TL_DATA, "a variogram needs at least 4 samples, but there are %td", n);
    }
    classes c;
    TL_TRY(collect(x, y, value, n, &c, err));
    *out = (tl_variogram){.kind = kind, .nugget = variance_of(value, n), .range = 1.0};
    if (c.n < 2) {
        return TL_OK;
    }
    const double low = log(0.5 * c.distance[0]);
    const double step = (log(3.0 * c.distance[c.n - 1]) - low) / (double)(RANGE_STEPS - 1);
    int at = 0;
    tl_variogram best = fit_at(&c, kind, low);
    for (int k = 1; k < RANGE_STEPS; k++) {
        const tl_variogram v = fit_at(&c, kind, low + step * (double)k);
        at = v.sse < best.sse ? k : at;
        best = v.sse < best.sse ? v : best;
    }
    const int before = at > 0 ? at - 1 : 0;
    const int after = at < RANGE_STEPS - 1 ? at + 1 : at;
    *out = refine(&c, low + step * (double)before, low + step * (double)after, best);
    return TL_OK;
}
