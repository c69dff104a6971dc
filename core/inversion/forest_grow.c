/* SPDX-License-Identifier: GPL-2.0-or-later
 * Exact splits on sorted values; see forest.h. */
#include "inversion/forest_grow.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"

typedef struct split {
    double drop; /* decrease of the squared error */
    ptrdiff_t feature;
    float threshold;
} split;

tl_code tl_inversion_forest_grower_init(tl_forest_grower *g, const tl_forest_data *data,
                                        tl_err *err) {
    const ptrdiff_t n = data->n;
    *g = (tl_forest_grower){.data = data};
    g->node = tl_acquire(2 * n, sizeof *g->node);
    g->value = tl_acquire(2 * n, sizeof *g->value);
    g->depth = tl_acquire(2 * n, sizeof *g->depth);
    g->drawn = tl_acquire(n, sizeof *g->drawn);
    g->member = tl_acquire(n, sizeof *g->member);
    g->inside = tl_acquire(n, sizeof *g->inside);
    g->range = tl_acquire(2 * n, 2 * sizeof *g->range);
    g->feature = tl_acquire(data->m, sizeof *g->feature);
    g->sorted = tl_acquire(n, sizeof *g->sorted);
    g->key = tl_acquire(2 * n, sizeof *g->key);
    g->worth = tl_acquire(n + 1, sizeof *g->worth);
    g->deviation = tl_acquire(n, sizeof *g->deviation);
    if (g->node == NULL || g->value == NULL || g->depth == NULL || g->drawn == NULL ||
        g->member == NULL || g->inside == NULL || g->range == NULL || g->feature == NULL ||
        g->sorted == NULL || g->key == NULL || g->worth == NULL || g->deviation == NULL) {
        return tl_no_memory(err, "a tree on %td samples", n);
    }
    return TL_OK;
}

void tl_inversion_forest_grower_free(tl_forest_grower *g) {
    tl_release(g->node);
    tl_release(g->value);
    tl_release(g->depth);
    tl_release(g->drawn);
    tl_release(g->member);
    tl_release(g->inside);
    tl_release(g->range);
    tl_release(g->feature);
    tl_release(g->sorted);
    tl_release(g->key);
    tl_release(g->worth);
    tl_release(g->deviation);
    *g = (tl_forest_grower){0};
}

/* --- members of a node in the order of a feature --- */

/* An integer that increases with value, then with sample. */
static uint64_t key_of(float value, int32_t sample) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
    return ((uint64_t)bits << 32) | (uint32_t)sample;
}

static void sort_few(uint64_t *key, ptrdiff_t n) {
    for (ptrdiff_t i = 1; i < n; i++) {
        const uint64_t one = key[i];
        ptrdiff_t j = i;
        for (; j > 0 && key[j - 1] > one; j--) {
            key[j] = key[j - 1];
        }
        key[j] = one;
    }
}

/* Merges sorted runs of doubling length between key [n] and spare [n]; returns the sorted one. */
static uint64_t *sort_many(uint64_t *key, uint64_t *spare, ptrdiff_t n) {
    enum { RUN = 16 };
    for (ptrdiff_t i = 0; i < n; i += RUN) {
        sort_few(key + i, tl_min(n - i, RUN));
    }
    for (ptrdiff_t run = RUN; run < n; run *= 2) {
        for (ptrdiff_t from = 0; from < n; from += 2 * run) {
            const ptrdiff_t middle = tl_min(from + run, n);
            const ptrdiff_t end = tl_min(from + 2 * run, n);
            ptrdiff_t a = from;
            ptrdiff_t b = middle;
            for (ptrdiff_t i = from; i < end; i++) {
                const int take_a = a < middle && (b >= end || key[a] <= key[b]);
                spare[i] = take_a ? key[a++] : key[b++];
            }
        }
        uint64_t *kept = key;
        key = spare;
        spare = kept;
    }
    return key;
}

/* 1 when walking through the order of all samples costs more than sorting the members. */
static int few(ptrdiff_t members, ptrdiff_t n) {
    ptrdiff_t doublings = 1;
    while (members >> doublings > 0) {
        doublings++;
    }
    return members * doublings < n;
}

/* Fills g->sorted with the members of a node by increasing value of feature f; both ways result in
 * the same order, because equal values are ordered by sample number. */
static void sort_members(tl_forest_grower *g, ptrdiff_t node, ptrdiff_t f) {
    const tl_forest_data *d = g->data;
    const ptrdiff_t first = g->range[2 * node];
    const ptrdiff_t members = g->range[2 * node + 1] - first;
    const float *x = d->x + f * d->n;
    if (few(members, d->n)) {
        for (ptrdiff_t i = 0; i < members; i++) {
            const int32_t sample = g->member[first + i];
            g->key[i] = key_of(x[sample], sample);
        }
        const uint64_t *key = g->key;
        if (members <= 16) {
            sort_few(g->key, members);
        } else {
            key = sort_many(g->key, g->key + d->n, members);
        }
        for (ptrdiff_t i = 0; i < members; i++) {
            g->sorted[i] = (int32_t)(key[i] & 0xffffffffu);
        }
        return;
    }
    const int32_t *order = d->order + f * d->n;
    ptrdiff_t found = 0;
    for (ptrdiff_t i = 0; i < d->n && found < members; i++) {
        g->sorted[found] = order[i];
        found += g->inside[order[i]] == node;
    }
}

/* --- splits --- */

/* Halfway between two values, but never below the lower one and always below the upper one. */
static float halfway(float low, float high) {
    const float middle = (float)(0.5 * ((double)low + (double)high));
    return middle < high ? middle : low;
}

/* Tries all positions between two values of one feature. Returns 0 when the feature is constant
 * here. */
static int try_feature(tl_forest_grower *g, ptrdiff_t node, ptrdiff_t f, ptrdiff_t draws,
                       split *best) {
    const tl_forest_data *d = g->data;
    const float *x = d->x + f * d->n;
    const ptrdiff_t members = g->range[2 * node + 1] - g->range[2 * node];
    sort_members(g, node, f);
    if (!(x[g->sorted[0]] < x[g->sorted[members - 1]])) {
        return 0;
    }
    double sum = 0.0;
    ptrdiff_t left = 0;
    for (ptrdiff_t i = 0; i + 1 < members; i++) {
        const int32_t sample = g->sorted[i];
        sum += g->deviation[sample];
        left += g->drawn[sample];
        if (draws - left < d->min_leaf) {
            break;
        }
        const double drop = sum * sum * g->worth[left];
        if (drop > best->drop && left >= d->min_leaf && x[sample] < x[g->sorted[i + 1]]) {
            *best = (split){
                .drop = drop, .feature = f, .threshold = halfway(x[sample], x[g->sorted[i + 1]])};
        }
    }
    return 1;
}

/* Deviations from the mean of the node, and what a split is worth: with c draws of which l go to
 * the left and have the sum s, the squared error decreases by s^2 / l + s^2 / (c - l). */
static ptrdiff_t prepare_node(tl_forest_grower *g, ptrdiff_t node) {
    const ptrdiff_t first = g->range[2 * node];
    const ptrdiff_t end = g->range[2 * node + 1];
    double sum = 0.0;
    ptrdiff_t draws = 0;
    for (ptrdiff_t i = first; i < end; i++) {
        const int32_t sample = g->member[i];
        sum += g->drawn[sample] * g->data->y[sample];
        draws += g->drawn[sample];
    }
    const double mean = sum / (double)draws;
    g->value[node] = mean;
    for (ptrdiff_t i = first; i < end; i++) {
        const int32_t sample = g->member[i];
        g->deviation[sample] = g->drawn[sample] * (g->data->y[sample] - mean);
    }
    for (ptrdiff_t l = 1; l < draws; l++) {
        g->worth[l] = (double)draws / ((double)l * (double)(draws - l));
    }
    return draws;
}

static split find_split(tl_forest_grower *g, ptrdiff_t node, ptrdiff_t draws) {
    const tl_forest_data *d = g->data;
    split best = {.feature = -1};
    ptrdiff_t counted = 0;
    for (ptrdiff_t i = 0; i < d->m && counted < d->mtry; i++) {
        const ptrdiff_t j = i + tl_rng_below(&g->rng, d->m - i);
        const int32_t f = g->feature[j];
        g->feature[j] = g->feature[i];
        g->feature[i] = f;
        counted += try_feature(g, node, f, draws, &best);
    }
    return best;
}

/* Members at or below the threshold to the front, each side in its order so far. */
static void divide(tl_forest_grower *g, ptrdiff_t node, const split *s) {
    const ptrdiff_t first = g->range[2 * node];
    const ptrdiff_t end = g->range[2 * node + 1];
    const float *x = g->data->x + s->feature * g->data->n;
    const ptrdiff_t left = g->nodes;
    ptrdiff_t front = first;
    ptrdiff_t back = 0;
    for (ptrdiff_t i = first; i < end; i++) {
        const int32_t sample = g->member[i];
        if (x[sample] <= s->threshold) {
            g->member[front++] = sample;
            g->inside[sample] = (int32_t)left;
        } else {
            g->sorted[back++] = sample;
            g->inside[sample] = (int32_t)left + 1;
        }
    }
    memcpy(g->member + front, g->sorted, (size_t)back * sizeof *g->member);
    g->range[2 * left] = first;
    g->range[2 * left + 1] = front;
    g->range[2 * left + 2] = front;
    g->range[2 * left + 3] = end;
    g->depth[left] = g->depth[left + 1] = g->depth[node] + 1;
    g->node[node] = (tl_forest_node){
        .threshold = s->threshold, .feature = (uint16_t)s->feature, .left = (uint16_t)left};
    g->nodes += 2;
}

static void draw_members(tl_forest_grower *g) {
    const ptrdiff_t n = g->data->n;
    memset(g->drawn, 0, (size_t)n * sizeof *g->drawn);
    for (ptrdiff_t i = 0; i < n; i++) {
        g->drawn[tl_rng_below(&g->rng, n)]++;
    }
    ptrdiff_t members = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        g->inside[i] = g->drawn[i] > 0 ? 0 : -1;
        if (g->drawn[i] > 0) {
            g->member[members++] = (int32_t)i;
        }
    }
    g->range[0] = 0;
    g->range[1] = members;
}

void tl_inversion_forest_grow(tl_forest_grower *g) {
    draw_members(g);
    for (ptrdiff_t f = 0; f < g->data->m; f++) {
        g->feature[f] = (int32_t)f;
    }
    g->nodes = 1;
    g->depth[0] = 0;
    /* Children are appended, so the nodes are processed level by level. */
    for (ptrdiff_t node = 0; node < g->nodes; node++) {
        const ptrdiff_t draws = prepare_node(g, node);
        split best = {.feature = -1};
        if (draws >= 2 * g->data->min_leaf && g->range[2 * node + 1] - g->range[2 * node] > 1) {
            best = find_split(g, node, draws);
        }
        if (best.feature >= 0) {
            divide(g, node, &best);
        } else {
            g->node[node] = (tl_forest_node){.threshold = (float)INFINITY, .left = (uint16_t)node};
        }
    }
}

ptrdiff_t tl_inversion_forest_grower_leaf(const tl_forest_grower *g, ptrdiff_t i, ptrdiff_t f,
                                          ptrdiff_t j) {
    ptrdiff_t at = 0;
    while (g->node[at].left != at) {
        const ptrdiff_t feature = g->node[at].feature;
        const float value = g->data->x[feature * g->data->n + (feature == f ? j : i)];
        at = g->node[at].left + (value <= g->node[at].threshold ? 0 : 1);
    }
    return at;
}
