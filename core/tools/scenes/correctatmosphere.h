/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the files of the tool `correctatmosphere` share. */
#ifndef TL_TOOLS_SCENES_CORRECTATMOSPHERE_H
#define TL_TOOLS_SCENES_CORRECTATMOSPHERE_H

#include "atmosphere/airbands.h"
#include "atmosphere/background.h"
#include "atmosphere/clearsky.h"
#include "atmosphere/fit.h"
#include "job/algorithm.h"

typedef enum tl_correct_method {
    TL_CORRECT_BUILTIN,
    TL_CORRECT_TABLE,
    TL_CORRECT_LINE,
    TL_CORRECT_SCENE_MEAN
} tl_correct_method;

/* The state of one run. */
typedef struct tl_correction {
    tl_job *job;
    const tl_store *store;
    tl_raster *raster;
    const tl_raster_info *info;
    tl_correct_method method;
    tl_scene_facts facts; /* of the output */
    tl_bands bands;       /* of the output, same order as the file */
    ptrdiff_t n;          /* bands */
    int *number;          /* [n] file numbers */
    double *centre_nm;    /* [n] */
    double *fwhm_nm;      /* [n] */
    ptrdiff_t block_rows;
    float *block; /* [n, block_rows * ncol] */

    /* builtin and table */
    tl_clear_sky sky;
    double aod;
    float *to_top; /* [n] stored physical value to reflectance at the top; NaN = not possible */
    float *direct; /* [n] unscattered part of the upward light */
    double *gas;   /* [n] two-way transmittance of the gases */
    tl_air_bands air;
    float *water; /* [nrow * ncol] g cm-2; NULL = the same everywhere */
    double water_everywhere;
    tl_background background;
    int sharpen;

    /* line and scene_mean */
    tl_band_line *line; /* [n] */

    double *sum;      /* [n] of the output, for the summary */
    ptrdiff_t *count; /* [n] */
    ptrdiff_t *below; /* [n] values below 0 */
} tl_correction;

/* Reads the sun, the view and the air from parameters and facts, and logs the values.
 *
 * fails  TL_ARG no sun */
tl_code tl_correctatmosphere_read_air(tl_correction *c, tl_err *err);

/* The atmosphere over the bands: from the table file or the built-in model. Also writes the table
 * when it is asked for.
 *
 * fails  TL_FORMAT, TL_IO not such a table; TL_ARG the aerosol load or all bands are outside it;
 *        TL_NOMEM; TL_CANCELLED */
tl_code tl_correctatmosphere_build_air(tl_correction *c, tl_err *err);

/* Finds the water vapour: the parameter, else from the scene, else the facts.
 *
 * fails  TL_NOMEM; what reading the scene fails with */
tl_code tl_correctatmosphere_find_water(tl_correction *c, const tl_progress *progress, tl_err *err);

/* Sets gas and marks bands in which the air transmits too little light. */
void tl_correctatmosphere_flag_bands(tl_correction *c);

/* Lines from targets, or from the mean of the scene's extremes.
 *
 * fails  TL_ARG parameters are missing; TL_DATA too few targets or pixels; TL_NOMEM; what reading
 *        the files fails with */
tl_code tl_correctatmosphere_fit_targets(tl_correction *c, tl_err *err);
tl_code tl_correctatmosphere_fit_scene(tl_correction *c, tl_err *err);

/* 1: the method models the air, 0: it fits one line per band. */
static inline int tl_correctatmosphere_is_physical(const tl_correction *c) {
    return c->method == TL_CORRECT_BUILTIN || c->method == TL_CORRECT_TABLE;
}

/* Corrects all rows of the scene in blocks and writes them into sink; without a sink it adds them
 * up as the surroundings of all pixels instead.
 *
 * fails  TL_NOMEM; what reading and writing fail with; TL_CANCELLED */
tl_code tl_correctatmosphere_pass(tl_correction *c, tl_sink *sink, const tl_progress *progress,
                                  tl_err *err);

/* The first pass of two, when light from the surroundings is to be removed; else it does nothing.
 *
 * fails  TL_DATA the scene has no coordinate reference system; as tl_correctatmosphere_pass */
tl_code tl_correctatmosphere_gather(tl_correction *c, const tl_progress *progress, tl_err *err);

/* Puts the figures of the written scene into the result.
 *
 * fails  TL_DATA no pixel has a value, or the mean is not a reflectance */
tl_code tl_correctatmosphere_summary(const tl_correction *c, tl_err *err);

/* Writes the output `bands_output` when it is wanted.
 *
 * fails  as write_table of source/store.h; TL_NOMEM */
tl_code tl_correctatmosphere_write_bands(const tl_correction *c, tl_err *err);

/* The load of water of a cell. */
static inline tl_water_position tl_correctatmosphere_water_at(const tl_correction *c,
                                                              ptrdiff_t cell) {
    return tl_atmosphere_bands_locate(
        &c->air, c->water != NULL ? (double)c->water[cell] : c->water_everywhere);
}

#endif
