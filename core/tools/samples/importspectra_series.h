/* SPDX-License-Identifier: GPL-2.0-or-later
 * The series of spectra that importspectra reads, its unit, and its ids. */
#ifndef TL_TOOLS_SAMPLES_IMPORTSPECTRA_SERIES_H
#define TL_TOOLS_SAMPLES_IMPORTSPECTRA_SERIES_H

#include "job/algorithm.h"
#include "spectra/units.h"

/* One spectrum that was read. */
typedef struct tl_import_entry {
    char *id;         /* owned */
    const char *file; /* borrowed from the list of files */
    double *value;    /* [p] owned */
    ptrdiff_t order;  /* position among all that were read */
    ptrdiff_t leader; /* order of the first spectrum of the same id */
    int outlier;
    double place[3];         /* longitude and latitude (WGS 84), elevation; NaN = unknown */
    int by_file;             /* 1: the id is the name of the file */
    int open;                /* 1: the unit of the values is still to be decided */
    tl_spectrum_level level; /* of the values as they are in the file */
} tl_import_entry;

typedef struct tl_import {
    tl_job *job;
    const tl_store *store;
    char **path; /* [n_path] owned */
    ptrdiff_t n_path;
    double from_nm, to_nm;
    double *wavelength_nm; /* [p] of the first file, inside the range */
    ptrdiff_t p;
    tl_import_entry *entry; /* [n] */
    ptrdiff_t n;
    ptrdiff_t capacity;
    ptrdiff_t n_id;
    ptrdiff_t n_outlier;
    char form[96]; /* of the previous file, so that an interpretation is logged once */
    ptrdiff_t n_spliced;
    double largest_step;
    const char *largest_step_file;
    ptrdiff_t n_unspliced;
    json_t *bad; /* names of files that cannot be read */
    json_t *outliers;
    tl_err first_bad;
    tl_value_unit named;  /* unit that names of columns state; unknown without */
    int names_differ;     /* 1: they state different ones */
    tl_value_unit stated; /* unit of the header of the previous file that was converted by it */
} tl_import;

/* Decides the unit of all spectra whose files do not state it, together, and converts them.
 *
 * fails  TL_DATA the spectra contradict each other, or fit no unit; TL_NOMEM; a strict run refuses the
 *        decision */
tl_code tl_importspectra_series_settle(tl_import *m, tl_err *err);

/* Logs an id_until under which several files become repeats of one sample, where their names plainly
 * are such: a name, a separator, a number. */
void tl_importspectra_series_hint(const tl_import *m);

/* Puts the folder in front of all ids that are names of files, where files in different folders have one
 * name; they would be repeats of one sample otherwise.
 *
 * fails  TL_NOMEM; a strict run refuses such files */
tl_code tl_importspectra_ids_keep_apart(tl_import *m, tl_err *err);

/* Records as an assumption that spectra of one id, which are averaged as repeats, are rows of one table.
 *
 * m      spectra of one id follow each other
 * fails  a strict run refuses it */
tl_code tl_importspectra_series_check_names(const tl_import *m, tl_err *err);

#endif
