/* SPDX-License-Identifier: GPL-2.0-or-later
 * Forests in model files; see forest.h. Files may come from an untrusted source: in an accepted
 * tree there is a path from every node down to a leaf. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "inversion/forest.h"
#include "json/json.h"
#include "model/document.h"

enum { MAX_NODES = 65535 }; /* of one tree */

/* The columns of all nodes, as the file has them. Owner. */
typedef struct node_table {
    tl_matrix feature;
    tl_matrix threshold;
    tl_matrix left;
    tl_matrix value;
} node_table;

static void free_table(node_table *k) {
    tl_matrix_free(&k->feature);
    tl_matrix_free(&k->threshold);
    tl_matrix_free(&k->left);
    tl_matrix_free(&k->value);
}

/* --- writing --- */

/* A double that rounds to the same float and, with rare exceptions, has no more than nine digits:
 * this halves the size of files. */
static double few_digits(float value) {
    const double exact = (double)value;
    if (!(fabs(exact) > 1e-30 && fabs(exact) < 1e30)) {
        return exact;
    }
    const double power = pow(10.0, 8.0 - floor(log10(fabs(exact))));
    const double rounded = floor(exact * power + 0.5) / power;
    return (float)rounded - value < 0.0F || (float)rounded - value > 0.0F ? exact : rounded;
}

static tl_code put_nodes(const tl_forest *f, json_t *json, tl_err *err) {
    const ptrdiff_t all = f->root[f->trees];
    tl_matrix column;
    tl_code code;
    TL_TRY(tl_matrix_init(&column, 4, all, err));
    double *feature = tl_matrix_row(&column, 0);
    double *threshold = tl_matrix_row(&column, 1);
    double *left = tl_matrix_row(&column, 2);
    double *value = tl_matrix_row(&column, 3);
    for (ptrdiff_t t = 0; t < f->trees; t++) {
        for (ptrdiff_t k = f->root[t]; k < f->root[t + 1]; k++) {
            const int leaf = f->node[k].left == k - f->root[t];
            feature[k] = leaf ? -1.0 : f->node[k].feature;
            threshold[k] = leaf ? 0.0 : few_digits(f->node[k].threshold);
            value[k] = few_digits(f->value[k]);
            left[k] = leaf ? 0.0 : f->node[k].left;
        }
    }
    TL_CHECK(tl_model_put_vector(json, "feature", feature, all, err));
    TL_CHECK(tl_model_put_vector(json, "threshold", threshold, all, err));
    TL_CHECK(tl_model_put_vector(json, "left", left, all, err));
    TL_CHECK(tl_model_put_vector(json, "value", value, all, err));
done:
    tl_matrix_free(&column);
    return code;
}

/* Training values, and the leaf of every sample in every tree. */
static tl_code put_samples(const tl_forest *f, json_t *json, tl_err *err) {
    tl_matrix leaf;
    TL_TRY(tl_matrix_init(&leaf, 1, f->trees * f->n, err));
    for (ptrdiff_t i = 0; i < f->trees * f->n; i++) {
        leaf.data[i] = f->leaf[i];
    }
    tl_code code;
    TL_CHECK(tl_model_put_vector(json, "leaf", leaf.data, leaf.ncol, err));
    TL_CHECK(tl_model_put_vector(json, "y", f->y, f->n, err));
done:
    tl_matrix_free(&leaf);
    return code;
}

/* Knots per tree. */
static tl_code put_counts(const tl_forest *f, json_t *json, tl_err *err) {
    tl_matrix nodes;
    TL_TRY(tl_matrix_init(&nodes, 1, f->trees, err));
    for (ptrdiff_t t = 0; t < f->trees; t++) {
        nodes.data[t] = (double)(f->root[t + 1] - f->root[t]);
    }
    const tl_code code = tl_model_put_vector(json, "knots", nodes.data, nodes.ncol, err);
    tl_matrix_free(&nodes);
    return code;
}

tl_code tl_inversion_forest_to_json(const tl_forest *f, json_t **json, tl_err *err) {
    tl_code code;
    *json = tl_json_object();
    TL_CHECK(*json == NULL ? tl_no_memory(err, "a forest") : TL_OK);
    TL_CHECK(tl_model_put_integer(*json, "features", f->m, err));
    TL_CHECK(tl_model_put_integer(*json, "samples", f->n, err));
    TL_CHECK(put_counts(f, *json, err));
    TL_CHECK(put_nodes(f, *json, err));
    if (isfinite(f->oob_r2)) {
        TL_CHECK(tl_model_put_number(*json, "oob_r2", f->oob_r2, err));
    }
    if (isfinite(f->oob_rmse)) {
        TL_CHECK(tl_model_put_number(*json, "oob_rmse", f->oob_rmse, err));
    }
    if (f->importance != NULL) {
        TL_CHECK(tl_model_put_vector(*json, "importance", f->importance, f->m, err));
    }
    if (f->leaf != NULL) {
        TL_CHECK(put_samples(f, *json, err));
    }
done:
    if (code != TL_OK) {
        json_decref(*json);
        *json = NULL;
    }
    return code;
}

/* --- reading --- */

/* Whole numbers within [min, max]. */
static tl_code check_whole(const tl_matrix *v, const char *key, double min, double max,
                           tl_err *err) {
    for (ptrdiff_t i = 0; i < v->ncol; i++) {
        const double value = v->data[i];
        if (!(value >= min && value <= max) || fabs(value - floor(value)) > 0.0) {
            return tl_fail(err, TL_FORMAT, "%s.%td: %g, wanted a whole number of %g to %g", key, i,
                           value, min, max);
        }
    }
    return TL_OK;
}

static tl_code read_roots(const json_t *json, tl_forest *f, tl_err *err) {
    tl_matrix nodes = {0};
    tl_code code;
    TL_CHECK(tl_model_vector(json, "knots", -1, &nodes, err));
    TL_CHECK(check_whole(&nodes, "knots", 1.0, MAX_NODES, err));
    f->trees = nodes.ncol;
    f->root = tl_acquire(f->trees + 1, sizeof *f->root);
    f->depth = tl_acquire(f->trees, sizeof *f->depth);
    if (f->root == NULL || f->depth == NULL) {
        code = tl_no_memory(err, "%td trees", f->trees);
        goto done;
    }
    for (ptrdiff_t t = 0; t < f->trees; t++) {
        f->root[t + 1] = f->root[t] + (ptrdiff_t)nodes.data[t];
    }
done:
    tl_matrix_free(&nodes);
    return code;
}

static tl_code read_table(const json_t *json, const tl_forest *f, node_table *k, tl_err *err) {
    const ptrdiff_t all = f->root[f->trees];
    TL_TRY(tl_model_vector(json, "feature", all, &k->feature, err));
    TL_TRY(tl_model_vector(json, "threshold", all, &k->threshold, err));
    TL_TRY(tl_model_vector(json, "left", all, &k->left, err));
    TL_TRY(tl_model_vector(json, "value", all, &k->value, err));
    TL_TRY(check_whole(&k->feature, "feature", -1.0, (double)(f->m - 1), err));
    return check_whole(&k->left, "left", 0.0, MAX_NODES, err);
}

/* Copies a tree. Depths follow from parents, which come first. */
static tl_code read_tree(tl_forest *f, const node_table *k, ptrdiff_t t, int *depth, tl_err *err) {
    const ptrdiff_t root = f->root[t];
    const ptrdiff_t nodes = f->root[t + 1] - root;
    memset(depth, 0, (size_t)nodes * sizeof *depth);
    for (ptrdiff_t i = 0; i < nodes; i++) {
        const ptrdiff_t left = (ptrdiff_t)k->left.data[root + i];
        const double threshold = k->threshold.data[root + i];
        const double value = k->value.data[root + i];
        if (!(fabs(value) <= (double)FLT_MAX)) {
            return tl_fail(err, TL_FORMAT, "value.%td: %g, wanted a float", root + i, value);
        }
        f->value[root + i] = (float)value;
        if (k->feature.data[root + i] < 0.0) {
            f->node[root + i] = (tl_forest_node){.threshold = (float)INFINITY, .left = (uint16_t)i};
            continue;
        }
        if (left <= i || left + 1 >= nodes || !(fabs(threshold) <= (double)FLT_MAX)) {
            return tl_fail(err, TL_FORMAT,
                           "left.%td: node %td of tree %td leads to %td with threshold %g, wanted "
                           "a later node of the same tree and a float",
                           root + i, i, t, left, threshold);
        }
        f->node[root + i] = (tl_forest_node){.threshold = (float)threshold,
                                             .feature = (uint16_t)k->feature.data[root + i],
                                             .left = (uint16_t)left};
        for (ptrdiff_t child = left; child <= left + 1; child++) {
            depth[child] = tl_max_int(depth[child], depth[i] + 1);
            f->depth[t] = tl_max_int(f->depth[t], depth[child]);
        }
    }
    return TL_OK;
}

static tl_code read_nodes(const json_t *json, tl_forest *f, tl_err *err) {
    node_table k = {0};
    const ptrdiff_t all = f->root[f->trees];
    int *depth = NULL;
    tl_code code;
    TL_CHECK(read_table(json, f, &k, err));
    f->node = tl_acquire(all, sizeof *f->node);
    f->value = tl_acquire(all, sizeof *f->value);
    depth = tl_acquire(MAX_NODES, sizeof *depth);
    if (f->node == NULL || f->value == NULL || depth == NULL) {
        code = tl_no_memory(err, "%td knots", all);
        goto done;
    }
    for (ptrdiff_t t = 0; t < f->trees; t++) {
        TL_CHECK(read_tree(f, &k, t, depth, err));
    }
done:
    free_table(&k);
    tl_release(depth);
    return code;
}

static tl_code read_samples(const json_t *json, tl_forest *f, tl_err *err) {
    tl_matrix y = {0};
    tl_matrix leaf = {0};
    tl_code code;
    TL_CHECK(tl_model_vector(json, "y", f->n, &y, err));
    TL_CHECK(tl_model_vector(json, "leaf", f->trees * f->n, &leaf, err));
    TL_CHECK(check_whole(&leaf, "leaf", 0.0, MAX_NODES, err));
    f->y = tl_acquire(f->n, sizeof *f->y);
    f->leaf = tl_acquire(f->trees, (size_t)f->n * sizeof *f->leaf);
    if (f->y == NULL || f->leaf == NULL) {
        code = tl_no_memory(err, "%td samples", f->n);
        goto done;
    }
    memcpy(f->y, y.data, (size_t)f->n * sizeof *f->y);
    for (ptrdiff_t i = 0; i < f->trees * f->n; i++) {
        f->leaf[i] = (uint16_t)leaf.data[i];
    }
done:
    tl_matrix_free(&y);
    tl_matrix_free(&leaf);
    return code;
}

static tl_code read_scores(const json_t *json, tl_forest *f, tl_err *err) {
    TL_TRY(tl_model_number_or(json, "oob_r2", -1e300, 1.0, (double)NAN, &f->oob_r2, err));
    TL_TRY(tl_model_number_or(json, "oob_rmse", 0.0, 1e300, (double)NAN, &f->oob_rmse, err));
    if (!tl_model_has(json, "importance")) {
        return TL_OK;
    }
    tl_matrix importance;
    TL_TRY(tl_model_vector(json, "importance", f->m, &importance, err));
    f->importance = tl_acquire(f->m, sizeof *f->importance);
    if (f->importance != NULL) {
        memcpy(f->importance, importance.data, (size_t)f->m * sizeof *f->importance);
    }
    tl_matrix_free(&importance);
    return f->importance == NULL ? tl_no_memory(err, "%td features", f->m) : TL_OK;
}

tl_code tl_inversion_forest_from_json(const json_t *json, ptrdiff_t m, tl_forest *f, tl_err *err) {
    *f = (tl_forest){0};
    tl_code code;
    TL_CHECK(tl_model_integer(json, "features", m, m, &f->m, err));
    TL_CHECK(tl_model_integer(json, "features", 1, UINT16_MAX, &f->m, err));
    TL_CHECK(tl_model_integer(json, "samples", 1, tl_forest_max_samples, &f->n, err));
    TL_CHECK(read_roots(json, f, err));
    TL_CHECK(read_nodes(json, f, err));
    if (tl_model_has(json, "leaf")) {
        TL_CHECK(read_samples(json, f, err));
    }
    TL_CHECK(read_scores(json, f, err));
done:
    if (code != TL_OK) {
        tl_inversion_forest_free(f);
    }
    return code;
}
