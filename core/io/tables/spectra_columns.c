/* SPDX-License-Identifier: GPL-2.0-or-later
 * Spectra that run down the columns of a table; see spectra_columns.h. */
#include "io/tables/spectra_columns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/text.h"
#include "io/tables/spectra.h"
#include "io/tables/spectra_names.h"

/* A table and the rows of it that belong to its header. */
typedef struct view {
    const tl_text_table *t;
    ptrdiff_t first_row; /* 0, or 1 where the names are in the row below the header */
} view;

static const char *name_at(const view *v, ptrdiff_t j) {
    return v->first_row == 0 ? v->t->header[j] : tl_source_text_table_at(v->t, 0, j);
}

/* Numbers above 0 in a column, and how many cells hold anything else. */
static ptrdiff_t count_numbers(const view *v, ptrdiff_t j, ptrdiff_t *others) {
    ptrdiff_t n = 0;
    *others = 0;
    for (ptrdiff_t i = v->first_row; i < v->t->nrow; i++) {
        double value = 0.0;
        const int is = tl_source_text_table_number(v->t, i, j, &value);
        n += is && value > 0.0;
        *others += !is && tl_source_text_table_at(v->t, i, j)[0] != '\0';
    }
    return n;
}

static int holds_numbers(const view *v, ptrdiff_t j) {
    ptrdiff_t others = 0;
    const ptrdiff_t n = count_numbers(v, j, &others);
    return n >= 2 && n >= others;
}

/* 1 when the column looks like the wavelengths of column axis: numbers of the same range that rise or
 * fall in even steps. */
static int is_like(const view *v, ptrdiff_t j, ptrdiff_t axis) {
    double low[2] = {(double)INFINITY, (double)INFINITY};
    double high[2] = {0.0, 0.0};
    double before = (double)NAN;
    double small = (double)INFINITY;
    double large = 0.0;
    double turn = 0.0;
    ptrdiff_t n = 0;
    for (ptrdiff_t i = v->first_row; i < v->t->nrow; i++) {
        double value[2];
        if (!tl_source_text_table_number(v->t, i, j, &value[0]) ||
            !tl_source_text_table_number(v->t, i, axis, &value[1])) {
            continue;
        }
        for (int k = 0; k < 2; k++) {
            low[k] = fmin(low[k], value[k]);
            high[k] = fmax(high[k], value[k]);
        }
        const double step = n > 0 ? value[0] - before : 0.0;
        turn = n == 1 ? step : turn;
        if (n > 0 && !(step * turn > 0.0)) {
            return 0;
        }
        small = n > 0 ? fmin(small, fabs(step)) : small;
        large = n > 0 ? fmax(large, fabs(step)) : large;
        before = value[0];
        n++;
    }
    const int even = n >= 5 && small > 0.2 * large;
    const int alike = low[0] > 0.5 * low[1] && low[0] < 2.0 * low[1] && high[0] > 0.5 * high[1] &&
                      high[0] < 2.0 * high[1];
    /* Below 100 the range is that of reflectance, too. */
    return even && alike && low[0] > 150.0;
}

/* The first column of wavelengths, or -1: the first of the table, or the second behind row numbers. */
static ptrdiff_t find_axis(const view *v, tl_wavelength_unit *unit) {
    for (ptrdiff_t j = 0; j < v->t->ncol && j < 2; j++) {
        if (tl_io_tables_is_wavelength_word(name_at(v, j), unit) && holds_numbers(v, j)) {
            return j;
        }
    }
    return -1;
}

/* The unit in a row of units below the names. */
static tl_wavelength_unit unit_below(const view *v, ptrdiff_t j) {
    double value = 0.0;
    tl_wavelength_unit unit = TL_UNIT_UNKNOWN;
    if (v->first_row < v->t->nrow && !tl_source_text_table_number(v->t, v->first_row, j, &value)) {
        char word[32];
        const char *text = tl_source_text_table_at(v->t, v->first_row, j);
        text += strspn(text, "([");
        (void)snprintf(word, sizeof word, "%.*s", (int)strcspn(text, ")]"), text);
        unit = tl_io_wavelength_unit_of(word);
    }
    return unit;
}

/* --- ids --- */

static int is_general(const char *name) {
    static const char *const words[] = {"",
                                        "r",
                                        "%r",
                                        "value",
                                        "values",
                                        "y",
                                        "reflectance",
                                        "reflectance (%)",
                                        "reflectance %",
                                        "reflect. %",
                                        "absorbance",
                                        "abs",
                                        "intensity",
                                        "%reflectance"};
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
        if (tl_same_word(name, words[k])) {
            return 1;
        }
    }
    return 0;
}

/* The name of a spectrum: that of its values, else that above its wavelengths. */
static const char *id_of(const view *v, ptrdiff_t value, ptrdiff_t wavelength) {
    const char *own = v->t->header[value];
    const char *above = v->t->header[wavelength];
    tl_wavelength_unit unit = TL_UNIT_UNKNOWN;
    if (is_general(own) && above[0] != '\0' && !tl_io_tables_is_wavelength_word(above, &unit)) {
        return above;
    }
    return own;
}

/* --- finding --- */

static void add_spectrum(tl_spectra_columns *out, const tl_spectrum_column *one,
                         tl_value_unit values) {
    out->values = out->n == 0 || out->values == values ? values : TL_VALUES_UNKNOWN;
    out->spectrum[out->n++] = *one;
}

static tl_code take_columns(const view *v, ptrdiff_t axis, tl_wavelength_unit unit,
                            const char *what, tl_spectra_columns *out, tl_err *err) {
    const ptrdiff_t first_axis = axis;
    tl_spectrum_column one = {.wavelength = axis, .unit = unit};
    one.unit = unit == TL_UNIT_UNKNOWN ? unit_below(v, axis) : unit;
    for (ptrdiff_t j = axis + 1; j < v->t->ncol; j++) {
        tl_wavelength_unit own = TL_UNIT_UNKNOWN;
        ptrdiff_t others = 0;
        const int named = tl_io_tables_is_wavelength_word(name_at(v, j), &own);
        if (holds_numbers(v, j) && (named || is_like(v, j, first_axis))) {
            one.wavelength = j;
            own = own == TL_UNIT_UNKNOWN ? unit_below(v, j) : own;
            one.unit = own == TL_UNIT_UNKNOWN ? out->n == 0 ? unit : out->spectrum[0].unit : own;
            if (!named) {
                TL_TRY(tl_assume(err, TL_INFO,
                                 "%s: the column %td ('%.60s') holds wavelengths as the column %td "
                                 "does, so it is that of the spectra behind it; remove it if that "
                                 "is wrong",
                                 what, j + 1, name_at(v, j), first_axis + 1));
            }
        } else if (count_numbers(v, j, &others) > 0 || v->t->header[j][0] != '\0') {
            one.value = j;
            one.id = id_of(v, j, one.wavelength);
            tl_value_unit values = tl_io_tables_values_of_name(v->t->header[j]);
            values =
                values == TL_VALUES_UNKNOWN ? tl_io_tables_values_of_name(name_at(v, j)) : values;
            add_spectrum(out, &one, values);
        }
    }
    return TL_OK;
}

/* Mean step of neighbours as a share of the range, of the first columns: spectra are smooth. */
static int is_smooth(const tl_text_table *t, const tl_wavelength_names *names) {
    double worst = 0.0;
    for (ptrdiff_t j = 1; j < t->ncol && j < 9; j++) {
        double low = (double)INFINITY;
        double high = -(double)INFINITY;
        double steps = 0.0;
        double before = (double)NAN;
        for (ptrdiff_t k = 0; k < names->p; k++) {
            double value = 0.0;
            if (tl_source_text_table_number(t, names->column[k], j, &value)) {
                steps += isnan(before) ? 0.0 : fabs(value - before);
                low = fmin(low, value);
                high = fmax(high, value);
                before = value;
            }
        }
        worst = high > low ? fmax(worst, steps / (high - low) / (double)names->p) : worst;
    }
    return worst < 0.15;
}

/* Numbers that are surely wavelengths, or certainly spectra in the other columns. */
static int are_wavelengths(const tl_text_table *t, const tl_wavelength_names *names) {
    if (names->p < 3 || names->channels || 2 * names->p < t->nrow) {
        return 0;
    }
    const char *head = t->header[0];
    const char *first = tl_source_text_table_at(t, names->column[0], 0);
    double value = 0.0;
    if (head[0] == '\0' || !tl_parse_number(first, &value)) {
        return 1;
    }
    const double step = names->value[1] - names->value[0];
    int even = fabs(step) > 1.5;
    for (ptrdiff_t k = 2; k < names->p; k++) {
        even = even && fabs(names->value[k] - names->value[k - 1] - step) < 1e-6 * fabs(step);
    }
    const double last = names->value[names->p - 1];
    const int in_range = fmin(value, last) >= 300.0 && fmax(value, last) <= 2600.0;
    return names->p >= 10 && ((even && in_range) || is_smooth(t, names));
}

/* A table on its side: wavelengths in its first column, ids in its header. */
static tl_code find_unnamed(const tl_text_table *t, const char *what, tl_spectra_columns *out,
                            tl_err *err) {
    char **name = tl_acquire(t->nrow, sizeof *name);
    if (name == NULL) {
        return tl_no_memory(err, "the rows of %s", what);
    }
    for (ptrdiff_t i = 0; i < t->nrow; i++) {
        name[i] = t->cell[i * t->ncol];
    }
    tl_wavelength_names names;
    tl_code code = tl_io_tables_find_wavelengths(name, t->nrow, what, &names, err);
    tl_release((void *)name);
    const int is = code == TL_OK && are_wavelengths(t, &names);
    const view v = {t, 0};
    double number = 0.0;
    if (is && tl_source_text_table_number(t, names.column[0], 0, &number) && holds_numbers(&v, 0)) {
        code = take_columns(&v, 0, names.unit, what, out, err);
    } else if (is) {
        out->axis = tl_acquire(t->nrow, sizeof *out->axis);
        code = out->axis == NULL ? tl_no_memory(err, "the rows of %s", what) : TL_OK;
        for (ptrdiff_t i = 0; i < t->nrow && code == TL_OK; i++) {
            out->axis[i] = (double)NAN;
        }
        for (ptrdiff_t k = 0; k < names.p && code == TL_OK; k++) {
            out->axis[names.column[k]] = names.value[k];
        }
        for (ptrdiff_t j = 1; j < t->ncol && code == TL_OK; j++) {
            const tl_spectrum_column one = {j, 0, names.unit, t->header[j]};
            add_spectrum(out, &one, tl_io_tables_values_of_name(t->header[j]));
        }
    }
    if (is && code == TL_OK) {
        code = tl_assume(err, TL_WARNING,
                         "%s: its first column holds wavelengths, so it is read as a table on its "
                         "side, with %td spectra in the other columns; name the first column "
                         "'wavelength' to make that certain",
                         what, out->n);
    }
    tl_io_tables_free_wavelengths(&names);
    return code;
}

tl_code tl_io_tables_find_columns(const tl_text_table *t, int named, const char *what,
                                  tl_spectra_columns *out, tl_err *err) {
    *out = (tl_spectra_columns){0};
    if (t->ncol < 2 || t->nrow < 2) {
        return TL_OK;
    }
    out->spectrum = tl_acquire(t->ncol, sizeof *out->spectrum);
    tl_code code = out->spectrum == NULL ? tl_no_memory(err, "the columns of %s", what) : TL_OK;
    if (code == TL_OK && !named) {
        code = find_unnamed(t, what, out, err);
    }
    for (ptrdiff_t first = 0; named && first < 2 && code == TL_OK && out->n == 0; first++) {
        const view v = {t, first};
        tl_wavelength_unit unit = TL_UNIT_UNKNOWN;
        const ptrdiff_t axis = find_axis(&v, &unit);
        if (axis >= 0) {
            out->first_row = first;
            code = take_columns(&v, axis, unit, what, out, err);
        }
    }
    if (code != TL_OK) {
        tl_io_tables_free_columns(out);
        return code;
    }
    out->found = out->n > 0;
    return TL_OK;
}

void tl_io_tables_free_columns(tl_spectra_columns *c) {
    tl_release(c->spectrum);
    tl_release(c->axis);
    *c = (tl_spectra_columns){0};
}

/* --- reading --- */

/* The wavelengths of a spectrum and the rows that they are in. */
typedef struct grid {
    ptrdiff_t p;
    ptrdiff_t *row; /* [p] */
    double *nm;     /* [p] */
    ptrdiff_t column;
} grid;

static tl_code start_grid(const tl_text_table *t, grid *g, tl_err *err) {
    *g = (grid){.row = tl_acquire(t->nrow, sizeof *g->row),
                .nm = tl_acquire(t->nrow, sizeof *g->nm),
                .column = -1};
    return g->row == NULL || g->nm == NULL ? tl_no_memory(err, "%td wavelengths", t->nrow) : TL_OK;
}

static void end_grid(grid *g) {
    tl_release(g->row);
    tl_release(g->nm);
}

static tl_code read_grid(const tl_text_table *t, const tl_spectra_columns *c,
                         const tl_spectrum_column *one, const char *what, grid *g, tl_err *err) {
    if (g->column == one->wavelength) {
        return TL_OK;
    }
    const char *skipped = NULL;
    ptrdiff_t line = 0;
    *g = (grid){.row = g->row, .nm = g->nm, .column = one->wavelength};
    for (ptrdiff_t i = c->first_row; i < t->nrow; i++) {
        double value = c->axis != NULL ? c->axis[i] : (double)NAN;
        if (c->axis == NULL && !tl_source_text_table_number(t, i, one->wavelength, &value)) {
            value = (double)NAN;
        }
        const char *text = tl_source_text_table_at(t, i, one->wavelength);
        if (isnan(value) && text[0] != '\0' && i > c->first_row && skipped == NULL) {
            skipped = text;
            line = t->line[i];
        }
        if (!isnan(value)) {
            g->row[g->p] = i;
            g->nm[g->p++] = value;
        }
    }
    if (skipped != NULL) {
        TL_TRY(tl_assume(err, TL_INFO,
                         "%s: rows without a wavelength are no part of the spectra, the first in "
                         "line %td ('%.40s'); remove them if they should not be there",
                         what, line, skipped));
    }
    if (g->p < 2) {
        return tl_fail(err, TL_DATA, "%s: column %td has %td wavelengths; wanted 2 or more", what,
                       one->wavelength + 1, g->p);
    }
    tl_wavelength_unit unit = one->unit;
    TL_TRY(tl_io_tables_spectra_unit(g->nm, g->p, what, &unit, err));
    for (ptrdiff_t k = 0; k < g->p; k++) {
        g->nm[k] = tl_io_wavelength_nm(g->nm[k], unit);
    }
    return TL_OK;
}

static int same_grid(const grid *a, const grid *b) {
    int same = a->p == b->p;
    for (ptrdiff_t k = 0; same && k < a->p; k++) {
        same = fabs(a->nm[k] - b->nm[k]) <= 0.01;
    }
    return same;
}

/* Values of a spectrum on other wavelengths. Both rise or fall, so the search goes on where the last
 * one ended. */
static void interpolate(const grid *from, const double *value, const grid *to, double *out) {
    ptrdiff_t i = 0;
    for (ptrdiff_t k = 0; k < to->p; k++) {
        const double nm = to->nm[k];
        out[k] = (double)NAN;
        for (ptrdiff_t tried = 0; tried + 1 < from->p; tried++) {
            const double a = from->nm[i];
            const double b = from->nm[i + 1];
            if ((nm - a) * (nm - b) <= 0.0 && fabs(b - a) > 0.0) {
                const double share = (nm - a) / (b - a);
                out[k] = share <= 0.0   ? value[i]
                         : share >= 1.0 ? value[i + 1]
                                        : value[i] + share * (value[i + 1] - value[i]);
                break;
            }
            i = i + 2 < from->p ? i + 1 : 0;
        }
    }
}

static tl_code read_spectrum(const tl_text_table *t, const tl_spectrum_column *one,
                             const grid *first, const grid *own, const char *what, double *scratch,
                             ptrdiff_t *n_texts, double *out, tl_err *err) {
    const int same = same_grid(first, own);
    for (ptrdiff_t k = 0; k < own->p; k++) {
        tl_io_tables_spectra_value(t, own->row[k], one->value, n_texts,
                                   same ? &out[k] : &scratch[k]);
    }
    if (same) {
        return TL_OK;
    }
    interpolate(own, scratch, first, out);
    return tl_assume(
        err, TL_WARNING,
        "%s: the spectra are on different wavelengths, so they are interpolated "
        "linearly to the %td of the first one, from %g to %g nm; separate them if that "
        "is not wanted",
        what, first->p, first->nm[0], first->nm[first->p - 1]);
}

/* The name of a spectrum; general names that occur again get a number. */
static tl_code name_spectrum(const tl_spectra_columns *c, ptrdiff_t i, tl_spectra *s, tl_err *err) {
    const char *id = c->spectrum[i].id;
    ptrdiff_t before = 0;
    for (ptrdiff_t k = 0; k < i && is_general(id); k++) {
        before += tl_same_word(c->spectrum[k].id, id);
    }
    if (before == 0 && id[0] != '\0') {
        return tl_source_spectra_set_id(s, i, id, err);
    }
    char numbered[128];
    (void)snprintf(numbered, sizeof numbered, "%.96s%s%td", id, id[0] == '\0' ? "" : "_",
                   before + 1);
    return tl_source_spectra_set_id(s, i, numbered, err);
}

tl_code tl_io_tables_spectra_from_columns(const tl_text_table *t, const tl_spectra_columns *c,
                                          const char *what, ptrdiff_t *n_texts, tl_spectra *s,
                                          tl_err *err) {
    grid first = {0};
    grid own = {0};
    *s = (tl_spectra){0};
    double *scratch = tl_acquire(t->nrow, sizeof *scratch);
    tl_code code = scratch == NULL ? tl_no_memory(err, "%s", what) : TL_OK;
    TL_CHECK(code);
    TL_CHECK(start_grid(t, &first, err));
    TL_CHECK(start_grid(t, &own, err));
    TL_CHECK(read_grid(t, c, &c->spectrum[0], what, &first, err));
    TL_CHECK(tl_source_spectra_init(s, c->n, first.p, err));
    memcpy(s->wavelength_nm, first.nm, (size_t)first.p * sizeof *first.nm);
    for (ptrdiff_t i = 0; i < c->n; i++) {
        const tl_spectrum_column *one = &c->spectrum[i];
        TL_CHECK(read_grid(t, c, one, what, &own, err));
        TL_CHECK(read_spectrum(t, one, &first, &own, what, scratch, n_texts,
                               tl_matrix_row(&s->values, i), err));
        TL_CHECK(name_spectrum(c, i, s, err));
    }
done:
    tl_release(scratch);
    end_grid(&first);
    end_grid(&own);
    return code;
}
