/* SPDX-License-Identifier: GPL-2.0-or-later
 * The Adam optimiser with its usual constants 0.9, 0.999 and 1e-8. */
#ifndef TL_NUM_ADAM_H
#define TL_NUM_ADAM_H

#include "base/matrix.h"
#include "base/status.h"

/* Owner; zeroed = empty. */
typedef struct tl_adam {
    tl_matrix moments;   /* [2, count]: running means of the gradient and of its square */
    double power_first;  /* 0.9^t */
    double power_second; /* 0.999^t */
} tl_adam;

/* Starts with zero moments for count weights.
 *
 * adam   uninitialised; empty on failure
 * fails  TL_NOMEM */
tl_code tl_num_adam_init(tl_adam *adam, ptrdiff_t count, tl_err *err);

/* One step: w -= rate (m / (1 - 0.9^t)) / (sqrt(v / (1 - 0.999^t)) + 1e-8).
 *
 * gradient  [count] read only; must not overlap weight
 * weight    [count] changed in place
 * NaN       spreads from gradient to its weight
 * source    Kingma & Ba 2015, Proc. ICLR, algorithm 1 */
void tl_num_adam_step(tl_adam *adam, double rate, const double *restrict gradient,
                      double *restrict weight);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_num_adam_free(tl_adam *adam);

#endif
