/* SPDX-License-Identifier: GPL-2.0-or-later
 * Columns of positions; see position_columns.h. */
#include "io/tables/position_columns.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assumptions.h"
#include "base/text.h"
#include "source/measured.h"

enum { NAME_CAPACITY = 96 };

/* The role that a column name assigns to a column, in pairs. */
typedef enum role {
    ROLE_NONE,
    ROLE_X,
    ROLE_Y,
    ROLE_EAST,
    ROLE_NORTH,
    ROLE_LONGITUDE,
    ROLE_LATITUDE,
    ROLE_COLUMN,
    ROLE_ROW,
    ROLE_CRS,
    ROLE_ZONE,
    ROLES
} role;

/* The Chinese words mean: longitude, east longitude, latitude, north latitude, abscissa, coordinate to
 * the east, ordinate, coordinate to the north, column (number), row (number), coordinate system. */
static const struct {
    const char *name;
    role of;
} names[] = {
    {"x", ROLE_X},
    {"y", ROLE_Y},
    {"xm", ROLE_X},
    {"ym", ROLE_Y},
    {"coordsx1", ROLE_X}, /* of R */
    {"coordsx2", ROLE_Y},
    {"easting", ROLE_EAST},
    {"eastings", ROLE_EAST},
    {"east", ROLE_EAST},
    {"e", ROLE_EAST},
    {"ost", ROLE_EAST},
    {"ostwert", ROLE_EAST},
    {"rechtswert", ROLE_EAST},
    {"横坐标", ROLE_EAST},
    {"横", ROLE_EAST},
    {"东坐标", ROLE_EAST},
    {"东", ROLE_EAST},
    {"northing", ROLE_NORTH},
    {"northings", ROLE_NORTH},
    {"north", ROLE_NORTH},
    {"n", ROLE_NORTH},
    {"nord", ROLE_NORTH},
    {"nordwert", ROLE_NORTH},
    {"hochwert", ROLE_NORTH},
    {"纵坐标", ROLE_NORTH},
    {"纵", ROLE_NORTH},
    {"北坐标", ROLE_NORTH},
    {"北", ROLE_NORTH},
    {"lon", ROLE_LONGITUDE},
    {"long", ROLE_LONGITUDE},
    {"lng", ROLE_LONGITUDE},
    {"länge", ROLE_LONGITUDE},
    {"längengrad", ROLE_LONGITUDE},
    {"longitude", ROLE_LONGITUDE},
    {"longitud", ROLE_LONGITUDE},
    {"longitudine", ROLE_LONGITUDE},
    {"xlon", ROLE_LONGITUDE},
    {"xlong", ROLE_LONGITUDE},
    {"经度", ROLE_LONGITUDE},
    {"东经", ROLE_LONGITUDE},
    {"lat", ROLE_LATITUDE},
    {"latitude", ROLE_LATITUDE},
    {"breite", ROLE_LATITUDE},
    {"breitengrad", ROLE_LATITUDE},
    {"latitud", ROLE_LATITUDE},
    {"latitudine", ROLE_LATITUDE},
    {"ylat", ROLE_LATITUDE},
    {"纬度", ROLE_LATITUDE},
    {"北纬", ROLE_LATITUDE},
    {"col", ROLE_COLUMN},
    {"column", ROLE_COLUMN},
    {"列", ROLE_COLUMN},
    {"列号", ROLE_COLUMN},
    {"row", ROLE_ROW},
    {"line", ROLE_ROW},
    {"行", ROLE_ROW},
    {"行号", ROLE_ROW},
    {"crs", ROLE_CRS},
    {"epsg", ROLE_CRS},
    {"srs", ROLE_CRS},
    {"srid", ROLE_CRS},
    {"坐标系", ROLE_CRS},
    {"utmzone", ROLE_ZONE},
};

/* Words around the names above that change nothing. The Chinese ones mean: coordinate, degree,
 * sampling point, sample point. */
static const char *const fillers[] = {
    "coordinates", "coordinate", "coords", "coord",    "position", "pos",     "gps",     "wgs84",
    "wgs",         "etrs89",     "nad83",  "nad27",    "cgcs2000", "decimal", "degrees", "degree",
    "deg",         "dms",        "dd",     "point",    "pt",       "site",    "sample",  "samples",
    "std",         "th",         "utm",    "centroid", "pixel",    "image",   "scene",   "geo",
    "code",        "number",     "metres", "meters",   "metre",    "meter",   "m",       "坐标",
    "度",          "采样点",     "样点"};

/* A name without unit, case, separators: "X (m)" becomes "x". */
static void plain_name(const char *header, char out[NAME_CAPACITY]) {
    size_t length = 0;
    size_t n = 0;
    (void)tl_source_measured_unit(header, &length, NULL, 0);
    for (size_t k = 0; k < length && n + 1 < NAME_CAPACITY; k++) {
        if (strchr(" _-.:/,\t\r\n'\"", header[k]) == NULL) {
            out[n++] = (char)tolower((unsigned char)header[k]);
        }
    }
    out[n] = '\0';
}

static role role_of(const char *name) {
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        if (strcmp(name, names[k].name) == 0) {
            return names[k].of;
        }
    }
    return ROLE_NONE;
}

/* The role of a name without separators; the words that change nothing are removed from either end
 * in every order, because "utmnorth" ends with the "th" of "4th". Sets how many were removed. */
static role role_without_fillers(const char *name, int depth, int *removed) {
    enum { DEEPEST = 4 };
    role of = role_of(name);
    *removed = depth;
    const size_t n = strlen(name);
    for (size_t k = 0; of == ROLE_NONE && depth < DEEPEST && k < sizeof fillers / sizeof fillers[0];
         k++) {
        const size_t m = strlen(fillers[k]);
        if (n > m && strncmp(name, fillers[k], m) == 0) {
            of = role_without_fillers(name + m, depth + 1, removed);
        }
        if (of == ROLE_NONE && n > m && strcmp(name + n - m, fillers[k]) == 0) {
            char rest[NAME_CAPACITY];
            (void)snprintf(rest, sizeof rest, "%.*s", (int)(n - m), name);
            of = role_without_fillers(rest, depth + 1, removed);
        }
    }
    return of;
}

/* Digits of a code of EPSG at the end of a header, behind a separator or "epsg"; NULL without. */
static const char *code_at_end(const char *header) {
    const size_t n = strlen(header);
    size_t at = n;
    while (at > 0 && isdigit((unsigned char)header[at - 1])) {
        at--;
    }
    const int separate = at > 0 && (strchr("_:. -", header[at - 1]) != NULL ||
                                    tolower((unsigned char)header[at - 1]) == 'g');
    return separate && n - at >= 4 && n - at <= 6 ? header + at : NULL;
}

/* How well a header names a role: the number of words that had to be removed; -1 = it does not. */
static int match(const char *header, role *of) {
    char name[NAME_CAPACITY];
    char text[NAME_CAPACITY];
    const char *code = code_at_end(header);
    (void)snprintf(text, sizeof text, "%s", header);
    if (code != NULL && code > header + 1 && (size_t)(code - header) < sizeof text) {
        text[code - header - 1] = '\0';
    }
    plain_name(text, name);
    int removed = 0;
    *of = name[0] == '\0' ? ROLE_NONE : role_without_fillers(name, 0, &removed);
    /* "row_0" and "row_1" state where counting begins. */
    const size_t n = strlen(name);
    if (*of == ROLE_NONE && n > 1 && (name[n - 1] == '0' || name[n - 1] == '1')) {
        name[n - 1] = '\0';
        *of = role_without_fillers(name, 0, &removed);
        *of = *of == ROLE_ROW || *of == ROLE_COLUMN ? *of : ROLE_NONE;
    }
    return *of == ROLE_NONE ? -1 : removed;
}

/* The best column of every role; -1 = none. */
static void find_roles(const tl_text_table *t, ptrdiff_t column[ROLES]) {
    int best[ROLES];
    for (int r = 0; r < ROLES; r++) {
        column[r] = -1;
        best[r] = 1000;
    }
    for (ptrdiff_t j = 0; j < t->ncol; j++) {
        role of = ROLE_NONE;
        const int removed = match(t->header[j], &of);
        if (removed >= 0 && removed < best[of]) {
            best[of] = removed;
            column[of] = j;
        }
    }
}

/* --- the CRS --- */

/* The text of a column, which must be the same in all rows that have one. */
static tl_code common_text(const tl_text_table *t, ptrdiff_t column, const char *what,
                           const char **text, tl_err *err) {
    *text = "";
    for (ptrdiff_t i = 0; column >= 0 && i < t->nrow; i++) {
        const char *other = tl_source_text_table_at(t, i, column);
        if (other[0] == '\0') {
            continue;
        }
        if ((*text)[0] != '\0' && !tl_same_word(*text, other)) {
            return tl_fail(err, TL_DATA,
                           "%s: the column '%.60s' names several coordinate systems, '%.60s' and "
                           "'%.60s' (line %td); divide the table, or give longitudes and latitudes",
                           what, t->header[column], *text, other, t->line[i]);
        }
        *text = other;
    }
    return TL_OK;
}

/* "33N" as a zone of UTM on WGS 84. S may stand for the south or for a band of latitude in the
 * north. */
static tl_code crs_of_zone(const char *text, const char *what, tl_position_columns *c,
                           tl_err *err) {
    char *end = NULL;
    const long zone = strtol(text, &end, 10);
    while (*end == ' ') {
        end++;
    }
    const char letter = (char)toupper((unsigned char)*end);
    if (end == text || zone < 1 || zone > 60 || (letter != '\0' && end[1] != '\0')) {
        return TL_OK;
    }
    const int south = letter >= 'C' && letter <= 'M';
    (void)snprintf(c->crs, sizeof c->crs, "EPSG:%ld",
                   (south || letter == 'S' ? 32700 : 32600) + zone);
    return letter != '\0' && letter != 'S'
               ? TL_OK
               : tl_assume(
                     err, TL_WARNING,
                     "%s: the UTM zone '%.10s' is interpreted as %s on WGS 84, %s; a column crs with "
                     "the EPSG code settles it",
                     what, text, letter == 'S' ? "the south" : "the north", c->crs);
}

static tl_code find_crs(const tl_text_table *t, const ptrdiff_t column[ROLES], const char *what,
                        tl_position_columns *c, tl_err *err) {
    const char *text = "";
    TL_TRY(common_text(t, column[ROLE_CRS], what, &text, err));
    if (text[0] != '\0') {
        (void)snprintf(c->crs, sizeof c->crs, "%s%.50s",
                       text[strspn(text, "0123456789")] == '\0' ? "EPSG:" : "", text);
        return TL_OK;
    }
    const char *code = code_at_end(t->header[c->x]);
    const char *other = code_at_end(t->header[c->y]);
    if (code != NULL && other != NULL && strcmp(code, other) == 0) {
        (void)snprintf(c->crs, sizeof c->crs, "EPSG:%.8s", code);
        return TL_OK;
    }
    if (c->kind == TL_POSITION_DEGREES) {
        (void)snprintf(c->crs, sizeof c->crs, "EPSG:4326");
        return TL_OK;
    }
    TL_TRY(common_text(t, column[ROLE_ZONE], what, &text, err));
    return crs_of_zone(text, what, c, err);
}

/* 0 or 1 at the end of both names, else -1. */
static int first_of(const char *column, const char *row) {
    const char a = column[strlen(column) - 1];
    const char b = row[strlen(row) - 1];
    return a == b && (a == '0' || a == '1') ? a - '0' : -1;
}

tl_code tl_io_tables_find_positions(const tl_text_table *t, const char *what,
                                    tl_position_columns *c, tl_err *err) {
    static const struct {
        role x;
        role y;
        tl_position_kind kind;
    } pairs[] = {{ROLE_X, ROLE_Y, TL_POSITION_PLANE},
                 {ROLE_EAST, ROLE_NORTH, TL_POSITION_PLANE},
                 {ROLE_LONGITUDE, ROLE_LATITUDE, TL_POSITION_DEGREES},
                 {ROLE_COLUMN, ROLE_ROW, TL_POSITION_CELLS}};
    ptrdiff_t column[ROLES];
    *c = (tl_position_columns){.x = -1, .y = -1, .first = -1};
    find_roles(t, column);
    for (size_t k = 0; k < sizeof pairs / sizeof pairs[0] && c->kind == TL_POSITION_NONE; k++) {
        if (column[pairs[k].x] >= 0 && column[pairs[k].y] >= 0) {
            TL_TRY(tl_source_text_table_pick(t, t->header[column[pairs[k].x]], what, &c->x, err));
            TL_TRY(tl_source_text_table_pick(t, t->header[column[pairs[k].y]], what, &c->y, err));
            c->kind = pairs[k].kind;
        }
    }
    if (c->kind == TL_POSITION_CELLS) {
        c->first = first_of(t->header[c->x], t->header[c->y]);
    }
    return c->kind == TL_POSITION_PLANE || c->kind == TL_POSITION_DEGREES
               ? find_crs(t, column, what, c, err)
               : TL_OK;
}

/* --- angles --- */

/* Steps over a sign of degrees (level 0), minutes (1) or seconds (2), or over a separator. Returns its
 * bytes, or 0. The Chinese words mean degree, minute, second. */
static size_t angle_sign(const char *at, int level) {
    static const char *const signs[3][8] = {
        {"\xC2\xB0", "\xC2\xBA", "\xCB\x9A", "度", "deg", "d", ":", " "},
        {"\xE2\x80\xB2", "\xE2\x80\x99", "'", "分", "min", "m", ":", " "},
        {"\xE2\x80\xB3", "\xE2\x80\x9D", "\"", "''", "秒", "sec", "s", " "}};
    for (int k = 0; k < 8; k++) {
        const size_t n = strlen(signs[level][k]);
        if (strncmp(at, signs[level][k], n) == 0) {
            return n;
        }
    }
    return 0;
}

/* A direction at the reading position: 1 east or north, -1 west or south, 0 none. */
static int direction(const char *at, size_t *length) {
    static const struct {
        const char *word;
        int sign;
    } words[] = {{"北纬", 1}, {"东经", 1}, {"南纬", -1}, {"西经", -1}, {"N", 1}, {"E", 1},
                 {"S", -1},   {"W", -1},   {"n", 1},     {"e", 1},     {"w", -1}};
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
        *length = strlen(words[k].word);
        if (strncmp(at, words[k].word, *length) == 0) {
            return words[k].sign;
        }
    }
    *length = 0;
    return 0;
}

static const char *step_over_blanks(const char *at) {
    return at + strspn(at, " \t");
}

int tl_io_tables_read_degrees(const char *text, tl_number_style style, double *value,
                              int *is_parts) {
    static const double share[3] = {1.0, 60.0, 3600.0};
    *is_parts = 0;
    if (tl_source_text_number(text, style, value)) {
        return fabs(*value) <= 360.0;
    }
    size_t length = 0;
    const char *at = step_over_blanks(text);
    int sign = direction(at, &length);
    at = step_over_blanks(at + length);
    const int minus = *at == '-';
    at += minus;
    double angle = 0.0;
    int level = 0;
    for (; level < 3 && isdigit((unsigned char)*at); level++) {
        char number[24];
        double part = 0.0;
        const size_t digits = strspn(at, "0123456789.,");
        (void)snprintf(number, sizeof number, "%.*s", (int)(digits < 23 ? digits : 23), at);
        if (!tl_source_text_number(number, strchr(number, ',') != NULL ? TL_NUMBER_COMMA : style,
                                   &part) ||
            (level > 0 && part >= 60.0)) {
            return 0;
        }
        angle += part / share[level];
        at = step_over_blanks(at + digits);
        at = step_over_blanks(at + angle_sign(at, level));
    }
    if (sign == 0) {
        sign = direction(at, &length);
        at = step_over_blanks(at + length);
    }
    *is_parts = level > 1 || sign != 0;
    if (level == 0 || *at != '\0' || (minus && sign != 0) || angle > 360.0) {
        return 0;
    }
    *value = minus || sign < 0 ? -angle : angle;
    return 1;
}
