/* SPDX-License-Identifier: GPL-2.0-or-later
 * Kernel PLS1; see pls.h. */
#include "inversion/pls.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/stop.h"
#include "num/vector.h"

/* The variables of the iteration. x is the centred (and scaled) copy. */
typedef struct pls_work {
    tl_matrix x;
    tl_matrix loading; /* P, [A, p] */
    tl_matrix weight;  /* R, [A, p] */
    double *mean;      /* [p] */
    double *scale;     /* [p] */
    double *s;         /* [p] X'y, deflated */
    double *b;         /* [p] coefficients so far, in scaled units */
    double *t;         /* [n] */
    double mean_y;
    tl_pls_space *space; /* the latent space to be kept; NULL = none */
} pls_work;

static void release_work(pls_work *w) {
    tl_matrix_free(&w->x);
    tl_matrix_free(&w->loading);
    tl_matrix_free(&w->weight);
    tl_release(w->mean);
    tl_release(w->scale);
    tl_release(w->s);
    tl_release(w->b);
    tl_release(w->t);
}

static tl_code acquire_work(pls_work *w, const tl_matrix *x, ptrdiff_t components, tl_err *err) {
    TL_TRY(tl_matrix_copy(&w->x, x, err));
    TL_TRY(tl_matrix_init(&w->loading, components, x->ncol, err));
    TL_TRY(tl_matrix_init(&w->weight, components, x->ncol, err));
    w->mean = tl_acquire(x->ncol, sizeof *w->mean);
    w->scale = tl_acquire(x->ncol, sizeof *w->scale);
    w->s = tl_acquire(x->ncol, sizeof *w->s);
    w->b = tl_acquire(x->ncol, sizeof *w->b);
    w->t = tl_acquire(x->nrow, sizeof *w->t);
    if (w->mean == NULL || w->scale == NULL || w->s == NULL || w->b == NULL || w->t == NULL) {
        return tl_no_memory(err, "a regression on %td bands", x->ncol);
    }
    return TL_OK;
}

static void centre_columns(pls_work *w, int autoscale) {
    const ptrdiff_t n = w->x.nrow;
    const ptrdiff_t p = w->x.ncol;
    for (ptrdiff_t i = 0; i < n; i++) {
        tl_num_add_scaled(w->mean, 1.0 / (double)n, tl_matrix_row(&w->x, i), p);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        tl_num_add_scaled(tl_matrix_row(&w->x, i), -1.0, w->mean, p);
    }
    for (ptrdiff_t j = 0; j < p; j++) {
        double squares = 0.0;
        for (ptrdiff_t i = 0; i < n; i++) {
            const double d = tl_matrix_row(&w->x, i)[j];
            squares += d * d;
        }
        const double sd = n > 1 ? sqrt(squares / (double)(n - 1)) : 0.0;
        /* In a constant column only rounding errors of its mean remain, which must not be
         * magnified. */
        const int constant = !(sd > 1e-12 * fabs(w->mean[j]));
        w->scale[j] = autoscale && !constant ? sd : 1.0;
        for (ptrdiff_t i = 0; i < n; i++) {
            double *value = &tl_matrix_row(&w->x, i)[j];
            *value = constant ? 0.0 : *value / w->scale[j];
        }
    }
}

static void start_covariance(pls_work *w, const double *y) {
    w->mean_y = 0.0;
    for (ptrdiff_t i = 0; i < w->x.nrow; i++) {
        w->mean_y += y[i] / (double)w->x.nrow;
    }
    for (ptrdiff_t i = 0; i < w->x.nrow; i++) {
        tl_num_add_scaled(w->s, y[i] - w->mean_y, tl_matrix_row(&w->x, i), w->x.ncol);
    }
}

/* Copies component a; its w was copied before its memory was reused. */
static void keep_component(const pls_work *w, ptrdiff_t a, double q, double tt) {
    const size_t row = (size_t)w->x.ncol * sizeof(double);
    tl_pls_space *space = w->space;
    if (space == NULL) {
        return;
    }
    memcpy(tl_matrix_row(&space->rotation, a), tl_matrix_row(&w->weight, a), row);
    memcpy(tl_matrix_row(&space->loading, a), tl_matrix_row(&w->loading, a), row);
    memcpy(tl_matrix_row(&space->score, a), w->t, (size_t)w->x.nrow * sizeof *w->t);
    space->y_loading[a] = q;
    space->squares[a] = tt;
    space->components = a + 1;
}

/* Adds component a; returns 0 when nothing is left to explain. */
static int add_component(pls_work *w, ptrdiff_t a) {
    const ptrdiff_t p = w->x.ncol;
    const double norm = sqrt(tl_num_dot(w->s, w->s, p));
    double *r = tl_matrix_row(&w->weight, a);
    double *loading = tl_matrix_row(&w->loading, a);
    tl_num_add_scaled(r, 1.0 / norm, w->s, p);
    /* The weight w is still needed while r changes, so it is kept in loading. */
    memcpy(loading, r, (size_t)p * sizeof *r);
    if (w->space != NULL) {
        memcpy(tl_matrix_row(&w->space->weight, a), r, (size_t)p * sizeof *r);
    }
    for (ptrdiff_t j = 0; j < a; j++) {
        const double overlap = tl_num_dot(tl_matrix_row(&w->loading, j), loading, p);
        tl_num_add_scaled(r, -overlap, tl_matrix_row(&w->weight, j), p);
    }
    memset(loading, 0, (size_t)p * sizeof *loading);
    double tt = 0.0;
    for (ptrdiff_t i = 0; i < w->x.nrow; i++) {
        w->t[i] = tl_num_dot(tl_matrix_row(&w->x, i), r, p);
        tt += w->t[i] * w->t[i];
    }
    if (!(tt > 0.0)) {
        return 0;
    }
    for (ptrdiff_t i = 0; i < w->x.nrow; i++) {
        tl_num_add_scaled(loading, w->t[i] / tt, tl_matrix_row(&w->x, i), p);
    }
    const double q = tl_num_dot(r, w->s, p) / tt;
    tl_num_add_scaled(w->s, -q * tt, loading, p);
    tl_num_add_scaled(w->b, q, r, p);
    keep_component(w, a, q, tt);
    return 1;
}

static void store_model(const pls_work *w, ptrdiff_t a, tl_pls *out) {
    double *c = tl_matrix_row(&out->coefficients, a);
    double shift = 0.0;
    for (ptrdiff_t j = 0; j < w->x.ncol; j++) {
        c[j] = w->b[j] / w->scale[j];
        shift += w->mean[j] * c[j];
    }
    out->intercept[a] = w->mean_y - shift;
    out->components = a;
}

/* Allocates the latent space for up to max_components components. */
static tl_code acquire_space(tl_pls_space *s, const tl_matrix *x, ptrdiff_t limit, tl_err *err) {
    *s = (tl_pls_space){.n = x->nrow};
    TL_TRY(tl_matrix_init(&s->weight, limit, x->ncol, err));
    TL_TRY(tl_matrix_init(&s->rotation, limit, x->ncol, err));
    TL_TRY(tl_matrix_init(&s->loading, limit, x->ncol, err));
    TL_TRY(tl_matrix_init(&s->score, limit, x->nrow, err));
    s->y_loading = tl_acquire(limit, sizeof *s->y_loading);
    s->squares = tl_acquire(limit, sizeof *s->squares);
    s->mean = tl_acquire(x->ncol, sizeof *s->mean);
    s->scale = tl_acquire(x->ncol, sizeof *s->scale);
    return s->y_loading == NULL || s->squares == NULL || s->mean == NULL || s->scale == NULL
               ? tl_no_memory(err, "a regression on %td bands", x->ncol)
               : TL_OK;
}

/* Mean and scale; a column that became zero is marked, and unused rows are removed. */
static void finish_space(const pls_work *w) {
    tl_pls_space *s = w->space;
    for (ptrdiff_t j = 0; j < w->x.ncol; j++) {
        int constant = 1;
        for (ptrdiff_t i = 0; i < w->x.nrow && constant; i++) {
            constant = tl_matrix_row(&w->x, i)[j] == 0.0;
        }
        s->mean[j] = w->mean[j];
        s->scale[j] = constant ? 0.0 : w->scale[j];
    }
    s->weight.nrow = s->components;
    s->rotation.nrow = s->components;
    s->loading.nrow = s->components;
    s->score.nrow = s->components;
}

static tl_code add_components(pls_work *w, ptrdiff_t max_components, tl_pls *out, tl_err *err) {
    const double limit = 1e-24 * tl_num_dot(w->s, w->s, w->x.ncol);
    for (ptrdiff_t a = 0; a < max_components; a++) {
        TL_TRY(tl_stop_check(err));
        const double left = tl_num_dot(w->s, w->s, w->x.ncol);
        if (!(left > limit) || !add_component(w, a)) {
            break;
        }
        store_model(w, a + 1, out);
    }
    return TL_OK;
}

static tl_code fit(const tl_matrix *x, const double *y, ptrdiff_t max_components, int autoscale,
                   tl_pls *out, tl_pls_space *space, tl_err *err) {
    *out = (tl_pls){0};
    if (x->nrow < 1 || x->ncol < 1) {
        return tl_fail(err, TL_SHAPE,
                       "a regression needs samples and bands, but the matrix is %td x %td", x->nrow,
                       x->ncol);
    }
    ptrdiff_t limit = tl_max(0, max_components);
    limit = tl_min(x->nrow - 1, limit);
    limit = tl_min(x->ncol, limit);
    pls_work w = {.space = space};
    tl_code code = TL_OK;
    TL_CHECK(acquire_work(&w, x, limit, err));
    TL_CHECK(tl_matrix_init(&out->coefficients, limit + 1, x->ncol, err));
    out->intercept = tl_acquire(limit + 1, sizeof *out->intercept);
    if (out->intercept == NULL) {
        code = tl_no_memory(err, "a regression on %td bands", x->ncol);
        goto done;
    }
    if (space != NULL) {
        TL_CHECK(acquire_space(space, x, limit, err));
    }
    centre_columns(&w, autoscale);
    start_covariance(&w, y);
    store_model(&w, 0, out);
    TL_CHECK(add_components(&w, limit, out, err));
    if (space != NULL) {
        finish_space(&w);
    }
done:
    release_work(&w);
    if (code != TL_OK) {
        tl_inversion_pls_free(out);
    }
    return code;
}

tl_code tl_inversion_pls_fit(const tl_matrix *x, const double *y, ptrdiff_t max_components,
                             int autoscale, tl_pls *out, tl_err *err) {
    return fit(x, y, max_components, autoscale, out, NULL, err);
}

tl_code tl_inversion_pls_fit_space(const tl_matrix *x, const double *y, ptrdiff_t max_components,
                                   int autoscale, tl_pls *out, tl_pls_space *space, tl_err *err) {
    *space = (tl_pls_space){0};
    const tl_code code = fit(x, y, max_components, autoscale, out, space, err);
    if (code != TL_OK) {
        tl_inversion_pls_space_free(space);
    }
    return code;
}

double tl_inversion_pls_predict(const tl_pls *fit, ptrdiff_t a, const double *x) {
    const ptrdiff_t row = tl_min(fit->components, a);
    return fit->intercept[row] +
           tl_num_dot(tl_matrix_row(&fit->coefficients, row), x, fit->coefficients.ncol);
}

void tl_inversion_pls_free(tl_pls *fit) {
    if (fit != NULL) {
        tl_matrix_free(&fit->coefficients);
        tl_release(fit->intercept);
        *fit = (tl_pls){0};
    }
}
