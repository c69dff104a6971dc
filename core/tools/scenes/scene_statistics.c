/* SPDX-License-Identifier: GPL-2.0-or-later
 * Statistics of a part of a scene; see scene_statistics.h. */
#include "tools/scenes/scene_statistics.h"

#include <math.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/minmax.h"

static const ptrdiff_t groups = 8;
static const ptrdiff_t rows_per_group = 16;

static void take(tl_band_statistics *s, const tl_band *band, const float *stored, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        const double value = (double)tl_band_value(band, stored[i]);
        if (isnan(value)) {
            continue;
        }
        s->lowest = s->n == 0 || value < s->lowest ? value : s->lowest;
        s->highest = s->n == 0 || value > s->highest ? value : s->highest;
        s->mean += value; /* the sum until the end */
        s->n++;
    }
}

static tl_code read_group(const tl_store *store, tl_raster *raster, const tl_bands *bands,
                          ptrdiff_t row0, ptrdiff_t rows, const int *number, float *stored,
                          tl_band_statistics *out, tl_err *err) {
    const ptrdiff_t cells = rows * store->raster_info(raster)->ncol;
    TL_TRY(store->read_stored(raster, row0, rows, number, bands->n, stored, err));
    for (ptrdiff_t b = 0; b < bands->n; b++) {
        take(&out[b], &bands->band[b], stored + b * cells, cells);
    }
    return TL_OK;
}

tl_code tl_scene_statistics(const tl_store *store, tl_raster *raster, const tl_bands *bands,
                            const tl_progress *progress, tl_band_statistics *out, ptrdiff_t *n_rows,
                            tl_err *err) {
    const tl_raster_info *info = store->raster_info(raster);
    const ptrdiff_t spread = info->nrow > groups * rows_per_group ? groups : 0;
    const ptrdiff_t n_groups =
        spread > 0 ? spread : (info->nrow + rows_per_group - 1) / rows_per_group;
    int *number = tl_acquire(bands->n, sizeof *number);
    float *stored = info->ncol > PTRDIFF_MAX / rows_per_group / bands->n
                        ? NULL
                        : tl_acquire(bands->n * rows_per_group * info->ncol, sizeof *stored);
    tl_code code = number == NULL || stored == NULL
                       ? tl_no_memory(err, "%td rows of %td bands", rows_per_group, bands->n)
                       : TL_OK;
    for (ptrdiff_t b = 0; code == TL_OK && b < bands->n; b++) {
        number[b] = bands->band[b].index;
        out[b] = (tl_band_statistics){0};
    }
    *n_rows = 0;
    for (ptrdiff_t g = 0; code == TL_OK && g < n_groups; g++) {
        const ptrdiff_t row0 =
            spread > 0 ? g * (info->nrow - rows_per_group) / (groups - 1) : g * rows_per_group;
        const ptrdiff_t rows = tl_min(info->nrow - row0, rows_per_group);
        code = read_group(store, raster, bands, row0, rows, number, stored, out, err);
        *n_rows += rows;
        if (code == TL_OK) {
            code = tl_progress_at(progress, (double)(g + 1) / (double)n_groups, err);
        }
    }
    for (ptrdiff_t b = 0; code == TL_OK && b < bands->n; b++) {
        const int empty = out[b].n == 0;
        out[b].mean = empty ? (double)NAN : out[b].mean / (double)out[b].n;
        out[b].lowest = empty ? (double)NAN : out[b].lowest;
        out[b].highest = empty ? (double)NAN : out[b].highest;
    }
    tl_release(number);
    tl_release(stored);
    return code;
}
