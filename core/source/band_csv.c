/* SPDX-License-Identifier: GPL-2.0-or-later
 * Band tables as CSV; see band_csv.h. */
#include "source/band_csv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/text.h"
#include "source/csv.h"
#include "source/missing.h"

typedef struct columns {
    ptrdiff_t band;
    ptrdiff_t wavelength;
    ptrdiff_t fwhm;
    ptrdiff_t good;
    ptrdiff_t reason;
    ptrdiff_t scale;
    ptrdiff_t offset;
    ptrdiff_t nodata;
    double nm_per_unit;
} columns;

static ptrdiff_t first_of(const tl_text_table *csv, const char *const *names, size_t n) {
    for (size_t k = 0; k < n; k++) {
        const ptrdiff_t column = tl_source_text_table_column(csv, names[k]);
        if (column >= 0) {
            return column;
        }
    }
    return -1;
}

/* A number of a cell; NaN when the column is missing or the cell is empty. */
static tl_code number_at(const tl_text_table *csv, ptrdiff_t row, ptrdiff_t column,
                         const char *what, double *value, tl_err *err) {
    *value = (double)NAN;
    const char *text = column < 0 ? "" : tl_source_text_table_at(csv, row, column);
    if (!tl_source_missing_text(text) && !tl_source_text_table_number(csv, row, column, value)) {
        return tl_fail(err, TL_DATA, "%s: '%.40s' in column '%s', row %td, is not a number", what,
                       text, csv->header[column], row + 1);
    }
    return TL_OK;
}

static tl_code find_columns(const tl_text_table *csv, const char *what, columns *c, tl_err *err) {
    static const char *const centres[] = {"wavelength_nm", "centre_nm", "center_nm",
                                          "wavelength",    "centre",    "center"};
    static const char *const widths[] = {"fwhm_nm", "fwhm", "width"};
    static const char *const flags[] = {"good", "bbl"};
    static const char *const scales[] = {"scale", "gain"};
    static const char *const offsets[] = {"offset", "bias"};
    *c = (columns){.band = tl_source_text_table_column(csv, "band"),
                   .wavelength = first_of(csv, centres, 6),
                   .fwhm = first_of(csv, widths, 3),
                   .good = first_of(csv, flags, 2),
                   .reason = tl_source_text_table_column(csv, "reason"),
                   .scale = first_of(csv, scales, 2),
                   .offset = first_of(csv, offsets, 2),
                   .nodata = tl_source_text_table_column(csv, "nodata"),
                   .nm_per_unit = 1.0};
    if (c->wavelength < 0 && c->good < 0 && c->scale < 0 && c->nodata < 0) {
        return tl_fail(
            err, TL_DATA,
            "%s has no column that describes bands; wanted columns such as band, wavelength, fwhm, "
            "good, scale",
            what);
    }
    const ptrdiff_t used[] = {c->band,  c->wavelength, c->fwhm,  c->good,
                              c->scale, c->offset,     c->nodata};
    for (size_t k = 0; k < sizeof used / sizeof used[0]; k++) {
        ptrdiff_t same = -1;
        TL_TRY(used[k] < 0
                   ? TL_OK
                   : tl_source_text_table_pick(csv, csv->header[used[k]], what, &same, err));
    }
    double largest = 0.0;
    for (ptrdiff_t i = 0; i < csv->nrow; i++) {
        double value = 0.0;
        TL_TRY(number_at(csv, i, c->wavelength, what, &value, err));
        largest = tl_max_double(value, largest);
    }
    c->nm_per_unit = largest < 100.0 ? 1000.0 : 1.0;
    return TL_OK;
}

static tl_code set_good(const tl_text_table *csv, ptrdiff_t row, const columns *c, const char *what,
                        tl_band *band, tl_err *err) {
    const char *text = c->good < 0 ? "" : tl_source_text_table_at(csv, row, c->good);
    double flag = 0.0;
    if (text[0] == '\0') {
        return TL_OK;
    }
    if (tl_same_word(text, "yes") || tl_same_word(text, "true")) {
        flag = 1.0;
    } else if (!tl_same_word(text, "no") && !tl_same_word(text, "false") &&
               !tl_parse_number(text, &flag)) {
        return tl_fail(err, TL_DATA, "%s: '%.40s' in column '%s', row %td; wanted 1 or 0", what,
                       text, csv->header[c->good], row + 1);
    }
    band->good = fabs(flag) > 0.0;
    const char *reason = c->reason < 0 ? "" : tl_source_text_table_at(csv, row, c->reason);
    (void)snprintf(band->reason, sizeof band->reason, "%.95s",
                   band->good       ? ""
                   : reason[0] != 0 ? reason
                                    : "band table of the user");
    return TL_OK;
}

static tl_code set_values(const tl_text_table *csv, ptrdiff_t row, const columns *c,
                          const char *what, tl_band *band, tl_err *err) {
    double scale = 0.0;
    double offset = 0.0;
    double nodata = 0.0;
    TL_TRY(number_at(csv, row, c->scale, what, &scale, err));
    TL_TRY(number_at(csv, row, c->offset, what, &offset, err));
    TL_TRY(number_at(csv, row, c->nodata, what, &nodata, err));
    band->scale = fabs(scale) > 0.0 ? scale : band->scale;
    band->offset = isfinite(offset) ? offset : band->offset;
    if (isfinite(nodata)) {
        band->has_nodata = 1;
        band->nodata = nodata;
    }
    return TL_OK;
}

static tl_code set_band(const tl_text_table *csv, ptrdiff_t row, const columns *c, const char *what,
                        tl_bands *bands, int *seen, tl_err *err) {
    double number = (double)(row + 1);
    double centre = 0.0;
    double width = 0.0;
    if (c->band >= 0) {
        TL_TRY(number_at(csv, row, c->band, what, &number, err));
    }
    if (!(number >= 1.0) || number > (double)bands->n || floor(number) < number) {
        return tl_fail(err, TL_DATA, "%s: row %td is for band %g, but the scene has %td bands",
                       what, row + 1, number, bands->n);
    }
    const ptrdiff_t at = (ptrdiff_t)number - 1;
    if (seen[at]) {
        return tl_fail(err, TL_DATA, "%s: band %td occurs twice", what, at + 1);
    }
    seen[at] = 1;
    tl_band *band = &bands->band[at];
    TL_TRY(number_at(csv, row, c->wavelength, what, &centre, err));
    TL_TRY(number_at(csv, row, c->fwhm, what, &width, err));
    if (centre > 0.0) {
        band->centre_nm = centre * c->nm_per_unit;
        band->fwhm_nm = (double)NAN;
        band->fwhm_assumed = 0;
        (void)snprintf(band->from, sizeof band->from, "band table of the user");
    }
    if (width > 0.0) {
        band->fwhm_nm = width * c->nm_per_unit;
        band->fwhm_assumed = 0;
    }
    TL_TRY(set_values(csv, row, c, what, band, err));
    return set_good(csv, row, c, what, band, err);
}

static tl_code apply(const tl_text_table *csv, const char *what, tl_bands *bands, tl_err *err) {
    columns c;
    TL_TRY(find_columns(csv, what, &c, err));
    int *seen = tl_acquire(bands->n, sizeof *seen);
    if (seen == NULL) {
        return tl_no_memory(err, "%s", what);
    }
    tl_code code = TL_OK;
    for (ptrdiff_t i = 0; i < csv->nrow && code == TL_OK; i++) {
        code = set_band(csv, i, &c, what, bands, seen, err);
    }
    tl_release(seen);
    return code == TL_OK ? tl_bands_complete(bands, err) : code;
}

tl_code tl_source_bands_from_texts(const tl_text_table *texts, const char *what, tl_bands *bands,
                                   tl_err *err) {
    tl_bands changed;
    TL_TRY(tl_bands_copy(&changed, bands, err));
    const tl_code code = apply(texts, what, &changed, err);
    if (code == TL_OK) {
        tl_band *old = bands->band;
        bands->band = changed.band;
        changed.band = old;
    }
    tl_bands_free(&changed);
    return code;
}

tl_code tl_source_bands_from_csv(const char *bytes, size_t length, const char *what,
                                 tl_bands *bands, tl_err *err) {
    tl_text_table texts;
    TL_TRY(tl_source_csv_parse(bytes, length, what, &texts, err));
    const tl_code code = tl_source_bands_from_texts(&texts, what, bands, err);
    tl_source_text_table_free(&texts);
    return code;
}
