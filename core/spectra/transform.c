/* SPDX-License-Identifier: GPL-2.0-or-later
 * Chains of fixed transforms, band by band over many spectra at once; see transform.h. */
#include "spectra/transform.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "num/vector.h"
#include "spectra/continuum.h"

static const double darkest = 1e-4; /* reflectance */

const char *const tl_transform_words[] = {"absorbance",  "continuum", "smooth", "derivative",
                                          "derivative2", "snv",       NULL};

/* Steps of one group exclude each other; groups follow each other in this order. */
static const int group_of[] = {0, 0, 1, 2, 2, 3};

/* --- names --- */

static int word_at(const char *text, size_t length) {
    for (int i = 0; tl_transform_words[i] != NULL; i++) {
        if (strlen(tl_transform_words[i]) == length &&
            strncmp(tl_transform_words[i], text, length) == 0) {
            return i;
        }
    }
    return -1;
}

static tl_code read_name(const char *name, tl_transform *t, tl_err *err) {
    t->n_steps = 0;
    if (strcmp(name, "none") == 0) {
        return TL_OK;
    }
    int group = -1;
    const char *at = name;
    for (int more = 1; more;) {
        const size_t length = strcspn(at, "+");
        const int word = word_at(at, length);
        if (word < 0) {
            return tl_fail(
                err, TL_ARG,
                "transform: '%.*s' is not a step, wanted 'none' or words joined by '+' out "
                "of absorbance, continuum, smooth, derivative, derivative2, snv",
                (int)(length > 40 ? 40 : length), at);
        }
        if (group_of[word] <= group) {
            return tl_fail(
                err, TL_ARG,
                "transform: '%s' is in the wrong position, wanted this order with one word of "
                "each group: absorbance or continuum, smooth, derivative or "
                "derivative2, snv",
                tl_transform_words[word]);
        }
        group = group_of[word];
        t->step[t->n_steps++] = (tl_transform_step)word;
        more = at[length] == '+';
        at += length + 1;
    }
    return TL_OK;
}

tl_code tl_spectra_transform_check(const char *name, tl_err *err) {
    tl_transform t = {0};
    return read_name(name, &t, err);
}

/* --- making --- */

static int has_savgol(tl_transform_step step) {
    return step == TL_STEP_SMOOTH || step == TL_STEP_DERIVATIVE || step == TL_STEP_DERIVATIVE2;
}

static tl_code init_savgol(tl_transform *t, tl_err *err) {
    for (ptrdiff_t s = 0; s < t->n_steps; s++) {
        if (has_savgol(t->step[s])) {
            const tl_savgol_options options = {
                .window = t->window,
                .degree = t->degree,
                .derivative = (ptrdiff_t)t->step[s] - (ptrdiff_t)TL_STEP_SMOOTH};
            TL_TRY(
                tl_spectra_savgol_init(&options, t->centre_nm, &t->segments, &t->savgol[s], err));
        }
    }
    return TL_OK;
}

tl_code tl_spectra_transform_init(const char *name, ptrdiff_t window, ptrdiff_t degree,
                                  const double *centre_nm, ptrdiff_t p, tl_transform *transform,
                                  tl_err *err) {
    *transform = (tl_transform){.p = p, .window = window, .degree = degree};
    tl_code code = TL_OK;
    TL_CHECK(read_name(name, transform, err));
    transform->centre_nm = tl_acquire(p, sizeof *transform->centre_nm);
    if (transform->centre_nm == NULL) {
        code = tl_no_memory(err, "%td bands", p);
        goto done;
    }
    if (p > 0) {
        memcpy(transform->centre_nm, centre_nm, (size_t)p * sizeof *centre_nm);
    }
    TL_CHECK(tl_spectra_segments(centre_nm, p, &transform->segments, err));
    TL_CHECK(init_savgol(transform, err));
done:
    if (code != TL_OK) {
        tl_spectra_transform_free(transform);
    }
    return code;
}

void tl_spectra_transform_free(tl_transform *transform) {
    if (transform != NULL) {
        tl_release(transform->centre_nm);
        tl_spectra_segments_free(&transform->segments);
        for (ptrdiff_t s = 0; s < TL_TRANSFORM_STEPS; s++) {
            tl_spectra_savgol_free(&transform->savgol[s]);
        }
        *transform = (tl_transform){0};
    }
}

/* --- applying --- */

static void absorbance(double *x, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) {
        const double r = tl_max_double(darkest, x[i]);
        x[i] = -log10(r);
    }
}

static void continuum(const tl_transform *t, double *x, ptrdiff_t n, double *work) {
    ptrdiff_t *hull = (ptrdiff_t *)(void *)(work + t->p);
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t j = 0; j < t->p; j++) {
            work[j] = x[j * n + i];
        }
        tl_spectra_remove_continuum(t->centre_nm, &t->segments, work, hull);
        for (ptrdiff_t j = 0; j < t->p; j++) {
            x[j * n + i] = work[j];
        }
    }
}

static void savgol_block(const tl_savgol *s, double *x, ptrdiff_t n, double *work) {
    memset(work, 0, (size_t)(s->p * n) * sizeof *work);
    for (ptrdiff_t j = 0; j < s->p; j++) {
        const double *weight = tl_matrix_row(&s->weight, j);
        for (ptrdiff_t k = 0; k < s->count[j]; k++) {
            tl_num_add_scaled(work + j * n, weight[k], x + (s->first[j] + k) * n, n);
        }
    }
    memcpy(x, work, (size_t)(s->p * n) * sizeof *x);
}

/* The mean and the spread of every spectrum are in two rows of work. */
static void snv(double *x, ptrdiff_t p, ptrdiff_t n, double *work) {
    double *restrict mean = work;
    double *restrict spread = work + n;
    memset(work, 0, (size_t)(2 * n) * sizeof *work);
    for (ptrdiff_t j = 0; j < p; j++) {
        tl_num_add_scaled(mean, 1.0, x + j * n, n);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        mean[i] /= (double)p;
    }
    for (ptrdiff_t j = 0; j < p; j++) {
        for (ptrdiff_t i = 0; i < n; i++) {
            x[j * n + i] -= mean[i];
            spread[i] += x[j * n + i] * x[j * n + i];
        }
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        /* A constant spectrum has rounding errors of its mean, which must not be amplified. */
        const double sd = p > 1 ? sqrt(spread[i] / (double)(p - 1)) : 0.0;
        spread[i] = sd <= 1e-12 * fabs(mean[i]) ? 0.0 : 1.0 / sd;
    }
    for (ptrdiff_t j = 0; j < p; j++) {
        for (ptrdiff_t i = 0; i < n; i++) {
            x[j * n + i] *= spread[i];
        }
    }
}

void tl_spectra_transform_block(const tl_transform *transform, double *x, ptrdiff_t n,
                                double *work) {
    const ptrdiff_t p = transform->p;
    for (ptrdiff_t s = 0; s < transform->n_steps; s++) {
        switch (transform->step[s]) {
            case TL_STEP_ABSORBANCE:
                absorbance(x, p * n);
                break;
            case TL_STEP_CONTINUUM:
                continuum(transform, x, n, work);
                break;
            case TL_STEP_SNV:
                snv(x, p, n, work);
                break;
            case TL_STEP_SMOOTH:
            case TL_STEP_DERIVATIVE:
            case TL_STEP_DERIVATIVE2:
                savgol_block(&transform->savgol[s], x, n, work);
                break;
        }
    }
}

tl_code tl_spectra_transform_rows(const tl_transform *transform, tl_matrix *x, tl_err *err) {
    if (x->ncol != transform->p) {
        return tl_fail(err, TL_SHAPE, "transform: spectra of %td bands, wanted %td", x->ncol,
                       transform->p);
    }
    double *work = tl_acquire(x->ncol + 1, 2 * sizeof *work);
    if (work == NULL) {
        return tl_no_memory(err, "%td bands", x->ncol);
    }
    for (ptrdiff_t i = 0; i < x->nrow; i++) {
        tl_spectra_transform_block(transform, tl_matrix_row(x, i), 1, work);
    }
    tl_release(work);
    return TL_OK;
}

int tl_spectra_transform_is_linear(const tl_transform *transform) {
    int linear = 1;
    for (ptrdiff_t s = 0; s < transform->n_steps; s++) {
        linear = linear && has_savgol(transform->step[s]);
    }
    return linear;
}

tl_code tl_spectra_transform_linear(const tl_transform *transform, tl_matrix *map, tl_err *err) {
    *map = (tl_matrix){0};
    if (!tl_spectra_transform_is_linear(transform)) {
        return tl_fail(err, TL_INTERNAL, "transform: the chain is not linear");
    }
    tl_matrix work = {0};
    tl_code code;
    const ptrdiff_t p = transform->p;
    TL_CHECK(tl_matrix_init(&work, p + 3, p + 1, err));
    TL_CHECK(tl_matrix_init(map, p, p, err));
    for (ptrdiff_t j = 0; j < p; j++) {
        tl_matrix_row(map, j)[j] = 1.0;
    }
    /* The transformed unit spectra are the columns of the map. */
    tl_spectra_transform_block(transform, map->data, p, work.data);
done:
    tl_matrix_free(&work);
    return code;
}
