/* SPDX-License-Identifier: GPL-2.0-or-later
 * Corrections that need no physics: a straight line per band from targets of known reflectance, or
 * from the mean of a scene. */
#ifndef TL_ATMOSPHERE_FIT_H
#define TL_ATMOSPHERE_FIT_H

#include <stddef.h>

#include "base/status.h"

/* reflectance = gain * value + offset */
typedef struct tl_band_line {
    double gain; /* NaN where the band has no line */
    double offset;
    double rmse;  /* of the targets, reflectance */
    ptrdiff_t n;  /* targets used */
    char why[64]; /* why there is no line; empty when there is one */
} tl_band_line;

/* Least squares of reflectance on value over the targets; with one target the line goes through
 * the origin.
 *
 * value        [n] of the scene, NaN = not used
 * reflectance  [n] NaN = not used
 * source       Smith and Milton 1999, Int. J. Remote Sens. 20:2653 (empirical line) */
tl_band_line tl_atmosphere_line(const double *value, const double *reflectance, ptrdiff_t n);

/* Selects the pixels that differ as much as possible: the one farthest from the mean direction
 * first, then always the one whose smallest angle to the selected ones is largest.
 *
 * spectrum  [n, p] without NaN
 * picked    [wanted] out: rows
 * returns   the number of selected pixels; fewer than wanted when no other pixel differs
 * fails     TL_NOMEM */
tl_code tl_atmosphere_extremes(const double *spectrum, ptrdiff_t n, ptrdiff_t p, ptrdiff_t wanted,
                               ptrdiff_t *picked, ptrdiff_t *count, tl_err *err);

#endif
