/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ridge regression through one eigendecomposition; see ridge.h. */
#include "inversion/ridge.h"

#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "inversion/standardise.h"
#include "num/eigen.h"
#include "num/matrix_product.h"
#include "num/stats.h"

/* X = centred (and scaled) rows. With the eigenvectors V of X'X (primal, m <= n) or U of XX' (dual)
 *   b(lambda) = basis' diag(1 / (value + lambda)) weight,
 * where basis = V, weight = V X'y in the primal and basis = U X, weight = U y in the dual form. */
typedef struct spectrum {
    ptrdiff_t n;
    ptrdiff_t m;
    ptrdiff_t k; /* the smaller of both */
    double *mean;
    double *scale;
    double mean_y;
    double trace;
    double *value;   /* [k] */
    double *weight;  /* [k] */
    tl_matrix basis; /* [k, m] */
} spectrum;

static void free_spectrum(spectrum *s) {
    tl_release(s->mean);
    tl_release(s->scale);
    tl_release(s->value);
    tl_release(s->weight);
    tl_matrix_free(&s->basis);
}

static tl_code acquire_spectrum(spectrum *s, const tl_matrix *x, tl_err *err) {
    *s = (spectrum){.n = x->nrow, .m = x->ncol, .k = x->nrow < x->ncol ? x->nrow : x->ncol};
    if (s->k < 1) {
        return tl_fail(err, TL_SHAPE,
                       "a regression needs samples and features, but the matrix is %td x %td",
                       x->nrow, x->ncol);
    }
    s->mean = tl_acquire(s->m, sizeof *s->mean);
    s->scale = tl_acquire(s->m, sizeof *s->scale);
    s->value = tl_acquire(s->k, sizeof *s->value);
    s->weight = tl_acquire(s->k, sizeof *s->weight);
    if (s->mean == NULL || s->scale == NULL || s->value == NULL || s->weight == NULL) {
        return tl_no_memory(err, "a regression on %td features", s->m);
    }
    return TL_OK;
}

/* weight = vectors (X'y or y). */
static void project_property(spectrum *s, const tl_matrix *z, const double *y,
                             const tl_matrix *vectors) {
    for (ptrdiff_t i = 0; i < s->n; i++) {
        const double centred = y[i] - s->mean_y;
        for (ptrdiff_t k = 0; k < s->k; k++) {
            const double *v = tl_matrix_row(vectors, k);
            double along = 0.0;
            if (s->m <= s->n) {
                for (ptrdiff_t j = 0; j < s->m; j++) {
                    along += v[j] * tl_matrix_row(z, i)[j];
                }
            } else {
                along = v[i];
            }
            s->weight[k] += along * centred;
        }
    }
}

/* Decomposes the smaller square of z. */
static tl_code decompose(spectrum *s, const tl_matrix *z, const double *y, tl_err *err) {
    tl_matrix square = {0};
    tl_matrix vectors = {0};
    tl_matrix flipped = {0};
    tl_code code;
    TL_CHECK(tl_matrix_init(&square, s->k, s->k, err));
    if (s->m <= s->n) {
        tl_num_product(s->k, s->k, s->n, z->data, 1, s->m, z->data, square.data, 0);
    } else {
        TL_CHECK(tl_matrix_init(&flipped, s->m, s->n, err));
        tl_num_transpose(s->n, s->m, z->data, flipped.data);
        tl_num_product(s->k, s->k, s->m, z->data, s->m, 1, flipped.data, square.data, 0);
    }
    for (ptrdiff_t k = 0; k < s->k; k++) {
        s->trace += tl_matrix_row(&square, k)[k];
    }
    TL_CHECK(tl_num_symmetric_eigen(&square, s->value, &vectors, err));
    project_property(s, z, y, &vectors);
    if (s->m <= s->n) {
        s->basis = vectors;
        vectors = (tl_matrix){0};
    } else {
        TL_CHECK(tl_matrix_init(&s->basis, s->k, s->m, err));
        tl_num_product(s->k, s->m, s->n, vectors.data, s->n, 1, z->data, s->basis.data, 0);
    }
done:
    tl_matrix_free(&square);
    tl_matrix_free(&vectors);
    tl_matrix_free(&flipped);
    return code;
}

static tl_code make_spectrum(spectrum *s, const tl_matrix *x, const double *y, int autoscale,
                             tl_err *err) {
    tl_matrix z = {0};
    tl_code code;
    TL_CHECK(acquire_spectrum(s, x, err));
    tl_inversion_moments(x, s->mean, s->scale);
    for (ptrdiff_t j = 0; j < s->m && !autoscale; j++) {
        s->scale[j] = 1.0;
    }
    s->mean_y = tl_num_mean(y, s->n);
    TL_CHECK(tl_inversion_standardise(x, s->mean, s->scale, &z, err));
    TL_CHECK(decompose(s, &z, y, err));
done:
    tl_matrix_free(&z);
    return code;
}

/* weight / (value + lambda); 0 when there is no variation at all. */
static double shrunken(const spectrum *s, ptrdiff_t k, double share) {
    const double lambda = share * s->trace / (double)s->n;
    const double value = tl_max_double(s->value[k], 0.0);
    return lambda > 0.0 ? s->weight[k] / (value + lambda) : 0.0;
}

tl_ridge_options tl_inversion_ridge_defaults(void) {
    tl_ridge_options o = {.n_share = 17};
    for (int k = 0; k < o.n_share; k++) {
        o.share[k] = pow(10.0, -6.0 + 0.5 * k);
    }
    return o;
}

tl_code tl_inversion_ridge_options_check(const tl_ridge_options *o, tl_err *err) {
    if (o->n_share < 1 || o->n_share > tl_ridge_max_choices) {
        return tl_fail(err, TL_ARG, "ridge: %d values of lambda, wanted 1 to %d", o->n_share,
                       tl_ridge_max_choices);
    }
    for (int k = 0; k < o->n_share; k++) {
        if (!(o->share[k] >= 1e-12 && o->share[k] <= 1e6) ||
            (k > 0 && !(o->share[k] > o->share[k - 1]))) {
            return tl_fail(err, TL_ARG,
                           "ridge: lambda = %g, wanted increasing values from 1e-12 to 1e6",
                           o->share[k]);
        }
    }
    return TL_OK;
}

/* Errors of the held-out rows of one division, row s of error for share s. */
static tl_code division_errors(const tl_inner_set *set, const tl_ridge_options *o, tl_matrix *error,
                               tl_err *err) {
    spectrum s = {0};
    tl_code code;
    double *score = NULL;
    TL_CHECK(make_spectrum(&s, &set->learn_x, set->learn_y, o->autoscale, err));
    score = tl_acquire(s.k, sizeof *score);
    if (score == NULL) {
        code = tl_no_memory(err, "a regression on %td samples", s.n);
        goto done;
    }
    for (ptrdiff_t i = 0; i < set->check_x.nrow; i++) {
        const double *x = tl_matrix_row(&set->check_x, i);
        for (ptrdiff_t k = 0; k < s.k; k++) {
            score[k] = 0.0;
            for (ptrdiff_t j = 0; j < s.m; j++) {
                score[k] += (x[j] - s.mean[j]) / s.scale[j] * tl_matrix_row(&s.basis, k)[j];
            }
        }
        for (int c = 0; c < o->n_share; c++) {
            double sum = s.mean_y - set->check_y[i];
            for (ptrdiff_t k = 0; k < s.k; k++) {
                sum += score[k] * shrunken(&s, k, o->share[c]);
            }
            tl_matrix_row(error, c)[set->check_row[i]] = sum;
        }
    }
done:
    free_spectrum(&s);
    tl_release(score);
    return code;
}

tl_code tl_inversion_ridge_tune(const tl_inner_set *set, int n_sets, ptrdiff_t n,
                                const tl_ridge_options *o, uint32_t index, tl_ridge_setting *best,
                                double *error, tl_err *err) {
    (void)index;
    TL_TRY(tl_inversion_ridge_options_check(o, err));
    tl_matrix all = {0};
    tl_code code;
    double least = HUGE_VAL;
    TL_CHECK(tl_matrix_init(&all, o->n_share, n, err));
    for (int k = 0; k < n_sets; k++) {
        TL_CHECK(division_errors(&set[k], o, &all, err));
    }
    *best = (tl_ridge_setting){o->share[o->n_share - 1]};
    for (int c = o->n_share - 1; c >= 0; c--) {
        double squares = 0.0;
        for (ptrdiff_t i = 0; i < n; i++) {
            squares += tl_matrix_row(&all, c)[i] * tl_matrix_row(&all, c)[i];
        }
        if (squares < least) {
            least = squares;
            best->share = o->share[c];
            for (ptrdiff_t i = 0; i < n; i++) {
                error[i] = tl_matrix_row(&all, c)[i];
            }
        }
    }
done:
    tl_matrix_free(&all);
    return code;
}

tl_code tl_inversion_ridge_fit(const tl_matrix *x, const double *y, const tl_ridge_options *o,
                               const tl_ridge_setting *setting, uint32_t index, tl_ridge *out,
                               tl_err *err) {
    (void)index;
    *out = (tl_ridge){.m = x->ncol};
    spectrum s = {0};
    tl_code code;
    TL_CHECK(make_spectrum(&s, x, y, o->autoscale, err));
    out->coefficients = tl_acquire(s.m, sizeof *out->coefficients);
    if (out->coefficients == NULL) {
        code = tl_no_memory(err, "a regression on %td features", s.m);
        goto done;
    }
    for (ptrdiff_t k = 0; k < s.k; k++) {
        const double factor = shrunken(&s, k, setting->share);
        for (ptrdiff_t j = 0; j < s.m; j++) {
            out->coefficients[j] += factor * tl_matrix_row(&s.basis, k)[j];
        }
    }
    out->intercept = s.mean_y;
    for (ptrdiff_t j = 0; j < s.m; j++) {
        out->coefficients[j] /= s.scale[j];
        out->intercept -= out->coefficients[j] * s.mean[j];
    }
done:
    free_spectrum(&s);
    if (code != TL_OK) {
        tl_inversion_ridge_free(out);
    }
    return code;
}

double tl_inversion_ridge_predict(const tl_ridge *ridge, const double *row) {
    double sum = ridge->intercept;
    for (ptrdiff_t j = 0; j < ridge->m; j++) {
        sum += ridge->coefficients[j] * row[j];
    }
    return sum;
}

void tl_inversion_ridge_free(tl_ridge *ridge) {
    if (ridge != NULL) {
        tl_release(ridge->coefficients);
        *ridge = (tl_ridge){0};
    }
}
