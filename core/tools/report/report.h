/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the files of the tool `report` share; only report*.c includes it. */
#ifndef TL_TOOLS_REPORT_REPORT_H
#define TL_TOOLS_REPORT_REPORT_H

#include "job/algorithm.h"

/* The rasters of a parameter ("maps", "terrain") as a list of that name in the page: their layers,
 * averaged to at most 400 cells per side, their grids and their run records.
 *
 * reference  set to the position of the first raster, when it is still empty
 * fails      TL_ARG a raster has more bands than a map; what the store fails with */
tl_code tl_report_add_rasters(tl_job *job, const char *parameter, json_t *page,
                              tl_georef *reference, const tl_progress *progress, tl_err *err);

/* The lines of the parameter "streams" in the coordinate system of the maps and, where that is
 * another one, of the terrain; as they are when both are empty. */
tl_code tl_report_add_streams(tl_job *job, json_t *page, const tl_georef *maps,
                              const tl_georef *terrain, tl_err *err);

#endif
