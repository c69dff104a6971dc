/* SPDX-License-Identifier: GPL-2.0-or-later
 * Effective sample size of two autocorrelated variables on the cells of a raster. */
#ifndef TL_MAPSTAT_EFFECTIVE_H
#define TL_MAPSTAT_EFFECTIVE_H

#include <stddef.h>

#include "base/status.h"

/* Distance classes of equal width, from 0 to the largest distance between two cells. */
#define TL_CORRELOGRAM 13

/* Two variables on one raster. */
typedef struct tl_field_pair {
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    const unsigned char *mask; /* [nrow, ncol] 1: the cell is used */
    const double *x;           /* [nrow, ncol] finite where the cell is used, any units */
    const double *y;
    double dx; /* cell sizes in metres */
    double dy;
} tl_field_pair;

typedef struct tl_effective {
    double n;                          /* equivalent number of independent pairs; see NaN */
    double pairs[TL_CORRELOGRAM];      /* pairs of cells per class */
    double autocorr_x[TL_CORRELOGRAM]; /* correlogram; 0 for a class without pairs */
    double autocorr_y[TL_CORRELOGRAM];
} tl_effective;

/* Modified t-test: the number of independent pairs with which r has the same variance.
 *
 * out->n  may exceed the number of cells for variables that repel their neighbours
 * NaN     out->n for fewer than 3 cells, for a constant variable, and when the estimated covariance
 *         matrices lead to no positive number
 * fails   TL_NOMEM
 * cost    O(cells log cells) time, about 85 bytes per cell; every pair of cells counts
 * source  Dutilleul 1993 Biometrics 49:305; pairs by lag through Fourier transforms: Marcotte 1996
 *         Computers & Geosciences 22:1175 */
tl_code tl_mapstat_effective(const tl_field_pair *pair, tl_effective *out, tl_err *err);

#endif
