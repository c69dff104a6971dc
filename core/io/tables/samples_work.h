/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the parts of reading samples share. */
#ifndef TL_IO_TABLES_SAMPLES_WORK_H
#define TL_IO_TABLES_SAMPLES_WORK_H

#include <ogr_srs_api.h>

#include "base/georef.h"
#include "base/progress.h"
#include "source/tables.h"
#include "source/text_table.h"

/* Sets the positions of samples, one per row of the table, from its columns; see
 * position_columns.h. They are moved to the CRS of target. What is assumed is recorded.
 *
 * target  NULL: the positions stay as they are, and may be missing
 * s       ids are set; rows without a position get NaN
 * fails   TL_DATA no columns of positions, none that can be read, an unknown CRS, latitudes beyond 90
 *         degrees */
tl_code tl_io_tables_place_samples(const tl_text_table *t, const tl_georef *target,
                                   const char *parameter, const char *path,
                                   const tl_progress *progress, tl_samples *s, tl_err *err);

/* Moves positions from a CRS to that of target; those that have no image become NaN.
 *
 * crs   NULL: they are in that of target already
 * name  of crs, for the log */
tl_code tl_io_tables_move_samples(tl_samples *s, OGRSpatialReferenceH crs, const char *name,
                                  const tl_georef *target, const char *parameter, const char *path,
                                  const tl_progress *progress, tl_err *err);

/* The same for positions whose CRS nobody names: their size decides, else they are in that of
 * target. */
tl_code tl_io_tables_place_without_crs(tl_samples *s, const tl_georef *target,
                                       const char *parameter, const char *path,
                                       const tl_progress *progress, tl_err *err);

/* Reads property j of all samples from a column of the table: numbers by the style of the column,
 * values below detection limits, codes of missing values, texts.
 *
 * fails  TL_DATA more than half of the filled cells hold texts that are no numbers, such as classes */
tl_code tl_io_tables_measure_samples(const tl_text_table *t, ptrdiff_t column, ptrdiff_t j,
                                     const char *parameter, const char *path,
                                     const tl_progress *progress, tl_samples *s, tl_err *err);

#endif
