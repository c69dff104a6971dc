/* SPDX-License-Identifier: GPL-2.0-or-later
 * Effective sample size of two autocorrelated variables at scattered places. */
#ifndef TL_MAPSTAT_EFFECTIVE_H
#define TL_MAPSTAT_EFFECTIVE_H

#include <stddef.h>

#include "base/status.h"

/* Number of independent pairs that n pairs (x, y) at the places (east, north) are worth (Dutilleul 1993).
 * *n_effective is NaN when a variable is constant or the estimated matrices give no positive number; it
 * may exceed n for variables that repel each other.
 * fails  TL_NOMEM
 * cost   O(n^2) time, n^2 / 2 bytes */
tl_code tl_mapstat_effective(const double *x, const double *y, const double *east,
                             const double *north, ptrdiff_t n, double *n_effective, tl_err *err);

#endif
