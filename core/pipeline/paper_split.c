/* SPDX-License-Identifier: GPL-2.0-or-later
 * The single split of the paper; see paper_split.h. */
#include "pipeline/paper_split.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "inversion/folds.h"
#include "spectra/angle.h"

enum { MIN_SAMPLES = 15 }; /* samples: 10 to learn from and 5 to test */

static tl_code check_data(const tl_paper_data *d, tl_err *err) {
    const ptrdiff_t p = d->scene->ncol;
    if (d->n_rows < d->n || d->scene->nrow != d->n_rows || d->lab->nrow != d->n_rows ||
        d->lab->ncol != p || p < 1 || (d->n_rows > d->n && d->group == NULL)) {
        return tl_fail(err, TL_SHAPE,
                       "%td samples and %td rows do not fit scene spectra of %td x %td and lab "
                       "spectra of %td x %td",
                       d->n, d->n_rows, d->scene->nrow, p, d->lab->nrow, d->lab->ncol);
    }
    if (d->n < MIN_SAMPLES) {
        return tl_fail(err, TL_DATA,
                       "the split of the paper needs at least %d samples; there are %td",
                       (int)MIN_SAMPLES, d->n);
    }
    return TL_OK;
}

static tl_code divide_samples(const tl_paper_data *d, tl_paper_split *s, tl_err *err) {
    const tl_division_scheme scheme = {.kind = TL_DIVIDE_GRADIENT};
    const tl_division_data what = {.n = d->n, .group = d->group, .value = d->y};
    tl_division division;
    TL_TRY(tl_inversion_divide(&scheme, &what, 0, &division, err));
    for (ptrdiff_t i = 0; i < d->n; i++) {
        s->use[i] = division.fold[i] >= 0 ? TL_PAPER_TEST : TL_PAPER_TRAIN;
    }
    tl_inversion_division_free(&division);
    return TL_OK;
}

static int has_gap(const double *x, ptrdiff_t p) {
    for (ptrdiff_t j = 0; j < p; j++) {
        if (!isfinite(x[j])) {
            return 1;
        }
    }
    return 0;
}

/* The angle that decides whether neighbour k has the same soil as its sample. */
static double angle_of(const tl_paper_data *d, ptrdiff_t k, int to_lab) {
    const ptrdiff_t p = d->scene->ncol;
    const double *own = tl_matrix_row(d->scene, k);
    if (to_lab) {
        return tl_spectra_angle(own, tl_matrix_row(d->lab, k), p);
    }
    double least = HUGE_VAL;
    for (ptrdiff_t i = 0; i < d->n; i++) {
        if (d->group[i] == d->group[k]) {
            least = fmin(least, tl_spectra_angle(own, tl_matrix_row(d->scene, i), p));
        }
    }
    return least;
}

/* Why the positions of neighbour k and of the samples exclude it; TL_PAPER_PAIR when they do
 * not. */
static tl_paper_use check_position(const tl_paper_data *d, const tl_paper_split *s, ptrdiff_t k) {
    tl_paper_use use = TL_PAPER_PAIR;
    for (ptrdiff_t i = 0; i < d->n; i++) {
        if (d->group[i] == d->group[k] && s->use[i] == TL_PAPER_TEST) {
            return TL_PAPER_OF_TEST;
        }
    }
    for (ptrdiff_t i = 0; i < d->n && d->col != NULL; i++) {
        const ptrdiff_t cols = d->col[i] - d->col[k];
        const ptrdiff_t lines = d->line[i] - d->line[k];
        if (cols == 0 && lines == 0) {
            return TL_PAPER_OWN_PIXEL;
        }
        if (cols * cols + lines * lines == 1 && s->use[i] == TL_PAPER_TEST) {
            use = TL_PAPER_NEXT_TO_TEST;
        }
    }
    return use;
}

/* Of several rows for one pixel the one with the smallest angle is kept, of equal ones the
 * first. */
static void drop_twins(const tl_paper_data *d, const double *angle, tl_paper_split *s) {
    for (ptrdiff_t k = d->n; k < d->n_rows && d->col != NULL; k++) {
        for (ptrdiff_t j = d->n; j < k && s->use[k] == TL_PAPER_PAIR; j++) {
            if (s->use[j] == TL_PAPER_PAIR && d->col[j] == d->col[k] && d->line[j] == d->line[k]) {
                s->use[angle[k - d->n] < angle[j - d->n] ? j : k] = TL_PAPER_TWICE;
            }
        }
    }
}

static tl_code sort_neighbours(const tl_paper_data *d, double largest_angle, int to_lab,
                               tl_paper_split *s, tl_err *err) {
    double *angle = tl_acquire(d->n_rows - d->n, sizeof *angle);
    if (angle == NULL) {
        return tl_no_memory(err, "%td neighbours", d->n_rows - d->n);
    }
    for (ptrdiff_t k = d->n; k < d->n_rows; k++) {
        s->use[k] = check_position(d, s, k);
        if (s->use[k] != TL_PAPER_PAIR) {
            continue;
        }
        if (has_gap(tl_matrix_row(d->scene, k), d->scene->ncol)) {
            s->use[k] = TL_PAPER_GAPS;
            continue;
        }
        angle[k - d->n] = angle_of(d, k, to_lab);
        if (!(angle[k - d->n] < largest_angle)) {
            s->use[k] = TL_PAPER_UNLIKE;
        }
    }
    drop_twins(d, angle, s);
    tl_release(angle);
    return TL_OK;
}

tl_code tl_pipeline_paper_divide(const tl_paper_data *data, double largest_angle, int angle_to_lab,
                                 tl_paper_split *split, tl_err *err) {
    *split = (tl_paper_split){.n_rows = data->n_rows};
    tl_code code;
    TL_CHECK(check_data(data, err));
    split->use = tl_acquire(data->n_rows, sizeof *split->use);
    if (split->use == NULL) {
        code = tl_no_memory(err, "%td rows", data->n_rows);
        goto done;
    }
    TL_CHECK(divide_samples(data, split, err));
    TL_CHECK(sort_neighbours(data, largest_angle, angle_to_lab, split, err));
    for (ptrdiff_t k = 0; k < data->n_rows; k++) {
        split->count[split->use[k]]++;
    }
done:
    if (code != TL_OK) {
        tl_pipeline_paper_split_free(split);
    }
    return code;
}

void tl_pipeline_paper_rows(const tl_paper_split *split, tl_paper_use use, ptrdiff_t *row) {
    for (ptrdiff_t k = 0; k < split->n_rows; k++) {
        if (split->use[k] == use) {
            *row++ = k;
        }
    }
}

void tl_pipeline_paper_split_free(tl_paper_split *split) {
    if (split != NULL) {
        tl_release(split->use);
        *split = (tl_paper_split){0};
    }
}
