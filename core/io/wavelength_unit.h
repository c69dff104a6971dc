/* SPDX-License-Identifier: GPL-2.0-or-later
 * Units of wavelengths as files spell them, and wavelengths inside texts. */
#ifndef TL_IO_WAVELENGTH_UNIT_H
#define TL_IO_WAVELENGTH_UNIT_H

typedef enum tl_wavelength_unit {
    TL_UNIT_UNKNOWN = 0,
    TL_UNIT_NM,
    TL_UNIT_UM,
    TL_UNIT_MM,
    TL_UNIT_M,
    TL_UNIT_ANGSTROM,
    TL_UNIT_PER_CM
} tl_wavelength_unit;

/* The unit that a word means, in any case of letters; NULL, "Unknown", "Index" and other words are
 * TL_UNIT_UNKNOWN. */
tl_wavelength_unit tl_io_wavelength_unit_of(const char *word);

/* A wavelength in nm. An unknown unit is micrometres below 100 and nm otherwise. */
double tl_io_wavelength_nm(double value, tl_wavelength_unit unit);

/* A band width in nm; centre is the wavelength in the same unit (wavenumbers need it). */
double tl_io_width_nm(double width, double centre, tl_wavelength_unit unit);

/* A wavelength inside a text such as "band 1 (0.455400 Micrometers)" or "450.5 nm": the last number
 * that is followed by a unit; else a number with a decimal point alone in the last parentheses,
 * whose unit is unknown.
 *
 * returns 1 when there is one, else 0 */
int tl_io_wavelength_in_text(const char *text, double *value, tl_wavelength_unit *unit);

#endif
