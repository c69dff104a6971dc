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
#include "io/tables/spectra.h"

enum { file_limit = 1 << 30, header_lines = 100 };

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

static int begins_with(span line, const char *word) {
    line.from += line.from < line.to && *line.from == '"';
    for (; *word != '\0'; word++, line.from++) {
        if (line.from >= line.to || tolower((unsigned char)*line.from) != *word) {
            return 0;
        }
    }
    return 1;
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

static int is_other_word(span cell) {
    static const char *const words[] = {"wl", "wvl", "nm", "lambda", "wave"};
    char text[16];
    (void)snprintf(text, sizeof text, "%.*s", (int)(cell.to - cell.from), cell.from);
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
        if (tl_same_word(text, words[k])) {
            return 1;
        }
    }
    return 0;
}

/* Copies a line cell by cell; *commas counts the decimal commas that became points. */
static char *copy_line(span line, char delimiter, int is_header, ptrdiff_t *commas, char *out) {
    const char *at = line.from;
    for (ptrdiff_t k = 0; at != NULL; k++) {
        span cell;
        at = next_cell((span){at, line.to}, delimiter, &cell);
        const size_t n = (size_t)(cell.to - cell.from);
        if (is_header && k == 0 && is_other_word(cell)) {
            memcpy(out, "wavelength", 10);
            out += 10;
        } else {
            memcpy(out, cell.from, n);
            char *comma = delimiter != ',' && number_kind(cell) == 2 ? memchr(out, ',', n) : NULL;
            if (comma != NULL) {
                *comma = '.';
                ++*commas;
            }
            out += n;
        }
        if (at != NULL) {
            *out++ = delimiter == ' ' ? '\t' : delimiter;
        }
    }
    *out++ = '\n';
    return out;
}

/* The line of column names: the first one that begins with "wavelength", else the first one. */
static span find_header(const char *bytes, const char *end) {
    const span first = next_line(bytes, end);
    span line = first;
    for (int k = 0; k < header_lines && line.from < line.to; k++) {
        if (begins_with(line, "wavelength")) {
            return line;
        }
        line = next_line(line.to, end);
    }
    return first;
}

tl_code tl_io_tables_spectra_tidy_text(const char *bytes, size_t length, char **tidy,
                                       size_t *tidy_length, char form[96], int *is_column,
                                       tl_err *err) {
    const char *end = bytes + length;
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
    }
    /* Every line grows by at most its line end; header words add a few bytes once. */
    char *out = length > (size_t)PTRDIFF_MAX - 128 ? NULL : tl_acquire((ptrdiff_t)length + 128, 1);
    *tidy = out;
    if (out == NULL) {
        return tl_no_memory(err, "a text of %.0f bytes", (double)length);
    }
    span line = find_header(bytes, end);
    const span second = next_line(line.to, end);
    const char delimiter = find_delimiter(line, second);
    ptrdiff_t n_numbers = 0;
    if (count_cells(line, delimiter, &n_numbers) == 2 && n_numbers == 2) {
        out += sprintf(out, "wavelength%cspectrum\n", delimiter == ' ' ? '\t' : delimiter);
    }
    ptrdiff_t commas = 0;
    for (int is_header = 1; line.from < line.to; is_header = 0) {
        out = copy_line(line, delimiter, is_header, &commas, out);
        line = next_line(line.to, end);
    }
    *tidy_length = (size_t)(out - *tidy);
    *is_column = begins_with((span){*tidy, out}, "wavelength");
    (void)snprintf(form, 96, "a text with %s between its values and decimal %s",
                   delimiter == '\t'  ? "tabs"
                   : delimiter == ';' ? "semicolons"
                   : delimiter == ' ' ? "blanks"
                                      : "commas",
                   commas > 0 ? "commas" : "points");
    return TL_OK;
}

static tl_code read_text(const char *bytes, size_t length, const char *what,
                         const tl_progress *progress, char form[96], tl_spectra *spectra,
                         tl_err *err) {
    char *tidy = NULL;
    size_t tidy_length = 0;
    int is_column = 0;
    TL_TRY(
        tl_io_tables_spectra_tidy_text(bytes, length, &tidy, &tidy_length, form, &is_column, err));
    tl_code code = tl_io_tables_spectra_from_csv(tidy, tidy_length, what, progress, spectra, err);
    tl_release(tidy);
    if (code == TL_OK && is_column && spectra->n == 1) {
        code = tl_source_spectra_set_id(spectra, 0, "", err);
        if (code != TL_OK) {
            tl_source_spectra_free(spectra);
        }
    }
    return code;
}

tl_code tl_io_tables_read_measured(const char *path, const char *parameter,
                                   const tl_progress *progress, double splice_nm[2], char form[96],
                                   tl_spectra *spectra, tl_err *err) {
    *spectra = (tl_spectra){0};
    splice_nm[0] = splice_nm[1] = (double)NAN;
    char what[512];
    (void)snprintf(what, sizeof what, "%s '%.400s'", parameter, path);
    TL_TRY(tl_io_check_file(path, parameter, err));
    char *bytes = NULL;
    size_t length = 0;
    TL_TRY(tl_io_read_bytes(path, parameter, file_limit, &bytes, &length, err));
    tl_code code = TL_OK;
    if (tl_io_has_extension(path, "asd") || tl_io_tables_asd_is(bytes, length)) {
        (void)snprintf(form, 96, "a binary ASD file");
        code = tl_io_tables_asd_parse(bytes, length, what, splice_nm, spectra, err);
    } else if (tl_io_has_extension(path, "csv,txt,tsv,asc")) {
        code = read_text(bytes, length, what, progress, form, spectra, err);
    } else {
        (void)snprintf(form, 96, "a table or a spectral library");
        code = tl_io_tables_read_any_spectra(path, parameter, progress, spectra, err);
    }
    tl_release(bytes);
    return code;
}
