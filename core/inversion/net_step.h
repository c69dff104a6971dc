/* SPDX-License-Identifier: GPL-2.0-or-later
 * One network of net.h on standardised numbers: values, loss and gradient. */
#ifndef TL_INVERSION_NET_STEP_H
#define TL_INVERSION_NET_STEP_H

#include <stddef.h>

#include "inversion/net.h"

enum { TL_NET_UNITS = 64 + 32 + 16 }; /* of the hidden layers together */

/* Values of n spectra side by side; the bits of one do not depend on n.
 *
 * x        [m, n] standardised, feature by feature
 * weights  [tl_inversion_net_count(m)]
 * work     [(TL_NET_UNITS) * n] scratch
 * value    [n] out, standardised
 * cost     64 m + 2576 multiply-adds per spectrum; no allocation */
void tl_inversion_net_values(ptrdiff_t m, const double *x, ptrdiff_t n, const double *weights,
                             double *work, double *value);

/* Numbers that tl_inversion_net_loss needs as work for n samples. */
ptrdiff_t tl_inversion_net_work(ptrdiff_t n);

/* Loss = mean of (value - y)^2 + decay / 2 * sum of squared weights (biases left out), and its
 * gradient.
 *
 * x         [n, m] standardised
 * y         [n] standardised
 * keep      [n, TL_NET_UNITS] factors of the hidden units (0 or 1 / (1 - dropout)); NULL = all 1
 * weights   [tl_inversion_net_count(m)]
 * gradient  out: as weights
 * work      [tl_inversion_net_work(n)] scratch
 * cost      3 times that of the values; no allocation */
double tl_inversion_net_loss(ptrdiff_t m, const double *x, const double *y, ptrdiff_t n,
                             const double *keep, double decay, const double *weights,
                             double *gradient, double *work);

#endif
