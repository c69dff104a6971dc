/* SPDX-License-Identifier: GPL-2.0-or-later
 * The Adam step; see adam.h. */
#include "num/adam.h"

#include <math.h>

static const double keep_first = 0.9;
static const double keep_second = 0.999;
static const double floor_root = 1e-8;

tl_code tl_adam_init(tl_adam *adam, ptrdiff_t count, tl_err *err) {
    *adam = (tl_adam){.power_first = 1.0, .power_second = 1.0};
    return tl_matrix_init(&adam->moments, 2, count, err);
}

void tl_adam_step(tl_adam *adam, double rate, const double *restrict gradient,
                  double *restrict weight) {
    adam->power_first *= keep_first;
    adam->power_second *= keep_second;
    const double by_first = rate / (1.0 - adam->power_first);
    const double by_root = 1.0 / sqrt(1.0 - adam->power_second);
    const ptrdiff_t count = adam->moments.ncol;
    double *restrict m = tl_matrix_row(&adam->moments, 0);
    double *restrict v = tl_matrix_row(&adam->moments, 1);
    for (ptrdiff_t i = 0; i < count; i++) {
        m[i] = keep_first * m[i] + (1.0 - keep_first) * gradient[i];
        v[i] = keep_second * v[i] + (1.0 - keep_second) * gradient[i] * gradient[i];
        weight[i] -= by_first * m[i] / (sqrt(v[i]) * by_root + floor_root);
    }
}

void tl_adam_free(tl_adam *adam) {
    if (adam != NULL) {
        tl_matrix_free(&adam->moments);
        *adam = (tl_adam){0};
    }
}
