/* SPDX-License-Identifier: GPL-2.0-or-later
 * Effective sample size from autocorrelation in distance classes; see effective.h.
 *
 * On a raster the distance of two cells depends on their lag (rows and columns apart) only. So the
 * sums over pairs are sums over lags, and the sums per lag are autocorrelations, which Fourier
 * transforms compute all at once. */
#include "mapstat/effective.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "mapstat/fourier.h"

typedef struct lags {
    const tl_field_pair *pair;
    double n;                /* cells of the mask */
    unsigned char *class_of; /* [nrow, ncol] class of the lag (rows, columns apart) */
    double *row_sum;         /* [nrow, ncol] sums of the rows of the first correlation matrix */
    tl_plane mask;           /* spectrum of the mask */
    tl_plane work;
} lags;

/* --- transforms --- */

/* Puts values of the cells of the mask into the work plane; values NULL: ones. */
static tl_code load(lags *w, const double *values, double mean, double scale, tl_err *err) {
    const tl_field_pair *p = w->pair;
    memset(w->work.data, 0, (size_t)(w->work.nrow * w->work.pitch) * sizeof *w->work.data);
    for (ptrdiff_t row = 0; row < p->nrow; row++) {
        for (ptrdiff_t col = 0; col < p->ncol; col++) {
            const ptrdiff_t at = row * p->ncol + col;
            if (p->mask[at]) {
                w->work.data[row * w->work.pitch + col] =
                    values == NULL ? 1.0 : (values[at] - mean) * scale;
            }
        }
    }
    return tl_mapstat_fourier_forward(&w->work, p->nrow, err);
}

/* Spectrum in the work plane to sums of products per lag; lag (rows, -columns) is at column
 * work.ncol - columns. */
static tl_code autocorrelate(lags *w, tl_err *err) {
    double *v = w->work.data;
    const ptrdiff_t n = w->work.nrow * w->work.pitch;
    for (ptrdiff_t i = 0; i < n; i += 2) {
        v[i] = v[i] * v[i] + v[i + 1] * v[i + 1];
        v[i + 1] = 0.0;
    }
    return tl_mapstat_fourier_back(&w->work, w->pair->nrow, err);
}

/* Sum over the lags (row, col) and (row, -col) of the work plane; each pair of cells has exactly
 * one of the lags with row > 0, or row = 0 and col > 0. */
static double at_lag(const lags *w, ptrdiff_t row, ptrdiff_t col) {
    const double *v = w->work.data + row * w->work.pitch;
    return row > 0 && col > 0 ? v[col] + v[w->work.ncol - col] : v[col];
}

/* --- classes --- */

static double squared_distance(const tl_field_pair *p, ptrdiff_t row, ptrdiff_t col) {
    const double east = (double)col * p->dx;
    const double north = (double)row * p->dy;
    return east * east + north * north;
}

/* Equal classes up to the largest distance; a bound belongs to the class below it. */
static void classify(lags *w, double largest) {
    const tl_field_pair *p = w->pair;
    for (ptrdiff_t row = 0; row < p->nrow; row++) {
        for (ptrdiff_t col = 0; col < p->ncol; col++) {
            const double d = sqrt(squared_distance(p, row, col));
            int k = 0;
            while (k < TL_CORRELOGRAM - 1 && d > (double)(k + 1) * largest / TL_CORRELOGRAM) {
                k++;
            }
            w->class_of[row * p->ncol + col] = (unsigned char)k;
        }
    }
}

/* Pairs per lag, the largest distance of a pair, and pairs per class. */
static tl_code count_pairs(lags *w, tl_effective *out, tl_err *err) {
    const tl_field_pair *p = w->pair;
    TL_TRY(load(w, NULL, 0.0, 1.0, err));
    memcpy(w->mask.data, w->work.data,
           (size_t)(w->work.nrow * w->work.pitch) * sizeof *w->work.data);
    TL_TRY(autocorrelate(w, err));
    double largest = 0.0;
    for (ptrdiff_t row = 0; row < p->nrow; row++) {
        for (ptrdiff_t col = row == 0; col < p->ncol; col++) {
            /* Counts are whole numbers apart from rounding. */
            if (at_lag(w, row, col) > 0.5) {
                largest = fmax(largest, squared_distance(p, row, col));
            }
        }
    }
    classify(w, sqrt(largest));
    for (ptrdiff_t row = 0; row < p->nrow; row++) {
        for (ptrdiff_t col = row == 0; col < p->ncol; col++) {
            out->pairs[w->class_of[row * p->ncol + col]] += nearbyint(at_lag(w, row, col));
        }
    }
    return TL_OK;
}

/* Mean product per class over the variance.
 *
 * autocorr  [TL_CORRELOGRAM] out
 * constant  out: 1 when the values do not vary */
static tl_code correlogram(lags *w, const double *values, const double *pairs, double *autocorr,
                           int *constant, tl_err *err) {
    const tl_field_pair *p = w->pair;
    const ptrdiff_t cells = p->nrow * p->ncol;
    double mean = 0.0;
    double variance = 0.0;
    for (ptrdiff_t i = 0; i < cells; i++) {
        mean += p->mask[i] ? values[i] : 0.0;
    }
    mean /= w->n;
    for (ptrdiff_t i = 0; i < cells; i++) {
        variance += p->mask[i] ? (values[i] - mean) * (values[i] - mean) : 0.0;
    }
    variance /= w->n;
    *constant = !(variance > 1e-14 * mean * mean);
    if (*constant) {
        return TL_OK;
    }
    TL_TRY(load(w, values, mean, 1.0 / sqrt(variance), err));
    TL_TRY(autocorrelate(w, err));
    for (ptrdiff_t row = 0; row < p->nrow; row++) {
        for (ptrdiff_t col = row == 0; col < p->ncol; col++) {
            autocorr[w->class_of[row * p->ncol + col]] += at_lag(w, row, col);
        }
    }
    for (int k = 0; k < TL_CORRELOGRAM; k++) {
        autocorr[k] = pairs[k] > 0.0 ? autocorr[k] / pairs[k] : 0.0;
    }
    return TL_OK;
}

/* --- traces --- */

/* Row sums of the correlation matrix into the work plane: the mask convolved with the correlogram,
 * which is even in both directions. */
static tl_code sum_rows(lags *w, const double *autocorr, tl_err *err) {
    const tl_field_pair *p = w->pair;
    tl_plane *r = &w->work;
    memset(r->data, 0, (size_t)(r->nrow * r->pitch) * sizeof *r->data);
    for (ptrdiff_t row = 0; row < p->nrow; row++) {
        double *above = r->data + row * r->pitch;
        double *below = r->data + (row > 0 ? r->nrow - row : 0) * r->pitch;
        for (ptrdiff_t col = 0; col < p->ncol; col++) {
            const double value =
                row == 0 && col == 0 ? 1.0 : autocorr[w->class_of[row * p->ncol + col]];
            const ptrdiff_t mirrored = col > 0 ? r->ncol - col : 0;
            above[col] = value;
            above[mirrored] = value;
            below[col] = value;
            below[mirrored] = value;
        }
    }
    TL_TRY(tl_mapstat_fourier_forward(r, r->nrow, err));
    const ptrdiff_t n = r->nrow * r->pitch;
    for (ptrdiff_t i = 0; i < n; i += 2) {
        const double re = r->data[i] * w->mask.data[i] - r->data[i + 1] * w->mask.data[i + 1];
        const double im = r->data[i] * w->mask.data[i + 1] + r->data[i + 1] * w->mask.data[i];
        r->data[i] = re;
        r->data[i + 1] = im;
    }
    return tl_mapstat_fourier_back(r, p->nrow, err);
}

/* Sum over the cells of the product of the row sums of both matrices. */
static tl_code multiply_row_sums(lags *w, const tl_effective *e, double *sum, tl_err *err) {
    const tl_field_pair *p = w->pair;
    TL_TRY(sum_rows(w, e->autocorr_x, err));
    for (ptrdiff_t row = 0; row < p->nrow; row++) {
        memcpy(w->row_sum + row * p->ncol, w->work.data + row * w->work.pitch,
               (size_t)p->ncol * sizeof *w->row_sum);
    }
    TL_TRY(sum_rows(w, e->autocorr_y, err));
    *sum = 0.0;
    for (ptrdiff_t row = 0; row < p->nrow; row++) {
        for (ptrdiff_t col = 0; col < p->ncol; col++) {
            const ptrdiff_t at = row * p->ncol + col;
            *sum += p->mask[at] ? w->row_sum[at] * w->work.data[row * w->work.pitch + col] : 0.0;
        }
    }
    return TL_OK;
}

/* 1 + tr(B Rx) tr(B Ry) / tr(B Rx B Ry) with B = I - 11'/n. */
static tl_code from_traces(lags *w, tl_effective *e, tl_err *err) {
    double sum_x = w->n;
    double sum_y = w->n;
    double product = w->n;
    double rows = 0.0;
    for (int k = 0; k < TL_CORRELOGRAM; k++) {
        sum_x += 2.0 * e->pairs[k] * e->autocorr_x[k];
        sum_y += 2.0 * e->pairs[k] * e->autocorr_y[k];
        product += 2.0 * e->pairs[k] * e->autocorr_x[k] * e->autocorr_y[k];
    }
    TL_TRY(multiply_row_sums(w, e, &rows, err));
    const double trace = product + (sum_x * sum_y / w->n - 2.0 * rows) / w->n;
    const double top = (w->n - sum_x / w->n) * (w->n - sum_y / w->n);
    e->n = trace > 0.0 && top > 0.0 ? 1.0 + top / trace : (double)NAN;
    return TL_OK;
}

static tl_code estimate(lags *w, tl_effective *out, tl_err *err) {
    const tl_field_pair *p = w->pair;
    int constant = 0;
    TL_TRY(tl_mapstat_fourier_init(&w->work, p->nrow, p->ncol, err));
    TL_TRY(tl_mapstat_fourier_init(&w->mask, p->nrow, p->ncol, err));
    TL_TRY(count_pairs(w, out, err));
    TL_TRY(correlogram(w, p->x, out->pairs, out->autocorr_x, &constant, err));
    if (!constant) {
        TL_TRY(correlogram(w, p->y, out->pairs, out->autocorr_y, &constant, err));
    }
    return constant ? TL_OK : from_traces(w, out, err);
}

tl_code tl_mapstat_effective(const tl_field_pair *pair, tl_effective *out, tl_err *err) {
    *out = (tl_effective){.n = (double)NAN};
    const ptrdiff_t cells = pair->nrow * pair->ncol;
    lags w = {.pair = pair};
    for (ptrdiff_t i = 0; i < cells; i++) {
        w.n += pair->mask[i];
    }
    if (w.n < 3.0) {
        return TL_OK;
    }
    w.class_of = tl_acquire(cells, 1);
    w.row_sum = tl_acquire(cells, sizeof *w.row_sum);
    const tl_code code = w.class_of == NULL || w.row_sum == NULL
                             ? tl_no_memory(err, "the effective sample size of %td cells", cells)
                             : estimate(&w, out, err);
    tl_release(w.class_of);
    tl_release(w.row_sum);
    tl_mapstat_fourier_free(&w.mask);
    tl_mapstat_fourier_free(&w.work);
    return code;
}
