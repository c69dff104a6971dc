/* SPDX-License-Identifier: GPL-2.0-or-later
 * One division of an inner cross-validation, from which a regression chooses its setting.
 * Everything that precedes the regression (transfer, selection) was fitted on the learning rows
 * alone before the features were made. */
#ifndef TL_INVERSION_INNER_H
#define TL_INVERSION_INNER_H

#include <stddef.h>

#include "base/matrix.h"

/* Owner, freed by its maker. No NaN anywhere; y on the scale of the model. */
typedef struct tl_inner_set {
    tl_matrix learn_x;    /* [l, m] features of the learning rows */
    double *learn_y;      /* [l] */
    tl_matrix check_x;    /* [c, m] features of the rows held out */
    double *check_y;      /* [c] */
    ptrdiff_t *check_row; /* [c] their numbers among the n rows that the sets divide */
} tl_inner_set;

#endif
