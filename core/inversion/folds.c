/* SPDX-License-Identifier: GPL-2.0-or-later
 * Random folds and the gradient split; see folds.h. */
#include "inversion/folds.h"

#include "base/alloc.h"
#include "base/rng.h"

ptrdiff_t tl_inversion_number_groups(const ptrdiff_t *group, ptrdiff_t n, ptrdiff_t *number) {
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        ptrdiff_t j = group == NULL ? i : 0;
        while (j < i && group[j] != group[i]) {
            j++;
        }
        number[i] = j < i ? number[j] : count++;
    }
    return count;
}

ptrdiff_t tl_inversion_count_groups(const ptrdiff_t *group, ptrdiff_t n) {
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        ptrdiff_t j = group == NULL ? i : 0;
        while (j < i && group[j] != group[i]) {
            j++;
        }
        count += j == i;
    }
    return count;
}

/* Assigns every group, in shuffled order, to the smallest fold. size is scratch of k zeros. */
static void assign_groups(const ptrdiff_t *order, ptrdiff_t groups, const ptrdiff_t *number,
                          ptrdiff_t n, int k, ptrdiff_t *size, int *fold) {
    for (ptrdiff_t g = 0; g < groups; g++) {
        int smallest = 0;
        for (int f = 1; f < k; f++) {
            smallest = size[f] < size[smallest] ? f : smallest;
        }
        for (ptrdiff_t i = 0; i < n; i++) {
            if (number[i] == order[g]) {
                fold[i] = smallest;
                size[smallest]++;
            }
        }
    }
}

tl_code tl_inversion_folds(ptrdiff_t n, const ptrdiff_t *group, int k, int64_t seed, uint32_t index,
                           int *fold, tl_err *err) {
    if (k < 2) {
        return tl_fail(err, TL_ARG, "the number of folds is %d, wanted at least 2", k);
    }
    tl_code code = TL_OK;
    ptrdiff_t *number = tl_acquire(n, sizeof *number);
    ptrdiff_t *order = tl_acquire(n, sizeof *order);
    ptrdiff_t *size = tl_acquire(k, sizeof *size);
    if (number == NULL || order == NULL || size == NULL) {
        code = tl_no_memory(err, "folds of %td samples", n);
        goto done;
    }
    const ptrdiff_t groups = tl_inversion_number_groups(group, n, number);
    if (groups < k) {
        code = tl_fail(
            err, TL_DATA,
            "the number of folds is %d, but there are only %td independent samples; use fewer "
            "folds",
            k, groups);
        goto done;
    }
    tl_rng rng = tl_rng_start(seed, TL_STREAM_FOLDS, index);
    tl_rng_permutation(&rng, groups, order);
    assign_groups(order, groups, number, n, k, size, fold);
done:
    tl_release(number);
    tl_release(order);
    tl_release(size);
    return code;
}

tl_code tl_inversion_gradient_split(const double *y, ptrdiff_t n, int *is_test, tl_err *err) {
    ptrdiff_t *order = tl_acquire(n, sizeof *order);
    if (order == NULL) {
        return tl_no_memory(err, "a split of %td samples", n);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        ptrdiff_t at = i;
        while (at > 0 && y[i] < y[order[at - 1]]) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    for (ptrdiff_t rank = 0; rank < n; rank++) {
        is_test[order[rank]] = rank % 3 == 1;
    }
    tl_release(order);
    return TL_OK;
}
