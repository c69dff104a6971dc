/* SPDX-License-Identifier: GPL-2.0-or-later
 * Stripes along the columns of one band: detector elements that are brighter or darker than their
 * neighbours throughout the scene. Rows are added one after the other, so that a scene need not fit
 * into memory. */
#ifndef TL_IMAGERY_STRIPES_H
#define TL_IMAGERY_STRIPES_H

#include <stddef.h>

#include "base/status.h"

/* Sums over rows of the deviation of each cell from the mean of the nine cells around it in its
 * row. The surface deviates in both directions, an element of the detector always in the same one.
 * Deviations are clipped, so that edges of fields have little weight. The sums of both halves of
 * the scene are separate: stripes are what the halves have in common. */
typedef struct tl_stripes {
    ptrdiff_t ncol;
    int as_gain;      /* 1: deviations of logarithms, for stripes that are factors */
    ptrdiff_t middle; /* rows from here on belong to the second half */
    double typical;   /* sum over rows of the median size of the deviations */
    double rows;      /* rows in it */
    double limit;     /* deviations are clipped here */
    double *sum[2];   /* [ncol] of clipped deviations, by half */
    double *count[2]; /* [ncol] */
    double *scratch;  /* [3, ncol + 1] */
} tl_stripes;

/* What was found. */
typedef struct tl_stripe_profile {
    double amplitude; /* standard deviation of the stripes, corrected for chance */
    double chance;    /* what surface and noise alone produce, from the difference of both halves */
} tl_stripe_profile;

/* Empty sums for a band of nrow rows and ncol columns in the uninitialised s.
 *
 * fails  TL_NOMEM */
tl_code tl_imagery_stripes_init(tl_stripes *s, ptrdiff_t nrow, ptrdiff_t ncol, int as_gain,
                                tl_err *err);

/* Frees; NULL and zeroed are fine. */
void tl_imagery_stripes_free(tl_stripes *s);

/* Measures how large deviations usually are; to be called for some rows of the scene before the
 * first row is added.
 *
 * rows  [n_rows, ncol]
 * NaN   skipped */
void tl_imagery_stripes_learn(tl_stripes *s, const float *rows, ptrdiff_t n_rows);

/* Adds rows. The sums do not depend on how many are added at a time.
 *
 * row0  of the scene
 * rows  [n_rows, ncol]
 * NaN   is excluded, as are values not above 0 where stripes are factors */
void tl_imagery_stripes_add(tl_stripes *s, ptrdiff_t row0, const float *rows, ptrdiff_t n_rows);

/* The stripes: the profile across the scene whose deviations from its own means of nine are the
 * mean deviations found, minus its running median over width columns, which is the surface and the
 * slow change across the swath. They are shrunk to the share of their variance that both halves of
 * the scene have in common, so that a clean band is left alone.
 *
 * width   odd, 3 or more: stripes narrower than half of it are found
 * stripe  [ncol] out: to be subtracted, or (as_gain) the logarithm of the factor to be divided by
 * fails   TL_NOMEM
 * source  moment matching of columns (Gadallah, Csillag and Smith 2000, Int. J. Remote Sens.
 *         21:2505) on clipped deviations from the neighbours; the share by the
 *         covariance of two halves (split-half reliability, Spearman 1910) */
tl_code tl_imagery_stripes_solve(const tl_stripes *s, ptrdiff_t width, double *stripe,
                                 tl_stripe_profile *found, tl_err *err);

/* Removes the stripes from rows, in place. NaN stays NaN. */
void tl_imagery_stripes_remove(const double *stripe, ptrdiff_t ncol, int as_gain, float *rows,
                               ptrdiff_t n_rows);

#endif
