/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ordinary kriging of sample values from their coordinates alone: the accuracy of a map without any
 * spectrum. */
#ifndef TL_INVERSION_KRIGING_H
#define TL_INVERSION_KRIGING_H

#include "base/matrix.h"
#include "base/status.h"

typedef enum tl_variogram_kind { TL_SPHERICAL = 0, TL_EXPONENTIAL } tl_variogram_kind;

/* gamma(0) = 0; for h > 0
 *   spherical    nugget + sill (1.5 h/range - 0.5 (h/range)^3), nugget + sill from the range on
 *   exponential  nugget + sill (1 - exp(-h/range)) */
typedef struct tl_variogram {
    tl_variogram_kind kind;
    double nugget; /* squared unit of the values, >= 0 */
    double sill;   /* without the nugget, >= 0 */
    double range;  /* map units, above 0 */
    double sse;    /* remaining weighted sum of squares */
} tl_variogram;

/* gamma(h). */
double tl_inversion_variogram(const tl_variogram *v, double h);

/* Fits a variogram. Half mean squared differences in 15 distance classes (n/4 of them below 60
 * samples, at least 4) up to a third of the diagonal of the extent; weights = pairs / squared mean
 * distance. For a given range nugget and sill are a linear problem with bounds, solved in closed
 * form; the range is searched on 200 logarithmic steps between half the first mean distance and
 * 3 times the last, then refined by golden sections.
 *
 * x, y   [n] map units, finite
 * value  [n] finite
 * out    if all values are equal, or all at one location: nugget = variance, no sill
 * fails  TL_DATA n below 4; TL_NOMEM
 * cost   O(n^2)
 * source Cressie 1985, Math. Geol. 17:563 (weights); Pebesma 2004, Comput. Geosci. 30:683 (classes,
 *        weights n/h^2) */
tl_code tl_inversion_variogram_fit(const double *x, const double *y, const double *value,
                                   ptrdiff_t n, tl_variogram_kind kind, tl_variogram *out,
                                   tl_err *err);

/* Owner of data ready for prediction. Samples at one location count as one with their mean. */
typedef struct tl_kriging {
    tl_variogram variogram;
    ptrdiff_t n;      /* locations */
    double *x;        /* [n] */
    double *y;        /* [n] */
    double *value;    /* [n] */
    ptrdiff_t used;   /* nearest locations per prediction; n = all, factored once */
    tl_matrix factor; /* [n, n] of the covariances when all are used, else empty */
} tl_kriging;

/* Maximum number of locations of one prediction. */
enum { tl_kriging_max_used = 200 };

/* Prepares predictions: all locations up to tl_kriging_max_used, else the nearest 100 of each
 * prediction.
 *
 * fails  TL_DATA n below 1; TL_NOMEM; TL_NUMERIC the covariances are singular */
tl_code tl_inversion_kriging_init(const tl_variogram *variogram, const double *x, const double *y,
                                  const double *value, ptrdiff_t n, tl_kriging *out, tl_err *err);

/* Ordinary kriging at one location: weights sum to 1; at a location with data the result is its
 * value.
 *
 * value     out
 * variance  out: kriging variance; NULL = not wanted
 * weight    [k->n] out: weight of every location; NULL = not wanted
 * fails     TL_NOMEM; TL_NUMERIC the covariances are singular
 * cost      O(n^2), O(used^3 / 3) when not all are used
 * source    Cressie 1993, Statistics for Spatial Data, section 3.2 */
tl_code tl_inversion_kriging_predict(const tl_kriging *k, double x, double y, double *value,
                                     double *variance, double *weight, tl_err *err);

void tl_inversion_kriging_free(tl_kriging *k);

/* Leaves folds out: variogram (exponential or spherical, whichever leaves the smaller sum of
 * squares; spherical when equal) and kriging from the other samples only.
 *
 * fold       [n] 0 .. folds-1; -1 = never tested
 * predicted  [n] out; NaN for samples never tested
 * fails      TL_DATA fewer than 4 training samples in a fold, missing coordinates; TL_NUMERIC;
 *            TL_NOMEM */
tl_code tl_inversion_kriging_folds(const double *x, const double *y, const double *value,
                                   ptrdiff_t n, const int *fold, int folds, double *predicted,
                                   tl_err *err);

#endif
