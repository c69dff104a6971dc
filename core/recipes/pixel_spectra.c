/* SPDX-License-Identifier: GPL-2.0-or-later
 * Cells of points and their spectra; see pixel_spectra.h. */
#include "recipes/pixel_spectra.h"

#include <math.h>

#include "base/alloc.h"

tl_code tl_recipes_find_cell(const tl_raster_info *info, double x, double y, ptrdiff_t *cell,
                             const char **why, tl_err *err) {
    double col = 0.0;
    double row = 0.0;
    *cell = -1;
    *why = "no position";
    if (!isfinite(x) || !isfinite(y)) {
        return TL_OK;
    }
    TL_TRY(tl_georef_to_cell(&info->geo, x, y, &col, &row, err));
    *why = info->geo.crs_wkt == NULL && !(fabs(info->geo.transform[1] - 1.0) > 0.0)
               ? "outside the scene, which has no georeference: x counts its columns from 0, y its "
                 "rows downwards (0, -1, -2)"
               : "outside the scene";
    if (col >= 0.0 && row >= 0.0 && col < (double)info->ncol && row < (double)info->nrow) {
        *cell = (ptrdiff_t)row * info->ncol + (ptrdiff_t)col;
        *why = NULL;
    }
    return TL_OK;
}

int tl_recipes_is_negative(const double *spectrum, ptrdiff_t p) {
    ptrdiff_t values = 0;
    ptrdiff_t negative = 0;
    for (ptrdiff_t b = 0; b < p; b++) {
        values += isfinite(spectrum[b]) ? 1 : 0;
        negative += spectrum[b] < 0.0;
    }
    return values > 2 && negative == values;
}

tl_code tl_recipes_read_spectrum(const tl_store *store, tl_raster *raster, ptrdiff_t cell,
                                 ptrdiff_t reach, const int *number, ptrdiff_t p, double *spectrum,
                                 tl_err *err) {
    const tl_raster_info *info = store->raster_info(raster);
    const ptrdiff_t col = cell % info->ncol;
    const ptrdiff_t row = cell / info->ncol;
    const ptrdiff_t col0 = col > reach ? col - reach : 0;
    const ptrdiff_t row0 = row > reach ? row - reach : 0;
    const ptrdiff_t cols = (col + reach < info->ncol ? col + reach + 1 : info->ncol) - col0;
    const ptrdiff_t rows = (row + reach < info->nrow ? row + reach + 1 : info->nrow) - row0;
    float *window = tl_acquire(p, (size_t)(cols * rows) * sizeof *window);
    if (window == NULL) {
        return tl_no_memory(err, "%td bands", p);
    }
    const tl_code code = store->read_window(raster, col0, row0, cols, rows, number, p, window, err);
    for (ptrdiff_t j = 0; code == TL_OK && j < p; j++) {
        double sum = 0.0;
        ptrdiff_t n = 0;
        for (ptrdiff_t k = j * cols * rows; k < (j + 1) * cols * rows; k++) {
            sum += isnan(window[k]) ? 0.0 : (double)window[k];
            n += isnan(window[k]) ? 0 : 1;
        }
        spectrum[j] = n > 0 ? sum / (double)n : (double)NAN;
    }
    tl_release(window);
    return code;
}
