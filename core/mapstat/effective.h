/* SPDX-License-Identifier: GPL-2.0-or-later
 * Effective sample size of two autocorrelated variables at scattered places. */
#ifndef TL_MAPSTAT_EFFECTIVE_H
#define TL_MAPSTAT_EFFECTIVE_H

#include <stddef.h>

#include "base/status.h"

/* Number of independent pairs that n pairs of values are worth.
 *
 * x, y         [n] values, finite, any units
 * east, north  [n] places in metres
 * n_effective  out; may exceed n for variables that repel each other
 * NaN          n_effective when a variable is constant or the estimated covariance matrices give no
 *              positive number
 * fails        TL_NOMEM
 * cost         O(n^2) time, n^2 / 2 bytes
 * source       Dutilleul 1993 Biometrics 49:305 */
tl_code tl_mapstat_effective(const double *x, const double *y, const double *east,
                             const double *north, ptrdiff_t n, double *n_effective, tl_err *err);

#endif
