/* SPDX-License-Identifier: GPL-2.0-or-later
 * Opens what a data set string names: every raster and every vector layer of the core comes through
 * here, so that parts of the string are used or refused and never passed over. */
#ifndef TL_IO_SOURCE_OPEN_H
#define TL_IO_SOURCE_OPEN_H

#include <gdal.h>

#include "source/source_name.h"

/* The parts of a data set string whose file exists. A text that is the name of a file as a whole is
 * that file, whatever marks it contains.
 *
 * name   uninitialised; empty on failure
 * fails  TL_IO the file is missing or empty; TL_ARG see tl_source_name_parse */
tl_code tl_io_source_find(const char *path, const char *parameter, tl_source_name *name,
                          tl_err *err);

/* Puts the member of an archive (.zip, .tar, .tar.gz, .tgz, .gz) into the name, in place of the
 * archive; other names stay as they are. A choice is logged as an assumption.
 *
 * flags  GDAL_OF_RASTER or GDAL_OF_VECTOR
 * fails  TL_DATA the archive contains no such data set, or several: the sentence lists them */
tl_code tl_io_source_enter_archive(tl_source_name *name, unsigned flags, const char *parameter,
                                   tl_err *err);

/* 1 when the file is an archive by its name. */
int tl_io_source_is_archive(const char *path);

/* The members of an archive, with their folders, as paths that GDAL opens; to be freed with
 * CSLDestroy. NULL when it cannot be read. */
char **tl_io_source_list_archive(const char *path);

/* Opens a data set with its open options.
 *
 * flags    of GDALOpenEx, besides read-only
 * dataset  out: NULL when GDAL cannot open it, for which the caller has the sentence
 * fails    TL_ARG an option that the format does not have */
tl_code tl_io_source_open(const tl_source_name *name, unsigned flags, const char *parameter,
                          GDALDatasetH *dataset, tl_err *err);

/* As the two above for a raster: a layer becomes the name of a raster in its container, and parts
 * that only vector layers have are refused. */
tl_code tl_io_source_prepare_raster(tl_source_name *name, const char *parameter, tl_err *err);

#endif
