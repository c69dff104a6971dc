/* SPDX-License-Identifier: GPL-2.0-or-later
 * The state of one run of simulatescene, and its outputs; only simulatescene*.c includes it. */
#ifndef TL_TOOLS_SCENES_SIMULATESCENE_H
#define TL_TOOLS_SCENES_SIMULATESCENE_H

#include "base/grid.h"
#include "base/matrix.h"
#include "job/algorithm.h"
#include "simulate/marginals.h"
#include "simulate/study_area.h"

/* The state of one run. Owner. */
typedef struct tl_simulation {
    tl_grid dem;
    tl_grid slope;
    tl_grid twi;
    float *light; /* [cells] */
    tl_simulate_area area;
    ptrdiff_t n;    /* samples */
    ptrdiff_t *row; /* [n] cells of the samples */
    ptrdiff_t *col;
    tl_matrix scores;   /* [n, 7] */
    tl_matrix measured; /* [n, 3] */
    double *true_som;   /* [n] */
    tl_simulate_marginal marginal[TL_SIMULATE_PROPERTIES];
    int64_t seed;
    double own_share; /* share of the variance of the soil that changes within a cell */
} tl_simulation;

/* Each writes one output; the samples, the area and its properties must be set.
 *
 * fails  as the writers of source/store.h; TL_NOMEM */
tl_code tl_simulatescene_write_samples(tl_job *job, const tl_simulation *s, tl_err *err);
tl_code tl_simulatescene_write_mines(tl_job *job, const tl_simulation *s, tl_err *err);
tl_code tl_simulatescene_write_lab(const tl_job *job, const tl_simulation *s, tl_err *err);
tl_code tl_simulatescene_write_truth(tl_job *job, const tl_simulation *s, tl_err *err);
tl_code tl_simulatescene_write_cloud(tl_job *job, const tl_simulation *s, tl_err *err);
tl_code tl_simulatescene_write_scene(tl_job *job, const tl_simulation *s, const tl_progress *p,
                                     tl_err *err);

#endif
