/* SPDX-License-Identifier: GPL-2.0-or-later
 * Growing one tree of a forest; for forest.c only. */
#ifndef TL_INVERSION_FOREST_GROW_H
#define TL_INVERSION_FOREST_GROW_H

#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "base/status.h"
#include "inversion/forest.h"

/* What all trees share, read only. */
typedef struct tl_forest_data {
    ptrdiff_t n;
    ptrdiff_t m;
    float *x;       /* [m, n] feature by feature */
    int32_t *order; /* [m, n] samples by increasing value of each feature, ties by number */
    double *y;      /* [n] minus mean_y */
    double mean_y;
    ptrdiff_t mtry;
    ptrdiff_t min_leaf;
} tl_forest_data;

/* A tree while it grows. Owner; zeroed = empty; reused for every tree. */
typedef struct tl_forest_grower {
    const tl_forest_data *data;
    tl_rng rng;
    ptrdiff_t nodes;
    tl_forest_node *node; /* [2 n] */
    double *value;        /* [2 n] minus mean_y */
    int *depth;           /* [2 n] */
    int *drawn;           /* [n] how often the bootstrap drew each sample */
    int32_t *member;      /* [n] distinct samples, node by node */
    int32_t *inside;      /* [n] number of the node that a sample is in */
    ptrdiff_t *range;     /* [2 n, 2] first and one past the last member of each node */
    int32_t *feature;     /* [m] all features, in the order of the last drawing */
    int32_t *sorted;      /* [n] members of a node by increasing value */
    uint64_t *key;        /* [2 n] */
    double *worth;        /* [n + 1] factor of a squared sum, by the number of draws on the left */
    double *deviation;    /* [n] drawn * (y - mean of the node), by sample */
} tl_forest_grower;

/* Allocates memory for the trees of data.
 *
 * g      uninitialised; must be freed, also after a failure
 * fails  TL_NOMEM */
tl_code tl_inversion_forest_grower_init(tl_forest_grower *g, const tl_forest_data *data,
                                        tl_err *err);

/* Draws a bootstrap sample from g->rng and grows a tree on it. */
void tl_inversion_forest_grow(tl_forest_grower *g);

/* The node in which training sample i ends; feature f, if not below 0, comes from sample j. */
ptrdiff_t tl_inversion_forest_grower_leaf(const tl_forest_grower *g, ptrdiff_t i, ptrdiff_t f,
                                          ptrdiff_t j);

void tl_inversion_forest_grower_free(tl_forest_grower *g);

#endif
