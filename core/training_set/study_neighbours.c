/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pixels next to the samples that may share their lab spectrum; see study.h. */
#include <string.h>

#include "recipes/pixel_spectra.h"
#include "spectra/angle.h"
#include "training_set/study_work.h"

enum { SIDES = 4 };

/* North, south, east, west. */
static const int side_col[SIDES] = {0, 0, 1, -1};
static const int side_row[SIDES] = {-1, 1, 0, 0};

/* A neighbour with a larger angle to the sample's pixel probably has another soil or cover. */
static const double largest_angle = 0.08;

/* The cell next to another on that side; -1 outside the scene. */
static ptrdiff_t neighbour_cell(const tl_raster_info *info, ptrdiff_t cell, int side) {
    const ptrdiff_t col = cell % info->ncol + side_col[side];
    const ptrdiff_t row = cell / info->ncol + side_row[side];
    return col >= 0 && row >= 0 && col < info->ncol && row < info->nrow ? row * info->ncol + col
                                                                        : -1;
}

/* 1 when a sample of another pixel has that cell as its own or as a neighbour. Excluded samples count
 * too, because the pixel still belongs to them. */
static int wanted_elsewhere(const tl_study_work *w, ptrdiff_t cell, ptrdiff_t own) {
    for (ptrdiff_t i = 0; i < w->samples.n; i++) {
        if (w->cell[i] < 0 || w->cell[i] == own) {
            continue;
        }
        const ptrdiff_t apart_rows = w->cell[i] / w->info->ncol - cell / w->info->ncol;
        const ptrdiff_t apart_cols = w->cell[i] % w->info->ncol - cell % w->info->ncol;
        if (apart_rows * apart_rows + apart_cols * apart_cols <= 1) {
            return 1;
        }
    }
    return 0;
}

/* Of several samples in one pixel only the first one has neighbours. */
static int first_in_cell(const tl_study_work *w, ptrdiff_t k) {
    for (ptrdiff_t j = 0; j < k; j++) {
        if (w->cell[w->kept[j]] == w->cell[w->kept[k]]) {
            return 0;
        }
    }
    return 1;
}

/* Reads the cell into the row after the last one. The row is kept when it resembles the pixel of sample
 * k, or when the caller has its own rules. */
static tl_code try_cell(const tl_study_work *w, tl_study *s, ptrdiff_t k, ptrdiff_t cell,
                        tl_err *err) {
    double *spectrum = tl_matrix_row(&s->scene, s->n_rows);
    const double *own = tl_matrix_row(&s->scene, k);
    TL_TRY(tl_recipes_read_spectrum(w->store, w->raster, cell, 0, w->list.number, s->p, spectrum,
                                    err));
    if (w->request->neighbours == 2 || (tl_training_set_complete(spectrum, s->p) &&
                                        tl_spectra_angle(own, spectrum, s->p) < largest_angle)) {
        memcpy(tl_matrix_row(&s->lab, s->n_rows), tl_matrix_row(&s->lab, k),
               (size_t)s->p * sizeof *own);
        s->group[s->n_rows] = s->group[k];
        s->col[s->n_rows] = cell % w->info->ncol;
        s->line[s->n_rows] = cell / w->info->ncol;
        s->n_rows++;
    }
    return TL_OK;
}

tl_code tl_training_set_add_neighbours(const tl_study_work *w, tl_study *s, tl_err *err) {
    const int all = w->request->neighbours == 2;
    for (ptrdiff_t k = 0; k < s->n; k++) {
        const ptrdiff_t own = w->cell[w->kept[k]];
        for (int side = 0; side < SIDES && first_in_cell(w, k); side++) {
            const ptrdiff_t cell = neighbour_cell(w->info, own, side);
            if (cell >= 0 && (all || !wanted_elsewhere(w, cell, own))) {
                TL_TRY(try_cell(w, s, k, cell, err));
            }
        }
    }
    if (!all) {
        tl_job_log(w->job, TL_INFO, "%td neighbouring pixels are added to %td samples",
                   s->n_rows - s->n, s->n);
    }
    return TL_OK;
}
