/* SPDX-License-Identifier: GPL-2.0-or-later
 * The data of one run of comparemodels; only comparemodels*.c includes it. */
#ifndef TL_TOOLS_MODELS_COMPAREMODELS_H
#define TL_TOOLS_MODELS_COMPAREMODELS_H

#include "inversion/bootstrap.h"
#include "inversion/compare.h"
#include "pipeline/paper.h"
#include "pipeline/pipeline.h"
#include "training_set/study.h"

/* How the scores of a row were computed. Words: "nested", "split", "leaky". */
typedef enum tl_compared_protocol {
    TL_COMPARED_NESTED = 0, /* nested cross-validation */
    TL_COMPARED_SPLIT,      /* the paper's single split, without learning from test samples */
    TL_COMPARED_LEAKY /* the same, but everything is chosen on the test samples, for teaching */
} tl_compared_protocol;

/* One model and its scores. Owner; zeroed = empty. */
typedef struct tl_compared_row {
    tl_compared_protocol protocol;
    tl_division_kind division;
    const char *features; /* "scene", "fused", "mixed", "lab", or "" for rows without spectra */
    const char *method;   /* "PLSR", "SVR", "FD-RF", "DNN-CARS", "mean", "kriging" */
    ptrdiff_t n_train;    /* of a split; nested: mean number of samples outside a fold */
    ptrdiff_t n_test;
    double inputs;   /* number of features of the regression; nested: mean over folds; NaN = none */
    tl_scores test;  /* nested: mean over the repeats */
    double r2_log;   /* of the logarithms; NaN = none */
    double r2_sd;    /* over the repeats; NaN for one repeat */
    tl_scores train; /* of a split; n = 0 otherwise */
    tl_score_intervals interval; /* groups = 0: none */
    tl_score_intervals gain;     /* row - first row of its protocol and division; likewise */
    double p;                    /* of equal squared errors, corrected t; NaN = not compared */
    double coverage;             /* of the prediction intervals; NaN = none */
    double level;                /* the coverage that they should have */
    char setting[tl_paper_text_size];
    double *predicted; /* [n] mean over the repeats; NaN = not predicted. NULL without spectra */
    double *chosen;    /* [n_chosen] share of the folds that selected the feature; NULL = all */
    ptrdiff_t n_chosen;
} tl_compared_row;

enum { tl_compared_max_rows = 80 };

/* Everything of one property. Owner. */
typedef struct tl_compared {
    tl_job *job;
    const char *field; /* borrowed */
    char unit[64];     /* of the parameter; "" = of the field name */
    tl_progress progress;
    tl_pipeline_options options; /* without recipes */
    int paper;                   /* 1: the protocol of the paper is added */
    int leaky;
    tl_study study;
    tl_matrix scene; /* [study.n, p] views of the samples' rows in study; empty when not given */
    tl_matrix lab;
    tl_linear projection;
    int components; /* number of MNF components of the projection; 0 = none */
    int spatial;
    tl_validation first; /* of the first row, in the current division */
    ptrdiff_t blocks;    /* of the spatial division */
    double block_side;
    char split_hash[17]; /* of the random division */
    ptrdiff_t rows;
    tl_compared_row row[tl_compared_max_rows];
    json_t *seeds;    /* result of the search for seeds; NULL = none */
    json_t *split;    /* object: use of a row -> number of rows; NULL = none */
    json_t *is_test;  /* list for the samples of the split; NULL = none */
    json_t *warnings; /* list of texts */
} tl_compared;

/* Fits the MNF components of the scene, decides on the logarithm, and validates all nested rows in random
 * folds and, where there are coordinates, in spatial folds.
 *
 * fails  as the readers and the fits */
tl_code tl_comparemodels_validate(tl_compared *c, const tl_progress *progress, tl_err *err);

/* Runs the protocol of the paper, first strictly and, if requested, with leakage.
 *
 * fails  as tl_pipeline_paper_run */
tl_code tl_comparemodels_paper(tl_compared *c, const tl_progress *progress, tl_err *err);

/* A new empty row.
 *
 * fails  TL_INTERNAL there are too many rows */
tl_code tl_comparemodels_add(tl_compared *c, tl_compared_row **row, tl_err *err);

/* Logs the tables, and warns of weaknesses that they do not show at once. */
void tl_comparemodels_log(tl_compared *c);

/* The property as a new JSON object for the report; NULL when memory is out. */
json_t *tl_comparemodels_to_json(const tl_compared *c);

/* Appends the rows to the table of all properties.
 *
 * fails  TL_NOMEM */
extern const tl_column tl_compared_columns[];
extern const ptrdiff_t tl_compared_n_columns;
tl_code tl_comparemodels_put_rows(const tl_compared *c, tl_table *table, tl_err *err);

/* The words of these values in tables and files. */
const char *tl_comparemodels_protocol_word(tl_compared_protocol protocol);
const char *tl_comparemodels_division_word(tl_division_kind division);

#endif
