/* SPDX-License-Identifier: GPL-2.0-or-later
 * Spectra as instruments and their programs write them; see source/store.h and spectra.h. */
#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "io/bytes.h"
#include "io/tables/asd_file.h"
#include "io/tables/instrument_text.h"
#include "io/tables/spectra.h"
#include "io/tables/spectra_names.h"
#include "io/tables/text_tables.h"
#include "io/text_encoding.h"

enum { file_limit = 1 << 30, header_lines = 100, path_capacity = 4096 };

/* A piece of the text. */
typedef struct span {
    const char *from;
    const char *to;
} span;

static int ends_line(char c) {
    return c == '\n' || c == '\r';
}

/* The next line that is not empty; empty at the end of the text. */
static span next_line(const char *at, const char *end) {
    while (at < end && (ends_line(*at) || *at == ' ')) {
        at++;
    }
    span line = {at, at};
    while (line.to < end && !ends_line(*line.to)) {
        line.to++;
    }
    return line;
}

/* The next cell of a line; a space as delimiter means any number of spaces. Returns where to
 * continue, or NULL after the last cell. */
static const char *next_cell(span line, char delimiter, span *cell) {
    const char *at = line.from;
    while (at < line.to && *at == ' ') {
        at++;
    }
    cell->from = at;
    int quoted = 0;
    while (at < line.to && (quoted || *at != delimiter)) {
        quoted = *at == '"' ? !quoted : quoted;
        at++;
    }
    cell->to = at;
    while (cell->to > cell->from && cell->to[-1] == ' ') {
        cell->to--;
    }
    while (delimiter == ' ' && at < line.to && *at == ' ') {
        at++;
    }
    if (at >= line.to) {
        return NULL;
    }
    return delimiter == ' ' ? at : at + 1;
}

/* 1: a number with a point or without; 2: with a comma; 0: neither. */
static int number_kind(span cell) {
    char text[48];
    const size_t n = (size_t)(cell.to - cell.from);
    if (n == 0 || n >= sizeof text) {
        return 0;
    }
    memcpy(text, cell.from, n);
    text[n] = '\0';
    double value = 0.0;
    if (tl_parse_number(text, &value)) {
        return 1;
    }
    char *comma = strchr(text, ',');
    if (comma == NULL) {
        return 0;
    }
    *comma = '.';
    return tl_parse_number(text, &value) ? 2 : 0;
}

static ptrdiff_t count_cells(span line, char delimiter, ptrdiff_t *n_numbers) {
    ptrdiff_t n = 0;
    *n_numbers = 0;
    for (const char *at = line.from; at != NULL && line.from < line.to; n++) {
        span cell;
        at = next_cell((span){at, line.to}, delimiter, &cell);
        *n_numbers += number_kind(cell) != 0;
    }
    return n;
}

/* Decided by the first line of values, because elsewhere a decimal comma looks like a delimiter. */
static char find_delimiter(span header, span first) {
    const size_t n = (size_t)(first.to - first.from);
    if (memchr(first.from, '\t', n) != NULL) {
        return '\t';
    }
    if (memchr(first.from, ';', n) != NULL) {
        return ';';
    }
    ptrdiff_t n_numbers = 0;
    ptrdiff_t ignored = 0;
    const ptrdiff_t cells = count_cells(first, ' ', &n_numbers);
    const int blanks = cells >= 2 && n_numbers >= cells - 1 &&
                       (count_cells(header, ' ', &ignored) == cells || n_numbers == cells);
    return blanks ? ' ' : ',';
}

/* 1 when the line begins with the word of a column of wavelengths and with a delimiter or space behind
 * it. */
static int names_wavelengths(span line) {
    char cell[64];
    line.from += line.from < line.to && *line.from == '"';
    size_t n = 0;
    while (line.from + n < line.to && n + 1 < sizeof cell &&
           strchr("\t;,\"", line.from[n]) == NULL) {
        cell[n] = line.from[n];
        n++;
    }
    cell[n] = '\0';
    tl_wavelength_unit unit = TL_UNIT_UNKNOWN;
    if (tl_io_tables_is_wavelength_word(cell, &unit)) {
        return 1;
    }
    cell[strcspn(cell, " ")] = '\0';
    return tl_io_tables_is_wavelength_word(cell, &unit);
}

/* The number of cells of a line of numbers only; 0 for any other line. */
static ptrdiff_t all_numbers(span line) {
    ptrdiff_t numbers = 0;
    const ptrdiff_t cells =
        line.from < line.to ? count_cells(line, find_delimiter(line, line), &numbers) : 0;
    return cells >= 2 && cells == numbers ? cells : 0;
}

static int begins_with_number(span line) {
    return line.from < line.to && isdigit((unsigned char)*line.from);
}

/* 1 when the line above the names of columns names the spectra: as many cells, more than two. */
static int is_row_of_names(span above, span line, span below) {
    ptrdiff_t numbers = 0;
    if (above.from >= above.to || below.from >= below.to) {
        return 0;
    }
    const char delimiter = find_delimiter(line, below);
    const ptrdiff_t cells = count_cells(line, delimiter, &numbers);
    return delimiter != ' ' && cells > 2 && count_cells(above, delimiter, &numbers) == cells;
}

/* The line of column names: the first one that begins with the word for a wavelength and has numbers
 * below it; else the one above the first lines of numbers, if it has as many cells; else the first
 * one. *headless is 1 when the line is one of numbers. */
static span find_header(const char *bytes, const char *end, int *headless) {
    const span first = next_line(bytes, end);
    span line = first;
    span before = {first.from, first.from};
    *headless = 0;
    for (int k = 0; k < header_lines && line.from < line.to; k++) {
        const span below = next_line(line.to, end);
        if (names_wavelengths(line) &&
            (begins_with_number(below) || begins_with_number(next_line(below.to, end)))) {
            return is_row_of_names(before, line, below) ? before : line;
        }
        before = line;
        line = below;
    }
    before = (span){first.from, first.from};
    line = first;
    for (int k = 0; k < header_lines && line.from < line.to; k++) {
        const span below = next_line(line.to, end);
        const ptrdiff_t cells = all_numbers(line);
        const ptrdiff_t more = below.from < below.to ? all_numbers(below) : cells;
        if (cells > 0 && more == cells) {
            ptrdiff_t numbers = 0;
            const int named =
                k > 0 && count_cells(before, find_delimiter(before, line), &numbers) == cells;
            const int whole =
                k > 1 && count_cells(first, find_delimiter(first, line), &numbers) == cells;
            *headless = !named && !whole;
            return whole ? first : named ? before : line;
        }
        before = line;
        line = below;
    }
    return first;
}

/* Copies a line with tabs between its cells. */
static char *copy_with_tabs(span line, char *out) {
    const char *at = line.from;
    while (at != NULL) {
        span cell;
        at = next_cell((span){at, line.to}, ' ', &cell);
        memcpy(out, cell.from, (size_t)(cell.to - cell.from));
        out += cell.to - cell.from;
        *out++ = at != NULL ? '\t' : '\n';
    }
    return out;
}

static char *write_header(ptrdiff_t columns, char delimiter, char *out) {
    out += sprintf(out, "wavelength");
    for (ptrdiff_t j = 1; j < columns; j++) {
        out += columns == 2 ? sprintf(out, "%cspectrum", delimiter)
                            : sprintf(out, "%cspectrum_%td", delimiter, j);
    }
    *out++ = '\n';
    return out;
}

tl_code tl_io_tables_spectra_export(const char *bytes, size_t length, char **table,
                                    size_t *table_length, char *delimiter, tl_err *err) {
    const char *end = bytes + length;
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
    }
    int headless = 0;
    span line = find_header(bytes, end, &headless);
    const span second = headless ? line : next_line(line.to, end);
    *delimiter = find_delimiter(line, second);
    const ptrdiff_t columns = headless ? all_numbers(line) : 0;
    /* The rest, a line end more for the last line, and the header that may be missing. */
    const size_t size = (size_t)(end - line.from) + 40 + 32 * (size_t)columns;
    char *out = size > (size_t)PTRDIFF_MAX ? NULL : tl_acquire((ptrdiff_t)size, 1);
    *table = out;
    if (out == NULL) {
        return tl_no_memory(err, "a text of %.0f bytes", (double)length);
    }
    const char between = *delimiter == ' ' ? '\t' : *delimiter;
    out += between == ',' ? 0 : sprintf(out, "sep=%c\n", between);
    out = headless ? write_header(columns, between, out) : out;
    if (*delimiter != ' ') {
        memcpy(out, line.from, (size_t)(end - line.from));
        out += end - line.from;
    }
    while (*delimiter == ' ' && line.from < line.to) {
        out = copy_with_tabs(line, out);
        line = next_line(line.to, end);
    }
    *table_length = (size_t)(out - *table);
    return TL_OK;
}

static const char *delimiter_name(char delimiter) {
    return delimiter == '\t'  ? "tabs"
           : delimiter == ';' ? "semicolons"
           : delimiter == ' ' ? "blanks"
                              : "commas";
}

/* 1 when a column has decimal commas. */
static int has_commas(const tl_text_table *t) {
    for (ptrdiff_t j = 0; j < t->ncol; j++) {
        if (t->style[j] == TL_NUMBER_COMMA) {
            return 1;
        }
    }
    return 0;
}

static tl_code read_text(const char *bytes, size_t length, const char *path, const char *what,
                         const tl_progress *progress, tl_measured *about, tl_spectra *spectra,
                         tl_err *err) {
    char *table = NULL;
    size_t table_length = 0;
    char delimiter = ',';
    char band_table[path_capacity];
    tl_text_table texts;
    tl_spectra_reading reading;
    TL_TRY(tl_io_tables_spectra_export(bytes, length, &table, &table_length, &delimiter, err));
    tl_code code = tl_io_tables_texts_of_bytes(table, table_length, what, &texts, err);
    tl_release(table);
    TL_TRY(code);
    (void)snprintf(about->form, sizeof about->form,
                   "a text with %s between its values and decimal %s", delimiter_name(delimiter),
                   has_commas(&texts) ? "commas" : "points");
    (void)snprintf(band_table, sizeof band_table, "%.4000s.bands.csv", path);
    code =
        tl_io_tables_spectra_from_texts(&texts, what, band_table, progress, &reading, spectra, err);
    tl_source_text_table_free(&texts);
    TL_TRY(code);
    about->unit = reading.values;
    about->by_name = reading.values != TL_VALUES_UNKNOWN;
    if (reading.is_column && spectra->n == 1) {
        code = tl_source_spectra_set_id(spectra, 0, "", err);
    }
    if (code != TL_OK) {
        tl_source_spectra_free(spectra);
    }
    return code;
}

/* A text of an instrument, or a table. */
static tl_code read_any_text(const char *bytes, size_t length, const char *path, const char *what,
                             const tl_progress *progress, tl_measured *about, tl_spectra *spectra,
                             tl_err *err) {
    char *utf8 = NULL;
    TL_TRY(tl_io_to_utf8(bytes, length, what, &utf8, &length, err));
    bytes = utf8 == NULL ? bytes : utf8;
    const int is_instrument = tl_io_has_extension(path, "sed,sig") ||
                              tl_io_tables_instrument_form(bytes, length) != TL_INSTRUMENT_NONE;
    tl_code code = is_instrument
                       ? tl_io_tables_instrument_parse(bytes, length, what, about, spectra, err)
                       : read_text(bytes, length, path, what, progress, about, spectra, err);
    tl_release(utf8);
    if (code == TL_OK && is_instrument) {
        code = tl_io_tables_spectra_sort(spectra, what, err);
        if (code != TL_OK) {
            tl_source_spectra_free(spectra);
        }
    }
    return code;
}

tl_code tl_io_tables_read_measured(const char *path, const char *parameter,
                                   const tl_progress *progress, tl_measured *about,
                                   tl_spectra *spectra, tl_err *err) {
    const double unknown = (double)NAN;
    *spectra = (tl_spectra){0};
    *about = (tl_measured){.splice_nm = {unknown, unknown},
                           .longitude_deg = unknown,
                           .latitude_deg = unknown,
                           .elevation_m = unknown};
    char what[512];
    (void)snprintf(what, sizeof what, "%s '%.400s'", parameter, path);
    if (!tl_io_has_extension(path, "asd,csv,txt,tsv,asc,sed,sig,tab,prn,dpt,dat")) {
        (void)snprintf(about->form, sizeof about->form, "a table or a spectral library");
        const tl_code code =
            tl_io_tables_read_any_spectra(path, parameter, progress, &about->unit, spectra, err);
        about->by_name = about->unit != TL_VALUES_UNKNOWN;
        return code;
    }
    TL_TRY(tl_io_check_file(path, parameter, err));
    char *bytes = NULL;
    size_t length = 0;
    TL_TRY(tl_io_read_bytes(path, parameter, file_limit, &bytes, &length, err));
    tl_code code = TL_OK;
    if (tl_io_has_extension(path, "asd") || tl_io_tables_asd_is(bytes, length)) {
        (void)snprintf(about->form, sizeof about->form, "a binary ASD file");
        about->unit = TL_VALUES_FRACTION;
        code = tl_io_tables_asd_parse(bytes, length, what, about->splice_nm, spectra, err);
    } else {
        code = read_any_text(bytes, length, path, what, progress, about, spectra, err);
    }
    tl_release(bytes);
    return code;
}
