/* SPDX-License-Identifier: GPL-2.0-or-later
 * Files whose failing reads are noticed. GDAL fills what a raw file does not deliver with zeros, and reports no failure: a disk or a
 * network share that fails for a moment would become data. Of a TIFF it leaves out the tags that it cannot read, such as that of NoData.
 * Rasters of these formats are opened through a file system of this
 * module, which notes each failure of the system for tl_io_read_status and tl_io_lost_reads of gdal_call.h. */
#ifndef TL_IO_CHECKED_FILE_H
#define TL_IO_CHECKED_FILE_H

#include <gdal.h>

/* GDALOpenEx for reading a raster, through checked files when its format is one of these and its file a regular one of this
 * system.
 *
 * options  for the driver; may be NULL
 * returns  NULL as GDALOpenEx does, after the same errors */
GDALDatasetH tl_io_open_checked(const char *path, unsigned flags, char **options);

/* The name of a file in the list of a dataset as the user knows it: without the checked file system. Points into path. */
const char *tl_io_unchecked_name(const char *path);

#endif
