/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a model is trained on: samples, the spectrum of their pixel, their lab spectrum in the same
 * bands, and a measured property. */
#ifndef TL_TRAINING_SET_STUDY_H
#define TL_TRAINING_SET_STUDY_H

#include <jansson.h>

#include "base/matrix.h"
#include "job/algorithm.h"
#include "spectra/resample.h"

/* The parameters through which tools are given a study, one text for all of them. */
#define TL_STUDY_ARG_SCENE                                                                \
    {                                                                                     \
        .id = "scene", .kind = TL_ARG_RASTER, .label = "Scene",                           \
        .help =                                                                           \
            "Hyperspectral scene with wavelengths; the spectrum of the pixel under each " \
            "sample is used. Leave it out when the spectra are given as a table.",        \
        .optional = 1                                                                     \
    }

#define TL_STUDY_ARG_SPECTRA                                                                \
    {                                                                                       \
        .id = "spectra", .kind = TL_ARG_SPECTRA, .label = "Scene spectra at the samples",   \
        .help =                                                                             \
            "Table from samplespectra in place of the scene; rows are found by the sample " \
            "id.",                                                                          \
        .optional = 1                                                                       \
    }

#define TL_STUDY_ARG_ID_FIELD                                                                \
    {                                                                                        \
        .id = "id_field", .kind = TL_ARG_FIELD, .label = "Sample id",                        \
        .help =                                                                              \
            "Field that names the samples and joins them with the spectra; without it they " \
            "are numbered from 1.",                                                          \
        .optional = 1, .parent = "samples"                                                   \
    }

/* What becomes of values such as "<0.5". */
typedef enum tl_below {
    TL_BELOW_DROP = 0, /* the sample is left out and listed */
    TL_BELOW_HALF      /* half the limit, and said */
} tl_below;

/* What to gather. The tool has the parameters scene, samples, id_field and lab. */
typedef struct tl_study_request {
    int takes_table;      /* 1: the parameter spectra may give scene spectra in place of scene */
    int keep_water;       /* 1: bands where air absorbs the light are as good as others */
    int takes_property;   /* 1: samples without a number in the property are dropped */
    const char *property; /* its field; NULL = the parameter property */
    tl_below below;       /* values of the property below a detection limit */
    int needs_scene;      /* 1: samples without a whole pixel spectrum are dropped */
    int needs_lab;        /* 1: samples without a whole lab spectrum are dropped */
    /* 1: pixels beside a sample's own join with its lab spectrum. 2: so does every pixel beside one
     * that lies in the scene, for those who have rules of their own (pipeline/paper_split.h); it
     * may come twice and may have gaps. */
    int neighbours;
    ptrdiff_t fewest;        /* samples that must remain */
    ptrdiff_t p;             /* bands asked for, or 0: the good bands of scene, spectra or lab */
    const double *centre_nm; /* [p] */
    const double *fwhm_nm;   /* [p] */
    tl_response response;    /* how lab spectra become bands */
    int takes_response;      /* 1: the parameter response may give a table for that instead */
} tl_study_request;

/* Owner; zeroed = empty. Rows of the matrices are the samples kept, in the order of the layer, then
 * accepted neighbours. They hold no gaps. */
typedef struct tl_study {
    ptrdiff_t n; /* samples kept */
    char **id;   /* [n] */
    /* [n] map units of the scene. Without scene the coordinates of the samples' own layer, those in
     * degrees as metres east and north of its middle; NaN when it has none, or one for all. */
    double *x;
    double *y;        /* [n] */
    double *value;    /* [n] the property; NaN when none was taken */
    char *property;   /* name of the property without unit; NULL when none was taken */
    char unit[64];    /* from a field name such as "SOM (g/kg)"; "" without */
    ptrdiff_t halved; /* values that are half a detection limit */
    ptrdiff_t n_rows; /* samples and neighbours */
    ptrdiff_t *group; /* [n_rows] equal for one pixel, place or id, and for a sample's neighbours */
    int *own;         /* [n_rows] 1: a sample's own pixel, 0: a neighbour */
    ptrdiff_t *col;   /* [n_rows] pixel of the scene; -1 without scene */
    ptrdiff_t *line;  /* [n_rows] */
    ptrdiff_t p;      /* bands by rising wavelength */
    int *number;      /* [p] their numbers in the file (1-based) */
    double *centre_nm; /* [p] */
    double *fwhm_nm;   /* [p]; 0 = unknown */
    tl_matrix scene;   /* [n_rows, p]; empty when not needed */
    tl_matrix lab;     /* [n_rows, p]; empty when not needed; a neighbour has its sample's */
    json_t *dropped;   /* list of {"id", "reason"} */
    json_t
        *dropped_bands; /* list of {"wavelength_nm", "reason"}; empty when bands were asked for */
} tl_study;

/* Gathers the study of the job's parameters. What is left out is said in the log.
 *
 * Bands are the good bands of the scene by the default rules, or those nearest to the bands asked
 * for. Unless bands were asked for, those that the lab spectra do not reach and those without a
 * value at more than half of the samples inside the scene are left out. Several lab spectra of one
 * id are averaged.
 *
 * A property that is equal at all samples is refused. Said are: values below detection, rows that
 * are entered twice (same id, place and value: left out), different samples at one place, whole
 * numbers of so few kinds that they look like classes, and fewer than 30 independent samples.
 *
 * A neighbour is a pixel N, S, E or W of a sample with a spectral angle below 0.08 rad to the
 * sample's pixel that is no sample's own pixel and does not lie next to two samples.
 *
 * study  uninitialised; empty on failure
 * fails  TL_ARG the scene or lab parameter is needed but missing; TL_DATA no usable band, bands
 *        asked for that are missing, ids that do not meet, a constant property, or too few samples;
 *        what the readers fail with */
tl_code tl_training_set_gather(tl_job *job, const tl_study_request *request, tl_study *study,
                               tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_training_set_free(tl_study *s);

#endif
