/* SPDX-License-Identifier: GPL-2.0-or-later
 * Grids of flow directions; see flow.h and route.h. */
#include <math.h>

#include "base/alloc.h"
#include "hydro/route.h"

int tl_hydro_direction_number(int direction, tl_direction_code code) {
    switch (code) {
        case TL_DIRECTION_ESRI:
            return direction < 0 ? 0 : 1 << (direction + 6) % TL_NEIGHBOURS;
        case TL_DIRECTION_TAUDEM:
            return direction < 0 ? 0 : (10 - direction) % TL_NEIGHBOURS + 1;
        case TL_DIRECTION_SAGA:
            break;
    }
    return direction;
}

void tl_hydro_route_directions(const tl_route *route, ptrdiff_t row0, ptrdiff_t n_rows,
                               const unsigned char *receivers, tl_direction_code code, float *out) {
    double length[TL_NEIGHBOURS];
    const tl_grid *g = route->surface;
    for (ptrdiff_t at = row0 * g->ncol; at < (row0 + n_rows) * g->ncol; at++, out++) {
        const ptrdiff_t row = at / g->ncol;
        const int direction = tl_hydro_route_direction(receivers[at]);
        if (isnan(g->data[at])) {
            *out = NAN;
        } else if (route->options->method == TL_FLOW_D8) {
            *out = (float)tl_hydro_direction_number(direction, code);
        } else if (direction < 0) {
            *out = NAN;
        } else {
            tl_dinf flow = tl_hydro_route_dinf(route, row, at % g->ncol);
            flow = flow.from < 0 ? (tl_dinf){direction, 0.0} : flow;
            tl_terrain_neighbour_lengths(route->cells->dx_m[row], route->cells->dy_m[row], length);
            *out = (float)tl_hydro_dinf_angle(flow, length);
        }
    }
}

tl_code tl_hydro_directions(const tl_grid *surface, const tl_flow_options *options,
                            tl_direction_code code_of, tl_grid *out, const tl_progress *p,
                            tl_err *err) {
    *out = (tl_grid){0};
    if (options->method == TL_FLOW_MFD || options->method == TL_FLOW_MFD_QIN) {
        return tl_fail(
            err, TL_ARG,
            "flow directions: multiple flow has several per cell; choose the routing d8, "
            "dinf_saga or dinf_tarboton");
    }
    tl_cells cells = {0};
    unsigned char *receivers = NULL;
    tl_code code = TL_OK;
    TL_CHECK(tl_terrain_cells_init(&cells, surface, "flow directions", err));
    TL_CHECK(tl_grid_init(out, surface->nrow, surface->ncol, &surface->geo, err));
    receivers = tl_acquire(surface->nrow * surface->ncol, 1);
    if (receivers == NULL) {
        code = tl_no_memory(err, "%td x %td cells", surface->nrow, surface->ncol);
        goto done;
    }
    const tl_route route = {surface, &cells, options};
    TL_CHECK(tl_hydro_route_all(&route, receivers, p, err));
    tl_hydro_route_directions(&route, 0, out->nrow, receivers, code_of, out->data);
done:
    tl_terrain_cells_free(&cells);
    tl_release(receivers);
    if (code != TL_OK) {
        tl_grid_free(out);
    }
    return code;
}
