/* SPDX-License-Identifier: GPL-2.0-or-later
 * Means over areas of the scene; see block_average.h. */
#include "block_average.h"

#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"

/* Pixels of the scene that are computed at once. */
enum { PIECE_PIXELS = 1 << 20 };

/* A part of the request along one direction, in pixels of the scene. */
typedef struct part {
    double from;
    double to;
    ptrdiff_t first; /* pixels that it touches */
    ptrdiff_t end;
} part;

static part part_at(const tl_gdal_average *a, const int *position, ptrdiff_t i, ptrdiff_t limit) {
    const int single = !(a->width > 0.0);
    part p = {single ? (double)position[i] : a->from + (double)i * a->width, 0.0, 0, 0};
    p.to = single ? p.from + 1.0 : p.from + a->width;
    p.from = fmin(fmax(p.from, 0.0), (double)limit - 1e-6);
    p.to = fmin(fmax(p.to, p.from + 1e-6), (double)limit);
    /* Ends that are whole numbers up to rounding touch no further pixel. */
    p.first = (ptrdiff_t)floor(p.from + 1e-7);
    p.end = tl_max((ptrdiff_t)ceil(p.to - 1e-7), p.first + 1);
    return p;
}

static double share(const part *p, ptrdiff_t pixel) {
    return fmax(fmin(p->to, (double)pixel + 1.0) - fmax(p->from, (double)pixel), 0.0);
}

typedef struct work {
    const tl_gdal_average_job *job;
    tl_gdal_pixel_index piece; /* rows and columns of the scene, one after the other */
    ptrdiff_t first_col;
    ptrdiff_t max_rows;
    part *across; /* [n_cols of the request] */
    float *value; /* [layers, rows of the piece, columns of the piece] */
    double *sum;  /* [layers, n_cols of the request] */
    double *weight;
} work;

static void add_row(const work *w, ptrdiff_t row, double row_share) {
    const ptrdiff_t n_cols = w->job->index->n_cols;
    const ptrdiff_t plane = w->piece.n_rows * w->piece.n_cols;
    for (ptrdiff_t k = 0; k < w->job->layers; k++) {
        const float *value = w->value + k * plane + row * w->piece.n_cols - w->first_col;
        for (ptrdiff_t j = 0; j < n_cols; j++) {
            const part *p = &w->across[j];
            for (ptrdiff_t c = p->first; c < p->end; c++) {
                const double weight = row_share * share(p, c);
                if (!isnan(value[c])) {
                    w->sum[k * n_cols + j] += weight * (double)value[c];
                    w->weight[k * n_cols + j] += weight;
                }
            }
        }
    }
}

/* One row of the request. */
static tl_code average_row(work *w, ptrdiff_t row, float *values, tl_err *err) {
    const tl_gdal_average_job *job = w->job;
    const ptrdiff_t n_cols = job->index->n_cols;
    const ptrdiff_t all = job->index->n_rows * n_cols;
    const part down = part_at(&job->index->down, job->index->row, row, job->n_rows);
    for (ptrdiff_t i = 0; i < job->layers * n_cols; i++) {
        w->sum[i] = 0.0;
        w->weight[i] = 0.0;
    }
    for (ptrdiff_t r = down.first; r < down.end; r += w->max_rows) {
        w->piece.n_rows = tl_min(w->max_rows, down.end - r);
        for (ptrdiff_t i = 0; i < w->piece.n_rows; i++) {
            w->piece.row[i] = (int)(r + i);
        }
        TL_TRY(job->compute(job->arg, &w->piece, w->value, err));
        for (ptrdiff_t i = 0; i < w->piece.n_rows; i++) {
            add_row(w, i, share(&down, r + i));
        }
    }
    for (ptrdiff_t k = 0; k < job->layers; k++) {
        for (ptrdiff_t j = 0; j < n_cols; j++) {
            const double weight = w->weight[k * n_cols + j];
            values[k * all + row * n_cols + j] =
                weight > 0.0 ? (float)(w->sum[k * n_cols + j] / weight) : NAN;
        }
    }
    return TL_OK;
}

static tl_code prepare(work *w, tl_err *err) {
    const tl_gdal_pixel_index *index = w->job->index;
    w->across = tl_acquire(index->n_cols, sizeof *w->across);
    if (w->across == NULL) {
        return tl_no_memory(err, "%td columns", index->n_cols);
    }
    for (ptrdiff_t j = 0; j < index->n_cols; j++) {
        w->across[j] = part_at(&index->across, index->col, j, w->job->n_cols);
    }
    w->first_col = w->across[0].first;
    w->piece.n_cols = w->across[index->n_cols - 1].end - w->first_col;
    w->max_rows = tl_max(PIECE_PIXELS / w->piece.n_cols, 1);
    const ptrdiff_t tallest = (ptrdiff_t)ceil(fmax(index->down.width, 1.0)) + 1;
    w->max_rows = tl_min(w->max_rows, tallest);
    w->piece.col = tl_acquire(w->piece.n_cols, sizeof *w->piece.col);
    w->piece.row = tl_acquire(w->max_rows, sizeof *w->piece.row);
    w->value = tl_acquire(w->job->layers * w->max_rows * w->piece.n_cols, sizeof *w->value);
    w->sum = tl_acquire(w->job->layers * index->n_cols, sizeof *w->sum);
    w->weight = tl_acquire(w->job->layers * index->n_cols, sizeof *w->weight);
    if (w->piece.col == NULL || w->piece.row == NULL || w->value == NULL || w->sum == NULL ||
        w->weight == NULL) {
        return tl_no_memory(err, "averages of %td columns", index->n_cols);
    }
    for (ptrdiff_t c = 0; c < w->piece.n_cols; c++) {
        w->piece.col[c] = (int)(w->first_col + c);
    }
    return TL_OK;
}

tl_code tl_gdal_average_block(const tl_gdal_average_job *job, float *values, tl_err *err) {
    work w = {.job = job};
    tl_code code = prepare(&w, err);
    for (ptrdiff_t row = 0; row < job->index->n_rows && code == TL_OK; row++) {
        code = average_row(&w, row, values, err);
    }
    tl_release(w.across);
    tl_gdal_pixel_index_free(&w.piece);
    tl_release(w.value);
    tl_release(w.sum);
    tl_release(w.weight);
    return code;
}
