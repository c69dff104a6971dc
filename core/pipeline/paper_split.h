/* SPDX-License-Identifier: GPL-2.0-or-later
 * The single split of the paper: which samples are tested, and which neighbouring pixels may join
 * the training of the fusion network. Formulas in docs/methods/validation.md. */
#ifndef TL_PIPELINE_PAPER_SPLIT_H
#define TL_PIPELINE_PAPER_SPLIT_H

#include <stddef.h>

#include "base/matrix.h"
#include "base/status.h"

/* Samples, followed by neighbouring pixels that may have their lab spectrum; borrowed. */
typedef struct tl_paper_data {
    ptrdiff_t n;            /* samples: the first rows */
    ptrdiff_t n_rows;       /* samples and neighbouring pixels */
    const tl_matrix *scene; /* [n_rows, p] no NaN in the first n rows */
    const tl_matrix *lab;   /* [n_rows, p] at the same bands; a neighbour has its sample's */
    /* [n_rows] samples with equal numbers are never separated; a neighbour has the number of its
     * sample. NULL = all samples independent: then n_rows is n. */
    const ptrdiff_t *group;
    /* [n_rows] pixel of each row. Both NULL = unknown: then the caller has already applied the
     * rules about positions. */
    const ptrdiff_t *col;
    const ptrdiff_t *line;
    const double *wavelength_nm; /* [p] */
    const double *y;             /* [n] measured property, finite */
} tl_paper_data;

/* The use of a row. The rules are applied in this order; the first one that fits counts. */
typedef enum tl_paper_use {
    TL_PAPER_TRAIN = 0,    /* sample: learnt from */
    TL_PAPER_TEST,         /* sample: only scored */
    TL_PAPER_PAIR,         /* neighbour: joins the pairs of the fusion network */
    TL_PAPER_OF_TEST,      /* neighbour of a test sample */
    TL_PAPER_OWN_PIXEL,    /* neighbour that is the own pixel of a sample */
    TL_PAPER_NEXT_TO_TEST, /* neighbour that is also N, S, E or W of a test sample */
    TL_PAPER_GAPS,         /* neighbour with a value missing */
    TL_PAPER_UNLIKE,       /* neighbour with too large an angle */
    TL_PAPER_TWICE,        /* neighbour of two training samples: the more similar one has it */
    TL_PAPER_USES
} tl_paper_use;

/* Owner; zeroed = empty. */
typedef struct tl_paper_split {
    ptrdiff_t n_rows;
    tl_paper_use *use; /* [n_rows] */
    ptrdiff_t count[TL_PAPER_USES];
} tl_paper_split;

/* Divides the samples by the content gradient (ranks 1, 4, 7, ... by value, counted from 0, are
 * tested; groups as a whole, by their mean) and decides the use of the neighbours.
 *
 * largest_angle  rad; a neighbour with this angle or more is excluded
 * angle_to_lab   0: the angle to the pixel of the most similar sample of its group; 1: to the lab
 *                spectrum it would have
 * split          uninitialised; empty on failure
 * fails          TL_DATA fewer than 15 samples, or a division without test samples; TL_SHAPE;
 *                TL_NOMEM
 * cost           O(n_rows^2) comparisons of positions and O(n_rows p) for each sample of a group */
tl_code tl_pipeline_paper_divide(const tl_paper_data *data, double largest_angle, int angle_to_lab,
                                 tl_paper_split *split, tl_err *err);

/* The numbers of the rows of one use, increasing.
 *
 * row    [split->count[use]] out */
void tl_pipeline_paper_rows(const tl_paper_split *split, tl_paper_use use, ptrdiff_t *row);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_pipeline_paper_split_free(tl_paper_split *split);

#endif
