/* SPDX-License-Identifier: GPL-2.0-or-later
 * Noise, stripes, seams, smile and keystone of a scene, from rows spread over it. */
#ifndef TL_TOOLS_SCENES_SCENE_QUALITY_H
#define TL_TOOLS_SCENES_SCENE_QUALITY_H

#include "job/algorithm.h"
#include "tools/scenes/seam_steps.h"

typedef struct tl_band_quality {
    double mean;           /* of the rows read; NaN without values */
    double noise;          /* standard deviation; NaN when it cannot be estimated */
    double stripe_percent; /* standard deviation of stripes beyond chance, % of the mean */
} tl_band_quality;

typedef struct tl_scene_quality {
    tl_band_quality *band;         /* [bands], scene order */
    tl_seam_steps seams;           /* steps as first - second */
    double keystone[TL_MAX_SEAMS]; /* columns between the detectors; NaN when not estimated */
    double smile_nm;               /* across the swath near 760 nm; NaN when not estimated */
    double line_depth;             /* of the oxygen line there */
} tl_scene_quality;

/* Reads at most eight groups of 16 rows.
 *
 * bands    flagged by the caller; bad bands are not used as neighbours
 * quality  initialised here, empty on failure
 * fails    TL_NOMEM; TL_IO; TL_CANCELLED */
tl_code tl_scene_quality_measure(const tl_job *job, tl_raster *raster, const tl_bands *bands,
                                 const tl_progress *progress, tl_scene_quality *quality,
                                 tl_err *err);

/* Frees; zeroed is fine. */
void tl_scene_quality_free(tl_scene_quality *quality);

/* Why a band should not be used because of its quality; empty when it is good enough.
 *
 * text    at least 96 bytes
 * returns text */
const char *tl_scene_quality_advice(const tl_band_quality *quality, char *text);

#endif
