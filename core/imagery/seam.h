/* SPDX-License-Identifier: GPL-2.0-or-later
 * The step between two detectors of a scene, usually near 1000 nm. */
#ifndef TL_IMAGERY_SEAM_H
#define TL_IMAGERY_SEAM_H

#include "base/bands.h"

enum { TL_SEAM_BANDS = 5 };

/* One seam: straight lines through the nearest bands of either detector, evaluated where the
 * detectors meet. */
typedef struct tl_seam {
    int detector;   /* of the shorter wavelengths */
    double at_nm;   /* where both lines are evaluated */
    int overlaps;   /* 1: the detectors share wavelengths there; 0: both lines are extrapolated */
    ptrdiff_t n[2]; /* bands used of the first and the second detector, 2 .. TL_SEAM_BANDS */
    ptrdiff_t band[2][TL_SEAM_BANDS]; /* positions in the band table */
    double weight[2][TL_SEAM_BANDS];  /* level = sum of weight * value */
} tl_seam;

/* The seam between detector and the one after it.
 *
 * returns 1 when both detectors have two usable bands near each other, else 0 */
int tl_imagery_seam_find(const tl_bands *bands, int detector, tl_seam *seam);

/* The levels of both sides of a pixel.
 *
 * value  [bands] at the positions that seam->band names; NaN stays NaN
 * step   distance in values from one band of value to the next */
void tl_imagery_seam_levels(const tl_seam *seam, const float *value, ptrdiff_t step,
                            double level[2]);

/* The median step of many pixels.
 *
 * level    [n, 2] levels of both sides; pixels with NaN, or not above 0 where the step is a factor,
 *          are excluded
 * as_gain  1: first / second; 0: first - second
 * returns  the median; NaN without pixels or memory */
double tl_imagery_seam_step(const double *level, ptrdiff_t n, int as_gain);

#endif
