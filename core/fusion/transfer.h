/* SPDX-License-Identifier: GPL-2.0-or-later
 * A fitted transfer of satellite spectra into lab space, for every method: the interface that
 * pipelines, tools and maps use. */
#ifndef TL_FUSION_TRANSFER_H
#define TL_FUSION_TRANSFER_H

#include <jansson.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/progress.h"
#include "base/status.h"
#include "fusion/ds.h"
#include "fusion/vae.h"
#include "fusion/vae_options.h"

/* The words in files and parameters are "ds", "vae", "pds", "pls2", "slope", "epo" and "best". */
typedef enum tl_transfer_kind {
    TL_TRANSFER_NONE = 0,
    TL_TRANSFER_DS,    /* ridge regression (ds.h) */
    TL_TRANSFER_VAE,   /* the network */
    TL_TRANSFER_PDS,   /* every band from its neighbouring bands (bandwise.h) */
    TL_TRANSFER_PLS2,  /* all bands by partial least squares (pls2.h) */
    TL_TRANSFER_SLOPE, /* a line per band (bandwise.h) */
    /* What differs between the pairs is removed from both sides (epo.h): a model of lab spectra
     * must be fitted on lab spectra that went through the transfer too. */
    TL_TRANSFER_EPO,
    /* In options only: the one of ds, pls2, pds, slope and epo with the smallest sum(((y - s) /
     * sd_band)^2) in five inner folds of groups; a fitted transfer has the kind that was chosen. */
    TL_TRANSFER_BEST
} tl_transfer_kind;

enum { TL_TRANSFER_MAX_RUNS = 256, TL_TRANSFER_MAX_HALF = 50, TL_TRANSFER_MAX_COMPONENTS = 50 };

typedef struct tl_transfer_options {
    tl_transfer_kind kind;
    double lambda;  /* ridge of DS, also under a VAE with skip; <= 0: cross-validated (ds.h) */
    ptrdiff_t half; /* PDS: bands on each side, 0..TL_TRANSFER_MAX_HALF */
    /* PDS, PLS2, EPO (directions); 0 = PDS 1, PLS2 and EPO cross-validated from 1 to 10 */
    ptrdiff_t components;
    /* PDS: first bands of the runs that a window must not leave, increasing from 0; runs = 0: one
     * run. */
    ptrdiff_t run_start[TL_TRANSFER_MAX_RUNS];
    ptrdiff_t runs;
    tl_vae_options vae;
    int64_t seed;
} tl_transfer_options;

/* Owner; zeroed = empty. */
typedef struct tl_transfer {
    tl_transfer_kind kind;
    ptrdiff_t n_in;  /* satellite bands (or MNF components) */
    ptrdiff_t n_out; /* lab bands */
    tl_ds ds;        /* the map of every linear kind; DS under TL_TRANSFER_VAE with skip */
    tl_vae vae;      /* TL_TRANSFER_VAE */
} tl_transfer;

/* Fills options with a named preset. The seed is set to 1.
 *
 * name   "honest" (the default to use) or "paper" (as in the paper, with its gaps filled as
 *        described in docs/methods/fusion.md)
 * fails  TL_ARG another name or kind */
tl_code tl_fusion_transfer_preset(tl_transfer_kind kind, const char *name,
                                  tl_transfer_options *options, tl_err *err);

/* Checks every range.
 *
 * fails  TL_ARG with the name of the option */
tl_code tl_fusion_transfer_options_check(const tl_transfer_options *o, tl_err *err);

/* 1 for the kinds that are one linear map. */
int tl_fusion_transfer_is_linear(tl_transfer_kind kind);

/* "none", "ds", "vae", "pds", "pls2", "slope", "epo" or "best". */
const char *tl_fusion_transfer_kind_word(tl_transfer_kind kind);

/* Finds the runs of neighbouring bands from the centres of the bands, for PDS.
 *
 * centre_nm  [p]
 * fails      TL_DATA more than TL_TRANSFER_MAX_RUNS; TL_NOMEM */
tl_code tl_fusion_transfer_take_runs(tl_transfer_options *o, const double *centre_nm, ptrdiff_t p,
                                     tl_err *err);

/* Fits a transfer on paired rows. The result depends on the arguments only, never on threads.
 *
 * satellite  [n, p_in]
 * lab        [n, p_out]; row i of both is the same sample
 * group      [n] rows with equal numbers belong to one sample (accepted neighbours) and stay
 *            together in inner folds; NULL = every row for itself
 * check_x    [m, p_in] held-out pairs for the loss curve of the network, never used for fitting;
 *            NULL = none
 * check_y    [m, p_out]; NULL with check_x
 * out        uninitialised; empty after a failure
 * NaN        not allowed (TL_DATA)
 * fails      TL_ARG an option out of range; TL_SHAPE (also: band by band between different bands);
 *            TL_DATA too few rows, or NaN; TL_NUMERIC the training diverged; TL_NOMEM; TL_CANCELLED
 * source     docs/methods/fusion.md */
tl_code tl_fusion_transfer_fit_grouped(const tl_transfer_options *o, const tl_matrix *satellite,
                                       const tl_matrix *lab, const ptrdiff_t *group,
                                       const tl_matrix *check_x, const tl_matrix *check_y,
                                       const tl_progress *p, tl_transfer *out, tl_err *err);

/* The same without groups and held-out pairs. */
tl_code tl_fusion_transfer_fit(const tl_transfer_options *o, const tl_matrix *satellite,
                               const tl_matrix *lab, const tl_progress *p, tl_transfer *out,
                               tl_err *err);

/* Generated spectra along the mean path (no dropout, z = mu): a fixed function of each spectrum,
 * independent of the other rows.
 *
 * satellite  [n, n_in]
 * generated  uninitialised, becomes [n, n_out]
 * NaN        a row with a NaN becomes a row of NaN
 * fails      TL_SHAPE; TL_NOMEM */
tl_code tl_fusion_transfer_apply(const tl_transfer *t, const tl_matrix *satellite,
                                 tl_matrix *generated, tl_err *err);

/* A linear transfer as generated = intercept + coefficients x.
 *
 * coefficients  uninitialised, becomes [n_out, n_in]
 * intercept     [n_out]
 * fails         TL_ARG another kind; TL_NOMEM */
tl_code tl_fusion_transfer_linear(const tl_transfer *t, tl_matrix *coefficients, double *intercept,
                                  tl_err *err);

/* Everything that tl_fusion_transfer_apply needs, and the loss curve.
 *
 * json   a new object, to be released with json_decref; NULL on failure
 * fails  TL_NOMEM */
tl_code tl_fusion_transfer_to_json(const tl_transfer *t, json_t **json, tl_err *err);

/* Reads it back with the same bits.
 *
 * t      uninitialised; empty on failure
 * fails  TL_FORMAT missing keys, wrong types, lengths that do not fit, numbers that are not finite;
 *        TL_NOMEM */
tl_code tl_fusion_transfer_from_json(const json_t *json, tl_transfer *t, tl_err *err);

/* The options of a transfer.
 *
 * json   a new object, to be released with json_decref; NULL on failure
 * fails  TL_NOMEM */
tl_code tl_fusion_transfer_options_to_json(const tl_transfer_options *o, json_t **json,
                                           tl_err *err);

/* Reads them back. Keys that are absent keep the value of the honest preset of that kind; the
 * ranges are checked.
 *
 * fails  TL_FORMAT; TL_ARG an option out of range */
tl_code tl_fusion_transfer_options_from_json(const json_t *json, tl_transfer_options *o,
                                             tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_fusion_transfer_free(tl_transfer *t);

#endif
