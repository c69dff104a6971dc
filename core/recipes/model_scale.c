/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scale of a scene before a model is applied; see model_scale.h. */
#include "recipes/model_scale.h"

#include <math.h>

#include "base/minmax.h"
#include "source/store.h"

enum { WINDOWS = 3, WINDOW_PIXELS = 64 };

/* The mean of the values that are there; NaN without any. */
static double mean_of(const float *value, ptrdiff_t n) {
    double sum = 0.0;
    ptrdiff_t m = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (isfinite(value[i])) {
            sum += (double)value[i];
            m++;
        }
    }
    return m > 0 ? sum / (double)m : (double)NAN;
}

/* The median of the means of the windows, so that saturated or empty parts do not count. */
static double median_of(double mean[WINDOWS * WINDOWS]) {
    ptrdiff_t n = 0;
    for (int i = 0; i < WINDOWS * WINDOWS; i++) {
        const double one = mean[i];
        ptrdiff_t at = n;
        if (!isfinite(one)) {
            continue;
        }
        for (n++; at > 0 && mean[at - 1] > one; at--) {
            mean[at] = mean[at - 1];
        }
        mean[at] = one;
    }
    return n > 0 ? mean[n / 2] : (double)NAN;
}

tl_code tl_recipes_check_scale(const tl_job *job, tl_raster *raster, const tl_training_scale *t,
                               const ptrdiff_t *index, double scale, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    const tl_raster_info *info = store->raster_info(raster);
    const ptrdiff_t wide = tl_min(info->ncol, WINDOW_PIXELS);
    float value[TL_SCALE_BANDS * WINDOW_PIXELS];
    double level[TL_SCALE_BANDS][WINDOWS * WINDOWS];
    int number[TL_SCALE_BANDS];
    for (int k = 0; k < t->n; k++) {
        number[k] = info->bands.band[index[t->band[k]]].index;
    }
    for (ptrdiff_t at = 0; t->n > 0 && at < (ptrdiff_t)WINDOWS * WINDOWS; at++) {
        const ptrdiff_t row = (2 * (at / WINDOWS) + 1) * info->nrow / (2 * WINDOWS);
        const ptrdiff_t middle = (2 * (at % WINDOWS) + 1) * info->ncol / (2 * WINDOWS);
        const ptrdiff_t col = tl_min(tl_max(middle - wide / 2, 0), info->ncol - wide);
        TL_TRY(store->read_window(raster, col, row, wide, 1, number, t->n, value, err));
        for (int k = 0; k < t->n; k++) {
            level[k][at] = mean_of(value + k * wide, wide);
        }
    }
    double here[TL_SCALE_BANDS];
    double mean[2];
    for (int k = 0; k < t->n; k++) {
        here[k] = scale * median_of(level[k]);
    }
    const double factor = tl_spectra_scale_factor(t, here, 1, mean);
    return factor < 1.0 || factor > 1.0 ? tl_spectra_refuse_scale(factor, mean, scale, err) : TL_OK;
}
