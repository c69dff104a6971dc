/* SPDX-License-Identifier: GPL-2.0-or-later
 * Packing of layers and the choice of the kernel for the processor; see dense.h. */
#include "num/dense.h"

#include <math.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/wide.h"
#include "num/width.h"

enum { DENSE_GROUP = 8 };

#define DENSE_NAME dense_narrow
#define DENSE_TARGET
#define DENSE_LANES 4
#define DENSE_VECTORS 1
#include "num/dense_kernel.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define DENSE_NAME dense_avx2
#define DENSE_TARGET __attribute__((target("avx2")))
#define DENSE_LANES 8
#define DENSE_VECTORS 1
#include "num/dense_kernel.h"

#define DENSE_NAME dense_avx512
#define DENSE_TARGET __attribute__((target("avx512f")))
#define DENSE_LANES 16
#define DENSE_VECTORS 2
#include "num/dense_kernel.h"
#endif

typedef void (*dense_kernel)(const float *weight, const float *bias, ptrdiff_t n_in, const float *x,
                             float *y, float least);

static dense_kernel kernel_of_width(tl_num_width width) {
#if defined(__x86_64__) && defined(__GNUC__)
    if (width == TL_NUM_AVX512) {
        return dense_avx512;
    }
    if (width == TL_NUM_AVX2) {
        return dense_avx2;
    }
#endif
    (void)width;
    return dense_narrow;
}

tl_code tl_num_dense_init(tl_dense *layer, ptrdiff_t n_in, ptrdiff_t n_out, const double *weight,
                          const double *bias, tl_err *err) {
    const ptrdiff_t padded = (n_out + DENSE_GROUP - 1) / DENSE_GROUP * DENSE_GROUP;
    *layer = (tl_dense){.n_in = n_in,
                        .n_out = n_out,
                        .padded = padded,
                        .weight = tl_acquire(padded * n_in, sizeof *layer->weight),
                        .bias = tl_acquire(padded, sizeof *layer->bias)};
    if (layer->weight == NULL || layer->bias == NULL) {
        tl_num_dense_free(layer);
        return tl_no_memory(err, "a layer of %td units", n_out);
    }
    for (ptrdiff_t j = 0; j < n_out; j++) {
        float *group = layer->weight + j / DENSE_GROUP * DENSE_GROUP * n_in + j % DENSE_GROUP;
        for (ptrdiff_t i = 0; i < n_in; i++) {
            group[i * DENSE_GROUP] = (float)weight[j * n_in + i];
        }
        layer->bias[j] = bias == NULL ? 0.0F : (float)bias[j];
    }
    return TL_OK;
}

void tl_num_dense_free(tl_dense *layer) {
    if (layer != NULL) {
        tl_release(layer->weight);
        tl_release(layer->bias);
        *layer = (tl_dense){0};
    }
}

void tl_num_dense(const tl_dense *layer, const float *x, float *y, int rectify) {
    const dense_kernel kernel = kernel_of_width(tl_num_width_used());
    const float least = rectify ? 0.0F : -INFINITY;
    for (ptrdiff_t j = 0; j < layer->padded; j += DENSE_GROUP) {
        kernel(layer->weight + j * layer->n_in, layer->bias + j, layer->n_in, x,
               y + j * TL_DENSE_PIXELS, least);
    }
}
