/* SPDX-License-Identifier: GPL-2.0-or-later
 * The arguments of the pixel functions that are one formula, beside those of source_args.h:
 *
 *   method     tilth_lsfactor: moore (default), desmet_govers or boehner_selige
 *   cell       tilth_lsfactor: side of a cell in metres, for desmet_govers
 *   reference  tilth_angle: comma-separated reference spectrum, one number per source, in the unit
 *              that the sources have after scale and offset */
#ifndef TILTH_PLUGIN_FORMULA_ARGS_H
#define TILTH_PLUGIN_FORMULA_ARGS_H

#include <cpl_string.h>

#include "base/bands.h"
#include "base/status.h"
#include "hydro/ls_factor.h"

typedef struct formula_args {
    ptrdiff_t n;       /* sources */
    tl_band *band;     /* [n] owned: scale, offset and NoData of each source */
    double *spectrum;  /* [n] owned: room for the values of one pixel */
    double *reference; /* [n] owned; NULL until read */
    float nodata;
    tl_ls_method method;
    double cell_m;
} formula_args;

/* Reads what every formula has.
 *
 * texts  "name=value" each
 * a      uninitialised; empty after a failure
 * fails  TL_ARG the sentence says which argument; TL_NOMEM */
tl_code formula_args_read(CSLConstList texts, ptrdiff_t n_sources, formula_args *a, tl_err *err);

/* Reads method and cell; the sources are already counted.
 *
 * fails  TL_ARG */
tl_code formula_read_method(CSLConstList texts, formula_args *a, tl_err *err);

/* Reads the reference spectrum.
 *
 * fails  TL_ARG missing, of another length, or of length 0; TL_NOMEM */
tl_code formula_read_reference(CSLConstList texts, formula_args *a, tl_err *err);

/* Frees; zeroed and already freed owners are fine. */
void formula_args_free(formula_args *a);

#endif
