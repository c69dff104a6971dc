/* SPDX-License-Identifier: GPL-2.0-or-later
 * The arguments of the pixel functions that are one formula, in addition to those of source_args.h:
 *
 *   method     tilth_lsfactor: moore (default), desmet_govers or boehner_selige
 *   cell       tilth_lsfactor: side of a cell in metres, for desmet_govers
 *   reference  tilth_angle: comma-separated reference spectrum, one number per source, in the unit
 *              that the sources have after scale and offset */
#ifndef TL_GDAL_FORMULA_ARGS_H
#define TL_GDAL_FORMULA_ARGS_H

#include <cpl_string.h>

#include "base/bands.h"
#include "base/status.h"
#include "hydro/ls_factor.h"

typedef struct tl_gdal_formula_args {
    ptrdiff_t n;       /* sources */
    tl_band *band;     /* [n] owned: scale, offset and NoData of each source */
    double *spectrum;  /* [n] owned: the values of one pixel */
    double *reference; /* [n] owned; NULL until read */
    float nodata;
    tl_ls_method method;
    double cell_m;
} tl_gdal_formula_args;

/* Reads the arguments that every formula has.
 *
 * texts  "name=value" each
 * a      uninitialised; empty after a failure
 * fails  TL_ARG the sentence names the argument; TL_NOMEM */
tl_code tl_gdal_formula_args_read(CSLConstList texts, ptrdiff_t n_sources, tl_gdal_formula_args *a,
                                  tl_err *err);

/* Reads method and cell; a->n must be set.
 *
 * fails  TL_ARG */
tl_code tl_gdal_formula_read_method(CSLConstList texts, tl_gdal_formula_args *a, tl_err *err);

/* Reads the reference spectrum.
 *
 * fails  TL_ARG missing, of another length, or of length 0; TL_NOMEM */
tl_code tl_gdal_formula_read_reference(CSLConstList texts, tl_gdal_formula_args *a, tl_err *err);

/* Frees; zeroed and already freed owners are fine. */
void tl_gdal_formula_args_free(tl_gdal_formula_args *a);

#endif
