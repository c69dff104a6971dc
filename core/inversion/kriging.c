/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ordinary kriging; see kriging.h. */
#include "inversion/kriging.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/stop.h"
#include "num/cholesky.h"

enum { NEAREST = 100 };

/* Covariance at distance h: the sill minus the variogram. */
static double covariance(const tl_variogram *v, double h) {
    return v->nugget + v->sill - tl_inversion_variogram(v, h);
}

static double distance_to(const tl_kriging *k, ptrdiff_t i, double x, double y) {
    return hypot(k->x[i] - x, k->y[i] - y);
}

/* Copies the data; samples at one location become their mean. */
static void merge_locations(tl_kriging *k, const double *x, const double *y, const double *value,
                            ptrdiff_t n, ptrdiff_t *count) {
    for (ptrdiff_t i = 0; i < n; i++) {
        ptrdiff_t j = 0;
        while (j < k->n && (k->x[j] != x[i] || k->y[j] != y[i])) {
            j++;
        }
        if (j == k->n) {
            k->x[j] = x[i];
            k->y[j] = y[i];
            k->n++;
        }
        count[j]++;
        k->value[j] += value[i];
    }
    for (ptrdiff_t j = 0; j < k->n; j++) {
        k->value[j] /= (double)count[j];
    }
}

/* Covariances between m locations, factored. index NULL = the first m. */
static tl_code factor_locations(const tl_kriging *k, const ptrdiff_t *index, ptrdiff_t m,
                                tl_matrix *factor, tl_err *err) {
    TL_TRY(tl_matrix_init(factor, m, m, err));
    for (ptrdiff_t i = 0; i < m; i++) {
        const ptrdiff_t a = index == NULL ? i : index[i];
        for (ptrdiff_t j = i; j < m; j++) {
            const ptrdiff_t b = index == NULL ? j : index[j];
            tl_matrix_row(factor, i)[j] =
                covariance(&k->variogram, i == j ? 0.0 : distance_to(k, a, k->x[b], k->y[b]));
        }
    }
    const tl_code code = tl_num_cholesky_factor(factor, err);
    return code == TL_OK ? code : tl_fail_in(err, code, "kriging of the samples");
}

tl_code tl_inversion_kriging_init(const tl_variogram *variogram, const double *x, const double *y,
                                  const double *value, ptrdiff_t n, tl_kriging *out, tl_err *err) {
    *out = (tl_kriging){.variogram = *variogram};
    if (n < 1) {
        return tl_fail(err, TL_DATA, "kriging needs samples");
    }
    /* Equal values have no variance: any weights that sum to 1 return them. */
    if (!(variogram->nugget + variogram->sill > 0.0)) {
        out->variogram.nugget = 1.0;
    }
    tl_code code = TL_OK;
    ptrdiff_t *count = tl_acquire(n, sizeof *count);
    out->x = tl_acquire(n, sizeof *out->x);
    out->y = tl_acquire(n, sizeof *out->y);
    out->value = tl_acquire(n, sizeof *out->value);
    if (count == NULL || out->x == NULL || out->y == NULL || out->value == NULL) {
        code = tl_no_memory(err, "kriging of %td samples", n);
        goto done;
    }
    merge_locations(out, x, y, value, n, count);
    out->used = out->n <= tl_kriging_max_used ? out->n : NEAREST;
    if (out->used == out->n) {
        code = factor_locations(out, NULL, out->n, &out->factor, err);
    }
done:
    tl_release(count);
    if (code != TL_OK) {
        tl_inversion_kriging_free(out);
    }
    return code;
}

void tl_inversion_kriging_free(tl_kriging *k) {
    if (k != NULL) {
        tl_release(k->x);
        tl_release(k->y);
        tl_release(k->value);
        tl_matrix_free(&k->factor);
        *k = (tl_kriging){0};
    }
}

typedef struct neighbour {
    double distance;
    ptrdiff_t location;
} neighbour;

static int by_distance(const void *a, const void *b) {
    const neighbour *p = a;
    const neighbour *q = b;
    if (p->distance != q->distance) {
        return p->distance < q->distance ? -1 : 1;
    }
    return (p->location > q->location) - (p->location < q->location);
}

/* The locations that take part, nearest first where not all do. */
static tl_code find_used(const tl_kriging *k, double x, double y, ptrdiff_t *index, tl_err *err) {
    for (ptrdiff_t i = 0; i < k->used; i++) {
        index[i] = i;
    }
    if (k->used == k->n) {
        return TL_OK;
    }
    neighbour *all = tl_acquire(k->n, sizeof *all);
    if (all == NULL) {
        return tl_no_memory(err, "kriging of %td samples", k->n);
    }
    for (ptrdiff_t i = 0; i < k->n; i++) {
        all[i] = (neighbour){.distance = distance_to(k, i, x, y), .location = i};
    }
    qsort(all, (size_t)k->n, sizeof *all, by_distance);
    for (ptrdiff_t i = 0; i < k->used; i++) {
        index[i] = all[i].location;
    }
    tl_release(all);
    return TL_OK;
}

/* Solves C a = c0 and C b = 1; with the Lagrange multiplier mu = (1'a - 1) / 1'b the weights are
 * a - mu b. They replace a. */
static tl_code find_weights(const tl_matrix *factor, tl_matrix *ab, double *mu, tl_err *err) {
    TL_TRY(tl_num_cholesky_substitute(factor, ab, err));
    double sum_a = 0.0;
    double sum_b = 0.0;
    for (ptrdiff_t i = 0; i < ab->nrow; i++) {
        sum_a += tl_matrix_row(ab, i)[0];
        sum_b += tl_matrix_row(ab, i)[1];
    }
    *mu = (sum_a - 1.0) / sum_b;
    for (ptrdiff_t i = 0; i < ab->nrow; i++) {
        tl_matrix_row(ab, i)[0] -= *mu * tl_matrix_row(ab, i)[1];
    }
    return TL_OK;
}

static void add_up(const tl_kriging *k, double x, double y, const ptrdiff_t *index,
                   const tl_matrix *ab, double mu, double *value, double *variance,
                   double *weight) {
    *value = 0.0;
    double explained = 0.0;
    for (ptrdiff_t i = 0; weight != NULL && i < k->n; i++) {
        weight[i] = 0.0;
    }
    for (ptrdiff_t i = 0; i < ab->nrow; i++) {
        const double w = tl_matrix_row(ab, i)[0];
        *value += w * k->value[index[i]];
        explained += w * covariance(&k->variogram, distance_to(k, index[i], x, y));
        if (weight != NULL) {
            weight[index[i]] = w;
        }
    }
    if (variance != NULL) {
        *variance = fmax(0.0, covariance(&k->variogram, 0.0) - explained - mu);
    }
}

tl_code tl_inversion_kriging_predict(const tl_kriging *k, double x, double y, double *value,
                                     double *variance, double *weight, tl_err *err) {
    tl_matrix ab = {0};
    tl_matrix local = {0};
    tl_code code = TL_OK;
    TL_TRY(tl_stop_check(err));
    ptrdiff_t *index = tl_acquire(k->used, sizeof *index);
    if (index == NULL) {
        return tl_no_memory(err, "kriging of %td samples", k->n);
    }
    TL_CHECK(tl_matrix_init(&ab, k->used, 2, err));
    TL_CHECK(find_used(k, x, y, index, err));
    for (ptrdiff_t i = 0; i < k->used; i++) {
        tl_matrix_row(&ab, i)[0] = covariance(&k->variogram, distance_to(k, index[i], x, y));
        tl_matrix_row(&ab, i)[1] = 1.0;
    }
    if (k->used < k->n) {
        TL_CHECK(factor_locations(k, index, k->used, &local, err));
    }
    double mu = 0.0;
    TL_CHECK(find_weights(k->used < k->n ? &local : &k->factor, &ab, &mu, err));
    add_up(k, x, y, index, &ab, mu, value, variance, weight);
done:
    tl_release(index);
    tl_matrix_free(&ab);
    tl_matrix_free(&local);
    return code;
}

/* Memory for the training samples of a fold. */
typedef struct training {
    double *x;
    double *y;
    double *value;
    ptrdiff_t n;
} training;

static tl_code prepare(const training *t, tl_kriging *out, tl_err *err) {
    tl_variogram best;
    tl_variogram other;
    TL_TRY(tl_inversion_variogram_fit(t->x, t->y, t->value, t->n, TL_SPHERICAL, &best, err));
    TL_TRY(tl_inversion_variogram_fit(t->x, t->y, t->value, t->n, TL_EXPONENTIAL, &other, err));
    best = other.sse < best.sse ? other : best;
    return tl_inversion_kriging_init(&best, t->x, t->y, t->value, t->n, out, err);
}

static tl_code predict_fold(const double *x, const double *y, const double *value, ptrdiff_t n,
                            const int *fold, int k, training *t, double *predicted, tl_err *err) {
    tl_kriging kriging;
    t->n = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (fold[i] != k) {
            t->x[t->n] = x[i];
            t->y[t->n] = y[i];
            t->value[t->n++] = value[i];
        }
    }
    TL_TRY(prepare(t, &kriging, err));
    tl_code code = TL_OK;
    for (ptrdiff_t i = 0; i < n && code == TL_OK; i++) {
        if (fold[i] == k) {
            code =
                tl_inversion_kriging_predict(&kriging, x[i], y[i], &predicted[i], NULL, NULL, err);
        }
    }
    tl_inversion_kriging_free(&kriging);
    return code;
}

static tl_code check_coordinates(const double *x, const double *y, ptrdiff_t n, tl_err *err) {
    ptrdiff_t missing = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        missing += !isfinite(x[i]) || !isfinite(y[i]);
    }
    return missing == 0 ? TL_OK
                        : tl_fail(err, TL_DATA,
                                  "kriging needs the coordinates of all samples, but %td of %td "
                                  "have none",
                                  missing, n);
}

tl_code tl_inversion_kriging_folds(const double *x, const double *y, const double *value,
                                   ptrdiff_t n, const int *fold, int folds, double *predicted,
                                   tl_err *err) {
    TL_TRY(check_coordinates(x, y, n, err));
    tl_code code = TL_OK;
    training t = {.x = tl_acquire(n, sizeof *t.x),
                  .y = tl_acquire(n, sizeof *t.y),
                  .value = tl_acquire(n, sizeof *t.value)};
    if (t.x == NULL || t.y == NULL || t.value == NULL) {
        code = tl_no_memory(err, "kriging of %td samples", n);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        predicted[i] = (double)NAN;
    }
    for (int k = 0; k < folds && code == TL_OK; k++) {
        code = predict_fold(x, y, value, n, fold, k, &t, predicted, err);
    }
    tl_release(t.x);
    tl_release(t.y);
    tl_release(t.value);
    return code;
}
