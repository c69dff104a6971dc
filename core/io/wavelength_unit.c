/* SPDX-License-Identifier: GPL-2.0-or-later
 * Units of wavelengths; see wavelength_unit.h. */
#include "io/wavelength_unit.h"

#include <ctype.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/assumptions.h"
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
    {"cm.1", TL_UNIT_PER_CM}, /* as R writes cm-1 in names of columns */
    {"cm_1", TL_UNIT_PER_CM},
    {"cm1", TL_UNIT_PER_CM},
    {"cm\xE2\x81\xBB\xC2\xB9", TL_UNIT_PER_CM}, /* superscript -1 */
    {"cm\xE2\x88\x92"
     "1",
     TL_UNIT_PER_CM}, /* the minus sign of typesetters */
    {"cm\xE2\x88\x92\xC2\xB9", TL_UNIT_PER_CM},
    {"\xE7\xBA\xB3\xE7\xB1\xB3", TL_UNIT_NM}, /* nanometre in Chinese */
    {"\xE5\xBE\xAE\xE7\xB1\xB3", TL_UNIT_UM}, /* micrometre in Chinese */
    {"cm", TL_UNIT_CM},
    {"centimeters", TL_UNIT_CM},
    {"centimetres", TL_UNIT_CM},
    {"mhz", TL_UNIT_MHZ},
    {"ghz", TL_UNIT_GHZ},
    {"gigahertz", TL_UNIT_GHZ},
    {"thz", TL_UNIT_THZ},
};

tl_wavelength_unit tl_io_wavelength_unit_of(const char *word) {
    for (size_t i = 0; word != NULL && i < sizeof words / sizeof words[0]; i++) {
        if (tl_same_word(word, words[i].word)) {
            return words[i].unit;
        }
    }
    return TL_UNIT_UNKNOWN;
}

/* What one unit is in nm, indexed by tl_wavelength_unit. */
static const double nm_each[] = {1.0, 1.0, 1e3, 1e6, 1e9, 0.1, 1.0, 1e7, 1.0, 1.0, 1.0};

/* The wavelength in nm of one unit of a quantity that falls as wavelengths increase: wavenumbers, and
 * frequencies by the speed of light; 0 for all others. */
static const double nm_times[] = {0.0, 0.0, 0.0,         0.0,         0.0,       0.0,
                                  1e7, 0.0, 299792458e3, 299792458.0, 299792.458};

static double nm_per_unit(double value, tl_wavelength_unit unit) {
    return unit == TL_UNIT_UNKNOWN && value < 100.0 ? 1e3 : nm_each[unit];
}

static double nm_times_unit(tl_wavelength_unit unit) {
    return nm_times[unit];
}

/* Converted to nm without rounding errors in the last digits: 1.005 um is 1005 nm, not
 * 1004.9999999999999. A value in nm is not changed. */
static double in_nm(double value, double each) {
    const double nm = value * each;
    return each > 1.0 && nm < 1e6 ? rint(nm * 1e9) / 1e9 : nm;
}

double tl_io_wavelength_nm(double value, tl_wavelength_unit unit) {
    const double inverse = nm_times_unit(unit);
    return inverse > 0.0 ? inverse / value : in_nm(value, nm_per_unit(value, unit));
}

double tl_io_width_nm(double width, double centre, tl_wavelength_unit unit) {
    /* d(c / v) = c / v^2 dv */
    const double inverse = nm_times_unit(unit);
    return inverse > 0.0 ? inverse / (centre * centre) * width
                         : in_nm(width, nm_per_unit(centre, unit));
}

const char *tl_io_wavelength_unit_name(tl_wavelength_unit unit) {
    static const char *const names[] = {"no unit", "nm", "micrometres", "mm",  "m",  "angstroms",
                                        "cm-1",    "cm", "MHz",         "GHz", "THz"};
    return names[unit];
}

/* 1 when all known wavelengths are from 150 nm to 100 micrometres in that unit. */
static int fits(const double *value, ptrdiff_t n, tl_wavelength_unit unit) {
    for (ptrdiff_t j = 0; j < n; j++) {
        const double nm = value[j] > 0.0 ? tl_io_wavelength_nm(value[j], unit) : 1000.0;
        if (!(nm >= 150.0) || !(nm <= 1e5)) {
            return 0;
        }
    }
    return 1;
}

tl_wavelength_unit tl_io_fitting_unit(const double *value, ptrdiff_t n, tl_wavelength_unit stated) {
    double high = 0.0;
    for (ptrdiff_t j = 0; j < n; j++) {
        high = value[j] > 0.0 ? fmax(high, value[j]) : high;
    }
    if (stated == TL_UNIT_UNKNOWN) {
        return high < 100.0 ? TL_UNIT_UM : TL_UNIT_NM;
    }
    /* Radar is stated in GHz, and may have any frequency. */
    const int is_frequency =
        stated == TL_UNIT_MHZ || stated == TL_UNIT_GHZ || stated == TL_UNIT_THZ;
    return !(high > 0.0) || is_frequency || fits(value, n, stated) ? stated
           : fits(value, n, TL_UNIT_NM)                            ? TL_UNIT_NM
           : fits(value, n, TL_UNIT_UM)                            ? TL_UNIT_UM
                                                                   : stated;
}

tl_code tl_io_settle_wavelengths(const double *value, ptrdiff_t n, const char *what,
                                 tl_wavelength_unit *unit, tl_err *err) {
    const tl_wavelength_unit stated = *unit;
    *unit = tl_io_fitting_unit(value, n, stated);
    if (stated == TL_UNIT_UNKNOWN || *unit == stated) {
        return TL_OK;
    }
    double low = (double)INFINITY;
    double high = 0.0;
    for (ptrdiff_t j = 0; j < n; j++) {
        low = value[j] > 0.0 ? fmin(low, value[j]) : low;
        high = value[j] > 0.0 ? fmax(high, value[j]) : high;
    }
    return tl_assume(
        err, TL_WARNING,
        "%s: the unit of the wavelengths is stated as %s, but %g to %g %s are no "
        "wavelengths of a scene or of soil spectra, so they are read as %s; correct "
        "the unit, or give the wavelengths in a band table (NAME.bands.csv) if that is "
        "wrong",
        what, tl_io_wavelength_unit_name(stated), low, high, tl_io_wavelength_unit_name(stated),
        tl_io_wavelength_unit_name(*unit));
}

/* Half of the known widths or more are from 1e-5 to a half of their wavelengths in that unit. */
static int widths_fit(const double *width, const double *centre_nm, ptrdiff_t n,
                      tl_wavelength_unit unit) {
    ptrdiff_t fit = 0;
    ptrdiff_t known = 0;
    for (ptrdiff_t j = 0; j < n; j++) {
        if (!(width[j] > 0.0) || !(centre_nm[j] > 0.0)) {
            continue;
        }
        const double inverse = nm_times_unit(unit);
        const double centre = inverse > 0.0 ? inverse / centre_nm[j] : centre_nm[j];
        const double share = (inverse > 0.0 ? tl_io_width_nm(width[j], centre, unit)
                                            : width[j] * nm_per_unit(1e3, unit)) /
                             centre_nm[j];
        known++;
        fit += share >= 1e-5 && share <= 0.5;
    }
    return 2 * fit >= known;
}

tl_code tl_io_settle_widths(const double *width, const double *centre_nm, ptrdiff_t n,
                            const char *what, tl_wavelength_unit *unit, tl_err *err) {
    const tl_wavelength_unit stated = *unit;
    if (widths_fit(width, centre_nm, n, stated)) {
        return TL_OK;
    }
    *unit = stated != TL_UNIT_NM && widths_fit(width, centre_nm, n, TL_UNIT_NM)   ? TL_UNIT_NM
            : stated != TL_UNIT_UM && widths_fit(width, centre_nm, n, TL_UNIT_UM) ? TL_UNIT_UM
                                                                                  : stated;
    return *unit == stated
               ? tl_assume(
                     err, TL_WARNING,
                     "%s: widths of bands in %s are larger than half of the wavelengths; check "
                     "them",
                     what, tl_io_wavelength_unit_name(stated))
               : tl_assume(err, TL_WARNING,
                           "%s: the widths of the bands cannot be in %s as the wavelengths are, so "
                           "they are read as %s; correct them, or give them in a band table "
                           "(NAME.bands.csv) if that is wrong",
                           what, tl_io_wavelength_unit_name(stated),
                           tl_io_wavelength_unit_name(*unit));
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
    /* Wavenumbers are written cm-1 and cm^-1. */
    const char *power = text + n + (text[n] == '^');
    if (n == 2 && power[0] == '-' && power[1] == '1') {
        memcpy(word + n, "-1", 2);
        n += 2;
    }
    word[n] = '\0';
    return tl_io_wavelength_unit_of(word);
}

/* 1 when the number that begins at c has a minus sign in front of it, not a hyphen. */
static int is_negative(const char *text, const char *c) {
    return c > text && c[-1] == '-' && (c - 1 == text || !isalnum((unsigned char)c[-2]));
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
        if (here != TL_UNIT_UNKNOWN && number > 0.0 && !is_negative(text, c)) {
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
