/* SPDX-License-Identifier: GPL-2.0-or-later
 * A small neural network for one property: features - 64 - 32 - 16 - 1, the mean over several
 * starts. */
#ifndef TL_INVERSION_NET_H
#define TL_INVERSION_NET_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/status.h"
#include "inversion/inner.h"

enum { tl_net_layers = 4, tl_net_max_starts = 50, tl_net_max_features = 20000 };

typedef struct tl_net_options {
    int starts;       /* networks that are averaged, 1 .. tl_net_max_starts */
    int inner_starts; /* of the fits inside tune, 1 .. tl_net_max_starts */
    int epochs;       /* at most, 1 .. 100000 */
    int patience;     /* epochs without a lower held-out error before it stops, 1 .. 100000 */
    int batch;        /* samples per step, 1 .. 100000 */
    double held_out;  /* share of the samples for early stopping, 0 (never stops) .. 0.5 */
    double dropout;   /* share of the hidden units that a step masks, 0 .. 0.9 */
    double decay;     /* decay / 2 * sum of squared weights (not biases) is added, 0 .. 10 */
    double rate;      /* of Adam, 1e-7 .. 1 */
    int64_t seed;
    int threads; /* of fit */
} tl_net_options;

/* A network has no setting to choose. */
typedef struct tl_net_setting {
    int nothing;
} tl_net_setting;

/* Weights of one start, layer by layer: W [in, out], then b [out]. Owner; zeroed = empty. */
typedef struct tl_net {
    ptrdiff_t m;       /* features */
    ptrdiff_t starts;  /* at least 1 */
    tl_matrix scale;   /* [2, m] mean and standard deviation of the features; 1e30 for constants */
    double mean_y;     /* unit of y */
    double scale_y;    /* unit of y */
    tl_matrix weights; /* [starts, tl_inversion_net_count(m)] */
    int *epochs;       /* [starts] epoch of the weights */
} tl_net;

/* 5 starts (1 inside tune), at most 500 epochs, patience 40, batch 16, 15 % held out, dropout 0.2,
 * decay 1e-4, rate 1e-3, seed 1, one thread. */
tl_net_options tl_inversion_net_defaults(void);

/* Checks every range.
 *
 * fails  TL_ARG with the name of the option */
tl_code tl_inversion_net_options_check(const tl_net_options *o, tl_err *err);

/* Weights of a network with m features. */
ptrdiff_t tl_inversion_net_count(ptrdiff_t m);

/* Errors of the held-out rows of every set; there is no setting to choose.
 *
 * set      [n_sets]; every one of the n rows is held out in exactly one of them
 * index    number of the fit: it determines the random draws
 * error    [n] out: predicted minus observed value of each row
 * fails    as tl_inversion_net_fit */
tl_code tl_inversion_net_tune(const tl_inner_set *set, int n_sets, ptrdiff_t n,
                              const tl_net_options *o, uint32_t index, tl_net_setting *best,
                              double *error, tl_err *err);

/* Trains all starts. Features and property are standardised by the training rows. Weights start
 * uniform in +-sqrt(6 / in), biases at 0; units of the hidden layers are max(0, .). The samples for
 * early stopping are drawn for each start and never trained on; the weights with the smallest
 * squared error on them are kept. Below 7 samples nothing is held out and all epochs are run.
 *
 * x        [n, m] finite
 * y        [n] finite
 * setting  not used
 * index    start s draws from the streams TL_STREAM_NET_* with index * 64 + s
 * out      uninitialised; empty on failure; does not depend on the number of threads
 * fails    TL_SHAPE; TL_DATA fewer than 2 samples; TL_ARG; TL_NUMERIC the loss is not finite;
 *          TL_NOMEM
 * cost     about 6 epochs n (64 m + 2576) per start
 * source   Kingma & Ba 2015 (Adam); He et al. 2015, Proc. ICCV (start); Srivastava et al. 2014, J.
 *          Mach. Learn. Res. 15:1929 (dropout); Prechelt 1998 (stopping) */
tl_code tl_inversion_net_fit(const tl_matrix *x, const double *y, const tl_net_options *o,
                             const tl_net_setting *setting, uint32_t index, tl_net *out,
                             tl_err *err);

/* The mean of all starts for one spectrum.
 *
 * row    [m]
 * value  out, unit of y; NaN when row has a NaN
 * fails  TL_NOMEM */
tl_code tl_inversion_net_predict(const tl_net *net, const double *row, double *value, tl_err *err);

/* The same for n pixels; the bits of a pixel do not depend on n.
 *
 * u      [m, n] features, feature by feature
 * value  [n] out
 * NaN    any NaN feature makes the value NaN
 * fails  TL_NOMEM
 * cost   starts (64 m + 2576) multiply-adds per pixel */
tl_code tl_inversion_net_predict_block(const tl_net *net, const float *u, ptrdiff_t n,
                                       double *value, tl_err *err);

/* Everything that prediction needs, as a new JSON object to be released with json_decref; NULL on
 * failure. Keys: "features", "scale" [2][m], "mean_y", "scale_y", "epochs" [starts], "weights"
 * [starts][count].
 *
 * fails  TL_NUMERIC a number is not finite; TL_NOMEM */
tl_code tl_inversion_net_to_json(const tl_net *net, json_t **json, tl_err *err);

/* Reads it back with the same bits; the document may come from an untrusted source.
 *
 * m      number of features expected
 * net    uninitialised; empty on failure
 * fails  TL_FORMAT, naming the key; TL_NOMEM */
tl_code tl_inversion_net_from_json(const json_t *json, ptrdiff_t m, tl_net *net, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_inversion_net_free(tl_net *net);

#endif
