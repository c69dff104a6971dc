/* SPDX-License-Identifier: GPL-2.0-or-later
 * Subbasins from flow directions, and the rings around them; see basins.h. */
#include "hydro/basins.h"

#include <limits.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "terrain/cells.h"

/* --- labels --- */

enum { OPEN = -2 };

void tl_hydro_basins(const tl_d8 *d8, const tl_streams *streams, const tl_streams_options *options,
                     int *label) {
    for (ptrdiff_t at = 0; at < d8->nrow * d8->ncol; at++) {
        label[at] = OPEN;
    }
    for (ptrdiff_t i = 0; i < options->n_node; i++) {
        if (options->node[i].is_inlet) {
            label[options->node[i].cell] = -1;
        }
    }
    for (ptrdiff_t i = 0; i < streams->n_link; i++) {
        const tl_link *link = &streams->link[i];
        for (ptrdiff_t k = 0; k < link->n_own; k++) {
            label[streams->vertex[link->first_own + k]] = (int)i;
        }
    }
    for (ptrdiff_t k = d8->n_order - 1; k >= 0; k--) {
        const ptrdiff_t at = d8->order[k];
        const ptrdiff_t next = tl_d8_next(d8, at);
        if (label[at] == OPEN) {
            label[at] = next >= 0 ? label[next] : -1;
        }
    }
    for (ptrdiff_t at = 0; at < d8->nrow * d8->ncol; at++) {
        label[at] = label[at] == OPEN ? -1 : label[at];
    }
}

tl_code tl_hydro_label_areas(const tl_grid *surface, const int *label, ptrdiff_t n_label,
                             double *area_m2, tl_err *err) {
    tl_cells cells;
    TL_TRY(tl_cells_init(&cells, surface, "subbasins", err));
    for (ptrdiff_t i = 0; i < n_label; i++) {
        area_m2[i] = 0.0;
    }
    for (ptrdiff_t row = 0; row < surface->nrow; row++) {
        const double area = cells.dx_m[row] * cells.dy_m[row];
        for (ptrdiff_t at = row * surface->ncol; at < (row + 1) * surface->ncol; at++) {
            if (label[at] >= 0) {
                area_m2[label[at]] += area;
            }
        }
    }
    tl_cells_free(&cells);
    return TL_OK;
}

/* --- parts --- */

typedef struct parts {
    int *parent; /* [room] of provisional numbers; a root is its own parent */
    ptrdiff_t n;
    ptrdiff_t room;
} parts;

static int root_of(const parts *p, int i) {
    while (p->parent[i] != i) {
        p->parent[i] = p->parent[p->parent[i]];
        i = p->parent[i];
    }
    return i;
}

static tl_code new_part(parts *p, int *number, tl_err *err) {
    if (p->n == INT_MAX) {
        return tl_fail(err, TL_DATA, "subbasins: they fall into more than %d parts", INT_MAX);
    }
    if (p->n == p->room) {
        const ptrdiff_t room = p->room == 0 ? 256 : 2 * p->room;
        int *more = tl_grow(p->parent, p->room, room, sizeof *more);
        if (more == NULL) {
            return tl_fail(err, TL_NOMEM, "subbasins: out of memory for %td parts", room);
        }
        p->parent = more;
        p->room = room;
    }
    *number = (int)p->n++;
    p->parent[*number] = *number;
    return TL_OK;
}

/* Numbers the 4-connected parts of equal label; the number of a part is the smallest of its
 * provisional numbers, so it does not depend on the order of the unions. */
static tl_code number_parts(const int *label, ptrdiff_t nrow, ptrdiff_t ncol, parts *p, int *part,
                            tl_err *err) {
    for (ptrdiff_t at = 0; at < nrow * ncol; at++) {
        part[at] = -1;
        if (label[at] < 0) {
            continue;
        }
        const int west = at % ncol > 0 && label[at - 1] == label[at];
        const int north = at >= ncol && label[at - ncol] == label[at];
        if (!west && !north) {
            TL_TRY(new_part(p, &part[at], err));
        } else if (west && north) {
            const int a = root_of(p, part[at - 1]);
            const int b = root_of(p, part[at - ncol]);
            part[at] = a < b ? a : b;
            p->parent[a < b ? b : a] = part[at];
        } else {
            part[at] = west ? part[at - 1] : part[at - ncol];
        }
    }
    for (ptrdiff_t at = 0; at < nrow * ncol; at++) {
        part[at] = part[at] < 0 ? -1 : root_of(p, part[at]);
    }
    return TL_OK;
}

/* --- rings --- */

/* Headings along cell edges: 0 east, 1 south, 2 west, 3 north. The part lies to the right. */
static const int step_col[4] = {1, 0, -1, 0};
static const int step_row[4] = {0, 1, 0, -1};
/* From a corner and a heading, the cells ahead to the right and to the left (their north-west
 * corner relative to the corner). */
static const int right_col[4] = {0, -1, -1, 0};
static const int right_row[4] = {0, 0, -1, -1};

typedef struct tracer {
    const int *label;
    const int *part;
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    unsigned char *walked; /* [n] 1 = the northern edge of the cell is on a ring already */
    int *col;              /* corners of the walk under way */
    int *row;
    ptrdiff_t n;
    ptrdiff_t room;
    ptrdiff_t *pinch; /* positions in the walk of corners that it may meet again */
    ptrdiff_t n_pinch;
    ptrdiff_t room_pinch;
    tl_rings *out;
    ptrdiff_t room_ring;
    ptrdiff_t room_vertex;
} tracer;

static int is_part(const tracer *t, ptrdiff_t col, ptrdiff_t row, int part) {
    return col >= 0 && col < t->ncol && row >= 0 && row < t->nrow &&
           t->part[row * t->ncol + col] == part;
}

static tl_code no_memory(tl_err *err) {
    return tl_fail(err, TL_NOMEM, "subbasins: out of memory for their outlines");
}

/* Room for one more number in an array that doubles. */
static tl_code room_for(int **array, ptrdiff_t used, ptrdiff_t room, tl_err *err) {
    int *more = tl_grow(*array, used, room, sizeof *more);
    if (more == NULL) {
        return no_memory(err);
    }
    *array = more;
    return TL_OK;
}

static tl_code push_corner(tracer *t, int col, int row, tl_err *err) {
    if (t->n == t->room) {
        const ptrdiff_t room = t->room == 0 ? 256 : 2 * t->room;
        TL_TRY(room_for(&t->col, t->n, room, err));
        TL_TRY(room_for(&t->row, t->n, room, err));
        t->room = room;
    }
    t->col[t->n] = col;
    t->row[t->n] = row;
    t->n++;
    return TL_OK;
}

/* Moves the corners from .. n-1 of the walk into a ring of their own. */
static tl_code close_ring(tracer *t, ptrdiff_t from, int label, int part, tl_err *err) {
    tl_rings *out = t->out;
    const ptrdiff_t n = t->n - from;
    if (out->n_ring == t->room_ring) {
        const ptrdiff_t room = t->room_ring == 0 ? 64 : 2 * t->room_ring;
        tl_ring *more = tl_grow(out->ring, t->room_ring, room, sizeof *more);
        if (more == NULL) {
            return no_memory(err);
        }
        out->ring = more;
        t->room_ring = room;
    }
    if (out->n_vertex + n > t->room_vertex) {
        const ptrdiff_t room = 2 * (out->n_vertex + n);
        TL_TRY(room_for(&out->col, out->n_vertex, room, err));
        TL_TRY(room_for(&out->row, out->n_vertex, room, err));
        t->room_vertex = room;
    }
    double twice_area = 0.0;
    for (ptrdiff_t k = 0; k < n; k++) {
        const ptrdiff_t a = t->n - 1 - k; /* backwards: the part then lies to the left */
        const ptrdiff_t b = k < n - 1 ? a - 1 : t->n - 1;
        out->col[out->n_vertex + k] = t->col[a];
        out->row[out->n_vertex + k] = t->row[a];
        twice_area += (double)t->row[a] * (double)t->col[b] - (double)t->col[a] * (double)t->row[b];
    }
    out->ring[out->n_ring++] = (tl_ring){label, part, twice_area < 0.0, out->n_vertex, n};
    out->n_vertex += n;
    t->n = from;
    return TL_OK;
}

/* Takes a corner where two cells of the part touch in that corner only. A walk that comes back to
 * one has closed a ring. */
static tl_code push_pinch(tracer *t, int col, int row, int label, int part, tl_err *err) {
    for (ptrdiff_t i = t->n_pinch - 1; i >= 0; i--) {
        const ptrdiff_t at = t->pinch[i];
        if (t->col[at] == col && t->row[at] == row) {
            TL_TRY(close_ring(t, at, label, part, err));
            t->n_pinch = i;
            return push_corner(t, col, row, err);
        }
    }
    if (t->n_pinch == t->room_pinch) {
        const ptrdiff_t room = t->room_pinch == 0 ? 64 : 2 * t->room_pinch;
        ptrdiff_t *more = tl_grow(t->pinch, t->n_pinch, room, sizeof *more);
        if (more == NULL) {
            return no_memory(err);
        }
        t->pinch = more;
        t->room_pinch = room;
    }
    t->pinch[t->n_pinch++] = t->n;
    return push_corner(t, col, row, err);
}

/* Walks around a part from the northern edge of a cell, with the part to the right, until back. */
static tl_code walk(tracer *t, ptrdiff_t start, tl_err *err) {
    const int part = t->part[start];
    const int label = t->label[start];
    const int col0 = (int)(start % t->ncol);
    const int row0 = (int)(start / t->ncol);
    int col = col0;
    int row = row0;
    int heading = 0;
    t->n = 0;
    t->n_pinch = 0;
    do {
        if (heading == 0) {
            t->walked[row * t->ncol + col] = 1;
        }
        col += step_col[heading];
        row += step_row[heading];
        const int left = (heading + 3) % 4;
        const int to_right = is_part(t, col + right_col[heading], row + right_row[heading], part);
        const int to_left = is_part(t, col + right_col[left], row + right_row[left], part);
        if (!to_right) {
            heading = (heading + 1) % 4;
            TL_TRY(to_left ? push_pinch(t, col, row, label, part, err)
                           : push_corner(t, col, row, err));
        } else if (to_left) {
            heading = left;
            TL_TRY(push_corner(t, col, row, err));
        }
    } while (col != col0 || row != row0 || heading != 0);
    return close_ring(t, 0, label, part, err);
}

static int by_label(const void *a, const void *b) {
    const tl_ring *p = a;
    const tl_ring *q = b;
    if (p->label != q->label) {
        return p->label < q->label ? -1 : 1;
    }
    if (p->part != q->part) {
        return p->part < q->part ? -1 : 1;
    }
    if (p->is_hole != q->is_hole) {
        return p->is_hole < q->is_hole ? -1 : 1;
    }
    return p->first < q->first ? -1 : p->first > q->first;
}

static tl_code trace(tracer *t, tl_err *err) {
    for (ptrdiff_t at = 0; at < t->nrow * t->ncol; at++) {
        const int north = at >= t->ncol ? t->part[at - t->ncol] : -1;
        if (t->part[at] >= 0 && t->part[at] != north && !t->walked[at]) {
            TL_TRY(walk(t, at, err));
        }
    }
    if (t->out->n_ring > 0) {
        qsort(t->out->ring, (size_t)t->out->n_ring, sizeof *t->out->ring, by_label);
    }
    return TL_OK;
}

tl_code tl_hydro_rings(const int *label, ptrdiff_t nrow, ptrdiff_t ncol, tl_rings *rings,
                       tl_err *err) {
    *rings = (tl_rings){0};
    if (nrow >= INT_MAX || ncol >= INT_MAX) {
        return tl_fail(err, TL_DATA, "subbasins: %td x %td cells are too many for outlines", nrow,
                       ncol);
    }
    parts p = {0};
    int *part = tl_acquire(nrow * ncol, sizeof *part);
    tracer t = {.label = label, .part = part, .nrow = nrow, .ncol = ncol, .out = rings};
    t.walked = tl_acquire(nrow * ncol, 1);
    tl_code code = part == NULL || t.walked == NULL
                       ? no_memory(err)
                       : number_parts(label, nrow, ncol, &p, part, err);
    if (code == TL_OK) {
        code = trace(&t, err);
    }
    tl_release(p.parent);
    tl_release(part);
    tl_release(t.walked);
    tl_release(t.col);
    tl_release(t.row);
    tl_release(t.pinch);
    if (code != TL_OK) {
        tl_rings_free(rings);
    }
    return code;
}

void tl_rings_free(tl_rings *rings) {
    if (rings != NULL) {
        tl_release(rings->ring);
        tl_release(rings->col);
        tl_release(rings->row);
        *rings = (tl_rings){0};
    }
}
