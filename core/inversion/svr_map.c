/* SPDX-License-Identifier: GPL-2.0-or-later
 * Support vector regression of blocks of pixels in single precision; see svr.h.
 *
 * tl_svr.packed holds, all as float:
 *   1. [m] means,  2. [m] reciprocal scales,
 *   3. per group of GROUP support vectors: their values [m, GROUP], then their squared lengths
 *      [GROUP]. Missing ones of the last group are zero and have the coefficient zero. */
#include <math.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/wide.h"
#include "inversion/svr.h"

enum { GROUP = 6, PIECE = 64 };

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
        return tl_no_memory(err, "%td support vectors", svr->n_support);
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

/* Standardised features z [m, PIECE] of count pixels, then zeros, and their squared lengths in row
 * m. */
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

#define TL_LANES 4
#define TL_OF(x) x##_4
#define TL_TARGET
#include "inversion/svr_map_lanes.h"
#undef TL_LANES
#undef TL_OF
#undef TL_TARGET

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define TL_LANES 8
#define TL_OF(x) x##_8
#define TL_TARGET __attribute__((target("avx2")))
#include "inversion/svr_map_lanes.h"
#undef TL_LANES
#undef TL_OF
#undef TL_TARGET

#define TL_LANES 16
#define TL_OF(x) x##_16
#define TL_TARGET __attribute__((target("avx512f")))
#include "inversion/svr_map_lanes.h"

static void sum_kernels(const tl_svr *svr, const float *z, double *sum) {
    if (__builtin_cpu_supports("avx512f")) {
        sum_kernels_16(svr, z, sum);
    } else if (__builtin_cpu_supports("avx2")) {
        sum_kernels_8(svr, z, sum);
    } else {
        sum_kernels_4(svr, z, sum);
    }
}
#else
static void sum_kernels(const tl_svr *svr, const float *z, double *sum) {
    sum_kernels_4(svr, z, sum);
}
#endif

void tl_inversion_svr_predict_block(const tl_svr *svr, const float *u, ptrdiff_t n, double *value,
                                    float *scratch) {
    for (ptrdiff_t start = 0; start < n; start += PIECE) {
        const ptrdiff_t count = tl_min(n - start, PIECE);
        double sum[PIECE] = {0};
        standardise(svr, u + start, n, count, scratch);
        sum_kernels(svr, scratch, sum);
        const float *length = scratch + svr->m * PIECE;
        for (ptrdiff_t i = 0; i < count; i++) {
            /* Lengths that are not finite make the result of bad features NaN. */
            const double bad = 0.0 * (double)length[i];
            value[start + i] = svr->mean_y + svr->scale_y * (sum[i] + svr->intercept) + bad;
        }
    }
}
