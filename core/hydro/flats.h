/* SPDX-License-Identifier: GPL-2.0-or-later
 * Flow over flats: a direction for cells that have no lower neighbour but are level with a cell
 * that drains. */
#ifndef TL_HYDRO_FLATS_H
#define TL_HYDRO_FLATS_H

#include "base/grid.h"
#include "base/status.h"

/* Sets one receiver for every cell of a flat, so that the whole flat drains to its exits: cells of
 * the same height that have a receiver or are outlets (a neighbour is missing). Water runs away
 * from the higher cells around the flat and towards the exits, where the latter counts twice: the
 * increments are whole numbers, the heights stay as they are. Of equal neighbours orthogonal ones
 * come first, then the order N ... NW. A flat without an exit is a pit and stays as it is.
 *
 * surface   [nrow, ncol] metres, NaN = NoData; read only
 * receivers [nrow ncol] bit i: the cell passes water on to neighbour i; 0 = none yet. Cells of
 *           flats get one bit, the others are not changed
 * unsolved  out: cells of flats without an exit
 * fails     TL_NOMEM
 * cost      O(n); 4 bytes per cell and 16 per cell of the largest flat
 * source    Barnes, Lehman & Mulla 2014 Comput. Geosci. 62:128;
 *           Garbrecht & Martz 1997 J. Hydrol. 193:204 */
tl_code tl_hydro_drain_flats(const tl_grid *surface, unsigned char *receivers, ptrdiff_t *unsolved,
                             tl_err *err);

#endif
