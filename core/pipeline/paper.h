/* SPDX-License-Identifier: GPL-2.0-or-later
 * The complete protocol of the paper: one split by content, a fusion network, seeds chosen by
 * correlation, four sets of features, two regressions, and two methods of other authors for
 * comparison. It shows what the paper computes; unbiased scores come from pipeline.h. Step by step
 * in docs/methods/validation.md. */
#ifndef TL_PIPELINE_PAPER_H
#define TL_PIPELINE_PAPER_H

#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/progress.h"
#include "base/status.h"
#include "fusion/seed_search.h"
#include "fusion/transfer.h"
#include "inversion/cars.h"
#include "inversion/net.h"
#include "inversion/regressor.h"
#include "inversion/scores.h"
#include "pipeline/paper_split.h"

typedef enum tl_paper_features {
    TL_PAPER_INDOOR = 0, /* lab spectra */
    TL_PAPER_SCENE,      /* spectra of the pixels */
    TL_PAPER_GENERATED,  /* mean of the smoothed spectra of the best seeds */
    TL_PAPER_MIXED,      /* generated and pixel spectrum side by side, autoscaled */
    TL_PAPER_FEATURES
} tl_paper_features;

typedef enum tl_paper_method {
    TL_PAPER_PLSR = 0,
    TL_PAPER_SVR,
    TL_PAPER_FD_RF,   /* forest on first derivatives of the pixel spectra */
    TL_PAPER_DNN_CARS /* network on the bands that CARS chooses from the pixel spectra */
} tl_paper_method;

enum {
    TL_PAPER_ENTRIES = 2 * TL_PAPER_FEATURES + 2,
    TL_PAPER_MAX_STARTS = 100,
    tl_paper_text_size = 96
};

typedef struct tl_paper_options {
    double largest_angle; /* rad, of neighbours; above 0 */
    int angle_to_lab;     /* 0: angle to the sample's pixel; 1: to its lab spectrum */
    tl_transfer_options transfer;
    tl_seed_search_options seeds;
    int shared_masks;          /* 0: each sample has its own masks; 1: all share them */
    tl_savgol_options smooth;  /* of generated spectra */
    tl_savgol_options derived; /* of the forest's features */
    double significance;       /* the forest uses bands whose r has a p below it; 1 = all bands */
    tl_cars_options cars;      /* one run each */
    int inner_folds;           /* of the training samples, for settings, >= 2 */
    tl_regressor_options plsr; /* autoscaled for mixed features */
    tl_regressor_options svr;
    tl_regressor_options forest;
    tl_net_options net;
    /* 0: nothing is learnt from test samples. 1, for teaching: seeds and bands are chosen on all
     * samples, settings by the test samples, and the best of several starts is reported. The
     * network is still trained on training pairs only. */
    int leaky;
    int starts; /* leaky: restarts of selection, forest and network, 1 .. TL_PAPER_MAX_STARTS */
    int64_t seed;
    int threads;
} tl_paper_options;

/* One line of the tables of the paper. */
typedef struct tl_paper_entry {
    tl_paper_features features;
    tl_paper_method method;
    ptrdiff_t m; /* features of the regression */
    /* [m] their numbers, increasing: bands 0 .. p-1; of mixed features generated bands 0 .. p-1,
     * bands of the pixel p .. 2p-1 */
    ptrdiff_t *chosen;
    double *predicted; /* [n] all samples, training and test, unit of the property */
    tl_scores train;
    tl_scores test;                   /* r2 is NaN with fewer than 10 test samples */
    char setting[tl_paper_text_size]; /* as text; "" without setting */
    int start;                        /* the one that is reported; 0 unless leaky */
} tl_paper_entry;

/* Owner; zeroed = empty. */
typedef struct tl_paper_result {
    ptrdiff_t n; /* samples */
    ptrdiff_t p; /* bands */
    tl_paper_split split;
    tl_transfer transfer;
    tl_seed_found seeds; /* of the property, on training samples (leaky: on all) */
    tl_matrix generated; /* [n, p] */
    /* Features in the order of their enum, each with PLSR and SVR; then FD-RF and DNN-CARS. */
    tl_paper_entry entry[TL_PAPER_ENTRIES];
} tl_paper_result;

/* The paper with its gaps filled: angle 0.08 to the sample's pixel; transfer preset "paper"; seeds
 * -9999 .. 9999 by the largest |r|, best 3, separate masks for each sample; smoothing 11 bands,
 * degree 2; CARS of 50 steps with at most 10 components; 5 inner folds; PLSR with at most 15
 * components by the rule "tol"; SVR, forest and network with their defaults, the forest on bands
 * with p < 0.01. Not leaky; 3 starts if leaky; seed 1; one thread. */
tl_paper_options tl_pipeline_paper_defaults(void);

/* "PLSR", "SVR", "FD-RF", "DNN-CARS". */
const char *tl_pipeline_paper_method_word(tl_paper_method method);

/* Runs the protocol.
 *
 * out       uninitialised; empty on failure; does not depend on threads
 * progress  NULL = silent
 * fails     TL_ARG an option out of range; TL_SHAPE; TL_DATA fewer than 15 samples, NaN in a
 *           sample, a property that does not vary; TL_NUMERIC; TL_NOMEM; TL_CANCELLED
 * cost      mostly the seed search: see seed_search.h */
tl_code tl_pipeline_paper_run(const tl_paper_data *data, const tl_paper_options *options,
                              const tl_progress *progress, tl_paper_result *out, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_pipeline_paper_result_free(tl_paper_result *r);

#endif
