/* SPDX-License-Identifier: GPL-2.0-or-later
 * The data that the steps of gathering a study share; only study*.c includes it. */
#ifndef TL_TRAINING_SET_STUDY_WORK_H
#define TL_TRAINING_SET_STUDY_WORK_H

#include "recipes/band_list.h"
#include "training_set/study.h"

/* All data that are read, before samples and bands with gaps are left out. Owner. */
typedef struct tl_study_work {
    tl_job *job;
    const tl_store *store;
    const tl_study_request *request;
    const char *source;         /* the parameter that defines the bands */
    tl_raster *raster;          /* NULL without scene */
    const tl_raster_info *info; /* of raster */
    tl_spectra table;           /* scene spectra, instead of a scene */
    tl_spectra lab_table;
    tl_samples samples;
    tl_bands bands;      /* of source, flagged */
    tl_band_list list;   /* the bands used */
    ptrdiff_t *cell;     /* [samples] row * ncol + col; -1 outside or without scene */
    tl_matrix scene;     /* [samples, list.p]; NaN = missing */
    tl_matrix lab;       /* [samples, list.p]; NaN = missing */
    int *lab_reaches;    /* [list.p] 1: the lab spectra cover the band */
    const char **reason; /* [samples] why excluded; NULL = kept */
    ptrdiff_t *kept;     /* [samples] the samples kept */
} tl_study_work;

/* Marks sample i as excluded; only the first reason is kept. */
void tl_training_set_exclude(tl_study_work *w, ptrdiff_t i, const char *reason);

/* 1 when none of the n values is missing. */
int tl_training_set_complete(const double *value, ptrdiff_t n);

/* study_positions.c: fills x and y of the samples kept. */
void tl_training_set_fill_positions(const tl_study_work *w, tl_study *s);

/* study_property.c: name and unit of the property; excludes samples without a value and rows entered
 * twice; uses half of detection limits on request. */
tl_code tl_training_set_fill_property(tl_study_work *w, tl_study *s, tl_err *err);

/* study_property.c: warns of suspicious values of the samples kept, and refuses constant ones. */
tl_code tl_training_set_check_property(const tl_study_work *w, const tl_study *s, tl_err *err);

/* study_bands.c: the requested bands, or the good ones; fills list. */
tl_code tl_training_set_select_bands(tl_study_work *w, tl_err *err);

/* study_bands.c: leaves out the bands that lab or scene do not have, with the columns of both
 * matrices, and lists them. */
tl_code tl_training_set_settle_bands(tl_study_work *w, json_t *excluded_bands, tl_err *err);

/* study_pixels.c: fills scene and cell. */
tl_code tl_training_set_read_scene(tl_study_work *w, const tl_progress *progress, tl_err *err);

/* study_tables.c: ids of tables as the samples write them, single gaps filled. After the samples and
 * the tables were read. */
tl_code tl_training_set_prepare_tables(tl_study_work *w, tl_err *err);

/* study_tables.c: fills scene from the table of spectra. */
tl_code tl_training_set_take_table(tl_study_work *w, tl_err *err);

/* study_lab.c: fills lab and lab_reaches. */
tl_code tl_training_set_join_lab(tl_study_work *w, tl_err *err);

/* study_neighbours.c: adds the neighbours to a study whose arrays have the capacity for them. */
tl_code tl_training_set_add_neighbours(const tl_study_work *w, tl_study *s, tl_err *err);

#endif
