/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads the arguments of tilth_map; see map_args.h. */
#include "map_args.h"

#include <cpl_conv.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

/* Stands for the word "none" in a list. */
#define NONE ((double)NAN)

/* One entry of a list: a finite decimal number, or "none" (also "nan") where that is allowed. */
static int read_entry(const char *text, size_t length, int none_allowed, double *out) {
    char entry[64];
    if (length >= sizeof entry) {
        return 0;
    }
    memcpy(entry, text, length);
    entry[length] = '\0';
    if (none_allowed && (tl_same_word(entry, "none") || tl_same_word(entry, "nan"))) {
        *out = NONE;
        return 1;
    }
    return tl_parse_number(entry, out);
}

/* Reads a list of n numbers, or one number that stands for all n. */
static tl_code read_list(const char *name, const char *text, int none_allowed, ptrdiff_t n,
                         double *out, tl_err *err) {
    ptrdiff_t found = 0;
    for (const char *at = text;; at++) {
        const size_t length = strcspn(at, ",");
        double number = 0.0;
        if (!read_entry(at, length, none_allowed, &number)) {
            return tl_fail(err, TL_ARG, "%s: entry %td, '%.*s', is not a number.", name, found + 1,
                           (int)(length < 40 ? length : 40), at);
        }
        if (found < n) {
            out[found] = number;
        }
        found++;
        at += length;
        if (*at == '\0') {
            break;
        }
    }
    for (ptrdiff_t i = 1; found == 1 && i < n; i++) {
        out[i] = out[0];
    }
    return found == n || found == 1
               ? TL_OK
               : tl_fail(err, TL_ARG, "%s has %td entries for %td sources; give one, or one each.",
                         name, found, n);
}

static tl_code read_layer(CSLConstList texts, map_layer *layer, tl_err *err) {
    static const char *const words[] = {"value", "lower", "upper"};
    const char *text = CSLFetchNameValueDef(texts, "layer", "value");
    for (int i = 0; i < 3; i++) {
        if (strcmp(text, words[i]) == 0) {
            *layer = (map_layer)i;
            return TL_OK;
        }
    }
    return tl_fail(err, TL_ARG, "layer is '%.40s'; it must be value, lower or upper.", text);
}

/* Scale, offset and NoData of every source. list is room for n numbers. */
static tl_code read_bands(CSLConstList texts, double *list, map_args *a, tl_err *err) {
    TL_TRY(read_list("scale", CSLFetchNameValueDef(texts, "scale", "1"), 0, a->n, list, err));
    for (ptrdiff_t i = 0; i < a->n; i++) {
        a->band[i].scale = list[i];
    }
    TL_TRY(read_list("offset", CSLFetchNameValueDef(texts, "offset", "0"), 0, a->n, list, err));
    for (ptrdiff_t i = 0; i < a->n; i++) {
        a->band[i].offset = list[i];
    }
    TL_TRY(read_list("src_nodata", CSLFetchNameValueDef(texts, "src_nodata", "none"), 1, a->n, list,
                     err));
    for (ptrdiff_t i = 0; i < a->n; i++) {
        a->band[i].has_nodata = !isnan(list[i]);
        a->band[i].nodata = list[i];
    }
    return TL_OK;
}

static tl_code read_all(CSLConstList texts, map_args *a, tl_err *err) {
    a->model = CSLFetchNameValue(texts, "model");
    if (a->model == NULL || a->model[0] == '\0') {
        return tl_fail(err, TL_ARG,
                       "the argument model is missing; give the absolute path of a property model, "
                       "or let tilth makevrt write the VRT.");
    }
    TL_TRY(read_layer(texts, &a->layer, err));
    const char *nodata = CSLFetchNameValue(texts, "NoData");
    a->nodata = nodata == NULL ? NAN : (float)CPLAtof(nodata);
    a->band = tl_acquire(a->n, sizeof *a->band);
    a->wavelength_nm = tl_acquire(a->n, sizeof *a->wavelength_nm);
    if (a->band == NULL || a->wavelength_nm == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td sources.", a->n);
    }
    TL_TRY(read_bands(texts, a->wavelength_nm, a, err));
    const char *wavelengths = CSLFetchNameValue(texts, "wavelength_nm");
    if (wavelengths != NULL) {
        return read_list("wavelength_nm", wavelengths, 0, a->n, a->wavelength_nm, err);
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
