/* SPDX-License-Identifier: GPL-2.0-or-later
 * Units of wavelengths; see wavelength_unit.h. */
#include "io/wavelength_unit.h"

#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"

static const struct {
    const char *word;
    tl_wavelength_unit unit;
} words[] = {
    {"nm", TL_UNIT_NM},
    {"nanometer", TL_UNIT_NM},
    {"nanometers", TL_UNIT_NM},
    {"nanometre", TL_UNIT_NM},
    {"nanometres", TL_UNIT_NM},
    {"um", TL_UNIT_UM},
    {"\xC2\xB5m", TL_UNIT_UM}, /* micro sign in UTF-8 */
    {"\xCE\xBCm", TL_UNIT_UM}, /* Greek mu in UTF-8 */
    {"\xB5m", TL_UNIT_UM},     /* micro sign in Latin-1 */
    {"micron", TL_UNIT_UM},
    {"microns", TL_UNIT_UM},
    {"micrometer", TL_UNIT_UM},
    {"micrometers", TL_UNIT_UM},
    {"micrometre", TL_UNIT_UM},
    {"micrometres", TL_UNIT_UM},
    {"mm", TL_UNIT_MM},
    {"millimeter", TL_UNIT_MM},
    {"millimeters", TL_UNIT_MM},
    {"millimetre", TL_UNIT_MM},
    {"millimetres", TL_UNIT_MM},
    {"meter", TL_UNIT_M},
    {"meters", TL_UNIT_M},
    {"metre", TL_UNIT_M},
    {"metres", TL_UNIT_M},
    {"angstrom", TL_UNIT_ANGSTROM},
    {"angstroms", TL_UNIT_ANGSTROM},
    {"cm-1", TL_UNIT_PER_CM},
    {"cm^-1", TL_UNIT_PER_CM},
    {"1/cm", TL_UNIT_PER_CM},
    {"wavenumber", TL_UNIT_PER_CM},
    {"wavenumbers", TL_UNIT_PER_CM},
};

tl_wavelength_unit tl_io_wavelength_unit_of(const char *word) {
    for (size_t i = 0; word != NULL && i < sizeof words / sizeof words[0]; i++) {
        if (tl_same_word(word, words[i].word)) {
            return words[i].unit;
        }
    }
    return TL_UNIT_UNKNOWN;
}

static double nm_per_unit(double value, tl_wavelength_unit unit) {
    switch (unit) {
        case TL_UNIT_UM:
            return 1e3;
        case TL_UNIT_MM:
            return 1e6;
        case TL_UNIT_M:
            return 1e9;
        case TL_UNIT_ANGSTROM:
            return 0.1;
        case TL_UNIT_UNKNOWN:
            return value < 100.0 ? 1e3 : 1.0;
        case TL_UNIT_NM:
        case TL_UNIT_PER_CM:
        default:
            return 1.0;
    }
}

/* Converted to nm without rounding errors in the last digits: 1.005 um is 1005 nm, not
 * 1004.9999999999999. A value in nm is not changed. */
static double in_nm(double value, double nm_each) {
    const double nm = value * nm_each;
    return nm_each > 1.0 && nm < 1e6 ? rint(nm * 1e9) / 1e9 : nm;
}

double tl_io_wavelength_nm(double value, tl_wavelength_unit unit) {
    return unit == TL_UNIT_PER_CM ? 1e7 / value : in_nm(value, nm_per_unit(value, unit));
}

double tl_io_width_nm(double width, double centre, tl_wavelength_unit unit) {
    /* d(1e7 / v) = 1e7 / v^2 dv */
    return unit == TL_UNIT_PER_CM ? 1e7 / (centre * centre) * width
                                  : in_nm(width, nm_per_unit(centre, unit));
}

/* Reads the number that starts at text; returns the first character after it, or NULL. */
static const char *take_number(const char *text, double *value, int *has_point) {
    char digits[40];
    size_t n = 0;
    *has_point = 0;
    while ((isdigit((unsigned char)text[n]) || text[n] == '.') && n + 1 < sizeof digits) {
        *has_point = *has_point || text[n] == '.';
        digits[n] = text[n];
        n++;
    }
    digits[n] = '\0';
    return n > 0 && tl_parse_number(digits, value) ? text + n : NULL;
}

/* The unit word at text, which ends before anything that is not a letter. */
static tl_wavelength_unit unit_at(const char *text) {
    char word[24];
    size_t n = 0;
    while (*text == ' ' || *text == '_') {
        text++;
    }
    while (n + 1 < sizeof word &&
           (isalpha((unsigned char)text[n]) || (unsigned char)text[n] >= 0x80)) {
        word[n] = text[n];
        n++;
    }
    word[n] = '\0';
    return tl_io_wavelength_unit_of(word);
}

int tl_io_wavelength_in_text(const char *text, double *value, tl_wavelength_unit *unit) {
    int found = 0;
    double number = 0.0;
    int has_point = 0;
    for (const char *c = text; *c != '\0';) {
        const int starts = isdigit((unsigned char)*c) &&
                           (c == text || (!isalnum((unsigned char)c[-1]) && c[-1] != '.'));
        const char *behind = starts ? take_number(c, &number, &has_point) : NULL;
        if (behind == NULL) {
            c++;
            continue;
        }
        const tl_wavelength_unit here = unit_at(behind);
        if (here != TL_UNIT_UNKNOWN && number > 0.0) {
            *value = number;
            *unit = here;
            found = 1;
        }
        c = behind;
    }
    const char *open = found ? NULL : strrchr(text, '(');
    if (open != NULL) {
        const char *behind = take_number(open + 1, &number, &has_point);
        if (behind != NULL && *behind == ')' && has_point && number > 0.0) {
            *value = number;
            *unit = TL_UNIT_UNKNOWN;
            found = 1;
        }
    }
    return found;
}
