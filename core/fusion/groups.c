/* SPDX-License-Identifier: GPL-2.0-or-later
 * Folds that keep the rows of one sample together; see groups.h. */
#include "fusion/groups.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
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

/* Writes the rank of every row's group (0 = smallest number) into rank; returns the number of
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

tl_code tl_fusion_divide_up_to(const ptrdiff_t *group, ptrdiff_t n, ptrdiff_t max_folds,
                               int64_t seed, uint32_t index, ptrdiff_t *fold, ptrdiff_t *folds,
                               tl_err *err) {
    group_row *rows = tl_acquire(n, sizeof *rows);
    if (rows == NULL) {
        return tl_no_memory(err, "the folds of %td rows", n);
    }
    const ptrdiff_t count = rank_groups(group, n, rows, fold);
    tl_release(rows);
    if (count < 3) {
        return tl_fail(
            err, TL_DATA,
            "%td independent samples are too few for a choice by cross-validation, wanted at "
            "least 3",
            count);
    }
    *folds = tl_min(count, max_folds);
    return tl_fusion_divide_groups(group, n, *folds, seed, index, fold, err);
}

tl_code tl_fusion_divide_groups(const ptrdiff_t *group, ptrdiff_t n, ptrdiff_t k, int64_t seed,
                                uint32_t index, ptrdiff_t *fold, tl_err *err) {
    tl_code code = TL_OK;
    group_row *rows = tl_acquire(n, sizeof *rows);
    ptrdiff_t *order = tl_acquire(n, sizeof *order);
    ptrdiff_t *fold_of = tl_acquire(n, sizeof *fold_of);
    if (rows == NULL || order == NULL || fold_of == NULL) {
        code = tl_no_memory(err, "the folds of %td rows", n);
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

void tl_fusion_centre(tl_matrix *x, double *mean) {
    tl_fusion_mean_sd(x, 0.0, mean, NULL);
    for (ptrdiff_t i = 0; i < x->nrow; i++) {
        double *row = tl_matrix_row(x, i);
        for (ptrdiff_t j = 0; j < x->ncol; j++) {
            row[j] -= mean[j];
        }
    }
}

static void close_fold(tl_fold_rows *f) {
    tl_matrix_free(&f->x);
    tl_matrix_free(&f->y);
    tl_matrix_free(&f->x_test);
    tl_matrix_free(&f->y_test);
    tl_matrix_free(&f->sd);
    tl_release(f->group);
}

/* The pairs outside and inside fold k; to be closed also after a failure. */
static tl_code open_fold(const tl_matrix *x, const tl_matrix *y, const ptrdiff_t *group,
                         const ptrdiff_t *fold, ptrdiff_t k, tl_fold_rows *f, tl_err *err) {
    TL_TRY(tl_fusion_take_fold(x, fold, k, 0, &f->x, err));
    TL_TRY(tl_fusion_take_fold(y, fold, k, 0, &f->y, err));
    TL_TRY(tl_fusion_take_fold(x, fold, k, 1, &f->x_test, err));
    TL_TRY(tl_fusion_take_fold(y, fold, k, 1, &f->y_test, err));
    TL_TRY(tl_matrix_init(&f->sd, 2, y->ncol, err));
    tl_fusion_mean_sd(&f->y, 1e-6, tl_matrix_row(&f->sd, 1), tl_matrix_row(&f->sd, 0));
    if (group != NULL) {
        f->group = tl_acquire(f->x.nrow, sizeof *f->group);
        if (f->group == NULL) {
            return tl_no_memory(err, "a fold");
        }
        ptrdiff_t count = 0;
        for (ptrdiff_t i = 0; i < x->nrow; i++) {
            if (fold[i] != k) {
                f->group[count++] = group[i];
            }
        }
    }
    return TL_OK;
}

tl_code tl_fusion_for_each_fold(const tl_matrix *x, const tl_matrix *y, const ptrdiff_t *group,
                                ptrdiff_t max_folds, int64_t seed, uint32_t index,
                                tl_fusion_fold_job job, void *work, tl_err *err) {
    ptrdiff_t folds = 0;
    ptrdiff_t *fold = tl_acquire(x->nrow, sizeof *fold);
    if (fold == NULL) {
        return tl_no_memory(err, "the folds of %td rows", x->nrow);
    }
    tl_code code =
        tl_fusion_divide_up_to(group, x->nrow, max_folds, seed, index, fold, &folds, err);
    for (ptrdiff_t k = 0; k < folds && code == TL_OK; k++) {
        tl_fold_rows f = {.number = k, .folds = folds};
        code = open_fold(x, y, group, fold, k, &f, err);
        if (code == TL_OK) {
            code = job(&f, work, err);
        }
        close_fold(&f);
    }
    tl_release(fold);
    return code;
}

void tl_fusion_add_squares(const tl_matrix *made, const tl_matrix *y, const double *sd,
                           double *sum) {
    for (ptrdiff_t i = 0; i < made->nrow; i++) {
        for (ptrdiff_t j = 0; j < made->ncol; j++) {
            const double miss = (tl_matrix_row(made, i)[j] - tl_matrix_row(y, i)[j]) / sd[j];
            *sum += miss * miss;
        }
    }
}
