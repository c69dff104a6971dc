/* SPDX-License-Identifier: GPL-2.0-or-later
 * Whether files are as long as they state. A copy or download that broke off leaves a file that opens
 * without an error; GDAL reads zeros behind its end, or fails hours later in the last rows. */
#ifndef TL_IO_WHOLE_FILE_H
#define TL_IO_WHOLE_FILE_H

#include <gdal.h>

#include "base/status.h"

/* Compares the size of the file behind an open dataset with what it describes: ENVI in any interleave,
 * compressed or not and with header offset, the blocks of GeoTIFF, ASCII grids of Arc/Info, other
 * formats without compression, and the sources of a virtual raster that are such files.
 *
 * fails  TL_FORMAT with the number of lines that are there; TL_DATA an ENVI file is longer than its
 *        header states by a line or more, where assumptions are refused
 * cost   no values are read, except that a compressed ENVI file is decompressed, and
 *        an ASCII grid read, once */
tl_code tl_io_check_whole_dataset(GDALDatasetH dataset, const char *parameter, tl_err *err);

/* The same for an ENVI file by its header alone, which GDAL may have refused to open; files without
 * such a header pass. */
tl_code tl_io_check_whole_envi(const char *path, const char *parameter, tl_err *err);

/* The same before an HDF5 or netCDF-4 file is opened; other files pass.
 *
 * fails   TL_FORMAT
 * source  HDF5 File Format Specification 3.0, II.A: superblock */
tl_code tl_io_check_whole_hdf5(const char *name, const char *parameter, tl_err *err);

#endif
