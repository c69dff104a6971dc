/* SPDX-License-Identifier: GPL-2.0-or-later
 * Files of spectra: which form they have, and writing them; see source/store.h. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/tables/spectra.h"
#include "io/tables/text_tables.h"
#include "source/csv.h"
#include "spectra/units.h"

enum { path_capacity = 4096, table_limit = 1 << 30, header_limit = 64 << 20 };

/* The header and the data file of an ENVI spectral library that path may name either of. */
static int library_paths(const char *path, char *header, char *data) {
    char candidate[path_capacity];
    if (tl_io_has_extension(path, "hdr")) {
        static const char *const data_extensions[] = {"sli", "lib", "slb", "dat", "img"};
        (void)snprintf(header, path_capacity, "%s", path);
        (void)snprintf(data, path_capacity, "%.*s", (int)(strlen(path) - 4), path);
        for (size_t k = 0; k < 5 && !tl_io_exists(data); k++) {
            tl_io_replace_extension(path, data_extensions[k], data);
        }
        return tl_io_exists(data);
    }
    (void)snprintf(data, path_capacity, "%s", path);
    tl_io_replace_extension(path, "hdr", header);
    if (!tl_io_exists(header)) {
        (void)snprintf(candidate, sizeof candidate, "%.4000s.hdr", path);
        (void)snprintf(header, path_capacity, "%s", candidate);
    }
    return tl_io_exists(header);
}

/* Reads path as a library; *is_library stays 0 when it is not one. */
static tl_code try_library(const char *path, const char *parameter, const char *what,
                           int *is_library, tl_spectra *spectra, tl_err *err) {
    char header[path_capacity];
    char data[path_capacity];
    char *header_bytes = NULL;
    size_t header_length = 0;
    *is_library = 0;
    if (tl_io_has_extension(path, "csv,txt,tsv") || !library_paths(path, header, data) ||
        tl_io_read_bytes(header, parameter, header_limit, &header_bytes, &header_length, NULL) !=
            TL_OK) {
        return TL_OK;
    }
    tl_code code = TL_OK;
    if (tl_io_tables_spectra_is_library(header_bytes, header_length)) {
        *is_library = 1;
        char *bytes = NULL;
        size_t length = 0;
        code = tl_io_read_bytes(data, parameter, table_limit, &bytes, &length, err);
        if (code == TL_OK) {
            code = tl_io_tables_spectra_from_library(header_bytes, header_length, bytes, length,
                                                     what, spectra, err);
        }
        tl_release(bytes);
    }
    tl_release(header_bytes);
    return code;
}

tl_code tl_io_tables_read_any_spectra(const char *path, const char *parameter,
                                      const tl_progress *progress, tl_value_unit *values,
                                      tl_spectra *spectra, tl_err *err) {
    *spectra = (tl_spectra){0};
    *values = TL_VALUES_UNKNOWN;
    char what[512];
    (void)snprintf(what, sizeof what, "%s '%.400s'", parameter, path);
    int is_library = 0;
    tl_code code = try_library(path, parameter, what, &is_library, spectra, err);
    if (is_library || code != TL_OK) {
        return code;
    }
    char band_table[path_capacity];
    tl_text_table texts;
    tl_spectra_reading reading;
    (void)snprintf(band_table, sizeof band_table, "%.4000s.bands.csv", path);
    TL_TRY(tl_io_tables_read_texts(path, parameter, &texts, err));
    code =
        tl_io_tables_spectra_from_texts(&texts, what, band_table, progress, &reading, spectra, err);
    tl_source_text_table_free(&texts);
    *values = reading.values;
    return code;
}

/* Decides the unit of all spectra of a table together. */
static tl_code find_unit(const tl_spectra *s, tl_series_unit *unit, tl_err *err) {
    tl_spectrum_level *level = tl_acquire(s->n, sizeof *level);
    tl_code code = level == NULL ? tl_no_memory(err, "%td spectra", s->n) : TL_OK;
    for (ptrdiff_t i = 0; i < s->n && code == TL_OK; i++) {
        code =
            tl_spectra_level(tl_matrix_row(&s->values, i), s->wavelength_nm, s->p, &level[i], err);
    }
    if (code == TL_OK) {
        tl_spectra_series_unit(level, s->n, unit);
    }
    tl_release(level);
    return code;
}

/* Percent and scaled integers are reported, never guessed, because nobody would notice a wrong
 * guess. */
static tl_code check_unit(const tl_spectra *s, const char *path, const char *parameter,
                          tl_err *err) {
    tl_series_unit u;
    TL_TRY(find_unit(s, &u, err));
    if (u.unit == TL_VALUES_PERCENT || u.unit == TL_VALUES_PER_10000 || u.median > 12000.0) {
        return tl_fail(err, TL_DATA,
                       "%s '%.400s': the median value of '%.60s' is %g, which is not reflectance "
                       "from 0 to 1 but may be %s; 'tilth importspectra'%s converts it to a table "
                       "that fits",
                       parameter, path, s->id[u.median_at], u.median, tl_spectra_unit_words(u.unit),
                       u.unit == TL_VALUES_PERCENT     ? " with unit percent"
                       : u.unit == TL_VALUES_PER_10000 ? " with unit per10000"
                                                       : " with the unit");
    }
    if (u.unit == TL_VALUES_FRACTION && !u.doubtful) {
        return TL_OK;
    }
    return tl_assume(
        err, TL_WARNING,
        "%s '%.400s': the values (median of '%.60s': %g) %s absorbance, and are used as "
        "if they were reflectance from 0 to 1; 'tilth importspectra' with unit "
        "absorbance converts them",
        parameter, path, s->n > 0 ? s->id[u.median_at] : "", u.median,
        u.unit == TL_VALUES_ABSORBANCE ? "look like" : "may be");
}

tl_code tl_io_tables_read_spectra(const char *path, const char *parameter,
                                  const tl_progress *progress, tl_spectra *spectra, tl_err *err) {
    tl_value_unit values = TL_VALUES_UNKNOWN;
    TL_TRY(tl_io_tables_read_any_spectra(path, parameter, progress, &values, spectra, err));
    const tl_code code = check_unit(spectra, path, parameter, err);
    if (code != TL_OK) {
        tl_source_spectra_free(spectra);
    }
    return code;
}

/* Text cells that begin like a formula get an apostrophe in front, which spreadsheets hide and the
 * reader of CSV removes. */
static void add_quoted(tl_text *text, const char *value) {
    double number;
    const int formula = tl_source_csv_is_formula(value) && !tl_parse_number(value, &number);
    if (strpbrk(value, ",;\t\"\r\n") == NULL && value[0] != ' ' && !formula) {
        tl_text_add(text, value);
        return;
    }
    tl_text_add(text, formula ? "\"'" : "\"");
    for (const char *c = value; *c != '\0'; c++) {
        const char one[2] = {*c, '\0'};
        tl_text_add(text, *c == '"' ? "\"\"" : one);
    }
    tl_text_add(text, "\"");
}

static tl_code write_text(tl_text *text, const char *path, const char *parameter, tl_err *err) {
    const tl_code code = text->failed ? tl_no_memory(err, "a table")
                                      : tl_io_write_bytes(path, parameter, tl_text_data(text),
                                                          (size_t)text->length, err);
    tl_text_free(text);
    return code;
}

tl_code tl_io_tables_write_spectra(const char *path, const char *parameter, const tl_spectra *s,
                                   tl_err *err) {
    tl_text text = {0};
    tl_text_add(&text, "id");
    for (ptrdiff_t j = 0; j < s->p; j++) {
        tl_text_add(&text, ",");
        tl_text_add_number(&text, s->wavelength_nm[j]);
    }
    tl_text_add(&text, "\n");
    for (ptrdiff_t i = 0; i < s->n; i++) {
        add_quoted(&text, s->id[i]);
        for (ptrdiff_t j = 0; j < s->p; j++) {
            tl_text_add(&text, ",");
            tl_text_add_number(&text, tl_matrix_row(&s->values, i)[j]);
        }
        tl_text_add(&text, "\n");
    }
    return write_text(&text, path, parameter, err);
}

tl_code tl_io_tables_write_table(const char *path, const char *parameter, const tl_table *t,
                                 tl_err *err) {
    tl_text text = {0};
    for (ptrdiff_t j = 0; j < t->ncol; j++) {
        tl_text_add(&text, j == 0 ? "" : ",");
        add_quoted(&text, t->column[j].name);
    }
    tl_text_add(&text, "\n");
    for (ptrdiff_t i = 0; i < t->nrow; i++) {
        for (ptrdiff_t j = 0; j < t->ncol; j++) {
            const ptrdiff_t at = i * t->ncol + j;
            tl_text_add(&text, j == 0 ? "" : ",");
            if (t->column[j].kind == TL_COLUMN_TEXT) {
                add_quoted(&text, t->text[at] == NULL ? "" : t->text[at]);
            } else {
                tl_text_add_number(&text, t->number[at]);
            }
        }
        tl_text_add(&text, "\n");
    }
    return write_text(&text, path, parameter, err);
}
