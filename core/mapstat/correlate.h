/* SPDX-License-Identifier: GPL-2.0-or-later
 * Correlation of two maps on one grid, with a significance that knows about neighbouring cells. */
#ifndef TL_MAPSTAT_CORRELATE_H
#define TL_MAPSTAT_CORRELATE_H

#include <stddef.h>

#include "base/grid.h"
#include "base/status.h"

/* Cells that enter the effective sample size; more are thinned out to a regular sub-grid. */
#define TL_CORRELATE_SAMPLE 1500

/* Which cells to look at. */
typedef struct tl_selection {
    const int *zone;    /* [nrow, ncol] zone number of each cell; NULL = all cells */
    int wanted;         /* the zone number that counts */
    ptrdiff_t col_from; /* columns col_from .. col_to-1 */
    ptrdiff_t col_to;
} tl_selection;

typedef struct tl_correlation {
    ptrdiff_t n;     /* cells of the selection where both maps have data */
    double pearson;  /* NaN when n < 3 or a map is constant there */
    double spearman; /* the same on ranks, ties share their mean rank; NaN if not wanted */
    /* Two-sided t-test of pearson as if all n cells were independent: far too small for maps, whose
     * neighbouring cells resemble each other. */
    double p_naive;
    /* Number of independent cells that the two maps are worth, at most n; NaN when it cannot be
     * estimated. */
    double n_effective;
    double p;           /* two-sided, for n_effective cells; NaN when these are fewer than 3 */
    ptrdiff_t n_sample; /* cells n_effective was estimated from */
    ptrdiff_t stride;   /* every stride-th row and column of the grid: 1 = all n cells */
} tl_correlation;

/* Correlates a and b over a selection.
 *
 * a, b       [nrow, ncol] any units; distances come from the cell sizes of a in its middle row
 * selection  which cells count
 * spearman   1: the correlation of ranks is wanted, too
 * NaN        cells where either map is NoData are left out
 * fails      TL_SHAPE the maps differ in shape; TL_ARG columns outside; TL_DATA no cell size;
 *            TL_NOMEM
 * cost       O(n) for Pearson, O(n log n) and 36 bytes per cell for Spearman, O(n_sample^2) for
 *            n_effective
 * source     Clifford, Richardson & Hemon 1989 Biometrics 45:123; Dutilleul 1993 Biometrics 49:305
 *            (modified t-test with 13 distance classes) */
tl_code tl_mapstat_correlate(const tl_grid *a, const tl_grid *b, const tl_selection *selection,
                             int spearman, tl_correlation *out, tl_err *err);

#endif
