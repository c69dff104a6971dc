/* SPDX-License-Identifier: GPL-2.0-or-later
 * Prediction of pixels; see predict.h. */
#include "pipeline/predict.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bands.h"
#include "base/minmax.h"
#include "base/wide.h"
#include "num/vector.h"

/* Pixels are processed in pieces that stay in the fastest cache, four bands at a time. */
enum { PIECE = 512 };
static const ptrdiff_t piece = PIECE;
static const ptrdiff_t together = 4;

/* Functions that are not linear use whole spectra, of this number of pixels at a time. */
enum { PART = 256 };
static const ptrdiff_t part = PART;

static const tl_function *function_of(const tl_predictor *t, int m) {
    return m == 0 ? &t->model->final : &t->model->fold_model[m - 1];
}

static tl_code fill_predictor(tl_predictor *t, const tl_bands *scene, const ptrdiff_t *index,
                              tl_err *err) {
    const tl_property_model *model = t->model;
    t->band = tl_acquire(t->p, sizeof *t->band);
    t->coefficients = tl_acquire(t->p * t->rows, sizeof *t->coefficients);
    t->constant = tl_acquire(t->rows, sizeof *t->constant);
    if (t->band == NULL || t->coefficients == NULL || t->constant == NULL) {
        return tl_no_memory(err, "a model of %td bands", t->p);
    }
    for (ptrdiff_t j = 0; j < t->p; j++) {
        t->band[j] = scene->band[index[j]];
    }
    for (int m = 0; m < t->models; m++) {
        const tl_function *f = function_of(t, m);
        if (f->scene != NULL) {
            memcpy(t->coefficients + m * t->p, f->scene, (size_t)t->p * sizeof *f->scene);
            t->constant[m] = f->intercept;
            t->linear++;
        }
        t->components = tl_max_int(f->map.components, t->components);
    }
    for (ptrdiff_t k = 0; k < model->area.k; k++) {
        t->constant[t->models + k] = model->projection.shift[k];
        for (ptrdiff_t j = 0; j < t->p; j++) {
            t->coefficients[(t->models + k) * t->p + j] =
                tl_matrix_row(&model->projection.weight, j)[k];
        }
    }
    return tl_inversion_cv_plus_init(&t->intervals, model->residual, model->fold, model->n,
                                     model->folds, model->level, err);
}

tl_code tl_pipeline_predictor_init(tl_predictor *t, const tl_property_model *model,
                                   const tl_bands *scene, const ptrdiff_t *index, tl_err *err) {
    *t = (tl_predictor){.model = model,
                        .p = model->p,
                        .factor = 1.0,
                        .models = 1 + model->folds,
                        .rows = 1 + model->folds + model->area.k};
    if (model->features == TL_FEATURES_LAB) {
        return tl_fail(err, TL_DATA,
                       "the model of %s was trained on lab spectra, which a scene does not have; "
                       "train it with features scene, fused or mixed",
                       model->property);
    }
    const tl_code code = fill_predictor(t, scene, index, err);
    if (code != TL_OK) {
        tl_pipeline_predictor_free(t);
    }
    return code;
}

void tl_pipeline_predictor_free(tl_predictor *t) {
    if (t != NULL) {
        tl_release(t->band);
        tl_release(t->coefficients);
        tl_release(t->constant);
        tl_inversion_cv_plus_free(&t->intervals);
        *t = (tl_predictor){0};
    }
}

/* Doubles for the functions that are not linear: spectra, MNF components, features (floats), and
 * scratch for the map or the regression. */
static ptrdiff_t part_scratch(const tl_predictor *t) {
    ptrdiff_t features = 0;
    ptrdiff_t scratch = 0;
    for (int m = 0; m < t->models; m++) {
        const tl_function *f = function_of(t, m);
        if (f->scene == NULL) {
            const ptrdiff_t map = tl_pipeline_feature_map_scratch(&f->map, part);
            const ptrdiff_t regressor = tl_inversion_regressor_scratch(&f->regressor);
            features = tl_max(f->m, features);
            scratch = tl_max(map, scratch);
            scratch = tl_max(regressor, scratch);
        }
    }
    return part * (t->p + t->components + (features + 1) / 2 + 1) + scratch;
}

/* Doubles for the MNF components of a piece as floats. */
static ptrdiff_t area_scratch(const tl_predictor *t) {
    return (piece * t->model->area.k + 1) / 2;
}

ptrdiff_t tl_pipeline_predict_scratch(const tl_predictor *t) {
    const ptrdiff_t sums = piece * (t->rows + together);
    const ptrdiff_t parts = t->linear < t->models ? part_scratch(t) : 0;
    const ptrdiff_t area = area_scratch(t);
    return sums + tl_max(parts, area);
}

/* tl_band_value for n values at once. */
TL_WIDE_CLONES static void scale_values(const tl_band *b, const float *restrict stored, ptrdiff_t n,
                                        double *restrict x) {
    const double scale = b->scale;
    const double offset = b->offset;
    for (ptrdiff_t i = 0; i < n; i++) {
        const float s = stored[i];
        x[i] = fabsf(s) < TL_BAND_STORED_LIMIT ? (double)(float)(scale * (double)s + offset)
                                               : (double)NAN;
    }
}

/* The same for values that are physical already. */
TL_WIDE_CLONES static void widen_values(const float *restrict stored, ptrdiff_t n,
                                        double *restrict x) {
    for (ptrdiff_t i = 0; i < n; i++) {
        x[i] = (double)(fabsf(stored[i]) < TL_BAND_STORED_LIMIT ? stored[i] + 0.0F : NAN);
    }
}

TL_WIDE_CLONES static void blank_nodata(tl_nodata_range none, const float *restrict stored,
                                        ptrdiff_t n, double *restrict x) {
    for (ptrdiff_t i = 0; i < n; i++) {
        x[i] = ((stored[i] <= none.high) & (stored[i] >= none.low)) ? (double)NAN : x[i];
    }
}

static void to_physical(const tl_band *b, double factor, const float *stored, ptrdiff_t n,
                        double *x) {
    const int as_stored =
        !(b->scale < 1.0) && !(b->scale > 1.0) && !(b->offset < 0.0) && !(b->offset > 0.0);
    if (as_stored) {
        widen_values(stored, n, x);
    } else {
        scale_values(b, stored, n, x);
    }
    if (b->has_nodata) {
        blank_nodata(tl_bands_nodata_range(b), stored, n, x);
    }
    for (ptrdiff_t i = 0; i < n && (factor < 1.0 || factor > 1.0); i++) {
        x[i] = (double)(float)(factor * x[i]);
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

/* The same for two rows of coefficients, so that x is loaded once for both. */
TL_WIDE_CLONES static void add_four_twice(const double *c, const double *d,
                                          const double *restrict x, ptrdiff_t n,
                                          double *restrict sum, double *restrict other) {
    const double c0 = c[0], c1 = c[1], c2 = c[2], c3 = c[3];
    const double d0 = d[0], d1 = d[1], d2 = d[2], d3 = d[3];
    for (ptrdiff_t i = 0; i < n; i++) {
        const double x0 = x[i];
        const double x1 = x[piece + i];
        const double x2 = x[2 * piece + i];
        const double x3 = x[3 * piece + i];
        double s = sum[i] + c0 * x0;
        double t = other[i] + d0 * x0;
        s = s + c1 * x1;
        t = t + d1 * x1;
        s = s + c2 * x2;
        t = t + d2 * x2;
        sum[i] = s + c3 * x3;
        other[i] = t + d3 * x3;
    }
}

/* 1 when row r is a linear function, or an MNF component. */
static int is_sum(const tl_predictor *t, ptrdiff_t r) {
    return r >= t->models || function_of(t, (int)r)->scene != NULL;
}

/* Adds the count bands in x to the sums of the rows first..last-1; c points to the coefficients of
 * these bands in row 0. */
static void add_bands(const tl_predictor *t, ptrdiff_t first, ptrdiff_t last, ptrdiff_t count,
                      const double *c, const double *x, ptrdiff_t n, double *sum) {
    for (ptrdiff_t r = first; r < last; r++) {
        if (!is_sum(t, r)) {
            continue;
        }
        if (count == together && r + 1 < last && is_sum(t, r + 1)) {
            add_four_twice(c + r * t->p, c + (r + 1) * t->p, x, n, sum + r * piece,
                           sum + (r + 1) * piece);
            r++;
            continue;
        }
        if (count == together) {
            add_four(c + r * t->p, x, n, sum + r * piece);
            continue;
        }
        for (ptrdiff_t k = 0; k < count; k++) {
            tl_num_add_scaled_wide(sum + r * piece, c[r * t->p + k], x + k * piece, n);
        }
    }
}

/* The linear rows for the pixels from..from+n-1 into sum[rows, piece]: those of the first models
 * functions, and with with_area those of the area. */
static void sum_bands(const tl_predictor *t, const float *const *band, ptrdiff_t from, ptrdiff_t n,
                      int models, int with_area, double *x, double *sum) {
    for (ptrdiff_t r = 0; r < t->rows; r++) {
        for (ptrdiff_t i = 0; i < n; i++) {
            sum[r * piece + i] = t->constant[r];
        }
    }
    for (ptrdiff_t j = 0; j < t->p; j += together) {
        const ptrdiff_t count = tl_min(t->p - j, together);
        for (ptrdiff_t k = 0; k < count; k++) {
            to_physical(&t->band[j + k], t->factor, band[j + k] + from, n, x + k * piece);
        }
        add_bands(t, 0, models, count, t->coefficients + j, x, n, sum);
        if (with_area) {
            add_bands(t, t->models, t->rows, count, t->coefficients + j, x, n, sum);
        }
    }
}

/* The values of the first models functions that are not linear, for up to part pixels, into
 * sum[models, piece]. */
static tl_code add_part(const tl_predictor *t, const float *const *band, ptrdiff_t from,
                        ptrdiff_t n, int models, double *scratch, double *sum, tl_err *err) {
    double *spectrum = scratch;
    double *components = spectrum + t->p * part;
    double *value = components + t->components * part;
    double *work = value + part;
    for (ptrdiff_t j = 0; j < t->p; j++) {
        to_physical(&t->band[j], t->factor, band[j] + from, n, spectrum + j * n);
    }
    if (t->components > 0) {
        tl_pipeline_linear_block(&t->model->projection, t->components, spectrum, n, components);
    }
    for (int m = 0; m < models; m++) {
        const tl_function *f = function_of(t, m);
        if (f->scene != NULL) {
            continue;
        }
        float *u = (float *)(void *)work;
        double *left = work + (f->m * part + 1) / 2;
        TL_TRY(tl_pipeline_feature_map_block(&f->map, spectrum, components, n, u, left, err));
        TL_TRY(tl_inversion_regressor_predict_block(&f->regressor, u, n, value, left, err));
        memcpy(sum + m * piece, value, (size_t)n * sizeof *sum);
    }
    return TL_OK;
}

static tl_code add_parts(const tl_predictor *t, const float *const *band, ptrdiff_t from,
                         ptrdiff_t n, int models, double *scratch, double *sum, tl_err *err) {
    for (ptrdiff_t at = 0; at < n; at += part) {
        const ptrdiff_t count = tl_min(n - at, part);
        TL_TRY(add_part(t, band, from + at, count, models, scratch, sum + at, err));
    }
    return TL_OK;
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
        lower[i] = isnan(value[i]) ? NAN : finite_or_nan(tl_min_double(v, a));
        upper[i] = isnan(value[i]) ? NAN : finite_or_nan(tl_max_double(v, b));
    }
}

/* --- area of applicability --- */

/* Dissimilarity of the pixels of one piece from their MNF components [k, piece]; u is scratch for
 * them as floats. */
static void find_area(const tl_predictor *t, const double *components, ptrdiff_t from, ptrdiff_t n,
                      const tl_prediction *out, float *u) {
    const tl_applicability *area = &t->model->area;
    float di[PIECE];
    for (ptrdiff_t k = 0; k < area->k; k++) {
        tl_pipeline_round_to_float(components + k * piece, n, u + k * n);
    }
    if (area->k > 0) {
        tl_inversion_applicability_block(area, u, n, di);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        const float d = area->k > 0 ? finite_or_nan((double)di[i]) : NAN;
        if (out->di != NULL) {
            out->di[from + i] = d;
        }
        if (out->applicable != NULL) {
            out->applicable[from + i] = isnan(d) ? NAN : tl_inversion_applicability_mask(area, d);
        }
    }
}

/* --- all layers --- */

float **tl_pipeline_prediction_layer(tl_prediction *out, int layer) {
    float **const all[tl_prediction_layers] = {&out->value, &out->lower, &out->upper, &out->di,
                                               &out->applicable};
    return all[layer];
}

/* All layers of the pixels of one piece. */
static tl_code predict_piece(const tl_predictor *t, const float *const *band, ptrdiff_t from,
                             ptrdiff_t n, const tl_prediction *out, double *scratch, tl_err *err) {
    const int wants_interval = out->lower != NULL || out->upper != NULL;
    const int wants_area = out->di != NULL || out->applicable != NULL;
    const int models = wants_interval ? t->models : out->value != NULL ? 1 : 0;
    double *x = scratch;
    double *sum = scratch + together * piece;
    double *parts = sum + t->rows * piece;
    float result[3][PIECE];
    if (wants_area || t->linear > 0) {
        sum_bands(t, band, from, n, models, wants_area, x, sum);
    }
    if (t->linear < t->models && models > 0) {
        TL_TRY(add_parts(t, band, from, n, models, parts, sum, err));
    }
    if (models > 0) {
        finish_pixels(t, sum, n, x, result[0], wants_interval ? result[1] : NULL, result[2]);
    }
    for (int k = 0; k < 3; k++) {
        float *to = k == 0 ? out->value : k == 1 ? out->lower : out->upper;
        if (to != NULL) {
            memcpy(to + from, result[k], (size_t)n * sizeof(float));
        }
    }
    if (wants_area) {
        find_area(t, sum + t->models * piece, from, n, out, (float *)(void *)parts);
    }
    return TL_OK;
}

tl_code tl_pipeline_predict_block(const tl_predictor *t, const float *const *band, ptrdiff_t npix,
                                  const tl_prediction *out, double *scratch, tl_err *err) {
    for (ptrdiff_t from = 0; from < npix; from += piece) {
        const ptrdiff_t n = tl_min(npix - from, piece);
        TL_TRY(predict_piece(t, band, from, n, out, scratch, err));
    }
    return TL_OK;
}
