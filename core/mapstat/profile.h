/* SPDX-License-Identifier: GPL-2.0-or-later
 * A mapped property against the distance to streams, compared with streams at random positions. */
#ifndef TL_MAPSTAT_PROFILE_H
#define TL_MAPSTAT_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/grid.h"
#include "base/progress.h"
#include "base/status.h"

/* Mark of a stream whose order is not known. */
#define TL_PROFILE_NO_ORDER 1
/* Mark of a stream of order k: TL_PROFILE_NO_ORDER + k, up to 255. */
#define TL_PROFILE_MAX_ORDER 254

typedef struct tl_profile_options {
    const double *border; /* [n_border] metres, increasing, above 0: classes 0 to border 0, ...,
                             beyond the last; a distance on a border is in the class above it */
    ptrdiff_t n_border;
    ptrdiff_t n_placement; /* random placements of the streams; 0 = no test */
    int64_t seed;
    int spearman; /* 1: the correlation of ranks is wanted, too */
    int threads;
} tl_profile_options;

/* One number against the random placements. */
typedef struct tl_placed {
    double mean; /* of the placements */
    double low;  /* 95 of 100 placements are between low and high */
    double high;
    double p; /* share of placements at least as far from their mean as the real streams */
} tl_placed;

typedef struct tl_profile_row {
    int order;     /* of the nearest stream; 0 = any */
    double from_m; /* distances from_m <= d < to_m */
    double to_m;   /* infinite: no upper end */
    ptrdiff_t n;   /* cells with data */
    double mean;   /* of the property; NaN without cells */
    double median;
    double standard_error; /* of the mean, as if the cells were independent; NaN for n < 2 */
    tl_placed placed;      /* the mean under random placement; NaN without, and for all cells */
} tl_profile_row;

typedef struct tl_profile {
    ptrdiff_t n_row;
    tl_profile_row *row; /* first all cells, then the classes of distance, then the orders */
    double farthest_m;   /* the largest distance of a cell with data */
    double pearson;      /* property with distance; NaN when one is constant */
    double spearman;     /* NaN when not wanted */
    tl_placed placed_pearson;
    tl_placed placed_spearman;
} tl_profile;

/* Compares the map with the distance to marked cells, and with that to the same marks shifted
 * cyclically around the grid by random rows and columns, half of them turned by 180 degrees.
 *
 * map     [nrow, ncol] any unit, NaN = NoData
 * mark    [nrow, ncol] TL_PROFILE_NO_ORDER + order on streams, 0 elsewhere
 * p       NULL = silent
 * out     initialised here
 * fails   TL_DATA nothing is marked, fewer than 3 cells have data, or no cell size; TL_NOMEM;
 *         TL_CANCELLED
 * cost    O(n_placement n), with ranks O(n_placement n log n); 20 bytes per cell, and 10 (with
 *         ranks 38) more per thread; the same result for any number of threads */
tl_code tl_mapstat_profile(const tl_grid *map, const unsigned char *mark,
                           const tl_profile_options *options, const tl_progress *p, tl_profile *out,
                           tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_mapstat_profile_free(tl_profile *profile);

#endif
