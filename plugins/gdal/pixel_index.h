/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which columns and rows of the scene GDAL asks for, as the ramps tell it. */
#ifndef TILTH_PLUGIN_PLACES_H
#define TILTH_PLUGIN_PLACES_H

#include "target.h"

/* Owner; zeroed = empty. A resampled request leaves places out or has them twice; they never fall
 * back. */
typedef struct places {
    ptrdiff_t n_cols;
    ptrdiff_t n_rows;
    int *col; /* [n_cols] from 0, as the file has them */
    int *row; /* [n_rows] */
} places;

/* Reads the places of a block.
 *
 * columns, rows  [t->n_rows, t->n_cols] values of the two ramps
 * n_cols, n_rows size of the scene
 * p              uninitialised; empty after a failure
 * fails          TL_ARG the sources are no ramps over this scene; TL_NOMEM */
tl_code places_read(const float *columns, const float *rows, const target *t, ptrdiff_t n_cols,
                    ptrdiff_t n_rows, places *p, tl_err *err);

/* Frees; zeroed and already freed owners are fine. */
void places_free(places *p);

#endif
