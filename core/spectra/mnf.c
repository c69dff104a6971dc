/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sums over a scene and the transform that follows from them; see mnf.h. */
#include "spectra/mnf.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "json/json.h"
#include "model/document.h"
#include "num/matrix_product.h"
#include "num/pencil.h"

/* --- sums --- */

tl_code tl_spectra_mnf_sums_init(tl_mnf_sums *sums, ptrdiff_t p, tl_err *err) {
    *sums = (tl_mnf_sums){.p = p};
    if (p < 1) {
        return tl_fail(err, TL_ARG, "minimum noise fraction: %td bands, wanted at least 1", p);
    }
    tl_code code = TL_OK;
    sums->origin = tl_acquire(p, sizeof *sums->origin);
    sums->sum = tl_acquire(p, sizeof *sums->sum);
    sums->noise_sum = tl_acquire(p, sizeof *sums->noise_sum);
    if (sums->origin == NULL || sums->sum == NULL || sums->noise_sum == NULL) {
        code = tl_no_memory(err, "the covariances of %td bands", p);
        goto done;
    }
    TL_CHECK(tl_matrix_init(&sums->data, p, p, err));
    TL_CHECK(tl_matrix_init(&sums->noise, p, p, err));
    TL_CHECK(tl_matrix_init(&sums->lot, TL_MNF_LOT, p, err));
done:
    if (code != TL_OK) {
        tl_spectra_mnf_sums_free(sums);
    }
    return code;
}

void tl_spectra_mnf_sums_free(tl_mnf_sums *sums) {
    if (sums != NULL) {
        tl_release(sums->origin);
        tl_release(sums->sum);
        tl_release(sums->noise_sum);
        tl_matrix_free(&sums->data);
        tl_matrix_free(&sums->noise);
        tl_matrix_free(&sums->lot);
        *sums = (tl_mnf_sums){0};
    }
}

/* Adds the first m rows of the lot to a sum and their products to a matrix. */
static void sum_up(tl_mnf_sums *s, ptrdiff_t m, double *sum, tl_matrix *products) {
    for (ptrdiff_t i = 0; i < m; i++) {
        const double *row = tl_matrix_row(&s->lot, i);
        for (ptrdiff_t j = 0; j < s->p; j++) {
            sum[j] += row[j];
        }
    }
    tl_num_product(s->p, s->p, m, s->lot.data, 1, s->p, s->lot.data, products->data, 1);
}

void tl_spectra_mnf_data_add(tl_mnf_sums *sums, const float *x, ptrdiff_t n, ptrdiff_t stride) {
    ptrdiff_t m = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        double *row = tl_matrix_row(&sums->lot, m);
        int whole = 1;
        for (ptrdiff_t j = 0; j < sums->p; j++) {
            row[j] = (double)x[j * stride + i];
            whole = whole && isfinite(row[j]);
        }
        if (!whole) {
            continue;
        }
        if (sums->pixels == 0) {
            memcpy(sums->origin, row, (size_t)sums->p * sizeof *row);
        }
        for (ptrdiff_t j = 0; j < sums->p; j++) {
            row[j] -= sums->origin[j];
        }
        sums->pixels++;
        if (++m == TL_MNF_LOT) {
            sum_up(sums, m, sums->sum, &sums->data);
            m = 0;
        }
    }
    sum_up(sums, m, sums->sum, &sums->data);
}

void tl_spectra_mnf_noise_add(tl_mnf_sums *sums, const float *upper, const float *lower,
                              ptrdiff_t n, ptrdiff_t stride) {
    ptrdiff_t m = 0;
    for (ptrdiff_t i = 0; i + 1 < n; i++) {
        double *row = tl_matrix_row(&sums->lot, m);
        int whole = 1;
        for (ptrdiff_t j = 0; j < sums->p; j++) {
            row[j] = (double)upper[j * stride + i] - (double)lower[j * stride + i + 1];
            whole = whole && isfinite(row[j]);
        }
        m += whole;
        sums->pairs += whole;
        if (m == TL_MNF_LOT) {
            sum_up(sums, m, sums->noise_sum, &sums->noise);
            m = 0;
        }
    }
    sum_up(sums, m, sums->noise_sum, &sums->noise);
}

tl_code tl_spectra_mnf_merge(tl_mnf_sums *into, const tl_mnf_sums *from, tl_err *err) {
    const ptrdiff_t p = into->p;
    if (from->p != p) {
        return tl_fail(
            err, TL_SHAPE,
            "minimum noise fraction: sums of %td bands cannot be added to sums of %td bands", p,
            from->p);
    }
    if (into->pixels == 0 && from->pixels > 0) {
        memcpy(into->origin, from->origin, (size_t)p * sizeof *into->origin);
    }
    const double n = (double)from->pixels;
    for (ptrdiff_t i = 0; i < p; i++) {
        double *data = tl_matrix_row(&into->data, i);
        double *noise = tl_matrix_row(&into->noise, i);
        /* Sums around another origin: (x - a) = (x - b) + (b - a). */
        const double shift_i = n > 0.0 ? from->origin[i] - into->origin[i] : 0.0;
        for (ptrdiff_t j = 0; j < p; j++) {
            const double shift_j = n > 0.0 ? from->origin[j] - into->origin[j] : 0.0;
            data[j] += tl_matrix_row(&from->data, i)[j] + shift_i * from->sum[j] +
                       from->sum[i] * shift_j + n * shift_i * shift_j;
            noise[j] += tl_matrix_row(&from->noise, i)[j];
        }
        into->sum[i] += from->sum[i] + n * shift_i;
        into->noise_sum[i] += from->noise_sum[i];
    }
    into->pixels += from->pixels;
    into->pairs += from->pairs;
    return TL_OK;
}

/* --- fitting --- */

/* The covariance times factor of n rows from their sums. */
static void covariance(const tl_matrix *products, const double *sum, ptrdiff_t n, double factor,
                       tl_matrix *out) {
    for (ptrdiff_t i = 0; i < out->nrow; i++) {
        const double *product = tl_matrix_row(products, i);
        double *row = tl_matrix_row(out, i);
        for (ptrdiff_t j = 0; j < out->ncol; j++) {
            row[j] = factor * (product[j] - sum[i] * sum[j] / (double)n) / (double)(n - 1);
        }
    }
}

/* Keeps the noise invertible; see tl_spectra_mnf_covariances. */
static void steady(tl_matrix *noise, const tl_matrix *data, ptrdiff_t pairs) {
    const ptrdiff_t p = noise->nrow;
    const double share = fmin((double)pairs / (10.0 * (double)p), 1.0 - 1e-6);
    for (ptrdiff_t i = 0; i < p; i++) {
        double *row = tl_matrix_row(noise, i);
        for (ptrdiff_t j = 0; j < p; j++) {
            row[j] *= i == j ? 1.0 : share;
        }
        const double variance = tl_matrix_row(data, i)[i];
        const double least = variance > 0.0 ? 1e-6 * variance : 1.0;
        row[i] = tl_max_double(row[i], least);
    }
}

tl_code tl_spectra_mnf_covariances(const tl_mnf_sums *sums, tl_matrix *noise, tl_matrix *data,
                                   tl_err *err) {
    *noise = (tl_matrix){0};
    *data = (tl_matrix){0};
    if (sums->pixels < 2 || sums->pairs < 2) {
        return tl_fail(
            err, TL_DATA,
            "minimum noise fraction: %td pixels and %td pairs of neighbours have a value "
            "in every band, wanted at least 2 of each",
            sums->pixels, sums->pairs);
    }
    tl_code code;
    TL_CHECK(tl_matrix_init(noise, sums->p, sums->p, err));
    TL_CHECK(tl_matrix_init(data, sums->p, sums->p, err));
    covariance(&sums->data, sums->sum, sums->pixels, 1.0, data);
    covariance(&sums->noise, sums->noise_sum, sums->pairs, 0.5, noise);
    steady(noise, data, sums->pairs);
done:
    if (code != TL_OK) {
        tl_matrix_free(noise);
        tl_matrix_free(data);
    }
    return code;
}

static tl_code init_transform(tl_mnf *mnf, ptrdiff_t p, ptrdiff_t k, tl_err *err) {
    *mnf = (tl_mnf){.p = p, .k = k};
    mnf->mean = tl_acquire(p, sizeof *mnf->mean);
    mnf->ratio = tl_acquire(p, sizeof *mnf->ratio);
    if (mnf->mean == NULL || mnf->ratio == NULL) {
        return tl_no_memory(err, "%td bands", p);
    }
    return tl_matrix_init(&mnf->weight, k, p, err);
}

tl_code tl_spectra_mnf_fit(const tl_mnf_sums *sums, ptrdiff_t k, tl_mnf *mnf, tl_err *err) {
    *mnf = (tl_mnf){0};
    const ptrdiff_t p = sums->p;
    if (k < 1 || k > p) {
        return tl_fail(err, TL_ARG, "minimum noise fraction: %td components, wanted 1 to %td", k,
                       p);
    }
    tl_matrix noise = {0};
    tl_matrix data = {0};
    tl_matrix vectors = {0};
    tl_code code;
    TL_CHECK(tl_spectra_mnf_covariances(sums, &noise, &data, err));
    TL_CHECK(init_transform(mnf, p, k, err));
    TL_CHECK(tl_num_pencil(&data, &noise, mnf->ratio, &vectors, err));
    memcpy(mnf->weight.data, vectors.data, (size_t)(k * p) * sizeof *vectors.data);
    for (ptrdiff_t j = 0; j < p; j++) {
        mnf->mean[j] = sums->origin[j] + sums->sum[j] / (double)sums->pixels;
    }
done:
    tl_matrix_free(&noise);
    tl_matrix_free(&data);
    tl_matrix_free(&vectors);
    if (code != TL_OK) {
        tl_spectra_mnf_free(mnf);
    }
    return code;
}

void tl_spectra_mnf_free(tl_mnf *mnf) {
    if (mnf != NULL) {
        tl_release(mnf->mean);
        tl_release(mnf->ratio);
        tl_matrix_free(&mnf->weight);
        *mnf = (tl_mnf){0};
    }
}

/* --- using --- */

tl_code tl_spectra_mnf_components(const tl_mnf *mnf, const tl_matrix *x, tl_matrix *components,
                                  tl_err *err) {
    *components = (tl_matrix){0};
    if (x->ncol != mnf->p) {
        return tl_fail(err, TL_SHAPE, "minimum noise fraction: spectra of %td bands, wanted %td",
                       x->ncol, mnf->p);
    }
    TL_TRY(tl_matrix_init(components, x->nrow, mnf->k, err));
    for (ptrdiff_t i = 0; i < x->nrow; i++) {
        const double *row = tl_matrix_row(x, i);
        for (ptrdiff_t s = 0; s < mnf->k; s++) {
            const double *weight = tl_matrix_row(&mnf->weight, s);
            double sum = 0.0;
            for (ptrdiff_t j = 0; j < mnf->p; j++) {
                sum += weight[j] * (row[j] - mnf->mean[j]);
            }
            tl_matrix_row(components, i)[s] = sum;
        }
    }
    return TL_OK;
}

tl_code tl_spectra_mnf_first(const tl_mnf *mnf, ptrdiff_t k, tl_mnf *to, tl_err *err) {
    *to = (tl_mnf){0};
    if (k < 1 || k > mnf->k) {
        return tl_fail(err, TL_ARG, "minimum noise fraction: %td components, wanted 1 to %td", k,
                       mnf->k);
    }
    const tl_code code = init_transform(to, mnf->p, k, err);
    if (code != TL_OK) {
        tl_spectra_mnf_free(to);
        return code;
    }
    memcpy(to->mean, mnf->mean, (size_t)mnf->p * sizeof *to->mean);
    memcpy(to->ratio, mnf->ratio, (size_t)k * sizeof *to->ratio);
    memcpy(to->weight.data, mnf->weight.data, (size_t)(k * mnf->p) * sizeof *to->weight.data);
    return TL_OK;
}

tl_code tl_spectra_mnf_to_json(const tl_mnf *mnf, json_t **json, tl_err *err) {
    tl_code code;
    *json = tl_json_object();
    TL_CHECK(*json == NULL ? tl_no_memory(err, "the text of a projection") : TL_OK);
    TL_CHECK(tl_model_put_vector(*json, "ratio", mnf->ratio, mnf->k, err));
    TL_CHECK(tl_model_put_vector(*json, "mean", mnf->mean, mnf->p, err));
    TL_CHECK(tl_model_put_table(*json, "weight", &mnf->weight, err));
done:
    if (code != TL_OK) {
        json_decref(*json);
        *json = NULL;
    }
    return code;
}

tl_code tl_spectra_mnf_from_json(const json_t *json, ptrdiff_t p, tl_mnf *mnf, tl_err *err) {
    *mnf = (tl_mnf){0};
    tl_matrix mean = {0};
    tl_matrix ratio = {0};
    tl_matrix weight = {0};
    tl_code code;
    TL_CHECK(tl_model_vector(json, "ratio", -1, &ratio, err));
    if (ratio.ncol > p) {
        code =
            tl_fail(err, TL_FORMAT, "ratio: %td components of %td bands, wanted no more than bands",
                    ratio.ncol, p);
        goto done;
    }
    TL_CHECK(tl_model_vector(json, "mean", p, &mean, err));
    TL_CHECK(tl_model_table(json, "weight", ratio.ncol, p, &weight, err));
    TL_CHECK(init_transform(mnf, p, ratio.ncol, err));
    memcpy(mnf->mean, mean.data, (size_t)p * sizeof *mean.data);
    memcpy(mnf->ratio, ratio.data, (size_t)ratio.ncol * sizeof *ratio.data);
    memcpy(mnf->weight.data, weight.data, (size_t)(ratio.ncol * p) * sizeof *weight.data);
done:
    tl_matrix_free(&mean);
    tl_matrix_free(&ratio);
    tl_matrix_free(&weight);
    if (code != TL_OK) {
        tl_spectra_mnf_free(mnf);
    }
    return code;
}
