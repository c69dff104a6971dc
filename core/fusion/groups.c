/* SPDX-License-Identifier: GPL-2.0-or-later
 * Folds that keep the rows of one sample together; see groups.h. */
#include "fusion/groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"

typedef struct group_row {
    ptrdiff_t group;
    ptrdiff_t row;
} group_row;

static int by_group(const void *a, const void *b) {
    const group_row *x = a;
    const group_row *y = b;
    if (x->group != y->group) {
        return x->group < y->group ? -1 : 1;
    }
    return (x->row > y->row) - (x->row < y->row);
}

/* Writes the rank of every row's group (0 = smallest number) into rank; gives the number of
 * groups. */
static ptrdiff_t rank_groups(const ptrdiff_t *group, ptrdiff_t n, group_row *rows,
                             ptrdiff_t *rank) {
    for (ptrdiff_t i = 0; i < n; i++) {
        rows[i] = (group_row){.group = group == NULL ? i : group[i], .row = i};
    }
    qsort(rows, (size_t)n, sizeof *rows, by_group);
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        count += i == 0 || rows[i].group != rows[i - 1].group;
        rank[rows[i].row] = count - 1;
    }
    return count;
}

tl_code tl_fusion_deal_groups(const ptrdiff_t *group, ptrdiff_t n, ptrdiff_t k, int64_t seed,
                              uint32_t index, ptrdiff_t *fold, tl_err *err) {
    tl_code code = TL_OK;
    group_row *rows = tl_acquire(n, sizeof *rows);
    ptrdiff_t *order = tl_acquire(n, sizeof *order);
    ptrdiff_t *fold_of = tl_acquire(n, sizeof *fold_of);
    if (rows == NULL || order == NULL || fold_of == NULL) {
        code = tl_fail(err, TL_NOMEM, "out of memory for the folds of %td rows", n);
        goto done;
    }
    const ptrdiff_t count = rank_groups(group, n, rows, fold);
    if (count < k) {
        code = tl_fail(err, TL_DATA, "%td samples are too few for %td folds", count, k);
        goto done;
    }
    tl_rng rng = tl_rng_start(seed, TL_STREAM_FOLDS, index);
    tl_rng_permutation(&rng, count, order);
    for (ptrdiff_t g = 0; g < count; g++) {
        fold_of[order[g]] = g % k;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        fold[i] = fold_of[fold[i]];
    }
done:
    tl_release(rows);
    tl_release(order);
    tl_release(fold_of);
    return code;
}

tl_code tl_fusion_take_fold(const tl_matrix *x, const ptrdiff_t *fold, ptrdiff_t k, int inside,
                            tl_matrix *out, tl_err *err) {
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < x->nrow; i++) {
        count += (fold[i] == k) == inside;
    }
    TL_TRY(tl_matrix_init(out, count, x->ncol, err));
    count = 0;
    for (ptrdiff_t i = 0; i < x->nrow; i++) {
        if ((fold[i] == k) == inside) {
            memcpy(tl_matrix_row(out, count++), tl_matrix_row(x, i),
                   (size_t)x->ncol * sizeof *x->data);
        }
    }
    return TL_OK;
}

void tl_fusion_mean_sd(const tl_matrix *x, double floor, double *mean, double *sd) {
    for (ptrdiff_t j = 0; j < x->ncol; j++) {
        double sum = 0.0;
        for (ptrdiff_t i = 0; i < x->nrow; i++) {
            sum += tl_matrix_row(x, i)[j];
        }
        mean[j] = sum / (double)x->nrow;
        if (sd == NULL) {
            continue;
        }
        double squares = 0.0;
        for (ptrdiff_t i = 0; i < x->nrow; i++) {
            const double d = tl_matrix_row(x, i)[j] - mean[j];
            squares += d * d;
        }
        sd[j] = x->nrow > 1 ? fmax(sqrt(squares / (double)(x->nrow - 1)), floor) : floor;
    }
}
