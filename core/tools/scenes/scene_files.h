/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scene that a tool of this group reads, and the scene that it writes. */
#ifndef TL_TOOLS_SCENES_SCENE_FILES_H
#define TL_TOOLS_SCENES_SCENE_FILES_H

#include "job/algorithm.h"

/* Opens the parameter `scene` and logs what the reader has to report about its band table.
 *
 * raster  out: to be closed with close_raster of the store
 * info    out: borrowed from raster
 * fails   as open_raster of source/store.h */
tl_code tl_scene_files_open(const tl_job *job, tl_raster **raster, const tl_raster_info **info,
                            tl_err *err);

/* How values are stored, from the parameters `type` (float32 or int16) and `interleave`; float32 and
 * by band when the tool has no such parameters. */
tl_scene_form tl_scene_files_form(const tl_job *job);

/* A scene that is to be written. */
typedef struct tl_scene_files_output {
    const char *id; /* of the output parameter */
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    const tl_georef *geo;
    const tl_bands *bands;
    const tl_scene_facts *facts; /* NULL = none */

    /* Writes all rows into sink. */
    tl_code (*fill)(void *arg, tl_sink *sink, tl_err *err);
    void *arg;
} tl_scene_files_output;

/* Creates the scene, lets fill write its rows, and finishes it; removes it when fill fails.
 *
 * fails  as the writers of source/store.h; what fill fails with */
tl_code tl_scene_files_write(tl_job *job, const tl_scene_files_output *output, tl_err *err);

#endif
