/* SPDX-License-Identifier: GPL-2.0-or-later
 * One tile of a flow accumulation and its rim; see flow_tile.h. */
#include "hydro/tiles/flow_tile.h"

#include <string.h>

#include "base/alloc.h"
#include "terrain/neighbours.h"

static ptrdiff_t rim_length(const tl_flow_rim *rim) {
    return 2 * (rim->rows + rim->cols);
}

ptrdiff_t tl_hydro_tiles_flow_rim_index(const tl_flow_rim *rim, ptrdiff_t row, ptrdiff_t col) {
    if (row == 0) {
        return col;
    }
    if (row == rim->rows - 1) {
        return rim->cols + col;
    }
    if (col == 0) {
        return 2 * rim->cols + row;
    }
    return col == rim->cols - 1 ? 2 * rim->cols + rim->rows + row : -1;
}

void tl_hydro_tiles_flow_rim_free(tl_flow_rim *rim) {
    tl_release(rim->open);
    tl_release(rim->arrived);
    tl_release(rim->grains);
    *rim = (tl_flow_rim){0};
}

static ptrdiff_t cell_of(const tl_flow_tile *t, ptrdiff_t row, ptrdiff_t col) {
    return tl_grid_at(t->spread->route.surface, t->row0 + row, t->col0 + col);
}

/* Prepares the cells outside the tile, which only gather. */
static void clear_ring(const tl_flow_tile *t) {
    const tl_grid *g = t->spread->route.surface;
    for (ptrdiff_t row = 0; row < g->nrow; row++) {
        const int is_ring_row = row < t->row0 || row >= t->row0 + t->rows;
        for (ptrdiff_t col = 0; col < g->ncol; col++) {
            if (!is_ring_row && col == t->col0 && t->cols > 0) {
                col += t->cols - 1;
                continue;
            }
            const ptrdiff_t at = tl_grid_at(g, row, col);
            t->spread->total[at] = 0;
            t->spread->waiting[at] = TL_ACCUMULATOR_GHOST;
        }
    }
}

void tl_hydro_tiles_flow_tile_start(const tl_flow_tile *t) {
    const tl_grid *g = t->spread->route.surface;
    memset(t->spread->waiting, 0, (size_t)(g->nrow * g->ncol));
    for (ptrdiff_t row = 0; row < g->nrow; row++) {
        for (ptrdiff_t col = 0; col < g->ncol; col++) {
            const ptrdiff_t at = tl_grid_at(g, row, col);
            const unsigned char receivers = t->spread->receivers[at];
            for (int i = 0; i < TL_NEIGHBOURS && receivers != 0; i++) {
                const ptrdiff_t r = row + tl_drow[i];
                const ptrdiff_t c = col + tl_dcol[i];
                if ((receivers >> i & 1) && r >= 0 && c >= 0 && r < g->nrow && c < g->ncol) {
                    t->spread->waiting[tl_grid_at(g, r, c)]++;
                }
            }
        }
    }
}

/* --- solving --- */

/* Cell k of the rim, or -1 where the cell has another index. */
static ptrdiff_t rim_cell(const tl_flow_tile *t, const tl_flow_rim *rim, ptrdiff_t k) {
    ptrdiff_t row;
    ptrdiff_t col;
    if (k < 2 * rim->cols) {
        row = k < rim->cols ? 0 : rim->rows - 1;
        col = k % rim->cols;
    } else {
        row = (k - 2 * rim->cols) % rim->rows;
        col = k - 2 * rim->cols < rim->rows ? 0 : rim->cols - 1;
    }
    return tl_hydro_tiles_flow_rim_index(rim, row, col) == k ? cell_of(t, row, col) : -1;
}

/* Adds what has arrived. Cells that become ready wait in the queue until all has been added. */
static tl_code take_in(const tl_flow_tile *t, tl_flow_rim *rim, tl_cellqueue *ready, tl_err *err) {
    for (ptrdiff_t k = 0; k < rim_length(rim) && rim->arrived != NULL; k++) {
        if (rim->arrived[k] == 0) {
            continue;
        }
        const ptrdiff_t at = rim_cell(t, rim, k);
        t->spread->total[at] += rim->grains[k];
        t->spread->waiting[at] = (unsigned char)(t->spread->waiting[at] - rim->arrived[k]);
        if (t->spread->waiting[at] == 0) {
            TL_TRY(tl_hydro_cellqueue_put(ready, at, err));
        }
    }
    tl_release(rim->arrived);
    tl_release(rim->grains);
    rim->arrived = NULL;
    rim->grains = NULL;
    rim->n_ready = 0;
    return TL_OK;
}

static tl_code note_open(const tl_flow_tile *t, tl_flow_rim *rim, tl_err *err) {
    if (rim->open == NULL) {
        rim->open = tl_acquire(rim_length(rim), 1);
        if (rim->open == NULL) {
            return tl_no_memory(err, "sides of tiles");
        }
    }
    for (ptrdiff_t k = 0; k < rim_length(rim); k++) {
        const ptrdiff_t at = rim_cell(t, rim, k);
        rim->open[k] = at < 0 ? 0 : t->spread->waiting[at];
    }
    return TL_OK;
}

static tl_code pass_all(const tl_flow_tile *t, int is_first, tl_cellqueue *ready, tl_err *err) {
    for (ptrdiff_t row = 0; row < t->rows && is_first; row++) {
        for (ptrdiff_t col = 0; col < t->cols; col++) {
            const ptrdiff_t at = cell_of(t, row, col);
            if (t->spread->waiting[at] == 0) {
                TL_TRY(tl_hydro_accumulator_from(t->spread, at, err));
            }
        }
    }
    while (ready->count > 0) {
        const ptrdiff_t at = tl_hydro_cellqueue_pop(ready);
        if (t->spread->waiting[at] == 0) {
            TL_TRY(tl_hydro_accumulator_from(t->spread, at, err));
        }
    }
    return TL_OK;
}

tl_code tl_hydro_tiles_flow_tile_solve(const tl_flow_tile *t, int is_first, tl_flow_rim *rim,
                                       tl_err *err) {
    tl_cellqueue ready = {0};
    rim->rows = t->rows;
    rim->cols = t->cols;
    clear_ring(t);
    tl_code code = take_in(t, rim, &ready, err);
    if (code == TL_OK) {
        code = pass_all(t, is_first, &ready, err);
    }
    if (code == TL_OK) {
        code = note_open(t, rim, err);
    }
    tl_hydro_cellqueue_free(&ready);
    return code;
}

/* --- sending --- */

static tl_code allocate(tl_flow_rim *rim, tl_err *err) {
    if (rim->arrived != NULL && rim->grains != NULL) {
        return TL_OK;
    }
    rim->arrived = tl_acquire(rim_length(rim), 1);
    rim->grains = tl_acquire(rim_length(rim), sizeof *rim->grains);
    return rim->arrived == NULL || rim->grains == NULL ? tl_no_memory(err, "sides of tiles")
                                                       : TL_OK;
}

static tl_code send_cell(const tl_flow_tile *t, ptrdiff_t at, tl_flow_rim *to, ptrdiff_t row,
                         ptrdiff_t col, tl_err *err) {
    const int donors = TL_ACCUMULATOR_GHOST - t->spread->waiting[at];
    if (donors == 0) {
        return TL_OK;
    }
    TL_TRY(allocate(to, err));
    const ptrdiff_t k = tl_hydro_tiles_flow_rim_index(to, row, col);
    to->grains[k] += t->spread->total[at];
    to->arrived[k] = (unsigned char)(to->arrived[k] + donors);
    to->n_ready += to->open != NULL && to->arrived[k] == to->open[k];
    return TL_OK;
}

tl_code tl_hydro_tiles_flow_tile_send(const tl_flow_tile *t, int i, tl_flow_rim *to, tl_err *err) {
    const tl_grid *g = t->spread->route.surface;
    const int down = tl_drow[i];
    const int right = tl_dcol[i];
    /* The part of the ring inside that neighbour, and its position there. */
    const ptrdiff_t row0 = down < 0 ? 0 : (down > 0 ? g->nrow - 1 : t->row0);
    const ptrdiff_t col0 = right < 0 ? 0 : (right > 0 ? g->ncol - 1 : t->col0);
    const ptrdiff_t n_row = down == 0 ? t->rows : 1;
    const ptrdiff_t n_col = right == 0 ? t->cols : 1;
    const ptrdiff_t to_row = down < 0 ? to->rows - 1 : 0;
    const ptrdiff_t to_col = right < 0 ? to->cols - 1 : 0;
    for (ptrdiff_t row = 0; row < n_row; row++) {
        for (ptrdiff_t col = 0; col < n_col; col++) {
            const ptrdiff_t at = tl_grid_at(g, row0 + row, col0 + col);
            TL_TRY(send_cell(t, at, to, to_row + row, to_col + col, err));
        }
    }
    return TL_OK;
}
