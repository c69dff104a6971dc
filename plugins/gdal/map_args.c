/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads the arguments of tilth_map and tilth_fuse; see map_args.h. */
#include "map_args.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
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

static tl_code read_number(CSLConstList texts, map_args *a, tl_err *err) {
    const char *text = CSLFetchNameValueDef(texts, "band", "");
    double number = 0.0;
    if (!tl_parse_number(text, &number) || !(number >= 1.0 && number <= (double)a->n) ||
        floor(number) < number) {
        return tl_fail(err, TL_ARG, "band is '%.40s'; it must be a whole number from 1 to %td.",
                       text, a->n);
    }
    a->number = (ptrdiff_t)number - 1;
    return TL_OK;
}

static tl_code read_all(CSLConstList texts, int fuse, map_args *a, tl_err *err) {
    a->model = CSLFetchNameValue(texts, "model");
    if (a->model == NULL || a->model[0] == '\0') {
        return tl_fail(err, TL_ARG,
                       "the argument model is missing; give the absolute path of a %s model, or "
                       "let tilth makevrt write the VRT.",
                       fuse ? "fusion" : "property");
    }
    TL_TRY(fuse ? read_number(texts, a, err) : read_layer(texts, &a->layer, err));
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

tl_code map_args_read(CSLConstList texts, ptrdiff_t n_sources, int fuse, map_args *a, tl_err *err) {
    *a = (map_args){.n = n_sources};
    const tl_code code = read_all(texts, fuse, a, err);
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

tl_code map_args_check(const map_args *a, ptrdiff_t p, const double *wavelength_nm, tl_err *err) {
    if (p != a->n) {
        return tl_fail(err, TL_SHAPE,
                       "the model %s has %td bands but the VRT has %td sources; make the VRT again "
                       "with tilth makevrt.",
                       a->model, p, a->n);
    }
    for (ptrdiff_t i = 0; a->wavelength_nm != NULL && i < a->n; i++) {
        if (!(fabs(a->wavelength_nm[i] - wavelength_nm[i]) <= 1e-6)) {
            return tl_fail(
                err, TL_DATA,
                "band %td of the model %s is at %.2f nm, but the VRT was made for one at %.2f nm; "
                "make the VRT again with tilth makevrt.",
                i + 1, a->model, wavelength_nm[i], a->wavelength_nm[i]);
        }
    }
    return TL_OK;
}
