/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a model is trained on: samples with a measured property, the spectrum of their pixel and
 * their lab spectrum in the same bands. */
#ifndef TL_ALGS_STUDY_H
#define TL_ALGS_STUDY_H

#include <jansson.h>

#include "algs/algorithm.h"
#include "base/bands.h"
#include "base/matrix.h"
#include "spectra/resample.h"

/* Which parameters of the job hold what; NULL where the tool has no such parameter or it is not
 * wanted. Parameters that were not given are left out. */
typedef struct tl_study_request {
    const char *scene;       /* raster */
    const char *spectra;     /* spectra table that takes the place of the scene */
    const char *samples;     /* points, with the parameters id_field and property */
    const char *lab;         /* spectra table */
    int needs_scene;         /* 1: samples without a whole pixel spectrum are dropped */
    int needs_lab;           /* 1: samples without a whole lab spectrum are dropped */
    ptrdiff_t p;             /* bands asked for, or 0: the good bands of scene, spectra or lab */
    const double *centre_nm; /* [p] */
    const double *fwhm_nm;   /* [p] */
    tl_response response;    /* how lab spectra become bands */
} tl_study_request;

/* Owner. Rows hold no gaps in what was needed. */
typedef struct tl_study {
    ptrdiff_t n; /* samples kept */
    char **id;   /* [n] */
    double *x;   /* [n] map units of the scene; NaN without scene */
    double *y;
    double *value;     /* [n] the property */
    ptrdiff_t *group;  /* [n] samples in one pixel or of one id share a number */
    ptrdiff_t p;       /* bands */
    double *centre_nm; /* [p] */
    double *fwhm_nm;   /* [p] */
    tl_matrix scene;   /* [n, p]; empty when not needed */
    tl_matrix lab;     /* [n, p]; empty when not needed */
    json_t *dropped;   /* list of {"id", "reason"} */
} tl_study;

/* Gathers the study of the job's parameters.
 *
 * Scene bands are the good bands by the default rules in rising wavelength, or those nearest to the
 * bands asked for. Bands that have no value at more than half of the samples inside the scene are
 * left out (never when bands were asked for). Several lab spectra of one id are averaged.
 *
 * study  uninitialised; empty on failure
 * fails  TL_ARG the scene or lab parameter is needed but missing; TL_DATA no usable band, or bands
 *        asked for that are missing; what the readers fail with */
tl_code tl_algs_gather_study(tl_job *job, const tl_study_request *request, tl_study *study,
                             tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_study_free(tl_study *s);

#endif
