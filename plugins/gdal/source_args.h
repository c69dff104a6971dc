/* SPDX-License-Identifier: GPL-2.0-or-later
 * The arguments that every pixel function of the plugin has. They come as texts from the attributes
 * of a VRT that anyone may have written:
 *
 *   scale, offset  physical value = scale * stored + offset; one for all sources or one per source
 *   src_nodata     stored value that means NoData; one for all or one per source, "none" where
 *                  there is none
 *   NoData         passed by GDAL: the value to write where there is no result (NaN when absent) */
#ifndef TL_GDAL_SOURCE_ARGS_H
#define TL_GDAL_SOURCE_ARGS_H

#include <cpl_string.h>

#include "base/bands.h"
#include "base/status.h"

/* The description of them for GDAL, inside a <PixelFunctionArgumentsList>. */
#define TL_GDAL_SOURCE_ARGUMENTS                                                                   \
    "<Argument name='scale' type='string' optional='true' description='one, or one per source'/>"  \
    "<Argument name='offset' type='string' optional='true' description='one, or one per source'/>" \
    "<Argument name='src_nodata' type='string' optional='true' "                                   \
    "description='one, or one per source; none where a source has none'/>"                         \
    "<Argument type='builtin' value='NoData' optional='true'/>"

/* Refuses arguments that a pixel function does not have, such as a misspelt one, which would be
 * passed over. NoData comes from GDAL and is always known.
 *
 * description   the list of arguments in XML that GDAL was given
 * fails         TL_ARG */
tl_code tl_gdal_source_refuse_unknown(CSLConstList texts, const char *description, tl_err *err);

/* Reads a comma-separated list of n finite numbers, or one number for all n.
 *
 * name          of the argument, for the error sentence
 * none_allowed  1: an entry may be "none", which is read as NaN
 * out           [n]
 * fails         TL_ARG */
tl_code tl_gdal_source_list_read(const char *name, const char *text, int none_allowed, ptrdiff_t n,
                                 double *out, tl_err *err);

/* Scale, offset and NoData of every source.
 *
 * list   [n] working memory
 * band   [n] zeroed; these three are filled
 * fails  TL_ARG */
tl_code tl_gdal_source_bands_read(CSLConstList texts, ptrdiff_t n, double *list, tl_band *band,
                                  tl_err *err);

/* The NoData value that GDAL passes; NaN when it passes none. */
float tl_gdal_source_nodata_read(CSLConstList texts);

#endif
