/* SPDX-License-Identifier: GPL-2.0-or-later
 * Selection, settings, fit and scores of one line of the tables of the paper; for paper*.c only. */
#ifndef TL_PIPELINE_PAPER_FIT_H
#define TL_PIPELINE_PAPER_FIT_H

#include "pipeline/paper.h"

/* What all lines share. Owner of the lists; the other fields are borrowed. */
typedef struct tl_paper_table {
    const tl_paper_options *options;
    ptrdiff_t n;
    const double *y;        /* [n] */
    const ptrdiff_t *group; /* [n]; NULL = all independent */
    ptrdiff_t n_train;
    ptrdiff_t n_test;
    ptrdiff_t *train; /* [n_train] */
    ptrdiff_t *test;  /* [n_test] */
    /* Rows on which seeds and bands are chosen: the training rows, or all of them when leaky. */
    ptrdiff_t n_look;
    ptrdiff_t *look;       /* [n_look] */
    double *look_y;        /* [n_look] */
    ptrdiff_t *look_group; /* [n_look]; NULL = all independent */
    double *train_y;       /* [n_train] */
    int *fold;             /* [n_train] inner fold */
} tl_paper_table;

/* fails  TL_DATA fewer training groups than inner folds; TL_NOMEM */
tl_code tl_pipeline_paper_table_init(const tl_paper_data *data, const tl_paper_split *split,
                                     const tl_paper_options *options, tl_paper_table *table,
                                     tl_err *err);

void tl_pipeline_paper_table_free(tl_paper_table *table);

/* The lines of PLSR and SVR for one set of features.
 *
 * x      [n, m]
 * entry  [2] features filled in; out: PLSR, SVR; the caller frees it, also after a failure */
tl_code tl_pipeline_paper_fit_pair(const tl_paper_table *table, const tl_matrix *x,
                                   tl_paper_entry *entry, tl_err *err);

/* The lines of FD-RF and DNN-CARS.
 *
 * scene    [n, p]
 * derived  [n, p] its first derivative
 * entry    [2] out: FD-RF, DNN-CARS; the caller frees it, also after a failure */
tl_code tl_pipeline_paper_fit_others(const tl_paper_table *table, const tl_matrix *scene,
                                     const tl_matrix *derived, tl_paper_entry *entry, tl_err *err);

/* Frees what an entry owns. */
void tl_pipeline_paper_entry_free(tl_paper_entry *entry);

#endif
