/* SPDX-License-Identifier: GPL-2.0-or-later
 * The study area: layers of soil and disturbance that follow the terrain and the mines, and the
 * soil of single samples. */
#ifndef TL_SIMULATE_STUDY_AREA_H
#define TL_SIMULATE_STUDY_AREA_H

#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/progress.h"
#include "base/status.h"
#include "simulate/fields.h"
#include "simulate/marginals.h"
#include "simulate/soil_spectrum.h"

/* Terrain of the area, each [nrow, ncol], borrowed. NaN elevation = outside the area. */
typedef struct tl_simulate_terrain {
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    double cell_m;
    const float *elevation; /* metres */
    const float *slope;     /* any unit that increases with slope; NaN is treated as average */
    const float *wetness;   /* any index that increases with wetness; NaN is treated as average */
    const float *light;     /* sunlight on the slope / on flat ground; NaN is treated as 1 */
} tl_simulate_terrain;

typedef enum tl_simulate_property {
    TL_SIMULATE_SOM = 0, /* g/kg */
    TL_SIMULATE_AS,      /* mg/kg */
    TL_SIMULATE_CU,      /* mg/kg */
    TL_SIMULATE_PROPERTIES
} tl_simulate_property;

/* Layers of the area. The first seven hold normal scores until tl_simulate_area_fix turns the three
 * properties into concentrations; the spectra read the others as scores. */
typedef enum tl_simulate_layer {
    TL_SIMULATE_LAYER_SOM = 0,
    TL_SIMULATE_LAYER_AS,
    TL_SIMULATE_LAYER_CU,
    TL_SIMULATE_LAYER_CLAY,
    TL_SIMULATE_LAYER_IRON,
    TL_SIMULATE_LAYER_DARK,
    TL_SIMULATE_LAYER_HUMUS,
    TL_SIMULATE_LAYER_MOISTURE,
    TL_SIMULATE_LAYER_RESIDUE,
    TL_SIMULATE_LAYER_CLOUD, /* 0..1, share of the strongest cloud */
    TL_SIMULATE_LAYER_GAS,   /* smooth normal field: error of the water vapour correction */
    TL_SIMULATE_LAYER_SEAM,  /* smooth normal field: step between the detectors */
    TL_SIMULATE_LAYER_LIGHT, /* sunlight relative to flat ground */
    TL_SIMULATE_LAYERS
} tl_simulate_layer;

enum { TL_SIMULATE_MAX_MINES = 50 };

typedef struct tl_simulate_area {
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    float *layer[TL_SIMULATE_LAYERS]; /* [nrow, ncol] each; NaN where elevation is NaN */
    tl_simulate_mine mine[TL_SIMULATE_MAX_MINES];
    ptrdiff_t mines;
} tl_simulate_area;

/* Builds all layers. The properties are normal scores of weighted sums of terrain scores, mine
 * exposure, other layers and smooth noise; clouds are in the right half.
 *
 * area    uninitialised; empty after a failure
 * mines   0..TL_SIMULATE_MAX_MINES
 * NaN     in every layer where the elevation is NaN
 * fails   TL_ARG mines out of range; TL_DATA no valid cell; TL_NOMEM; TL_CANCELLED
 * cost    sorting the cells a dozen times; memory of 16 float layers
 * source  docs/methods/simulation.md lists the weights */
tl_code tl_simulate_area_init(tl_simulate_area *area, const tl_simulate_terrain *terrain,
                              ptrdiff_t mines, int64_t seed, const tl_progress *p, tl_err *err);

/* Frees; zeroed and already freed owners are fine. */
void tl_simulate_area_free(tl_simulate_area *area);

/* Converts the scores of the three properties into concentrations, in the units of
 * tl_simulate_property. */
void tl_simulate_area_fix(tl_simulate_area *area,
                          const tl_simulate_marginal property[TL_SIMULATE_PROPERTIES]);

/* Scores at the positions of samples: those of the cell plus the variation inside a cell (one draw
 * per sample and layer).
 *
 * area       before tl_simulate_area_fix
 * own_share  share of the variance that is inside a cell, [0, 1)
 * row        [n] cells of the samples
 * col        [n]
 * scores     initialised here, [n, 7]: the first seven layers
 * fails      TL_NOMEM */
tl_code tl_simulate_sample_scores(const tl_simulate_area *area, int64_t seed, double own_share,
                                  const ptrdiff_t *row, const ptrdiff_t *col, ptrdiff_t n,
                                  tl_matrix *scores, tl_err *err);

/* Relative error of the assay of one sample and property: normal, with a standard deviation of 4 %
 * (SOM), 6 % (As) or 5 % (Cu), cut at 3 of them. */
double tl_simulate_assay_error(int64_t seed, ptrdiff_t sample, tl_simulate_property property);

/* The soil of a cell or sample in physical units; water is that of air-dry soil, grain is 1.
 *
 * som_g_kg  organic matter in g/kg
 * score     normal scores of clay, iron, dark and humus, in this order */
tl_simulate_soil tl_simulate_soil_of(double som_g_kg, const double score[4]);

/* The soil spectrum of one sample as a laboratory measures it: air-dry, with sample preparation
 * (grain 12 %, brightness 3 %, water 20 %, baseline 0.004) and instrument noise (0.0008, three
 * times that at both ends).
 *
 * wl_nm  [p] nm
 * out    [p] reflectance */
void tl_simulate_lab_spectrum(const tl_simulate_soil *soil, int64_t seed, ptrdiff_t sample,
                              const double *wl_nm, ptrdiff_t p, double *out);

#endif
