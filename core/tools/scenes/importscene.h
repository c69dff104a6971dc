/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the files of the tool importscene share. */
#ifndef TL_TOOLS_SCENES_IMPORTSCENE_H
#define TL_TOOLS_SCENES_IMPORTSCENE_H

#include "job/algorithm.h"

/* The state of one run. */
typedef struct tl_import {
    tl_job *job;
    const tl_store *store;
    tl_product *product;
    const tl_product_info *info;
    tl_scene_facts facts;
    tl_bands bands;  /* of all parts, one after the other, flagged; scales as they are stored */
    ptrdiff_t *part; /* [bands.n] */
    int *number;     /* [bands.n] 1-based in the part */
    tl_grid grid;    /* shape and position of the output, without values */
    int is_placed;   /* 1: the parts were put on the grid */
    json_t *decisions;
} tl_import;

/* Logs a decision and keeps it for the result and the run record. */
void tl_importscene_decide(tl_import *m, tl_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Facts of the scene: the sun computed from time and position and compared with the metadata. */
void tl_importscene_facts(tl_import *m);

/* The table of all bands, with the user's scale and quantity.
 *
 * fails  TL_NOMEM */
tl_code tl_importscene_gather_bands(tl_import *m, tl_err *err);

/* Flags bands that are not to be used, by the user's rules, and logs the list.
 *
 * fails  TL_ARG a rule that cannot be read; TL_DATA no band remains; TL_NOMEM */
tl_code tl_importscene_flag_bands(tl_import *m, tl_err *err);

/* Reads rows spread over the product: flags bands without values, and fails where the values cannot
 * be the stated quantity.
 *
 * fails  TL_DATA such values; TL_NOMEM; what reading fails with */
tl_code tl_importscene_check_values(tl_import *m, tl_err *err);

/* Finds the grid of the output, puts the parts on it, and measures the shift between detectors.
 *
 * fails  TL_SHAPE detectors that cannot share one grid; TL_DATA no position on earth; TL_NOMEM;
 *        what reading fails with */
tl_code tl_importscene_position(tl_import *m, tl_err *err);

/* Reads everything once and writes it.
 *
 * fails  as the writers of source/store.h; TL_NOMEM; TL_CANCELLED */
tl_code tl_importscene_write(tl_import *m, tl_err *err);

#endif
