/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sums over rows run over all bands at once, so that they use vector instructions in a fixed order;
 * see seed_score.h. */
#include "fusion/seed_score.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/rng.h"
#include "base/wide.h"
#include "num/matrix_product.h"
#include "num/ranks.h"

enum { MIN_VALUES = 4 };

/* --- targets --- */

/* The values of the rows present, or their ranks; scratch is [n]. */
static tl_code ranks_of(double *value, ptrdiff_t n, float *scratch, tl_err *err) {
    for (ptrdiff_t i = 0; i < n; i++) {
        scratch[i] = (float)value[i];
    }
    return tl_num_mean_ranks(scratch, n, value, err);
}

/* Mean 0 and length 1; fails on a constant. */
static tl_code standardise(double *value, ptrdiff_t n, ptrdiff_t property, tl_err *err) {
    double mean = 0.0;
    double squares = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        mean += value[i] / (double)n;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        squares += (value[i] - mean) * (value[i] - mean);
    }
    /* With equal values only the rounding error of the mean remains. */
    if (!(squares > 1e-24 * (double)n * mean * mean)) {
        return tl_fail(err, TL_DATA, "seeds: all values of property %td are equal", property + 1);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        value[i] = (value[i] - mean) / sqrt(squares);
    }
    return TL_OK;
}

/* The target of a property and its permutations. value, order, scratch are [n]. */
static tl_code fill_property(tl_seed_targets *s, const tl_matrix *property, ptrdiff_t t,
                             int64_t seed, double *value, ptrdiff_t *order, float *scratch,
                             tl_err *err) {
    const ptrdiff_t n = property->ncol;
    double *present = tl_matrix_row(&s->present, t);
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        present[i] = isfinite(tl_matrix_row(property, t)[i]) ? 1.0 : 0.0;
        value[count] = tl_matrix_row(property, t)[i];
        count += present[i] > 0.0;
    }
    s->count[t] = count;
    if (count < MIN_VALUES) {
        return tl_fail(err, TL_DATA, "seeds: property %td has %td values, at least %d are needed",
                       t + 1, count, (int)MIN_VALUES);
    }
    if (s->by_ranks) {
        TL_TRY(ranks_of(value, count, scratch, err));
    }
    TL_TRY(standardise(value, count, t, err));
    for (ptrdiff_t k = 0; k <= s->permutations; k++) {
        double *target = tl_matrix_row(&s->target, t * (1 + s->permutations) + k);
        tl_rng rng = tl_rng_start(seed, TL_STREAM_PERMUTATION, (uint32_t)k);
        tl_rng_permutation(&rng, count, order);
        ptrdiff_t at = 0;
        for (ptrdiff_t i = 0; i < n; i++) {
            target[i] = present[i] > 0.0 ? value[k == 0 ? at : order[at]] : 0.0;
            at += present[i] > 0.0;
        }
    }
    return TL_OK;
}

tl_code tl_fusion_seed_targets_init(tl_seed_targets *targets, const tl_matrix *property,
                                    int by_ranks, int by_mean, ptrdiff_t permutations, int64_t seed,
                                    tl_err *err) {
    const ptrdiff_t n = property->ncol;
    *targets = (tl_seed_targets){.n_property = property->nrow,
                                 .permutations = permutations,
                                 .by_ranks = by_ranks,
                                 .by_mean = by_mean,
                                 .count = tl_acquire(property->nrow, sizeof *targets->count)};
    double *value = tl_acquire(n + 1, sizeof *value);
    ptrdiff_t *order = tl_acquire(n, sizeof *order);
    float *scratch = tl_acquire(n, sizeof *scratch);
    tl_code code = TL_OK;
    if (targets->count == NULL || value == NULL || order == NULL || scratch == NULL) {
        code = tl_no_memory(err, "%td samples", n);
        goto done;
    }
    TL_CHECK(tl_matrix_init(&targets->present, property->nrow, n, err));
    TL_CHECK(tl_matrix_init(&targets->target, property->nrow * (1 + permutations), n, err));
    for (ptrdiff_t t = 0; t < property->nrow; t++) {
        TL_CHECK(fill_property(targets, property, t, seed, value, order, scratch, err));
    }
done:
    tl_release(value);
    tl_release(order);
    tl_release(scratch);
    if (code != TL_OK) {
        tl_fusion_seed_targets_free(targets);
    }
    return code;
}

void tl_fusion_seed_targets_free(tl_seed_targets *targets) {
    if (targets != NULL) {
        tl_release(targets->count);
        tl_matrix_free(&targets->present);
        tl_matrix_free(&targets->target);
        *targets = (tl_seed_targets){0};
    }
}

/* --- scores --- */

tl_code tl_fusion_seed_scorer_init(tl_seed_scorer *scorer, const tl_seed_targets *targets,
                                   const tl_savgol *smooth, ptrdiff_t p, tl_err *err) {
    const ptrdiff_t n = targets->present.ncol;
    *scorer = (tl_seed_scorer){.smooth = smooth,
                               .score = tl_acquire(targets->target.nrow, sizeof *scorer->score)};
    tl_code code =
        scorer->score == NULL ? tl_no_memory(err, "%td scores", targets->target.nrow) : TL_OK;
    TL_CHECK(code);
    if (smooth != NULL) {
        TL_CHECK(tl_matrix_init(&scorer->turned, smooth->weight.ncol, p, err));
        tl_num_transpose(p, smooth->weight.ncol, smooth->weight.data, scorer->turned.data);
    }
    TL_CHECK(tl_matrix_init(&scorer->smoothed, n, p, err));
    TL_CHECK(tl_matrix_init(&scorer->centred, n, p, err));
    TL_CHECK(tl_matrix_init(&scorer->line, 3, p, err));
    TL_CHECK(tl_matrix_init(&scorer->product, 1 + targets->permutations, p, err));
done:
    if (code != TL_OK) {
        tl_fusion_seed_scorer_free(scorer);
    }
    return code;
}

void tl_fusion_seed_scorer_free(tl_seed_scorer *scorer) {
    if (scorer != NULL) {
        tl_matrix_free(&scorer->turned);
        tl_matrix_free(&scorer->smoothed);
        tl_matrix_free(&scorer->centred);
        tl_matrix_free(&scorer->line);
        tl_matrix_free(&scorer->product);
        tl_release(scorer->score);
        *scorer = (tl_seed_scorer){0};
    }
}

typedef double lanes __attribute__((vector_size(32), aligned(8), may_alias));

enum { LANES = 4, VECTORS = 4, TOGETHER = LANES * VECTORS };

/* TOGETHER sums side by side, so that they stay in registers. */
TL_WIDE_CLONES static void sum_together(ptrdiff_t count, const double *weight, ptrdiff_t stride,
                                        const double *from, double *to) {
    lanes sum[VECTORS] = {{0}};
    for (ptrdiff_t k = 0; k < count; k++) {
        TL_UNROLL
        for (ptrdiff_t v = 0; v < VECTORS; v++) {
            sum[v] += *(const lanes *)(const void *)(weight + k * stride + v * LANES) *
                      *(const lanes *)(const void *)(from + k + v * LANES);
        }
    }
    TL_UNROLL
    for (ptrdiff_t v = 0; v < VECTORS; v++) {
        *(lanes *)(void *)(to + v * LANES) = sum[v];
    }
}

/* to[j] = sum over k of weight[k * stride + j] * from[k + j] in increasing order of k. Where n is
 * no multiple of TOGETHER, the last sums are computed twice. */
static void sum_run(ptrdiff_t n, ptrdiff_t count, const double *weight, ptrdiff_t stride,
                    const double *from, double *to) {
    ptrdiff_t at = 0;
    for (; at + TOGETHER <= n; at += TOGETHER) {
        sum_together(count, weight + at, stride, from + at, to + at);
    }
    if (at < n && n >= TOGETHER) {
        at = n - TOGETHER;
        sum_together(count, weight + at, stride, from + at, to + at);
        return;
    }
    for (; at < n; at++) {
        to[at] = 0.0;
        for (ptrdiff_t k = 0; k < count; k++) {
            to[at] += weight[k * stride + at] * from[k + at];
        }
    }
}

/* The sums of tl_spectra_savgol_row, term by term for runs of bands whose windows begin one band
 * further each: the same bits. */
static void smooth_rows(const tl_seed_scorer *s, const tl_matrix *spectra, tl_matrix *smoothed) {
    const tl_savgol *g = s->smooth;
    for (ptrdiff_t j = 0; j < g->p;) {
        ptrdiff_t end = j + 1;
        while (end < g->p && g->first[end] == g->first[end - 1] + 1 &&
               g->count[end] == g->count[j]) {
            end++;
        }
        for (ptrdiff_t i = 0; i < spectra->nrow; i++) {
            sum_run(end - j, g->count[j], s->turned.data + j, s->turned.ncol,
                    tl_matrix_row(spectra, i) + g->first[j], tl_matrix_row(smoothed, i) + j);
        }
        j = end;
    }
}

/* Ranks of the values of every band among the rows present; value and scratch are [n]. */
static tl_code rank_bands(const tl_matrix *spectra, const double *present, double *value,
                          float *scratch, tl_matrix *out, tl_err *err) {
    for (ptrdiff_t j = 0; j < spectra->ncol; j++) {
        ptrdiff_t count = 0;
        for (ptrdiff_t i = 0; i < spectra->nrow; i++) {
            if (present[i] > 0.0) {
                value[count++] = tl_matrix_row(spectra, i)[j];
            }
        }
        TL_TRY(ranks_of(value, count, scratch, err));
        count = 0;
        for (ptrdiff_t i = 0; i < spectra->nrow; i++) {
            tl_matrix_row(out, i)[j] = present[i] > 0.0 ? value[count++] : 0.0;
        }
    }
    return TL_OK;
}

/* centred = (from - mean over the rows present) there, else 0; inverse = 1 / its length. */
TL_WIDE_CLONES static void centre(const tl_matrix *from, const double *present, double count,
                                  double *restrict mean, double *restrict inverse,
                                  tl_matrix *centred) {
    const ptrdiff_t p = from->ncol;
    memset(mean, 0, (size_t)p * sizeof *mean);
    memset(inverse, 0, (size_t)p * sizeof *inverse);
    for (ptrdiff_t i = 0; i < from->nrow; i++) {
        const double *restrict row = tl_matrix_row(from, i);
        for (ptrdiff_t j = 0; j < p; j++) {
            mean[j] += present[i] * row[j];
        }
    }
    for (ptrdiff_t j = 0; j < p; j++) {
        mean[j] /= count;
    }
    for (ptrdiff_t i = 0; i < from->nrow; i++) {
        const double *restrict row = tl_matrix_row(from, i);
        double *restrict to = tl_matrix_row(centred, i);
        for (ptrdiff_t j = 0; j < p; j++) {
            to[j] = present[i] * (row[j] - mean[j]);
            inverse[j] += to[j] * to[j];
        }
    }
    for (ptrdiff_t j = 0; j < p; j++) {
        /* Rounding alone causes about 1e-32 times the squared mean per row. */
        const double least = 1e-24 * count * mean[j] * mean[j];
        inverse[j] = inverse[j] > least ? 1.0 / sqrt(inverse[j]) : 0.0;
    }
}

/* Largest or mean |r|; eight of them side by side, so that one does not wait for another. */
TL_WIDE_CLONES static double summarise(const double *product, const double *inverse, ptrdiff_t p,
                                       int by_mean) {
    enum { SIDES = 8 };
    double largest[SIDES] = {0.0};
    double sum = 0.0;
    ptrdiff_t j = 0;
    for (; !by_mean && j + SIDES <= p; j += SIDES) {
        for (int l = 0; l < SIDES; l++) {
            const double r = fabs(product[j + l]) * inverse[j + l];
            largest[l] = tl_max_double(r, largest[l]);
        }
    }
    for (; j < p; j++) {
        const double r = fabs(product[j]) * inverse[j];
        largest[0] = tl_max_double(r, largest[0]);
        sum += r;
    }
    for (int l = 1; l < SIDES; l++) {
        largest[0] = tl_max_double(largest[l], largest[0]);
    }
    return by_mean ? sum / (double)p : largest[0];
}

static int same_rows(const tl_seed_targets *targets, ptrdiff_t a, ptrdiff_t b) {
    return memcmp(tl_matrix_row(&targets->present, a), tl_matrix_row(&targets->present, b),
                  (size_t)targets->present.ncol * sizeof(double)) == 0;
}

/* The smoothed spectra of the rows that have a value of the property, as ranks if wanted, minus
 * their mean. */
static tl_code prepare_property(tl_seed_scorer *s, const tl_seed_targets *targets, ptrdiff_t t,
                                const tl_matrix *smoothed, tl_err *err) {
    const double *present = tl_matrix_row(&targets->present, t);
    const double count = (double)targets->count[t];
    double *mean = tl_matrix_row(&s->line, 0);
    double *inverse = tl_matrix_row(&s->line, 1);
    if (!targets->by_ranks) {
        centre(smoothed, present, count, mean, inverse, &s->centred);
        return TL_OK;
    }
    const ptrdiff_t n = smoothed->nrow;
    double *value = tl_acquire(n, sizeof *value);
    float *scratch = tl_acquire(n, sizeof *scratch);
    tl_matrix ranks = {0};
    tl_code code = value == NULL || scratch == NULL ? tl_no_memory(err, "%td samples", n) : TL_OK;
    TL_CHECK(code);
    TL_CHECK(tl_matrix_init(&ranks, n, smoothed->ncol, err));
    TL_CHECK(rank_bands(smoothed, present, value, scratch, &ranks, err));
    centre(&ranks, present, count, mean, inverse, &s->centred);
done:
    tl_matrix_free(&ranks);
    tl_release(value);
    tl_release(scratch);
    return code;
}

tl_code tl_fusion_seed_scores(tl_seed_scorer *s, const tl_seed_targets *targets,
                              const tl_matrix *spectra, tl_err *err) {
    const ptrdiff_t n = spectra->nrow;
    const ptrdiff_t p = spectra->ncol;
    const ptrdiff_t each = 1 + targets->permutations;
    const tl_matrix *smoothed = s->smooth == NULL ? spectra : &s->smoothed;
    if (s->smooth != NULL) {
        smooth_rows(s, spectra, &s->smoothed);
    }
    for (ptrdiff_t t = 0; t < targets->n_property; t++) {
        if (t == 0 || !same_rows(targets, t - 1, t)) {
            TL_TRY(prepare_property(s, targets, t, smoothed, err));
        }
        tl_num_product(each, p, n, tl_matrix_row(&targets->target, t * each), n, 1, s->centred.data,
                       s->product.data, 0);
        for (ptrdiff_t k = 0; k < each; k++) {
            s->score[t * each + k] = summarise(tl_matrix_row(&s->product, k),
                                               tl_matrix_row(&s->line, 1), p, targets->by_mean);
        }
    }
    return TL_OK;
}
