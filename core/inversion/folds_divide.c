/* SPDX-License-Identifier: GPL-2.0-or-later
 * The one entry to all kinds of divisions; see folds.h. */
#include "base/alloc.h"
#include "base/minmax.h"
#include "inversion/folds.h"

static tl_code divide_one_out(const tl_division_data *d, tl_division *out, tl_err *err) {
    ptrdiff_t *number = tl_acquire(d->n, sizeof *number);
    if (number == NULL) {
        return tl_no_memory(err, "a division of %td samples", d->n);
    }
    const ptrdiff_t groups = tl_inversion_number_groups(d->group, d->n, number);
    for (ptrdiff_t i = 0; i < d->n; i++) {
        out->fold[i] = (int)number[i];
    }
    out->folds = (int)groups;
    tl_release(number);
    return groups >= 2
               ? TL_OK
               : tl_fail(err, TL_DATA,
                         "leaving one out needs at least 2 independent samples, but there are %td",
                         groups);
}

static tl_code divide_spatial(const tl_division_scheme *s, const tl_division_data *d,
                              uint32_t index, tl_division *out, tl_err *err) {
    if (d->x == NULL || d->y == NULL) {
        return tl_fail(err, TL_SHAPE, "spatial folds need coordinates");
    }
    tl_spatial_blocks blocks;
    TL_TRY(tl_inversion_spatial_folds(d->n, d->group, d->x, d->y, s->folds, s->block_side, s->seed,
                                      index, out->fold, &blocks, err));
    out->folds = s->folds;
    out->blocks = blocks.blocks;
    out->block_side = blocks.side;
    return TL_OK;
}

/* The gradient split of the means of the groups. */
static tl_code divide_gradient(const tl_division_data *d, tl_division *out, tl_err *err) {
    if (d->value == NULL) {
        return tl_fail(err, TL_SHAPE, "the gradient split needs the values of the property");
    }
    tl_code code = TL_OK;
    ptrdiff_t *number = tl_acquire(d->n, sizeof *number);
    ptrdiff_t *size = tl_acquire(d->n, sizeof *size);
    double *mean = tl_acquire(d->n, sizeof *mean);
    int *is_test = tl_acquire(d->n, sizeof *is_test);
    if (number == NULL || size == NULL || mean == NULL || is_test == NULL) {
        code = tl_no_memory(err, "a division of %td samples", d->n);
        goto done;
    }
    const ptrdiff_t groups = tl_inversion_number_groups(d->group, d->n, number);
    for (ptrdiff_t i = 0; i < d->n; i++) {
        mean[number[i]] += d->value[i];
        size[number[i]]++;
    }
    for (ptrdiff_t g = 0; g < groups; g++) {
        mean[g] /= (double)size[g];
    }
    TL_CHECK(tl_inversion_gradient_split(mean, groups, is_test, err));
    for (ptrdiff_t i = 0; i < d->n; i++) {
        out->fold[i] = is_test[number[i]] ? 0 : -1;
    }
    out->folds = 1;
    code =
        groups >= 2
            ? TL_OK
            : tl_fail(err, TL_DATA,
                      "the gradient split needs at least 2 independent samples, but there are %td",
                      groups);
done:
    tl_release(number);
    tl_release(size);
    tl_release(mean);
    tl_release(is_test);
    return code;
}

static tl_code check_whole_groups(const tl_division_data *d, tl_err *err) {
    for (ptrdiff_t i = 0; d->group != NULL && i < d->n; i++) {
        for (ptrdiff_t j = 0; j < i; j++) {
            if (d->group[i] == d->group[j] && d->given[i] != d->given[j]) {
                return tl_fail(
                    err, TL_DATA,
                    "samples %td and %td belong together (one pixel or one id), but the given "
                    "division has them in different folds; assign both to the same fold",
                    j + 1, i + 1);
            }
        }
    }
    return TL_OK;
}

/* Number of different fold numbers (0 or above) below the given one. */
static int rank_of(const tl_division_data *d, int number) {
    int rank = 0;
    for (ptrdiff_t i = 0; i < d->n; i++) {
        if (d->given[i] < 0 || d->given[i] >= number) {
            continue;
        }
        ptrdiff_t j = 0;
        while (d->given[j] != d->given[i]) {
            j++;
        }
        rank += i == j;
    }
    return rank;
}

static tl_code divide_given(const tl_division_data *d, tl_division *out, tl_err *err) {
    if (d->given == NULL) {
        return tl_fail(err, TL_SHAPE, "no division was given");
    }
    TL_TRY(check_whole_groups(d, err));
    ptrdiff_t tested = 0;
    for (ptrdiff_t i = 0; i < d->n; i++) {
        ptrdiff_t j = 0;
        while (d->given[j] != d->given[i]) {
            j++;
        }
        out->fold[i] = d->given[i] < 0 ? -1 : j < i ? out->fold[j] : rank_of(d, d->given[i]);
        out->folds = tl_max_int(out->fold[i] + 1, out->folds);
        tested += out->fold[i] >= 0;
    }
    if (tested == 0 || (tested == d->n && out->folds < 2)) {
        return tl_fail(err, TL_DATA, "the given division has %s; wanted some samples of each kind",
                       tested == 0 ? "no sample to test" : "no sample to train on");
    }
    return TL_OK;
}

tl_code tl_inversion_divide(const tl_division_scheme *scheme, const tl_division_data *data,
                            uint32_t index, tl_division *out, tl_err *err) {
    *out = (tl_division){.n = data->n};
    out->fold = tl_acquire(data->n, sizeof *out->fold);
    if (out->fold == NULL) {
        return tl_no_memory(err, "a division of %td samples", data->n);
    }
    tl_code code = TL_OK;
    switch (scheme->kind) {
        case TL_DIVIDE_RANDOM:
            out->folds = scheme->folds;
            code = tl_inversion_folds(data->n, data->group, scheme->folds, scheme->seed, index,
                                      out->fold, err);
            break;
        case TL_DIVIDE_ONE_OUT:
            code = divide_one_out(data, out, err);
            break;
        case TL_DIVIDE_SPATIAL:
            code = divide_spatial(scheme, data, index, out, err);
            break;
        case TL_DIVIDE_GRADIENT:
            code = divide_gradient(data, out, err);
            break;
        case TL_DIVIDE_GIVEN:
            code = divide_given(data, out, err);
            break;
        default:
            code = tl_fail(err, TL_ARG, "there is no division of kind %d", (int)scheme->kind);
    }
    if (code != TL_OK) {
        tl_inversion_division_free(out);
    }
    return code;
}

void tl_inversion_division_free(tl_division *d) {
    if (d != NULL) {
        tl_release(d->fold);
        *d = (tl_division){0};
    }
}
