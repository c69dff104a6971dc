/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lines to cells and the distance transform: first along columns, then the lower envelope of the
 * parabolas of each row; see distance.h. */
#include "mapstat/distance.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

/* --- lines --- */

typedef struct marker {
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    unsigned char value;
    unsigned char *mark;
    ptrdiff_t n;
} marker;

static void mark_cell(marker *m, double col, double row) {
    if (col >= 0.0 && col < (double)m->ncol && row >= 0.0 && row < (double)m->nrow) {
        unsigned char *at = &m->mark[(ptrdiff_t)row * m->ncol + (ptrdiff_t)col];
        m->n += *at == 0;
        *at = m->value > *at ? m->value : *at;
    }
}

/* From cell a to cell b, both whole numbers (column, row), along the longer axis; steps that are
 * outside the grid along this axis are skipped. */
static void mark_stretch(marker *m, const double a[2], const double b[2]) {
    const int major = fabs(b[1] - a[1]) > fabs(b[0] - a[0]);
    const double size = (double)(major == 0 ? m->ncol : m->nrow);
    const double steps = fabs(b[major] - a[major]);
    const double way = b[major] < a[major] ? -1.0 : 1.0;
    const double slope = steps > 0.0 ? (b[1 - major] - a[1 - major]) / steps : 0.0;
    const double enters = way > 0.0 ? -a[major] : a[major] - (size - 1.0);
    const double leaves = way > 0.0 ? size - 1.0 - a[major] : a[major];
    for (double k = fmax(enters, 0.0); k <= fmin(leaves, steps); k += 1.0) {
        const double along = a[major] + way * k;
        const double across = floor(a[1 - major] + slope * k + 0.5);
        mark_cell(m, major == 0 ? along : across, major == 0 ? across : along);
    }
}

tl_code tl_mapstat_mark_lines(const tl_grid *shape, const double *x, const double *y,
                              const ptrdiff_t *first, ptrdiff_t n_line, const unsigned char *value,
                              unsigned char *mark, ptrdiff_t *n_mark, tl_err *err) {
    marker m = {.nrow = shape->nrow, .ncol = shape->ncol, .mark = mark};
    *n_mark = 0;
    memset(mark, 0, (size_t)(shape->nrow * shape->ncol));
    for (ptrdiff_t line = 0; line < n_line; line++) {
        double before[2] = {(double)NAN, (double)NAN};
        m.value = value[line];
        for (ptrdiff_t v = first[line]; v < first[line + 1]; v++) {
            double cell[2] = {0.0, 0.0};
            TL_TRY(tl_georef_to_cell(&shape->geo, x[v], y[v], &cell[0], &cell[1], err));
            cell[0] = floor(cell[0]);
            cell[1] = floor(cell[1]);
            if (isfinite(before[0] + before[1] + cell[0] + cell[1])) {
                mark_stretch(&m, before, cell);
            }
            before[0] = cell[0];
            before[1] = cell[1];
        }
    }
    *n_mark = m.n;
    return TL_OK;
}

/* --- distance --- */

typedef struct transform {
    const unsigned char *mark;
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    double dx;
    double dy;
    int *source;     /* [nrow, ncol] row of the nearest mark of the same column, -1 = none */
    ptrdiff_t *apex; /* [ncol] columns of the parabolas that form the envelope */
    double *from;    /* [ncol] column from which each of them is the lowest */
} transform;

/* Two sweeps per column, row by row, so that memory is read in order. */
static void nearest_in_column(transform *t) {
    for (ptrdiff_t row = 0; row < t->nrow; row++) {
        for (ptrdiff_t col = 0; col < t->ncol; col++) {
            const ptrdiff_t at = row * t->ncol + col;
            t->source[at] = t->mark[at] ? (int)row : (row > 0 ? t->source[at - t->ncol] : -1);
        }
    }
    for (ptrdiff_t row = t->nrow - 2; row >= 0; row--) {
        for (ptrdiff_t col = 0; col < t->ncol; col++) {
            const ptrdiff_t at = row * t->ncol + col;
            const int above = t->source[at];
            const int below = t->source[at + t->ncol];
            const int take = below > (int)row && (above < 0 || below - (int)row < (int)row - above);
            t->source[at] = take ? below : above;
        }
    }
}

static double height(const transform *t, ptrdiff_t row, ptrdiff_t col) {
    const double d = (double)(t->source[row * t->ncol + col] - row) * t->dy;
    return d * d;
}

/* The envelope of one row; returns the number of its parabolas. */
static ptrdiff_t build_envelope(transform *t, ptrdiff_t row) {
    const double unit = t->dx * t->dx;
    ptrdiff_t n = 0;
    for (ptrdiff_t col = 0; col < t->ncol; col++) {
        if (t->source[row * t->ncol + col] < 0) {
            continue;
        }
        const double q = (double)col;
        const double h = height(t, row, col);
        double cut = (double)-INFINITY;
        while (n > 0) {
            const double p = (double)t->apex[n - 1];
            const double lower = height(t, row, t->apex[n - 1]);
            cut = 0.5 * ((h - lower) / unit / (q - p) + q + p);
            if (cut > t->from[n - 1]) {
                break;
            }
            n--;
            cut = (double)-INFINITY;
        }
        t->apex[n] = col;
        t->from[n] = cut;
        n++;
    }
    return n;
}

static void fill_row(transform *t, ptrdiff_t row, float *distance, unsigned char *nearest) {
    const ptrdiff_t n = build_envelope(t, row);
    ptrdiff_t k = 0;
    for (ptrdiff_t col = 0; col < t->ncol; col++) {
        const ptrdiff_t at = row * t->ncol + col;
        if (n == 0) {
            distance[at] = INFINITY;
        } else {
            while (k + 1 < n && t->from[k + 1] < (double)col) {
                k++;
            }
            const double east = (double)(col - t->apex[k]) * t->dx;
            distance[at] = (float)sqrt(east * east + height(t, row, t->apex[k]));
        }
        if (nearest != NULL) {
            const ptrdiff_t from = n == 0 ? 0 : t->apex[k];
            nearest[at] = n == 0 ? 0 : t->mark[t->source[row * t->ncol + from] * t->ncol + from];
        }
    }
}

tl_code tl_mapstat_distance(const unsigned char *mark, ptrdiff_t nrow, ptrdiff_t ncol, double dx,
                            double dy, float *distance, unsigned char *nearest, tl_err *err) {
    transform t = {.mark = mark, .nrow = nrow, .ncol = ncol, .dx = dx, .dy = dy};
    t.source = tl_acquire(nrow * ncol, sizeof *t.source);
    t.apex = tl_acquire(ncol, sizeof *t.apex);
    t.from = tl_acquire(ncol, sizeof *t.from);
    tl_code code = TL_OK;
    if (t.source == NULL || t.apex == NULL || t.from == NULL) {
        code = tl_no_memory(err, "the distances of %td x %td cells", nrow, ncol);
    } else {
        nearest_in_column(&t);
        for (ptrdiff_t row = 0; row < nrow; row++) {
            fill_row(&t, row, distance, nearest);
        }
    }
    tl_release(t.source);
    tl_release(t.apex);
    tl_release(t.from);
    return code;
}
