/* SPDX-License-Identifier: GPL-2.0-or-later
 * How good a transfer is: generated against lab spectra, on pairs that it was not fitted on. */
#ifndef TL_FUSION_DIAGNOSIS_H
#define TL_FUSION_DIAGNOSIS_H

#include <jansson.h>

#include "base/matrix.h"
#include "base/progress.h"
#include "base/status.h"
#include "fusion/transfer.h"

/* Spread and correlation are computed within folds, because the models of the folds differ too. */
typedef struct tl_diagnosis {
    ptrdiff_t n; /* held-out samples, all folds together */
    ptrdiff_t folds;
    double spread_ratio;    /* mean over bands of sd(generated) / sd(lab) */
    double correlation;     /* mean over bands of r(generated, lab); a constant band counts 0 */
    double shuffled_low;    /* 2.5 % quantile of the same after shuffling the pairs */
    double shuffled_high;   /* 97.5 % quantile */
    double explained;       /* 1 - sum|y-s|^2 / sum|mean_train(s)-s|^2 */
    double angle;           /* mean spectral angle in radians */
    ptrdiff_t active_units; /* latent units with variance of mu above .01; -1 for DS */
    ptrdiff_t latent;       /* 0 for DS */
    int collapsed;          /* 1: the correlation is within the shuffled range */
    char warning[320];      /* the warning to print then, else empty */
} tl_diagnosis;

/* The pairs that are divided into folds. */
typedef struct tl_pairs {
    tl_matrix satellite;    /* [n, p_in]; borrowed, as are the others */
    tl_matrix lab;          /* [n, p_out] */
    const ptrdiff_t *group; /* [n] rows with one number are one sample and its neighbours */
    const int *own;         /* [n] 1: the sample's own pixel; only these are assessed */
} tl_pairs;

/* Fits the transfer on all folds but one, five times (twice with fewer than 10 samples), and
 * compares the spectra that it generates for the held-out samples along the mean path with their
 * lab spectra. The same pairs, options and seed return the same numbers.
 *
 * fitted     the transfer fitted on all pairs, for the active units; NULL = they are not counted
 * generated  uninitialised, becomes [samples, p_out]: held-out spectra of the rows with own = 1, in
 *            their order; NULL = not wanted
 * curve      uninitialised, becomes [1, epochs]: mean held-out error per epoch over the folds (0
 *            columns for DS); NULL = not wanted
 * NaN        not allowed in pairs (TL_DATA)
 * fails      TL_DATA fewer than 3 samples to assess; the errors of the fits; TL_CANCELLED
 * cost       five fits */
tl_code tl_fusion_diagnose(const tl_transfer_options *o, const tl_pairs *pairs,
                           const tl_transfer *fitted, const tl_progress *p, tl_diagnosis *d,
                           tl_matrix *generated, tl_matrix *curve, tl_err *err);

/* A diagnosis as JSON, every number under the name of its field.
 *
 * json   a new object, to be released with json_decref; NULL on failure
 * fails  TL_NOMEM */
tl_code tl_fusion_diagnosis_to_json(const tl_diagnosis *d, json_t **json, tl_err *err);

#endif
