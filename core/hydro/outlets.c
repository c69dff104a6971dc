/* SPDX-License-Identifier: GPL-2.0-or-later
 * The stream cell nearest to a point; see outlets.h. */
#include "hydro/outlets.h"

#include <math.h>

#include "base/alloc.h"
#include "terrain/cells.h"

/* First and last index of a window around position, inside 0 .. size-1. */
static void window(double position, double reach, ptrdiff_t size, ptrdiff_t *from, ptrdiff_t *to) {
    *from = (ptrdiff_t)fmax(floor(position - reach), 0.0);
    *to = (ptrdiff_t)fmin(floor(position + reach), (double)(size - 1));
}

static void find_nearest(const tl_grid *surface, const tl_cells *cells, const unsigned char *mask,
                         double col, double row, double limit_m, tl_snap *snap) {
    if (!(col >= 0.0 && col < (double)surface->ncol && row >= 0.0 && row < (double)surface->nrow)) {
        snap->state = TL_SNAP_OUTSIDE;
        return;
    }
    const double dx = cells->dx_m[(ptrdiff_t)row];
    const double dy = cells->dy_m[(ptrdiff_t)row];
    ptrdiff_t r0, r1, c0, c1;
    window(row, limit_m / dy, surface->nrow, &r0, &r1);
    window(col, limit_m / dx, surface->ncol, &c0, &c1);
    double best = limit_m * limit_m;
    snap->state = TL_SNAP_FAR;
    for (ptrdiff_t r = r0; r <= r1; r++) {
        for (ptrdiff_t c = c0; c <= c1; c++) {
            const double east = ((double)c + 0.5 - col) * dx;
            const double north = ((double)r + 0.5 - row) * dy;
            const double d2 = east * east + north * north;
            if (mask[r * surface->ncol + c] &&
                (d2 < best || (d2 <= best && snap->state == TL_SNAP_FAR))) {
                best = d2;
                *snap = (tl_snap){TL_SNAP_DONE, r * surface->ncol + c, sqrt(d2)};
            }
        }
    }
}

tl_code tl_hydro_snap(const tl_grid *surface, const tl_d8 *d8, const tl_streams_options *options,
                      const double *x, const double *y, ptrdiff_t n, double limit_m, tl_snap *snap,
                      tl_err *err) {
    tl_cells cells = {0};
    tl_code code = TL_OK;
    unsigned char *mask = tl_acquire(surface->nrow * surface->ncol, 1);
    if (mask == NULL) {
        return tl_fail(err, TL_NOMEM, "outlets: out of memory for %td x %td cells", surface->nrow,
                       surface->ncol);
    }
    TL_CHECK(tl_cells_init(&cells, surface, "outlets", err));
    TL_CHECK(tl_hydro_stream_mask(surface, d8, options, mask, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        double col, row;
        snap[i] = (tl_snap){TL_SNAP_OUTSIDE, -1, (double)NAN};
        TL_CHECK(tl_georef_to_cell(&surface->geo, x[i], y[i], &col, &row, err));
        find_nearest(surface, &cells, mask, col, row, limit_m, &snap[i]);
        for (ptrdiff_t k = 0; k < i && snap[i].state == TL_SNAP_DONE; k++) {
            if (snap[k].cell == snap[i].cell) {
                snap[i] = (tl_snap){TL_SNAP_TAKEN, -1, (double)NAN};
            }
        }
    }
done:
    tl_cells_free(&cells);
    tl_release(mask);
    return code;
}
