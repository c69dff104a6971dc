/* SPDX-License-Identifier: GPL-2.0-or-later
 * Units of wavelengths as files spell them, and wavelengths inside texts. */
#ifndef TL_IO_WAVELENGTH_UNIT_H
#define TL_IO_WAVELENGTH_UNIT_H

#include <stddef.h>

#include "base/status.h"

typedef enum tl_wavelength_unit {
    TL_UNIT_UNKNOWN = 0,
    TL_UNIT_NM,
    TL_UNIT_UM,
    TL_UNIT_MM,
    TL_UNIT_M,
    TL_UNIT_ANGSTROM,
    TL_UNIT_PER_CM,
    TL_UNIT_CM,
    TL_UNIT_MHZ,
    TL_UNIT_GHZ,
    TL_UNIT_THZ
} tl_wavelength_unit;

/* The unit that a word means, in any case of letters; NULL, "Unknown", "Index" and other words are
 * TL_UNIT_UNKNOWN. */
tl_wavelength_unit tl_io_wavelength_unit_of(const char *word);

/* A wavelength in nm. An unknown unit is micrometres below 100 and nm otherwise. */
double tl_io_wavelength_nm(double value, tl_wavelength_unit unit);

/* A band width in nm; centre is the wavelength in the same unit (wavenumbers and frequencies need
 * it). */
double tl_io_width_nm(double width, double centre, tl_wavelength_unit unit);

/* The unit that fits a list of wavelengths: the stated one, except where it puts them outside 150 nm to
 * 100 micrometres and nm or micrometres do not.
 *
 * value   [n] as written; those not above 0 and NaN are unknown wavelengths
 * stated  unknown: micrometres when all are below 100, else nm */
tl_wavelength_unit tl_io_fitting_unit(const double *value, ptrdiff_t n, tl_wavelength_unit stated);

/* Decides the unit of a list of wavelengths. A unit that the source states is checked: wavelengths that
 * it puts outside 150 nm to 100 micrometres are read in the unit that fits, nm or micrometres, which
 * is recorded as an assumption. Without a unit they are micrometres when all are below 100, else nm.
 *
 * value  [n] as written; those not above 0 and NaN are unknown wavelengths
 * what   names the source in messages
 * unit   in: as stated; out: the one to be used
 * fails  a strict run refuses the assumption */
tl_code tl_io_settle_wavelengths(const double *value, ptrdiff_t n, const char *what,
                                 tl_wavelength_unit *unit, tl_err *err);

/* The same for widths, which must not be larger than half of their wavelengths: widths in nm next to
 * wavelengths in micrometres are common.
 *
 * width      [n] as written; NaN, or not above 0: unknown
 * centre_nm  [n]
 * unit       in: that of the wavelengths; out: the one to be used for widths */
tl_code tl_io_settle_widths(const double *width, const double *centre_nm, ptrdiff_t n,
                            const char *what, tl_wavelength_unit *unit, tl_err *err);

/* The name of a unit in messages; "no unit" for an unknown one. */
const char *tl_io_wavelength_unit_name(tl_wavelength_unit unit);

/* A wavelength inside a text such as "band 1 (0.455400 Micrometers)" or "450.5 nm": the last number
 * that is followed by a unit; else a number with a decimal point alone in the last parentheses,
 * whose unit is unknown.
 *
 * returns 1 when there is one, else 0 */
int tl_io_wavelength_in_text(const char *text, double *value, tl_wavelength_unit *unit);

#endif
