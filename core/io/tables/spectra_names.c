/* SPDX-License-Identifier: GPL-2.0-or-later
 * Wavelengths among the names of columns; see spectra_names.h. */
#include "io/tables/spectra_names.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/text.h"

enum { WORD_CAPACITY = 40, SET_OF_ANY_NAME = 10 };

/* One way to read a name: text, number, text. A name with two numbers has two. */
typedef struct reading {
    ptrdiff_t column;
    int rank; /* 0: by the first number of the name, 1: by the last one */
    const char *name;
    size_t before; /* bytes in front of the number */
    const char *after;
    double value;
} reading;

/* --- one name --- */

/* The number that begins at text, with an exponent where one follows; returns its end, or NULL. */
static const char *number_at(const char *text, double *value) {
    char digits[WORD_CAPACITY];
    size_t n = strspn(text, "0123456789");
    if (text[n] == '.' && isdigit((unsigned char)text[n + 1])) {
        n += 1 + strspn(text + n + 1, "0123456789");
    }
    if (n > 0 && (text[n] == 'e' || text[n] == 'E')) {
        const size_t sign = text[n + 1] == '+' || text[n + 1] == '-';
        const size_t power = strspn(text + n + 1 + sign, "0123456789");
        const unsigned char next = (unsigned char)text[n + 1 + sign + power];
        n += power > 0 && power < 4 && !isalnum(next) ? 1 + sign + power : 0;
    }
    if (n == 0 || n >= sizeof digits) {
        return NULL;
    }
    memcpy(digits, text, n);
    digits[n] = '\0';
    return tl_parse_number(digits, value) && *value > 0.0 ? text + n : NULL;
}

/* The readings of a name, at most two. */
static int read_name(const char *name, ptrdiff_t column, reading out[2]) {
    int n = 0;
    for (const char *c = name; *c != '\0';) {
        double value = 0.0;
        if (!isdigit((unsigned char)*c)) {
            c++;
            continue;
        }
        const char *end = number_at(c, &value);
        if (end != NULL) {
            const int at = n == 0 ? 0 : 1;
            out[at] = (reading){column, at, name, (size_t)(c - name), end, value};
            n = at + 1;
            c = end;
        } else {
            c += strspn(c, "0123456789");
        }
    }
    return n;
}

/* Lower-case copy of a text without the separators around it. */
static const char *plain_word(const char *text, size_t n, char word[WORD_CAPACITY]) {
    static const char separators[] = " _.-()[]\"'";
    while (n > 0 && strchr(separators, *text) != NULL) {
        text++;
        n--;
    }
    while (n > 0 && strchr(separators, text[n - 1]) != NULL) {
        n--;
    }
    n = n < WORD_CAPACITY ? n : WORD_CAPACITY - 1;
    for (size_t k = 0; k < n; k++) {
        word[k] = (char)tolower((unsigned char)text[k]);
    }
    word[n] = '\0';
    return word;
}

static int is_one_of(const char *word, const char *const *list, size_t n) {
    for (size_t k = 0; k < n; k++) {
        if (strcmp(word, list[k]) == 0) {
            return 1;
        }
    }
    return 0;
}

#define IS_ONE_OF(word, list) is_one_of(word, list, sizeof(list) / sizeof(list)[0])

/* 1 when nothing in the name but the number distinguishes it from names that spectra usually have. */
static int is_usual(const reading *r) {
    static const char *const before[] = {
        "",           "x",        "r",         "w",           "wl",
        "nm",         "wav",      "wave",      "spc",         "spec",
        "nir",        "vnir",     "vis",       "visnir",      "swir",
        "mir",        "ref",      "refl",      "reflectance", "abs",
        "absorbance", "lambda",   "wvl",       "wavelength",  "band",
        "spectra",    "rho",      "spectrum",  "m",           "wn",
        "wavenumber", "x.spc",    "x.nir",     "raw",         "scan_visnir",
        "scan_mir",   "scan_nir", "spectra.x", "\xCE\xBB",    "\xE6\xB3\xA2\xE9\x95\xBF",
    };
    static const char *const after[] = {"",       "ref", "refl",        "abs",        "nm_ref",
                                        "nm_abs", "r",   "reflectance", "absorbance", "nm_refl"};
    char word[WORD_CAPACITY];
    if (!IS_ONE_OF(plain_word(r->name, r->before, word), before)) {
        return 0;
    }
    plain_word(r->after, strlen(r->after), word);
    return IS_ONE_OF(word, after) || tl_io_wavelength_unit_of(word) != TL_UNIT_UNKNOWN;
}

static tl_wavelength_unit unit_of_reading(const reading *r) {
    static const char *const wavenumbers[] = {"wn", "wavenumber", "scan_mir"};
    char word[WORD_CAPACITY];
    plain_word(r->after, strlen(r->after), word);
    word[strcspn(word, "_")] = '\0';
    tl_wavelength_unit unit = tl_io_wavelength_unit_of(word);
    if (unit == TL_UNIT_UNKNOWN) {
        plain_word(r->name, r->before, word);
        unit = IS_ONE_OF(word, wavenumbers) ? TL_UNIT_PER_CM : tl_io_wavelength_unit_of(word);
    }
    /* The AfSIS names m3996.4 are wavenumbers, not metres. */
    return unit == TL_UNIT_M || unit == TL_UNIT_MM ? TL_UNIT_UNKNOWN : unit;
}

/* --- sets of names --- */

static int compare_words(const char *a, size_t n, const char *b, size_t m) {
    for (size_t k = 0; k < n && k < m; k++) {
        const int x = tolower((unsigned char)a[k]);
        const int y = tolower((unsigned char)b[k]);
        if (x != y) {
            return x - y;
        }
    }
    return (n > m) - (n < m);
}

static int by_text(const reading *x, const reading *y) {
    if (x->rank != y->rank) {
        return x->rank - y->rank;
    }
    const int before = compare_words(x->name, x->before, y->name, y->before);
    return before != 0 ? before
                       : compare_words(x->after, strlen(x->after), y->after, strlen(y->after));
}

static int by_set(const void *a, const void *b) {
    const reading *x = a;
    const reading *y = b;
    const int texts = by_text(x, y);
    return texts != 0 ? texts : (x->column > y->column) - (x->column < y->column);
}

int tl_io_tables_are_channels(const double *value, ptrdiff_t n) {
    double low = value[0];
    double high = value[0];
    int whole = 1;
    for (ptrdiff_t j = 0; j < n; j++) {
        low = fmin(low, value[j]);
        high = fmax(high, value[j]);
        whole = whole && !(floor(value[j]) < value[j]);
    }
    const int counts = whole && low <= 2.0 && high - low <= 1.2 * (double)n;
    /* Nothing below 150 nm, and no micrometre above 60, is measured on soils. */
    return counts || (high < 100.0 ? low < 0.15 || high > 60.0 : low < 150.0);
}

/* What one set is worth: 0 nothing, 1 channel numbers, 2 wavelengths, 3 those of the visible and
 * near infrared. */
static int worth(const reading *r, ptrdiff_t n, double *scratch) {
    int rises = 1;
    int falls = 1;
    ptrdiff_t near = 0;
    const tl_wavelength_unit unit = unit_of_reading(r);
    for (ptrdiff_t j = 0; j < n; j++) {
        scratch[j] = r[j].value;
        rises = rises && (j == 0 || r[j].value > r[j - 1].value);
        falls = falls && (j == 0 || r[j].value < r[j - 1].value);
        const double nm = tl_io_wavelength_nm(r[j].value, unit);
        near += nm >= 200.0 && nm <= 2700.0;
    }
    if (!is_usual(r) && (n < SET_OF_ANY_NAME || (!rises && !falls))) {
        return 0;
    }
    if (unit == TL_UNIT_UNKNOWN && tl_io_tables_are_channels(scratch, n)) {
        return 1;
    }
    return 2 * near > n ? 3 : 2;
}

static tl_code take_set(const reading *r, ptrdiff_t n, int value, tl_wavelength_names *found,
                        tl_err *err) {
    found->column = tl_acquire(n, sizeof *found->column);
    found->value = tl_acquire(n, sizeof *found->value);
    if (found->column == NULL || found->value == NULL) {
        tl_io_tables_free_wavelengths(found);
        return tl_no_memory(err, "%td wavelengths", n);
    }
    found->p = n;
    found->unit = unit_of_reading(r);
    found->channels = value == 1;
    char word[WORD_CAPACITY];
    const tl_value_unit before = tl_io_tables_values_of_name(plain_word(r->name, r->before, word));
    found->values = tl_io_tables_values_of_name(plain_word(r->after, strlen(r->after), word));
    found->values = found->values == TL_VALUES_UNKNOWN ? before : found->values;
    for (ptrdiff_t j = 0; j < n; j++) {
        found->column[j] = r[j].column;
        found->value[j] = r[j].value;
    }
    return TL_OK;
}

/* Chooses among the sets, which follow each other in r. */
static tl_code choose(const reading *r, ptrdiff_t m, double *scratch, const char *what,
                      tl_wavelength_names *found, tl_err *err) {
    ptrdiff_t best = -1;
    ptrdiff_t best_n = 0;
    int best_value = 0;
    ptrdiff_t other = -1;
    ptrdiff_t other_n = 0;
    for (ptrdiff_t first = 0; first < m;) {
        ptrdiff_t end = first + 1;
        while (end < m && by_text(&r[first], &r[end]) == 0) {
            end++;
        }
        const ptrdiff_t n = end - first;
        const int value = worth(r + first, n, scratch);
        if (value > best_value || (value > 0 && value == best_value && n > best_n)) {
            other = best_value > 1 ? best : other;
            other_n = best_value > 1 ? best_n : other_n;
            best = first;
            best_n = n;
            best_value = value;
        } else if (value > 1 && n > other_n) {
            other = first;
            other_n = n;
        }
        first = end;
    }
    if (best < 0) {
        return TL_OK;
    }
    /* The same columns by their other number are no other set. */
    if (other >= 0 && other_n > 1 && best_n > 1 && r[other].rank == r[best].rank) {
        TL_TRY(tl_assume(err, TL_INFO,
                         "%s has %td columns like '%.60s' and %td like '%.60s'; the spectra are "
                         "those of the first kind; remove the columns that are not wanted if that "
                         "is wrong",
                         what, best_n, r[best].name, other_n, r[other].name));
    }
    return take_set(r + best, best_n, best_value, found, err);
}

tl_code tl_io_tables_find_wavelengths(char *const *name, ptrdiff_t n, const char *what,
                                      tl_wavelength_names *found, tl_err *err) {
    *found = (tl_wavelength_names){0};
    reading *r = tl_acquire(2 * n, sizeof *r);
    double *scratch = tl_acquire(2 * n, sizeof *scratch);
    tl_code code =
        r == NULL || scratch == NULL ? tl_no_memory(err, "the columns of %s", what) : TL_OK;
    ptrdiff_t m = 0;
    for (ptrdiff_t j = 0; j < n && code == TL_OK; j++) {
        m += read_name(name[j], j, r + m);
    }
    if (code == TL_OK) {
        qsort(r, (size_t)m, sizeof *r, by_set);
        code = choose(r, m, scratch, what, found, err);
    }
    tl_release(r);
    tl_release(scratch);
    return code;
}

void tl_io_tables_free_wavelengths(tl_wavelength_names *found) {
    tl_release(found->column);
    tl_release(found->value);
    *found = (tl_wavelength_names){0};
}

/* --- words --- */

static tl_wavelength_unit unit_among(const char *name) {
    /* Words between separators; the hyphen belongs to cm-1. */
    char word[WORD_CAPACITY];
    for (const char *c = name; *c != '\0';) {
        const size_t n = strcspn(c, " _()[],;:/.");
        (void)snprintf(word, sizeof word, "%.*s", (int)(n < WORD_CAPACITY ? n : WORD_CAPACITY - 1),
                       c);
        const tl_wavelength_unit unit = tl_io_wavelength_unit_of(word);
        if (unit != TL_UNIT_UNKNOWN) {
            return unit;
        }
        c += n + (c[n] != '\0');
    }
    return strstr(name, "1/cm") != NULL ? TL_UNIT_PER_CM : TL_UNIT_UNKNOWN;
}

int tl_io_tables_is_wavelength_word(const char *name, tl_wavelength_unit *unit) {
    static const char *const words[] = {"wl",    "wvl",      "wvls",      "nm",       "lambda",
                                        "wave",  "wav",      "wls",       "um",       "cm-1",
                                        "waves", "\xCE\xBB", "\xC2\xB5m", "\xCE\xBCm"};
    static const char *const starts[] = {"wavelength",
                                         "wave length",
                                         "wave_length",
                                         "wavenumber",
                                         "wave number",
                                         "wvl",
                                         "wl ",
                                         "wl_",
                                         "wl(",
                                         "lambda",
                                         "\xCE\xBB",
                                         "\xE6\xB3\xA2\xE9\x95\xBF", /* wavelength */
                                         "\xE6\xB3\xA2\xE6\x95\xB0" /* wavenumber */};
    char word[WORD_CAPACITY];
    plain_word(name, strlen(name), word);
    *unit = TL_UNIT_UNKNOWN;
    int is = IS_ONE_OF(word, words);
    for (size_t k = 0; !is && k < sizeof starts / sizeof starts[0]; k++) {
        is = strncmp(word, starts[k], strlen(starts[k])) == 0;
    }
    if (is) {
        const int counts = strncmp(word, "wavenumber", 10) == 0 ||
                           strncmp(word, "wave number", 11) == 0 ||
                           strncmp(word, starts[12], 6) == 0;
        *unit = unit_among(word);
        *unit = *unit == TL_UNIT_UNKNOWN && counts ? TL_UNIT_PER_CM : *unit;
    }
    return is;
}

tl_value_unit tl_io_tables_values_of_name(const char *name) {
    char word[WORD_CAPACITY];
    plain_word(name, strlen(name), word);
    if (strchr(name, '%') != NULL || strstr(word, "percent") != NULL) {
        return TL_VALUES_PERCENT;
    }
    if (strstr(word, "absorb") != NULL || strcmp(word, "abs") == 0 ||
        strstr(word, "log(1/r") != NULL || strstr(word, "log1/r") != NULL ||
        strstr(word, "log10(1/r") != NULL) {
        return TL_VALUES_ABSORBANCE;
    }
    return TL_VALUES_UNKNOWN;
}
