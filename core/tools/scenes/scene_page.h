/* SPDX-License-Identifier: GPL-2.0-or-later
 * The page of `sceneinfo`: mean spectrum, noise, stripes and a picture of a scene. */
#ifndef TL_TOOLS_SCENES_SCENE_PAGE_H
#define TL_TOOLS_SCENES_SCENE_PAGE_H

#include "tools/scenes/scene_quality.h"

/* Writes the page as the output `report` of the job.
 *
 * bands    flagged; with the reasons that the page shows
 * title    name of the scene
 * fails    TL_IO Python or the file; TL_NOMEM */
tl_code tl_scene_page(const tl_job *job, tl_raster *raster, const tl_bands *bands,
                      const tl_scene_quality *quality, const char *title, tl_err *err);

#endif
