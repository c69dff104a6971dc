/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the parts of gathering a study hand to each other; only study*.c includes it. */
#ifndef TL_TRAINING_SET_STUDY_WORK_H
#define TL_TRAINING_SET_STUDY_WORK_H

#include "recipes/band_list.h"
#include "training_set/study.h"

/* Everything that is read, before samples and bands with gaps are left out. Owner. */
typedef struct tl_study_work {
    tl_job *job;
    const tl_store *store;
    const tl_study_request *request;
    const char *source;         /* the parameter that the bands come from */
    tl_raster *raster;          /* NULL without scene */
    const tl_raster_info *info; /* of raster */
    tl_spectra table;           /* scene spectra in place of a scene */
    tl_spectra lab_table;
    tl_samples samples;
    tl_bands bands;      /* of source, flagged */
    tl_band_list list;   /* the bands taken */
    ptrdiff_t *cell;     /* [samples] row * ncol + col; -1 outside or without scene */
    tl_matrix scene;     /* [samples, list.p]; NaN = missing */
    tl_matrix lab;       /* [samples, list.p]; NaN = missing */
    int *lab_reaches;    /* [list.p] 1: the lab spectra cover the band */
    const char **reason; /* [samples] why dropped; NULL = kept */
    ptrdiff_t *kept;     /* [samples] the samples kept */
} tl_study_work;

/* Marks sample i as left out; the first reason stays. */
void tl_training_set_drop(tl_study_work *w, ptrdiff_t i, const char *reason);

/* 1 when none of the n values is missing. */
int tl_training_set_complete(const double *value, ptrdiff_t n);

/* study_places.c: fills x and y of the samples kept. */
void tl_training_set_take_positions(const tl_study_work *w, tl_study *s);

/* study_property.c: name and unit of the property; drops samples without a value and rows entered
 * twice; puts halves of detection limits where asked. */
tl_code tl_training_set_take_property(tl_study_work *w, tl_study *s, tl_err *err);

/* study_property.c: says or refuses what the values of the samples kept give away. */
tl_code tl_training_set_check_property(const tl_study_work *w, const tl_study *s, tl_err *err);

/* study_bands.c: the bands asked for, or the good ones; fills list. */
tl_code tl_training_set_choose_bands(tl_study_work *w, tl_err *err);

/* study_bands.c: leaves out the bands that lab or scene do not have, with the columns of both
 * matrices, and lists them. */
tl_code tl_training_set_settle_bands(tl_study_work *w, json_t *dropped_bands, tl_err *err);

/* study_pixels.c: fills scene and cell. */
tl_code tl_training_set_read_scene(tl_study_work *w, const tl_progress *progress, tl_err *err);

/* study_lab.c: fills lab and lab_reaches. */
tl_code tl_training_set_join_lab(tl_study_work *w, tl_err *err);

/* study_neighbours.c: adds the neighbours to the rows of a study that has room for them. */
tl_code tl_training_set_add_neighbours(const tl_study_work *w, tl_study *s, tl_err *err);

#endif
