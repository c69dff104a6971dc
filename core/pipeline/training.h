/* SPDX-License-Identifier: GPL-2.0-or-later
 * All samples, and the private copy of those that may be learnt from. */
#ifndef TL_PIPELINE_TRAINING_H
#define TL_PIPELINE_TRAINING_H

#include <stddef.h>

#include "base/matrix.h"
#include "base/status.h"
#include "pipeline/linear.h"

/* All samples; borrowed. No NaN anywhere: samples with gaps are excluded before. */
typedef struct tl_pipeline_data {
    ptrdiff_t n;
    const tl_matrix *scene; /* [n, p] reflectance at the sample's pixel; NULL for lab features */
    const tl_matrix *lab;   /* [n, p] lab spectra at the same bands; NULL for scene features */
    /* Spectrum of a pixel -> MNF components, those with the largest signal first. It depends on the
     * scene, but on no sample and no property, so it is the same in all folds. NULL = none. */
    const tl_linear *projection;
    const double *wavelength_nm; /* [p]; NULL = unknown: only for recipes without transform */
    const double *y;             /* [n] measured property */
    const ptrdiff_t *group;      /* [n] equal numbers are never separated; NULL = all independent */
    const double *east;          /* [n] map units; NULL = unknown */
    const double *north;         /* [n] */
} tl_pipeline_data;

/* A private copy of the rows that may be learnt from. Fits see only this, so no test row can
 * influence them. y is on the scale of the model (logarithm taken). Owner. */
typedef struct tl_training {
    ptrdiff_t n;
    tl_matrix scene;
    tl_matrix components; /* [n, projection->n_out]; empty without projection */
    tl_matrix lab;
    double *y;
    ptrdiff_t *group;
    const tl_linear *projection; /* borrowed; NULL = there is none */
    const double *wavelength_nm; /* borrowed */
} tl_training;

/* Copies some rows of data.
 *
 * rows   [n_rows] row numbers in [0, data->n)
 * log_y  1: the natural logarithm of the property is taken
 * t      uninitialised; empty on failure
 * fails  TL_DATA a property <= 0 with log_y; TL_NOMEM */
tl_code tl_pipeline_training_take(const tl_pipeline_data *data, const ptrdiff_t *rows,
                                  ptrdiff_t n_rows, int log_y, tl_training *t, tl_err *err);

/* Copies some rows of a training set, for inner folds.
 *
 * to     uninitialised; empty on failure
 * fails  TL_NOMEM */
tl_code tl_pipeline_training_part(const tl_training *from, const ptrdiff_t *rows, ptrdiff_t n_rows,
                                  tl_training *to, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_pipeline_training_free(tl_training *t);

#endif
