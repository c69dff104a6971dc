/* SPDX-License-Identifier: GPL-2.0-or-later
 * Water from beyond the edge followed downhill; see contamination.h. */
#include "hydro/contamination.h"

#include <math.h>

#include "base/alloc.h"
#include "hydro/cellqueue.h"
#include "hydro/route.h"
#include "terrain/cells.h"
#include "terrain/neighbours.h"

static tl_code mark(tl_grid *mask, ptrdiff_t at, tl_cellqueue *open, tl_err *err) {
    if (mask->data[at] > 0.0F) {
        return TL_OK;
    }
    mask->data[at] = 1.0F;
    return tl_hydro_cellqueue_put(open, at, err);
}

static int lacks_neighbour(const tl_grid *g, ptrdiff_t row, ptrdiff_t col) {
    int lacks = 0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        lacks |= tl_terrain_neighbour(g, row, col, i) < 0;
    }
    return lacks;
}

/* Marks the cells next to missing ones and all that these drain into. */
static tl_code follow(const tl_grid *surface, const unsigned char *receivers, tl_grid *mask,
                      tl_err *err) {
    tl_cellqueue open = {0};
    tl_code code = TL_OK;
    for (ptrdiff_t row = 0; row < surface->nrow; row++) {
        for (ptrdiff_t col = 0; col < surface->ncol; col++) {
            const ptrdiff_t at = tl_grid_at(surface, row, col);
            if (isnan(surface->data[at])) {
                mask->data[at] = NAN;
            } else if (lacks_neighbour(surface, row, col)) {
                TL_CHECK(mark(mask, at, &open, err));
            }
        }
    }
    while (open.count > 0) {
        const ptrdiff_t at = tl_hydro_cellqueue_pop(&open);
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            if (receivers[at] >> i & 1) {
                TL_CHECK(mark(mask, at + tl_drow[i] * surface->ncol + tl_dcol[i], &open, err));
            }
        }
    }
done:
    tl_hydro_cellqueue_free(&open);
    return code;
}

tl_code tl_hydro_contamination(const tl_grid *surface, const tl_flow_options *options,
                               tl_grid *mask, const tl_progress *p, tl_err *err) {
    *mask = (tl_grid){0};
    tl_cells cells = {0};
    /* Whatever the edge rule of the options: cells downstream of an edge cell may lack its
     * water. */
    tl_flow_options open = *options;
    open.edge = TL_FLOW_EDGE_DRAIN;
    const tl_route route = {surface, &cells, &open};
    unsigned char *receivers = tl_acquire(surface->nrow * surface->ncol, 1);
    tl_code code = TL_OK;
    if (receivers == NULL) {
        return tl_no_memory(err, "%td x %td cells", surface->nrow, surface->ncol);
    }
    TL_CHECK(tl_terrain_cells_init(&cells, surface, "edge contamination", err));
    TL_CHECK(tl_grid_init(mask, surface->nrow, surface->ncol, &surface->geo, err));
    TL_CHECK(tl_hydro_route_all(&route, receivers, p, err));
    TL_CHECK(follow(surface, receivers, mask, err));
done:
    tl_terrain_cells_free(&cells);
    tl_release(receivers);
    if (code != TL_OK) {
        tl_grid_free(mask);
    }
    return code;
}
