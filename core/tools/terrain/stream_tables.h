/* SPDX-License-Identifier: GPL-2.0-or-later
 * Streams as tables and rasters in addition to their lines, and links joined into rivers. */
#ifndef TL_TOOLS_TERRAIN_STREAM_TABLES_H
#define TL_TOOLS_TERRAIN_STREAM_TABLES_H

#include "tools/terrain/stream_features.h"

/* Writes one row per link: its first and last row in the table of positions, the links below and
 * above, order, magnitude and outlet.
 *
 * fails  as the writers of source/store.h, here and below */
tl_code tl_stream_tables_write_tree(tl_job *job, const char *id, const tl_stream_layers *layers,
                                    tl_err *err);

/* Writes one row per vertex of the links, link by link from the lower end to the upper one:
 * position, distance to the outlet, height of the surface that water runs on, area that drains
 * through. */
tl_code tl_stream_tables_write_positions(tl_job *job, const char *id,
                                         const tl_stream_layers *layers, tl_err *err);

/* Writes the order of stream cells as a raster; NoData elsewhere. */
tl_code tl_stream_tables_write_order(tl_job *job, const char *id, const tl_stream_layers *layers,
                                     tl_err *err);

/* Writes links of the same order that follow each other as one line each.
 *
 * layers  with the lines drawn */
tl_code tl_stream_tables_write_rivers(tl_job *job, const char *id, const tl_stream_layers *layers,
                                      tl_err *err);

#endif
