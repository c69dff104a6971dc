/* SPDX-License-Identifier: GPL-2.0-or-later
 * What is known of a scene as a whole, as metadata items of files: the domain TILTH_SCENE, and keys
 * of ENVI headers. */
#ifndef TL_IO_SCENE_ITEMS_H
#define TL_IO_SCENE_ITEMS_H

#include <gdal.h>

#include "base/bands.h"
#include "base/text.h"
#include "source/scene.h"

/* Writes quantity and facts into the domain TILTH_SCENE of a dataset, except those that are
 * unknown.
 *
 * facts  NULL = none */
void tl_io_write_scene_items(GDALDatasetH dataset, tl_quantity quantity,
                             const tl_scene_facts *facts);

/* Appends quantity and facts to an ENVI header: the keys that other programs know (acquisition
 * time, sun azimuth, sun elevation, sensor type, data units), and all of them under "tilth ...".
 *
 * facts  NULL = none */
void tl_io_add_scene_lines(tl_text *header, tl_quantity quantity, const tl_scene_facts *facts);

/* The facts of an open dataset, from its domain TILTH_SCENE, else its ENVI header; facts in neither
 * are unknown. */
tl_scene_facts tl_io_scene_facts(GDALDatasetH dataset);

/* The quantity of an open dataset by the same items; TL_QUANTITY_UNKNOWN without them. */
tl_quantity tl_io_scene_quantity(GDALDatasetH dataset);

#endif
