/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads the index rasters, which come from a VRT that anyone may have written; see
 * pixel_index.h. */
#include "pixel_index.h"

#include <math.h>

#include "base/alloc.h"
#include "base/index_raster_names.h"

/* One direction of a request. */
typedef struct line {
    const float *value; /* [n], step floats apart */
    ptrdiff_t step;
    ptrdiff_t n;
    ptrdiff_t limit; /* pixels of the scene */
    int *position;   /* [n] out */
    int is_mixed;    /* 1: GDAL resampled the values, and width is 0 while it is unknown */
    tl_gdal_average average;
} line;

static double value_at(const line *l, ptrdiff_t i) {
    return (double)l->value[i * l->step];
}

/* Values of the index raster itself, which never fall. */
static int read_exact(line *l) {
    int last = 0;
    for (ptrdiff_t i = 0; i < l->n; i++) {
        const float v = l->value[i * l->step];
        if (!(v >= 0.0F && v < (float)l->limit)) {
            return 0;
        }
        const int k = (int)v;
        if (k < last || tl_index_raster_value(k) < v || tl_index_raster_value(k) > v) {
            return 0;
        }
        last = k;
        l->position[i] = k;
    }
    return 1;
}

/* The scale that was asked for is not passed. It is estimated from the values in the middle, because
 * kernels are cut at the ends, and made exact where it fits a request for the whole scene in equal
 * parts, or for parts of whole pixels. */
static void find_parts(line *l) {
    const ptrdiff_t margin = l->n >= 8 ? 2 : 0;
    const double mark = 0.5 * (double)tl_index_raster_mark;
    const double width =
        (value_at(l, l->n - 1 - margin) - value_at(l, margin)) / (double)(l->n - 1 - 2 * margin);
    const double from = value_at(l, margin) - mark + 0.5 - ((double)margin + 0.5) * width;
    l->average = (tl_gdal_average){from, width};
    if (!(width > 1.01)) {
        return;
    }
    const double parts = round((double)l->limit / width);
    const double widths[2] = {(double)l->limit / parts, round(width)};
    for (int k = 0; k < 2; k++) {
        const double w = widths[k];
        const double first = k == 0 ? round(from / w) * w : round(from);
        const double end = first + (double)l->n * w;
        if (fabs(first - from) < 0.3 && fabs(end - from - (double)l->n * width) < 0.3) {
            l->average = (tl_gdal_average){first, w};
            return;
        }
    }
}

static int clamp(double position, ptrdiff_t limit) {
    return (int)fmin(fmax(floor(position), 0.0), (double)(limit - 1));
}

/* Values between those of the index raster: increasing, up to the marks, and inside the scene. */
static int read_mixed(line *l) {
    const double mark = (double)tl_index_raster_mark;
    double last = -1.0;
    for (ptrdiff_t i = 0; i < l->n; i++) {
        const double v = value_at(l, i);
        if (!(v > last - 2.0 * mark && v < (double)l->limit)) {
            return 0;
        }
        last = v;
        l->position[i] = clamp(v - 0.5 * mark + 0.5, l->limit);
    }
    l->is_mixed = 1;
    l->average = (tl_gdal_average){0.0, 0.0};
    if (l->n > 1) {
        find_parts(l);
    }
    /* Enlarged or as it is: the nearest pixel is shown. */
    l->is_mixed = l->n == 1 || l->average.width > 1.01;
    if (!l->is_mixed) {
        l->average.width = 0.0;
    }
    return 1;
}

/* A single part: all of the scene when it is in its middle, else as wide as the parts in the other
 * direction. */
static void find_single_part(line *l, const line *other) {
    if (!l->is_mixed || l->n > 1) {
        return;
    }
    const double middle = value_at(l, 0) - 0.5 * (double)tl_index_raster_mark + 0.5;
    const int is_whole = fabs(middle - 0.5 * (double)l->limit) < 0.3;
    const double width = is_whole ? (double)l->limit : other->average.width;
    l->average = (tl_gdal_average){middle - 0.5 * width, width > 1.0 ? width : 0.0};
}

/* 1 when all rows of columns are the first one, and all columns of rows are the first one; up to
 * rounding, where GDAL mixed equal values. */
static int is_grid(const float *columns, const float *rows, const tl_gdal_target *t) {
    const float rounding = 0.5F * tl_index_raster_mark;
    for (ptrdiff_t r = 0; r < t->n_rows; r++) {
        const float *across = rows + r * t->n_cols;
        const float *along = columns + r * t->n_cols;
        for (ptrdiff_t c = 0; c < t->n_cols; c++) {
            if (!(fabsf(across[c] - across[0]) <= rounding) ||
                !(fabsf(along[c] - columns[c]) <= rounding)) {
                return 0;
            }
        }
    }
    return 1;
}

tl_code tl_gdal_pixel_index_read(const float *columns, const float *rows, const tl_gdal_target *t,
                                 ptrdiff_t n_cols, ptrdiff_t n_rows, tl_gdal_pixel_index *index,
                                 tl_err *err) {
    *index = (tl_gdal_pixel_index){.n_cols = t->n_cols, .n_rows = t->n_rows};
    index->col = tl_acquire(t->n_cols, sizeof *index->col);
    index->row = tl_acquire(t->n_rows, sizeof *index->row);
    line across = {columns, 1, t->n_cols, n_cols, index->col, 0, {0.0, 0.0}};
    line down = {rows, t->n_cols, t->n_rows, n_rows, index->row, 0, {0.0, 0.0}};
    tl_code code = TL_OK;
    if (index->col == NULL || index->row == NULL) {
        code = tl_no_memory(err, "a block of %td x %td pixels", t->n_rows, t->n_cols);
    } else if (!(read_exact(&across) || read_mixed(&across)) ||
               !(read_exact(&down) || read_mixed(&down)) || !is_grid(columns, rows, t)) {
        code = tl_fail(
            err, TL_ARG,
            "the first two sources are not the columns and rows of a scene of %td x %td pixels; "
            "run tilth makevrt again",
            n_cols, n_rows);
    }
    if (code == TL_OK) {
        find_single_part(&across, &down);
        find_single_part(&down, &across);
        index->across = across.average;
        index->down = down.average;
    } else {
        tl_gdal_pixel_index_free(index);
    }
    return code;
}

void tl_gdal_pixel_index_free(tl_gdal_pixel_index *index) {
    tl_release(index->col);
    tl_release(index->row);
    *index = (tl_gdal_pixel_index){0};
}
