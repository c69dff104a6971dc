/* SPDX-License-Identifier: GPL-2.0-or-later
 * Piecewise direct standardisation; see bandwise.h. */
#include "fusion/bandwise.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "fusion/groups.h"

/* What is left of X'y below this share of its start is rounding. */
static const double exhausted = 1e-12;

/* One regression on up to w bands. Rows of weight-like tables are components. */
typedef struct window_fit {
    ptrdiff_t n;
    ptrdiff_t first;    /* first band of the window */
    ptrdiff_t w;        /* its bands */
    double *cross;      /* [w] what is left of X'y */
    double *rotation;   /* [components, w] */
    double *loading;    /* [components, w] */
    double *slope;      /* [w] the regression */
    const tl_matrix *x; /* [n, p] centred */
} window_fit;

static double length_of(const double *v, ptrdiff_t n) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        sum += v[i] * v[i];
    }
    return sqrt(sum);
}

/* The loading X't / t't of component a with the score t = X r; returns t't. */
static double project(window_fit *f, ptrdiff_t a) {
    const double *r = f->rotation + a * f->w;
    double *loading = f->loading + a * f->w;
    double squares = 0.0;
    memset(loading, 0, (size_t)f->w * sizeof *loading);
    for (ptrdiff_t i = 0; i < f->n; i++) {
        const double *row = tl_matrix_row(f->x, i) + f->first;
        double t = 0.0;
        for (ptrdiff_t k = 0; k < f->w; k++) {
            t += row[k] * r[k];
        }
        squares += t * t;
        for (ptrdiff_t k = 0; k < f->w; k++) {
            loading[k] += row[k] * t;
        }
    }
    for (ptrdiff_t k = 0; k < f->w && squares > 0.0; k++) {
        loading[k] /= squares;
    }
    return squares;
}

/* The weights of component a, made orthogonal to the components before it. */
static void next_rotation(window_fit *f, ptrdiff_t a, double length) {
    double *r = f->rotation + a * f->w;
    for (ptrdiff_t k = 0; k < f->w; k++) {
        r[k] = f->cross[k] / length;
    }
    for (ptrdiff_t b = 0; b < a; b++) {
        double share = 0.0;
        for (ptrdiff_t k = 0; k < f->w; k++) {
            share += f->loading[b * f->w + k] * f->cross[k] / length;
        }
        for (ptrdiff_t k = 0; k < f->w; k++) {
            r[k] -= share * f->rotation[b * f->w + k];
        }
    }
}

/* PLS1 of column j of the centred y on the window. */
static void fit_window(window_fit *f, const tl_matrix *y, ptrdiff_t j, ptrdiff_t components) {
    memset(f->cross, 0, (size_t)f->w * sizeof *f->cross);
    memset(f->slope, 0, (size_t)f->w * sizeof *f->slope);
    for (ptrdiff_t i = 0; i < f->n; i++) {
        const double *row = tl_matrix_row(f->x, i) + f->first;
        for (ptrdiff_t k = 0; k < f->w; k++) {
            f->cross[k] += row[k] * tl_matrix_row(y, i)[j];
        }
    }
    const double start = length_of(f->cross, f->w);
    for (ptrdiff_t a = 0; a < components && a < f->w; a++) {
        const double length = length_of(f->cross, f->w);
        if (!(length > exhausted * start)) {
            return;
        }
        next_rotation(f, a, length);
        const double squares = project(f, a);
        if (!(squares > 0.0)) {
            return;
        }
        const double *r = f->rotation + a * f->w;
        double q = 0.0;
        for (ptrdiff_t k = 0; k < f->w; k++) {
            q += r[k] * f->cross[k] / squares;
        }
        for (ptrdiff_t k = 0; k < f->w; k++) {
            f->slope[k] += q * r[k];
            f->cross[k] -= q * squares * f->loading[a * f->w + k];
        }
    }
}

static tl_code check_pairs(const tl_matrix *x, const tl_matrix *y, tl_err *err) {
    if (x->nrow != y->nrow || x->ncol != y->ncol || x->ncol < 1) {
        return tl_fail(err, TL_SHAPE,
                       "a transfer band by band needs the same bands on both sides, got %td x %td "
                       "satellite and %td x %td lab values; use ds or pls2",
                       x->nrow, x->ncol, y->nrow, y->ncol);
    }
    return x->nrow < 3 ? tl_fail(err, TL_DATA,
                                 "a transfer band by band needs at least 3 pairs of spectra, got "
                                 "%td",
                                 x->nrow)
                       : TL_OK;
}

static tl_code open_map(const tl_matrix *x, const tl_matrix *y, tl_matrix *xc, tl_matrix *yc,
                        tl_ds *ds, tl_err *err) {
    TL_TRY(tl_matrix_copy(xc, x, err));
    TL_TRY(tl_matrix_copy(yc, y, err));
    TL_TRY(tl_matrix_init(&ds->centre_in, 1, x->ncol, err));
    TL_TRY(tl_matrix_init(&ds->centre_out, 1, y->ncol, err));
    TL_TRY(tl_matrix_init(&ds->slope, y->ncol, x->ncol, err));
    tl_fusion_centre(xc, ds->centre_in.data);
    tl_fusion_centre(yc, ds->centre_out.data);
    return TL_OK;
}

tl_code tl_fusion_pds_fit(const tl_matrix *x, const tl_matrix *y, ptrdiff_t half,
                          ptrdiff_t components, const ptrdiff_t *run_start, ptrdiff_t runs,
                          tl_ds *ds, tl_err *err) {
    *ds = (tl_ds){0};
    TL_TRY(check_pairs(x, y, err));
    const ptrdiff_t p = x->ncol;
    half = tl_min(half, p);
    const ptrdiff_t widest = 2 * half + 1;
    const ptrdiff_t max_components = tl_min(components, widest);
    tl_matrix xc = {0};
    tl_matrix yc = {0};
    double *work = tl_acquire(2 * widest + 2 * max_components * widest, sizeof *work);
    tl_code code = work == NULL ? tl_no_memory(err, "a window") : TL_OK;
    TL_CHECK(code);
    TL_CHECK(open_map(x, y, &xc, &yc, ds, err));
    window_fit f = {.n = x->nrow,
                    .cross = work,
                    .slope = work + widest,
                    .rotation = work + 2 * widest,
                    .loading = work + 2 * widest + max_components * widest,
                    .x = &xc};
    ptrdiff_t run = 0;
    for (ptrdiff_t j = 0; j < p; j++) {
        while (run_start != NULL && run + 1 < runs && run_start[run + 1] <= j) {
            run++;
        }
        const ptrdiff_t begin = run_start == NULL ? 0 : run_start[run];
        const ptrdiff_t end = run_start == NULL || run + 1 >= runs ? p : run_start[run + 1];
        f.first = tl_max(j - half, begin);
        f.w = tl_min(j + half + 1, end) - f.first;
        fit_window(&f, &yc, j, max_components);
        memcpy(tl_matrix_row(&ds->slope, j) + f.first, f.slope, (size_t)f.w * sizeof *f.slope);
    }
done:
    tl_release(work);
    tl_matrix_free(&xc);
    tl_matrix_free(&yc);
    if (code != TL_OK) {
        tl_fusion_ds_free(ds);
    }
    return code;
}

tl_code tl_fusion_slope_fit(const tl_matrix *x, const tl_matrix *y, tl_ds *ds, tl_err *err) {
    return tl_fusion_pds_fit(x, y, 0, 1, NULL, 0, ds, err);
}
