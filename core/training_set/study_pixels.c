/* SPDX-License-Identifier: GPL-2.0-or-later
 * Scene spectra of the samples of a study, from the scene or from a table; see study.h. */
#include <math.h>

#include "recipes/pixel_spectra.h"
#include "training_set/study_work.h"

static tl_code read_pixels(tl_study_work *w, const tl_progress *progress, tl_err *err) {
    for (ptrdiff_t i = 0; i < w->samples.n; i++) {
        const char *why = NULL;
        TL_TRY(tl_recipes_find_cell(w->info, w->samples.x[i], w->samples.y[i], &w->cell[i], &why,
                                    err));
        if (why != NULL) {
            tl_training_set_exclude(w, i, why);
        } else {
            TL_TRY(tl_recipes_read_spectrum(w->store, w->raster, w->cell[i], 0, w->list.number,
                                            w->list.p, tl_matrix_row(&w->scene, i), err));
            if (tl_recipes_is_negative(tl_matrix_row(&w->scene, i), w->list.p)) {
                tl_training_set_exclude(w, i, TL_RECIPES_NEGATIVE);
            }
        }
        TL_TRY(tl_progress_at(progress, (double)(i + 1) / (double)w->samples.n, err));
    }
    return TL_OK;
}

tl_code tl_training_set_read_scene(tl_study_work *w, const tl_progress *progress, tl_err *err) {
    TL_TRY(tl_matrix_init(&w->scene, w->samples.n, w->list.p, err));
    for (ptrdiff_t k = 0; k < w->samples.n * w->list.p; k++) {
        w->scene.data[k] = (double)NAN;
    }
    if (w->raster != NULL) {
        return read_pixels(w, progress, err);
    }
    return tl_training_set_take_table(w, err);
}
