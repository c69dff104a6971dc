/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lines as cells, and the distance of every cell of a raster from the nearest marked one. */
#ifndef TL_MAPSTAT_DISTANCE_H
#define TL_MAPSTAT_DISTANCE_H

#include <stddef.h>

#include "base/grid.h"
#include "base/status.h"

/* Marks the cells along lines: those nearest to the straight line between two vertices, one per
 * step of the longer axis.
 *
 * shape   only its size and position are used
 * x, y    [first[n_line]] vertices in map units; stretches with a vertex that is not finite and
 *         parts outside the grid are skipped
 * first   [n_line + 1] vertices of line i are first[i] .. first[i+1]-1
 * value   [n_line] value of the mark, above 0; where lines meet the largest one is kept
 * mark    [nrow, ncol] out: 0 off the lines
 * n_mark  out: cells marked
 * fails   TL_DATA the georeference has no inverse */
tl_code tl_mapstat_mark_lines(const tl_grid *shape, const double *x, const double *y,
                              const ptrdiff_t *first, ptrdiff_t n_line, const unsigned char *value,
                              unsigned char *mark, ptrdiff_t *n_mark, tl_err *err);

/* Exact Euclidean distance from the centre of every cell to the centre of the nearest marked one.
 *
 * mark      [nrow, ncol] not 0: marked
 * dx, dy    cell sizes in metres
 * distance  [nrow, ncol] out: metres; infinite when nothing is marked
 * nearest   [nrow, ncol] out: the value of the nearest mark, 0 when nothing is marked; the choice
 *           among equally near ones is always the same; NULL = not wanted
 * fails     TL_NOMEM
 * cost      O(cells) time, 4 bytes per cell while working
 * source    Felzenszwalb & Huttenlocher 2012 Theory of Computing 8:415 */
tl_code tl_mapstat_distance(const unsigned char *mark, ptrdiff_t nrow, ptrdiff_t ncol, double dx,
                            double dy, float *distance, unsigned char *nearest, tl_err *err);

#endif
