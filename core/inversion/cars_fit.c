/* SPDX-License-Identifier: GPL-2.0-or-later
 * Partial least squares from products between rows; see cars_fit.h. */
#include "inversion/cars_fit.h"

#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "num/matrix_product.h"
#include "num/vector.h"

/* Vectors over rows are padded to whole vectors of the widest processors. */
enum { PADDING = 8 };

#define TL_LANES 2
#define TL_OF(x) x##_2
#define TL_TARGET
#include "inversion/cars_fit_lanes.h"
#undef TL_LANES
#undef TL_OF
#undef TL_TARGET

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define TL_LANES 4
#define TL_OF(x) x##_4
#define TL_TARGET __attribute__((target("avx2")))
#include "inversion/cars_fit_lanes.h"
#undef TL_LANES
#undef TL_OF
#undef TL_TARGET

#define TL_LANES 8
#define TL_OF(x) x##_8
#define TL_TARGET __attribute__((target("avx512f")))
#include "inversion/cars_fit_lanes.h"

static double dot(const double *a, const double *b, ptrdiff_t width) {
    return __builtin_cpu_supports("avx512f") ? dot_8(a, b, width)
           : __builtin_cpu_supports("avx2")  ? dot_4(a, b, width)
                                             : dot_2(a, b, width);
}

static void combine_rows(const double *table, const double *factor, ptrdiff_t rows, ptrdiff_t width,
                         double *to) {
    if (__builtin_cpu_supports("avx512f")) {
        combine_rows_8(table, factor, rows, width, to);
    } else if (__builtin_cpu_supports("avx2")) {
        combine_rows_4(table, factor, rows, width, to);
    } else {
        combine_rows_2(table, factor, rows, width, to);
    }
}
#else
static double dot(const double *a, const double *b, ptrdiff_t width) {
    return dot_2(a, b, width);
}

static void combine_rows(const double *table, const double *factor, ptrdiff_t rows, ptrdiff_t width,
                         double *to) {
    combine_rows_2(table, factor, rows, width, to);
}
#endif

static int acquire_all(tl_cars_fit *f, ptrdiff_t p) {
    double **row_vector[] = {&f->y, &f->mask, &f->residual, &f->image, &f->direction};
    double **score_table[] = {&f->score, &f->inside, &f->dual};
    int there = 1;
    for (size_t k = 0; k < sizeof row_vector / sizeof *row_vector; k++) {
        *row_vector[k] = tl_acquire(f->width, sizeof(double));
        there = there && *row_vector[k] != NULL;
    }
    for (size_t k = 0; k < sizeof score_table / sizeof *score_table; k++) {
        *score_table[k] = tl_acquire(f->max_components * f->width, sizeof(double));
        there = there && *score_table[k] != NULL;
    }
    f->band = tl_acquire(p * f->width, sizeof(double));
    f->gram = tl_acquire(f->width * f->width, sizeof(double));
    f->length = tl_acquire(f->max_components, sizeof(double));
    f->loading = tl_acquire(f->max_components, sizeof(double));
    f->weight = tl_acquire(p, sizeof(double));
    return there && f->band != NULL && f->gram != NULL && f->length != NULL && f->loading != NULL &&
           f->weight != NULL;
}

tl_code tl_inversion_cars_fit_init(tl_cars_fit *f, const tl_matrix *x, const double *y,
                                   ptrdiff_t max_components, tl_err *err) {
    const ptrdiff_t n = x->nrow;
    *f = (tl_cars_fit){.n = n,
                       .width = (n + PADDING - 1) / PADDING * PADDING,
                       .v = x->ncol,
                       .max_components = max_components};
    if (!acquire_all(f, x->ncol)) {
        tl_inversion_cars_fit_free(f);
        return tl_no_memory(err, "a selection among %td bands", x->ncol);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        f->y[i] = y[i];
        for (ptrdiff_t j = 0; j < x->ncol; j++) {
            f->band[j * f->width + i] = tl_matrix_row(x, i)[j];
        }
    }
    return TL_OK;
}

void tl_inversion_cars_fit_keep(tl_cars_fit *f, const ptrdiff_t *at, ptrdiff_t v) {
    for (ptrdiff_t j = 0; j < v; j++) {
        if (at[j] != j) {
            memcpy(f->band + j * f->width, f->band + at[j] * f->width,
                   (size_t)f->width * sizeof *f->band);
        }
    }
    f->v = v;
    /* Products with all bands one after the other cost 2 v n, with the Gram matrix n^2. */
    f->use_gram = 2 * v > f->n;
    if (f->use_gram) {
        tl_num_product(f->width, f->width, v, f->band, 1, f->width, f->band, f->gram, 0);
    }
}

/* image = X X' residual. */
static void apply_products(tl_cars_fit *f) {
    if (f->use_gram) {
        combine_rows(f->gram, f->residual, f->n, f->width, f->image);
        return;
    }
    for (ptrdiff_t j = 0; j < f->v; j++) {
        f->weight[j] = dot(f->band + j * f->width, f->residual, f->width);
    }
    combine_rows(f->band, f->weight, f->v, f->width, f->image);
}

/* Centres y by the rows that take part; returns their number. */
static double start(tl_cars_fit *f) {
    double rows = 0.0;
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < f->n; i++) {
        rows += f->mask[i];
        sum += f->mask[i] * f->y[i];
    }
    f->mean_y = sum / rows;
    for (ptrdiff_t i = 0; i < f->n; i++) {
        f->residual[i] = f->mask[i] * (f->y[i] - f->mean_y);
    }
    f->components = 0;
    return rows;
}

/* Adds a component; returns 0 when only rounding is left. The residual sums to zero over the rows
 * that take part, so the mean of the bands need only be subtracted from the image. */
static int add_component(tl_cars_fit *f, double rows) {
    const ptrdiff_t a = f->components;
    const ptrdiff_t w = f->width;
    double *score = f->score + a * w;
    double *inside = f->inside + a * w;
    double *dual = f->dual + a * w;
    apply_products(f);
    const double mean = dot(f->image, f->mask, w) / rows;
    for (ptrdiff_t i = 0; i < f->n; i++) {
        score[i] = f->image[i] - mean;
        dual[i] = f->residual[i];
    }
    for (ptrdiff_t j = 0; j < a; j++) {
        const double overlap = dot(f->inside + j * w, score, w) / f->length[j];
        tl_num_add_scaled(score, -overlap, f->score + j * w, w);
        tl_num_add_scaled(dual, -overlap, f->dual + j * w, w);
    }
    for (ptrdiff_t i = 0; i < f->n; i++) {
        inside[i] = f->mask[i] * score[i];
    }
    const double length = dot(inside, inside, w);
    const double left = dot(f->residual, f->residual, w);
    const double size = 1e-12 * (double)f->v * (double)f->n;
    if (!(length > size * size * left) || !(left > 0.0)) {
        return 0;
    }
    f->length[a] = length;
    f->loading[a] = dot(inside, f->residual, w) / length;
    tl_num_add_scaled(f->residual, -f->loading[a], inside, w);
    f->components++;
    return 1;
}

void tl_inversion_cars_fit_rows(tl_cars_fit *f) {
    const double rows = start(f);
    ptrdiff_t max_components = tl_min(f->max_components, f->v);
    max_components = tl_min(max_components, (ptrdiff_t)rows - 1);
    while (f->components < max_components && add_component(f, rows)) {
    }
}

void tl_inversion_cars_fit_coefficients(tl_cars_fit *f) {
    memset(f->direction, 0, (size_t)f->width * sizeof *f->direction);
    for (ptrdiff_t a = 0; a < f->components; a++) {
        tl_num_add_scaled(f->direction, f->loading[a], f->dual + a * f->width, f->width);
    }
    for (ptrdiff_t j = 0; j < f->v; j++) {
        f->weight[j] = dot(f->band + j * f->width, f->direction, f->width);
    }
}

void tl_inversion_cars_fit_free(tl_cars_fit *f) {
    if (f != NULL) {
        double *owned[] = {f->band,   f->gram,      f->y,      f->mask,    f->score,
                           f->inside, f->dual,      f->length, f->loading, f->residual,
                           f->image,  f->direction, f->weight};
        for (size_t k = 0; k < sizeof owned / sizeof *owned; k++) {
            tl_release(owned[k]);
        }
        *f = (tl_cars_fit){0};
    }
}
