/* SPDX-License-Identifier: GPL-2.0-or-later
 * The data that a model is trained on: samples, the spectrum of their pixel, their lab spectrum in the
 * same bands, and a measured property. */
#ifndef TL_TRAINING_SET_STUDY_H
#define TL_TRAINING_SET_STUDY_H

#include <jansson.h>

#include "base/matrix.h"
#include "job/algorithm.h"
#include "spectra/resample.h"

/* What to do with values such as "<0.5"; the choices of TL_SHARED_BELOW. */
typedef enum tl_below {
    TL_BELOW_EXCLUDE = 0, /* the sample is left out and listed */
    TL_BELOW_HALF         /* half the limit is used, with a warning */
} tl_below;

/* What to gather. The tool has the parameters scene, samples, id_field and lab. */
typedef struct tl_study_request {
    int accepts_table;    /* 1: the parameter spectra may replace the parameter scene */
    int keep_water;       /* 1: bands where the air absorbs the light are used too */
    int uses_property;    /* 1: samples without a number in the property are excluded */
    const char *property; /* its field; NULL = the parameter property */
    tl_below below;       /* values of the property below a detection limit */
    int needs_scene;      /* 1: samples without a complete pixel spectrum are excluded */
    int needs_lab;        /* 1: samples without a complete lab spectrum are excluded */
    /* 1: pixels next to a sample's own are added with its lab spectrum, if they resemble it. 2: all
     * such pixels inside the scene are added, for callers with their own rules
     * (pipeline/paper_split.h); a pixel may then occur twice and may have gaps. */
    int neighbours;
    ptrdiff_t min_samples; /* that must remain */
    ptrdiff_t p; /* number of bands requested; 0: the good bands of scene, spectra or lab */
    const double *centre_nm; /* [p] */
    const double *fwhm_nm;   /* [p] */
    tl_response response;    /* how lab spectra are converted to bands */
    int accepts_response;    /* 1: a table of the parameter response may replace it */
} tl_study_request;

/* Owner; zeroed = empty. Rows of the matrices are the samples kept, in the order of the layer, then the
 * neighbours that were added. They have no gaps. */
typedef struct tl_study {
    ptrdiff_t n; /* samples kept */
    char **id;   /* [n] */
    /* [n] map units of the scene. Without a scene: the coordinates of the samples' own layer, where
     * degrees are converted to metres east and north of its centre; NaN when it has no coordinates, or
     * the same ones for all samples. */
    double *x;
    double *y;        /* [n] */
    double *value;    /* [n] the property; NaN when none is used */
    char *property;   /* name of the property without unit; NULL when none is used */
    char unit[64];    /* from a field name such as "SOM (g/kg)"; "" without */
    ptrdiff_t halved; /* number of values that are half a detection limit */
    ptrdiff_t n_rows; /* samples and neighbours */
    ptrdiff_t
        *group; /* [n_rows] equal for one pixel, position or id, and for a sample's neighbours */
    int *own;   /* [n_rows] 1: a sample's own pixel, 0: a neighbour */
    ptrdiff_t *col;         /* [n_rows] pixel of the scene; -1 without scene */
    ptrdiff_t *line;        /* [n_rows] */
    ptrdiff_t p;            /* bands by increasing wavelength */
    int *number;            /* [p] their numbers in the file (1-based) */
    double *centre_nm;      /* [p] */
    double *fwhm_nm;        /* [p]; 0 = unknown */
    tl_matrix scene;        /* [n_rows, p]; empty when not needed */
    tl_matrix lab;          /* [n_rows, p]; empty when not needed; a neighbour has its sample's */
    json_t *excluded;       /* list of {"id", "reason"} */
    json_t *excluded_bands; /* list of {"wavelength_nm", "reason"}; empty for requested bands */
} tl_study;

/* Gathers the study from the parameters of the job. Everything that is left out is logged.
 *
 * The bands are the good bands of the scene by the default rules, or those nearest to the requested
 * ones. Unless bands were requested, those outside the range of the lab spectra and those without a
 * value at more than half of the samples inside the scene are left out. Several lab spectra with the
 * same id are averaged.
 *
 * A property that is equal at all samples is refused. The log reports values below detection, rows
 * that are entered twice (same id, position and value: left out), different samples at one position,
 * whole numbers with so few different values that they look like classes, and fewer than 30
 * independent samples.
 *
 * A neighbour is a pixel N, S, E or W of a sample with a spectral angle below 0.08 rad to the sample's
 * pixel. It must not be another sample's own pixel, nor next to two samples.
 *
 * study  uninitialised; empty on failure
 * fails  TL_ARG the scene or lab parameter is needed but missing; TL_DATA no usable band, requested
 *        bands that are missing, ids that do not match, a constant property, or too few samples; as
 *        the readers fail */
tl_code tl_training_set_gather(tl_job *job, const tl_study_request *request, tl_study *study,
                               tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_training_set_free(tl_study *s);

#endif
