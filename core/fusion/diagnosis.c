/* SPDX-License-Identifier: GPL-2.0-or-later
 * Assessment of a transfer on held-out pairs; see diagnosis.h. */
#include "fusion/diagnosis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "fusion/groups.h"
#include "fusion/loss_sad.h"
#include "json/json.h"
#include "model/document.h"
#include "num/stats.h"

enum { DIAGNOSIS_FOLDS = 5, DIAGNOSIS_SHUFFLES = 400, DIAGNOSIS_FOLD_INDEX = 1000 };

static const double active_variance = 0.01;

/* State of one diagnosis; made and real hold the assessed rows in their order. */
typedef struct judgement {
    const tl_transfer_options *options;
    const tl_pairs *pairs;
    ptrdiff_t k;
    ptrdiff_t *fold;          /* [n] */
    ptrdiff_t *index;         /* [n] scratch */
    ptrdiff_t *assessed_fold; /* [assessed rows] */
    tl_matrix made;
    tl_matrix real;
    tl_matrix curve; /* [1, epochs] */
    double missed;
    double spread;
} judgement;

/* Row numbers of one fold: all rows outside it, or its assessed rows. Returns their number. */
static ptrdiff_t list_rows(const judgement *j, ptrdiff_t fold, int train) {
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < j->pairs->satellite.nrow; i++) {
        const int inside = j->fold[i] == fold;
        if (train ? !inside : inside && j->pairs->own[i]) {
            j->index[count++] = i;
        }
    }
    return count;
}

/* Copies the spectra generated for the test rows of one fold to their rows of made, and adds their
 * squared errors. */
static void keep_fold(judgement *j, const tl_matrix *train_y, const tl_matrix *made,
                      ptrdiff_t fold) {
    const ptrdiff_t p = made->ncol;
    ptrdiff_t position = 0;
    ptrdiff_t at = 0;
    for (ptrdiff_t i = 0; i < j->pairs->satellite.nrow; i++) {
        if (!j->pairs->own[i]) {
            continue;
        }
        if (j->fold[i] == fold) {
            memcpy(tl_matrix_row(&j->made, position), tl_matrix_row(made, at++),
                   (size_t)p * sizeof(double));
        }
        position++;
    }
    for (ptrdiff_t b = 0; b < p; b++) {
        double mean = 0.0;
        for (ptrdiff_t i = 0; i < train_y->nrow; i++) {
            mean += tl_matrix_row(train_y, i)[b];
        }
        mean /= (double)train_y->nrow;
        for (ptrdiff_t i = 0; i < made->nrow; i++) {
            const double s = tl_matrix_row(&j->pairs->lab, j->index[i])[b];
            const double miss = tl_matrix_row(made, i)[b] - s;
            j->missed += miss * miss;
            j->spread += (mean - s) * (mean - s);
        }
    }
}

static tl_code assess_fold(judgement *j, ptrdiff_t fold, const tl_progress *p, tl_err *err) {
    tl_matrix train_x = {0};
    tl_matrix train_y = {0};
    tl_matrix test_x = {0};
    tl_matrix test_y = {0};
    tl_matrix made = {0};
    tl_transfer t = {0};
    ptrdiff_t *group = tl_acquire(j->pairs->satellite.nrow, sizeof *group);
    tl_code code;
    TL_CHECK(group == NULL ? tl_no_memory(err, "a fold") : TL_OK);
    const ptrdiff_t n_train = list_rows(j, fold, 1);
    for (ptrdiff_t i = 0; i < n_train; i++) {
        group[i] = j->pairs->group[j->index[i]];
    }
    TL_CHECK(tl_matrix_take_rows(&train_x, &j->pairs->satellite, j->index, n_train, err));
    TL_CHECK(tl_matrix_take_rows(&train_y, &j->pairs->lab, j->index, n_train, err));
    const ptrdiff_t n_test = list_rows(j, fold, 0);
    TL_CHECK(tl_matrix_take_rows(&test_x, &j->pairs->satellite, j->index, n_test, err));
    TL_CHECK(tl_matrix_take_rows(&test_y, &j->pairs->lab, j->index, n_test, err));
    TL_CHECK(tl_fusion_transfer_fit_grouped(j->options, &train_x, &train_y, group, &test_x, &test_y,
                                            p, &t, err));
    TL_CHECK(tl_fusion_transfer_apply(&t, &test_x, &made, err));
    keep_fold(j, &train_y, &made, fold);
    for (ptrdiff_t e = 0; e < j->curve.ncol; e++) {
        j->curve.data[e] += tl_matrix_row(&t.vae.curve, e)[TL_VAE_CURVE_HELD_OUT] / (double)j->k;
    }
done:
    tl_release(group);
    tl_matrix_free(&train_x);
    tl_matrix_free(&train_y);
    tl_matrix_free(&test_x);
    tl_matrix_free(&test_y);
    tl_matrix_free(&made);
    tl_fusion_transfer_free(&t);
    return code;
}

/* Subtracts the mean of its fold from every assessed row: each fold has its own model, and
 * differences between models are not differences between samples. */
static void centre_folds(const judgement *j, tl_matrix *m) {
    for (ptrdiff_t b = 0; b < m->ncol; b++) {
        double sum[DIAGNOSIS_FOLDS] = {0};
        double count[DIAGNOSIS_FOLDS] = {0};
        for (ptrdiff_t i = 0; i < m->nrow; i++) {
            sum[j->assessed_fold[i]] += tl_matrix_row(m, i)[b];
            count[j->assessed_fold[i]] += 1.0;
        }
        for (ptrdiff_t i = 0; i < m->nrow; i++) {
            tl_matrix_row(m, i)[b] -= sum[j->assessed_fold[i]] / count[j->assessed_fold[i]];
        }
    }
}

/* Columns of m turned into unit vectors around their mean (0 where constant), with their sd. */
static void standardise(tl_matrix *m, double *sd) {
    for (ptrdiff_t b = 0; b < m->ncol; b++) {
        double mean = 0.0;
        double squares = 0.0;
        for (ptrdiff_t i = 0; i < m->nrow; i++) {
            mean += tl_matrix_row(m, i)[b] / (double)m->nrow;
        }
        for (ptrdiff_t i = 0; i < m->nrow; i++) {
            const double d = tl_matrix_row(m, i)[b] - mean;
            squares += d * d;
        }
        sd[b] = sqrt(squares / (double)(m->nrow - 1));
        const double scale = sd[b] > 1e-12 ? 1.0 / sqrt(squares) : 0.0;
        for (ptrdiff_t i = 0; i < m->nrow; i++) {
            tl_matrix_row(m, i)[b] = (tl_matrix_row(m, i)[b] - mean) * scale;
        }
    }
}

/* Mean over columns of the correlation of unit columns, row i of a with row order[i] of b. */
static double mean_correlation(const tl_matrix *a, const tl_matrix *b, const ptrdiff_t *order) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < a->nrow; i++) {
        const double *x = tl_matrix_row(a, i);
        const double *y = tl_matrix_row(b, order == NULL ? i : order[i]);
        for (ptrdiff_t k = 0; k < a->ncol; k++) {
            sum += x[k] * y[k];
        }
    }
    return sum / (double)a->ncol;
}

/* The range that the mean correlation has when spectra and samples are paired at random. */
static tl_code shuffled_range(const tl_matrix *a, const tl_matrix *b, int64_t seed, tl_diagnosis *d,
                              tl_err *err) {
    double found[DIAGNOSIS_SHUFFLES];
    ptrdiff_t *order = tl_acquire(a->nrow, sizeof *order);
    if (order == NULL) {
        return tl_no_memory(err, "%td samples", a->nrow);
    }
    for (int s = 0; s < DIAGNOSIS_SHUFFLES; s++) {
        tl_rng rng = tl_rng_start(seed, TL_STREAM_BOOTSTRAP, (uint32_t)s);
        tl_rng_permutation(&rng, a->nrow, order);
        found[s] = mean_correlation(a, b, order);
    }
    tl_num_sort(found, DIAGNOSIS_SHUFFLES);
    d->shuffled_low = tl_num_quantile(found, DIAGNOSIS_SHUFFLES, 0.025, 7);
    d->shuffled_high = tl_num_quantile(found, DIAGNOSIS_SHUFFLES, 0.975, 7);
    tl_release(order);
    return TL_OK;
}

/* Spread, correlation and its shuffled range from the assessed rows. */
static tl_code compare_spread(const judgement *j, tl_diagnosis *d, tl_err *err) {
    const ptrdiff_t p = j->made.ncol;
    tl_matrix made = {0};
    tl_matrix real = {0};
    tl_matrix sd = {0};
    tl_code code;
    TL_CHECK(tl_matrix_copy(&made, &j->made, err));
    TL_CHECK(tl_matrix_copy(&real, &j->real, err));
    TL_CHECK(tl_matrix_init(&sd, 2, p, err));
    centre_folds(j, &made);
    centre_folds(j, &real);
    standardise(&made, tl_matrix_row(&sd, 0));
    standardise(&real, tl_matrix_row(&sd, 1));
    ptrdiff_t counted = 0;
    for (ptrdiff_t b = 0; b < p; b++) {
        if (tl_matrix_row(&sd, 1)[b] > 1e-12) {
            d->spread_ratio += tl_matrix_row(&sd, 0)[b] / tl_matrix_row(&sd, 1)[b];
            counted++;
        }
    }
    d->spread_ratio /= counted > 0 ? (double)counted : 1.0;
    d->correlation = mean_correlation(&made, &real, NULL);
    code = shuffled_range(&made, &real, j->options->seed, d, err);
done:
    tl_matrix_free(&made);
    tl_matrix_free(&real);
    tl_matrix_free(&sd);
    return code;
}

static tl_code count_active(const tl_transfer *fitted, const tl_pairs *pairs, tl_diagnosis *d,
                            tl_err *err) {
    d->active_units = -1;
    if (fitted == NULL || fitted->kind != TL_TRANSFER_VAE) {
        return TL_OK;
    }
    tl_matrix mu = {0};
    TL_TRY(tl_fusion_vae_encode(&fitted->vae, &pairs->satellite, &mu, err));
    d->latent = mu.ncol;
    d->active_units = 0;
    for (ptrdiff_t u = 0; u < mu.ncol; u++) {
        double sum = 0.0;
        double squares = 0.0;
        ptrdiff_t n = 0;
        for (ptrdiff_t i = 0; i < mu.nrow; i++) {
            const double value = tl_matrix_row(&mu, i)[u];
            sum += pairs->own[i] ? value : 0.0;
            squares += pairs->own[i] ? value * value : 0.0;
            n += pairs->own[i] != 0;
        }
        const double mean = sum / (double)n;
        d->active_units += squares / (double)n - mean * mean > active_variance;
    }
    tl_matrix_free(&mu);
    return TL_OK;
}

static tl_code conclude(const judgement *j, tl_diagnosis *d, tl_err *err) {
    TL_TRY(compare_spread(j, d, err));
    d->explained = j->spread > 0.0 ? 1.0 - j->missed / j->spread : 0.0;
    d->angle = tl_fusion_sad(j->made.nrow, j->made.ncol, j->made.data, j->real.data, 0.0, NULL);
    d->collapsed = !(d->correlation > d->shuffled_high);
    if (d->collapsed) {
        (void)snprintf(
            d->warning, sizeof d->warning,
            "the generated spectra carry no sample information: on held-out samples "
            "their "
            "correlation with the lab spectra is %.3f, and %.3f to %.3f with shuffled pairs",
            d->correlation, d->shuffled_low, d->shuffled_high);
    }
    return TL_OK;
}

static ptrdiff_t count_groups(const tl_pairs *pairs) {
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < pairs->satellite.nrow; i++) {
        int seen = 0;
        for (ptrdiff_t k = 0; k < i && !seen; k++) {
            seen = pairs->group[k] == pairs->group[i];
        }
        count += !seen;
    }
    return count;
}

static tl_code open_judgement(judgement *j, tl_err *err) {
    const ptrdiff_t n = j->pairs->satellite.nrow;
    const ptrdiff_t epochs = j->options->kind == TL_TRANSFER_VAE ? j->options->vae.epochs : 0;
    const ptrdiff_t groups = count_groups(j->pairs);
    j->k = groups < 2 * (ptrdiff_t)DIAGNOSIS_FOLDS ? 2 : DIAGNOSIS_FOLDS;
    j->fold = tl_acquire(n, sizeof *j->fold);
    j->index = tl_acquire(n, sizeof *j->index);
    j->assessed_fold = tl_acquire(n, sizeof *j->assessed_fold);
    if (j->fold == NULL || j->index == NULL || j->assessed_fold == NULL) {
        return tl_no_memory(err, "%td rows", n);
    }
    ptrdiff_t assessed = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (j->pairs->own[i]) {
            j->index[assessed++] = i;
        }
    }
    if (assessed < 3 || groups < 2) {
        return tl_fail(err, TL_DATA,
                       "%td samples are too few to assess a transfer; wanted at least 3", assessed);
    }
    TL_TRY(tl_matrix_take_rows(&j->real, &j->pairs->lab, j->index, assessed, err));
    TL_TRY(tl_matrix_init(&j->made, assessed, j->pairs->lab.ncol, err));
    TL_TRY(tl_matrix_init(&j->curve, 1, epochs, err));
    TL_TRY(tl_fusion_divide_groups(j->pairs->group, n, j->k, j->options->seed, DIAGNOSIS_FOLD_INDEX,
                                   j->fold, err));
    for (ptrdiff_t i = 0; i < assessed; i++) {
        j->assessed_fold[i] = j->fold[j->index[i]];
    }
    return TL_OK;
}

tl_code tl_fusion_diagnose(const tl_transfer_options *o, const tl_pairs *pairs,
                           const tl_transfer *fitted, const tl_progress *p, tl_diagnosis *d,
                           tl_matrix *generated, tl_matrix *curve, tl_err *err) {
    judgement j = {.options = o, .pairs = pairs};
    tl_code code;
    *d = (tl_diagnosis){0};
    TL_CHECK(open_judgement(&j, err));
    for (ptrdiff_t k = 0; k < j.k; k++) {
        const tl_progress part =
            tl_progress_part(p, (double)k / (double)j.k, (double)(k + 1) / (double)j.k);
        TL_CHECK(assess_fold(&j, k, &part, err));
    }
    d->n = j.made.nrow;
    d->folds = j.k;
    TL_CHECK(count_active(fitted, pairs, d, err));
    TL_CHECK(conclude(&j, d, err));
    if (generated != NULL) {
        *generated = j.made;
        j.made = (tl_matrix){0};
    }
    if (curve != NULL) {
        *curve = j.curve;
        j.curve = (tl_matrix){0};
    }
done:
    tl_release(j.fold);
    tl_release(j.index);
    tl_release(j.assessed_fold);
    tl_matrix_free(&j.made);
    tl_matrix_free(&j.real);
    tl_matrix_free(&j.curve);
    return code;
}

tl_code tl_fusion_diagnosis_to_json(const tl_diagnosis *d, json_t **json, tl_err *err) {
    tl_code code;
    *json = tl_json_object();
    TL_CHECK(*json == NULL ? tl_no_memory(err, "a diagnosis") : TL_OK);
    TL_CHECK(tl_model_put_integer(*json, "samples", d->n, err));
    TL_CHECK(tl_model_put_integer(*json, "folds", d->folds, err));
    TL_CHECK(tl_model_put_number(*json, "spread_ratio", d->spread_ratio, err));
    TL_CHECK(tl_model_put_number(*json, "held_out_correlation", d->correlation, err));
    TL_CHECK(tl_model_put_number(*json, "shuffled_low", d->shuffled_low, err));
    TL_CHECK(tl_model_put_number(*json, "shuffled_high", d->shuffled_high, err));
    TL_CHECK(tl_model_put_number(*json, "explained_variance", d->explained, err));
    TL_CHECK(tl_model_put_number(*json, "angle_rad", d->angle, err));
    if (d->active_units >= 0) {
        TL_CHECK(tl_model_put_integer(*json, "active_units", d->active_units, err));
        TL_CHECK(tl_model_put_integer(*json, "latent", d->latent, err));
    }
    TL_CHECK(tl_model_put_flag(*json, "collapsed", d->collapsed, err));
    TL_CHECK(tl_model_put_text(*json, "warning", d->warning, err));
done:
    if (code != TL_OK) {
        json_decref(*json);
        *json = NULL;
    }
    return code;
}
