/* SPDX-License-Identifier: GPL-2.0-or-later
 * Text files of field spectrometers; see instrument_text.h. */
#include "io/tables/instrument_text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/text.h"
#include "io/tables/spectra_names.h"

enum { MAX_COLUMNS = 16, LINE_CAPACITY = 512, MAX_CHANNELS = 100000, HEADER_LINES = 400 };

typedef struct reader {
    const char *at;
    const char *end;
} reader;

/* Copies the next line, cut to the capacity and without line end; 0 at the end of the text. */
static int next_line(reader *r, char line[LINE_CAPACITY]) {
    if (r->at >= r->end) {
        return 0;
    }
    size_t n = 0;
    while (r->at < r->end && *r->at != '\n' && *r->at != '\r') {
        if (n + 1 < LINE_CAPACITY && *r->at != '\0') {
            line[n++] = *r->at;
        }
        r->at++;
    }
    line[n] = '\0';
    if (r->at < r->end) {
        const char first = *r->at++;
        r->at += first == '\r' && r->at < r->end && *r->at == '\n';
    }
    return 1;
}

static int starts_with(const char *line, const char *word) {
    for (; *word != '\0'; word++, line++) {
        if (tolower((unsigned char)*line) != *word) {
            return 0;
        }
    }
    return 1;
}

/* Lower-case copy. */
static void lower(const char *text, char *out, size_t capacity) {
    size_t n = 0;
    for (; text[n] != '\0' && n + 1 < capacity; n++) {
        out[n] = (char)tolower((unsigned char)text[n]);
    }
    out[n] = '\0';
}

tl_instrument_form tl_io_tables_instrument_form(const char *bytes, size_t length) {
    reader r = {bytes, bytes + length};
    char line[LINE_CAPACITY];
    int keys = 0;
    for (int k = 0; k < HEADER_LINES && next_line(&r, line); k++) {
        if (starts_with(line, "/*** spectra vista")) {
            return TL_INSTRUMENT_SIG;
        }
        if (starts_with(line, "data:")) {
            return keys >= 2 ? TL_INSTRUMENT_SED : TL_INSTRUMENT_NONE;
        }
        keys += starts_with(line, "version:") || starts_with(line, "instrument:") ||
                starts_with(line, "detectors:") || starts_with(line, "measurement:") ||
                starts_with(line, "channels:") || starts_with(line, "columns [");
    }
    return TL_INSTRUMENT_NONE;
}

/* --- position --- */

/* Degrees from "-12.345", "45.5 N" or "07327.3812W" (degrees and minutes), of the last of several
 * values, which is that of the target; NaN for "n/a". */
static double degrees_of(const char *text) {
    const char *comma = strrchr(text, ',');
    char number[LINE_CAPACITY];
    char side = '\0';
    size_t n = 0;
    const char *c = comma == NULL ? text : comma + 1;
    for (; *c != '\0'; c++) {
        if (strchr("0123456789.+-", *c) != NULL && n + 1 < sizeof number) {
            number[n++] = *c;
        } else if (strchr("NSEWnsew", *c) != NULL && n > 0) {
            side = (char)toupper((unsigned char)*c);
        } else if (*c != ' ' && *c != '\t') {
            return (double)NAN;
        }
    }
    number[n] = '\0';
    double value = 0.0;
    if (!tl_parse_number(number, &value)) {
        return (double)NAN;
    }
    const char *point = strchr(number, '.');
    const size_t whole = point == NULL ? n : (size_t)(point - number);
    if (side != '\0' && whole >= 4 && whole <= 5) {
        const double whole_degrees = floor(value / 100.0);
        value = whole_degrees + (value - 100.0 * whole_degrees) / 60.0;
    }
    value = side == 'S' || side == 'W' ? -fabs(value) : value;
    return fabs(value) <= 360.0 ? value : (double)NAN;
}

/* The last of several numbers; NaN without one. */
static double number_of(const char *text) {
    const char *comma = strrchr(text, ',');
    double value = (double)NAN;
    (void)tl_parse_number(comma == NULL ? text : comma + 1, &value);
    return value;
}

static void take_key(const char *line, char sign, tl_measured *about) {
    const char *at = strchr(line, sign);
    if (at == NULL) {
        return;
    }
    if (starts_with(line, "latitude")) {
        about->latitude_deg = degrees_of(at + 1);
    } else if (starts_with(line, "longitude")) {
        about->longitude_deg = degrees_of(at + 1);
    } else if (starts_with(line, "altitude")) {
        about->elevation_m = number_of(at + 1);
    }
}

/* --- columns --- */

/* Which column holds what; -1 = none. */
typedef struct roles {
    int wavelength;
    int reflectance;
    int reference;
    int target;
    tl_value_unit unit; /* of the reflectance */
} roles;

static void take_role(const char *name, int column, roles *out) {
    char word[LINE_CAPACITY];
    tl_wavelength_unit unit = TL_UNIT_UNKNOWN;
    lower(name, word, sizeof word);
    if (tl_io_tables_is_wavelength_word(name, &unit)) {
        out->wavelength = out->wavelength < 0 ? column : out->wavelength;
    } else if (strstr(word, "reflect") != NULL || strstr(word, "tgt./ref") != NULL) {
        out->reflectance = column;
        out->unit = strchr(word, '%') != NULL     ? TL_VALUES_PERCENT
                    : strstr(word, "1.0") != NULL ? TL_VALUES_FRACTION
                                                  : TL_VALUES_UNKNOWN;
    } else if (strstr(word, "target") != NULL || strstr(word, "tgt") != NULL) {
        out->target = column;
    } else if (strstr(word, "ref") != NULL) {
        out->reference = column;
    }
}

/* The names of the columns of a .sed, divided by tabs or by two or more spaces. */
static void take_names(char *line, roles *out) {
    int column = 0;
    for (char *c = line; *c != '\0' && column < MAX_COLUMNS; column++) {
        c += strspn(c, " \t,");
        char *end = c;
        while (*end != '\0' && *end != '\t' && *end != ',' && !(end[0] == ' ' && end[1] == ' ')) {
            end++;
        }
        const int last = *end == '\0';
        *end = '\0';
        if (c[0] != '\0') {
            take_role(c, column, out);
        }
        c = last ? end : end + 1;
    }
}

/* The numbers of a line; cells that are none are NaN. */
static int read_numbers(const char *line, double value[MAX_COLUMNS]) {
    int n = 0;
    while (n < MAX_COLUMNS) {
        line += strspn(line, " \t;");
        const size_t size = strcspn(line, " \t;");
        char cell[48];
        if (size == 0) {
            break;
        }
        (void)snprintf(cell, sizeof cell, "%.*s", (int)(size < 47 ? size : 47), line);
        char *comma = strchr(cell, '.') == NULL ? strchr(cell, ',') : NULL;
        if (comma != NULL) {
            *comma = '.';
        }
        value[n] = (double)NAN;
        (void)tl_parse_number(cell, &value[n]);
        n++;
        line += size;
    }
    return n;
}

/* --- channels --- */

/* Wavelength, reflectance, and target divided by reference, of every channel. */
typedef struct channels {
    ptrdiff_t n;
    ptrdiff_t capacity;
    double (*of)[3];
} channels;

static tl_code add_channel(channels *c, const double *value, int n, const roles *r, tl_err *err) {
    if (c->n == c->capacity) {
        const ptrdiff_t wanted = c->capacity == 0 ? 1024 : 2 * c->capacity;
        double(*grown)[3] = tl_grow(c->of, c->capacity, wanted, sizeof *grown);
        if (grown == NULL) {
            return tl_no_memory(err, "%td channels", wanted);
        }
        c->of = grown;
        c->capacity = wanted;
    }
    const int has_ratio = r->target >= 0 && r->reference >= 0 && r->target < n && r->reference < n;
    const double ratio = has_ratio ? value[r->target] / value[r->reference] : (double)NAN;
    double *one = c->of[c->n++];
    one[0] = value[r->wavelength];
    one[1] = r->reflectance >= 0 && r->reflectance < n ? value[r->reflectance] : (double)NAN;
    one[2] = isfinite(ratio) ? ratio : (double)NAN;
    return TL_OK;
}

static tl_code read_channels(reader *r, const roles *role, channels *c, tl_err *err) {
    char line[LINE_CAPACITY];
    double value[MAX_COLUMNS];
    while (c->n < MAX_CHANNELS && next_line(r, line)) {
        const int n = read_numbers(line, value);
        if (n > role->wavelength && n >= 2 && value[role->wavelength] > 0.0) {
            TL_TRY(add_channel(c, value, n, role, err));
        }
    }
    return TL_OK;
}

/* Removes what overlaps where the wavelengths step back from one detector to the next; returns how
 * many channels. */
static ptrdiff_t cut_overlaps(channels *c, double splice_nm[2]) {
    ptrdiff_t kept = 0;
    ptrdiff_t removed = 0;
    int splices = 0;
    double from = 0.0; /* the present detector counts above this */
    for (ptrdiff_t k = 0; k < c->n; k++) {
        const double nm = c->of[k][0];
        if (kept > 0 && !(nm > c->of[kept - 1][0])) {
            from = 0.5 * (nm + c->of[kept - 1][0]);
            while (kept > 0 && c->of[kept - 1][0] > from) {
                kept--;
                removed++;
            }
            if (splices < 2 && kept > 0) {
                splice_nm[splices++] = c->of[kept - 1][0];
            }
        }
        if (!(nm > from)) {
            removed++;
            continue;
        }
        memmove(c->of[kept++], c->of[k], sizeof c->of[k]);
    }
    c->n = kept;
    return removed;
}

/* --- the whole --- */

static tl_code read_header(reader *r, tl_instrument_form form, const char *what, tl_measured *about,
                           roles *role, tl_err *err) {
    char line[LINE_CAPACITY];
    const char sign = form == TL_INSTRUMENT_SED ? ':' : '=';
    const char *data = form == TL_INSTRUMENT_SED ? "data:" : "data=";
    int found = 0;
    while (!found && next_line(r, line)) {
        take_key(line, sign, about);
        found = starts_with(line, data);
    }
    if (found && form == TL_INSTRUMENT_SIG) {
        *role = (roles){0, 3, 1, 2, TL_VALUES_PERCENT};
    } else if (found && next_line(r, line)) {
        take_names(line, role);
    }
    return found && role->wavelength >= 0
               ? TL_OK
               : tl_fail(err, TL_FORMAT, "%s is a %s file without its data; it may be cut off",
                         what,
                         form == TL_INSTRUMENT_SED ? "Spectral Evolution (.sed)"
                                                   : "Spectra Vista (.sig)");
}

/* The column that is used: 1 the reflectance, 2 target / reference, 0 none. */
static int choose_values(const channels *c, double *agreement) {
    ptrdiff_t n[3] = {0};
    ptrdiff_t both = 0;
    double sum = 0.0;
    for (ptrdiff_t k = 0; k < c->n; k++) {
        n[1] += isfinite(c->of[k][1]) && fabs(c->of[k][1]) > 0.0;
        n[2] += isfinite(c->of[k][2]) && fabs(c->of[k][2]) > 0.0;
        if (c->of[k][1] > 0.0 && c->of[k][2] > 0.0) {
            sum += log(c->of[k][1] / c->of[k][2]);
            both++;
        }
    }
    *agreement = both > 0 ? exp(sum / (double)both) : (double)NAN;
    return n[1] > 0 ? 1 : n[2] > 0 ? 2 : 0;
}

/* The unit by the header, checked against target / reference: about 100 for percent, 1 for a
 * fraction. */
static tl_code settle_unit(double agreement, tl_value_unit stated, const char *what,
                           tl_value_unit *unit, tl_err *err) {
    const tl_value_unit shown = agreement > 50.0 && agreement < 200.0 ? TL_VALUES_PERCENT
                                : agreement > 0.5 && agreement < 2.0  ? TL_VALUES_FRACTION
                                                                      : TL_VALUES_UNKNOWN;
    *unit = stated;
    if (shown == TL_VALUES_UNKNOWN || shown == stated) {
        return TL_OK;
    }
    *unit = shown;
    return stated == TL_VALUES_UNKNOWN
               ? TL_OK
               : tl_assume(err, TL_WARNING,
                           "%s: its header calls the reflectance %s, but target / reference show "
                           "that it is %s, and it is read so; give the unit if that is wrong",
                           what, stated == TL_VALUES_PERCENT ? "percent" : "a fraction",
                           shown == TL_VALUES_PERCENT ? "percent" : "a fraction");
}

static tl_code fill(const channels *c, const char *what, const roles *role, tl_measured *about,
                    tl_spectra *s, tl_err *err) {
    double agreement = 0.0;
    const int use = choose_values(c, &agreement);
    if (use == 0) {
        return tl_fail(
            err, TL_DATA,
            "%s holds neither reflectance nor a target with its reference, so its values "
            "cannot become reflectance; export it with a reference",
            what);
    }
    TL_TRY(settle_unit(agreement, role->unit, what, &about->unit, err));
    about->unit = use == 2 ? TL_VALUES_FRACTION : about->unit;
    TL_TRY(tl_source_spectra_init(s, 1, c->n, err));
    for (ptrdiff_t k = 0; k < c->n; k++) {
        s->wavelength_nm[k] = c->of[k][0];
        s->values.data[k] = c->of[k][use];
    }
    return TL_OK;
}

tl_code tl_io_tables_instrument_parse(const char *bytes, size_t length, const char *what,
                                      tl_measured *about, tl_spectra *spectra, tl_err *err) {
    *spectra = (tl_spectra){0};
    const tl_instrument_form form = tl_io_tables_instrument_form(bytes, length);
    roles role = {-1, -1, -1, -1, TL_VALUES_UNKNOWN};
    reader r = {bytes, bytes + length};
    channels c = {0};
    if (form == TL_INSTRUMENT_NONE) {
        return tl_fail(err, TL_FORMAT,
                       "%s is no Spectral Evolution (.sed) or Spectra Vista (.sig) file: it has no "
                       "header with its data",
                       what);
    }
    (void)snprintf(
        about->form, sizeof about->form, "a %s file",
        form == TL_INSTRUMENT_SED ? "Spectral Evolution (.sed)" : "Spectra Vista (.sig)");
    tl_code code = read_header(&r, form, what, about, &role, err);
    TL_CHECK(code);
    TL_CHECK(read_channels(&r, &role, &c, err));
    const ptrdiff_t removed = cut_overlaps(&c, about->splice_nm);
    if (c.n < 2) {
        code = tl_fail(err, TL_FORMAT,
                       "%s has %td channels; wanted 2 or more, so it may be cut off", what, c.n);
        goto done;
    }
    if (removed > 0) {
        TL_CHECK(tl_assume(err, TL_INFO,
                           "detectors overlap in the files of this instrument, and the wavelengths "
                           "up to the middle of each overlap are taken from the first of the two; "
                           "remove the overlap in the program of the instrument if that is wrong"));
    }
    TL_CHECK(fill(&c, what, &role, about, spectra, err));
done:
    tl_release(c.of);
    return code;
}
