/* SPDX-License-Identifier: GPL-2.0-or-later
 * From the spectrum of a pixel to the features of a regression:
 *
 *   spectrum -> [MNF components] -> own part | generated part (linear, network or supervised)
 *            -> [transform of each part that is a spectrum] -> [selection]
 */
#ifndef TL_PIPELINE_FEATURE_MAP_H
#define TL_PIPELINE_FEATURE_MAP_H

#include <jansson.h>
#include <stddef.h>

#include "fusion/supervised.h"
#include "fusion/transfer.h"
#include "pipeline/linear.h"
#include "pipeline/recipe.h"
#include "pipeline/training.h"
#include "spectra/transform.h"

/* Owner; zeroed = empty. */
typedef struct tl_feature_map {
    ptrdiff_t p;              /* bands of the spectrum */
    int components;           /* number of MNF components that are the input; 0 = the spectrum */
    ptrdiff_t own;            /* features that are the input itself; 0 or all of it */
    tl_linear generated;      /* from the input; empty without a linear transfer */
    tl_transfer network;      /* from the input; empty without a network */
    tl_supervised supervised; /* from the input; empty without supervised networks */
    int borrowed;             /* 1: the network is borrowed */
    char name[64];            /* of the transform */
    tl_transform transform;   /* of the generated part, and of the own part if a spectrum */
    ptrdiff_t m;              /* features */
    ptrdiff_t *chosen;        /* [m] numbers in own part | generated part, increasing; NULL = all */
} tl_feature_map;

/* Fits the transfer of a recipe, if it has one, on training rows.
 *
 * transfer  uninitialised; empty on failure and for recipes without transfer
 * fails     as tl_fusion_transfer_fit_grouped; TL_DATA fewer MNF components than the recipe
 *           wants */
tl_code tl_pipeline_feature_map_fit_transfer(const tl_training *t, const tl_recipe *r,
                                             const tl_transfer_options *o, tl_transfer *transfer,
                                             tl_err *err);

/* Makes the map of a recipe from training rows.
 *
 * transfer  from tl_pipeline_feature_map_fit_transfer or the caller; a network is borrowed by the
 *           map
 * index     number of the fit: it determines the random draws
 * map       uninitialised; empty on failure
 * x         uninitialised, becomes [t->n, m]: what the regression is fitted on, which is lab
 *           spectra for TL_CALIBRATION_LAB, and the property itself for supervised features, so
 *           that the regression returns them unchanged. Empty on failure
 * fails     TL_DATA; TL_NUMERIC; TL_NOMEM */
tl_code tl_pipeline_feature_map_fit(const tl_training *t, const tl_recipe *r,
                                    const tl_transfer *transfer, uint32_t index,
                                    tl_feature_map *map, tl_matrix *x, tl_err *err);

/* Removes the coefficients of the features that were not chosen, where features are computed one by
 * one; the features stay the same. */
void tl_pipeline_feature_map_narrow(tl_feature_map *map);

/* Features of rows.
 *
 * t      rows with everything that the recipe needs; their property is not used
 * x      uninitialised, becomes [t->n, m]
 * fails  TL_NOMEM */
tl_code tl_pipeline_feature_map_rows(const tl_feature_map *map, const tl_training *t,
                                     int lab_features, tl_matrix *x, tl_err *err);

/* 1 when the features are a linear map of the spectrum. */
int tl_pipeline_feature_map_is_linear(const tl_feature_map *map);

/* Converts coefficients on the features of a linear map to coefficients on the bands of the
 * spectrum.
 *
 * c             [m]
 * projection    of the MNF components; NULL without
 * coefficients  [p] zeros; out
 * constant      in and out
 * fails         TL_NOMEM */
tl_code tl_pipeline_feature_map_carry_back(const tl_feature_map *map, const tl_linear *projection,
                                           const double *c, double *coefficients, double *constant,
                                           tl_err *err);

/* Number of doubles that tl_pipeline_feature_map_block needs as scratch. */
ptrdiff_t tl_pipeline_feature_map_scratch(const tl_feature_map *map, ptrdiff_t n);

/* from [n] rounded to the nearest float in to [n]. */
void tl_pipeline_round_to_float(const double *from, ptrdiff_t n, float *to);

/* Features of n pixels side by side, rounded to float. The result of a pixel depends neither on n
 * nor on its neighbours.
 *
 * spectrum  [p, n]
 * components [map->components or more, n]; NULL without MNF components
 * u         [m, n] out
 * scratch   [tl_pipeline_feature_map_scratch(map, n)]
 * NaN       anywhere in a spectrum makes its features NaN
 * fails     TL_NOMEM */
tl_code tl_pipeline_feature_map_block(const tl_feature_map *map, const double *spectrum,
                                      const double *components, ptrdiff_t n, float *u,
                                      double *scratch, tl_err *err);

/* Everything that tl_pipeline_feature_map_block needs.
 *
 * json   a new object, to be released with json_decref; NULL on failure
 * fails  TL_NUMERIC; TL_NOMEM */
tl_code tl_pipeline_feature_map_to_json(const tl_feature_map *map, json_t **json, tl_err *err);

/* Reads it back with the same bits. The document may come from an untrusted source.
 *
 * p              bands of the spectrum
 * wavelength_nm  [p]
 * projected      number of MNF components; 0 without projection
 * map            uninitialised; empty on failure
 * fails          TL_FORMAT; TL_NOMEM */
tl_code tl_pipeline_feature_map_from_json(const json_t *json, ptrdiff_t p,
                                          const double *wavelength_nm, ptrdiff_t projected,
                                          tl_feature_map *map, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_pipeline_feature_map_free(tl_feature_map *map);

#endif
