/* SPDX-License-Identifier: GPL-2.0-or-later
 * Headers of raw files that state the other byte order than the file has. */
#ifndef TL_IO_BYTE_ORDER_H
#define TL_IO_BYTE_ORDER_H

#include <gdal.h>

#include "base/status.h"

/* Refuses a raw file (ENVI, EHdr) of floats whose numbers only make sense in the other byte order:
 * of the middle row of its first band, at least a quarter of the numbers are infinite, NaN or
 * outside 1e-10 to 1e10 in size, and with their bytes reversed at least 95 % are inside. Zeros are
 * not counted, and rows of fewer than 4 other numbers are not judged. Other formats and whole
 * numbers are never refused.
 *
 * path   for the sentence, as parameter
 * fails  TL_DATA the byte order is wrong; TL_NOMEM. A row that cannot be read is no failure here
 * cost   one row of one band */
tl_code tl_io_check_byte_order(GDALDatasetH dataset, const char *path, const char *parameter,
                               tl_err *err);

#endif
