/* SPDX-License-Identifier: GPL-2.0-or-later
 * The list of stream cells; see stream_net.h. */
#include "hydro/stream_net.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "hydro/accumulator.h"
#include "hydro/downstream.h"

tl_code tl_hydro_net_check(const tl_streams_options *options, tl_err *err) {
    return options->threshold_cells > 0.0 || options->threshold_m2 > 0.0
               ? TL_OK
               : tl_fail(err, TL_ARG, "streams: the threshold is not above 0 cells or 0 m2");
}

double tl_hydro_net_cell_m2(const tl_cells *sizes) {
    const double first = sizes->dx_m[0] * sizes->dy_m[0];
    for (ptrdiff_t row = 1; row < sizes->nrow; row++) {
        if (fabs(sizes->dx_m[row] * sizes->dy_m[row] - first) > 0.0) {
            return 0.0;
        }
    }
    return first;
}

unsigned char tl_hydro_net_missing(const tl_grid *surface, ptrdiff_t row, ptrdiff_t col) {
    unsigned missing = 0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        missing |= tl_terrain_neighbour(surface, row, col, i) < 0 ? 1U << i : 0U;
    }
    return (unsigned char)missing;
}

/* --- the list --- */

void tl_hydro_net_start(tl_net *net, ptrdiff_t nrow, ptrdiff_t ncol) {
    *net = (tl_net){.nrow = nrow, .ncol = ncol};
}

void tl_hydro_net_free(tl_net *net) {
    if (net != NULL) {
        tl_release(net->cell);
        tl_release(net->of_row);
        *net = (tl_net){0};
    }
}

tl_code tl_hydro_net_add(tl_net *net, const tl_net_cell *cell, tl_err *err) {
    if (net->n == net->capacity) {
        const ptrdiff_t capacity = net->capacity == 0 ? 1024 : net->capacity + net->capacity / 2;
        tl_net_cell *more = tl_grow(net->cell, net->capacity, capacity, sizeof *more);
        if (more == NULL) {
            return tl_no_memory(err, "%td stream cells; raise the threshold", capacity);
        }
        net->cell = more;
        net->capacity = capacity;
    }
    net->cell[net->n++] = *cell;
    return TL_OK;
}

static int by_position(const void *a, const void *b) {
    const tl_net_cell *p = a;
    const tl_net_cell *q = b;
    return p->at < q->at ? -1 : p->at > q->at;
}

static int is_sorted(const tl_net *net) {
    for (ptrdiff_t k = 1; k < net->n; k++) {
        if (net->cell[k].at < net->cell[k - 1].at) {
            return 0;
        }
    }
    return 1;
}

tl_code tl_hydro_net_close(tl_net *net, tl_err *err) {
    net->of_row = tl_acquire(net->nrow + 1, sizeof *net->of_row);
    if (net->of_row == NULL) {
        return tl_no_memory(err, "%td rows", net->nrow);
    }
    if (net->n > 0 && !is_sorted(net)) {
        qsort(net->cell, (size_t)net->n, sizeof *net->cell, by_position);
    }
    ptrdiff_t k = 0;
    for (ptrdiff_t row = 0; row <= net->nrow; row++) {
        while (k < net->n && net->cell[k].at < row * net->ncol) {
            k++;
        }
        net->of_row[row] = k;
    }
    for (k = 0; k < net->n; k++) {
        tl_net_cell *c = &net->cell[k];
        c->next = c->direction < 0
                      ? -1
                      : tl_hydro_net_find(net, c->at / net->ncol + tl_drow[(int)c->direction],
                                          c->at % net->ncol + tl_dcol[(int)c->direction]);
    }
    return TL_OK;
}

ptrdiff_t tl_hydro_net_find(const tl_net *net, ptrdiff_t row, ptrdiff_t col) {
    if (row < 0 || col < 0 || row >= net->nrow || col >= net->ncol) {
        return -1;
    }
    const ptrdiff_t wanted = row * net->ncol + col;
    ptrdiff_t from = net->of_row[row];
    ptrdiff_t to = net->of_row[row + 1];
    while (from < to) {
        const ptrdiff_t middle = from + (to - from) / 2;
        if (net->cell[middle].at < wanted) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from < net->of_row[row + 1] && net->cell[from].at == wanted ? from : -1;
}

int tl_hydro_net_donors(const tl_net *net, ptrdiff_t k, ptrdiff_t donor[TL_NEIGHBOURS]) {
    const ptrdiff_t row = net->cell[k].at / net->ncol;
    const ptrdiff_t col = net->cell[k].at % net->ncol;
    int n = 0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t from = tl_hydro_net_find(net, row + tl_drow[i], col + tl_dcol[i]);
        if (from >= 0 && net->cell[from].next == k) {
            donor[n++] = from;
        }
    }
    return n;
}

/* --- from a raster in memory --- */

typedef struct collecting {
    const tl_grid *surface;
    const tl_d8 *d8;
    const tl_cells *sizes;
    const tl_streams_options *options;
    tl_net *net;
    uint32_t *count; /* [n] cells that drain through */
    int64_t *area;   /* [n] grains; NULL where all cells are equal */
    double cell_m2;  /* their area then */
    double grains;   /* of one m2 */
} collecting;

static tl_code allocate(collecting *c, tl_err *err) {
    const ptrdiff_t n = c->d8->nrow * c->d8->ncol;
    double total = 0.0;
    if (n > (ptrdiff_t)UINT32_MAX) {
        return tl_fail(err, TL_NOMEM,
                       "streams: %td cells are more than can be counted at once; lower the memory "
                       "limit, so that they are processed in tiles",
                       n);
    }
    for (ptrdiff_t row = 0; row < c->d8->nrow; row++) {
        total += tl_hydro_accumulator_row_total(c->sizes->dx_m[row] * c->sizes->dy_m[row], NULL,
                                                c->d8->ncol);
    }
    TL_TRY(tl_hydro_accumulator_grains(total, &c->grains, err));
    c->cell_m2 = tl_hydro_net_cell_m2(c->sizes);
    c->count = tl_acquire(n, sizeof *c->count);
    c->area = c->cell_m2 > 0.0 ? NULL : tl_acquire(n, sizeof *c->area);
    return c->count == NULL || (!(c->cell_m2 > 0.0) && c->area == NULL)
               ? tl_no_memory(err, "%td cells", n)
               : TL_OK;
}

/* Adds the cell itself to what drains through it, which is complete when all cells above have been
 * here, and passes the sum on. */
static void pass_on(collecting *c, ptrdiff_t at) {
    const ptrdiff_t next = tl_hydro_d8_next(c->d8, at);
    c->count[at]++;
    if (next >= 0) {
        c->count[next] += c->count[at];
    }
    if (c->area != NULL) {
        const ptrdiff_t row = at / c->d8->ncol;
        c->area[at] +=
            tl_hydro_accumulator_whole(c->sizes->dx_m[row] * c->sizes->dy_m[row] * c->grains);
        if (next >= 0) {
            c->area[next] += c->area[at];
        }
    }
}

static tl_code sum_up(collecting *c, const tl_progress *p, tl_err *err) {
    const double n = (double)c->d8->nrow * (double)c->d8->ncol;
    tl_downstream walk;
    TL_TRY(tl_hydro_downstream_init(&walk, c->d8, c->surface, err));
    tl_code code = TL_OK;
    ptrdiff_t at = tl_hydro_downstream_next(&walk);
    for (ptrdiff_t k = 0; at >= 0 && code == TL_OK; k++) {
        if (k % 65536 == 0) {
            code = tl_progress_at(p, (double)k / n, err);
        }
        pass_on(c, at);
        at = tl_hydro_downstream_next(&walk);
    }
    tl_hydro_downstream_free(&walk);
    return code;
}

static tl_code take_cells(collecting *c, tl_err *err) {
    for (ptrdiff_t at = 0; at < c->d8->nrow * c->d8->ncol; at++) {
        const double count = (double)c->count[at];
        const double area = c->area == NULL ? count * c->cell_m2 : (double)c->area[at] / c->grains;
        if (count > 0.0 && tl_hydro_net_reaches(c->options, count, area)) {
            tl_net_cell cell = {.at = at,
                                .count = count,
                                .area_m2 = area,
                                .z = c->surface->data[at],
                                .direction = c->d8->direction[at]};
            if (cell.direction < 0) {
                cell.missing = tl_hydro_net_missing(c->surface, at / c->d8->ncol, at % c->d8->ncol);
            }
            TL_TRY(tl_hydro_net_add(c->net, &cell, err));
        }
        c->net->max_cells = tl_max_double(count, c->net->max_cells);
    }
    return tl_hydro_net_close(c->net, err);
}

tl_code tl_hydro_net_collect(const tl_grid *surface, const tl_d8 *d8, const tl_cells *sizes,
                             const tl_streams_options *options, tl_net *net, const tl_progress *p,
                             tl_err *err) {
    collecting c = {.surface = surface, .d8 = d8, .sizes = sizes, .options = options, .net = net};
    tl_hydro_net_start(net, surface->nrow, surface->ncol);
    tl_code code = allocate(&c, err);
    if (code == TL_OK) {
        code = sum_up(&c, p, err);
    }
    if (code == TL_OK) {
        code = take_cells(&c, err);
    }
    tl_release(c.count);
    tl_release(c.area);
    if (code != TL_OK) {
        tl_hydro_net_free(net);
    }
    return code;
}
