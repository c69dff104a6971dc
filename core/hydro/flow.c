/* SPDX-License-Identifier: GPL-2.0-or-later
 * Flow directions, accumulation without sorting, specific catchment area; see flow.h. */
#include "hydro/flow.h"

#include <math.h>

#include "base/alloc.h"
#include "terrain/cells.h"
#include "terrain/neighbours.h"
#include "terrain/slope.h"

/* --- one direction per cell --- */

static int steepest(const tl_grid *g, ptrdiff_t row, ptrdiff_t col,
                    const double length[TL_NEIGHBOURS], tl_flow_edge edge) {
    const double z = (double)g->data[tl_grid_at(g, row, col)];
    int best = -1;
    double best_drop = 0.0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t at = tl_neighbour(g, row, col, i);
        if (at < 0) {
            if (edge == TL_FLOW_EDGE_SAGA) {
                return -1;
            }
            continue;
        }
        const double drop = (z - (double)g->data[at]) / length[i];
        if (drop > best_drop) {
            best_drop = drop;
            best = i;
        }
    }
    return best;
}

ptrdiff_t tl_d8_next(const tl_d8 *d8, ptrdiff_t at) {
    const int i = d8->direction[at];
    return i < 0 ? -1 : at + tl_drow[i] * d8->ncol + tl_dcol[i];
}

/* Cells are listed as soon as all that drain into them are listed. inflows [n] is used up. */
static void order_cells(tl_d8 *d8, const tl_grid *surface, unsigned char *inflows) {
    const ptrdiff_t n = d8->nrow * d8->ncol;
    for (ptrdiff_t at = 0; at < n; at++) {
        const ptrdiff_t next = tl_d8_next(d8, at);
        if (next >= 0) {
            inflows[next]++;
        }
    }
    for (ptrdiff_t at = 0; at < n; at++) {
        if (inflows[at] == 0 && !isnan(surface->data[at])) {
            d8->order[d8->n_order++] = at;
        }
    }
    for (ptrdiff_t k = 0; k < d8->n_order; k++) {
        const ptrdiff_t next = tl_d8_next(d8, d8->order[k]);
        if (next >= 0 && --inflows[next] == 0) {
            d8->order[d8->n_order++] = next;
        }
    }
}

static tl_code find_directions(tl_d8 *d8, const tl_grid *surface, tl_flow_edge edge,
                               const tl_cells *cells, const tl_progress *p, tl_err *err) {
    for (ptrdiff_t row = 0; row < d8->nrow; row++) {
        if (row % 64 == 0) {
            TL_TRY(tl_progress_at(p, (double)row / (double)d8->nrow, err));
        }
        double length[TL_NEIGHBOURS];
        tl_neighbour_lengths(cells->dx_m[row], cells->dy_m[row], length);
        for (ptrdiff_t col = 0; col < d8->ncol; col++) {
            const ptrdiff_t at = tl_grid_at(surface, row, col);
            d8->direction[at] = isnan(surface->data[at])
                                    ? (signed char)-1
                                    : (signed char)steepest(surface, row, col, length, edge);
        }
    }
    return TL_OK;
}

tl_code tl_d8_init(tl_d8 *d8, const tl_grid *surface, tl_flow_edge edge, const tl_progress *p,
                   tl_err *err) {
    *d8 = (tl_d8){.nrow = surface->nrow, .ncol = surface->ncol};
    const ptrdiff_t n = d8->nrow * d8->ncol;
    tl_cells cells = {0};
    unsigned char *inflows = NULL;
    tl_code code = TL_OK;
    TL_CHECK(tl_cells_init(&cells, surface, "flow directions", err));
    d8->direction = tl_acquire(n, sizeof *d8->direction);
    d8->order = tl_acquire(n, sizeof *d8->order);
    inflows = tl_acquire(n, 1);
    if (d8->direction == NULL || d8->order == NULL || inflows == NULL) {
        code = tl_fail(err, TL_NOMEM, "flow directions: out of memory for %td x %td cells",
                       d8->nrow, d8->ncol);
        goto done;
    }
    TL_CHECK(find_directions(d8, surface, edge, &cells, p, err));
    order_cells(d8, surface, inflows);
    code = tl_progress_at(p, 1.0, err);
done:
    tl_cells_free(&cells);
    tl_release(inflows);
    if (code != TL_OK) {
        tl_d8_free(d8);
    }
    return code;
}

void tl_d8_free(tl_d8 *d8) {
    if (d8 != NULL) {
        tl_release(d8->direction);
        tl_release(d8->order);
        *d8 = (tl_d8){0};
    }
}

void tl_d8_accumulate(const tl_d8 *d8, const double *weight, double *total) {
    const ptrdiff_t n = d8->nrow * d8->ncol;
    for (ptrdiff_t at = 0; at < n; at++) {
        total[at] = 0.0;
    }
    for (ptrdiff_t k = 0; k < d8->n_order; k++) {
        const ptrdiff_t at = d8->order[k];
        total[at] += weight == NULL ? 1.0 : weight[at / d8->ncol];
        const ptrdiff_t next = tl_d8_next(d8, at);
        if (next >= 0) {
            total[next] += total[at];
        }
    }
}

/* --- several directions per cell --- */

typedef struct spread {
    const tl_grid *surface;
    const tl_flow_options *options;
    const tl_cells *cells;
    double *total;          /* [n] */
    unsigned char *inflows; /* [n] higher neighbours that have not passed on yet */
    ptrdiff_t *queue;       /* [n] cells in an order from high to low */
    ptrdiff_t count;
} spread;

/* Lists the sources: cells without a higher neighbour. */
static void list_sources(spread *s) {
    const tl_grid *g = s->surface;
    for (ptrdiff_t row = 0; row < g->nrow; row++) {
        for (ptrdiff_t col = 0; col < g->ncol; col++) {
            const ptrdiff_t at = tl_grid_at(g, row, col);
            if (isnan(g->data[at])) {
                continue;
            }
            for (int i = 0; i < TL_NEIGHBOURS; i++) {
                const ptrdiff_t other = tl_neighbour(g, row, col, i);
                s->inflows[at] =
                    (unsigned char)(s->inflows[at] + (other >= 0 && g->data[other] > g->data[at]));
            }
            s->total[at] =
                s->options->unit == TL_FLOW_M2 ? s->cells->dx_m[row] * s->cells->dy_m[row] : 1.0;
            if (s->inflows[at] == 0) {
                s->queue[s->count++] = at;
            }
        }
    }
}

/* Passes the flow of one cell on in proportion to (drop / distance)^convergence. */
static void pass_on(spread *s, ptrdiff_t at) {
    const tl_grid *g = s->surface;
    const ptrdiff_t row = at / g->ncol;
    const ptrdiff_t col = at % g->ncol;
    const double z = (double)g->data[at];
    double length[TL_NEIGHBOURS];
    tl_neighbour_lengths(s->cells->dx_m[row], s->cells->dy_m[row], length);
    ptrdiff_t to[TL_NEIGHBOURS];
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        to[i] = tl_neighbour(g, row, col, i);
    }
    double weight[TL_NEIGHBOURS];
    double sum = 0.0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t opposite = to[(i + 4) % TL_NEIGHBOURS];
        double drop = 0.0;
        if (to[i] >= 0) {
            drop = z - (double)g->data[to[i]];
        } else if (opposite >= 0 && s->options->edge == TL_FLOW_EDGE_SAGA) {
            drop = (double)g->data[opposite] - z;
        }
        weight[i] = drop > 0.0 ? pow(drop / length[i], s->options->convergence) : 0.0;
        sum += weight[i];
    }
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        if (to[i] < 0 || !(g->data[to[i]] < g->data[at])) {
            continue;
        }
        /* A drop so small that its power vanishes passes nothing, but still counts as an inflow
         * done. */
        s->total[to[i]] += sum > 0.0 ? s->total[at] * (weight[i] / sum) : 0.0;
        if (--s->inflows[to[i]] == 0) {
            s->queue[s->count++] = to[i];
        }
    }
}

static tl_code spread_all(spread *s, const tl_progress *p, tl_err *err) {
    list_sources(s);
    const double n = (double)s->surface->nrow * (double)s->surface->ncol;
    for (ptrdiff_t k = 0; k < s->count; k++) {
        if (k % 65536 == 0) {
            TL_TRY(tl_progress_at(p, (double)k / n, err));
        }
        pass_on(s, s->queue[k]);
    }
    return TL_OK;
}

static tl_code accumulate_mfd(const tl_grid *surface, const tl_flow_options *options,
                              const tl_cells *cells, double *total, const tl_progress *p,
                              tl_err *err) {
    const ptrdiff_t n = surface->nrow * surface->ncol;
    spread s = {.surface = surface, .options = options, .cells = cells, .total = total};
    s.inflows = tl_acquire(n, 1);
    s.queue = tl_acquire(n, sizeof *s.queue);
    tl_code code = TL_OK;
    if (s.inflows == NULL || s.queue == NULL) {
        code = tl_fail(err, TL_NOMEM, "flow accumulation: out of memory for %td cells", n);
    }
    if (code == TL_OK) {
        code = spread_all(&s, p, err);
    }
    tl_release(s.inflows);
    tl_release(s.queue);
    return code;
}

static tl_code accumulate_d8(const tl_grid *surface, const tl_flow_options *options,
                             const tl_cells *cells, double *total, const tl_progress *p,
                             tl_err *err) {
    tl_d8 d8;
    TL_TRY(tl_d8_init(&d8, surface, options->edge, p, err));
    tl_code code = TL_OK;
    double *area = tl_acquire(surface->nrow, sizeof *area);
    if (area == NULL) {
        code =
            tl_fail(err, TL_NOMEM, "flow accumulation: out of memory for %td rows", surface->nrow);
    } else {
        for (ptrdiff_t row = 0; row < surface->nrow; row++) {
            area[row] = cells->dx_m[row] * cells->dy_m[row];
        }
        tl_d8_accumulate(&d8, options->unit == TL_FLOW_M2 ? area : NULL, total);
    }
    tl_release(area);
    tl_d8_free(&d8);
    return code;
}

tl_code tl_hydro_accumulate(const tl_grid *surface, const tl_flow_options *options, tl_grid *flow,
                            const tl_progress *p, tl_err *err) {
    *flow = (tl_grid){0};
    if (options->method == TL_FLOW_MFD &&
        !(options->convergence > 0.0 && options->convergence <= 20.0)) {
        return tl_fail(err, TL_ARG,
                       "flow accumulation: a convergence of %g is outside (0, 20]; 1.1 is usual",
                       options->convergence);
    }
    const ptrdiff_t n = surface->nrow * surface->ncol;
    tl_cells cells = {0};
    double *total = NULL;
    tl_code code = TL_OK;
    TL_CHECK(tl_cells_init(&cells, surface, "flow accumulation", err));
    TL_CHECK(tl_grid_init(flow, surface->nrow, surface->ncol, &surface->geo, err));
    total = tl_acquire(n, sizeof *total);
    if (total == NULL) {
        code = tl_fail(err, TL_NOMEM, "flow accumulation: out of memory for %td sums", n);
        goto done;
    }
    code = options->method == TL_FLOW_MFD ? accumulate_mfd(surface, options, &cells, total, p, err)
                                          : accumulate_d8(surface, options, &cells, total, p, err);
    if (code != TL_OK) {
        goto done;
    }
    for (ptrdiff_t at = 0; at < n; at++) {
        flow->data[at] = isnan(surface->data[at]) ? NAN : (float)total[at];
    }
    code = tl_progress_at(p, 1.0, err);
done:
    tl_cells_free(&cells);
    tl_release(total);
    if (code != TL_OK) {
        tl_grid_free(flow);
    }
    return code;
}

/* --- specific catchment area --- */

tl_code tl_hydro_sca(const tl_grid *surface, const tl_grid *area_m2, tl_grid *sca, tl_err *err) {
    *sca = (tl_grid){0};
    if (area_m2->nrow != surface->nrow || area_m2->ncol != surface->ncol) {
        return tl_fail(
            err, TL_SHAPE,
            "specific catchment area: the area has %td x %td cells, the elevation %td x %td",
            area_m2->nrow, area_m2->ncol, surface->nrow, surface->ncol);
    }
    tl_cells cells;
    TL_TRY(tl_cells_init(&cells, surface, "specific catchment area", err));
    const tl_code code = tl_grid_init(sca, surface->nrow, surface->ncol, &surface->geo, err);
    for (ptrdiff_t row = 0; row < surface->nrow && code == TL_OK; row++) {
        for (ptrdiff_t col = 0; col < surface->ncol; col++) {
            const ptrdiff_t at = tl_grid_at(surface, row, col);
            if (isnan(surface->data[at]) || isnan(area_m2->data[at])) {
                sca->data[at] = NAN;
                continue;
            }
            double north;
            double east;
            tl_terrain_gradient(surface, row, col, cells.dx_m[row], cells.dy_m[row],
                                TL_SLOPE_ZEVENBERGEN_THORNE, &north, &east);
            const double aspect = tl_terrain_aspect(north, east);
            const double a = isnan(aspect) ? -1.0 : aspect;
            const double width = fabs(cos(a)) * cells.dx_m[row] + fabs(sin(a)) * cells.dy_m[row];
            sca->data[at] = (float)((double)area_m2->data[at] / width);
        }
    }
    tl_cells_free(&cells);
    return code;
}
