/* SPDX-License-Identifier: GPL-2.0-or-later
 * Distances to training samples; see applicability.h. */
#include "inversion/applicability.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/wide.h"
#include "inversion/pls.h"
#include "inversion/standardise.h"
#include "json/json.h"
#include "model/document.h"
#include "num/stats.h"

static const double constant_scale = 1e30; /* of tl_inversion_moments */

/* --- weights --- */

tl_code tl_inversion_applicability_weights(const tl_matrix *x, const double *y, double *weight,
                                           tl_err *err) {
    tl_pls pls = {0};
    double *scale = tl_acquire(x->ncol, 2 * sizeof *scale);
    tl_code code;
    if (scale == NULL) {
        return tl_no_memory(err, "%td features", x->ncol);
    }
    TL_CHECK(tl_inversion_pls_fit(x, y, 3, 1, &pls, err));
    tl_inversion_moments(x, scale + x->ncol, scale);
    /* With a constant property only rounding errors of its mean remain, and the fit would adapt to
     * them. */
    const int constant = !(tl_num_sd(y, x->nrow) > 1e-12 * fabs(tl_num_mean(y, x->nrow)));
    double sum = 0.0;
    for (ptrdiff_t j = 0; j < x->ncol; j++) {
        const double sd = scale[j] < constant_scale ? scale[j] : 0.0;
        weight[j] = fabs(tl_matrix_row(&pls.coefficients, pls.components)[j]) * sd;
        sum += weight[j];
    }
    for (ptrdiff_t j = 0; j < x->ncol; j++) {
        weight[j] = sum > 0.0 && !constant ? weight[j] * (double)x->ncol / sum : 1.0;
    }
done:
    tl_inversion_pls_free(&pls);
    tl_release(scale);
    return code;
}

/* --- learning --- */

static tl_code acquire(tl_applicability *a, tl_err *err) {
    a->mean = tl_acquire(a->k, sizeof *a->mean);
    a->factor = tl_acquire(a->k, sizeof *a->factor);
    a->di = tl_acquire(a->n, sizeof *a->di);
    a->packed = tl_acquire(a->n, (size_t)a->k * sizeof *a->packed);
    if (a->mean == NULL || a->factor == NULL || a->di == NULL || a->packed == NULL) {
        return tl_no_memory(err, "%td samples", a->n);
    }
    return tl_matrix_init(&a->reference, a->n, a->k, err);
}

static void pack(tl_applicability *a) {
    for (ptrdiff_t i = 0; i < a->n * a->k; i++) {
        a->packed[i] = (float)a->reference.data[i];
    }
}

static tl_code check_request(const tl_matrix *x, const double *weight, const int *fold,
                             tl_err *err) {
    if (x->ncol < 1 || x->ncol > tl_applicability_max_features) {
        return tl_fail(err, TL_ARG, "applicability: %td MNF components, wanted 1 to %d", x->ncol,
                       (int)tl_applicability_max_features);
    }
    double sum = weight == NULL ? 1.0 : 0.0;
    for (ptrdiff_t j = 0; weight != NULL && j < x->ncol; j++) {
        if (!(weight[j] >= 0.0) || !isfinite(weight[j])) {
            return tl_fail(err, TL_ARG, "applicability: weight %td is %g, wanted 0 or more", j,
                           weight[j]);
        }
        sum += weight[j];
    }
    if (!(sum > 0.0)) {
        return tl_fail(err, TL_ARG, "applicability: all weights are 0");
    }
    int differ = fold == NULL;
    for (ptrdiff_t i = 1; fold != NULL && i < x->nrow; i++) {
        differ = differ || fold[i] != fold[0];
    }
    if (x->nrow < 2 || !differ) {
        return tl_fail(err, TL_DATA,
                       "applicability: %td training samples%s, wanted at least 2 in 2 folds",
                       x->nrow, differ ? "" : " in one fold");
    }
    return TL_OK;
}

static tl_code scale_samples(tl_applicability *a, const tl_matrix *x, const double *weight,
                             int standardise, tl_err *err) {
    if (standardise) {
        tl_inversion_moments(x, a->mean, a->factor);
    }
    for (ptrdiff_t j = 0; j < a->k; j++) {
        const double sd = standardise ? a->factor[j] : 1.0;
        a->factor[j] = sd < constant_scale ? (weight == NULL ? 1.0 : weight[j]) / sd : 0.0;
    }
    for (ptrdiff_t i = 0; i < a->n; i++) {
        for (ptrdiff_t j = 0; j < a->k; j++) {
            const double value = (tl_matrix_row(x, i)[j] - a->mean[j]) * a->factor[j];
            if (!isfinite(value)) {
                return tl_fail(err, TL_DATA,
                               "applicability: MNF component %td of sample %td is not a number", j,
                               i);
            }
            tl_matrix_row(&a->reference, i)[j] = value;
        }
    }
    return TL_OK;
}

static double distance(const double *a, const double *b, ptrdiff_t k) {
    double sum = 0.0;
    for (ptrdiff_t j = 0; j < k; j++) {
        sum += (a[j] - b[j]) * (a[j] - b[j]);
    }
    return sqrt(sum);
}

/* Mean distance, and the nearest sample of another fold for each. */
static void find_distances(tl_applicability *a, const int *fold) {
    double total = 0.0;
    for (ptrdiff_t i = 0; i < a->n; i++) {
        a->di[i] = (double)INFINITY;
        for (ptrdiff_t l = 0; l < a->n; l++) {
            const double d =
                distance(tl_matrix_row(&a->reference, i), tl_matrix_row(&a->reference, l), a->k);
            total += l > i ? d : 0.0;
            const int other = fold == NULL ? l != i : fold[l] != fold[i];
            a->di[i] = other && d < a->di[i] ? d : a->di[i];
        }
    }
    a->mean_distance = total / (0.5 * (double)a->n * (double)(a->n - 1));
}

static tl_code find_threshold(tl_applicability *a, tl_err *err) {
    double *sorted = tl_acquire(a->n, sizeof *sorted);
    if (sorted == NULL) {
        return tl_no_memory(err, "%td samples", a->n);
    }
    for (ptrdiff_t i = 0; i < a->n; i++) {
        a->di[i] /= a->mean_distance;
        sorted[i] = a->di[i];
    }
    tl_num_sort(sorted, a->n);
    const double q1 = tl_num_quantile(sorted, a->n, 0.25, 7);
    const double q3 = tl_num_quantile(sorted, a->n, 0.75, 7);
    a->threshold = fmin(sorted[a->n - 1], q3 + 1.5 * (q3 - q1));
    tl_release(sorted);
    return TL_OK;
}

tl_code tl_inversion_applicability_fit(const tl_matrix *x, const double *weight, const int *fold,
                                       int standardise, tl_applicability *out, tl_err *err) {
    *out = (tl_applicability){0};
    TL_TRY(check_request(x, weight, fold, err));
    *out = (tl_applicability){.k = x->ncol, .n = x->nrow};
    tl_code code;
    TL_CHECK(acquire(out, err));
    TL_CHECK(scale_samples(out, x, weight, standardise, err));
    pack(out);
    find_distances(out, fold);
    if (!(out->mean_distance > 0.0)) {
        code =
            tl_fail(err, TL_DATA,
                    "applicability: all %td training samples have the same MNF components", out->n);
        goto done;
    }
    TL_CHECK(find_threshold(out, err));
done:
    if (code != TL_OK) {
        tl_inversion_applicability_free(out);
    }
    return code;
}

void tl_inversion_applicability_free(tl_applicability *a) {
    if (a != NULL) {
        tl_release(a->mean);
        tl_release(a->factor);
        tl_release(a->di);
        tl_release(a->packed);
        tl_matrix_free(&a->reference);
        *a = (tl_applicability){0};
    }
}

/* --- application --- */

/* Pixels side by side; the compiler splits them into the vectors of the processor. Every sum runs
 * over the features in their order, so a pixel's bits do not depend on its neighbours. */
enum { BLOCK = 16 };
typedef float lanes __attribute__((vector_size(BLOCK * 4)));

static inline __attribute__((always_inline)) void take_smaller(float *best, lanes other) {
    float value[BLOCK];
    memcpy(value, &other, sizeof value);
    for (int i = 0; i < BLOCK; i++) {
        best[i] = tl_min_float(value[i], best[i]);
    }
}

/* Squared distance of each pixel of a block to its nearest training sample; four samples at a time
 * keep the processor busy. */
TL_WIDE_CLONES static void find_nearest(const float *reference, ptrdiff_t n, ptrdiff_t k,
                                        const lanes *z, float *best) {
    for (ptrdiff_t i = 0; i < n; i += 4) {
        /* After the last sample the last one is used again. */
        const float *a = reference + i * k;
        const float *b = i + 1 < n ? a + k : a;
        const float *c = i + 2 < n ? b + k : b;
        const float *d = i + 3 < n ? c + k : c;
        lanes to_a = {0};
        lanes to_b = {0};
        lanes to_c = {0};
        lanes to_d = {0};
        for (ptrdiff_t j = 0; j < k; j++) {
            const lanes by_a = z[j] - a[j];
            const lanes by_b = z[j] - b[j];
            const lanes by_c = z[j] - c[j];
            const lanes by_d = z[j] - d[j];
            to_a += by_a * by_a;
            to_b += by_b * by_b;
            to_c += by_c * by_c;
            to_d += by_d * by_d;
        }
        take_smaller(best, to_a);
        take_smaller(best, to_b);
        take_smaller(best, to_c);
        take_smaller(best, to_d);
    }
}

/* DI of up to BLOCK pixels; u [k] rows that are stride apart. */
static void block_di(const tl_applicability *a, const float *u, ptrdiff_t stride, ptrdiff_t pixels,
                     float *di) {
    lanes z[tl_applicability_max_features];
    float nearest[BLOCK];
    int missing[BLOCK] = {0};
    for (ptrdiff_t i = 0; i < BLOCK; i++) {
        nearest[i] = (float)INFINITY;
    }
    for (ptrdiff_t j = 0; j < a->k; j++) {
        float row[BLOCK] = {0};
        for (ptrdiff_t i = 0; i < pixels; i++) {
            missing[i] |= isnan(u[j * stride + i]) ? 1 : 0;
            row[i] = (float)(((double)u[j * stride + i] - a->mean[j]) * a->factor[j]);
        }
        memcpy(&z[j], row, sizeof row);
    }
    find_nearest(a->packed, a->n, a->k, z, nearest);
    for (ptrdiff_t i = 0; i < pixels; i++) {
        di[i] = missing[i] ? (float)NAN : (float)(sqrt((double)nearest[i]) / a->mean_distance);
    }
}

double tl_inversion_applicability_di(const tl_applicability *a, const double *row) {
    double nearest = (double)INFINITY;
    for (ptrdiff_t i = 0; i < a->n; i++) {
        const double *sample = tl_matrix_row(&a->reference, i);
        double sum = 0.0;
        for (ptrdiff_t j = 0; j < a->k; j++) {
            const double d = (row[j] - a->mean[j]) * a->factor[j] - sample[j];
            sum += d * d;
        }
        if (isnan(sum)) {
            return (double)NAN;
        }
        nearest = tl_min_double(sum, nearest);
    }
    return sqrt(nearest) / a->mean_distance;
}

void tl_inversion_applicability_block(const tl_applicability *a, const float *u, ptrdiff_t n,
                                      float *di) {
    for (ptrdiff_t first = 0; first < n; first += BLOCK) {
        const ptrdiff_t pixels = tl_min(n - first, BLOCK);
        block_di(a, u + first, n, pixels, di + first);
    }
}

float tl_inversion_applicability_mask(const tl_applicability *a, float di) {
    return isnan(di) ? (float)NAN : (di <= (float)a->threshold ? 1.0F : 0.0F);
}

/* --- model files --- */

tl_code tl_inversion_applicability_to_json(const tl_applicability *a, json_t **json, tl_err *err) {
    tl_code code;
    *json = tl_json_object();
    TL_CHECK(*json == NULL ? tl_no_memory(err, "the area of applicability") : TL_OK);
    TL_CHECK(tl_model_put_vector(*json, "mean", a->mean, a->k, err));
    TL_CHECK(tl_model_put_vector(*json, "factor", a->factor, a->k, err));
    TL_CHECK(tl_model_put_table(*json, "reference", &a->reference, err));
    TL_CHECK(tl_model_put_number(*json, "mean_distance", a->mean_distance, err));
    TL_CHECK(tl_model_put_number(*json, "threshold", a->threshold, err));
    TL_CHECK(tl_model_put_vector(*json, "di", a->di, a->n, err));
done:
    if (code != TL_OK) {
        json_decref(*json);
        *json = NULL;
    }
    return code;
}

static tl_code copy_vector(const json_t *json, const char *key, ptrdiff_t n, double *to,
                           tl_err *err) {
    tl_matrix vector;
    TL_TRY(tl_model_vector(json, key, n, &vector, err));
    memcpy(to, vector.data, (size_t)n * sizeof *to);
    tl_matrix_free(&vector);
    return TL_OK;
}

tl_code tl_inversion_applicability_from_json(const json_t *json, ptrdiff_t k, tl_applicability *a,
                                             tl_err *err) {
    *a = (tl_applicability){0};
    if (k < 1 || k > tl_applicability_max_features) {
        return tl_fail(err, TL_FORMAT, "applicability: %td MNF components, wanted 1 to %d", k,
                       (int)tl_applicability_max_features);
    }
    tl_matrix reference = {0};
    tl_code code;
    TL_CHECK(tl_model_table(json, "reference", -1, k, &reference, err));
    if (reference.nrow < 2) {
        code = tl_fail(err, TL_FORMAT, "reference: 1 training sample, wanted at least 2");
        goto done;
    }
    *a = (tl_applicability){.k = k, .n = reference.nrow};
    TL_CHECK(acquire(a, err));
    memcpy(a->reference.data, reference.data, (size_t)(a->n * k) * sizeof *reference.data);
    pack(a);
    TL_CHECK(copy_vector(json, "mean", k, a->mean, err));
    TL_CHECK(copy_vector(json, "factor", k, a->factor, err));
    TL_CHECK(copy_vector(json, "di", a->n, a->di, err));
    TL_CHECK(tl_model_number(json, "mean_distance", 1e-300, 1e300, &a->mean_distance, err));
    TL_CHECK(tl_model_number(json, "threshold", 0.0, 1e300, &a->threshold, err));
done:
    tl_matrix_free(&reference);
    if (code != TL_OK) {
        tl_inversion_applicability_free(a);
    }
    return code;
}
