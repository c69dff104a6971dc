/* SPDX-License-Identifier: GPL-2.0-or-later
 * Support vector regression with a Gaussian kernel: features and property are standardised by the
 * training rows, then value = sum_i beta_i exp(-gamma |x - x_i|^2) + intercept. */
#ifndef TL_INVERSION_SVR_H
#define TL_INVERSION_SVR_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/status.h"
#include "inversion/inner.h"

enum { tl_svr_max_choices = 16, tl_svr_max_samples = 8000 };

/* The grid from which inner cross-validation chooses, and how accurately the final fit is
 * solved. */
typedef struct tl_svr_options {
    int n_cost;
    double cost[tl_svr_max_choices]; /* C, 1e-6 .. 1e9, increasing */
    int n_width;
    double
        width[tl_svr_max_choices]; /* gamma times the number of features, 1e-9 .. 1e9, increasing */
    int n_tube;
    double tube[tl_svr_max_choices]; /* epsilon, 0 .. 10 standard deviations of y, increasing */
    int refine;                      /* 1: then half steps around the best point */
    double stop;                     /* gap of the final fit, 1e-12 .. 1e-3 */
    int threads;
} tl_svr_options;

/* What was chosen. */
typedef struct tl_svr_setting {
    double cost;
    double width; /* gamma times the number of features */
    double tube;
} tl_svr_setting;

/* Owner; zeroed = empty. */
typedef struct tl_svr {
    ptrdiff_t m;         /* features */
    ptrdiff_t n_support; /* at least 1 */
    double gamma;
    double intercept;  /* standard deviations of y */
    double mean_y;     /* unit of y */
    double scale_y;    /* unit of y */
    double *mean;      /* [m] */
    double *scale;     /* [m] > 0; 1e30 for a feature that did not vary in training */
    tl_matrix support; /* [n_support, m] standardised */
    double *beta;      /* [n_support], padded with zeros by tl_inversion_svr_pack */
    float *packed;     /* the same for maps; see svr_map.c */
} tl_svr;

/* C 2^-1, 2^1 .. 2^9; gamma m 2^-5, 2^-3.5 .. 2^2.5; epsilon .02, .1, .3; with refinement; stop
 * 1e-6; one thread. */
tl_svr_options tl_inversion_svr_defaults(void);

/* Checks every range.
 *
 * fails  TL_ARG with the name of the option */
tl_code tl_inversion_svr_options_check(const tl_svr_options *o, tl_err *err);

/* Chooses the point of the grid with the smallest pooled squared error of the held-out rows; of
 * equal ones the smaller C, then the smaller gamma, then the wider tube. Every division is
 * standardised by its own learning rows. With refine, C and gamma are then moved by half a step of
 * their grid (the eight neighbours), and then epsilon halfway towards its neighbours.
 *
 * Distances are computed once per division, kernels once per gamma, and shared by all C and
 * epsilon; every problem is solved to a gap of 1e-3.
 *
 * set      [n_sets]; every one of the n rows is held out in exactly one of them
 * index    not used: nothing is drawn
 * best     out
 * error    [n] out: predicted minus observed value of each row with that setting, unit of y
 * fails    TL_ARG; TL_DATA more than tl_svr_max_samples learning rows, or fewer than 2; TL_NUMERIC;
 *          TL_NOMEM
 * threads  the result does not depend on their number
 * source   Smola & Schoelkopf 2004, Stat. Comput. 14:199 */
tl_code tl_inversion_svr_tune(const tl_inner_set *set, int n_sets, ptrdiff_t n,
                              const tl_svr_options *o, uint32_t index, tl_svr_setting *best,
                              double *error, tl_err *err);

/* Fits with a setting.
 *
 * x      [n, m] finite
 * y      [n] finite, any unit
 * index  not used: nothing is drawn
 * out    uninitialised; empty on failure
 * fails  as tl_inversion_svr_tune; TL_SHAPE no feature */
tl_code tl_inversion_svr_fit(const tl_matrix *x, const double *y, const tl_svr_options *o,
                             const tl_svr_setting *setting, uint32_t index, tl_svr *out,
                             tl_err *err);

/* The value of one row in double, support vector by support vector.
 *
 * row     [m]
 * returns unit of y; NaN when the row has a NaN */
double tl_inversion_svr_predict(const tl_svr *svr, const double *row);

/* Number of floats that tl_inversion_svr_predict_block needs as scratch, for any number of
 * pixels. */
ptrdiff_t tl_inversion_svr_scratch(const tl_svr *svr);

/* Values of n pixels at the speed of maps: distances as x'x + v'v - 2 x'v in single precision over
 * blocks of pixels, exponentials by a polynomial (relative error below 1e-6), sums in double. The
 * bits of a pixel depend neither on n, nor on its neighbours, nor on the processor.
 *
 * u        [m, n] features, feature by feature
 * value    [n] out, unit of y; within about 1e-5 sum |beta| scale_y of tl_inversion_svr_predict
 * scratch  [tl_inversion_svr_scratch(svr)]
 * NaN      a feature that is not finite makes the value NaN
 * cost     n n_support m multiply-adds; no allocation */
void tl_inversion_svr_predict_block(const tl_svr *svr, const float *u, ptrdiff_t n, double *value,
                                    float *scratch);

/* Everything that prediction needs.
 *
 * json   a new object, to be released with json_decref; NULL on failure
 * fails  TL_NUMERIC a number is not finite; TL_NOMEM */
tl_code tl_inversion_svr_to_json(const tl_svr *svr, json_t **json, tl_err *err);

/* Reads it back with the same bits. The document may come from an untrusted source.
 *
 * m      number of features expected
 * svr    uninitialised; empty on failure
 * fails  TL_FORMAT; TL_NOMEM */
tl_code tl_inversion_svr_from_json(const json_t *json, ptrdiff_t m, tl_svr *svr, tl_err *err);

/* Computes svr->packed from the other fields; for code that fills a tl_svr itself.
 *
 * fails  TL_NOMEM */
tl_code tl_inversion_svr_pack(tl_svr *svr, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_inversion_svr_free(tl_svr *svr);

#endif
