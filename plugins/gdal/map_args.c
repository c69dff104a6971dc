/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads the arguments of tilth_map; see map_args.h. */
#include "map_args.h"

#include <string.h>

#include "base/alloc.h"
#include "source_args.h"

static tl_code read_layer(CSLConstList texts, map_layer *layer, tl_err *err) {
    static const char *const words[] = {"value", "lower", "upper", "di", "applicable"};
    const char *text = CSLFetchNameValueDef(texts, "layer", "value");
    for (int i = 0; i < 5; i++) {
        if (strcmp(text, words[i]) == 0) {
            *layer = (map_layer)i;
            return TL_OK;
        }
    }
    return tl_fail(err, TL_ARG,
                   "layer is '%.40s'; it must be value, lower, upper, di or applicable.", text);
}

static tl_code read_all(CSLConstList texts, map_args *a, tl_err *err) {
    a->model = CSLFetchNameValue(texts, "model");
    if (a->model == NULL || a->model[0] == '\0') {
        return tl_fail(err, TL_ARG,
                       "the argument model is missing; give the absolute path of a property model, "
                       "or let tilth makevrt write the VRT.");
    }
    TL_TRY(read_layer(texts, &a->layer, err));
    a->nodata = source_nodata_read(texts);
    a->band = tl_acquire(a->n, sizeof *a->band);
    a->wavelength_nm = tl_acquire(a->n, sizeof *a->wavelength_nm);
    if (a->band == NULL || a->wavelength_nm == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td sources.", a->n);
    }
    TL_TRY(source_bands_read(texts, a->n, a->wavelength_nm, a->band, err));
    const char *wavelengths = CSLFetchNameValue(texts, "wavelength_nm");
    if (wavelengths != NULL) {
        return source_list_read("wavelength_nm", wavelengths, 0, a->n, a->wavelength_nm, err);
    }
    tl_release(a->wavelength_nm);
    a->wavelength_nm = NULL;
    return TL_OK;
}

tl_code map_args_read(CSLConstList texts, ptrdiff_t n_sources, map_args *a, tl_err *err) {
    *a = (map_args){.n = n_sources};
    const tl_code code = read_all(texts, a, err);
    if (code != TL_OK) {
        map_args_free(a);
    }
    return code;
}

void map_args_free(map_args *a) {
    tl_release(a->band);
    tl_release(a->wavelength_nm);
    *a = (map_args){0};
}
