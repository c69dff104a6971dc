/* SPDX-License-Identifier: GPL-2.0-or-later
 * Prediction of pixels; see predict.h. */
#include "pipeline/predict.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"

/* Pixels are worked through in pieces that stay in the fastest cache, four bands at a time. */
enum { PIECE = 512 };
static const ptrdiff_t piece = PIECE;
static const ptrdiff_t together = 4;

/* The wider clone adds the same numbers in the same order (contraction is off), only more of them
 * at once. Sanitizers cannot instrument the resolver that picks a clone. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define TL_WIDE_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define TL_WIDE_CLONES
#endif

static const tl_function *function_of(const tl_predictor *t, int m) {
    return m == 0 ? &t->model->final : &t->model->fold_model[m - 1];
}

static tl_code fill_predictor(tl_predictor *t, const tl_bands *scene, const ptrdiff_t *index,
                              tl_err *err) {
    const tl_property_model *model = t->model;
    t->band = tl_acquire(t->p, sizeof *t->band);
    t->coefficients = tl_acquire(t->p * t->models, sizeof *t->coefficients);
    if (t->band == NULL || t->coefficients == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for a model of %td bands", t->p);
    }
    for (ptrdiff_t j = 0; j < t->p; j++) {
        t->band[j] = scene->band[index[j]];
    }
    for (int m = 0; m < t->models; m++) {
        const tl_function *f = function_of(t, m);
        memcpy(t->coefficients + m * t->p, f->scene, (size_t)t->p * sizeof *f->scene);
        t->network = t->network || f->generated != NULL;
    }
    return tl_inversion_cv_plus_init(&t->intervals, model->residual, model->fold, model->n,
                                     model->folds, model->level, err);
}

tl_code tl_predictor_init(tl_predictor *t, const tl_property_model *model, const tl_bands *scene,
                          const ptrdiff_t *index, tl_err *err) {
    *t = (tl_predictor){.model = model, .p = model->p, .models = 1 + model->folds};
    if (model->features == TL_FEATURES_LAB) {
        return tl_fail(err, TL_DATA,
                       "the model of %s was trained on lab spectra, which a scene does not have; "
                       "train it with features scene, fused or mixed",
                       model->property);
    }
    const tl_code code = fill_predictor(t, scene, index, err);
    if (code != TL_OK) {
        tl_predictor_free(t);
    }
    return code;
}

void tl_predictor_free(tl_predictor *t) {
    if (t != NULL) {
        tl_release(t->band);
        tl_release(t->coefficients);
        tl_inversion_cv_plus_free(&t->intervals);
        *t = (tl_predictor){0};
    }
}

ptrdiff_t tl_predict_scratch(const tl_predictor *t) {
    return piece * (ptrdiff_t)(t->models + together);
}

/* What tl_band_value gives, for n values at once. s - s is 0 for a number and NaN for what is not
 * finite, which adding it passes on. */
TL_WIDE_CLONES static void scale_values(const tl_band *b, const float *restrict stored, ptrdiff_t n,
                                        double *restrict x) {
    const double scale = b->scale;
    const double offset = b->offset;
    for (ptrdiff_t i = 0; i < n; i++) {
        const float s = stored[i];
        x[i] = (double)(float)(scale * (double)s + offset) + (double)(s - s);
    }
}

/* The same for values that are physical already. */
TL_WIDE_CLONES static void widen_values(const float *restrict stored, ptrdiff_t n,
                                        double *restrict x) {
    for (ptrdiff_t i = 0; i < n; i++) {
        x[i] = (double)(stored[i] + (stored[i] - stored[i]));
    }
}

TL_WIDE_CLONES static void blank_nodata(float nodata, const float *restrict stored, ptrdiff_t n,
                                        double *restrict x) {
    for (ptrdiff_t i = 0; i < n; i++) {
        x[i] = (stored[i] <= nodata) & (stored[i] >= nodata) ? (double)NAN : x[i];
    }
}

static void to_physical(const tl_band *b, const float *stored, ptrdiff_t n, double *x) {
    const int as_stored =
        !(b->scale < 1.0) && !(b->scale > 1.0) && !(b->offset < 0.0) && !(b->offset > 0.0);
    if (as_stored) {
        widen_values(stored, n, x);
    } else {
        scale_values(b, stored, n, x);
    }
    if (b->has_nodata) {
        blank_nodata((float)b->nodata, stored, n, x);
    }
}

/* sum += c[0] x_0 + c[1] x_1 + c[2] x_2 + c[3] x_3, added one after the other. */
TL_WIDE_CLONES static void add_four(const double *c, const double *restrict x, ptrdiff_t n,
                                    double *restrict sum) {
    const double c0 = c[0];
    const double c1 = c[1];
    const double c2 = c[2];
    const double c3 = c[3];
    for (ptrdiff_t i = 0; i < n; i++) {
        double s = sum[i] + c0 * x[i];
        s = s + c1 * x[piece + i];
        s = s + c2 * x[2 * piece + i];
        sum[i] = s + c3 * x[3 * piece + i];
    }
}

TL_WIDE_CLONES static void add_one(double c, const double *restrict x, ptrdiff_t n,
                                   double *restrict sum) {
    for (ptrdiff_t i = 0; i < n; i++) {
        sum[i] += c * x[i];
    }
}

/* The linear part of the first models functions for the pixels from..from+n-1 into
 * sum[models, piece]. */
static void sum_bands(const tl_predictor *t, const float *const *band, ptrdiff_t from, ptrdiff_t n,
                      int models, double *x, double *sum) {
    for (int m = 0; m < models; m++) {
        for (ptrdiff_t i = 0; i < n; i++) {
            sum[m * piece + i] = function_of(t, m)->intercept;
        }
    }
    for (ptrdiff_t j = 0; j < t->p; j += together) {
        const ptrdiff_t count = t->p - j < together ? t->p - j : together;
        for (ptrdiff_t k = 0; k < count; k++) {
            to_physical(&t->band[j + k], band[j + k] + from, n, x + k * piece);
        }
        for (int m = 0; m < models; m++) {
            const double *c = t->coefficients + m * t->p + j;
            if (count == together) {
                add_four(c, x, n, sum + m * piece);
                continue;
            }
            for (ptrdiff_t k = 0; k < count; k++) {
                add_one(c[k], x + k * piece, n, sum + m * piece);
            }
        }
    }
}

/* Adds what the functions make of the generated spectra. */
static tl_code sum_generated(const tl_predictor *t, const float *const *band, ptrdiff_t from,
                             ptrdiff_t n, int models, double *x, double *sum, tl_err *err) {
    tl_matrix spectra;
    TL_TRY(tl_matrix_init(&spectra, n, t->p, err));
    for (ptrdiff_t j = 0; j < t->p; j++) {
        to_physical(&t->band[j], band[j] + from, n, x);
        for (ptrdiff_t i = 0; i < n; i++) {
            tl_matrix_row(&spectra, i)[j] = x[i];
        }
    }
    tl_code code = TL_OK;
    for (int m = 0; code == TL_OK && m < models; m++) {
        const tl_function *f = function_of(t, m);
        tl_matrix generated = {0};
        if (f->generated == NULL) {
            continue;
        }
        code = tl_transfer_apply(&f->transfer, &spectra, &generated, err);
        for (ptrdiff_t i = 0; code == TL_OK && i < n; i++) {
            for (ptrdiff_t j = 0; j < t->p; j++) {
                sum[m * piece + i] += f->generated[j] * tl_matrix_row(&generated, i)[j];
            }
        }
        tl_matrix_free(&generated);
    }
    tl_matrix_free(&spectra);
    return code;
}

static float finite_or_nan(double v) {
    const float f = (float)v;
    return fabsf(f) <= FLT_MAX ? f : NAN;
}

/* Results of the n pixels of a piece from the sums [models, piece] of its models. lower and upper
 * are NULL when no interval is wanted. bound is scratch [2, piece]. */
static void finish_pixels(const tl_predictor *t, const double *sum, ptrdiff_t n, double *bound,
                          float *value, float *lower, float *upper) {
    const tl_property_model *m = t->model;
    double *low = bound;
    double *high = bound + piece;
    if (lower != NULL) {
        tl_inversion_cv_plus_intervals(&t->intervals, sum + piece, piece, n, low, high);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        const double v = tl_pipeline_to_unit(&m->final, m->log, sum[i]);
        value[i] = finite_or_nan(v);
        if (lower == NULL) {
            continue;
        }
        const double a = m->log ? exp(low[i]) : low[i];
        const double b = m->log ? exp(high[i]) : high[i];
        lower[i] = isnan(value[i]) ? NAN : finite_or_nan(v < a ? v : a);
        upper[i] = isnan(value[i]) ? NAN : finite_or_nan(v > b ? v : b);
    }
}

tl_code tl_predict_block(const tl_predictor *t, const float *const *band, ptrdiff_t npix,
                         float *value, float *lower, float *upper, double *scratch, tl_err *err) {
    const int wants_interval = lower != NULL || upper != NULL;
    const int models = wants_interval ? t->models : 1;
    double *x = scratch;
    double *sum = scratch + together * piece;
    float result[3][PIECE];
    for (ptrdiff_t from = 0; from < npix; from += piece) {
        const ptrdiff_t n = npix - from < piece ? npix - from : piece;
        const size_t bytes = (size_t)n * sizeof(float);
        sum_bands(t, band, from, n, models, x, sum);
        if (t->network) {
            TL_TRY(sum_generated(t, band, from, n, models, x, sum, err));
        }
        finish_pixels(t, sum, n, x, result[0], wants_interval ? result[1] : NULL, result[2]);
        if (value != NULL) {
            memcpy(value + from, result[0], bytes);
        }
        if (lower != NULL) {
            memcpy(lower + from, result[1], bytes);
        }
        if (upper != NULL) {
            memcpy(upper + from, result[2], bytes);
        }
    }
    return TL_OK;
}
