/* SPDX-License-Identifier: GPL-2.0-or-later
 * Polygons as the cells of a grid whose centre they contain. Polygons may overlap: catchments are
 * nested and buffers share cells. */
#ifndef TL_SOURCE_ZONE_RUNS_H
#define TL_SOURCE_ZONE_RUNS_H

#include <stddef.h>

#include "base/grid.h"
#include "base/status.h"

/* Neighbouring cells of one row. */
typedef struct tl_cell_run {
    ptrdiff_t cell; /* the first one, row * ncol + column */
    ptrdiff_t n;
} tl_cell_run;

/* Start from a zeroed struct. */
typedef struct tl_zones {
    ptrdiff_t n;
    char **name;      /* [n] owned texts, not always distinct */
    ptrdiff_t *first; /* [n + 1]: zone z has the runs run[first[z]] .. run[first[z + 1] - 1] */
    tl_cell_run *run; /* by increasing cell within a zone */
} tl_zones;

/* Sets the value of the cells of zone z; other cells stay as they are. */
void tl_source_zones_fill(const tl_zones *zones, ptrdiff_t z, int value, int *cell);

/* How many cells zone z has. */
ptrdiff_t tl_source_zones_count(const tl_zones *zones, ptrdiff_t z);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_source_zones_free(tl_zones *zones);

/* Cells that lie in more than one zone.
 *
 * n_cells  of the grid
 * pair     out: the first two zones that share a cell; unchanged when there are none
 * shared   out: how many cells are shared
 * fails    TL_NOMEM */
tl_code tl_source_zones_overlap(const tl_zones *zones, ptrdiff_t n_cells, ptrdiff_t pair[2],
                                ptrdiff_t *shared, tl_err *err);

/* One zone per cell, for what divides an area. A cell in several zones belongs to the last of them,
 * which is logged as an assumption.
 *
 * parameter, path  for the message
 * label            [n_cells] out: 1-based number of the zone, 0 outside
 * fails            TL_DATA zones overlap and the run is strict; TL_NOMEM */
tl_code tl_source_zones_label(const tl_zones *zones, ptrdiff_t n_cells, const char *parameter,
                              const char *path, int *label, tl_err *err);

#endif
