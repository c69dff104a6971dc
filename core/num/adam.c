/* SPDX-License-Identifier: GPL-2.0-or-later
 * The Adam step; see adam.h. */
#include "num/adam.h"

#include <math.h>

#include "base/wide.h"

static const double keep_first = 0.9;
static const double keep_second = 0.999;
static const double floor_root = 1e-8;

tl_code tl_num_adam_init(tl_adam *adam, ptrdiff_t count, tl_err *err) {
    *adam = (tl_adam){.power_first = 1.0, .power_second = 1.0};
    return tl_matrix_init(&adam->moments, 2, count, err);
}

/* m and v are the moments of n weights. */
TL_WIDE_CLONES static void move(ptrdiff_t n, double by_first, double by_root,
                                const double *restrict gradient, double *restrict m,
                                double *restrict v, double *restrict weight) {
    for (ptrdiff_t i = 0; i < n; i++) {
        m[i] = keep_first * m[i] + (1.0 - keep_first) * gradient[i];
        v[i] = keep_second * v[i] + (1.0 - keep_second) * gradient[i] * gradient[i];
        weight[i] -= by_first * m[i] / (sqrt(v[i]) * by_root + floor_root);
    }
}

void tl_num_adam_step(tl_adam *adam, double rate, const double *restrict gradient,
                      double *restrict weight) {
    adam->power_first *= keep_first;
    adam->power_second *= keep_second;
    const double by_first = rate / (1.0 - adam->power_first);
    const double by_root = 1.0 / sqrt(1.0 - adam->power_second);
    move(adam->moments.ncol, by_first, by_root, gradient, tl_matrix_row(&adam->moments, 0),
         tl_matrix_row(&adam->moments, 1), weight);
}

void tl_num_adam_free(tl_adam *adam) {
    if (adam != NULL) {
        tl_matrix_free(&adam->moments);
        *adam = (tl_adam){0};
    }
}
