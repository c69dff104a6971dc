/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads the arguments of the formulas; see formula_args.h. */
#include "formula_args.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "source_args.h"

tl_code tl_gdal_formula_args_read(CSLConstList texts, ptrdiff_t n_sources, tl_gdal_formula_args *a,
                                  tl_err *err) {
    *a = (tl_gdal_formula_args){.n = n_sources, .nodata = tl_gdal_source_nodata_read(texts)};
    a->band = tl_acquire(a->n, sizeof *a->band);
    a->spectrum = tl_acquire(a->n, sizeof *a->spectrum);
    const tl_code code = a->band == NULL || a->spectrum == NULL
                             ? tl_no_memory(err, "%td sources", a->n)
                             : tl_gdal_source_bands_read(texts, a->n, a->spectrum, a->band, err);
    if (code != TL_OK) {
        tl_gdal_formula_args_free(a);
    }
    return code;
}

static tl_code read_cell(CSLConstList texts, tl_gdal_formula_args *a, tl_err *err) {
    const char *text = CSLFetchNameValue(texts, "cell");
    if (text == NULL) {
        return tl_fail(err, TL_ARG,
                       "the argument cell is missing; desmet_govers needs the side of a cell in "
                       "metres, for example cell=\"30\"");
    }
    if (!tl_parse_number(text, &a->cell_m) || !(a->cell_m > 0.0)) {
        return tl_fail(err, TL_ARG,
                       "cell is '%.40s'; it must be the side of a cell in metres, a number above 0 "
                       "with a decimal point",
                       text);
    }
    return TL_OK;
}

tl_code tl_gdal_formula_read_method(CSLConstList texts, tl_gdal_formula_args *a, tl_err *err) {
    static const char *const words[] = {"moore", "desmet_govers", "boehner_selige"};
    const char *text = CSLFetchNameValueDef(texts, "method", words[0]);
    int method = 0;
    while (method < 3 && strcmp(text, words[method]) != 0) {
        method++;
    }
    if (method == 3) {
        return tl_fail(err, TL_ARG,
                       "method is '%.40s'; it must be moore, desmet_govers or boehner_selige",
                       text);
    }
    a->method = (tl_ls_method)method;
    return a->method == TL_LS_DESMET_GOVERS ? read_cell(texts, a, err) : TL_OK;
}

/* A shorter reference spectrum has no direction. */
static const double shortest_reference = 1e-12;

static double length_of(ptrdiff_t n, const double *spectrum) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        sum += spectrum[i] * spectrum[i];
    }
    return sqrt(sum);
}

tl_code tl_gdal_formula_read_reference(CSLConstList texts, tl_gdal_formula_args *a, tl_err *err) {
    const char *text = CSLFetchNameValue(texts, "reference");
    if (text == NULL || text[0] == '\0') {
        return tl_fail(
            err, TL_ARG,
            "the argument reference is missing; it must be the reference spectrum, a list of %td "
            "numbers separated by commas, one for each source",
            a->n);
    }
    /* The list reader accepts one number for all entries, which a spectrum must not have. */
    if (a->n > 1 && strchr(text, ',') == NULL) {
        return tl_fail(
            err, TL_ARG,
            "reference has 1 entry for %td sources; it must have one number for each source", a->n);
    }
    a->reference = tl_acquire(a->n, sizeof *a->reference);
    if (a->reference == NULL) {
        return tl_no_memory(err, "%td sources", a->n);
    }
    TL_TRY(tl_gdal_source_list_read("reference", text, 0, a->n, a->reference, err));
    const double length = length_of(a->n, a->reference);
    if (!(length >= shortest_reference) || isinf(length)) {
        return tl_fail(
            err, TL_ARG,
            "the reference spectrum has the length %g; a spectrum of zeros, or of numbers that are "
            "too large to square, has no direction to compare with",
            length);
    }
    return TL_OK;
}

void tl_gdal_formula_args_free(tl_gdal_formula_args *a) {
    tl_release(a->band);
    tl_release(a->spectrum);
    tl_release(a->reference);
    *a = (tl_gdal_formula_args){0};
}
