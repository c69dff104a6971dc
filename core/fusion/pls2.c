/* SPDX-License-Identifier: GPL-2.0-or-later
 * SIMPLS for direct standardisation; see pls2.h. */
#include "fusion/pls2.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "fusion/groups.h"
#include "num/eigen.h"
#include "num/matrix_product.h"
#include "num/vector.h"

enum { PLS2_FOLDS = 5, LANCZOS_STEPS = 24, LANCZOS_RESTARTS = 100 };

/* A remainder of X'Y, or of a vector made orthogonal, below this share of its start is rounding. */
static const double exhausted = 1e-12;

/* Makes v orthogonal to the rows of basis (twice, against rounding) and scales it to length 1;
 * returns the length that was left. */
static double make_orthogonal(const tl_matrix *basis, ptrdiff_t rows, double *v) {
    const ptrdiff_t n = basis->ncol;
    for (int pass = 0; pass < 2; pass++) {
        for (ptrdiff_t k = 0; k < rows; k++) {
            const double *b = tl_matrix_row(basis, k);
            tl_num_add_scaled(v, -tl_num_dot(b, v, n), b, n);
        }
    }
    const double length = sqrt(tl_num_dot(v, v, n));
    for (ptrdiff_t i = 0; i < n && length > 0.0; i++) {
        v[i] /= length;
    }
    return length;
}

/* Writes m (n x p, n < p) as scores [n, d] times orthonormal rows basis [d, p]: covariances between
 * tables are unchanged when both are expressed in their scores, and d <= n. */
static tl_code reduce(const tl_matrix *m, tl_matrix *scores, tl_matrix *basis, tl_err *err) {
    const ptrdiff_t p = m->ncol;
    TL_TRY(tl_matrix_init(basis, m->nrow, p, err));
    ptrdiff_t d = 0;
    for (ptrdiff_t i = 0; i < m->nrow; i++) {
        double *row = tl_matrix_row(basis, d);
        memcpy(row, tl_matrix_row(m, i), (size_t)p * sizeof *row);
        const double before = sqrt(tl_num_dot(row, row, p));
        const double left = make_orthogonal(basis, d, row);
        d += before > 0.0 && left > exhausted * before;
    }
    basis->nrow = d;
    TL_TRY(tl_matrix_init(scores, m->nrow, d, err));
    for (ptrdiff_t i = 0; i < m->nrow; i++) {
        for (ptrdiff_t k = 0; k < d; k++) {
            tl_matrix_row(scores, i)[k] =
                tl_num_dot(tl_matrix_row(m, i), tl_matrix_row(basis, k), p);
        }
    }
    return TL_OK;
}

/* One side of the regression, reduced when it has more bands than rows. */
typedef struct side {
    tl_matrix score; /* [n, d] */
    tl_matrix basis; /* [d, p]; empty when the bands are used directly */
} side;

static void side_free(side *s) {
    tl_matrix_free(&s->score);
    tl_matrix_free(&s->basis);
}

static tl_code side_open(const tl_matrix *m, tl_matrix *centre, side *s, tl_err *err) {
    tl_matrix centred = {0};
    TL_TRY(tl_matrix_init(centre, 1, m->ncol, err));
    TL_TRY(tl_matrix_copy(&centred, m, err));
    tl_fusion_centre(&centred, centre->data);
    if (m->ncol <= m->nrow) {
        s->score = centred;
        return TL_OK;
    }
    const tl_code code = reduce(&centred, &s->score, &s->basis, err);
    tl_matrix_free(&centred);
    return code;
}

/* Converts rows of coefficients of the scores to rows of coefficients of the bands. */
static tl_code to_bands(const side *s, tl_matrix *rows, tl_err *err) {
    if (s->basis.data == NULL) {
        return TL_OK;
    }
    tl_matrix wide;
    TL_TRY(tl_matrix_init(&wide, rows->nrow, s->basis.ncol, err));
    tl_num_product(rows->nrow, s->basis.ncol, rows->ncol, rows->data, rows->ncol, 1, s->basis.data,
                   wide.data, 0);
    tl_matrix_free(rows);
    *rows = wide;
    return TL_OK;
}

/* out = S'S v; between [d] is scratch. */
static void apply_square(const tl_matrix *s, const double *v, double *between, double *out) {
    memset(out, 0, (size_t)s->ncol * sizeof *out);
    for (ptrdiff_t i = 0; i < s->nrow; i++) {
        between[i] = tl_num_dot(tl_matrix_row(s, i), v, s->ncol);
        tl_num_add_scaled(out, between[i], tl_matrix_row(s, i), s->ncol);
    }
}

/* One run of Lanczos steps from v: v becomes the best vector of the space they span, *value its
 * eigenvalue and *miss its residual. q [steps + 1, e] and between [d] are scratch. */
static tl_code lanczos(const tl_matrix *s, tl_matrix *q, double *between, double *v, double *value,
                       double *miss, tl_err *err) {
    const ptrdiff_t e = s->ncol;
    const ptrdiff_t max_steps = q->nrow - 1;
    tl_matrix small;
    tl_matrix vectors = {0};
    double values[LANCZOS_STEPS];
    ptrdiff_t m = 0;
    TL_TRY(tl_matrix_init(&small, max_steps, max_steps, err));
    memcpy(tl_matrix_row(q, 0), v, (size_t)e * sizeof *v);
    double left = 0.0;
    while (m < max_steps) {
        double *next = tl_matrix_row(q, m + 1);
        apply_square(s, tl_matrix_row(q, m), between, next);
        const double size = sqrt(tl_num_dot(next, next, e));
        tl_matrix_row(&small, m)[m] = tl_num_dot(next, tl_matrix_row(q, m), e);
        left = make_orthogonal(q, m + 1, next);
        m++;
        if (!(left > 1e-15 * size)) {
            left = 0.0;
            break;
        }
        if (m < max_steps) {
            tl_matrix_row(&small, m)[m - 1] = left;
            tl_matrix_row(&small, m - 1)[m] = left;
        }
    }
    tl_matrix part;
    tl_code code = tl_matrix_init(&part, m, m, err);
    for (ptrdiff_t i = 0; i < m && code == TL_OK; i++) {
        memcpy(tl_matrix_row(&part, i), tl_matrix_row(&small, i), (size_t)m * sizeof *part.data);
    }
    if (code == TL_OK) {
        code = tl_num_symmetric_eigen(&part, values, &vectors, err);
        tl_matrix_free(&part);
    }
    if (code == TL_OK) {
        memset(v, 0, (size_t)e * sizeof *v);
        for (ptrdiff_t k = 0; k < m; k++) {
            tl_num_add_scaled(v, vectors.data[k], tl_matrix_row(q, k), e);
        }
        *value = values[0];
        *miss = fabs(left * vectors.data[m - 1]);
    }
    tl_matrix_free(&vectors);
    tl_matrix_free(&small);
    return code;
}

/* The right singular vector of S with the largest singular value into v [e]; *value becomes the
 * square of that value, 0 when S is 0. */
static tl_code dominant(const tl_matrix *s, double *v, double *value, tl_err *err) {
    const ptrdiff_t e = s->ncol;
    const ptrdiff_t steps = tl_min(e, LANCZOS_STEPS);
    double miss = 0.0;
    tl_matrix q;
    tl_matrix between;
    *value = 0.0;
    TL_TRY(tl_matrix_init(&q, steps + 1, e, err));
    tl_code code = tl_matrix_init(&between, 1, s->nrow, err);
    ptrdiff_t longest = 0;
    double greatest = 0.0;
    for (ptrdiff_t i = 0; i < s->nrow; i++) {
        const double length = tl_num_dot(tl_matrix_row(s, i), tl_matrix_row(s, i), e);
        longest = length > greatest ? i : longest;
        greatest = tl_max_double(length, greatest);
    }
    if (code == TL_OK && greatest > 0.0) {
        memcpy(v, tl_matrix_row(s, longest), (size_t)e * sizeof *v);
        (void)make_orthogonal(&q, 0, v);
        for (int k = 0; k < LANCZOS_RESTARTS && code == TL_OK; k++) {
            code = lanczos(s, &q, between.data, v, value, &miss, err);
            if (!(miss > 1e-14 * *value)) {
                break;
            }
            (void)make_orthogonal(&q, 0, v);
        }
    }
    tl_matrix_free(&q);
    tl_matrix_free(&between);
    return code;
}

/* Scratch of SIMPLS in the reduced space. */
typedef struct simpls {
    tl_matrix cross;   /* [d, e] S, the remainder of X'Y */
    tl_matrix removed; /* [A, d] orthonormal directions removed from S */
    tl_matrix vector;  /* [3, max(n, d, e)]: score, loading, right vector */
} simpls;

/* Component a into the rows of fit; *done = 1 when X'Y is used up. */
static tl_code next_component(const side *x, const side *y, ptrdiff_t a, double *first, simpls *w,
                              tl_pls2 *fit, int *done, tl_err *err) {
    const ptrdiff_t n = x->score.nrow;
    const ptrdiff_t d = x->score.ncol;
    const ptrdiff_t e = y->score.ncol;
    double *t = tl_matrix_row(&w->vector, 0);
    double *p = tl_matrix_row(&w->vector, 1);
    double *c = tl_matrix_row(&w->vector, 2);
    double *r = tl_matrix_row(&fit->rotation, a);
    double value;
    TL_TRY(dominant(&w->cross, c, &value, err));
    *first = a == 0 ? value : *first;
    *done = !(value > exhausted * exhausted * *first) || !(value > 0.0);
    if (*done) {
        return TL_OK;
    }
    for (ptrdiff_t i = 0; i < d; i++) {
        r[i] = tl_num_dot(tl_matrix_row(&w->cross, i), c, e);
    }
    double *q = tl_matrix_row(&fit->loading, a);
    memset(p, 0, (size_t)d * sizeof *p);
    double squares = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        t[i] = tl_num_dot(tl_matrix_row(&x->score, i), r, d);
        squares += t[i] * t[i];
    }
    if (!(squares > 0.0)) {
        *done = 1;
        return TL_OK;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        tl_num_add_scaled(p, t[i] / squares, tl_matrix_row(&x->score, i), d);
        tl_num_add_scaled(q, t[i] / squares, tl_matrix_row(&y->score, i), e);
    }
    double *v = tl_matrix_row(&w->removed, a);
    memcpy(v, p, (size_t)d * sizeof *v);
    (void)make_orthogonal(&w->removed, a, v);
    memset(c, 0, (size_t)e * sizeof *c);
    for (ptrdiff_t i = 0; i < d; i++) {
        tl_num_add_scaled(c, v[i], tl_matrix_row(&w->cross, i), e);
    }
    for (ptrdiff_t i = 0; i < d; i++) {
        tl_num_add_scaled(tl_matrix_row(&w->cross, i), -v[i], c, e);
    }
    return TL_OK;
}

static tl_code run_simpls(const side *x, const side *y, ptrdiff_t components, tl_pls2 *fit,
                          tl_err *err) {
    const ptrdiff_t n = x->score.nrow;
    const ptrdiff_t d = x->score.ncol;
    const ptrdiff_t e = y->score.ncol;
    const ptrdiff_t widest = tl_max(tl_max(n, d), e);
    simpls w = {0};
    double first = 0.0;
    int done = 0;
    tl_code code;
    TL_CHECK(tl_matrix_init(&fit->rotation, components, d, err));
    TL_CHECK(tl_matrix_init(&fit->loading, components, e, err));
    TL_CHECK(tl_matrix_init(&w.cross, d, e, err));
    TL_CHECK(tl_matrix_init(&w.removed, components, d, err));
    TL_CHECK(tl_matrix_init(&w.vector, 3, widest, err));
    tl_num_product(d, e, n, x->score.data, 1, d, y->score.data, w.cross.data, 0);
    for (ptrdiff_t a = 0; a < components && !done; a++) {
        TL_CHECK(next_component(x, y, a, &first, &w, fit, &done, err));
        fit->components += !done;
    }
    fit->rotation.nrow = fit->components;
    fit->loading.nrow = fit->components;
done:
    tl_matrix_free(&w.cross);
    tl_matrix_free(&w.removed);
    tl_matrix_free(&w.vector);
    return code;
}

tl_code tl_fusion_pls2_fit(const tl_matrix *x, const tl_matrix *y, ptrdiff_t components,
                           tl_pls2 *out, tl_err *err) {
    *out = (tl_pls2){0};
    if (x->nrow != y->nrow || x->ncol < 1 || y->ncol < 1 || components < 1) {
        return tl_fail(err, TL_SHAPE,
                       "partial least squares: %td x %td satellite and %td x %td lab spectra do "
                       "not pair up",
                       x->nrow, x->ncol, y->nrow, y->ncol);
    }
    if (x->nrow < 3) {
        return tl_fail(err, TL_DATA, "partial least squares needs at least 3 pairs, got %td",
                       x->nrow);
    }
    const ptrdiff_t max_components = tl_min(x->nrow - 1, x->ncol);
    side from = {0};
    side to = {0};
    tl_code code;
    TL_CHECK(side_open(x, &out->centre_in, &from, err));
    TL_CHECK(side_open(y, &out->centre_out, &to, err));
    TL_CHECK(run_simpls(&from, &to, tl_min(components, max_components), out, err));
    if (out->components == 0) {
        code = tl_fail(err, TL_DATA,
                       "partial least squares: the satellite spectra or the lab spectra of the %td "
                       "pairs are all equal",
                       x->nrow);
        goto done;
    }
    TL_CHECK(to_bands(&from, &out->rotation, err));
    TL_CHECK(to_bands(&to, &out->loading, err));
done:
    side_free(&from);
    side_free(&to);
    if (code != TL_OK) {
        tl_fusion_pls2_free(out);
    }
    return code;
}

tl_code tl_fusion_pls2_map(const tl_pls2 *fit, ptrdiff_t a, tl_ds *ds, tl_err *err) {
    const ptrdiff_t p = fit->centre_in.ncol;
    const ptrdiff_t q = fit->centre_out.ncol;
    tl_code code;
    *ds = (tl_ds){0};
    TL_CHECK(tl_matrix_copy(&ds->centre_in, &fit->centre_in, err));
    TL_CHECK(tl_matrix_copy(&ds->centre_out, &fit->centre_out, err));
    TL_CHECK(tl_matrix_init(&ds->slope, q, p, err));
    tl_num_product(q, p, tl_min(a, fit->components), fit->loading.data, 1, q, fit->rotation.data,
                   ds->slope.data, 0);
done:
    if (code != TL_OK) {
        tl_fusion_ds_free(ds);
    }
    return code;
}

/* Adds the error of every number of components on the rows x_test to sum [max_components]. */
static tl_code add_errors(const tl_pls2 *fit, const tl_matrix *x_test, const tl_matrix *y_test,
                          const double *sd, ptrdiff_t max_components, double *sum, tl_err *err) {
    const ptrdiff_t p = x_test->ncol;
    const ptrdiff_t q = y_test->ncol;
    tl_matrix line;
    TL_TRY(tl_matrix_init(&line, 2, tl_max(p, q), err));
    double *x = tl_matrix_row(&line, 0);
    double *miss = tl_matrix_row(&line, 1);
    for (ptrdiff_t i = 0; i < x_test->nrow; i++) {
        for (ptrdiff_t j = 0; j < p; j++) {
            x[j] = tl_matrix_row(x_test, i)[j] - fit->centre_in.data[j];
        }
        for (ptrdiff_t j = 0; j < q; j++) {
            miss[j] = fit->centre_out.data[j] - tl_matrix_row(y_test, i)[j];
        }
        for (ptrdiff_t a = 0; a < max_components; a++) {
            if (a < fit->components) {
                tl_num_add_scaled(miss, tl_num_dot(x, tl_matrix_row(&fit->rotation, a), p),
                                  tl_matrix_row(&fit->loading, a), q);
            }
            for (ptrdiff_t j = 0; j < q; j++) {
                sum[a] += miss[j] / sd[j] * (miss[j] / sd[j]);
            }
        }
    }
    tl_matrix_free(&line);
    return TL_OK;
}

/* The choice of the number of components. */
typedef struct component_choice {
    ptrdiff_t max_components;
    double *sum; /* [max_components] squared errors */
} component_choice;

static tl_code try_fold(const tl_fold_rows *f, void *work, tl_err *err) {
    const component_choice *c = work;
    tl_pls2 fit = {0};
    tl_code code = tl_fusion_pls2_fit(&f->x, &f->y, c->max_components, &fit, err);
    if (code == TL_OK) {
        code = add_errors(&fit, &f->x_test, &f->y_test, f->sd.data, c->max_components, c->sum, err);
    }
    tl_fusion_pls2_free(&fit);
    return code;
}

tl_code tl_fusion_pls2_choose(const tl_matrix *x, const tl_matrix *y, ptrdiff_t max_components,
                              const ptrdiff_t *group, int64_t seed, tl_ds *ds, tl_err *err) {
    *ds = (tl_ds){0};
    tl_pls2 fit = {0};
    component_choice c = {.max_components = max_components,
                          .sum = tl_acquire(max_components, sizeof *c.sum)};
    if (c.sum == NULL) {
        return tl_no_memory(err, "the folds of %td rows", x->nrow);
    }
    memset(c.sum, 0, (size_t)max_components * sizeof *c.sum);
    tl_code code;
    TL_CHECK(tl_fusion_for_each_fold(x, y, group, PLS2_FOLDS, seed, 0, try_fold, &c, err));
    ptrdiff_t best = 0;
    for (ptrdiff_t a = 1; a < max_components; a++) {
        best = c.sum[a] < c.sum[best] ? a : best;
    }
    TL_CHECK(tl_fusion_pls2_fit(x, y, best + 1, &fit, err));
    TL_CHECK(tl_fusion_pls2_map(&fit, best + 1, ds, err));
done:
    tl_fusion_pls2_free(&fit);
    tl_release(c.sum);
    return code;
}

void tl_fusion_pls2_free(tl_pls2 *fit) {
    if (fit != NULL) {
        tl_matrix_free(&fit->rotation);
        tl_matrix_free(&fit->loading);
        tl_matrix_free(&fit->centre_in);
        tl_matrix_free(&fit->centre_out);
        *fit = (tl_pls2){0};
    }
}
