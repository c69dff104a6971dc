/* SPDX-License-Identifier: GPL-2.0-or-later
 * The encoding of Shapefiles that do not name it. */
#ifndef TL_IO_TABLES_DBF_ENCODING_H
#define TL_IO_TABLES_DBF_ENCODING_H

#include "base/status.h"
#include "source/source_name.h"

/* The encoding of the attributes of a Shapefile, from their bytes, where neither a .cpg file nor the
 * file itself nor an option names one and the attributes have other letters than ASCII. It is recorded
 * as an assumption.
 *
 * encoding  out: a name that GDAL knows; NULL where GDAL needs none
 * fails     a strict run refuses the assumption */
tl_code tl_io_tables_dbf_encoding(const tl_source_name *name, const char *parameter,
                                  const char **encoding, tl_err *err);

#endif
