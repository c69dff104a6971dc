/* SPDX-License-Identifier: GPL-2.0-or-later
 * Labels as runs along rows, and the rings around them; see basins.h. */
#include <limits.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "hydro/basins.h"
#include "hydro/unionfind.h"

/* --- runs --- */

tl_code tl_hydro_runs_init(tl_runs *runs, ptrdiff_t nrow, ptrdiff_t ncol, tl_err *err) {
    *runs = (tl_runs){.nrow = nrow, .ncol = ncol};
    if (nrow >= INT_MAX || ncol >= INT_MAX) {
        return tl_fail(err, TL_DATA, "subbasins: %td x %td cells are too many for outlines", nrow,
                       ncol);
    }
    runs->of_row = tl_acquire(nrow + 1, sizeof *runs->of_row);
    return runs->of_row == NULL ? tl_no_memory(err, "%td rows", nrow) : TL_OK;
}

void tl_hydro_runs_free(tl_runs *runs) {
    if (runs != NULL) {
        tl_release(runs->of_row);
        tl_release(runs->run);
        *runs = (tl_runs){0};
    }
}

tl_code tl_hydro_runs_add(tl_runs *runs, const int *label, tl_err *err) {
    ptrdiff_t n = runs->of_row[runs->n_row];
    for (ptrdiff_t col = 0; col < runs->ncol; col++) {
        if (col > 0 && label[col] == label[col - 1]) {
            continue;
        }
        if (n == runs->capacity) {
            const ptrdiff_t capacity = runs->capacity == 0 ? 4096 : 2 * runs->capacity;
            tl_run *more = tl_grow(runs->run, runs->capacity, capacity, sizeof *more);
            if (more == NULL) {
                return tl_no_memory(err, "the outlines of subbasins");
            }
            runs->run = more;
            runs->capacity = capacity;
        }
        /* The capacity is above n here. */
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        runs->run[n++] = (tl_run){(int)col, label[col], -1};
    }
    runs->of_row[++runs->n_row] = n;
    return TL_OK;
}

/* The column behind a run. */
static int run_end(const tl_runs *r, ptrdiff_t row, ptrdiff_t k) {
    return k + 1 < r->of_row[row + 1] ? r->run[k + 1].col : (int)r->ncol;
}

/* --- parts --- */

typedef struct parts {
    int32_t *parent; /* [capacity] of provisional numbers; a root is its own parent */
    ptrdiff_t n;
    ptrdiff_t capacity;
} parts;

static tl_code new_part(parts *p, int *number, tl_err *err) {
    if (p->n == INT_MAX) {
        return tl_fail(err, TL_DATA, "subbasins: they fall into more than %d parts", INT_MAX);
    }
    if (p->n == p->capacity) {
        const ptrdiff_t capacity = p->capacity == 0 ? 256 : 2 * p->capacity;
        int32_t *more = tl_grow(p->parent, p->capacity, capacity, sizeof *more);
        if (more == NULL) {
            return tl_no_memory(err, "%td parts", capacity);
        }
        p->parent = more;
        p->capacity = capacity;
    }
    *number = (int)p->n++;
    p->parent[*number] = *number;
    return TL_OK;
}

/* Joins the part of a run with that of one above. */
static void join(parts *p, int *part, int above) {
    const int32_t b = tl_hydro_unionfind_root(p->parent, above);
    if (*part < 0) {
        *part = b;
        return;
    }
    const int32_t a = tl_hydro_unionfind_root(p->parent, *part);
    *part = tl_hydro_unionfind_link(p->parent, a, b);
}

/* Numbers the 4-connected parts of equal label; the number of a part is the smallest of its
 * provisional numbers, so parts are numbered by their first cell in reading order. */
static tl_code number_parts(tl_runs *r, parts *p, tl_err *err) {
    for (ptrdiff_t row = 0; row < r->nrow; row++) {
        ptrdiff_t above = row > 0 ? r->of_row[row - 1] : 0;
        const ptrdiff_t above_end = row > 0 ? r->of_row[row] : 0;
        for (ptrdiff_t k = r->of_row[row]; k < r->of_row[row + 1]; k++) {
            r->run[k].part = -1;
            if (r->run[k].label < 0) {
                continue;
            }
            const int end = run_end(r, row, k);
            while (above < above_end && run_end(r, row - 1, above) <= r->run[k].col) {
                above++;
            }
            for (ptrdiff_t j = above; j < above_end && r->run[j].col < end; j++) {
                if (r->run[j].label == r->run[k].label) {
                    join(p, &r->run[k].part, r->run[j].part);
                }
            }
            if (r->run[k].part < 0) {
                TL_TRY(new_part(p, &r->run[k].part, err));
            }
        }
    }
    for (ptrdiff_t k = 0; k < r->of_row[r->nrow]; k++) {
        /* Without runs of_row ends with zero. */
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        const int32_t part = r->run[k].part;
        r->run[k].part = part < 0 ? -1 : tl_hydro_unionfind_root(p->parent, part);
    }
    return TL_OK;
}

/* --- rings --- */

/* Headings along cell edges: 0 east, 1 south, 2 west, 3 north. The part is to the right. */
static const int step_col[4] = {1, 0, -1, 0};
static const int step_row[4] = {0, 1, 0, -1};
/* From a corner and a heading, the cells ahead to the right and to the left (their north-west
 * corner relative to the corner). */
static const int right_col[4] = {0, -1, -1, 0};
static const int right_row[4] = {0, 0, -1, -1};

typedef struct tracer {
    const tl_runs *runs;
    unsigned char
        *walked; /* [n / 8 + 1] bit: the northern edge of the cell is part of a ring already */
    int *col;    /* corners of the walk under way */
    int *row;
    ptrdiff_t n;
    ptrdiff_t capacity;
    ptrdiff_t *pinch; /* positions in the walk of corners that it may meet again */
    ptrdiff_t n_pinch;
    ptrdiff_t capacity_pinch;
    tl_rings *out;
    ptrdiff_t capacity_ring;
    ptrdiff_t capacity_vertex;
} tracer;

static int is_part(const tracer *t, ptrdiff_t col, ptrdiff_t row, int part) {
    const tl_runs *r = t->runs;
    if (col < 0 || col >= r->ncol || row < 0 || row >= r->nrow) {
        return 0;
    }
    /* The last run that begins at col or before. */
    ptrdiff_t from = r->of_row[row];
    ptrdiff_t to = r->of_row[row + 1];
    while (to - from > 1) {
        const ptrdiff_t middle = from + (to - from) / 2;
        if (r->run[middle].col <= col) {
            from = middle;
        } else {
            to = middle;
        }
    }
    return r->run[from].part == part;
}

/* Enlarges an array of integers. */
static tl_code grow_integers(int **array, ptrdiff_t used, ptrdiff_t capacity, tl_err *err) {
    int *more = tl_grow(*array, used, capacity, sizeof *more);
    if (more == NULL) {
        return tl_no_memory(err, "the outlines of subbasins");
    }
    *array = more;
    return TL_OK;
}

static tl_code push_corner(tracer *t, int col, int row, tl_err *err) {
    if (t->n == t->capacity) {
        const ptrdiff_t capacity = t->capacity == 0 ? 256 : 2 * t->capacity;
        TL_TRY(grow_integers(&t->col, t->n, capacity, err));
        TL_TRY(grow_integers(&t->row, t->n, capacity, err));
        t->capacity = capacity;
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
    if (out->n_ring == t->capacity_ring) {
        const ptrdiff_t capacity = t->capacity_ring == 0 ? 64 : 2 * t->capacity_ring;
        tl_ring *more = tl_grow(out->ring, t->capacity_ring, capacity, sizeof *more);
        if (more == NULL) {
            return tl_no_memory(err, "the outlines of subbasins");
        }
        out->ring = more;
        t->capacity_ring = capacity;
    }
    if (out->n_vertex + n > t->capacity_vertex) {
        const ptrdiff_t capacity = 2 * (out->n_vertex + n);
        TL_TRY(grow_integers(&out->col, out->n_vertex, capacity, err));
        TL_TRY(grow_integers(&out->row, out->n_vertex, capacity, err));
        t->capacity_vertex = capacity;
    }
    double twice_area = 0.0;
    for (ptrdiff_t k = 0; k < n; k++) {
        const ptrdiff_t a = t->n - 1 - k; /* backwards: the part is then to the left */
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

/* Adds a corner in which two cells of the part touch only there. A walk that returns to such a
 * corner has closed a ring. */
static tl_code push_pinch(tracer *t, int col, int row, int label, int part, tl_err *err) {
    for (ptrdiff_t i = t->n_pinch - 1; i >= 0; i--) {
        const ptrdiff_t at = t->pinch[i];
        if (t->col[at] == col && t->row[at] == row) {
            TL_TRY(close_ring(t, at, label, part, err));
            t->n_pinch = i;
            return push_corner(t, col, row, err);
        }
    }
    if (t->n_pinch == t->capacity_pinch) {
        const ptrdiff_t capacity = t->capacity_pinch == 0 ? 64 : 2 * t->capacity_pinch;
        ptrdiff_t *more = tl_grow(t->pinch, t->n_pinch, capacity, sizeof *more);
        if (more == NULL) {
            return tl_no_memory(err, "the outlines of subbasins");
        }
        t->pinch = more;
        t->capacity_pinch = capacity;
    }
    t->pinch[t->n_pinch++] = t->n;
    return push_corner(t, col, row, err);
}

/* Walks around the part of a run from the northern edge of its cell in col0, row0, with the part to
 * the right, until back. */
static tl_code walk(tracer *t, const tl_run *run, int col0, int row0, tl_err *err) {
    const int part = run->part;
    const int label = run->label;
    int col = col0;
    int row = row0;
    int heading = 0;
    t->n = 0;
    t->n_pinch = 0;
    do {
        if (heading == 0) {
            const ptrdiff_t at = row * t->runs->ncol + col;
            t->walked[at / 8] |= (unsigned char)(1 << at % 8);
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

/* Begins a ring at every northern edge of cells col .. end-1 of a run that is on none yet. */
static tl_code trace_edges(tracer *t, const tl_run *run, int col, int end, int row, tl_err *err) {
    for (; col < end; col++) {
        const ptrdiff_t at = row * t->runs->ncol + col;
        if ((t->walked[at / 8] >> at % 8 & 1) == 0) {
            TL_TRY(walk(t, run, col, row, err));
        }
    }
    return TL_OK;
}

/* Traces the segments of a row that have another part, or nothing, to the north. */
static tl_code trace_row(tracer *t, int row, tl_err *err) {
    const tl_runs *r = t->runs;
    ptrdiff_t above = row > 0 ? r->of_row[row - 1] : 0;
    for (ptrdiff_t k = r->of_row[row]; k < r->of_row[row + 1]; k++) {
        const tl_run *run = &r->run[k];
        const int end = run_end(r, row, k);
        int col = run->col;
        while (col < end) {
            int next = end;
            int is_edge = 1;
            if (row > 0) {
                while (run_end(r, row - 1, above) <= col) {
                    above++;
                }
                next = tl_min_int(run_end(r, row - 1, above), end);
                is_edge = r->run[above].part != run->part;
            }
            if (is_edge && run->part >= 0) {
                TL_TRY(trace_edges(t, run, col, next, row, err));
            }
            col = next;
        }
    }
    return TL_OK;
}

static tl_code trace(tracer *t, tl_err *err) {
    for (ptrdiff_t row = 0; row < t->runs->nrow; row++) {
        TL_TRY(trace_row(t, (int)row, err));
    }
    if (t->out->n_ring > 0) {
        qsort(t->out->ring, (size_t)t->out->n_ring, sizeof *t->out->ring, by_label);
    }
    return TL_OK;
}

tl_code tl_hydro_runs_rings(tl_runs *runs, tl_rings *rings, tl_err *err) {
    *rings = (tl_rings){0};
    parts p = {0};
    tracer t = {.runs = runs, .out = rings};
    t.walked = tl_acquire(runs->nrow * runs->ncol / 8 + 1, 1);
    tl_code code = t.walked == NULL ? tl_no_memory(err, "the outlines of subbasins")
                                    : number_parts(runs, &p, err);
    if (code == TL_OK) {
        code = trace(&t, err);
    }
    tl_release(p.parent);
    tl_release(t.walked);
    tl_release(t.col);
    tl_release(t.row);
    tl_release(t.pinch);
    if (code != TL_OK) {
        tl_hydro_rings_free(rings);
    }
    return code;
}

tl_code tl_hydro_rings(const int *label, ptrdiff_t nrow, ptrdiff_t ncol, tl_rings *rings,
                       tl_err *err) {
    tl_runs runs;
    *rings = (tl_rings){0};
    tl_code code = tl_hydro_runs_init(&runs, nrow, ncol, err);
    for (ptrdiff_t row = 0; row < nrow && code == TL_OK; row++) {
        code = tl_hydro_runs_add(&runs, label + row * ncol, err);
    }
    if (code == TL_OK) {
        code = tl_hydro_runs_rings(&runs, rings, err);
    }
    tl_hydro_runs_free(&runs);
    return code;
}

void tl_hydro_rings_free(tl_rings *rings) {
    if (rings != NULL) {
        tl_release(rings->ring);
        tl_release(rings->col);
        tl_release(rings->row);
        *rings = (tl_rings){0};
    }
}
