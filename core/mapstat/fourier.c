/* SPDX-License-Identifier: GPL-2.0-or-later
 * Two-dimensional transforms from one-dimensional ones: rows in place, columns by small groups that
 * are copied together, because memory steps of a whole row are slow; see fourier.h. */
#include "mapstat/fourier.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_fft_complex.h>
#include <gsl/gsl_fft_halfcomplex.h>
#include <gsl/gsl_fft_real.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/stop.h"

enum { GROUP = 8 }; /* columns that are transformed together */

/* Factors and work space of one transform. */
typedef struct tables {
    gsl_fft_real_wavetable *real;
    gsl_fft_halfcomplex_wavetable *half;
    gsl_fft_real_workspace *row_work;
    gsl_fft_complex_wavetable *whole;
    gsl_fft_complex_workspace *column_work;
    double *column; /* [GROUP, nrow] pairs */
} tables;

/* The smallest even number not below least that has no prime factor above 5. */
static ptrdiff_t good_length(ptrdiff_t least) {
    for (ptrdiff_t n = least + least % 2;; n += 2) {
        ptrdiff_t rest = n;
        for (ptrdiff_t prime = 2; prime <= 5; prime++) {
            while (rest % prime == 0) {
                rest /= prime;
            }
        }
        if (rest == 1) {
            return n;
        }
    }
}

tl_code tl_mapstat_fourier_init(tl_plane *p, ptrdiff_t nrow, ptrdiff_t ncol, tl_err *err) {
    *p = (tl_plane){.nrow = good_length(2 * nrow), .ncol = good_length(2 * ncol)};
    p->pitch = p->ncol + 2;
    p->data = tl_acquire(p->nrow * p->pitch, sizeof *p->data);
    if (p->data == NULL) {
        const double megabytes = 8e-6 * (double)p->nrow * (double)p->pitch;
        *p = (tl_plane){0};
        return tl_fail(err, TL_NOMEM,
                       "correlation: out of memory, %.1f MB are not available for the "
                       "autocorrelation of %td x %td cells; correlate on a coarser grid or in "
                       "smaller zones",
                       2.0 * megabytes, nrow, ncol);
    }
    return TL_OK;
}

void tl_mapstat_fourier_free(tl_plane *p) {
    if (p != NULL) {
        tl_release(p->data);
        *p = (tl_plane){0};
    }
}

static void free_tables(tables *t) {
    gsl_fft_real_wavetable_free(t->real);
    gsl_fft_halfcomplex_wavetable_free(t->half);
    gsl_fft_real_workspace_free(t->row_work);
    gsl_fft_complex_wavetable_free(t->whole);
    gsl_fft_complex_workspace_free(t->column_work);
    tl_release(t->column);
}

/* Everything or nothing. By default GSL ends the program when memory runs out; here it returns an
 * error. */
static tl_code make_tables(tables *t, const tl_plane *p, tl_err *err) {
    const size_t nrow = (size_t)p->nrow;
    const size_t ncol = (size_t)p->ncol;
    gsl_error_handler_t *before = gsl_set_error_handler_off();
    *t = (tables){.real = gsl_fft_real_wavetable_alloc(ncol),
                  .half = gsl_fft_halfcomplex_wavetable_alloc(ncol),
                  .row_work = gsl_fft_real_workspace_alloc(ncol),
                  .whole = gsl_fft_complex_wavetable_alloc(nrow),
                  .column_work = gsl_fft_complex_workspace_alloc(nrow)};
    (void)gsl_set_error_handler(before);
    t->column = tl_acquire(GROUP * p->nrow, 2 * sizeof *t->column);
    if (t->real == NULL || t->half == NULL || t->row_work == NULL || t->whole == NULL ||
        t->column_work == NULL || t->column == NULL) {
        free_tables(t);
        return tl_no_memory(err, "a Fourier transform");
    }
    return TL_OK;
}

/* r0 r1 i1 r2 i2 ... rh  becomes  r0 0 r1 i1 ... rh 0. */
static tl_code rows_forward(tl_plane *p, tables *t, ptrdiff_t n_filled, tl_err *err) {
    for (ptrdiff_t row = 0; row < n_filled; row++) {
        TL_TRY(tl_stop_check(err));
        double *v = p->data + row * p->pitch;
        gsl_fft_real_transform(v, 1, (size_t)p->ncol, t->real, t->row_work);
        memmove(v + 2, v + 1, (size_t)(p->ncol - 1) * sizeof *v);
        v[1] = 0.0;
        v[p->ncol + 1] = 0.0;
    }
    return TL_OK;
}

static tl_code rows_back(tl_plane *p, tables *t, ptrdiff_t n_wanted, tl_err *err) {
    for (ptrdiff_t row = 0; row < n_wanted; row++) {
        TL_TRY(tl_stop_check(err));
        double *v = p->data + row * p->pitch;
        memmove(v + 1, v + 2, (size_t)(p->ncol - 1) * sizeof *v);
        gsl_fft_halfcomplex_inverse(v, 1, (size_t)p->ncol, t->half, t->row_work);
    }
    return TL_OK;
}

static tl_code columns(tl_plane *p, tables *t, gsl_fft_direction direction, ptrdiff_t n_wanted,
                       tl_err *err) {
    const ptrdiff_t n_columns = p->ncol / 2 + 1;
    for (ptrdiff_t from = 0; from < n_columns; from += GROUP) {
        const ptrdiff_t n = tl_min(n_columns - from, GROUP);
        TL_TRY(tl_stop_check(err));
        for (ptrdiff_t row = 0; row < p->nrow; row++) {
            const double *v = p->data + row * p->pitch + 2 * from;
            for (ptrdiff_t k = 0; k < n; k++) {
                t->column[2 * (k * p->nrow + row)] = v[2 * k];
                t->column[2 * (k * p->nrow + row) + 1] = v[2 * k + 1];
            }
        }
        for (ptrdiff_t k = 0; k < n; k++) {
            gsl_fft_complex_transform(t->column + 2 * k * p->nrow, 1, (size_t)p->nrow, t->whole,
                                      t->column_work, direction);
        }
        const double scale = direction == gsl_fft_backward ? 1.0 / (double)p->nrow : 1.0;
        for (ptrdiff_t row = 0; row < n_wanted; row++) {
            double *v = p->data + row * p->pitch + 2 * from;
            for (ptrdiff_t k = 0; k < n; k++) {
                v[2 * k] = scale * t->column[2 * (k * p->nrow + row)];
                v[2 * k + 1] = scale * t->column[2 * (k * p->nrow + row) + 1];
            }
        }
    }
    return TL_OK;
}

tl_code tl_mapstat_fourier_forward(tl_plane *p, ptrdiff_t n_filled, tl_err *err) {
    tables t;
    TL_TRY(make_tables(&t, p, err));
    tl_code code = rows_forward(p, &t, n_filled, err);
    if (code == TL_OK) {
        code = columns(p, &t, gsl_fft_forward, p->nrow, err);
    }
    free_tables(&t);
    return code;
}

tl_code tl_mapstat_fourier_back(tl_plane *p, ptrdiff_t n_wanted, tl_err *err) {
    tables t;
    TL_TRY(make_tables(&t, p, err));
    tl_code code = columns(p, &t, gsl_fft_backward, n_wanted, err);
    if (code == TL_OK) {
        code = rows_back(p, &t, n_wanted, err);
    }
    free_tables(&t);
    return code;
}
