/* SPDX-License-Identifier: GPL-2.0-or-later
 * Partial least squares on some of the rows and some of the bands, many times over: the inner part
 * of CARS. */
#ifndef TL_INVERSION_CARS_FIT_H
#define TL_INVERSION_CARS_FIT_H

#include <stddef.h>

#include "base/matrix.h"
#include "base/status.h"

/* The bands of a step and what fits need. Vectors over rows are as long as width: n, then zeros up
 * to a multiple of eight. */
typedef struct tl_cars_fit {
    ptrdiff_t n;
    ptrdiff_t width;
    ptrdiff_t v;              /* current number of bands */
    ptrdiff_t max_components; /* maximum number of components */
    double *band;             /* [p, width] the first v rows are the bands, centred over all rows */
    double *gram;             /* [width, width] of all rows over these bands, when use_gram */
    int use_gram;
    double *y;     /* [width] */
    double *mask;  /* [width] 1: the row takes part in the fit; see tl_inversion_cars_fit_rows */
    double *score; /* [max_components, width] t of every row, also of those that do not take part */
    double *inside;       /* [max_components, width] t, zero for rows that do not take part */
    double *dual;         /* [max_components, width] t = X X' dual */
    double *length;       /* [max_components] t't of the rows that take part */
    double *loading;      /* [max_components] y't / t't */
    double *residual;     /* [width] */
    double *image;        /* [width] */
    double *direction;    /* [width] */
    double *weight;       /* [p] */
    double mean_y;        /* of the rows that take part */
    ptrdiff_t components; /* that the last fit found */
} tl_cars_fit;

/* Starts with all bands of x.
 *
 * x      [n, p] columns centred
 * y      [n]
 * max_components   >= 1
 * f      uninitialised; empty on failure
 * fails  TL_NOMEM */
tl_code tl_inversion_cars_fit_init(tl_cars_fit *f, const tl_matrix *x, const double *y,
                                   ptrdiff_t max_components, tl_err *err);

/* Keeps some of the bands and prepares fits with them. Call it before the first fit too.
 *
 * at     [v] numbers in [0, f->v), increasing */
void tl_inversion_cars_fit_keep(tl_cars_fit *f, const ptrdiff_t *at, ptrdiff_t v);

/* Fits y of the rows with mask 1, centred by their means. The components are those of pls.h, found
 * from products between rows: with r = the residual of y,
 *   t = (I - T (T'T)^-1 T') X X' r,   q = y't / t't,   r -= q t,
 * which needs no band once the products are known. Fits end at f->max_components, at v, at the
 * number of rows minus one, or when t is only rounding.
 *
 * source Lindgren, Geladi & Wold 1993, J. Chemometrics 7:45; Rannar, Lindgren, Geladi & Wold 1994,
 *        J. Chemometrics 8:111 (kernel over rows) */
void tl_inversion_cars_fit_rows(tl_cars_fit *f);

/* Coefficients of the last fit with all its components, in the units of the bands, into
 * f->weight. */
void tl_inversion_cars_fit_coefficients(tl_cars_fit *f);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_inversion_cars_fit_free(tl_cars_fit *f);

#endif
