/* SPDX-License-Identifier: GPL-2.0-or-later
 * Regression forests: the mean of many trees, each grown on a bootstrap sample. A forest cannot
 * predict outside the range of the values it was grown on.
 *
 * source  Breiman 2001, Mach. Learn. 45:5; quantiles: Meinshausen 2006, J. Mach. Learn. Res.
 *         7:983 */
#ifndef TL_INVERSION_FOREST_H
#define TL_INVERSION_FOREST_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/status.h"
#include "inversion/inner.h"

enum { tl_forest_max_samples = 30000 };

typedef struct tl_forest_options {
    int trees;       /* 1 .. 5000 */
    int inner_trees; /* of the fits inside tune, 1 .. 5000: errors need fewer than quantiles */
    int mtry;        /* features tried per split, 1 .. m; 0 = a third of them, at least 1 */
    int min_leaf;    /* bootstrap draws in a leaf, 1 .. 10000; 0 = 5, and 3 below 100 samples */
    int importance;  /* 1: permutation importance is computed by fit */
    int quantiles;   /* 1: keeps what tl_inversion_forest_quantiles needs */
    int64_t seed;
    int threads; /* of fit */
} tl_forest_options;

/* A forest has no setting to choose. */
typedef struct tl_forest_setting {
    int nothing;
} tl_forest_setting;

/* A node of a tree. A feature at or below the threshold leads to the child `left`, others and NaN
 * to left + 1; both are counted from the root of the tree and are above the node's own number. */
typedef struct tl_forest_node {
    float threshold;  /* a leaf has +infinity */
    uint16_t feature; /* a leaf has 0 */
    uint16_t left;    /* a leaf has its own number */
} tl_forest_node;

/* Owner; zeroed = empty. */
typedef struct tl_forest {
    ptrdiff_t m;          /* features, at most 65535 */
    ptrdiff_t n;          /* training samples */
    ptrdiff_t trees;      /* at least 1 */
    ptrdiff_t *root;      /* [trees + 1] number of the first node of each tree */
    tl_forest_node *node; /* [root[trees]] */
    float *value;         /* [root[trees]] mean of the draws in a leaf, unit of y; 0 elsewhere */
    int *depth;           /* [trees] maximum number of steps from the root to a leaf */
    uint16_t *leaf;       /* [trees, n] the node of its tree in which a training sample ends; NULL
                             without quantiles, as is y */
    double *y;            /* [n] training values */
    double oob_r2;        /* of the trees that did not draw the sample; NaN when it has none */
    double oob_rmse;      /* unit of y */
    double *importance;   /* [m] increase of the out-of-bag mean squared error when the feature is
                             permuted, over the trees; NULL when not wanted */
} tl_forest;

/* 500 trees (100 inside tune), a third of the features, leaves of 5 (3 below 100 samples), seed 1,
 * one thread. */
tl_forest_options tl_inversion_forest_defaults(void);

/* Checks every range.
 *
 * fails  TL_ARG with the name of the option */
tl_code tl_inversion_forest_options_check(const tl_forest_options *o, tl_err *err);

/* Errors of the held-out rows of every set; there is no setting to choose.
 *
 * set      [n_sets]; every one of the n rows is held out in exactly one of them
 * index    number of the fit: it determines the random draws
 * error    [n] out: predicted minus observed value of each row
 * fails    as tl_inversion_forest_fit */
tl_code tl_inversion_forest_tune(const tl_inner_set *set, int n_sets, ptrdiff_t n,
                                 const tl_forest_options *o, uint32_t index,
                                 tl_forest_setting *best, double *error, tl_err *err);

/* Grows a forest. Features are rounded to float first, so that float features of a map follow the
 * same path as here. A split is the one among mtry drawn features with the largest decrease of the
 * squared error, over all positions between two values, halfway between them; a feature that is
 * constant in a node does not count as drawn. Of equal decreases the first one counts.
 *
 * x        [n, m] finite
 * y        [n] finite
 * setting  not used
 * index    the draws of tree t are those of (seed, TL_STREAM_FOREST, index * 8192 + t)
 * out      uninitialised; empty on failure; does not depend on the number of threads
 * fails    TL_SHAPE no row, no column, or more than tl_forest_max_samples and 65535; TL_ARG;
 *          TL_NOMEM
 * cost     about trees mtry n log2(n)^2 */
tl_code tl_inversion_forest_fit(const tl_matrix *x, const double *y, const tl_forest_options *o,
                                const tl_forest_setting *setting, uint32_t index, tl_forest *out,
                                tl_err *err);

/* The mean of the leaves in which a spectrum ends, tree after tree.
 *
 * row     [m] rounded to float here
 * returns unit of y; NaN when row has a NaN */
double tl_inversion_forest_predict(const tl_forest *f, const double *row);

/* The same for n pixels, to the same bits.
 *
 * u      [m, n] features, feature by feature
 * value  [n] out
 * NaN    any NaN feature makes the value NaN
 * fails  TL_NOMEM
 * cost   trees times depth per pixel; 64 m floats */
tl_code tl_inversion_forest_predict_block(const tl_forest *f, const float *u, ptrdiff_t n,
                                          double *value, tl_err *err);

/* Quantiles of the property given a spectrum: of the training values, each weighted by how often it
 * shares the leaf, divided by the number of samples there.
 *
 * row       [m]
 * p         [n_p] in (0, 1)
 * quantile  [n_p] out: the smallest training value whose weights up to it reach p
 * NaN       in row makes all quantiles NaN
 * fails     TL_INTERNAL the forest was fitted without quantiles; TL_NOMEM
 * cost      trees n + n log n */
tl_code tl_inversion_forest_quantiles(const tl_forest *f, const double *row, const double *p,
                                      ptrdiff_t n_p, double *quantile, tl_err *err);

/* Everything that prediction and quantiles need, as a new JSON object to be released with
 * json_decref; NULL on failure. Keys: "features", "samples", "knots" [trees] nodes per tree,
 * "feature", "threshold", "left", "value" (all nodes, tree by tree; -1 as feature marks a leaf,
 * whose threshold and left are 0; other nodes have value 0), "oob_r2" and "oob_rmse" (absent when
 * they do not exist), "importance", "leaf" [trees * samples] and "y" when wanted.
 *
 * fails  TL_NUMERIC a number is not finite; TL_NOMEM */
tl_code tl_inversion_forest_to_json(const tl_forest *f, json_t **json, tl_err *err);

/* Reads it back with the same bits; the document may come from an untrusted source. Children must
 * come after their parents and inside their tree, so that no path is circular.
 *
 * m      number of features expected
 * f      uninitialised; empty on failure
 * fails  TL_FORMAT, naming the key; TL_NOMEM */
tl_code tl_inversion_forest_from_json(const json_t *json, ptrdiff_t m, tl_forest *f, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_inversion_forest_free(tl_forest *f);

#endif
