/* SPDX-License-Identifier: GPL-2.0-or-later
 * Second step of filling over tiles: the watersheds of all tiles are joined along the lowest
 * passes, beginning with the lowest; see fill_tiles.h. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "hydro/tiles/fill_tiles.h"
#include "hydro/unionfind.h"
#include "terrain/neighbours.h"

typedef struct graph {
    const tl_tiling *tiling;
    const tl_fill_border *border;
    ptrdiff_t *base; /* [tiles + 1] watershed l > 0 of tile t has the number base[t] + l */
    tl_fill_pass *pass;
    ptrdiff_t n_pass;
    ptrdiff_t capacity;
    int32_t *joined; /* [nodes] forest of joined watersheds */
    int32_t *next;   /* [nodes] ring of all that are joined with it */
    float *level;    /* [nodes] */
} graph;

static int32_t node_of(const graph *g, ptrdiff_t tile, int32_t label) {
    return label == 0 ? 0 : (int32_t)(g->base[tile] + label);
}

/* Neighbouring rim cells mostly belong to the same two watersheds: of consecutive passes between
 * them the lowest is kept. */
static tl_code add_pass(graph *g, int32_t a, int32_t b, float height, tl_err *err) {
    if (a == b) {
        return TL_OK;
    }
    const tl_fill_pass pass = {a < b ? a : b, a < b ? b : a, height};
    if (g->n_pass > 0) {
        tl_fill_pass *last = &g->pass[g->n_pass - 1];
        if (last->a == pass.a && last->b == pass.b) {
            last->height = tl_min_float(height, last->height);
            return TL_OK;
        }
    }
    if (g->n_pass == g->capacity) {
        const ptrdiff_t capacity = g->capacity == 0 ? 4096 : g->capacity + g->capacity / 2;
        tl_fill_pass *more = tl_grow(g->pass, g->capacity, capacity, sizeof *more);
        if (more == NULL) {
            return tl_no_memory(err, "%td passes between tiles", capacity);
        }
        g->pass = more;
        g->capacity = capacity;
    }
    g->pass[g->n_pass++] = pass;
    return TL_OK;
}

/* The passes from one rim cell to its neighbours in other tiles. */
static tl_code add_passes_at(graph *g, ptrdiff_t tile, ptrdiff_t row, ptrdiff_t col, tl_err *err) {
    const tl_tiling *t = g->tiling;
    const tl_box box = tl_tiles_tiling_box(t, tile);
    const tl_fill_border *mine = &g->border[tile];
    const ptrdiff_t rim = tl_hydro_tiles_fill_rim_index(mine->nrow, mine->ncol, row, col);
    if (mine->label[rim] < 0) {
        return TL_OK;
    }
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t r = box.row0 + row + tl_drow[i];
        const ptrdiff_t c = box.col0 + col + tl_dcol[i];
        if (r < 0 || c < 0 || r >= t->nrow || c >= t->ncol) {
            continue;
        }
        const ptrdiff_t other = tl_tiles_tiling_of(t, r, c);
        if (other == tile) {
            continue;
        }
        const tl_box there = tl_tiles_tiling_box(t, other);
        const tl_fill_border *theirs = &g->border[other];
        const ptrdiff_t far = tl_hydro_tiles_fill_rim_index(theirs->nrow, theirs->ncol,
                                                            r - there.row0, c - there.col0);
        const int32_t from = node_of(g, tile, mine->label[rim]);
        if (theirs->label[far] < 0) {
            TL_TRY(add_pass(g, from, 0, mine->height[rim], err)); /* NoData is an outlet */
        } else if (other > tile) {
            const float height = tl_max_float(mine->height[rim], theirs->height[far]);
            TL_TRY(add_pass(g, from, node_of(g, other, theirs->label[far]), height, err));
        }
    }
    return TL_OK;
}

static tl_code add_passes(graph *g, ptrdiff_t tile, tl_err *err) {
    const tl_fill_border *b = &g->border[tile];
    for (ptrdiff_t i = 0; i < b->n_pass; i++) {
        TL_TRY(add_pass(g, node_of(g, tile, b->pass[i].a), node_of(g, tile, b->pass[i].b),
                        b->pass[i].height, err));
    }
    for (ptrdiff_t col = 0; col < b->ncol; col++) {
        TL_TRY(add_passes_at(g, tile, 0, col, err));
    }
    for (ptrdiff_t col = 0; col < b->ncol && b->nrow > 1; col++) {
        TL_TRY(add_passes_at(g, tile, b->nrow - 1, col, err));
    }
    for (ptrdiff_t row = 1; row < b->nrow - 1; row++) {
        TL_TRY(add_passes_at(g, tile, row, 0, err));
    }
    for (ptrdiff_t row = 1; row < b->nrow - 1 && b->ncol > 1; row++) {
        TL_TRY(add_passes_at(g, tile, row, b->ncol - 1, err));
    }
    return TL_OK;
}

static int by_height(const void *a, const void *b) {
    const float x = ((const tl_fill_pass *)a)->height;
    const float y = ((const tl_fill_pass *)b)->height;
    return (x > y) - (x < y);
}

/* Node 0 is the outside and stays the root of all that is joined with it. */
static void join(graph *g, const tl_fill_pass *pass) {
    const int32_t a = tl_hydro_unionfind_root(g->joined, pass->a);
    const int32_t b = tl_hydro_unionfind_root(g->joined, pass->b);
    if (a == b) {
        return;
    }
    const int32_t keep = tl_hydro_unionfind_link(g->joined, a, b);
    const int32_t give = keep == a ? b : a;
    if (keep == 0) {
        int32_t node = give;
        do {
            g->level[node] = pass->height;
            node = g->next[node];
        } while (node != give);
    }
    const int32_t swap = g->next[keep];
    g->next[keep] = g->next[give];
    g->next[give] = swap;
}

static tl_code hand_out(const graph *g, tl_fill_border *border, tl_err *err) {
    const ptrdiff_t n = tl_tiles_tiling_count(g->tiling);
    for (ptrdiff_t tile = 0; tile < n; tile++) {
        tl_fill_border *b = &border[tile];
        tl_release(b->level);
        b->level = tl_acquire(b->n_labels, sizeof *b->level);
        if (b->level == NULL) {
            return tl_no_memory(err, "the outlets of a tile");
        }
        for (int32_t label = 0; label < b->n_labels; label++) {
            b->level[label] = g->level[node_of(g, tile, label)];
        }
    }
    return TL_OK;
}

static tl_code solve(graph *g, tl_fill_border *border, tl_err *err) {
    const ptrdiff_t n = tl_tiles_tiling_count(g->tiling);
    for (ptrdiff_t tile = 0; tile < n; tile++) {
        g->base[tile + 1] = g->base[tile] + border[tile].n_labels - 1;
    }
    const ptrdiff_t nodes = g->base[n] + 1;
    if (nodes > INT32_MAX) {
        return tl_fail(err, TL_DATA, "fill: %td watersheds at the rims of tiles are too many",
                       nodes);
    }
    g->joined = tl_acquire(nodes, sizeof *g->joined);
    g->next = tl_acquire(nodes, sizeof *g->next);
    g->level = tl_acquire(nodes, sizeof *g->level);
    if (g->joined == NULL || g->next == NULL || g->level == NULL) {
        return tl_no_memory(err, "%td watersheds", nodes);
    }
    for (ptrdiff_t tile = 0; tile < n; tile++) {
        TL_TRY(add_passes(g, tile, err));
    }
    if (g->n_pass > 0) {
        qsort(g->pass, (size_t)g->n_pass, sizeof *g->pass, by_height);
    }
    tl_hydro_unionfind_start(g->joined, nodes);
    for (int32_t node = 0; node < (int32_t)nodes; node++) {
        g->next[node] = node;
        g->level[node] = -INFINITY;
    }
    for (ptrdiff_t i = 0; i < g->n_pass; i++) {
        join(g, &g->pass[i]);
    }
    return hand_out(g, border, err);
}

tl_code tl_hydro_tiles_fill_solve_borders(const tl_tiling *tiling, tl_fill_border *border,
                                          tl_err *err) {
    graph g = {.tiling = tiling, .border = border};
    g.base = tl_acquire(tl_tiles_tiling_count(tiling) + 1, sizeof *g.base);
    const tl_code code =
        g.base == NULL ? tl_no_memory(err, "the list of tiles") : solve(&g, border, err);
    tl_release(g.base);
    tl_release(g.pass);
    tl_release(g.joined);
    tl_release(g.next);
    tl_release(g.level);
    return code;
}
