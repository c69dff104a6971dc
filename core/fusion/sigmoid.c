/* SPDX-License-Identifier: GPL-2.0-or-later
 * The logistic function of whole arrays; see sigmoid.h. */
#include "fusion/sigmoid.h"

#include "base/wide.h"
#include "num/exponential.h"

void tl_fusion_sigmoid(ptrdiff_t n, const double *x, double *y) {
    for (ptrdiff_t i = 0; i < n; i++) {
        y[i] = -x[i];
    }
    tl_num_exp(n, y, y);
    for (ptrdiff_t i = 0; i < n; i++) {
        y[i] = 1.0 / (1.0 + y[i]);
    }
}

TL_WIDE_CLONES static void sigmoid_float(ptrdiff_t n, float *x) {
    for (ptrdiff_t i = 0; i < n; i++) {
        x[i] = -x[i];
    }
    tl_num_exp_float(n, x, x);
    for (ptrdiff_t i = 0; i < n; i++) {
        x[i] = 1.0F / (1.0F + x[i]);
    }
}

void tl_fusion_sigmoid_float(ptrdiff_t n, float *x) {
    sigmoid_float(n, x);
}
