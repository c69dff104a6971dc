/* SPDX-License-Identifier: GPL-2.0-or-later
 * Correlation of two maps on one grid, with a significance that accounts for the resemblance of
 * neighbouring cells. */
#ifndef TL_MAPSTAT_CORRELATE_H
#define TL_MAPSTAT_CORRELATE_H

#include <stddef.h>

#include "base/grid.h"
#include "base/status.h"

/* Which cells are used. */
typedef struct tl_selection {
    const int *zone;    /* [nrow, ncol] zone number of each cell; NULL = all cells */
    int wanted;         /* the selected zone number */
    ptrdiff_t col_from; /* columns col_from .. col_to-1 */
    ptrdiff_t col_to;
} tl_selection;

/* Preparation of the values. */
typedef struct tl_correlate_options {
    int spearman; /* 1: the correlation of ranks is wanted, too */
    int detrend;  /* 1: the plane that fits a map best over the selection is subtracted first */
} tl_correlate_options;

typedef struct tl_correlation {
    ptrdiff_t n;     /* cells of the selection where both maps have data */
    double pearson;  /* NaN when n < 3 or a map is constant there */
    double spearman; /* the same on ranks, ties share their mean rank; NaN if not wanted */
    /* Two-sided t-test of pearson as if all n cells were independent: far too small for maps, whose
     * neighbouring cells resemble each other. */
    double p_naive;
    /* Equivalent number of independent cells, at most n; NaN when it cannot be
     * estimated. */
    double n_effective;
    double p;    /* two-sided, for n_effective cells; NaN when these are fewer than 3 */
    double low;  /* interval of pearson that contains the true value in 95 of 100 cases; NaN when */
    double high; /* n_effective is not above 3 */
    double p_spearman; /* as p, of spearman, with the same n_effective */
} tl_correlation;

/* Pearson's r of n pairs.
 *
 * x, y   [n] finite
 * NaN    for n < 3 and where one variable is constant (its spread is lost in rounding) */
double tl_mapstat_pearson(const double *x, const double *y, ptrdiff_t n);

/* Correlates a and b over a selection.
 *
 * a, b       [nrow, ncol] any units; distances come from the cell sizes of a in its middle row
 * selection  the cells to use
 * NaN        cells where either map is NoData are excluded
 * fails      TL_SHAPE the maps differ in shape; TL_ARG columns outside; TL_DATA no cell size;
 *            TL_NOMEM
 * cost       O(n log n); about 105 bytes per cell of the smallest rectangle around the selection
 * source     Clifford, Richardson & Hemon 1989 Biometrics 45:123; Dutilleul 1993 Biometrics 49:305
 *            (modified t-test with 13 distance classes); Fisher 1921 Metron 1:3 (interval) */
tl_code tl_mapstat_correlate(const tl_grid *a, const tl_grid *b, const tl_selection *selection,
                             const tl_correlate_options *options, tl_correlation *out, tl_err *err);

#endif
