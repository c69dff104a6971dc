/* SPDX-License-Identifier: GPL-2.0-or-later
 * Subbasins from flow directions, and their areas; see basins.h. */
#include "hydro/basins.h"

#include "terrain/cells.h"

/* --- labels --- */

enum { OPEN = -2 };

/* Follows the water from a cell to the first one with a label and sets that label along the whole
 * path, so no cell is passed more than twice. */
static void label_path(const tl_d8 *d8, ptrdiff_t from, int *label) {
    ptrdiff_t at = from;
    while (at >= 0 && label[at] == OPEN) {
        at = tl_hydro_d8_next(d8, at);
    }
    const int found = at >= 0 ? label[at] : -1;
    for (at = from; at >= 0 && label[at] == OPEN; at = tl_hydro_d8_next(d8, at)) {
        label[at] = found;
    }
}

void tl_hydro_basins(const tl_d8 *d8, const tl_streams *streams, const tl_streams_options *options,
                     int *label) {
    for (ptrdiff_t at = 0; at < d8->nrow * d8->ncol; at++) {
        label[at] = OPEN;
    }
    for (ptrdiff_t i = 0; i < options->n_node; i++) {
        if (options->node[i].is_inlet) {
            label[options->node[i].cell] = -1;
        }
    }
    for (ptrdiff_t i = 0; i < streams->n_link; i++) {
        const tl_link *link = &streams->link[i];
        for (ptrdiff_t k = 0; k < link->n_own; k++) {
            label[streams->vertex[link->first_own + k]] = (int)i;
        }
    }
    for (ptrdiff_t at = 0; at < d8->nrow * d8->ncol; at++) {
        if (label[at] == OPEN) {
            label_path(d8, at, label);
        }
    }
}

tl_code tl_hydro_label_areas(const tl_grid *surface, const int *label, ptrdiff_t n_label,
                             double *area_m2, tl_err *err) {
    tl_cells cells;
    TL_TRY(tl_terrain_cells_init(&cells, surface, "subbasins", err));
    for (ptrdiff_t i = 0; i < n_label; i++) {
        area_m2[i] = 0.0;
    }
    for (ptrdiff_t row = 0; row < surface->nrow; row++) {
        const double area = cells.dx_m[row] * cells.dy_m[row];
        for (ptrdiff_t at = row * surface->ncol; at < (row + 1) * surface->ncol; at++) {
            if (label[at] >= 0) {
                area_m2[label[at]] += area;
            }
        }
    }
    tl_terrain_cells_free(&cells);
    return TL_OK;
}
