/* SPDX-License-Identifier: GPL-2.0-or-later
 * Filters in data set strings: which features of a layer are read. */
#ifndef TL_IO_TABLES_VECTOR_FILTER_H
#define TL_IO_TABLES_VECTOR_FILTER_H

#include "io/tables/vector_layer.h"
#include "source/source_name.h"

/* Applies the condition and the geometry type of a data set string to an open layer; without them
 * the layer stays as it is.
 *
 * vector  dataset and layer are set; layer may become another one
 * fails   TL_ARG the condition cannot be read, or names a field that the layer lacks; an unknown
 *         geometry type; TL_DATA no feature is left; TL_NOMEM */
tl_code tl_io_tables_filter(tl_vector *vector, const tl_source_name *name, const char *parameter,
                            tl_err *err);

#endif
