/* SPDX-License-Identifier: GPL-2.0-or-later
 * Spectra in CSV tables; see spectra.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/bands.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/tables/spectra.h"
#include "io/tables/spectra_columns.h"
#include "io/tables/spectra_names.h"
#include "io/tables/text_tables.h"
#include "io/wavelength_unit.h"
#include "source/band_csv.h"
#include "source/id_column.h"
#include "source/missing.h"

enum { table_limit = 64 << 20 };

typedef struct layout {
    tl_wavelength_names names;
    ptrdiff_t id; /* -1: running numbers */
} layout;

static int is_number_column(const tl_text_table *csv, ptrdiff_t column) {
    double value = 0.0;
    for (ptrdiff_t i = 0; i < csv->nrow; i++) {
        const char *text = tl_source_text_table_at(csv, i, column);
        if (text[0] != '\0' && !tl_source_text_table_number(csv, i, column, &value)) {
            return 0;
        }
    }
    return 1;
}

static int is_wavelength(const layout *l, ptrdiff_t column) {
    for (ptrdiff_t j = 0; j < l->names.p; j++) {
        if (l->names.column[j] == column) {
            return 1;
        }
    }
    return 0;
}

/* 1 when the cells are whole numbers that increase from row to row, as numbers of samples do. */
static int counts_rows(const tl_text_table *csv, ptrdiff_t column) {
    double before = -1.0;
    for (ptrdiff_t i = 0; i < csv->nrow; i++) {
        double value = 0.0;
        if (!tl_parse_number(tl_source_text_table_at(csv, i, column), &value) ||
            !(value > before) || floor(value) < value) {
            return 0;
        }
        before = value;
    }
    return csv->nrow > 0;
}

/* A first column that counts the rows, else the first column of texts. */
static ptrdiff_t other_id(const tl_text_table *csv, const layout *l) {
    if (!is_wavelength(l, 0) && counts_rows(csv, 0)) {
        return 0;
    }
    for (ptrdiff_t j = 0; j < csv->ncol && j < 64; j++) {
        if (!is_wavelength(l, j) && !is_number_column(csv, j)) {
            return j;
        }
    }
    return -1;
}

/* A usual name, else other_id. The Chinese words mean number, sample number, number of the sampling point. */
static tl_code find_id(const tl_text_table *csv, const layout *l, const char *what,
                       ptrdiff_t *column, tl_err *err) {
    static const char *const names[] = {"id",       "sample_id", "sampleid", "spectrum_id",
                                        "name",     "sample",    "编号",     "样品编号",
                                        "样点编号", "row_name"};
    TL_TRY(tl_source_id_column(csv, what, column, err));
    for (size_t k = 0; k < sizeof names / sizeof names[0] && *column < 0; k++) {
        TL_TRY(tl_source_text_table_pick(csv, names[k], what, column, err));
    }
    *column = *column < 0 ? other_id(csv, l) : *column;
    return TL_OK;
}

/* Wavelengths in place of channel numbers, from a band table of as many rows. */
static tl_code wavelengths_of_table(const char *path, const char *what, tl_wavelength_names *names,
                                    tl_err *err) {
    char *bytes = NULL;
    size_t length = 0;
    tl_bands bands;
    TL_TRY(tl_io_read_bytes(path, "band table", table_limit, &bytes, &length, err));
    tl_code code = tl_bands_init(&bands, names->p, err);
    if (code == TL_OK) {
        char table[512];
        (void)snprintf(table, sizeof table, "band table '%.400s'", path);
        code = tl_source_bands_from_csv(bytes, length, table, &bands, err);
    }
    if (code == TL_OK && !tl_bands_have_wavelengths(&bands)) {
        code = tl_fail(err, TL_DATA,
                       "band table '%.400s' has no wavelength for some channels of %s", path, what);
    }
    for (ptrdiff_t j = 0; j < names->p && code == TL_OK; j++) {
        names->value[j] = bands.band[j].centre_nm;
    }
    names->unit = TL_UNIT_NM;
    tl_bands_free(&bands);
    tl_release(bytes);
    return code;
}

static tl_code check_names(const tl_text_table *csv, const char *what, const char *band_table,
                           tl_wavelength_names *names, tl_err *err) {
    if (names->p < 2) {
        return tl_fail(err, TL_DATA,
                       "%s: %td of the %td column names %s a wavelength; wanted a column per "
                       "wavelength, named by its nanometres (350, 351, ...), or a first column "
                       "named 'wavelength'",
                       what, names->p, csv->ncol, names->p == 1 ? "is" : "are");
    }
    if (!names->channels) {
        return TL_OK;
    }
    if (band_table != NULL && tl_io_exists(band_table)) {
        return wavelengths_of_table(band_table, what, names, err);
    }
    return tl_fail(err, TL_DATA,
                   "%s: the columns '%.40s' to '%.40s' are numbered by channels, which are no "
                   "wavelengths; name the columns by their wavelengths in nm, or give a band table "
                   "'%.200s' with a row and a wavelength for each of the %td channels",
                   what, csv->header[names->column[0]], csv->header[names->column[names->p - 1]],
                   band_table == NULL ? "NAME.bands.csv" : band_table, names->p);
}

static tl_code name_ids(const tl_text_table *csv, const char *what, const tl_progress *progress,
                        layout *l, tl_err *err) {
    TL_TRY(find_id(csv, l, what, &l->id, err));
    if (l->id < 0) {
        tl_progress_log(progress, TL_WARNING,
                        "%s has no column of ids (id, sample_id, name, or texts), so its rows are "
                        "numbered 1 to %td",
                        what, csv->nrow);
    } else if (!tl_same_word(csv->header[l->id], "id")) {
        tl_progress_log(progress, TL_INFO, "%s: ids are those of the column '%.80s'", what,
                        csv->header[l->id]);
    }
    return TL_OK;
}

tl_code tl_io_tables_spectra_unit(const double *value, ptrdiff_t n, const char *what,
                                  tl_wavelength_unit *unit, tl_err *err) {
    double low = value[0];
    double high = 0.0;
    int falls = n > 1 && value[0] > 2600.0;
    for (ptrdiff_t j = 0; j < n; j++) {
        low = fmin(low, value[j]);
        high = fmax(high, value[j]);
        falls = falls && (j == 0 || value[j] < value[j - 1]);
    }
    /* Infrared instruments write wavenumbers, mostly from high to low; instruments with wavelengths
     * in nm end below 2600, a few at 2800. Numbers that rise from above 6000 are thermal infrared in
     * nm. */
    if (*unit == TL_UNIT_UNKNOWN && (falls || (high > 2900.0 && low < 6000.0))) {
        *unit = TL_UNIT_PER_CM;
        return tl_assume(
            err, TL_WARNING,
            "%s: the wavelengths run from %g to %g, so they are read as wavenumbers in "
            "cm-1, which is %.0f to %.0f nm; add the unit to their names (%gnm) if "
            "that is wrong",
            what, value[0], value[n - 1], tl_io_wavelength_nm(value[0], TL_UNIT_PER_CM),
            tl_io_wavelength_nm(value[n - 1], TL_UNIT_PER_CM), value[0]);
    }
    return tl_io_settle_wavelengths(value, n, what, unit, err);
}

void tl_io_tables_spectra_value(const tl_text_table *texts, ptrdiff_t row, ptrdiff_t column,
                                ptrdiff_t *n_texts, double *value) {
    *value = (double)NAN;
    if (!tl_source_text_table_number(texts, row, column, value)) {
        *n_texts += !tl_source_missing_text(tl_source_text_table_at(texts, row, column));
    }
}

static tl_code fill_rows(const tl_text_table *csv, const layout *l, ptrdiff_t *n_texts,
                         tl_spectra *s, tl_err *err) {
    for (ptrdiff_t i = 0; i < s->n; i++) {
        char running[32];
        (void)snprintf(running, sizeof running, "%td", i + 1);
        const char *id = l->id < 0 ? "" : tl_source_text_table_at(csv, i, l->id);
        TL_TRY(tl_source_spectra_set_id(s, i, id[0] == '\0' ? running : id, err));
        double *row = tl_matrix_row(&s->values, i);
        for (ptrdiff_t j = 0; j < s->p; j++) {
            tl_io_tables_spectra_value(csv, i, l->names.column[j], n_texts, &row[j]);
        }
    }
    return TL_OK;
}

static tl_code from_rows(const tl_text_table *csv, layout *l, const char *what,
                         const char *band_table, const tl_progress *progress, ptrdiff_t *n_texts,
                         tl_spectra *s, tl_err *err) {
    TL_TRY(check_names(csv, what, band_table, &l->names, err));
    TL_TRY(name_ids(csv, what, progress, l, err));
    if (csv->nrow == 0) {
        return tl_fail(err, TL_DATA, "%s has a header but no spectra", what);
    }
    tl_wavelength_unit unit = l->names.unit;
    TL_TRY(tl_io_tables_spectra_unit(l->names.value, l->names.p, what, &unit, err));
    TL_TRY(tl_source_spectra_init(s, csv->nrow, l->names.p, err));
    for (ptrdiff_t j = 0; j < s->p; j++) {
        s->wavelength_nm[j] = tl_io_wavelength_nm(l->names.value[j], unit);
    }
    return fill_rows(csv, l, n_texts, s, err);
}

/* Which shape the table has, and the spectra in it. */
static tl_code from_shape(const tl_text_table *texts, const char *what, const char *band_table,
                          const tl_progress *progress, ptrdiff_t *n_texts,
                          tl_spectra_reading *reading, tl_spectra *s, tl_err *err) {
    layout l = {.id = -1};
    tl_spectra_columns columns;
    TL_TRY(tl_io_tables_find_columns(texts, 1, what, &columns, err));
    tl_code code = TL_OK;
    if (!columns.found) {
        code = tl_io_tables_find_wavelengths(texts->header, texts->ncol, what, &l.names, err);
        if (code == TL_OK && (l.names.p < 2 || l.names.channels)) {
            tl_io_tables_free_columns(&columns);
            code = tl_io_tables_find_columns(texts, 0, what, &columns, err);
        }
    }
    if (code == TL_OK && columns.found) {
        reading->is_column = 1;
        reading->values = columns.values;
        code = tl_io_tables_spectra_from_columns(texts, &columns, what, n_texts, s, err);
    } else if (code == TL_OK) {
        reading->values = l.names.values;
        code = from_rows(texts, &l, what, band_table, progress, n_texts, s, err);
    }
    tl_io_tables_free_columns(&columns);
    tl_io_tables_free_wavelengths(&l.names);
    return code;
}

tl_code tl_io_tables_spectra_from_texts(const tl_text_table *texts, const char *what,
                                        const char *band_table, const tl_progress *progress,
                                        tl_spectra_reading *reading, tl_spectra *spectra,
                                        tl_err *err) {
    *spectra = (tl_spectra){0};
    *reading = (tl_spectra_reading){0};
    ptrdiff_t n_texts = 0;
    tl_code code = from_shape(texts, what, band_table, progress, &n_texts, reading, spectra, err);
    if (code == TL_OK) {
        code = tl_io_tables_spectra_sort(spectra, what, err);
    }
    if (code == TL_OK && n_texts > 0) {
        tl_progress_log(progress, TL_WARNING,
                        "%s: %td values are not numbers and count as "
                        "missing",
                        what, n_texts);
    }
    if (code != TL_OK) {
        tl_source_spectra_free(spectra);
    }
    return code;
}

tl_code tl_io_tables_spectra_from_csv(const char *bytes, size_t length, const char *what,
                                      const tl_progress *progress, tl_spectra *spectra,
                                      tl_err *err) {
    tl_text_table texts;
    *spectra = (tl_spectra){0};
    TL_TRY(tl_io_tables_texts_of_bytes(bytes, length, what, &texts, err));
    tl_spectra_reading reading;
    const tl_code code =
        tl_io_tables_spectra_from_texts(&texts, what, NULL, progress, &reading, spectra, err);
    tl_source_text_table_free(&texts);
    return code;
}
