/* SPDX-License-Identifier: GPL-2.0-or-later
 * Forests: growing all trees, their out-of-bag errors, and quantiles; see forest.h. */
#include "inversion/forest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "inversion/forest_grow.h"
#include "num/stats.h"

enum { BLOCK_TREES = 16 };
enum { TREES_PER_INDEX = 8192 }; /* every fit has its own numbers of tree draws */

typedef struct fit_work {
    const tl_forest_options *o;
    uint32_t index;
    tl_forest_data data;
    tl_forest *out;
    tl_forest_node **node; /* [trees] */
    double **value;        /* [trees] minus mean_y */
    ptrdiff_t *nodes;      /* [trees] */
    unsigned char *bag;    /* [trees, n] 1: the tree drew the sample */
    double *rise;          /* [blocks, m] increase of the squared error per feature */
} fit_work;

tl_forest_options tl_inversion_forest_defaults(void) {
    return (tl_forest_options){.trees = 500, .inner_trees = 100, .seed = 1, .threads = 1};
}

tl_code tl_inversion_forest_options_check(const tl_forest_options *o, tl_err *err) {
    const struct {
        const char *name;
        int value;
        int min;
        int max;
    } range[] = {{"trees", o->trees, 1, 5000},
                 {"inner_trees", o->inner_trees, 1, 5000},
                 {"mtry", o->mtry, 0, 65535},
                 {"min_leaf", o->min_leaf, 0, 10000}};
    for (size_t i = 0; i < sizeof range / sizeof *range; i++) {
        if (range[i].value < range[i].min || range[i].value > range[i].max) {
            return tl_fail(err, TL_ARG, "forest: %s is %d, wanted %d to %d", range[i].name,
                           range[i].value, range[i].min, range[i].max);
        }
    }
    return TL_OK;
}

/* --- growing --- */

typedef struct ranked {
    float value;
    int32_t sample;
} ranked;

static int compare_ranked(const void *a, const void *b) {
    const ranked *one = a;
    const ranked *two = b;
    const int by_value = (one->value > two->value) - (one->value < two->value);
    return by_value != 0 ? by_value : (one->sample > two->sample) - (one->sample < two->sample);
}

static tl_code prepare_data(tl_forest_data *d, const tl_matrix *x, const double *y, tl_err *err) {
    d->n = x->nrow;
    d->m = x->ncol;
    d->mean_y = tl_num_mean(y, d->n);
    d->x = tl_acquire(d->n, (size_t)d->m * sizeof *d->x);
    d->order = tl_acquire(d->n, (size_t)d->m * sizeof *d->order);
    d->y = tl_acquire(d->n, sizeof *d->y);
    ranked *column = tl_acquire(d->n, sizeof *column);
    if (d->x == NULL || d->order == NULL || d->y == NULL || column == NULL) {
        tl_release(column);
        return tl_no_memory(err, "a forest on %td samples of %td features", d->n, d->m);
    }
    for (ptrdiff_t f = 0; f < d->m; f++) {
        for (ptrdiff_t i = 0; i < d->n; i++) {
            /* -0 becomes 0: the two are equal but have different bits. */
            const float value = (float)tl_matrix_row(x, i)[f] + 0.0F;
            d->x[f * d->n + i] = value;
            column[i] = (ranked){.value = value, .sample = (int32_t)i};
        }
        qsort(column, (size_t)d->n, sizeof *column, compare_ranked);
        for (ptrdiff_t i = 0; i < d->n; i++) {
            d->order[f * d->n + i] = column[i].sample;
        }
    }
    for (ptrdiff_t i = 0; i < d->n; i++) {
        d->y[i] = y[i] - d->mean_y;
    }
    tl_release(column);
    return TL_OK;
}

/* Adds to rise how much the squared error of the samples that the tree did not draw increases when
 * the values of a feature are permuted among them. */
static void add_importance(tl_forest_grower *g, double *rise, int32_t *unseen, ptrdiff_t *dealt,
                           unsigned char *used) {
    const tl_forest_data *d = g->data;
    ptrdiff_t n = 0;
    double error = 0.0;
    for (ptrdiff_t i = 0; i < d->n; i++) {
        if (g->drawn[i] == 0) {
            const double e = g->value[tl_inversion_forest_grower_leaf(g, i, -1, 0)] - d->y[i];
            error += e * e;
            unseen[n++] = (int32_t)i;
        }
    }
    memset(used, 0, (size_t)d->m);
    for (ptrdiff_t k = 0; k < g->nodes; k++) {
        used[g->node[k].feature] |= g->node[k].left != k;
    }
    for (ptrdiff_t f = 0; n > 1 && f < d->m; f++) {
        if (!used[f]) {
            continue;
        }
        tl_rng_permutation(&g->rng, n, dealt);
        double changed = 0.0;
        for (ptrdiff_t i = 0; i < n; i++) {
            const ptrdiff_t leaf =
                tl_inversion_forest_grower_leaf(g, unseen[i], f, unseen[dealt[i]]);
            const double e = g->value[leaf] - d->y[unseen[i]];
            changed += e * e;
        }
        rise[f] += (changed - error) / (double)n;
    }
}

/* Keeps a grown tree; its leaves of the training samples go into the forest. */
static tl_code keep_tree(fit_work *w, const tl_forest_grower *g, ptrdiff_t t, tl_err *err) {
    const ptrdiff_t n = w->data.n;
    w->nodes[t] = g->nodes;
    w->node[t] = tl_acquire(g->nodes, sizeof *w->node[t]);
    w->value[t] = tl_acquire(g->nodes, sizeof *w->value[t]);
    if (w->node[t] == NULL || w->value[t] == NULL) {
        return tl_no_memory(err, "a tree of %td knots", g->nodes);
    }
    memcpy(w->node[t], g->node, (size_t)g->nodes * sizeof *g->node);
    memcpy(w->value[t], g->value, (size_t)g->nodes * sizeof *g->value);
    for (ptrdiff_t k = 0; k < g->nodes; k++) {
        w->out->depth[t] = tl_max_int(g->depth[k], w->out->depth[t]);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        w->out->leaf[t * n + i] = (uint16_t)tl_inversion_forest_grower_leaf(g, i, -1, 0);
        w->bag[t * n + i] = g->drawn[i] > 0;
    }
    return TL_OK;
}

static tl_code grow_block(void *arg, ptrdiff_t block, tl_err *err) {
    fit_work *w = arg;
    tl_forest_grower g;
    tl_code code;
    int32_t *unseen = tl_acquire(w->data.n, sizeof *unseen);
    ptrdiff_t *dealt = tl_acquire(w->data.n, sizeof *dealt);
    unsigned char *used = tl_acquire(w->data.m, sizeof *used);
    TL_CHECK(tl_inversion_forest_grower_init(&g, &w->data, err));
    if (unseen == NULL || dealt == NULL || used == NULL) {
        code = tl_no_memory(err, "a tree on %td samples", w->data.n);
        goto done;
    }
    const ptrdiff_t end = (block + 1) * BLOCK_TREES;
    for (ptrdiff_t t = block * BLOCK_TREES; t < end && t < w->out->trees; t++) {
        g.rng =
            tl_rng_start(w->o->seed, TL_STREAM_FOREST, w->index * TREES_PER_INDEX + (uint32_t)t);
        tl_inversion_forest_grow(&g);
        TL_CHECK(keep_tree(w, &g, t, err));
        if (w->o->importance) {
            add_importance(&g, w->rise + block * w->data.m, unseen, dealt, used);
        }
    }
done:
    tl_inversion_forest_grower_free(&g);
    tl_release(unseen);
    tl_release(dealt);
    tl_release(used);
    return code;
}

/* --- joining the trees --- */

static tl_code join_trees(fit_work *w, tl_err *err) {
    tl_forest *f = w->out;
    for (ptrdiff_t t = 0; t < f->trees; t++) {
        f->root[t + 1] = f->root[t] + w->nodes[t];
    }
    f->node = tl_acquire(f->root[f->trees], sizeof *f->node);
    f->value = tl_acquire(f->root[f->trees], sizeof *f->value);
    if (f->node == NULL || f->value == NULL) {
        return tl_no_memory(err, "%td knots", f->root[f->trees]);
    }
    for (ptrdiff_t t = 0; t < f->trees; t++) {
        memcpy(f->node + f->root[t], w->node[t], (size_t)w->nodes[t] * sizeof *f->node);
        for (ptrdiff_t k = 0; k < w->nodes[t]; k++) {
            const int leaf = w->node[t][k].left == k;
            f->value[f->root[t] + k] = leaf ? (float)(w->data.mean_y + w->value[t][k]) : 0.0F;
        }
    }
    return TL_OK;
}

/* Predicts each sample by the trees that did not draw it. */
static void score_unseen(fit_work *w) {
    tl_forest *f = w->out;
    double squares = 0.0;
    double around = 0.0;
    double mean = 0.0;
    ptrdiff_t counted = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (ptrdiff_t i = 0; i < f->n; i++) {
            double sum = 0.0;
            ptrdiff_t trees = 0;
            for (ptrdiff_t t = 0; t < f->trees; t++) {
                if (!w->bag[t * f->n + i]) {
                    sum += (double)f->value[f->root[t] + f->leaf[t * f->n + i]];
                    trees++;
                }
            }
            if (trees > 0 && pass == 0) {
                const double e = sum / (double)trees - f->y[i];
                squares += e * e;
                mean += f->y[i];
                counted++;
            } else if (trees > 0) {
                const double d = f->y[i] - mean / (double)counted;
                around += d * d;
            }
        }
    }
    f->oob_rmse = counted > 0 ? sqrt(squares / (double)counted) : (double)NAN;
    f->oob_r2 = around > 0.0 ? 1.0 - squares / around : (double)NAN;
}

static tl_code acquire_fit(fit_work *w, tl_err *err) {
    tl_forest *f = w->out;
    const ptrdiff_t trees = f->trees;
    const ptrdiff_t blocks = (trees + BLOCK_TREES - 1) / BLOCK_TREES;
    w->node = tl_acquire(trees, sizeof *w->node);
    w->value = tl_acquire(trees, sizeof *w->value);
    w->nodes = tl_acquire(trees, sizeof *w->nodes);
    w->bag = tl_acquire(trees, (size_t)f->n);
    w->rise = tl_acquire(w->o->importance ? blocks : 0, (size_t)f->m * sizeof *w->rise);
    f->root = tl_acquire(trees + 1, sizeof *f->root);
    f->depth = tl_acquire(trees, sizeof *f->depth);
    f->leaf = tl_acquire(trees, (size_t)f->n * sizeof *f->leaf);
    f->y = tl_acquire(f->n, sizeof *f->y);
    f->importance = w->o->importance ? tl_acquire(f->m, sizeof *f->importance) : NULL;
    if (w->node == NULL || w->value == NULL || w->nodes == NULL || w->bag == NULL ||
        w->rise == NULL || f->root == NULL || f->depth == NULL || f->leaf == NULL || f->y == NULL ||
        (w->o->importance && f->importance == NULL)) {
        return tl_no_memory(err, "%td trees", trees);
    }
    return TL_OK;
}

static void release_fit(fit_work *w) {
    for (ptrdiff_t t = 0; t < w->out->trees; t++) {
        tl_release(w->node == NULL ? NULL : w->node[t]);
        tl_release(w->value == NULL ? NULL : w->value[t]);
    }
    tl_release(w->node);
    tl_release(w->value);
    tl_release(w->nodes);
    tl_release(w->bag);
    tl_release(w->rise);
    tl_release(w->data.x);
    tl_release(w->data.order);
    tl_release(w->data.y);
}

static tl_code check_fit(const tl_matrix *x, const tl_forest_options *o, tl_err *err) {
    TL_TRY(tl_inversion_forest_options_check(o, err));
    if (x->nrow < 1 || x->ncol < 1 || x->nrow > tl_forest_max_samples || x->ncol > UINT16_MAX) {
        return tl_fail(err, TL_SHAPE,
                       "forest: %td samples of %td features, wanted 1 to %d samples and 1 to %d "
                       "features",
                       x->nrow, x->ncol, (int)tl_forest_max_samples, (int)UINT16_MAX);
    }
    return o->mtry > x->ncol
               ? tl_fail(err, TL_ARG, "forest: mtry is %d, wanted no more than the %td features",
                         o->mtry, x->ncol)
               : TL_OK;
}

tl_code tl_inversion_forest_fit(const tl_matrix *x, const double *y, const tl_forest_options *o,
                                const tl_forest_setting *setting, uint32_t index, tl_forest *out,
                                tl_err *err) {
    (void)setting;
    *out = (tl_forest){0};
    TL_TRY(check_fit(x, o, err));
    *out = (tl_forest){.m = x->ncol, .n = x->nrow, .trees = o->trees};
    fit_work w = {.o = o, .index = index, .out = out};
    const ptrdiff_t third = tl_max(1, x->ncol / 3);
    w.data.mtry = o->mtry > 0 ? o->mtry : third;
    w.data.min_leaf = o->min_leaf > 0 ? o->min_leaf : (x->nrow < 100 ? 3 : 5);
    const ptrdiff_t blocks = (out->trees + BLOCK_TREES - 1) / BLOCK_TREES;
    tl_code code;
    TL_CHECK(acquire_fit(&w, err));
    TL_CHECK(prepare_data(&w.data, x, y, err));
    memcpy(out->y, y, (size_t)out->n * sizeof *y);
    TL_CHECK(tl_parfor(o->threads, blocks, grow_block, &w, NULL, err));
    TL_CHECK(join_trees(&w, err));
    score_unseen(&w);
    for (ptrdiff_t b = 0; o->importance && b < blocks; b++) {
        for (ptrdiff_t f = 0; f < out->m; f++) {
            out->importance[f] += w.rise[b * out->m + f] / (double)out->trees;
        }
    }
    if (!o->quantiles) {
        tl_release(out->leaf);
        tl_release(out->y);
        out->leaf = NULL;
        out->y = NULL;
    }
done:
    release_fit(&w);
    if (code != TL_OK) {
        tl_inversion_forest_free(out);
    }
    return code;
}

tl_code tl_inversion_forest_tune(const tl_inner_set *set, int n_sets, ptrdiff_t n,
                                 const tl_forest_options *o, uint32_t index,
                                 tl_forest_setting *best, double *error, tl_err *err) {
    (void)n;
    *best = (tl_forest_setting){0};
    tl_forest_options fewer = *o;
    fewer.trees = tl_min_int(o->inner_trees, o->trees);
    fewer.importance = 0;
    fewer.quantiles = 0;
    for (int s = 0; s < n_sets; s++) {
        tl_forest forest;
        TL_TRY(tl_inversion_forest_fit(&set[s].learn_x, set[s].learn_y, &fewer, best, index,
                                       &forest, err));
        for (ptrdiff_t i = 0; i < set[s].check_x.nrow; i++) {
            error[set[s].check_row[i]] =
                tl_inversion_forest_predict(&forest, tl_matrix_row(&set[s].check_x, i)) -
                set[s].check_y[i];
        }
        tl_inversion_forest_free(&forest);
    }
    return TL_OK;
}

void tl_inversion_forest_free(tl_forest *f) {
    if (f != NULL) {
        tl_release(f->root);
        tl_release(f->node);
        tl_release(f->value);
        tl_release(f->depth);
        tl_release(f->leaf);
        tl_release(f->y);
        tl_release(f->importance);
        *f = (tl_forest){0};
    }
}

/* --- one spectrum --- */

/* The leaf of one tree, counted from its root. */
static ptrdiff_t find_leaf(const tl_forest *f, ptrdiff_t tree, const double *row) {
    const tl_forest_node *node = f->node + f->root[tree];
    ptrdiff_t at = 0;
    while (node[at].left != at) {
        at = node[at].left + ((float)row[node[at].feature] <= node[at].threshold ? 0 : 1);
    }
    return at;
}

static int has_nan(const double *row, ptrdiff_t m) {
    int found = 0;
    for (ptrdiff_t j = 0; j < m; j++) {
        found = found || isnan(row[j]);
    }
    return found;
}

double tl_inversion_forest_predict(const tl_forest *f, const double *row) {
    if (has_nan(row, f->m)) {
        return (double)NAN;
    }
    double sum = 0.0;
    for (ptrdiff_t t = 0; t < f->trees; t++) {
        sum += (double)f->value[f->root[t] + find_leaf(f, t, row)];
    }
    return sum / (double)f->trees;
}

typedef struct weighted {
    double y;
    double weight;
} weighted;

static int compare_weighted(const void *a, const void *b) {
    const double one = ((const weighted *)a)->y;
    const double two = ((const weighted *)b)->y;
    return (one > two) - (one < two);
}

/* Weight of each training sample by how often it shares the leaf; returns the sum. */
static double weigh_samples(const tl_forest *f, const double *row, weighted *sample) {
    double total = 0.0;
    for (ptrdiff_t i = 0; i < f->n; i++) {
        sample[i] = (weighted){.y = f->y[i]};
    }
    for (ptrdiff_t t = 0; t < f->trees; t++) {
        const uint16_t *leaf = f->leaf + t * f->n;
        const ptrdiff_t mine = find_leaf(f, t, row);
        ptrdiff_t there = 0;
        for (ptrdiff_t i = 0; i < f->n; i++) {
            there += leaf[i] == mine;
        }
        for (ptrdiff_t i = 0; there > 0 && i < f->n; i++) {
            sample[i].weight += leaf[i] == mine ? 1.0 / (double)there : 0.0;
        }
        total += there > 0 ? 1.0 : 0.0;
    }
    return total;
}

tl_code tl_inversion_forest_quantiles(const tl_forest *f, const double *row, const double *p,
                                      ptrdiff_t n_p, double *quantile, tl_err *err) {
    if (f->leaf == NULL) {
        return tl_fail(err, TL_INTERNAL, "the forest was fitted without quantiles");
    }
    weighted *sample = tl_acquire(f->n, sizeof *sample);
    if (sample == NULL) {
        return tl_no_memory(err, "%td samples", f->n);
    }
    const int missing = has_nan(row, f->m);
    const double total = missing ? 0.0 : weigh_samples(f, row, sample);
    if (!missing) {
        qsort(sample, (size_t)f->n, sizeof *sample, compare_weighted);
    }
    for (ptrdiff_t q = 0; q < n_p; q++) {
        quantile[q] = (double)NAN;
        double sum = 0.0;
        /* The tolerance is for rounding in the sum of the weights. */
        for (ptrdiff_t i = 0; i < f->n && total > 0.0 && isnan(quantile[q]); i++) {
            sum += sample[i].weight;
            if (sum >= p[q] * total * (1.0 - 1e-12)) {
                quantile[q] = sample[i].y;
            }
        }
    }
    tl_release(sample);
    return TL_OK;
}
