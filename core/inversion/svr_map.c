/* SPDX-License-Identifier: GPL-2.0-or-later
 * Support vector regression of blocks of pixels in single precision; see svr.h.
 *
 * tl_svr.packed holds, all as float:
 *   1. [m] means,  2. [m] reciprocal scales,
 *   3. per group of GROUP support vectors: their values [m, GROUP], then their squared lengths
 *      [GROUP]. Missing ones of the last group are zero and get coefficient zero. */
#include <math.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/wide.h"
#include "inversion/svr.h"

enum { GROUP = 6, LANES = 16, PIECE = 64 };

typedef float lanes __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef uint32_t words __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef double sums __attribute__((vector_size(LANES * 8), aligned(8), may_alias));

static ptrdiff_t groups_of(const tl_svr *svr) {
    return (svr->n_support + GROUP - 1) / GROUP;
}

tl_code tl_inversion_svr_pack(tl_svr *svr, tl_err *err) {
    const ptrdiff_t m = svr->m;
    const ptrdiff_t groups = groups_of(svr);
    double *beta = tl_grow(svr->beta, svr->n_support, groups * GROUP, sizeof *beta);
    svr->beta = beta != NULL ? beta : svr->beta;
    tl_release(svr->packed);
    svr->packed =
        beta == NULL ? NULL : tl_acquire(2 * m + groups * GROUP * (m + 1), sizeof *svr->packed);
    if (svr->packed == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td support vectors", svr->n_support);
    }
    for (ptrdiff_t j = 0; j < m; j++) {
        svr->packed[j] = (float)svr->mean[j];
        svr->packed[m + j] = (float)(1.0 / svr->scale[j]);
    }
    for (ptrdiff_t s = 0; s < svr->n_support; s++) {
        float *group = svr->packed + 2 * m + s / GROUP * GROUP * (m + 1) + s % GROUP;
        double length = 0.0;
        for (ptrdiff_t j = 0; j < m; j++) {
            const float v = (float)tl_matrix_row(&svr->support, s)[j];
            group[j * GROUP] = v;
            length += (double)v * (double)v;
        }
        group[m * GROUP] = (float)length;
    }
    return TL_OK;
}

ptrdiff_t tl_inversion_svr_scratch(const tl_svr *svr) {
    return (svr->m + 1) * PIECE;
}

/* Standardised features z [m, PIECE] of count pixels, zeros behind them, and their squared lengths
 * in row m. */
TL_WIDE_CLONES static void standardise(const tl_svr *svr, const float *u, ptrdiff_t stride,
                                       ptrdiff_t count, float *z) {
    const ptrdiff_t m = svr->m;
    float *length = z + m * PIECE;
    for (ptrdiff_t i = 0; i < PIECE; i++) {
        length[i] = 0.0F;
    }
    for (ptrdiff_t j = 0; j < m; j++) {
        const float mean = svr->packed[j];
        const float factor = svr->packed[m + j];
        const float *from = u + j * stride;
        float *to = z + j * PIECE;
        for (ptrdiff_t i = 0; i < count; i++) {
            to[i] = (from[i] - mean) * factor;
        }
        for (ptrdiff_t i = count; i < PIECE; i++) {
            to[i] = 0.0F;
        }
        for (ptrdiff_t i = 0; i < PIECE; i++) {
            length[i] += to[i] * to[i];
        }
    }
}

/* *k = 2^t for t <= 0, zero below t = -126: 2^(t - round t) by its Taylor polynomial of degree 6
 * (relative error 1.7e-7 on [-0.5, 0.5], 3e-7 with rounding), the whole part through the exponent
 * bits. */
static inline __attribute__((always_inline)) void power_of_two(const lanes *t, lanes *k) {
    const float to_whole = 12582912.0F; /* 1.5 * 2^23: adding it rounds to a whole number */
    const lanes shifted = *t + to_whole;
    const lanes f = *t - (shifted - to_whole);
    lanes p = f * 1.5403530e-4F + 1.3333558e-3F;
    p = p * f + 9.6181291e-3F;
    p = p * f + 5.5504109e-2F;
    p = p * f + 2.4022651e-1F;
    p = p * f + 6.9314718e-1F;
    p = p * f + 1.0F;
    const words scaled = (words)p + ((words)shifted << 23);
    const words there = (words)(*t >= -126.0F);
    *k = (lanes)(scaled & there);
}

/* Products of the support vectors of one group with LANES pixels. Six named sums, because an array
 * of them was kept in memory by the compiler, three times slower. */
static inline __attribute__((always_inline)) void multiply_group(const float *group, ptrdiff_t m,
                                                                 const float *z, lanes *dot) {
    lanes s0 = {0};
    lanes s1 = {0};
    lanes s2 = {0};
    lanes s3 = {0};
    lanes s4 = {0};
    lanes s5 = {0};
    for (ptrdiff_t j = 0; j < m; j++) {
        const lanes x = *(const lanes *)(const void *)(z + j * PIECE);
        const float *v = group + j * GROUP;
        s0 += v[0] * x;
        s1 += v[1] * x;
        s2 += v[2] * x;
        s3 += v[3] * x;
        s4 += v[4] * x;
        s5 += v[5] * x;
    }
    dot[0] = s0;
    dot[1] = s1;
    dot[2] = s2;
    dot[3] = s3;
    dot[4] = s4;
    dot[5] = s5;
}

/* Adds sum_s beta_s exp(-gamma d) of one group to the sums of LANES pixels. */
static inline __attribute__((always_inline)) void add_group(const float *group, ptrdiff_t m,
                                                            const float *z, const double *beta,
                                                            float minus_gamma, sums *sum) {
    lanes dot[GROUP];
    multiply_group(group, m, z, dot);
    const lanes length = *(const lanes *)(const void *)(z + m * PIECE);
    sums total = *sum;
    for (int s = 0; s < GROUP; s++) {
        const lanes d = (length + group[m * GROUP + s]) - 2.0F * dot[s];
        const words positive = (words)(d > 0.0F);
        const lanes t = (lanes)((words)d & positive) * minus_gamma;
        lanes k;
        power_of_two(&t, &k);
        total += beta[s] * __builtin_convertvector(k, sums);
    }
    *sum = total;
}

/* Sums over all support vectors for one piece of pixels. */
TL_WIDE_CLONES static void sum_kernels(const tl_svr *svr, const float *z, double *sum) {
    const float minus_gamma = (float)(-svr->gamma * 1.4426950408889634);
    const ptrdiff_t groups = groups_of(svr);
    for (ptrdiff_t g = 0; g < groups; g++) {
        const float *group = svr->packed + 2 * svr->m + g * GROUP * (svr->m + 1);
        for (ptrdiff_t i = 0; i < PIECE; i += LANES) {
            add_group(group, svr->m, z + i, svr->beta + g * GROUP, minus_gamma,
                      (sums *)(void *)(sum + i));
        }
    }
}

void tl_inversion_svr_predict_block(const tl_svr *svr, const float *u, ptrdiff_t n, double *value,
                                    float *scratch) {
    for (ptrdiff_t start = 0; start < n; start += PIECE) {
        const ptrdiff_t count = n - start < PIECE ? n - start : PIECE;
        double sum[PIECE] = {0};
        standardise(svr, u + start, n, count, scratch);
        sum_kernels(svr, scratch, sum);
        const float *length = scratch + svr->m * PIECE;
        for (ptrdiff_t i = 0; i < count; i++) {
            /* Lengths that are not finite carry bad features into the answer. */
            const double bad = 0.0 * (double)length[i];
            value[start + i] = svr->mean_y + svr->scale_y * (sum[i] + svr->intercept) + bad;
        }
    }
}
