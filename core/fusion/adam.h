/* SPDX-License-Identifier: GPL-2.0-or-later
 * Adam (Kingma & Ba 2015) with its usual constants .9, .999 and 1e-8. */
#ifndef TL_FUSION_ADAM_H
#define TL_FUSION_ADAM_H

#include "base/matrix.h"
#include "base/status.h"

/* Owner; zeroed = empty. */
typedef struct tl_adam {
    tl_matrix moments;   /* [2, count]: running means of the gradient and of its square */
    double power_first;  /* .9^t */
    double power_second; /* .999^t */
} tl_adam;

/* fails  TL_NOMEM */
tl_code tl_adam_init(tl_adam *adam, ptrdiff_t count, tl_err *err);

/* One step: w -= rate (m / (1 - .9^t)) / (sqrt(v / (1 - .999^t)) + 1e-8) on weight [count]. */
void tl_adam_step(tl_adam *adam, double rate, const double *restrict gradient,
                  double *restrict weight);

void tl_adam_free(tl_adam *adam);

#endif
