/* SPDX-License-Identifier: GPL-2.0-or-later
 * Flow directions, accumulation without sorting, specific catchment area; see flow.h. */
#include "hydro/flow.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "hydro/cellqueue.h"
#include "hydro/downstream.h"
#include "hydro/route.h"
#include "hydro/spread.h"
#include "terrain/cells.h"
#include "terrain/gradient.h"
#include "terrain/neighbours.h"

/* --- one direction per cell --- */

/* Number of the lowest set bit; -1: none is set. */
static int direction_of(unsigned char receivers) {
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        if (receivers >> i & 1) {
            return i;
        }
    }
    return -1;
}

tl_code tl_hydro_d8_init(tl_d8 *d8, const tl_grid *surface, tl_flow_edge edge, const tl_progress *p,
                         tl_err *err) {
    *d8 = (tl_d8){.nrow = surface->nrow, .ncol = surface->ncol};
    const ptrdiff_t n = d8->nrow * d8->ncol;
    const tl_flow_options options = {.method = TL_FLOW_D8, .edge = edge};
    tl_cells cells = {0};
    unsigned char *receivers = NULL; /* their bytes become the directions */
    tl_code code = TL_OK;
    TL_CHECK(tl_terrain_cells_init(&cells, surface, "flow directions", err));
    receivers = tl_acquire(n, sizeof *receivers);
    if (receivers == NULL) {
        code = tl_fail(err, TL_NOMEM, "flow directions: out of memory for %td x %td cells",
                       d8->nrow, d8->ncol);
        goto done;
    }
    d8->direction = (signed char *)receivers;
    const tl_route route = {surface, &cells, &options};
    TL_CHECK(tl_hydro_route_all(&route, receivers, p, err));
    for (ptrdiff_t at = 0; at < n; at++) {
        d8->direction[at] = (signed char)direction_of(receivers[at]);
    }
    code = tl_progress_at(p, 1.0, err);
done:
    tl_terrain_cells_free(&cells);
    if (code != TL_OK) {
        tl_hydro_d8_free(d8);
    }
    return code;
}

void tl_hydro_d8_free(tl_d8 *d8) {
    if (d8 != NULL) {
        tl_release(d8->direction);
        *d8 = (tl_d8){0};
    }
}

tl_code tl_hydro_d8_accumulate(const tl_d8 *d8, const tl_grid *surface, double *total,
                               tl_err *err) {
    tl_downstream walk;
    TL_TRY(tl_hydro_downstream_init(&walk, d8, surface, err));
    for (ptrdiff_t at = 0; at < d8->nrow * d8->ncol; at++) {
        total[at] = 0.0;
    }
    for (ptrdiff_t at = tl_hydro_downstream_next(&walk); at >= 0;
         at = tl_hydro_downstream_next(&walk)) {
        total[at] += 1.0;
        const ptrdiff_t next = tl_hydro_d8_next(d8, at);
        if (next >= 0) {
            total[next] += total[at];
        }
    }
    tl_hydro_downstream_free(&walk);
    return TL_OK;
}

/* --- accumulation --- */

typedef struct spread {
    tl_route route;
    int64_t *total;           /* [n] grains, see hydro/spread.h */
    double grains;            /* of one unit of flow */
    unsigned char *receivers; /* [n] as tl_hydro_route_all */
    /* [n / 2 + 1] two cells per byte: donors that have not passed on yet; DONE = has passed on */
    unsigned char *waiting;
    tl_cellqueue ready; /* used as a stack: water is followed downhill */
} spread;

enum { DONE = 15 };

static inline int waiting_at(const spread *s, ptrdiff_t at) {
    return s->waiting[at / 2] >> 4 * (at % 2) & DONE;
}

/* Takes one from the donors of a cell; gives 1 when it was the last. */
static inline int was_last(spread *s, ptrdiff_t at) {
    s->waiting[at / 2] = (unsigned char)(s->waiting[at / 2] - (1 << 4 * (at % 2)));
    return waiting_at(s, at) == 0;
}

/* What the cells of a row add of their own: their size times their weights. */
static double size_of(const tl_route *route, ptrdiff_t row) {
    return route->options->unit == TL_FLOW_M2 ? route->cells->dx_m[row] * route->cells->dy_m[row]
                                              : 1.0;
}

static const float *weights_of(const tl_route *route, ptrdiff_t row) {
    const tl_grid *weight = route->options->weight;
    return weight == NULL ? NULL : weight->data + row * weight->ncol;
}

static tl_code find_grains(spread *s, tl_err *err) {
    const tl_grid *g = s->route.surface;
    double most = 0.0;
    for (ptrdiff_t row = 0; row < g->nrow; row++) {
        most += tl_hydro_spread_most(size_of(&s->route, row), weights_of(&s->route, row), g->ncol);
    }
    return tl_hydro_spread_grains(most, &s->grains, err);
}

/* Counts the neighbours in one row that pass on to the cells of another one.
 *
 * donors  [ncol] receivers of the cells of the donors' row
 * dcol    the donor of column c stands at column c + dcol
 * bit     of the receiver that it must have */
static void add_donors(const unsigned char *donors, ptrdiff_t ncol, int dcol, int bit,
                       unsigned char *count) {
    const ptrdiff_t end = dcol > 0 ? ncol - 1 : ncol;
    for (ptrdiff_t c = dcol < 0 ? 1 : 0; c < end; c++) {
        count[c] = (unsigned char)(count[c] + (donors[c + dcol] >> bit & 1));
    }
}

static tl_code count_donors(spread *s, tl_err *err) {
    const tl_grid *g = s->route.surface;
    unsigned char *count = tl_acquire(g->ncol, 1);
    if (count == NULL) {
        return tl_fail(err, TL_NOMEM, "flow accumulation: out of memory for a row");
    }
    for (ptrdiff_t row = 0; row < g->nrow; row++) {
        memset(count, 0, (size_t)g->ncol);
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            const ptrdiff_t from = row + tl_drow[i];
            if (from >= 0 && from < g->nrow) {
                add_donors(s->receivers + from * g->ncol, g->ncol, tl_dcol[i],
                           (i + 4) % TL_NEIGHBOURS, count);
            }
        }
        const double size = size_of(&s->route, row);
        const float *weight = weights_of(&s->route, row);
        for (ptrdiff_t col = 0; col < g->ncol; col++) {
            const ptrdiff_t at = tl_grid_at(g, row, col);
            const double own = tl_hydro_spread_own(size, weight == NULL ? 1.0F : weight[col]);
            s->total[at] = tl_hydro_spread_whole(own * s->grains);
            s->waiting[at / 2] = (unsigned char)(s->waiting[at / 2] | count[col] << 4 * (at % 2));
        }
    }
    tl_release(count);
    return TL_OK;
}

/* Passes the flow of one cell on; cells that wait for no other one become ready. */
static tl_code pass_on(spread *s, ptrdiff_t at, tl_err *err) {
    const ptrdiff_t ncol = s->route.surface->ncol;
    const unsigned char receivers = s->receivers[at];
    s->waiting[at / 2] = (unsigned char)(s->waiting[at / 2] | DONE << 4 * (at % 2));
    if (receivers == 0) {
        return TL_OK;
    }
    double share[TL_NEIGHBOURS];
    tl_hydro_route_shares(&s->route, at / ncol, at % ncol, receivers, share);
    const int64_t passed = s->total[at] > 0 ? s->total[at] : 0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        if (!(receivers >> i & 1)) {
            continue;
        }
        const ptrdiff_t to = at + tl_drow[i] * ncol + tl_dcol[i];
        s->total[to] += tl_hydro_spread_part(passed, share[i]);
        if (was_last(s, to)) {
            TL_TRY(tl_hydro_cellqueue_put(&s->ready, to, err));
        }
    }
    return TL_OK;
}

static tl_code spread_all(spread *s, const tl_progress *p, tl_err *err) {
    const tl_grid *g = s->route.surface;
    const ptrdiff_t n = g->nrow * g->ncol;
    TL_TRY(find_grains(s, err));
    TL_TRY(count_donors(s, err));
    for (ptrdiff_t at = 0; at < n; at++) {
        if (at % 65536 == 0) {
            TL_TRY(tl_progress_at(p, (double)at / (double)n, err));
        }
        if (waiting_at(s, at) != 0) {
            continue;
        }
        TL_TRY(pass_on(s, at, err));
        while (s->ready.count > 0) {
            TL_TRY(pass_on(s, tl_hydro_cellqueue_pop(&s->ready), err));
        }
    }
    return TL_OK;
}

/* Stores the sums as floats in the front half of their own memory, which becomes the grid's; the
 * other half is given back where that can be done. */
static tl_code hand_over(spread *s, tl_grid *flow, tl_err *err) {
    const tl_grid *g = s->route.surface;
    TL_TRY(tl_grid_init(flow, 1, 1, &g->geo, err));
    char *bytes = (char *)s->total;
    for (ptrdiff_t at = 0; at < g->nrow * g->ncol; at++) {
        int64_t sum;
        memcpy(&sum, bytes + (size_t)at * sizeof sum, sizeof sum);
        const float stored = isnan(g->data[at]) ? NAN : (float)((double)sum / s->grains);
        memcpy(bytes + (size_t)at * sizeof stored, &stored, sizeof stored);
    }
    tl_release(flow->data);
    flow->data = (float *)(void *)bytes;
    float *half = tl_grow(flow->data, g->nrow * g->ncol, g->nrow * g->ncol, sizeof *half);
    flow->data = half == NULL ? flow->data : half;
    flow->nrow = g->nrow;
    flow->ncol = g->ncol;
    s->total = NULL;
    return TL_OK;
}

static tl_code check_options(const tl_grid *surface, const tl_flow_options *options, tl_err *err) {
    if (options->method == TL_FLOW_MFD &&
        !(options->convergence > 0.0 && options->convergence <= 20.0)) {
        return tl_fail(err, TL_ARG,
                       "flow accumulation: a convergence of %g is outside (0, 20]; 1.1 is usual",
                       options->convergence);
    }
    const tl_grid *weight = options->weight;
    if (weight != NULL && (weight->nrow != surface->nrow || weight->ncol != surface->ncol)) {
        return tl_fail(err, TL_SHAPE,
                       "flow accumulation: the weights have %td x %td cells, the elevation %td x "
                       "%td; warp them to the grid of the elevation",
                       weight->nrow, weight->ncol, surface->nrow, surface->ncol);
    }
    return TL_OK;
}

tl_code tl_hydro_accumulate(const tl_grid *surface, const tl_flow_options *options, tl_grid *flow,
                            const tl_progress *p, tl_err *err) {
    *flow = (tl_grid){0};
    TL_TRY(check_options(surface, options, err));
    const ptrdiff_t n = surface->nrow * surface->ncol;
    const tl_progress first = tl_progress_part(p, 0.0, 0.2);
    const tl_progress rest = tl_progress_part(p, 0.2, 1.0);
    tl_cells cells = {0};
    spread s = {.route = {surface, &cells, options}};
    tl_code code = TL_OK;
    TL_CHECK(tl_terrain_cells_init(&cells, surface, "flow accumulation", err));
    s.receivers = tl_acquire(n, 1);
    if (s.receivers != NULL) {
        TL_CHECK(tl_hydro_route_all(&s.route, s.receivers, &first, err));
    }
    s.waiting = tl_acquire(n / 2 + 1, 1);
    s.total = tl_acquire(n, sizeof *s.total);
    if (s.receivers == NULL || s.waiting == NULL || s.total == NULL) {
        code = tl_fail(err, TL_NOMEM, "flow accumulation: out of memory for %td cells", n);
        goto done;
    }
    TL_CHECK(spread_all(&s, &rest, err));
    TL_CHECK(hand_over(&s, flow, err));
    code = tl_progress_at(p, 1.0, err);
done:
    tl_terrain_cells_free(&cells);
    tl_release(s.receivers);
    tl_release(s.waiting);
    tl_release(s.total);
    tl_hydro_cellqueue_free(&s.ready);
    if (code != TL_OK) {
        tl_grid_free(flow);
    }
    return code;
}

/* --- specific catchment area --- */

void tl_hydro_sca_rows(const tl_grid *surface, const tl_grid *area_m2, const tl_cells *cells,
                       ptrdiff_t row0, ptrdiff_t n_rows, float *sca) {
    for (ptrdiff_t row = row0; row < row0 + n_rows; row++) {
        for (ptrdiff_t col = 0; col < surface->ncol; col++, sca++) {
            const ptrdiff_t at = tl_grid_at(surface, row, col);
            if (isnan(surface->data[at]) || isnan(area_m2->data[at])) {
                *sca = NAN;
                continue;
            }
            double north;
            double east;
            tl_terrain_gradient(surface, row, col, cells->dx_m[row], cells->dy_m[row],
                                TL_SLOPE_ZEVENBERGEN_THORNE, &north, &east);
            const double aspect = tl_terrain_aspect(north, east);
            const double a = isnan(aspect) ? -1.0 : aspect;
            const double width = fabs(cos(a)) * cells->dx_m[row] + fabs(sin(a)) * cells->dy_m[row];
            *sca = (float)((double)area_m2->data[at] / width);
        }
    }
}

tl_code tl_hydro_sca(const tl_grid *surface, const tl_grid *area_m2, tl_grid *sca, tl_err *err) {
    *sca = (tl_grid){0};
    if (area_m2->nrow != surface->nrow || area_m2->ncol != surface->ncol) {
        return tl_fail(
            err, TL_SHAPE,
            "specific catchment area: the area has %td x %td cells, the elevation %td x %td",
            area_m2->nrow, area_m2->ncol, surface->nrow, surface->ncol);
    }
    tl_cells cells;
    TL_TRY(tl_terrain_cells_init(&cells, surface, "specific catchment area", err));
    const tl_code code = tl_grid_init(sca, surface->nrow, surface->ncol, &surface->geo, err);
    if (code == TL_OK) {
        tl_hydro_sca_rows(surface, area_m2, &cells, 0, surface->nrow, sca->data);
    }
    tl_terrain_cells_free(&cells);
    return code;
}
