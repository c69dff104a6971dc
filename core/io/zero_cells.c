/* SPDX-License-Identifier: GPL-2.0-or-later
 * Cells that are 0 in every band; see zero_cells.h. */
#include "io/zero_cells.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/minmax.h"

/* Cells whose other bands are read at once. */
enum { max_cells = 1 << 18 };

static const char sentence[] =
    "cells that are 0 in every band are outside the scene; if they are measurements, set zeros to "
    "values";

/* Bands from all over the spectrum, good ones as far as there are enough. */
static void choose_bands(const tl_bands *bands, tl_zero_cells *z) {
    ptrdiff_t n_good = 0;
    for (ptrdiff_t b = 0; b < bands->n; b++) {
        n_good += bands->band[b].good;
    }
    const int all = n_good < 3;
    const ptrdiff_t n = all ? bands->n : n_good;
    const ptrdiff_t wanted = tl_min(n, TL_ZERO_CELLS_BANDS);
    ptrdiff_t seen = 0;
    for (ptrdiff_t b = 0; b < bands->n && z->n < wanted; b++) {
        if (all || bands->band[b].good) {
            /* The middle one of each of as many equal parts. */
            if (seen == (2 * z->n + 1) * n / (2 * wanted)) {
                z->band[z->n++] = (int)b + 1;
            }
            seen++;
        }
    }
}

void tl_io_zero_cells_start(tl_raster *raster) {
    const tl_bands *bands = &raster->info.bands;
    const tl_zeros rule = tl_assumptions_zeros();
    raster->zeros = (tl_zero_cells){.kept = rule == TL_ZEROS_VALUES,
                                    .refused = rule == TL_ZEROS_ASSUMED && tl_assumptions_strict(),
                                    .silent = rule == TL_ZEROS_OUTSIDE};
    if (bands->n >= 3 && tl_bands_have_wavelengths(bands)) {
        choose_bands(bands, &raster->zeros);
    }
}

void tl_io_zero_cells_keep(tl_raster *raster, int keep) {
    raster->zeros.kept = keep;
}

static int is_zero(float value) {
    return !(value < 0.0F) && !(value > 0.0F) && !isnan(value);
}

/* Marks the cells that are 0 in all bands read; returns how many. */
static ptrdiff_t mark_candidates(const float *out, ptrdiff_t stride, ptrdiff_t n_bands, ptrdiff_t n,
                                 unsigned char *mark) {
    ptrdiff_t found = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        int zero = is_zero(out[i]);
        for (ptrdiff_t b = 1; b < n_bands && zero; b++) {
            zero = is_zero(out[b * stride + i]);
        }
        mark[i] = (unsigned char)zero;
        found += zero;
    }
    return found;
}

/* Removes the mark of cells for which another band has a value; returns how many are left. */
static ptrdiff_t compare_others(const float *other, ptrdiff_t n_others, ptrdiff_t n,
                                unsigned char *mark) {
    ptrdiff_t left = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        int zero = mark[i];
        for (ptrdiff_t b = 0; b < n_others && zero; b++) {
            zero = is_zero(other[b * n + i]);
        }
        mark[i] = (unsigned char)zero;
        left += zero;
    }
    return left;
}

/* Some rows of the window. */
static tl_code apply_rows(tl_raster *raster, const int rows[4], ptrdiff_t stride, ptrdiff_t n_bands,
                          float *out, unsigned char *mark, float *other, tl_err *err) {
    tl_zero_cells *z = &raster->zeros;
    const ptrdiff_t n = (ptrdiff_t)rows[2] * rows[3];
    if (mark_candidates(out, stride, n_bands, n, mark) == 0) {
        return TL_OK;
    }
    if (GDALDatasetRasterIO(raster->dataset, GF_Read, rows[0], rows[1], rows[2], rows[3], other,
                            rows[2], rows[3], GDT_Float32, z->n, z->band, 0, 0, 0) != CE_None) {
        return tl_fail(err, TL_IO, "the other bands cannot be read");
    }
    if (compare_others(other, z->n, n, mark) == 0) {
        return TL_OK;
    }
    z->found = 1;
    if (z->refused) {
        return tl_fail(err, TL_DATA, "%s: in '%s' %s (refused because strict is on)",
                       raster->parameter, raster->path, sentence);
    }
    for (ptrdiff_t b = 0; b < n_bands; b++) {
        for (ptrdiff_t i = 0; i < n; i++) {
            out[b * stride + i] = mark[i] ? NAN : out[b * stride + i];
        }
    }
    return TL_OK;
}

static int has_zero(const float *value, ptrdiff_t n) {
    int found = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        found |= (value[i] >= 0.0F) & (value[i] <= 0.0F);
    }
    return found;
}

tl_code tl_io_zero_cells_apply(tl_raster *raster, const int window[4], const int *band,
                               ptrdiff_t n_bands, float *out, tl_err *err) {
    const tl_zero_cells *z = &raster->zeros;
    const ptrdiff_t cells = (ptrdiff_t)window[2] * window[3];
    const tl_nodata_range none = tl_bands_nodata_range(&raster->info.bands.band[band[0] - 1]);
    const int is_declared = none.low <= 0.0F && none.high >= 0.0F;
    if (z->n == 0 || z->kept || is_declared || !has_zero(out, cells)) {
        return TL_OK;
    }
    const int rows = (int)tl_max(tl_min(max_cells / window[2], window[3]), 1);
    const ptrdiff_t n = (ptrdiff_t)rows * window[2];
    unsigned char *mark = tl_acquire(n, sizeof *mark);
    float *other = tl_acquire(n * z->n, sizeof *other);
    tl_code code = mark == NULL || other == NULL ? tl_no_memory(err, "%td cells", n) : TL_OK;
    for (int r = 0; r < window[3] && code == TL_OK; r += rows) {
        const int piece[4] = {window[0], window[1] + r, window[2], tl_min_int(rows, window[3] - r)};
        code = apply_rows(raster, piece, cells, n_bands, out + (ptrdiff_t)r * window[2], mark,
                          other, err);
    }
    tl_release(mark);
    tl_release(other);
    return code;
}

void tl_io_zero_cells_log(const tl_raster *raster) {
    if (raster->zeros.found && !raster->zeros.silent && !raster->zeros.refused) {
        (void)tl_assume(NULL, TL_INFO, "%s: in '%s' %s", raster->parameter, raster->path, sentence);
    }
}
