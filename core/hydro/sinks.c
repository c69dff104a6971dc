/* SPDX-License-Identifier: GPL-2.0-or-later
 * Depressions measured one by one; see sinks.h. */
#include "hydro/sinks.h"

#include <math.h>
#include <string.h>

#include "hydro/cellqueue.h"
#include "terrain/cells.h"
#include "terrain/neighbours.h"

enum { FREE = 0, KEPT = 1, SEEN = 2 };

/* Lists the depression that holds seed and measures it. */
static tl_code measure(const tl_grid *dem, const tl_grid *filled, const tl_cells *cells,
                       unsigned char *sink, ptrdiff_t seed, tl_cellqueue *group, double *depth,
                       double *area, tl_err *err) {
    const ptrdiff_t ncol = dem->ncol;
    group->head = 0;
    group->count = 0;
    *depth = 0.0;
    *area = 0.0;
    sink[seed] = SEEN;
    TL_TRY(tl_hydro_cellqueue_put(group, seed, err));
    for (ptrdiff_t k = 0; k < group->count; k++) {
        const ptrdiff_t at = group->cell[k];
        const ptrdiff_t row = at / ncol;
        *depth = fmax(*depth, (double)filled->data[at] - (double)dem->data[at]);
        *area += cells->dx_m[row] * cells->dy_m[row];
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            const ptrdiff_t next = tl_terrain_neighbour(dem, row, at % ncol, i);
            if (next >= 0 && sink[next] == FREE && filled->data[next] > dem->data[next]) {
                sink[next] = SEEN;
                TL_TRY(tl_hydro_cellqueue_put(group, next, err));
            }
        }
    }
    return TL_OK;
}

static tl_code keep(const tl_grid *dem, const tl_sink_limits *limits, const tl_cells *cells,
                    tl_grid *filled, unsigned char *sink, ptrdiff_t *n_sinks, tl_err *err) {
    const ptrdiff_t n = dem->nrow * dem->ncol;
    tl_cellqueue group = {0};
    tl_code code = TL_OK;
    memset(sink, FREE, (size_t)n);
    for (ptrdiff_t at = 0; at < n && code == TL_OK; at++) {
        /* A kept sink is level with dem again, so it is not found twice. */
        if (sink[at] != FREE || !(filled->data[at] > dem->data[at])) {
            continue;
        }
        double depth;
        double area;
        code = measure(dem, filled, cells, sink, at, &group, &depth, &area, err);
        const int kept = (limits->max_depth_m > 0.0 && depth > limits->max_depth_m) ||
                         (limits->max_area_m2 > 0.0 && area > limits->max_area_m2);
        *n_sinks += kept && code == TL_OK;
        for (ptrdiff_t k = 0; k < group.count && kept; k++) {
            sink[group.cell[k]] = KEPT;
            filled->data[group.cell[k]] = dem->data[group.cell[k]];
        }
    }
    tl_hydro_cellqueue_free(&group);
    for (ptrdiff_t at = 0; at < n; at++) {
        sink[at] = sink[at] == KEPT;
    }
    return code;
}

tl_code tl_hydro_keep_sinks(const tl_grid *dem, const tl_sink_limits *limits, tl_grid *filled,
                            unsigned char *sink, ptrdiff_t *n_sinks, tl_err *err) {
    *n_sinks = 0;
    if (!(limits->max_depth_m >= 0.0 && limits->max_area_m2 >= 0.0)) {
        return tl_fail(err, TL_ARG,
                       "sinks: limits of %g m and %g m2 are not both 0 or above; 0 means no limit",
                       limits->max_depth_m, limits->max_area_m2);
    }
    if (filled->nrow != dem->nrow || filled->ncol != dem->ncol) {
        return tl_fail(err, TL_SHAPE,
                       "sinks: the filled surface has %td x %td cells, the elevation %td x %td",
                       filled->nrow, filled->ncol, dem->nrow, dem->ncol);
    }
    tl_cells cells;
    TL_TRY(tl_terrain_cells_init(&cells, dem, "sinks", err));
    const tl_code code = keep(dem, limits, &cells, filled, sink, n_sinks, err);
    tl_terrain_cells_free(&cells);
    return code;
}
