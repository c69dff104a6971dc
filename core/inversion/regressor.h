/* SPDX-License-Identifier: GPL-2.0-or-later
 * One interface to all regressions, so that validation and maps are independent of the kind. */
#ifndef TL_INVERSION_REGRESSOR_H
#define TL_INVERSION_REGRESSOR_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/status.h"
#include "inversion/forest.h"
#include "inversion/inner.h"
#include "inversion/net.h"
#include "inversion/ridge.h"
#include "inversion/scores.h"
#include "inversion/svr.h"

/* Words in files and parameters: tl_inversion_regressor_word. */
typedef enum tl_regressor_kind {
    TL_REGRESSOR_PLSR = 0,
    TL_REGRESSOR_RIDGE,
    TL_REGRESSOR_SVR,
    TL_REGRESSOR_FOREST,
    TL_REGRESSOR_NET
} tl_regressor_kind;

enum { tl_regressor_kinds = 5 };

/* Options of a regression; only the fields of its kind matter. */
typedef struct tl_regressor_options {
    tl_regressor_kind kind;
    int64_t seed;           /* of the kinds with random draws */
    int autoscale;          /* plsr, ridge: 1 divides every feature by its standard deviation */
    int max_components;     /* plsr: 1 .. 1000 */
    tl_component_rule rule; /* plsr */
    tl_ridge_options ridge;
    tl_svr_options svr;
    tl_forest_options forest;
    tl_net_options net;
} tl_regressor_options;

/* What inner cross-validation chose; only the fields of the kind matter. */
typedef struct tl_regressor_setting {
    int components; /* plsr; else 0 */
    tl_ridge_setting ridge;
    tl_svr_setting svr;
} tl_regressor_setting;

/* A fitted regression. Owner; zeroed = empty. */
typedef struct tl_regressor {
    tl_regressor_kind kind;
    ptrdiff_t m; /* features */
    tl_regressor_setting setting;
    /* plsr, ridge: value = intercept + sum(coefficients * features). */
    double intercept;
    double *coefficients; /* [m]; NULL when the kind is not linear */
    tl_svr svr;           /* svr */
    tl_forest forest;     /* forest */
    tl_net net;           /* net */
} tl_regressor;

/* The defaults of the kind; for PLSR at most 15 components by the rule "tol". Seed 1, one
 * thread. */
tl_regressor_options tl_inversion_regressor_defaults(tl_regressor_kind kind);

/* "plsr", "ridge", "svr", "forest", "net". */
const char *tl_inversion_regressor_word(tl_regressor_kind kind);

/* The kind of a word.
 *
 * fails  TL_FORMAT no such word */
tl_code tl_inversion_regressor_from_word(const char *word, tl_regressor_kind *kind, tl_err *err);

/* Checks every range.
 *
 * fails  TL_ARG with the name of the option */
tl_code tl_inversion_regressor_options_check(const tl_regressor_options *o, tl_err *err);

/* Chooses the setting on which the held-out rows of the inner sets are predicted best.
 *
 * set     [n_sets]; every one of the n rows is held out in exactly one of them
 * index   number of the fit: it determines the random draws
 * best    out
 * error   [n] out: predicted minus observed value of each row with that setting, when held out
 * fails   TL_DATA too few rows; TL_NUMERIC; TL_NOMEM */
tl_code tl_inversion_regressor_tune(const tl_inner_set *set, int n_sets, ptrdiff_t n,
                                    const tl_regressor_options *o, uint32_t index,
                                    tl_regressor_setting *best, double *error, tl_err *err);

/* Fits with a setting.
 *
 * x       [n, m] finite
 * y       [n] finite
 * out     uninitialised; empty on failure
 * fails   TL_SHAPE; TL_DATA; TL_NUMERIC; TL_NOMEM */
tl_code tl_inversion_regressor_fit(const tl_matrix *x, const double *y,
                                   const tl_regressor_options *o,
                                   const tl_regressor_setting *setting, uint32_t index,
                                   tl_regressor *out, tl_err *err);

/* The setting as a short text, for example "5 components" or "C 8, gamma 0.01, epsilon 0.1"; empty
 * for kinds without a setting.
 *
 * text  [tl_regressor_text_size] out */
enum { tl_regressor_text_size = 96 };
void tl_inversion_regressor_describe(tl_regressor_kind kind, const tl_regressor_setting *setting,
                                     char *text);

/* 1: the regression is intercept + coefficients . features. */
int tl_inversion_regressor_is_linear(const tl_regressor *r);

/* Number of doubles that tl_inversion_regressor_predict_block needs as scratch, for any number of
 * pixels. */
ptrdiff_t tl_inversion_regressor_scratch(const tl_regressor *r);

/* Values of n pixels. The result of a pixel depends neither on n nor on its neighbours, nor on the
 * processor.
 *
 * u        [m, n] features, feature by feature
 * value    [n] out
 * scratch  [tl_inversion_regressor_scratch(r)]
 * NaN      a NaN feature makes the value NaN
 * fails    TL_NOMEM */
tl_code tl_inversion_regressor_predict_block(const tl_regressor *r, const float *u, ptrdiff_t n,
                                             double *value, double *scratch, tl_err *err);

/* Everything that prediction needs.
 *
 * json   a new object, to be released with json_decref; NULL on failure
 * fails  TL_NUMERIC a number is not finite; TL_NOMEM */
tl_code tl_inversion_regressor_to_json(const tl_regressor *r, json_t **json, tl_err *err);

/* Reads it back with the same bits. The document may come from an untrusted source.
 *
 * m      number of features expected
 * r      uninitialised; empty on failure
 * fails  TL_FORMAT; TL_NOMEM */
tl_code tl_inversion_regressor_from_json(const json_t *json, ptrdiff_t m, tl_regressor *r,
                                         tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_inversion_regressor_free(tl_regressor *r);

#endif
