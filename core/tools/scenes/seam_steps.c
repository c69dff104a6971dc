/* SPDX-License-Identifier: GPL-2.0-or-later
 * Steps between detectors of a scene; see seam_steps.h. */
#include "tools/scenes/seam_steps.h"

#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"

enum { MAX_ROWS = 64, SEAM_BANDS = 2 * TL_SEAM_BANDS };

/* A seam whose positions are relative to what is read for it. */
static ptrdiff_t bands_to_read(const tl_seam *seam, const tl_bands *bands, tl_seam *local,
                               int *number) {
    ptrdiff_t n = 0;
    *local = *seam;
    for (int side = 0; side < 2; side++) {
        for (ptrdiff_t k = 0; k < seam->n[side]; k++) {
            local->band[side][k] = n;
            number[n++] = bands->band[seam->band[side][k]].index;
        }
    }
    return n;
}

static tl_code study_seam(const tl_store *store, tl_raster *raster, const tl_bands *bands,
                          const tl_seam *seam, int as_gain, double *step, double *level,
                          tl_err *err) {
    const tl_raster_info *info = store->raster_info(raster);
    const ptrdiff_t rows = tl_min(info->nrow, MAX_ROWS);
    tl_seam local;
    int number[SEAM_BANDS];
    const ptrdiff_t n = bands_to_read(seam, bands, &local, number);
    float *value = tl_acquire(n * info->ncol, sizeof *value);
    double *levels = tl_acquire(2 * rows * info->ncol, sizeof *levels);
    tl_code code = value == NULL || levels == NULL
                       ? tl_no_memory(err, "rows of %td columns", info->ncol)
                       : TL_OK;
    double sum = 0.0;
    double count = 0.0;
    for (ptrdiff_t r = 0; code == TL_OK && r < rows; r++) {
        const ptrdiff_t row = (2 * r + 1) * info->nrow / (2 * rows);
        code = store->read_window(raster, 0, row, info->ncol, 1, number, n, value, err);
        for (ptrdiff_t c = 0; code == TL_OK && c < info->ncol; c++) {
            double *both = levels + 2 * (r * info->ncol + c);
            tl_imagery_seam_levels(&local, value + c, info->ncol, both);
            const double middle = 0.5 * (both[0] + both[1]);
            sum += isnan(middle) ? 0.0 : middle;
            count += isnan(middle) ? 0.0 : 1.0;
        }
    }
    if (code == TL_OK) {
        *step = tl_imagery_seam_step(levels, rows * info->ncol, as_gain);
        *level = sum / count;
    }
    tl_release(value);
    tl_release(levels);
    return code;
}

tl_code tl_seam_steps_find(const tl_store *store, tl_raster *raster, const tl_bands *bands,
                           int as_gain, tl_seam_steps *steps, tl_err *err) {
    int last = 1;
    *steps = (tl_seam_steps){0};
    for (ptrdiff_t b = 0; b < bands->n; b++) {
        last = tl_max_int(bands->band[b].detector, last);
    }
    for (int d = 1; d < last && steps->n < TL_MAX_SEAMS; d++) {
        tl_seam seam;
        if (tl_imagery_seam_find(bands, d, &seam)) {
            const ptrdiff_t k = steps->n++;
            steps->seam[k] = seam;
            TL_TRY(study_seam(store, raster, bands, &seam, as_gain, &steps->step[k],
                              &steps->level[k], err));
        }
    }
    return TL_OK;
}
