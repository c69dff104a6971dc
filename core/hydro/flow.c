/* SPDX-License-Identifier: GPL-2.0-or-later
 * Flow directions, accumulation without sorting, specific catchment area; see flow.h. */
#include "hydro/flow.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "hydro/accumulator.h"
#include "hydro/cellqueue.h"
#include "hydro/downstream.h"
#include "hydro/route.h"
#include "terrain/cells.h"
#include "terrain/gradient.h"
#include "terrain/neighbours.h"

/* --- one direction per cell --- */

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
        code = tl_no_memory(err, "%td x %td cells", d8->nrow, d8->ncol);
        goto done;
    }
    d8->direction = (signed char *)receivers;
    const tl_route route = {surface, &cells, &options};
    TL_CHECK(tl_hydro_route_all(&route, receivers, p, err));
    for (ptrdiff_t at = 0; at < n; at++) {
        d8->direction[at] = (signed char)tl_hydro_route_direction(receivers[at]);
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

typedef struct summing {
    tl_accumulator accumulator;
    unsigned char *receivers; /* those of the accumulator, to be filled */
    double grains;            /* of one unit of flow */
} summing;

static const float *weights_of(const tl_route *route, ptrdiff_t row) {
    const tl_grid *weight = route->options->weight;
    return weight == NULL ? NULL : weight->data + row * weight->ncol;
}

static tl_code find_grains(summing *s, tl_err *err) {
    const tl_route *route = &s->accumulator.route;
    double total = 0.0;
    for (ptrdiff_t row = 0; row < route->surface->nrow; row++) {
        total += tl_hydro_accumulator_row_total(
            tl_hydro_flow_cell_size(route->options, route->cells, row), weights_of(route, row),
            route->surface->ncol);
    }
    return tl_hydro_accumulator_grains(total, &s->grains, err);
}

/* Counts the neighbours in one row that pass on to the cells of another one.
 *
 * donors  [ncol] receivers of the cells of the donors' row
 * dcol    the donor of column c is in column c + dcol
 * bit     of the receiver that it must have */
static void add_donors(const unsigned char *donors, ptrdiff_t ncol, int dcol, int bit,
                       unsigned char *count) {
    const ptrdiff_t end = dcol > 0 ? ncol - 1 : ncol;
    for (ptrdiff_t c = dcol < 0 ? 1 : 0; c < end; c++) {
        count[c] = (unsigned char)(count[c] + (donors[c + dcol] >> bit & 1));
    }
}

/* Sets what every cell adds, and how many donors it waits for. */
static void start_cells(summing *s) {
    const tl_route *route = &s->accumulator.route;
    const tl_grid *g = route->surface;
    for (ptrdiff_t row = 0; row < g->nrow; row++) {
        unsigned char *waiting = s->accumulator.waiting + row * g->ncol;
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            const ptrdiff_t from = row + tl_drow[i];
            if (from >= 0 && from < g->nrow) {
                add_donors(s->receivers + from * g->ncol, g->ncol, tl_dcol[i],
                           (i + 4) % TL_NEIGHBOURS, waiting);
            }
        }
        const double size = tl_hydro_flow_cell_size(route->options, route->cells, row);
        const float *weight = weights_of(route, row);
        int64_t *total = s->accumulator.total + row * g->ncol;
        for (ptrdiff_t col = 0; col < g->ncol; col++) {
            const double own = tl_hydro_accumulator_own(size, weight == NULL ? 1.0F : weight[col]);
            total[col] = tl_hydro_accumulator_whole(own * s->grains);
        }
    }
}

static tl_code sum_all(summing *s, const tl_progress *p, tl_err *err) {
    const tl_grid *g = s->accumulator.route.surface;
    const ptrdiff_t n = g->nrow * g->ncol;
    TL_TRY(find_grains(s, err));
    start_cells(s);
    for (ptrdiff_t at = 0; at < n; at++) {
        if (at % 65536 == 0) {
            TL_TRY(tl_progress_at(p, (double)at / (double)n, err));
        }
        if (s->accumulator.waiting[at] == 0) {
            TL_TRY(tl_hydro_accumulator_from(&s->accumulator, at, err));
        }
    }
    return TL_OK;
}

/* Stores the sums as floats in the front half of their own memory, which becomes the grid's; the
 * other half is released where the system allows it. */
static tl_code hand_over(summing *s, tl_grid *flow, tl_err *err) {
    const tl_grid *g = s->accumulator.route.surface;
    TL_TRY(tl_grid_init(flow, 1, 1, &g->geo, err));
    char *bytes = (char *)s->accumulator.total;
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
    s->accumulator.total = NULL;
    return TL_OK;
}

tl_code tl_hydro_flow_check(const tl_flow_options *options, tl_err *err) {
    if (options->method == TL_FLOW_MFD &&
        !(options->convergence > 0.0 && options->convergence <= 20.0)) {
        return tl_fail(err, TL_ARG,
                       "flow accumulation: a convergence of %g is outside (0, 20]; 1.1 is usual",
                       options->convergence);
    }
    return TL_OK;
}

static tl_code check_weights(const tl_grid *surface, const tl_grid *weight, tl_err *err) {
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
    TL_TRY(tl_hydro_flow_check(options, err));
    TL_TRY(check_weights(surface, options->weight, err));
    const ptrdiff_t n = surface->nrow * surface->ncol;
    const tl_progress first = tl_progress_part(p, 0.0, 0.2);
    const tl_progress rest = tl_progress_part(p, 0.2, 1.0);
    tl_cells cells = {0};
    summing s = {.accumulator.route = {surface, &cells, options}};
    tl_accumulator *a = &s.accumulator;
    tl_code code = TL_OK;
    TL_CHECK(tl_terrain_cells_init(&cells, surface, "flow accumulation", err));
    a->receivers = s.receivers = tl_acquire(n, 1);
    if (s.receivers != NULL) {
        TL_CHECK(tl_hydro_route_all(&a->route, s.receivers, &first, err));
    }
    a->waiting = tl_acquire(n, 1);
    a->total = tl_acquire(n, sizeof *a->total);
    if (s.receivers == NULL || a->waiting == NULL || a->total == NULL) {
        code = tl_no_memory(err, "the flow accumulation of %td cells", n);
        goto done;
    }
    TL_CHECK(sum_all(&s, &rest, err));
    TL_CHECK(hand_over(&s, flow, err));
    code = tl_progress_at(p, 1.0, err);
done:
    tl_terrain_cells_free(&cells);
    tl_release(s.receivers);
    tl_release(a->waiting);
    tl_release(a->total);
    tl_hydro_cellqueue_free(&a->ready);
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
