/* SPDX-License-Identifier: GPL-2.0-or-later
 * Permutation test; see permutation.h. */
#include "inversion/permutation.h"

#include <math.h>

#include "base/alloc.h"
#include "base/parfor.h"
#include "base/rng.h"
#include "inversion/folds.h"
#include "num/stats.h"

enum { MIN_MOVABLE = 4 };

/* Groups as lists of rows. */
typedef struct exchange {
    ptrdiff_t groups;
    ptrdiff_t *number; /* [n] group of each row */
    ptrdiff_t *size;   /* [n] rows of each group */
    ptrdiff_t *first;  /* [n] first row of each group */
    ptrdiff_t *order;  /* [n] a permutation of the members of one class */
    ptrdiff_t *member; /* [n] groups of one class */
    ptrdiff_t *from;   /* [n] group whose values each group gets */
} exchange;

static void release_exchange(exchange *e) {
    tl_release(e->number);
    tl_release(e->size);
    tl_release(e->first);
    tl_release(e->order);
    tl_release(e->member);
    tl_release(e->from);
}

static tl_code acquire_exchange(exchange *e, ptrdiff_t n, tl_err *err) {
    e->number = tl_acquire(n, sizeof *e->number);
    e->size = tl_acquire(n, sizeof *e->size);
    e->first = tl_acquire(n, sizeof *e->first);
    e->order = tl_acquire(n, sizeof *e->order);
    e->member = tl_acquire(n, sizeof *e->member);
    e->from = tl_acquire(n, sizeof *e->from);
    return e->number == NULL || e->size == NULL || e->first == NULL || e->order == NULL ||
                   e->member == NULL || e->from == NULL
               ? tl_no_memory(err, "a permutation of %td samples", n)
               : TL_OK;
}

static void find_groups(exchange *e, const ptrdiff_t *group, ptrdiff_t n) {
    e->groups = tl_inversion_number_groups(group, n, e->number);
    for (ptrdiff_t i = n - 1; i >= 0; i--) {
        e->size[e->number[i]]++;
        e->first[e->number[i]] = i;
    }
}

static int holds_one_value_per_group(const exchange *e, const double *y, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        if (y[i] != y[e->first[e->number[i]]]) {
            return 0;
        }
    }
    return 1;
}

/* Permutes the groups of the given size (0 = any); returns their number. */
static ptrdiff_t deal_class(exchange *e, ptrdiff_t size, tl_rng *rng) {
    ptrdiff_t m = 0;
    for (ptrdiff_t g = 0; g < e->groups; g++) {
        if (size == 0 || e->size[g] == size) {
            e->member[m++] = g;
        }
    }
    tl_rng_permutation(rng, m, e->order);
    for (ptrdiff_t k = 0; k < m; k++) {
        e->from[e->member[k]] = e->member[e->order[k]];
    }
    return m;
}

static ptrdiff_t permute_groups(exchange *e, int any_size, tl_rng *rng) {
    if (any_size) {
        return deal_class(e, 0, rng);
    }
    ptrdiff_t movable = 0;
    ptrdiff_t dealt = 0;
    for (ptrdiff_t size = 1; dealt < e->groups; size++) {
        const ptrdiff_t m = deal_class(e, size, rng);
        movable += m > 1 ? m : 0;
        dealt += m;
    }
    return movable;
}

/* Row i, the j-th of its group, gets the value of the j-th row of the group it draws from; order is
 * now the next unused row of each group. */
static void move_values(exchange *e, const double *y, ptrdiff_t n, int any_size, double *permuted) {
    for (ptrdiff_t g = 0; g < e->groups; g++) {
        e->order[g] = e->first[g];
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        const ptrdiff_t source = e->from[e->number[i]];
        ptrdiff_t *at = &e->order[source];
        permuted[i] = y[*at];
        if (any_size) {
            continue;
        }
        do {
            ++*at;
        } while (*at < n && e->number[*at] != source);
    }
}

tl_code tl_inversion_permute(const double *y, ptrdiff_t n, const ptrdiff_t *group, int64_t seed,
                             uint32_t number, double *permuted, ptrdiff_t *movable, tl_err *err) {
    exchange e = {0};
    tl_code code = TL_OK;
    TL_CHECK(acquire_exchange(&e, n, err));
    find_groups(&e, group, n);
    const int any_size = holds_one_value_per_group(&e, y, n);
    tl_rng rng = tl_rng_start(seed, TL_STREAM_PERMUTATION, number);
    const ptrdiff_t moved = permute_groups(&e, any_size, &rng);
    move_values(&e, y, n, any_size, permuted);
    if (movable != NULL) {
        *movable = moved;
    }
done:
    release_exchange(&e);
    return code;
}

typedef struct test_work {
    tl_permuted_statistic statistic_of;
    void *arg;
    const double *y;
    ptrdiff_t n;
    const ptrdiff_t *group;
    int64_t seed;
    double *value; /* [permutations] */
} test_work;

static tl_code run_one(void *arg, ptrdiff_t block, tl_err *err) {
    test_work *w = arg;
    double *permuted = tl_acquire(w->n, sizeof *permuted);
    if (permuted == NULL) {
        return tl_no_memory(err, "a permutation of %td samples", w->n);
    }
    tl_code code = tl_inversion_permute(w->y, w->n, w->group, w->seed, (uint32_t)block + 1,
                                        permuted, NULL, err);
    if (code == TL_OK) {
        code = w->statistic_of(w->arg, permuted, block + 1, &w->value[block], err);
    }
    tl_release(permuted);
    return code;
}

static tl_code check_test(const test_work *w, double observed,
                          const tl_permutation_options *options, tl_err *err) {
    if (options->permutations < 1) {
        return tl_fail(err, TL_ARG, "the number of permutations is %td, wanted at least 1",
                       options->permutations);
    }
    if (!isfinite(observed)) {
        return tl_fail(
            err, TL_DATA,
            "the permutation test has no score to test: it does not exist for these samples");
    }
    double *permuted = tl_acquire(w->n, sizeof *permuted);
    if (permuted == NULL) {
        return tl_no_memory(err, "a permutation of %td samples", w->n);
    }
    ptrdiff_t movable = 0;
    const tl_code code =
        tl_inversion_permute(w->y, w->n, w->group, w->seed, 1, permuted, &movable, err);
    tl_release(permuted);
    TL_TRY(code);
    return movable >= MIN_MOVABLE
               ? TL_OK
               : tl_fail(
                     err, TL_DATA,
                     "a permutation test exchanges the values of whole groups of samples, but "
                     "only %td groups have another one of the same size; at least %d are needed",
                     movable, (int)MIN_MOVABLE);
}

/* Counts, then sorts the values in place. */
static void summarise(double *value, ptrdiff_t count, double observed, tl_permutation_result *out) {
    *out = (tl_permutation_result){.permutations = count};
    ptrdiff_t exist = 0;
    for (ptrdiff_t k = 0; k < count; k++) {
        out->reaching += !(value[k] < observed);
        if (isfinite(value[k])) {
            value[exist++] = value[k];
        }
    }
    tl_num_sort(value, exist);
    out->p = (1.0 + (double)out->reaching) / (1.0 + (double)count);
    out->median = tl_num_quantile(value, exist, 0.5, 7);
    out->level = exist < 19 ? (double)NAN : tl_num_quantile(value, exist, 0.95, 7);
}

tl_code tl_inversion_permutation_test(tl_permuted_statistic statistic_of, void *arg,
                                      double observed, const double *y, ptrdiff_t n,
                                      const ptrdiff_t *group, const tl_permutation_options *options,
                                      double *values, const tl_progress *progress,
                                      tl_permutation_result *out, tl_err *err) {
    test_work w = {.statistic_of = statistic_of,
                   .arg = arg,
                   .y = y,
                   .n = n,
                   .group = group,
                   .seed = options->seed};
    TL_TRY(check_test(&w, observed, options, err));
    w.value = tl_acquire(options->permutations, sizeof *w.value);
    if (w.value == NULL) {
        return tl_no_memory(err, "%td permutations", options->permutations);
    }
    const tl_code code =
        tl_parfor(options->threads, options->permutations, run_one, &w, progress, err);
    for (ptrdiff_t k = 0; code == TL_OK && values != NULL && k < options->permutations; k++) {
        values[k] = w.value[k];
    }
    if (code == TL_OK) {
        summarise(w.value, options->permutations, observed, out);
    }
    tl_release(w.value);
    return code;
}
