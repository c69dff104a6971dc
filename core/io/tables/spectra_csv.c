/* SPDX-License-Identifier: GPL-2.0-or-later
 * Spectra in CSV tables; see spectra.h. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/tables/spectra.h"
#include "io/tables/text_tables.h"
#include "io/wavelength_unit.h"
#include "source/missing.h"

/* The wavelength that a column name means: a number, after one of a few usual prefixes and before a
 * unit. Returns 1 when the name is one. */
static int wavelength_of(const char *header, double *value, tl_wavelength_unit *unit) {
    static const char *const prefixes[] = {"wavelength_", "wl_", "wl", "nm_", "r_",
                                           "x",           "r",   "w",  ""};
    *unit = TL_UNIT_UNKNOWN;
    for (size_t k = 0; k < sizeof prefixes / sizeof prefixes[0]; k++) {
        const size_t n = strlen(prefixes[k]);
        size_t same = 0;
        while (same < n && tolower((unsigned char)header[same]) == prefixes[k][same]) {
            same++;
        }
        if (same < n || !isdigit((unsigned char)header[n])) {
            continue;
        }
        const size_t digits = strspn(header + n, "0123456789.");
        char number[40];
        (void)snprintf(number, sizeof number, "%.*s", (int)(digits < 39 ? digits : 39), header + n);
        const char *rest = header + n + digits;
        rest += strspn(rest, " _");
        *unit = tl_io_wavelength_unit_of(rest);
        const int ends_well = *rest == '\0' || *unit != TL_UNIT_UNKNOWN;
        if (ends_well && tl_parse_number(number, value) && *value > 0.0) {
            return 1;
        }
    }
    return 0;
}

typedef struct layout {
    ptrdiff_t *column; /* [p] columns that are wavelengths */
    double *value;     /* [p] as written */
    ptrdiff_t p;
    tl_wavelength_unit unit;
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
    for (ptrdiff_t j = 0; j < l->p; j++) {
        if (l->column[j] == column) {
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
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        TL_TRY(tl_source_text_table_pick(csv, names[k], what, column, err));
        if (*column >= 0) {
            return TL_OK;
        }
    }
    *column = other_id(csv, l);
    return TL_OK;
}

static tl_code find_layout(const tl_text_table *csv, const char *what, const tl_progress *progress,
                           layout *l, tl_err *err) {
    *l = (layout){.column = tl_acquire(csv->ncol, sizeof *l->column),
                  .value = tl_acquire(csv->ncol, sizeof *l->value)};
    if (l->column == NULL || l->value == NULL) {
        return tl_no_memory(err, "the columns of %s", what);
    }
    for (ptrdiff_t j = 0; j < csv->ncol; j++) {
        tl_wavelength_unit unit = TL_UNIT_UNKNOWN;
        if (wavelength_of(csv->header[j], &l->value[l->p], &unit)) {
            l->column[l->p++] = j;
            l->unit = unit != TL_UNIT_UNKNOWN ? unit : l->unit;
        }
    }
    if (l->p < 2) {
        return tl_fail(err, TL_DATA,
                       "%s: %td of the %td column names %s a wavelength; wanted a column per "
                       "wavelength, named by its nanometres (350, 351, ...)",
                       what, l->p, csv->ncol, l->p == 1 ? "is" : "are");
    }
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

/* One unit for all: micrometres when every value is below 100. Infrared instruments write
 * wavenumbers, from high to low; no soil spectrum in nm starts above 2600. */
static void set_wavelengths(const double *value, tl_wavelength_unit unit, const char *what,
                            const tl_progress *progress, tl_spectra *s) {
    double largest = 0.0;
    int falls = s->p > 1 && value[0] > 2600.0;
    for (ptrdiff_t j = 0; j < s->p; j++) {
        largest = fmax(largest, value[j]);
        falls = falls && (j == 0 || value[j] < value[j - 1]);
    }
    const int is_wavenumber = unit == TL_UNIT_UNKNOWN && falls;
    const tl_wavelength_unit use = unit != TL_UNIT_UNKNOWN ? unit
                                   : is_wavenumber         ? TL_UNIT_PER_CM
                                   : largest < 100.0       ? TL_UNIT_UM
                                                           : TL_UNIT_NM;
    if (is_wavenumber) {
        tl_progress_log(progress, TL_WARNING,
                        "%s: the columns decrease from %g to %g, so they are read as wavenumbers "
                        "in cm-1, which is %.0f to %.0f nm",
                        what, value[0], value[s->p - 1],
                        tl_io_wavelength_nm(value[0], TL_UNIT_PER_CM),
                        tl_io_wavelength_nm(value[s->p - 1], TL_UNIT_PER_CM));
    }
    for (ptrdiff_t j = 0; j < s->p; j++) {
        s->wavelength_nm[j] = tl_io_wavelength_nm(value[j], use);
    }
}

/* One value; cells that are not numbers are counted. */
static void take_value(const tl_text_table *texts, ptrdiff_t row, ptrdiff_t column,
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
            take_value(csv, i, l->column[j], n_texts, &row[j]);
        }
    }
    return TL_OK;
}

static tl_code from_rows(const tl_text_table *csv, const char *what, const tl_progress *progress,
                         ptrdiff_t *n_texts, tl_spectra *s, tl_err *err) {
    layout l;
    tl_code code = find_layout(csv, what, progress, &l, err);
    if (code == TL_OK && csv->nrow == 0) {
        code = tl_fail(err, TL_DATA, "%s has a header but no spectra", what);
    }
    if (code == TL_OK) {
        code = tl_source_spectra_init(s, csv->nrow, l.p, err);
    }
    if (code == TL_OK) {
        set_wavelengths(l.value, l.unit, what, progress, s);
        code = fill_rows(csv, &l, n_texts, s, err);
    }
    tl_release(l.column);
    tl_release(l.value);
    return code;
}

/* --- one wavelength per row --- */

static int is_transposed(const tl_text_table *csv) {
    char start[11];
    (void)snprintf(start, sizeof start, "%.10s", csv->header[0]);
    double value = 0.0;
    return csv->ncol >= 2 && csv->nrow >= 2 && tl_same_word(start, "wavelength") &&
           tl_source_text_table_number(csv, 0, 0, &value) && is_number_column(csv, 0);
}

static tl_code from_columns(const tl_text_table *csv, const char *what, const tl_progress *progress,
                            ptrdiff_t *n_texts, tl_spectra *s, tl_err *err) {
    TL_TRY(tl_source_spectra_init(s, csv->ncol - 1, csv->nrow, err));
    double *value = tl_acquire(s->p, sizeof *value);
    tl_code code = value == NULL ? tl_no_memory(err, "%s", what) : TL_OK;
    for (ptrdiff_t j = 0; j < s->p && code == TL_OK; j++) {
        (void)tl_source_text_table_number(csv, j, 0, &value[j]);
        for (ptrdiff_t i = 0; i < s->n; i++) {
            take_value(csv, j, i + 1, n_texts, &tl_matrix_row(&s->values, i)[j]);
        }
    }
    for (ptrdiff_t i = 0; i < s->n && code == TL_OK; i++) {
        code = tl_source_spectra_set_id(s, i, csv->header[i + 1], err);
    }
    if (code == TL_OK) {
        /* The unit may be part of the header: "wavelength_nm". */
        const char *unit = csv->header[0] + strlen("wavelength");
        unit += strspn(unit, "s _([");
        char word[24];
        (void)snprintf(word, sizeof word, "%.*s", (int)strcspn(unit, ")]"), unit);
        set_wavelengths(value, tl_io_wavelength_unit_of(word), what, progress, s);
    }
    tl_release(value);
    return code;
}

tl_code tl_io_tables_spectra_from_texts(const tl_text_table *texts, const char *what,
                                        const tl_progress *progress, tl_spectra *spectra,
                                        tl_err *err) {
    *spectra = (tl_spectra){0};
    ptrdiff_t n_texts = 0;
    tl_code code = is_transposed(texts)
                       ? from_columns(texts, what, progress, &n_texts, spectra, err)
                       : from_rows(texts, what, progress, &n_texts, spectra, err);
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
    const tl_code code = tl_io_tables_spectra_from_texts(&texts, what, progress, spectra, err);
    tl_source_text_table_free(&texts);
    return code;
}
