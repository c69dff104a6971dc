/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lines rasterised and burnt into an elevation model; see burn.h. */
#include "hydro/burn.h"

#include <math.h>

#include "base/alloc.h"

typedef struct burner {
    tl_grid *dem;
    unsigned char *done; /* [n] 1 = lowered already */
    float depth_m;
    tl_burnt *burnt;
} burner;

static void lower(burner *w, double col, double row) {
    const tl_grid *g = w->dem;
    if (!(col >= 0.0 && col < (double)g->ncol && row >= 0.0 && row < (double)g->nrow)) {
        w->burnt->outside += 1.0;
        return;
    }
    const ptrdiff_t at = (ptrdiff_t)row * g->ncol + (ptrdiff_t)col;
    if (isnan(g->data[at])) {
        w->burnt->nodata++;
    } else if (!w->done[at]) {
        w->done[at] = 1;
        g->data[at] -= w->depth_m;
        w->burnt->lowered++;
    }
}

/* Steps from cell a to cell b, both whole numbers, along the longer axis. Steps that the longer
 * axis alone puts outside are counted without being walked, so a line far away costs nothing. */
static void burn_stretch(burner *w, const double a[2], const double b[2]) {
    const int axis = fabs(b[1] - a[1]) > fabs(b[0] - a[0]);
    const double size = (double)(axis == 0 ? w->dem->ncol : w->dem->nrow);
    const double steps = fabs(b[axis] - a[axis]);
    const double way = b[axis] < a[axis] ? -1.0 : 1.0;
    const double rise = steps > 0.0 ? (b[1 - axis] - a[1 - axis]) / steps : 0.0;
    double from = way > 0.0 ? -a[axis] : a[axis] - (size - 1.0);
    double to = way > 0.0 ? size - 1.0 - a[axis] : a[axis];
    from = fmax(from, 0.0);
    to = fmin(to, steps);
    if (from > to) {
        w->burnt->outside += steps + 1.0;
        return;
    }
    w->burnt->outside += from + (steps - to);
    for (double k = from; k <= to; k += 1.0) {
        const double major = a[axis] + way * k;
        const double minor = floor(a[1 - axis] + rise * k + 0.5);
        lower(w, axis == 0 ? major : minor, axis == 0 ? minor : major);
    }
}

tl_code tl_hydro_burn(tl_grid *dem, const double *x, const double *y, const ptrdiff_t *first,
                      ptrdiff_t n_line, double depth_m, tl_burnt *burnt, tl_err *err) {
    *burnt = (tl_burnt){0};
    burner w = {.dem = dem, .depth_m = (float)depth_m, .burnt = burnt};
    w.done = tl_acquire(dem->nrow * dem->ncol, 1);
    if (w.done == NULL) {
        return tl_no_memory(err, "%td x %td cells", dem->nrow, dem->ncol);
    }
    tl_code code = TL_OK;
    for (ptrdiff_t line = 0; line < n_line && code == TL_OK; line++) {
        double before[2] = {(double)NAN, (double)NAN};
        for (ptrdiff_t v = first[line]; v < first[line + 1] && code == TL_OK; v++) {
            double cell[2] = {0.0, 0.0};
            code = tl_georef_to_cell(&dem->geo, x[v], y[v], &cell[0], &cell[1], err);
            cell[0] = floor(cell[0]);
            cell[1] = floor(cell[1]);
            if (code == TL_OK && isfinite(before[0] + before[1] + cell[0] + cell[1])) {
                burn_stretch(&w, before, cell);
            }
            before[0] = cell[0];
            before[1] = cell[1];
        }
    }
    tl_release(w.done);
    return code;
}
